//! Whether a face that is followed through a video is one person's from beginning to end. Separate and pure: times and looks
//! in, a verdict out, so that every doubt is tested without a frame. One doubt covers the face in every frame.

use super::matching::Likeness;

/// The least number of clear looks.
pub const LOOKS_MIN: u32 = 3;

/// The longest time without a clear look, from the first sighting to the last, in microseconds. Whoever steps in front of a
/// face takes over what is followed; for longer than this nobody does so without being looked at.
pub const UNSURE_MOST_US: u64 = 1_000_000;

/// One face that is followed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Trial {
    person: Option<usize>,
    looks: u32,
    /// The last clear look, or the first sighting.
    sure_us: Option<u64>,
    failed: bool,
}

impl Trial {
    /// It was seen, or is known to be seen later and was seen before, at `at_us`; times rise.
    pub fn followed(&mut self, at_us: u64) {
        let sure_us = *self.sure_us.get_or_insert(at_us);
        self.failed |= at_us.saturating_sub(sure_us) > UNSURE_MOST_US;
    }

    /// Somebody looked who it is.
    pub fn look(&mut self, at_us: u64, likeness: Likeness) {
        self.followed(at_us);
        let (Likeness::Clear(person) | Likeness::Unclear(person)) = likeness else { return self.doubt() };
        if *self.person.get_or_insert(person) != person {
            return self.doubt();
        }
        if matches!(likeness, Likeness::Clear(_)) {
            self.sure_us = Some(at_us);
            self.looks += 1;
        }
    }

    /// Something else speaks against it; for good.
    pub fn doubt(&mut self) {
        self.failed = true;
    }

    /// Whether it may still come out well.
    pub fn is_open(&self) -> bool {
        !self.failed
    }

    /// The person, by index, once nothing more can be seen of the face; `None` where it must be covered throughout.
    pub fn verdict(&self) -> Option<usize> {
        self.person.filter(|_| !self.failed && self.looks >= LOOKS_MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The verdict after looks at these tenths of a second, followed to the last of `until` of them.
    fn verdict(looks: &[(u64, Likeness)], until: u64) -> Option<usize> {
        let mut trial = Trial::default();
        for tenth in 0..=until {
            trial.followed(tenth * 100_000);
            for (_, likeness) in looks.iter().filter(|(at, _)| *at == tenth) {
                trial.look(tenth * 100_000, *likeness);
            }
        }
        trial.verdict()
    }

    const CLEAR: Likeness = Likeness::Clear(4);

    #[test]
    fn several_clear_looks_and_nothing_else_are_a_person() {
        assert_eq!(verdict(&[(2, CLEAR), (5, CLEAR), (8, CLEAR)], 15), Some(4));
        assert_eq!(verdict(&[(2, CLEAR), (5, Likeness::Unclear(4)), (8, CLEAR), (9, CLEAR)], 15), Some(4));
    }

    #[test]
    fn too_few_clear_looks_are_nobody() {
        assert_eq!(verdict(&[(2, CLEAR), (5, CLEAR)], 10), None);
        assert_eq!(verdict(&[(2, CLEAR), (5, CLEAR), (8, Likeness::Unclear(4))], 10), None);
        assert_eq!(verdict(&[], 0), None);
    }

    #[test]
    fn one_look_that_contradicts_is_enough() {
        let clear = [(1, CLEAR), (3, CLEAR), (5, CLEAR), (7, CLEAR)];
        for other in [Likeness::Other, Likeness::Clear(2), Likeness::Unclear(2)] {
            for at in [0, 4, 9] {
                assert_eq!(verdict(&[&clear[..], &[(at, other)]].concat(), 9), None, "{other:?} at {at}");
            }
        }
    }

    #[test]
    fn a_second_without_a_clear_look_is_too_long_at_the_beginning_in_the_middle_and_at_the_end() {
        let looks = |shift: u64| [1, 3, 5].map(|at| (at + shift, CLEAR));
        assert_eq!(verdict(&looks(0), 15), Some(4));
        assert_eq!(verdict(&looks(0), 16), None, "at the end");
        assert_eq!(verdict(&looks(10), 20), None, "at the beginning");
        assert_eq!(verdict(&[looks(0), looks(16)].concat(), 24), None, "in the middle");
        let unclear = (10, Likeness::Unclear(4));
        assert_eq!(verdict(&[&looks(0)[..], &[unclear]].concat(), 16), None, "an unclear look bridges nothing");
    }
}
