//! TIFF: every directory of the chain is a page, every directory below one is a further picture, and the tags of the
//! first page are those of Exif.

use super::{
    Notes,
    Reveals::{self, Device, FreeText, Place, SecondPicture, Technical},
    exif, icc,
    ifd::{Directories, Directory, Kind},
    iptc, xmp,
};

/// Tags that hold blocks or text of their own.
const TAGS: &[(u16, &str, Reveals)] = &[
    (0x010D, "DocumentName", FreeText),
    (0x011D, "PageName", FreeText),
    (0x830E, "GeoTIFF pixel scale", Place),
    (0x8482, "GeoTIFF tie points", Place),
    (0x85D8, "GeoTIFF transformation", Place),
    (0x87AF, "GeoTIFF keys", Place),
    (0x87B1, "GeoTIFF text", Place),
    (0xA480, "GDAL metadata", FreeText),
    (0xA481, "GDAL no-data", Technical),
    (0x935C, "Photoshop layers", SecondPicture),
    (0xC68C, "DNG original raw file", SecondPicture),
    (0xC634, "DNG private data", Device),
    (0x8773, "ICC profile", Technical),
];

pub(super) fn list(bytes: &[u8], notes: &mut Notes) {
    let Some(directories) = Directories::walk(bytes) else { return notes.unreadable("TIFF") };
    if directories.damaged {
        notes.unreadable("TIFF directories");
    }
    for directory in &directories.all {
        match directory.kind {
            Kind::Chain(n) => {
                if n > 0 {
                    notes.add(format!("TIFF page {}", n + 1), SecondPicture, size(directory, &directories));
                }
                blocks(
                    if n == 0 { "TIFF".into() } else { format!("TIFF page {}", n + 1) },
                    directory,
                    &directories,
                    notes,
                );
            }
            Kind::Sub => notes.add("TIFF picture below a page", SecondPicture, size(directory, &directories)),
            Kind::Exif => {}
        }
        if notes.full() {
            return;
        }
    }
    exif::tags("TIFF", bytes, &directories, notes);
}

fn size(directory: &Directory, all: &Directories) -> Option<String> {
    let number = |tag| all.numbers(directory.get(tag)?, 1).first().copied();
    Some(format!("{} x {} pixels", number(0x0100)?, number(0x0101)?))
}

fn blocks(place: String, directory: &Directory, all: &Directories, notes: &mut Notes) {
    for field in &directory.fields {
        let data = || all.bytes_of(field);
        match field.tag {
            0x02BC => xmp::list(&format!("{place} XMP"), data(), notes),
            0x83BB => iptc::record(&format!("{place} IPTC"), data(), notes),
            0x8649 => iptc::list(&format!("{place} Photoshop"), data(), notes),
            0x8773 => icc::list(&format!("{place} ICC profile"), data(), notes),
            0x0152 => notes.add_why(
                format!("{place} extra samples"),
                SecondPicture,
                "are channels beside the colours, such as an alpha that hides parts of the picture",
                None,
            ),
            tag => {
                if let Some(&(_, name, class)) = TAGS.iter().find(|(known, ..)| *known == tag) {
                    let value = (field.kind == 2).then(|| super::notes::text(data()));
                    notes.add(format!("{place} {name}"), class, value);
                } else if tag >= 0x8000 && !KNOWN_ABOVE.contains(&tag) {
                    let why = "is a private field of some program, and anything may stand in it";
                    let value = format!("number {tag}, {} bytes", field.length);
                    notes.add_why(format!("{place} private field"), FreeText, why, Some(value));
                }
            }
        }
    }
}

/// Registered tags from 0x8000 on that the Exif table or the directory walk speaks for.
const KNOWN_ABOVE: &[u16] = &[
    0x8298, 0x829A, 0x829D, 0x8769, 0x8825, 0x8822, 0x8827, 0x9000, 0x9003, 0x9004, 0x9C9B, 0x9C9C, 0x9C9D, 0x9C9E,
    0x9C9F, 0xA005, 0xC62F,
];

#[cfg(test)]
mod tests {
    use super::*;
    use image::{ExtendedColorType, ImageEncoder, codecs::tiff::TiffEncoder};

    #[test]
    fn a_second_page_and_a_private_field_are_listed() {
        let mut file = Vec::new();
        TiffEncoder::new(std::io::Cursor::new(&mut file))
            .write_image(&[0; 12], 2, 2, ExtendedColorType::Rgb8)
            .expect("encodes");
        let mut notes = Notes::default();
        list(&file, &mut notes);
        assert!(notes.into_entries().iter().all(|e| e.class == Technical));
        // A directory with a private field of text behind the file, and the chain led to it.
        let first = u32::from_le_bytes([file[4], file[5], file[6], file[7]]) as usize;
        let count = usize::from(u16::from_le_bytes([file[first], file[first + 1]]));
        let next = first + 2 + 12 * count;
        let at = (file.len() as u32).to_le_bytes();
        file[next..next + 4].copy_from_slice(&at);
        file.extend(b"\x03\0\0\x01\x03\0\x01\0\0\0\x07\0\0\0\x01\x01\x03\0\x01\0\0\0\x05\0\0\0\xE8\xFD\x02\0\x04\0\0\0abc\0\0\0\0\0");
        let mut notes = Notes::default();
        list(&file, &mut notes);
        let entries = notes.into_entries();
        let page = entries.iter().find(|e| e.place == "TIFF page 2").and_then(|e| e.value.clone());
        assert_eq!(page.expect("listed").expose(), "7 x 5 pixels");
        assert!(entries.iter().any(|e| e.place == "TIFF page 2 private field"));
    }
}
