//! Clips whose truth is known in every frame, and the metric that holds a program's output against it.
//!
//! A camera moves over labelled still pictures by a known map, so the exact place of every face and line of text is
//! known in every frame; nothing is labelled by hand or by a detector. The metric compares the decoded clip with the
//! decoded output at equal times.

pub mod board;
pub mod caption;
pub mod ffmpeg;
pub mod font;
pub mod kinds;
pub mod occluder;
pub mod over;
pub mod planes;
pub mod print;
pub mod random;
pub mod region;
pub mod scene;
pub mod score;
pub mod stills;
pub mod truth;
pub mod view;

use std::{
    error::Error,
    fs::{self, File},
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use kinds::{Format, Kind};
use scene::Scene;
use truth::{TICKS, Truth};

/// What [`make`] writes beside the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// Raw frames; times that vary stand in the truth only.
    Y4m,
    /// H.264 through the `ffmpeg` program, with exact times.
    Mp4,
    /// Only the truth.
    None,
}

/// The whole truth of a scene.
pub fn truth_of(scene: &Scene, name: &str, kind: Kind) -> Truth {
    Truth {
        name: name.to_owned(),
        kind: kind.name().to_owned(),
        seed: scene.seed,
        width: scene.size[0],
        height: scene.size[1],
        ticks: TICKS,
        matrix: "bt601".to_owned(),
        chroma: "left".to_owned(),
        labelled: vec![if kind.reads() { "text" } else { "face" }.to_owned()],
        cuts: scene.shots.iter().skip(1).map(|shot| shot.first).collect(),
        frames: (0..scene.times.len()).map(|frame| scene.truth(frame)).collect(),
    }
}

/// Makes a clip: `NAME.json` with the truth and `NAME.mp4` or `NAME.y4m` in `folder`.
///
/// # Errors
/// When pictures do not suffice or cannot be read, or writing fails.
pub fn make(
    (kind, seed): (Kind, u64),
    format: Format,
    stills: Vec<stills::Still>,
    (folder, name): (&Path, &str),
    (media, threads): (Media, usize),
) -> Result<PathBuf, Box<dyn Error>> {
    let scene = kinds::scene(kind, seed, format, stills)?;
    let truth = truth_of(&scene, name, kind);
    fs::create_dir_all(folder)?;
    let path = folder.join(format!("{name}.json"));
    serde_json::to_writer(BufWriter::new(File::create(&path)?), &truth)?;
    let (times, fps) = (&scene.times, scene.times[0].1);
    let mut encoder = match media {
        Media::Mp4 => Some(ffmpeg::Encoder::start(times, &folder.join(format!("{name}.mp4")))?),
        Media::Y4m | Media::None => None,
    };
    let mut output: Box<dyn Write> = match (&mut encoder, media) {
        (Some(encoder), _) => Box::new(BufWriter::with_capacity(1 << 20, encoder.input()?)),
        (None, Media::Y4m) => Box::new(BufWriter::new(File::create(folder.join(format!("{name}.y4m")))?)),
        (None, _) => return Ok(path),
    };
    planes::begin_y4m(scene.size, fps, &mut output)?;
    for frame in 0..times.len() {
        planes::write_y4m(&scene.draw(frame, threads), &mut output)?;
    }
    output.flush()?;
    drop(output);
    encoder.map_or(Ok(()), ffmpeg::Encoder::finish)?;
    Ok(path)
}
