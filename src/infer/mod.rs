//! Running models. Detectors know [`Model`], not the runtime behind it: `ort.rs` is the only file that names `ort`, so
//! that post-processing is tested with fakes and no weights.

pub mod locate;
pub mod ort;
pub mod registry;

use ndarray::ArrayD;

use crate::error::InferError;

/// One input of a model.
#[derive(Clone, Debug)]
pub enum Tensor {
    /// 32-bit floats.
    F32(ArrayD<f32>),
    /// 32-bit integers.
    I32(ArrayD<i32>),
}

/// A loaded network. May be run from several threads at once.
pub trait Model: Send + Sync {
    /// Runs the network on its one input and returns its outputs in the order of the manifest, all finite.
    ///
    /// # Errors
    /// When the runtime fails, an output is missing, or a value is not finite.
    fn run(&self, input: Tensor) -> Result<Vec<ArrayD<f32>>, InferError>;
}
