//! HEVC pictures: one picture a sample, made of slices only, none of them hidden. The entropy-coded data inside a
//! slice are not decoded.

use super::{Shape, avc::counted, bits::Bits, hevc_sets, nal};
use crate::metadata::prove::violation::Fault;

/// The parameter sets in force.
pub(super) struct Hevc {
    /// Video, sequence, picture.
    sets: [Vec<u8>; 3],
    shape: Option<Shape>,
    begun: bool,
}

/// First of the three unit types of parameter sets.
const FIRST_SET: u8 = 32;

impl Hevc {
    /// Reads the decoder configuration of a container (ISO 14496-15, 8.3.3).
    pub(super) fn new(config: &[u8]) -> Result<Self, Fault> {
        const PART: &str = "the HEVC configuration";
        let mut hevc = Self::in_band();
        // Main profile; 4:2:0; 8 or 10 bits twice; no frame rate; one layer; lengths of four bytes.
        let &[1, ref profile @ ..] = config.get(..13).ok_or(Fault::CutShort(PART))? else {
            return Err(Fault::Value(PART));
        };
        let &[0xF0, 0, 0xFC..=0xFF, 0xFD, luma @ (0xF8 | 0xFA), chroma, 0, 0, 0x0F, 3, ref arrays @ ..] =
            &config[13..]
        else {
            return Err(Fault::Value(PART));
        };
        let mut rest = arrays;
        for kind in FIRST_SET..FIRST_SET + 3 {
            let &[head, 0, 1, ref behind @ ..] = rest else { return Err(Fault::Value(PART)) };
            if head & 0x7F != kind {
                return Err(Fault::Value(PART));
            }
            let (unit, behind) = counted(behind, PART)?;
            if unit.first() != Some(&(kind << 1)) {
                return Err(Fault::Value(PART));
            }
            hevc.unit(unit)?;
            rest = behind;
        }
        // Profile and level are those of the sequence parameter set, which follow its first three bytes.
        let set = nal::payload(&hevc.sets[1])?;
        if set.get(3..15) != Some(profile) {
            return Err(Fault::Value(PART));
        }
        let deep = hevc.shape.is_some_and(|shape| shape.deep);
        if luma != chroma || (luma == 0xFA) != deep {
            return Err(Fault::Value(PART));
        }
        if rest.is_empty() { Ok(hevc) } else { Err(Fault::Trailing(PART)) }
    }

    /// For streams whose parameter sets stand among the pictures.
    pub(super) const fn in_band() -> Self {
        Self { sets: [Vec::new(), Vec::new(), Vec::new()], shape: None, begun: false }
    }

    /// Size and pixel aspect, once a sequence parameter set was read.
    pub(super) const fn shape(&self) -> Option<Shape> {
        self.shape
    }

    /// The units of one sample; returns whether decoding may begin with it.
    pub(super) fn picture(&mut self, units: &[&[u8]]) -> Result<bool, Fault> {
        let mut seen = None;
        for unit in units {
            match (unit.first().map(|h| h >> 1), seen) {
                (Some(kind @ (0 | 1 | 19..=21)), before) => {
                    self.slice(unit, before)?;
                    seen = Some(kind);
                }
                (_, Some(_)) => return Err(Fault::Forbidden("a NAL unit after the picture")),
                (_, None) => self.unit(unit)?,
            }
        }
        let kind = seen.ok_or(Fault::Missing("the picture of a sample"))?;
        let key = kind >= 19;
        if !key && !self.begun {
            return Err(Fault::Misplaced("a picture"));
        }
        self.begun = true;
        Ok(key)
    }

    /// A unit that is no slice: a parameter set, which must be the one in force.
    fn unit(&mut self, unit: &[u8]) -> Result<(), Fault> {
        let &[header, second, ..] = unit else { return Err(Fault::CutShort("a NAL unit")) };
        let place = match header >> 1 {
            kind @ 32..=34 if header & 0x81 == 0 && second == 1 => usize::from(kind - FIRST_SET),
            32..=34 => return Err(Fault::Value("a NAL unit")),
            kind => return Err(Fault::Forbidden(name(kind))),
        };
        if self.sets[place].is_empty() {
            let payload = nal::payload(unit)?;
            match place {
                0 => hevc_sets::video(&payload[2..])?,
                1 => self.shape = Some(hevc_sets::sequence(&payload[2..])?),
                _ => hevc_sets::picture(&payload[2..])?,
            }
            self.sets[place] = unit.to_vec();
        }
        if self.sets[place] == unit { Ok(()) } else { Err(Fault::Repeated("a parameter set")) }
    }

    /// One slice of a picture whose earlier slices are of type `before`.
    fn slice(&self, unit: &[u8], before: Option<u8>) -> Result<(), Fault> {
        if self.sets.iter().any(Vec::is_empty) {
            return Err(Fault::Missing("a parameter set"));
        }
        let payload = nal::payload(unit)?;
        let mut b = Bits::new("a slice header", &payload);
        b.fixed(1, 0)?;
        let kind = b.u(6)? as u8;
        b.fixed(9, 1)?; // The one layer there is.
        let first = b.flag()?;
        if kind >= 16 {
            b.flag()?;
        }
        b.ue_to(0)?;
        match before {
            None => b.check(first),
            Some(_) if first => Err(Fault::Forbidden("a second picture in a sample")),
            Some(before) => b.check(before == kind),
        }
    }
}

/// The name of a unit type, for violations.
const fn name(kind: u8) -> &'static str {
    match kind {
        2..=9 => "a picture that may be skipped",
        16..=18 => "a picture of unknown beginning",
        35 => "an access unit delimiter",
        36 | 37 => "an end marker",
        38 => "a filler unit",
        39 | 40 => "an SEI message",
        _ => "a NAL unit of unknown type",
    }
}
