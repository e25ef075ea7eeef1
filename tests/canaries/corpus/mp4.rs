//! MP4: boxes of every depth, samples, and messages in the stream, put into a clean file with its tables put right.

use super::{Row, fixture, row};
use crate::plant::{append, at, boxed, boxes, edit, poke, replace, resample, table, unit};

fn clean() -> Vec<u8> {
    fixture("proved/h264.mp4")
}

/// A box in the user data.
fn said(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    append(clean(), &[b"moov", b"udta"], &boxed(kind, body))
}

/// A box behind the data.
fn behind(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    edit(clean(), |f| f.extend(boxed(kind, body)))
}

/// Text with its length and language before it, as QuickTime has it.
fn quicktime(token: &str) -> Vec<u8> {
    [&(token.len() as u16).to_be_bytes()[..], &[0x15, 0xC7], token.as_bytes()].concat()
}

/// Text behind version, flags and language, as 3GPP has it.
fn mobile(token: &str) -> Vec<u8> {
    [&[0, 0, 0, 0, 0x55, 0xC4][..], token.as_bytes(), b"\0"].concat()
}

fn item(kind: &[u8; 4], form: u8, bytes: &[u8]) -> Vec<u8> {
    let list = boxed(b"ilst", &boxed(kind, &boxed(b"data", &[&[0, 0, 0, form, 0, 0, 0, 0], bytes].concat())));
    let handler = boxed(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0");
    boxed(b"meta", &[&[0; 4][..], &handler, &list].concat())
}

/// The file's own track a second time, as one of another kind and coding, with a name.
fn track(handler: &[u8; 4], coding: &[u8; 4], token: &str) -> Vec<u8> {
    let file = clean();
    let start = boxes(&file, &[b"moov", b"trak"])[1];
    let length = u32::from_be_bytes(file[start..start + 4].try_into().expect("four bytes")) as usize;
    let mut body = file[start + 8..start + length].to_vec();
    for (old, new) in [(b"vide", handler), (b"avc1", coding)] {
        let place = at(&body, old);
        body[place..place + 4].copy_from_slice(new);
    }
    let number = at(&body, b"tkhd") + 4 + 15;
    body[number] = 2;
    body.extend(boxed(b"udta", &boxed(b"name", token.as_bytes())));
    append(file, &[b"moov"], &boxed(b"trak", &body))
}

/// A unit of supplemental information: kind, length, body.
fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    unit(&[&[6, kind, body.len() as u8][..], body, &[0x80]].concat())
}

/// A private message of sixteen bytes of identity and text.
fn note(text: &str) -> Vec<u8> {
    [&[7; 16], text.as_bytes()].concat()
}

/// Captions as broadcasters put them (ANSI/SCTE 128).
fn captions(token: &str) -> Vec<u8> {
    let pairs: Vec<u8> = token.as_bytes().chunks(2).flat_map(|p| [&[0xFC], p].concat()).collect();
    [&[0xB5, 0, 0x31][..], b"GA94", &[3, 0x40 | (token.len() / 2) as u8, 0xFF], &pairs, &[0xFF]].concat()
}

/// Brightness of each scene (SMPTE ST 2094-40) as it is registered: kind, length, one window of which nothing is said, and
/// the token behind. A three keeps each pair of zeros from being taken for a start code, and is not counted.
fn dynamic_range(token: &str) -> Vec<u8> {
    let window = [&[0x40][..], &[0, 0, 3].repeat(6), &[0, 0]].concat();
    [&[4, 38, 0xB5, 0, 0x3C, 0, 1, 4, 1][..], &window, token.as_bytes(), &[0x80]].concat()
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let base = clean();
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("MP4", "mp4", &base, place, plant);
    let avc1 = [&table(b"stsd")[..], &[b"avc1"]].concat();
    let hevc = fixture("proved/hevc.mp4");
    let hvc1 = [&table(b"stsd")[..], &[b"hvc1"]].concat();
    let handler: &[&[u8; 4]] = &[b"moov", b"trak", b"mdia", b"hdlr"];
    let mut rows = vec![
        // Name, role, longitude, latitude, height, body and notes (3GPP TS 26.244).
        one("place in 3GPP form", &|t| said(b"loci", &[&mobile(t)[..], &[0; 13], b"earth\0\0"].concat())),
        one("cover picture", &|t| append(clean(), &[b"moov", b"udta"], &item(b"covr", 13, &super::second_picture(t)))),
        one("title", &|t| append(clean(), &[b"moov", b"udta"], &item(b"\xA9nam", 1, t.as_bytes()))),
        one("private tag", &|t| append(clean(), &[b"moov", b"udta"], &item(b"----", 1, t.as_bytes()))),
        one("Samsung record", &|t| said(b"smta", &boxed(b"saut", t.as_bytes()))),
        one("GoPro record", &|t| said(b"GPMF", t.as_bytes())),
        one("Windows tags", &|t| said(b"Xtra", &[&[0, 0, 0, 60, 0, 0, 0, 11][..], b"WM/Category", &[0, 0, 0, 1, 0, 0, 0, 38, 0, 8], &t.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>()].concat())),
        one("thumbnail", &|t| said(b"thmb", &super::second_picture(t))),
        one("record of unknown maker", &|t| said(b"jane", t.as_bytes())),
        one("user data of the track", &|t| append(clean(), &[b"moov", b"trak"], &boxed(b"udta", &boxed(b"name", t.as_bytes())))),
        one("XMP in a private box", &|t| behind(b"uuid", &[b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC", format!("<x:xmpmeta dc:creator='{t}'/>").as_bytes()].concat())),
        one("private box", &|t| behind(b"uuid", &[b"0123456789abcdef", t.as_bytes()].concat())),
        one("description of the whole file", &|t| behind(b"meta", &[&[0; 4][..], &boxed(b"hdlr", b"\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0"), &boxed(b"free", t.as_bytes())].concat())),
        one("free space", &|t| behind(b"free", t.as_bytes())),
        one("skipped space", &|t| behind(b"skip", t.as_bytes())),
        one("free space in the index", &|t| append(clean(), &[b"moov"], &boxed(b"free", t.as_bytes()))),
        one("free space of the track", &|t| append(clean(), &[b"moov", b"trak"], &boxed(b"free", t.as_bytes()))),
        one("second data", &|t| behind(b"mdat", t.as_bytes())),
        one("unused data", &|t| append(clean(), &[b"mdat"], t.as_bytes())),
        one("box of unknown kind", &|t| behind(b"jane", t.as_bytes())),
        one("bytes behind the end", &|t| edit(clean(), |f| f.extend(t.as_bytes()))).refused(),
        one("second index", &|t| behind(b"moov", &boxed(b"udta", &boxed(b"\xA9nam", &quicktime(t))))),
        one("handler name", &|t| replace(clean(), handler, 24..25, &[t.as_bytes(), b"\0"].concat())),
        one("name of the encoder", &|t| poke(clean(), &avc1, 42, &[&[16][..], t.as_bytes()].concat())),
        one("extension of the coding", &|t| append(clean(), &avc1, &boxed(b"jane", t.as_bytes()))),
        one("message of a camera", &|t| resample(clean(), 0..0, &message(5, &note(t)))),
        one("XMP in a message", &|t| resample(clean(), 0..0, &message(5, &note(&format!("<x:xmpmeta xmp:CreatorTool='{t}'/>"))))),
        one("captions in the stream", &|t| resample(clean(), 0..0, &message(4, &captions(t)))),
        one("registered message", &|t| resample(clean(), 0..0, &message(4, &[&[0x26, 0, 4][..], t.as_bytes()].concat()))),
        one("message of unknown kind", &|t| resample(clean(), 0..0, &message(200, t.as_bytes()))),
        one("filler unit", &|t| resample(clean(), 0..0, &unit(&[&[12], t.as_bytes(), &[0x80]].concat()))),
        one("unit of unspecified kind", &|t| resample(clean(), 0..0, &unit(&[&[30], t.as_bytes()].concat()))),
        one("message in HEVC", &|t| resample(hevc.clone(), 0..0, &unit(&[&[0x4E, 1, 5, 32][..], &note(t), &[0x80]].concat()))),
        one("HDR10+ message", &|t| resample(clean(), 0..0, &unit(&[&[6][..], &dynamic_range(t)].concat()))),
        one("HDR10+ message in HEVC", &|t| resample(hevc.clone(), 0..0, &unit(&[&[0x4E, 1][..], &dynamic_range(t)].concat()))),
        one("Dolby Vision unit in HEVC", &|t| resample(hevc.clone(), 0..0, &unit(&[&[0x7C, 1], t.as_bytes()].concat()))),
        one("Dolby Vision record", &|t| append(hevc.clone(), &hvc1, &boxed(b"dvcC", &[&[1, 0, 0x10, 0x15, 0x10, 0, 0, 0][..], t.as_bytes()].concat()))),
        one("spatial video record", &|t| append(hevc.clone(), &hvc1, &boxed(b"vexu", &boxed(b"eyes", &boxed(b"jane", t.as_bytes()))))),
        one("spatial video's other eye", &|t| resample(hevc.clone(), 0..0, &unit(&[&[0x02, 0x09], t.as_bytes()].concat()))),
        one("times of creation", &|t| { let mut f = clean(); for kind in [b"mvhd", b"tkhd", b"mdhd"] { let place = at(&f, kind) + 8; f[place..place + 8].copy_from_slice(&t.as_bytes()[8..]); } f }),
    ];
    // Eight bytes of the token are both times.
    if let Some(times) = rows.last_mut() {
        times.needles = times.needles.iter().map(|n| n[8..].to_vec()).collect();
    }
    for (kind, place) in [(b"\xA9xyz", "place"), (b"\xA9day", "day"), (b"\xA9mak", "maker"), (b"\xA9mod", "model"), (b"\xA9swr", "program"), (b"\xA9cmt", "comment")] {
        rows.push(row("MP4", "mp4", &base, format!("{place} in QuickTime form"), |t| said(kind, &quicktime(t))));
    }
    for (kind, place) in [(b"auth", "author"), (b"titl", "title"), (b"dscp", "description"), (b"cprt", "copyright"), (b"perf", "performer")] {
        rows.push(row("MP4", "mp4", &base, format!("{place} in 3GPP form"), |t| said(kind, &mobile(t))));
    }
    for (handler, coding, place) in [
        (b"meta", b"gpmd", "GoPro"), (b"camm", b"camm", "camera motion"), (b"meta", b"mebx", "live photo"),
        (b"meta", b"rtmd", "Sony"), (b"tmcd", b"tmcd", "time code"), (b"meta", b"djmd", "drone"),
        (b"clcp", b"c608", "captions"), (b"meta", b"mett", "text"), (b"jane", b"jane", "unknown"), (b"vide", b"avc1", "second video"),
    ] {
        rows.push(row("MP4", "mp4", &base, format!("{place} track"), |t| track(handler, coding, t)));
    }
    // What other tools wrote into the fixtures.
    let told = |format, extension, name: &str, place: &str, needle: &str| {
        let file = fixture(name);
        let mut row = row(format, extension, &base, place, |_| file);
        row.needles = vec![needle.as_bytes().to_vec()];
        row
    };
    for (place, needle) in [("subtitles", "CANARY-SUBTITLE"), ("chapters", "CANARY-CHAPTER"), ("key", "CANARY-AUTHOR"), ("artist", "CANARY-ARTIST")] {
        rows.push(told("MP4", "mp4", "proved/tells.mp4", place, needle));
    }
    rows.extend([
        told("MP4", "mp4", "film/messages.mp4", "note of an encoder", "CANARY-SEI-NOTE"),
        told("MOV", "mov", "proved/keys.mov", "maker by key", "CANARY-MAKE"),
        told("MOV", "mov", "proved/keys.mov", "place by key", "+27.5916+086.5640"),
        told("MOV", "mov", "proved/keys.mov", "date by key", "2024-05-06T07:08:09"),
        told("3GP", "3gp", "proved/tells.3gp", "title", "CANARY-TITLE"),
    ]);
    rows
}
