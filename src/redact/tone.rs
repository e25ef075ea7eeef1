//! Synthetic brightness: the constants from which fills get their soft variation. Separate so that it is plain that
//! nothing here has ever seen a pixel: position and seed go in, a number comes out.

/// Mixes three words into one (the finaliser of MurmurHash3, public domain).
fn hash(seed: u32, x: u32, y: u32) -> u32 {
    let mut h = seed ^ x.wrapping_mul(0x9E37_79B9) ^ y.wrapping_mul(0x85EB_CA6B).rotate_left(15);
    h = (h ^ (h >> 16)).wrapping_mul(0x85EB_CA6B);
    h = (h ^ (h >> 13)).wrapping_mul(0xC2B2_AE35);
    h ^ (h >> 16)
}

/// Independent for each place: evenly spread from -1 to 1.
pub(super) fn white(seed: u32, x: u32, y: u32) -> f32 {
    (hash(seed, x, y) >> 8) as f32 / 8_388_608.0 - 1.0
}

/// Film grain: from -1 to 1 for each pixel of row `y` from column `x0` on (a linear congruential generator with the
/// constants of Numerical Recipes, one step a pixel: it is drawn for every pixel of a fill).
pub(super) fn grain(x0: u32, y: u32) -> impl Iterator<Item = f32> {
    let mut state = hash(0x6121_0D17, x0, y);
    std::iter::repeat_with(move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state as i32) as f32 / 2_147_483_648.0
    })
}

/// Smooth in both directions with features about one unit wide: from -1 to 1 (value noise).
pub(super) fn smooth(seed: u32, x: f32, y: f32) -> f32 {
    let (left, top) = (x.floor(), y.floor());
    let ease = |t: f32| t * t * (3.0 - 2.0 * t);
    let (u, v) = (ease(x - left), ease(y - top));
    // Through i64 so that neighbours left of zero stay neighbours.
    let at = |dx: i64, dy: i64| white(seed, (left as i64 + dx) as u32, (top as i64 + dy) as u32);
    let upper = at(0, 0) + (at(1, 0) - at(0, 0)) * u;
    let lower = at(0, 1) + (at(1, 1) - at(0, 1)) * u;
    upper + (lower - upper) * v
}

/// A shape's own seed: its track where it has one, so that its fill keeps its look from frame to frame, else a
/// constant, so that the same still gives the same output.
pub(super) fn seed(track: Option<u64>) -> u32 {
    track.map_or(0x5AFE_9057, |id| hash(0x7ACC_0000, id as u32, (id >> 32) as u32))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_spreads_evenly_and_does_not_follow_its_neighbours() {
        let all: Vec<f32> = (0..64 * 64).map(|i| white(7, i % 64, i / 64)).collect();
        let mean = all.iter().sum::<f32>() / all.len() as f32;
        let along = all.windows(2).map(|w| w[0] * w[1]).sum::<f32>() / all.len() as f32;
        assert!(mean.abs() < 0.03 && along.abs() < 0.03, "{mean} {along}");
        assert!(all.iter().all(|v| (-1.0..=1.0).contains(v)));
    }

    #[test]
    fn smooth_has_no_step_anywhere() {
        let along: Vec<f32> = (-400..400).map(|i| smooth(3, i as f32 / 100.0, 0.3)).collect();
        assert!(along.windows(2).all(|w| (w[0] - w[1]).abs() < 0.04));
    }

    #[test]
    fn a_track_keeps_its_seed_and_tracks_differ() {
        assert_eq!(seed(Some(4)), seed(Some(4)));
        assert_ne!(seed(Some(4)), seed(Some(5)));
        assert_ne!(seed(None), seed(Some(0)));
    }
}
