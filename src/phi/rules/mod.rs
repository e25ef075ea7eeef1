//! The rules: patterns over folded text, each with a check in code. One file a family; here is what a rule is and how it is
//! tried. Patterns run in linear time whatever the text.

pub(super) mod codes;
pub(super) mod contact;
pub(super) mod dates;
pub(super) mod people;

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{fold::spelled, identifier::Kind};

/// What a check is shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit<'a> {
    /// What would identify.
    pub value: &'a str,
    /// Everything before it.
    pub before: &'a str,
    /// Everything behind it.
    pub after: &'a str,
}

/// How much a rule knows: where two see the same characters, the one that knows more names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Weight {
    /// A number of that length could be anything.
    Suspect,
    /// It has the form.
    Form,
    /// It has a form that hardly anything else has.
    Sure,
    /// A word says what it is.
    Word,
    /// Two words say it: "date of birth", "fax".
    Words,
}

/// One way in which an identifier is written.
pub(super) struct Rule {
    kind: Kind,
    weight: Weight,
    pattern: Regex,
    check: fn(&Hit<'_>) -> bool,
}

/// Where a rule fired.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Match {
    pub kind: Kind,
    pub weight: Weight,
    /// The bytes of the whole match, the words that told it included.
    pub whole: Range<usize>,
    /// The bytes of what identifies.
    pub value: Range<usize>,
}

/// What may stand between a word and its number. A line break stands for the gap between two lines that belong together.
const GAP: &str = r"(?:[ .]{0,2}(?:(?:n[o0]|nr|num|number|id|code)(?-u:\b)|#))?[ .:;,#=\n-]{0,4}";

/// What stands between a word and a name: at least something.
const SPACE: &str = r"[ .:;=\n-]{1,4}";

/// A number with letters before it, dashes and spaces in it.
const CODE: &str = r"[a-z]{0,4}[ -]?[0-9][0-9a-z/-]{2,19}";

/// A pattern for any of `words`, at the beginning of a word.
fn any(words: &[&str]) -> String {
    let spelled: Vec<_> = words.iter().map(|word| spelled(word)).collect();
    format!(r"(?-u:\b)(?:{})", spelled.join("|"))
}

fn rule(kind: Kind, weight: Weight, pattern: &str, check: fn(&Hit<'_>) -> bool) -> Rule {
    match Regex::new(pattern) {
        Ok(pattern) => Rule { kind, weight, pattern, check },
        Err(error) => unreachable!("patterns are constants and tests compile them all: {error}"),
    }
}

fn always(_: &Hit<'_>) -> bool {
    true
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    [contact::rules(), dates::rules(), codes::rules(), people::rules()].into_iter().flatten().collect()
});

/// Everywhere that a rule fires in folded text, several rules at the same place included.
pub(super) fn matches(text: &str) -> Vec<Match> {
    let mut found = Vec::new();
    for rule in RULES.iter() {
        let mut at = 0;
        while let Some(captures) = rule.pattern.captures_at(text, at) {
            let Some(whole) = captures.get(0) else { break };
            let value = captures.name("v").unwrap_or(whole);
            let hit = Hit { value: value.as_str(), before: &text[..value.start()], after: &text[value.end()..] };
            let fires = (rule.check)(&hit);
            if fires {
                found.push(Match {
                    kind: rule.kind,
                    weight: rule.weight,
                    whole: whole.range(),
                    value: value.range(),
                });
            }
            // A match ends with the character that bounds it, which may begin the next one.
            let next = if fires { value.end() } else { value.start() };
            at = if next > at { next } else { at + text[at..].chars().next().map_or(1, char::len_utf8) };
            if at > text.len() {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_none_takes_nothing_for_something() {
        assert!(RULES.len() > 40);
        assert!(RULES.iter().all(|rule| !rule.pattern.is_match("")));
        assert_eq!(matches(""), []);
    }

    #[test]
    fn long_lines_of_one_character_take_no_time() {
        for character in ["0", "a", "-", " 1", "@", "a.", "é"] {
            let _ = matches(&character.repeat(4000));
        }
    }
}
