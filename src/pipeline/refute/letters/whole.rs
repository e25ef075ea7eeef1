//! Reading outputs from end to end, with a detector that hides what it sees and a reader that reads every line alike.

use std::{
    io::Cursor,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use image::{ImageFormat, Rgb, RgbImage};
use ndarray::{Array3, ArrayD, s};

use crate::{
    Cleaned, Cleaner, Outcome, Policy,
    area::Shape,
    detect::{Detector, Picture, read::Reader},
    error::{DetectError, InferError},
    finding::{Class, Finding},
    geom::Rect,
    infer::{Model, Tensor},
    policy::Depth,
    style::Style,
};

const LINE: Rect = Rect { x0: 20.0, y0: 40.0, x1: 140.0, y1: 56.0 };

/// Reads anything as one text, surely.
struct Reads(&'static str);

impl Model for Reads {
    fn run(&self, _: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
        let alphabet = include_str!("../../../../models/ppocr-v6-rec-small.txt");
        let mut columns = Array3::zeros((1, 2 * self.0.len() + 1, alphabet.lines().count() + 2));
        columns.slice_mut(s![.., .., 0]).fill(0.99);
        for (t, letter) in self.0.chars().enumerate() {
            let index = alphabet.lines().position(|l| l.starts_with(letter)).expect("it is in the alphabet") + 1;
            columns[[0, 2 * t, 0]] = 0.0;
            columns[[0, 2 * t, index]] = 0.99;
        }
        Ok(vec![columns.into_dyn()])
    }
}

/// Sees a line somewhere, by the number of the look, with some score.
struct Sees<F> {
    looks: AtomicUsize,
    line: F,
}

impl<F: Fn(usize) -> Option<(Rect, f32)> + Send + Sync> Detector for Sees<F> {
    fn classes(&self) -> &[Class] {
        &[Class::Text]
    }

    fn detect(&self, _: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        let look = self.looks.fetch_add(1, Ordering::Relaxed);
        let finding = |(rect, score)| Finding {
            class: Class::Text,
            shape: Shape::Rect(rect),
            score,
            source: "fake".to_owned(),
        };
        Ok((self.line)(look).map(finding).into_iter().collect())
    }
}

fn cleaned(
    style: Style,
    text: Option<&'static str>,
    line: impl Fn(usize) -> Option<(Rect, f32)> + Send + Sync + 'static,
) -> Cleaned {
    let mut policy = Policy::default();
    policy.style.default = style;
    policy.verify.stills = Depth::Full;
    let eyes: Vec<Box<dyn Detector>> = vec![Box::new(Sees { looks: AtomicUsize::new(0), line })];
    let mut cleaner = Cleaner::with_detectors(policy, eyes).expect("the policy makes sense");
    if let Some(text) = text {
        cleaner = cleaner.reading_with(Reader::new(Arc::new(Reads(text))));
    }
    let stripes = RgbImage::from_fn(240, 100, |x, _| Rgb([if x / 3 % 2 == 0 { 50 } else { 210 }; 3]));
    let mut bytes = Cursor::new(Vec::new());
    stripes.write_to(&mut bytes, ImageFormat::Png).expect("it is written");
    cleaner.clean_bytes(bytes.into_inner()).expect("it is cleaned")
}

fn rounds(cleaned: &Cleaned) -> (u32, Option<&u64>) {
    let checks = &cleaned.report.verification;
    (checks.rounds, checks.caught.get(&Class::Text))
}

#[test]
fn a_line_that_a_detector_is_not_sure_of_is_destroyed_when_it_can_be_read() {
    let weak = |look| (look > 0).then_some((LINE, 0.15));
    assert_eq!(rounds(&cleaned(Style::Solid, None, weak)), (0, None));
    let read = cleaned(Style::Solid, Some("wong"), weak);
    assert_eq!(rounds(&read), (1, Some(&1)));
    let picture = image::load_from_memory(&read.outputs[0].bytes).expect("a picture").to_rgb8();
    assert_eq!(picture.get_pixel(80, 48).0, [0; 3]);
    assert_eq!(rounds(&cleaned(Style::Solid, Some("ii"), weak)), (0, None), "no text");
}

#[test]
fn the_end_of_a_line_that_sticks_out_of_its_mask_is_destroyed_when_it_can_be_read() {
    let half = Rect { x1: 80.0, ..LINE };
    let sticks_out = move |look| Some((if look > 0 { LINE } else { half }, 0.9));
    assert_eq!(rounds(&cleaned(Style::Solid, None, sticks_out)), (0, None));
    let read = cleaned(Style::Solid, Some("wong"), sticks_out);
    assert_eq!(rounds(&read), (1, Some(&1)));
    let picture = image::load_from_memory(&read.outputs[0].bytes).expect("a picture").to_rgb8();
    assert!((20..139).all(|x| picture.get_pixel(x, 48).0 == [0; 3]), "without a gap between the two");
}

#[test]
fn the_texture_of_a_mask_is_never_read_in_any_style() {
    for style in Style::ALL {
        for seen in [LINE, LINE.padded(3.0), LINE.translated(0.0, 3.0), LINE.translated(6.0, 0.0), LINE.grown(0.5)]
        {
            let again =
                cleaned(*style, Some("1/2/33"), move |look| Some((if look > 0 { seen } else { LINE }, 0.9)));
            assert_eq!((rounds(&again), &again.report.outcome), ((0, None), &Outcome::Clean), "{style:?} {seen:?}");
        }
    }
}

#[test]
fn what_is_still_seen_in_the_end_withholds_the_output_and_an_identifier_is_told_apart() {
    let wandering = |look: usize| Some((Rect::from_xywh(2.0, 2.0 + 20.0 * look as f32, 120.0, 12.0), 0.9));
    let withheld = cleaned(Style::Solid, Some("1/2/33"), wandering);
    assert!(matches!(&withheld.report.outcome, Outcome::Withheld { reason } if reason.contains("can be read")));
    assert!(withheld.report.verification.left_identifying > 0 && withheld.outputs.is_empty());
    let harmless = cleaned(Style::Solid, Some("exit"), wandering);
    assert!(matches!(&harmless.report.outcome, Outcome::Withheld { reason } if !reason.contains("can be read")));
    assert!(harmless.report.verification.left_identifying == 0 && harmless.outputs.is_empty());
    assert_eq!(harmless.report.verification.left.get(&Class::Text), Some(&1));
}
