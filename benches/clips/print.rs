//! The metric's figures as lines of text, one for each label of each clip.

use super::score::{Figures, GAPS, Report, SIZES};

/// The line above the figures.
pub fn heading() -> String {
    let sizes: Vec<String> = SIZES.iter().map(|(_, name)| format!("{name:>6}")).collect();
    format!(
        "{:14} {:5} {:>7} {:>7} {} {:>7} {:>8} {:>6} {:>6} {:>5}  gaps by frames",
        "clip",
        "label",
        "scored",
        "covered",
        sizes.join(" "),
        "tracks",
        "exposed",
        "over",
        "blank",
        "noise"
    )
}

/// One line for each label of a report.
pub fn lines(report: &Report) -> Vec<String> {
    let mut lines: Vec<String> =
        report.labels.iter().map(|(label, figures)| line(report, label, figures)).collect();
    if !report.times_kept {
        lines.push(format!(
            "{:14} {} frames became {}, and {} of them are shown at the same time",
            report.name, report.frames, report.output_frames, report.matched
        ));
    }
    lines
}

fn line(report: &Report, label: &str, figures: &Figures) -> String {
    let share = |part: usize, whole: usize| {
        if whole == 0 { "-".to_owned() } else { format!("{:.4}", part as f64 / whole as f64) }
    };
    let sizes: Vec<String> = SIZES
        .iter()
        .map(|(_, name)| {
            let [scored, covered] = figures.sizes.get(*name).copied().unwrap_or_default();
            format!("{:>6}", share(covered, scored))
        })
        .collect();
    let gaps: Vec<String> = GAPS
        .iter()
        .filter_map(|(_, name)| figures.gaps.get(*name).map(|count| format!("{name}: {count}")))
        .collect();
    format!(
        "{:14} {:5} {:>7} {:>7} {} {:>7} {:>8} {:>5.2}% {:>6} {:>5.2}  {}",
        report.name,
        label,
        figures.scored,
        share(figures.covered, figures.scored),
        sizes.join(" "),
        figures.tracks,
        share(figures.exposed_tracks, figures.tracks),
        report.over * 100.0,
        figures.blank,
        report.noise,
        gaps.join(", ")
    )
}
