//! Which finding is which track, in two rounds: first the findings that are certain, then with what is left the weak
//! ones, because a face that is half hidden is seen weakly exactly where a track expects it (ByteTrack, Zhang et al.
//! 2022, arXiv 2110.06864). Likeness is the overlap of boxes that were grown a little, so that small and fast things
//! match too (C-BIoU, Yang et al. 2023, arXiv 2211.14317).

use crate::geom::Rect;

/// Boxes are grown by this share of their sides before they are compared...
const GROWN: f32 = 1.4;
/// ... and by this many pixels on each side: a face of ten pixels moves by half of itself between two looks.
const GROWN_PX: f32 = 3.0;
/// The least overlap (intersection over union) in the first round.
const IOU_MIN: f32 = 0.15;
/// The least overlap of a weak finding.
const WEAK_IOU_MIN: f32 = 0.25;

/// For every track the finding it is, if any. `certain` says which findings take part in the first round.
pub(super) fn assign(tracks: &[Rect], findings: &[Rect], certain: &[bool]) -> Vec<Option<usize>> {
    let mut given = vec![None; tracks.len()];
    let mut taken = vec![false; findings.len()];
    for (round, iou_min) in [(true, IOU_MIN), (false, WEAK_IOU_MIN)] {
        let mut pairs = Vec::new();
        for (t, track) in tracks.iter().enumerate().filter(|(t, _)| given[*t].is_none()) {
            for (f, finding) in findings.iter().enumerate().filter(|(f, _)| !taken[*f] && certain[*f] == round) {
                let iou = grown(track).iou(&grown(finding));
                if iou >= iou_min {
                    pairs.push((iou, t, f));
                }
            }
        }
        // Best pair first; equal ones in the order of their numbers, so that a run can be repeated.
        pairs.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2)));
        for (_, t, f) in pairs {
            if given[t].is_none() && !taken[f] {
                given[t] = Some(f);
                taken[f] = true;
            }
        }
    }
    given
}

fn grown(rect: &Rect) -> Rect {
    rect.grown(GROWN).padded(GROWN_PX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: f32) -> Rect {
        Rect::from_xywh(x, 0.0, 20.0, 20.0)
    }

    #[test]
    fn the_nearest_pairs_are_made_and_what_is_far_stays_alone() {
        let given = assign(&[at(0.0), at(30.0), at(500.0)], &[at(33.0), at(2.0)], &[true, true]);
        assert_eq!(given, [Some(1), Some(0), None]);
    }

    #[test]
    fn a_weak_finding_does_not_take_a_track_from_a_certain_one() {
        assert_eq!(assign(&[at(0.0)], &[at(0.0), at(6.0)], &[false, true]), [Some(1)]);
        assert_eq!(assign(&[at(0.0)], &[at(4.0)], &[false]), [Some(0)]);
    }
}
