//! Names, told by what stands beside them: a word, a title, a degree, a comma. There is no list of names: it would know the
//! common ones only, and take common words for them.

use super::{Hit, Rule, SPACE, Weight, any, rule};
use crate::phi::identifier::Kind;

/// Up to four words and initials before them, one word of at least two letters, of any script.
const NAME: &str = r"(?:[a-z]\. ?){0,2}[a-z\x{80}-\x{10ffff}][a-z\x{80}-\x{10ffff}'-]+(?:,? ?[a-z\x{80}-\x{10ffff}][a-z\x{80}-\x{10ffff}'.-]*){0,3}";

/// Words that a name follows, with or without a colon.
const NAMED: &[&str] = &[
    "patient name",
    "patient's name",
    "name of patient",
    "pt name",
    "full name",
    "first name",
    "last name",
    "surname",
    "forename",
    "given name",
    "family name",
    "middle name",
    "maiden name",
    "mother's name",
    "father's name",
    "name",
    "next of kin",
    "nok",
    "emergency contact",
    "responsible party",
    "vorname",
    "nachname",
    "nombre",
    "apellido",
    "apellidos",
    "prenom",
    "cognome",
    "ho ten",
    "ho va ten",
];

/// Words that a name follows where a colon or the end of the line says so.
const SAID: &[&str] = &[
    "patient",
    "pt",
    "doctor",
    "physician",
    "provider",
    "attending",
    "nurse",
    "rn",
    "surgeon",
    "mother",
    "father",
    "parent",
    "wife",
    "husband",
    "spouse",
    "son",
    "daughter",
    "guardian",
    "insured",
    "employer",
    "signed",
    "signed by",
    "signature",
    "technologist",
    "tech",
    "referred by",
    "referring",
    "ordered by",
    "requested by",
    "reported by",
    "collected by",
    "prescriber",
    "resident",
    "consultant",
    "witness",
    "contact",
    "client",
    "customer",
    "cashier",
    "served by",
    "sold to",
    "bill to",
    "ship to",
    "attn",
    "operator",
    "author",
    "your nurse is",
    "my name is",
];

/// Words with which no name begins: what else stands in forms and on signs.
const NO_NAMES: &[&str] = &[
    "a",
    "above",
    "account",
    "address",
    "advocate",
    "age",
    "all",
    "and",
    "are",
    "area",
    "as",
    "at",
    "badge",
    "be",
    "bed",
    "below",
    "brand",
    "business",
    "by",
    "care",
    "center",
    "centre",
    "chart",
    "check",
    "clinic",
    "code",
    "comments",
    "company",
    "consent",
    "copy",
    "date",
    "department",
    "dept",
    "dob",
    "drug",
    "education",
    "elevator",
    "email",
    "entrance",
    "exit",
    "female",
    "first",
    "for",
    "form",
    "gender",
    "generic",
    "here",
    "history",
    "hospital",
    "id",
    "identification",
    "if",
    "in",
    "information",
    "instructions",
    "is",
    "item",
    "label",
    "last",
    "legal",
    "lounge",
    "male",
    "medication",
    "middle",
    "mrn",
    "must",
    "name",
    "names",
    "no",
    "none",
    "not",
    "notes",
    "number",
    "of",
    "office",
    "on",
    "only",
    "or",
    "parking",
    "phone",
    "plate",
    "please",
    "portal",
    "print",
    "printed",
    "product",
    "pull",
    "push",
    "reception",
    "record",
    "registration",
    "relations",
    "report",
    "restroom",
    "results",
    "rights",
    "room",
    "safety",
    "services",
    "sex",
    "should",
    "sign",
    "signature",
    "state",
    "status",
    "summary",
    "tag",
    "tel",
    "test",
    "the",
    "this",
    "to",
    "toilet",
    "type",
    "unit",
    "unknown",
    "use",
    "waiting",
    "ward",
    "will",
    "with",
    "you",
    "your",
];

pub(super) fn rules() -> Vec<Rule> {
    use Weight::{Form, Sure, Word, Words};
    let (named, said) = (any(NAMED), any(SAID));
    let degree = r"m\.?d\.?|r\.?n\.?|d\.?d\.?s\.?|d\.?m\.?d\.?|ph\.?d\.?|d\.?o\.?|lpn|cna|fnp|aprn|crna|np|np-c|pa-c|mbbs|frcs|facs|\
        pharmd|psyd|dpm|dvm|rrt|bsn|msn|dpt|lcsw|esq";
    vec![
        rule(Kind::Name, Words, &format!("{named}{SPACE}(?P<v>{NAME})"), a_name),
        rule(Kind::Name, Word, &format!(r"{said}(?: ?[:;=][ \n.]{{0,3}})(?P<v>{NAME})"), a_name),
        rule(Kind::Name, Word, &format!(r"^{said} ?\n(?P<v>{NAME})"), a_name),
        rule(
            Kind::Name,
            Sure,
            &format!(
                r"(?-u:\b)(?:mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|rev|herr|frau|mme|mlle|monsieur|madame|senor|senora)\.? (?P<v>{NAME})"
            ),
            titled,
        ),
        rule(Kind::Name, Sure, &format!(r"(?:^|[^a-z])(?P<v>{NAME}), ?(?:{degree})(?:$|[^a-z])"), a_name),
        rule(
            Kind::Name,
            Form,
            &format!(r"^(?P<v>{NAME}) (?:md|m\.d\.|rn|r\.n\.|dds|dmd|phd|ph\.d\.|aprn|crna|mbbs)$"),
            a_name,
        ),
        rule(Kind::Name, Form, r"^(?P<v>[a-z][a-z'-]+, ?[a-z][a-z'-]+(?: [a-z][a-z'.-]*)?)$", |hit| {
            hit.value.split([',', ' ']).all(|word| !no_name(word))
        }),
    ]
}

fn no_name(word: &str) -> bool {
    NO_NAMES.binary_search(&word).is_ok()
}

fn a_name(hit: &Hit<'_>) -> bool {
    let first = hit.value.split([' ', ',', '.']).find(|word| word.len() > 1).unwrap_or("");
    !no_name(first)
}

/// A name behind a title, unless the title is the end of a street or a unit of time.
fn titled(hit: &Hit<'_>) -> bool {
    let mut words = hit.before.trim_end().rsplit(' ').map(|word| word.trim_matches('.'));
    let (title, before) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let unit = matches!(title, "ms" | "dr") && before.ends_with(|c: char| c.is_ascii_digit());
    let street = title == "dr" && hit.before.starts_with(|c: char| c.is_ascii_digit());
    a_name(hit) && !unit && !street
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_words_that_are_no_names_is_in_order() {
        assert!(NO_NAMES.is_sorted());
    }
}
