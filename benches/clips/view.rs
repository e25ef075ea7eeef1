//! Where the camera looks: a similarity between a board and a frame, and how it changes over time. Separate, because
//! pictures and truth must be made by the very same map.

use std::f64::consts::TAU;

use super::random::Random;

/// A point in pixels; pixel `i` covers `i..i + 1`.
pub type Point = [f64; 2];

/// What a frame of `size` pixels shows of a board.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct View {
    /// The board's point in the middle of the frame.
    pub centre: Point,
    /// Frame pixels to a board pixel.
    pub zoom: f64,
    /// Turn of the picture in the frame, clockwise, in radians.
    pub angle: f64,
}

impl View {
    /// Where a board's point lies in a frame of `size`.
    pub fn to_frame(&self, [x, y]: Point, size: Point) -> Point {
        let (sin, cos) = self.angle.sin_cos();
        let (dx, dy) = ((x - self.centre[0]) * self.zoom, (y - self.centre[1]) * self.zoom);
        [dx * cos - dy * sin + size[0] / 2.0, dx * sin + dy * cos + size[1] / 2.0]
    }

    /// Which of the board's points lies at a point of a frame of `size`.
    pub fn to_board(&self, [x, y]: Point, size: Point) -> Point {
        let (sin, cos) = self.angle.sin_cos();
        let (dx, dy) = ((x - size[0] / 2.0) / self.zoom, (y - size[1] / 2.0) / self.zoom);
        [dx * cos + dy * sin + self.centre[0], dy * cos - dx * sin + self.centre[1]]
    }

    /// Half of what a frame of `size` spans on the board, across and down.
    pub fn half_span(&self, size: Point) -> Point {
        let (sin, cos) = self.angle.sin_cos();
        let (w, h) = (size[0] / self.zoom / 2.0, size[1] / self.zoom / 2.0);
        [w * cos.abs() + h * sin.abs(), w * sin.abs() + h * cos.abs()]
    }

    /// The nearest view that shows nothing beyond a board of `board` pixels.
    pub fn inside(mut self, board: Point, size: Point) -> Self {
        let half = self.half_span(size);
        for axis in 0..2 {
            let (low, high) = (half[axis], board[axis] - half[axis]);
            self.centre[axis] = if low > high { board[axis] / 2.0 } else { self.centre[axis].clamp(low, high) };
        }
        self
    }
}

/// One swing of a hand-held camera.
#[derive(Clone, Copy, Debug)]
pub struct Wave {
    /// Reach in frame pixels, across and down.
    pub reach: Point,
    /// Reach of the turn, in radians.
    pub turn: f64,
    /// Swings a second.
    pub hz: f64,
    /// Where in the swing it starts, in turns: across, down, turn.
    pub phase: [f64; 3],
}

/// How the view moves: from key to key, slow at both ends of each leg, with swings on top.
#[derive(Clone, Debug, Default)]
pub struct Path {
    /// Seconds and the view then; at least one, in order.
    pub keys: Vec<(f64, View)>,
    /// Swings, added up.
    pub shake: Vec<Wave>,
    /// Whether the legs run at even speed instead of starting and ending slowly.
    pub even: bool,
}

impl Path {
    /// The view at `seconds`, kept inside a board of `board` pixels.
    pub fn at(&self, seconds: f64, board: Point, size: Point) -> View {
        let next = self.keys.iter().position(|(at, _)| *at > seconds).unwrap_or(self.keys.len());
        let (start, a) = self.keys[next.saturating_sub(1)];
        let (end, b) = self.keys[next.min(self.keys.len() - 1)];
        let share = if end > start { ((seconds - start) / (end - start)).clamp(0.0, 1.0) } else { 0.0 };
        let share = if self.even { share } else { (1.0 - (share * TAU / 2.0).cos()) / 2.0 };
        let between = |a: f64, b: f64| a + (b - a) * share;
        let mut view = View {
            centre: [between(a.centre[0], b.centre[0]), between(a.centre[1], b.centre[1])],
            zoom: between(a.zoom, b.zoom),
            angle: between(a.angle, b.angle),
        };
        for wave in &self.shake {
            let swing = |phase: f64| ((seconds * wave.hz + phase) * TAU).sin();
            view.centre[0] += wave.reach[0] * swing(wave.phase[0]) / view.zoom;
            view.centre[1] += wave.reach[1] * swing(wave.phase[1]) / view.zoom;
            view.angle += wave.turn * swing(wave.phase[2]);
        }
        view.inside(board, size)
    }
}

/// Swings as of a hand: the quicker, the smaller. `strength` 1 moves the picture by about 10 pixels at 3 Hz.
pub fn hand(random: &mut Random, strength: f64) -> Vec<Wave> {
    [0.7, 1.6, 3.1, 5.3, 8.2]
        .into_iter()
        .map(|hz: f64| {
            let hz = hz * random.range(0.85, 1.15);
            let reach = strength * 22.0 / (hz + 0.2).powf(0.7);
            Wave {
                reach: [reach * random.range(0.6, 1.2), reach * random.range(0.6, 1.2)],
                turn: strength * random.range(0.002, 0.005) / hz.max(1.0).sqrt(),
                hz,
                phase: [random.range(0.0, 1.0), random.range(0.0, 1.0), random.range(0.0, 1.0)],
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Point = [1280.0, 720.0];

    #[test]
    fn a_point_comes_back_from_the_frame_to_where_it_was_on_the_board() {
        let view = View { centre: [700.0, 300.0], zoom: 1.3, angle: 0.7 };
        let [x, y] = view.to_board(view.to_frame([123.0, 45.0], SIZE), SIZE);
        assert!((x - 123.0).abs() < 1e-9 && (y - 45.0).abs() < 1e-9);
    }

    #[test]
    fn a_quarter_turn_takes_the_right_hand_side_to_the_bottom() {
        let view = View { centre: [700.0, 300.0], zoom: 2.0, angle: TAU / 4.0 };
        let [x, y] = view.to_frame([710.0, 300.0], SIZE);
        assert!((x - 640.0).abs() < 1e-9 && (y - 380.0).abs() < 1e-9, "{x} {y}");
    }

    #[test]
    fn no_moment_of_a_shaken_path_shows_what_lies_beyond_the_board() {
        let key = |x, angle| View { centre: [x, 0.0], zoom: 0.9, angle };
        let path = Path {
            keys: vec![(0.0, key(0.0, 0.0)), (2.0, key(5000.0, 3.0))],
            shake: hand(&mut Random::new(3), 3.0),
            even: false,
        };
        for step in 0..200 {
            let view = path.at(f64::from(step) * 0.01, [3000.0, 2000.0], SIZE);
            for corner in [[0.0, 0.0], [1280.0, 0.0], [0.0, 720.0], [1280.0, 720.0]] {
                let [x, y] = view.to_board(corner, SIZE);
                assert!((-1e-6..=3000.0 + 1e-6).contains(&x) && (-1e-6..=2000.0 + 1e-6).contains(&y));
            }
        }
    }
}
