//! What is read when, with a reader that counts and tells a line by its brightness.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use image::Rgb;
use ndarray::{Array3, ArrayD, s};

use super::*;
use crate::{
    error::InferError,
    infer::{Model, Tensor},
    phi::Kind,
};

/// Reads any line as what it is told to, and counts.
struct Fixed {
    texts: Mutex<Vec<&'static str>>,
    reads: Arc<AtomicUsize>,
}

impl Model for Fixed {
    fn run(&self, _: Tensor) -> Result<Vec<ArrayD<f32>>, InferError> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let text = if texts.len() > 1 { texts.remove(0) } else { texts[0] };
        let alphabet = include_str!("../../../../models/ppocr-v6-rec-small.txt");
        let mut columns = Array3::zeros((1, 2 * text.len() + 1, alphabet.lines().count() + 2));
        columns.slice_mut(s![.., .., 0]).fill(0.99);
        for (t, letter) in text.chars().enumerate() {
            let index = alphabet.lines().position(|l| l.starts_with(letter)).unwrap() + 1;
            columns[[0, 2 * t, 0]] = 0.0;
            // Sure enough to be counted, and not sure enough to stop.
            columns[[0, 2 * t, index]] = 0.9;
        }
        Ok(vec![columns.into_dyn()])
    }
}

fn reader(texts: &[&'static str]) -> (Reader, Arc<AtomicUsize>) {
    let reads = Arc::new(AtomicUsize::new(0));
    let network = Fixed { texts: Mutex::new(texts.to_vec()), reads: Arc::clone(&reads) };
    (Reader::new(Arc::new(network)), reads)
}

/// Stripes of this contrast: the more, the clearer.
fn frame(contrast: u8) -> RgbImage {
    RgbImage::from_fn(300, 100, |x, _| Rgb([if x / 3 % 2 == 0 { 100 } else { 100 + contrast }; 3]))
}

fn line(track: u64, y: f32) -> Followed {
    Followed { track, outline: Shape::Rect(Rect::from_xywh(20.0, y, 160.0, 20.0)), sighted: true }
}

/// What is told of lines over frames of some clearness, ten a second.
fn told(texts: &[&'static str], lines: &[Followed], contrasts: &[u8]) -> (Reading, usize) {
    let (reader, reads) = reader(texts);
    let mut seen = Lines::new(&reader);
    for (number, contrast) in contrasts.iter().enumerate() {
        seen.see(&frame(*contrast), lines, number == 0, number as u64 * 100_000).unwrap();
    }
    (seen.finish().unwrap(), reads.load(Ordering::Relaxed))
}

#[test]
fn a_line_is_counted_once_however_long_it_is_seen() {
    let (reading, reads) = told(&["03/14/1961"], &[line(1, 10.0)], &[80; 300]);
    assert_eq!((reading.lines, reading.legible), (1, 1));
    assert_eq!(reading.identifiers.into_iter().collect::<Vec<_>>(), [(Kind::Date, 1)]);
    assert_eq!(reads, 1, "no later look is clearer");
}

#[test]
fn a_line_that_comes_nearer_is_read_again_but_not_for_ever() {
    let rising: Vec<u8> = (0..140).map(|n| 10 + n).collect();
    let (_, reads) = told(&["abc"], &[line(1, 10.0)], &rising);
    assert_eq!(reads, READ_MOST as usize);
}

#[test]
fn a_short_line_is_read_when_it_is_gone() {
    let (reading, reads) = told(&["03/14/1961"], &[line(1, 10.0)], &[80; 2]);
    assert_eq!((reading.legible, reads), (1, 1));
}

#[test]
fn the_clearest_look_of_a_while_is_read() {
    let mut track = Track::default();
    let places: Places = Arc::new(Vec::new());
    for (at, contrast) in [20, 90, 40].into_iter().enumerate() {
        track.look(&frame(contrast), &line(1, 10.0), &places, at as u64 * LOOK_EVERY_US).unwrap();
    }
    let look = track.look.unwrap();
    assert!((look.clearness - detail(&look.picture) * 20.0).abs() < 1e-3);
    assert_eq!(look.picture.get_pixel(10, 10).0[1].abs_diff(look.picture.get_pixel(13, 10).0[1]), 90);
}

#[test]
fn what_is_only_thought_to_be_there_is_not_read() {
    let (reading, reads) = told(&["03/14/1961"], &[Followed { sighted: false, ..line(1, 10.0) }], &[80; 30]);
    assert_eq!((reading.lines, reading.legible, reads), (1, 0, 0));
}

#[test]
fn one_line_that_is_followed_twice_is_counted_once() {
    let (reading, _) = told(&["03/14/1961"], &[line(1, 10.0), line(2, 12.0)], &[80; 30]);
    assert_eq!((reading.lines, reading.legible), (2, 1));
    let (reading, _) = told(&["03/14/1961"], &[line(1, 10.0), line(2, 60.0)], &[80; 30]);
    assert_eq!((reading.lines, reading.legible), (2, 2));
}

#[test]
fn a_word_and_a_number_in_two_lines_are_one_identifier() {
    let (reading, _) = told(&["mrn:", "48151623"], &[line(1, 10.0), line(2, 34.0)], &[80; 30]);
    assert_eq!(reading.identifiers.into_iter().collect::<Vec<_>>(), [(Kind::Record, 1)]);
}
