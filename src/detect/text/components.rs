//! Connected patches of a text map. Separate from the geometry: this file knows pixels and neighbours, not angles.

use super::dbnet::TextMap;

/// Pixels of one row of a patch; half-open and never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Run {
    /// The row.
    pub y: u32,
    /// First column inside.
    pub x0: u32,
    /// First column outside.
    pub x1: u32,
}

/// A patch of painted pixels that touch each other by sides or corners.
#[derive(Clone, Debug)]
pub(super) struct Component {
    /// Its pixels, from top to bottom, within a row from left to right.
    pub runs: Vec<Run>,
    /// Mean paint of its pixels, 0 to 1.
    pub mean: f32,
}

impl Component {
    /// The outer corners of the first and last pixel of every row: whatever is convex and holds them holds every pixel
    /// of the patch whole.
    pub fn corners(&self) -> Vec<[f32; 2]> {
        let mut corners = Vec::with_capacity(4 * self.runs.len());
        for row in self.runs.chunk_by(|a, b| a.y == b.y) {
            let (y, x0, x1) = (row[0].y as f32, row[0].x0 as f32, row[row.len() - 1].x1 as f32);
            corners.extend([[x0, y], [x1, y], [x0, y + 1.0], [x1, y + 1.0]]);
        }
        corners
    }
}

/// The patches of `map` that are painted more than `paint_min` (of 255), in the order of their topmost pixels.
pub(super) fn components(map: &TextMap, paint_min: u8) -> Vec<Component> {
    let (runs, mut parents) = linked_runs(map, paint_min);
    let mut slots: Vec<Option<usize>> = vec![None; runs.len()];
    let mut found: Vec<(Vec<Run>, u64)> = Vec::new();
    for (i, run) in runs.iter().enumerate() {
        let slot = *slots[root(&mut parents, i)].get_or_insert_with(|| {
            found.push((Vec::new(), 0));
            found.len() - 1
        });
        let paint = &map.row(run.y)[run.x0 as usize..run.x1 as usize];
        found[slot].0.push(*run);
        found[slot].1 += paint.iter().map(|v| u64::from(*v)).sum::<u64>();
    }
    found
        .into_iter()
        .map(|(runs, paint)| {
            let pixels: u64 = runs.iter().map(|run| u64::from(run.x1 - run.x0)).sum();
            Component { mean: (paint as f64 / pixels as f64 / 255.0) as f32, runs }
        })
        .collect()
}

/// Every painted run with, for each, a run of the same patch that stands for it (possibly through others).
fn linked_runs(map: &TextMap, paint_min: u8) -> (Vec<Run>, Vec<usize>) {
    let (mut runs, mut parents): (Vec<Run>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut above = 0..0;
    for y in 0..map.size.height {
        let first = runs.len();
        let mut x0 = 0;
        for painted in map.row(y).chunk_by(|a, b| (*a > paint_min) == (*b > paint_min)) {
            let x1 = x0 + painted.len() as u32;
            if painted[0] > paint_min {
                runs.push(Run { y, x0, x1 });
                parents.push(parents.len());
            }
            x0 = x1;
        }
        let mut next = above.start;
        for i in first..runs.len() {
            // Touching by a corner is enough, hence `<=` on half-open runs.
            while next < above.end && runs[next].x1 < runs[i].x0 {
                next += 1;
            }
            let mut j = next;
            while j < above.end && runs[j].x0 <= runs[i].x1 {
                let (a, b) = (root(&mut parents, i), root(&mut parents, j));
                parents[a.max(b)] = a.min(b);
                j += 1;
            }
        }
        above = first..runs.len();
    }
    (runs, parents)
}

/// The run that stands for the patch of run `i`; shortens the way there for the next question.
fn root(parents: &mut [usize], mut i: usize) -> usize {
    while parents[i] != i {
        parents[i] = parents[parents[i]];
        i = parents[i];
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geom::Size;
    use proptest::prelude::*;

    fn map(rows: &[&str]) -> TextMap {
        let values = rows.iter().flat_map(|r| r.bytes().map(|b| if b == b'#' { 255 } else { 0 })).collect();
        TextMap { size: Size::new(rows[0].len() as u32, rows.len() as u32), values }
    }

    #[test]
    fn patches_that_touch_by_a_corner_are_one() {
        assert_eq!(components(&map(&["##..", "..##", "...."]), 50).len(), 1);
        assert_eq!(components(&map(&["..##", "##..", "...."]), 50).len(), 1);
    }

    #[test]
    fn patches_a_column_apart_are_two() {
        assert_eq!(components(&map(&["##.##", "##.##"]), 50).len(), 2);
    }

    #[test]
    fn arms_that_meet_further_down_are_one_patch() {
        let found = components(&map(&["#.#.#", "#.#.#", "#####"]), 50);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].runs.len(), 7);
    }

    #[test]
    fn the_mean_is_of_the_patch_and_not_of_its_box() {
        let values = vec![255, 0, 255, 102, 0, 102];
        let found = components(&TextMap { size: Size::new(3, 2), values }, 50);
        assert_eq!(found.len(), 2);
        assert!((found[0].mean - 0.7).abs() < 1e-6);
    }

    #[test]
    fn an_empty_map_has_no_patch() {
        assert!(components(&map(&["....", "...."]), 50).is_empty());
    }

    /// The same question answered by flooding from every pixel.
    fn count_by_flooding(map: &TextMap, paint_min: u8) -> usize {
        let (w, h) = (map.size.width as i64, map.size.height as i64);
        let mut open: Vec<bool> = map.values.iter().map(|v| *v > paint_min).collect();
        let mut count = 0;
        for start in 0..open.len() {
            if !open[start] {
                continue;
            }
            count += 1;
            let mut todo = vec![start as i64];
            open[start] = false;
            while let Some(i) = todo.pop() {
                for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
                    let (x, y) = (i % w + dx, i / w + dy);
                    if (0..w).contains(&x) && (0..h).contains(&y) && open[(y * w + x) as usize] {
                        open[(y * w + x) as usize] = false;
                        todo.push(y * w + x);
                    }
                }
            }
        }
        count
    }

    proptest! {
        #[test]
        fn flooding_finds_as_many_patches_and_every_painted_pixel_is_in_one(
            width in 1u32..14, values in prop::collection::vec(0u8..=255, 1..140), paint_min in 0u8..255,
        ) {
            let height = (values.len() as u32).div_ceil(width);
            let mut values = values;
            values.resize((width * height) as usize, 0);
            let map = TextMap { size: Size::new(width, height), values };
            let found = components(&map, paint_min);
            prop_assert_eq!(found.len(), count_by_flooding(&map, paint_min));
            let inside: u32 = found.iter().flat_map(|c| &c.runs).map(|run| run.x1 - run.x0).sum();
            prop_assert_eq!(inside as usize, map.values.iter().filter(|v| **v > paint_min).count());
        }
    }
}
