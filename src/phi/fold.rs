//! One spelling for what looks the same. Separate because rules and lists of harmless words must see text through the same
//! eyes, and because what is folded away is a decision of its own.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// `text` in compatibility form (NFKC), in small letters without accents, letters of other scripts that look Latin made
/// Latin, dashes and quotes of one kind, single spaces, and letters that stand for digits (O, I, l, |, S, B, Z) made digits
/// wherever they stand among digits.
pub(super) fn folded(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.nfkc().nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase) {
        match character {
            c if c.is_whitespace() => {
                if !plain.is_empty() && !plain.ends_with(' ') {
                    plain.push(' ');
                }
            }
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            c if c.is_control() => {}
            c => plain.push(alike(c)),
        }
    }
    plain.truncate(plain.trim_end().len());
    // What became a digit in the first pass ties its neighbours in the second.
    with_digits(with_digits(plain.chars().collect())).into_iter().collect()
}

/// The plain character that looks like `c`. The letters are those of Unicode's list of confusables that networks mix up
/// in capitals or small letters: Greek and Cyrillic.
fn alike(c: char) -> char {
    match c {
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '˗' | '_' => '-',
        '‘' | '’' | '‛' | '′' | '´' | '`' | 'ʼ' | 'ʹ' => '\'',
        '“' | '”' | '„' | '«' | '»' | '″' => '"',
        '·' | '•' | '∙' | '。' | '․' => '.',
        '¦' | '∣' | 'ǀ' => '|',
        '⁄' | '∕' => '/',
        '、' => ',',
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'е' | 'ε' => 'e',
        'һ' | 'н' | 'η' => 'h',
        'і' | 'ι' | 'ı' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'ӏ' | 'ł' => 'l',
        'м' | 'μ' => 'm',
        'о' | 'ο' | 'ø' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'у' | 'υ' | 'γ' => 'y',
        'ν' => 'v',
        'х' | 'χ' => 'x',
        'đ' | 'ð' => 'd',
        c => c,
    }
}

/// The digit that `c` may stand for.
fn digit(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        'o' => Some('0'),
        'i' | 'l' | '|' => Some('1'),
        'z' => Some('2'),
        's' => Some('5'),
        'b' => Some('8'),
        _ => None,
    }
}

/// Letters among digits made digits: in a run of which at least half are digits and all others may stand for one, and in a
/// short run that a slash, a dash or a full stop ties to a digit.
fn with_digits(mut characters: Vec<char>) -> Vec<char> {
    let in_run = |c: char| c.is_alphanumeric() || c == '|';
    let ties = |separator: Option<&char>, beyond: Option<&char>| {
        matches!(separator, Some('/' | '-' | '.')) && beyond.is_some_and(char::is_ascii_digit)
    };
    let mut at = 0;
    while at < characters.len() {
        let start = at;
        while at < characters.len() && in_run(characters[at]) {
            at += 1;
        }
        let run = &characters[start..at];
        let before = |back: usize| start.checked_sub(back).map(|i| &characters[i]);
        let tied = ties(before(1), before(2)) || ties(characters.get(at), characters.get(at + 1));
        let numeric = match run.iter().filter(|c| c.is_ascii_digit()).count() {
            0 => tied && run.len() <= 2,
            digits => digits * 2 >= run.len() || tied && run.len() <= 4,
        };
        if let (true, Some(read)) = (numeric, run.iter().map(|c| digit(*c)).collect::<Option<Vec<_>>>()) {
            characters[start..at].copy_from_slice(&read);
        }
        at = at.max(start + 1);
    }
    characters
}

/// A pattern that finds `words` (small letters, single spaces) also where single letters were read as digits, or spaces and
/// full stops were lost or added between words.
pub(super) fn spelled(words: &str) -> String {
    let mut pattern = String::new();
    for letter in words.chars() {
        match letter {
            ' ' => pattern.push_str("[ .]{0,2}"),
            'a' => pattern.push_str("[a4]"),
            'e' => pattern.push_str("[e3]"),
            'o' => pattern.push_str("[o0]"),
            'i' | 'l' => pattern.push_str("[il1|]"),
            's' => pattern.push_str("[s5]"),
            'b' => pattern.push_str("[b8]"),
            'z' => pattern.push_str("[z2]"),
            c => pattern.push_str(&regex::escape(c.encode_utf8(&mut [0; 4]))),
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_the_same_is_spelled_the_same() {
        for (text, plain) in [
            ("  Müller\t—  Straße ", "muller - strasse"),
            ("ＭＲＮ：１２３４", "mrn:1234"),
            ("Раtіеnt", "patient"),
            ("ﬁle № 7", "file no 7"),
            ("Łódź", "lodz"),
            ("l2/O5/I98O", "12/05/1980"),
            ("2O/ll/1987", "20/11/1987"),
            ("OO7-B5-Z3S4", "007-85-2354"),
            ("l92.l68.O.l", "192.168.0.1"),
            ("oil / soil", "oil / soil"),
            ("bill SS so2", "bill ss so2"),
            ("x\u{0}y", "xy"),
        ] {
            assert_eq!(folded(text), plain, "{text}");
        }
    }

    #[test]
    fn words_are_found_through_misread_letters_and_lost_spaces() {
        let pattern = regex::Regex::new(&spelled("date of birth")).unwrap();
        for text in ["date of birth", "date 0f 8irth", "dateofb1rth", "date.of.birth"] {
            assert!(pattern.is_match(text), "{text}");
        }
        assert!(!pattern.is_match("data of birth"));
    }
}
