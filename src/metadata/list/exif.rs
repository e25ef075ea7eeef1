//! Exif (CIPA DC-008), read through kamadak-exif. Only the tags of the table below are asked for, so that a hostile
//! directory cannot make values multiply; everything else is counted.

use std::fmt::{self, Write};

use exif::{Exif, Field, In, Tag, Value};

use super::{
    Notes,
    Reveals::{self, Device, FreeText, Person, Place, Technical, Time},
    ifd::{Directories, Kind},
    source::{exactness, spot},
};

/// Longest value in bytes that is read. A camera's longest text is a few hundred bytes.
const MAX_VALUE: u64 = 16 << 10;

/// Most bytes handed to the reader, which needs a copy; directories of a larger TIFF are near its beginning or lost.
const MAX_COPY: usize = 256 << 20;

const SERIAL: &str = "identifies one single device, and every other picture taken with it";
const WINDOWS: &str = "is a text field that Windows shows and fills in";

/// The tags that tell something, the reason where the class does not say enough.
const TAGS: &[(Tag, Reveals, Option<&str>)] = &[
    (Tag::GPSAltitude, Place, None),
    (Tag::GPSImgDirection, Place, Some("says which way the camera looked")),
    (Tag::GPSDestLatitude, Place, None),
    (Tag::GPSDestLongitude, Place, None),
    (Tag::GPSAreaInformation, Place, None),
    (Tag::GPSProcessingMethod, Place, Some("says how the place was found")),
    (Tag::GPSSpeed, Place, Some("says how fast the camera moved")),
    (Tag::GPSDateStamp, Time, None),
    (Tag::GPSTimeStamp, Time, None),
    (Tag::Artist, Person, None),
    (Tag::Copyright, Person, None),
    (Tag(exif::Context::Exif, 0xA430), Person, Some("names the owner of the camera")),
    (Tag(exif::Context::Tiff, 0x013C), Device, Some("names the computer, often after its owner")),
    (Tag(exif::Context::Tiff, 0x9C9D), Person, Some(WINDOWS)),
    (Tag(exif::Context::Tiff, 0x9C9B), FreeText, Some(WINDOWS)),
    (Tag(exif::Context::Tiff, 0x9C9C), FreeText, Some(WINDOWS)),
    (Tag(exif::Context::Tiff, 0x9C9E), FreeText, Some(WINDOWS)),
    (Tag(exif::Context::Tiff, 0x9C9F), FreeText, Some(WINDOWS)),
    (Tag::Make, Device, None),
    (Tag::Model, Device, None),
    (Tag::Software, Device, None),
    (Tag::BodySerialNumber, Device, Some(SERIAL)),
    (Tag::LensSerialNumber, Device, Some(SERIAL)),
    (Tag::LensMake, Device, None),
    (Tag::LensModel, Device, None),
    (Tag(exif::Context::Tiff, 0xC62F), Device, Some(SERIAL)),
    (Tag::ImageUniqueID, Device, Some("is a number that only this picture has, so that its copies can be found")),
    (Tag::DateTime, Time, None),
    (Tag::DateTimeOriginal, Time, None),
    (Tag::DateTimeDigitized, Time, None),
    (Tag::OffsetTimeOriginal, Time, Some("says in which time zone it was taken")),
    (Tag::SubSecTimeOriginal, Time, None),
    (Tag::ImageDescription, FreeText, None),
    (Tag::UserComment, FreeText, None),
    (
        Tag::MakerNote,
        Device,
        Some("is the maker's own record: serial numbers, bursts, face positions, live-photo links"),
    ),
    (Tag::RelatedSoundFile, FreeText, Some("names a sound recording that belongs to the picture")),
    (Tag::Orientation, Technical, None),
];

/// Lists an Exif block that begins with its TIFF header. `place` says where it was found.
pub(super) fn list(place: &str, block: &[u8], notes: &mut Notes) {
    let Some(directories) = Directories::walk(block) else { return notes.unreadable(place) };
    if directories.damaged {
        notes.unreadable(place);
    }
    thumbnails(place, &directories, notes);
    tags(place, block, &directories, notes);
}

/// Lists the tags of the table; the directories were walked before.
pub(super) fn tags(place: &str, block: &[u8], directories: &Directories, notes: &mut Notes) {
    let fields = || directories.all.iter().flat_map(|d| &d.fields);
    let total = fields().count();
    let too_long = |tag: u16| fields().any(|f| f.tag == tag && f.length > MAX_VALUE);
    let copy = block[..block.len().min(MAX_COPY)].to_vec();
    let read = exif::Reader::new().continue_on_error(true).read_raw(copy);
    let Ok(exif) = read.or_else(|e| e.distill_partial_result(|_| ())) else { return notes.unreadable(place) };
    let mut told = position(place, &exif, notes);
    for &(tag, class, why) in TAGS {
        for ifd in [In::PRIMARY, In::THUMBNAIL] {
            let name = || format!("{place} {}{}", if ifd == In::PRIMARY { "" } else { "thumbnail " }, name_of(tag));
            if too_long(tag.number()) {
                // A maker's note may be long; that it is there is all there is to say.
                if tag == Tag::MakerNote && ifd == In::PRIMARY {
                    notes.add_why(name(), class, why.unwrap_or(class.why()), None);
                }
                continue;
            }
            let Some(field) = exif.get_field(tag, ifd) else { continue };
            told += 1;
            if tag == Tag::Orientation && field.value.get_uint(0) == Some(1) {
                continue;
            }
            notes.add_why(name(), class, why.unwrap_or(class.why()), Some(value(field)));
        }
    }
    if total > told {
        let rest = format!("{} fields", total - told);
        notes.add(format!("{place} further fields"), Technical, Some(rest));
    }
}

/// The tag's name, also where the reader has none.
fn name_of(tag: Tag) -> String {
    let own = match tag.number() {
        0x013C => "HostComputer",
        0x9C9B => "XPTitle",
        0x9C9C => "XPComment",
        0x9C9D => "XPAuthor",
        0x9C9E => "XPKeywords",
        0x9C9F => "XPSubject",
        0xC62F => "CameraSerialNumber",
        _ => return tag.to_string(),
    };
    own.to_owned()
}

fn thumbnails(place: &str, directories: &Directories, notes: &mut Notes) {
    for directory in &directories.all {
        if let (Some(picture), Kind::Chain(1..) | Kind::Sub) = (directory.jpeg(directories), directory.kind) {
            let why = "is a small copy of the picture as it was before anything was covered";
            notes.add_picture(format!("{place} thumbnail"), why, picture);
        }
    }
}

/// The position as one entry, in degrees and words; returns how many fields it was made of.
fn position(place: &str, exif: &Exif, notes: &mut Notes) -> usize {
    let degrees = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Rational(parts) if parts.len() <= 3 => {
            let value: f64 = parts.iter().zip([1.0, 60.0, 3600.0]).map(|(p, unit)| p.to_f64() / unit).sum();
            value.is_finite().then_some(value)
        }
        _ => None,
    };
    let letter = |tag| match &exif.get_field(tag, In::PRIMARY)?.value {
        Value::Ascii(text) => text.first()?.first().map(|&b| char::from(b.to_ascii_uppercase())),
        _ => None,
    };
    let present = [Tag::GPSLatitude, Tag::GPSLongitude, Tag::GPSLatitudeRef, Tag::GPSLongitudeRef]
        .iter()
        .filter(|&&tag| exif.get_field(tag, In::PRIMARY).is_some())
        .count();
    let (latitude, longitude) = (degrees(Tag::GPSLatitude), degrees(Tag::GPSLongitude));
    let north = letter(Tag::GPSLatitudeRef).filter(|c| matches!(c, 'N' | 'S')).unwrap_or('?');
    let east = letter(Tag::GPSLongitudeRef).filter(|c| matches!(c, 'E' | 'W')).unwrap_or('?');
    let why = "is the spot on the map where the picture was taken, to a few metres";
    // The smallest step that the fractions can say.
    let step = match exif.get_field(Tag::GPSLatitude, In::PRIMARY).map(|f| &f.value) {
        Some(Value::Rational(parts)) if parts.len() <= 3 => {
            let steps =
                parts.iter().zip([1.0, 60.0, 3600.0]).map(|(p, unit)| 1.0 / f64::from(p.denom.max(1)) / unit);
            steps.fold(1.0, f64::min)
        }
        _ => 1.0,
    };
    let words = match (latitude, longitude) {
        (Some(lat), Some(lon)) if north != '?' && east != '?' => {
            let signed = |value: f64, letter| if matches!(letter, 'S' | 'W') { -value } else { value };
            Some(spot(signed(lat, north), signed(lon, east), Some(step)))
        }
        (Some(lat), Some(lon)) => Some(format!("{lat:.4}° {north}, {lon:.4}° {east}, {}", exactness(step))),
        (Some(lat), None) => Some(format!("{lat:.4}° {north}")),
        (None, Some(lon)) => Some(format!("{lon:.4}° {east}")),
        (None, None) => None,
    };
    if words.is_some() || present > 0 {
        notes.add_why(format!("{place} GPS position"), Place, why, words);
    }
    present
}

/// A value in words, of bounded length.
fn value(field: &Field) -> String {
    if let Value::Byte(bytes) = &field.value
        && field.tag.context() == exif::Context::Tiff
        && (0x9C9B..=0x9C9F).contains(&field.tag.number())
    {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_le_bytes([b[0], b[1]])).collect();
        return String::from_utf16_lossy(&units).trim_end_matches('\0').to_owned();
    }
    if let (Value::Undefined(bytes, _), Tag::UserComment | Tag::GPSProcessingMethod | Tag::GPSAreaInformation) =
        (&field.value, field.tag)
    {
        // Eight bytes name the character code.
        return super::notes::text(bytes.get(8..).unwrap_or(bytes)).trim_matches('\0').to_owned();
    }
    if field.tag == Tag::MakerNote {
        let Value::Undefined(bytes, _) = &field.value else { return String::new() };
        return format!("{} bytes", bytes.len());
    }
    let mut out = Short(String::new());
    // An error means that the text is long enough.
    let _ = write!(out, "{}", field.display_value());
    out.0.trim_matches('"').to_owned()
}

/// Text that refuses to grow beyond what an entry shows.
struct Short(String);

impl Write for Short {
    fn write_str(&mut self, piece: &str) -> fmt::Result {
        self.0.push_str(piece);
        if self.0.len() > 2_000 { Err(fmt::Error) } else { Ok(()) }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An Exif block with a place, an owner, a maker's note and a thumbnail of 3 x 2 pixels.
    pub(in super::super) fn block() -> Vec<u8> {
        let field = |data: Value, tag, ifd_num| Field { tag, ifd_num, value: data };
        let degrees = |d, m, s| {
            Value::Rational(vec![
                exif::Rational { num: d, denom: 1 },
                exif::Rational { num: m, denom: 1 },
                exif::Rational { num: s, denom: 100 },
            ])
        };
        let ascii = |t: &str| Value::Ascii(vec![t.as_bytes().to_vec()]);
        let fields = [
            field(ascii("Canon"), Tag::Make, In::PRIMARY),
            field(ascii("Jane Roe"), Tag(exif::Context::Exif, 0xA430), In::PRIMARY),
            field(ascii("0123456"), Tag::BodySerialNumber, In::PRIMARY),
            field(ascii("2024:05:06 07:08:09"), Tag::DateTimeOriginal, In::PRIMARY),
            field(Value::Undefined(vec![7; 40], 0), Tag::MakerNote, In::PRIMARY),
            field(degrees(51, 30, 2664), Tag::GPSLatitude, In::PRIMARY),
            field(ascii("N"), Tag::GPSLatitudeRef, In::PRIMARY),
            field(degrees(0, 7, 4008), Tag::GPSLongitude, In::PRIMARY),
            field(ascii("W"), Tag::GPSLongitudeRef, In::PRIMARY),
        ];
        let mut writer = exif::experimental::Writer::new();
        fields.iter().for_each(|f| writer.push_field(f));
        writer.set_jpeg(b"\xFF\xD8\xFF\xC0\0\x08\x08\0\x02\0\x03\x01\xFF\xD9", In::THUMBNAIL);
        let mut out = std::io::Cursor::new(Vec::new());
        writer.write(&mut out, false).expect("writes");
        out.into_inner()
    }

    fn entries(block: &[u8]) -> Vec<(String, Reveals, String)> {
        let mut notes = Notes::default();
        list("X", block, &mut notes);
        let value = |e: &crate::metadata::Entry| e.value.as_ref().map(|v| v.expose().clone()).unwrap_or_default();
        notes.into_entries().iter().map(|e| (e.place.clone(), e.class, value(e))).collect()
    }

    #[test]
    fn place_owner_serial_time_notes_and_thumbnail_are_listed() {
        let found = entries(&block());
        let expected = [
            ("X thumbnail", Reveals::SecondPicture, "JPEG of 3 x 2 pixels, 14 bytes"),
            (
                "X GPS position",
                Place,
                "51.5074° N, 0.1278° W, to less than a metre, in or near London, England (GB)",
            ),
            ("X CameraOwnerName", Person, "Jane Roe"),
            ("X Make", Device, "Canon"),
            ("X BodySerialNumber", Device, "0123456"),
            ("X DateTimeOriginal", Time, "2024-05-06 07:08:09"),
            ("X MakerNote", Device, "40 bytes"),
        ];
        for (place, class, value) in expected {
            assert!(found.contains(&(place.into(), class, value.into())), "{place} not in {found:?}");
        }
    }

    #[test]
    fn a_block_that_is_no_exif_is_listed_as_unreadable() {
        assert_eq!(entries(b"garbage")[0].0, "X (unreadable)");
        assert_eq!(entries(b"MM\0*\0\0\0\xFF")[0].0, "X (unreadable)");
    }
}
