//! `--device` as the command line knows it. Separate from the other options, because the values come from the noun.

use clap::{ValueEnum, builder::PossibleValue};

use crate::device::Device;

impl ValueEnum for Device {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let help = match self {
            Device::Cpu => "The processor: what everything was measured on",
            Device::Cuda => "Graphics cards of NVIDIA",
            Device::TensorRt => "Graphics cards of NVIDIA, by TensorRT",
            Device::CoreMl => "What macOS chooses",
            Device::OpenVino => "The processor, by OpenVINO",
            Device::DirectMl => "Graphics cards on Windows",
            Device::Xnnpack => "The processor, by XNNPACK",
        };
        Some(PossibleValue::new(self.name()).help(help))
    }
}

/// The device, where it is worth a word: not the one that everything was measured on.
pub fn other_than_cpu(device: Option<Device>) -> Option<Device> {
    device.filter(|device| *device != Device::Cpu)
}
