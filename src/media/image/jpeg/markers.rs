//! Walks a JPEG's segments without decoding. Separate from the decoder because decoders forgive: this walk knows what
//! the file promises, where the picture really ends, and what lies behind it.

use std::ops::Range;

use crate::{error::MediaError, geom::Size};

pub(super) const SOI: u8 = 0xD8;
pub(super) const EOI: u8 = 0xD9;
pub(super) const SOS: u8 = 0xDA;
pub(super) const DHT: u8 = 0xC4;
pub(super) const DRI: u8 = 0xDD;

/// Most segments looked at; a progressive photo with a large profile has about a hundred.
const MAX_SEGMENTS: usize = 20_000;

/// A marker segment.
pub(super) struct Segment {
    pub(super) marker: u8,
    /// Payload without marker and length.
    pub(super) body: Range<usize>,
    /// After SOS: the coded data up to the next marker that is no restart marker.
    pub(super) coded: Range<usize>,
}

/// A colour plane as the frame header declares it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Component {
    pub(super) id: u8,
    pub(super) h: u8,
    pub(super) v: u8,
}

/// What the markers say.
pub(super) struct Survey {
    pub(super) segments: Vec<Segment>,
    pub(super) size: Size,
    pub(super) progressive: bool,
    pub(super) components: Vec<Component>,
    /// The colour transform of an Adobe segment; its presence also means that inks are stored inverted.
    pub(super) adobe: Option<u8>,
    /// First byte behind the end marker.
    pub(super) end: usize,
    /// Bytes between segments that belong to none.
    pub(super) stray: usize,
}

pub(super) fn damaged(detail: &str) -> MediaError {
    MediaError::Damaged { format: "JPEG", detail: detail.to_owned() }
}

fn unsupported(feature: &str) -> MediaError {
    MediaError::UnsupportedFeature { format: "JPEG", feature: feature.to_owned() }
}

/// Reads all segments up to the end marker.
pub(super) fn survey(bytes: &[u8]) -> Result<Survey, MediaError> {
    let mut survey = Survey {
        segments: Vec::new(),
        size: Size::new(0, 0),
        progressive: false,
        components: Vec::new(),
        adobe: None,
        end: 0,
        stray: 0,
    };
    if bytes.get(..2) != Some(&[0xFF, SOI]) {
        return Err(damaged("there is no start marker"));
    }
    let cut = || damaged("the end marker is missing");
    let mut at = 2;
    loop {
        while *bytes.get(at).ok_or_else(cut)? != 0xFF {
            at += 1;
            survey.stray += 1;
        }
        // Any number of fill bytes may stand before a marker (T.81, B.1.1.2).
        while *bytes.get(at).ok_or_else(cut)? == 0xFF {
            at += 1;
        }
        let marker = bytes[at];
        at += 1;
        match marker {
            EOI => break,
            0x00 | 0xD0..=0xD7 => {
                survey.stray += 2;
                continue;
            }
            0x01 => continue,
            SOI => return Err(damaged("a second picture starts inside the first")),
            _ => {}
        }
        let length = bytes.get(at..at + 2).map(|l| usize::from(l[0]) << 8 | usize::from(l[1])).ok_or_else(cut)?;
        if length < 2 || at + length > bytes.len() {
            return Err(damaged("a segment is longer than the file"));
        }
        let body = at + 2..at + length;
        at += length;
        let mut coded = at..at;
        match marker {
            0xC0..=0xC2 => survey.read_frame_header(marker, &bytes[body.clone()])?,
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Err(unsupported("lossless, hierarchical or arithmetic coding"));
            }
            0xDC => return Err(unsupported("a height that follows the picture")),
            0xEE if bytes[body.clone()].starts_with(b"Adobe") => {
                survey.adobe = Some(bytes[body.clone()].get(11).copied().unwrap_or(0));
            }
            SOS => {
                coded.end = coded_end(bytes, at).ok_or_else(cut)?;
                at = coded.end;
            }
            _ => {}
        }
        survey.segments.push(Segment { marker, body, coded });
        if survey.segments.len() > MAX_SEGMENTS {
            return Err(damaged("there are too many segments"));
        }
    }
    survey.end = at;
    if survey.components.is_empty() {
        return Err(damaged("there is no frame header"));
    }
    Ok(survey)
}

/// Where coded data stops: at the first marker that is neither a stuffed byte nor a restart.
fn coded_end(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        at += bytes.get(at..)?.iter().position(|&b| b == 0xFF)?;
        match *bytes.get(at + 1)? {
            0x00 | 0xD0..=0xD7 => at += 2,
            0xFF => at += 1,
            _ => return Some(at),
        }
    }
}

impl Survey {
    fn read_frame_header(&mut self, marker: u8, body: &[u8]) -> Result<(), MediaError> {
        if !self.components.is_empty() {
            return Err(damaged("there are two frame headers"));
        }
        let [precision, h1, h0, w1, w0, count, planes @ ..] = body else {
            return Err(damaged("the frame header is too short"));
        };
        if *precision != 8 {
            return Err(unsupported("more than 8 bits a sample"));
        }
        self.progressive = marker == 0xC2;
        self.size = Size::new(u16::from_be_bytes([*w1, *w0]).into(), u16::from_be_bytes([*h1, *h0]).into());
        if self.size.height == 0 {
            return Err(unsupported("a height that follows the picture"));
        }
        if planes.len() != usize::from(*count) * 3 || !matches!(count, 1 | 3 | 4) {
            return Err(unsupported("a number of colour planes other than one, three or four"));
        }
        for plane in planes.chunks_exact(3) {
            let (h, v) = (plane[1] >> 4, plane[1] & 15);
            if !(1..=4).contains(&h) || !(1..=4).contains(&v) {
                return Err(damaged("a sampling factor is impossible"));
            }
            self.components.push(Component { id: plane[0], h, v });
        }
        Ok(())
    }
}
