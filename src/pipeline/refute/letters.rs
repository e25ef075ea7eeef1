//! What can still be read in an output. Separate because it is another question than what a detector sees: a line that it is
//! not sure of is seen for sure once it is read, and so is the end of a line that sticks out of a mask.
//!
//! Only what lies outside of all masks is read, so that a mask's own texture never is.

use super::Judged;
use crate::{
    area::{Area, Shape},
    detect::{Picture, read::Line},
    error::CleanError,
    finding::{Class, Finding},
    geom::{Point, Size},
    phi,
    pipeline::Cleaner,
    redact::Mask,
    style::Styles,
};

/// The least confidence of what counts as read.
const SURE: f32 = 0.9;

/// The least number of letters and digits that count as a text; with fewer, and with one alone again and again, fences, blinds
/// and folds are texts too.
const LETTERS_MIN: usize = 3;

/// The parts of a line that are looked at one by one are this long, in heights of the line...
const STEP: f32 = 0.25;
/// ... and of what stands above each other in one of them this share must lie outside of all masks for it to be legible.
const CLEAR_MIN: f32 = 0.75;
/// The shortest run of such parts that is read, in heights of the line.
const SHORTEST: f32 = 0.8;

impl Cleaner {
    /// Reads the lines among `seen` where no mask lies, all in pixels of `picture`, and takes up those that can be read.
    pub(super) fn read_outside(
        &self,
        picture: &dyn Picture,
        seen: &[Finding],
        masks: &[Area],
        judged: &mut Judged,
    ) -> Result<(), CleanError> {
        let Some(reader) = &self.reader else { return Ok(()) };
        let lines: Vec<&Finding> = seen.iter().filter(|finding| finding.class == Class::Text).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let masked = Mask::of(&softened(masks, &self.policy.style), picture.size());
        let pieces: Vec<Piece> = lines.iter().flat_map(|line| Piece::all_of(line, &masked)).collect();
        let outlines: Vec<Shape> = pieces.iter().map(|piece| piece.clear).collect();
        let read = reader.read(picture, &outlines)?;
        let legible: Vec<(&Piece, &Line)> = pieces.iter().zip(&read).filter(|(_, line)| is_text(line)).collect();
        let told =
            |(piece, line): &(&Piece, &Line)| phi::Line { text: line.text.clone(), place: piece.clear.bounds() };
        let fired = phi::label(&legible.iter().map(told).collect::<Vec<_>>()).fired;
        judged.identifying += fired.into_iter().filter(|fired| *fired).count() as u64;
        for (piece, line) in legible {
            let place = piece.finding.shape.bounds();
            let same =
                |known: &Finding| known.class == Class::Text && place.share_inside(&known.shape.bounds()) > 0.9;
            if !judged.missed.iter().any(same) {
                let score = piece.finding.score.max(line.confidence);
                judged.missed.push(Finding { score, ..piece.finding.clone() });
            }
        }
        Ok(())
    }
}

/// A part of a line that lies outside of all masks.
struct Piece {
    /// What is read.
    clear: Shape,
    /// What must go when it can be read: reaches into the masks beside it.
    finding: Finding,
}

impl Piece {
    fn all_of(line: &Finding, masked: &Mask) -> Vec<Self> {
        let parts = pieces(&line.shape, masked).into_iter();
        parts.map(|(clear, shape)| Self { clear, finding: Finding { shape, ..line.clone() } }).collect()
    }
}

fn is_text(line: &Line) -> bool {
    let mut letters: Vec<char> = line.text.expose().chars().filter(|c| c.is_alphanumeric()).collect();
    let count = letters.len();
    letters.sort_unstable();
    letters.dedup();
    line.confidence >= SURE && count >= LETTERS_MIN && letters.len() > 1
}

/// The areas with the rims that their styles soften.
fn softened(areas: &[Area], styles: &Styles) -> Vec<Area> {
    let soft = |area: &Area| {
        let bounds = area.shape.bounds();
        let feather = styles.of(area.class).feather_px(f64::from(bounds.width().min(bounds.height()))) as f32;
        Area { shape: area.shape.padded(feather + 1.0), ..area.clone() }
    };
    areas.iter().map(soft).collect()
}

/// The parts of the line in `outline` that are not masked, each exactly and a step longer at both ends.
fn pieces(outline: &Shape, masked: &Mask) -> Vec<(Shape, Shape)> {
    let [a, b, c, d] = along(outline);
    let (long, high) = (distance(a, b).max(distance(d, c)), distance(b, c).max(distance(a, d)));
    if !(long > 0.0 && high > 0.0 && long.is_finite() && high.is_finite()) {
        return Vec::new();
    }
    let steps = ((long / (high * STEP).max(1.0)).ceil() as usize).clamp(1, 4096);
    let size = masked.size();
    let point = |u: f32, v: f32| {
        let (top, bottom) = (between(a, b, u), between(d, c, u));
        between(top, bottom, v)
    };
    let clear = |step: usize| {
        let u = (step as f32 + 0.5) / steps as f32;
        let outside = (0..9).filter(|row| is_clear(point(u, (*row as f32 + 0.5) / 9.0), masked, size)).count();
        outside as f32 >= CLEAR_MIN * 9.0
    };
    let part = |from: usize, until: usize| {
        let (u0, u1) = (from as f32 / steps as f32, until as f32 / steps as f32);
        Shape::Quad([point(u0, 0.0), point(u1, 0.0), point(u1, 1.0), point(u0, 1.0)])
    };
    let (mut found, mut from) = (Vec::new(), None);
    for step in 0..=steps {
        match (from, step < steps && clear(step)) {
            (None, true) => from = Some(step),
            (Some(first), false) => {
                if (step - first) as f32 * long >= SHORTEST * high * steps as f32 {
                    found.push((part(first, step), part(first.saturating_sub(1), (step + 1).min(steps))));
                }
                from = None;
            }
            (None, false) | (Some(_), true) => {}
        }
    }
    found
}

fn is_clear(p: Point, masked: &Mask, size: Size) -> bool {
    let inside = p.x >= 0.0 && p.y >= 0.0 && p.x < size.width as f32 && p.y < size.height as f32;
    inside && !masked.contains(p.x as u32, p.y as u32)
}

/// The corners of an outline, so that the first two lie along its longer side.
fn along(outline: &Shape) -> [Point; 4] {
    let corners = match outline {
        Shape::Rect(r) | Shape::Ellipse(r) => r.corners(),
        Shape::Quad(points) => *points,
    };
    let [a, b, c, _] = corners;
    if distance(a, b) >= distance(b, c) { corners } else { std::array::from_fn(|i| corners[(i + 1) % 4]) }
}

fn distance(a: Point, b: Point) -> f32 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn between(a: Point, b: Point, share: f32) -> Point {
    Point::new(a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
}

#[cfg(test)]
mod whole;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{geom::Rect, secret::Secret};

    const SIZE: Size = Size::new(400, 100);

    fn area(rect: Rect) -> Area {
        Area { shape: Shape::Rect(rect), class: Class::Text, track: None }
    }

    /// Left and right ends of what is left of a line of 200 by 20 pixels at 100, 40.
    fn left(masks: &[Area]) -> Vec<(i32, i32)> {
        let line = Shape::Rect(Rect::from_xywh(100.0, 40.0, 200.0, 20.0));
        let pieces = pieces(&line, &Mask::of(masks, SIZE));
        pieces.iter().map(|(clear, _)| (clear.bounds().x0 as i32, clear.bounds().x1 as i32)).collect()
    }

    #[test]
    fn what_sticks_out_of_a_mask_is_what_is_left_of_a_line() {
        assert_eq!(left(&[]), [(100, 300)]);
        assert_eq!(left(&[area(Rect::from_xywh(200.0, 30.0, 150.0, 40.0))]), [(100, 200)]);
        assert_eq!(left(&[area(Rect::from_xywh(150.0, 30.0, 60.0, 40.0))]), [(100, 150), (210, 300)]);
        assert!(left(&[area(Rect::from_xywh(90.0, 30.0, 250.0, 40.0))]).is_empty());
        assert!(
            left(&[area(Rect::from_xywh(110.0, 30.0, 180.0, 40.0))]).is_empty(),
            "less than a letter at each end"
        );
    }

    #[test]
    fn a_line_under_a_mask_that_is_too_low_is_not_taken_for_clear() {
        assert!(left(&[area(Rect::from_xywh(90.0, 50.0, 250.0, 40.0))]).is_empty(), "half of each letter is gone");
        assert_eq!(left(&[area(Rect::from_xywh(90.0, 56.0, 250.0, 40.0))]), [(100, 300)]);
    }

    #[test]
    fn a_line_that_climbs_is_cut_along_its_length() {
        let line = Shape::Rect(Rect::from_xywh(20.0, 0.0, 20.0, 100.0));
        let masked = Mask::of(&[area(Rect::from_xywh(0.0, 0.0, 60.0, 50.0))], SIZE);
        let [(clear, whole)] = pieces(&line, &masked)[..] else { panic!("one piece") };
        assert_eq!(clear.bounds(), Rect::new(20.0, 50.0, 40.0, 100.0));
        assert_eq!(whole.bounds(), Rect::new(20.0, 45.0, 40.0, 100.0), "a step into the mask");
    }

    #[test]
    fn nothing_outside_of_the_picture_is_read_and_nothing_without_a_size() {
        let none = Mask::of(&[], SIZE);
        for rect in [
            Rect::from_xywh(500.0, 0.0, 90.0, 20.0),
            Rect::new(5.0, 5.0, 5.0, 30.0),
            Rect::new(f32::NAN, 0.0, 9.0, 9.0),
        ] {
            assert!(pieces(&Shape::Rect(rect), &none).is_empty(), "{rect:?}");
        }
    }

    #[test]
    fn three_letters_that_are_sure_are_a_text_and_a_fence_is_none() {
        let text = |text: &str, confidence| is_text(&Line { text: Secret::new(text.to_owned()), confidence });
        assert!(text("Wong", 0.95) && text("A-12", 0.9));
        assert!(!text("Wong", 0.89) && !text("ab", 0.99) && !text("IIIII", 0.99) && !text("-- / --", 0.99));
    }
}
