//! What every style promises, on random pictures and areas. The first property is the reason for the whole folder.

use image::RgbImage;
use proptest::prelude::*;

use super::*;
use crate::finding::Class;
use crate::{
    area::Shape,
    geom::{Point, Rect},
};

fn style() -> impl Strategy<Value = Style> {
    prop::sample::select(Style::ALL)
}

/// Mostly whole, sometimes without width, inside out, or far out of the picture.
fn shape(size: Size) -> impl Strategy<Value = Shape> {
    let (w, h) = (size.width as f32, size.height as f32);
    let coordinate = move |far: f32| prop_oneof![8 => -0.3 * far..1.3 * far, 1 => Just(0.0), 1 => Just(far), 1 => Just(far * 1e6)];
    let point = (coordinate(w), coordinate(h)).prop_map(|(x, y)| Point::new(x, y));
    let free = (point.clone(), point.clone()).prop_map(|(a, b)| Rect::new(a.x, a.y, b.x, b.y));
    let small = (point.clone(), 0f32..12.0, 0f32..12.0).prop_map(|(p, w, h)| Rect::from_center(p, w, h));
    let rect = prop_oneof![1 => free, 3 => small, 1 => Just(size.rect())].boxed();
    prop_oneof![
        rect.clone().prop_map(Shape::Rect),
        rect.prop_map(Shape::Ellipse),
        [point.clone(), point.clone(), point.clone(), point].prop_map(Shape::Quad),
    ]
}

fn area(size: Size) -> impl Strategy<Value = Area> {
    (shape(size), prop::sample::select(Class::ALL), prop::option::of(any::<u64>()))
        .prop_map(|(shape, class, track)| Area { shape, class, track })
}

fn styles() -> impl Strategy<Value = Styles> {
    (style(), prop::option::of(style()), any::<[u8; 3]>()).prop_map(|(default, text, solid_rgb)| Styles {
        default,
        by_class: text.map(|style| (Class::Text, style)).into_iter().collect(),
        solid_rgb,
    })
}

/// A size, areas on it, and two pictures of noise.
fn scene() -> impl Strategy<Value = (Vec<Area>, RgbImage, RgbImage)> {
    (1u32..70, 1u32..50).prop_flat_map(|(w, h)| {
        let noise = any::<u32>().prop_map(move |seed| {
            let level = |x: u32, y: u32, c: u32| (tone::white(seed, 3 * x + c, y) * 127.9 + 128.0) as u8;
            RgbImage::from_fn(w, h, |x, y| image::Rgb([0, 1, 2].map(|c| level(x, y, c))))
        });
        (prop::collection::vec(area(Size::new(w, h)), 1..6), noise.clone(), noise)
    })
}

fn run(picture: &RgbImage, areas: &[Area], styles: &Styles) -> RgbImage {
    redact(Frame::new(picture.clone()), areas, styles).into_pixels()
}

fn with_masked(picture: &RgbImage, mask: &Mask, paint: impl Fn(u32, u32) -> image::Rgb<u8>) -> RgbImage {
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        if mask.contains(x, y) { paint(x, y) } else { *picture.get_pixel(x, y) }
    })
}

/// The distance from a point to a shape by sampling the shape's own coordinates densely.
fn far(shape: &Shape, x: f64, y: f64) -> f64 {
    let at = |p: Point| (f64::from(p.x), f64::from(p.y));
    let segment = |p: Point, q: Point| {
        let ((px, py), (qx, qy)) = (at(p), at(q));
        let (dx, dy) = (qx - px, qy - py);
        let t = (((x - px) * dx + (y - py) * dy) / (dx * dx + dy * dy).max(1e-12)).clamp(0.0, 1.0);
        (px + t * dx - x).hypot(py + t * dy - y)
    };
    match shape {
        Shape::Rect(r) => {
            let c = r.corners();
            (0..4).map(|i| segment(c[i], c[(i + 1) % 4])).fold(f64::MAX, f64::min)
        }
        Shape::Ellipse(r) => {
            let (a, b) = (f64::from(r.x1 - r.x0) / 2.0, f64::from(r.y1 - r.y0) / 2.0);
            let (cx, cy) = (f64::from(r.x0) + a, f64::from(r.y0) + b);
            let rim = (0..2000).map(|i| f64::from(i) * std::f64::consts::TAU / 2000.0);
            rim.map(|t| (cx + a * t.cos() - x).hypot(cy + b * t.sin() - y)).fold(f64::MAX, f64::min)
        }
        Shape::Quad(c) => {
            let pairs = (0..4).flat_map(|i| (0..i).map(move |j| (i, j)));
            pairs.map(|(i, j)| segment(c[i], c[j])).fold(f64::MAX, f64::min)
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn swapping_what_lies_under_the_masks_changes_no_byte((areas, a, b) in scene(), styles in styles()) {
        let mask = Mask::of(&areas, Size::new(a.width(), a.height()));
        let swapped = with_masked(&a, &mask, |x, y| *b.get_pixel(x, y));
        let black = with_masked(&a, &mask, |_, _| image::Rgb([0; 3]));
        let out = run(&a, &areas, &styles);
        prop_assert!(out == run(&swapped, &areas, &styles), "noise shows");
        prop_assert!(out == run(&black, &areas, &styles), "black shows");
    }

    #[test]
    fn no_masked_pixel_keeps_its_colour((areas, a, _) in scene(), styles in styles()) {
        // Surroundings without red or green: a canary of pure green can only come from under the mask.
        let mask = Mask::of(&areas, Size::new(a.width(), a.height()));
        let blue = RgbImage::from_fn(a.width(), a.height(), |_, _| image::Rgb([0, 0, 200]));
        let canary = with_masked(&blue, &mask, |_, _| image::Rgb([0, 255, 0]));
        let out = run(&canary, &areas, &Styles { solid_rgb: [9, 9, 9], ..styles });
        prop_assert!(out.pixels().all(|p| p.0[1] < 200), "green shines through");
    }

    #[test]
    fn pixels_beyond_the_feather_stay_as_they_are((areas, a, _) in scene(), style in style()) {
        let size = Size::new(a.width(), a.height());
        let mask = Mask::of(&areas, size);
        let out = run(&a, &areas, &Styles::all(style));
        let reach = |area: &Area| style.feather_px(outline::Outline::of(&area.shape, size).thickness(size)) + 0.6;
        for (x, y, pixel) in out.enumerate_pixels() {
            let near = |area: &Area| far(&area.shape, f64::from(x) + 0.5, f64::from(y) + 0.5) <= reach(area);
            let touched = pixel != a.get_pixel(x, y) && !mask.contains(x, y);
            prop_assert!(!touched || areas.iter().any(near), "({}, {}) was touched", x, y);
        }
    }

    #[test]
    fn any_number_of_channels_is_destroyed_alike((areas, a, b) in scene(), styles in styles()) {
        let size = Size::new(a.width(), a.height());
        let mask = Mask::of(&areas, size);
        let ink = Ink { solid: [16, 128], neutral: [128.0; 2], tone: [1.0, 0.0], cells_across: 16.0 };
        let planes = |picture: &RgbImage| {
            let mut samples: Vec<u8> = picture.pixels().flat_map(|p| [p.0[0], p.0[1]]).collect();
            let mut canvas = Canvas::<2>::new(&mut samples, size).expect("enough samples");
            redact_samples(&mut canvas, &areas, &styles, &ink);
            samples
        };
        let swapped = with_masked(&a, &mask, |x, y| *b.get_pixel(x, y));
        prop_assert!(planes(&a) == planes(&swapped));
    }
}

fn checked(size: u32) -> RgbImage {
    RgbImage::from_fn(size, size, |x, y| {
        image::Rgb(if (x / 4 + y / 4) % 2 == 0 { [230, 120, 40] } else { [20, 60, 90] })
    })
}

fn face(rect: Rect) -> Area {
    Area { shape: Shape::Ellipse(rect), class: Class::Face, track: None }
}

#[test]
fn a_number_that_is_none_destroys_the_whole_picture() {
    let lost = [Area { shape: Shape::Rect(Rect::new(f32::NAN, 1.0, 2.0, 3.0)), class: Class::Face, track: None }];
    for &style in Style::ALL {
        let (a, b) = (checked(30), RgbImage::new(30, 30));
        assert_eq!(run(&a, &lost, &Styles::all(style)), run(&b, &lost, &Styles::all(style)));
    }
}

#[test]
fn the_last_row_and_column_are_destroyed() {
    let all = [Area { shape: Shape::Rect(Rect::new(0.0, 0.0, 39.0001, 39.0001)), class: Class::Text, track: None }];
    let white = RgbImage::from_pixel(40, 40, image::Rgb([255; 3]));
    let out = run(&white, &all, &Styles::all(Style::Solid));
    assert!(out.pixels().all(|p| p.0 == [0; 3]));
}

#[test]
fn without_areas_nothing_changes() {
    assert_eq!(run(&checked(20), &[], &Styles::default()), checked(20));
}

#[test]
fn a_picture_without_pixels_passes() {
    assert_eq!(run(&RgbImage::new(0, 0), &[face(Rect::new(0.0, 0.0, 5.0, 5.0))], &Styles::default()).len(), 0);
}

#[test]
fn a_blur_has_neither_an_edge_nor_a_hole() {
    let wide = [face(Rect::new(60.0, 50.0, 140.0, 150.0))];
    let out = run(&checked(200), &wide, &Styles::default());
    let level = |x: u32| i32::from(out.get_pixel(x, 100).0[0]);
    let inner = (62..138).map(|x| (level(x) - level(x - 1)).abs()).max();
    assert!(inner <= Some(6), "a step of {inner:?} levels inside");
    assert!((62..138).all(|x| (90..165).contains(&level(x))), "far from the mean of the surroundings, 125");
}

#[test]
fn a_mosaic_has_tiles_that_differ() {
    let out = run(&checked(200), &[face(Rect::new(60.0, 50.0, 140.0, 150.0))], &Styles::all(Style::Pixelate));
    let row: Vec<_> = (80..120).map(|x| out.get_pixel(x, 100).0).collect();
    let changes = row.windows(2).filter(|w| w[0] != w[1]).count();
    assert!((2..=5).contains(&changes), "{changes} changes over 40 pixels of tiles of about 11");
}

#[test]
fn a_tracked_fill_does_not_depend_on_its_neighbours_track() {
    let one = |track| [Area { track, ..face(Rect::new(60.0, 50.0, 140.0, 150.0)) }];
    let styles = Styles::all(Style::Pixelate);
    assert_eq!(run(&checked(200), &one(Some(3)), &styles), run(&checked(200), &one(Some(3)), &styles));
    assert_ne!(run(&checked(200), &one(Some(3)), &styles), run(&checked(200), &one(Some(4)), &styles));
}

#[test]
fn coverage_counts_shared_pixels_once() {
    let half = Area { shape: Shape::Rect(Rect::new(0.0, 0.0, 5.0, 10.0)), class: Class::Text, track: None };
    assert_eq!(coverage(&[half.clone(), half], Size::new(10, 10)), 0.5);
    assert_eq!(coverage(&[], Size::new(0, 0)), 0.0);
}

#[test]
fn styles_are_read_by_name_and_a_typing_error_is_refused() {
    let text = "default = \"pixelate\"\nby_class = { text = \"solid\" }\nsolid_rgb = [1, 2, 3]";
    let styles: Styles = toml::from_str(text).expect("valid");
    assert_eq!((styles.of(Class::Face), styles.of(Class::Text)), (Style::Pixelate, Style::Solid));
    assert_eq!(toml::from_str::<Styles>(&toml::to_string(&styles).expect("plain data")), Ok(styles));
    assert_eq!(toml::from_str::<Styles>(""), Ok(Styles::default()));
    assert!(toml::from_str::<Styles>("defualt = \"blur\"").is_err());
    assert!(toml::from_str::<Styles>("by_class = { txet = \"blur\" }").is_err());
}
