//! Lines that give nobody away: signs that hang in every building. Separate, because what may stay is a decision, while rules
//! only say what something is. The list is short on purpose, and holds no word that is also a name.

use super::fold::folded;

/// Words of which a harmless line consists.
const WORDS: &[&str] = &[
    "access",
    "alarm",
    "and",
    "area",
    "authorized",
    "break",
    "caution",
    "clean",
    "closed",
    "conditioning",
    "danger",
    "do",
    "door",
    "down",
    "elevator",
    "elevators",
    "emergency",
    "employees",
    "enter",
    "entrance",
    "entry",
    "exit",
    "extinguisher",
    "fire",
    "first",
    "floor",
    "for",
    "gentlemen",
    "gloves",
    "hand",
    "handle",
    "hands",
    "here",
    "high",
    "hose",
    "hot",
    "in",
    "information",
    "keep",
    "ladies",
    "lift",
    "lifts",
    "no",
    "not",
    "of",
    "off",
    "on",
    "only",
    "open",
    "out",
    "parking",
    "personnel",
    "please",
    "point",
    "press",
    "private",
    "pull",
    "push",
    "quiet",
    "reception",
    "recycling",
    "restroom",
    "restrooms",
    "room",
    "sanitizer",
    "smoking",
    "staff",
    "stairs",
    "stairway",
    "stop",
    "switch",
    "thank",
    "the",
    "this",
    "to",
    "toilet",
    "toilets",
    "trash",
    "up",
    "use",
    "voltage",
    "waiting",
    "warning",
    "wash",
    "waste",
    "wc",
    "welcome",
    "wet",
    "you",
    "your",
];

/// A harmless line has a word of at least so many letters: what is too small to be read is read as "do" or "on" now and then.
/// Evidence: on 18 photos of streets, receipts and forms (526 outlines) two lines stayed without this rule, "Emergency Stop"
/// and one that nobody could read; with it only the first.
const LETTERS_MIN: usize = 4;

/// Whether the whole of `line` is on the short list, or is one of `own` lines (spelling folded in both).
pub fn harmless(line: &str, own: &[String]) -> bool {
    let line = folded(line);
    let words = || line.split([' ', '-', '.', ',', '!', ':']).filter(|word| !word.is_empty());
    let listed = words().all(|word| WORDS.binary_search(&word).is_ok());
    let long = words().any(|word| word.len() >= LETTERS_MIN);
    listed && long || !line.is_empty() && own.iter().any(|known| folded(known) == line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_order() {
        assert!(WORDS.is_sorted());
    }

    #[test]
    fn signs_are_harmless_in_any_spelling() {
        for line in [
            "EXIT",
            "Push",
            "FIRE EXIT",
            "Please wash your hands!",
            "Staff only",
            "No smoking",
            "WAITING ROOM",
            "caution: wet floor",
        ] {
            assert!(harmless(line, &[]), "{line}");
        }
    }

    #[test]
    fn a_line_with_one_more_word_or_any_number_is_not() {
        for line in [
            "",
            "do",
            "UP",
            "in on",
            " ",
            "!!",
            "Exit 5",
            "EXIT Smith",
            "Reception: Jane",
            "Room 12",
            "Push 4",
            "Ехit Иван",
            "Open 24/7",
            "Fire marshal Jones",
        ] {
            assert!(!harmless(line, &[]), "{line}");
        }
    }

    #[test]
    fn a_line_of_the_users_own_must_match_as_a_whole() {
        let own = ["Main Street Dental".to_owned()];
        assert!(harmless("MAIN  STREET DENTAL", &own) && harmless("Main Street Dental", &own));
        assert!(!harmless("Main Street", &own) && !harmless("Main Street Dental Jones", &own));
    }
}
