//! Which frames should have come and did not. Separate and pure: a decoder that skips a frame says nothing, so the
//! times of the packets are kept and crossed off one by one.

use std::collections::BTreeMap;

use super::av::Codec;

/// Times of shown frames that went into a decoder and have not come out.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    due: BTreeMap<i64, i64>,
}

/// Most times that are kept: far above what any decoder holds back. More means that none of them comes.
const MOST_DUE: usize = 4096;

impl Ledger {
    /// A frame of this time and length should come. Whether the book is still in order.
    pub(super) fn expect(&mut self, pts: i64, duration: i64) -> bool {
        self.due.insert(pts, duration);
        self.due.len() <= MOST_DUE
    }

    /// A frame of this time came: everything due before it is missing, and is given back in order.
    pub(super) fn shown(&mut self, pts: i64) -> Vec<(i64, i64)> {
        let later = self.due.split_off(&pts);
        let missing = std::mem::replace(&mut self.due, later).into_iter().collect();
        self.due.remove(&pts);
        missing
    }

    /// Nothing comes any more: what is still due is missing.
    pub(super) fn close(&mut self) -> Vec<(i64, i64)> {
        std::mem::take(&mut self.due).into_iter().collect()
    }
}

/// Whether a packet holds a frame that is shown. VP8 and VP9 have frames that only serve others, and MPEG-4 has packets
/// that only hold a place.
pub(super) fn is_shown(codec: Codec, data: &[u8]) -> bool {
    let Some(&first) = data.first() else { return false };
    match codec {
        // RFC 6386, section 9.1: bit 4 of the first byte is show_frame.
        Codec::Vp8 => first & 0x10 != 0,
        Codec::Vp9 => vp9_is_shown(data),
        // A video object plane that is "not coded" is shorter than any that is (ISO/IEC 14496-2, 6.2.5).
        Codec::Mpeg4 => data.len() > 8,
        _ => true,
    }
}

/// VP9 bitstream specification, 6.2 and annex B. A superframe holds one shown frame by definition.
fn vp9_is_shown(data: &[u8]) -> bool {
    let (first, last) = (data[0], data[data.len() - 1]);
    if last & 0xe0 == 0xc0 {
        return true;
    }
    // frame_marker (2 bits), profile (2 bits, low one first), a reserved bit in profile 3, show_existing_frame,
    // frame_type, show_frame.
    let profile_3 = first & 0x30 == 0x30;
    let (existing, shown) = if profile_3 { (first & 0x04, first & 0x01) } else { (first & 0x08, first & 0x02) };
    existing != 0 || shown != 0
}

/// How `missing` frames in a gap that a container counts but no longer times share `ticks`: start and length of each.
pub(super) fn spread(from: i64, ticks: i64, missing: u64) -> Vec<(i64, i64)> {
    // Fewer ticks than frames: one tick each, so that times still increase.
    let count = i64::try_from(missing).unwrap_or(i64::MAX).min(ticks.max(1)).min(1 << 20);
    let at = |i: i64| from + (i128::from(ticks) * i128::from(i) / i128::from(count.max(1))) as i64;
    (0..count).map(|i| (at(i), (at(i + 1) - at(i)).max(1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_are_passed_over_are_missing() {
        let mut ledger = Ledger::default();
        for pts in [0, 120, 40, 80, 160] {
            assert!(ledger.expect(pts, 40));
        }
        assert_eq!(ledger.shown(0), []);
        assert_eq!(ledger.shown(120), [(40, 40), (80, 40)]);
        assert_eq!(ledger.close(), [(160, 40)]);
        assert_eq!(ledger.close(), []);
    }

    #[test]
    fn a_book_that_only_grows_is_out_of_order() {
        let mut ledger = Ledger::default();
        assert!((0..MOST_DUE as i64).all(|pts| ledger.expect(pts, 1)));
        assert!(!ledger.expect(-1, 1));
    }

    #[test]
    fn frames_that_only_serve_others_are_not_expected() {
        assert!(is_shown(Codec::Vp8, &[0x10]) && !is_shown(Codec::Vp8, &[0x00]));
        assert!(is_shown(Codec::Vp9, &[0x86, 0]) && !is_shown(Codec::Vp9, &[0x84, 0]));
        assert!(is_shown(Codec::Vp9, &[0x88]) && is_shown(Codec::Vp9, &[0x84, 0xc1]));
        assert!(is_shown(Codec::H264, &[0]) && !is_shown(Codec::H264, &[]));
    }

    #[test]
    fn a_gap_is_shared_without_a_rest() {
        assert_eq!(spread(100, 10, 3), [(100, 3), (103, 3), (106, 4)]);
        assert_eq!(spread(0, 0, 5), [(0, 1)]);
        assert_eq!(spread(0, 2, 5), [(0, 1), (1, 1)]);
    }
}
