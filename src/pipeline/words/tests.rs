//! What may stay and what may not, with lines that a fake reads from the brightness of their place.

use std::sync::Arc;

use image::Rgb;
use ndarray::{Array3, ArrayD, s};

use super::*;
use crate::{
    detect::{Detector, Picture, read::Reader},
    error::{DetectError, InferError},
    geom::Rect,
    infer::{Model, Tensor},
    pipeline::FrameReport,
    secret::Secret,
    style::{Style, Styles},
};

fn line(text: &str, confidence: f32) -> Line {
    Line { text: Secret::new(text.to_owned()), confidence }
}

/// Rows far apart, each as long as its text.
fn rows(texts: &[&str]) -> Vec<Shape> {
    let row = |(y, text): (usize, &&str)| Rect::from_xywh(10.0, 100.0 * y as f32, 6.0 * text.len() as f32, 12.0);
    texts.iter().enumerate().map(row).map(Shape::Rect).collect()
}

fn stay(texts: &[&str], confidence: f32, own: &[&str]) -> Vec<bool> {
    let read: Vec<_> = texts.iter().map(|text| line(text, confidence)).collect();
    let own: Vec<_> = own.iter().map(|text| (*text).to_owned()).collect();
    staying(&rows(texts), &read, &own)
}

#[test]
fn only_a_whole_harmless_line_stays() {
    let texts = ["FIRE EXIT", "Push", "Dr. Wong", "EXIT 12", "Main Street Dental", "Reception Jane", ""];
    assert_eq!(stay(&texts, 0.97, &[]), [true, true, false, false, false, false, false]);
    assert_eq!(stay(&texts, 0.97, &["main street dental"]), [true, true, false, false, true, false, false]);
}

#[test]
fn a_line_that_was_read_with_doubt_goes() {
    assert_eq!(stay(&["EXIT"], 0.94, &[]), [false]);
    assert_eq!(stay(&["EXIT"], 0.95, &[]), [true]);
}

#[test]
fn a_rule_goes_before_the_users_own_list() {
    assert_eq!(
        stay(&["555-234-5678", "Dr. Alice Wong"], 0.99, &["555-234-5678", "Dr. Alice Wong"]),
        [false, false]
    );
}

#[test]
fn a_harmless_word_in_the_place_of_a_name_goes() {
    let outlines = [Rect::from_xywh(0.0, 0.0, 80.0, 12.0), Rect::from_xywh(90.0, 0.0, 40.0, 12.0)].map(Shape::Rect);
    let read = [line("Next of kin:", 0.99), line("Clean", 0.99)];
    assert_eq!(staying(&outlines, &read, &[]), [false, false]);
}

#[test]
fn an_outline_that_is_longer_than_what_was_read_goes() {
    let outline = [Shape::Rect(Rect::from_xywh(0.0, 0.0, 200.0, 12.0))];
    assert_eq!(staying(&outline, &[line("EXIT", 0.99)], &[]), [false]);
}

#[test]
fn a_line_that_several_looks_found_is_counted_once_and_an_illegible_one_not_at_all() {
    let place = Rect::from_xywh(10.0, 10.0, 100.0, 12.0);
    let outlines = [place, place.padded(2.0), place.translated(0.0, 200.0)].map(Shape::Rect);
    let read = [line("03/14/1961", 0.9), line("03/14/1961", 0.8), line("04/15/1962", 0.3)];
    let reading = counted(&outlines, &read);
    assert_eq!((reading.lines, reading.legible), (3, 1));
    assert_eq!(reading.identifiers.into_iter().collect::<Vec<_>>(), [(phi::Kind::Date, 1)]);
}

/// Sees two lines, one in the upper half and one in the lower.
struct TwoLines;

impl Detector for TwoLines {
    fn classes(&self) -> &[Class] {
        &[Class::Text]
    }

    fn detect(&self, _: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
        let at = |y| Shape::Rect(Rect::from_xywh(10.0, y, 30.0, 14.0));
        let finding = |shape| Finding { class: Class::Text, shape, score: 0.9, source: "fake".to_owned() };
        Ok(vec![finding(at(10.0)), finding(at(50.0))])
    }
}

/// Reads light lines as "exit", dark ones as "1/2/33".
struct Light;

impl Model for Light {
    fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
        let Tensor::F32(input) = input else { unreachable!("it takes floats") };
        let text = if input[[0, 0, 24, 20]] > 0.0 { "exit" } else { "1/2/33" };
        let alphabet = include_str!("../../../models/ppocr-v6-rec-small.txt");
        let mut columns = Array3::zeros((1, 12, alphabet.lines().count() + 2));
        columns.slice_mut(s![.., .., 0]).fill(0.99);
        for (t, letter) in text.chars().enumerate() {
            let index = alphabet.lines().position(|l| l.starts_with(letter)).unwrap() + 1;
            columns[[0, 2 * t, 0]] = 0.0;
            columns[[0, 2 * t, index]] = 0.99;
        }
        Ok(vec![columns.into_dyn()])
    }
}

fn cleaned(policy: Policy) -> (RgbImage, FrameReport) {
    let style = Styles { default: Style::Solid, ..Styles::default() };
    let cleaner = Cleaner::with_detectors(Policy { style, ..policy }, vec![Box::new(TwoLines)]).unwrap();
    let picture = RgbImage::from_fn(80, 80, |_, y| Rgb([if y < 40 { 230 } else { 20 }; 3]));
    cleaner.reading_with(Reader::new(Arc::new(Light))).redact_frame(picture).unwrap()
}

#[test]
fn by_default_nothing_is_read_and_every_line_goes() {
    let (picture, report) = cleaned(Policy::default());
    assert_eq!((report.reading, report.visible, report.findings.len()), (None, Visible::default(), 2));
    assert_eq!(picture.get_pixel(30, 17).0, [0; 3]);
}

#[test]
fn what_is_counted_is_destroyed_all_the_same() {
    let (picture, report) = cleaned(Policy { identifiers: true, ..Policy::default() });
    let reading = report.reading.unwrap();
    assert_eq!((reading.lines, reading.legible, reading.identifiers[&phi::Kind::Date]), (2, 2, 1));
    assert_eq!((report.visible, report.findings.len()), (Visible::default(), 2));
    assert_eq!((picture.get_pixel(30, 17).0, picture.get_pixel(30, 57).0), ([0; 3], [0; 3]));
}

#[test]
fn a_spared_line_stays_visible_and_is_in_the_report() {
    let (picture, report) = cleaned(Policy { text: TextScope::Phi, ..Policy::default() });
    assert_eq!((report.visible.spared, report.findings.len(), report.reading), (1, 1, None));
    assert_eq!(report.visible.places[0].shape.bounds().y0, 10.0);
    assert_eq!((picture.get_pixel(30, 17).0, picture.get_pixel(30, 57).0), ([230; 3], [0; 3]));
}
