//! What most of the points did: the motion of the camera, whatever single things did on their own.

use crate::motion::{Similarity, Vector};

/// Pairs of points that are tried.
const TRIES: u32 = 120;
/// How far a point may be from where the camera would take it, in pixels of the finest level.
const NEAR_PX: f32 = 0.8;
/// Fewer points than this say nothing.
const POINTS_MIN: usize = 6;
/// The least share of the points that must agree.
const AGREED_MIN: f32 = 0.25;

/// The similarity that most of `vectors` agree on; `None` when there is none.
pub(super) fn camera(vectors: &[Vector]) -> Option<Similarity> {
    if vectors.len() < POINTS_MIN {
        return None;
    }
    // The same vectors always give the same camera: a linear congruential generator with a fixed seed.
    let mut state = 0x2545_F491u32;
    let mut pick = |n: usize| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((u64::from(state >> 8) * n as u64) >> 24) as usize
    };
    let mut best = (0, Similarity::IDENTITY);
    for _ in 0..TRIES {
        let pair = [vectors[pick(vectors.len())], vectors[pick(vectors.len())]];
        let Some(candidate) = Similarity::fit(pair.iter().map(|v| (v.from, v.to))) else { continue };
        if !(0.5..2.0).contains(&candidate.scale()) {
            continue;
        }
        let agreed = vectors.iter().filter(|v| near(&candidate, v)).count();
        if agreed > best.0 {
            best = (agreed, candidate);
        }
    }
    if (best.0 as f32) < AGREED_MIN * vectors.len() as f32 || best.0 < POINTS_MIN {
        return None;
    }
    let mut camera = best.1;
    for _ in 0..3 {
        let held = camera;
        let agreed = vectors.iter().filter(|v| near(&held, v)).map(|v| (v.from, v.to));
        camera = Similarity::fit(agreed)?;
    }
    Some(camera)
}

fn near(camera: &Similarity, v: &Vector) -> bool {
    let to = camera.apply(v.from);
    (to.x - v.to.x).hypot(to.y - v.to.y) <= NEAR_PX
}
