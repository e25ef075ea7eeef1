//! Videos written and read back by this program itself; foreign ones are in the integration tests.

mod leaks;
mod pipes;

use std::path::Path;

use super::{Input, Target, Unit, VideoInfo, create, open};
use crate::{
    clip::{Codec, Container, Span, TimeBase, VideoOptions},
    frame::{Matrix, Raw, TimedYuv, Yuv, chroma_size},
    geom::Size,
    limits::Limits,
};

pub(crate) fn info(size: Size, time_base: TimeBase) -> VideoInfo {
    VideoInfo {
        coding: String::new(),
        size,
        pixel_aspect: (1, 1),
        time_base,
        matrix: Matrix::Bt709,
        hdr: None,
        frames: None,
        duration_us: None,
        sound: None,
        dropped: Vec::new(),
    }
}

/// A frame with a shade that tells its number and a bright square that moves.
pub(crate) fn frame(size: Size, matrix: Matrix, number: usize) -> Yuv<Raw> {
    let chroma = chroma_size(size).pixels() as usize;
    let luma = (0..size.pixels() as u32).map(|i| {
        let (x, y) = (i % size.width, i / size.width);
        let left = number as u32 * 2 % size.width;
        if (left..left + 8).contains(&x) && y < 8 { 230 } else { 40 + (number * 8 % 160) as u8 }
    });
    Yuv::new(size, matrix, [luma.collect(), vec![100; chroma], vec![150; chroma]]).expect("the planes fit")
}

fn write_to(target: Target<'_>, info: &VideoInfo, options: &VideoOptions, times: &[(i64, i64)]) {
    let mut sink = create(target, info, options).expect("the sink opens");
    for (number, &(pts, duration)) in times.iter().enumerate() {
        let frame = frame(info.size, info.matrix, number).into_redacted();
        sink.push(TimedYuv { frame, pts, duration }).expect("a frame is taken");
    }
    sink.finish().expect("the file is finished");
}

pub(crate) fn write(path: &Path, info: &VideoInfo, options: &VideoOptions, times: &[(i64, i64)]) {
    std::fs::write(path, b"").expect("the draft is made");
    write_to(Target::File(path), info, options, times);
}

pub(crate) fn read(input: Input<'_>) -> (VideoInfo, Vec<TimedYuv<Raw>>) {
    let mut source =
        open(input, &VideoOptions::default(), Span::default(), &Limits::default()).expect("the source opens");
    let mut frames = Vec::new();
    while let Some(unit) = source.next_unit().expect("the file is whole") {
        match unit {
            Unit::Frame(frame) => frames.push(frame),
            other => panic!("{other:?}"),
        }
    }
    (source.info().clone(), frames)
}

/// Mean difference of the luma of two frames of one size.
fn difference(a: &Yuv<Raw>, b: &Yuv<Raw>) -> f64 {
    let pairs = a.planes()[0].iter().zip(b.planes()[0]);
    pairs.map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / a.size().pixels() as f64
}

const IRREGULAR: [(i64, i64); 5] = [(0, 1001), (1001, 3), (1004, 2000), (3004, 1001), (4005, 777)];

#[test]
fn what_is_written_is_read_back_with_exact_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    let size = Size::new(64, 48);
    for codec in [Codec::H264, Codec::Hevc, Codec::Vp9] {
        let base = TimeBase { num: 1, den: 30_000 };
        write(&path, &info(size, base), &VideoOptions { codec, ..VideoOptions::default() }, &IRREGULAR);
        let (info, frames) = read(Input::File(&path));
        assert_eq!((info.time_base, info.size, info.frames), (base, size, Some(5)), "{codec:?}");
        assert_eq!(info.matrix, Matrix::Bt709);
        assert_eq!(frames.iter().map(|f| (f.pts, f.duration)).collect::<Vec<_>>(), IRREGULAR, "{codec:?}");
        for (number, got) in frames.iter().enumerate() {
            let off = difference(&got.frame, &frame(size, Matrix::Bt709, number));
            assert!(off < 3.0, "{codec:?}: frame {number} is off by {off}");
        }
    }
}

#[test]
fn a_clock_in_odd_fractions_stays_exact() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    let base = TimeBase { num: 1001, den: 30_000 };
    write(&path, &info(Size::new(64, 48), base), &VideoOptions::default(), &[(0, 1), (1, 2), (3, 1)]);
    let (info, frames) = read(Input::File(&path));
    assert_eq!(info.time_base, TimeBase { num: 1, den: 30_000 });
    assert_eq!(
        frames.iter().map(|f| (f.pts, f.duration)).collect::<Vec<_>>(),
        [(0, 1001), (1001, 2002), (3003, 1001)]
    );
}

#[test]
fn colours_and_the_shape_of_pixels_are_written_down() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    for container in [Container::Mp4, Container::Mkv, Container::WebM] {
        let told = VideoInfo {
            pixel_aspect: (4, 3),
            matrix: Matrix::Bt601,
            ..info(Size::new(1280, 720), TimeBase { num: 1, den: 1000 })
        };
        write(&path, &told, &VideoOptions { container, ..VideoOptions::default() }, &[(0, 40), (40, 40)]);
        let (got, _) = read(Input::File(&path));
        assert_eq!(got.matrix, Matrix::Bt601, "{container:?}");
        // Matroska stores the shown width in whole pixels instead.
        let shape = f64::from(got.pixel_aspect.0) / f64::from(got.pixel_aspect.1);
        assert!((shape - 4.0 / 3.0).abs() < 0.001, "{container:?}: {shape}");
    }
}

#[test]
fn odd_sizes_are_shown_in_vp9_and_rounded_up_in_h264() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    let odd = Size::new(61, 45);
    for (codec, shown) in [(Codec::Vp9, odd), (Codec::H264, Size::new(62, 46)), (Codec::Hevc, Size::new(62, 46))] {
        let told = info(odd, TimeBase { num: 1, den: 25 });
        write(&path, &told, &VideoOptions { codec, ..VideoOptions::default() }, &[(0, 1), (1, 1)]);
        let (got, frames) = read(Input::File(&path));
        assert_eq!(got.size, shown, "{codec:?}");
        let luma = frames[1].frame.planes()[0];
        let (w, h) = (shown.width as usize, shown.height as usize);
        let corner = luma[w * h - 1];
        assert!(corner.abs_diff(48) < 4, "{codec:?}: the corner is {corner}, not what lies beside it");
    }
}

#[test]
fn the_same_frames_give_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    let times: Vec<(i64, i64)> = (0..20).map(|i| (i, 1)).collect();
    for (container, codec) in
        [(Container::Mp4, Codec::H264), (Container::Mp4, Codec::Hevc), (Container::WebM, Codec::Vp9)]
    {
        let options = VideoOptions { container, codec, ..VideoOptions::default() };
        let once = || {
            write(&path, &info(Size::new(320, 180), TimeBase { num: 1, den: 25 }), &options, &times);
            std::fs::read(&path).expect("the file is there")
        };
        assert_eq!(once(), once(), "{container:?}, {codec:?}");
    }
}
