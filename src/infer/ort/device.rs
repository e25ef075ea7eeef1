//! Other devices than the processor: whether ONNX Runtime has one, how a session asks for it, and how much of a network it
//! really took. Separate from running, which is the same on all of them.
//!
//! ONNX Runtime goes on without a device that fails, and gives what a device does not know to the processor. Here the
//! first is an error, the second is counted, and a device that took nothing is an error too.

use std::{
    ffi::{CStr, c_char},
    ptr, slice,
};

use ort::{
    AsPointer,
    ep::{ExecutionProvider, ExecutionProviderDispatch},
    session::{Session, builder::SessionBuilder},
    sys::OrtStatusPtr,
};

use crate::{
    device::{Device, Share},
    error::InferError,
};

/// Makes a session remember which device took which node.
const RECORD: &str = "session.record_ep_graph_assignment_info";

/// One execution provider as this build knows it.
struct Provider {
    /// ONNX Runtime's name.
    name: &'static str,
    is_offered: fn() -> ort::Result<bool>,
    /// Asks for it, with so many threads where it has threads of its own.
    ask: fn(usize) -> ExecutionProviderDispatch,
}

impl Provider {
    fn of<P: ExecutionProvider>(ask: fn(usize) -> ExecutionProviderDispatch) -> Self {
        Self { name: P::NAME, is_offered: P::is_available, ask }
    }
}

/// `None` when this build is without the feature.
macro_rules! built_in {
    ($feature:tt, $provider:ident, $ask:expr) => {{
        #[cfg(feature = $feature)]
        let provider = Some(Provider::of::<ort::ep::$provider>($ask));
        #[cfg(not(feature = $feature))]
        let provider = None;
        provider
    }};
}

fn provider(device: Device) -> Option<Provider> {
    match device {
        Device::Cpu => Some(Provider::of::<ort::ep::CPU>(|_| ort::ep::CPU::default().build())),
        // Pictures come in many sizes, and the exhaustive search for algorithms would begin anew for each. Products in 19
        // bits, which are its default, would be other networks than those that were measured.
        Device::Cuda => built_in!("cuda", CUDA, |_| {
            let search = ort::ep::cuda::ConvAlgorithmSearch::Heuristic;
            ort::ep::CUDA::default().with_conv_algorithm_search(search).with_tf32(false).build()
        }),
        // Keeps no compiled networks: nothing but outputs is ever written.
        Device::TensorRt => built_in!("tensorrt", TensorRT, |_| ort::ep::TensorRT::default().build()),
        Device::CoreMl => built_in!("coreml", CoreML, |_| ort::ep::CoreML::default().build()),
        Device::OpenVino => {
            built_in!("openvino", OpenVINO, |threads| ort::ep::OpenVINO::default()
                .with_num_threads(threads)
                .build())
        }
        Device::DirectMl => built_in!("directml", DirectML, |_| ort::ep::DirectML::default().build()),
        Device::Xnnpack => built_in!("xnnpack", XNNPACK, |threads| {
            let threads = std::num::NonZeroUsize::new(threads).unwrap_or(std::num::NonZeroUsize::MIN);
            ort::ep::XNNPACK::default().with_intra_op_num_threads(threads).build()
        }),
    }
}

fn refused(device: Device, detail: impl Into<String>) -> InferError {
    InferError::Device { device, detail: detail.into() }
}

fn known(device: Device) -> Result<Provider, InferError> {
    device.built_in()?;
    provider(device).ok_or_else(|| refused(device, "this build is without it"))
}

/// Whether this build and the loaded ONNX Runtime have a device; that does not mean that there is one in this machine.
/// [`super::init`] must have been called.
///
/// # Errors
/// When ONNX Runtime is not loaded or does not tell.
pub fn is_offered(device: Device) -> Result<bool, InferError> {
    super::environment()?;
    let told = |provider: Provider| (provider.is_offered)().map_err(|e| refused(device, e.to_string()));
    provider(device).map_or(Ok(false), told)
}

/// The device, if this build and the loaded ONNX Runtime have it.
///
/// # Errors
/// When they do not; the error says which of them and what to do.
pub fn offered(device: Device) -> Result<Device, InferError> {
    let name = known(device)?.name;
    if is_offered(device)? {
        return Ok(device);
    }
    let detail = format!("this ONNX Runtime was built without {name}; name one that has it with --ort-lib");
    Err(refused(device, detail))
}

/// Makes a session run on `device`, which has `threads` threads to itself where it uses the processor. On the processor
/// proper nothing changes.
pub(super) fn ask(builder: SessionBuilder, device: Device, threads: usize) -> Result<SessionBuilder, InferError> {
    let failed = |e: &dyn std::fmt::Display| refused(device, format!("ONNX Runtime could not start it: {e}"));
    match device {
        Device::Cpu => return Ok(builder),
        Device::Cuda
        | Device::TensorRt
        | Device::CoreMl
        | Device::OpenVino
        | Device::DirectMl
        | Device::Xnnpack => {}
    }
    let provider = (known(device)?.ask)(threads).error_on_failure();
    let builder = builder.with_config_entry(RECORD, "1").map_err(|e| failed(&e))?;
    builder.with_execution_providers([provider]).map_err(|e| failed(&e))
}

/// How much of the network `name` a session that [`ask`] prepared gave to `device`; `None` on the processor proper.
///
/// # Errors
/// When it was nothing.
pub(super) fn taken(session: &Session, device: Device, name: &str) -> Result<Option<Share>, InferError> {
    if device == Device::Cpu {
        return Ok(None);
    }
    let share = share(session, known(device)?.name).map_err(|e| refused(device, e.to_string()))?;
    match share.nodes {
        0 => Err(refused(device, format!("it took no part of the network `{name}`"))),
        _ => Ok(Some(share)),
    }
}

/// The nodes of a session that recorded them, and those that the provider `name` took.
#[expect(unsafe_code, reason = "ort has no safe call that says which provider took which node")]
fn share(session: &Session, name: &str) -> ort::Result<Share> {
    let api = ort::api();
    // SAFETY: a status is null or one of this library's, and is handed over once.
    let checked = |status: OrtStatusPtr| unsafe { ort::Error::result_from_status(status) };
    let (mut parts, mut count) = (ptr::null(), 0);
    // SAFETY: the session lives; it owns what it hands out here and below, and changes none of it as long as it lives.
    let parts = unsafe {
        checked((api.Session_GetEpGraphAssignmentInfo)(session.ptr(), &raw mut parts, &raw mut count))?;
        if count == 0 { &[] } else { slice::from_raw_parts(parts, count) }
    };
    let mut share = Share { nodes: 0, of: 0 };
    for &part in parts {
        let mut by: *const c_char = ptr::null();
        let (mut nodes, mut count) = (ptr::null(), 0);
        // SAFETY: as above; the name is a C string of the session's.
        let by = unsafe {
            checked((api.EpAssignedSubgraph_GetNodes)(part, &raw mut nodes, &raw mut count))?;
            checked((api.EpAssignedSubgraph_GetEpName)(part, &raw mut by))?;
            CStr::from_ptr(by)
        };
        share.of += count as u64;
        if by.to_bytes() == name.as_bytes() {
            share.nodes += count as u64;
        }
    }
    Ok(share)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::infer::{locate, registry::Registry};

    fn session(record: &str) -> Session {
        super::super::init(&locate::library(None).expect("run `make setup` first")).unwrap();
        let registry = Registry::shipped(Path::new("models"), 1).unwrap();
        let builder = Session::builder(super::super::environment().unwrap()).unwrap();
        let mut builder = builder.with_config_entry(RECORD, record).unwrap();
        builder.commit_from_memory(&registry.bytes("centerface").unwrap()).unwrap()
    }

    #[test]
    fn nodes_are_counted_for_the_provider_that_took_them_and_for_no_other() {
        let session = session("1");
        let cpu = share(&session, "CPUExecutionProvider").unwrap();
        assert!(cpu.of > 50 && cpu.nodes == cpu.of, "{cpu:?}");
        assert_eq!(share(&session, "CUDAExecutionProvider").unwrap(), Share { nodes: 0, of: cpu.of });
    }

    #[test]
    fn nodes_that_were_not_recorded_are_an_error_and_not_none() {
        assert!(share(&session("0"), "CPUExecutionProvider").is_err());
    }

    #[test]
    fn every_device_that_is_built_in_is_known_here_and_no_other() {
        for device in Device::ALL {
            assert_eq!(provider(device).is_some(), device.is_built_in(), "{device}");
        }
    }

    #[test]
    fn the_processor_is_offered_and_what_is_not_offered_is_an_error() {
        drop(session("0"));
        for device in Device::ALL {
            assert_eq!(is_offered(device).unwrap(), offered(device).is_ok(), "{device}");
        }
        assert_eq!(offered(Device::Cpu).unwrap(), Device::Cpu);
    }
}
