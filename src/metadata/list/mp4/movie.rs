//! The index of a movie: times, tracks of every kind, names, crops. Separate from the tags, which are the same in
//! tracks and movies, and from the samples, to which the tables of a track point.

use super::{
    super::{
        Notes,
        Reveals::{Device, FreeText, Person, Place, SecondPicture, Technical, Time},
        bmff::{self, Box},
        notes::text,
        read,
        source::{Source, is_plain},
    },
    File, private,
    samples::{self, Table},
    tags,
};
use crate::date::utc;

/// Seconds from 1904, where these times begin, to 1970.
const EPOCH: i64 = 2_082_844_800;
/// Most tracks that are looked at.
const MAX_TRACKS: usize = 200;

/// The first box that `path` leads to.
fn at<'a>(body: &'a [u8], path: &[&[u8; 4]]) -> Option<Box<'a>> {
    let (boxes, _) = bmff::boxes(body);
    let found = bmff::first(&boxes, path.first()?)?;
    if path.len() == 1 { Some(found) } else { at(found.body, &path[1..]) }
}

pub(super) fn list(source: &mut Source, index: &[u8], file: &mut File, notes: &mut Notes) {
    let (boxes, whole) = bmff::boxes(index);
    if !whole {
        notes.unreadable("MP4 index");
    }
    let mut videos = 0;
    let timescale = bmff::first(&boxes, b"mvhd").and_then(|b| header_timescale(b.body)).unwrap_or(0);
    for found in boxes.iter().take(MAX_TRACKS) {
        match &found.kind {
            b"mvhd" => times("MP4 movie", found.body, notes),
            b"trak" => track(source, found.body, timescale, &mut videos, file, notes),
            b"udta" => tags::user_data("MP4", found.body, notes),
            b"meta" => tags::metadata("MP4", found.body, notes),
            b"uuid" => private(found.body, notes),
            b"free" | b"skip" | b"wide" if found.body.iter().all(|&b| b == 0) => {}
            b"iods" | b"mvex" | b"ctab" => {}
            b"free" | b"skip" => notes.add("MP4 free space in the index", FreeText, Some(text(found.body))),
            b"cmov" => notes.unreadable("MP4 compressed index"),
            _ => notes.add("MP4 record of unknown type in the index", FreeText, Some(text(found.body))),
        }
    }
}

/// Ticks in a second, of a movie's or a medium's header.
fn header_timescale(body: &[u8]) -> Option<u32> {
    read::be32(body, if body.first() == Some(&1) { 20 } else { 12 })
}

/// The times of creation and modification of a header, where they are not zero.
fn times(place: &str, body: &[u8], notes: &mut Notes) {
    let width = if body.first() == Some(&1) { 8 } else { 4 };
    for (what, at) in [("creation time", 4), ("modification time", 4 + width)] {
        match read::be_wide(body, at, width) {
            Some(seconds @ 1..) => {
                let value = i64::try_from(seconds).ok().filter(|&s| s < 1 << 40).map(|s| utc(s - EPOCH));
                notes.add(format!("{place} {what}"), Time, value);
            }
            Some(0) => {}
            None => notes.unreadable(place),
        }
    }
}

/// What a track of that kind and of that coding is, if it is neither pictures nor sound.
fn timed(handler: [u8; 4], coding: [u8; 4]) -> (&'static str, crate::metadata::list::Reveals, &'static str) {
    match (&handler, &coding) {
        (_, b"gpmd") => ("GoPro track", Place, "holds places, speed and movement for every moment of the video"),
        (_, b"camm") => ("camera motion track", Place, "holds places and movement for every moment of the video"),
        (_, b"mebx") => ("timed metadata track", Person, "holds faces, places or a live photo's marks over time"),
        (_, b"rtmd") => ("Sony track", Place, "holds the camera's settings, serial number and places over time"),
        (_, b"tmcd") => {
            ("time code track", Time, "says at what time of day each frame was taken, or names the reel")
        }
        (_, b"djmd" | b"dbgi" | b"priv") => {
            ("drone track", Place, "holds the flight: places, heights, serial number")
        }
        (_, b"tx3g" | b"wvtt" | b"stpp" | b"c608" | b"c708") | (b"text" | b"sbtl" | b"subt" | b"clcp", _) => {
            ("subtitle track", Person, "is what is said, as text")
        }
        (_, b"mett" | b"urim" | b"metx") | (b"meta", _) => {
            ("timed metadata track", FreeText, "holds records for every moment of the video")
        }
        (b"hint", _) => ("hint track", Technical, "is not needed to show the video"),
        _ => ("track of unknown kind", FreeText, "is not needed to show the video, and anything may stand in it"),
    }
}

fn track(
    source: &mut Source,
    body: &[u8],
    movie_timescale: u32,
    videos: &mut usize,
    file: &mut File,
    notes: &mut Notes,
) {
    let handler: [u8; 4] = at(body, &[b"mdia", b"hdlr"]).and_then(|b| read::array(b.body, 8)).unwrap_or_default();
    let stbl = at(body, &[b"mdia", b"minf", b"stbl"]).map_or(&[][..], |b| b.body);
    let description = at(stbl, &[b"stsd"]).and_then(|b| b.body.get(8..)).unwrap_or(&[]);
    let coding: [u8; 4] = read::array(description, 4).unwrap_or_default();
    let table = Table::read(stbl);
    let place = match &handler {
        b"vide" => {
            *videos += 1;
            let size = read::be16(description, 32).zip(read::be16(description, 34));
            let size = size.map(|(w, h)| format!("{w} x {h} pixels"));
            if matches!(&coding, b"jpeg" | b"png " | b"mjpg") && table.sizes.len() <= 1 {
                notes.add("MP4 attached picture", SecondPicture, size);
            } else if *videos > 1 {
                let why =
                    "is another video, such as a second camera or eye, which no redaction of the first one touches";
                notes.add_why("MP4 second video track", SecondPicture, why, size);
            }
            "MP4 video track"
        }
        b"soun" => {
            notes.add_why("MP4 sound track", Person, "a voice identifies a person, and people say names", None);
            "MP4 sound track"
        }
        _ => {
            let (what, class, why) = timed(handler, coding);
            notes.add_why(format!("MP4 {what}"), class, why, Some(tags::kind(coding)));
            "MP4 further track"
        }
    };
    headers(place, body, notes);
    if handler == *b"vide" {
        edits(body, movie_timescale, &table, notes);
        pictures(source, description, coding, &table, file, notes);
    }
    table.places(&mut file.used);
}

/// The boxes of a track besides its tables.
fn headers(place: &str, body: &[u8], notes: &mut Notes) {
    for found in bmff::boxes(body).0 {
        match &found.kind {
            b"tkhd" => times(place, found.body, notes),
            b"udta" => tags::user_data(place, found.body, notes),
            b"meta" => tags::metadata(place, found.body, notes),
            b"uuid" => private(found.body, notes),
            b"tapt" => notes.add_why(
                format!("{place} aperture"),
                SecondPicture,
                "hides a rim of the picture that is still in the file",
                None,
            ),
            b"mdia" | b"edts" | b"tref" => {}
            b"free" | b"skip" if found.body.iter().all(|&b| b == 0) => {}
            _ => notes.add(format!("{place} record of unknown type"), FreeText, Some(text(found.body))),
        }
    }
    if let Some(chapters) = at(body, &[b"tref", b"chap"]) {
        notes.add_why(
            format!("{place} chapters"),
            FreeText,
            "points to a list of chapters, with titles and pictures",
            Some(format!("{} bytes", chapters.body.len())),
        );
    }
    if let Some(header) = at(body, &[b"mdia", b"mdhd"]) {
        times(&format!("{place} media"), header.body, notes);
        let packed = read::be16(header.body, if header.body.first() == Some(&1) { 32 } else { 20 }).unwrap_or(0);
        // Three letters of five bits; below that it is a QuickTime number, of which 0 is only the default.
        let letters: String =
            [10, 5, 0].iter().map(|shift| char::from((packed >> shift & 0x1F) as u8 + 0x60)).collect();
        if packed >= 0x400 && packed != 0x7FFF && letters != "und" {
            notes.add_why(format!("{place} language"), Person, "says which language is spoken", Some(letters));
        }
    }
    if let Some(name) = at(body, &[b"mdia", b"hdlr"]).and_then(|b| b.body.get(24..)) {
        // QuickTime's has its length first.
        let name = match name {
            [length, rest @ ..] if usize::from(*length) == rest.len() => rest,
            _ => bmff::text_and_rest(name).0,
        };
        if !name.is_empty() {
            let why = "names the device or program that made the track";
            notes.add_why(format!("{place} handler name"), Device, why, Some(text(name)));
        }
    }
}

/// The parts of a track that its edit list does not show.
fn edits(body: &[u8], movie_timescale: u32, table: &Table, notes: &mut Notes) {
    let Some(list) = at(body, &[b"edts", b"elst"]) else { return };
    let timescale = at(body, &[b"mdia", b"mdhd"]).and_then(|b| header_timescale(b.body)).unwrap_or(0);
    let wide = list.body.first() == Some(&1);
    let (width, entry) = if wide { (8, 20) } else { (4, 12) };
    let mut shown: Vec<(i64, i64)> = Vec::new();
    for i in 0..read::be32(list.body, 4).unwrap_or(0).min(1000) as usize {
        let at = 8 + i * entry;
        let (Some(length), Some(start)) =
            (read::be_wide(list.body, at, width), read::be_wide(list.body, at + width, width))
        else {
            break;
        };
        let start = if wide { start.cast_signed() } else { i64::from((start as u32).cast_signed()) };
        if start >= 0 {
            let length = u128::from(length) * u128::from(timescale) / u128::from(movie_timescale.max(1));
            let length = i64::try_from(length).unwrap_or(i64::MAX);
            // A length of nothing is "to the end", in fragmented files.
            shown.push((start, start.saturating_add(if length == 0 { i64::MAX } else { length })));
        }
    }
    let hidden = table.hidden(&shown);
    if hidden > 0 {
        let why = "hides pictures that are still in the file, and that any program can show again";
        let value = format!("{hidden} of {} pictures", table.sizes.len());
        notes.add_why("MP4 edit list", SecondPicture, why, Some(value));
    }
}

/// The description of the pictures, and the messages in the first of them.
fn pictures(
    source: &mut Source,
    description: &[u8],
    coding: [u8; 4],
    table: &Table,
    file: &mut File,
    notes: &mut Notes,
) {
    const PLACE: &str = "MP4 video track";
    if let Some(vendor) = read::array::<4>(description, 20).filter(|v| v.iter().any(|&b| b != 0)) {
        notes.add(format!("{PLACE} vendor"), Device, Some(text(&vendor)));
    }
    let name = description.get(50).map(|&n| n.min(31)).and_then(|n| description.get(51..51 + usize::from(n)));
    if let Some(name) = name.map(text).filter(|n| !n.is_empty() && !is_plain(n)) {
        notes.add(format!("{PLACE} encoder name"), Device, Some(name));
    }
    let length = read::be32(description, 0).unwrap_or(0) as usize;
    let inner = bmff::boxes(description.get(86..length.max(86)).unwrap_or(&[])).0;
    for found in &inner {
        match &found.kind {
            b"clap" => notes.add_why(
                format!("{PLACE} crop"),
                SecondPicture,
                "hides a rim of the picture that is still in the file",
                None,
            ),
            b"colr" if matches!(found.body.get(..4), Some(b"prof" | b"rICC")) => {
                crate::metadata::list::icc::list(&format!("{PLACE} ICC profile"), &found.body[4..], notes);
            }
            b"dvcC" | b"dvvC" | b"dvwC" => notes.add(format!("{PLACE} Dolby Vision record"), Technical, None),
            b"lhvC" => {
                let why = "says that the stream holds further views, such as that of the other eye";
                notes.add_why(format!("{PLACE} further views"), SecondPicture, why, None);
            }
            b"st3d" | b"sv3d" | b"vexu" => notes.add(format!("{PLACE} lens record"), Device, None),
            b"uuid" => private(found.body, notes),
            b"avcC" | b"hvcC" | b"vpcC" | b"av1C" | b"esds" | b"d263" | b"glbl" | b"btrt" | b"pasp" | b"fiel"
            | b"colr" | b"gama" | b"chrm" | b"clli" | b"mdcv" | b"SmDm" | b"CoLL" | b"amve" | b"cclv" => {}
            _ if found.body.iter().all(|&byte| byte == 0) => {}
            _ => notes.add(format!("{PLACE} extension"), FreeText, Some(text(found.body))),
        }
    }
    samples::messages(source, &inner, coding, table, file, notes);
}
