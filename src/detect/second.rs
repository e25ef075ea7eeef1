//! What is looked at again because of what was found: the sheet that a block of lines stands on, the arm beside a hand.
//! Separate from the detectors because it needs what all of them found.

use super::{
    Picture, evidence,
    object::{self, ObjectDetector},
    palm::{self, Palms},
};
use crate::{
    effort::Effort,
    error::{DetectError, InferError},
    finding::{Class, Finding},
    geom::{Point, PxRect, Rect, Size},
    infer::registry::Registry,
};

/// Arms are looked at in squares of this many palm lengths: the reach of a band fills two thirds of one.
const ARM_SIDE: f32 = 4.0;

/// How far from the wrist, away from the fingers and in palm lengths, the middle of such a square lies.
const ARM_MIDDLE: f32 = 0.8;

/// At most this many hands are looked at, the surest first.
const HANDS_MAX: usize = 12;

/// Looks again, for the classes that are wanted.
pub struct SecondLook {
    classes: Vec<Class>,
    arms: Option<Arms>,
}

/// What is needed to look at arms.
struct Arms {
    palms: Palms,
    objects: ObjectDetector,
}

/// The shipped second look for `classes`; `None` when it would add nothing to them.
///
/// # Errors
/// When a model is missing or wrong.
pub fn load(classes: &[Class], effort: Effort, registry: &Registry) -> Result<Option<SecondLook>, InferError> {
    let bands = classes.contains(&Class::Wristband) && effort != Effort::Fast;
    let arms = match bands {
        true => Some(Arms { palms: palm::load(registry)?, objects: object::load(registry, effort)? }),
        false => None,
    };
    let classes: Vec<Class> = SecondLook::CLASSES.iter().copied().filter(|c| classes.contains(c)).collect();
    Ok((!classes.is_empty()).then_some(SecondLook { classes, arms }))
}

impl SecondLook {
    /// What it may find.
    pub const CLASSES: [Class; 3] = [Class::Screen, Class::Document, Class::Wristband];

    /// What `found` tells of beyond itself in a still picture, to be added to it.
    ///
    /// # Errors
    /// When a model fails or the picture cannot be sampled.
    pub fn look(&self, picture: &dyn Picture, found: &[Finding]) -> Result<Vec<Finding>, DetectError> {
        let mut more = match &self.arms {
            Some(arms) => {
                let palms = arms.palms.find(picture, &evidence::places(picture.size(), found))?;
                let mut more = evidence::weigh(picture, found, &palms)?;
                let squares: Vec<_> = palms.iter().take(HANDS_MAX).filter_map(|p| arm(p, picture.size())).collect();
                more.extend(arms.objects.look_closely(picture, &squares)?);
                more
            }
            None => evidence::sheets(picture, found)?,
        };
        more.retain(|finding| self.classes.contains(&finding.class));
        Ok(more)
    }

    /// The same for a frame of a video, of which `found` is one glance: only what costs nothing where nothing is.
    ///
    /// # Errors
    /// When the picture cannot be sampled.
    pub fn glance(&self, picture: &dyn Picture, found: &[Finding]) -> Result<Vec<Finding>, DetectError> {
        let mut more = evidence::sheets(picture, found)?;
        more.retain(|finding| self.classes.contains(&finding.class));
        Ok(more)
    }

    /// What [`SecondLook::glance`] may add to glances of a detector that finds `classes`.
    pub fn beside(&self, classes: &[Class]) -> Vec<Class> {
        let from_text = |class: &Class| matches!(class, Class::Screen | Class::Document);
        let all = self.classes.iter().copied().filter(from_text);
        if classes.contains(&Class::Text) { all.collect() } else { Vec::new() }
    }
}

/// The square about the part of a hand's arm that wears bands; `None` when nothing of it is in the picture.
fn arm(palm: &palm::Palm, size: Size) -> Option<PxRect> {
    let length = palm.length();
    let (dx, dy) = (palm.wrist.x - palm.middle.x, palm.wrist.y - palm.middle.y);
    let way = ARM_MIDDLE * length / dx.hypot(dy).max(1.0);
    let middle = Point::new(palm.wrist.x + dx * way, palm.wrist.y + dy * way);
    Rect::from_center(middle, ARM_SIDE * length, ARM_SIDE * length).to_px(size)
}
