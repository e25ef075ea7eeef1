//! What the packets of one stream add up to: a header with a time, and a picture or frames of sound (ISO 13818-1,
//! 2.4.3.6). Separate from the packets, which are cut without regard to it.

use crate::metadata::prove::violation::Fault;

const HEADER: &str = "the header of a picture or sound in packets";

/// A picture or frames of sound, still growing.
pub(super) struct Open {
    /// Where its first packet is in the file.
    pub(super) at: u64,
    pub(super) random_access: bool,
    pub(super) bytes: Vec<u8>,
}

impl Open {
    /// The time in 90,000ths of a second, and what is sent; `kind` is the stream's number.
    pub(super) fn payload(&self, kind: u8) -> Result<(i64, &[u8]), Fault> {
        let &[0, 0, 1, found, l0, l1, ref rest @ ..] = &self.bytes[..] else { return Err(Fault::CutShort(HEADER)) };
        if found != kind {
            return Err(Fault::Forbidden("a stream of private data"));
        }
        // The length may be left open, for pictures only, which may be too long for it.
        let length = usize::from(u16::from_be_bytes([l0, l1]));
        if !(length == rest.len() || length == 0 && kind == 0xE0) {
            return Err(Fault::Value(HEADER));
        }
        // One time and nothing else: no private data, no second time, no room.
        let &[0x80 | 0x84, 0x80, 5, a, b, c, d, e, ref payload @ ..] = rest else {
            return Err(Fault::Value(HEADER));
        };
        if a & 0xF1 != 0x21 || c & 1 == 0 || e & 1 == 0 {
            return Err(Fault::Value(HEADER));
        }
        let [a, b, c, d, e] = [a, b, c, d, e].map(i64::from);
        Ok(((a >> 1 & 7) << 30 | b << 22 | (c >> 1) << 15 | d << 7 | e >> 1, payload))
    }
}
