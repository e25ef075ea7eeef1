//! From the network's columns to text. Separate because the alphabet and its order are the network's own.

use std::sync::LazyLock;

use ndarray::{ArrayViewD, Axis, Ix3};

use super::Line;
use crate::secret::Secret;

/// The characters in the network's order, one a line, as they stand in its file.
const ALPHABET: &str = include_str!("../../../models/ppocr-v6-rec-small.txt");

static CHARACTERS: LazyLock<Vec<char>> = LazyLock::new(|| {
    // The first answer means no character, the last a space; neither is in the list.
    let listed = ALPHABET.lines().filter_map(|line| line.chars().next());
    ['\0'].into_iter().chain(listed).chain([' ']).collect()
});

/// The line that `columns` (1 x columns x characters, probabilities) spell.
///
/// # Errors
/// When the array has another shape, or a value is no probability.
pub(super) fn line(columns: ArrayViewD<'_, f32>) -> Result<Line, &'static str> {
    let columns = columns.into_dimensionality::<Ix3>().map_err(|_| "the answer has not three dimensions")?;
    if columns.dim().0 != 1 || columns.dim().2 != CHARACTERS.len() {
        return Err("the answer is not one row of columns over the alphabet");
    }
    let mut text = String::new();
    let mut total = 0.0;
    let mut previous = 0;
    for column in columns.index_axis(Axis(0), 0).outer_iter() {
        let best = column.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
        let Some((index, &probability)) = best else { return Err("the alphabet is empty") };
        if !(0.0..=1.01).contains(&probability) {
            return Err("a value is not between 0 and 1");
        }
        // A letter that spans several columns is one letter; the same letter twice has a blank between.
        if index != 0 && index != previous {
            text.push(CHARACTERS[index]);
            total += probability.min(1.0);
        }
        previous = index;
    }
    let count = text.chars().count();
    // Spaces alone are nothing read.
    if text.trim().is_empty() {
        return Ok(Line::unread());
    }
    Ok(Line { text: Secret::new(text), confidence: total / count as f32 })
}

/// Number of answers a column has.
#[cfg(test)]
pub(super) fn characters() -> usize {
    CHARACTERS.len()
}

/// Where a character stands among the answers.
#[cfg(test)]
pub(super) fn index_of(character: char) -> usize {
    CHARACTERS.iter().position(|c| *c == character).unwrap()
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    fn spelled(columns: &[(Option<char>, f32)]) -> Line {
        let mut array = Array3::zeros((1, columns.len(), characters()));
        for (t, (character, probability)) in columns.iter().enumerate() {
            array[[0, t, character.map_or(0, index_of)]] = *probability;
        }
        line(array.view().into_dyn()).unwrap()
    }

    #[test]
    fn the_alphabet_is_the_networks() {
        assert_eq!(characters(), 18_710);
        assert_eq!((index_of('!'), index_of(' ')), (1, 18_709));
    }

    #[test]
    fn a_letter_over_several_columns_is_one_and_a_blank_parts_two() {
        let read = spelled(&[(Some('O'), 0.9), (Some('O'), 0.5), (None, 0.9), (Some('O'), 0.7), (Some('K'), 0.8)]);
        assert_eq!(read.text.expose(), "OOK");
        assert!((read.confidence - 0.8).abs() < 1e-6, "{}", read.confidence);
    }

    #[test]
    fn blanks_and_spaces_alone_are_nothing() {
        assert_eq!(spelled(&[(None, 0.9), (Some(' '), 0.9)]), Line::unread());
        assert_eq!(spelled(&[]), Line::unread());
    }

    #[test]
    fn a_value_that_is_no_probability_is_refused() {
        let mut array = Array3::zeros((1, 1, characters()));
        array[[0, 0, 5]] = 7.0;
        assert!(line(array.view().into_dyn()).is_err());
    }
}
