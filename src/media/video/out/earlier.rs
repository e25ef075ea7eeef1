//! The coded frames of an earlier state of the file that is written, for those that did not change. Separate because it is
//! the only reading that a writer does: of what this program wrote itself a moment before, and checked.

use std::{fs::File, path::Path};

use super::super::av::{Demuxer, Kind, Packet, Reader};

/// Goes through the earlier file's frames in step with those of the new one.
pub(super) struct Earlier {
    demuxer: Demuxer,
    track: usize,
    /// Whether units have their length in front, which become start codes.
    has_lengths: bool,
    /// Whether decoding can begin with a frame.
    begins: fn(&[u8]) -> bool,
    /// The frame to come, once it was looked at, with start codes.
    next: Option<Vec<u8>>,
}

impl Earlier {
    /// `None` when it is not as this program writes it: then everything is coded anew.
    pub(super) fn open(path: &Path, demuxer: &str, has_lengths: bool, begins: fn(&[u8]) -> bool) -> Option<Self> {
        let mut demuxer = Demuxer::open(demuxer, Reader::File(File::open(path).ok()?)).ok()?;
        let track = demuxer.streams().iter().position(|stream| stream.kind == Kind::Video)?;
        demuxer.keep_only(&[track]);
        Some(Self { demuxer, track, has_lengths, begins, next: None })
    }

    /// The next frame; `None` when there is none that is whole.
    fn peek(&mut self) -> Option<&[u8]> {
        while self.next.is_none() {
            let packet = self.demuxer.read().ok()?;
            if packet.stream() == self.track {
                let mut frame = packet.data().to_vec();
                if self.has_lengths && !to_start_codes(&mut frame) {
                    return None;
                }
                self.next = Some(frame);
            }
        }
        self.next.as_deref()
    }

    /// Whether the next frame can be decoded alone; `None` when there is none.
    pub(super) fn begins_anew(&mut self) -> Option<bool> {
        let begins = self.begins;
        self.peek().map(begins)
    }

    /// Leaves the next frame out. Whether there was one.
    pub(super) fn skip(&mut self) -> bool {
        self.peek();
        self.next.take().is_some()
    }

    /// The next frame, as the encoder gave it, but without times; `None` when there is none that is whole.
    pub(super) fn take(&mut self) -> Option<Packet> {
        self.peek();
        let frame = self.next.take()?;
        Packet::of(&frame, (self.begins)(&frame)).ok()
    }
}

/// Replaces the length in front of each unit, four bytes with the highest first, by a start code of as many. Whether they
/// add up.
fn to_start_codes(data: &mut [u8]) -> bool {
    let mut at = 0;
    while at < data.len() {
        let Some(length) = data[at..].first_chunk_mut() else { return false };
        at = at.saturating_add(length.len()).saturating_add(u32::from_be_bytes(*length) as usize);
        *length = [0, 0, 0, 1];
    }
    at == data.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_become_start_codes_only_where_they_add_up() {
        let mut units = [0, 0, 0, 2, 0x65, 9, 0, 0, 0, 1, 0x41];
        assert!(to_start_codes(&mut units));
        assert_eq!(units, [0, 0, 0, 1, 0x65, 9, 0, 0, 0, 1, 0x41]);
        assert!(to_start_codes(&mut []));
        for mut bad in [vec![0, 0, 0, 2, 1], vec![0, 0, 1], vec![0xff, 0xff, 0xff, 0xff, 0]] {
            assert!(!to_start_codes(&mut bad));
        }
    }
}
