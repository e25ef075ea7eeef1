//! Which lines belong together: the next one to the right in the same row, and the next one below. Separate because it is
//! geometry alone.

use crate::geom::Rect;

/// How two lines lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The second is to the right of the first.
    Right,
    /// The second is below the first.
    Below,
}

/// How far to the right a row goes on, in heights of the line: the gap in a form between "Name:" and what was written.
const RIGHT_MOST: f32 = 6.0;

/// How far below the next line is, in heights.
const BELOW_MOST: f32 = 1.2;

/// One line is at most this many times as high as its neighbour.
const HEIGHTS_MOST: f32 = 2.5;

/// Every line with the nearest one to its right and the nearest one below it.
pub(super) fn neighbours(lines: &[Rect]) -> Vec<(usize, usize, Side)> {
    let mut pairs = Vec::new();
    for (first, a) in lines.iter().enumerate() {
        let near = |distance: fn(&Rect, &Rect) -> Option<f32>| {
            let others = lines.iter().enumerate().filter(|(second, _)| *second != first);
            others.filter_map(|(second, b)| Some((second, distance(a, b)?))).min_by(|x, y| x.1.total_cmp(&y.1))
        };
        pairs.extend(near(to_the_right).map(|(second, _)| (first, second, Side::Right)));
        pairs.extend(near(below).map(|(second, _)| (first, second, Side::Below)));
    }
    pairs
}

fn alike(a: &Rect, b: &Rect) -> bool {
    let (low, high) = (a.height().min(b.height()), a.height().max(b.height()));
    low > 0.0 && high <= HEIGHTS_MOST * low
}

/// How far `b` is to the right of `a`, when it is in the same row.
fn to_the_right(a: &Rect, b: &Rect) -> Option<f32> {
    let height = a.height().min(b.height());
    let gap = b.x0 - a.x1;
    let same_row = (a.center().y - b.center().y).abs() < 0.6 * height;
    (alike(a, b) && same_row && b.center().x > a.x1 && (-height..=RIGHT_MOST * height).contains(&gap))
        .then_some(gap)
}

/// How far `b` is below `a`, when it starts or lies under it.
fn below(a: &Rect, b: &Rect) -> Option<f32> {
    let height = a.height().min(b.height());
    let gap = b.y0 - a.y1;
    let under = a.x0.max(b.x0) < a.x1.min(b.x1);
    (alike(a, b) && under && b.center().y > a.y1 - 0.3 * height && (-height..=BELOW_MOST * height).contains(&gap))
        .then_some(gap)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_in_the_row_and_the_nearest_below_are_neighbours() {
        let lines = [
            Rect::from_xywh(10.0, 10.0, 60.0, 12.0),
            Rect::from_xywh(90.0, 11.0, 80.0, 12.0),
            Rect::from_xywh(190.0, 11.0, 80.0, 12.0),
            Rect::from_xywh(12.0, 26.0, 50.0, 12.0),
            Rect::from_xywh(12.0, 90.0, 50.0, 12.0),
        ];
        let found = neighbours(&lines);
        assert_eq!(found, [(0, 1, Side::Right), (0, 3, Side::Below), (1, 2, Side::Right)]);
    }

    #[test]
    fn a_headline_and_a_footnote_do_not_belong_together() {
        assert_eq!(
            neighbours(&[Rect::from_xywh(0.0, 0.0, 200.0, 60.0), Rect::from_xywh(0.0, 62.0, 80.0, 8.0)]),
            []
        );
    }
}
