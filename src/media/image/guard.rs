//! Turns a decoder's panic into an error. Separate because decoders meet hostile bytes: a bug in one of them must cost
//! one file, not the batch, and must never be taken for a picture.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{
    error::MediaError,
    frame::{Raw, TimedFrame},
    media::{Source, SourceInfo},
};

fn gave_up() -> MediaError {
    MediaError::Damaged { format: "picture", detail: "the decoder gave up".to_owned() }
}

/// Runs `work`; a panic inside is [`MediaError::Damaged`].
pub(super) fn caught<T>(work: impl FnOnce() -> Result<T, MediaError>) -> Result<T, MediaError> {
    // What `work` touched is dropped or, in a source, never used again.
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(gave_up()))
}

/// Wraps a source so that it survives its decoder.
pub(super) fn guarded(source: Box<dyn Source>) -> Box<dyn Source> {
    Box::new(Guarded { source, failed: false })
}

struct Guarded {
    source: Box<dyn Source>,
    /// After an error nothing more comes: a decoder that lost its place must not go on.
    failed: bool,
}

impl Source for Guarded {
    fn info(&self) -> &SourceInfo {
        self.source.info()
    }

    fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError> {
        if self.failed {
            return Err(gave_up());
        }
        let result = caught(|| self.source.next_frame());
        self.failed = result.is_err();
        result
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{
        super::{OutputFormat, OutputOptions, fixtures},
        *,
    };

    struct Broken(SourceInfo);

    impl Source for Broken {
        fn info(&self) -> &SourceInfo {
            &self.0
        }

        fn next_frame(&mut self) -> Result<Option<TimedFrame<Raw>>, MediaError> {
            panic!("a bug in a decoder")
        }
    }

    #[test]
    fn a_panic_in_a_decoder_is_an_error_and_stays_one() {
        let picture = (fixtures::picture(2, 2, 0), Duration::ZERO);
        let file = fixtures::write(OutputFormat::Png, OutputOptions::default(), &[picture]);
        let (info, _) = fixtures::read(&file).unwrap();
        let mut source = guarded(Box::new(Broken(info)));
        assert!(matches!(source.next_frame(), Err(MediaError::Damaged { .. })));
        assert!(source.next_frame().is_err());
    }
}
