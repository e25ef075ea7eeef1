//! Makes photos and videos safe to post: every trace of metadata is left behind by rebuilding the file, faces and text
//! are found and destroyed, and the output is checked before it exists.

pub mod area;
pub mod detect;
pub mod error;
pub mod finding;
pub mod frame;
pub mod geom;
pub mod infer;
pub mod limits;
pub mod media;
pub mod metadata;
pub mod redact;
pub mod secret;
