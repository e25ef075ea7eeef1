//! Makes photos and videos safe to post: every trace of metadata is left behind by rebuilding the file; faces, text,
//! screens, documents, wristbands, badges and codes are found and destroyed so that nothing under a mask can be
//! recovered; and the output is checked before it exists.
//!
//! ```no_run
//! use safepost::{Cleaner, Outcome, Policy, Runtime};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let cleaner = Cleaner::new(Policy::default(), &Runtime::default())?;
//! let cleaned = cleaner.clean_bytes(std::fs::read("photo.jpg")?)?;
//! match &cleaned.report.outcome {
//!     Outcome::Clean => std::fs::write("safe.jpg", &cleaned.outputs[0].bytes)?,
//!     Outcome::Withheld { reason } => eprintln!("not safe to post: {reason}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A [`Cleaner`] is silent, never exits, never writes, and may be shared between threads. [`Cleaner::clean_file`] reads
//! a file, [`Cleaner::redact_frame`] takes raw RGB pixels, and [`batch::run`] is what the command line is built on.
//! Detectors of your own go in with [`Cleaner::with_detectors`]:
//!
//! ```
//! use safepost::{
//!     Cleaner, Policy,
//!     area::Shape,
//!     detect::{Detector, Picture},
//!     error::DetectError,
//!     finding::{Class, Finding},
//!     geom::Rect,
//!     image::RgbImage,
//! };
//!
//! struct TopLeft;
//!
//! impl Detector for TopLeft {
//!     fn classes(&self) -> &[Class] {
//!         &[Class::Face]
//!     }
//!
//!     fn detect(&self, _picture: &dyn Picture) -> Result<Vec<Finding>, DetectError> {
//!         let shape = Shape::Rect(Rect::new(0.0, 0.0, 8.0, 8.0));
//!         Ok(vec![Finding { class: Class::Face, shape, score: 1.0, source: "example".to_owned() }])
//!     }
//! }
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let cleaner = Cleaner::with_detectors(Policy::default(), vec![Box::new(TopLeft)])?;
//! let (redacted, report) = cleaner.redact_frame(RgbImage::new(32, 32))?;
//! assert_eq!(redacted.dimensions(), (32, 32));
//! assert_eq!(report.covered, 1.0 / 16.0);
//! # Ok(())
//! # }
//! ```
//!
//! No detector finds everything: a person has to look at every output before it is posted.

// For the library alone; tests and the program may do these. It is silent, never exits, and answers with an error.
#![cfg_attr(
    not(test),
    warn(clippy::unwrap_used, clippy::panic, clippy::exit, clippy::print_stdout, clippy::print_stderr)
)]

pub mod area;
pub mod audit;
pub mod batch;
pub mod cli;
pub mod clip;
pub mod date;
pub mod detect;
pub mod device;
pub mod doctor;
pub mod effort;
pub mod error;
pub mod exact;
pub mod finding;
pub mod flow;
pub mod frame;
pub mod geom;
pub mod hash;
pub mod identity;
pub mod infer;
pub mod inspect;
pub mod isolation;
pub mod limits;
pub mod media;
pub mod metadata;
pub mod motion;
pub mod phi;
pub mod pipeline;
pub mod policy;
pub mod private;
pub mod redact;
pub mod resample;
pub mod secret;
pub mod style;
pub mod track;
pub mod verify;

/// The crate whose [`image::RgbImage`] frames are passed in.
pub use image;
pub use pipeline::{Cleaned, Cleaner, Outcome, Output, Runtime};
pub use policy::Policy;
