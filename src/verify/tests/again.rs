//! Files of which a part is made anew: what did not change is as it was, to the bit, and all that plays is in order.

use std::{ops::Range, path::Path};

use crate::{
    clip::{Codec, Container, TimeBase, VideoOptions},
    frame::{Matrix, TimedYuv, Yuv, chroma_size},
    geom::Size,
    media::video::{
        Input, VideoInfo, create_again,
        tests::{frame, info, read, write},
    },
    metadata::prove_any_video,
};

const FRAMES: usize = 150;

/// Writes the file again with the frames of `changed` inverted; how many were taken as they are.
fn again(path: &Path, earlier: &Path, info: &VideoInfo, options: &VideoOptions, changed: Range<usize>) -> usize {
    std::fs::copy(path, earlier).expect("a copy is made");
    let mut sink = create_again(path, Some(earlier), info, options).expect("the sink opens");
    let mut taken = 0;
    for number in 0..FRAMES {
        let (pts, duration) = (number as i64 * 1001, 1001);
        if !changed.contains(&number) && sink.push_again(pts, duration).expect("a frame is taken over") {
            taken += 1;
            continue;
        }
        let mut frame = frame(info.size, info.matrix, number);
        if changed.contains(&number) {
            let [luma, cb, cr] = frame.planes();
            let luma = luma.iter().map(|y| 255 - y).collect();
            frame = Yuv::new(info.size, info.matrix, [luma, cb.to_vec(), cr.to_vec()]).expect("the planes fit");
        }
        sink.push(TimedYuv { frame: frame.into_redacted(), pts, duration }).expect("a frame is coded");
    }
    sink.finish().expect("the file is finished");
    taken
}

fn assert_whole(path: &Path) {
    prove_any_video(&mut std::fs::File::open(path).expect("it is there")).expect("nothing is wrong with it");
}

fn luma(path: &Path) -> Vec<(i64, i64, Vec<u8>)> {
    let (info, frames) = read(Input::File(path));
    let us = |ticks| info.time_base.us(ticks) as i64 / 1000;
    frames.iter().map(|f| (us(f.pts), us(f.duration), f.frame.planes()[0].to_vec())).collect()
}

#[test]
fn only_what_changed_is_coded_anew_up_to_where_decoding_can_begin() {
    let kinds = [
        (Container::Mp4, Codec::H264),
        (Container::Mp4, Codec::Hevc),
        (Container::Mkv, Codec::H264),
        (Container::Ts, Codec::H264),
        (Container::WebM, Codec::Vp9),
    ];
    for (container, codec) in kinds {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, earlier) = (folder.path().join("a"), folder.path().join("b"));
        let info = info(Size::new(64, 48), TimeBase { num: 1, den: 30_000 });
        let options = VideoOptions { container, codec, ..VideoOptions::default() };
        let times: Vec<_> = (0..FRAMES as i64).map(|n| (n * 1001, 1001)).collect();
        write(&path, &info, &options, &times);
        let first = luma(&path);
        assert_eq!(first.len(), FRAMES);

        for changed in [40..50, 0..3, 149..150, 20..21] {
            let taken = again(&path, &earlier, &info, &options, changed.clone());
            assert_whole(&path);
            let second = luma(&path);
            let kind = format!("{container:?}, {codec:?}, {changed:?}");
            // At most two seconds are coded besides what changed.
            assert!((FRAMES - changed.len() - 60..=FRAMES - changed.len()).contains(&taken), "{kind}: {taken}");
            assert_eq!(second.len(), FRAMES, "{kind}");
            let mut same = 0;
            for (number, (a, b)) in first.iter().zip(&second).enumerate() {
                assert_eq!((a.0, a.1), (b.0, b.1), "{kind}: frame {number} is shown at another time");
                let mean = |l: &[u8]| l.iter().map(|y| f64::from(*y)).sum::<f64>() / l.len() as f64;
                let is_inverted = (mean(&b.2) - mean(&a.2)).abs() > 8.0 || (mean(&a.2) - 127.5).abs() < 16.0;
                assert!(is_inverted || !changed.contains(&number), "{kind}: frame {number} did not change");
                same += usize::from(a.2 == b.2);
            }
            assert!(same >= taken, "{kind}: {same} frames are the same and {taken} were taken over");
            // And back.
            write(&path, &info, &options, &times);
        }
    }
}

/// Two cuts in a row: the second is coded without others, and what comes behind it may still need those before it.
#[test]
fn a_picture_that_needs_no_other_is_not_taken_for_one_with_which_decoding_can_begin() {
    let size = Size::new(160, 120);
    let scene = |number: usize| {
        let seed = if number < 9 { 1 } else { number.min(10) as u32 * 77 };
        let grain = |i: u32| (i / 5 % 32 * 7 + i / 800 * 11).wrapping_mul(seed).wrapping_mul(2_654_435_761) >> 24;
        let chroma = chroma_size(size).pixels() as usize;
        let luma = (0..size.pixels() as u32).map(|i| 16 + (grain(i) as u8) / 2).collect();
        Yuv::new(size, Matrix::Bt709, [luma, vec![128; chroma], vec![128; chroma]]).expect("the planes fit")
    };
    for (container, codec) in
        [(Container::Mp4, Codec::H264), (Container::Mp4, Codec::Hevc), (Container::Mkv, Codec::H264)]
    {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, earlier) = (folder.path().join("a"), folder.path().join("b"));
        let info = info(size, TimeBase { num: 1, den: 30 });
        let options = VideoOptions { container, codec, ..VideoOptions::default() };
        std::fs::write(&path, b"").expect("the draft is made");
        for changed in [usize::MAX, 25, 4] {
            std::fs::copy(&path, &earlier).expect("a copy is made");
            let before = (changed < 30).then_some(earlier.as_path());
            let mut sink = create_again(&path, before, &info, &options).expect("the sink opens");
            for number in 0..30 {
                if number != changed && sink.push_again(number as i64, 1).expect("a frame is taken over") {
                    continue;
                }
                let frame = scene(number).into_redacted();
                sink.push(TimedYuv { frame, pts: number as i64, duration: 1 }).expect("a frame is coded");
            }
            sink.finish().expect("the file is finished");
            assert_whole(&path);
            assert_eq!(read(Input::File(&path)).1.len(), 30);
        }
    }
}

#[test]
fn without_an_earlier_file_or_with_another_kind_of_file_all_is_coded_anew() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, other) = (folder.path().join("a"), folder.path().join("b"));
    let (info, options) = (info(Size::new(64, 48), TimeBase { num: 1, den: 30 }), VideoOptions::default());
    std::fs::write(&path, b"").expect("the draft is made");
    std::fs::write(&other, b"no video").expect("another file is made");
    for earlier in [None, Some(other.as_path())] {
        let mut sink = create_again(&path, earlier, &info, &options).expect("the sink opens");
        assert!(!sink.push_again(0, 1).expect("nothing fails"));
        let frame = frame(info.size, info.matrix, 0).into_redacted();
        sink.push(TimedYuv { frame, pts: 0, duration: 1 }).expect("a frame is taken");
        sink.finish().expect("the file is finished");
        assert_eq!(read(Input::File(&path)).1.len(), 1);
    }
}
