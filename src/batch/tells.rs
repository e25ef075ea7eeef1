//! What a kept name seems to give away. Separate from the naming itself: this only guesses, for a warning, and never
//! decides how a file is called.

use std::path::Path;

use serde::Serialize;

/// What a name looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tells {
    /// A first and a last name, or a title.
    Person,
    /// A day, a month, a year or a time.
    Date,
    /// The number of a patient, a case or an account.
    Record,
}

impl Tells {
    /// In words, with an article.
    pub const fn name(self) -> &'static str {
        match self {
            Tells::Person => "a person",
            Tells::Date => "a date",
            Tells::Record => "a record number",
        }
    }
}

/// Words that cameras, programs and people put into names of files and that name nobody.
const PLAIN: &[&str] = &[
    "after",
    "album",
    "animated",
    "app",
    "audio",
    "back",
    "before",
    "camera",
    "clip",
    "collage",
    "copy",
    "download",
    "edited",
    "export",
    "file",
    "final",
    "folder",
    "front",
    "group",
    "image",
    "images",
    "left",
    "media",
    "movie",
    "new",
    "old",
    "original",
    "page",
    "photo",
    "photos",
    "picture",
    "pictures",
    "portrait",
    "recording",
    "right",
    "scan",
    "scene",
    "screen",
    "screenshot",
    "selfie",
    "shot",
    "side",
    "small",
    "snapchat",
    "team",
    "the",
    "untitled",
    "video",
    "videos",
    "view",
    "wa",
    "whats",
    "whatsapp",
];

/// Prefixes of cameras, behind which a short number only counts.
const CAMERAS: &[&str] = &[
    "burst", "dji", "dsc", "dscf", "dscn", "gopr", "gx", "imag", "img", "kimg", "mov", "mvi", "mvimg", "p", "pano",
    "pict", "pxl", "sam", "vid", "wa",
];

/// Words that announce a number of a person.
const RECORDS: &[&str] = &[
    "acct", "account", "case", "chart", "dob", "id", "mrn", "nhs", "pat", "patient", "pid", "record", "ssn",
    "visit",
];

const TITLES: &[&str] = &["dr", "herr", "frau", "miss", "mme", "mr", "mrs", "ms", "prof"];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// What the names of a file and of the folders above it seem to give away, sorted; only a guess, in both directions.
pub fn tells(path: &Path) -> Vec<Tells> {
    let parts = path.with_extension("");
    let mut found: Vec<_> = parts.iter().flat_map(|part| in_name(&part.to_string_lossy())).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A word or a number of a name.
#[derive(Debug)]
enum Piece {
    Word(String),
    Number(String),
}

fn in_name(name: &str) -> Vec<Tells> {
    // The neutral names of this program are 16 such digits.
    if name.len() == 16 && name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Vec::new();
    }
    let pieces = pieces(name);
    let mut found = Vec::new();
    numbers(&pieces, &mut found);
    if person(&pieces, !found.is_empty()) {
        found.push(Tells::Person);
    }
    found
}

/// Words and numbers in their order; a capital within a word begins a new one.
fn pieces(name: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    let mut last = ' ';
    for c in name.chars() {
        match pieces.last_mut() {
            Some(Piece::Number(number)) if c.is_ascii_digit() && last.is_ascii_digit() => number.push(c),
            Some(Piece::Word(word))
                if c.is_alphabetic() && last.is_alphabetic() && !(c.is_uppercase() && last.is_lowercase()) =>
            {
                word.push(c);
            }
            _ if c.is_ascii_digit() => pieces.push(Piece::Number(c.to_string())),
            _ if c.is_alphabetic() => pieces.push(Piece::Word(c.to_string())),
            _ => {}
        }
        last = c;
    }
    pieces
}

fn numbers(pieces: &[Piece], found: &mut Vec<Tells>) {
    let digits = |at: usize| match pieces.get(at) {
        Some(Piece::Number(number)) => Some(number.as_str()),
        Some(Piece::Word(_)) | None => None,
    };
    let mut at = 0;
    while at < pieces.len() {
        let before = match at.checked_sub(1).and_then(|i| pieces.get(i)) {
            Some(Piece::Word(word)) => word.to_lowercase(),
            Some(Piece::Number(_)) | None => String::new(),
        };
        match &pieces[at] {
            Piece::Word(word) => {
                let word = word.to_lowercase();
                if RECORDS.contains(&word.as_str()) {
                    found.push(Tells::Record);
                }
                let month = MONTHS.iter().any(|m| word.starts_with(m) && (word.len() == 3 || is_month(&word)));
                let beside = digits(at + 1).is_some() || at.checked_sub(1).is_some_and(|i| digits(i).is_some());
                if month && beside {
                    found.push(Tells::Date);
                }
            }
            Piece::Number(number) => {
                let three = digits(at + 1).zip(digits(at + 2));
                if is_day(number) || is_moment(number) || is_year(number) {
                    found.push(Tells::Date);
                    // What stands behind a day is its time.
                    at += usize::from(digits(at + 1).is_some_and(|n| n.len() <= 9));
                } else if three.is_some_and(|(b, c)| is_three(number, b, c)) {
                    found.push(Tells::Date);
                    at += 2;
                } else if number.len() >= 5 && !(number.len() <= 7 && CAMERAS.contains(&before.as_str())) {
                    found.push(Tells::Record);
                }
            }
        }
        at += 1;
    }
}

fn is_month(word: &str) -> bool {
    const LONG: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    LONG.contains(&word)
}

fn within(text: &str, least: u32, most: u32) -> bool {
    text.parse().is_ok_and(|n: u32| (least..=most).contains(&n))
}

fn is_year(number: &str) -> bool {
    number.len() == 4 && within(number, 1900, 2099)
}

/// Year, month and day in a row, in any usual order, perhaps with the time behind them.
fn is_day(number: &str) -> bool {
    if !matches!(number.len(), 8 | 12 | 14) {
        return false;
    }
    let day = &number[..8];
    let year_first = within(&day[..4], 1900, 2099) && within(&day[4..6], 1, 12) && within(&day[6..], 1, 31);
    let year_last = within(&day[4..], 1900, 2099)
        && within(&day[..2], 1, 31)
        && within(&day[2..4], 1, 31)
        && (within(&day[..2], 1, 12) || within(&day[2..4], 1, 12));
    year_first || (number.len() == 8 && year_last)
}

/// Seconds or milliseconds since 1970, from the year 2001 to 2033.
fn is_moment(number: &str) -> bool {
    matches!(number.len(), 10 | 13) && number.starts_with('1')
}

/// `2024-5-6`, `6.5.2024`, `05/06/24`.
fn is_three(a: &str, b: &str, c: &str) -> bool {
    let small = |n: &str| n.len() <= 2 && within(n, 1, 31);
    (is_year(a) && small(b) && small(c)) || (small(a) && small(b) && (is_year(c) || c.len() == 2))
}

/// A title; two names beside each other; or one beside a date or a number.
fn person(pieces: &[Piece], beside_number: bool) -> bool {
    let words: Vec<_> = pieces
        .iter()
        .map(|piece| match piece {
            Piece::Word(word) => Some(word.as_str()),
            Piece::Number(_) => None,
        })
        .collect();
    let plain = |word: &str| {
        let word = word.to_lowercase();
        let lists = [PLAIN, CAMERAS, RECORDS, &MONTHS];
        lists.iter().any(|list| list.contains(&word.as_str())) || is_month(&word)
    };
    let named = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().is_some_and(char::is_uppercase);
        first && word.chars().count() >= 2 && letters.all(char::is_lowercase) && !plain(word)
    };
    // Scripts without capitals: two to four letters are a whole name.
    let caseless = |word: &str| {
        let letters = word.chars().count();
        (2..=4).contains(&letters) && word.chars().all(|c| !c.is_lowercase() && !c.is_uppercase())
    };
    let title = |word: &str| TITLES.contains(&word.to_lowercase().as_str());
    let only_two = words.iter().flatten().count() == 2;
    let pair = words.windows(2).any(|pair| match pair {
        [Some(a), Some(b)] => {
            (named(a) && named(b)) || title(a) || (only_two && [a, b].iter().all(|w| w.len() >= 3 && !plain(w)))
        }
        _ => false,
    });
    pair || words.iter().flatten().any(|word| caseless(word) || (beside_number && named(word)))
}

#[cfg(test)]
mod tests {
    use super::{Tells::*, *};

    #[test]
    fn names_dates_and_numbers_of_records_are_seen() {
        for (name, want) in [
            ("JohnDoe_MRN123.jpg", vec![Person, Record]),
            ("Jane Example 1970/a.png", vec![Person, Date]),
            ("jane-doe.jpg", vec![Person]),
            ("Dr Miller.png", vec![Person]),
            ("李小龙.jpg", vec![Person]),
            ("IMG_20240506_070809.jpg", vec![Date]),
            ("PXL_20240506_070809123.MP.jpg", vec![Date]),
            ("IMG-20240506-WA0001.jpg", vec![Date]),
            ("Screenshot 2024-05-06 at 7.08.png", vec![Date]),
            ("WhatsApp Image 2024-05-06 at 07.08.09.jpeg", vec![Date]),
            ("6.5.2024.png", vec![Date]),
            ("6 May 24.png", vec![Date]),
            ("FB_IMG_1714978089123.jpg", vec![Date]),
            ("patient 7.png", vec![Record]),
            ("0012345678.jpg", vec![Record]),
            ("Jane_12345.jpg", vec![Person, Record]),
        ] {
            assert_eq!(tells(Path::new(name)), want, "{name}");
        }
    }

    #[test]
    fn names_of_cameras_and_of_this_program_are_quiet() {
        for name in [
            "IMG_1234.JPG",
            "DSC01234.JPG",
            "DSCF1234.jpg",
            "P1010023.JPG",
            "MVI_0042.MOV",
            "a.png",
            "photo (2).jpg",
            "before-after.png",
            "Team Photo.png",
            "0123456789012345.jpg",
            "deadbeef00112233.mp4",
            "",
            "-2",
            "_",
        ] {
            assert_eq!(tells(Path::new(name)), [], "{name}");
        }
    }
}
