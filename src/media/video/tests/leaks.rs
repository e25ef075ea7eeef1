//! What finished files hold besides pictures and sound. Boxes and units are walked here by hand, so that FFmpeg does
//! not vouch for itself.

use std::path::{Path, PathBuf};

use super::super::{Input, Target, Unit, create, open};
use crate::{
    clip::{Audio, Codec, Container, Span, VideoOptions},
    frame::{TimedYuv, Yuv},
    limits::Limits,
};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/video").join(name)
}

/// The fixture through source and sink, nothing redacted.
fn rewritten(name: &str, options: &VideoOptions) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    std::fs::write(&path, b"").expect("the draft is made");
    let mut source = open(Input::File(&fixture(name)), options, Span::default(), &Limits::default())
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    let mut sink = create(Target::File(&path), source.info(), options).expect("the sink opens");
    let black = Yuv::black(source.info().size, source.info().matrix);
    while let Some(unit) = source.next_unit().expect("the fixture is whole") {
        match unit {
            Unit::Frame(TimedYuv { frame, pts, duration }) => {
                sink.push(TimedYuv { frame: frame.into_redacted(), pts, duration }).expect("a frame is taken");
            }
            Unit::Damaged { pts, duration } => {
                sink.push(TimedYuv { frame: black.clone().into_redacted(), pts, duration }).expect("a frame is taken");
            }
            Unit::Sound(sound) => sink.push_sound(sound).expect("sound is taken"),
        }
    }
    sink.finish().expect("the file is finished");
    std::fs::read(&path).expect("the file is there")
}

/// Names of all boxes, and the content of those asked for.
fn boxes<'a>(bytes: &'a [u8], found: &mut Vec<(String, &'a [u8])>) {
    let mut rest = bytes;
    while rest.len() >= 8 {
        let size = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
        assert!((8..=rest.len()).contains(&size), "a box of {size} bytes in {}", rest.len());
        let name = String::from_utf8_lossy(&rest[4..8]).into_owned();
        let content = &rest[8..size];
        if matches!(name.as_str(), "moov" | "trak" | "mdia" | "minf" | "stbl" | "edts") {
            boxes(content, found);
        }
        found.push((name, content));
        rest = &rest[size..];
    }
    assert!(rest.is_empty(), "bytes between boxes");
}

/// Types of the units in the media data of an MP4 of one track, H.264 or HEVC.
fn unit_types(mdat: &[u8], hevc: bool) -> Vec<u8> {
    let mut types = Vec::new();
    let mut rest = mdat;
    while rest.len() > 4 {
        let size = u32::from_be_bytes([rest[0], rest[1], rest[2], rest[3]]) as usize;
        types.push(if hevc { rest[4] >> 1 & 63 } else { rest[4] & 31 });
        rest = &rest[4 + size..];
    }
    assert!(rest.is_empty(), "the units fill the media data");
    types
}

#[test]
fn nothing_planted_in_an_input_is_in_any_output() {
    let planted = ["CANARY", "GA94", "x264", "Lavf5", "VideoHandler", "+12.34"];
    for name in ["messages.mp4", "everything.mkv", "tracks.mp4"] {
        for container in [Container::Mp4, Container::Mkv, Container::WebM, Container::Ts] {
            let output = rewritten(name, &VideoOptions { container, ..VideoOptions::default() });
            for canary in planted.iter().filter(|c| **c != "x264") {
                let holds = output.windows(canary.len()).any(|w| w == canary.as_bytes());
                assert!(!holds, "{canary} of {name} is in the {container:?}");
            }
        }
    }
}

#[test]
fn an_mp4_has_no_edit_list_no_times_of_day_and_one_track() {
    for codec in [Codec::H264, Codec::Hevc] {
        let output = rewritten("messages.mp4", &VideoOptions { codec, ..VideoOptions::default() });
        let mut found = Vec::new();
        boxes(&output, &mut found);
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names.iter().filter(|n| **n == "trak").count(), 1);
        for unwanted in ["elst", "edts", "uuid", "tref", "clap", "sgpd", "sbgp"] {
            assert!(!names.contains(&unwanted), "{unwanted} in {names:?}");
        }
        let place = |wanted: &str| names.iter().position(|n| *n == wanted).expect("the box is there");
        assert!(place("moov") < place("mdat"), "the index lies in front");
        for (name, content) in &found {
            match name.as_str() {
                "mvhd" | "tkhd" | "mdhd" => assert_eq!(content[4..12], [0; 8], "{name}: times of day"),
                "hdlr" => assert!(content[24..].iter().all(|&b| b == 0), "a named handler"),
                "mdat" => {
                    let hevc = codec == Codec::Hevc;
                    let types = unit_types(content, hevc);
                    assert_eq!(types.len(), 10, "one unit a frame: {types:?}");
                    let pictures = if hevc { 0..=31 } else { 1..=5 };
                    assert!(types.iter().all(|t| pictures.contains(t)), "only pictures: {types:?}");
                }
                _ => {}
            }
        }
    }
}

#[test]
fn hidden_frames_are_in_no_output() {
    let output = rewritten("hidden-lead-in.mp4", &VideoOptions::default());
    let mut found = Vec::new();
    boxes(&output, &mut found);
    let (_, mdat) = found.iter().find(|(name, _)| name == "mdat").expect("media data");
    assert_eq!(unit_types(mdat, false).len(), 10);
}

#[test]
fn sound_stays_where_it_was_in_every_container() {
    let heard = |samples: &[f32]| samples.iter().position(|v| v.abs() > 0.1).expect("the tone is heard");
    let folder = tempfile::tempdir().expect("a folder");
    for container in [Container::Mp4, Container::Mkv, Container::WebM, Container::Ts] {
        let options = VideoOptions { audio: Audio::Keep, container, ..VideoOptions::default() };
        let path = folder.path().join(container.extension());
        std::fs::write(&path, rewritten("beep.mp4", &options)).expect("it is written");
        let mut source =
            open(Input::File(&path), &options, Span::default(), &Limits::default()).expect("the output opens");
        let (mut samples, mut frames) = (Vec::new(), 0);
        while let Some(unit) = source.next_unit().expect("the output is whole") {
            match unit {
                Unit::Sound(sound) => {
                    assert_eq!(sound.at as usize, samples.len(), "{container:?}: a hole");
                    samples.extend(sound.samples);
                }
                Unit::Frame(_) | Unit::Damaged { .. } => frames += 1,
            }
        }
        assert_eq!(frames, 10, "{container:?}");
        assert!(heard(&samples).abs_diff(4800) < 24, "{container:?}: heard at {}", heard(&samples));
    }
}
