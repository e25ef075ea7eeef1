//! Times each stage by itself: `make stages`, or `cargo bench --bench stages -- FILTER`. Separate from the comparison of
//! whole programs, because a change to one stage is lost in what the networks take.
//!
//! All pictures are drawn here. Nothing of this runs in the tests; they only see that it compiles.

mod made;

/// The library's own file, and not what it makes public: how pixels are laid out for networks is nobody's business
/// outside, and a copy here would soon time something else.
#[path = "../../src/detect/input.rs"]
#[expect(dead_code, unused_imports, reason = "only its planes are timed, and its tests run where it belongs")]
mod input;

use std::{hint::black_box, sync::Arc, time::Duration};

use divan::{Bencher, Divan};
use safepost::{
    Runtime,
    area::Area,
    flow::Flow,
    frame::{Frame, Matrix, Raw, TimedFrame, Yuv},
    geom::Size,
    infer::{Model, Tensor},
    limits::Limits,
    media::image::{OutputFormat, OutputOptions, open},
    metadata::prove::{Form, prove},
    redact::{Mask, redact, redact_yuv},
    resample::{Filter, resample},
    style::{Style, Styles},
    track::Tracker,
};

/// A photo of a telephone.
const PHOTO: Size = Size::new(4000, 3000);
/// What the largest look at such a photo is made of.
const LOOK: Size = Size::new(1920, 1440);
/// Frames of usual videos.
const FRAMES: [Size; 2] = [Size::new(1280, 720), Size::new(1920, 1080)];
/// What is destroyed in a frame.
const FACES: usize = 10;
/// What is followed at the same time.
const FOLLOWED: usize = 20;
/// Frames that a tracker holds back, as at 30 frames a second.
const HELD: usize = 48;

fn main() {
    // Whoever wants more says so with `--sample-count`.
    Divan::default().sample_count(20).config_with_args().main();
}

#[divan::bench]
fn decode_jpeg_of_12_megapixels(bencher: Bencher<'_, '_>) {
    let bytes = made::jpeg(PHOTO);
    bencher.with_inputs(|| bytes.clone()).bench_values(|bytes| {
        let mut source = open(bytes, &Limits::default()).expect("a JPEG");
        source.next_frame().expect("a whole one").expect("one picture")
    });
}

#[divan::bench]
fn encode_jpeg_of_12_megapixels(bencher: Bencher<'_, '_>) {
    let picture = made::picture(PHOTO, 0);
    let frame = || redact(Frame::new(picture.clone()), &[], &Styles::default());
    bencher.with_inputs(frame).bench_values(|frame| {
        let mut sink = OutputFormat::Jpeg.sink(OutputOptions::default());
        sink.push(TimedFrame { frame, duration: Duration::ZERO }).expect("the first frame");
        sink.finish().expect("a file")
    });
}

#[divan::bench]
fn prove_jpeg_of_12_megapixels(bencher: Bencher<'_, '_>) {
    let bytes = made::jpeg(PHOTO);
    bencher.bench_local(|| prove(black_box(&bytes), Form::Jpeg).expect("our own output"));
}

#[divan::bench]
fn resample_12_megapixels_to_1920(bencher: Bencher<'_, '_>) {
    let picture = made::picture(PHOTO, 0);
    bencher.bench_local(|| resample(black_box(&picture), PHOTO.px_rect(), LOOK, Filter::Bilinear).expect("sizes"));
}

#[divan::bench(args = [FRAMES[0], LOOK])]
fn planes_for_networks(bencher: Bencher<'_, '_>, size: Size) {
    let picture = made::picture(size, 0);
    bencher.bench_local(|| input::planes(black_box(&picture), 32, 0.0));
}

#[divan::bench]
fn centerface_in_8_bits_at_1280x720(bencher: Bencher<'_, '_>) {
    let Some(model) = centerface() else { return };
    let planes = input::planes(&made::picture(FRAMES[0], 0), 32, 0.0).into_dyn();
    bencher.with_inputs(|| planes.clone()).bench_values(|planes| model.run(Tensor::F32(planes)).expect("outputs"));
}

/// `None`, after saying why, where the set-up was not run.
fn centerface() -> Option<Arc<dyn Model>> {
    let opened = Runtime::default().open().and_then(|registry| Ok(registry.load("centerface-8bit")?));
    opened.inspect_err(|error| eprintln!("centerface is left out: {error}")).ok()
}

#[divan::bench(args = Style::ALL)]
fn redact_10_faces_at_1280x720(bencher: Bencher<'_, '_>, style: &Style) {
    let (size, styles) = (FRAMES[0], Styles::all(*style));
    let (frame, areas) = (yuv(size, 0), made::faces(size, FACES));
    let copy = || Yuv::<Raw>::new(size, Matrix::Bt709, frame.planes().map(<[u8]>::to_vec)).expect("its own planes");
    bencher.with_inputs(copy).bench_values(|frame| redact_yuv(frame, &areas, &styles));
}

#[divan::bench(args = FRAMES)]
fn mask_of_10_faces(bencher: Bencher<'_, '_>, size: Size) {
    let areas: Vec<Area> = made::faces(size, FACES);
    bencher.bench_local(|| Mask::of(black_box(&areas), size));
}

#[divan::bench(args = FRAMES)]
fn flow_from_frame_to_frame(bencher: Bencher<'_, '_>, size: Size) {
    // There and back, so that every step meets the same motion.
    let frames = [yuv(size, 0), yuv(size, 3)];
    let mut flow = Flow::new();
    flow.step(&frames[0]);
    let mut turn = 0;
    bencher.bench_local(|| {
        turn += 1;
        flow.step(black_box(&frames[turn % 2]))
    });
}

#[divan::bench]
fn follow_20_faces_for_a_frame(bencher: Bencher<'_, '_>) {
    let size = FRAMES[0];
    let motion = Arc::new(made::motion(size));
    let seen: [Vec<_>; 2] = [0.0, 2.0].map(|by_px| made::findings(size, FOLLOWED, by_px));
    let mut tracker = Tracker::new(safepost::finding::Class::Face, size, made::habits(HELD as u64));
    let mut number = 0;
    let mut step = || {
        number += 1;
        // One look in six frames, as at the usual pace.
        let found = (number % 6 == 1).then(|| seen[number / 6 % 2].as_slice());
        tracker.push(Arc::clone(&motion), found);
        tracker.pop(false)
    };
    // Past the cut at the beginning and the frames that are held back.
    for _ in 0..2 * HELD {
        step();
    }
    bencher.bench_local(step);
}

fn yuv(size: Size, shift_px: u32) -> Yuv<Raw> {
    Yuv::new(size, Matrix::Bt709, made::planes(size, shift_px)).expect("planes of this size")
}
