//! Who agreed to be seen: authorizations as plain data, and which of them hold today. Separate from the faces, which are kept
//! elsewhere: this file can be read and corrected by hand.
//!
//! An authorization that is revoked, over, not begun, or without an end is none; so is one for other media.

pub mod files;
pub mod matching;
pub mod trial;

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{
    date::Day,
    geom::{Point, Rect},
};

/// People who agreed to be seen, and places in pictures that somebody marked as theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consents {
    /// One row an authorization.
    #[serde(default, rename = "person", skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Person>,
    /// Faces that were pointed out by hand.
    #[serde(default, rename = "picture", skip_serializing_if = "Vec::is_empty")]
    pub pictures: Vec<Pointed>,
}

/// One person's authorization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Its number, as on paper: up to 64 letters, digits, dots and dashes. Not the person's name; it is in every report.
    pub authorization: String,
    /// What it is for.
    pub scope: Vec<Scope>,
    /// The files it is for, as patterns over their paths below the folder that is cleaned (`staff/**`), see
    /// [`files::covers`]. Default: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<String>,
    /// When it was signed; it holds from that day on.
    pub signed: Day,
    /// Its last day.
    pub expires: Day,
    /// When it was revoked; it holds no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked: Option<Day>,
    /// What the pictures may be used for, for people to read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// What an authorization is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Photos, and animations and pages frame by frame.
    Photos,
    /// Videos in files; in streams everybody goes.
    Videos,
}

/// A face that was pointed out by hand in one picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pointed {
    /// Whose it is.
    pub authorization: String,
    /// SHA-256 of the upright picture's pixels, so that a renamed file is still the same and an edited one is not.
    pub pixels_sha256: String,
    /// Left, top, width, height, in pixels of the upright picture.
    #[serde(rename = "box")]
    pub xywh: [f32; 4],
}

impl Pointed {
    /// Whether the middle of a face is in the box.
    pub fn holds(&self, p: Point) -> bool {
        let [x, y, w, h] = self.xywh;
        let rect = Rect::from_xywh(x, y, w, h);
        (rect.x0..rect.x1).contains(&p.x) && (rect.y0..rect.y1).contains(&p.y)
    }
}

/// Whether an authorization holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds.
    InForce,
    /// It is signed with a day to come.
    NotBegun,
    /// Its last day is over.
    Expired,
    /// It was revoked.
    Revoked,
}

impl Standing {
    /// In a word, for lists.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::InForce => "in force",
            Standing::NotBegun => "not begun",
            Standing::Expired => "EXPIRED",
            Standing::Revoked => "REVOKED",
        }
    }
}

impl Person {
    /// Whether it holds on `today`.
    pub fn standing(&self, today: Day) -> Standing {
        match self {
            Self { revoked: Some(_), .. } => Standing::Revoked,
            Self { expires, .. } if *expires < today => Standing::Expired,
            Self { signed, .. } if *signed > today => Standing::NotBegun,
            Self { .. } => Standing::InForce,
        }
    }

    /// Whether it holds on `today` for `scope` and for the file at `place`, the path below the folder that is cleaned. One for
    /// some files does not hold where the place is not known.
    pub fn allows(&self, scope: Scope, today: Day, place: Option<&Path>) -> bool {
        self.standing(today) == Standing::InForce && self.scope.contains(&scope) && self.is_for(place)
    }

    fn is_for(&self, place: Option<&Path>) -> bool {
        let covered = |pattern: &String| place.is_some_and(|place| files::covers(pattern, place));
        self.files.is_empty() || self.files.iter().any(covered)
    }
}

/// Whether `text` may be an authorization's number: also a file's name, so no slash and no leading dot.
pub fn is_number(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_');
    (1..=64).contains(&text.len()) && text.bytes().all(fits) && !text.starts_with(['.', '-'])
}

impl Consents {
    /// Parses and checks TOML text: a table `[[person]]` for each authorization, a table `[[picture]]` for each face that was
    /// pointed out.
    ///
    /// # Errors
    /// With what is wrong and where: an unknown key, a day that is none, a number that is used twice or cannot be one, an
    /// end before the beginning, a face pointed out for nobody.
    pub fn from_toml(text: &str) -> Result<Self, String> {
        let consents: Self = toml::from_str(text).map_err(|e| e.to_string())?;
        for (at, person) in consents.people.iter().enumerate() {
            let id = &person.authorization;
            if !is_number(id) {
                return Err(format!(
                    "person {}: `authorization` must be up to 64 letters, digits, dots and dashes",
                    at + 1
                ));
            }
            // File systems that do not tell capitals apart would keep both faces in one file.
            if consents.people[..at].iter().any(|other| other.authorization.eq_ignore_ascii_case(id)) {
                return Err(format!("the authorization {id} is listed twice"));
            }
            for pattern in &person.files {
                files::check(pattern).map_err(|wrong| format!("`files` of the authorization {id} {wrong}"))?;
            }
            if person.expires < person.signed {
                return Err(format!("the authorization {id} ends before it was signed"));
            }
        }
        for pointed in &consents.pictures {
            let id = &pointed.authorization;
            if consents.person(id).is_none() {
                return Err(format!("a picture names the authorization {id}, which is not listed"));
            }
            let [x, y, w, h] = pointed.xywh;
            if !Rect::from_xywh(x, y, w, h).is_valid() {
                return Err(format!("a picture of {id} has a `box` that is empty"));
            }
        }
        Ok(consents)
    }

    /// As TOML text; parses back to the same.
    pub fn to_toml(&self) -> String {
        let head =
            "# People who agreed to be seen. `safepost consent` keeps this file; it may be corrected by hand.\n\n";
        let Ok(text) = toml::to_string(self) else { unreachable!("plain data: strings, numbers and lists") };
        format!("{head}{text}")
    }

    /// The authorizations for some files only that are for the one at `place`: where these differ, outputs may.
    pub fn limited_to(&self, place: &Path) -> Vec<String> {
        let limited = self.people.iter().filter(|person| !person.files.is_empty() && person.is_for(Some(place)));
        limited.map(|person| person.authorization.clone()).collect()
    }

    /// The authorization of this number.
    pub fn person(&self, authorization: &str) -> Option<&Person> {
        self.people.iter().find(|person| person.authorization == authorization)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "[[person]]\nauthorization = \"A-1\"\nscope = [\"photos\"]\nsigned = \"2026-01-10\"\nexpires = \"2026-12-31\"\n";

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn an_authorization_holds_from_its_first_day_to_its_last() {
        let consents = Consents::from_toml(ONE).unwrap();
        let person = consents.person("A-1").unwrap();
        let standing = |text| person.standing(day(text));
        assert_eq!(standing("2026-01-09"), Standing::NotBegun);
        assert_eq!(standing("2026-01-10"), Standing::InForce);
        assert_eq!(standing("2026-12-31"), Standing::InForce);
        assert_eq!(standing("2027-01-01"), Standing::Expired);
        let june = day("2026-06-01");
        assert!(person.allows(Scope::Photos, june, None) && !person.allows(Scope::Videos, june, None));
    }

    #[test]
    fn a_revoked_authorization_never_holds() {
        let consents = Consents::from_toml(&format!("{ONE}revoked = \"2030-01-01\"\n")).unwrap();
        assert_eq!(consents.people[0].standing(day("2026-06-01")), Standing::Revoked);
    }

    #[test]
    fn an_authorization_for_some_files_holds_for_no_other_and_not_where_the_place_is_unknown() {
        let consents = Consents::from_toml(&format!("{ONE}files = [\"staff/**\", \"web/*.jpg\"]\n")).unwrap();
        let holds =
            |place: Option<&str>| consents.people[0].allows(Scope::Photos, day("2026-06-01"), place.map(Path::new));
        assert!(holds(Some("staff/a/b.jpg")) && holds(Some("web/b.jpg")));
        assert!(!holds(Some("patients/b.jpg")) && !holds(None));
        assert_eq!(consents.limited_to(Path::new("staff/a.jpg")), ["A-1"]);
        assert!(consents.limited_to(Path::new("patients/a.jpg")).is_empty());
        assert!(Consents::from_toml(ONE).unwrap().limited_to(Path::new("staff/a.jpg")).is_empty());
    }

    #[test]
    fn a_file_that_makes_no_sense_is_refused_with_its_reason() {
        let picture = |id, side| {
            format!("{ONE}[[picture]]\nauthorization = \"{id}\"\npixels_sha256 = \"\"\nbox = [0, 0, {side}, 1]\n")
        };
        for (text, word) in [
            (ONE.replace("2026-12-31", "2025-12-31"), "before"),
            (ONE.replace("expires = \"2026-12-31\"", ""), "expires"),
            (ONE.replace("2026-12-31", "soon"), "2026-03-01"),
            (ONE.replace("A-1", "../A"), "letters"),
            (ONE.replace("A-1", ""), "letters"),
            (format!("{ONE}{}", ONE.replace("A-1", "a-1")), "twice"),
            (format!("{ONE}unknown = 1\n"), "unknown"),
            (ONE.replace("photos", "posters"), "posters"),
            (format!("{ONE}files = [\"/staff\"]\n"), "relative"),
            (picture("B", 1), "not listed"),
            (picture("A-1", 0), "empty"),
        ] {
            let error = Consents::from_toml(&text).unwrap_err();
            assert!(error.contains(word), "{text}: {error}");
        }
    }

    #[test]
    fn the_written_file_parses_back_to_the_same() {
        let picture = "[[picture]]\nauthorization = \"A-1\"\npixels_sha256 = \"ab\"\nbox = [1, 2, 3, 4.5]\n";
        let consents = Consents::from_toml(&format!("{ONE}purpose = \"web site\"\n{picture}")).unwrap();
        assert_eq!(Consents::from_toml(&consents.to_toml()).unwrap(), consents);
        assert_eq!(Consents::from_toml(&Consents::default().to_toml()).unwrap(), Consents::default());
    }
}
