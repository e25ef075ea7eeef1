//! NAL units as containers hold them, and the bytes inside them (H.264, 7.4.1 and annex B; HEVC the same). Separate
//! because both codecs are cut up alike.

use crate::metadata::prove::violation::Fault;

/// The units of a sample in which each has its length in four bytes before it.
pub(super) fn prefixed(sample: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    let mut units = Vec::new();
    let mut rest = sample;
    while !rest.is_empty() {
        let Some((length, behind)) = rest.split_first_chunk::<4>() else {
            return Err(Fault::Trailing("the last NAL unit of a sample"));
        };
        let Some((unit, behind)) = behind.split_at_checked(u32::from_be_bytes(*length) as usize) else {
            return Err(Fault::CutShort("a NAL unit"));
        };
        units.push(unit);
        rest = behind;
    }
    Ok(units)
}

/// The units of a byte stream in which each has a start code before it, with one zero byte more or not.
pub(super) fn annex_b(stream: &[u8]) -> Result<Vec<&[u8]>, Fault> {
    let mut units = Vec::new();
    let mut rest = stream.strip_prefix(&[0]).unwrap_or(stream);
    let Some(first) = rest.strip_prefix(&[0, 0, 1]) else { return Err(Fault::Missing("a start code")) };
    rest = first;
    loop {
        match rest.windows(3).position(|w| w == [0, 0, 1]) {
            Some(at) => {
                let unit = &rest[..at];
                units.push(unit.strip_suffix(&[0]).unwrap_or(unit));
                rest = &rest[at + 3..];
            }
            None => {
                units.push(rest);
                return Ok(units);
            }
        }
    }
}

/// The payload of a unit without the bytes that keep start codes out of it. Whatever else could be written into
/// those places, and zeros at the end, are violations; only the zero words are allowed that the standards let an
/// encoder add behind a slice.
pub(super) fn payload(unit: &[u8]) -> Result<Vec<u8>, Fault> {
    const PART: &str = "a NAL unit";
    let mut unit = unit;
    while let Some(rest) = unit.strip_suffix(&[0, 0, 3]) {
        unit = rest;
    }
    if unit.last().is_none_or(|&b| b == 0) {
        return Err(Fault::Trailing(PART));
    }
    let mut out = Vec::with_capacity(unit.len());
    let (mut zeros, mut escaped) = (0, false);
    for &byte in unit {
        if escaped {
            if byte > 3 {
                return Err(Fault::Value(PART));
            }
        } else if zeros >= 2 {
            match byte {
                0..=2 => return Err(Fault::Value(PART)),
                3 => {
                    (zeros, escaped) = (0, true);
                    continue;
                }
                _ => {}
            }
        }
        escaped = false;
        zeros = if byte == 0 { zeros + 1 } else { 0 };
        out.push(byte);
    }
    if escaped { Err(Fault::Trailing(PART)) } else { Ok(out) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_cut_alike_out_of_both_forms() {
        let stream = [0, 0, 0, 1, 9, 0xF0, 0, 0, 0, 1, 0x67, 1, 0, 0, 1, 0x65, 7];
        let sample = [0, 0, 0, 2, 9, 0xF0, 0, 0, 0, 2, 0x67, 1, 0, 0, 0, 2, 0x65, 7];
        let units: [&[u8]; 3] = [&[9, 0xF0], &[0x67, 1], &[0x65, 7]];
        assert_eq!(annex_b(&stream).as_deref(), Ok(&units[..]));
        assert_eq!(prefixed(&sample).as_deref(), Ok(&units[..]));
        assert_eq!(annex_b(&[7, 0, 0, 1]), Err(Fault::Missing("a start code")));
        assert_eq!(prefixed(&[0, 0, 0, 2, 9]), Err(Fault::CutShort("a NAL unit")));
        assert_eq!(prefixed(&[0, 0]), Err(Fault::Trailing("the last NAL unit of a sample")));
    }

    #[test]
    fn only_the_one_right_way_to_escape_is_read() {
        assert_eq!(payload(&[1, 0, 0, 3, 1, 0x80]), Ok(vec![1, 0, 0, 1, 0x80]));
        assert_eq!(payload(&[0, 0, 3, 0, 0, 3, 0, 0x80]), Ok(vec![0, 0, 0, 0, 0, 0x80]));
        assert_eq!(payload(&[1, 0x80, 0, 0, 3, 0, 0, 3]), Ok(vec![1, 0x80]));
        for wrong in [&[1, 0, 0, 3, 9][..], &[1, 0, 0, 2, 9], &[1, 0], &[], &[1, 0, 0, 3, 3, 0, 0, 3, 9]] {
            assert!(payload(wrong).is_err(), "{wrong:?}");
        }
    }
}
