//! JPEG XL (ISO 18181-2): the boxes around the codestream. A bare codestream has none.

use super::{
    Notes,
    Reveals::{Device, FreeText, SecondPicture},
    bmff, exif, xmp,
};

pub(super) fn list(bytes: &[u8], notes: &mut Notes) {
    if bytes.starts_with(&[0xFF, 0x0A]) {
        return;
    }
    let (boxes, whole) = bmff::boxes(bytes);
    if !whole {
        notes.unreadable("JPEG XL end");
    }
    let told = |length: usize| Some(format!("{length} bytes"));
    for found in boxes {
        let body = found.body;
        match &found.kind {
            b"JXL " | b"ftyp" | b"jxlc" | b"jxlp" | b"jxll" | b"jxli" => {}
            // Four bytes say how far behind them the TIFF header is.
            b"Exif" => exif::list("JPEG XL Exif", body.get(4..).unwrap_or(&[]), notes),
            b"xml " => xmp::list("JPEG XL XMP", body, notes),
            b"jumb" => notes.add("JPEG XL C2PA", Device, told(body.len())),
            b"jbrd" => notes.add_why(
                "JPEG XL reconstruction data",
                SecondPicture,
                "rebuild the JPEG file that this one was made from, with all of its metadata",
                told(body.len()),
            ),
            b"brob" => notes.add_why(
                "JPEG XL compressed box",
                FreeText,
                "is a compressed record, most often Exif or XMP, that is not unpacked here",
                told(body.len()),
            ),
            _ => notes.add("JPEG XL box of unknown type", FreeText, told(body.len())),
        }
        if notes.full() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_box_beside_the_codestream_is_listed() {
        let boxed = |kind: &[u8; 4], body: &[u8]| [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat();
        let file = [
            boxed(b"JXL ", b"\r\n\x87\n"),
            boxed(b"Exif", &[&[0; 4][..], &exif::tests::block()].concat()),
            boxed(b"xml ", b"<x dc:creator='Ann'/>"),
            boxed(b"jbrd", b"x"),
            boxed(b"brob", b"Exif"),
            boxed(b"jxlc", b"\xFF\x0A"),
        ]
        .concat();
        let mut notes = Notes::default();
        list(&file, &mut notes);
        let entries = notes.into_entries();
        for place in [
            "JPEG XL Exif GPS position",
            "JPEG XL XMP dc:creator",
            "JPEG XL reconstruction data",
            "JPEG XL compressed box",
        ] {
            assert!(entries.iter().any(|e| e.place == place), "{place}");
        }
    }
}
