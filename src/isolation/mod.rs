//! Files cleaned in worker processes that hold no more rights than they need, so that a crash, a hang or a codec that
//! eats all memory costs one file and is said to have. Separate from the pipeline, which knows no processes: what runs
//! inside a worker is a [`Cleaner`](crate::Cleaner) like any other.
//!
//! A worker is a program that calls [`serve`], as `safepost worker` does. It is told the policy, loads the models, and
//! then gives up for good what [`Guard`] lists, before it is handed the first file. A picture's bytes travel both ways
//! through [`protocol`]; such a worker opens no file at all and serves many pictures. A video has a worker of its own,
//! which may read that one file and write that one draft. Whoever asked for it publishes: a worker cannot. What it hands
//! over is proved once more before that.

mod death;
mod handed;
mod pool;
mod process;
pub mod protocol;
mod sandbox;
mod serve;

use std::{fs, path::PathBuf, time::Duration};

pub use self::{
    pool::Pool,
    sandbox::{Guard, Protection, Rights, Sandbox, State},
    serve::{serve, serve_parent},
};

/// Most memory of a worker unless told otherwise, in bytes. A photo of 200 megapixels (a JPEG of 39 MB, all classes)
/// took 2.2 GB at its peak; this is nearly three times that.
const MEMORY_BYTES: u64 = 6 << 30;

/// Longest silence of a worker unless told otherwise. All steps together took 27 s for that photo, without optimisation
/// and on two cores that others used too; this is for one step.
const STALL: Duration = Duration::from_secs(300);

/// Longest work on one input, however much it moves: where a reader ends that goes round in circles. No tuned number;
/// only no video that somebody means to post should come near it.
const TOTAL: Duration = Duration::from_secs(48 * 3600);

/// Which program the workers run, and what one of them may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isolation {
    /// The program; it is started with the single argument `worker`.
    pub program: PathBuf,
    /// Most memory that a worker may hold, in bytes. Default: 6 GiB, or three quarters of the machine's memory where
    /// that is less.
    pub memory_bytes: u64,
    /// A worker that neither tells of a step nor reads or writes for this long is ended. Default: 300 s.
    pub stall: Duration,
    /// A worker that is not finished with one input after this long is ended. Default: 48 h.
    pub total: Duration,
}

impl Isolation {
    /// With workers that run `program`, which must call [`serve`] when its only argument is `worker`.
    pub fn new(program: PathBuf) -> Self {
        let most = installed_memory_bytes().map_or(MEMORY_BYTES, |all| MEMORY_BYTES.min(all / 4 * 3));
        Self { program, memory_bytes: most, stall: STALL, total: TOTAL }
    }

    /// With workers that run the program of this process, which must be `safepost` or do as it does.
    ///
    /// # Errors
    /// When the system does not tell which program this is.
    pub fn with_this_program() -> std::io::Result<Self> {
        // The link leads to the running program even after its file was replaced by an update.
        let link = PathBuf::from("/proc/self/exe");
        Ok(Self::new(if link.exists() { link } else { std::env::current_exe()? }))
    }
}

/// `None` where it is not told in the way of Linux.
fn installed_memory_bytes() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
