//! What a file gives away, as typed entries: one per place, with its class, the reason why it matters, and a value
//! that is shown only on request. One wire format a file; every walker is bounded and total: hostile bytes give an
//! entry that says "unreadable", never a panic.

mod avi;
mod bmff;
mod bmp;
mod ebml;
mod exif;
mod gazetteer;
mod gif;
mod heif;
mod icc;
mod ifd;
mod iptc;
mod jpeg;
mod jxl;
mod mp4;
mod mpf;
mod notes;
mod png;
mod read;
mod sei;
mod source;
mod tiff;
mod trailer;
mod ts;
mod video;
mod webp;
mod xmp;

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod videos;

use serde::Serialize;

pub(super) use notes::Notes;
pub use video::list_video;

use crate::secret::Secret;

/// What an entry can tell a stranger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reveals {
    /// Where the picture was taken.
    Place,
    /// Who is in it, who took it, who owns it.
    Person,
    /// Which camera, lens, phone, monitor or program.
    Device,
    /// When it was taken or changed.
    Time,
    /// Text in which anything may stand.
    FreeText,
    /// Another picture or a video that no redaction of the first one touches.
    SecondPicture,
    /// How the picture is to be shown, and whatever is not understood.
    Technical,
}

impl Reveals {
    /// Every class, the worst first, in the order in which reports list them.
    pub const ALL: &'static [Reveals] = &[
        Reveals::Place,
        Reveals::Person,
        Reveals::SecondPicture,
        Reveals::Device,
        Reveals::Time,
        Reveals::FreeText,
        Reveals::Technical,
    ];

    /// The name used in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Reveals::Place => "place",
            Reveals::Person => "person",
            Reveals::Device => "device",
            Reveals::Time => "time",
            Reveals::FreeText => "free text",
            Reveals::SecondPicture => "second picture",
            Reveals::Technical => "technical",
        }
    }

    /// Why an entry of this class matters, where nothing more exact can be said.
    pub const fn why(self) -> &'static str {
        match self {
            Reveals::Place => "says where the picture was taken",
            Reveals::Person => "names a person",
            Reveals::Device => "ties the picture to one device or program, and so to others made with it",
            Reveals::Time => "says when the picture was taken or changed",
            Reveals::FreeText => "holds text, and anything may stand in it",
            Reveals::SecondPicture => "is another picture, which no redaction of the first one touches",
            Reveals::Technical => "is not needed to show the picture",
        }
    }
}

/// One thing that a file gives away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// Where it stands, from the outside in ("JPEG APP1 Exif GPSLatitude"); words of this program only.
    pub place: String,
    /// What it can tell.
    pub class: Reveals,
    /// Why it matters.
    pub why: &'static str,
    /// What it says, in printable characters and cut to 300 of them; never serialised, shown only on request.
    #[serde(skip)]
    pub value: Option<Secret<String>>,
    /// An embedded picture itself, where it is a JPEG of at most 32 MiB; never serialised.
    #[serde(skip)]
    pub picture: Option<Secret<Vec<u8>>>,
    /// Whether that picture shows the same as the file; `None` until somebody compared them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likeness: Option<Likeness>,
}

/// Whether an embedded picture shows the same as the file it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "compared", rename_all = "snake_case")]
pub enum Likeness {
    /// A copy: it shows what the picture shows.
    Same,
    /// It shows something else, perhaps from before something was covered or cropped.
    Differs {
        /// How much of the picture differs, 1 to 100.
        percent: u8,
    },
    /// It could not be decoded.
    Unknown,
}

/// Everything that was found, in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Listing {
    /// The format by content; `None` when it is not one that is read.
    pub format: Option<&'static str>,
    /// What was found.
    pub entries: Vec<Entry>,
}

impl Listing {
    /// The entries of one class.
    pub fn of(&self, class: Reveals) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.class == class)
    }
}

/// Lists what a picture file gives away, whatever its name says. Never fails: what cannot be read is an entry too.
pub fn list(bytes: &[u8]) -> Listing {
    let mut notes = Notes::default();
    let format = match bytes {
        [0xFF, 0xD8, ..] => {
            jpeg::list(bytes, &mut notes);
            Some("JPEG")
        }
        [0x89, b'P', b'N', b'G', ..] => {
            png::list(bytes, &mut notes);
            Some("PNG")
        }
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            webp::list(bytes, &mut notes);
            Some("WebP")
        }
        [b'G', b'I', b'F', b'8', ..] => {
            gif::list(bytes, &mut notes);
            Some("GIF")
        }
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => {
            tiff::list(bytes, &mut notes);
            Some("TIFF")
        }
        [b'B', b'M', ..] => {
            bmp::list(bytes, &mut notes);
            Some("BMP")
        }
        [0xFF, 0x0A, ..] | [0, 0, 0, 12, b'J', b'X', b'L', b' ', ..] => {
            jxl::list(bytes, &mut notes);
            Some("JPEG XL")
        }
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => {
            heif::list(bytes, &mut notes);
            Some("HEIF")
        }
        _ => {
            notes.unreadable("file");
            None
        }
    };
    Listing { format, entries: notes.into_entries() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_never_shows_a_value_unless_it_is_exposed() {
        let listing = list(b"\xFF\xD8\xFF\xFE\x00\x06Jane\xFF\xD9");
        assert_eq!(listing.entries.len(), 1);
        let entry = &listing.entries[0];
        assert_eq!((entry.place.as_str(), entry.class), ("JPEG comment", Reveals::FreeText));
        assert_eq!(entry.value.as_ref().map(|v| v.expose().as_str()), Some("Jane"));
        let json = serde_json::to_string(&listing).expect("serialises");
        assert!(!json.contains("Jane") && !format!("{listing:?}").contains("Jane"));
    }

    #[test]
    fn a_file_of_no_known_format_is_listed_as_unreadable() {
        let listing = list(b"%PDF-1.7");
        assert_eq!((listing.format, listing.entries[0].place.as_str()), (None, "file (unreadable)"));
        assert_eq!(list(b"").entries.len(), 1);
    }
}
