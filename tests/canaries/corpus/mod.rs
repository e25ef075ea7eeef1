//! The corpus: one row a place. A row says which format, which place in it, which tool planted, and holds the file with
//! a token in that place that no other row has.

mod bmp;
mod exiftool;
mod ffmpeg;
mod gif;
mod heif;
mod jpeg;
mod jxl;
#[cfg(feature = "video")]
mod mkv;
#[cfg(feature = "video")]
mod mp4;
mod png;
#[cfg(feature = "video")]
mod streams;
pub mod tiff;
mod webp;

use std::path::Path;

/// What planted a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// The builders of this folder.
    Hand,
    Exiftool,
    Ffmpeg,
}

/// One place in one format, in use.
pub struct Row {
    pub format: &'static str,
    pub extension: &'static str,
    pub place: String,
    pub by: By,
    /// The file before anything was planted, as near as it can be had.
    pub base: Vec<u8>,
    pub file: Vec<u8>,
    /// What may be nowhere afterwards, in any spelling.
    pub needles: Vec<Vec<u8>>,
    /// What an independent tool says of the place, where the token is no text.
    pub said: Option<&'static str>,
    /// Such a file is not read at all: nothing may be written for it.
    pub refused: bool,
}

impl Row {
    /// The file's name in a folder of the whole corpus, its number first.
    pub fn name(&self, number: usize) -> String {
        format!("{number:04}.{}", self.extension)
    }

    /// The same row, which has to be refused.
    fn refused(mut self) -> Self {
        self.refused = true;
        self
    }

    /// The same row, whose place an independent tool shows as `said`.
    fn said(mut self, said: &'static str) -> Self {
        self.said = Some(said);
        self
    }
}

/// A token for a place: 16 letters and digits that stand nowhere else.
fn token(format: &str, place: &str) -> String {
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for byte in format.bytes().chain([0]).chain(place.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    let digits = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let tail = (0..12).map(|i| char::from(digits[(hash >> (5 * i)) as usize & 31]));
    format!("QXZ7{}", tail.collect::<String>())
}

/// A row planted by hand: `plant` gets the token and gives the whole file.
fn row(
    format: &'static str,
    extension: &'static str,
    base: &[u8],
    place: impl Into<String>,
    plant: impl FnOnce(&str) -> Vec<u8>,
) -> Row {
    let place = place.into();
    let token = token(format, &place);
    let file = plant(&token);
    let needles = vec![token.into_bytes()];
    let base = base.to_vec();
    Row { format, extension, place, by: By::Hand, base, file, needles, said: None, refused: false }
}

/// A fixture of this repository.
fn fixture(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name))
        .expect("the fixture is there")
}

/// A small JPEG with a comment: a second picture that can be told from the first.
fn second_picture(token: &str) -> Vec<u8> {
    jpeg::with(&jpeg::plain(16, 12), 0xFE, token.as_bytes())
}

/// Every row that can be made without another program.
pub fn by_hand() -> Vec<Row> {
    [jpeg::rows(), png::rows(), gif::rows(), webp::rows(), tiff::rows(), bmp::rows(), heif::rows(), jxl::rows()]
        .into_iter()
        .chain(videos())
        .flatten()
        .collect()
}

#[cfg(feature = "video")]
fn videos() -> [Vec<Row>; 3] {
    [mp4::rows(), mkv::rows(), streams::rows()]
}

#[cfg(not(feature = "video"))]
fn videos() -> [Vec<Row>; 0] {
    []
}

/// Every row, those of independent tools where they are installed; says which are not.
pub fn all(folder: &Path) -> Vec<Row> {
    let mut rows = by_hand();
    for (name, planted) in [("exiftool", exiftool::rows(folder)), ("ffmpeg", ffmpeg::rows(folder))] {
        match planted {
            Some(planted) => rows.extend(planted),
            None => eprintln!("skipped: {name} is not installed, so nothing is planted with it"),
        }
    }
    rows
}
