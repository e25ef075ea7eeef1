//! The sample description: one entry, whose configuration boxes are read by the codec that they are for. Separate
//! because it is where the container and the coded data must agree.

use super::{
    boxes::{end, fixed, may, need, number},
    tables::Samples,
};
use crate::{
    geom::Size,
    metadata::prove::{
        coded::{Pictures, Sounds},
        violation::{Fault, Violation},
        walk::Walk,
    },
};

/// What a track's samples are.
pub(super) enum Coded {
    Pictures(Pictures),
    Sounds(Sounds),
}

/// The entry, and what must agree with other boxes.
pub(super) struct Entry {
    pub(super) coded: Coded,
    pub(super) pixel_aspect: (u32, u32),
    size: Size,
    /// Bits in a second, on average and at most, where they are stated.
    rates: Vec<(u32, u32)>,
}

const PART: &str = "a sample description";

/// Reads the description of a track's samples (8.5.2).
pub(super) fn description(stbl: &mut Walk, sound: bool) -> Result<Entry, Violation> {
    let mut b = need(stbl, b"stsd", PART)?;
    fixed(&mut b, &[0, 0, 0, 0, 0, 0, 0, 1], PART)?;
    let entry = if sound { speech(&mut b)? } else { picture(&mut b)? };
    end(&b, PART)?;
    Ok(entry)
}

impl Entry {
    /// Columns and rows that the track's header must state, in 16.16 fixed point.
    pub(super) fn display(&self) -> [u32; 2] {
        let (num, den) = (u64::from(self.pixel_aspect.0), u64::from(self.pixel_aspect.1.max(1)));
        let width = ((u64::from(self.size.width) << 16) * num + den / 2) / den;
        [width.min(u32::MAX.into()) as u32, self.size.height << 16]
    }

    /// Fails unless the stated bits in a second are those of the samples, where those are known.
    pub(super) fn rates_agree(&self, at: &Walk, samples: &Samples, timescale: u32) -> Result<(), Violation> {
        for &(average, most) in &self.rates {
            let ticks = samples.ticks();
            let known = ticks > 0;
            let bits = u128::from(samples.bytes()) * 8 * u128::from(timescale);
            let actual = bits.checked_div(ticks.into()).unwrap_or(average.into());
            let fits = u128::from(average) == actual && (most == average || most % 1000 == 0 || !known);
            at.check(fits && most >= average, Fault::Value("a bit rate"))?;
        }
        Ok(())
    }
}

fn picture(walk: &mut Walk) -> Result<Entry, Violation> {
    let at = *walk;
    let kind: &[u8; 4] = match walk.rest().get(4..8) {
        Some(b"avc1") => b"avc1",
        Some(b"hvc1") => b"hvc1",
        Some(b"hev1") => b"hev1",
        Some(b"vp09") => b"vp09",
        _ => return Err(at.fail(Fault::Forbidden("a codec of another kind"))),
    };
    let mut b = need(walk, kind, PART)?;
    fixed(&mut b, &[0, 0, 0, 0, 0, 0, 0, 1], PART)?;
    fixed(&mut b, &[0; 16], PART)?;
    let [w0, w1, h0, h1] = b.array(PART)?;
    let size = Size::new(u16::from_be_bytes([w0, w1]).into(), u16::from_be_bytes([h0, h1]).into());
    // 72 dots an inch, and one frame a sample.
    fixed(&mut b, &[0, 0x48, 0, 0, 0, 0x48, 0, 0, 0, 0, 0, 0, 0, 1], PART)?;
    let name = b;
    name.check(is_encoder_name(&b.array(PART)?), Fault::Value("the encoder's name"))?;
    fixed(&mut b, &[0, 0x18, 0xFF, 0xFF], PART)?;
    let at = b;
    let mut pictures = match kind {
        b"avc1" => Pictures::avc(need(&mut b, b"avcC", "the H.264 configuration")?.rest()),
        b"vp09" => vp9(&mut b),
        _ => Pictures::hevc(need(&mut b, b"hvcC", "the HEVC configuration")?.rest()),
    }
    .map_err(|fault| at.fail(fault))?;
    let mut pixel_aspect = (1, 1);
    if let Some(mut field) = may(&mut b, b"fiel", "the field order")? {
        fixed(&mut field, &[1, 0], "the field order")?;
        end(&field, "the field order")?;
    }
    if let Some(mut colour) = may(&mut b, b"colr", "a colour description")? {
        colours(&mut colour)?;
    }
    if let Some(mut aspect) = may(&mut b, b"pasp", "a pixel aspect")? {
        let at = aspect;
        pixel_aspect = (number(&mut aspect, "a pixel aspect")?, number(&mut aspect, "a pixel aspect")?);
        at.check(pixel_aspect.0 > 0 && pixel_aspect.1 > 0, Fault::Value("a pixel aspect"))?;
        end(&aspect, "a pixel aspect")?;
    }
    let rates = bit_rates(&mut b)?;
    end(&b, PART)?;
    // H.264 and HEVC say it twice; VP9 says its size with its first key frame, and its pixel aspect never.
    if let Some(shape) = pictures.shape() {
        at.check(shape.size == size, Fault::Value("the size of the picture"))?;
        at.check(same_aspect(shape.pixel_aspect, pixel_aspect), Fault::Value("a pixel aspect"))?;
    }
    pictures.expect_size(size);
    Ok(Entry { coded: Coded::Pictures(pictures), pixel_aspect, size, rates })
}

fn same_aspect(a: (u32, u32), b: (u32, u32)) -> bool {
    u64::from(a.0) * u64::from(b.1) == u64::from(a.1) * u64::from(b.0)
}

/// The names that the encoders in use have: a length, the name, zeros.
fn is_encoder_name(field: &[u8; 32]) -> bool {
    let (length, rest) = (usize::from(field[0]), &field[1..]);
    let Some((name, zeros)) = rest.split_at_checked(length) else { return false };
    let known: [&[u8]; 4] = [b"", b"Lavc libx264", b"Lavc libx265", b"Lavc libvpx-vp9"];
    known.contains(&name) && zeros.iter().all(|&b| b == 0)
}

/// The VP9 configuration: profile 0, 8 bits, 4:2:0, no further data.
fn vp9(b: &mut Walk) -> Result<Pictures, Fault> {
    const PART: &str = "the VP9 configuration";
    let body = need(b, b"vpcC", PART).map_err(|v| v.fault)?;
    match body.rest() {
        &[1, 0, 0, 0, 0, 10..=62, 0x80..=0x83, primaries, transfer, matrix, 0, 0]
            if [primaries, transfer, matrix].iter().all(|&n| n <= 22) =>
        {
            Ok(Pictures::vp9())
        }
        _ => Err(Fault::Value(PART)),
    }
}

/// Colours by number; a profile may hold anything.
fn colours(colour: &mut Walk) -> Result<(), Violation> {
    const PART: &str = "a colour description";
    let at = *colour;
    match colour.rest() {
        [b'n', b'c', b'l', b'x', 0, p, 0, t, 0, m, 0 | 0x80] if [p, t, m].iter().all(|&&n| n <= 22) => Ok(()),
        [b'p', b'r', b'o', b'f', ..] | [b'r', b'I', b'C', b'C', ..] => {
            Err(at.fail(Fault::Forbidden("a colour profile")))
        }
        _ => Err(at.fail(Fault::Value(PART))),
    }
}

/// The stated bits in a second (8.5.2).
fn bit_rates(b: &mut Walk) -> Result<Vec<(u32, u32)>, Violation> {
    const PART: &str = "a bit rate";
    let Some(mut rate) = may(b, b"btrt", PART)? else { return Ok(Vec::new()) };
    fixed(&mut rate, &[0; 4], PART)?;
    let (most, average) = (number(&mut rate, PART)?, number(&mut rate, PART)?);
    end(&rate, PART)?;
    Ok(vec![(average, most)])
}

fn speech(walk: &mut Walk) -> Result<Entry, Violation> {
    const CONFIG: &str = "the AAC configuration";
    let at = *walk;
    at.check(walk.rest().get(4..8) == Some(b"mp4a"), Fault::Forbidden("a codec of another kind"))?;
    let mut b = need(walk, b"mp4a", PART)?;
    fixed(&mut b, &[0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], PART)?;
    // Two channels of 16 bits, whatever the configuration says; 48 kHz.
    let [_, channels] = b.array(PART)?;
    fixed(&mut b, &[0, 16, 0, 0, 0, 0, 0xBB, 0x80, 0, 0], PART)?;
    let at = b;
    let mut esds = need(&mut b, b"esds", CONFIG)?;
    fixed(&mut esds, &[0; 4], CONFIG)?;
    let outer = descriptor(&mut esds, 3)?;
    let [_, _, flags] = esds.array(CONFIG)?;
    let inner = descriptor(&mut esds, 4)?;
    // AAC, a sound stream, no buffer.
    fixed(&mut esds, &[0x40, 0x15, 0, 0, 0], CONFIG)?;
    let (most, average) = (number(&mut esds, CONFIG)?, number(&mut esds, CONFIG)?);
    let length = descriptor(&mut esds, 5)?;
    at.check(flags == 0 && inner == length + 18 && outer == inner + 14, Fault::Value(CONFIG))?;
    let sounds = Sounds::aac(esds.take(length, CONFIG)?).map_err(|fault| at.fail(fault))?;
    let last = descriptor(&mut esds, 6)?;
    at.check(last == 1, Fault::Value(CONFIG))?;
    fixed(&mut esds, &[2], CONFIG)?;
    end(&esds, CONFIG)?;
    at.check(matches!(channels, 1 | 2) && channels >= sounds.channels(), Fault::Value(CONFIG))?;
    let mut rates = vec![(average, most)];
    rates.extend(bit_rates(&mut b)?);
    end(&b, PART)?;
    let coded = Coded::Sounds(sounds);
    Ok(Entry { coded, pixel_aspect: (1, 1), size: Size::new(0, 0), rates })
}

/// The length of a descriptor with that tag, in the four bytes that the muxer always uses.
fn descriptor(walk: &mut Walk, tag: u8) -> Result<usize, Violation> {
    const CONFIG: &str = "the AAC configuration";
    fixed(walk, &[tag, 0x80, 0x80, 0x80], CONFIG)?;
    walk.byte(CONFIG).map(usize::from)
}
