//! The part of the coded picture that a container says is to be shown. FFmpeg's readers leave it to the player, and what an
//! owner cut away must not come back in an output. What a stream itself cuts away, its decoder never gives.

use std::{
    io::{self, Cursor, Read, Seek, SeekFrom},
    sync::{Arc, Mutex, PoisonError},
};

use super::{av::Reader, open::ebml_size};
use crate::{
    geom::{PxRect, Size},
    media::Format,
};

/// Most bytes of an index that are read, and most that are kept of a pipe.
const MOST_BYTES: u64 = 64 << 20;

/// Most bytes of Matroska before its list of tracks.
const MOST_HEAD_BYTES: u64 = 4 << 20;

/// What the header of a container says about all its tracks.
pub(super) enum Crops {
    /// By the number of the track.
    Tracks(Vec<(u32, Crop)>),
    /// Of the only one that counts.
    Film(Crop),
    /// What comes through a pipe while its header is read, which cannot be read a second time.
    Passing(Format, Passed),
}

/// The bytes that came, until nobody wants them any more.
type Passed = Arc<Mutex<Option<Vec<u8>>>>;

impl Crops {
    /// Of what `reader` holds; gives it back as it was.
    pub(super) fn about(reader: Reader, format: Format) -> io::Result<(Reader, Self)> {
        let crops = match (reader, format) {
            (Reader::File(mut file), Format::Mp4 | Format::Mkv | Format::WebM) => {
                let crops = Self::read(&mut file, format)?;
                file.rewind()?;
                (Reader::File(file), crops)
            }
            (Reader::Stream(stream), Format::Mp4 | Format::Mkv | Format::WebM) => {
                let passed = Passed::new(Mutex::new(Some(Vec::new())));
                let keeping = Keeping { stream, passed: Arc::clone(&passed) };
                (Reader::Stream(Box::new(keeping)), Self::Passing(format, passed))
            }
            (reader, _) => (reader, Self::Film(Crop::default())),
        };
        Ok(crops)
    }

    fn read(file: &mut (impl Read + Seek), format: Format) -> io::Result<Self> {
        if format == Format::Mp4 {
            return of_mp4(file).map(Self::Tracks);
        }
        let mut head = Vec::new();
        file.take(MOST_HEAD_BYTES).read_to_end(&mut head)?;
        Ok(Self::Film(of_matroska(&head)))
    }

    /// Of one track, once the header was read; called once.
    pub(super) fn of(&self, track: i32) -> Crop {
        match self {
            Self::Film(crop) => *crop,
            Self::Tracks(all) => {
                let mine = all.iter().find(|(number, _)| i32::try_from(*number) == Ok(track));
                mine.map_or(Crop::default(), |(_, crop)| *crop)
            }
            Self::Passing(format, passed) => {
                let passed = passed.lock().unwrap_or_else(PoisonError::into_inner).take().unwrap_or_default();
                // A slice is always read.
                Self::read(&mut Cursor::new(passed), *format).map_or(Crop::default(), |crops| crops.of(track))
            }
        }
    }
}

struct Keeping<R> {
    stream: R,
    passed: Passed,
}

impl<R: Read> Read for Keeping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.stream.read(buffer)?;
        if let Some(kept) = self.passed.lock().unwrap_or_else(PoisonError::into_inner).as_mut()
            && kept.len() as u64 <= MOST_BYTES
        {
            kept.extend_from_slice(&buffer[..got]);
        }
        Ok(got)
    }
}

/// Columns and rows that are cut away at each side of the picture as it is coded, before it is turned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Crop {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) right: u32,
    pub(super) bottom: u32,
}

impl Crop {
    /// Both at once.
    fn and(self, other: Self) -> Self {
        Self {
            left: self.left.max(other.left),
            top: self.top.max(other.top),
            right: self.right.max(other.right),
            bottom: self.bottom.max(other.bottom),
        }
    }

    /// What stays of a picture of `size`, inward to whole samples of colour; `None` when nothing does.
    pub(super) fn of(self, size: Size) -> Option<PxRect> {
        let along = |first: u32, last: u32, side: u32| {
            let from = first.checked_next_multiple_of(2)?;
            let to = side.checked_sub(last)?;
            let to = if last == 0 { to } else { to & !1 };
            (from < to).then_some((from, to))
        };
        let ((x0, x1), (y0, y1)) =
            (along(self.left, self.right, size.width)?, along(self.top, self.bottom, size.height)?);
        Some(PxRect { x0, y0, x1, y1 })
    }
}

/// The crop of every track of an MP4 (ISO/IEC 14496-12, 12.1.4), by the track's number, the largest of all its descriptions.
fn of_mp4(file: &mut (impl Read + Seek)) -> io::Result<Vec<(u32, Crop)>> {
    let mut at = 0;
    file.rewind()?;
    // As many as are looked at for the end of the file.
    for _ in 0..1_000_000 {
        let mut header = Vec::new();
        file.seek(SeekFrom::Start(at))?;
        file.by_ref().take(16).read_to_end(&mut header)?;
        let Some((kind, skipped, size)) = box_header(&header) else { break };
        if &kind == b"moov" {
            let mut index = Vec::new();
            file.seek(SeekFrom::Start(at + skipped))?;
            file.by_ref().take(size.saturating_sub(skipped).min(MOST_BYTES)).read_to_end(&mut index)?;
            return Ok(boxes(&index, b"trak").filter_map(in_track).collect());
        }
        at = at.saturating_add(size);
    }
    Ok(Vec::new())
}

/// Type, length of the header, and length with it; `None` for what is no box, or one that lasts to the end.
fn box_header(bytes: &[u8]) -> Option<([u8; 4], u64, u64)> {
    let kind = *bytes.get(4..)?.first_chunk()?;
    let (skipped, size) = match u32::from_be_bytes(*bytes.first_chunk()?) {
        1 => (16, u64::from_be_bytes(*bytes.get(8..)?.first_chunk()?)),
        0 if &kind == b"moov" => (8, u64::MAX),
        size => (8, u64::from(size)),
    };
    (size >= skipped).then_some((kind, skipped, size))
}

/// Types and bodies of the boxes right in `bytes`.
fn all_boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (kind, skipped, size) = box_header(bytes)?;
        let (this, rest) = bytes.split_at_checked(usize::try_from(size).ok()?)?;
        bytes = rest;
        Some((kind, &this[skipped as usize..]))
    })
}

/// The bodies of those of one type.
fn boxes<'a>(bytes: &'a [u8], wanted: &'static [u8; 4]) -> impl Iterator<Item = &'a [u8]> {
    all_boxes(bytes).filter(move |(kind, _)| kind == wanted).map(|(_, body)| body)
}

/// Number and crop of a track.
fn in_track(trak: &[u8]) -> Option<(u32, Crop)> {
    let tkhd = boxes(trak, b"tkhd").next()?;
    let track = number(tkhd, if tkhd.first() == Some(&1) { 20 } else { 12 })?;
    let tables = boxes(trak, b"mdia").flat_map(|mdia| boxes(mdia, b"minf")).flat_map(|minf| boxes(minf, b"stbl"));
    let lists = tables.flat_map(|stbl| boxes(stbl, b"stsd"));
    let entries = lists.flat_map(|stsd| all_boxes(stsd.get(8..).unwrap_or(&[]))).map(|(_, entry)| entry);
    Some((track, entries.filter_map(in_description).fold(Crop::default(), Crop::and)))
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// The clean aperture of one description of pictures: a size, and how far its middle is from that of the picture.
fn in_description(entry: &[u8]) -> Option<Crop> {
    let size = number(entry, 24)?;
    let clap = boxes(entry.get(78..)?, b"clap").next()?;
    let share = |at: usize| {
        let (over, under) = (number(clap, at)?, number(clap, at + 4)?);
        (under > 0).then(|| f64::from(over.cast_signed()) / f64::from(under))
    };
    let cut = |side: u32, length: f64, off: f64| {
        let first = off + (f64::from(side) - length) / 2.0;
        let last = f64::from(side) - first - length;
        // Saturates, and what lies outside of the picture cuts nothing away.
        (first.ceil() as u32, last.ceil() as u32)
    };
    let (left, right) = cut(size >> 16, share(0)?, share(16)?);
    let (top, bottom) = cut(size & 0xFFFF, share(8)?, share(24)?);
    Some(Crop { left, top, right, bottom })
}

/// The crop of the first track of pictures by the first bytes of Matroska (RFC 9559, 5.1.4.1.28).
fn of_matroska(head: &[u8]) -> Crop {
    const SEGMENT: u32 = 0x1853_8067;
    const TRACKS: u32 = 0x1654_AE6B;
    let tracks = elements(head).find(|e| e.0 == SEGMENT).and_then(|e| elements(e.1).find(|e| e.0 == TRACKS));
    let is_film = |entry: &&[u8]| elements(entry).any(|(id, kind)| id == 0x83 && kind == [1]);
    let mut entries = tracks.into_iter().flat_map(|e| elements(e.1)).filter(|e| e.0 == 0xAE).map(|e| e.1);
    let Some(video) = entries.find(is_film).and_then(|entry| elements(entry).find(|e| e.0 == 0xE0)) else {
        return Crop::default();
    };
    let cut = |wanted: u32| {
        let found = elements(video.1).find(|e| e.0 == wanted).map_or(&[][..], |e| e.1);
        let value = found.iter().fold(0u64, |value, &byte| value << 8 | u64::from(byte));
        u32::try_from(value).unwrap_or(u32::MAX)
    };
    Crop { left: cut(0x54CC), top: cut(0x54BB), right: cut(0x54DD), bottom: cut(0x54AA) }
}

/// Elements right in `bytes`: id and content, which ends with `bytes` where it has no length or a longer one.
fn elements(mut bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || {
        let length = bytes.first()?.leading_zeros() as usize + 1;
        let id = bytes.get(..length).filter(|_| length <= 4)?;
        let id = id.iter().fold(0u32, |id, &byte| id << 8 | u32::from(byte));
        let (size, at) = ebml_size(bytes, length)?;
        let end = size.and_then(|size| usize::try_from(size).ok()).and_then(|size| at.checked_add(size));
        let end = end.unwrap_or(usize::MAX).min(bytes.len());
        let content = bytes.get(at..end)?;
        bytes = &bytes[end..];
        Some((id, content))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
    }

    /// A film of 64 x 48 whose track 7 has a clean aperture: width, height, and both shifts, as fractions.
    fn film(aperture: [[i32; 2]; 4]) -> Vec<u8> {
        let clap: Vec<u8> = aperture.iter().flatten().flat_map(|n| n.to_be_bytes()).collect();
        let mut entry = vec![0; 78];
        entry[24..28].copy_from_slice(&[0, 64, 0, 48]);
        entry.extend(boxed(b"clap", &clap));
        let stsd = [&[0, 0, 0, 0, 0, 0, 0, 1][..], &boxed(b"avc1", &entry)].concat();
        let tables = boxed(b"minf", &boxed(b"stbl", &boxed(b"stsd", &stsd)));
        let mut tkhd = vec![0; 84];
        tkhd[15] = 7;
        let trak = [boxed(b"tkhd", &tkhd), boxed(b"mdia", &tables)].concat();
        [boxed(b"ftyp", b"isom"), boxed(b"mdat", b"1234"), boxed(b"moov", &boxed(b"trak", &trak))].concat()
    }

    fn crop(file: &[u8], track: u32) -> Crop {
        let all = of_mp4(&mut Cursor::new(file)).expect("a slice can be read");
        all.into_iter().find(|(number, _)| *number == track).map_or(Crop::default(), |(_, crop)| crop)
    }

    #[test]
    fn a_clean_aperture_cuts_about_its_middle() {
        let file = film([[60, 1], [40, 1], [2, 1], [-3, 2]]);
        assert_eq!(crop(&file, 7), Crop { left: 4, top: 3, right: 0, bottom: 6 });
        assert_eq!(crop(&file, 8), Crop::default(), "of another track");
        let whole = film([[64, 1], [48, 1], [0, 1], [0, 1]]);
        assert_eq!(crop(&whole, 7), Crop::default());
        let larger = film([[100, 1], [100, 1], [0, 1], [0, 1]]);
        assert_eq!(crop(&larger, 7), Crop::default());
        assert_eq!(crop(&film([[60, 0], [40, 1], [0, 1], [0, 1]]), 7), Crop::default(), "no number");
        let nothing = film([[-5, 1], [40, 1], [0, 1], [0, 1]]);
        assert_eq!(crop(&nothing, 7).of(Size::new(64, 48)), None);
    }

    #[test]
    fn what_stays_begins_and_ends_with_whole_samples_of_colour() {
        let size = Size::new(65, 48);
        let stays = |crop: Crop| crop.of(size).map(|r| (r.x0, r.y0, r.x1, r.y1));
        assert_eq!(stays(Crop::default()), Some((0, 0, 65, 48)));
        assert_eq!(stays(Crop { left: 3, top: 1, right: 2, bottom: 3 }), Some((4, 2, 62, 44)));
        assert_eq!(stays(Crop { left: 40, right: 26, ..Crop::default() }), None);
        assert_eq!(stays(Crop { left: u32::MAX, right: u32::MAX, ..Crop::default() }), None);
    }

    #[test]
    fn matroska_names_the_rows_and_columns_at_each_side() {
        let element = |id: &[u8], body: &[u8]| [id, &[0x80 | body.len() as u8], body].concat();
        let pixels = [
            element(&[0x54, 0xBB], &[6]),
            element(&[0x54, 0xAA], &[1, 0]),
            element(&[0x54, 0xCC], &[]),
            element(&[0x54, 0xDD], &[9]),
        ];
        let sound = element(&[0xAE], &element(&[0x83], &[2]));
        let video = element(&[0xAE], &[element(&[0x83], &[1]), element(&[0xE0], &pixels.concat())].concat());
        let tracks = element(&[0x16, 0x54, 0xAE, 0x6B], &[sound, video].concat());
        let segment = [&[0x18, 0x53, 0x80, 0x67, 0xFF][..], &element(&[0xEC], &[0; 3]), &tracks].concat();
        let file = [element(&[0x1A, 0x45, 0xDF, 0xA3], &[]), segment].concat();
        assert_eq!(of_matroska(&file), Crop { left: 0, top: 6, right: 9, bottom: 256 });
    }

    proptest! {
        #[test]
        fn hostile_bytes_end_the_walk(mut at in 0usize..600, bytes in prop::collection::vec(any::<u8>(), 1..40)) {
            let mut file = film([[60, 1], [40, 1], [2, 1], [0, 1]]);
            at %= file.len();
            let end = (at + bytes.len()).min(file.len());
            file[at..end].copy_from_slice(&bytes[..end - at]);
            let cut = crop(&file, 7);
            let _ = cut.of(Size::new(64, 48));
            let _ = of_matroska(&file);
            let _ = of_matroska(&bytes);
        }
    }
}
