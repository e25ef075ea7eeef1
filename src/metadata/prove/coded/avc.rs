//! H.264 pictures: one picture a sample, made of slices only, in the order of its macroblocks and of the frames'
//! numbers. The entropy-coded data inside a slice are not decoded.

use super::{Shape, avc_sets, bits::Bits, nal};
use crate::metadata::prove::violation::Fault;

/// The parameter sets in force, and where the frames' numbers are.
pub(super) struct Avc {
    sets: [Vec<u8>; 2],
    sequence: Option<avc_sets::Sequence>,
    /// The next reference frame's number; `None` before the first picture.
    next: Option<u32>,
}

/// The two kinds of parameter sets, by their place in [`Avc::sets`].
const SEQUENCE: usize = 0;
const PICTURE: usize = 1;

impl Avc {
    /// Reads the decoder configuration of a container (ISO 14496-15, 5.3.3).
    pub(super) fn new(config: &[u8]) -> Result<Self, Fault> {
        const PART: &str = "the H.264 configuration";
        let mut avc = Self::in_band();
        let &[1, profile, constraints, level, 0xFF, 0xE1, ref rest @ ..] = config else {
            return Err(Fault::Value(PART));
        };
        let (sequence, rest) = counted(rest, PART)?;
        let [1, rest @ ..] = rest else { return Err(Fault::Value(PART)) };
        let (picture, rest) = counted(rest, PART)?;
        avc.unit(sequence)?;
        avc.unit(picture)?;
        if sequence.get(1..4) != Some(&[profile, constraints, level]) || avc.shape().is_none() {
            return Err(Fault::Value(PART));
        }
        // High profile repeats the chroma format and the depths.
        let repeated: &[u8] = if profile == 100 { &[0xFD, 0xF8, 0xF8, 0] } else { &[] };
        if rest == repeated { Ok(avc) } else { Err(Fault::Trailing(PART)) }
    }

    /// For streams whose parameter sets stand among the pictures.
    pub(super) const fn in_band() -> Self {
        Self { sets: [Vec::new(), Vec::new()], sequence: None, next: None }
    }

    /// Size and pixel aspect, once a sequence parameter set was read.
    pub(super) fn shape(&self) -> Option<Shape> {
        self.sequence.as_ref().map(|s| s.shape)
    }

    /// The units of one sample; returns whether decoding may begin with it.
    pub(super) fn picture(&mut self, units: &[&[u8]]) -> Result<bool, Fault> {
        let mut seen: Option<(bool, u32)> = None;
        for unit in units {
            match (unit.first().map(|h| h & 0x1F), seen) {
                (Some(1 | 5), _) => seen = Some(self.slice(unit, seen)?),
                (_, Some(_)) => return Err(Fault::Forbidden("a NAL unit after the picture")),
                (_, None) => self.unit(unit)?,
            }
        }
        seen.map(|(key, _)| key).ok_or(Fault::Missing("the picture of a sample"))
    }

    /// A unit that is no slice: a parameter set, which must be the one in force.
    fn unit(&mut self, unit: &[u8]) -> Result<(), Fault> {
        let (kind, payload) = match unit {
            [header @ (0x27 | 0x47 | 0x67), ..] => (header & 0x1F, nal::payload(unit)?),
            [header @ (0x28 | 0x48 | 0x68), ..] => (header & 0x1F, nal::payload(unit)?),
            [] => return Err(Fault::Value("a NAL unit")),
            [header, ..] => return Err(Fault::Forbidden(name(header & 0x1F))),
        };
        let place = if kind == 7 { SEQUENCE } else { PICTURE };
        if self.sets[place].is_empty() {
            if place == SEQUENCE {
                self.sequence = Some(avc_sets::sequence(&payload[1..])?);
            } else {
                avc_sets::picture(&payload[1..])?;
            }
            self.sets[place] = unit.to_vec();
        }
        if self.sets[place] == unit { Ok(()) } else { Err(Fault::Repeated("a parameter set")) }
    }

    /// One slice of a picture of which slices up to `before` (key, first macroblock) were seen.
    fn slice(&mut self, unit: &[u8], before: Option<(bool, u32)>) -> Result<(bool, u32), Fault> {
        let (Some(sequence), false) = (&self.sequence, self.sets[PICTURE].is_empty()) else {
            return Err(Fault::Missing("a parameter set"));
        };
        let payload = nal::payload(unit)?;
        let [header, body @ ..] = &payload[..] else { return Err(Fault::CutShort("a slice")) };
        let (key, reference) = (header & 0x1F == 5, header >> 5 & 3);
        let mut b = Bits::new("a slice header", body);
        b.check(header & 0x80 == 0 && !(key && reference == 0))?;
        let first = b.ue()?;
        b.check(first < sequence.macroblocks)?;
        let kind = b.ue()?;
        // I, or P; each also as "all slices of the picture are".
        b.check(matches!(kind, 2 | 7) || !key && matches!(kind, 0 | 5))?;
        b.ue_to(0)?;
        let number = b.u(sequence.frame_num_bits)?;
        match before {
            None => {
                b.check(first == 0)?;
                let expected = if key { Some(0) } else { self.next };
                if expected != Some(number) {
                    return Err(Fault::Misplaced("a picture"));
                }
                self.next = Some((number + u32::from(reference > 0)) & ((1 << sequence.frame_num_bits) - 1));
            }
            Some(_) if first == 0 => return Err(Fault::Forbidden("a second picture in a sample")),
            Some((before_key, before_first)) => b.check(before_key == key && first > before_first)?,
        }
        Ok((key, first))
    }
}

/// A part with its length in two bytes before it, and what follows.
pub(super) fn counted<'a>(bytes: &'a [u8], part: &'static str) -> Result<(&'a [u8], &'a [u8]), Fault> {
    let cut = || Fault::CutShort(part);
    let (length, rest) = bytes.split_first_chunk::<2>().ok_or_else(cut)?;
    rest.split_at_checked(u16::from_be_bytes(*length).into()).ok_or_else(cut)
}

/// The name of a unit type, for violations.
const fn name(kind: u8) -> &'static str {
    match kind {
        2..=4 => "a data partition",
        6 => "an SEI message",
        9 => "an access unit delimiter",
        10 | 11 => "an end marker",
        12 => "a filler unit",
        13 | 15 => "a further parameter set",
        14 | 20 | 21 => "another view or layer",
        19 => "an auxiliary picture",
        _ => "a NAL unit of unknown type",
    }
}
