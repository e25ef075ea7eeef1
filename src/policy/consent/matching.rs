//! Whether a face is that of somebody who agreed to be seen. Separate and pure: numbers in, a decision out, so that every
//! doubt is tested without a picture. Whoever is in doubt goes.

/// The least similarity of a face to photos of the same person. Evidence: photos of two people taken on different days reach
/// .81. Of 2,365 pairs of faces from different sets of photos without masks none is above .54. Masked faces are more alike: of
/// 25,107 pairs of 225 of them 212 are above .7, an unknown number of them the same person.
pub const SIMILAR: f32 = 0.7;

/// How much less alike the face must be to anybody else, and any other face in the picture to that person.
pub const MARGIN: f32 = 0.2;

/// Above the most alike of the pairs of strangers named at [`SIMILAR`]: in one look of many at the same face, as much says
/// nothing for the person, and nothing against.
pub const UNCLEAR: f32 = 0.55;

/// What one look of many says about a face that is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// It is clearly this person, by index.
    Clear(usize),
    /// It may be this person: blurred, turned, or in poor light.
    Unclear(usize),
    /// It is somebody else, or like two people, or somebody else in the picture is like the same person.
    Other,
}

/// For every face what it looks like; the faces of one frame together, as for [`matched`].
pub fn likeness(similarities: &[Vec<f32>]) -> Vec<Likeness> {
    let of = |(face, row): (usize, &Vec<f32>)| match the_one(similarities, face, row, UNCLEAR) {
        Some((person, best)) if best >= SIMILAR => Likeness::Clear(person),
        Some((person, _)) => Likeness::Unclear(person),
        None => Likeness::Other,
    };
    similarities.iter().enumerate().map(of).collect()
}

/// For every face the person it is, as an index, or `None`. `similarities` has a row a face and a value a person, the best
/// over that person's photos; people who may not be shown any more are among them, so that nobody is taken for a colleague.
pub fn matched(similarities: &[Vec<f32>]) -> Vec<Option<usize>> {
    let of = |(face, row): (usize, &Vec<f32>)| the_one(similarities, face, row, SIMILAR).map(|(person, _)| person);
    similarities.iter().enumerate().map(of).collect()
}

/// The only person that a face is like by at least `least`, and how much.
fn the_one(similarities: &[Vec<f32>], face: usize, row: &[f32], least: f32) -> Option<(usize, f32)> {
    if row.iter().any(|s| !s.is_finite()) {
        return None;
    }
    let (person, best) = row.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let clear = |other: f32| best - other >= MARGIN;
    let others = row.iter().enumerate().filter(|(at, _)| *at != person).all(|(_, s)| clear(*s));
    let mut elsewhere = similarities.iter().enumerate().filter(|(at, _)| *at != face);
    let alone = elsewhere.all(|(_, row)| row.get(person).is_some_and(|s| clear(*s)));
    (best >= least && others && alone).then_some((person, best))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clear_match_is_the_person() {
        assert_eq!(matched(&[vec![0.82, 0.1], vec![0.05, 0.2]]), [Some(0), None]);
        assert_eq!(matched(&[vec![0.1, 0.75], vec![0.9, 0.0]]), [Some(1), Some(0)]);
    }

    #[test]
    fn a_weak_match_is_nobody() {
        assert_eq!(matched(&[vec![0.69]]), [None]);
        assert_eq!(matched(&[vec![0.70]]), [Some(0)]);
    }

    #[test]
    fn somebody_who_looks_like_two_people_is_nobody() {
        assert_eq!(matched(&[vec![0.9, 0.71]]), [None]);
        assert_eq!(matched(&[vec![0.9, 0.69]]), [Some(0)]);
    }

    #[test]
    fn a_person_who_seems_to_be_there_twice_is_nowhere() {
        assert_eq!(matched(&[vec![0.9], vec![0.75]]), [None, None]);
        assert_eq!(matched(&[vec![0.95], vec![0.7]]), [Some(0), None], "the better one is clear of the other");
    }

    #[test]
    fn one_look_of_many_may_be_unclear_but_not_like_a_stranger_or_like_two() {
        assert_eq!(likeness(&[vec![0.8, 0.1]]), [Likeness::Clear(0)]);
        assert_eq!(likeness(&[vec![0.1, 0.6]]), [Likeness::Unclear(1)]);
        assert_eq!(likeness(&[vec![0.54, 0.1]]), [Likeness::Other]);
        assert_eq!(likeness(&[vec![0.6, 0.5]]), [Likeness::Other], "like two people");
        assert_eq!(likeness(&[vec![0.8], vec![0.7]]), [Likeness::Other, Likeness::Other], "there twice");
    }

    #[test]
    fn what_cannot_be_compared_is_nobody() {
        assert_eq!(matched(&[vec![f32::NAN, 0.9]]), [None]);
        assert_eq!(matched(&[vec![]]), [None]);
        assert_eq!(matched(&[vec![0.9], vec![f32::NAN]]), [None, None]);
        assert!(matched(&[]).is_empty());
    }
}
