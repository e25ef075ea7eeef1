//! Printed codes of every kind, turned, blurred, bent and noisy, and what looks like a code and is none. Separate because
//! the detector's file would be twice as long with them.

use image::{Rgb, RgbImage, imageops};
use proptest::prelude::*;

use super::{
    read::print::{self, Print, print, symbol},
    *,
};
use crate::{area::Shape, geom::Rect};

/// Whether a pixel is inside any of `found`.
fn hidden(found: &[Finding], x: u32, y: u32) -> bool {
    let pixel = Shape::Rect(Rect::from_xywh(x as f32, y as f32, 1.0, 1.0));
    found.iter().any(|f| f.shape.holds(&pixel))
}

/// The share of the symbol that is covered, sampled inside its corners.
fn covered(found: &[Finding], corners: &[[f32; 2]; 4]) -> f32 {
    let [a, b, c, d] = corners;
    let places = (0..40).flat_map(|i| (0..40).map(move |j| ((i as f32 + 0.5) / 40.0, (j as f32 + 0.5) / 40.0)));
    let inside = places.filter(|(s, t)| {
        let at = |i: usize| {
            let (upper, lower) = (a[i] + s * (b[i] - a[i]), d[i] + s * (c[i] - d[i]));
            (upper + t * (lower - upper)) as u32
        };
        hidden(found, at(0), at(1))
    });
    inside.count() as f32 / 1600.0
}

fn share_covered(name: &str, how: &Print) -> f32 {
    let (picture, corners) = print(&symbol(name), how);
    covered(&Codes.detect(&picture).unwrap(), &corners)
}

const LINEAR: &[&str] = &["code 128", "code 39", "code 93", "ean 13", "ean 8", "upc a", "itf", "codabar"];

#[test]
fn every_symbology_is_covered_at_every_angle() {
    for (name, ..) in print::ALL {
        // PDF417 falls into several groups of stripes between the axes and the diagonals, and is then covered in part.
        let angles: &[f32] = if *name == "pdf 417" { &[0.0, 90.0] } else { &[0.0, 7.0, 30.0, 45.0, 90.0] };
        for &angle in angles {
            let how = Print { module_px: 3.0, angle, blur_px: 0.8, ..Print::default() };
            let share = share_covered(name, &how);
            assert!(share > 0.98, "{name} at {angle} degrees: {share}");
        }
    }
}

#[test]
fn stripes_are_covered_from_one_and_a_half_to_eight_pixels_a_module() {
    for name in LINEAR {
        for module_px in [1.5, 8.0] {
            let how = Print { module_px, angle: 4.0, blur_px: 0.3 * module_px, ..Print::default() };
            let share = share_covered(name, &how);
            assert!(share > 0.98, "{name} at {module_px} px a module: {share}");
        }
    }
}

#[test]
fn stripes_too_blurred_to_read_are_covered() {
    for name in ["code 128", "code 39", "ean 13"] {
        let how = Print { angle: 12.0, blur_px: 2.7, ..Print::default() };
        let (picture, corners) = print(&symbol(name), &how);
        let found = Codes.detect(&picture).unwrap();
        assert!(found.iter().all(|f| f.source == "stripes"), "{name} was read");
        assert!(covered(&found, &corners) > 0.98, "{name}");
    }
}

#[test]
fn codes_around_an_arm_from_the_side_faint_and_inverse_are_covered() {
    let straight = Print { blur_px: 0.8, ..Print::default() };
    for how in [
        Print { bent: 1.6, ..straight },
        Print { bent: 1.6, angle: 30.0, ..straight },
        Print { tilt: 0.3, angle: 20.0, ..straight },
        Print { tones: [120.0, 180.0], ..straight },
        Print { tones: [225.0, 30.0], ..straight },
        Print { noise: 40.0, ..straight },
    ] {
        let share = share_covered("code 128", &how);
        assert!(share > 0.98, "{how:?}: {share}");
    }
}

#[test]
fn a_small_code_in_a_large_photo_is_covered_and_little_else() {
    let (label, corners) = print(&symbol("code 128"), &Print { module_px: 2.0, angle: 10.0, ..Print::default() });
    let mut photo = RgbImage::from_fn(2600, 1900, |x, y| Rgb([90 + (x / 40) as u8, 120 + (y / 40) as u8, 100]));
    imageops::replace(&mut photo, &label, 1700, 1300);
    let found = Codes.detect(&photo).unwrap();
    let corners = corners.map(|[x, y]| [x + 1700.0, y + 1300.0]);
    assert!(covered(&found, &corners) > 0.98);
    let area: f32 = found.iter().map(|f| f.shape.bounds().area()).sum();
    assert!(area < (label.width() * label.height()) as f32, "{found:?}");
}

#[test]
fn two_codes_in_one_picture_are_both_covered() {
    let (first, a) = print(&symbol("qr"), &Print::default());
    let (second, b) = print(&symbol("code 39"), &Print::default());
    let height = first.height().max(second.height());
    let mut both = RgbImage::from_pixel(first.width() + second.width(), height, Rgb([225; 3]));
    imageops::replace(&mut both, &first, 0, 0);
    imageops::replace(&mut both, &second, i64::from(first.width()), 0);
    let found = Codes.detect(&both).unwrap();
    assert!(covered(&found, &a) > 0.98);
    assert!(covered(&found, &b.map(|[x, y]| [x + first.width() as f32, y])) > 0.98);
}

#[test]
fn a_glance_sees_what_is_printed_large_enough() {
    for name in ["code 128", "qr"] {
        let (picture, corners) = print(&symbol(name), &Print { module_px: 4.0, angle: 15.0, ..Print::default() });
        let seen = Codes.glance(&picture, Glance { up: 3, ..Glance::default() }).unwrap();
        assert!(covered(&seen.found, &corners) > 0.98, "{name}");
        assert_eq!(seen.up, 3);
    }
}

#[test]
fn what_a_code_says_is_in_no_finding() {
    let (picture, _) = print(&symbol("code 128"), &Print::default());
    let found = Codes.detect(&picture).unwrap();
    assert!(!found.is_empty() && !format!("{found:?}").contains("0048213"));
}

/// The grey of a pixel.
type Tone<'a> = &'a dyn Fn(u32, u32) -> u8;

#[test]
fn fences_blinds_cloth_keys_and_writing_are_not_codes() {
    let scene = |tone: Tone| RgbImage::from_fn(640, 480, |x, y| Rgb([tone(x, y); 3]));
    let fence = |x: u32, y: u32| if y > 150 && x % 14 < 5 { 210 } else { 70 };
    let receding = |x: u32, y: u32| if y > 150 && ((x as f32 + 90.0).ln() * 40.0) % 3.0 < 1.2 { 210 } else { 70 };
    let blinds = |_: u32, y: u32| (120.0 + 80.0 * (y as f32 * 0.5).sin()) as u8;
    let cloth = |x: u32, y: u32| if (x / 6 + y / 6).is_multiple_of(2) { 220 } else { 60 };
    let keys = |x: u32, y: u32| if x % 24 < 20 && y % 24 < 20 { 50 } else { 180 };
    // Letters of five by seven, lines of them, none like the one before.
    let letters = |x: u32, y: u32| {
        let (column, row) = (x / 12, y / 22);
        let (i, j) = (x % 12 / 2, y % 22 / 2);
        let letter = (column * 7 + row * 13).wrapping_mul(2_654_435_761) >> 7;
        let stroke = i < 5 && j < 7 && (letter >> ((i * 3 + j * 5) % 23)) & 1 == 1 && column % 6 != 5;
        if stroke { 40 } else { 230 }
    };
    let even = |_: u32, _: u32| 128;
    let scenes: [(&str, Tone); 7] = [
        ("fence", &fence),
        ("receding fence", &receding),
        ("blinds", &blinds),
        ("cloth", &cloth),
        ("keys", &keys),
        ("letters", &letters),
        ("wall", &even),
    ];
    for (name, tone) in scenes {
        let found = Codes.detect(&scene(tone)).unwrap();
        assert!(found.is_empty(), "{name}: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn no_picture_makes_it_fail(
        width in 1u32..300, height in 1u32..200, seed: u32, coarse in 1u32..9, hard: bool,
    ) {
        let picture = RgbImage::from_fn(width, height, |x, y| {
            let mut v = (x / coarse).wrapping_mul(0x9E37_79B1) ^ (y / coarse).wrapping_mul(0x85EB_CA77) ^ seed;
            v = (v ^ (v >> 15)).wrapping_mul(0x2C1B_3C6D);
            let tone = (v >> 20) as u8;
            Rgb([if hard { if tone < 128 { 0 } else { 255 } } else { tone }; 3])
        });
        for found in [Codes.detect(&picture).unwrap(), Codes.glance(&picture, Glance::default()).unwrap().found] {
            for finding in found {
                let bounds = finding.shape.bounds();
                prop_assert!(bounds.is_valid() && (0.0..=1.0).contains(&finding.score));
            }
        }
    }
}
