//! Everything that a file gives away, in one call: what stands in it, whether the pictures in it show the same as the
//! file itself, and what surrounds it. Separate from `metadata`, which decodes nothing, because comparing pictures needs
//! decoders.

mod likeness;

use std::{fs::File, path::Path};

use image::RgbImage;

use crate::{
    error::MediaError,
    limits::Limits,
    media,
    metadata::{self, Entry, Likeness, Listing},
};

/// Most embedded pictures of one file that are compared.
const COMPARED: usize = 8;

/// What a file gives away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// What stands in the file besides what it shows.
    pub listing: Listing,
    /// What its name, its times, its attributes and its neighbours tell; empty for bytes in memory.
    pub outside: Vec<Entry>,
}

/// Inspects a file, whatever its name says. A video is not read into memory.
///
/// # Errors
/// When the file cannot be read, or is a picture larger than `limits` allow. What is damaged is an entry, no error.
pub fn inspect_file(path: &Path, limits: &Limits) -> Result<Inspection, MediaError> {
    let is_video = media::head(path).and_then(|head| media::sniff(&head)).is_ok_and(media::Format::is_video);
    let listing = if is_video {
        let mut file = File::open(path).map_err(|source| MediaError::Io { doing: "reading the input", source })?;
        metadata::list_video(&mut file)
    } else {
        inspect_bytes(&media::read_file(path, limits)?, limits)
    };
    Ok(Inspection { listing, outside: metadata::outside(path).unwrap_or_default() })
}

/// Inspects a picture in memory, and compares the pictures embedded in it with what it shows.
pub fn inspect_bytes(bytes: &[u8], limits: &Limits) -> Listing {
    let mut listing = metadata::list(bytes);
    let embedded = || listing.entries.iter().filter(|e| e.picture.is_some()).count();
    if embedded() > 0
        && let Some(shown) = first_picture(bytes.to_vec(), limits)
    {
        let small_limits = Limits { max_file_bytes: 64 << 20, ..limits.clone() };
        for entry in listing.entries.iter_mut().filter(|e| e.picture.is_some()).take(COMPARED) {
            let picture = entry.picture.as_ref().map(|p| p.expose().clone()).unwrap_or_default();
            entry.likeness = Some(match first_picture(picture, &small_limits) {
                Some(embedded) => likeness::compare(&shown, &embedded),
                None => Likeness::Unknown,
            });
        }
    }
    listing
}

fn first_picture(bytes: Vec<u8>, limits: &Limits) -> Option<RgbImage> {
    let mut source = media::image::open(bytes, limits).ok()?;
    source.next_frame().ok().flatten().map(|timed| timed.frame.pixels().clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Reveals;

    fn fixture(name: &str) -> Vec<u8> {
        std::fs::read(format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR")))
            .expect("the fixture is there")
    }

    #[test]
    fn a_thumbnail_is_compared_with_its_picture() {
        let listing = inspect_bytes(&fixture("metadata-everywhere.jpg"), &Limits::default());
        let told: Vec<_> = listing.of(Reveals::SecondPicture).map(|e| (e.place.as_str(), e.likeness)).collect();
        assert!(told.contains(&("JPEG APP1 Exif thumbnail", Some(Likeness::Same))), "{told:?}");
        // The second picture behind the first is drawn in another ink.
        let listing = inspect_bytes(&fixture("trailing-jpeg.jpg"), &Limits::default());
        let other = listing.of(Reveals::SecondPicture).next().and_then(|e| e.likeness);
        assert!(matches!(other, Some(Likeness::Differs { percent: 5.. })), "{other:?}");
    }

    #[test]
    fn embedded_bytes_that_are_no_picture_are_said_to_be_unknown() {
        let clean = fixture("grey.jpg");
        let file = [&clean[..], b"\xFF\xD8\xFF\xE0 no picture \xFF\xD9"].concat();
        let entry = inspect_bytes(&file, &Limits::default()).entries.remove(0);
        assert_eq!((entry.class, entry.likeness), (Reveals::SecondPicture, Some(Likeness::Unknown)));
        let json = serde_json::to_string(&entry).expect("serialises");
        assert!(
            json.contains("unknown") && !json.contains("picture\":["),
            "the picture itself is not in it: {json}"
        );
    }
}
