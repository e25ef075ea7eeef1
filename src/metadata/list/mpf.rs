//! The multi-picture format (CIPA DC-007): further whole pictures behind the first one in a JPEG file, such as gain
//! maps, previews and the other eye.

use super::{Notes, Reveals, ifd::Directories, read};

/// Lists the further pictures of the index `block`, which begins at `base` in `file`; offsets count from there.
pub(super) fn list(file: &[u8], base: usize, block: &[u8], notes: &mut Notes) {
    const PLACE: &str = "JPEG APP2 MPF";
    let Some(directories) = Directories::walk(block) else { return notes.unreadable(PLACE) };
    let Some(index) = directories.all.iter().find_map(|d| d.get(0xB002)) else { return notes.unreadable(PLACE) };
    let little = block.starts_with(b"II");
    let number = |bytes, at| if little { read::le32(bytes, at) } else { read::be32(bytes, at) };
    for (nth, entry) in directories.bytes_of(index).chunks_exact(16).enumerate().skip(1) {
        if notes.full() {
            return;
        }
        let (Some(kind), Some(length), Some(offset)) = (number(entry, 0), number(entry, 4), number(entry, 8))
        else {
            continue;
        };
        let why = match kind & 0x00FF_FFFF {
            0x01_0001 | 0x01_0002 => "is a preview of the picture as it was before anything was covered",
            0x02_0001 => "is a further picture of a panorama",
            0x02_0002 => "is the same scene seen by another eye",
            0x05_0000 => "is a gain map, which shows the whole scene again",
            _ => Reveals::SecondPicture.why(),
        };
        let picture = base.checked_add(offset as usize).and_then(|at| read::upto(file, at, length as usize));
        let place = format!("{PLACE} picture {}", nth + 1);
        match picture {
            Some(picture) => notes.add_picture(place, why, picture),
            None => notes.add_why(place, Reveals::SecondPicture, why, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_picture_but_the_first_is_listed_with_its_size() {
        let mut block = b"MM\0*\0\0\0\x08\0\x01\xB0\x02\0\x07\0\0\0\x20\0\0\0\x1A\0\0\0\0".to_vec();
        block.extend([0; 16]);
        block.extend([0, 1, 0, 1, 0, 0, 0, 14, 0, 0, 0, 58, 0, 0, 0, 0]);
        let file = [&block[..], b"\xFF\xD8\xFF\xC0\0\x08\x08\0\x02\0\x03\x01\xFF\xD9"].concat();
        let mut notes = Notes::default();
        list(&file, 0, &block, &mut notes);
        let entries = notes.into_entries();
        assert_eq!((entries.len(), entries[0].place.as_str()), (1, "JPEG APP2 MPF picture 2"));
        assert_eq!(entries[0].value.as_ref().map(|v| v.expose().as_str()), Some("JPEG of 3 x 2 pixels, 14 bytes"));
    }
}
