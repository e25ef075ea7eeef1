//! A reading position in a file, with the only way to make a [`Violation`]. Shared by the walkers so that no offset
//! and no length is ever computed twice.

use super::violation::{Fault, Violation};

/// Reads a file from front to back; every read is checked against the end.
#[derive(Clone, Copy)]
pub(super) struct Walk<'a> {
    form: &'static str,
    bytes: &'a [u8],
    pos: usize,
}

impl<'a> Walk<'a> {
    /// At the first byte.
    pub(super) const fn new(form: &'static str, bytes: &'a [u8]) -> Self {
        Self { form, bytes, pos: 0 }
    }

    /// The position in bytes.
    pub(super) const fn pos(&self) -> usize {
        self.pos
    }

    /// Everything not read yet.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.pos..]
    }

    /// From now on the file ends at `pos`, for a walk through one part. `pos` must not lie behind the present end.
    pub(super) fn close_at(&mut self, pos: usize) {
        self.bytes = &self.bytes[..pos];
    }

    /// A violation at the present position.
    pub(super) const fn fail(&self, fault: Fault) -> Violation {
        self.fail_at(self.pos, fault)
    }

    /// A violation at `offset`.
    pub(super) const fn fail_at(&self, offset: usize, fault: Fault) -> Violation {
        Violation { form: self.form, offset: offset as u64, fault }
    }

    /// The next `n` bytes, which belong to `part`.
    pub(super) fn take(&mut self, n: usize, part: &'static str) -> Result<&'a [u8], Violation> {
        let Some((taken, _)) = self.rest().split_at_checked(n) else {
            return Err(self.fail(Fault::CutShort(part)));
        };
        self.pos += n;
        Ok(taken)
    }

    /// The next `N` bytes as an array.
    pub(super) fn array<const N: usize>(&mut self, part: &'static str) -> Result<[u8; N], Violation> {
        let at = self.fail(Fault::CutShort(part));
        self.take(N, part)?.try_into().map_err(|_| at)
    }

    /// The next byte.
    pub(super) fn byte(&mut self, part: &'static str) -> Result<u8, Violation> {
        self.array::<1>(part).map(|[b]| b)
    }

    /// The next bytes must be exactly `expected`.
    pub(super) fn expect(&mut self, expected: &[u8], part: &'static str) -> Result<(), Violation> {
        if !self.rest().starts_with(expected) {
            return Err(self.fail(Fault::Missing(part)));
        }
        self.pos += expected.len();
        Ok(())
    }

    /// Fails with `fault` at the present position unless `holds`.
    pub(super) fn check(&self, holds: bool, fault: Fault) -> Result<(), Violation> {
        if holds { Ok(()) } else { Err(self.fail(fault)) }
    }

    /// There must be nothing left.
    pub(super) fn end(&self, after: &'static str) -> Result<(), Violation> {
        self.check(self.rest().is_empty(), Fault::Trailing(after))
    }
}
