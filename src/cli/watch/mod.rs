//! `safepost watch`: a folder's files are cleaned as they come. One line an input, as it ends.

mod args;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use super::{
    Exit, Fatal, apart,
    args::RuntimeArgs,
    audit,
    print::{self, count},
    progress::{found, name, printable},
    setup,
};
use crate::{
    batch::{self, Ending, Handled, Options, Progress, Watching},
    error::CleanError,
    pipeline::{Observer, Step},
};

pub use args::WatchArgs;

/// Stops the current input once the user asked for it a second time.
struct AtOnce(Arc<AtomicBool>);

impl Observer for AtOnce {
    fn step(&self, _: Step) -> Result<(), CleanError> {
        if self.0.load(Ordering::Relaxed) { Err(CleanError::Interrupted) } else { Ok(()) }
    }
}

pub fn run(args: WatchArgs, runtime: &RuntimeArgs) -> Result<Exit, Fatal> {
    let output = &args.output;
    let policy = setup::policy(&output.policy)?;
    let options = Options { keep_names: args.keep_names, ..output.options() };
    let watching = Watching { interval: args.interval, settle: args.settle, once: args.once };
    let (stop, at_once) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
    let (first, second) = (Arc::clone(&stop), Arc::clone(&at_once));
    ctrlc::set_handler(move || {
        if first.swap(true, Ordering::Relaxed) {
            second.store(true, Ordering::Relaxed);
        }
    })?;
    let look = (!output.metadata_only).then(|| setup::runtime(runtime, options.jobs));
    let (cleaner, apart) = apart::cleaner(policy, look.as_ref(), &output.apart, Arc::new(AtOnce(at_once)))?;
    let mut lines = Lines { quiet: output.quiet, private: output.private, ..Lines::default() };
    apart.warnings().iter().for_each(|warning| lines.say(false, warning));
    lines.say(false, &format!("watching {}", printable(&args.folder.to_string_lossy())));
    let head = batch::watch(cleaner.as_ref(), &args.folder, &options, &watching, &stop, &mut lines)?;
    if !output.quiet {
        print::out(lines.summary())?;
        print::out(audit::after_run(head.as_deref(), &options).join("\n"))?;
        print::out("No detector finds everything: look at every output before you post it.")?;
    }
    Ok(lines.worst)
}

/// Says how each input ended, and counts.
struct Lines {
    quiet: bool,
    private: bool,
    clean: usize,
    before: usize,
    withheld: usize,
    failed: usize,
    worst: Exit,
}

impl Default for Lines {
    fn default() -> Self {
        Self { quiet: false, private: false, clean: 0, before: 0, withheld: 0, failed: 0, worst: Exit::Clean }
    }
}

impl Lines {
    fn say(&self, bad: bool, line: &str) {
        if bad || !self.quiet {
            // A watch goes on when nobody reads what it says.
            let _ = print::out(line);
        }
    }

    fn summary(&self) -> String {
        let all = self.clean + self.before + self.withheld + self.failed;
        let mut line = format!("{}: {} clean", count(all, "input", "inputs"), self.clean);
        for (n, what) in [(self.before, "done before"), (self.withheld, "WITHHELD"), (self.failed, "FAILED")] {
            if n > 0 {
                line += &format!(", {n} {what}");
            }
        }
        line
    }
}

impl Progress for Lines {
    fn begin(&mut self, _inputs: usize) {}

    fn handled(&mut self, handled: &Handled) {
        let (what, exit) = match &handled.ending {
            Ending::Clean { report, outputs } => {
                self.clean += 1;
                let names: Vec<_> = outputs.iter().map(|path| printable(&path.to_string_lossy())).collect();
                // A kept name is the input's.
                let to = if self.private { String::new() } else { format!(" -> {}", names.join(", ")) };
                (format!("clean ({}){to}", found(report)), Exit::Clean)
            }
            Ending::Withheld { reason, .. } => {
                self.withheld += 1;
                (format!("WITHHELD: {}", printable(reason)), Exit::Withheld)
            }
            Ending::DoneBefore { .. } => {
                self.before += 1;
                ("done before".to_owned(), Exit::Clean)
            }
            Ending::Failed { reason } => {
                self.failed += 1;
                (format!("FAILED: {}", printable(reason)), Exit::Failed)
            }
            Ending::Skipped => return,
        };
        self.worst = self.worst.max(exit);
        self.say(exit != Exit::Clean, &format!("{}: {what}", name(handled, self.private)));
    }
}
