//! XMP packets (ISO 16684-1). Searched for the property names that tell something, not parsed: a packet that is not
//! well-formed leaks as well as one that is.

use std::borrow::Cow;

use super::{
    Notes,
    Reveals::{self, Device, FreeText, Person, Place, SecondPicture, Time},
    notes::text,
    read,
};

/// Longest packet that is searched, in bytes; one property after the other, so time is linear in it.
const MAX_PACKET: usize = 32 << 20;

/// Property, class, and the reason where the class does not say enough.
const PROPERTIES: &[(&str, Reveals, Option<&str>)] = &[
    ("exif:GPSLatitude", Place, None),
    ("exif:GPSLongitude", Place, None),
    ("photoshop:City", Place, None),
    ("photoshop:State", Place, None),
    ("photoshop:Country", Place, None),
    ("Iptc4xmpCore:Location", Place, None),
    ("Iptc4xmpExt:LocationShown", Place, None),
    ("Iptc4xmpExt:LocationCreated", Place, None),
    ("dc:creator", Person, None),
    ("dc:rights", Person, None),
    ("photoshop:AuthorsPosition", Person, None),
    ("photoshop:CaptionWriter", Person, None),
    ("Iptc4xmpExt:PersonInImage", Person, None),
    ("mwg-rs:Name", Person, Some("names a person beside the place of the face")),
    ("MPReg:PersonDisplayName", Person, Some("names a person beside the place of the face")),
    ("aux:OwnerName", Person, None),
    ("GDepth:Data", SecondPicture, Some("is a depth image of the whole scene")),
    ("GImage:Data", SecondPicture, Some("is the whole picture again, unblurred")),
    ("GAudio:Data", SecondPicture, Some("is a sound recording")),
    ("GCamera:MicroVideoOffset", SecondPicture, Some("says where in the file a motion photo's video lies")),
    ("GCamera:MotionPhoto", SecondPicture, Some("says that a motion photo's video is in the file")),
    ("Container:Directory", SecondPicture, Some("lists further pictures and videos in the file")),
    ("hdrgm:Version", SecondPicture, Some("announces a gain map, which shows the whole scene again")),
    (
        "HDRGainMap:HDRGainMapVersion",
        SecondPicture,
        Some("announces a gain map, which shows the whole scene again"),
    ),
    ("xmp:Thumbnails", SecondPicture, None),
    ("xmpGImg:image", SecondPicture, None),
    ("aux:SerialNumber", Device, Some("identifies one single device")),
    ("aux:LensSerialNumber", Device, Some("identifies one single device")),
    ("exifEX:BodySerialNumber", Device, Some("identifies one single device")),
    ("tiff:Model", Device, None),
    ("xmp:CreatorTool", Device, None),
    ("xmpMM:DocumentID", Device, Some("is a number that all copies and versions of the picture share")),
    ("xmpMM:OriginalDocumentID", Device, Some("is a number that all copies and versions of the picture share")),
    ("xmpMM:InstanceID", Device, Some("is a number that only this picture has")),
    ("stEvt:softwareAgent", Device, Some("is a step of the editing history")),
    ("xmp:CreateDate", Time, None),
    ("xmp:ModifyDate", Time, None),
    ("photoshop:DateCreated", Time, None),
    ("exif:DateTimeOriginal", Time, None),
    ("dc:title", FreeText, None),
    ("dc:description", FreeText, None),
    ("dc:subject", FreeText, None),
    ("photoshop:Headline", FreeText, None),
    ("photoshop:Instructions", FreeText, None),
    ("exif:UserComment", FreeText, None),
];

/// Lists a packet. `place` says where it was found.
pub(super) fn list(place: &str, packet: &[u8], notes: &mut Notes) {
    let why = "is a record of the picture's making, and anything may stand in it";
    notes.add_why(place, FreeText, why, Some(format!("{} bytes", packet.len())));
    let packet = utf8(&packet[..packet.len().min(MAX_PACKET)]);
    for &(name, class, why) in PROPERTIES {
        if let Some(at) = read::find(&packet, name.as_bytes()) {
            let value = value(&packet[at..], name);
            notes.add_why(format!("{place} {name}"), class, why.unwrap_or(class.why()), value);
        }
    }
    let faces = count(&packet, b"mwg-rs:Type=\"Face\"") + count(&packet, b"<mwg-rs:Type>Face<");
    let names = count(&packet, b"mwg-rs:Name=\"") + count(&packet, b"<mwg-rs:Name>");
    if faces > 0 {
        notes.add_why(
            format!("{place} face regions"),
            Person,
            "marks where faces are, often with names",
            Some(format!("{faces} faces, {names} names")),
        );
    }
}

/// The packet as UTF-8, wherever it says that it is UTF-16.
fn utf8(packet: &[u8]) -> Cow<'_, [u8]> {
    let decode = |unit: fn([u8; 2]) -> u16| {
        let units = packet[2..].chunks_exact(2).map(|b| unit([b[0], b[1]]));
        let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        Cow::Owned(text.into_bytes())
    };
    match packet {
        [0xFE, 0xFF, ..] => decode(u16::from_be_bytes),
        [0xFF, 0xFE, ..] => decode(u16::from_le_bytes),
        _ => Cow::Borrowed(packet),
    }
}

/// The text of the property that begins at `packet[0]`: an attribute's value, or an element's text without tags.
fn value(packet: &[u8], name: &str) -> Option<String> {
    let rest = read::upto(packet, name.len(), 4_000)?;
    let [first, rest @ ..] = rest else { return None };
    let words = match first {
        b'=' => {
            let [quote, inner @ ..] = rest else { return None };
            let end = inner.iter().position(|b| b == quote).unwrap_or(inner.len());
            text(&inner[..end])
        }
        _ => {
            let close = format!("</{name}>");
            let start = if *first == b'>' { 0 } else { rest.iter().position(|&b| b == b'>')? + 1 };
            let inner = &rest[start..];
            let end = read::find(inner, close.as_bytes()).unwrap_or(inner.len());
            without_tags(&text(&inner[..end]))
        }
    };
    (!words.is_empty()).then_some(words)
}

fn without_tags(markup: &str) -> String {
    let pieces =
        markup.split('<').filter_map(|piece| piece.split_once('>').map_or(Some(piece), |(_, text)| Some(text)));
    pieces.map(str::trim).filter(|piece| !piece.is_empty()).collect::<Vec<_>>().join(", ")
}

fn count(packet: &[u8], needle: &[u8]) -> usize {
    let mut found = 0;
    let mut from = 0;
    while let Some(at) = packet.get(from..).and_then(|rest| read::find(rest, needle)) {
        found += 1;
        from += at + needle.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PACKET: &str = r#"<x:xmpmeta><rdf:Description exif:GPSLatitude="51,30.4N" xmp:CreatorTool='Tool 1'>
        <dc:creator><rdf:Seq><rdf:li>Jane Roe</rdf:li><rdf:li>John</rdf:li></rdf:Seq></dc:creator>
        <rdf:li mwg-rs:Name="Ann" mwg-rs:Type="Face"/><rdf:li mwg-rs:Name="Bob" mwg-rs:Type="Face"/>
        </rdf:Description></x:xmpmeta>"#;

    fn values(packet: &[u8]) -> Vec<(String, String)> {
        let mut notes = Notes::default();
        list("X", packet, &mut notes);
        let entries = notes.into_entries();
        entries
            .iter()
            .map(|e| (e.place.clone(), e.value.as_ref().map_or(String::new(), |v| v.expose().clone())))
            .collect()
    }

    #[test]
    fn names_places_tools_and_faces_are_found_in_both_spellings() {
        let utf16: Vec<u8> =
            "\u{FEFF}".encode_utf16().chain(PACKET.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        for packet in [PACKET.as_bytes(), &utf16] {
            let found = values(packet);
            for expected in [
                ("X exif:GPSLatitude", "51,30.4N"),
                ("X xmp:CreatorTool", "Tool 1"),
                ("X dc:creator", "Jane Roe, John"),
                ("X mwg-rs:Name", "Ann"),
                ("X face regions", "2 faces, 2 names"),
            ] {
                assert!(found.contains(&(expected.0.into(), expected.1.into())), "{expected:?} not in {found:?}");
            }
        }
    }

    #[test]
    fn a_packet_that_ends_anywhere_is_still_listed() {
        for end in 0..PACKET.len() {
            assert!(!values(&PACKET.as_bytes()[..end]).is_empty());
        }
    }
}
