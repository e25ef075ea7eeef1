//! What a file holds besides its picture: [`list()`] says what an input gives away, [`prove()`] shows that an output
//! gives away nothing, and [`outside()`] looks at what surrounds a file.
//!
//! Separate from `media` on purpose: nothing here calls an encoder or an image decoder, so a mistake there cannot
//! hide itself here. Every walker is bounded: its time grows with the file's length and not with what the file says
//! about itself, and hostile bytes give an answer, never a panic.

mod inflate;
pub mod list;
pub mod outside;
#[cfg(test)]
mod plant;
pub mod prove;
mod sum;

pub use list::{Entry, Likeness, Listing, Reveals, list, list_video};
pub use outside::outside;
pub use prove::{
    Fault, Form, Proof, Refuted, VideoForm, VideoProof, Violation, prove, prove_any_video, prove_video,
};
