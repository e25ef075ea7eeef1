//! WebP (RFC 9649): the container, and in it one lossy or one lossless picture without alpha. The bitstream itself is
//! held against its header only.

use super::{Fault, Proof, Violation, walk::Walk};
use crate::geom::Size;

pub(super) fn prove(bytes: &[u8]) -> Result<Proof, Violation> {
    let mut walk = Walk::new("WebP", bytes);
    walk.expect(b"RIFF", "the signature")?;
    let length = u32::from_le_bytes(walk.array("the container")?) as usize;
    walk.check(length <= walk.rest().len(), Fault::CutShort("the container"))?;
    walk.check(length == walk.rest().len(), Fault::Trailing("the container"))?;
    walk.expect(b"WEBP", "the signature")?;
    let at = walk.pos();
    let kind: [u8; 4] = walk.array("a chunk")?;
    let length = u32::from_le_bytes(walk.array("a chunk")?) as usize;
    let start = walk.pos();
    let picture = walk.take(length, "a chunk")?;
    let size = match &kind {
        b"VP8L" => lossless(picture),
        b"VP8 " => lossy(picture),
        _ => return Err(walk.fail_at(at, Fault::Forbidden(name(&kind)))),
    };
    let Some(size) = size else { return Err(walk.fail_at(start, Fault::Value("the picture's header"))) };
    if length % 2 == 1 {
        walk.expect(&[0], "the padding byte")?;
    }
    if let Some(kind) = walk.rest().first_chunk::<4>() {
        return Err(walk.fail(Fault::Forbidden(name(kind))));
    }
    walk.end("the picture")?;
    Ok(Proof { size, frames: 1 })
}

/// Size of a lossless picture: signature, 14 + 14 bits of size less one, the alpha bit clear, version 0.
fn lossless(picture: &[u8]) -> Option<Size> {
    let &[0x2F, a, b, c, d, _, ..] = picture else { return None };
    let bits = u32::from_le_bytes([a, b, c, d]);
    (bits >> 28 == 0).then(|| Size::new((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
}

/// Size of a lossy picture: a shown key frame whose first partition lies inside, without upscaling (RFC 6386, 9.1).
fn lossy(picture: &[u8]) -> Option<Size> {
    let &[t0, t1, t2, 0x9D, 0x01, 0x2A, w0, w1, h0, h1, ref rest @ ..] = picture else { return None };
    let tag = u32::from_le_bytes([t0, t1, t2, 0]);
    let key_frame = tag & 1 == 0 && tag >> 1 & 7 <= 3 && tag >> 4 & 1 == 1 && (tag >> 5) as usize <= rest.len();
    let size = Size::new(u16::from_le_bytes([w0, w1]).into(), u16::from_le_bytes([h0, h1]).into());
    let plain = (1..1 << 14).contains(&size.width) && (1..1 << 14).contains(&size.height);
    (key_frame && plain).then_some(size)
}

/// The name of a chunk, for violations; unknown types are not named, since they may be content.
fn name(kind: &[u8; 4]) -> &'static str {
    match kind {
        b"VP8X" => "an extended header",
        b"EXIF" => "an Exif chunk",
        b"XMP " => "an XMP chunk",
        b"ICCP" => "a colour profile",
        b"ALPH" => "an alpha channel",
        b"ANIM" | b"ANMF" => "an animation",
        b"VP8 " | b"VP8L" => "a second picture",
        _ => "a chunk of unknown type",
    }
}
