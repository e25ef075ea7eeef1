//! Small films made by this program's own writer: a face from a sample picture that moves over a gradient.

use std::{
    fs,
    io::{Read, Write},
    path::Path,
    sync::{Arc, Mutex},
};

use super::gradient;
use image::{RgbImage, imageops};
use safepost::{
    clip::{Audio, Container, Span, TimeBase, VideoOptions},
    frame::{Matrix, Raw, TimedYuv, Yuv, chroma_size},
    geom::Size,
    limits::Limits,
    media::video::{Input, Sound, SoundInfo, Target, Unit, VideoInfo, create, open},
    redact::redact_yuv,
    style::Styles,
};

/// Size of every film here.
pub const SIZE: Size = Size::new(320, 240);
/// Size of the face with its hair, in pixels.
const HEAD: (u32, u32) = (84, 96);
/// Frames a second where frames come evenly.
pub const RATE: i64 = 25;

/// What is filmed: frame after frame the same background, with a face that moves from left to right.
pub struct Scene {
    wall: RgbImage,
    head: Option<RgbImage>,
    drawn: Option<Drawing>,
}

/// What is drawn over the background of frame after frame.
pub type Drawing = Box<dyn Fn(&mut RgbImage, usize)>;

impl Scene {
    /// With the face.
    pub fn with_face() -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/cut-out.png");
        let person = image::open(path).expect("the sample is read").into_rgb8();
        let head = imageops::crop_imm(&person, 142, 30, 168, 192).to_image();
        Self {
            head: Some(imageops::resize(&head, HEAD.0, HEAD.1, imageops::FilterType::Triangle)),
            ..Self::empty()
        }
    }

    /// A wall and nothing else.
    pub fn empty() -> Self {
        Self { wall: gradient(SIZE.width, SIZE.height), head: None, drawn: None }
    }

    /// A wall, and what `draw` puts before it.
    pub fn drawn(draw: impl Fn(&mut RgbImage, usize) + 'static) -> Self {
        Self { drawn: Some(Box::new(draw)), ..Self::empty() }
    }

    /// Left and top of the head in frame `number`.
    fn place(number: usize) -> (u32, u32) {
        (40 + 4 * number as u32 % 180, 60)
    }

    /// The middle of the face (eyes, nose and mouth) in frame `number`: left, top, right, bottom.
    pub fn face(number: usize) -> [usize; 4] {
        let (x, y) = Self::place(number);
        [x + 26, y + 32, x + 58, y + 66].map(|v| v as usize)
    }

    /// Frame `number`.
    pub fn frame(&self, number: usize) -> Yuv<Raw> {
        planes(&self.picture(number))
    }

    /// Frame `number` in RGB.
    pub fn picture(&self, number: usize) -> RgbImage {
        let mut picture = self.wall.clone();
        if let Some(head) = &self.head {
            let (x, y) = Self::place(number);
            imageops::replace(&mut picture, head, x.into(), y.into());
        }
        if let Some(draw) = &self.drawn {
            draw(&mut picture, number);
        }
        picture
    }
}

fn planes(picture: &RgbImage) -> Yuv<Raw> {
    let colours = |x: u32, y: u32| Matrix::Bt601.samples(picture.get_pixel(x, y).0);
    let chroma = chroma_size(SIZE);
    let luma = picture.pixels().map(|p| Matrix::Bt601.samples(p.0)[0]).collect();
    let half = |which: usize| {
        let at = (0..chroma.height).flat_map(|y| (0..chroma.width).map(move |x| (x * 2, y * 2)));
        at.map(|(x, y)| colours(x, y)[which]).collect()
    };
    Yuv::new(SIZE, Matrix::Bt601, [luma, half(1), half(2)]).expect("the planes fit")
}

/// How a film is told to be written.
pub struct Film {
    pub container: Container,
    /// Start and length of each frame, in thousandths of a second.
    pub times: Vec<(i64, i64)>,
    /// Whether a tone is heard all along.
    pub tone: bool,
}

impl Film {
    /// `frames` that come evenly, silent.
    pub fn even(container: Container, frames: i64) -> Self {
        let tick = 1000 / RATE;
        Self { container, times: (0..frames).map(|n| (n * tick, tick)).collect(), tone: false }
    }

    pub fn write(&self, target: Target<'_>, scene: &Scene) {
        self.write_at(target, scene, TimeBase { num: 1, den: 1000 });
    }

    /// With `times` in ticks of `base`.
    pub fn write_at(&self, target: Target<'_>, scene: &Scene, base: TimeBase) {
        let info = VideoInfo {
            coding: String::new(),
            size: SIZE,
            pixel_aspect: (1, 1),
            time_base: base,
            matrix: Matrix::Bt601,
            hdr: None,
            frames: None,
            duration_us: None,
            sound: self.tone.then_some(SoundInfo { channels: 1, audio: Audio::Keep }),
            dropped: Vec::new(),
        };
        let options = VideoOptions { container: self.container, ..VideoOptions::default() };
        let mut sink = create(target, &info, &options).expect("the film is begun");
        let mut heard = 0;
        for (number, &(pts, duration)) in self.times.iter().enumerate() {
            if self.tone {
                let until = (pts + duration) * 48;
                let wave = |n: i64| (n as f32 * 440.0 * std::f32::consts::TAU / 48_000.0).sin() * 0.5;
                sink.push_sound(Sound { at: heard, samples: (heard..until).map(wave).collect() }).expect("a tone");
                heard = until;
            }
            let frame = redact_yuv(scene.frame(number), &[], &Styles::default());
            sink.push(TimedYuv { frame, pts, duration }).expect("a frame is taken");
        }
        sink.finish().expect("the film is finished");
    }

    pub fn write_to(&self, path: &Path, scene: &Scene) {
        fs::write(path, b"").expect("the file is made");
        self.write(Target::File(path), scene);
    }

    /// The same as it would go through a pipe.
    pub fn bytes(&self, scene: &Scene) -> Vec<u8> {
        let kept = Kept::default();
        self.write(Target::Stream(Box::new(kept.clone())), scene);
        kept.0.lock().expect("nobody panicked").clone()
    }
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("nobody panicked").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What a film shows.
pub struct Seen {
    pub info: VideoInfo,
    pub frames: Vec<TimedYuv<Raw>>,
    /// All samples that are heard.
    pub heard: Vec<f32>,
}

impl Seen {
    /// Decodes a whole film; the error in words.
    pub fn of(input: Input<'_>) -> Result<Self, String> {
        let options = VideoOptions { audio: Audio::Keep, ..VideoOptions::default() };
        let mut source = open(input, &options, Span::default(), &Limits::default()).map_err(|e| e.to_string())?;
        let mut seen = Self { info: source.info().clone(), frames: Vec::new(), heard: Vec::new() };
        while let Some(unit) = source.next_unit().map_err(|e| e.to_string())? {
            match unit {
                Unit::Frame(frame) => seen.frames.push(frame),
                Unit::Sound(sound) => seen.heard.extend(sound.samples),
                Unit::Damaged { .. } => panic!("damage was not allowed"),
            }
        }
        Ok(seen)
    }

    pub fn file(path: &Path) -> Self {
        Self::of(Input::File(path)).expect("the film is whole")
    }

    pub fn bytes(bytes: Vec<u8>) -> Result<Self, String> {
        let stream: Box<dyn Read + Send> = Box::new(std::io::Cursor::new(bytes));
        Self::of(Input::Stream(stream))
    }

    /// When each frame is shown and for how long, in microseconds.
    pub fn times_us(&self) -> Vec<(u64, u64)> {
        let base = self.info.time_base;
        self.frames.iter().map(|f| (base.us(f.pts), base.us(f.duration))).collect()
    }
}

/// Difference between the brightest and the darkest luma in a box of a frame.
pub fn contrast(luma: &[u8], [x0, y0, x1, y1]: [usize; 4]) -> u8 {
    let rows = luma.chunks(SIZE.width as usize).take(y1).skip(y0);
    let inside: Vec<u8> = rows.flat_map(|row| &row[x0..x1]).copied().collect();
    let (most, least) = (inside.iter().max(), inside.iter().min());
    most.zip(least).map_or(0, |(most, least)| most - least)
}
