//! Whether a stream ended between two of its pieces. Separate because FFmpeg's readers take the end of a pipe for the
//! end of the film wherever it comes, and a film that was cut must not pass for a shorter one.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{
    Unit, VideoInfo, VideoSource,
    film::damaged,
    packets::{self, Loads},
};
use crate::{
    error::MediaError,
    media::{Format, sniff},
};

/// What the format is told by: five packets of a transport stream with their clocks.
const HEAD_BYTES: usize = 960;
/// Element that holds all others (RFC 9559, 5.1).
const SEGMENT: u32 = 0x1853_8067;
/// Element that holds frames; without a size when it is written live.
const CLUSTER: u32 = 0x1F43_B675;

/// How long the pieces of a format are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    /// Not known yet.
    Open,
    /// Top-level boxes.
    Boxes,
    /// Elements of a segment, and those of clusters without a size.
    Elements,
    /// Packets of this size, in which the sync byte is here.
    Packets(usize, usize),
    /// Nothing can be said any more.
    Lost,
}

/// What a piece's header says.
enum Header {
    /// More of it is needed.
    Short,
    /// So many bytes follow.
    Skip(u64),
    /// It is none.
    Lost,
}

/// Follows a stream from piece to piece.
#[derive(Debug)]
struct Pieces {
    walk: Walk,
    /// The first bytes, until the format is known; then the header that is being read.
    header: Vec<u8>,
    /// Bytes until the next header.
    skip: u64,
    /// What packets hold.
    loads: Loads,
}

impl Pieces {
    fn new() -> Self {
        Self { walk: Walk::Open, header: Vec::new(), skip: 0, loads: Loads::default() }
    }

    fn pass(&mut self, bytes: &[u8]) {
        if self.walk == Walk::Open {
            self.header.extend_from_slice(bytes);
            if self.header.len() >= HEAD_BYTES {
                self.begin();
            }
        } else {
            self.follow(bytes);
        }
    }

    fn begin(&mut self) {
        let head = std::mem::take(&mut self.header);
        self.walk = match sniff(&head) {
            Ok(Format::Mp4) => Walk::Boxes,
            Ok(Format::Mkv | Format::WebM) => Walk::Elements,
            Ok(Format::Ts) => {
                let (length, sync) = packets::length(&head);
                Walk::Packets(length, sync)
            }
            _ => Walk::Lost,
        };
        self.follow(&head);
    }

    fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && self.walk != Walk::Lost {
            if self.skip > 0 {
                let passed = self.skip.min(bytes.len() as u64);
                self.skip -= passed;
                bytes = &bytes[passed as usize..];
                continue;
            }
            if let Walk::Packets(length, sync) = self.walk {
                let (more, rest) = bytes.split_at(bytes.len().min(length - self.header.len()));
                self.header.extend_from_slice(more);
                bytes = rest;
                if self.header.len() == length {
                    self.loads.packet(&self.header[sync..]);
                    self.header.clear();
                }
                continue;
            }
            self.header.push(bytes[0]);
            bytes = &bytes[1..];
            let header = match self.walk {
                Walk::Boxes => box_header(&self.header),
                Walk::Elements => element_header(&self.header),
                Walk::Packets(..) | Walk::Open | Walk::Lost => Header::Lost,
            };
            match header {
                Header::Short => continue,
                Header::Skip(skip) => self.skip = skip,
                Header::Lost => self.walk = Walk::Lost,
            }
            self.header.clear();
        }
    }

    /// Whether an end here is no cut, as far as can be told.
    fn may_end(&mut self) -> bool {
        if self.walk == Walk::Open {
            self.begin();
        }
        self.walk == Walk::Lost || (self.skip == 0 && self.header.is_empty() && self.loads.lack() == 0)
    }
}

/// ISO/IEC 14496-12, 4.2. What is no box any more counts as the end, as it does for players.
fn box_header(header: &[u8]) -> Header {
    let Some((size, name)) = header.first_chunk::<4>().zip(header.get(4..8)) else { return Header::Short };
    if !name.iter().all(|c| c.is_ascii_alphanumeric() || matches!(c, b' ' | 0xa9)) {
        return Header::Lost;
    }
    match (u32::from_be_bytes(*size), header.get(8..16)) {
        (1, None) => Header::Short,
        (1, Some(long)) => {
            let size = long.iter().fold(0_u64, |value, &b| value << 8 | u64::from(b));
            size.checked_sub(16).map_or(Header::Lost, Header::Skip)
        }
        // 0 lasts to the end of the file.
        (size @ 8.., _) => Header::Skip(u64::from(size) - 8),
        _ => Header::Lost,
    }
}

/// RFC 8794, sections 5 and 6.
fn element_header(header: &[u8]) -> Header {
    let id_bytes = header[0].leading_zeros() as usize + 1;
    if id_bytes > 4 {
        return Header::Lost;
    }
    let Some(&first) = header.get(id_bytes) else { return Header::Short };
    let size_bytes = first.leading_zeros() as usize + 1;
    if size_bytes > 8 {
        return Header::Lost;
    }
    let Some(size) = header.get(id_bytes..id_bytes + size_bytes) else { return Header::Short };
    let value = |bytes: &[u8]| bytes.iter().fold(0_u64, |value, &b| value << 8 | u64::from(b));
    let mask = (1_u64 << (7 * size_bytes)) - 1;
    let (id, size) = (value(&header[..id_bytes]), value(size) & mask);
    if id == u64::from(SEGMENT) || (id == u64::from(CLUSTER) && size == mask) {
        return Header::Skip(0);
    }
    if size == mask { Header::Lost } else { Header::Skip(size) }
}

/// Bytes on their way to FFmpeg.
pub(super) struct Watched {
    stream: Box<dyn Read + Send>,
    pieces: Pieces,
    cut: Arc<AtomicBool>,
    allow_damaged: bool,
}

impl Read for Watched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let got = self.stream.read(buffer)?;
        if got > 0 {
            self.pieces.pass(&buffer[..got]);
        } else if !buffer.is_empty() && !self.allow_damaged && !self.pieces.may_end() {
            self.cut.store(true, Ordering::Relaxed);
        }
        Ok(got)
    }
}

/// Frames of a stream whose end is looked at.
pub(super) struct Whole {
    source: Box<dyn VideoSource>,
    cut: Arc<AtomicBool>,
}

/// The stream to be read, and what looks at its end once there is a source for it; not when damage is allowed.
pub(super) fn watch(
    stream: Box<dyn Read + Send>,
    allow_damaged: bool,
) -> (Watched, impl FnOnce(Box<dyn VideoSource>) -> Whole) {
    let cut = Arc::new(AtomicBool::new(false));
    let watched = Watched { stream, pieces: Pieces::new(), cut: Arc::clone(&cut), allow_damaged };
    (watched, move |source| Whole { source, cut })
}

impl VideoSource for Whole {
    fn info(&self) -> &VideoInfo {
        self.source.info()
    }

    fn next_unit(&mut self) -> Result<Option<Unit>, MediaError> {
        match self.source.next_unit()? {
            None if self.cut.load(Ordering::Relaxed) => Err(damaged("the stream ends in the middle of a piece")),
            unit => Ok(unit),
        }
    }

    fn rate(&self) -> Option<f32> {
        self.source.rate()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the stream may end after each number of bytes.
    fn ends(bytes: &[u8], step: usize) -> Vec<usize> {
        let may_end = |end: usize| {
            let mut pieces = Pieces::new();
            bytes[..end].chunks(step).for_each(|piece| pieces.pass(piece));
            pieces.may_end()
        };
        (40..=bytes.len()).filter(|&end| may_end(end)).collect()
    }

    #[test]
    fn boxes_may_end_only_where_the_next_would_begin() {
        let mut movie = b"\0\0\0\x18ftypiso5\0\0\0\0iso5avc1".to_vec();
        movie.extend(b"\0\0\0\x20moov");
        movie.resize(24 + 32, 7);
        movie.extend(b"\0\0\0\x01mdat\0\0\0\0\0\0\x04\x10");
        movie.resize(24 + 32 + 1040, 7);
        movie.extend(b"\0\0\x10\0moof");
        for step in [1, 7, 5000] {
            assert_eq!(ends(&movie, step), [56, 1096], "{step}");
        }
    }

    #[test]
    fn elements_may_end_only_where_the_next_would_begin() {
        let mut live =
            b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff".to_vec();
        let start = live.len();
        live.extend(b"\x16\x54\xae\x6b\x90");
        live.resize(start + 5 + 16, 7);
        live.extend(b"\x1f\x43\xb6\x75\xff\xe7\x81\x05\xa3\x44\x00");
        live.resize(start + 21 + 11 + 1024, 7);
        live.extend(b"\x1f\x43\xb6\x75\x50\0");
        let want = [start + 21, start + 26, start + 29, start + 21 + 11 + 1024];
        assert_eq!(ends(&live, 64), want);
    }

    #[test]
    fn packets_may_end_only_whole() {
        let stream: Vec<u8> = (0..188 * 7).map(|at| if at % 188 == 0 { b'G' } else { 1 }).collect();
        assert_eq!(ends(&stream, 100).into_iter().filter(|end| *end >= 940).collect::<Vec<_>>(), [940, 1128, 1316]);
    }

    #[test]
    fn packets_may_not_end_within_what_they_hold() {
        use packets::tests::{begun, packet};
        let more = || packet(false, &[7; 100]);
        let stream = [begun(0, 100), more(), more(), more(), more(), begun(300, 100), more(), more()].concat();
        let ends = ends(&stream, 100).into_iter().filter(|end| *end >= 960).collect::<Vec<_>>();
        assert_eq!(ends, [1504]);
    }

    #[test]
    fn what_is_not_known_may_end_anywhere() {
        assert_eq!(ends(&[b'x'; 50], 10).len(), 11);
        let mut odd = b"\0\0\0\x18ftypiso5\0\0\0\0iso5avc1".to_vec();
        odd.extend([1; 40]);
        assert!(ends(&odd, 64).contains(&50), "something else follows the boxes");
    }
}
