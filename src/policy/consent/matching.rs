//! Whether a face is that of somebody who agreed to be seen. Separate and pure: numbers in, a decision out, so that every
//! doubt is tested without a picture. Whoever is in doubt goes.

/// The least similarity of a face to photos of the same person. Evidence: photos of two people taken on different days reach
/// .81. Of 2,365 pairs of faces from different sets of photos without masks none is above .54. Masked faces are more alike: of
/// 25,107 pairs of 225 of them 212 are above .7, an unknown number of them the same person.
pub const SIMILAR: f32 = 0.7;

/// How much less alike the face must be to anybody else, and any other face in the picture to that person.
pub const MARGIN: f32 = 0.2;

/// For every face the person it is, as an index, or `None`. `similarities` has a row a face and a value a person, the best
/// over that person's photos; people who may not be shown any more are among them, so that nobody is taken for a colleague.
pub fn matched(similarities: &[Vec<f32>]) -> Vec<Option<usize>> {
    similarities.iter().enumerate().map(|(face, row)| the_one(similarities, face, row)).collect()
}

fn the_one(similarities: &[Vec<f32>], face: usize, row: &[f32]) -> Option<usize> {
    if row.iter().any(|s| !s.is_finite()) {
        return None;
    }
    let (person, best) = row.iter().copied().enumerate().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let clear = |other: f32| best - other >= MARGIN;
    let others = row.iter().enumerate().filter(|(at, _)| *at != person).all(|(_, s)| clear(*s));
    let mut elsewhere = similarities.iter().enumerate().filter(|(at, _)| *at != face);
    let alone = elsewhere.all(|(_, row)| row.get(person).is_some_and(|s| clear(*s)));
    (best >= SIMILAR && others && alone).then_some(person)
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
    fn what_cannot_be_compared_is_nobody() {
        assert_eq!(matched(&[vec![f32::NAN, 0.9]]), [None]);
        assert_eq!(matched(&[vec![]]), [None]);
        assert_eq!(matched(&[vec![0.9], vec![f32::NAN]]), [None, None]);
        assert!(matched(&[]).is_empty());
    }
}
