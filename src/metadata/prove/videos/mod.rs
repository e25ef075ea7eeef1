//! The proof of the provers of videos: clean files as libavformat writes them are proved, and from each of them one
//! forbidden thing at a time is planted, one row each, and every row must be caught, for the reason that the row gives.

mod coded_rows;
mod ebml_rows;
mod fragment_rows;
mod hostile;
mod mp4_rows;
mod plant;
mod ts_rows;

use std::io::{self, Cursor, Read, Seek, SeekFrom};

use super::*;
use crate::clip::{Codec, TimeBase};

/// What is planted, the form that the file claims, the file, and the fault that must be found.
type Row = (&'static str, VideoForm, Vec<u8>, Fault);

/// Every clean file: its name, its form, its codec, the channels of its sound, its frames, ticks in a second, the times
/// of its first and last frame and of its end, in ticks.
type Clean = (&'static str, VideoForm, Codec, Option<u8>, u64, u32, [i64; 2], Option<i64>);

#[rustfmt::skip]
const CLEAN: &[Clean] = {
    use {Codec::{H264, Hevc, Vp9}, VideoForm::{FragmentedMp4, Mkv, Mp4, Ts, WebM}};
    &[
        ("h264.mp4", Mp4, H264, None, 10, 10_240, [0, 9216], Some(10_240)),
        ("hevc.mp4", Mp4, Hevc, None, 10, 10_240, [0, 9216], Some(10_240)),
        ("vp9.mp4", Mp4, Vp9, None, 10, 10_240, [0, 9216], Some(10_240)),
        ("odd.mp4", Mp4, H264, None, 9, 30_000, [0, 8008], Some(9009)),
        ("odd-hevc.mp4", Mp4, Hevc, None, 9, 30_000, [0, 8008], Some(9009)),
        ("aac.mp4", Mp4, H264, Some(1), 5, 10_240, [0, 4315], Some(5339)),
        ("fragments.mp4", FragmentedMp4, H264, None, 10, 10_240, [0, 9216], Some(10_240)),
        ("fragments-aac.mp4", FragmentedMp4, H264, Some(2), 5, 10_240, [0, 4315], Some(5339)),
        ("h264.mkv", Mkv, H264, None, 10, 1000, [0, 900], Some(1000)),
        ("hevc.mkv", Mkv, Hevc, None, 10, 1000, [0, 900], Some(1000)),
        ("odd.mkv", Mkv, H264, None, 9, 1000, [0, 267], Some(300)),
        ("aac-pipe.mkv", Mkv, H264, Some(1), 5, 1000, [21, 421], None),
        ("vp9.webm", WebM, Vp9, None, 10, 1000, [0, 900], Some(1000)),
        ("opus.webm", WebM, Vp9, Some(1), 5, 1000, [7, 407], Some(508)),
        ("opus-pipe.webm", WebM, Vp9, Some(2), 5, 1000, [7, 407], None),
        ("h264.ts", Ts, H264, None, 10, 90_000, [126_000, 207_000], None),
        ("hevc.ts", Ts, Hevc, None, 10, 90_000, [126_000, 207_000], None),
        ("aac.ts", Ts, H264, Some(1), 5, 90_000, [127_920, 163_920], None),
    ]
};

/// A clean file, made as `tests/fixtures/videos.py` says.
fn clean(name: &str) -> Vec<u8> {
    let path = format!("{}/tests/fixtures/video/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read(path).expect("the fixture is there")
}

/// The verdict about bytes.
fn verdict(bytes: &[u8], form: VideoForm, sound: bool) -> Result<VideoProof, Violation> {
    match prove_video(&mut Cursor::new(bytes), form, sound, &mut |_, _| ()) {
        Ok(proof) => Ok(proof),
        Err(Refuted::Unclean(violation)) => Err(violation),
        Err(Refuted::Unread(error)) => panic!("memory cannot be read: {error}"),
    }
}

#[test]
fn every_clean_video_is_proved_with_its_size_frames_times_and_sound() {
    for &(name, form, codec, channels, frames, den, [first, last], end) in CLEAN {
        let odd = name.starts_with("odd");
        let size = if odd { crate::geom::Size::new(62, 46) } else { crate::geom::Size::new(64, 48) };
        let pixel_aspect = if odd { (4, 3) } else { (1, 1) };
        let time_base = TimeBase { num: 1, den };
        let expected = VideoProof { size, pixel_aspect, codec, frames, channels, time_base, first, last, end };
        let file = clean(name);
        assert_eq!(VideoForm::of(&file), Some(form), "{name}");
        let mut told = Vec::new();
        let proof = prove_video(&mut Cursor::new(&file), form, channels.is_some(), &mut |pts, base| {
            told.push(pts);
            assert_eq!(base, time_base, "{name}");
        });
        assert_eq!(proof.expect(name), expected, "{name}");
        assert_eq!(prove_any_video(&mut Cursor::new(&file)).expect(name), expected, "{name}");
        assert_eq!((told.len() as u64, told[0], told[told.len() - 1]), (frames, first, last), "{name}");
        assert!(told.is_sorted_by(|a, b| a < b), "{name}");
    }
}

#[test]
fn sound_that_was_not_asked_for_is_refused() {
    for &(name, form, ..) in CLEAN.iter().filter(|row| row.3.is_some()) {
        let fault = verdict(&clean(name), form, false).expect_err(name).fault;
        assert!(matches!(fault, Fault::Forbidden("a further track")), "{name}: {fault:?}");
    }
}

#[test]
fn every_planted_thing_is_caught_for_the_right_reason() {
    let tables = [mp4_rows::rows(), fragment_rows::rows(), coded_rows::rows(), ebml_rows::rows(), ts_rows::rows()];
    let mut missed = Vec::new();
    let mut counts = std::collections::BTreeMap::new();
    for (planted, form, file, expected) in tables.iter().flatten() {
        *counts.entry(form.name()).or_insert(0) += 1;
        let verdict = verdict(file, *form, true);
        if !matches!(verdict, Err(v) if v.fault == *expected) {
            missed.push(format!("{}: {planted}: {verdict:?}, expected {expected:?}", form.name()));
        }
    }
    assert!(missed.is_empty(), "{} of {counts:?} not caught as expected:\n{}", missed.len(), missed.join("\n"));
    assert_eq!(counts.len(), VideoForm::ALL.len(), "every form has rows: {counts:?}");
}

#[test]
fn a_clean_video_is_of_no_other_form() {
    for &(name, form, ..) in CLEAN {
        for &other in VideoForm::ALL.iter().filter(|&&other| other != form) {
            assert!(verdict(&clean(name), other, true).is_err(), "{name} passed as {}", other.name());
        }
    }
    for bytes in [&b""[..], b"%PDF-1.7", b"\0\0\0\x18ftypheic", b"RIFF\0\0\0\0AVI ", b"\x47"] {
        assert!(matches!(prove_any_video(&mut Cursor::new(bytes)), Err(Refuted::Unclean(_))));
        assert!(VideoForm::ALL.iter().all(|&form| verdict(bytes, form, true).is_err()));
    }
}

/// A file that cannot be read from some place on.
struct Failing(Cursor<Vec<u8>>, u64);

impl Read for Failing {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.0.position() >= self.1 {
            return Err(io::Error::from(io::ErrorKind::PermissionDenied));
        }
        let most = buffer.len().min(100);
        self.0.read(&mut buffer[..most])
    }
}

impl Seek for Failing {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_apart_from_one_that_is_not_clean() {
    for &(name, form, ..) in CLEAN {
        let mut file = Failing(Cursor::new(clean(name)), 1000);
        let verdict = prove_video(&mut file, form, true, &mut |_, _| ());
        assert!(matches!(verdict, Err(Refuted::Unread(_))), "{name}: {verdict:?}");
    }
}
