//! Where stripes are: groups of cells that change along one direction, up as often as down. Separate from the reading
//! of their widths in [`super::bars`], which is dearer and is asked only about what is found here.

use super::{
    cells::{self, CELL_PX, Cells, Slopes},
    turned::Turned,
};

/// The mean square of the slopes, in grey levels, from which a cell counts: stripes of 40 levels with edges two pixels
/// wide have several times this.
const CHANGE_MIN: f32 = 150.0;

/// How much of the change lies along one direction. Lines of text have 0.2 to 0.5.
const COHERENCE_MIN: f32 = 0.5;

/// How much may go one way only.
const ONE_WAY_MAX: f32 = 0.6;

/// The cosine of twice the angle that stripes may turn from one cell to the next, about 12 degrees: enough for a band
/// around an infant's arm.
const TURN_MIN: f32 = 0.91;

/// Fewer cells are no candidate: three by three are what a single striped cell makes of its neighbours.
const CELLS_MIN: usize = 8;

/// Rectangles around groups of stripes, and the share of each that the group fills; the first axis goes across the
/// stripes. At most `most`, the largest.
pub(super) fn stripes(cells: &Cells, around: &[Slopes], most: usize) -> Vec<(Turned, f32)> {
    let striped = |s: &Slopes| {
        // At the rim there are fewer than nine cells; a full window is asked for all the same.
        s.xx + s.yy >= CHANGE_MIN * (9 * CELL_PX * CELL_PX) as f32
            && s.coherence() >= COHERENCE_MIN
            && s.one_way() <= ONE_WAY_MAX
    };
    let open: Vec<bool> = around.iter().map(striped).collect();
    let alike = |a: usize, b: usize| {
        let ([ac, as_], [bc, bs]) = (around[a].double_angle(), around[b].double_angle());
        ac * bc + as_ * bs >= TURN_MIN * ac.hypot(as_) * bc.hypot(bs)
    };
    let mut groups = cells::groups(cells, &open, CELLS_MIN, alike);
    groups.sort_by_key(|group| std::cmp::Reverse(group.len()));
    groups.truncate(most);
    groups
        .iter()
        .map(|group| {
            let mut all = Slopes::default();
            for &cell in group {
                let [c, s] = around[cell].double_angle();
                all.xx += c;
                all.xy += s / 2.0;
            }
            let whole = Turned::around(cells::corners(cells, group), all.direction());
            (whole, (group.len() * CELL_PX * CELL_PX) as f32 / whole.area())
        })
        .collect()
}
