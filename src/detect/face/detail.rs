//! Where a picture shows more at its own size than in the next smaller one. Separate because it is asked before the
//! dearest look of all and knows nothing about faces: sky, walls, what is out of focus and whole enlarged pictures have
//! nothing there that the smaller look did not show.

use image::RgbImage;

use crate::geom::{PxRect, Size};

/// Side of the squares that are judged, in pixels.
const BLOCK: u32 = 32;

/// How much brighter or darker than the mean of its two neighbours a pixel is that shows detail, of 255. Around faces of
/// 6 to 10 pixels of the labelled photos (410), what stands out most by this measure does so by 4.5 at least, around those
/// of 10 to 16 (684) by 6.5; the noise of JPEG at quality 92 reaches 2.
const STANDS_OUT: i32 = 3;

/// So many pixels of a square must show detail, of 1,024.
const PIXELS_MIN: u32 = 24;

/// Pixels around what shows detail that are looked at too: a face is told by what is around it, and those that only this
/// look can see are smaller.
const MARGIN: u32 = 64;

/// From which share of the picture on it is looked at as a whole: parts overlap, and each costs a start.
const WHOLE: f32 = 0.7;

/// The parts of `pixels` outside of which nothing shows detail, apart from each other; none when nothing does.
pub(super) fn detailed(pixels: &RgbImage) -> Vec<PxRect> {
    let size = Size::new(pixels.width(), pixels.height());
    let rows: Vec<Vec<i16>> = pixels.rows().map(luma).collect();
    let mut parts = Vec::new();
    for top in (0..size.height).step_by(BLOCK as usize) {
        for (block, _) in count(&rows, top, size.width).iter().enumerate().filter(|(_, n)| **n >= PIXELS_MIN) {
            let left = block as u32 * BLOCK;
            parts.push(PxRect {
                x0: left.saturating_sub(MARGIN),
                y0: top.saturating_sub(MARGIN),
                x1: (left + BLOCK + MARGIN).min(size.width),
                y1: (top + BLOCK + MARGIN).min(size.height),
            });
        }
    }
    let parts = apart(parts);
    let area: u64 = parts.iter().map(|part| part.size().pixels()).sum();
    if area as f32 > WHOLE * size.pixels() as f32 { vec![size.px_rect()] } else { parts }
}

/// Rectangles around those of `parts` that touch each other, none of which touch.
fn apart(parts: Vec<PxRect>) -> Vec<PxRect> {
    let mut done: Vec<PxRect> = Vec::new();
    for mut part in parts {
        // What has grown may touch what it did not before.
        while let Some(at) = done.iter().position(|other| touch(other, &part)) {
            let other = done.swap_remove(at);
            part = PxRect {
                x0: part.x0.min(other.x0),
                y0: part.y0.min(other.y0),
                x1: part.x1.max(other.x1),
                y1: part.y1.max(other.y1),
            };
        }
        done.push(part);
    }
    done
}

fn touch(a: &PxRect, b: &PxRect) -> bool {
    a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1
}

/// A row as brightness, 0 to 255.
fn luma(row: image::buffer::Pixels<'_, image::Rgb<u8>>) -> Vec<i16> {
    row.map(|p| (i16::from(p.0[0]) + 2 * i16::from(p.0[1]) + i16::from(p.0[2])) / 4).collect()
}

/// How many pixels show detail in every square whose first row is `top`.
fn count(rows: &[Vec<i16>], top: u32, width: u32) -> Vec<u32> {
    let mut counts = vec![0; width.div_ceil(BLOCK) as usize];
    let last = (top + BLOCK).min(rows.len() as u32 - 1);
    for y in top.max(1)..last {
        let [above, here, below] = [y - 1, y, y + 1].map(|y| &rows[y as usize]);
        let across = here.windows(3).map(|w| (w[0] + w[2] - 2 * w[1]).abs());
        let down = (1..here.len().saturating_sub(1)).map(|x| (above[x] + below[x] - 2 * here[x]).abs());
        for (x, (across, down)) in across.zip(down).enumerate() {
            // The first of three is the pixel before.
            counts[(x + 1) / BLOCK as usize] += u32::from(i32::from(across.max(down)) >= 2 * STANDS_OUT);
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use image::Rgb;
    use proptest::prelude::*;

    use super::*;

    fn grey(f: impl Fn(u32, u32) -> u8) -> RgbImage {
        RgbImage::from_fn(640, 480, |x, y| Rgb([f(x, y); 3]))
    }

    #[test]
    fn slopes_and_even_places_show_nothing() {
        assert!(detailed(&grey(|_, _| 90)).is_empty());
        assert!(detailed(&grey(|x, y| ((x + y) / 5) as u8)).is_empty());
        // An edge that was enlarged eightfold: 160 levels within 16 pixels, eased in and out.
        let eased = |x: u32| {
            let t = (f64::from(x) - 300.0).clamp(0.0, 16.0) / 16.0;
            (40.0 + 160.0 * t * t * (3.0 - 2.0 * t)) as u8
        };
        assert!(detailed(&grey(|x, _| eased(x))).is_empty());
    }

    /// Two dark dots and a bar, as of a face of 10 pixels, at `left`, `top`.
    fn face(x: u32, y: u32, left: u32, top: u32) -> bool {
        let (x, y) = (x.wrapping_sub(left), y.wrapping_sub(top));
        x < 10 && y < 12 && ((y % 6 > 2 && x % 5 > 1) || y == 9)
    }

    #[test]
    fn small_things_are_looked_at_with_what_is_around_them_each_on_its_own() {
        let picture = grey(|x, y| if face(x, y, 400, 200) || face(x, y, 60, 400) { 70 } else { 140 });
        let parts = detailed(&picture);
        assert_eq!(parts.len(), 2, "{parts:?}");
        for (left, top) in [(400, 200), (60, 400)] {
            let wide = |p: &PxRect| p.x0 + 40 <= left && p.x1 >= left + 50 && p.y0 + 40 <= top && p.y1 >= top + 52;
            assert!(parts.iter().any(wide), "{parts:?}");
        }
        assert!(parts.iter().all(|part| part.width() <= 256 && part.height() <= 256), "{parts:?}");
    }

    #[test]
    fn noise_is_looked_at_as_a_whole() {
        let noise = |x: u32, y: u32| {
            let mixed = (x.wrapping_mul(640).wrapping_add(y)).wrapping_mul(2_654_435_761);
            100 + ((mixed ^ (mixed >> 15)).wrapping_mul(2_246_822_519) >> 27) as u8
        };
        assert_eq!(detailed(&grey(noise)), [PxRect { x0: 0, y0: 0, x1: 640, y1: 480 }]);
    }

    #[test]
    fn the_smallest_pictures_are_no_trouble() {
        for (w, h) in [(1, 1), (2, 5), (5, 2), (3, 3)] {
            assert!(detailed(&RgbImage::new(w, h)).is_empty());
        }
    }

    proptest! {
        #[test]
        fn parts_lie_apart_and_hold_all_that_they_were_made_of(
            boxes in prop::collection::vec((0u32..600, 0u32..400, 1u32..90, 1u32..90), 0..30),
        ) {
            let boxes: Vec<PxRect> =
                boxes.iter().map(|&(x, y, w, h)| PxRect { x0: x, y0: y, x1: x + w, y1: y + h }).collect();
            let parts = apart(boxes.clone());
            for (at, part) in parts.iter().enumerate() {
                prop_assert!(parts.iter().skip(at + 1).all(|other| !touch(part, other)));
            }
            let holds = |p: &PxRect, b: &PxRect| p.x0 <= b.x0 && p.y0 <= b.y0 && p.x1 >= b.x1 && p.y1 >= b.y1;
            prop_assert!(boxes.iter().all(|b| parts.iter().any(|part| holds(part, b))));
        }
    }
}
