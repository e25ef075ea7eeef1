//! Standard output as the end of a pipe. Separate because what leaves there cannot be taken back: after a failure it
//! must be recognisable as cut, and nothing may follow.

use std::{
    io::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use crate::clip::Container;

/// What a stream is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A container.
    Container(Container),
    /// Y4M.
    Y4m,
    /// Bare frames.
    Raw,
}

impl Form {
    /// The beginning of a piece that never comes, so that a reader sees the stream end in the middle: without it, a
    /// fragmented MP4 or a Matroska stream that lacks its last pieces looks like a shorter one.
    fn torn(self) -> Vec<u8> {
        match self {
            Form::Container(Container::Mp4) => TORN_FRAGMENT.concat(),
            // A cluster of 4096 bytes (RFC 9559, 5.1.3).
            Form::Container(Container::Mkv | Container::WebM) => b"\x1f\x43\xb6\x75\x50\0".to_vec(),
            // A packet of the first stream with its error flag set, and one that is cut (ISO/IEC 13818-1, 2.4.3).
            Form::Container(Container::Ts) => {
                let mut packets = b"\x47\x81\0\x10".to_vec();
                packets.resize(188, 0xff);
                packets.extend(b"\x47\x01\0\x10");
                packets
            }
            Form::Y4m => b"FRAME\n".to_vec(),
            Form::Raw => vec![0],
        }
    }
}

/// A fragment with one frame of 4096 bytes in track 1, of which 16 are there (ISO/IEC 14496-12, 8.8): a reader that
/// looks for frames finds half of one.
const TORN_FRAGMENT: [&[u8]; 5] = [
    b"\0\0\0\x4cmoof\0\0\0\x10mfhd\0\0\0\0\x7f\xff\xff\xff",
    b"\0\0\0\x34traf\0\0\0\x10tfhd\0\x02\0\0\0\0\0\x01",
    b"\0\0\0\x1ctrun\0\0\x03\x01\0\0\0\x01\0\0\0\x54\0\0\0\x01\0\0\x10\0",
    b"\0\0\x10\x08mdat",
    &[0; 16],
];

struct Inner {
    to: Box<dyn Write + Send>,
    form: Option<Form>,
    /// Whether anything left.
    begun: bool,
    closed: bool,
}

/// A handle of the pipe's end; clones write to the same place.
#[derive(Clone)]
pub struct Out(Arc<Mutex<Inner>>);

impl Out {
    pub fn new(to: Box<dyn Write + Send>) -> Self {
        Self(Arc::new(Mutex::new(Inner { to, form: None, begun: false, closed: false })))
    }

    /// Standard output without its line buffer, where that can be had.
    pub fn stdout() -> Self {
        #[cfg(unix)]
        {
            use std::os::fd::AsFd;
            if let Ok(own) = io::stdout().as_fd().try_clone_to_owned() {
                return Self::new(Box::new(std::fs::File::from(own)));
            }
        }
        Self::new(Box::new(io::stdout()))
    }

    /// Says what is going to be written.
    pub fn begin(&self, form: Form) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).form = Some(form);
    }

    /// Ends the stream where it must not end; nothing can be written afterwards. Whether anything had left.
    pub fn tear(&self) -> bool {
        // Somebody who is stuck in writing keeps the lock, and then the stream is cut already.
        let Ok(mut inner) = self.0.try_lock() else { return true };
        if let (Some(form), true, false) = (inner.form, inner.begun, inner.closed) {
            // There may be no reader any more; then there is nobody to be told.
            let _ = inner.to.write_all(&form.torn()).and_then(|()| inner.to.flush());
        }
        inner.closed = true;
        inner.begun
    }
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.closed {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        inner.begun = true;
        inner.to.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<u8>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_torn_ends_with_a_piece_that_never_comes_and_takes_nothing_more() {
        let kept = Kept::default();
        let mut out = Out::new(Box::new(kept.clone()));
        out.begin(Form::Y4m);
        out.write_all(b"header").unwrap();
        assert!(out.clone().tear());
        assert!(out.write_all(b"more").is_err());
        assert!(out.tear());
        assert_eq!(*kept.0.lock().unwrap(), b"headerFRAME\n");
    }

    #[test]
    fn a_torn_fragment_is_built_right_and_cut() {
        let bytes = TORN_FRAGMENT.concat();
        let size = |at: usize| u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        assert_eq!((size(0), &bytes[size(0) + 4..size(0) + 8]), (76, &b"mdat"[..]));
        assert_eq!((size(8), size(24), size(32), size(48)), (16, 52, 16, 28));
        assert!(bytes.len() < size(0) + size(size(0)));
    }

    #[test]
    fn an_output_that_never_began_stays_empty() {
        let kept = Kept::default();
        let out = Out::new(Box::new(kept.clone()));
        out.begin(Form::Container(Container::Mp4));
        assert!(!out.tear());
        assert!(kept.0.lock().unwrap().is_empty());
    }
}
