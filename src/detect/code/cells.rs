//! How brightness changes, cell by cell. Separate because both stripes and blocks are searched in the same sums.

use super::plane::Plane;

/// The side of a cell in pixels: two cells hold at least one dark and one light stripe of what is searched at this
/// size; coarser codes are found when the picture is half as large.
pub(super) const CELL_PX: usize = 8;

/// Sums of the slopes of one cell or of several. Slopes are differences over a square of four pixels, so that stripes
/// of one pixel still have one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Slopes {
    /// Squares of the slope to the right.
    pub xx: f32,
    /// Squares of the slope downward.
    pub yy: f32,
    /// Products of the two.
    pub xy: f32,
    /// The slopes themselves, which cancel where dark and light alternate.
    pub net: [f32; 2],
    /// Their sizes.
    pub size: [f32; 2],
}

impl Slopes {
    fn add(&mut self, other: &Self) {
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
        for i in 0..2 {
            self.net[i] += other.net[i];
            self.size[i] += other.size[i];
        }
    }

    /// Twice the main direction's cosine and sine, times how much more there is along it than across.
    pub fn double_angle(&self) -> [f32; 2] {
        [self.xx - self.yy, 2.0 * self.xy]
    }

    /// The share of the change that lies along one direction more than across it, 0 to 1 (the coherence of the
    /// structure tensor; Bigün and Granlund 1987).
    pub fn coherence(&self) -> f32 {
        let [c, s] = self.double_angle();
        let all = self.xx + self.yy;
        if all > 0.0 { c.hypot(s) / all } else { 0.0 }
    }

    /// The unit vector along which brightness changes most.
    pub fn direction(&self) -> [f32; 2] {
        let [c, s] = self.double_angle();
        let angle = 0.5 * s.atan2(c);
        [angle.cos(), angle.sin()]
    }

    /// How much of the change goes one way only: 1 at an edge, near 0 where it goes up as often as down.
    pub fn one_way(&self) -> f32 {
        let [x, y] = self.direction();
        let all = x.abs() * self.size[0] + y.abs() * self.size[1];
        if all > 0.0 { (self.net[0] * x + self.net[1] * y).abs() / all } else { 1.0 }
    }
}

/// The cells of a plane, row after row; what is left over at the right and the bottom belongs to none.
pub(super) struct Cells {
    /// Cells in a row.
    pub columns: usize,
    /// Rows of cells.
    pub rows: usize,
    /// One sum a cell.
    pub slopes: Vec<Slopes>,
}

impl Cells {
    /// The sums of every cell.
    pub fn of(plane: &Plane) -> Self {
        let columns = plane.width.saturating_sub(1) / CELL_PX;
        let rows = plane.height.saturating_sub(1) / CELL_PX;
        let mut slopes = Vec::with_capacity(columns * rows);
        for row in 0..rows {
            let mut sums = vec![[0i32; 7]; columns];
            for y in row * CELL_PX..(row + 1) * CELL_PX {
                let (upper, lower) = (plane.row(y), plane.row(y + 1));
                for (column, sums) in sums.iter_mut().enumerate() {
                    let at = column * CELL_PX;
                    add_row(sums, &upper[at..=at + CELL_PX], &lower[at..=at + CELL_PX]);
                }
            }
            slopes.extend(sums.iter().map(|s| {
                let [xx, yy, xy, x, y, size_x, size_y] = s.map(|v| v as f32);
                Slopes { xx, yy, xy, net: [x, y], size: [size_x, size_y] }
            }));
        }
        Self { columns, rows, slopes }
    }

    /// For every cell the sum of it and its neighbours, up to nine.
    pub fn around(&self) -> Vec<Slopes> {
        let mut across = self.slopes.clone();
        for (wide, narrow) in across.chunks_mut(self.columns.max(1)).zip(self.slopes.chunks(self.columns.max(1))) {
            for column in 0..narrow.len() {
                if column > 0 {
                    wide[column].add(&narrow[column - 1]);
                }
                if column + 1 < narrow.len() {
                    wide[column].add(&narrow[column + 1]);
                }
            }
        }
        let mut around = across.clone();
        for row in 0..self.rows {
            for column in 0..self.columns {
                let at = row * self.columns + column;
                if row > 0 {
                    around[at].add(&across[at - self.columns]);
                }
                if row + 1 < self.rows {
                    around[at].add(&across[at + self.columns]);
                }
            }
        }
        around
    }
}

/// One row of a cell: nine samples of it and of the row below.
fn add_row(sums: &mut [i32; 7], upper: &[u8], lower: &[u8]) {
    let (Ok(upper), Ok(lower)) = (<[u8; 9]>::try_from(upper), <[u8; 9]>::try_from(lower)) else { return };
    let mut slope = [[0i16; CELL_PX]; 2];
    for i in 0..CELL_PX {
        let down = i16::from(lower[i + 1]) - i16::from(upper[i]);
        let up = i16::from(upper[i + 1]) - i16::from(lower[i]);
        slope[0][i] = down + up;
        slope[1][i] = down - up;
    }
    let [x, y] = slope;
    let dot = |a: &[i16; CELL_PX], b: &[i16; CELL_PX]| -> i32 {
        a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum()
    };
    let total = |a: &[i16; CELL_PX]| i32::from(a.iter().sum::<i16>());
    let added = [
        dot(&x, &x),
        dot(&y, &y),
        dot(&x, &y),
        total(&x),
        total(&y),
        total(&x.map(i16::abs)),
        total(&y.map(i16::abs)),
    ];
    for (sum, added) in sums.iter_mut().zip(added) {
        *sum += added;
    }
}

/// Groups of neighbouring cells, by sides or corners, that `joins` lets grow from one cell to the next; only cells in
/// `open` belong to one. Each is a list of cell numbers; those of fewer than `least` are left out.
pub(super) fn groups(
    cells: &Cells,
    open: &[bool],
    least: usize,
    joins: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    let mut left = open.to_vec();
    let mut found = Vec::new();
    for start in 0..left.len() {
        if !left[start] {
            continue;
        }
        left[start] = false;
        let mut group = vec![start];
        let mut next = 0;
        while let Some(&at) = group.get(next) {
            next += 1;
            let (row, column) = (at / cells.columns, at % cells.columns);
            for r in row.saturating_sub(1)..(row + 2).min(cells.rows) {
                for c in column.saturating_sub(1)..(column + 2).min(cells.columns) {
                    let neighbour = r * cells.columns + c;
                    if left[neighbour] && joins(at, neighbour) {
                        left[neighbour] = false;
                        group.push(neighbour);
                    }
                }
            }
        }
        if group.len() >= least {
            found.push(group);
        }
    }
    found
}

/// The corners of every cell of a group, in pixels.
pub(super) fn corners<'a>(cells: &'a Cells, group: &'a [usize]) -> impl Iterator<Item = [f32; 2]> + 'a {
    group.iter().flat_map(|&cell| {
        let side = CELL_PX as f32;
        let (x, y) = ((cell % cells.columns) as f32 * side, (cell / cells.columns) as f32 * side);
        [[x, y], [x + side, y], [x, y + side], [x + side, y + side]]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slopes(bright: impl Fn(usize, usize) -> bool) -> Slopes {
        let luma = (0..33 * 33).map(|i| if bright(i % 33, i / 33) { 200 } else { 40 }).collect();
        Cells::of(&Plane { width: 33, height: 33, luma }).around()[5]
    }

    #[test]
    fn stripes_have_one_direction_and_go_up_as_often_as_down() {
        let upright = slopes(|x, _| x % 5 < 2);
        assert!(upright.coherence() > 0.95 && upright.one_way() < 0.2);
        assert!(upright.direction()[0].abs() > 0.99);
        let slanting = slopes(|x, y| (x + y) % 8 < 4);
        assert!(slanting.coherence() > 0.9 && slanting.one_way() < 0.2);
        assert!((slanting.direction()[0] - slanting.direction()[1]).abs() < 0.05);
    }

    #[test]
    fn one_edge_goes_one_way_and_a_checkered_cloth_has_no_direction() {
        assert!(slopes(|x, _| x < 12).one_way() > 0.9);
        assert!(slopes(|x, y| (x / 4 + y / 4) % 2 == 0).coherence() < 0.2);
    }

    #[test]
    fn groups_are_bounded_by_what_is_open_and_by_what_joins() {
        let cells = Cells { columns: 5, rows: 1, slopes: vec![Slopes::default(); 5] };
        let open = [true, true, false, true, true];
        assert_eq!(groups(&cells, &open, 1, |_, _| true), [vec![0, 1], vec![3, 4]]);
        assert_eq!(groups(&cells, &open, 2, |a, b| a.max(b) != 4), [vec![0, 1]]);
    }
}
