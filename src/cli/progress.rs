//! A bar on a terminal, plain lines otherwise; always on standard error, so that standard output stays clean.

use std::{
    collections::BTreeMap,
    io::IsTerminal,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::{
    batch::{Ending, Handled, Progress},
    cli::print::count,
    phi::Kind,
    pipeline::InputReport,
};

/// How much is said while running.
pub struct Screen {
    bars: MultiProgress,
    bar: Option<ProgressBar>,
    quiet: bool,
    private: bool,
    total: usize,
    done: usize,
}

impl Screen {
    /// `quiet` says failures only; `private` names inputs by number.
    pub fn new(quiet: bool, private: bool) -> Self {
        Self { bars: MultiProgress::new(), bar: None, quiet, private, total: 0, done: 0 }
    }

    /// The bar of the video that is being cleaned.
    pub fn frames(&self) -> Frames {
        let wanted = !self.quiet && std::io::stderr().is_terminal();
        Frames { bars: wanted.then(|| self.bars.clone()), bar: Mutex::default() }
    }

    fn line(&self, text: String) {
        match &self.bar {
            Some(bar) => bar.println(text),
            None => eprintln!("{text}"),
        }
    }
}

impl Progress for Screen {
    fn begin(&mut self, inputs: usize) {
        self.total = inputs;
        if self.quiet || !std::io::stderr().is_terminal() {
            return;
        }
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len}  {elapsed} gone, {eta} left")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = self.bars.add(ProgressBar::new(inputs as u64).with_style(style));
        bar.enable_steady_tick(Duration::from_millis(200));
        self.bar = Some(bar);
    }

    fn handled(&mut self, handled: &Handled) {
        self.done += 1;
        let what = match &handled.ending {
            Ending::Clean { report, .. } => format!("clean ({})", found(report)),
            Ending::Withheld { reason, .. } => format!("WITHHELD: {}", printable(reason)),
            Ending::DoneBefore { .. } => "done before".to_owned(),
            Ending::Skipped => "skipped, neither a picture nor a video".to_owned(),
            Ending::Failed { reason } => format!("FAILED: {}", printable(reason)),
        };
        let bad = matches!(handled.ending, Ending::Withheld { .. } | Ending::Failed { .. });
        let worth_a_line = !matches!(handled.ending, Ending::Skipped);
        if bad || (worth_a_line && !self.quiet && self.bar.is_none()) {
            let name = name(handled, self.private);
            self.line(format!("[{}/{}] {name}: {what}", self.done, self.total));
        }
        if let Some(bar) = &self.bar {
            bar.inc(1);
            if self.done == self.total {
                bar.finish_and_clear();
            }
        }
    }
}

/// Frames, rate and time left of a video, on a terminal.
pub struct Frames {
    bars: Option<MultiProgress>,
    bar: Mutex<Option<ProgressBar>>,
}

impl Frames {
    /// `done` of `of` frames are finished.
    pub fn show(&self, done: u64, of: Option<u64>) {
        let Some(bars) = &self.bars else { return };
        let mut bar = self.bar.lock().unwrap_or_else(PoisonError::into_inner);
        // A video that failed left its bar behind.
        if let Some(old) = bar.take_if(|bar| bar.position() > done) {
            old.finish_and_clear();
        }
        let bar = bar.get_or_insert_with(|| {
            let template = match of {
                Some(_) => "{bar:30} {pos}/{len} frames  {per_sec}  {eta} left",
                None => "{spinner} {pos} frames  {per_sec}",
            };
            let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
            let bar = of.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
            bars.add(bar.with_style(style))
        });
        bar.set_position(done);
    }

    /// The video is finished.
    pub fn clear(&self) {
        if let Some(bar) = self.bar.lock().unwrap_or_else(PoisonError::into_inner).take() {
            bar.finish_and_clear();
        }
    }
}

/// How an input is called on the screen.
pub fn name(handled: &Handled, private: bool) -> String {
    if private { format!("input {}", handled.index + 1) } else { printable(&handled.path.to_string_lossy()) }
}

/// The text with control characters shown instead of obeyed.
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() { shown.extend(c.escape_default()) } else { shown.push(c) }
    }
    shown
}

/// `2 dates, 1 record number`, or `no identifier …`.
pub fn identifiers(counts: &BTreeMap<Kind, usize>) -> String {
    if counts.is_empty() {
        return "no identifier in the text that could be read".to_owned();
    }
    counts.iter().map(|(kind, n)| count(*n, kind.name(), &kind.plural())).collect::<Vec<_>>().join(", ")
}

/// `3 faces, 2 text`, or `nothing found`.
pub fn found(report: &InputReport) -> String {
    if report.looked_for.is_empty() {
        return "nothing was looked for".to_owned();
    }
    let counts = report.counts();
    if counts.is_empty() {
        return "nothing found: look closely".to_owned();
    }
    counts.iter().map(|(class, n)| count(*n, class.name(), class.plural())).collect::<Vec<_>>().join(", ")
}
