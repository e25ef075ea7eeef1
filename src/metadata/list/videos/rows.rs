//! The rows: what is planted and what must be listed. Files of independent tools come from the fixtures; what those
//! tools cannot write is planted here.

use super::{
    super::Reveals::{self, Device, FreeText, Person, Place, SecondPicture, Technical, Time},
    Row,
};
use crate::metadata::plant::{
    append, at, boxed, boxes, edit, element, fixture, packet, poke, replace, resample, rewrite, table, unit,
};

const SEGMENT: u32 = 0x1853_8067;
const HDLR: [&[u8; 4]; 4] = [b"moov", b"trak", b"mdia", b"hdlr"];

fn mp4() -> Vec<u8> {
    fixture("h264.mp4")
}

/// A box in the user data.
fn said(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    append(mp4(), &[b"moov", b"udta"], &boxed(kind, body))
}

/// A box behind the data.
fn behind(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    edit(mp4(), |f| f.extend(boxed(kind, body)))
}

/// The track as one of another kind and coding.
fn track(handler: &[u8; 4], coding: &[u8; 4]) -> Vec<u8> {
    poke(poke(mp4(), &HDLR, 8, handler), &table(b"stsd"), 12, coding)
}

/// Something behind everything else in the segment or an element of it.
fn mkv(path: &[u32], id: u32, body: &[u8]) -> Vec<u8> {
    rewrite(&fixture("h264.mkv"), &[&[SEGMENT], path].concat(), &|inner| inner.extend(element(id, body)))
}

/// A chunk behind all others.
fn avi(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    edit(fixture("tells.avi"), |f| {
        f.extend([&kind[..], &(body.len() as u32).to_le_bytes(), body].concat());
        let length = f.len() as u32 - 8;
        f[4..8].copy_from_slice(&length.to_le_bytes());
    })
}

/// A packet behind the tables.
fn ts(stream: u16, begins: bool, payload: &[u8]) -> Vec<u8> {
    edit(fixture("h264.ts"), |f| {
        f.splice(564..564, packet(stream, begins, 0, payload));
    })
}

/// The list of streams with a further one.
fn streams(kind: u8) -> Vec<u8> {
    let list = [
        0, 2, 0xB0, 0x17, 0, 1, 0xC1, 0, 0, 0xE1, 0, 0xF0, 0, 0x1B, 0xE1, 0, 0xF0, 0, kind, 0xE1, 5, 0xF0, 0, 0, 0,
        0, 0,
    ];
    edit(fixture("h264.ts"), |f| {
        f.splice(376..564, packet(0x1000, true, 0, &list));
    })
}

/// The file's own track a second time.
fn twice() -> Vec<u8> {
    let file = mp4();
    let at = boxes(&file, &[b"moov", b"trak"]);
    let length = u32::from_be_bytes([file[at[1]], file[at[1] + 1], file[at[1] + 2], file[at[1] + 3]]) as usize;
    let trak = file[at[1]..at[1] + length].to_vec();
    append(file, &[b"moov"], &trak)
}

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    let message = [&b"\x06\x05\x1A"[..], &[7; 16], b"MRN 123456\x80"].concat();
    let captions = b"\x06\x04\x0A\xB5\x00\x31GA94\x03\xC0\xFF\x80";
    let tells = |name: &'static str| fixture(name);
    let coordinates = "27.5916° N, 86.5640° E";
    let noon = [0u8, 0x70, 0x70, 5, 0xEC, 0x14, 0x07, 0x08, 0x09];
    let private = edit(fixture("h264.ts"), |f| {
        let room = f.chunks(188).rposition(|p| p[3] & 0x20 != 0 && p[4] > 20 && p[5] == 0).expect("a packet with room") * 188;
        f[room + 5..room + 11].copy_from_slice(b"\x02\x04Jane");
    });
    let shared: Vec<(&'static str, Vec<u8>, &'static str, Reveals, &'static str)> = vec![
        ("creation time of the movie", tells("tells.mp4"), "MP4 movie creation time", Time, "2024-05-06 07:08:09 UTC"),
        ("modification time of a track", tells("tells.mp4"), "MP4 video track modification time", Time, "2024-05-06"),
        ("creation time of a medium", tells("tells.mp4"), "MP4 video track media creation time", Time, "2024-05-06"),
        ("handler name", tells("tells.mp4"), "MP4 video track handler name", Device, "CANARY-HANDLER"),
        ("encoder name", tells("tells.mp4"), "MP4 video track encoder name", Device, "libx264"),
        ("encoder settings", tells("tells.mp4"), "MP4 H.264 or HEVC encoder settings", Device, "x264 - core"),
        ("sound", tells("tells.mp4"), "MP4 sound track", Person, ""),
        ("language", tells("tells.mp4"), "MP4 sound track language", Person, "nep"),
        ("subtitles", tells("tells.mp4"), "MP4 subtitle track", Person, "tx3g"),
        ("chapters", tells("tells.mp4"), "MP4 video track chapters", FreeText, ""),
        ("title", tells("tells.mp4"), "MP4 tag ©nam", FreeText, "CANARY-TITLE"),
        ("artist", tells("tells.mp4"), "MP4 tag ©ART", Person, "CANARY-ARTIST"),
        ("muxer", tells("tells.mp4"), "MP4 tag ©too", Device, "Lavf"),
        ("place in 3GPP form", tells("tells.mp4"), "MP4 loci", Place, coordinates),
        ("Windows tag", tells("tells.mp4"), "MP4 Windows tag WM/Category", FreeText, "CANARY-XTRA"),
        ("model in user data", tells("tells.mp4"), "MP4 ©mod", Device, "CANARY-UDTA"),
        ("author by key", tells("tells.mp4"), "MP4 tag com.apple.quicktime.author", Person, "CANARY-AUTHOR"),
        ("XMP", tells("tells.mp4"), "MP4 XMP dc:creator", Person, "CANARY-XMP"),
        ("title in 3GP", tells("tells.3gp"), "MP4 titl", FreeText, "CANARY-TITLE"),
        ("place in 3GP", tells("tells.3gp"), "MP4 loci", Place, coordinates),
        ("place by key", tells("keys.mov"), "MP4 tag com.apple.quicktime.location.ISO6709", Place, coordinates),
        ("maker by key", tells("keys.mov"), "MP4 tag com.apple.quicktime.make", Device, "CANARY-MAKE"),
        ("date by key", tells("keys.mov"), "MP4 tag com.apple.quicktime.creationdate", Time, "2024-05-06T07:08:09"),
        ("vendor", tells("keys.mov"), "MP4 video track vendor", Device, "FFMP"),
        ("hidden pictures", tells("trimmed.mp4"), "MP4 edit list", SecondPicture, "15 of 30 pictures"),
        ("place in QuickTime form", said(b"\xA9xyz", b"\0\x12\x15\xC7+27.5916+086.5640/"), "MP4 ©xyz", Place, coordinates),
        ("day in QuickTime form", said(b"\xA9day", b"\0\x04\x15\xC72024"), "MP4 ©day", Time, "2024"),
        ("maker in QuickTime form", said(b"\xA9mak", b"\0\x05\x15\xC7Maker"), "MP4 ©mak", Device, "Maker"),
        ("program in QuickTime form", said(b"\xA9swr", b"\0\x03\x15\xC71.2"), "MP4 ©swr", Device, "1.2"),
        ("name in 3GPP form", said(b"auth", b"\0\0\0\0\x55\xC4\xFE\xFF\0J\0o"), "MP4 auth", Person, "Jo"),
        ("GoPro's record", said(b"GPMF", b"DEVC"), "MP4 GPMF", Place, "4 bytes"),
        ("GoPro's firmware", said(b"FIRM", b"HD9.01"), "MP4 FIRM", Device, "HD9.01"),
        ("Samsung's record", said(b"SDLN", b"SEQ_PLAY"), "MP4 SDLN", Device, "SEQ_PLAY"),
        ("thumbnail", said(b"thmb", b"jpeg"), "MP4 thmb", SecondPicture, ""),
        ("record of unknown maker", said(b"jane", b"Jane Roe"), "MP4 jane", FreeText, "Jane Roe"),
        ("cover", append(mp4(), &[b"moov"], &boxed(b"meta", &[&[0; 4][..], &boxed(b"ilst", &boxed(b"covr", &boxed(b"data", b"\0\0\0\x0D\0\0\0\0\xFF\xD8")))].concat())), "MP4 cover picture", SecondPicture, ""),
        ("private box", behind(b"uuid", b"0123456789abcdefJane"), "MP4 private box", FreeText, "Jane"),
        ("private box with GPS", behind(b"uuid", b"0123456789abcdef$GPRMC,1"), "MP4 private box with GPS", Place, "$GPRMC"),
        ("Canon's record", behind(b"uuid", b"\x85\xC0\xB6\x87\x82\x0F\x11\xE0\x81\x11\xF4\xCE\x46\x2B\x6A\x48x"), "MP4 Canon record", Device, ""),
        ("free space with bytes", behind(b"free", b"Jane"), "MP4 free space", FreeText, "Jane"),
        ("free space with bytes in the index", append(mp4(), &[b"moov"], &boxed(b"free", b"Jane")), "MP4 free space in the index", FreeText, "Jane"),
        ("box of unknown type", behind(b"jane", b"Jane"), "MP4 box of unknown type", FreeText, "4 bytes"),
        ("bytes behind the last box", edit(mp4(), |f| f.extend(b"Jane was here.")), "MP4 trailer bytes", FreeText, "14 bytes"),
        ("second index", edit(mp4(), |f| { let moov = f[32..796].to_vec(); f.extend(moov); }), "MP4 second index", SecondPicture, ""),
        ("unused data", replace(mp4(), &[b"mdat"], 1504..1504, b"Jane"), "MP4 unused data", FreeText, "4 bytes"),
        ("GoPro's track", track(b"meta", b"gpmd"), "MP4 GoPro track", Place, "gpmd"),
        ("camera motion", track(b"camm", b"camm"), "MP4 camera motion track", Place, "camm"),
        ("live photo's track", track(b"meta", b"mebx"), "MP4 timed metadata track", Person, "mebx"),
        ("Sony's track", track(b"meta", b"rtmd"), "MP4 Sony track", Place, "rtmd"),
        ("time code", track(b"tmcd", b"tmcd"), "MP4 time code track", Time, "tmcd"),
        ("drone's track", track(b"meta", b"djmd"), "MP4 drone track", Place, "djmd"),
        ("captions track", track(b"clcp", b"c608"), "MP4 subtitle track", Person, "c608"),
        ("track of unknown kind", track(b"jane", b"jane"), "MP4 track of unknown kind", FreeText, "jane"),
        ("second video track", twice(), "MP4 second video track", SecondPicture, "64 x 48 pixels"),
        ("crop", append(mp4(), &[&table(b"stsd")[..], &[b"avc1"]].concat(), &boxed(b"clap", &[0; 32])), "MP4 video track crop", SecondPicture, ""),
        ("aperture", append(mp4(), &[b"moov", b"trak"], &boxed(b"tapt", &[])), "MP4 video track aperture", SecondPicture, ""),
        ("message of a camera", resample(mp4(), 0..0, &unit(&message)), "MP4 H.264 or HEVC user message", FreeText, "MRN 123456"),
        ("captions", resample(mp4(), 0..0, &unit(captions)), "MP4 H.264 or HEVC closed captions", Person, ""),
        ("message in HEVC", resample(fixture("hevc.mp4"), 0..0, &unit(&[&b"\x4E\x01\x05\x14"[..], &[7; 16], b"Jane\x80"].concat())), "MP4 H.264 or HEVC user message", FreeText, "Jane"),
        ("Dolby Vision unit", resample(fixture("hevc.mp4"), 0..0, &unit(b"\x7C\x01Jane")), "MP4 H.264 or HEVC Dolby Vision unit", Technical, "6 bytes"),
        ("the other eye", resample(fixture("hevc.mp4"), 0..0, &unit(b"\x02\x09Jane")), "MP4 H.264 or HEVC further view", SecondPicture, "6 bytes"),
        ("unit of free use", resample(mp4(), 0..0, &unit(b"\x1EJane")), "MP4 H.264 or HEVC unit of free use", FreeText, "5 bytes"),
        ("filler", resample(mp4(), 0..0, &unit(b"\x0CJane")), "MP4 H.264 or HEVC filler", FreeText, "5 bytes"),
        ("message of unknown kind", resample(mp4(), 0..0, &unit(b"\x06\xC8\x04Jane\x80")), "MP4 H.264 or HEVC message of kind 200", FreeText, "Jane"),
        ("Dolby Vision record", append(mp4(), &[&table(b"stsd")[..], &[b"avc1"]].concat(), &boxed(b"dvcC", &[0; 24])), "MP4 video track Dolby Vision record", Technical, ""),
        ("extension of unknown kind", append(mp4(), &[&table(b"stsd")[..], &[b"avc1"]].concat(), &boxed(b"jane", b"Jane")), "MP4 video track extension", FreeText, "Jane"),
        ("record of further views", append(mp4(), &[&table(b"stsd")[..], &[b"avc1"]].concat(), &boxed(b"lhvC", &[0; 24])), "MP4 video track further views", SecondPicture, ""),
        ("message in a fragment", replace(fixture("fragments.mp4"), &[b"mdat"], 0..0, &unit(&message)), "MP4 H.264 or HEVC user message", FreeText, "MRN 123456"),
        ("XMP in a message", resample(mp4(), 0..0, &unit(&[&b"\x06\x05\x37"[..], &[7; 16], b"<x:xmpmeta xmp:CreatorTool='Jane'/>    \x80"].concat())), "MP4 H.264 or HEVC XMP message xmp:CreatorTool", Device, "Jane"),

        ("title", tells("tells.mkv"), "Matroska title", FreeText, "CANARY-TITLE"),
        ("date", tells("tells.mkv"), "Matroska date", Time, "2024-05-06 07:08:09 UTC"),
        ("muxer", tells("tells.mkv"), "Matroska muxer", Device, "Lavf"),
        ("writing program", tells("tells.mkv"), "Matroska writing program", Device, "Lavf"),
        ("segment number", tells("tells.mkv"), "Matroska segment number", Device, ""),
        ("track name", tells("tells.mkv"), "Matroska track name", FreeText, "CANARY-TRACK"),
        ("track number", tells("tells.mkv"), "Matroska track number", Device, ""),
        ("sound", tells("tells.mkv"), "Matroska sound track", Person, "A_AAC"),
        ("subtitles", tells("tells.mkv"), "Matroska subtitle track", Person, "S_TEXT"),
        ("chapter", tells("tells.mkv"), "Matroska chapter title", FreeText, "CANARY-CHAPTER"),
        ("attachment", tells("tells.mkv"), "Matroska attachment", SecondPicture, "cover.jpg, JPEG of 16 x 16"),
        ("artist", tells("tells.mkv"), "Matroska tag ARTIST", Person, "CANARY-ARTIST"),
        ("place", tells("tells.mkv"), "Matroska tag LOCATION", Place, coordinates),
        ("encoder settings", tells("tells.mkv"), "Matroska H.264 or HEVC encoder settings", Device, "x264 - core"),
        ("void with bytes", mkv(&[], 0xEC, b"Jane"), "Matroska void", FreeText, "Jane"),
        ("element of unknown kind", mkv(&[], 0x1234_5678, b"Jane"), "Matroska element of unknown kind", FreeText, "Jane"),
        ("record in the description", mkv(&[0x1549_A966], 0x4FFE, b"Jane"), "Matroska description record", FreeText, "Jane"),
        ("next segment", mkv(&[0x1549_A966], 0x3E_B923, &[0xAB; 16]), "Matroska number of a related segment", Device, "abab"),
        ("second video track", mkv(&[0x1654_AE6B], 0xAE, &element(0x83, &[1])), "Matroska second video track", SecondPicture, ""),
        ("further track", mkv(&[0x1654_AE6B], 0xAE, &element(0x83, &[0x21])), "Matroska further track", FreeText, ""),
        ("block additions", mkv(&[0x1F43_B675], 0xA0, &element(0x75A1, &element(0xA6, b"x"))), "Matroska block additions", SecondPicture, ""),
        ("attachment that is no picture", mkv(&[], 0x1941_A469, &element(0x61A7, &[element(0x466E, b"jane.txt"), element(0x465C, b"x")].concat())), "Matroska attachment", FreeText, "jane.txt"),
        ("second segment", [fixture("h264.mkv"), fixture("h264.mkv")].concat(), "Matroska second segment", SecondPicture, ""),
        ("bytes behind the segment", edit(fixture("h264.mkv"), |f| f.extend(b"Jane")), "Matroska trailer bytes", FreeText, "4 bytes"),

        ("title", tells("tells.avi"), "AVI INAM", FreeText, "CANARY-TITLE"),
        ("artist", tells("tells.avi"), "AVI IART", Person, "CANARY-ARTIST"),
        ("date", tells("tells.avi"), "AVI ICRD", Time, "2024-05-06"),
        ("program", tells("tells.avi"), "AVI ISFT", Device, "Lavf"),
        ("track name", tells("tells.avi"), "AVI track name", FreeText, "CANARY-TRACK"),
        ("date of a camera", avi(b"IDIT", b"MON MAY 06 07:08:09 2024\n\0"), "AVI date", Time, "MON MAY 06"),
        ("record of a camera", avi(b"strd", b"AVIF Camera 1"), "AVI track record", Device, "Camera 1"),
        ("junk with bytes", avi(b"JUNK", b"Jane"), "AVI junk", FreeText, "Jane"),
        ("chunk of unknown type", avi(b"jane", b"Jane"), "AVI chunk of unknown type", FreeText, "Jane"),
        ("second video track", avi(b"strh", b"vids"), "AVI second video track", SecondPicture, ""),
        ("bytes behind", edit(fixture("tells.avi"), |f| f.extend(b"Jane was here")), "AVI trailer bytes", FreeText, "13 bytes"),

        ("service name", tells("tells.ts"), "MPEG-TS service name", FreeText, "CANARY-SERVICE"),
        ("provider name", tells("tells.ts"), "MPEG-TS provider name", FreeText, "CANARY-PROVIDER"),
        ("language", tells("tells.ts"), "MPEG-TS language", Person, "nep"),
        ("sound", tells("tells.ts"), "MPEG-TS sound stream", Person, ""),
        ("encoder settings", tells("tells.ts"), "MPEG-TS H.264 or HEVC encoder settings", Device, "x264 - core"),
        ("metadata stream", streams(0x15), "MPEG-TS metadata stream", Place, "stream 261"),
        ("private stream", streams(6), "MPEG-TS private stream", FreeText, "kind 6"),
        ("second video stream", streams(0x1B), "MPEG-TS second video stream", SecondPicture, ""),
        ("unlisted stream", ts(0x123, true, b"Jane"), "MPEG-TS unlisted stream", FreeText, "stream 291"),
        ("null packet", ts(0x1FFF, true, b"Jane"), "MPEG-TS empty packets", FreeText, "Jane"),
        ("sums", fixture("h264.ts").chunks(188).flat_map(|p| [p, &[7; 16][..]].concat()).collect(), "MPEG-TS bytes beside packets", FreeText, "16 a packet"),
        ("time of day", ts(0x14, true, &noon), "MPEG-TS time of day", Time, "2024-05-06 07:08:09 UTC"),
        ("programme guide", ts(0x12, true, b"\0\x4E\xF0\x0CJane Roe...."), "MPEG-TS programme guide", FreeText, "Jane Roe"),
        ("private data", private, "MPEG-TS private data", FreeText, "Jane"),
        ("bytes behind", edit(fixture("h264.ts"), |f| f.extend(b"Jane")), "MPEG-TS trailer bytes", FreeText, "4 bytes"),
    ];
    shared
}

/// Files whose tables promise more than there is.
pub(super) fn lies() -> Vec<Row> {
    let many = [0xFF, 0xFF, 0xFF, 0xFF];
    let row = |file| ("a lie", file, "", FreeText, "");
    let mut files = vec![
        row(poke(mp4(), &table(b"stsz"), 4, &[0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF])),
        row(poke(mp4(), &table(b"stts"), 8, &many)),
        row(poke(mp4(), &table(b"stsc"), 12, &many)),
        row(poke(mp4(), &table(b"stco"), 4, &many)),
        row(edit(fixture("trimmed.mp4"), |f| {
            let i = at(f, b"elst") + 8;
            f[i..i + 4].copy_from_slice(&many);
        })),
    ];
    // Boxes, elements and lists in each other, far deeper than any file.
    let mut nested = Vec::new();
    (0..2_000).for_each(|_| nested = boxed(b"meta", &nested));
    files.push(row(append(mp4(), &[b"moov", b"udta"], &nested)));
    let mut tags = Vec::new();
    (0..500).for_each(|_| tags = element(0x67C8, &tags));
    files.push(row(mkv(&[0x1254_C367], 0x7373, &tags)));
    files
}
