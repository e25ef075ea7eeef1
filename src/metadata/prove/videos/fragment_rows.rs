//! The rows of fragmented MP4 and of sound in MP4.

use super::{
    Fault, Row, VideoForm, clean,
    plant::{append, boxed, boxes, edit, poke, replace},
};

fn fragments() -> Vec<u8> {
    clean("fragments.mp4")
}

const TRAF: [&[u8; 4]; 2] = [b"moof", b"traf"];

fn in_traf(kind: &'static [u8; 4]) -> Vec<&'static [u8; 4]> {
    [&TRAF[..], &[kind]].concat()
}

/// A box in front of the first fragment.
fn before_fragment(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    edit(fragments(), |f| {
        let at = boxes(f, &[b"moof"])[0];
        f.splice(at..at, boxed(kind, body));
    })
}

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    use Fault::{CutShort, Forbidden, Missing, Trailing, Value};
    let fragmented: Vec<(&str, Vec<u8>, Fault)> = vec![
        ("user data", append(fragments(), &[b"moov", b"udta"], b"Jane"), Forbidden("user data")),
        ("a time of creation", poke(fragments(), &[b"moov", b"mvhd"], 4, &[1]), Value("a time of creation")),
        ("defaults of another track", poke(fragments(), &[b"moov", b"mvex", b"trex"], 7, &[2]), Value("the fragments' defaults")),
        ("a default length", poke(fragments(), &[b"moov", b"mvex", b"trex"], 15, &[2]), Value("the fragments' defaults")),
        ("a box in the defaults", append(fragments(), &[b"moov", b"mvex"], &boxed(b"mehd", &[0; 8])), Forbidden("a box of unknown type")),
        ("a message", before_fragment(b"emsg", b"Jane"), Forbidden("a streaming box")),
        ("a producer's clock", before_fragment(b"prft", &[0; 24]), Forbidden("a streaming box")),
        ("an index of segments", before_fragment(b"sidx", &[0; 24]), Forbidden("a streaming box")),
        ("free space", before_fragment(b"free", b""), Forbidden("free space")),
        ("a private box", before_fragment(b"uuid", &[1; 16]), Forbidden("a box of a private type")),
        ("data without a fragment", before_fragment(b"mdat", b"Jane"), Forbidden("further data")),
        ("a box of unknown type", before_fragment(b"JANE", b""), Forbidden("a box of unknown type")),
        ("a private box in a fragment", append(fragments(), &[b"moof"], &boxed(b"uuid", &[1; 16])), Forbidden("a box of a private type")),
        ("a private box in a track of a fragment", append(fragments(), &TRAF, &boxed(b"uuid", &[1; 16])), Forbidden("a box of a private type")),
        ("metadata in a fragment", append(fragments(), &[b"moof"], &boxed(b"meta", &[0; 4])), Forbidden("a metadata box")),
        ("notes on samples", append(fragments(), &TRAF, &boxed(b"sdtp", &[0; 4])), Forbidden("notes on samples")),
        ("another number of a fragment", poke(fragments(), &[b"moof", b"mfhd"], 7, &[9]), Value("the number of a fragment")),
        ("a track that is not there", poke(fragments(), &in_traf(b"tfhd"), 7, &[2]), Forbidden("a further track")),
        ("a track of high number", poke(fragments(), &in_traf(b"tfhd"), 7, &[9]), Forbidden("a further track")),
        ("a place of the data", poke(fragments(), &in_traf(b"tfhd"), 3, &[0x39]), Value("a track of a fragment")),
        ("time that jumps", edit(fragments(), |f| { let at = f.len() - 86 - 990 - 124; let t = super::plant::at(&f[at..], b"tfdt"); f[at + t + 13] ^= 1; }), Value("the time of a fragment")),
        ("times of their own out of order", poke(fragments(), &in_traf(b"trun"), 2, &[0x0A]), Value("a run of samples")),
        ("more samples than listed", poke(fragments(), &in_traf(b"trun"), 7, &[6]), CutShort("a run of samples")),
        ("fewer samples than listed", poke(fragments(), &in_traf(b"trun"), 7, &[4]), Trailing("a run of samples")),
        ("another place", poke(fragments(), &in_traf(b"trun"), 11, &[0x85]), Value("the place of a sample")),
        ("a key picture that is none", poke(fragments(), &in_traf(b"trun"), 12, &[1, 1]), Value("the flags of a sample")),
        ("bytes behind the last sample", append(fragments(), &[b"mdat"], b"Jane"), Trailing("the last sample of a fragment")),
        ("a sample less", edit(fragments(), |f| { let at = boxes(f, &in_traf(b"trun"))[2] + 40; f[at + 3] -= 1; }), CutShort("a NAL unit")),
        ("a false index", poke(fragments(), &[b"mfra", b"tfra"], 30, &[9]), Value("the fragments' index")),
        ("a box in the index", append(fragments(), &[b"mfra"], &boxed(b"JANE", b"")), Value("the fragments' index")),
        ("bytes behind the index", edit(fragments(), |f| f.extend(b"Jane")), Trailing("the fragments' index")),
        ("a box behind the index", edit(fragments(), |f| f.extend(boxed(b"free", b""))), Trailing("the fragments' index")),
        ("a fragment twice", edit(fragments(), |f| { let at = boxes(f, &[b"moof"])[0]; let whole = f[at..at + 124 + 1039].to_vec(); f.splice(at..at, whole); }), Value("the number of a fragment")),
        ("no fragment", edit(fragments(), |f| { let at = boxes(f, &[b"moof"])[0]; f.truncate(at); }), Missing("a picture")),
        ("a fragment cut short", edit(fragments(), |f| f.truncate(1500)), CutShort("a box")),
    ];
    let sound = || clean("aac.mp4");
    let second = |file: &[u8]| { let first = boxes(file, &[b"moov", b"trak"])[1]; first + u32::from_be_bytes([file[first], file[first + 1], file[first + 2], file[first + 3]]) as usize };
    // Bytes of the sound track, counted from where `kind` stands in it.
    let poke_sound = |kind: &[u8; 4], offset: usize, bytes: &[u8]| edit(sound(), |f| {
        let track = second(f);
        let at = track + super::plant::at(&f[track..], kind) + 4 + offset;
        f[at..at + bytes.len()].copy_from_slice(bytes);
    });
    let first_frame = |change: &dyn Fn(&mut [u8])| edit(sound(), |f| {
        let track = second(f);
        let places = track + super::plant::at(&f[track..], b"stco") + 12;
        let at = u32::from_be_bytes([f[places], f[places + 1], f[places + 2], f[places + 3]]) as usize;
        change(&mut f[at..at + 279]);
    });
    let sounds: Vec<(&str, Vec<u8>, Fault)> = vec![
        ("a sound track's language", poke_sound(b"mdhd", 20, &[0x15, 0xC7]), Value("a track's language")),
        ("a sound track's handler", poke_sound(b"hdlr", 8, b"text"), Forbidden("a subtitle track")),
        ("a second sound's name", poke_sound(b"hdlr", 24, b"J"), Value("a handler's name")),
        ("a balance", poke_sound(b"smhd", 5, &[1]), Value("a track's media information")),
        ("another sound codec", poke_sound(b"stsd", 12, b"sowt"), Forbidden("a codec of another kind")),
        ("another sampling rate", poke_sound(b"stsd", 40, &[0xAC, 0x44]), Value("a sample description")),
        ("another kind of stream", poke_sound(b"esds", 17, &[0x6B]), Value("the AAC configuration")),
        ("another configuration", poke_sound(b"esds", 35, &[0x12]), Value("the AAC configuration")),
        ("a bit rate of sound", poke_sound(b"esds", 29, &[1]), Value("a bit rate")),
        ("another group of samples", poke_sound(b"sgpd", 4, b"jane"), Value("a group of samples")),
        ("a group of fewer samples", poke_sound(b"sbgp", 15, &[1]), Value("a group of samples")),
        ("a fill element", first_frame(&|frame| frame[0] = 0xDE), Forbidden("a fill element of AAC")),
        ("a data element", first_frame(&|frame| frame[0] = 0x80), Forbidden("a data element of AAC")),
        ("a pair of channels in one", first_frame(&|frame| frame[0] = 0x20), Forbidden("an element of AAC")),
        ("bytes behind the end of a frame", first_frame(&|frame| { let n = frame.len(); frame[n - 2..].copy_from_slice(&[0xE0, 0]); }), Missing("the end of a frame of AAC")),
        ("two chunks changed about", edit(sound(), |f| { let at = super::plant::at(f, b"stco") + 12; let (a, b): (Vec<u8>, Vec<u8>) = (f[at..at + 4].into(), f[at + 4..at + 8].into()); f[at..at + 4].copy_from_slice(&b); f[at + 4..at + 8].copy_from_slice(&a); }), Value("the table of places")),
        ("a third track", { let f = sound(); let start = second(&f); let end = start + u32::from_be_bytes([f[start], f[start + 1], f[start + 2], f[start + 3]]) as usize; let trak = f[start..end].to_vec(); let at = boxes(&f, &[b"moov", b"udta"]); poke(replace(f, &[b"moov"], at[1] - at[0] - 8..at[1] - at[0] - 8, &trak), &[b"moov", b"mvhd"], 99, &[4]) }, Forbidden("a further track")),
        ("a second video track in place of sound", { let f = sound(); let first = boxes(&f, &[b"moov", b"trak"])[1]; let start = second(&f); let trak = f[first..start].to_vec(); let end = start + u32::from_be_bytes([f[start], f[start + 1], f[start + 2], f[start + 3]]) as usize; let base = boxes(&f, &[b"moov"])[0] + 8; replace(f, &[b"moov"], start - base..end - base, &edit(trak, |t| t[8 + 8 + 15] = 2)) }, Value("a track's header")),
    ];
    let named = |form| move |(planted, file, fault)| (planted, form, file, fault);
    fragmented.into_iter().map(named(VideoForm::FragmentedMp4)).chain(sounds.into_iter().map(named(VideoForm::Mp4))).collect()
}
