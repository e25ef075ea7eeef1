//! Where the forearm of a palm lies. Separate because it is anatomy: numbers in palm lengths, no network.
//!
//! A palm length is the distance from the wrist's crease to the root of the middle finger, about 9 cm in an adult. All
//! numbers below are shares of it, so they hold for children too.

use super::Palm;
use crate::{
    detect::plane::{self, Frame},
    geom::Rect,
};

/// The breadth from the root of the index finger to that of the little finger, times this, is a palm length. Of the two
/// the larger counts: pointing a hand at the camera shortens one, turning its edge to it the other.
const LENGTH_OVER_BREADTH: f32 = 1.3;

/// A band sits beyond the heel of the hand, but the network's wrist is a point inside the heel as often as below it, so
/// the reach begins this far towards the fingers.
pub(in crate::detect) const REACH_FROM: f32 = -0.2;

/// An adult's forearm is about 26 cm, nearly three palm lengths; bands slide up to its middle, seldom further.
pub(in crate::detect) const REACH_TO: f32 = 2.2;

/// Breadth of an arm at the wrist (about 6.5 cm seen from its broad side).
pub(in crate::detect) const BREADTH: f32 = 0.75;

/// Added on either side of an arm: a band stands off from it, and the direction of an arm is only roughly that of its
/// hand, because wrists bend.
pub(in crate::detect) const MARGIN: f32 = 0.15;

/// How much further the reach extends to either side for every palm length away from the wrist: a wrist bent by 20
/// degrees moves the arm by that much.
const BEND: f32 = 0.36;

impl Palm {
    /// The palm's length in pixels of the picture, from the wrist to the root of the middle finger.
    pub fn length(&self) -> f32 {
        let breadth = plane::distance(self.index, self.little);
        plane::distance(self.wrist, self.middle).max(breadth * LENGTH_OVER_BREADTH)
    }

    /// A frame with its origin at the wrist, `u` down the forearm, away from the fingers; `None` when the wrist and the
    /// finger are in the same place.
    pub(in crate::detect) fn arm(&self) -> Option<Frame> {
        let along = plane::direction(self.middle, self.wrist)?;
        Some(Frame { origin: self.wrist, along })
    }

    /// Whether `rect`, given in the arm's frame and in pixels, touches the part of the arm that wears bands: from just
    /// beyond the heel of the hand to the middle of the forearm and beyond, wider the further from the hand.
    pub(in crate::detect) fn reaches(&self, rect: &Rect) -> bool {
        let length = self.length();
        let (from, to) = (rect.x0 / length, rect.x1 / length);
        if to < REACH_FROM || from > REACH_TO {
            return false;
        }
        let half = BREADTH / 2.0 + MARGIN + BEND * to.clamp(0.0, REACH_TO);
        rect.y0 / length <= half && rect.y1 / length >= -half
    }
}
