//! What kind of identifier a line of text is, by rule, so that a report can say "2 dates, 1 record number" without holding a
//! word. Separate from reading and from deciding: rules label, and what they do not know is not harmless for it.
//!
//! Lines are folded to one spelling first (`fold`), then tried one by one and with their neighbours, because forms put the
//! word in one line and the number in the next.

mod checks;
mod fold;
mod harmless;
mod identifier;
mod neighbours;
mod rules;

use std::collections::BTreeMap;

use crate::{geom::Rect, secret::Secret};

pub use harmless::harmless;
pub use identifier::{Kind, Means, SafeHarbor};
use neighbours::Side;
use rules::Match;

/// A line that was read.
#[derive(Clone, Debug)]
pub struct Line {
    /// What stands there.
    pub text: Secret<String>,
    /// The box around it, in pixels of the picture.
    pub place: Rect,
}

/// What lines hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    /// How many of each kind there are.
    pub counts: BTreeMap<Kind, usize>,
    /// The same for each line; what two lines hold together is with the second.
    pub by_line: Vec<BTreeMap<Kind, usize>>,
    /// For each line whether some rule fired in it, alone or together with a neighbour.
    pub fired: Vec<bool>,
}

/// Labels `lines` of one picture.
pub fn label(lines: &[Line]) -> Labels {
    let folded: Vec<String> = lines.iter().map(|line| fold::folded(line.text.expose())).collect();
    let mut matches: Vec<Vec<Match>> = folded.iter().map(|text| rules::matches(text)).collect();
    let mut fired: Vec<bool> = matches.iter().map(|found| !found.is_empty()).collect();
    let places: Vec<Rect> = lines.iter().map(|line| line.place).collect();
    for (first, second, side) in neighbours::neighbours(&places) {
        let (a, b) = (&folded[first], &folded[second]);
        let gap = match side {
            Side::Right => ' ',
            Side::Below => '\n',
        };
        let joint = a.len();
        for found in rules::matches(&format!("{a}{gap}{b}")) {
            // What lies in one of them alone was found there.
            if found.whole.start < joint && found.value.end > joint + 1 {
                fired[first] = true;
                fired[second] = true;
                let in_second = |at: usize| at.saturating_sub(joint + 1);
                let value = in_second(found.value.start)..in_second(found.value.end);
                matches[second].push(Match { value, ..found });
            }
        }
    }
    let mut counts = BTreeMap::new();
    let held = |matches| {
        let mut held = BTreeMap::new();
        named_once(matches).into_iter().for_each(|kind| *held.entry(kind).or_default() += 1);
        held
    };
    let by_line: Vec<BTreeMap<Kind, usize>> = matches.into_iter().map(held).collect();
    for (kind, n) in by_line.iter().flatten() {
        *counts.entry(*kind).or_default() += n;
    }
    Labels { counts, by_line, fired }
}

/// The kinds in one line, every character counted for the rule that knows most about it.
fn named_once(mut matches: Vec<Match>) -> Vec<Kind> {
    matches.sort_by_key(|m| (std::cmp::Reverse(m.weight), std::cmp::Reverse(m.value.len()), m.value.start));
    let mut taken: Vec<Match> = Vec::new();
    for found in matches {
        let apart = |other: &Match| found.value.end <= other.value.start || other.value.end <= found.value.start;
        if taken.iter().all(apart) {
            taken.push(found);
        }
    }
    taken.into_iter().map(|m| m.kind).collect()
}

#[cfg(test)]
mod tests;
