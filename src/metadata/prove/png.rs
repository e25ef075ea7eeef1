//! PNG and APNG (W3C PNG, third edition): header, image data, end, and for animations the control chunks in their
//! order. 8-bit RGB without interlace; checksums right; each picture inflates to exactly its rows and its stream ends
//! with its last chunk.

use std::borrow::Cow;

use super::{Fault, Proof, Violation, walk::Walk};
use crate::{
    geom::Size,
    metadata::{
        inflate::{self, Refused},
        sum,
    },
};

/// The first eight bytes of every PNG.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1A\n";

struct Chunk<'a> {
    at: usize,
    kind: [u8; 4],
    data: &'a [u8],
}

/// The parts of one picture's compressed stream, and where the first of them begins.
#[derive(Default)]
struct Stream<'a> {
    at: usize,
    parts: Vec<&'a [u8]>,
}

/// What has been seen of an animation.
#[derive(Default)]
struct Animation {
    declared: Option<u32>,
    controls: u32,
    next_sequence: u32,
}

pub(super) fn prove(bytes: &[u8], animated: bool) -> Result<Proof, Violation> {
    let mut walk = Walk::new(if animated { "APNG" } else { "PNG" }, bytes);
    walk.expect(SIGNATURE, "the signature")?;
    let size = header(&mut walk)?;
    let mut animation = Animation::default();
    let mut stream = Stream::default();
    let mut pictures = 0u32;
    let mut last_kind = *b"IHDR";
    loop {
        let chunk = chunk(&mut walk)?;
        let out_of_place = || walk.fail_at(chunk.at, Fault::Misplaced("a chunk"));
        match &chunk.kind {
            b"IDAT" => {
                // With an animation the picture is its first frame: no second picture for other viewers.
                let after = [if animated { *b"fcTL" } else { *b"IHDR" }, *b"IDAT"];
                let place =
                    pictures == 0 && animation.controls == u32::from(animated) && after.contains(&last_kind);
                if !place {
                    return Err(out_of_place());
                }
                stream.push(chunk.at, chunk.data, &walk)?;
            }
            b"acTL" if animated => {
                if last_kind != *b"IHDR" {
                    return Err(out_of_place());
                }
                let Ok([a, b, c, d, ..]) = <[u8; 8]>::try_from(chunk.data) else {
                    return Err(walk.fail_at(chunk.at, Fault::Value("the animation control")));
                };
                animation.declared = Some(u32::from_be_bytes([a, b, c, d]));
            }
            b"fcTL" if animated => {
                if !matches!(&last_kind, b"acTL" | b"IDAT" | b"fdAT") {
                    return Err(out_of_place());
                }
                pictures += finish(&mut stream, size, &walk)?;
                animation.control(&chunk, size, &walk)?;
            }
            b"fdAT" if animated => {
                if pictures == 0 || !matches!(&last_kind, b"fcTL" | b"fdAT") {
                    return Err(out_of_place());
                }
                let data = animation.sequence(&chunk, &walk)?;
                stream.push(chunk.at, data, &walk)?;
            }
            b"IEND" => {
                if !matches!(&last_kind, b"IDAT" | b"fdAT") || !chunk.data.is_empty() {
                    return Err(out_of_place());
                }
                pictures += finish(&mut stream, size, &walk)?;
                break;
            }
            kind => return Err(walk.fail_at(chunk.at, Fault::Forbidden(name(kind)))),
        }
        last_kind = chunk.kind;
    }
    walk.end("the end chunk")?;
    if animated {
        walk.check(animation.declared == Some(pictures), Fault::Value("the number of frames"))?;
    }
    Ok(Proof { size, frames: pictures })
}

fn chunk<'a>(walk: &mut Walk<'a>) -> Result<Chunk<'a>, Violation> {
    const PART: &str = "a chunk";
    let at = walk.pos();
    let length = u32::from_be_bytes(walk.array(PART)?);
    let kind = walk.array(PART)?;
    let data = walk.take(length as usize, PART)?;
    if u32::from_be_bytes(walk.array(PART)?) != sum::crc32(&[&kind, data]) {
        return Err(walk.fail_at(at, Fault::Checksum(PART)));
    }
    Ok(Chunk { at, kind, data })
}

fn header(walk: &mut Walk) -> Result<Size, Violation> {
    const PART: &str = "the header chunk";
    let head = chunk(walk)?;
    let fail = |fault| Err(walk.fail_at(head.at, fault));
    if head.kind != *b"IHDR" {
        return fail(Fault::Missing(PART));
    }
    let Ok([w0, w1, w2, w3, h0, h1, h2, h3, rest @ ..]) = <[u8; 13]>::try_from(head.data) else {
        return fail(Fault::Damaged(PART));
    };
    let size = Size::new(u32::from_be_bytes([w0, w1, w2, w3]), u32::from_be_bytes([h0, h1, h2, h3]));
    if !(1..1 << 31).contains(&size.width) || !(1..1 << 31).contains(&size.height) {
        return fail(Fault::Value("the picture's size"));
    }
    // Depth, colour type, compression, filter, interlace.
    if rest != [8, 2, 0, 0, 0] {
        return fail(Fault::Value("the pixel format"));
    }
    Ok(size)
}

impl<'a> Stream<'a> {
    fn push(&mut self, at: usize, data: &'a [u8], walk: &Walk) -> Result<(), Violation> {
        if data.is_empty() {
            return Err(walk.fail_at(at, Fault::Value("an image data chunk")));
        }
        if self.parts.is_empty() {
            self.at = at;
        }
        self.parts.push(data);
        Ok(())
    }
}

/// Proves the stream gathered so far and forgets it; returns how many pictures that were (0 or 1).
fn finish(stream: &mut Stream, size: Size, walk: &Walk) -> Result<u32, Violation> {
    let Stream { at, parts } = std::mem::take(stream);
    let bytes = match parts.as_slice() {
        [] => return Ok(0),
        [one] => Cow::Borrowed(*one),
        many => Cow::Owned(many.concat()),
    };
    let fail = |fault| Err(walk.fail_at(at, fault));
    // Both sides are below 2^31, so the product fits.
    let row = 1 + 3 * u64::from(size.width);
    let expected = row * u64::from(size.height);
    let (mut produced, mut filters_known) = (0u64, true);
    let consumed = inflate::zlib(&bytes, expected, &mut |piece| {
        let mut next = (row - produced % row) % row;
        while let Some(&filter) = usize::try_from(next).ok().and_then(|i| piece.get(i)) {
            filters_known &= filter <= 4;
            next += row;
        }
        produced += piece.len() as u64;
    });
    match consumed {
        Err(Refused::CutShort) => return fail(Fault::CutShort("the image data")),
        Err(Refused::Damaged) => return fail(Fault::Damaged("the image data")),
        Err(Refused::TooLong) => return fail(Fault::Trailing("the last row of the image data")),
        Err(Refused::Checksum) => return fail(Fault::Checksum("the image data")),
        Ok(n) if n != bytes.len() => return fail(Fault::Trailing("the compressed image data")),
        Ok(_) if produced != expected => return fail(Fault::CutShort("the image data")),
        Ok(_) if !filters_known => return fail(Fault::Value("a row filter")),
        Ok(_) => {}
    }
    Ok(1)
}

impl Animation {
    /// Takes the sequence number off a chunk and returns what follows.
    fn sequence<'a>(&mut self, chunk: &Chunk<'a>, walk: &Walk) -> Result<&'a [u8], Violation> {
        match chunk.data.split_at_checked(4) {
            Some((number, rest)) if number == self.next_sequence.to_be_bytes() => {
                self.next_sequence += 1;
                Ok(rest)
            }
            _ => Err(walk.fail_at(chunk.at, Fault::Value("a sequence number"))),
        }
    }

    /// A frame covers the whole canvas, replaces what was there, and is shown for a while.
    fn control(&mut self, chunk: &Chunk, size: Size, walk: &Walk) -> Result<(), Violation> {
        let rest = self.sequence(chunk, walk)?;
        let fail = |what| Err(walk.fail_at(chunk.at, Fault::Value(what)));
        let Ok::<[u8; 22], _>(fields) = rest.try_into() else { return fail("the frame control") };
        let (area, timing) = fields.split_at(16);
        let whole = [size.width, size.height, 0, 0].map(u32::to_be_bytes).concat();
        if area != whole {
            return fail("a frame's area");
        }
        if timing[..2] == [0, 0] && self.declared != Some(1) {
            return fail("a frame's duration");
        }
        if timing[4..] != [0, 0] {
            return fail("a frame's blending");
        }
        self.controls += 1;
        Ok(())
    }
}

/// The name of a chunk type, for violations; unknown types are not named, since they may be content.
fn name(kind: &[u8; 4]) -> &'static str {
    match kind {
        b"tEXt" | b"zTXt" | b"iTXt" => "a text chunk",
        b"eXIf" => "an Exif chunk",
        b"tIME" => "a time chunk",
        b"iCCP" => "a colour profile",
        b"sPLT" => "a suggested palette",
        b"pHYs" => "a physical size",
        b"caBX" => "a C2PA chunk",
        b"acTL" | b"fcTL" | b"fdAT" => "an animation chunk in a still picture",
        b"PLTE" | b"tRNS" | b"hIST" | b"bKGD" | b"sBIT" => "a palette or transparency chunk",
        b"sRGB" | b"gAMA" | b"cHRM" | b"cICP" | b"mDCV" | b"cLLI" => "a colour chunk",
        b"IHDR" => "a second header",
        _ => "a chunk of unknown type",
    }
}
