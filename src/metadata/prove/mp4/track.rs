//! A track: its headers hold nothing but constants and numbers that agree with each other, and then come the sample
//! description and the tables. Separate because both forms of MP4 have the same tracks.

use super::{
    boxes::{end, fixed, may, need, number, wide_number},
    entry::{self, Coded},
    tables::{self, Samples},
};
use crate::metadata::prove::{
    violation::{Fault, Violation},
    walk::Walk,
};

/// The matrix that turns, flips and moves nothing.
const IDENTITY: [u8; 36] =
    [0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x40, 0, 0, 0];

/// A track whose headers were read.
pub(super) struct Track {
    /// Ticks in a second.
    pub(super) timescale: u32,
    pub(super) coded: Coded,
    /// Width of a pixel over its height.
    pub(super) pixel_aspect: (u32, u32),
    pub(super) samples: Samples,
    /// Length in the movie's ticks.
    pub(super) shown: u64,
}

/// Time of creation and of modification, which must be 0; returns whether the box has wide numbers.
fn times(walk: &mut Walk, flags: u8, part: &'static str) -> Result<bool, Violation> {
    let [version, a, b, c] = walk.array(part)?;
    let at = *walk;
    at.check(version <= 1 && [a, b, c] == [0, 0, flags], Fault::Value(part))?;
    let wide = version == 1;
    for what in ["a time of creation", "a time of modification"] {
        let at = *walk;
        at.check(wide_number(walk, wide, part)? == 0, Fault::Value(what))?;
    }
    Ok(wide)
}

/// The movie header (8.2.2); returns ticks in a second, and the length in ticks.
pub(super) fn movie_header(walk: &mut Walk, next_track: u32) -> Result<(u32, u64), Violation> {
    const PART: &str = "the movie header";
    let mut b = need(walk, b"mvhd", PART)?;
    let wide = times(&mut b, 0, PART)?;
    let timescale = number(&mut b, PART)?;
    b.check(timescale == 1000, Fault::Value(PART))?;
    let duration = wide_number(&mut b, wide, PART)?;
    fixed(&mut b, &[0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], PART)?;
    fixed(&mut b, &IDENTITY, "the movie's matrix")?;
    fixed(&mut b, &[0; 24], PART)?;
    fixed(&mut b, &next_track.to_be_bytes(), "the number of tracks")?;
    end(&b, PART)?;
    Ok((timescale, duration))
}

/// Reads a track (8.3.1). `movie` is the movie's ticks in a second, and the length that no track exceeds.
pub(super) fn track(walk: &mut Walk, id: u32, sound: bool, movie: (u32, u64)) -> Result<Track, Violation> {
    const HEADER: &str = "a track's header";
    let mut trak = need(walk, b"trak", "a track")?;
    let mut head = need(&mut trak, b"tkhd", HEADER)?;
    let wide = times(&mut head, 3, HEADER)?;
    fixed(&mut head, &id.to_be_bytes(), "a track's number")?;
    fixed(&mut head, &[0; 4], HEADER)?;
    let shown = wide_number(&mut head, wide, HEADER)?;
    let constants: &[u8] = if sound { &[0, 1, 1, 0, 0, 0] } else { &[0; 6] };
    fixed(&mut head, &[0; 10], HEADER)?;
    fixed(&mut head, constants, HEADER)?;
    fixed(&mut head, &IDENTITY, "a track's matrix")?;
    let display = head;
    let shape = [number(&mut head, HEADER)?, number(&mut head, HEADER)?];
    end(&head, HEADER)?;
    let mut mdia = need(&mut trak, b"mdia", "a track's media")?;
    end(&trak, "a track's media")?;
    let (timescale, length) = media_header(&mut mdia)?;
    handler(&mut mdia, sound)?;
    let mut minf = need(&mut mdia, b"minf", "a track's media information")?;
    end(&mdia, "a track's media information")?;
    information(&mut minf, sound)?;
    let mut stbl = need(&mut minf, b"stbl", "a sample table")?;
    end(&minf, "a sample table")?;
    let entry = entry::description(&mut stbl, sound)?;
    let samples = tables::read(&mut stbl, sound)?;
    display.check(shape == entry.display(), Fault::Value("a track's size"))?;
    let expected = (u128::from(length) * u128::from(movie.0)).div_ceil(u128::from(timescale));
    display.check(u128::from(shown) == expected && shown <= movie.1, Fault::Value("a track's length"))?;
    display.check(samples.ticks() == length, Fault::Value("a track's length"))?;
    entry.rates_agree(&display, &samples, timescale)?;
    Ok(Track { timescale, pixel_aspect: entry.pixel_aspect, coded: entry.coded, samples, shown })
}

/// The media header (8.4.2); returns ticks in a second, and the length in ticks.
fn media_header(mdia: &mut Walk) -> Result<(u32, u64), Violation> {
    const PART: &str = "a track's media header";
    let mut b = need(mdia, b"mdhd", PART)?;
    let wide = times(&mut b, 0, PART)?;
    let timescale = number(&mut b, PART)?;
    b.check(timescale > 0, Fault::Value(PART))?;
    let length = wide_number(&mut b, wide, PART)?;
    // "und", packed into 15 bits.
    fixed(&mut b, &[0x55, 0xC4], "a track's language")?;
    fixed(&mut b, &[0, 0], PART)?;
    end(&b, PART)?;
    Ok((timescale, length))
}

/// The handler (8.4.3), without a name.
fn handler(mdia: &mut Walk, sound: bool) -> Result<(), Violation> {
    const PART: &str = "a track's handler";
    let mut b = need(mdia, b"hdlr", PART)?;
    fixed(&mut b, &[0; 8], PART)?;
    let at = b;
    let kind: [u8; 4] = b.array(PART)?;
    let expected: &[u8; 4] = if sound { b"soun" } else { b"vide" };
    at.check(kind == *expected, Fault::Forbidden(kind_name(&kind)))?;
    fixed(&mut b, &[0; 12], PART)?;
    fixed(&mut b, &[0], "a handler's name")?;
    b.end("a handler's name")
}

/// The name of a kind of track, for violations.
const fn kind_name(kind: &[u8; 4]) -> &'static str {
    match kind {
        b"vide" => "a second video track",
        b"soun" => "a sound track",
        b"meta" => "a timed metadata track",
        b"text" | b"sbtl" | b"subt" | b"clcp" => "a subtitle track",
        b"tmcd" => "a time code track",
        b"hint" => "a hint track",
        _ => "a track of unknown kind",
    }
}

/// The media information up to the sample table (8.4.5, 8.7.2): constants.
fn information(minf: &mut Walk, sound: bool) -> Result<(), Violation> {
    const PART: &str = "a track's media information";
    if sound {
        let mut b = need(minf, b"smhd", PART)?;
        fixed(&mut b, &[0; 8], PART)?;
        end(&b, PART)?;
    } else {
        let mut b = need(minf, b"vmhd", PART)?;
        fixed(&mut b, &[0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], PART)?;
        end(&b, PART)?;
    }
    // One data reference, to this file.
    let mut b = need(minf, b"dinf", PART)?;
    fixed(&mut b, b"\0\0\0\x1Cdref\0\0\0\0\0\0\0\x01\0\0\0\x0Curl \0\0\0\x01", "the data reference")?;
    end(&b, PART)
}

/// The empty list of tags that the muxer writes; anything in it is a violation.
pub(super) fn empty_user_data(walk: &mut Walk) -> Result<(), Violation> {
    const EMPTY: &[u8] =
        b"\0\0\0\x35meta\0\0\0\0\0\0\0\x21hdlr\0\0\0\0\0\0\0\0mdirappl\0\0\0\0\0\0\0\0\0\0\0\0\x08ilst";
    let at = *walk;
    if let Some(body) = may(walk, b"udta", "user data")? {
        at.check(body.rest() == EMPTY, Fault::Forbidden("user data"))?;
    }
    Ok(())
}
