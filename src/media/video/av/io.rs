//! FFmpeg reads and writes through callbacks into Rust here. Separate because this is what keeps it from opening
//! anything by itself: no path and no address ever reaches it, so a playlist inside a video has nothing to name.

use std::{
    ffi::{c_int, c_void},
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    panic::{AssertUnwindSafe, catch_unwind},
    ptr,
};

use ffmpeg_next::ffi as ff;

use super::AvError;

/// Size of FFmpeg's own buffer, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// Where input comes from.
pub(in super::super) enum Reader {
    /// Can go back.
    File(File),
    /// Cannot.
    Stream(Box<dyn Read + Send>),
}

/// Where output goes.
pub(in super::super) enum Writer {
    /// Can go back and read what it wrote, which an index at the front needs.
    File(File),
    /// Cannot.
    Stream(Box<dyn Write + Send>),
}

/// What the callbacks work on.
struct Port<T> {
    inner: T,
    /// Bytes that went through so far; for streams this is the position.
    passed: u64,
    /// The first failure, in the system's words; FFmpeg would only keep a number.
    error: Option<io::Error>,
}

impl<T> Port<T> {
    /// Runs a callback: a panic must not cross C, and an error is kept.
    fn run(&mut self, work: impl FnOnce(&mut T) -> io::Result<i64>) -> i64 {
        match catch_unwind(AssertUnwindSafe(|| work(&mut self.inner))) {
            Ok(Ok(done)) => done,
            Ok(Err(error)) => {
                self.error.get_or_insert(error);
                ff::AVERROR(ffmpeg_next::util::error::EIO).into()
            }
            Err(_) => {
                self.error.get_or_insert_with(|| io::Error::other("the stream panicked"));
                ff::AVERROR_EXTERNAL.into()
            }
        }
    }
}

/// An AVIO context and the Rust value behind it.
pub(super) struct Io<T> {
    raw: *mut ff::AVIOContext,
    port: *mut Port<T>,
}

// SAFETY: both pointers are owned, the values behind them are `Send`, and one thread at a time uses them.
unsafe impl<T: Send> Send for Io<T> {}

impl<T> Io<T> {
    fn alloc(
        inner: T,
        read: Option<unsafe extern "C" fn(*mut c_void, *mut u8, c_int) -> c_int>,
        write: Option<unsafe extern "C" fn(*mut c_void, *mut u8, c_int) -> c_int>,
        seek: Option<unsafe extern "C" fn(*mut c_void, i64, c_int) -> i64>,
    ) -> Result<Self, AvError> {
        super::prepare();
        let port = Box::into_raw(Box::new(Port { inner, passed: 0, error: None }));
        // SAFETY: the buffer comes from FFmpeg's allocator as it must, and the context takes it over; `port` lives
        // until the context is gone.
        unsafe {
            let buffer = ff::av_malloc(BUFFER_BYTES).cast::<u8>();
            let size = BUFFER_BYTES as c_int;
            let raw = if buffer.is_null() {
                ptr::null_mut()
            } else {
                ff::avio_alloc_context(buffer, size, c_int::from(write.is_some()), port.cast(), read, write, seek)
            };
            if raw.is_null() {
                ff::av_free(buffer.cast());
                drop(Box::from_raw(port));
                return Err(AvError::NO_MEMORY);
            }
            Ok(Self { raw, port })
        }
    }

    pub(super) fn as_mut_ptr(&self) -> *mut ff::AVIOContext {
        self.raw
    }

    /// The first failure of reading or writing, once.
    pub(super) fn take_error(&mut self) -> Option<io::Error> {
        // SAFETY: valid until dropped; FFmpeg is not running now.
        unsafe { (*self.port).error.take() }
    }

    /// Bytes that went through.
    pub(super) fn passed(&self) -> u64 {
        // SAFETY: as above.
        unsafe { (*self.port).passed }
    }
}

impl Io<Reader> {
    /// Hands the context to FFmpeg, until [`Io::regain`].
    pub(super) fn leak(self) -> *mut ff::AVIOContext {
        std::mem::ManuallyDrop::new(self).raw
    }

    /// Frees what [`Io::leak`] gave.
    ///
    /// # Safety
    /// `raw` must be null or come from [`Io::leak`], and is not used after this.
    pub(super) unsafe fn regain(raw: *mut ff::AVIOContext) {
        if !raw.is_null() {
            // SAFETY: as promised, so its opaque pointer is our port.
            drop(Self { raw, port: unsafe { (*raw).opaque.cast() } });
        }
    }
}

impl<T> Drop for Io<T> {
    fn drop(&mut self) {
        // SAFETY: both are ours; FFmpeg may have replaced the buffer, so the current one is freed.
        unsafe {
            ff::av_freep((&raw mut (*self.raw).buffer).cast());
            ff::avio_context_free(&mut self.raw);
            drop(Box::from_raw(self.port));
        }
    }
}

impl Io<Reader> {
    pub(super) fn reader(reader: Reader) -> Result<Self, AvError> {
        let seek = matches!(reader, Reader::File(_)).then_some(seek_in as unsafe extern "C" fn(_, _, _) -> _);
        Self::alloc(reader, Some(read), None, seek)
    }
}

impl Io<Writer> {
    pub(super) fn writer(writer: Writer) -> Result<Self, AvError> {
        let seek = matches!(writer, Writer::File(_)).then_some(seek_out as unsafe extern "C" fn(_, _, _) -> _);
        Self::alloc(writer, None, Some(write), seek)
    }

    /// Pushes out what a stream has buffered.
    pub(super) fn flush(&mut self) -> io::Result<()> {
        // SAFETY: valid until dropped; FFmpeg is not running now.
        match unsafe { &mut (*self.port).inner } {
            Writer::File(file) => file.flush(),
            Writer::Stream(stream) => stream.flush(),
        }
    }
}

unsafe extern "C" fn read(opaque: *mut c_void, buffer: *mut u8, size: c_int) -> c_int {
    // SAFETY: FFmpeg gives back the port it was given, and a buffer of `size` bytes that nothing else uses meanwhile.
    let (port, buffer) = unsafe {
        let size = usize::try_from(size).unwrap_or(0);
        // The buffer came from malloc and was written by FFmpeg or is only written here; zeroing makes it defined.
        ptr::write_bytes(buffer, 0, size);
        (&mut *opaque.cast::<Port<Reader>>(), std::slice::from_raw_parts_mut(buffer, size))
    };
    let got = port.run(|reader| {
        loop {
            let got = match reader {
                Reader::File(file) => file.read(buffer),
                Reader::Stream(stream) => stream.read(buffer),
            };
            match got {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                got => break got.map(|n| n as i64),
            }
        }
    });
    port.passed += u64::try_from(got).unwrap_or(0);
    if got == 0 { ff::AVERROR_EOF } else { got as c_int }
}

unsafe extern "C" fn write(opaque: *mut c_void, buffer: *mut u8, size: c_int) -> c_int {
    // SAFETY: FFmpeg gives back the port it was given, and `size` bytes to be written.
    let (port, bytes) = unsafe {
        let size = usize::try_from(size).unwrap_or(0);
        (&mut *opaque.cast::<Port<Writer>>(), std::slice::from_raw_parts(buffer.cast_const(), size))
    };
    let done = port.run(|writer| {
        match writer {
            Writer::File(file) => file.write_all(bytes)?,
            // A pipe's reader should get a finished piece now, not when some buffer is full.
            Writer::Stream(stream) => {
                stream.write_all(bytes)?;
                stream.flush()?;
            }
        }
        Ok(bytes.len() as i64)
    });
    port.passed += u64::try_from(done).unwrap_or(0);
    done as c_int
}

/// `AVSEEK_SIZE` asks for the size; the other values are those of `lseek`, with `AVSEEK_FORCE` on top.
fn sought(file: &mut File, offset: i64, whence: c_int) -> io::Result<i64> {
    let to = match whence & !ff::AVSEEK_FORCE {
        0 => SeekFrom::Start(u64::try_from(offset).map_err(|_| io::ErrorKind::InvalidInput)?),
        1 => SeekFrom::Current(offset),
        2 => SeekFrom::End(offset),
        ff::AVSEEK_SIZE => return Ok(file.metadata()?.len() as i64),
        _ => return Err(io::ErrorKind::InvalidInput.into()),
    };
    Ok(file.seek(to)? as i64)
}

/// A position that a hostile header made up is no failure of the disk, so the error is not kept.
fn seek_quietly<T>(port: &mut Port<T>, file: fn(&mut T) -> Option<&mut File>, offset: i64, whence: c_int) -> i64 {
    match file(&mut port.inner).map(|file| sought(file, offset, whence)) {
        Some(Ok(at)) => at,
        Some(Err(_)) => ff::AVERROR(ffmpeg_next::util::error::EINVAL).into(),
        None => ff::AVERROR(ffmpeg_next::util::error::ENOSYS).into(),
    }
}

unsafe extern "C" fn seek_in(opaque: *mut c_void, offset: i64, whence: c_int) -> i64 {
    // SAFETY: FFmpeg gives back the port it was given.
    let port = unsafe { &mut *opaque.cast::<Port<Reader>>() };
    seek_quietly(port, |r| if let Reader::File(file) = r { Some(file) } else { None }, offset, whence)
}

unsafe extern "C" fn seek_out(opaque: *mut c_void, offset: i64, whence: c_int) -> i64 {
    // SAFETY: FFmpeg gives back the port it was given.
    let port = unsafe { &mut *opaque.cast::<Port<Writer>>() };
    seek_quietly(port, |w| if let Writer::File(file) = w { Some(file) } else { None }, offset, whence)
}
