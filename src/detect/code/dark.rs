//! Dark or light, by the brightness around. Separate because it is arithmetic on rows alone.

use super::plane::Plane;

/// The side of the blocks whose means make the threshold.
const BLOCK_PX: usize = 8;

/// Which pixels are darker than what is around them: five blocks in each direction, as the readers do it.
pub(super) struct Dark {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    dark: Vec<bool>,
}

impl Dark {
    /// Thresholds every pixel of `plane`. Even areas come out light.
    pub fn of(plane: &Plane) -> Self {
        let (columns, rows) = (plane.width.div_ceil(BLOCK_PX), plane.height.div_ceil(BLOCK_PX));
        let mut sums = vec![(0u32, 0u32); columns * rows];
        for y in 0..plane.height {
            let sums = &mut sums[y / BLOCK_PX * columns..][..columns];
            for (sum, block) in sums.iter_mut().zip(plane.row(y).chunks(BLOCK_PX)) {
                sum.0 += block.iter().map(|v| u32::from(*v)).sum::<u32>();
                sum.1 += block.len() as u32;
            }
        }
        let across = spread(&sums, columns, |i, j| i / columns == j / columns, 1);
        let around = spread(&across, columns, |_, _| true, columns);
        let mut dark = Vec::with_capacity(plane.luma.len());
        for y in 0..plane.height {
            let around = &around[y / BLOCK_PX * columns..][..columns];
            for (&(sum, count), block) in around.iter().zip(plane.row(y).chunks(BLOCK_PX)) {
                // A little below the mean, so that the noise of an even area is not dark.
                let mean = (sum / count.max(1)).saturating_sub(4) as u8;
                dark.extend(block.iter().map(|v| *v < mean));
            }
        }
        Self { width: plane.width, height: plane.height, dark }
    }

    /// The row `y`.
    pub fn row(&self, y: usize) -> &[bool] {
        &self.dark[y * self.width..(y + 1) * self.width]
    }

    /// Whether a pixel is dark; `None` outside.
    pub fn get(&self, x: isize, y: isize) -> Option<bool> {
        let (x, y) = (usize::try_from(x).ok()?, usize::try_from(y).ok()?);
        (x < self.width && y < self.height).then(|| self.dark[y * self.width + x])
    }
}

/// For every block the sum of it and two neighbours on each side, `step` places apart, where `joined` holds.
fn spread(
    sums: &[(u32, u32)],
    columns: usize,
    joined: impl Fn(usize, usize) -> bool,
    step: usize,
) -> Vec<(u32, u32)> {
    debug_assert!(columns > 0 || sums.is_empty());
    (0..sums.len())
        .map(|i| {
            let mut total = (0, 0);
            for away in -2isize..=2 {
                let Some(j) = i.checked_add_signed(away * step as isize) else { continue };
                if let Some(sum) = sums.get(j).filter(|_| joined(i, j)) {
                    total = (total.0 + sum.0, total.1 + sum.1);
                }
            }
            total
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ink_is_dark_in_light_and_in_shadow_and_an_even_wall_is_not() {
        let luma = (0..80 * 80).map(|i| {
            let (x, y) = (i % 80, i / 80);
            let paper = if x < 40 { 220 } else { 90 };
            if y >= 40 && (x / 4) % 2 == 0 && (y / 4) % 2 == 0 { paper / 2 } else { paper }
        });
        let dark = Dark::of(&Plane { width: 80, height: 80, luma: luma.collect() });
        assert_eq!(
            [(8, 56), (72, 56), (12, 56), (76, 56)].map(|(x, y)| dark.get(x, y)),
            [true, true, false, false].map(Some)
        );
        assert!((0..16).all(|x| dark.get(x, 4) == Some(false)) && (64..80).all(|x| dark.get(x, 4) == Some(false)));
        assert_eq!(dark.get(80, 0), None);
    }
}
