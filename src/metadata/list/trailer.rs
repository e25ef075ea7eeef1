//! Bytes behind the end of a picture: most viewers ignore them and most tools keep them. Separate because every format
//! can have them.

use super::{Notes, Reveals, read};

/// Says what the bytes behind the end of a picture of the given format look like.
pub(super) fn list(format: &str, bytes: &[u8], notes: &mut Notes) {
    let place = |what: &str| format!("{format} trailer {what}");
    let length = Some(format!("{} bytes", bytes.len()));
    let window = &bytes[..bytes.len().min(64 << 20)];
    if let Some(at) = read::find(window, b"ftyp").filter(|&at| at >= 4) {
        notes.add_why(
            place("video"),
            Reveals::SecondPicture,
            "is a motion photo's video: the scene before and after the picture, with sound",
            Some(format!("{} bytes", bytes.len() - (at - 4))),
        );
    }
    if bytes.starts_with(&[0xFF, 0xD8]) {
        notes.add_picture(place("picture"), Reveals::SecondPicture.why(), bytes);
    } else if bytes.starts_with(b"PK\x03\x04") {
        notes.add_why(
            place("ZIP archive"),
            Reveals::FreeText,
            "is an archive of files, with their names and times",
            length,
        );
    } else if bytes.ends_with(b"SEFT") {
        notes.add_why(
            place("Samsung records"),
            Reveals::Time,
            "holds the phone's own records, among them the time",
            length,
        );
    } else if read::find(window, b"IEND").is_some() || read::find(window, b"IDAT").is_some() {
        notes.add_why(
            place("rest of a PNG"),
            Reveals::SecondPicture,
            "is what an editor left of the picture before it was cropped",
            length,
        );
    } else if bytes.iter().all(|&b| b == 0) {
        notes.add(place("zeros"), Reveals::Technical, length);
    } else if read::find(window, b"ftyp").is_none() {
        notes.add_why(
            place("bytes"),
            Reveals::FreeText,
            "are not part of the picture, and anything may stand in them",
            length,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_trailer_is_told_apart() {
        let kinds: [(&[u8], &str, Reveals); 6] = [
            (b"\0\0\0\x18ftypmp42rest", "X trailer video", Reveals::SecondPicture),
            (b"\xFF\xD8\xFF\xD9", "X trailer picture", Reveals::SecondPicture),
            (b"PK\x03\x04....", "X trailer ZIP archive", Reveals::FreeText),
            (b"....SEFHxxxxSEFT", "X trailer Samsung records", Reveals::Time),
            (b"....IDAT....IEND....", "X trailer rest of a PNG", Reveals::SecondPicture),
            (b"anything", "X trailer bytes", Reveals::FreeText),
        ];
        for (bytes, place, class) in kinds {
            let mut notes = Notes::default();
            list("X", bytes, &mut notes);
            let entries = notes.into_entries();
            assert_eq!((entries.len(), entries[0].place.as_str(), entries[0].class), (1, place, class));
        }
    }
}
