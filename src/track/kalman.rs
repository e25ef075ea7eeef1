//! A Kalman filter with constant velocity for one coordinate (Kalman 1960; per coordinate as in SORT, Bewley et al.
//! 2016, arXiv 1602.00763). What it follows is motion of the thing itself: the camera's was taken away before.

/// Position and velocity along one axis, with their uncertainty.
#[derive(Clone, Copy, Debug)]
pub(super) struct Axis {
    at: f32,
    velocity: f32,
    /// Covariance: of the position, of both, of the velocity.
    p: [f32; 3],
}

/// How uncertain a sighting is, as a share of the thing's side.
const SIGHTING: f32 = 0.06;
/// How much velocity may change in a frame, as a share of the thing's side.
const UNREST: f32 = 0.01;
/// What is left of the velocity after a frame without a sighting: things stop, and a thing that is hidden must not be
/// sent across the picture.
const DAMPING: f32 = 0.96;

impl Axis {
    /// Just seen at `at`, of a thing with a side of `side` pixels; nothing is known of its velocity.
    pub fn new(at: f32, side: f32) -> Self {
        let (r, v) = (SIGHTING * side, 0.1 * side);
        Self { at, velocity: 0.0, p: [r * r, 0.0, v * v] }
    }

    /// Where it is thought to be.
    pub fn at(&self) -> f32 {
        self.at
    }

    /// One frame later, with nothing but its own velocity.
    pub fn coast(&mut self, side: f32) {
        self.at += self.velocity;
        self.velocity *= DAMPING;
        self.grow(side);
    }

    /// One frame later, moved by `shift` that was measured in the picture.
    pub fn carried(&mut self, shift: f32, side: f32) {
        self.at += shift;
        self.grow(side);
    }

    /// Puts it elsewhere, as when the camera moves.
    pub fn replace(&mut self, at: f32, scale: f32) {
        self.at = at;
        self.velocity *= scale;
    }

    fn grow(&mut self, side: f32) {
        let q = UNREST * side;
        let [xx, xv, vv] = self.p;
        self.p = [xx + 2.0 * xv + vv + q * q / 4.0, xv + vv + q * q / 2.0, vv + q * q];
    }

    /// Seen at `at`.
    pub fn seen(&mut self, at: f32, side: f32) {
        let r = SIGHTING * side;
        let [xx, xv, vv] = self.p;
        let s = (xx + r * r).max(1e-6);
        let (gain, gain_v) = (xx / s, xv / s);
        let surprise = at - self.at;
        self.at += gain * surprise;
        self.velocity += gain_v * surprise;
        self.p = [(1.0 - gain) * xx, (1.0 - gain) * xv, vv - gain_v * xv];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_motion_is_learnt_and_carried_on() {
        let mut axis = Axis::new(0.0, 40.0);
        for frame in 1..=30 {
            axis.coast(40.0);
            axis.seen(frame as f32 * 3.0, 40.0);
        }
        axis.coast(40.0);
        assert!((axis.at() - 93.0).abs() < 1.5, "{}", axis.at());
    }

    #[test]
    fn a_thing_that_is_not_seen_comes_to_rest() {
        let mut axis = Axis::new(0.0, 40.0);
        for frame in 1..=20 {
            axis.coast(40.0);
            axis.seen(frame as f32 * 4.0, 40.0);
        }
        let before = axis.at();
        (0..500).for_each(|_| axis.coast(40.0));
        assert!(axis.at() - before < 4.0 / (1.0 - DAMPING) + 1.0);
    }
}
