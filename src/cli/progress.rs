//! A bar on a terminal, plain lines otherwise; always on standard error, so that standard output stays clean.

use std::{io::IsTerminal, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    batch::{Ending, Handled, Progress},
    cli::print::count,
    pipeline::InputReport,
};

/// How much is said while running.
pub struct Screen {
    bar: Option<ProgressBar>,
    quiet: bool,
    private: bool,
    total: usize,
    done: usize,
}

impl Screen {
    /// `quiet` says failures only; `private` names inputs by number.
    pub fn new(quiet: bool, private: bool) -> Self {
        Self { bar: None, quiet, private, total: 0, done: 0 }
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
        let bar = ProgressBar::new(inputs as u64).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        self.bar = Some(bar);
    }

    fn handled(&mut self, handled: &Handled) {
        self.done += 1;
        let what = match &handled.ending {
            Ending::Clean { report, .. } => format!("clean ({})", found(report)),
            Ending::Withheld { reason, .. } => format!("WITHHELD: {reason}"),
            Ending::DoneBefore { .. } => "done before".to_owned(),
            Ending::Skipped => "skipped, not a picture".to_owned(),
            Ending::Failed { reason } => format!("FAILED: {reason}"),
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

/// `3 faces, 2 text`, or `nothing found`.
pub fn found(report: &InputReport) -> String {
    let counts = report.counts();
    if counts.is_empty() {
        return "nothing found: look closely".to_owned();
    }
    counts.iter().map(|(class, n)| count(*n, class.name(), class.plural())).collect::<Vec<_>>().join(", ")
}
