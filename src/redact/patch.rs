//! One area made ready to paint: outline, mask, style and scale; and the groups of patches that are filled from
//! common surroundings. Separate from the styles because none of them may choose what it reads: a patch whose
//! neighbour hides a secret must not take that neighbour for surroundings, so patches that touch share one field.

use super::{Style, Styles, mask::Mask, outline::Outline, tone};
use crate::{
    area::Area,
    finding::Class,
    geom::{PxRect, Size},
};

/// An area with at least one pixel in the picture.
pub(super) struct Patch {
    pub(super) outline: Outline,
    /// Its own pixels.
    pub(super) mask: Mask,
    /// The box around its own pixels.
    pub(super) bounds: PxRect,
    /// The box around every pixel that painting may touch.
    pub(super) reach: PxRect,
    pub(super) style: Style,
    pub(super) seed: u32,
    /// What the look is made for.
    pub(super) class: Class,
    /// Short side in pixels.
    pub(super) thickness: f64,
    /// How far outside the outline pixels are blended towards the fill.
    pub(super) feather_px: f64,
}

impl Patch {
    /// `None` when the area lies wholly outside the picture.
    pub(super) fn new(area: &Area, styles: &Styles, size: Size) -> Option<Self> {
        let outline = Outline::of(&area.shape, size);
        let mask = Mask::of_outlines([&outline], size);
        let bounds = mask.bounds()?;
        let style = styles.of(area.class);
        let thickness = outline.thickness(size);
        let seed = tone::seed(area.track);
        let feather_px = style.feather_px(thickness);
        let reach = outline.bounds(feather_px).to_px(size).unwrap_or(bounds);
        Some(Self { outline, mask, bounds, reach, style, seed, class: area.class, thickness, feather_px })
    }
}

/// The part of the picture that a group is filled from, and how coarsely it is read.
pub(super) struct Window {
    pub(super) area: PxRect,
    /// Side of a cell in pixels.
    pub(super) step: u32,
}

/// The most cells a group may have (at 16 bytes and one more copy in all coarser grids: 16 MB); a page full of small
/// touching lines is read more coarsely beyond that.
const CELLS_MAX: u64 = 1 << 18;

/// Everything that painting the group may touch, and a quarter of a patch's thickness around it.
///
/// `cells_across` is how many cells lie across a patch's short side: enough for the look, few enough that solving costs
/// less than painting.
pub(super) fn window(group: &[&Patch], size: Size, cells_across: f64) -> Window {
    let weighted = |value: fn(&Patch) -> f64| {
        let (sum, total) = group.iter().fold((0.0, 0.0), |(sum, total), patch| {
            let pixels = patch.mask.pixels() as f64;
            (sum + pixels * value(patch), total + pixels)
        });
        sum / total
    };
    // 1024 pixels keep the sums of a cell within 32 bits.
    let mut step = (weighted(|patch| patch.thickness) / cells_across).round().clamp(1.0, 1024.0) as u32;
    loop {
        let margin = 1 + 4 * step;
        let area = group.iter().map(|patch| patch.reach).reduce(around).map_or(size.px_rect(), |r| PxRect {
            x0: r.x0.saturating_sub(margin),
            y0: r.y0.saturating_sub(margin),
            x1: (r.x1 + margin).min(size.width),
            y1: (r.y1 + margin).min(size.height),
        });
        let cells = u64::from(area.width().div_ceil(step)) * u64::from(area.height().div_ceil(step));
        if cells <= CELLS_MAX || step >= 1024 {
            return Window { area, step };
        }
        step += 1 + step / 8;
    }
}

fn around(a: PxRect, b: PxRect) -> PxRect {
    PxRect { x0: a.x0.min(b.x0), y0: a.y0.min(b.y0), x1: a.x1.max(b.x1), y1: a.y1.max(b.y1) }
}

/// Sets of patches, by index, such that patches of different groups do not touch. Boxes stand for the masks: joining
/// too many is harmless, joining too few would not be.
pub(super) fn groups(patches: &[Patch]) -> Vec<Vec<usize>> {
    let mut leader: Vec<usize> = (0..patches.len()).collect();
    fn find(leader: &mut [usize], mut i: usize) -> usize {
        while leader[i] != i {
            leader[i] = leader[leader[i]];
            i = leader[i];
        }
        i
    }
    for i in 0..patches.len() {
        for j in 0..i {
            if touch(&patches[i].bounds, &patches[j].bounds) {
                let (a, b) = (find(&mut leader, i), find(&mut leader, j));
                leader[a.max(b)] = a.min(b);
            }
        }
    }
    let mut groups: Vec<Vec<usize>> = vec![Vec::new(); patches.len()];
    for i in 0..patches.len() {
        groups[find(&mut leader, i)].push(i);
    }
    groups.retain(|group| !group.is_empty());
    groups
}

/// Whether less than two free columns or rows lie between: with fewer, a coarse cell would see nothing in between.
fn touch(a: &PxRect, b: &PxRect) -> bool {
    a.x0 < b.x1 + 2 && b.x0 < a.x1 + 2 && a.y0 < b.y1 + 2 && b.y0 < a.y1 + 2
}
