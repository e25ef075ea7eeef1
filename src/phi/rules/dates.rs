//! Dates finer than a year, and ages over 89.

use super::{GAP, Hit, Rule, Weight, any, rule};
use crate::phi::{
    checks::{after_version, over_89},
    identifier::Kind,
};

/// Months in seven languages, folded; longer spellings first.
const MONTHS: &str = "january|february|march|april|may|june|july|august|september|october|november|december|\
    januar|februar|marz|maerz|mai|juni|juli|oktober|dezember|janvier|fevrier|mars|avril|juin|juillet|aout|septembre|octobre|\
    novembre|decembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|\
    janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro|gennaio|febbraio|aprile|maggio|giugno|\
    luglio|settembre|ottobre|dicembre|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|okt|nov|dec|dez";

const BIRTH: &[&str] = &[
    "date of birth",
    "d o b",
    "dob",
    "birth date",
    "birthdate",
    "birthday",
    "born",
    "geboren",
    "geb",
    "nacimiento",
];

const DATED: &[&str] = &[
    "date",
    "dated",
    "admitted",
    "admission",
    "adm",
    "discharged",
    "discharge",
    "collected",
    "received",
    "reported",
    "printed",
    "expires",
    "expiry",
    "exp",
    "valid until",
    "issued",
    "signed",
    "visit",
    "appointment",
    "appt",
    "due",
    "seen",
    "surgery",
];

pub(super) fn rules() -> Vec<Rule> {
    use Weight::{Form, Sure, Word, Words};
    let (birth, dated, age) = (any(BIRTH), any(DATED), any(&["age", "aged", "edad", "alter", "yr old"]));
    let day = "[0-3]?[0-9](?:st|nd|rd|th)?";
    vec![
        rule(
            Kind::Date,
            Words,
            &format!(
                r"{birth}{GAP}(?P<v>[0-9]{{1,4}}[ ./-]{{1,3}}[0-9]{{1,2}}(?:[ ./-]{{1,3}}[0-9]{{2,4}})?|[0-9]{{6}}|[0-9]{{8}})"
            ),
            |_| true,
        ),
        rule(
            Kind::Date,
            Word,
            &format!(r"{dated}{GAP}(?P<v>[0-9]{{1,4}}[./-][0-9]{{1,2}}(?:[./-][0-9]{{2,4}})?|[0-9]{{8}})"),
            |hit| numeric(hit.value) || in_a_year(hit.value),
        ),
        rule(
            Kind::Date,
            Sure,
            r"(?:^|[^0-9./-])(?P<v>[0-9]{1,4} ?[./-] ?[0-9]{1,2} ?[./-] ?[0-9]{2,4})(?:$|[^0-9./-]|[.,](?:$| ))",
            |hit| numeric(hit.value) && !after_version(hit),
        ),
        // A time may follow without a space: 2021-03-04T10:00.
        rule(Kind::Date, Sure, r"(?:^|[^0-9])(?P<v>(?:19|20)[0-9]{2}[01][0-9][0-3][0-9])(?:$|[^0-9.])", |hit| {
            compact(hit.value)
        }),
        rule(
            Kind::Date,
            Form,
            r"(?:^|[^0-9./-])(?P<v>(?:0?[1-9]|1[0-2])[/.-](?:19|20)[0-9]{2})(?:$|[^0-9./-])",
            |hit| !after_version(hit),
        ),
        rule(
            Kind::Date,
            Form,
            r"(?:^|[^0-9./-])(?P<v>(?:19|20)[0-9]{2}[/-](?:0[1-9]|1[0-2]))(?:$|[^0-9./-])",
            |_| true,
        ),
        rule(
            Kind::Date,
            Sure,
            &format!(
                r"(?:^|[^0-9a-z.,])(?P<v>{day}[ .,/-]{{0,2}}(?:of |de )?(?:{MONTHS})(?:[ .,/'-]{{0,3}}(?:de )?[0-9]{{2,4}})?)(?:$|[^0-9a-z])"
            ),
            |hit| day_fits(hit) && (hit.value.ends_with(|c: char| c.is_ascii_digit()) || ends_there(hit)),
        ),
        rule(
            Kind::Date,
            Sure,
            &format!(r"(?-u:\b)(?P<v>(?:{MONTHS})[ ./-]{{0,2}}{day}[ ,./'-]{{1,3}}[0-9]{{2,4}})(?:$|[^0-9a-z])"),
            day_fits,
        ),
        rule(Kind::Date, Form, &format!(r"(?-u:\b)(?P<v>(?:{MONTHS})[ ./-]{{1,2}}{day})(?:$|[^0-9a-z%])"), |hit| {
            day_fits(hit) && !unit_follows(hit) && !hit.value.starts_with("may ")
        }),
        rule(
            Kind::Date,
            Form,
            &format!(r"(?-u:\b)(?P<v>(?:{MONTHS})[ .,/'-]{{1,3}}(?:19|20)[0-9]{{2}})(?:$|[^0-9])"),
            |_| true,
        ),
        rule(Kind::Date, Sure, "(?P<v>(?:19|20)[0-9]{2} ?年 ?[0-9]{1,2} ?月)", |_| true),
        rule(Kind::AgeOver89, Word, &format!(r"{age}[ .:=\n-]{{0,4}}(?P<v>[0-9]{{2,3}})(?:$|[^0-9.,%])"), over_89),
        rule(
            Kind::AgeOver89,
            Sure,
            r"(?:^|[^0-9.,/-])(?P<v>[0-9]{2,3}) ?-?(?:y/?o|y\.o\.?|yr?s?[ -]old|years?[ -]old|year-old|yrs?|jahre alt|ans|anos)(?:$|[^a-z])",
            over_89,
        ),
        rule(Kind::AgeOver89, Sure, r"(?:^|[^0-9.,/-])(?P<v>[0-9]{2,3}) ?years?(?:$|[^a-z ])", over_89),
        rule(
            Kind::AgeOver89,
            Sure,
            r"(?:^|[^0-9.,/-])(?P<v>[0-9]{2,3}) ?(?:y|yr|yrs)?[ ,/]{0,2}(?:m|f|male|female)$",
            over_89,
        ),
    ]
}

fn numbers(text: &str) -> Vec<u32> {
    text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

/// Whether `value` is day, month and year in any order, with a year of four digits or, where nothing else speaks against it,
/// two; the same separator twice.
pub(in crate::phi) fn numeric(value: &str) -> bool {
    let separators: Vec<char> = value.chars().filter(|c| matches!(c, '.' | '/' | '-')).collect();
    let parts: Vec<&str> = value.split(['.', '/', '-']).map(str::trim).collect();
    let (&[a, b], &[first, second, third]) = (separators.as_slice(), parts.as_slice()) else { return false };
    let (&[x, y, z], true) = (numbers(value).as_slice(), a == b) else { return false };
    let day_month = |x: u32, y: u32| (1..=31).contains(&x) && (1..=12).contains(&y);
    let year = |n: u32, text: &str| text.len() == 4 && (1880..=2100).contains(&n);
    if year(x, first) {
        return day_month(z, y);
    }
    if first.len() > 2 || !(day_month(x, y) || day_month(y, x)) {
        return false;
    }
    // Versions and sections have short parts: 1.2.13. Dates with full stops and two digits of a year have none.
    year(z, third) || third.len() == 2 && (a != '.' || first.len() == 2 && second.len() == 2)
}

/// A day and a month without a year, or a month and a year.
fn in_a_year(value: &str) -> bool {
    match numbers(value)[..] {
        [x, y] => (1..=31).contains(&x) && ((1..=31).contains(&y) || (1880..=2100).contains(&y)) && x.min(y) <= 12,
        [whole] => compact(&whole.to_string()),
        _ => false,
    }
}

/// Eight digits that are year, month, day.
fn compact(value: &str) -> bool {
    let part = |range| value.get(range).and_then(|p: &str| p.parse::<u32>().ok()).unwrap_or(0);
    value.len() == 8
        && (1880..=2100).contains(&part(0..4))
        && (1..=12).contains(&part(4..6))
        && (1..=31).contains(&part(6..8))
}

fn day_fits(hit: &Hit<'_>) -> bool {
    numbers(hit.value).iter().any(|n| (1..=31).contains(n))
}

/// Whether nothing follows that would make a month another word: "take 2 may repeat".
fn ends_there(hit: &Hit<'_>) -> bool {
    let word = hit.value.rsplit(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    !matches!(word, "may" | "mar" | "dec" | "jun" | "mars")
        || !hit.after.trim_start().starts_with(|c: char| c.is_alphabetic())
}

/// Whether a unit follows: "mar 10 mg".
fn unit_follows(hit: &Hit<'_>) -> bool {
    let word = hit.after.trim_start().split(|c: char| !c.is_alphabetic()).next().unwrap_or("");
    matches!(
        word,
        "mg" | "ml"
            | "g"
            | "kg"
            | "mcg"
            | "mm"
            | "cm"
            | "l"
            | "units"
            | "tablets"
            | "tabs"
            | "drops"
            | "hours"
            | "h"
            | "min"
    )
}
