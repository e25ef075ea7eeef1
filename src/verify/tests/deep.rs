//! High dynamic range that is kept: ten bits in, ten bits out, and what is looked at beside them.

use std::path::Path;

use crate::{
    clip::{Codec, Container, Hdr, Span, TimeBase, VideoOptions},
    frame::{Deep, HdrTransfer, Matrix, Raw, TimedYuv, chroma_size},
    geom::Size,
    limits::Limits,
    media::video::{
        Input, Target, Unit, VideoInfo, create, open,
        tests::{frame, info, read},
    },
    metadata::prove_any_video,
};

const SIZE: Size = Size { width: 66, height: 49 };

fn keep(container: Container) -> VideoOptions {
    VideoOptions { container, codec: Codec::Hevc, hdr: Hdr::Keep, crf: 4, ..VideoOptions::default() }
}

/// A slope of ten bits from left to right.
fn slope(transfer: HdrTransfer) -> Deep<Raw> {
    let chroma = chroma_size(SIZE).pixels() as usize;
    let luma = (0..SIZE.pixels() as u32).map(|i| (200 + i % SIZE.width * 3) as u16).collect();
    Deep::new(SIZE, transfer, [luma, vec![540; chroma], vec![500; chroma]]).expect("the planes fit")
}

fn read_deep(path: &Path) -> (VideoInfo, Vec<TimedYuv<Raw>>) {
    let options = VideoOptions { allow_damaged: true, ..keep(Container::Mp4) };
    let mut source = open(Input::File(path), &options, Span::default(), &Limits::default()).expect("it opens");
    let info = source.info().clone();
    let mut frames = Vec::new();
    while let Some(unit) = source.next_unit().expect("the file is whole") {
        if let Unit::Frame(frame) = unit {
            frames.push(frame);
        }
    }
    (info, frames)
}

#[test]
fn ten_bits_go_in_and_come_out_in_every_container_that_holds_them() {
    for (container, transfer) in [
        (Container::Mp4, HdrTransfer::Pq),
        (Container::Mp4, HdrTransfer::Hlg),
        (Container::Mkv, HdrTransfer::Pq),
        (Container::Ts, HdrTransfer::Hlg),
    ] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a");
        std::fs::write(&path, b"").expect("the draft is made");
        let info = VideoInfo { hdr: Some(transfer), ..info(SIZE, TimeBase { num: 1, den: 25 }) };
        let mut sink = create(Target::File(&path), &info, &keep(container)).expect("the sink opens");
        for number in 0..30 {
            let frame = frame(SIZE, Matrix::Bt709, number).into_redacted();
            let deep = Some(slope(transfer).into_redacted());
            sink.push(TimedYuv { frame: frame.beside(None, deep), pts: number as i64, duration: 1 })
                .expect("taken");
        }
        sink.finish().expect("the file is finished");
        prove_any_video(&mut std::fs::File::open(&path).expect("it is there")).expect("nothing else is in it");

        let (back, frames) = read_deep(&path);
        assert_eq!((back.hdr, frames.len()), (Some(transfer), 30), "{container:?}");
        let want = slope(transfer);
        for frame in &frames {
            let deep = frame.frame.deep().expect("it lies beside");
            let wide = deep.size().width as usize;
            for (row, wanted) in deep.planes()[0].chunks(wide).zip(want.planes()[0].chunks(66)) {
                let off = row.iter().zip(wanted).map(|(a, b)| a.abs_diff(*b)).max();
                assert!(off < Some(12), "{off:?} of 1023 in {container:?}");
            }
            assert!(deep.planes()[0].iter().any(|luma| luma % 4 != 0), "more than eight bits");
            assert!(frame.frame.planes()[0][40] > 60, "what is looked at is there, too");
        }
        // Where it is not asked for it is not there.
        let (plain, frames) = read(Input::File(&path));
        assert!(plain.hdr.is_none() && frames.iter().all(|f| f.frame.deep().is_none()));
    }
}

#[test]
fn a_frame_without_the_range_of_its_video_is_refused_and_black_has_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.mp4");
    std::fs::write(&path, b"").expect("the draft is made");
    let info = VideoInfo { hdr: Some(HdrTransfer::Pq), ..info(SIZE, TimeBase { num: 1, den: 25 }) };
    let mut sink = create(Target::File(&path), &info, &keep(Container::Mp4)).expect("the sink opens");
    let plain = frame(SIZE, Matrix::Bt709, 0).into_redacted();
    assert!(sink.push(TimedYuv { frame: plain, pts: 0, duration: 1 }).is_err());
    let black = info.black();
    assert_eq!(black.deep().map(|deep| (deep.transfer(), deep.planes()[0][0])), Some((HdrTransfer::Pq, 64)));
}
