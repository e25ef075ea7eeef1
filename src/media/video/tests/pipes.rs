//! Outputs that go to a pipe: readable as they come, and broken when the reader goes away.

use std::{
    io::{Cursor, Write},
    sync::{Arc, Mutex},
};

use super::{
    super::{Input, Target, create},
    IRREGULAR, frame, info, read, write_to,
};
use crate::{
    clip::{Codec, Container, TimeBase, VideoOptions},
    error::MediaError,
    frame::{Matrix, TimedYuv},
    geom::Size,
};

/// A pipe that remembers what went in and breaks after so many bytes.
#[derive(Clone)]
struct Pipe {
    bytes: Arc<Mutex<Vec<u8>>>,
    most: usize,
}

impl Pipe {
    fn new(most: usize) -> Self {
        Self { bytes: Arc::default(), most }
    }

    fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().expect("nobody panicked").clone()
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut all = self.bytes.lock().expect("nobody panicked");
        if all.len() + bytes.len() > self.most {
            return Err(std::io::ErrorKind::BrokenPipe.into());
        }
        all.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const FORMS: [(Container, Codec); 4] = [
    (Container::Mp4, Codec::H264),
    (Container::Mkv, Codec::H264),
    (Container::WebM, Codec::Vp9),
    (Container::Ts, Codec::H264),
];

#[test]
fn what_goes_through_a_pipe_is_read_at_its_other_end() {
    for (container, codec) in FORMS {
        let pipe = Pipe::new(usize::MAX);
        let options = VideoOptions { container, codec, ..VideoOptions::default() };
        let times = IRREGULAR.map(|(pts, duration)| (pts * 3, duration * 3));
        let told = info(Size::new(64, 48), TimeBase { num: 1, den: 90_000 });
        write_to(Target::Stream(Box::new(pipe.clone())), &told, &options, &times);
        let (got, frames) = read(Input::Stream(Box::new(Cursor::new(pipe.bytes()))));
        assert_eq!(frames.len(), times.len(), "{container:?}");
        for (frame, (pts, _)) in frames.iter().zip(times) {
            let off = got.time_base.us(frame.pts).abs_diff(told.time_base.us(pts));
            let rounding = if matches!(container, Container::Mkv | Container::WebM) { 1000 } else { 0 };
            assert!(off <= rounding, "{container:?}: off by {off} us");
        }
    }
}

#[test]
fn a_pipe_gets_pictures_long_before_the_end() {
    for (container, codec) in FORMS {
        let pipe = Pipe::new(usize::MAX);
        let options = VideoOptions { container, codec, ..VideoOptions::default() };
        let told = info(Size::new(64, 48), TimeBase { num: 1, den: 25 });
        let mut sink = create(Target::Stream(Box::new(pipe.clone())), &told, &options).expect("the sink opens");
        let header = pipe.bytes().len();
        for number in 0..100 {
            let frame = frame(told.size, Matrix::Bt709, number).into_redacted();
            sink.push(TimedYuv { frame, pts: number as i64, duration: 1 }).expect("a frame is taken");
        }
        assert!(pipe.bytes().len() > header + 500, "{container:?}: only {} bytes", pipe.bytes().len() - header);
        sink.finish().expect("the stream is finished");
    }
}

#[test]
fn a_broken_pipe_is_an_error_that_says_so() {
    for (container, codec) in FORMS {
        let options = VideoOptions { container, codec, ..VideoOptions::default() };
        let told = info(Size::new(64, 48), TimeBase { num: 1, den: 25 });
        let pipe = Pipe::new(1500);
        let write = || {
            let mut sink = create(Target::Stream(Box::new(pipe.clone())), &told, &options)?;
            for number in 0..200 {
                let frame = frame(told.size, Matrix::Bt709, number).into_redacted();
                sink.push(TimedYuv { frame, pts: number as i64, duration: 1 })?;
            }
            sink.finish()
        };
        match write() {
            Err(MediaError::Io { source, .. }) => {
                assert_eq!(source.kind(), std::io::ErrorKind::BrokenPipe, "{container:?}");
            }
            other => panic!("{container:?}: {other:?}"),
        }
    }
}

#[test]
fn frames_of_another_size_or_out_of_order_are_refused() {
    let told = info(Size::new(64, 48), TimeBase { num: 1, den: 25 });
    let sink = || {
        let target = Target::Stream(Box::new(Pipe::new(usize::MAX)));
        create(target, &told, &VideoOptions::default()).expect("the sink opens")
    };
    let shown = |size, pts| TimedYuv { frame: frame(size, Matrix::Bt709, 0).into_redacted(), pts, duration: 1 };
    assert!(sink().push(shown(Size::new(62, 48), 0)).is_err());
    let mut sink = sink();
    sink.push(shown(told.size, 5)).expect("the first is taken");
    assert!(sink.push(shown(told.size, 5)).is_err());
}
