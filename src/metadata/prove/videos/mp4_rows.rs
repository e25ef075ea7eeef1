//! The rows of whole MP4 files: boxes, times, names, tables, data. Apart from the test that walks them, so that a new
//! row is one line in a file of rows.

use super::{
    Fault, Row, VideoForm, clean,
    plant::{append, boxed, boxes, edit, poke, replace, table},
};

fn mp4() -> Vec<u8> {
    clean("h264.mp4")
}

/// A box at the end of the last box of `path`.
fn with(path: &[&[u8; 4]], kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    append(mp4(), path, &boxed(kind, body))
}

/// A box in front of all others in the last box of `path`.
fn before(path: &[&[u8; 4]], kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    replace(mp4(), path, 0..0, &boxed(kind, body))
}

/// A box in front of the movie's user data.
fn in_movie(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let start = boxes(&mp4(), &[b"moov", b"udta"]);
    replace(mp4(), &[b"moov"], start[1] - start[0] - 8..start[1] - start[0] - 8, &boxed(kind, body))
}

/// A box between the index and the data.
fn between(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let planted = boxed(kind, body);
    let file = replace(mp4(), &[b"moov"], 0..0, &planted);
    // The places follow as if the box were in the index; then it is moved behind it.
    let (moov, length) = (boxes(&file, &[b"moov"])[0], planted.len());
    edit(file, |f| {
        f.drain(moov + 8..moov + 8 + length);
        let size = u32::from_be_bytes([f[moov], f[moov + 1], f[moov + 2], f[moov + 3]]) - length as u32;
        f[moov..moov + 4].copy_from_slice(&size.to_be_bytes());
        let end = moov + size as usize;
        f.splice(end..end, planted);
    })
}

/// The second file's first track as a second track of the first.
fn two_tracks(other: &str) -> Vec<u8> {
    let other = clean(other);
    let start = boxes(&other, &[b"moov", b"trak"])[1];
    let end =
        start + u32::from_be_bytes([other[start], other[start + 1], other[start + 2], other[start + 3]]) as usize;
    let mut trak = other[start..end].to_vec();
    trak[8 + 8 + 15] = 2;
    let udta = boxes(&mp4(), &[b"moov", b"udta"]);
    let at = udta[1] - udta[0] - 8;
    poke(replace(mp4(), &[b"moov"], at..at, &trak), &[b"moov", b"mvhd"], 96, &[0, 0, 0, 3])
}

const MDIA: [&[u8; 4]; 3] = [b"moov", b"trak", b"mdia"];

/// The path to the description of the pictures, and a box in it.
fn entry(kind: &'static [u8; 4]) -> Vec<&'static [u8; 4]> {
    [&table(b"stsd")[..], &[b"avc1", kind]].concat()
}

fn in_entry(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let path = [&table(b"stsd")[..], &[b"avc1"]].concat();
    append(mp4(), &path, &boxed(kind, body))
}

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    use Fault::{CutShort, Forbidden, Missing, Trailing, Value};
    let form = VideoForm::Mp4;
    let tkhd: &[&[u8; 4]] = &[b"moov", b"trak", b"tkhd"];
    let mvhd: &[&[u8; 4]] = &[b"moov", b"mvhd"];
    let mdhd = [&MDIA[..], &[b"mdhd"]].concat();
    let hdlr = [&MDIA[..], &[b"hdlr"]].concat();
    let trak: &[&[u8; 4]] = &[b"moov", b"trak"];
    let place = boxed(b"\xA9xyz", b"\0\x12\x15\xC7+27.5916+086.5640/");
    let (end_of_udta, end_of_mdat) = (53, 1504);
    let rows: Vec<(&str, Vec<u8>, Fault)> = vec![
        ("a place in the user data", append(mp4(), &[b"moov", b"udta"], &place), Forbidden("user data")),
        ("a place in front of the empty list", replace(mp4(), &[b"moov", b"udta"], 0..0, &place), Forbidden("user data")),
        ("a tag in the empty list", replace(mp4(), &[b"moov", b"udta"], end_of_udta..end_of_udta, &boxed(b"\xA9nam", b"Jane")), Forbidden("user data")),
        ("another maker in the empty list", poke(mp4(), &[b"moov", b"udta"], 32, b"jane"), Forbidden("user data")),
        ("second user data", with(&[b"moov"], b"udta", &place), Forbidden("user data")),
        ("user data of a track", with(trak, b"udta", &place), Forbidden("user data")),
        ("metadata of the movie", in_movie(b"meta", b"\0\0\0\0"), Forbidden("a metadata box")),
        ("metadata of a track", with(trak, b"meta", b"\0\0\0\0"), Forbidden("a metadata box")),
        ("metadata between index and data", between(b"meta", b"\0\0\0\0"), Forbidden("a metadata box")),
        ("metadata behind the data", edit(mp4(), |f| f.extend(boxed(b"meta", b"\0\0\0\0"))), Forbidden("a metadata box")),
        ("XMP in a private box", between(b"uuid", b"\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC<x/>"), Forbidden("a box of a private type")),
        ("a private box in the movie", in_movie(b"uuid", &[7; 20]), Forbidden("a box of a private type")),
        ("a private box in a track", with(trak, b"uuid", &[7; 20]), Forbidden("a box of a private type")),
        ("a private box behind the data", edit(mp4(), |f| f.extend(boxed(b"uuid", &[7; 20]))), Forbidden("a box of a private type")),
        ("free space with bytes", between(b"free", b"Jane"), Forbidden("free space")),
        ("free space with zeros", between(b"free", &[0; 4]), Forbidden("free space")),
        ("free space twice", between(b"free", b""), Forbidden("free space")),
        ("skipped space", between(b"skip", b""), Forbidden("free space")),
        ("free space in the movie", in_movie(b"free", b"Jane"), Forbidden("free space")),
        ("free space in a sample table", with(&[&MDIA[..], &[b"minf", b"stbl"]].concat(), b"free", b"Jane"), Forbidden("free space")),
        ("free space behind the data", edit(mp4(), |f| f.extend(boxed(b"free", b"Jane"))), Forbidden("free space")),
        ("a box of unknown type between", between(b"JANE", b"x"), Missing("the data")),
        ("a box of unknown type in the movie", in_movie(b"JANE", b"x"), Forbidden("a box of unknown type")),
        ("a box of unknown type behind the data", edit(mp4(), |f| f.extend(boxed(b"JANE", b"x"))), Trailing("the data")),
        ("bytes behind the data", edit(mp4(), |f| f.extend(b"Jane")), Trailing("the data")),
        ("one byte behind the data", edit(mp4(), |f| f.push(0)), Trailing("the data")),
        ("a whole second video behind the data", [mp4(), mp4()].concat(), Forbidden("a second file header")),
        ("a second index", edit(mp4(), |f| { let moov = f[32..796].to_vec(); f.extend(moov); }), Forbidden("a second index")),
        ("a second index in front", between(b"moov", b""), Forbidden("a second index")),
        ("further data", edit(mp4(), |f| f.extend(boxed(b"mdat", b"Jane"))), Forbidden("further data")),
        ("a fragment", between(b"moof", b""), Forbidden("a fragment")),
        ("a streaming box", between(b"emsg", b""), Forbidden("a streaming box")),
        ("a signed record", between(b"jumb", b"c2pa"), Missing("the data")),
        ("another brand", poke(mp4(), &[b"ftyp"], 0, b"qt  "), Value("the file header")),
        ("a version of the brand", poke(mp4(), &[b"ftyp"], 4, &[1]), Value("the file header")),
        ("a further brand", append(mp4(), &[b"ftyp"], b"jane"), Value("the file header")),
        ("no file header", mp4()[32..].to_vec(), Missing("the file header")),
        ("a movie's time of creation", poke(mp4(), mvhd, 4, &[0xE0]), Value("a time of creation")),
        ("a movie's time of modification", poke(mp4(), mvhd, 11, &[1]), Value("a time of modification")),
        ("a track's time of creation", poke(mp4(), tkhd, 7, &[1]), Value("a time of creation")),
        ("a track's time of modification", poke(mp4(), tkhd, 8, &[0xE0]), Value("a time of modification")),
        ("a medium's time of creation", poke(mp4(), &mdhd, 4, &[0xE0]), Value("a time of creation")),
        ("a medium's time of modification", poke(mp4(), &mdhd, 8, &[0xE0]), Value("a time of modification")),
        ("a movie's rate", poke(mp4(), mvhd, 21, &[2]), Value("the movie header")),
        ("a movie's volume", poke(mp4(), mvhd, 24, &[0]), Value("the movie header")),
        ("bytes in the movie header's reserve", poke(mp4(), mvhd, 26, b"Jane"), Value("the movie header")),
        ("a movie's matrix", poke(mp4(), mvhd, 36, &[0xFF]), Value("the movie's matrix")),
        ("a preview's times", poke(mp4(), mvhd, 75, &[1]), Value("the movie header")),
        ("another number of tracks", poke(mp4(), mvhd, 99, &[9]), Value("the number of tracks")),
        ("another length of the movie", poke(mp4(), mvhd, 19, &[0xE9]), Value("the movie's length")),
        ("a shorter movie", poke(mp4(), mvhd, 19, &[0xE7]), Value("a track's length")),
        ("a track that is not shown", poke(mp4(), tkhd, 3, &[2]), Value("a track's header")),
        ("another number of a track", poke(mp4(), tkhd, 15, &[7]), Value("a track's number")),
        ("bytes in a track's reserve", poke(mp4(), tkhd, 16, b"Jane"), Value("a track's header")),
        ("a layer", poke(mp4(), tkhd, 33, &[1]), Value("a track's header")),
        ("a group of alternatives", poke(mp4(), tkhd, 35, &[1]), Value("a track's header")),
        ("a turned picture", poke(mp4(), tkhd, 40, &[0, 0, 0, 0, 0, 1, 0, 0]), Value("a track's matrix")),
        ("a smaller track", poke(mp4(), tkhd, 77, &[32]), Value("a track's size")),
        ("another length of a track", poke(mp4(), tkhd, 23, &[0xE7]), Value("a track's length")),
        ("another length of a medium", poke(mp4(), &mdhd, 19, &[1]), Value("a track's length")),
        ("a language", poke(mp4(), &mdhd, 20, &[0x15, 0xC7]), Value("a track's language")),
        ("a quality", poke(mp4(), &mdhd, 23, &[1]), Value("a track's media header")),
        ("a handler's name", replace(mp4(), &hdlr, 24..25, b"VideoHandler\0"), Value("a handler's name")),
        ("a name behind the handler's empty name", append(mp4(), &hdlr, b"Jane"), Trailing("a handler's name")),
        ("a handler's maker", poke(mp4(), &hdlr, 12, b"appl"), Value("a track's handler")),
        ("a timed metadata track", poke(mp4(), &hdlr, 8, b"meta"), Forbidden("a timed metadata track")),
        ("a subtitle track", poke(mp4(), &hdlr, 8, b"sbtl"), Forbidden("a subtitle track")),
        ("a time code track", poke(mp4(), &hdlr, 8, b"tmcd"), Forbidden("a time code track")),
        ("a second video track", two_tracks("h264.mp4"), Value("a track's header")),
        ("an edit list", { let at = boxes(&mp4(), trak); let i = boxes(&mp4(), tkhd)[2] - at[1] - 8 + 92; replace(mp4(), trak, i..i, &boxed(b"edts", &boxed(b"elst", &[0; 20]))) }, Forbidden("an edit list")),
        ("an edit list at the end", with(trak, b"edts", &[0; 20]), Forbidden("an edit list")),
        ("a reference to another track", before(&[b"moov", b"trak", b"mdia"], b"tref", &[0; 8]), Forbidden("a reference to another track")),
        ("an aperture", with(trak, b"tapt", &[0; 8]), Forbidden("an aperture")),
        ("a named language", before(&[&MDIA[..], &[b"minf"]].concat(), b"elng", b"\0\0\0\0en\0"), Forbidden("a language")),
        ("an external reference", replace(mp4(), &[&MDIA[..], &[b"minf", b"dinf", b"dref"]].concat(), 19..20, b"\0http://jane/"), Value("the data reference")),
        ("two descriptions", poke(mp4(), &table(b"stsd"), 7, &[2]), Value("a sample description")),
        ("a second description", append(mp4(), &table(b"stsd"), &boxed(b"avc1", &[0; 80])), Forbidden("a box of unknown type")),
        ("another codec", poke(mp4(), &table(b"stsd"), 12, b"mp4v"), Forbidden("a codec of another kind")),
        ("an encrypted track", poke(mp4(), &table(b"stsd"), 12, b"encv"), Forbidden("a codec of another kind")),
        ("an encoder's name", poke(mp4(), &table(b"stsd"), 8 + 8 + 8 + 16 + 8 + 10 + 1 + 8, b"Jane"), Value("the encoder's name")),
        ("bytes behind the encoder's name", poke(mp4(), &table(b"stsd"), 8 + 8 + 8 + 16 + 8 + 10 + 1 + 20, b"Jane"), Value("the encoder's name")),
        ("another resolution", poke(mp4(), &table(b"stsd"), 8 + 8 + 8 + 16 + 4 + 1, &[0x49]), Value("a sample description")),
        ("another depth", poke(mp4(), &table(b"stsd"), 8 + 8 + 8 + 16 + 4 + 14 + 32 + 1, &[0x20]), Value("a sample description")),
        ("a vendor", poke(mp4(), &table(b"stsd"), 8 + 8 + 8 + 4, b"jane"), Value("a sample description")),
        ("another size than coded", poke(mp4(), &table(b"stsd"), 8 + 8 + 8 + 16 + 1, &[0x20]), Value("the size of the picture")),
        ("a colour profile", in_entry(b"colr", b"profJane's monitor"), Forbidden("a misplaced property of the picture")),
        ("a colour profile in its place", { let p = entry(b"pasp"); let s = boxes(&mp4(), &p); let i = s[p.len() - 1] - s[p.len() - 2] - 8; replace(mp4(), &p[..p.len() - 1], i..i, &boxed(b"colr", b"profJane's monitor")) }, Forbidden("a colour profile")),
        ("a colour description of unknown kind", { let p = entry(b"pasp"); let s = boxes(&mp4(), &p); let i = s[p.len() - 1] - s[p.len() - 2] - 8; replace(mp4(), &p[..p.len() - 1], i..i, &boxed(b"colr", b"nclxJaneRoe")) }, Value("a colour description")),
        ("a crop", in_entry(b"clap", &[0; 32]), Forbidden("a crop")),
        ("brightness", in_entry(b"mdcv", &[0; 24]), Forbidden("notes on brightness")),
        ("a lens", in_entry(b"sv3d", &[0; 24]), Forbidden("notes on the lens")),
        ("a box of unknown type at the codec", in_entry(b"JANE", b"x"), Forbidden("a box of unknown type")),
        ("a pixel aspect that the pictures do not have", poke(mp4(), &entry(b"pasp"), 3, &[2]), Value("a pixel aspect")),
        ("another bit rate", poke(mp4(), &entry(b"btrt"), 11, &[1]), Value("a bit rate")),
        ("a buffer", poke(mp4(), &entry(b"btrt"), 3, &[1]), Value("a bit rate")),
        ("bytes behind the configuration", append(mp4(), &entry(b"avcC"), b"Jane"), Trailing("the H.264 configuration")),
        ("another profile in the configuration", poke(mp4(), &entry(b"avcC"), 3, &[30]), Value("the H.264 configuration")),
        ("short lengths of units", poke(mp4(), &entry(b"avcC"), 4, &[0xFD]), Value("the H.264 configuration")),
        ("times out of order", with(&[&MDIA[..], &[b"minf", b"stbl"]].concat(), b"ctts", &[0; 8]), Forbidden("times that differ from the coded order")),
        ("groups of samples", with(&[&MDIA[..], &[b"minf", b"stbl"]].concat(), b"sgpd", &[0; 8]), Forbidden("a group of samples")),
        ("notes on samples", with(&[&MDIA[..], &[b"minf", b"stbl"]].concat(), b"sdtp", &[0; 14]), Forbidden("notes on samples")),
        ("a picture that lasts no time", replace(mp4(), &table(b"stts"), 4..16, &[0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 0, 0]), Value("the table of times")),
        ("a run of times cut in two", replace(mp4(), &table(b"stts"), 4..16, &[0, 0, 0, 2, 0, 0, 0, 9, 0, 0, 4, 0, 0, 0, 0, 1, 0, 0, 4, 0]), Value("the table of times")),
        ("fewer times than pictures", poke(mp4(), &table(b"stts"), 11, &[9]), Value("the table of times")),
        ("bytes behind the table of times", append(mp4(), &table(b"stts"), b"Jane"), Trailing("the table of times")),
        ("a hidden key picture", poke(mp4(), &table(b"stss"), 11, &[2]), Value("the table of key pictures")),
        ("a key picture that is not there", poke(mp4(), &table(b"stss"), 11, &[11]), Value("the table of key pictures")),
        ("a further chunk", poke(mp4(), &table(b"stsc"), 15, &[9]), Value("the table of chunks")),
        ("another description", poke(mp4(), &table(b"stsc"), 19, &[2]), Value("the table of chunks")),
        ("a size too small", poke(mp4(), &table(b"stsz"), 13, &[0, 0, 0x60]), Value("a bit rate")),
        ("a size from one picture to the next", edit(mp4(), |f| { let at = boxes(f, &table(b"stsz"))[5] + 20; f[at + 3] -= 1; f[at + 7] += 1; }), CutShort("a NAL unit")),
        ("fewer sizes than pictures", poke(mp4(), &table(b"stsz"), 11, &[9]), Trailing("the table of sizes")),
        ("more sizes than pictures", poke(mp4(), &table(b"stsz"), 11, &[11]), CutShort("the table of sizes")),
        ("a sample without bytes", poke(mp4(), &table(b"stsz"), 16, &[0; 4]), Value("a sample without bytes")),
        ("another place", poke(mp4(), &table(b"stco"), 11, &[0x2D]), Trailing("the last sample of a chunk")),
        ("a place before the data", poke(mp4(), &table(b"stco"), 10, &[0]), Value("the table of places")),
        ("bytes before the first sample", replace(poke(mp4(), &table(b"stco"), 11, &[0x30]), &[b"mdat"], 0..0, b"Jane"), Trailing("the last sample of a chunk")),
        ("bytes after the last sample", replace(mp4(), &[b"mdat"], end_of_mdat..end_of_mdat, b"Jane"), Trailing("the last sample")),
        ("data longer than the file", poke(mp4(), &[b"mdat"], 0, &[]).into_iter().take(2300).collect(), CutShort("a box")),
        ("data shorter than the samples", edit(mp4(), |f| { let at = boxes(f, &[b"mdat"])[0]; f[at + 3] -= 8; }), CutShort("the data")),
        ("a length of the data in eight bytes with the room kept", edit(mp4(), |f| { let at = boxes(f, &[b"mdat"])[0]; f[at..at + 4].copy_from_slice(&[0, 0, 0, 1]); }), CutShort("a box")),
        ("an index too large", poke(mp4(), &[b"moov"], 0, &[]).into_iter().enumerate().map(|(i, b)| if i == 32 { 0x7F } else { b }).collect(), CutShort("a box")),
    ];
    rows.into_iter().map(|(planted, file, fault)| (planted, form, file, fault)).collect()
}
