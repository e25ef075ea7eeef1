//! What a pattern cannot say: sums, ranges and what may not stand before. Separate, because regular expressions that run in
//! linear time have no look-around, and because sums are proven on their own.

use super::rules::Hit;

/// The digits of `text` as numbers.
fn digits(text: &str) -> impl Iterator<Item = u32> + '_ {
    text.chars().filter_map(|c| c.to_digit(10))
}

/// Number of digits in `text`.
pub(super) fn count(text: &str) -> usize {
    digits(text).count()
}

/// Whether there are enough digits for a number that identifies.
pub(super) fn numbered(hit: &Hit<'_>) -> bool {
    count(hit.value) >= 3
}

/// Whether the digits could be dialled: 7 to 15 of them (ITU-T E.164), and no date.
pub(super) fn dialled(hit: &Hit<'_>) -> bool {
    (7..=15).contains(&count(hit.value)) && !super::rules::dates::numeric(hit.value)
}

/// A social security number that may have been given out: no 000, 666 or 9xx before, no 00 between, no 0000 behind
/// (Social Security Administration, randomisation of 2011).
pub(super) fn ssn(hit: &Hit<'_>) -> bool {
    let number: String = hit.value.chars().filter(char::is_ascii_digit).collect();
    let part = |range: std::ops::Range<usize>| number.get(range).unwrap_or("000");
    number.len() == 9
        && !matches!(part(0..3), "000" | "666")
        && !number.starts_with('9')
        && part(3..5) != "00"
        && part(5..9) != "0000"
}

/// Luhn's sum over all digits (ISO/IEC 7812-1).
pub(super) fn luhn(text: &str) -> bool {
    let numbers: Vec<u32> = digits(text).collect();
    let sum: u32 =
        numbers.iter().rev().enumerate().map(|(i, d)| if i % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { *d }).sum();
    !numbers.is_empty() && sum.is_multiple_of(10)
}

/// A payment card: 13 to 19 digits with Luhn's sum.
pub(super) fn card(hit: &Hit<'_>) -> bool {
    (13..=19).contains(&count(hit.value)) && luhn(hit.value)
}

/// An international bank account number (ISO 13616): remainder 1 modulo 97 after the first four go to the end. Letters that
/// folding made digits are tried as they may have been.
pub(super) fn iban(hit: &Hit<'_>) -> bool {
    let plain: Vec<char> = hit.value.chars().filter(char::is_ascii_alphanumeric).collect();
    if !(15..=34).contains(&plain.len()) {
        return false;
    }
    let turned = plain[4..].iter().chain(&plain[..4]);
    let rest = turned.filter_map(|c| c.to_digit(36)).fold(0u64, |rest, value| {
        let shift = if value < 10 { 10 } else { 100 };
        (rest * shift + u64::from(value)) % 97
    });
    rest == 1
}

/// A vehicle identification number with its check digit (ISO 3779, 49 CFR 565.15).
pub(super) fn vin(hit: &Hit<'_>) -> bool {
    const WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
    let value = |c: char| match c {
        '0'..='9' => c.to_digit(10),
        'a'..='h' => Some(c as u32 - 'a' as u32 + 1),
        'j'..='n' => Some(c as u32 - 'j' as u32 + 1),
        'p' => Some(7),
        'r' => Some(9),
        's'..='z' => Some(c as u32 - 's' as u32 + 2),
        _ => None,
    };
    let Some(values) = hit.value.chars().map(value).collect::<Option<Vec<_>>>() else { return false };
    if values.len() != WEIGHTS.len() {
        return false;
    }
    let sum = values.iter().zip(WEIGHTS).map(|(v, w)| v * w).sum::<u32>() % 11;
    let check = hit.value.chars().nth(8);
    check == if sum == 10 { Some('x') } else { char::from_digit(sum, 10) }
}

/// A number of the Drug Enforcement Administration: two letters, six digits and their sum.
pub(super) fn dea(hit: &Hit<'_>) -> bool {
    let d: Vec<u32> = digits(hit.value).collect();
    matches!(d[..], [a, b, c, d, e, f, check] if (a + c + e + 2 * (b + d + f)) % 10 == check)
}

/// An IPv4 address that no word for a version stands before.
pub(super) fn ip4(hit: &Hit<'_>) -> bool {
    hit.value.parse::<std::net::Ipv4Addr>().is_ok() && !after_version(hit)
}

/// An IPv6 address.
pub(super) fn ip6(hit: &Hit<'_>) -> bool {
    hit.value.parse::<std::net::Ipv6Addr>().is_ok()
}

/// Whether the word before says that a version follows.
pub(super) fn after_version(hit: &Hit<'_>) -> bool {
    let before = hit.before.trim_end_matches([' ', '.', ':', '=']);
    let word = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or("");
    matches!(
        word,
        "v" | "ver" | "version" | "rev" | "revision" | "release" | "build" | "firmware" | "software" | "sw" | "fw"
    )
}

/// An age from 90 to 149.
pub(super) fn over_89(hit: &Hit<'_>) -> bool {
    hit.value.parse::<u32>().is_ok_and(|age| (90..150).contains(&age))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(value: &str) -> Hit<'_> {
        Hit { value, before: "", after: "" }
    }

    #[test]
    fn numbers_that_were_never_given_out_are_no_social_security_numbers() {
        assert!(ssn(&hit("123-45-6789")) && ssn(&hit("899 99 9999")) && ssn(&hit("665010001")));
        for never in ["000-12-3456", "666-12-3456", "900-12-3456", "123-00-4567", "123-45-0000", "123-45-678"] {
            assert!(!ssn(&hit(never)), "{never}");
        }
    }

    #[test]
    fn sums_tell_numbers_from_their_near_misses() {
        // Published test numbers and textbook examples.
        assert!(card(&hit("4111 1111 1111 1111")) && !card(&hit("4111 1111 1111 1112")));
        assert!(iban(&hit("gb82 west 1234 5698 7654 32")) && !iban(&hit("gb82 west 1234 5698 7654 33")));
        assert!(vin(&hit("1m8gdm9axkp042788")) && !vin(&hit("1m8gdm9a1kp042788")));
        assert!(dea(&hit("ab1234563")) && !dea(&hit("ab1234564")));
    }

    #[test]
    fn ages_up_to_89_are_free() {
        assert!(over_89(&hit("90")) && over_89(&hit("104")));
        assert!(!over_89(&hit("89")) && !over_89(&hit("150")));
    }
}
