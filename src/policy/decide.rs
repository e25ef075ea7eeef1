//! From findings to areas: pure, so that what is destroyed can be tested without pixels or models.

use super::Policy;
use crate::{area::Area, finding::Finding};

/// The areas that the policy wants destroyed in a picture: one for each finding of a class that it names, padded, and
/// every region.
pub fn decide(policy: &Policy, findings: &[Finding]) -> Vec<Area> {
    let found = findings.iter().filter(|finding| policy.redact.contains(&finding.class)).map(|finding| Area {
        shape: finding.shape.padded(policy.pad_px as f32),
        class: finding.class,
        track: None,
    });
    found.chain(regions(policy, None)).collect()
}

/// The same in a frame of a video that is shown `at_us` microseconds after the first one, from what is followed.
pub fn decide_at(policy: &Policy, followed: &[Area], at_us: u64) -> Vec<Area> {
    let padded =
        followed.iter().map(|area| Area { shape: area.shape.padded(policy.pad_px as f32), ..area.clone() });
    padded.chain(regions(policy, Some(at_us))).collect()
}

fn regions(policy: &Policy, at_us: Option<u64>) -> impl Iterator<Item = Area> {
    policy.regions.iter().filter_map(move |region| region.area(at_us))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{area::Shape, finding::Class, geom::Rect};

    fn finding(class: Class) -> Finding {
        Finding {
            class,
            shape: Shape::Rect(Rect::new(10.0, 10.0, 20.0, 20.0)),
            score: 0.5,
            source: "fake".to_owned(),
        }
    }

    #[test]
    fn only_named_classes_are_destroyed() {
        let policy = Policy { redact: vec![Class::Text], ..Policy::default() };
        let areas = decide(&policy, &[finding(Class::Face), finding(Class::Text)]);
        assert_eq!(areas.iter().map(|a| a.class).collect::<Vec<_>>(), [Class::Text]);
    }

    #[test]
    fn padding_moves_every_side_outward() {
        let policy = Policy { pad_px: 3, ..Policy::default() };
        let areas = decide(&policy, &[finding(Class::Face)]);
        assert_eq!(areas[0].shape.bounds(), Rect::new(7.0, 7.0, 23.0, 23.0));
    }
}
