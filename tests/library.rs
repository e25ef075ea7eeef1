//! The library as a program would use it, with detectors of its own, so that no weights are needed.

mod support;

use std::io::Cursor;

use image::{ImageFormat, Rgb, RgbImage};
use proptest::prelude::*;
use safepost::{
    Cleaner, Outcome, Policy,
    area::Shape,
    detect::{Detector, Picture},
    error::{CleanError, DetectError, InferError},
    finding::{Class, Finding},
    geom::Rect,
    style::Style,
};

/// Says that there is a face at a fixed place.
struct Fixed(Shape);

impl Detector for Fixed {
    fn classes(&self) -> &[Class] {
        &[Class::Face]
    }

    fn detect(&self, _picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        Ok(vec![Finding { class: Class::Face, shape: self.0, score: 0.9, source: "fixed".to_owned() }])
    }
}

/// Cannot look.
struct Broken;

impl Detector for Broken {
    fn classes(&self) -> &[Class] {
        &[Class::Text]
    }

    fn detect(&self, _picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        Err(InferError::BadOutput { name: "broken".to_owned(), detail: "a value is not finite".to_owned() }.into())
    }
}

fn encoded(picture: &RgbImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

fn cleaner(shape: Shape, style: Style) -> Cleaner {
    let mut policy = Policy::default();
    policy.style.default = style;
    Cleaner::with_detectors(policy, vec![Box::new(Fixed(shape))]).unwrap()
}

#[test]
fn a_detector_that_fails_is_not_a_detector_that_found_nothing() {
    let shape = Shape::Rect(Rect::new(0.0, 0.0, 4.0, 4.0));
    let detectors: Vec<Box<dyn Detector>> = vec![Box::new(Fixed(shape)), Box::new(Broken)];
    let cleaner = Cleaner::with_detectors(Policy::default(), detectors).unwrap();
    let result = cleaner.clean_bytes(encoded(&support::gradient(32, 32), ImageFormat::Png));
    assert!(matches!(result, Err(CleanError::Detect(_))));
}

#[test]
fn the_report_says_what_was_found_and_how_much_was_covered() {
    let cleaner = cleaner(Shape::Rect(Rect::new(8.0, 8.0, 24.0, 24.0)), Style::Solid);
    let cleaned = cleaner.clean_bytes(encoded(&support::gradient(32, 32), ImageFormat::Png)).unwrap();
    assert_eq!(cleaned.report.outcome, Outcome::Clean);
    assert_eq!(cleaned.report.counts()[&Class::Face], 1);
    assert!((cleaned.report.frames[0].covered - 0.25).abs() < 1e-6);
}

#[test]
fn one_cleaner_serves_many_threads() {
    let cleaner = cleaner(Shape::Rect(Rect::new(1.0, 1.0, 9.0, 9.0)), Style::Blur);
    let input = encoded(&support::gradient(40, 30), ImageFormat::Png);
    let outputs: Vec<_> = std::thread::scope(|scope| {
        let run = || cleaner.clean_bytes(input.clone()).unwrap().outputs.remove(0).bytes;
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(run)).collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    assert!(outputs.windows(2).all(|pair| pair[0] == pair[1]), "the same input gives the same bytes");
}

#[test]
fn cleaning_an_output_again_changes_nothing_outside_the_mask() {
    let mask = Rect::new(5.0, 5.0, 20.0, 25.0);
    let cleaner = cleaner(Shape::Ellipse(mask), Style::Solid);
    let once = cleaner.clean_bytes(encoded(&support::gradient(40, 30), ImageFormat::Png)).unwrap();
    let twice = cleaner.clean_bytes(once.outputs[0].bytes.clone()).unwrap();
    assert!(twice.report.dropped.is_empty(), "an output has nothing to leave behind");
    let [first, second] =
        [&once, &twice].map(|c| image::load_from_memory(&c.outputs[0].bytes).unwrap().into_rgb8());
    // The smoothed rim, one pixel and a half wide, may be smoothed again.
    let near = mask.padded(2.0);
    for (x, y, pixel) in first.enumerate_pixels() {
        let at = Rect::from_xywh(x as f32, y as f32, 1.0, 1.0);
        assert!(at.intersection(&near).is_some() || pixel == second.get_pixel(x, y), "at {x}, {y}");
    }
}

fn styles() -> impl Strategy<Value = Style> {
    prop::sample::select(vec![Style::Blur, Style::Solid, Style::Pixelate])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Two patients, the same room: the finished files must be the same, byte for byte.
    #[test]
    fn what_lies_under_the_mask_cannot_influence_the_finished_file(
        style in styles(),
        x in -10f32..60.0, y in -10f32..40.0, w in 3f32..50.0, h in 3f32..40.0,
        ellipse: bool, secret: [u8; 3], seed: u8,
    ) {
        let rect = Rect::from_xywh(x, y, w, h);
        let shape = if ellipse { Shape::Ellipse(rect) } else { Shape::Rect(rect) };
        let room = RgbImage::from_fn(64, 48, |x, y| {
            Rgb([(x * 4) as u8, (y * 5) as u8, (x * y) as u8 ^ seed])
        });
        let mut other = room.clone();
        for (px, py, pixel) in other.enumerate_pixels_mut() {
            // Strictly inside: a pixel whose centre is in the shape is under the mask however that rounds.
            let (cx, cy) = (px as f32 + 0.5, py as f32 + 0.5);
            let inside = if ellipse {
                let (dx, dy) = ((cx - rect.center().x) / (w / 2.0), (cy - rect.center().y) / (h / 2.0));
                dx * dx + dy * dy <= 1.0
            } else {
                rect.x0 <= cx && cx < rect.x1 && rect.y0 <= cy && cy < rect.y1
            };
            if inside {
                *pixel = Rgb(secret.map(|c| c ^ (px * 31 + py * 17) as u8));
            }
        }
        let cleaner = cleaner(shape, style);
        let file = |picture: &RgbImage| {
            let input = encoded(picture, ImageFormat::Png);
            cleaner.clean_bytes(input).unwrap().outputs.remove(0).bytes
        };
        prop_assert_eq!(file(&room), file(&other));
    }
}

/// Sees a screen and a badge.
struct Two;

impl Detector for Two {
    fn classes(&self) -> &[Class] {
        &[Class::Screen, Class::Badge]
    }

    fn detect(&self, _picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        let shape = Shape::Rect(Rect::new(0.0, 0.0, 8.0, 8.0));
        let seen = |class| Finding { class, shape, score: 0.9, source: "two".to_owned() };
        Ok(vec![seen(Class::Screen), seen(Class::Badge)])
    }
}

#[test]
fn a_class_that_was_not_asked_for_is_neither_covered_nor_reported_as_found() {
    let policy = Policy { redact: vec![Class::Badge], ..Policy::default() };
    let cleaner = Cleaner::with_detectors(policy, vec![Box::new(Two)]).unwrap();
    let (_, report) = cleaner.redact_frame(RgbImage::new(32, 32)).unwrap();
    assert_eq!(report.findings.iter().map(|f| f.class).collect::<Vec<_>>(), [Class::Badge]);
}
