//! On what networks run: a noun that options, the runtime, reports and trails share.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::InferError;

/// What runs the networks. Everything but the processor is a feature of the build and needs an ONNX Runtime that was built
/// with it; those are compiled and were never tried on real hardware of theirs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Device {
    /// The processor, by ONNX Runtime's own kernels. The measured default.
    #[default]
    Cpu,
    /// Graphics cards of NVIDIA.
    Cuda,
    /// The same by TensorRT, which compiles each network for each size of picture that it meets.
    TensorRt,
    /// What macOS chooses of its processor, graphics and neural engine.
    CoreMl,
    /// What OpenVINO takes by default, which is the processor.
    OpenVino,
    /// Graphics cards on Windows by Direct3D 12.
    DirectMl,
    /// The processor, by the kernels of XNNPACK.
    Xnnpack,
}

impl Device {
    /// All of them, the default first.
    pub const ALL: [Self; 7] =
        [Self::Cpu, Self::Cuda, Self::TensorRt, Self::CoreMl, Self::OpenVino, Self::DirectMl, Self::Xnnpack];

    /// Its name in options, reports and cargo features.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cpu => "cpu",
            Self::Cuda => "cuda",
            Self::TensorRt => "tensorrt",
            Self::CoreMl => "coreml",
            Self::OpenVino => "openvino",
            Self::DirectMl => "directml",
            Self::Xnnpack => "xnnpack",
        }
    }

    /// Whether this build can ask ONNX Runtime for it.
    pub const fn is_built_in(self) -> bool {
        match self {
            Self::Cpu => true,
            Self::Cuda => cfg!(feature = "cuda"),
            Self::TensorRt => cfg!(feature = "tensorrt"),
            Self::CoreMl => cfg!(feature = "coreml"),
            Self::OpenVino => cfg!(feature = "openvino"),
            Self::DirectMl => cfg!(feature = "directml"),
            Self::Xnnpack => cfg!(feature = "xnnpack"),
        }
    }

    /// # Errors
    /// When this build cannot ask for it; the error says how to make one that can.
    pub fn built_in(self) -> Result<Self, InferError> {
        if self.is_built_in() {
            return Ok(self);
        }
        let detail =
            format!("this build is without it; `cargo build --release --features {self}` makes one with it");
        Err(InferError::Device { device: self, detail })
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How much of a network a device took. ONNX Runtime leaves to the processor what the device does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Share {
    /// Nodes of the network's graph that the device took.
    pub nodes: u64,
    /// Nodes in all, after ONNX Runtime simplified the graph.
    pub of: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_reports_and_options_and_each_is_its_own() {
        for (at, device) in Device::ALL.into_iter().enumerate() {
            assert_eq!(serde_json::to_value(device).unwrap(), device.name());
            assert!(Device::ALL[..at].iter().all(|other| other.name() != device.name()));
        }
    }

    #[test]
    fn what_is_not_built_in_is_refused_with_the_feature_that_has_it() {
        for device in Device::ALL {
            match device.built_in() {
                Ok(same) => assert!(same == device && device.is_built_in()),
                Err(error) => assert!(error.to_string().contains(&format!("--features {device}")), "{error}"),
            }
        }
        assert_eq!(Device::default().built_in().unwrap(), Device::Cpu);
    }
}
