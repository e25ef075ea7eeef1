//! Worker processes as the command line knows them: the options, the choice, what is said when a protection is missing,
//! and the hidden command that such a process runs.

use std::{io::IsTerminal, sync::Arc, time::Duration};

use clap::Args;
use serde::Serialize;

use super::{Exit, Fatal};
use crate::{
    error::{SetupError, WorkerError},
    isolation::{Isolation, Pool, Protection, State, serve_parent},
    pipeline::{Cleaner, Cleaning, Observer, Runtime},
    policy::Policy,
};

/// Named at each option, because a heading for all of them would go on to those of the command that takes them.
const HEADING: &str = "Isolation options";

/// How inputs are kept apart from the program.
#[derive(Debug, Default, Args)]
pub struct ApartArgs {
    /// Decode in this process instead of workers without rights: one bad file can then end the whole run
    #[arg(help_heading = HEADING, long)]
    pub no_isolation: bool,
    /// Most memory of a worker in MB [default: 6442, or three quarters of the memory where that is less]
    #[arg(help_heading = HEADING, long, value_name = "MB", conflicts_with = "no_isolation", value_parser = clap::value_parser!(u64).range(100..=10_000_000))]
    pub worker_memory: Option<u64>,
    /// End a worker after this many seconds without any sign of life [default: 300]
    #[arg(help_heading = HEADING, long, value_name = "SECONDS", conflicts_with = "no_isolation", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub stall: Option<u64>,
}

/// Whether the run was isolated and how well.
#[derive(Clone, Debug, Serialize)]
pub struct Apart {
    /// Whether inputs were decoded in processes of their own.
    pub worker_processes: bool,
    /// What those gave up; empty without any.
    pub protections: Vec<Protection>,
}

impl Apart {
    /// One line for everything that is missing.
    pub fn warnings(&self) -> Vec<String> {
        if !self.worker_processes {
            return vec!["isolation: OFF; a file that breaks a decoder breaks the whole run".to_owned()];
        }
        let weak = self.protections.iter().filter(|p| p.state != State::Active);
        weak.map(|protection| format!("isolation: a worker {protection}")).collect()
    }
}

/// Whoever cleans by `policy`, looking with `runtime`, or for nothing without one.
pub fn cleaner(
    policy: Policy,
    runtime: Option<&Runtime>,
    args: &ApartArgs,
    observer: Arc<dyn Observer>,
) -> Result<(Box<dyn Cleaning>, Apart), Fatal> {
    if args.no_isolation {
        let cleaner = match runtime {
            Some(runtime) => Cleaner::new(policy, runtime)?,
            None => Cleaner::metadata_only(policy)?,
        };
        let apart = Apart { worker_processes: false, protections: Vec::new() };
        return Ok((Box::new(cleaner.observed_by(observer)), apart));
    }
    let isolation = isolation(args)?;
    let pool = match runtime {
        Some(runtime) => Pool::new(policy, runtime, isolation)?,
        None => Pool::metadata_only(policy, isolation)?,
    };
    let apart = Apart { worker_processes: true, protections: pool.protections().to_vec() };
    Ok((Box::new(pool.observed_by(observer)), apart))
}

/// How workers are run.
pub fn isolation(args: &ApartArgs) -> Result<Isolation, SetupError> {
    let unknown = |source| WorkerError::Start { program: "safepost".into(), source };
    let mut isolation = Isolation::with_this_program().map_err(unknown)?;
    isolation.memory_bytes = args.worker_memory.map_or(isolation.memory_bytes, |mb| mb * 1_000_000);
    isolation.stall = args.stall.map_or(isolation.stall, Duration::from_secs);
    Ok(isolation)
}

/// `safepost worker`.
pub fn serve() -> Result<Exit, Fatal> {
    if std::io::stdin().is_terminal() {
        let advice = "`safepost worker` is how safepost starts its own workers; use `safepost clean`";
        return Err(Fatal::Terminal { which: "input", advice });
    }
    // Whoever asked sees the pipe close; there is nobody else to tell.
    Ok(if serve_parent().is_ok() { Exit::Clean } else { Exit::Failed })
}
