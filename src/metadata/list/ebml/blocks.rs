//! Blocks of a cluster: messages in their pictures, and what stands beside them. Separate because it looks into coded
//! pictures, and everything else here only at descriptions.

use super::{
    super::{
        Notes,
        Reveals::{FreeText, SecondPicture},
        sei::{Messages, Units},
    },
    element, number,
};

/// How a track's pictures are cut into units.
pub(super) struct Coding {
    pub(super) track: u64,
    pub(super) kind: Units,
    pub(super) width: usize,
}

/// Looks through the beginning of a cluster.
pub(super) fn list(bytes: &[u8], codings: &[Coding], messages: &mut Messages, notes: &mut Notes) {
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| element(rest, at as u64)) {
        let end = found.end.map_or(bytes.len(), |end| usize::try_from(end).unwrap_or(usize::MAX).min(bytes.len()));
        let body = bytes.get(found.body as usize..end).unwrap_or(&[]);
        match found.id {
            // Into a group, whose elements follow.
            0xA0 => {
                at = found.body as usize;
                continue;
            }
            0xA3 | 0xA1 => block(body, codings, messages, notes),
            0x75A1 => addition(notes),
            // The next cluster of a file whose clusters have no length.
            0x1F43_B675 => return,
            _ => {}
        }
        at = end;
    }
}

fn addition(notes: &mut Notes) {
    let why = "is a second layer of the pictures, such as what transparency hides";
    notes.add_why("Matroska block additions", SecondPicture, why, None);
}

fn block(body: &[u8], codings: &[Coding], messages: &mut Messages, notes: &mut Notes) {
    let Some((_, track, width)) = number(body) else { return };
    let Some(sample) = body.get(width + 3..) else { return };
    if body.get(width + 2).is_some_and(|flags| flags & 8 != 0) {
        notes.add_why("Matroska hidden block", FreeText, "is in the file and not shown", None);
    }
    if let Some(coding) = codings.iter().find(|c| c.track == track) {
        messages.prefixed("Matroska H.264 or HEVC", coding.kind, coding.width, sample, notes);
    }
}
