//! Destroying on the planes of a video frame. Separate because colour has half as many samples there: every area is
//! destroyed on each plane in that plane's own coordinates, and its mask rounds outward on the coarser grid.

use super::{
    canvas::{Canvas, Ink},
    redact, redact_samples,
};
use crate::{
    area::Area,
    frame::{Raw, Redacted, Yuv},
    geom::Size,
    style::Styles,
};

/// Destroys every area of a video frame, as [`super::redact`] does in a picture, and in the picture in RGB beside it.
/// Areas are in luma pixels.
pub fn redact_yuv(mut frame: Yuv<Raw>, areas: &[Area], styles: &Styles) -> Yuv<Redacted> {
    let (size, chroma) = (frame.size(), frame.chroma_size());
    let solid = frame.matrix().samples(styles.solid_rgb);
    let halved: Vec<Area> =
        areas.iter().map(|area| Area { shape: area.shape.mapped((0.5, 0.5), (0.0, 0.0)), ..*area }).collect();
    let packed = frame.take_packed().map(|packed| redact(packed, areas, styles));
    let [y, u, v] = frame.planes_mut();
    plane(y, size, areas, styles, Ink { solid: [solid[0]], neutral: [126.0], tone: [1.0], cells_across: 10.0 });
    plane(u, chroma, &halved, styles, Ink { solid: [solid[1]], neutral: [128.0], tone: [0.0], cells_across: 6.0 });
    plane(v, chroma, &halved, styles, Ink { solid: [solid[2]], neutral: [128.0], tone: [0.0], cells_across: 6.0 });
    frame.into_redacted().beside(packed)
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
}
