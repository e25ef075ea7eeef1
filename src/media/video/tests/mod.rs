//! Videos written and read back by this program itself; foreign ones are in the integration tests.

use std::path::Path;

use super::{Input, Target, Unit, VideoInfo, create, open};
use crate::{
    clip::{Container, Span, TimeBase, VideoOptions},
    frame::{Matrix, Raw, TimedYuv, Yuv, chroma_size},
    geom::Size,
    limits::Limits,
};

fn info(size: Size, time_base: TimeBase) -> VideoInfo {
    VideoInfo {
        coding: String::new(),
        size,
        pixel_aspect: (1, 1),
        time_base,
        matrix: Matrix::Bt709,
        frames: None,
        duration_us: None,
        sound: None,
        dropped: Vec::new(),
    }
}

/// A frame with a shade that tells its number and a bright square that moves.
fn frame(size: Size, number: usize) -> Yuv<Raw> {
    let chroma = chroma_size(size).pixels() as usize;
    let luma = (0..size.pixels() as u32).map(|i| {
        let (x, y) = (i % size.width, i / size.width);
        let left = number as u32 * 2 % size.width;
        if (left..left + 8).contains(&x) && y < 8 { 230 } else { 40 + (number * 8 % 160) as u8 }
    });
    Yuv::new(size, Matrix::Bt709, [luma.collect(), vec![100; chroma], vec![150; chroma]]).expect("the planes fit")
}

fn write(path: &Path, info: &VideoInfo, options: &VideoOptions, times: &[(i64, i64)]) {
    std::fs::write(path, b"").expect("the draft is made");
    let mut sink = create(Target::File(path), info, options).expect("the sink opens");
    for (number, &(pts, duration)) in times.iter().enumerate() {
        let frame = frame(info.size, number).into_redacted();
        sink.push(TimedYuv { frame, pts, duration }).expect("a frame is taken");
    }
    sink.finish().expect("the file is finished");
}

fn read(path: &Path, span: Span) -> (VideoInfo, Vec<TimedYuv<Raw>>) {
    let mut source =
        open(Input::File(path), &VideoOptions::default(), span, &Limits::default()).expect("the source opens");
    let mut frames = Vec::new();
    while let Some(unit) = source.next_unit().expect("the file is whole") {
        match unit {
            Unit::Frame(frame) => frames.push(frame),
            other => panic!("{other:?}"),
        }
    }
    (source.info().clone(), frames)
}

#[test]
fn what_is_written_is_read_back_with_exact_times() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    let size = Size::new(64, 48);
    let times: Vec<(i64, i64)> = vec![(0, 1001), (1001, 3), (1004, 2000), (3004, 1001), (4005, 777)];
    for container in [Container::Mp4, Container::Ts] {
        let den = if container == Container::Ts { 90_000 } else { 30_000 };
        let base = TimeBase { num: 1, den };
        write(&path, &info(size, base), &VideoOptions { container, ..VideoOptions::default() }, &times);
        let (info, frames) = read(&path, Span::default());
        assert_eq!(info.time_base, base);
        assert_eq!((info.size, frames.len()), (size, times.len()));
        let got: Vec<_> = frames.iter().map(|f| (f.pts, f.duration)).collect();
        let exact = if container == Container::Ts { times.len() - 1 } else { times.len() };
        assert_eq!(got[..exact], times[..exact], "{container:?}");
        for (number, got) in frames.iter().enumerate() {
            let want = frame(size, number);
            let off = got.frame.planes()[0].iter().zip(want.planes()[0]).map(|(a, b)| u32::from(a.abs_diff(*b)));
            assert!(off.sum::<u32>() < 64 * 48 * 3, "frame {number} looks different");
        }
    }
}
