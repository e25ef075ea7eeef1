//! Attacks a finished draft: detectors look at what was encoded, and what they see there that no mask explains is a
//! miss. Separate from [`crate::verify`], which knows structure and decoding but neither masks nor detectors.

mod due;
mod film;
mod finished;
mod letters;
mod packed;
mod still;

pub(super) use film::{FilmSeen, Hints, Known, Shown};
pub use finished::Seen;
pub(super) use packed::Packed;
pub(super) use still::Attack;

use crate::{
    area::{Area, Shape},
    error::CleanError,
    finding::{Class, Finding},
    geom::Size,
    pipeline::habits::sure,
    policy::{Checks, Depth, Policy},
    redact::Mask,
    verify::Refutation,
};

/// What one look at an output comes to.
#[derive(Default)]
pub(super) struct Judged {
    /// What is seen and not explained by what was destroyed or stays on purpose.
    pub missed: Vec<Finding>,
    /// Lines of text among them that can be read and hold an identifier.
    pub identifying: u64,
}

/// Why an input has no output.
pub(super) enum Stop {
    Failed(CleanError),
    Refuted(Refutation),
}

impl<E: Into<CleanError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Stop::Failed(error.into())
    }
}

impl From<Refutation> for Stop {
    fn from(refutation: Refutation) -> Self {
        Stop::Refuted(refutation)
    }
}

/// Whether outputs of `policy` are tried to be read.
pub(super) fn reads(policy: &Policy) -> bool {
    let Checks { stills, videos } = policy.verify;
    policy.redact.contains(&Class::Text) && (stills, videos) != (Depth::Off, Depth::Off)
}

/// Times that something may be destroyed which was seen only in a draft; what is still seen then withholds the output.
pub(super) const ROUNDS_MOST: u32 = 2;

/// How much of a finding may stick out of the masks and still be taken for something that they left: its own rim, or
/// the edge of a mask.
const OUTSIDE_MOST: f32 = 0.3;

/// From how much of it outside of all masks a finding cannot be their texture. What lies between this and
/// [`OUTSIDE_MOST`] is mostly shoulders and folds beside a destroyed head, and has to be seen for sure to count. Evidence:
/// every fourteenth photo of eval/faces (30, mostly crowds); of 110 faces that are seen only in outputs, 86 reach into
/// masks, none of those with a labelled face under it, and 24 lie outside, four of those on labelled faces.
const OUTSIDE_CLEAR: f32 = 0.9;

/// The middle of a finding, as a share of its width and height, in which a face has its eyes, nose and mouth.
const CORE: f32 = 0.6;

/// How much of the middle of a face may stick out of the masks when it is their own look with a rim of hair, neck and
/// shoulder around it. In a pan over a crowd a draft showed four such faces by a score above .45; .86 to 1 of their middles lay
/// under masks.
const CORE_OUTSIDE_MOST: f32 = 0.2;

/// How much of a face that stays (intersection over union) one that is seen must have in common with it to be that face, and
/// not another one before or behind it.
const SAME_FACE: f32 = 0.3;

/// Those of `seen`, in a picture of `size`, that are not explained by what `areas` destroyed in it or by what is `visible`
/// on purpose, which explains only its own class.
///
/// Nothing under a mask is a function of the input, so what is seen there is the mask's own texture and tells nothing;
/// to destroy it again would change nothing either.
pub(super) fn unexplained(seen: Vec<Finding>, areas: &[Area], visible: &[Finding], size: Size) -> Vec<Finding> {
    seen.into_iter().filter(|finding| !explained(finding, areas, visible, size)).collect()
}

fn explained(finding: &Finding, areas: &[Area], visible: &[Finding], size: Size) -> bool {
    let bounds = finding.shape.bounds();
    let same = |left: &&Finding| left.class != Class::Face || left.shape.bounds().iou(&bounds) >= SAME_FACE;
    let left = visible.iter().filter(|left| left.class == finding.class).filter(same);
    let left = left.map(|left| Area { shape: left.shape, class: left.class, track: None });
    let near: Vec<Area> = areas
        .iter()
        .cloned()
        .chain(left)
        .filter(|area| area.shape.bounds().intersection(&bounds).is_some())
        .collect();
    let masked = Mask::of(&near, size);
    // Outside of the picture there is nothing to see.
    let Some(outside) = share_outside(&finding.shape, &masked) else { return true };
    match finding.class {
        Class::Face => {
            let core = Shape::Ellipse(bounds.grown(CORE));
            outside <= OUTSIDE_MOST
                || (outside < OUTSIDE_CLEAR && finding.score < sure(finding.class))
                || share_outside(&core, &masked).is_some_and(|outside| outside <= CORE_OUTSIDE_MOST)
        }
        // Masks end in edges and stand on sheets that are still sheets: beside one, these are mostly its own look.
        Class::Text | Class::Code | Class::Screen | Class::Document | Class::Wristband | Class::Badge => {
            outside < OUTSIDE_CLEAR || finding.score < sure(finding.class)
        }
        Class::Region => true,
    }
}

/// The share of `shape` that lies in the picture and outside of `masked`; `None` when nothing of it is in the picture.
fn share_outside(shape: &Shape, masked: &Mask) -> Option<f32> {
    let mask = Mask::of_shape(shape, masked.size());
    let all = mask.pixels();
    let outside: u64 = mask
        .rows()
        .flat_map(|(y, spans)| spans.iter().map(move |span| (y, *span)))
        .flat_map(|(y, span)| masked.gaps(y, span.x0, span.x1))
        .map(|gap| u64::from(gap.x1 - gap.x0))
        .sum();
    (all > 0).then(|| outside as f32 / all as f32)
}

/// `finding`, seen in a picture of `from`, in a picture of `to`.
pub(super) fn carried(finding: Finding, from: Size, to: Size) -> Finding {
    if from == to {
        return finding;
    }
    Finding { shape: finding.shape.mapped(scale(from, to), (0.0, 0.0)), ..finding }
}

/// How many pixels of a picture of `to` one of a picture of `from` is, across and down.
fn scale(from: Size, to: Size) -> (f32, f32) {
    (to.width as f32 / from.width.max(1) as f32, to.height as f32 / from.height.max(1) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::{Point, Rect};

    const SIZE: Size = Size::new(200, 100);

    fn finding(class: Class, shape: Shape) -> Finding {
        Finding { class, shape, score: 0.9, source: "fake".to_owned() }
    }

    fn area(rect: Rect) -> Area {
        Area { shape: Shape::Rect(rect), class: Class::Face, track: None }
    }

    fn left(class: Class, shape: Shape, areas: &[Area]) -> usize {
        unexplained(vec![finding(class, shape)], areas, &[], SIZE).len()
    }

    #[test]
    fn what_a_mask_covers_is_its_own_texture() {
        let head = Rect::from_xywh(20.0, 20.0, 40.0, 40.0);
        for class in Class::ALL {
            assert_eq!(left(*class, Shape::Rect(head), &[area(head.padded(1.0))]), 0, "{}", class.name());
            assert_eq!(left(*class, Shape::Rect(head), &[]), 1, "{}", class.name());
        }
    }

    #[test]
    fn half_a_face_is_a_face() {
        let head = Rect::from_xywh(20.0, 20.0, 40.0, 40.0);
        assert_eq!(left(Class::Face, Shape::Ellipse(head), &[area(head.translated(20.0, 0.0))]), 1);
        assert_eq!(left(Class::Face, Shape::Ellipse(head), &[area(head.translated(6.0, 0.0))]), 0);
    }

    #[test]
    fn a_face_of_which_the_middle_is_destroyed_is_the_look_of_the_mask() {
        let head = Rect::from_xywh(20.0, 20.0, 40.0, 40.0);
        let outside = |mask: Rect| {
            let area = Area { shape: Shape::Ellipse(mask), class: Class::Face, track: None };
            left(Class::Face, Shape::Ellipse(head), &[area])
        };
        assert_eq!(outside(head.grown(0.7)), 0, "hair and neck are left");
        assert_eq!(outside(head.grown(0.5)), 1, "the mask is smaller than the face");
        assert_eq!(outside(head.grown(0.7).translated(0.0, 12.0)), 1, "the eyes are left");
    }

    #[test]
    fn a_line_beside_a_mask_is_seen_and_one_that_reaches_into_it_is_its_edge() {
        let line = Shape::Quad(Rect::from_xywh(0.0, 40.0, 100.0, 10.0).corners());
        assert_eq!(left(Class::Text, line, &[area(Rect::from_xywh(102.0, 38.0, 90.0, 14.0))]), 1);
        assert_eq!(left(Class::Text, line, &[area(Rect::from_xywh(60.0, 38.0, 90.0, 14.0))]), 0);
    }

    #[test]
    fn beside_a_mask_only_what_is_sure_is_seen() {
        let head = Rect::from_xywh(20.0, 20.0, 40.0, 40.0);
        let mask = [area(head.translated(20.0, 0.0))];
        let weak = Finding { score: 0.2, ..finding(Class::Face, Shape::Rect(head)) };
        assert!(unexplained(vec![weak.clone()], &mask, &[], SIZE).is_empty());
        assert_eq!(unexplained(vec![weak], &[], &[], SIZE).len(), 1);
    }

    #[test]
    fn what_stays_on_purpose_is_no_miss_of_its_own_class() {
        let line = Shape::Rect(Rect::from_xywh(20.0, 20.0, 80.0, 10.0));
        let spared = [finding(Class::Text, line)];
        assert!(unexplained(vec![finding(Class::Text, line)], &[], &spared, SIZE).is_empty());
        assert_eq!(unexplained(vec![finding(Class::Code, line)], &[], &spared, SIZE).len(), 1);
    }

    #[test]
    fn a_small_face_on_one_that_stays_is_another_face() {
        let stays = Rect::from_xywh(20.0, 20.0, 60.0, 60.0);
        let seen = |rect| {
            let face = |rect| finding(Class::Face, Shape::Ellipse(rect));
            unexplained(vec![face(rect)], &[], &[face(stays)], SIZE).len()
        };
        assert_eq!(seen(stays.padded(3.0)), 0);
        assert_eq!(seen(stays.grown(0.7)), 0);
        assert_eq!(seen(stays.grown(0.4)), 1);
    }

    #[test]
    fn what_is_outside_of_the_picture_is_no_miss() {
        assert_eq!(left(Class::Face, Shape::Rect(Rect::from_xywh(-50.0, 0.0, 20.0, 20.0)), &[]), 0);
    }

    #[test]
    fn findings_of_a_smaller_output_come_back_to_the_size_of_the_input() {
        let seen = finding(Class::Face, Shape::Rect(Rect::from_xywh(10.0, 10.0, 20.0, 20.0)));
        let there = carried(seen, Size::new(100, 50), SIZE);
        assert_eq!(there.shape.bounds(), Rect::from_xywh(20.0, 20.0, 40.0, 40.0));
        assert_eq!(there.shape.bounds().corners()[2], Point::new(60.0, 60.0));
    }
}
