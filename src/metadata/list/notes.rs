//! The growing list of entries. Separate so that every value passes one door, where it is made printable and short,
//! and so that a hostile file cannot make the list endless.

use super::{Entry, Reveals, jpeg};
use crate::secret::Secret;

/// More entries than any honest file has; a picture with full Exif, XMP and IPTC has fewer than 200.
const MAX_ENTRIES: usize = 2_000;

/// Longest value in characters: enough for a caption's beginning.
const MAX_VALUE_CHARS: usize = 300;

/// Most bytes of embedded pictures that are kept.
const MAX_PICTURES: usize = 32 << 20;

/// Collects entries.
#[derive(Default)]
pub(in crate::metadata) struct Notes {
    entries: Vec<Entry>,
    more: bool,
    /// Bytes of pictures kept so far.
    pictures: usize,
}

impl Notes {
    /// An entry whose class says why it matters.
    pub(in crate::metadata) fn add(&mut self, place: impl Into<String>, class: Reveals, value: Option<String>) {
        self.add_why(place, class, class.why(), value);
    }

    /// An entry with a reason of its own.
    pub(in crate::metadata) fn add_why(
        &mut self,
        place: impl Into<String>,
        class: Reveals,
        why: &'static str,
        value: Option<String>,
    ) {
        if self.entries.len() >= MAX_ENTRIES {
            self.more = true;
            return;
        }
        let value = value.map(|v| Secret::new(printable(&v)));
        self.entries.push(Entry { place: place.into(), class, why, value, picture: None, likeness: None });
    }

    /// An embedded picture, kept where it is a JPEG, so that it can be compared with what the file shows.
    pub(super) fn add_picture(&mut self, place: impl Into<String>, why: &'static str, picture: &[u8]) {
        let before = self.entries.len();
        self.add_why(place, Reveals::SecondPicture, why, Some(jpeg::describe(picture)));
        let fits = picture.len() <= MAX_PICTURES.saturating_sub(self.pictures);
        if let Some(entry) = self.entries.get_mut(before).filter(|_| fits && picture.starts_with(&[0xFF, 0xD8])) {
            self.pictures += picture.len();
            entry.picture = Some(Secret::new(picture.to_vec()));
        }
    }

    /// Something that is there and could not be read.
    pub(super) fn unreadable(&mut self, place: &str) {
        self.add_why(
            format!("{place} (unreadable)"),
            Reveals::Technical,
            "is damaged or of unknown form, so that anything may stand in it",
            None,
        );
    }

    /// Whether no further entry would be kept, so that a walk may stop.
    pub(super) fn full(&self) -> bool {
        self.more
    }

    /// The entries, with a last one that says so if there were too many.
    pub(in crate::metadata) fn into_entries(mut self) -> Vec<Entry> {
        if self.more {
            let why = "there are more entries than any honest file has";
            self.entries.push(Entry {
                place: "further entries".into(),
                class: Reveals::Technical,
                why,
                value: None,
                picture: None,
                likeness: None,
            });
        }
        self.entries
    }
}

/// Text for people: no control characters, which could steer a terminal, and not too long.
fn printable(text: &str) -> String {
    let invisible = |c: char| {
        c.is_control() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
    };
    let mut out: String =
        text.trim().chars().take(MAX_VALUE_CHARS).map(|c| if invisible(c) { ' ' } else { c }).collect();
    if text.trim().chars().nth(MAX_VALUE_CHARS).is_some() {
        out.push('…');
    }
    out
}

/// Bytes that should be text, as UTF-8 where they are and as Latin-1 where not; only as much as a value may show.
pub(super) fn text(bytes: &[u8]) -> String {
    let head = &bytes[..bytes.len().min(MAX_VALUE_CHARS * 4)];
    match std::str::from_utf8(head) {
        Ok(text) => text.to_owned(),
        // A cut inside the last character is no reason to doubt the encoding.
        Err(e) if e.error_len().is_none() && head.len() < bytes.len() => {
            String::from_utf8_lossy(&head[..e.valid_up_to()]).into_owned()
        }
        Err(_) => head.iter().map(|&b| char::from(b)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_cannot_steer_a_terminal_and_are_short() {
        assert_eq!(printable("a\x1b[31mb\u{202E}c\n"), "a [31mb c");
        assert_eq!(printable(&"x".repeat(1000)).chars().count(), MAX_VALUE_CHARS + 1);
        assert_eq!(text(b"caf\xE9"), "café");
        assert_eq!(text("café".as_bytes()), "café");
    }

    #[test]
    fn a_list_that_would_be_endless_ends_and_says_so() {
        let mut notes = Notes::default();
        (0..MAX_ENTRIES * 2).for_each(|_| notes.add("x", Reveals::FreeText, None));
        assert!(notes.full());
        let entries = notes.into_entries();
        assert_eq!((entries.len(), entries[MAX_ENTRIES].place.as_str()), (MAX_ENTRIES + 1, "further entries"));
    }
}
