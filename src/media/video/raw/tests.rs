//! Frames without a codec in and out: what comes is what goes, and what is hostile or cut is an error.

use std::{
    io::{Cursor, Read, Write},
    sync::{Arc, Mutex},
};

use super::{super::Unit, *};
use crate::frame::{Raw, TimedYuv};

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn input(bytes: &[u8]) -> Box<dyn Read + Send> {
    Box::new(Cursor::new(bytes.to_vec()))
}

fn damage_allowed() -> VideoOptions {
    VideoOptions { allow_damaged: true, ..VideoOptions::default() }
}

/// Everything that a source gives: frames, and the times of damaged ones.
fn all(mut source: Box<dyn VideoSource>) -> Result<(Vec<TimedYuv<Raw>>, Vec<i64>), MediaError> {
    let (mut frames, mut black) = (Vec::new(), Vec::new());
    while let Some(unit) = source.next_unit()? {
        match unit {
            Unit::Frame(frame) => frames.push(frame),
            Unit::Damaged { pts, .. } => black.push(pts),
            Unit::Sound(_) => panic!("raw frames are silent"),
        }
    }
    Ok((frames, black))
}

/// Reads a stream and writes it again.
fn through_y4m(bytes: &[u8]) -> Result<Vec<u8>, MediaError> {
    let (source, header) = open_y4m(input(bytes), &VideoOptions::default(), Span::default(), &Limits::default())?;
    let kept = Kept::default();
    let mut sink = create_y4m(Box::new(kept.clone()), &header, &source.info().clone())?;
    for TimedYuv { frame, pts, duration } in all(source)?.0 {
        sink.push(TimedYuv { frame: frame.into_redacted(), pts, duration })?;
    }
    sink.finish()?;
    Ok(kept.0.lock().unwrap().clone())
}

fn stream(header: &str, frame_bytes: usize, frames: usize) -> Vec<u8> {
    let mut bytes = format!("{header}\n").into_bytes();
    for frame in 0..frames {
        bytes.extend(b"FRAME\n");
        bytes.extend((0..frame_bytes).map(|at| (16 + (at * 7 + frame * 31) % 200) as u8));
    }
    bytes
}

#[test]
fn what_comes_in_as_y4m_goes_out_byte_for_byte() {
    for layout in Y4mHeader::LAYOUTS {
        let bytes = if *layout == "mono" { 35 } else { 35 + 2 * 12 };
        let whole = stream(&format!("YUV4MPEG2 W7 H5 F30000:1001 Ip A1:1 C{layout}"), bytes, 3);
        assert!(is_y4m(&whole));
        assert_eq!(through_y4m(&whole).unwrap(), whole, "{layout}");
    }
}

#[test]
fn comments_are_left_behind_and_the_range_is_kept() {
    let told = stream("YUV4MPEG2 W2 H2 F25:1 Ip A0:0 XAUTHOR=Jane XCOLORRANGE=FULL", 6, 1);
    let out = through_y4m(&told).unwrap();
    assert!(out.starts_with(b"YUV4MPEG2 W2 H2 F25:1 Ip A0:0 C420jpeg XCOLORRANGE=FULL\nFRAME\n"));
    let noted = b"YUV4MPEG2 W1 H1 F25:1\nFRAME XNOTE=Jane\n\x20\x80\x80";
    assert!(through_y4m(noted).unwrap().ends_with(b"\nFRAME\n\x20\x80\x80"));
}

#[test]
fn layouts_that_are_not_read_are_refused_by_name() {
    for (header, name) in [
        ("YUV4MPEG2 W2 H2 F25:1 C422", "C422"),
        ("YUV4MPEG2 W2 H2 F25:1 C420p10", "C420p10"),
        ("YUV4MPEG2 W2 H2 F25:1 C444alpha", "C444alpha"),
        ("YUV4MPEG2 W2 H2 F25:1 It", "interlaced"),
    ] {
        match through_y4m(&stream(header, 6, 1)) {
            Err(MediaError::UnsupportedFeature { feature, .. }) => assert!(feature.contains(name), "{feature}"),
            other => panic!("{header}: {other:?}"),
        }
    }
}

#[test]
fn hostile_headers_are_errors_before_anything_is_allocated() {
    let long = format!("YUV4MPEG2 W2 H2 X{}", "a".repeat(5000));
    for header in [
        "YUV4MPEG2",
        "YUV4MPEG2 W2",
        "YUV4MPEG2 W0 H2 F25:1",
        "YUV4MPEG2 W99999999999 H2 F25:1",
        "YUV4MPEG2 W4294967295 H4294967295 F25:1",
        "YUV4MPEG2 W2 H2 F0:1",
        "YUV4MPEG2 W2 H2 F25",
        "YUV4MPEG3 W2 H2 F25:1",
        &long,
    ] {
        assert!(through_y4m(&stream(header, 6, 1)).is_err(), "{header}");
    }
    // Claims 375 MB a frame and holds six bytes.
    assert!(through_y4m(&stream("YUV4MPEG2 W15800 H15800 F25:1", 6, 1)).is_err());
}

#[test]
fn a_cut_last_frame_is_an_error_wherever_it_is_cut() {
    let whole = stream("YUV4MPEG2 W4 H4 F25:1 Ip A1:1 C420jpeg", 24, 2);
    assert!(through_y4m(&whole).is_ok());
    let second = whole.len() - 30;
    for end in second + 1..whole.len() {
        assert!(matches!(through_y4m(&whole[..end]), Err(MediaError::Damaged { .. })), "cut at {end}");
    }
    let form = RawForm { size: Size::new(4, 4), pixels: Pixels::Rgb24, rate: (25, 1) };
    let bare = |bytes: usize, options| {
        all(open_raw(input(&vec![9; bytes]), form, &options, Span::default(), &Limits::default()).unwrap())
    };
    assert_eq!(bare(96, VideoOptions::default()).unwrap().0.len(), 2);
    for bytes in [49, 72, 95] {
        assert!(bare(bytes, VideoOptions::default()).is_err(), "{bytes}");
        let (frames, black) = bare(bytes, damage_allowed()).unwrap();
        assert_eq!((frames.len(), black), (1, vec![1]));
    }
}

#[test]
fn bare_frames_keep_their_samples_and_their_size() {
    let form = RawForm { size: Size::new(3, 3), pixels: Pixels::Yuv420p, rate: (10, 1) };
    let bytes: Vec<u8> = (0..17 * 4).map(|i| i as u8 + 40).collect();
    let source =
        open_raw(input(&bytes), form, &VideoOptions::default(), Span::default(), &Limits::default()).unwrap();
    let (info, kept) = (source.info().clone(), Kept::default());
    assert_eq!(source.rate(), Some(10.0));
    let mut sink = create_raw(Box::new(kept.clone()), form, &info).unwrap();
    for TimedYuv { frame, pts, duration } in all(source).unwrap().0 {
        sink.push(TimedYuv { frame: frame.into_redacted(), pts, duration }).unwrap();
    }
    assert_eq!(*kept.0.lock().unwrap(), bytes);
    let smaller = VideoInfo { size: Size::new(2, 2), ..info };
    assert!(create_raw(Box::new(kept), form, &smaller).is_err());
}

#[test]
fn a_span_of_raw_frames_begins_at_zero() {
    let form = RawForm { size: Size::new(2, 2), pixels: Pixels::Grey, rate: (10, 1) };
    let bytes: Vec<u8> = (0..10).flat_map(|frame| [frame; 4]).collect();
    let span = Span { from_us: 250_000, to_us: Some(600_000) };
    let source = open_raw(input(&bytes), form, &VideoOptions::default(), span, &Limits::default()).unwrap();
    let frames = all(source).unwrap().0;
    assert_eq!(
        frames.iter().map(|f| (f.pts, f.frame.planes()[0][0])).collect::<Vec<_>>(),
        [(0, 3), (1, 4), (2, 5)]
    );
}

#[test]
fn limits_hold_for_raw_frames() {
    let limits = Limits { max_side_px: 100, max_pixels: 5_000, ..Limits::default() };
    let open = |width, height, rate| {
        let form = RawForm { size: Size::new(width, height), pixels: Pixels::Rgb24, rate };
        open_raw(input(b""), form, &VideoOptions::default(), Span::default(), &limits).err()
    };
    assert!(matches!(open(101, 1, (25, 1)), Some(MediaError::TooLarge { got: 101, .. })));
    assert!(matches!(open(100, 51, (25, 1)), Some(MediaError::TooLarge { got: 5_100, .. })));
    assert!(open(0, 5, (25, 1)).is_some() && open(5, 5, (0, 1)).is_some());
    assert!(open(100, 50, (25, 1)).is_none());
}
