//! When to look again: often while much changes, seldom while nothing does. Separate because it is what recall is
//! bought with, and the only place that knows the price.

use crate::{
    geom::{Point, Size},
    motion::Motion,
};

/// What a frame counts in which nothing moved.
const STILL: f32 = 0.7;
/// What it counts more for every long side of the picture that the camera moved.
const PER_TRAVEL: f32 = 60.0;
/// The most that a frame counts.
const MOST: f32 = 2.0;

/// Decides which frames are looked at.
#[derive(Clone, Debug)]
pub struct Pace {
    size: Size,
    every: f32,
    since: f32,
}

impl Pace {
    /// One look in about `every` frames of an easy pan over a picture of `size`.
    pub fn new(size: Size, every: f32) -> Self {
        Self { size, every: every.max(1.0), since: f32::INFINITY }
    }

    /// Whether to look at the frame into which `motion` led. The first frame of a scene is always looked at.
    pub fn step(&mut self, motion: &Motion) -> bool {
        self.since += (STILL + PER_TRAVEL * self.travel(motion)).min(MOST);
        let look = motion.cut || self.since >= self.every;
        if look {
            self.since = 0.0;
        }
        look
    }

    /// How far the camera moved the picture's corners, as a share of its long side.
    fn travel(&self, motion: &Motion) -> f32 {
        let corners = self.size.rect().corners();
        let moved = |p: &Point| {
            let to = motion.camera.apply(*p);
            (to.x - p.x).hypot(to.y - p.y)
        };
        corners.iter().map(moved).sum::<f32>() / 4.0 / self.size.long_side().max(1) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::Similarity;

    fn looks(motion: &Motion) -> usize {
        let mut pace = Pace::new(Size::new(1280, 720), 6.0);
        (0..120).filter(|_| pace.step(motion)).count()
    }

    #[test]
    fn the_more_the_camera_moves_the_more_often_is_looked() {
        let pan = |px| Motion { camera: Similarity::shift(px, 0.0), ..Motion::still() };
        assert_eq!(looks(&pan(6.4)), 20);
        assert!(looks(&Motion::still()) < 15);
        assert!((30..=40).contains(&looks(&pan(60.0))));
    }

    #[test]
    fn every_scene_is_looked_at_from_its_first_frame() {
        assert_eq!(looks(&Motion::cut()), 120);
        assert!(Pace::new(Size::new(4, 4), 9.0).step(&Motion::still()));
    }
}
