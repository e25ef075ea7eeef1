//! When frames are shown. Separate and pure, because every rule about time is here: the first shown frame is 0, times
//! increase, a frame lasts until the next, and a span is cut out exactly.

use crate::clip::{Span, TimeBase};

/// A jump back of more than this is another clock, not a frame out of order.
const JUMP_US: u64 = 1_000_000;

/// How far headers may be off by rounding.
const ROUNDING_US: u64 = 1_000;

/// Something that is shown, in ticks from the first that is kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Timed<T> {
    pub(super) pts: i64,
    pub(super) duration: i64,
    pub(super) item: T,
}

/// Puts times on things that come in the order in which they are shown, one behind, since a duration needs the next.
pub(super) struct Timeline<T> {
    base: TimeBase,
    span: Span,
    /// Usual length of a frame in ticks, at least 1; for times that are missing.
    nominal: i64,
    /// Container's time of the first thing that is shown at all.
    first: Option<i64>,
    /// Container's time of the first thing that is kept.
    origin: Option<i64>,
    /// What is added to the container's times since a jump back.
    offset: i64,
    held: Option<(i64, i64, T)>,
    over: bool,
}

impl<T> Timeline<T> {
    pub(super) fn new(base: TimeBase, nominal: i64, span: Span) -> Self {
        Self { base, span, nominal: nominal.max(1), first: None, origin: None, offset: 0, held: None, over: false }
    }

    /// Adds a thing with the container's time, if it has one, and its own idea of how long it lasts (0: none). Gives
    /// back the one before it.
    pub(super) fn push(&mut self, pts: Option<i64>, duration: i64, item: T) -> Option<Timed<T>> {
        if self.over {
            return None;
        }
        let before = self.held.as_ref().map(|held| held.0);
        let mut at = match (pts, before) {
            (Some(pts), _) => pts.saturating_add(self.offset),
            (None, Some(before)) => before.saturating_add(self.nominal),
            (None, None) => 0,
        };
        if let Some(before) = before.filter(|&before| at <= before) {
            if self.base.us(before.saturating_sub(at)) > JUMP_US {
                let to = before.saturating_add(self.nominal);
                self.offset = self.offset.saturating_add(to.saturating_sub(at));
                at = to;
            } else {
                at = before.saturating_add(1);
            }
        }
        self.first.get_or_insert(at);
        let done = self.let_go(at);
        if self.since_first_us(at) >= self.span.to_us.unwrap_or(u64::MAX) {
            self.over = true;
        } else {
            self.held = Some((at, duration, item));
        }
        done
    }

    /// The last thing. `end`: where it ends by the container, when that knows better than the thing itself.
    pub(super) fn finish(&mut self, end: Option<i64>) -> Option<Timed<T>> {
        self.over = true;
        let &(at, duration, _) = self.held.as_ref()?;
        let own = at.saturating_add(if duration > 0 { duration } else { self.nominal });
        // Headers round to a millisecond, the thing does not.
        let better = |&end: &i64| {
            end > at
                && self.offset == 0
                && self.base.us(end.abs_diff(own).try_into().unwrap_or(i64::MAX)) > ROUNDING_US
        };
        self.let_go(end.filter(better).unwrap_or(own))
    }

    /// Ends what is held at `next`, or where the span ends.
    fn let_go(&mut self, next: i64) -> Option<Timed<T>> {
        let (at, _, item) = self.held.take()?;
        if self.since_first_us(at) < self.span.from_us {
            return None;
        }
        let origin = *self.origin.get_or_insert(at);
        let end = self.end_of_span().map_or(next, |end| next.min(end));
        Some(Timed { pts: at - origin, duration: end.saturating_sub(at).max(1), item })
    }

    /// First tick that is no longer kept, as the container counts.
    fn end_of_span(&self) -> Option<i64> {
        let ticks = ticks_in(self.span.to_us?, self.base);
        Some(self.first?.saturating_add(ticks))
    }

    fn since_first_us(&self, at: i64) -> u64 {
        self.first.map_or(0, |first| self.base.us(at.saturating_sub(first)))
    }

    /// Whether nothing that comes can be kept any more.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Container's time of the first kept thing, and of the first at all; known once they were given back or pushed.
    pub(super) fn origin(&self) -> (Option<i64>, Option<i64>) {
        (self.origin, self.first)
    }

    /// Whether the container's clock jumped back; sound cannot follow that.
    pub(super) fn has_jumped(&self) -> bool {
        self.offset != 0
    }
}

/// Microseconds in ticks, rounded to the nearest.
pub(super) fn ticks_in(us: u64, base: TimeBase) -> i64 {
    let unit = u128::from(base.num.max(1)) * 1_000_000;
    i64::try_from((u128::from(us) * u128::from(base.den) + unit / 2) / unit).unwrap_or(i64::MAX)
}

/// Usual length of a frame in ticks, from frames a second; 1/25 s when unknown.
pub(super) fn nominal_ticks(rate: (i32, i32), base: TimeBase) -> i64 {
    let (num, den) = match rate {
        (num, den) if num > 0 && den > 0 => (num.unsigned_abs(), den.unsigned_abs()),
        _ => (25, 1),
    };
    let unit = u128::from(num) * u128::from(base.num.max(1));
    i64::try_from((u128::from(den) * u128::from(base.den) + unit / 2) / unit).unwrap_or(i64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: TimeBase = TimeBase { num: 1, den: 1000 };

    fn run(span: Span, times: &[Option<i64>], last: i64) -> Vec<(i64, i64, usize)> {
        let mut line = Timeline::new(MS, 40, span);
        let mut out: Vec<_> = times.iter().enumerate().filter_map(|(i, &t)| line.push(t, last, i)).collect();
        out.extend(line.finish(None));
        out.into_iter().map(|t| (t.pts, t.duration, t.item)).collect()
    }

    fn all(times: &[i64]) -> Vec<Option<i64>> {
        times.iter().copied().map(Some).collect()
    }

    #[test]
    fn the_first_shown_frame_is_zero_and_a_frame_lasts_until_the_next() {
        let got = run(Span::default(), &all(&[80, 120, 200]), 33);
        assert_eq!(got, [(0, 40, 0), (40, 80, 1), (120, 33, 2)]);
    }

    #[test]
    fn the_last_frame_without_a_length_has_the_usual_one() {
        assert_eq!(run(Span::default(), &all(&[0, 50]), 0), [(0, 50, 0), (50, 40, 1)]);
    }

    #[test]
    fn a_container_may_know_better_where_the_last_frame_ends() {
        let end = |end| {
            let mut line = Timeline::new(MS, 40, Span::default());
            line.push(Some(100), 40, ());
            line.finish(end).map(|t| t.duration)
        };
        assert_eq!([107, 100, 141, 142].map(|e| end(Some(e))), [Some(7), Some(40), Some(40), Some(42)]);
        assert_eq!(end(None), Some(40));
    }

    #[test]
    fn missing_times_follow_the_frame_rate() {
        assert_eq!(run(Span::default(), &[None, None, Some(90)], 40), [(0, 40, 0), (40, 50, 1), (90, 40, 2)]);
    }

    #[test]
    fn times_that_do_not_increase_are_mended() {
        let got = run(Span::default(), &all(&[0, 40, 40, 39, 120]), 40);
        assert_eq!(got.iter().map(|g| g.0).collect::<Vec<_>>(), [0, 40, 41, 42, 120]);
        let jump = run(Span::default(), &all(&[90_000, 90_040, 10, 50, 90]), 40);
        assert_eq!(jump.iter().map(|g| g.0).collect::<Vec<_>>(), [0, 40, 80, 120, 160]);
    }

    #[test]
    fn a_span_is_cut_out_exactly_and_begins_at_zero() {
        let span = Span { from_us: 50_000, to_us: Some(130_000) };
        let got = run(span, &all(&[500, 540, 580, 620, 660]), 40);
        assert_eq!(got, [(0, 40, 2), (40, 10, 3)]);
    }

    #[test]
    fn a_span_that_ends_between_frames_keeps_no_later_one() {
        let span = Span { from_us: 0, to_us: Some(40_000) };
        assert_eq!(run(span, &all(&[0, 40, 80]), 40), [(0, 40, 0)]);
        let behind = Span { from_us: 1_000_000, to_us: None };
        assert_eq!(run(behind, &all(&[0, 40, 80]), 40), []);
    }

    #[test]
    fn frame_rates_become_ticks() {
        assert_eq!(nominal_ticks((30_000, 1001), TimeBase { num: 1, den: 30_000 }), 1001);
        assert_eq!(nominal_ticks((25, 1), TimeBase { num: 1, den: 25 }), 1);
        assert_eq!(nominal_ticks((0, 0), MS), 40);
    }
}
