//! Screens, documents, wristbands and badges, by a network that was trained for them.

mod net;

use std::sync::Arc;

use super::{
    Detector, Glance, Glimpse, Picture,
    tile::{Grid, Tile},
};
use crate::{
    area::Shape,
    effort::Effort,
    error::{DetectError, InferError},
    finding::{Class, Finding},
    geom::{PxRect, Rect, Size},
    infer::{Model, registry::Registry},
};
use net::Seen;

/// Tiles of this size cost 60 ms each on one core of a server; their overlap keeps what is up to that size whole in one.
const GRID: Grid = Grid { tile_px: 832, overlap_px: 160 };

/// How a kind of picture is looked at: long sides in pixels, and from which score on a class is believed.
#[derive(Clone, Copy, Debug)]
struct Looks {
    /// The long sides, smallest first; none enlarges a picture more than twofold.
    long_sides: &'static [u32],
    /// The least score of a screen, a document, a wristband, a badge.
    score_min: [f32; 4],
}

impl Looks {
    fn floor(&self, class: Class) -> f32 {
        let at = net::CLASSES.iter().position(|c| *c == class);
        at.map_or(f32::INFINITY, |at| self.score_min[at])
    }

    /// The long sides for a picture of `size`, none twice.
    fn steps(&self, size: Size) -> Vec<u32> {
        let most = size.long_side().saturating_mul(2).next_multiple_of(32);
        let mut steps: Vec<u32> = self.long_sides.iter().map(|&side| side.min(most)).collect();
        steps.dedup();
        steps
    }
}

/// Pictures, each looked at as a whole and, where it is large, in tiles.
///
/// Evidence: two looks on 100 photos of rooms and people find 12 of 15 screens at .40 and cover 3.7 % beyond, 11 of 15 and
/// 2.8 % at .45; of 12 documents 10 at .35 (7.0 %), 7 at .40 (4.5 %) and 4 at .45; of 67 rendered bands .95 at .25 (4.4 %)
/// and .91 at .30 (3.3 %), with .5 to .8 % on photos without any; of 47 badges 5 at .20 (1.3 %) and 2 at .25 (0.6 %), so
/// badges rest on the faces, text and codes on them.
const STILLS: [(Effort, Looks); 3] = [
    (Effort::Fast, Looks { long_sides: &[512], score_min: [0.42, 0.38, 0.25, 0.22] }),
    (Effort::Balanced, Looks { long_sides: &[416, 832], score_min: [0.46, 0.38, 0.25, 0.24] }),
    (Effort::Thorough, Looks { long_sides: &[416, 832, 1664], score_min: [0.46, 0.38, 0.25, 0.24] }),
];

/// Frames of a video, one look each; weak sightings count for a track when there are several.
const FRAMES: Looks = Looks { long_sides: &[512], score_min: [0.28, 0.25, 0.15, 0.16] };

/// Long side in pixels at which parts are looked at closely.
const CLOSE_PX: u32 = 320;

/// How much a box grows on every side, as a share of its own sides: boxes are tight about what the network sees, and a
/// tenth of them cut a corner.
const GROWTH: f32 = 0.06;

/// Finds screens, documents, wristbands and badges.
pub struct ObjectDetector {
    model: Arc<dyn Model>,
    looks: Looks,
}

/// The shipped detector.
///
/// # Errors
/// When its model is missing or wrong.
pub fn load(registry: &Registry, effort: Effort) -> Result<ObjectDetector, InferError> {
    let looks = STILLS.iter().find(|(e, _)| *e == effort).map_or(STILLS[1].1, |(_, looks)| *looks);
    Ok(ObjectDetector { model: registry.load_for(net::NAME, effort)?, looks })
}

impl ObjectDetector {
    fn seen_in(&self, picture: &dyn Picture, looks: &Looks) -> Result<Vec<Finding>, DetectError> {
        let mut seen: Vec<Seen> = Vec::new();
        for long_side in looks.steps(picture.size()) {
            for tile in GRID.cut(picture.size(), long_side) {
                let here = net::look(self.model.as_ref(), picture, &tile, |class| looks.floor(class))?;
                seen.extend(here.into_iter().filter(|s| tile.owns(s.rect.center())));
            }
        }
        Ok(findings(seen))
    }

    /// A close look at the parts `rois` of a picture, each as if it were a picture of its own, for wristbands only: a
    /// band on a person who fills the picture is a few pixels in a look at all of it.
    ///
    /// # Errors
    /// When the network fails, or a `roi` is not inside the picture.
    pub fn look_closely(&self, picture: &dyn Picture, rois: &[PxRect]) -> Result<Vec<Finding>, DetectError> {
        let mut seen = Vec::new();
        for roi in rois {
            let tile = Tile::whole(*roi, CLOSE_PX);
            let floor = |class| if class == Class::Wristband { self.looks.floor(class) } else { f32::INFINITY };
            seen.extend(net::look(self.model.as_ref(), picture, &tile, floor)?);
        }
        Ok(findings(seen))
    }
}

/// The best boxes, grown.
fn findings(seen: Vec<Seen>) -> Vec<Finding> {
    let grown = |Rect { x0, y0, x1, y1 }: Rect| {
        let (w, h) = ((x1 - x0) * GROWTH, (y1 - y0) * GROWTH);
        Rect::new(x0 - w, y0 - h, x1 + w, y1 + h)
    };
    let finding = |seen: Seen| Finding {
        class: seen.class,
        shape: Shape::Rect(grown(seen.rect)),
        score: seen.score,
        source: net::NAME.to_owned(),
    };
    net::strongest(seen).into_iter().map(finding).collect()
}

impl Detector for ObjectDetector {
    fn classes(&self) -> &[Class] {
        &net::CLASSES
    }

    fn detect(&self, picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        self.seen_in(picture, &self.looks)
    }

    fn glance(&self, picture: &dyn Picture, glance: Glance) -> Result<Glimpse, DetectError> {
        Ok(Glimpse { found: self.seen_in(picture, &FRAMES)?, up: glance.up })
    }
}

#[cfg(test)]
mod tests {
    use super::{
        net::tests::{Colours, square},
        *,
    };

    fn detector(side: f32, long_sides: &'static [u32]) -> ObjectDetector {
        let looks = Looks { long_sides, score_min: [0.3; 4] };
        ObjectDetector { model: Arc::new(Colours { side }), looks }
    }

    #[test]
    fn a_thing_that_two_looks_see_is_found_once_and_grown() {
        let picture = square((832, 416), (400, 200), 16, [0, 250, 0]);
        let found = detector(32.0, &[416, 832]).detect(&picture).unwrap();
        // The smaller look sees it twice as large.
        assert!(found.iter().all(|f| f.class == Class::Document), "{found:?}");
        let covered = found.iter().any(|f| {
            let around = f.shape.bounds();
            around.x0 <= 400.0 && around.y0 <= 200.0 && around.x1 >= 416.0 && around.y1 >= 216.0
        });
        assert!(covered, "{found:?}");
    }

    #[test]
    fn a_thing_in_a_large_picture_is_found_in_full_size_wherever_it_is() {
        for at in [(8, 8), (816, 816), (840, 400), (1600, 1200)] {
            let picture = square((1664, 1248), at, 8, [250, 0, 0]);
            let found = detector(24.0, &[1664]).detect(&picture).unwrap();
            assert_eq!(found.len(), 1, "{at:?} {found:?}");
            let bounds = found[0].shape.bounds();
            let middle = Rect::from_xywh(at.0 as f32, at.1 as f32, 8.0, 8.0).center();
            assert!(bounds.x0 < middle.x && middle.x < bounds.x1 && bounds.y0 < middle.y && middle.y < bounds.y1);
        }
    }

    #[test]
    fn small_pictures_are_enlarged_at_most_twofold() {
        assert_eq!(STILLS[1].1.steps(Size::new(100, 80)), [224]);
        assert_eq!(STILLS[1].1.steps(Size::new(4000, 3000)), [416, 832]);
    }
}
