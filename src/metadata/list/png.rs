//! PNG and APNG: text, Exif, profiles, times and other chunks beside the picture, and what lies behind its end.

use super::{
    Notes,
    Reveals::{Device, FreeText, Person, SecondPicture, Technical, Time},
    exif, icc, iptc,
    notes::text,
    read, trailer, xmp,
};
use crate::metadata::inflate;

/// Longest compressed text that is inflated, in bytes.
const MAX_TEXT: usize = 4 << 20;

/// Keywords of the specification; any other is shown with its value, since it may be content.
const KEYWORDS: &[&str] = &[
    "Title",
    "Author",
    "Description",
    "Copyright",
    "Creation Time",
    "Software",
    "Disclaimer",
    "Warning",
    "Source",
    "Comment",
    "XML:com.adobe.xmp",
    "Collection",
];

pub(super) fn list(bytes: &[u8], notes: &mut Notes) {
    let mut pos = 8;
    let (mut frames, mut after_end) = (0u32, None);
    while let (Some(length), Some(kind)) = (read::be32(bytes, pos), read::array::<4>(bytes, pos + 4)) {
        let data = read::upto(bytes, pos + 8, length as usize).unwrap_or(&[]);
        pos = pos.saturating_add(12).saturating_add(length as usize);
        match &kind {
            b"IEND" => {
                if !data.is_empty() {
                    notes.add("PNG IEND with data", FreeText, Some(text(data)));
                }
                after_end = Some(pos);
                break;
            }
            b"IHDR" | b"IDAT" | b"PLTE" | b"tRNS" | b"acTL" | b"fdAT" | b"sRGB" | b"gAMA" | b"cHRM" | b"cICP"
            | b"bKGD" | b"sBIT" | b"hIST" => {}
            b"fcTL" => frames += 1,
            b"tEXt" => keyword(data, |name, rest, notes| words(name, Some(rest.to_vec()), notes), notes),
            b"zTXt" => keyword(data, |name, rest, notes| words(name, inflated(rest.get(1..)), notes), notes),
            b"iTXt" => keyword(data, |name, rest, notes| words(name, international(rest), notes), notes),
            b"eXIf" => exif::list("PNG eXIf", data, notes),
            b"iCCP" => keyword(data, profile, notes),
            b"tIME" => notes.add("PNG tIME", Time, time(data)),
            b"pHYs" => notes.add("PNG pHYs", Technical, None),
            b"sPLT" => notes.add("PNG sPLT", FreeText, Some(text(data))),
            b"caBX" => notes.add_why(
                "PNG caBX C2PA",
                Device,
                "holds content credentials: the signing device, the edits, and often thumbnails of what was edited",
                Some(format!("{} bytes", data.len())),
            ),
            b"CgBI" | b"iDOT" => notes.add("PNG Apple chunk", Device, None),
            _ => notes.add("PNG chunk of unknown type", FreeText, Some(text(data))),
        }
        if notes.full() {
            return;
        }
    }
    if frames > 1 {
        notes.add("PNG frames", SecondPicture, Some(format!("{frames} frames")));
    }
    match after_end {
        Some(end) if end < bytes.len() => trailer::list("PNG", &bytes[end..], notes),
        Some(end) if end == bytes.len() => {}
        _ => notes.unreadable("PNG end"),
    }
}

/// Splits a chunk into its keyword and what follows the zero behind it.
fn keyword(data: &[u8], told: impl FnOnce(&str, &[u8], &mut Notes), notes: &mut Notes) {
    match data.iter().take(80).position(|&b| b == 0) {
        Some(end) => told(&text(&data[..end]), &data[end + 1..], notes),
        None => notes.unreadable("PNG text"),
    }
}

fn inflated(stream: Option<&[u8]>) -> Option<Vec<u8>> {
    inflate::zlib_to_vec(stream?, MAX_TEXT)
}

/// The text of an iTXt chunk behind its keyword: flag, method, language, translated keyword, text.
fn international(rest: &[u8]) -> Option<Vec<u8>> {
    let [compressed, _, rest @ ..] = rest else { return None };
    let language = rest.iter().position(|&b| b == 0)?;
    let rest = &rest[language + 1..];
    let translated = rest.iter().position(|&b| b == 0)?;
    let body = &rest[translated + 1..];
    if *compressed == 1 { inflated(Some(body)) } else { Some(body.to_vec()) }
}

fn words(name: &str, body: Option<Vec<u8>>, notes: &mut Notes) {
    let known = KEYWORDS.iter().find(|k| **k == name);
    let Some(body) = body else { return notes.unreadable("PNG text") };
    match (name, known) {
        ("XML:com.adobe.xmp", _) => xmp::list("PNG iTXt XMP", &body, notes),
        (_, None) if name.starts_with("Raw profile type ") => raw_profile(name, &body, notes),
        ("Author" | "Copyright", Some(known)) => notes.add(format!("PNG text {known}"), Person, Some(text(&body))),
        ("Creation Time", Some(known)) => notes.add(format!("PNG text {known}"), Time, Some(text(&body))),
        ("Software" | "Source", Some(known)) => notes.add(format!("PNG text {known}"), Device, Some(text(&body))),
        (_, Some(known)) => notes.add(format!("PNG text {known}"), FreeText, Some(text(&body))),
        (_, None) => notes.add("PNG text", FreeText, Some(format!("{name}: {}", text(&body)))),
    }
}

/// What ImageMagick writes: a newline, the kind, the length, then the block in hexadecimal.
fn raw_profile(name: &str, body: &[u8], notes: &mut Notes) {
    let mut lines = body.splitn(4, |&b| b == b'\n');
    let digits = lines.nth(3).unwrap_or(&[]).iter().filter_map(|&b| char::from(b).to_digit(16)).collect::<Vec<_>>();
    let block: Vec<u8> = digits.chunks_exact(2).map(|pair| (pair[0] * 16 + pair[1]) as u8).collect();
    match name.rsplit(' ').next() {
        Some("exif" | "APP1") => {
            exif::list("PNG text Raw profile Exif", block.strip_prefix(b"Exif\0\0").unwrap_or(&block), notes);
        }
        Some("iptc" | "8bim") => {
            iptc::list("PNG text Raw profile IPTC", block.strip_prefix(b"Photoshop 3.0\0").unwrap_or(&block), notes)
        }
        Some("xmp") => xmp::list("PNG text Raw profile XMP", &block, notes),
        _ => notes.add("PNG text Raw profile", FreeText, Some(text(&block))),
    }
}

fn profile(name: &str, rest: &[u8], notes: &mut Notes) {
    notes.add_why(
        "PNG iCCP name",
        Device,
        "names the profile, often after one device or its owner",
        Some(name.to_owned()),
    );
    match inflated(rest.get(1..)) {
        Some(profile) => icc::list("PNG iCCP", &profile, notes),
        None => notes.unreadable("PNG iCCP"),
    }
}

fn time(data: &[u8]) -> Option<String> {
    let &[a, b, month, day, hour, minute, second] = data else { return None };
    Some(format!("{:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}", u16::from_be_bytes([a, b])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
        [&(data.len() as u32).to_be_bytes()[..], kind, data, &[0; 4]].concat()
    }

    fn entries(chunks: &[Vec<u8>]) -> Vec<(String, String)> {
        let file = [b"\x89PNG\r\n\x1A\n".to_vec(), chunks.concat(), chunk(b"IEND", b"")].concat();
        let mut notes = Notes::default();
        list(&file, &mut notes);
        let entries = notes.into_entries();
        entries
            .iter()
            .map(|e| (e.place.clone(), e.value.as_ref().map_or(String::new(), |v| v.expose().clone())))
            .collect()
    }

    #[test]
    fn every_way_to_write_text_is_read() {
        // "hi" as a zlib stream with one stored block.
        let packed = [&[0x78, 1, 1, 2, 0, 0xFD, 0xFF][..], b"hi", &[1, 0x3B, 0, 0xD2]].concat();
        let hex = crate::hash::hex(&exif::tests::block());
        let found = entries(&[
            chunk(b"tEXt", b"Author\0Jane"),
            chunk(b"zTXt", &[&b"Comment\0\0"[..], &packed].concat()),
            chunk(b"iTXt", &[&b"Title\0\x01\0en\0t\0"[..], &packed].concat()),
            chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x dc:creator='Ann'/>"),
            chunk(b"tEXt", format!("Raw profile type exif\0\nexif\n  9\n{hex}").as_bytes()),
            chunk(b"tEXt", b"Own\0word"),
            chunk(b"tIME", &[7, 0xE8, 5, 6, 7, 8, 9]),
        ]);
        for expected in [
            ("PNG text Author", "Jane"),
            ("PNG text Comment", "hi"),
            ("PNG text Title", "hi"),
            ("PNG iTXt XMP dc:creator", "Ann"),
            (
                "PNG text Raw profile Exif GPS position",
                "51.5074° N, 0.1278° W, to less than a metre, in or near London, England (GB)",
            ),
            ("PNG text", "Own: word"),
            ("PNG tIME", "2024-05-06 07:08:09"),
        ] {
            assert!(found.contains(&(expected.0.into(), expected.1.into())), "{expected:?} not in {found:?}");
        }
    }

    #[test]
    fn a_stream_that_does_not_inflate_is_listed_as_unreadable() {
        assert_eq!(entries(&[chunk(b"zTXt", b"Comment\0\0junk")])[0].0, "PNG text (unreadable)");
    }
}
