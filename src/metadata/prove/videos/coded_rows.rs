//! The rows of what is planted inside the coded pictures, in containers whose tables agree with it.

use super::{
    Fault, Row, VideoForm, clean,
    plant::{at, boxes, edit, poke, replace, resample, table, unit},
};

/// The first sample of the H.264 file with `bytes` in front.
fn avc(bytes: &[u8]) -> Vec<u8> {
    resample(clean("h264.mp4"), 0..0, &unit(bytes))
}

fn hevc(bytes: &[u8]) -> Vec<u8> {
    resample(clean("hevc.mp4"), 0..0, &unit(bytes))
}

/// The length of the first sample.
fn first(file: &[u8]) -> usize {
    let at = *boxes(file, &table(b"stsz")).last().expect("a table") + 20;
    u32::from_be_bytes([file[at], file[at + 1], file[at + 2], file[at + 3]]) as usize
}

/// `bytes` behind the first sample's picture.
fn behind(name: &str, bytes: &[u8]) -> Vec<u8> {
    let file = clean(name);
    let end = first(&file);
    resample(file, end..end, bytes)
}

/// `bytes` inside the first sample's last NAL unit, at its end.
fn inside(name: &str, bytes: &[u8]) -> Vec<u8> {
    let file = clean(name);
    let end = first(&file);
    let grown = (end - 4 + bytes.len()) as u32;
    let file = resample(file, end..end, bytes);
    let mdat = *boxes(&file, &[b"mdat"]).last().expect("data");
    edit(file, |f| f[mdat + 8..mdat + 12].copy_from_slice(&grown.to_be_bytes()))
}

/// A parameter set of the configuration changed: `from` is replaced by `to` of the same length.
fn set(name: &str, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    edit(clean(name), |f| {
        let at = at(f, from);
        f[at..at + to.len()].copy_from_slice(to);
    })
}

/// The H.264 sequence parameter set of the fixture, to find it by.
const SPS: &[u8] = &[0x67, 0x64, 0, 0x0A, 0xAC, 0xB2, 0x08, 0xF6, 0x02];
const PPS: &[u8] = &[0x68, 0xEB, 0xC3, 0xCB, 0x22, 0xC0];

/// The configuration with `bytes` behind the sequence parameter set, inside it.
fn longer_set(bytes: &[u8]) -> Vec<u8> {
    let path = [&table(b"stsd")[..], &[b"avc1", b"avcC"]].concat();
    let file = clean("h264.mp4");
    // Behind the 8 bytes before it, the set is 23 bytes long.
    let file = replace(file, &path, 8 + 23..8 + 23, bytes);
    poke(file, &path, 7, &[23 + bytes.len() as u8])
}

#[rustfmt::skip]
pub(super) fn rows() -> Vec<Row> {
    use Fault::{CutShort, Forbidden, Repeated, Trailing, Value};
    let message = b"\x06\x05\x1C\xDC\x45\xE9\xBD\xE6\xD9\x48\xB7\x96\x2C\xD8\x20\xD9\x23\xEE\xEFJane Roe here\x80";
    let captions = b"\x06\x04\x08\xB5\x00\x31GA94\x03\x80";
    let slice = { let f = clean("h264.mp4"); let m = *boxes(&f, &[b"mdat"]).last().expect("data") + 12; f[m..m + first(&f) - 4].to_vec() };
    let rows = vec![
        ("a message of unknown kind", VideoForm::Mp4, avc(message), Forbidden("an SEI message")),
        ("captions", VideoForm::Mp4, avc(captions), Forbidden("an SEI message")),
        ("the encoder's settings behind the picture", VideoForm::Mp4, behind("h264.mp4", &unit(message)), Forbidden("a NAL unit after the picture")),
        ("a delimiter", VideoForm::Mp4, avc(&[9, 0xF0]), Forbidden("an access unit delimiter")),
        ("filler", VideoForm::Mp4, avc(&[12, 0xFF, 0xFF, 0x80]), Forbidden("a filler unit")),
        ("an end of the sequence", VideoForm::Mp4, avc(&[10]), Forbidden("an end marker")),
        ("an end of the stream", VideoForm::Mp4, avc(&[11]), Forbidden("an end marker")),
        ("a data partition", VideoForm::Mp4, avc(&[2, 0x80]), Forbidden("a data partition")),
        ("an auxiliary picture", VideoForm::Mp4, avc(&[19, 0x80]), Forbidden("an auxiliary picture")),
        ("a further set", VideoForm::Mp4, avc(&[13, 0x80]), Forbidden("a further parameter set")),
        ("another view", VideoForm::Mp4, avc(&[20, 0x80]), Forbidden("another view or layer")),
        ("a unit of private type", VideoForm::Mp4, avc(b"\x18Jane"), Forbidden("a NAL unit of unknown type")),
        ("an empty unit", VideoForm::Mp4, avc(&[]), Value("a NAL unit")),
        ("the forbidden bit", VideoForm::Mp4, avc(&[0x86, 0x80]), Forbidden("an SEI message")),
        ("another parameter set", VideoForm::Mp4, avc(&[&SPS[..], &[0x80]].concat()), Repeated("a parameter set")),
        ("a second picture in a sample", VideoForm::Mp4, behind("h264.mp4", &unit(&slice)), Forbidden("a second picture in a sample")),
        ("bytes behind the last unit", VideoForm::Mp4, behind("h264.mp4", &[0, 0]), Trailing("the last NAL unit of a sample")),
        ("zeros inside the last unit", VideoForm::Mp4, inside("h264.mp4", &[0, 0]), Trailing("a NAL unit")),
        ("a start code inside a unit", VideoForm::Mp4, inside("h264.mp4", &[0, 0, 1, 6, 5, 0x80]), Value("a NAL unit")),
        ("an escape where none is needed", VideoForm::Mp4, inside("h264.mp4", &[0, 0, 3, 9]), Value("a NAL unit")),
        ("a picture of another number", VideoForm::Mp4, edit(clean("h264.mp4"), |f| { let m = *boxes(f, &[b"mdat"]).last().expect("data") + 8; let second = m + first(f); f[second + 6] ^= 0x20; }), Fault::Misplaced("a picture")),
        ("bytes behind the sequence parameter set", VideoForm::Mp4, longer_set(b"Jane"), Trailing("the sequence parameter set")),
        ("a byte behind the sequence parameter set", VideoForm::Mp4, longer_set(&[0x80]), Trailing("the sequence parameter set")),
        ("another profile", VideoForm::Mp4, set("h264.mp4", SPS, &[0x67, 0x7A, 0, 0x0A, 0xAC, 0xB2, 0x08, 0xF6, 0x02]), Value("the sequence parameter set")),
        ("bits behind the picture parameter set", VideoForm::Mp4, set("h264.mp4", PPS, &[0x68, 0xEB, 0xC3, 0xCB, 0x22, 0xC1]), Value("the picture parameter set")),
        ("a sequence parameter set as a picture's", VideoForm::Mp4, set("h264.mp4", PPS, &[0x67, 0xEB, 0xC3, 0xCB, 0x22, 0xC0]), Repeated("a parameter set")),
        ("a message", VideoForm::Mp4, hevc(b"\x4E\x01\x05\x11Jane\x80"), Forbidden("an SEI message")),
        ("a message for after the picture", VideoForm::Mp4, hevc(b"\x50\x01\x05\x11Jane\x80"), Forbidden("an SEI message")),
        ("HEVC delimiter", VideoForm::Mp4, hevc(&[0x46, 1, 0x50]), Forbidden("an access unit delimiter")),
        ("HEVC filler", VideoForm::Mp4, hevc(&[0x4C, 1, 0xFF, 0x80]), Forbidden("a filler unit")),
        ("HEVC end", VideoForm::Mp4, hevc(&[0x48, 1]), Forbidden("an end marker")),
        ("a picture that may be skipped", VideoForm::Mp4, hevc(&[0x10, 1, 0x80]), Forbidden("a picture that may be skipped")),
        ("an HEVC unit of private type", VideoForm::Mp4, hevc(b"\x60\x01Jane"), Forbidden("a NAL unit of unknown type")),
        ("another layer's parameter set", VideoForm::Mp4, hevc(&[0x42, 9, 1]), Value("a NAL unit")),
        ("half a unit", VideoForm::Mp4, hevc(&[0x42]), CutShort("a NAL unit")),
        ("a message behind the picture", VideoForm::Mp4, behind("hevc.mp4", &unit(b"\x50\x01\x05\x11Jane\x80")), Forbidden("a NAL unit after the picture")),
        ("HEVC configuration for another profile", VideoForm::Mp4, edit(clean("hevc.mp4"), |f| { let i = at(f, b"hvcC") + 5; f[i] = 2; }), Value("the HEVC configuration")),
        ("a message in the configuration", VideoForm::Mp4, edit(clean("hevc.mp4"), |f| { let i = at(f, b"hvcC") + 4 + 22; f[i] = 4; }), Value("the HEVC configuration")),
        ("a frame rate in the configuration", VideoForm::Mp4, edit(clean("hevc.mp4"), |f| { let i = at(f, b"hvcC") + 4 + 19; f[i] = 25; }), Value("the HEVC configuration")),
        ("an unneeded set in the configuration", VideoForm::Mp4, replace(clean("hevc.mp4"), &[&table(b"stsd")[..], &[b"hvc1", b"hvcC"]].concat(), 107..107, b"Jane"), Trailing("the HEVC configuration")),
        ("bytes behind a VP9 configuration", VideoForm::Mp4, edit(clean("vp9.mp4"), |f| { let i = at(f, b"vpcC") + 4 + 10; f[i] = 1; }), Value("the VP9 configuration")),
        ("another VP9 profile", VideoForm::Mp4, edit(clean("vp9.mp4"), |f| { let i = at(f, b"vpcC") + 4 + 4; f[i] = 1; }), Value("the VP9 configuration")),
        ("another size than VP9 says", VideoForm::Mp4, resample(clean("vp9.mp4"), 4..9, &[0x20, 3, 0xE0, 2, 0xF0]), Value("the header of a VP9 frame")),
        ("no sync code", VideoForm::Mp4, resample(clean("vp9.mp4"), 1..2, &[0x48]), Value("the header of a VP9 frame")),
        ("a frame that is not shown", VideoForm::Mp4, resample(clean("vp9.mp4"), 0..1, &[0x80]), Forbidden("a picture that is not shown, or a second one in a sample")),
        ("a second frame in a superframe", VideoForm::Mp4, { let f = clean("vp9.mp4"); let n = first(&f); let m = *boxes(&f, &[b"mdat"]).last().expect("data") + 8; let frame = f[m..m + n].to_vec(); let size = (n as u16).to_le_bytes(); resample(f, n..n, &[&frame[..], &[0xC9], &size, &size, &[0xC9]].concat()) }, Forbidden("a picture that is not shown, or a second one in a sample")),
        ("bytes between the frames and the index of a superframe", VideoForm::Mp4, { let f = clean("vp9.mp4"); let n = first(&f); let size = (n as u16).to_le_bytes(); resample(f, n..n, &[b"Jane", &[0xC8][..], &size, &[0xC8]].concat()) }, Trailing("the last frame of a VP9 superframe")),
        ("an empty frame in a superframe", VideoForm::Mp4, { let f = clean("vp9.mp4"); let n = first(&f); let size = (n as u16).to_le_bytes(); resample(f, n..n, &[&[0xC9][..], &[0, 0], &size, &[0xC9]].concat()) }, Value("the index of a VP9 superframe")),
        ("bytes behind a frame that only repeats", VideoForm::Mp4, resample(clean("vp9.mp4"), 0..1, &[0x88]), Value("the header of a VP9 frame")),
    ];
    rows
}
