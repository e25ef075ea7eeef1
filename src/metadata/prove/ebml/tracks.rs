//! The description of a segment and of its tracks, as the muxer writes them: constants, and numbers that agree with
//! the coded data. Separate from the clusters, in which the data are.

use super::element::{checksum, end, fixed, may, may_number, need, need_number};
use crate::{
    geom::Size,
    metadata::prove::{
        coded::{Pictures, Sounds},
        violation::{Fault, Violation},
        walk::Walk,
    },
};

/// The tracks of a segment.
pub(super) struct Tracks {
    pub(super) pictures: Pictures,
    pub(super) sounds: Option<Sounds>,
    /// Width of a pixel over its height.
    pub(super) pixel_aspect: (u32, u32),
}

/// Reads the segment's description; returns its length in milliseconds if it is stated.
pub(super) fn description(mut walk: Walk) -> Result<Option<i64>, Violation> {
    const PART: &str = "the description";
    checksum(&mut walk, PART)?;
    fixed(&mut walk, 0x2A_D7B1, &[0x0F, 0x42, 0x40], "the length of a tick")?;
    fixed(&mut walk, 0x4D80, b"Lavf", "the muxer's name")?;
    fixed(&mut walk, 0x5741, b"Lavf", "the muxer's name")?;
    let mut length = None;
    if let Some(mut body) = may(&mut walk, 0x4489, "the length")? {
        let at = body;
        let stated = f64::from_be_bytes(body.array("the length")?);
        body.end("the length")?;
        // A whole number of milliseconds, up to a year.
        at.check(stated.fract() == 0.0 && (0.0..3.2e10).contains(&stated), Fault::Value("the length"))?;
        length = Some(stated as i64);
    }
    end(&walk, PART)?;
    Ok(length)
}

/// Reads the list of tracks: pictures, and sound if it is allowed.
pub(super) fn tracks(mut walk: Walk, webm: bool, sound: bool) -> Result<Tracks, Violation> {
    const PART: &str = "the list of tracks";
    checksum(&mut walk, PART)?;
    let (pictures, pixel_aspect) = video(need(&mut walk, 0xAE, "a track")?, webm)?;
    let mut sounds = None;
    if sound && let Some(body) = may(&mut walk, 0xAE, "a track")? {
        sounds = Some(audio(body, webm)?);
    }
    end(&walk, PART)?;
    Ok(Tracks { pictures, sounds, pixel_aspect })
}

/// What both kinds of tracks begin with; returns the codec's name.
fn begin<'a>(walk: &mut Walk<'a>, number: u8) -> Result<Walk<'a>, Violation> {
    fixed(walk, 0xD7, &[number], "a track's number")?;
    fixed(walk, 0x73C5, &[0, 0, 0, 0, 0, 0, 0, number], "a track's number")?;
    fixed(walk, 0x9C, &[0], "a track's flags")?;
    fixed(walk, 0x22_B59C, b"und", "a track's language")?;
    // The default among its kind, or not.
    if let Some(flag) = may(walk, 0x88, "a track's flags")? {
        flag.check(matches!(flag.rest(), [0 | 1]), Fault::Value("a track's flags"))?;
    }
    need(walk, 0x86, "a codec")
}

fn video(mut walk: Walk, webm: bool) -> Result<(Pictures, (u32, u32)), Violation> {
    const PART: &str = "a track";
    let codec = begin(&mut walk, 1)?;
    let is_vp9 = codec.rest() == b"V_VP9";
    let known = is_vp9 || !webm && matches!(codec.rest(), b"V_MPEG4/ISO/AVC" | b"V_MPEGH/ISO/HEVC");
    codec.check(known, Fault::Forbidden("a codec of another kind"))?;
    let kind = walk;
    let number = need_number(&mut walk, 0x83, "a track's kind")?;
    kind.check(number == 1, Fault::Forbidden("a track of another kind"))?;
    // Nanoseconds that a picture is shown, where they are always the same.
    if let Some(ns) = may_number(&mut walk, 0x23_E383, "the length of a picture")? {
        kind.check((1..=1_000_000_000_000).contains(&ns), Fault::Value("the length of a picture"))?;
    }
    let (size, aspect) = shape(need(&mut walk, 0xE0, "a picture's size")?)?;
    let at = walk;
    let wrong = |fault| at.fail(fault);
    let mut pictures = match codec.rest() {
        b"V_VP9" => Pictures::vp9(),
        b"V_MPEG4/ISO/AVC" => {
            Pictures::avc(need(&mut walk, 0x63A2, "the H.264 configuration")?.rest()).map_err(wrong)?
        }
        _ => Pictures::hevc(need(&mut walk, 0x63A2, "the HEVC configuration")?.rest()).map_err(wrong)?,
    };
    end(&walk, PART)?;
    if let Some(coded) = pictures.shape() {
        at.check(coded.size == size, Fault::Value("the size of the picture"))?;
        let (a, b) = (coded.pixel_aspect, aspect);
        let same = u64::from(a.0) * u64::from(b.1) == u64::from(a.1) * u64::from(b.0);
        at.check(same, Fault::Value("a pixel aspect"))?;
    }
    pictures.expect_size(size);
    Ok((pictures, aspect))
}

/// Columns and rows, and the pixel aspect.
fn shape(mut walk: Walk) -> Result<(Size, (u32, u32)), Violation> {
    const PART: &str = "a picture's size";
    let side = |walk: &mut Walk, id| {
        let at = *walk;
        let side = need_number(walk, id, PART)?;
        at.check((1..=1 << 16).contains(&side), Fault::Value(PART))?;
        Ok(side as u32)
    };
    let size = Size::new(side(&mut walk, 0xB0)?, side(&mut walk, 0xBA)?);
    // Progressive, or not stated.
    if let Some(interlaced) = may_number(&mut walk, 0x9A, "the field order")? {
        walk.check(matches!(interlaced, 0 | 2), Fault::Value("the field order"))?;
    }
    let mut aspect = (1, 1);
    if let Some((0x54B0, _)) = super::element::identifier(walk.rest()) {
        let shown = Size::new(side(&mut walk, 0x54B0)?, side(&mut walk, 0x54BA)?);
        // A proportion, or a number of pixels.
        if let Some(unit) = may_number(&mut walk, 0x54B2, PART)? {
            walk.check(unit == 3, Fault::Value(PART))?;
        }
        aspect = proportion(
            u64::from(shown.width) * u64::from(size.height),
            u64::from(shown.height) * u64::from(size.width),
        );
    }
    if let Some(colour) = may(&mut walk, 0x55B0, "a colour description")? {
        colours(colour)?;
    }
    end(&walk, PART)?;
    Ok((size, aspect))
}

/// Two numbers without their common factors.
fn proportion(a: u64, b: u64) -> (u32, u32) {
    let (mut x, mut y) = (a, b);
    while y > 0 {
        (x, y) = (y, x % y);
    }
    let part = |n: u64| u32::try_from(n / x.max(1)).unwrap_or(u32::MAX);
    (part(a), part(b))
}

/// Colours by number: transfer, matrix, primaries, range, and where the chroma samples lie.
fn colours(mut walk: Walk) -> Result<(), Violation> {
    const PART: &str = "a colour description";
    for id in [0x55BA, 0x55B1, 0x55BB, 0x55B9, 0x55B7, 0x55B8] {
        if let Some(number) = may_number(&mut walk, id, PART)? {
            walk.check(number <= 22, Fault::Value(PART))?;
        }
    }
    end(&walk, PART)
}

fn audio(mut walk: Walk, webm: bool) -> Result<Sounds, Violation> {
    const PART: &str = "a track";
    let codec = begin(&mut walk, 2)?;
    let is_opus = codec.rest() == b"A_OPUS";
    codec.check(is_opus || codec.rest() == b"A_AAC" && !webm, Fault::Forbidden("a codec of another kind"))?;
    let delay = if is_opus {
        // Nanoseconds to skip at the start, and to decode before a jump.
        let delay = need_number(&mut walk, 0x56AA, "a delay")?;
        fixed(&mut walk, 0x56BB, &[0x04, 0xC4, 0xB4, 0x00], "a delay")?;
        Some(delay)
    } else {
        None
    };
    let kind = walk;
    let number = need_number(&mut walk, 0x83, "a track's kind")?;
    kind.check(number == 2, Fault::Forbidden("a track of another kind"))?;
    // The length of a frame may be stated.
    if let Some(ns) = may_number(&mut walk, 0x23_E383, "the length of a frame")? {
        kind.check((1..=1_000_000_000).contains(&ns), Fault::Value("the length of a frame"))?;
    }
    let mut sound = need(&mut walk, 0xE1, "the kind of sound")?;
    let channels = need_number(&mut sound, 0x9F, "the number of channels")?;
    fixed(&mut sound, 0xB5, &48_000f64.to_be_bytes(), "the sampling rate")?;
    if let Some(bits) = may_number(&mut sound, 0x6264, "the kind of sound")? {
        sound.check(matches!(bits, 16 | 32), Fault::Value("the kind of sound"))?;
    }
    end(&sound, "the kind of sound")?;
    let config = need(&mut walk, 0x63A2, "the sound's configuration")?;
    let sounds = if is_opus { Sounds::opus(config.rest()) } else { Sounds::aac(config.rest()) };
    let sounds = sounds.map_err(|fault| config.fail(fault))?;
    config.check(u64::from(sounds.channels()) == channels, Fault::Value("the number of channels"))?;
    if let (Some(delay), Some(&[a, b])) = (delay, config.rest().get(10..12)) {
        let samples = u64::from(u16::from_le_bytes([a, b]));
        config.check(delay == samples * 1_000_000_000 / 48_000, Fault::Value("a delay"))?;
    }
    end(&walk, PART)?;
    Ok(sounds)
}
