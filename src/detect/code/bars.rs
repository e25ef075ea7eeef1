//! Whether stripes are a bar code: many, of two tones, of widths without a period, the same in every line across.
//! Separate from [`super::stripes`] because this reads brightness along lines, where that sums over cells.

use super::{plane::Plane, turned::Turned};

/// The longest line and the most lines that are read, in samples.
const LINE_MAX: usize = 1600;
const LINES_MAX: usize = 48;

/// The difference between dark and light below which there is nothing to read, in grey levels.
const CONTRAST_MIN: f32 = 24.0;

/// Two neighbouring lines show the same stripes when their correlation is at least this.
const SAME_MIN: f32 = 0.6;

/// So many unlike lines may lie between like ones: rows of a stacked code meet there, or a crease runs across.
const UNLIKE_MAX: usize = 3;

/// A gap so many times as wide as the median stripe ends the code: the widest inside a symbol are four modules, and
/// the median is one or two.
const GAP_MAX: f32 = 5.5;

/// What was read of a candidate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bars {
    /// From the first stripe to the last, and from the first line to the last that shows them, in pixels.
    pub whole: Turned,
    /// Dark stripes.
    pub count: usize,
    /// Mean of how much a stripe differs in width from the next of its tone (the logarithm's size): 0 for a fence,
    /// about 0.5 for codes of all kinds.
    pub irregular: f32,
    /// How much the tones of wide stripes differ among themselves, as a share of the contrast: near 0 for print.
    pub uneven: f32,
    /// Mean correlation of neighbouring lines.
    pub alike: f32,
    /// The median width of a stripe in pixels.
    pub median_px: f32,
    /// How many of the two ends are followed by a light margin.
    pub margins: u8,
}

/// Reads the stripes in `around`, whose first axis goes across them. `None` where there are none to read.
pub(super) fn bars(plane: &Plane, around: &Turned) -> Option<Bars> {
    let lines = Lines::of(plane, around);
    let shown = lines.shown()?;
    let (low, high) = spread(&shown.profile[lines.core.clone()]);
    let contrast = high - low;
    if contrast < CONTRAST_MIN {
        return None;
    }
    let stripes = longest(alternating(&shown.profile, (0.2 * contrast).max(6.0)), &lines.core)?;
    let widths: Vec<f32> = stripes.windows(2).map(|pair| pair[1].from - pair[0].from).collect();
    let (first, last) = (stripes.first()?.from, stripes.last()?.from);
    let inner = &stripes[..stripes.len() - 1];
    let mut sorted = widths.clone();
    sorted.sort_by(f32::total_cmp);
    let median = *sorted.get(sorted.len() / 2)?;
    let unlike: Vec<f32> = widths.windows(3).map(|w| (w[2] / w[0]).ln().abs().min(1.5)).collect();
    let [dark, light] = [true, false].map(|dark| {
        let tones: Vec<f32> = inner
            .iter()
            .zip(&widths)
            .filter(|(s, w)| s.dark == dark && **w >= median)
            .map(|(s, _)| s.tone)
            .collect();
        mean(&tones.windows(2).map(|w| (w[1] - w[0]).abs()).collect::<Vec<_>>()) / contrast
    });
    let light_tone = mean(&inner.iter().filter(|s| !s.dark).map(|s| s.tone).collect::<Vec<_>>());
    let margin = |from: f32, way: f32| {
        let far = (4.0 * median).max(4.0);
        let tones =
            (1..=far as usize).filter_map(|i| shown.profile.get((from + way * (i as f32 + 0.5 * median)) as usize));
        let least = tones.copied().fold(f32::INFINITY, f32::min);
        // Beyond the picture there is no margin to see.
        let [x, y] = lines.part.at((2.0 * (from + way * far) / lines.width as f32 - 1.0) * lines.part.half[0], 0.0);
        let inside = x >= 0.0 && y >= 0.0 && x < plane.width as f32 && y < plane.height as f32;
        u8::from(inside && least.is_finite() && least > light_tone - 0.3 * contrast)
    };
    let u = |column: f32| (column / lines.width as f32 * 2.0 - 1.0) * lines.part.half[0];
    let v = |line: usize| (line as f32 / lines.rows.len() as f32 * 2.0 - 1.0) * lines.part.half[1];
    Some(Bars {
        whole: lines.part.part((u(first), u(last)), (v(shown.from), v(shown.to))),
        count: inner.iter().filter(|s| s.dark).count(),
        irregular: mean(&unlike),
        uneven: dark.max(light),
        alike: shown.alike,
        median_px: median * lines.step,
        margins: margin(first, -1.0) + margin(last, 1.0),
    })
}

/// Lines across the stripes, the candidate's and some beyond each end and side.
struct Lines {
    part: Turned,
    width: usize,
    /// Pixels from one sample to the next.
    step: f32,
    /// The samples that belong to the candidate.
    core: std::ops::Range<usize>,
    /// The lines that belong to the candidate.
    inside: std::ops::Range<usize>,
    rows: Vec<Vec<f32>>,
    /// How far neighbouring lines may be shifted, in samples.
    shift_max: isize,
}

/// The lines that show the same stripes.
struct Shown {
    profile: Vec<f32>,
    from: usize,
    to: usize,
    alike: f32,
}

impl Lines {
    fn of(plane: &Plane, around: &Turned) -> Self {
        let [half_u, half_v] = around.half;
        let part = around.padded(0.12 * half_u + 12.0, 0.8 * half_v + 8.0);
        let width = ((2.0 * part.half[0]) as usize).clamp(8, LINE_MAX);
        let height = (part.half[1] as usize).clamp(6, LINES_MAX);
        let cut = plane.cut(&part, width, height);
        let rows: Vec<Vec<f32>> = (0..height).map(|y| cut.row(y).iter().map(|v| f32::from(*v)).collect()).collect();
        let centred = |share: f32, length: usize| {
            let cut = ((1.0 - share) / 2.0 * length as f32) as usize;
            cut..(length - cut).max(cut + 1)
        };
        let (core, inside) = (centred(half_u / part.half[0], width), centred(half_v / part.half[1], height));
        let step = 2.0 * part.half[0] / width as f32;
        let shift_max = 1 + (0.3 * 2.0 * part.half[1] / height as f32 / step) as isize;
        Self { part, width, step, core, inside, rows, shift_max }
    }

    /// Grows from the line that is most like its neighbours, upward and downward.
    fn shown(&self) -> Option<Shown> {
        let spreads: Vec<f32> = self.rows.iter().map(|row| deviation(&row[self.core.clone()])).collect();
        let fits: Vec<(f32, isize)> = self.rows.windows(2).map(|pair| self.fit(&pair[0], &pair[1])).collect();
        let worth = |i: usize| (fits[i - 1].0.min(fits[i].0)) * spreads[i].min(40.0);
        let inner = self.inside.start.max(1)..self.inside.end.min(self.rows.len() - 1);
        let middle = inner.max_by(|a, b| worth(*a).total_cmp(&worth(*b)))?;
        let enough = 0.5 * spreads[middle];
        let mut profile = self.rows[middle].clone();
        let (mut added, mut from, mut to) = (1.0, middle, middle + 1);
        let mut seen = Vec::new();
        for down in [false, true] {
            let (mut line, mut shift, mut unlike, mut whole) = (middle, 0, 0, true);
            while let Some(next) = if down { Some(line + 1) } else { line.checked_sub(1) } {
                let Some(row) = self.rows.get(next) else { break };
                let (same, by) = fits[line.min(next)];
                shift += if down { by } else { -by };
                line = next;
                if same < SAME_MIN || spreads[next] < enough {
                    (unlike, whole) = (unlike + 1, false);
                    if unlike > UNLIKE_MAX {
                        break;
                    }
                    continue;
                }
                unlike = 0;
                seen.push(same);
                (from, to) = (from.min(next), to.max(next + 1));
                // Only lines without a break in between: the rows of a stacked code differ.
                if whole {
                    added += 1.0;
                    for (i, sum) in profile.iter_mut().enumerate() {
                        let at = (i as isize + shift).clamp(0, self.width as isize - 1) as usize;
                        *sum += row[at];
                    }
                }
            }
        }
        for sum in &mut profile {
            *sum /= added;
        }
        (!seen.is_empty()).then(|| Shown { profile, from, to, alike: mean(&seen) })
    }

    /// The best correlation of two lines, and how far the second is shifted to the right for it.
    fn fit(&self, first: &[f32], second: &[f32]) -> (f32, isize) {
        let (from, to) = (self.core.start as isize, self.core.end as isize);
        let mut best = (-1.0, 0);
        for shift in -self.shift_max..=self.shift_max {
            let (a, b) = (from.max(from - shift).max(0), to.min(to - shift));
            if b - a < 8 || a + shift < 0 || b + shift > self.width as isize {
                continue;
            }
            let same =
                correlation(&first[a as usize..b as usize], &second[(a + shift) as usize..(b + shift) as usize]);
            // Ties go to the smaller shift: stripes with a period fit at many.
            if same > best.0 + 0.01 * (1 + shift.abs()) as f32 * f32::from(u8::from(best.0 > 0.9)) {
                best = (same, shift);
            }
        }
        best
    }
}

/// One stripe: where it begins, in samples, and its darkest or lightest value.
#[derive(Clone, Copy, Debug)]
struct Stripe {
    from: f32,
    dark: bool,
    tone: f32,
}

/// Dark and light in turns: every change of direction by at least `least`. The last has no end and only closes the one
/// before it.
fn alternating(profile: &[f32], least: f32) -> Vec<Stripe> {
    let mut turns: Vec<(usize, f32, bool)> = Vec::new();
    let Some(&first) = profile.first() else { return Vec::new() };
    let (mut low, mut high, mut falling) = ((0, first), (0, first), None);
    for (i, &value) in profile.iter().enumerate() {
        if value < low.1 {
            low = (i, value);
        }
        if value > high.1 {
            high = (i, value);
        }
        if falling != Some(false) && value >= low.1 + least {
            turns.push((low.0, low.1, true));
            (falling, high) = (Some(false), (i, value));
        } else if falling != Some(true) && value <= high.1 - least {
            turns.push((high.0, high.1, false));
            (falling, low) = (Some(true), (i, value));
        }
    }
    match falling {
        Some(true) => turns.push((low.0, low.1, true)),
        Some(false) => turns.push((high.0, high.1, false)),
        None => {}
    }
    turns
        .windows(2)
        .map(|pair| {
            let ((a, from, _), (b, to, dark)) = (pair[0], pair[1]);
            let half = (from + to) / 2.0;
            let crossed = (a..b).find(|&i| (profile[i] - half) * (profile[i + 1] - half) <= 0.0).unwrap_or(a);
            let (left, right) = (profile[crossed], profile[crossed + 1]);
            let part = if right == left { 0.5 } else { (half - left) / (right - left) };
            Stripe { from: crossed as f32 + 0.5 + part, dark, tone: to }
        })
        .collect()
}

/// The longest stretch of stripes without a wide gap, of those that reach into `core`.
fn longest(stripes: Vec<Stripe>, core: &std::ops::Range<usize>) -> Option<Vec<Stripe>> {
    let mut widths: Vec<f32> = stripes
        .windows(2)
        .filter(|pair| core.contains(&(pair[0].from as usize)))
        .map(|pair| pair[1].from - pair[0].from)
        .collect();
    widths.sort_by(f32::total_cmp);
    let gap = GAP_MAX * widths.get(widths.len() / 2)?;
    let mut stretches: Vec<Vec<Stripe>> = vec![Vec::new()];
    for (i, stripe) in stripes.iter().enumerate() {
        if i > 0 && stripe.from - stripes[i - 1].from > gap {
            stretches.push(Vec::new());
        }
        stretches.last_mut()?.push(*stripe);
    }
    let longest = stretches.into_iter().max_by_key(Vec::len)?;
    (longest.len() >= 5).then_some(longest)
}

fn mean(values: &[f32]) -> f32 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f32>() / values.len() as f32 }
}

fn deviation(values: &[f32]) -> f32 {
    let middle = mean(values);
    mean(&values.iter().map(|v| (v - middle) * (v - middle)).collect::<Vec<_>>()).sqrt()
}

/// The values below and above which a twentieth lies.
fn spread(values: &[f32]) -> (f32, f32) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f32::total_cmp);
    let at = |share: f32| sorted.get((share * sorted.len() as f32) as usize).copied().unwrap_or_default();
    (at(0.05), at(0.95))
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let (mean_a, mean_b) = (mean(a), mean(b));
    let (mut ab, mut aa, mut bb) = (0.0, 0.0, 0.0);
    for (a, b) in a.iter().zip(b) {
        let (a, b) = (a - mean_a, b - mean_b);
        ab += a * b;
        aa += a * a;
        bb += b * b;
    }
    if aa > 0.0 && bb > 0.0 { ab / (aa * bb).sqrt() } else { 0.0 }
}
