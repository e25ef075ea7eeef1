//! Turns and mirrors planes so that frames are upright. Separate and pure: phones store nearly every upright video
//! lying on its side, so this runs on every frame, and copying through a filter chain would cost more.

use crate::geom::Size;

/// One of the eight ways to lay a picture, as the signs of a display matrix `(a, b, c, d)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turn {
    a: i8,
    b: i8,
    c: i8,
    d: i8,
}

/// Samples on each side of a block: source and target rows of one fit into the first cache.
const BLOCK: usize = 32;

impl Turn {
    pub(super) const NONE: Self = Self { a: 1, b: 0, c: 0, d: 1 };

    const ALL: [Self; 8] = [
        Self::NONE,
        Self { a: 0, b: 1, c: -1, d: 0 },
        Self { a: -1, b: 0, c: 0, d: -1 },
        Self { a: 0, b: -1, c: 1, d: 0 },
        Self { a: -1, b: 0, c: 0, d: 1 },
        Self { a: 1, b: 0, c: 0, d: -1 },
        Self { a: 0, b: 1, c: 1, d: 0 },
        Self { a: 0, b: -1, c: -1, d: 0 },
    ];

    /// What a display matrix (ISO/IEC 14496-12, track header) asks for: a pixel at `(x, y)` goes to
    /// `(a x + c y, b x + d y)`. An odd angle becomes the nearest quarter turn, since players differ on those; a matrix
    /// of nothing leaves the picture as it is.
    pub(super) fn of_matrix(matrix: &[i32; 9]) -> Self {
        let [a, b, c, d] = [matrix[0], matrix[1], matrix[3], matrix[4]].map(i64::from);
        let likeness = |t: &Self| a * i64::from(t.a) + b * i64::from(t.b) + c * i64::from(t.c) + d * i64::from(t.d);
        // The first of equals wins, which is the smallest turn.
        Self::ALL.into_iter().rev().max_by_key(likeness).unwrap_or(Self::NONE)
    }

    pub(super) fn is_none(self) -> bool {
        self == Self::NONE
    }

    /// Whether width and height are exchanged.
    pub(super) fn lies_down(self) -> bool {
        self.a == 0
    }

    /// Size after turning.
    pub(super) fn size(self, size: Size) -> Size {
        if self.lies_down() { Size::new(size.height, size.width) } else { size }
    }

    /// The plane, turned. `plane` has exactly the samples of `size`.
    pub(super) fn plane<T: Copy + Default>(self, plane: &[T], size: Size) -> Vec<T> {
        let (w, h) = (size.width as usize, size.height as usize);
        let mut out = vec![T::default(); plane.len()];
        if !self.lies_down() {
            for (y, row) in out.chunks_exact_mut(w).enumerate() {
                let from = if self.d > 0 { y } else { h - 1 - y };
                row.copy_from_slice(&plane[from * w..][..w]);
                if self.a < 0 {
                    row.reverse();
                }
            }
            return out;
        }
        // The column `x` of the source becomes the row `x` or `w - 1 - x`, and runs down or up.
        for y0 in (0..h).step_by(BLOCK) {
            for x0 in (0..w).step_by(BLOCK) {
                for x in x0..(x0 + BLOCK).min(w) {
                    let row = if self.b > 0 { x } else { w - 1 - x };
                    for y in y0..(y0 + BLOCK).min(h) {
                        let column = if self.c > 0 { y } else { h - 1 - y };
                        out[row * h + column] = plane[y * w + x];
                    }
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: i32 = 1 << 16;

    fn matrix(a: i32, b: i32, c: i32, d: i32) -> [i32; 9] {
        [a, b, 0, c, d, 0, 0, 0, 1 << 30]
    }

    /// ```text
    /// 1 2 3
    /// 4 5 6
    /// ```
    fn turned(a: i32, b: i32, c: i32, d: i32) -> Vec<u8> {
        Turn::of_matrix(&matrix(a * ONE, b * ONE, c * ONE, d * ONE)).plane(&[1, 2, 3, 4, 5, 6], Size::new(3, 2))
    }

    #[test]
    fn all_eight_ways_to_lay_a_picture_are_undone() {
        assert_eq!(turned(1, 0, 0, 1), [1, 2, 3, 4, 5, 6]);
        assert_eq!(turned(0, 1, -1, 0), [4, 1, 5, 2, 6, 3], "a quarter clockwise");
        assert_eq!(turned(-1, 0, 0, -1), [6, 5, 4, 3, 2, 1], "upside down");
        assert_eq!(turned(0, -1, 1, 0), [3, 6, 2, 5, 1, 4], "a quarter the other way");
        assert_eq!(turned(-1, 0, 0, 1), [3, 2, 1, 6, 5, 4], "left and right exchanged");
        assert_eq!(turned(1, 0, 0, -1), [4, 5, 6, 1, 2, 3], "top and bottom exchanged");
        assert_eq!(turned(0, 1, 1, 0), [1, 4, 2, 5, 3, 6], "mirrored along the diagonal");
        assert_eq!(turned(0, -1, -1, 0), [6, 3, 5, 2, 4, 1], "mirrored along the other diagonal");
    }

    #[test]
    fn an_odd_angle_becomes_the_nearest_quarter_turn_and_nothing_stays() {
        let at = |degrees: f64| {
            let (sin, cos) = degrees.to_radians().sin_cos();
            let fixed = |v: f64| (v * f64::from(ONE)) as i32;
            Turn::of_matrix(&matrix(fixed(cos), fixed(sin), fixed(-sin), fixed(cos)))
        };
        assert_eq!(at(10.0), Turn::NONE);
        assert_eq!(at(85.0), at(90.0));
        assert_eq!(at(200.0), at(180.0));
        assert_eq!(Turn::of_matrix(&[0; 9]), Turn::NONE);
    }

    #[test]
    fn planes_larger_than_a_block_come_back_after_four_quarters() {
        let mut size = Size::new(67, 45);
        let start: Vec<u8> = (0..67 * 45).map(|i| (i % 251) as u8).collect();
        let quarter = Turn::of_matrix(&matrix(0, ONE, -ONE, 0));
        let mut plane = start.clone();
        for _ in 0..4 {
            plane = quarter.plane(&plane, size);
            size = quarter.size(size);
        }
        assert_eq!(plane, start);
    }
}
