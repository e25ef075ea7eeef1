//! HEIF and AVIF (ISO 23008-12): the items of the `meta` box. One of them is the picture; its tiles belong to it; every
//! other item is a thumbnail, an auxiliary image, a further picture, or metadata.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};

use super::{
    Notes,
    Reveals::{Device, FreeText, SecondPicture, Technical, Time},
    bmff::{self, Box, text_and_rest},
    exif, icc,
    notes::text,
    read, trailer, xmp,
};

/// Most items; a 200-megapixel phone photo has about 1,000 tiles.
const MAX_ITEMS: usize = 20_000;

struct Item {
    id: u32,
    kind: [u8; 4],
    hidden: bool,
    name: String,
    mime: String,
}

/// A reference: what kind, from which item, to which.
type Reference = ([u8; 4], u32, Vec<u32>);

pub(super) fn list(bytes: &[u8], notes: &mut Notes) {
    let (boxes, whole) = bmff::boxes(bytes);
    if !whole {
        let end = boxes.last().map_or(0, |b| b.at + b.body.len());
        trailer::list("HEIF", &bytes[end..], notes);
    }
    for found in &boxes {
        match &found.kind {
            b"ftyp" | b"meta" | b"mdat" => {}
            b"moov" => {
                notes.add_why("HEIF moov", SecondPicture, "is an image sequence: further pictures or a video", None)
            }
            b"uuid" => notes.add("HEIF uuid box", Device, Some(format!("{} bytes", found.body.len()))),
            b"free" | b"skip" if found.body.iter().all(|&b| b == 0) => {}
            _ => notes.add("HEIF box of unknown type", FreeText, Some(format!("{} bytes", found.body.len()))),
        }
    }
    if boxes.iter().filter(|b| &b.kind == b"mdat").count() > 1 {
        let why = "may hold what no item points to, and anything may stand in it";
        notes.add_why("HEIF second data", FreeText, why, None);
    }
    match bmff::first(&boxes, b"meta").and_then(|meta| meta.body.get(4..)) {
        Some(body) => meta(bytes, body, notes),
        None => notes.unreadable("HEIF meta"),
    }
}

fn meta(file: &[u8], body: &[u8], notes: &mut Notes) {
    let (boxes, whole) = bmff::boxes(body);
    if !whole {
        notes.unreadable("HEIF meta");
    }
    for found in &boxes {
        match &found.kind {
            b"hdlr" | b"pitm" | b"iinf" | b"iref" | b"iprp" | b"iloc" | b"idat" | b"dinf" | b"grpl" | b"ipro" => {}
            b"free" | b"skip" if found.body.iter().all(|&b| b == 0) => {}
            _ => notes.add("HEIF box of unknown type among the items", FreeText, Some(text(found.body))),
        }
    }
    let primary = bmff::first(&boxes, b"pitm").and_then(|b| match b.body.first()? {
        0 => read::be16(b.body, 4).map(u32::from),
        _ => read::be32(b.body, 4),
    });
    let items = bmff::first(&boxes, b"iinf").map(items).unwrap_or_default();
    let references = bmff::first(&boxes, b"iref").map(references).unwrap_or_default();
    let idat = bmff::first(&boxes, b"idat").map_or(&[][..], |b| b.body);
    let places = bmff::first(&boxes, b"iloc").map(|b| Places::new(b.body, file, idat)).unwrap_or_default();
    let shapes = bmff::first(&boxes, b"iprp").map(properties).unwrap_or_default();
    properties_that_tell(&shapes, notes);
    let from = |kind: &[u8; 4]| -> HashSet<u32> {
        references.iter().filter(|(k, ..)| k == kind).map(|(_, from, _)| *from).collect()
    };
    let tiles: HashSet<u32> =
        references.iter().filter(|(k, ..)| k == b"dimg").flat_map(|(.., to)| to.iter().copied()).collect();
    let (thumbnails, auxiliaries) = (from(b"thmb"), from(b"auxl"));
    for item in &items {
        if notes.full() {
            return;
        }
        let size = shapes.size_of(item.id).map(|(w, h)| format!("{w} x {h} pixels"));
        let data = || places.data(item.id);
        match &item.kind {
            b"Exif" => {
                let block = data();
                let skip = read::be32(&block, 0).unwrap_or(0) as usize;
                exif::list("HEIF Exif", block.get(skip.saturating_add(4)..).unwrap_or(&[]), notes);
            }
            b"mime" if item.mime.contains("xml") => xmp::list("HEIF XMP", &data(), notes),
            b"mime" => notes.add("HEIF record", FreeText, Some(item.mime.clone())),
            b"uri " => notes.add("HEIF uri item", FreeText, Some(text(&data()))),
            _ if Some(item.id) == primary || tiles.contains(&item.id) => {}
            _ if thumbnails.contains(&item.id) => notes.add("HEIF thumbnail", SecondPicture, size),
            _ if auxiliaries.contains(&item.id) => auxiliary(shapes.auxiliary(item.id), size, notes),
            b"hvc1" | b"av01" | b"grid" | b"iden" | b"iovl" | b"jpeg" | b"avc1" | b"tmap" | b"unci" | b"j2k1" => {
                let place = if item.hidden { "HEIF hidden picture" } else { "HEIF further picture" };
                notes.add(place, SecondPicture, size);
            }
            _ => notes.add("HEIF item of unknown type", FreeText, Some(text(&data()))),
        }
        if !item.name.is_empty()
            && !matches!(item.name.as_str(), "Image" | "Exif" | "HEVC Image" | "Color" | "Alpha" | "XMP" | "image")
        {
            notes.add("HEIF item name", FreeText, Some(item.name.clone()));
        }
    }
}

fn auxiliary(kind: &str, size: Option<String>, notes: &mut Notes) {
    let (place, why) = match kind {
        k if k.contains("hdrgainmap") => ("HEIF gain map", "shows the whole scene again, as brightness"),
        // The two of ISO 23008-2 have numbers for names.
        k if k.contains("depth") || k.contains("disparity") || k.ends_with("auxid:2") => {
            ("HEIF depth image", "shows the outlines of everybody in the scene")
        }
        k if k.contains("matte") => ("HEIF matte", "shows the outline of a person, their hair, skin or teeth"),
        k if k.contains("alpha") || k.ends_with("auxid:1") => {
            ("HEIF alpha", "hides parts of the picture that are still in the file")
        }
        _ => ("HEIF auxiliary image", SecondPicture.why()),
    };
    notes.add_why(place, SecondPicture, why, size);
}

fn properties_that_tell(shapes: &Properties, notes: &mut Notes) {
    for property in &shapes.all {
        match &property.kind {
            b"colr" if matches!(property.body.get(..4), Some(b"prof" | b"rICC")) => {
                icc::list("HEIF ICC profile", &property.body[4..], notes);
            }
            b"clap" => notes.add_why(
                "HEIF crop",
                SecondPicture,
                "hides a rim of the picture that is still in the file",
                None,
            ),
            b"irot" | b"imir" => notes.add("HEIF turn", Technical, None),
            b"udes" => notes.add("HEIF description", FreeText, property.body.get(4..).map(text)),
            b"crtt" | b"mdft" => notes.add("HEIF time", Time, None),
            _ => {}
        }
    }
}

fn items(iinf: Box) -> Vec<Item> {
    let skip = if iinf.body.first() == Some(&0) { 6 } else { 8 };
    let (entries, _) = bmff::boxes(iinf.body.get(skip..).unwrap_or(&[]));
    entries.iter().filter(|e| e.kind == *b"infe").take(MAX_ITEMS).filter_map(|e| item(e.body)).collect()
}

fn item(body: &[u8]) -> Option<Item> {
    let &[version @ (2 | 3), _, _, flags, ref rest @ ..] = body else { return None };
    let (id, rest) = if version == 2 {
        (u32::from(read::be16(rest, 0)?), rest.get(4..)?)
    } else {
        (read::be32(rest, 0)?, rest.get(6..)?)
    };
    let kind = read::array(rest, 0)?;
    let (name, rest) = text_and_rest(rest.get(4..)?);
    let mime = if kind == *b"mime" { text(text_and_rest(rest).0) } else { String::new() };
    Some(Item { id, kind, hidden: flags & 1 == 1, name: text(name), mime })
}

fn references(iref: Box) -> Vec<Reference> {
    let wide = if iref.body.first() == Some(&0) { 2 } else { 4 };
    let (boxes, _) = bmff::boxes(iref.body.get(4..).unwrap_or(&[]));
    let number = |body: &[u8], at| read::be_wide(body, at, wide).map(|n| n as u32);
    let read_one = |b: &Box| {
        let count = read::be16(b.body, wide)?;
        let to = (0..usize::from(count)).map_while(|i| number(b.body, wide + 2 + i * wide)).collect();
        Some((b.kind, number(b.body, 0)?, to))
    };
    boxes.iter().filter_map(read_one).collect()
}

/// The properties, and which item has which.
#[derive(Default)]
struct Properties<'a> {
    all: Vec<Box<'a>>,
    of: HashMap<u32, Vec<usize>>,
}

fn properties(iprp: Box<'_>) -> Properties<'_> {
    let (boxes, _) = bmff::boxes(iprp.body);
    let all = bmff::first(&boxes, b"ipco").map(|b| bmff::boxes(b.body).0).unwrap_or_default();
    let mut of: HashMap<u32, Vec<usize>> = HashMap::new();
    for ipma in boxes.iter().filter(|b| b.kind == *b"ipma") {
        let _ = associations(ipma.body, &mut of);
    }
    Properties { all, of }
}

/// Reads an `ipma` box as far as it goes.
fn associations(body: &[u8], of: &mut HashMap<u32, Vec<usize>>) -> Option<()> {
    let (id_bytes, index_bytes) =
        (if *body.first()? == 0 { 2 } else { 4 }, if body.get(3)? & 1 == 0 { 1 } else { 2 });
    let mut pos = 8;
    for _ in 0..read::be32(body, 4)?.min(MAX_ITEMS as u32) {
        let id = read::be_wide(body, pos, id_bytes)? as u32;
        let count = usize::from(*body.get(pos + id_bytes)?);
        pos += id_bytes + 1;
        for _ in 0..count {
            let index = read::be_wide(body, pos, index_bytes)? as usize;
            pos += index_bytes;
            // The topmost bit says "essential"; indices count from 1.
            let index = index & ((1 << (8 * index_bytes - 1)) - 1);
            of.entry(id).or_default().extend(index.checked_sub(1));
        }
    }
    Some(())
}

impl Properties<'_> {
    fn get(&self, id: u32, kind: &[u8; 4]) -> Option<&[u8]> {
        let indices = self.of.get(&id)?;
        indices.iter().filter_map(|&i| self.all.get(i)).find(|b| b.kind == *kind).map(|b| b.body)
    }

    fn size_of(&self, id: u32) -> Option<(u32, u32)> {
        let ispe = self.get(id, b"ispe")?;
        Some((read::be32(ispe, 4)?, read::be32(ispe, 8)?))
    }

    fn auxiliary(&self, id: u32) -> &str {
        let name = self.get(id, b"auxC").and_then(|b| b.get(4..)).map_or(&[][..], |b| text_and_rest(b).0);
        std::str::from_utf8(name).unwrap_or("")
    }
}

/// Where the bytes of each item lie.
#[derive(Default)]
struct Places<'a> {
    extents: HashMap<u32, Vec<&'a [u8]>>,
}

impl<'a> Places<'a> {
    fn new(iloc: &[u8], file: &'a [u8], idat: &'a [u8]) -> Self {
        let mut places = Self::default();
        let _ = places.fill(iloc, file, idat);
        places
    }

    /// Reads as far as the box goes.
    fn fill(&mut self, iloc: &[u8], file: &'a [u8], idat: &'a [u8]) -> Option<()> {
        let version = *iloc.first()?;
        let (a, b) = (usize::from(*iloc.get(4)?), usize::from(*iloc.get(5)?));
        let (offset_bytes, length_bytes, base_bytes) = (a >> 4, a & 15, b >> 4);
        let index_bytes = if version == 0 { 0 } else { b & 15 };
        let id_bytes = if version < 2 { 2 } else { 4 };
        if [offset_bytes, length_bytes, base_bytes, index_bytes].iter().any(|&n| n > 8) {
            return None;
        }
        let count = read::be_wide(iloc, 6, id_bytes)?;
        let mut pos = 6 + id_bytes;
        for _ in 0..count.min(MAX_ITEMS as u64) {
            let id = read::be_wide(iloc, pos, id_bytes)? as u32;
            pos += id_bytes;
            let method = if version == 0 { 0 } else { read::be16(iloc, pos)? & 15 };
            pos += if version == 0 { 2 } else { 4 };
            let base = read::be_wide(iloc, pos, base_bytes)?;
            pos += base_bytes;
            let extents = read::be16(iloc, pos)?;
            pos += 2;
            for _ in 0..extents {
                pos += index_bytes;
                let offset = read::be_wide(iloc, pos, offset_bytes)?;
                let length = read::be_wide(iloc, pos + offset_bytes, length_bytes)?;
                pos += offset_bytes + length_bytes;
                let source = if method == 1 { idat } else { file };
                let at = usize::try_from(base.saturating_add(offset)).ok();
                let bytes = at.and_then(|at| read::upto(source, at, usize::try_from(length).unwrap_or(usize::MAX)));
                self.extents.entry(id).or_default().extend(bytes.filter(|_| method < 2));
            }
        }
        Some(())
    }

    /// The bytes of an item; at most 32 MiB, which no honest record reaches.
    fn data(&self, id: u32) -> Vec<u8> {
        let mut out = Vec::new();
        for extent in self.extents.get(&id).into_iter().flatten() {
            out.extend_from_slice(&extent[..extent.len().min((32 << 20) - out.len())]);
        }
        out
    }
}
