//! A file that does not fit in memory, read in pieces at places, with a budget. Separate because all listing walkers of
//! videos read so; those of pictures have their bytes in memory.

use std::io::{Read, Seek, SeekFrom};

use super::{gazetteer::nearest, read};

/// Most bytes that one listing reads: indices, tags, and the beginnings of tracks. Keeps a hostile file from being read
/// over and over.
const BUDGET: u64 = 512 << 20;

/// What a listing reads from.
pub(super) trait Seekable: Read + Seek {}

impl<T: Read + Seek> Seekable for T {}

/// The file, and how much of the budget is left.
pub(super) struct Source<'a> {
    file: &'a mut dyn Seekable,
    length: u64,
    budget: u64,
}

impl<'a> Source<'a> {
    /// `None` when the file cannot even say how long it is.
    pub(super) fn new(file: &'a mut dyn Seekable) -> Option<Self> {
        let length = file.seek(SeekFrom::End(0)).ok()?;
        Some(Self { file, length, budget: BUDGET })
    }

    /// Length of the file in bytes.
    pub(super) const fn length(&self) -> u64 {
        self.length
    }

    /// Up to `most` bytes at `at`, fewer at the end of the file or when it cannot be read.
    pub(super) fn upto(&mut self, at: u64, most: u64) -> Vec<u8> {
        let most = most.min(self.length.saturating_sub(at)).min(self.budget);
        self.budget -= most;
        let mut bytes = Vec::new();
        if most > 0 && self.file.seek(SeekFrom::Start(at)).is_ok() {
            // What was read before an error is still worth a look.
            let _ = (&mut *self.file).take(most).read_to_end(&mut bytes);
        }
        bytes
    }

    /// Exactly `length` bytes at `at`.
    pub(super) fn exactly(&mut self, at: u64, length: u64) -> Option<Vec<u8>> {
        Some(self.upto(at, length)).filter(|bytes| bytes.len() as u64 == length)
    }

    /// Whether anything but zeros is in the first mebibyte of a range.
    pub(super) fn has_content(&mut self, at: u64, length: u64) -> bool {
        self.upto(at, length.min(1 << 20)).iter().any(|&b| b != 0)
    }
}

/// The names that muxers and encoders write when they are told to say as little as they can; they tell nothing.
pub(super) fn is_plain(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        "Lavf",
        "Lavc libx264",
        "Lavc libx265",
        "Lavc libvpx-vp9",
        "Lavc aac",
        "Lavc libopus",
        "FFmpeg",
        "Service01",
    ];
    NAMES.contains(&name)
}

/// Why a place in a video matters.
pub(super) const SPOT: &str = "is the spot on the map where the video was taken, to a few metres";

/// A place in words, in the form of all listings: degrees, how exactly they are said (their smallest `step`), the nearest town.
pub(super) fn spot(latitude: f64, longitude: f64, step: Option<f64>) -> String {
    let side = |value: f64, letters: [char; 2]| letters[usize::from(value < 0.0)];
    let (north, east) = (side(latitude, ['N', 'S']), side(longitude, ['E', 'W']));
    let degrees = format!("{:.4}° {north}, {:.4}° {east}", latitude.abs(), longitude.abs());
    let words = [Some(degrees), step.map(exactness), nearest(latitude, longitude)];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// How exactly a place is said, in words: `degrees` is the smallest step of what is written.
pub(super) fn exactness(degrees: f64) -> String {
    // A degree of latitude is 111,320 m (WGS 84, mean).
    match degrees * 111_320.0 {
        metres if metres < 1.0 => "to less than a metre".to_owned(),
        metres if metres < 1000.0 => format!("to about {metres:.0} m"),
        metres => format!("to about {:.0} km", metres / 1000.0),
    }
}

/// Two signed decimal numbers in a row (ISO 6709, annex H: `+27.5916+086.5640/`), in words.
pub(super) fn iso6709(text: &str) -> Option<String> {
    let mut numbers = Vec::new();
    let mut step = 1.0f64;
    let mut rest = text.trim();
    while numbers.len() < 2 {
        let sign = rest.chars().next().filter(|c| matches!(c, '+' | '-'))?;
        let body = &rest[1..];
        let end = body.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(body.len());
        let value: f64 = body[..end].parse().ok()?;
        numbers.push(if sign == '-' { -value } else { value });
        let decimals = body[..end].split_once('.').map_or(0, |(_, d)| d.len().min(12));
        step = step.min(0.1f64.powi(decimals as i32));
        rest = &body[end..];
    }
    Some(spot(numbers[0], numbers[1], Some(step)))
}

/// A 16.16 fixed-point number.
pub(super) fn fixed(bytes: &[u8], at: usize) -> Option<f64> {
    read::be32(bytes, at).map(|n| f64::from(n.cast_signed()) / 65_536.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_written_as_people_write_them() {
        let words = |text| iso6709(text).unwrap_or_default();
        assert_eq!(
            words("+48.2085+016.3721+180/"),
            "48.2085° N, 16.3721° E, to about 11 m, in or near Vienna (AT)"
        );
        assert!(words("-33.9-070.5/").starts_with("33.9000° S, 70.5000° W, to about 11 km, about "));
        for wrong in ["", "27", "+", "+1", "+1.2.3+4", "+1+x", "é+1+2"] {
            assert_eq!(iso6709(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn reading_stops_at_the_end_of_the_file_and_of_the_budget() {
        let mut file = std::io::Cursor::new(vec![7u8; 100]);
        let mut source = Source::new(&mut file).expect("a length");
        assert_eq!(
            (source.upto(90, 50).len(), source.upto(100, 1).len(), source.upto(u64::MAX, 1).len()),
            (10, 0, 0)
        );
        assert_eq!(source.exactly(90, 11), None);
        assert!(source.has_content(0, 1));
        source.budget = 5;
        assert_eq!((source.upto(0, 50).len(), source.upto(0, 50).len()), (5, 0));
    }
}
