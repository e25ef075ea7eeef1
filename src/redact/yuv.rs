//! Destroying on the planes of a video frame. Separate because colour has half as many samples there: every area is
//! destroyed on each plane in that plane's own coordinates, and its mask rounds outward on the coarser grid.

use super::{
    Mask,
    canvas::{Canvas, Ink},
    redact, redact_samples,
};
use crate::{
    area::Area,
    frame::{Deep, Raw, Redacted, Yuv, chroma_size},
    geom::Size,
    style::Styles,
};

/// Destroys every area of a video frame, as [`super::redact`] does in a picture, and in what else there is of it, in RGB
/// and in high dynamic range.
/// Areas are in luma pixels.
pub fn redact_yuv(mut frame: Yuv<Raw>, areas: &[Area], styles: &Styles) -> Yuv<Redacted> {
    let (size, chroma) = (frame.size(), frame.chroma_size());
    let solid = frame.matrix().samples(styles.solid_rgb);
    let halved: Vec<Area> =
        areas.iter().map(|area| Area { shape: area.shape.mapped((0.5, 0.5), (0.0, 0.0)), ..*area }).collect();
    let packed = frame.take_packed().map(|packed| redact(packed, areas, styles));
    let deep = frame.take_deep().map(|deep| redact_deep(deep, areas, &halved, styles));
    let [luma, blue, red] = inks(solid);
    let [y, u, v] = frame.planes_mut();
    plane(y, size, areas, styles, luma);
    plane(u, chroma, &halved, styles, blue);
    plane(v, chroma, &halved, styles, red);
    frame.into_redacted().beside(packed, deep)
}

/// For luma, blue difference and red difference.
fn inks(solid: [u8; 3]) -> [Ink<1>; 3] {
    let ink = |i: usize, neutral, tone, cells_across| Ink {
        solid: [solid[i]],
        neutral: [neutral],
        tone: [tone],
        cells_across,
    };
    [ink(0, 126.0, 1.0, 10.0), ink(1, 128.0, 0.0, 6.0), ink(2, 128.0, 0.0, 6.0)]
}

/// Destroys areas in high dynamic range: fills are made of the upper eight of its ten bits, and the lower two stay only
/// where nothing was painted.
fn redact_deep(mut frame: Deep<Raw>, areas: &[Area], halved: &[Area], styles: &Styles) -> Deep<Redacted> {
    let (size, inks) = (frame.size(), inks(frame.transfer().samples(styles.solid_rgb)));
    let chroma = chroma_size(size);
    let places = [(size, areas), (chroma, halved), (chroma, halved)];
    for ((samples, (size, areas)), ink) in frame.planes_mut().iter_mut().zip(places).zip(inks) {
        if areas.is_empty() {
            continue;
        }
        let before: Vec<u8> = samples.iter().map(|&s| (s >> 2) as u8).collect();
        let mut after = before.clone();
        plane(&mut after, size, areas, styles, ink);
        let mask = Mask::of(areas, size);
        let width = size.width as usize;
        for (y, row) in samples.chunks_exact_mut(width).enumerate() {
            let (before, after) = (&before[y * width..][..width], &after[y * width..][..width]);
            for ((sample, before), after) in row.iter_mut().zip(before).zip(after) {
                if before != after {
                    *sample = u16::from(*after) << 2;
                }
            }
            for span in mask.row(y as u32) {
                let inside = span.x0 as usize..span.x1 as usize;
                for (sample, after) in row[inside.clone()].iter_mut().zip(&after[inside]) {
                    *sample = u16::from(*after) << 2;
                }
            }
        }
    }
    frame.into_redacted()
}

fn plane(samples: &mut [u8], size: Size, areas: &[Area], styles: &Styles, ink: Ink<1>) {
    if let Some(mut canvas) = Canvas::new(samples, size) {
        redact_samples(&mut canvas, areas, styles, &ink);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        area::Shape,
        finding::Class,
        frame::Matrix,
        geom::{Point, Rect},
        redact::Mask,
        style::Style,
    };

    fn frame(size: Size, seed: u32) -> Yuv<Raw> {
        let chroma = crate::frame::chroma_size(size);
        let plane = |n: u64, salt: u32| {
            (0..n as u32).map(|i| (i.wrapping_mul(2_654_435_761) ^ seed.wrapping_mul(salt)) as u8).collect()
        };
        let planes = [plane(size.pixels(), 7), plane(chroma.pixels(), 11), plane(chroma.pixels(), 13)];
        Yuv::new(size, Matrix::Bt709, planes).unwrap()
    }

    /// The frame with other samples under the mask: the luma pixels of the mask and the chroma samples they lie in.
    fn swapped(mut frame: Yuv<Raw>, mask: &Mask) -> Yuv<Raw> {
        let (size, chroma) = (frame.size(), frame.chroma_size());
        let [y, u, v] = frame.planes_mut();
        for (at_x, at_y) in (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y))) {
            if mask.contains(at_x, at_y) {
                y[(at_y * size.width + at_x) as usize] ^= 0x5a;
                let at = (at_y / 2 * chroma.width + at_x / 2) as usize;
                (u[at], v[at]) = (u[at].wrapping_add(77), v[at].wrapping_add(33));
            }
        }
        frame
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn no_plane_of_the_output_depends_on_what_lies_under_a_mask(
            boxes in prop::collection::vec((-9f32..60.0, -9f32..50.0, 1f32..40.0, 1f32..40.0, 0u8..3), 1..4),
            width in 31u32..64, height in 17u32..48, style in 0usize..3,
        ) {
            let size = Size::new(width, height);
            let areas: Vec<Area> = boxes
                .iter()
                .map(|&(x, y, w, h, kind)| {
                    let rect = Rect::from_xywh(x, y, w, h);
                    let [a, b, c, d] = rect.corners();
                    let shape = match kind {
                        0 => Shape::Rect(rect),
                        1 => Shape::Ellipse(rect),
                        _ => Shape::Quad([a, Point::new(b.x, b.y + 3.0), c, Point::new(d.x, d.y + 3.0)]),
                    };
                    Area { shape, class: Class::Face, track: Some(3) }
                })
                .collect();
            let styles = Styles::all(Style::ALL[style]);
            let mask = Mask::of(&areas, size);
            let clean = redact_yuv(frame(size, 5), &areas, &styles);
            // What differs under the mask only must come out equal.
            let other = redact_yuv(swapped(frame(size, 5), &mask), &areas, &styles);
            prop_assert_eq!(clean.planes(), other.planes());
        }
    }

    #[test]
    fn solid_paints_the_colour_that_was_asked_for() {
        let size = Size::new(16, 16);
        let whole = Area { shape: Shape::Rect(size.rect()), class: Class::Face, track: None };
        let styles = Styles { default: Style::Solid, solid_rgb: [255, 0, 0], ..Styles::default() };
        let out = redact_yuv(frame(size, 1), &[whole], &styles);
        let [y, u, v] = out.planes();
        assert!(y.iter().all(|&s| s == 63) && u.iter().all(|&s| s == 102) && v.iter().all(|&s| s == 240));
    }

    #[test]
    fn far_from_the_areas_nothing_changes() {
        let size = Size::new(64, 64);
        let area = Area { shape: Shape::Rect(Rect::new(10.0, 10.0, 20.0, 20.0)), class: Class::Face, track: None };
        let (before, after) = (frame(size, 2), redact_yuv(frame(size, 2), &[area], &Styles::default()));
        for (before, after) in before.planes().iter().zip(after.planes()) {
            assert_eq!(before[before.len() / 2..], after[after.len() / 2..]);
        }
    }

    #[test]
    fn the_picture_beside_the_planes_is_destroyed_in_the_same_places_and_kept_elsewhere() {
        use image::{Rgb, RgbImage};

        let size = Size::new(32, 32);
        let area = Area { shape: Shape::Rect(Rect::new(4.0, 4.0, 12.0, 12.0)), class: Class::Face, track: None };
        let styles = Styles { default: Style::Solid, solid_rgb: [9, 8, 7], ..Styles::default() };
        let picture = RgbImage::from_fn(32, 32, |x, y| Rgb([x as u8 * 8, y as u8 * 8, 200]));
        let both = frame(size, 1).with_packed(crate::frame::Frame::new(picture.clone())).unwrap();
        assert!(frame(Size::new(16, 32), 1).with_packed(crate::frame::Frame::new(picture.clone())).is_none());
        let areas = [area];
        let out = redact_yuv(both, &areas, &styles);
        let packed = out.packed().expect("it is still there").pixels();
        assert_eq!(packed.get_pixel(8, 8), &Rgb([9, 8, 7]));
        assert_eq!(packed.get_pixel(25, 25), picture.get_pixel(25, 25));
        assert_eq!(out.planes(), redact_yuv(frame(size, 1), &areas, &styles).planes());
    }

    #[test]
    fn in_high_dynamic_range_no_bit_of_what_lies_under_a_mask_stays_and_none_elsewhere_changes() {
        use crate::frame::{Deep, HdrTransfer, chroma_size};

        let size = Size::new(65, 47);
        let chroma = chroma_size(size);
        let shape = Shape::Ellipse(Rect::new(9.0, 7.0, 40.0, 33.0));
        let areas = [Area { shape, class: Class::Face, track: Some(1) }];
        let (mask, styles) = (Mask::of(&areas, size), Styles::default());
        let deep = |seed: u32| {
            let plane =
                |n: u64, salt: u32| (0..n as u32).map(|i| ((i * 37 + salt) % 1024) as u16).collect::<Vec<_>>();
            let mut planes = [plane(size.pixels(), 5), plane(chroma.pixels(), 9), plane(chroma.pixels(), 13)];
            for (x, y) in (0..size.height).flat_map(|y| (0..size.width).map(move |x| (x, y))) {
                if mask.contains(x, y) {
                    planes[0][(y * size.width + x) as usize] = ((x * y + seed * 91) % 1024) as u16;
                    let at = (y / 2 * chroma.width + x / 2) as usize;
                    (planes[1][at], planes[2][at]) = ((seed * 7 % 1024) as u16, (seed * 13 % 1024) as u16);
                }
            }
            planes
        };
        for &style in Style::ALL {
            let styles = Styles { default: style, ..styles.clone() };
            let out = |seed| {
                let raw = Deep::new(size, HdrTransfer::Pq, deep(seed)).unwrap();
                let both = frame(size, 1).with_deep(raw).unwrap();
                let out = redact_yuv(both, &areas, &styles);
                out.deep().expect("it is still there").planes().map(<[u16]>::to_vec)
            };
            let (one, other, before) = (out(3), out(200), deep(3));
            assert_eq!(one, other, "{style:?}");
            let far = (size.width * (size.height - 2)) as usize;
            assert_eq!(one[0][far..], before[0][far..], "all ten bits stay outside");
        }
    }
}
