//! A reading position in a file that does not fit in memory, with the verdicts and the input errors of that walk.
//! Separate from [`super::walk`], which reads a part that is in memory already.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::violation::{Fault, Violation};

/// Why a video was not proved.
#[derive(Debug, thiserror::Error)]
pub enum Refuted {
    /// Something in it is not on the list.
    #[error(transparent)]
    Unclean(#[from] Violation),
    /// It could not be read, so nothing is known about it.
    #[error("the video cannot be read back for its proof ({0}); it is not proved, do not post it")]
    Unread(#[from] io::Error),
}

impl Refuted {
    /// The same verdict about a part that begins `base` bytes into the file.
    pub(super) fn shifted(violation: Violation, base: u64) -> Self {
        Violation { offset: violation.offset + base, ..violation }.into()
    }
}

/// What a proof reads from.
pub(super) trait Seekable: Read + Seek {}

impl<T: Read + Seek> Seekable for T {}

/// Reads a file from front to back; every read is checked against the end.
pub(super) struct Stream<'a> {
    form: &'static str,
    file: BufReader<&'a mut dyn Seekable>,
    length: u64,
    pos: u64,
}

impl<'a> Stream<'a> {
    /// At the first byte.
    pub(super) fn new(form: &'static str, file: &'a mut dyn Seekable) -> io::Result<Self> {
        let length = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self { form, file: BufReader::with_capacity(256 << 10, file), length, pos: 0 })
    }

    /// The name of the form, for a [`super::walk::Walk`] through a part.
    pub(super) const fn form(&self) -> &'static str {
        self.form
    }

    /// The position in bytes.
    pub(super) const fn pos(&self) -> u64 {
        self.pos
    }

    /// Bytes not read yet.
    pub(super) const fn left(&self) -> u64 {
        self.length - self.pos
    }

    /// A violation at the present position.
    pub(super) fn fail(&self, fault: Fault) -> Refuted {
        self.fail_at(self.pos, fault)
    }

    /// A violation at `offset`.
    pub(super) fn fail_at(&self, offset: u64, fault: Fault) -> Refuted {
        Violation { form: self.form, offset, fault }.into()
    }

    /// Fails with `fault` at the present position unless `holds`.
    pub(super) fn check(&self, holds: bool, fault: Fault) -> Result<(), Refuted> {
        if holds { Ok(()) } else { Err(self.fail(fault)) }
    }

    /// The next `n` bytes, which belong to `part` and are refused when they are more than `most`.
    pub(super) fn take(&mut self, n: u64, most: u64, part: &'static str) -> Result<Vec<u8>, Refuted> {
        self.check(n <= self.left(), Fault::CutShort(part))?;
        self.check(n <= most, Fault::Value(part))?;
        let mut bytes = vec![0; n as usize];
        self.file.read_exact(&mut bytes)?;
        self.pos += n;
        Ok(bytes)
    }

    /// The next `N` bytes.
    pub(super) fn array<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], Refuted> {
        self.check(N as u64 <= self.left(), Fault::CutShort(part))?;
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        self.pos += N as u64;
        Ok(bytes)
    }

    /// The next byte.
    pub(super) fn byte(&mut self, part: &'static str) -> Result<u8, Refuted> {
        self.array::<1>(part).map(|[b]| b)
    }

    /// There must be nothing left.
    pub(super) fn end(&self, after: &'static str) -> Result<(), Refuted> {
        self.check(self.left() == 0, Fault::Trailing(after))
    }
}
