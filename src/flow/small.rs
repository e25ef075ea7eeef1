//! The small copy of a frame's luma on which motion is measured, in four sizes. Separate because it is all that is
//! kept of a frame.

use super::Plane;
use crate::{
    geom::{Point, Size},
    motion::Similarity,
};

/// The small copy's long side is the largest that is at most this, for a whole factor of shrinking.
const LONG_SIDE_PX: u32 = 360;

/// Levels, each half the size of the one before: motion of up to about an eighth of the picture is found.
const LEVELS: usize = 4;

/// A frame's luma, shrunk.
pub(super) struct Small {
    levels: Vec<Plane>,
    factor: u32,
}

impl Small {
    /// Shrinks `luma` of `size` by averaging whole blocks.
    pub fn of(luma: &[u8], size: Size) -> Self {
        let factor = size.long_side().div_ceil(LONG_SIDE_PX).max(1);
        let mut levels = vec![shrunk(luma, size, factor)];
        while levels.len() < LEVELS {
            let last = &levels[levels.len() - 1];
            if last.size.short_side() < 24 {
                break;
            }
            levels.push(halved(last));
        }
        Self { levels, factor }
    }

    pub fn finest(&self) -> &Plane {
        &self.levels[0]
    }

    /// The level on which whole frames are compared.
    pub fn coarse(&self) -> &Plane {
        &self.levels[(self.levels.len() - 1).min(2)]
    }

    /// From coarse to fine, each with its factor to the finest.
    pub fn coarse_to_fine(&self) -> impl Iterator<Item = (&Plane, f32)> {
        self.levels.iter().enumerate().rev().map(|(level, plane)| (plane, (1u32 << level) as f32))
    }

    /// Pixels of the frame for one of the finest level.
    pub fn scale(&self) -> f32 {
        self.factor as f32
    }

    pub fn same_shape(&self, other: &Self) -> bool {
        self.factor == other.factor && self.finest().size == other.finest().size
    }
}

/// Averages over blocks of `factor` by `factor`; what does not fill a block at the right and below is left out, unless
/// nothing would remain.
fn shrunk(luma: &[u8], size: Size, factor: u32) -> Plane {
    let to = Size::new((size.width / factor).max(1), (size.height / factor).max(1));
    let (fx, fy) = (factor.min(size.width) as usize, factor.min(size.height) as usize);
    let mut px = Vec::with_capacity(to.pixels() as usize);
    let mut sums = vec![0u32; to.width as usize];
    let per_block = 1.0 / (fx * fy) as f32;
    for y in 0..to.height as usize {
        sums.fill(0);
        for row in luma.chunks_exact(size.width as usize).skip(y * fy).take(fy) {
            for (sum, block) in sums.iter_mut().zip(row.chunks_exact(fx)) {
                *sum += block.iter().map(|&v| u32::from(v)).sum::<u32>();
            }
        }
        px.extend(sums.iter().map(|&sum| sum as f32 * per_block));
    }
    Plane { size: to, px }
}

fn halved(plane: &Plane) -> Plane {
    let size = Size::new(plane.size.width / 2, plane.size.height / 2);
    let w = plane.size.width as usize;
    let mut px = Vec::with_capacity(size.pixels() as usize);
    for y in 0..size.height as usize {
        let (upper, lower) = (&plane.px[2 * y * w..][..w], &plane.px[(2 * y + 1) * w..][..w]);
        for (a, b) in upper.as_chunks::<2>().0.iter().zip(lower.as_chunks::<2>().0) {
            px.push((a[0] + a[1] + b[0] + b[1]) / 4.0);
        }
    }
    Plane { size, px }
}

/// How alike two frames are when the first is laid over the second as `motion` (in pixels of the finest level, of which
/// these are a coarser one) says: the correlation of their brightness, -1 to 1, where they overlap; 0 without overlap.
pub(super) fn correlation(last: &Plane, next: &Plane, motion: &Similarity) -> f32 {
    // Both planes are the third level at most; for tiny frames the shift is overrated, which only lowers the result.
    let coarse = 4.0;
    let motion = Similarity { dx: motion.dx / coarse, dy: motion.dy / coarse, ..*motion };
    let (mut n, mut a, mut b, mut aa, mut bb, mut ab) = (0.0f64, 0.0, 0.0, 0.0, 0.0, 0.0);
    for y in 0..last.size.height {
        for x in 0..last.size.width {
            let to = motion.apply(Point::new(x as f32 + 0.5, y as f32 + 0.5));
            if !(0.0..next.size.width as f32).contains(&to.x) || !(0.0..next.size.height as f32).contains(&to.y) {
                continue;
            }
            let (p, q) = (f64::from(last.at(x as i32, y as i32)), f64::from(next.at(to.x as i32, to.y as i32)));
            n += 1.0;
            (a, b) = (a + p, b + q);
            (aa, bb, ab) = (aa + p * p, bb + q * q, ab + p * q);
        }
    }
    if n == 0.0 {
        return 0.0;
    }
    let (va, vb) = (aa - a * a / n, bb - b * b / n);
    if va < n && vb < n {
        // Two even fields are alike whatever their brightness: a fade or a covered lens.
        return 1.0;
    }
    ((ab - a * b / n) / (va * vb).sqrt().max(1e-9)) as f32
}
