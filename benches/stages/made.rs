//! What the stages are timed on: gradients with noise and edges, from fixed numbers. Separate from the timing; no picture of
//! anything real is needed.

use std::time::Duration;

use safepost::{
    area::{Area, Shape},
    finding::{Class, Finding},
    frame::{Frame, TimedFrame, chroma_size},
    geom::{Point, Rect, Size},
    image::{Rgb, RgbImage},
    media::image::{OutputFormat, OutputOptions},
    motion::{Motion, Vector},
    redact::redact,
    style::Styles,
    track::Habits,
};

/// Noise of a place, 0 to 31: the upper bits of a product with an odd number (Knuth's multiplicative hashing).
fn noise(x: u32, y: u32) -> u8 {
    ((x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35) >> 27) as u8
}

/// One sample: a gradient, tiles of 40 pixels that differ in brightness, so that there are corners, and noise.
fn sample(x: u32, y: u32, size: Size, channel: u32) -> u8 {
    let gradient = (x * 120 / size.width.max(1) + y * 60 / size.height.max(1)) as u8;
    let tile = noise(x / 40 + channel, y / 40) * 2;
    gradient.saturating_add(tile).saturating_add(noise(x, y) / 4)
}

/// A picture that was moved to the left by `shift_px`.
pub fn picture(size: Size, shift_px: u32) -> RgbImage {
    RgbImage::from_fn(size.width, size.height, |x, y| Rgb([0, 1, 2].map(|c| sample(x + shift_px, y, size, c))))
}

/// The planes of a video frame, luma first.
pub fn planes(size: Size, shift_px: u32) -> [Vec<u8>; 3] {
    let plane = |of: Size, channel: u32, scale: u32| {
        let places = (0..of.height).flat_map(|y| (0..of.width).map(move |x| (x, y)));
        places.map(|(x, y)| sample(x * scale + shift_px, y * scale, size, channel)).collect()
    };
    let chroma = chroma_size(size);
    [plane(size, 0, 1), plane(chroma, 1, 2), plane(chroma, 2, 2)]
}

/// The picture as the library writes it.
pub fn jpeg(size: Size) -> Vec<u8> {
    let frame = redact(Frame::new(picture(size, 0)), &[], &Styles::default());
    let mut sink = OutputFormat::Jpeg.sink(OutputOptions::default());
    sink.push(TimedFrame { frame, duration: Duration::ZERO }).expect("the first frame");
    sink.finish().expect("a file")
}

/// Where the faces are: a grid of `count` in five columns, a tenth of the picture high.
fn boxes(size: Size, count: usize) -> impl Iterator<Item = Rect> {
    let (width, height) = (size.width as f32, size.height as f32);
    let rows = count.div_ceil(5) as f32;
    (0..count).map(move |n| {
        let (column, row) = ((n % 5) as f32, (n / 5) as f32);
        Rect::from_xywh(width * (column + 0.3) / 5.0, height * (row + 0.3) / rows, height * 0.08, height * 0.1)
    })
}

/// What is destroyed in a frame.
pub fn faces(size: Size, count: usize) -> Vec<Area> {
    let area = |(n, at)| Area { shape: Shape::Ellipse(at), class: Class::Face, track: Some(n as u64) };
    boxes(size, count).enumerate().map(area).collect()
}

/// What is found in a frame, `by_px` to the right.
pub fn findings(size: Size, count: usize, by_px: f32) -> Vec<Finding> {
    let moved = |at: Rect| Shape::Ellipse(Rect::from_xywh(at.x0 + by_px, at.y0, at.width(), at.height()));
    let finding = |at| Finding { class: Class::Face, shape: moved(at), score: 0.8, source: "made".to_owned() };
    boxes(size, count).map(finding).collect()
}

/// A camera that stands still before 400 points.
pub fn motion(size: Size) -> Motion {
    let point = |n: u32| Point::new((n % 20 * size.width / 20) as f32, (n / 20 * size.height / 20) as f32);
    let vectors = (0..400).map(|n| Vector { from: point(n), to: point(n) }).collect();
    Motion { vectors, ..Motion::still() }
}

/// As the pipeline follows faces, `held` frames held back.
pub fn habits(held: u64) -> Habits {
    Habits {
        look_ahead: held,
        score_certain: 0.35,
        score_first: 0.12,
        score_start: 0.1,
        score_sure: 0.45,
        evidence_min: 0.6,
        hold_frames: 20,
        hold_frames_weak: 15,
        back_frames: 48,
        back_frames_weak: 10,
        lost_frames: 48,
        away_frames: 90,
        side_usual_px: Some(100.0),
        growth_per_frame: 0.003,
        growth_max: 0.2,
        pad_px: 2.0,
        smear: 0.4,
        edge_growth: 0.04,
    }
}
