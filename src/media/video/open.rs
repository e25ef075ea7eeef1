//! Opens a container: by content, as exactly the format that its first bytes say, and down to one video track and at
//! most one of sound. Separate from reading, because everything that is left behind is decided and named here.

use std::{
    fs::File,
    io::{Cursor, ErrorKind, Read, Seek, SeekFrom},
};

use super::{
    Input, VideoInfo,
    av::{AvError, Codec, Decoder, Demuxer, Kind, Reader, Stream},
    crop::{Crop, Crops},
    film::damaged,
    packets,
    turn::Turn,
};
use crate::{
    clip::{Audio, TimeBase, VideoOptions},
    error::MediaError,
    frame::Matrix,
    geom::Size,
    limits::Limits,
    media::{Format, sniff},
};

/// Enough for every signature, and for three packets of a transport stream.
const HEAD_BYTES: u64 = 4096;

/// A container with its tracks chosen.
pub(super) struct Opened {
    pub(super) demuxer: Demuxer,
    pub(super) format: Format,
    /// Where the whole container ends by its own headers, in bytes.
    pub(super) ends_at: Option<u64>,
    pub(super) video: (usize, Stream),
    /// Until the reader takes it.
    pub(super) decoder: Option<Decoder>,
    pub(super) audio: Option<(usize, Stream)>,
    pub(super) turn: Turn,
    /// Of the picture before it is turned.
    pub(super) crop: Crop,
    pub(super) coding: String,
    pub(super) time_base: TimeBase,
    pub(super) pixel_aspect: (u32, u32),
    pub(super) dropped: Vec<String>,
}

impl Opened {
    /// What is known before the first frame; its size and matrix are the frame's to say.
    pub(super) fn frames(&self) -> Option<u64> {
        match self.format {
            Format::Mp4 => self.video.1.declared_frames.map(|_| self.demuxer.indexed(self.video.0).0),
            Format::Avi => self.video.1.declared_frames,
            _ => None,
        }
    }

    pub(super) fn duration_us(&self) -> Option<u64> {
        let own = self.video.1.duration.map(|ticks| self.time_base.us(ticks));
        own.or_else(|| self.demuxer.duration_us())
    }

    pub(super) fn info(&self, size: Size, matrix: Matrix) -> VideoInfo {
        VideoInfo {
            coding: self.coding.clone(),
            size,
            pixel_aspect: self.pixel_aspect,
            time_base: self.time_base,
            matrix,
            hdr: None,
            frames: self.frames(),
            duration_us: self.duration_us(),
            sound: None,
            dropped: self.dropped.clone(),
        }
    }
}

pub(super) fn io(source: std::io::Error) -> MediaError {
    MediaError::Io { doing: "reading the input", source }
}

fn unsupported(feature: impl Into<String>) -> MediaError {
    MediaError::UnsupportedFeature { format: "video", feature: feature.into() }
}

pub(super) fn open(input: Input<'_>, options: &VideoOptions, limits: &Limits) -> Result<Opened, MediaError> {
    let (head, reader) = begin(input, limits)?;
    let format = sniff(&head)?;
    let (demuxer_name, name) = match format {
        Format::Mp4 => ("mov", "MP4"),
        Format::Mkv => ("matroska", "Matroska"),
        Format::WebM => ("matroska", "WebM"),
        Format::Avi => ("avi", "AVI"),
        Format::Ts => ("mpegts", "MPEG-TS"),
        _ => {
            let advice = "open it as a picture instead";
            return Err(MediaError::Refused { format: "a still or animated picture", advice });
        }
    };
    let (reader, crops) = Crops::about(reader, format).map_err(io)?;
    let (reader, whole_end) = match (reader, format) {
        (Reader::File(mut file), Format::Mp4) => {
            let end = boxes_end(&mut file).map_err(io)?;
            (Reader::File(file), Some(end))
        }
        (Reader::File(mut file), Format::Ts) => {
            let end = packets::end(&mut file, &head).map_err(io)?;
            (Reader::File(file), Some(end))
        }
        (reader, _) => (reader, None),
    };
    let seekable = matches!(reader, Reader::File(_));
    let mut demuxer = Demuxer::open(demuxer_name, reader).map_err(|e| match (e, seekable, format) {
        (AvError::INVALID, false, Format::Mp4) => damaged(
            "no index in front; an MP4 can only be read from a pipe when it was written for that, so give the file",
        ),
        (e, ..) => damaged(e),
    })?;
    if let Some(error) = demuxer.take_io_error() {
        return Err(io(error));
    }
    let streams = demuxer.streams();
    let video = streams.iter().position(is_film).ok_or_else(|| unsupported("no video track"))?;
    let stream = streams[video].clone();
    let audio =
        (options.audio != Audio::Drop).then(|| streams.iter().position(|s| s.kind == Kind::Audio)).flatten();
    let keep: Vec<usize> = [Some(video), audio].into_iter().flatten().collect();
    demuxer.keep_only(&keep);
    if stream.codec == Codec::Other {
        return Err(unsupported(format!("the codec {}", stream.codec_name)));
    }
    // Its base layer is no picture by itself (profile 5 has its own colours).
    if stream.dolby_profile == Some(5) {
        return Err(unsupported("Dolby Vision without a base layer that others can show"));
    }
    let decoder = Decoder::video(&demuxer, video, stream.codec, limits.max_pixels)
        .map_err(|e| unsupported(format!("{} in a form that the decoder refuses ({e})", stream.codec.name())))?;
    let turn = stream.display_matrix.map_or(Turn::NONE, |m| Turn::of_matrix(&m));
    let time_base = match stream.time_base {
        (num, den) if num > 0 && den > 0 => TimeBase { num: num.unsigned_abs(), den: den.unsigned_abs() },
        _ => return Err(damaged("a clock that stands still")),
    };
    let crop = crops.of(stream.id);
    let (hidden, chapters) = (demuxer.indexed(video).1, demuxer.chapters());
    Ok(Opened {
        format,
        ends_at: match format {
            Format::Mp4 | Format::Ts => whole_end,
            _ => declared_end(format, &head),
        },
        coding: format!("{name}, {}", stream.codec.name()),
        pixel_aspect: pixel_aspect(stream.pixel_aspect, turn),
        dropped: dropped(&streams, &keep, hidden, chapters),
        audio: audio.map(|index| (index, streams[index].clone())),
        video: (video, stream),
        demuxer,
        decoder: Some(decoder),
        turn,
        crop,
        time_base,
    })
}

/// The first bytes, and a reader that begins with them again.
fn begin(input: Input<'_>, limits: &Limits) -> Result<(Vec<u8>, Reader), MediaError> {
    let mut head = Vec::new();
    let reader = match input {
        Input::File(path) => {
            let mut file = File::open(path).map_err(io)?;
            let meta = file.metadata().map_err(io)?;
            if !meta.is_file() {
                return Err(io(ErrorKind::InvalidInput.into()));
            }
            if meta.len() > limits.max_file_bytes {
                return Err(MediaError::TooLarge {
                    what: "the file's size in bytes",
                    got: meta.len(),
                    limit: limits.max_file_bytes,
                    option: "limits.max_file_bytes",
                });
            }
            (&mut file).take(HEAD_BYTES).read_to_end(&mut head).map_err(io)?;
            file.rewind().map_err(io)?;
            Reader::File(file)
        }
        Input::Stream(mut stream) => {
            (&mut stream).take(HEAD_BYTES).read_to_end(&mut head).map_err(io)?;
            Reader::Stream(Box::new(Cursor::new(head.clone()).chain(stream)))
        }
    };
    Ok((head, reader))
}

fn is_film(stream: &Stream) -> bool {
    stream.kind == Kind::Video && !stream.is_cover
}

/// Where the first segment or list ends by its own header: that of Matroska (RFC 9559) and AVI. A file that is shorter
/// was cut, which their readers do not mind.
fn declared_end(format: Format, head: &[u8]) -> Option<u64> {
    match format {
        Format::Avi => {
            let size = u32::from_le_bytes(head.get(4..8)?.try_into().ok()?);
            (size != 0 && size != u32::MAX).then(|| u64::from(size) + 8)
        }
        Format::Mkv | Format::WebM => {
            // The header's id is 4 bytes, as is the segment's.
            let (header, header_at) = ebml_size(head, 4)?;
            let segment = header_at.checked_add(usize::try_from(header?).ok()?)?;
            (head.get(segment..segment + 4)? == b"\x18\x53\x80\x67").then_some(())?;
            let (size, at) = ebml_size(head, segment + 4)?;
            size?.checked_add(at as u64)
        }
        _ => None,
    }
}

/// Where the last top-level box of an MP4 ends by its own header (ISO/IEC 14496-12, 4.2): behind the end of the file
/// when it was cut. What is no box any more counts as the end, as it does for players. Leaves the file at its start.
fn boxes_end(file: &mut (impl Read + Seek)) -> std::io::Result<u64> {
    let len = file.seek(SeekFrom::End(0))?;
    let mut at = 0;
    // A real file has a few boxes, or a few for each fragment.
    for _ in 0..1_000_000 {
        let mut header = [0; 16];
        let have = usize::try_from(len - at).unwrap_or(16).min(16);
        file.seek(SeekFrom::Start(at))?;
        file.read_exact(&mut header[..have])?;
        let short = u64::from(u32::from_be_bytes([header[0], header[1], header[2], header[3]]));
        let name = header[4..8].iter().all(|c| c.is_ascii_alphanumeric() || *c == b' ' || *c == 0xa9);
        let size = match short {
            1 if have == 16 => u64::from_be_bytes(header[8..].try_into().unwrap_or_default()),
            0 => len - at,
            n => n,
        };
        if have < 8 || !name || size < 8 {
            break;
        }
        at = at.saturating_add(size);
        if at >= len {
            break;
        }
    }
    file.rewind()?;
    Ok(at)
}

/// An EBML size at `at` and where its data begins; the size is `None` when it is not known beforehand (RFC 8794,
/// section 6.2).
pub(super) fn ebml_size(bytes: &[u8], at: usize) -> Option<(Option<u64>, usize)> {
    let length = bytes.get(at)?.leading_zeros() as usize + 1;
    let octets = bytes.get(at..at + length).filter(|_| length <= 8)?;
    let all = octets.iter().fold(0_u64, |value, &b| value << 8 | u64::from(b));
    let mask = (1_u64 << (7 * length)) - 1;
    Some(((all & mask != mask).then_some(all & mask), at + length))
}

/// Of the upright picture; square when absent or absurd.
fn pixel_aspect((num, den): (i32, i32), turn: Turn) -> (u32, u32) {
    match (u32::try_from(num), u32::try_from(den)) {
        (Ok(num @ 1..=0xffff), Ok(den @ 1..=0xffff)) if turn.lies_down() => (den, num),
        (Ok(num @ 1..=0xffff), Ok(den @ 1..=0xffff)) => (num, den),
        _ => (1, 1),
    }
}

/// Everything that stays behind, in plain words without content.
fn dropped(streams: &[Stream], keep: &[usize], hidden: u64, chapters: u32) -> Vec<String> {
    let left = || streams.iter().enumerate().filter(|(i, _)| !keep.contains(i)).map(|(_, s)| s);
    let count = |kind| left().filter(|s| s.kind == kind && !s.is_cover).count() as u64;
    let covers = left().filter(|s| s.is_cover).count() as u64;
    let counted = [
        (count(Kind::Video), "a further video track", "further video tracks"),
        (count(Kind::Audio), "an audio track", "audio tracks"),
        (count(Kind::Subtitle), "a subtitle track", "subtitle tracks"),
        (count(Kind::Data), "a timed metadata track", "timed metadata tracks"),
        (count(Kind::Attachment), "an attached file", "attached files"),
        (count(Kind::Unknown), "a track of unknown kind", "tracks of unknown kind"),
        (covers, "a cover picture", "cover pictures"),
        (chapters.into(), "a chapter mark", "chapter marks"),
        (hidden, "a frame hidden by an edit list", "frames hidden by an edit list"),
    ];
    let words = |(count, one, many): (u64, &str, &str)| match count {
        0 => None,
        1 => Some(one.to_owned()),
        n => Some(format!("{n} {many}")),
    };
    counted.into_iter().filter_map(words).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn containers_say_where_they_end() {
        let avi = b"RIFF\x10\0\0\0AVI ";
        assert_eq!(declared_end(Format::Avi, avi), Some(24));
        let mkv = b"\x1a\x45\xdf\xa3\x82\x01\x02\x18\x53\x80\x67\x01\0\0\0\0\0\x01\0";
        assert_eq!(declared_end(Format::Mkv, mkv), Some(19 + 256));
        let live = b"\x1a\x45\xdf\xa3\x80\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff";
        assert_eq!(declared_end(Format::WebM, live), None);
        assert_eq!(declared_end(Format::Mkv, b"\x1a\x45\xdf\xa3"), None);
        assert_eq!(declared_end(Format::Mkv, b"\x1a\x45\xdf\xa3\0\0"), None);
    }

    #[test]
    fn boxes_say_where_an_mp4_ends() {
        let end = |bytes: &[u8]| boxes_end(&mut Cursor::new(bytes)).expect("a slice can be read");
        let ftyp = b"\0\0\0\x10ftypisom\0\0\0\0";
        assert_eq!(end(&[&ftyp[..], b"\0\0\0\x0cmdat1234"].concat()), 28);
        assert_eq!(end(&[&ftyp[..], b"\0\0\0\x40mdat1234"].concat()), 16 + 64, "cut inside of a box");
        assert_eq!(end(&[&ftyp[..], b"\0\0\0\x01mdat\0\0\0\0\0\0\x01\0"].concat()), 16 + 256, "a long size");
        assert_eq!(end(&[&ftyp[..], b"\0\0\0\0mdat1234"].concat()), 28, "up to the end of the file");
        assert_eq!(end(&[&ftyp[..], b"\x01\x02\x03\x04\x05\x06\x07\x08"].concat()), 16, "something else follows");
    }

    #[test]
    fn the_shape_of_pixels_turns_with_the_picture() {
        let quarter = Turn::of_matrix(&[0, 1, 0, -1, 0, 0, 0, 0, 1]);
        assert_eq!(pixel_aspect((4, 3), Turn::NONE), (4, 3));
        assert_eq!(pixel_aspect((4, 3), quarter), (3, 4));
        assert_eq!(pixel_aspect((0, 1), quarter), (1, 1));
        assert_eq!(pixel_aspect((-4, 3), Turn::NONE), (1, 1));
    }
}
