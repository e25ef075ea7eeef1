//! From findings to areas: pure, so that what is destroyed can be tested without pixels or models.

use super::Policy;
use crate::{
    area::Area,
    finding::{Class, Finding},
};

/// The areas that the policy wants destroyed in a picture: one for each finding of a class that it names, padded, and
/// every region.
pub fn decide(policy: &Policy, findings: &[Finding]) -> Vec<Area> {
    let found = findings.iter().filter(|finding| policy.redact.contains(&finding.class)).map(|finding| Area {
        shape: finding.shape.padded(policy.pad_px as f32),
        class: finding.class,
        track: None,
    });
    without_held(found.chain(regions(policy, None)).collect())
}

/// The same in a frame of a video that is shown `at_us` microseconds after the first one, from what is followed.
pub fn decide_at(policy: &Policy, followed: &[Area], at_us: u64) -> Vec<Area> {
    let padded =
        followed.iter().map(|area| Area { shape: area.shape.padded(policy.pad_px as f32), ..area.clone() });
    without_held(padded.chain(regions(policy, Some(at_us))).collect())
}

/// Leaves out what lies wholly inside a sheet, a screen, a band, a badge or a region that goes anyway: lines drawn over the
/// blur of their sheet would show how it was laid out.
fn without_held(areas: Vec<Area>) -> Vec<Area> {
    let whole = |area: &Area| {
        let class = area.class;
        matches!(class, Class::Screen | Class::Document | Class::Wristband | Class::Badge | Class::Region)
    };
    let held = |at: usize, area: &Area| {
        areas.iter().enumerate().any(|(other, holder)| {
            let first = !area.shape.holds(&holder.shape) || other < at;
            other != at && whole(holder) && holder.shape.holds(&area.shape) && first
        })
    };
    areas.iter().enumerate().filter(|(at, area)| !held(*at, area)).map(|(_, area)| area.clone()).collect()
}

fn regions(policy: &Policy, at_us: Option<u64>) -> impl Iterator<Item = Area> {
    policy.regions.iter().filter_map(move |region| region.area(at_us))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{area::Shape, geom::Rect};

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

    #[test]
    fn lines_on_a_sheet_that_goes_as_a_whole_are_not_drawn_over_it() {
        let at =
            |class, x, side| Finding { shape: Shape::Rect(Rect::from_xywh(x, 0.0, side, side)), ..finding(class) };
        let seen = |findings: &[Finding]| -> Vec<_> {
            decide(&Policy::default(), findings).into_iter().map(|a| (a.class, a.shape.bounds().x0)).collect()
        };
        let sheet = at(Class::Document, 0.0, 50.0);
        let all =
            [at(Class::Text, 5.0, 10.0), sheet.clone(), at(Class::Text, 45.0, 10.0), at(Class::Face, 60.0, 5.0)];
        assert_eq!(seen(&all), [(Class::Document, 0.0), (Class::Text, 45.0), (Class::Face, 60.0)]);
        assert_eq!(seen(&[sheet.clone(), sheet]).len(), 1, "one of two equal ones stays");
        assert_eq!(seen(&[at(Class::Face, 0.0, 50.0), at(Class::Text, 5.0, 5.0)]).len(), 2);
    }
}
