//! What a worker gives up for the rest of its life, in two steps, and the proof that it is gone: after the last step the
//! worker tries each thing and reports what it could not do. Separate from the worker, so that a test can lock in a
//! process of its own.
//!
//! The first step comes before any model is loaded, while there is one thread, because the rules for files hold for the
//! thread that sets them and for those that it starts. The second comes before the first file.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod linux;

use std::{fmt, fs::File, net::UdpSocket, path::PathBuf, process::Command};

use serde::{Deserialize, Serialize};

#[cfg(not(target_os = "linux"))]
use elsewhere as system;
#[cfg(target_os = "linux")]
use linux as system;

pub(super) use system::take_pipes;

/// What is guarded against.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// Opening any file but the one that is cleaned and its draft.
    Files,
    /// Sockets of every kind.
    Network,
    /// Starting programs, and reaching into other processes.
    Processes,
    /// Taking all of the machine's memory.
    Memory,
    /// Leaving the picture in a core dump.
    Dumps,
    /// Living on after the program that asked.
    Orphans,
}

impl Guard {
    /// All of them, in the order in which they are reported.
    pub const ALL: [Guard; 6] =
        [Guard::Files, Guard::Network, Guard::Processes, Guard::Memory, Guard::Dumps, Guard::Orphans];

    /// What it does, for people.
    pub const fn describe(self) -> &'static str {
        match self {
            Guard::Files => "opens no other file",
            Guard::Network => "has no network",
            Guard::Processes => "starts no program",
            Guard::Memory => "has a limit of memory",
            Guard::Dumps => "leaves no core dump",
            Guard::Orphans => "ends with the program",
        }
    }
}

/// Whether a guard stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum State {
    /// It stands; for what can be tried, trying failed.
    Active,
    /// A part of it stands.
    Partial {
        /// Which part does not.
        missing: String,
    },
    /// It does not stand.
    Missing {
        /// Why.
        reason: String,
    },
}

/// One guard and whether it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// Against what.
    pub guard: Guard,
    /// Whether it stands.
    #[serde(flatten)]
    pub state: State,
}

impl fmt::Display for Protection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Active => f.write_str(self.guard.describe()),
            State::Partial { missing } => write!(f, "{}, but {missing}", self.guard.describe()),
            State::Missing { reason } => write!(f, "NOT PROTECTED ({}): {reason}", self.guard.describe()),
        }
    }
}

/// What a worker may still do.
#[derive(Clone, Debug, Default)]
pub struct Rights {
    /// Most memory that it may hold, in bytes.
    pub memory_bytes: u64,
    /// Files and folders that may be read until [`Sandbox::close`].
    pub while_loading: Vec<PathBuf>,
    /// The file that may be read afterwards.
    pub input: Option<PathBuf>,
    /// Files that may be read and written afterwards; they exist.
    pub drafts: Vec<PathBuf>,
}

/// A process that has given up half of its rights. There is no way back.
#[derive(Debug)]
pub struct Sandbox {
    rights: Rights,
    entered: system::Entered,
}

impl Sandbox {
    /// The first step: limits, and no file but those that are named. Call it while the process has one thread.
    ///
    /// What the system does not have is no error: [`Sandbox::close`] tells.
    #[must_use]
    pub fn enter(rights: Rights) -> Self {
        let entered = system::enter(&rights);
        Self { rights, entered }
    }

    /// The second step: all that was needed for loading goes, and every system call that no codec has a use for.
    ///
    /// Tells of every guard, each after trying what it forbids.
    #[must_use]
    pub fn close(self) -> Vec<Protection> {
        let Self { rights, entered } = self;
        let mut states = system::close(&rights, entered);
        for (guard, state) in Guard::ALL.into_iter().zip(&mut states) {
            if let Some(reason) = breach(guard) {
                *state = State::Missing { reason: reason.to_owned() };
            }
        }
        Guard::ALL.into_iter().zip(states).map(|(guard, state)| Protection { guard, state }).collect()
    }
}

/// Tries what `guard` forbids, harmlessly; what could be done although it should not.
fn breach(guard: Guard) -> Option<&'static str> {
    match guard {
        Guard::Files => File::open("/").is_ok().then_some("a worker could still open a folder"),
        Guard::Network => {
            // Bound to this machine and to any free port; nothing is sent.
            UdpSocket::bind("127.0.0.1:0").is_ok().then_some("a worker could still open a socket")
        }
        Guard::Processes => {
            // A name that no program has: a process that may not start others fails before it looks for the file.
            let error = Command::new("/dev/null/none").spawn().err();
            let refused = error.is_some_and(|error| error.kind() == std::io::ErrorKind::PermissionDenied);
            (!refused).then_some("a worker could still start a process")
        }
        // Trying these would end the worker.
        Guard::Memory | Guard::Dumps | Guard::Orphans => None,
    }
}

/// The same for every guard of a system that has none.
#[cfg_attr(target_os = "linux", expect(dead_code, reason = "Linux tells more"))]
fn missing(reason: &str) -> State {
    State::Missing { reason: reason.to_owned() }
}
