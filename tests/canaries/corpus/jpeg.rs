//! JPEG: every segment, the tables, and what lies behind the end.

use super::{
    Row, fixture, row, second_picture,
    tiff::{self, ASCII, RATIONAL, UNDEFINED, text},
};

/// A clean JPEG, as the encoder here writes it.
pub fn plain(width: u16, height: u16) -> Vec<u8> {
    let pixels: Vec<u8> = (0..u32::from(width) * u32::from(height) * 3).map(|i| (i * 5 / 4) as u8).collect();
    let mut out = Vec::new();
    jpeg_encoder::Encoder::new(&mut out, 90)
        .encode(&pixels, width, height, jpeg_encoder::ColorType::Rgb)
        .expect("encodes");
    out
}

/// `file` with a segment more behind its JFIF segment.
pub fn with(file: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = (body.len() as u16 + 2).to_be_bytes();
    [&file[..20], &[0xFF, marker], &length, body, &file[20..]].concat()
}

/// A colour profile (a matrix of sRGB's primaries would do as well) whose description is the token.
pub fn profile(token: &str) -> Vec<u8> {
    let file = fixture("display-p3.jpg");
    let at = file.windows(12).position(|w| w == b"ICC_PROFILE\0").expect("a profile") + 14;
    let length = u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize;
    let mut icc = file[at..at + length].to_vec();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let (old, mut new) = (wide("CANARY-ICC-DESCRIPTION"), wide(token));
    new.resize(old.len(), 0);
    while let Some(at) = icc.windows(old.len()).position(|w| w == old) {
        icc[at..at + old.len()].copy_from_slice(&new);
    }
    icc
}

fn app1(block: &[u8]) -> Vec<u8> {
    [b"Exif\0\0", block].concat()
}

fn photoshop(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut body =
        [b"Photoshop 3.0\08BIM", &kind.to_be_bytes()[..], &[0, 0], &(data.len() as u32).to_be_bytes(), data]
            .concat();
    body.resize(body.len().next_multiple_of(2), 0);
    body
}

/// A box.
fn boxed(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    [&(body.len() as u32 + 8).to_be_bytes()[..], kind, body].concat()
}

fn motion_video(token: &str) -> Vec<u8> {
    [boxed(b"ftyp", b"mp42\0\0\0\0mp42"), boxed(b"mdat", token.as_bytes())].concat()
}

/// A ZIP archive of one file, stored.
fn archive(token: &str) -> Vec<u8> {
    let sum = crate::sum::crc32(&[token.as_bytes()]).to_le_bytes();
    let size = (token.len() as u32).to_le_bytes();
    let head = [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &sum, &size, &size, &[5, 0, 0, 0], b"a.txt"].concat();
    [b"PK\x03\x04", &head[..], token.as_bytes()].concat()
}

/// Extended XMP in two segments under one GUID, a whole picture in base 64 inside.
fn extended_xmp(token: &str) -> Vec<u8> {
    let packet = format!(
        "<x:xmpmeta GImage:Mime='image/jpeg' GImage:Data='{}'/>",
        crate::search::base64(&second_picture(token))
    );
    let guid = b"0123456789ABCDEF0123456789ABCDEF";
    let half = packet.len() / 2;
    let mut file = plain(48, 32);
    for (from, part) in [(half, &packet[half..]), (0, &packet[..half])] {
        let place = [(packet.len() as u32).to_be_bytes(), (from as u32).to_be_bytes()].concat();
        let body = [b"http://ns.adobe.com/xmp/extension/\0", &guid[..], &place, part.as_bytes()].concat();
        file = with(&file, 0xE1, &body);
    }
    let main = format!("<x:xmpmeta xmpNote:HasExtendedXMP='{}'/>", String::from_utf8_lossy(guid));
    with(&file, 0xE1, &[b"http://ns.adobe.com/xap/1.0/\0", main.as_bytes()].concat())
}

/// A second picture behind the first, with the index that says where it lies.
fn multi_picture(token: &str) -> Vec<u8> {
    let base = plain(48, 32);
    let second = second_picture(token);
    let index = |first: u32, at: u32| {
        let entries: Vec<u8> = [(0x2003_0000u32, first, 0u32), (0, second.len() as u32, at)]
            .into_iter()
            .flat_map(|(kind, size, at)| {
                [kind.to_le_bytes(), size.to_le_bytes(), at.to_le_bytes(), [0; 4]].concat()
            })
            .collect();
        tiff::block(&[tiff::Directory {
            entries: vec![
                (0xB000, UNDEFINED, b"0100".to_vec()),
                tiff::long(0xB001, 2),
                (0xB002, UNDEFINED, entries),
            ],
            ..tiff::Directory::default()
        }])
    };
    let build = |first, at| with(&base, 0xE2, &[b"MPF\0".to_vec(), index(first, at)].concat());
    let length = build(0, 0).len() as u32;
    // Places count from the index's own header, which begins 28 bytes into the file.
    [build(length, length - 28), second].concat()
}

#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    let base = plain(48, 32);
    let one = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| row("JPEG", "jpg", &base, place, plant);
    let exif = |place: &'static str, plant: &dyn Fn(&str) -> Vec<u8>| one(place, &|t| with(&base, 0xE1, &app1(&plant(t))));
    let sos = base.windows(2).position(|w| w == [0xFF, 0xDA]).expect("a scan");
    let mut rows: Vec<Row> = vec![
        exif("Exif description", &|t| tiff::exif(text(0x010E, t))),
        exif("Exif maker", &|t| tiff::exif(text(0x010F, t))),
        exif("Exif model", &|t| tiff::exif(text(0x0110, t))),
        exif("Exif software", &|t| tiff::exif(text(0x0131, t))),
        exif("Exif artist", &|t| tiff::exif(text(0x013B, t))),
        exif("Exif host computer", &|t| tiff::exif(text(0x013C, t))),
        exif("Exif copyright", &|t| tiff::exif(text(0x8298, t))),
        exif("Exif Windows author", &|t| tiff::exif((0x9C9D, tiff::BYTE, t.encode_utf16().flat_map(u16::to_le_bytes).collect()))),
        exif("Exif comment", &|t| tiff::exif_below(0x8769, (0x9286, UNDEFINED, [b"ASCII\0\0\0", t.as_bytes()].concat()))),
        exif("Exif comment in Unicode", &|t| tiff::exif_below(0x8769, (0x9286, UNDEFINED, [b"UNICODE\0".to_vec(), t.encode_utf16().flat_map(u16::to_le_bytes).collect()].concat()))),
        exif("Exif owner", &|t| tiff::exif_below(0x8769, text(0xA430, t))),
        exif("Exif serial number", &|t| tiff::exif_below(0x8769, text(0xA431, t))),
        exif("Exif lens serial number", &|t| tiff::exif_below(0x8769, text(0xA435, t))),
        exif("Exif picture number", &|t| tiff::exif_below(0x8769, text(0xA420, t))),
        exif("Exif date", &|t| tiff::exif_below(0x8769, text(0x9003, t))),
        exif("Exif maker note", &|t| tiff::exif_below(0x8769, (0x927C, UNDEFINED, [b"Apple iOS\0\0\x01MM", t.as_bytes()].concat()))),
        exif("Exif sound file", &|t| tiff::exif_below(0x8769, text(0xA004, t))),
        exif("Exif GPS position", &|t| tiff::exif_below(0x8825, (2, RATIONAL, [t.as_bytes(), &[1, 0, 0, 0, 1, 0, 0, 0]].concat()))),
        exif("Exif GPS area", &|t| tiff::exif_below(0x8825, (0x1C, UNDEFINED, [b"ASCII\0\0\0", t.as_bytes()].concat()))),
        exif("Exif interoperability", &|t| tiff::exif_below(0xA005, text(1, t))),
        exif("Exif private tag", &|t| tiff::exif((0xFDE8, ASCII, t.as_bytes().to_vec()))),
        exif("Exif thumbnail", &|t| tiff::exif_thumbnail(second_picture(t))),
        exif("Exif bytes behind", &|t| [tiff::exif(text(0x010F, "Maker")), t.as_bytes().to_vec()].concat()),
        one("XMP", &|t| with(&base, 0xE1, format!("http://ns.adobe.com/xap/1.0/\0<x:xmpmeta dc:creator='{t}'/>").as_bytes())),
        one("XMP face name", &|t| with(&base, 0xE1, format!("http://ns.adobe.com/xap/1.0/\0<rdf:li mwg-rs:Name='{t}' mwg-rs:Type='Face'/>").as_bytes())),
        one("extended XMP picture", &extended_xmp),
        one("colour profile", &|t| with(&base, 0xE2, &[b"ICC_PROFILE\0\x01\x01", &profile(t)[..]].concat())),
        one("MPF second picture", &multi_picture),
        one("FlashPix", &|t| with(&base, 0xE2, &[b"FPXR\0", t.as_bytes()].concat())),
        one("gain map notice", &|t| with(&base, 0xE2, &[b"urn:iso:std:iso:ts:21496:-1\0", t.as_bytes()].concat())),
        one("JFXX thumbnail", &|t| with(&base, 0xE0, &[b"JFXX\0\x10", &second_picture(t)[..]].concat())),
        one("JFIF thumbnail", &|t| { let mut f = base.clone(); f.splice(18..20, [2, 3].into_iter().chain(*b"12").chain(t.bytes())); f[5] += 18; f }),
        one("content credentials", &|t| with(&base, 0xEB, &[b"JP\0\x01\0\0\0\x01\0\0\0\x30jumb", t.as_bytes()].concat())),
        one("Photoshop caption", &|t| with(&base, 0xED, &photoshop(0x0404, &[&[0x1C, 2, 120, 0, 16][..], t.as_bytes()].concat()))),
        one("Photoshop thumbnail", &|t| with(&base, 0xED, &photoshop(0x040C, &[&[0; 28][..], &second_picture(t)].concat()))),
        one("Photoshop path name", &|t| with(&base, 0xED, &photoshop(2000, t.as_bytes()))),
        one("comment", &|t| with(&base, 0xFE, t.as_bytes())),
        one("unused quantisation table", &|t| { let mut body = vec![3]; body.extend(t.as_bytes()); body.resize(65, 1); with(&base, 0xDB, &body) }),
        one("unused Huffman table", &|t| { let mut body = vec![0x13, 0, 0, 0, 0, 16]; body.resize(17, 0); body.extend(t.as_bytes()); with(&base, 0xC4, &body) }),
        one("bytes between segments", &|t| [&base[..20], t.as_bytes(), &base[20..]].concat()).refused(),
        one("comment before the scan", &|t| [&base[..sos], &[0xFF, 0xFE, 0, 18], t.as_bytes(), &base[sos..]].concat()),
        one("comment after the scan", &|t| [&base[..base.len() - 2], &[0xFF, 0xFE, 0, 18], t.as_bytes(), &[0xFF, 0xD9]].concat()),
        one("motion photo behind the end", &|t| [base.clone(), motion_video(t)].concat()),
        one("ZIP behind the end", &|t| [base.clone(), archive(t)].concat()),
        one("second picture behind the end", &|t| [base.clone(), second_picture(t)].concat()),
        one("rest of a larger picture behind the end", &|t| { let old = with(&plain(96, 64), 0xFE, t.as_bytes()); [&base, &old[24..]].concat() }),
        one("Samsung trailer", &|t| [base.clone(), [&b"\0\0\x01\x0A\x0E\0\0\0Image_UTC_Data"[..], t.as_bytes(), b"SEFHe\0\0\0\x01\0\0\0\0\0\x01\x0A\x3C\0\0\0\x26\0\0\0\x18\0\0\0SEFT"].concat()].concat()),
        one("bytes behind the end", &|t| [base.clone(), t.as_bytes().to_vec()].concat()),
    ];
    for n in [3u8, 4, 5, 6, 7, 8, 9, 10, 12, 14, 15] {
        let place = format!("APP{n}");
        rows.push(row("JPEG", "jpg", &base, place, |t| with(&base, 0xE0 | n, &[b"Maker\0", t.as_bytes()].concat())));
    }
    rows
}
