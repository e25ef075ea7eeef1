//! The command line, in four steps: what was typed, what it means, what is printed, and the exit code.

#![expect(clippy::print_stderr, reason = "the command line is the part that talks to a person")]

mod apart;
mod args;
mod audit;
mod clean;
mod consent;
mod device;
mod inspect;
mod kept;
mod output_args;
mod pipe;
mod policy_args;
mod print;
mod progress;
mod setup;
mod verify;
mod watch;

use std::{io, process::ExitCode};

use clap::{CommandFactory, Parser, error::ErrorKind};
use miette::Diagnostic;

use crate::{
    audit::AuditError,
    batch::BatchError,
    error::{ConsentError, MediaError, PolicyError, SetupError},
};
use args::{Cli, Command};

/// How a run ended, as the shell sees it. The worst result decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Exit {
    /// Every input is clean.
    Clean = 0,
    /// Nothing was done.
    Nothing = 1,
    /// Some input failed.
    Failed = 2,
    /// Some output was withheld.
    Withheld = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit as u8)
    }
}

/// Nothing was done, and why.
#[derive(Debug, thiserror::Error, Diagnostic)]
enum Fatal {
    #[error(transparent)]
    #[diagnostic(help("`safepost policy` prints a policy with every key explained"))]
    Policy(#[from] PolicyError),
    #[error(transparent)]
    #[diagnostic(help("`safepost doctor` says what is missing and what to type"))]
    Setup(SetupError),
    #[error(transparent)]
    #[diagnostic(help("no face was uncovered"))]
    Consent(#[from] ConsentError),
    #[error(transparent)]
    #[diagnostic(help("nothing was changed"))]
    Refused(#[from] consent::Refused),
    #[error(transparent)]
    #[diagnostic(help("no input was changed"))]
    Batch(#[from] BatchError),
    #[error(transparent)]
    Audit(#[from] AuditError),
    #[error("{} cannot be written: {source}", .path.display())]
    #[diagnostic(help("a file that is there is replaced only with --overwrite"))]
    Export { path: std::path::PathBuf, source: io::Error },
    #[error("{} belongs to the trail, which an export never replaces", .path.display())]
    #[diagnostic(help("nothing was written; choose another name for the export"))]
    ExportOver { path: std::path::PathBuf },
    #[error(transparent)]
    Media(#[from] MediaError),
    #[error("writing to standard output failed: {0}")]
    Stdout(#[from] io::Error),
    #[error("standard {which} is a terminal: {advice}")]
    Terminal { which: &'static str, advice: &'static str },
    #[error(transparent)]
    Boxes(MediaError),
    #[error("the interrupt handler could not be set: {0}")]
    Signal(#[from] ctrlc::Error),
}

impl From<SetupError> for Fatal {
    fn from(error: SetupError) -> Self {
        match error {
            SetupError::Policy(error) => Self::Policy(error),
            SetupError::Consent(error) => Self::Consent(error),
            error @ (SetupError::Infer(_) | SetupError::Worker(_)) => Self::Setup(error),
        }
    }
}

/// Parses the arguments of this process, does what they say, and gives the exit code.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // clap's own code for a usage error is 2, which here means that some input failed.
            let exit = match error.kind() {
                ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Clean,
                _ => Exit::Nothing,
            };
            // Nobody is left to tell when even the error cannot be printed.
            let _ = error.print();
            return exit.into();
        }
    };
    match run(cli) {
        Ok(exit) => exit.into(),
        Err(Fatal::Stdout(error)) if error.kind() == io::ErrorKind::BrokenPipe => Exit::Nothing.into(),
        Err(fatal) => {
            eprintln!("{:?}", miette::Report::new(fatal));
            Exit::Nothing.into()
        }
    }
}

fn run(cli: Cli) -> Result<Exit, Fatal> {
    let runtime = cli.runtime;
    match cli.command {
        Command::Clean(args) => clean::run(args, &runtime),
        Command::Watch(args) => watch::run(args, &runtime),
        Command::Pipe(args) => pipe::run(args, &runtime),
        Command::Inspect(args) => inspect::run(args, &runtime),
        Command::Verify(args) => verify::run(&args, &runtime),
        Command::Audit(args) => audit::run(&args),
        Command::Consent(args) => consent::run(args, &runtime),
        Command::Policy(args) => {
            print::out(setup::policy(&args)?.to_documented_toml())?;
            Ok(Exit::Clean)
        }
        Command::Models { json } => setup::models(&runtime, json),
        Command::Doctor => setup::doctor(&runtime),
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "safepost", &mut io::stdout());
            Ok(Exit::Clean)
        }
        Command::Man => {
            clap_mangen::Man::new(Cli::command()).render(&mut io::stdout())?;
            Ok(Exit::Clean)
        }
        Command::Worker => apart::serve(),
    }
}
