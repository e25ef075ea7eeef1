//! The attack on finished files of unknown origin. Nothing is known here of what was destroyed, so that a mask has to be
//! told from what it could hide by its looks.

use std::{collections::BTreeMap, path::Path};

use serde::Serialize;

use super::due::{FAST_US, FULL_US};
use crate::{
    clip::{Audio, Span, VideoOptions},
    detect::Picture,
    error::{CleanError, DetectError},
    finding::{Class, Finding},
    geom::Size,
    media::{
        self, Format,
        video::{self, Input, Unit},
    },
    pipeline::{Cleaner, Step, habits::sure},
    policy::Depth,
};

/// Samples along the longer side of what is examined.
const GRID: f32 = 32.0;

/// Below this many grey levels (root mean square, against the mean of 5 by 5 samples) there is nothing to recognise.
/// Evidence: the middles of 171 labelled faces of eval/faces have 2.9 or more in 99 % and at most 2.0 in 99 % once
/// blurred, 0.5 once painted; of 186 lines of eval/text 8.5 or more, and at most 2.1 and 1.5. Mosaics of faces reach 7 and
/// are not told from faces, so that one that looks like a face is reported as one.
const TEXTURE_MIN: f32 = 2.4;

/// The same for lines of text, which have far more: in banded gradients and in the rims of masks there is less.
const LETTERS_MIN: f32 = 6.0;

/// What detectors see in a finished file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Seen {
    /// The classes that were looked for.
    pub looked_for: Vec<Class>,
    /// Frames that were looked at.
    pub looks: u64,
    /// What is seen for sure, by class; in a video the most in one frame.
    pub seen: BTreeMap<Class, u64>,
    /// What may be there and may as well be a collar below a destroyed head: where the masks are is not known here.
    pub doubtful: u64,
    /// Of what detectors reported, how much was no more than the texture of a mask.
    pub masks: u64,
}

impl Cleaner {
    /// Looks at a finished file the way outputs are looked at before they are published.
    ///
    /// # Errors
    /// When it cannot be read whole or a detector fails.
    pub fn look_at(&self, path: &Path) -> Result<Seen, CleanError> {
        let mut seen = Seen { looked_for: self.looked_for(), ..Seen::default() };
        match media::head(path).and_then(|head| media::sniff(&head)).is_ok_and(Format::is_video) {
            true => self.look_at_film(path, &mut seen)?,
            false => self.look_at_picture(path, &mut seen)?,
        }
        Ok(seen)
    }

    fn look_at_picture(&self, path: &Path, seen: &mut Seen) -> Result<(), CleanError> {
        let limits = &self.policy().limits;
        let mut source = media::image::open(media::read_file(path, limits)?, limits)?;
        let depth = self.depth(self.policy().verify.stills);
        while let Some(timed) = source.next_frame()? {
            self.observer.step(Step::Verifying)?;
            let found = match depth {
                Depth::Off => return Ok(()),
                Depth::Fast => self.glimpse(timed.frame.pixels(), 0)?,
                Depth::Full => self.find(timed.frame.pixels())?,
            };
            seen.add(timed.frame.pixels(), &found)?;
        }
        Ok(())
    }

    fn look_at_film(&self, path: &Path, seen: &mut Seen) -> Result<(), CleanError> {
        let every = match self.depth(self.policy().verify.videos) {
            Depth::Off => return Ok(()),
            Depth::Fast => FAST_US,
            Depth::Full => FULL_US,
        };
        let options = VideoOptions { audio: Audio::Drop, ..VideoOptions::default() };
        let mut source = video::open(Input::File(path), &options, Span::default(), &self.policy().limits)?;
        let (base, mut next) = (source.info().time_base, 0);
        while let Some(unit) = source.next_unit()? {
            let Unit::Frame(timed) = unit else { continue };
            let at_us = base.us(timed.pts);
            if at_us < next {
                continue;
            }
            self.observer.step(Step::Verifying)?;
            next = at_us + every;
            seen.add(&timed.frame, &self.glimpse(&timed.frame, seen.looks)?)?;
        }
        Ok(())
    }
}

impl Seen {
    fn add(&mut self, picture: &dyn Picture, found: &[Finding]) -> Result<(), DetectError> {
        self.looks += 1;
        let mut here = BTreeMap::<Class, u64>::new();
        for finding in found {
            if smooth(picture, finding)? {
                self.masks += 1;
            } else if finding.score < sure(finding.class) {
                self.doubtful += 1;
            } else {
                *here.entry(finding.class).or_default() += 1;
            }
        }
        for (class, n) in here {
            let most = self.seen.entry(class).or_default();
            *most = n.max(*most);
        }
        Ok(())
    }
}

/// Whether there is nothing to recognise in a finding.
pub(super) fn smooth(picture: &dyn Picture, finding: &Finding) -> Result<bool, DetectError> {
    let least = if finding.class == Class::Text { LETTERS_MIN } else { TEXTURE_MIN };
    Ok(texture(picture, finding)? < least)
}

/// How much detail there is in the middle of a finding, in grey levels.
fn texture(picture: &dyn Picture, finding: &Finding) -> Result<f32, DetectError> {
    let bounds = finding.shape.bounds();
    let Some(roi) = bounds.grown(0.7).to_px(picture.size()) else { return Ok(0.0) };
    let scale = GRID / roi.width().max(roi.height()) as f32;
    let side = |px: u32| ((px as f32 * scale).round() as u32).max(4);
    let grid = Size::new(side(roi.width()), side(roi.height()));
    let sample = picture.sample(roi, grid)?;
    let luma = |x: u32, y: u32| {
        let [r, g, b] = sample.get_pixel(x, y).0.map(f32::from);
        0.299 * r + 0.587 * g + 0.114 * b
    };
    let inside = |at: u32, by: i32, most: u32| (at as i32 + by).clamp(0, most as i32 - 1) as u32;
    let mut sum = 0.0;
    for y in 0..grid.height {
        for x in 0..grid.width {
            let around = (-2..=2).flat_map(|dy| (-2..=2).map(move |dx| (dx, dy)));
            let near = around.map(|(dx, dy)| luma(inside(x, dx, grid.width), inside(y, dy, grid.height)));
            sum += (luma(x, y) - near.sum::<f32>() / 25.0).powi(2);
        }
    }
    Ok((sum / grid.pixels() as f32).sqrt())
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::{area::Shape, geom::Rect};

    fn finding() -> Finding {
        let shape = Shape::Rect(Rect::from_xywh(10.0, 10.0, 60.0, 60.0));
        Finding { class: Class::Face, shape, score: 0.9, source: "fake".to_owned() }
    }

    #[test]
    fn a_smooth_fill_has_no_texture_and_stripes_have() {
        let smooth = RgbImage::from_fn(80, 80, |x, y| Rgb([(x + y) as u8, 90, 200 - x as u8]));
        assert!(texture(&smooth, &finding()).unwrap() < TEXTURE_MIN);
        let stripes = RgbImage::from_fn(80, 80, |x, _| Rgb([if x / 8 % 2 == 0 { 80 } else { 120 }; 3]));
        assert!(texture(&stripes, &finding()).unwrap() > TEXTURE_MIN);
    }

    #[test]
    fn a_video_counts_the_most_of_one_frame_and_masks_apart() {
        let stripes = RgbImage::from_fn(80, 80, |x, _| Rgb([if x / 8 % 2 == 0 { 80 } else { 120 }; 3]));
        let grey = RgbImage::from_pixel(80, 80, Rgb([90; 3]));
        let mut seen = Seen::default();
        seen.add(&stripes, &[finding(), finding()]).unwrap();
        seen.add(&stripes, &[finding()]).unwrap();
        let weak = Finding { score: 0.2, ..finding() };
        seen.add(&grey, &[finding(), weak.clone()]).unwrap();
        seen.add(&stripes, &[weak]).unwrap();
        assert_eq!((seen.looks, seen.seen[&Class::Face], seen.masks, seen.doubtful), (4, 2, 2, 1));
    }
}
