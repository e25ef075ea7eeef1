//! The rows of Matroska and WebM.

use super::{
    Fault, Row, VideoForm, clean,
    plant::{at, edit, element, rewrite},
};

const SEGMENT: u32 = 0x1853_8067;
const PARTS: u32 = 0x114D_9B74;
const VOID: u32 = 0xEC;
const INFO: u32 = 0x1549_A966;
const TRACKS: u32 = 0x1654_AE6B;
const TRACK: u32 = 0xAE;
const TAGS: u32 = 0x1254_C367;
const CLUSTER: u32 = 0x1F43_B675;
const CUES: u32 = 0x1C53_BB6B;

/// Something behind everything else in an element of the segment.
fn with(file: &str, path: &[u32], id: u32, body: &[u8]) -> Vec<u8> {
    inside(file, path, &|inner| inner.extend(element(id, body)))
}

/// Something in front of everything else in an element of the segment (behind its checksum).
fn before(file: &str, path: &[u32], id: u32, body: &[u8]) -> Vec<u8> {
    inside(file, path, &|inner| {
        let at = if inner.starts_with(&[0xBF]) { 6 } else { 0 };
        inner.splice(at..at, element(id, body));
    })
}

fn inside(file: &str, path: &[u32], change: &dyn Fn(&mut Vec<u8>)) -> Vec<u8> {
    rewrite(&clean(file), &[&[SEGMENT], path].concat(), change)
}

/// The body of an element replaced.
fn set(file: &str, path: &[u32], body: &[u8]) -> Vec<u8> {
    inside(file, path, &|inner| *inner = body.to_vec())
}

/// A simple tag in the first tag.
fn tag(file: &str, name: &[u8], value: &[u8]) -> Vec<u8> {
    with(file, &[TAGS, 0x7373], 0x67C8, &[element(0x45A3, name), element(0x4487, value)].concat())
}

/// Something in front of the first cluster.
fn between(file: &str, id: u32, body: &[u8]) -> Vec<u8> {
    inside(file, &[], &|inner| {
        let at = at(inner, &CLUSTER.to_be_bytes());
        inner.splice(at..at, element(id, body));
    })
}

/// The first block of the first cluster with other notes.
fn group(file: &str, notes: &[u8]) -> Vec<u8> {
    inside(file, &[CLUSTER], &|inner| {
        let from = inner.iter().position(|&b| b == 0xA3).expect("a block");
        let rewritten = rewrite(&inner[from..], &[0xA3], &|block| {
            block[3] = 0;
            *block = [element(0xA1, block), notes.to_vec()].concat();
        });
        // The element keeps its place, and becomes a group.
        inner.splice(from.., edit(rewritten, |r| r[0] = 0xA0));
    })
}

fn block(file: &str, change: &dyn Fn(&mut Vec<u8>)) -> Vec<u8> {
    inside(file, &[CLUSTER, 0xA3], change)
}

/// What is planted in both forms alike.
#[rustfmt::skip]
fn shared(file: &'static str) -> Vec<(&'static str, Vec<u8>, Fault)> {
    use Fault::{CutShort, Forbidden, Misplaced, Missing, Repeated, Trailing, Value};
    vec![
        ("a title", with(file, &[INFO], 0x7BA9, b"Jane"), Forbidden("a title")),
        ("a date", with(file, &[INFO], 0x4461, &[0, 1, 2, 3, 4, 5, 6, 7]), Forbidden("a date")),
        ("a segment's number", before(file, &[INFO], 0x73A4, &[7; 16]), Forbidden("a segment's number")),
        ("a segment's file name", with(file, &[INFO], 0x7384, b"jane.mkv"), Forbidden("a segment's file name")),
        ("the segment before", with(file, &[INFO], 0x3C_B923, &[7; 16]), Forbidden("a reference to another segment")),
        ("the next segment", with(file, &[INFO], 0x3E_B923, &[7; 16]), Forbidden("a reference to another segment")),
        ("a family of segments", with(file, &[INFO], 0x4444, &[7; 16]), Forbidden("a reference to another segment")),
        ("another muxer", set(file, &[INFO, 0x4D80], b"Jane's Recorder"), Value("the muxer's name")),
        ("another program", set(file, &[INFO, 0x5741], b"Jane's Recorder"), Value("the muxer's name")),
        ("another tick", set(file, &[INFO, 0x2A_D7B1], &[0x0F, 0x42, 0x41]), Value("the length of a tick")),
        ("an element of unknown kind in the description", with(file, &[INFO], 0x4FFE, b"Jane"), Forbidden("an element of unknown kind")),
        ("room in the description", with(file, &[INFO], VOID, &[0; 4]), Forbidden("room in a place where none is kept")),
        ("a broken length", set(file, &[INFO, 0x4489], &1000.25f64.to_be_bytes()), Value("the length")),
        ("a track's name", with(file, &[TRACKS, TRACK], 0x536E, b"Jane"), Forbidden("a track's name")),
        ("a codec's name", with(file, &[TRACKS, TRACK], 0x25_8688, b"Jane"), Forbidden("a codec's name")),
        ("another number of a track", set(file, &[TRACKS, TRACK, 0x73C5], &[9, 8, 7, 6, 5, 4, 3, 2]), Value("a track's number")),
        ("a language", set(file, &[TRACKS, TRACK, 0x22_B59C], b"nep"), Value("a track's language")),
        ("an encoding of the content", with(file, &[TRACKS, TRACK], 0x6D80, &[]), Forbidden("an encoding of the content")),
        ("an element of unknown kind in a track", with(file, &[TRACKS, TRACK], 0x4FFE, b"Jane"), Forbidden("an element of unknown kind")),
        ("a subtitle track", set(file, &[TRACKS, TRACK, 0x83], &[0x11]), Forbidden("a track of another kind")),
        ("another codec", set(file, &[TRACKS, TRACK, 0x86], b"V_MPEG4/ISO/ASP"), Forbidden("a codec of another kind")),
        ("a crop", with(file, &[TRACKS, TRACK, 0xE0], 0x54AA, &[4]), Forbidden("a crop")),
        ("a projection", with(file, &[TRACKS, TRACK, 0xE0], 0x7670, &[]), Forbidden("a projection")),
        ("a second eye", with(file, &[TRACKS, TRACK, 0xE0], 0x53B8, &[1]), Forbidden("another view or layer")),
        ("transparency", with(file, &[TRACKS, TRACK, 0xE0], 0x53C0, &[1]), Forbidden("another view or layer")),
        ("brightness", with(file, &[TRACKS, TRACK, 0xE0, 0x55B0], 0x55D0, &[]), Forbidden("notes on brightness")),
        ("interlaced pictures", set(file, &[TRACKS, TRACK, 0xE0, 0x9A], &[1]), Value("the field order")),
        ("a number longer than it needs", set(file, &[TRACKS, TRACK, 0xE0, 0xB0], &[0, 64]), Value("a picture's size")),
        ("a tag", tag(file, b"ARTIST", b"Jane"), Forbidden("a tag")),
        ("a tag by the name of the encoder's", set(file, &[TAGS, 0x7373, 0x67C8, 0x4487], b"Jane"), Value("a tag's value")),
        ("a second encoder", tag(file, b"ENCODER", b"Lavc libx264"), Forbidden("a tag")),
        ("a tag of the whole segment", before(file, &[TAGS], 0x7373, &[&element(0x63C0, &[])[..], &element(0x67C8, b"")].concat()), Missing("a tag's target")),
        ("a tag of another track", set(file, &[TAGS, 0x7373, 0x63C0, 0x63C5], &[0, 0, 0, 0, 0, 0, 0, 9]), Value("a tag's target")),
        ("a tag's language", with(file, &[TAGS, 0x7373, 0x67C8], 0x447A, b"eng"), Forbidden("an element of unknown kind")),
        ("a chapter as a target", with(file, &[TAGS, 0x7373, 0x63C0], 0x63C4, &[1]), Forbidden("an element of unknown kind")),
        ("second tags", between(file, TAGS, b""), Repeated("the tags")),
        ("attachments", between(file, 0x1941_A469, &element(0x61A7, b"")), Forbidden("attachments")),
        ("attachments at the end", with(file, &[], 0x1941_A469, b"Jane"), Forbidden("attachments")),
        ("chapters", between(file, 0x1043_A770, &element(0x45B9, b"")), Forbidden("chapters")),
        ("room in front of the clusters", between(file, VOID, &[0; 9]), Misplaced("room")),
        ("room with bytes", set(file, &[VOID], b"Jane was here"), Forbidden("room with bytes in it")),
        ("room at the end", with(file, &[], VOID, b"Jane"), Misplaced("room")),
        ("an element of unknown kind", between(file, 0x1234_5678, b"Jane"), Forbidden("an element of unknown kind")),
        ("a second list of tracks", between(file, TRACKS, b""), Repeated("the list of tracks")),
        ("a second description", between(file, INFO, b""), Repeated("the description")),
        ("an element of unknown kind in the list of parts", with(file, &[PARTS], 0x4FFE, b"Jane"), Forbidden("an element of unknown kind")),
        ("a part twice", inside(file, &[PARTS], &|inner| { let at = inner.iter().position(|&b| b == 0x4D).expect("a part"); let part = inner[at..at + 14].to_vec(); inner.splice(at..at, part); }), Repeated("a part")),
        ("an element of unknown kind in a cluster", with(file, &[CLUSTER], 0x4FFE, b"Jane"), Forbidden("an element of unknown kind")),
        ("room in a cluster", with(file, &[CLUSTER], VOID, &[0; 5]), Forbidden("room in a place where none is kept")),
        ("a cluster's place", with(file, &[CLUSTER], 0xA7, &[5]), Forbidden("an element of unknown kind")),
        ("a time that runs backwards", block(file, &|b| b[1] = 0x40), Value("the time of a frame")),
        ("a hidden block", block(file, &|b| b[3] |= 8), Value("the flags of a block")),
        ("a block that may be dropped", block(file, &|b| b[3] |= 1), Value("the flags of a block")),
        ("a lace", block(file, &|b| b[3] |= 2), Value("the flags of a block")),
        ("a key picture not marked as one", block(file, &|b| b[3] &= 0x7F), Value("the flags of a block")),
        ("a block of no track", block(file, &|b| b[0] = 0x83), Forbidden("a block of no known track")),
        ("a block addition", group(file, &element(0x75A1, &element(0xA6, b"Jane"))), Forbidden("an addition to a block")),
        ("a codec's state", group(file, &element(0xA4, b"Jane")), Forbidden("an element of unknown kind")),
        ("a reference of a key picture", group(file, &element(0xFB, &[0xFF])), Value("the flags of a block")),
        ("much to cut from the end", group(file, &element(0x75A2, b"Jane Roe")), Value("the notes on a block")),
        ("an unknown version", rewrite(&clean(file), &[0x1A45_DFA3], &|h| h.extend(element(0x4FFE, b"Jane"))), Value("the file header")),
        ("a document of another type", edit(clean(file), |f| { let i = at(f, &[0x42, 0x82]) + 3; f[i] ^= 0x20; }), Value("the file header")),
        ("a second file", [clean(file), clean(file)].concat(), Trailing("the segment")),
        ("bytes behind the segment", edit(clean(file), |f| f.extend(b"Jane")), Trailing("the segment")),
        ("one byte behind the segment", edit(clean(file), |f| f.push(0xEC)), Trailing("the segment")),
        ("a segment cut short", edit(clean(file), |f| f.truncate(1500)), CutShort("the segment")),
    ]
}

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    use Fault::{Checksum, CutShort, Forbidden, Misplaced, Missing, Repeated, Trailing, Value};
    use VideoForm::{Mkv, WebM};
    // Bytes in place, so that nothing else moves.
    let poke = |file: &str, behind: &[u8], bytes: &[u8]| edit(clean(file), |f| {
        let at = at(f, behind) + behind.len();
        f[at..at + bytes.len()].copy_from_slice(bytes);
    });
    let without = |file: &str, id: u32| edit(clean(file), |f| {
        let from = 200 + at(&f[200..], &id.to_be_bytes());
        f[from..from + 4].copy_from_slice(&0x1234_5678u32.to_be_bytes());
    });
    let duration = [&element(0x45A3, b"DURATION")[..], &element(0x4487, b"00:00:01.0000Jane0\0\0")].concat();
    let special = vec![
        ("a third track", Mkv, with("h264.mkv", &[TRACKS], TRACK, &[0xD7, 0x81, 3]), Value("a track's number")),
        ("a third track beside sound", Mkv, with("aac-pipe.mkv", &[TRACKS], TRACK, &[0xD7, 0x81, 3]), Forbidden("a further track")),
        ("a third track beside sound", WebM, with("opus.webm", &[TRACKS], TRACK, &[0xD7, 0x81, 3]), Forbidden("a further track")),
        ("a name of the sound", WebM, inside("opus.webm", &[TRACKS], &|t| { let second = at(t, &[0xD7, 0x81, 2]) - 9; let sound = rewrite(&t[second..], &[TRACK], &|s| s.extend(element(0x536E, b"Jane"))); t.splice(second.., sound); }), Forbidden("a track's name")),
        ("an empty block", Mkv, block("h264.mkv", &|b| b.truncate(4)), Missing("the picture of a sample")),
        ("an empty block", WebM, block("vp9.webm", &|b| b.truncate(4)), CutShort("a VP9 frame")),
        ("bytes in a block after the picture", Mkv, block("h264.mkv", &|b| b.extend(*b"\0\0\0\x04\x06\x05\x01\x80")), Forbidden("a NAL unit after the picture")),
        ("a wrong checksum of the description", Mkv, poke("h264.mkv", b"\x15\x49\xA9\x66\xA6\xBF\x84", b"Jane"), Checksum("the description")),
        ("a wrong checksum of a cluster", Mkv, poke("h264.mkv", b"\x81\x00\x00\x80", &[1]), Checksum("a cluster")),
        ("a wrong checksum of the index", Mkv, edit(clean("h264.mkv"), |f| { let n = f.len(); f[n - 1] ^= 1; }), Checksum("the index")),
        ("a false index", WebM, edit(clean("vp9.webm"), |f| { let n = f.len(); f[n - 1] ^= 1; }), Value("the index")),
        ("a shorter length", WebM, poke("vp9.webm", b"\x44\x89\x88", &300f64.to_be_bytes()), Value("the length")),
        ("a false list of parts", WebM, poke("vp9.webm", b"\x15\x49\xA9\x66\x53\xAC\x81", &[0xA2]), Value("the list of parts")),
        ("a length with text in it", Mkv, with("h264.mkv", &[TAGS, 0x7373], 0x67C8, &duration), Forbidden("a tag")),
        ("a length with text in it, alone", Mkv, set("aac-pipe.mkv", &[TAGS, 0x7373, 0x67C8], &duration), Value("a tag's value")),
        ("H.264 in WebM", WebM, set("vp9.webm", &[TRACKS, TRACK, 0x86], b"V_MPEG4/ISO/AVC"), Forbidden("a codec of another kind")),
        ("an input delay that is not the codec's", WebM, inside("opus.webm", &[TRACKS], &|t| { let i = at(t, &[0x56, 0xAA, 0x83]) + 5; t[i] ^= 1; }), Value("a delay")),
        ("another sampling rate", WebM, inside("opus.webm", &[TRACKS], &|t| { let i = at(t, &[0xB5, 0x88]) + 5; t[i] ^= 1; }), Value("the sampling rate")),
        ("padding in a sound packet", WebM, inside("opus.webm", &[CLUSTER], &|c| { let i = at(c, &[0x82, 0, 0, 0x80]) + 4; c[i] |= 3; c[i + 1] = 0x41; }), Forbidden("padding in an Opus packet")),
        ("a gain", WebM, inside("opus.webm", &[TRACKS], &|t| { let i = at(t, b"OpusHead") + 16; t[i] = 1; }), Value("the Opus header")),
        ("bytes behind the Opus header", WebM, inside("opus.webm", &[TRACKS], &|t| { let second = at(t, &[0xD7, 0x81, 2]) - 9; let sound = rewrite(&t[second..], &[TRACK, 0x63A2], &|s| s.extend(b"Jane")); t.splice(second.., sound); }), Value("the Opus header")),
        ("no list of tracks", Mkv, without("h264.mkv", TRACKS), Forbidden("an element of unknown kind")),
        ("clusters before the tracks", WebM, inside("vp9.webm", &[], &|s| { let c = at(s, &CLUSTER.to_be_bytes()); let t = 100 + at(&s[100..], &TRACKS.to_be_bytes()); let (from, to) = (c, s.len()); let clusters: Vec<u8> = s.drain(from..to).collect(); s.splice(t..t, clusters); }), Missing("the list of tracks")),
        ("bytes that are no element, in a pipe", Mkv, edit(clean("aac-pipe.mkv"), |f| f.extend([0, 1, 2, 3])), Forbidden("bytes that are no element")),
        ("tags behind the clusters, in a pipe", Mkv, edit(clean("aac-pipe.mkv"), |f| f.extend(element(TAGS, b""))), Repeated("the tags")),
        ("an index of nothing, in a pipe", Mkv, edit(clean("aac-pipe.mkv"), |f| f.extend(element(CUES, &element(0xBB, &[&element(0xB3, &[9])[..], &element(0xB7, &[&element(0xF7, &[1])[..], &element(0xF1, &[9])].concat())].concat())))), Value("the index")),
        ("a cluster of unknown length, in a pipe", Mkv, edit(clean("aac-pipe.mkv"), |f| f.extend([0x1F, 0x43, 0xB6, 0x75, 0xFF])), Value("the length of an element")),
        ("a second file behind a pipe's", Mkv, [clean("aac-pipe.mkv"), clean("aac-pipe.mkv")].concat(), Forbidden("a second file header")),
        ("a second segment", Mkv, edit(clean("aac-pipe.mkv"), |f| f.extend(element(SEGMENT, b""))), Forbidden("a second segment")),
        ("no pictures", Mkv, edit(clean("aac-pipe.mkv"), |f| { let c = at(f, &CLUSTER.to_be_bytes()); f.truncate(c); }), Missing("a cluster")),
        ("a room twice", Mkv, inside("aac-pipe.mkv", &[], &|s| { let v = at(s, &[0xEC, 1, 0, 0]); s.splice(v..v, element(VOID, b"")); }), Misplaced("room")),
        ("bytes behind the segment's length", WebM, edit(clean("vp9.webm"), |f| f.extend(element(VOID, b""))), Trailing("the segment")),
    ];
    let named = |form| move |(planted, file, fault)| (planted, form, file, fault);
    let mkv = shared("h264.mkv").into_iter().map(named(Mkv));
    mkv.chain(shared("vp9.webm").into_iter().map(named(WebM))).chain(special).collect()
}
