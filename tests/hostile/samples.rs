//! One or two small sound files of every format, to be made hostile.

use std::{fs, path::Path};

use super::Hostile;

/// A sound file.
pub struct Sample {
    pub format: &'static str,
    pub bytes: Vec<u8>,
}

impl Sample {
    /// This file, as one that is hostile in the way of `kind`.
    pub fn hostile(self, kind: &'static str) -> Hostile {
        Hostile { kind, format: self.format, extension: self.format, bytes: self.bytes }
    }

    /// Another content for it.
    pub fn with(&self, kind: &'static str, bytes: Vec<u8>) -> Hostile {
        Hostile { kind, format: self.format, extension: self.format, bytes }
    }

    pub fn is_video(&self) -> bool {
        VIDEOS.iter().any(|(format, _)| *format == self.format)
    }
}

const PICTURES: &[(&str, &str)] = &[
    ("jpg", "orientation-1.jpg"),
    ("jpg", "progressive.jpg"),
    ("png", "palette-transparent.png"),
    ("png", "animated.png"),
    ("webp", "lossless-alpha.webp"),
    ("webp", "animated.webp"),
    ("gif", "disposals.gif"),
    ("tiff", "one-bit.tiff"),
    ("tiff", "metadata-orientation-6.tiff"),
    ("bmp", "plain.bmp"),
    ("jxl", "lossless.jxl"),
    ("jxl", "coded/stale_exif_orientation.jxl"),
    ("heic", "coded/turned_by_irot_with_stale_exif.heic"),
    ("avif", "plain.avif"),
];

const VIDEOS: &[(&str, &str)] = &[
    ("mp4", "film/plain.mp4"),
    ("mov", "film/fragmented.mp4"),
    ("mkv", "film/everything.mkv"),
    ("webm", "film/vp9.webm"),
    ("avi", "film/mpeg4.avi"),
    ("ts", "film/sound.ts"),
];

/// All of them.
pub fn samples() -> Vec<Sample> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let read =
        |&(format, name): &(&'static str, &str)| Sample { format, bytes: fs::read(folder.join(name)).unwrap() };
    PICTURES.iter().chain(VIDEOS).map(read).collect()
}
