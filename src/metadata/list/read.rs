//! Numbers out of bytes, in either order, with every position checked. Separate because all listing walkers read so.

/// The `N` bytes at `at`.
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}

/// A big-endian 16-bit number at `at`.
pub(super) fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_be_bytes)
}

/// A big-endian 32-bit number at `at`.
pub(super) fn be32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_be_bytes)
}

/// A big-endian number of `width` bytes (0, 4 or 8 and anything between) at `at`.
pub(super) fn be_wide(bytes: &[u8], at: usize, width: usize) -> Option<u64> {
    Some(bytes.get(at..at.checked_add(width)?)?.iter().fold(0, |n, &b| n << 8 | u64::from(b)))
}

/// A little-endian 16-bit number at `at`.
pub(super) fn le16(bytes: &[u8], at: usize) -> Option<u16> {
    array(bytes, at).map(u16::from_le_bytes)
}

/// A little-endian 32-bit number at `at`.
pub(super) fn le32(bytes: &[u8], at: usize) -> Option<u32> {
    array(bytes, at).map(u32::from_le_bytes)
}

/// `length` bytes at `at`, or as many as there are; `None` when `at` is outside.
pub(super) fn upto(bytes: &[u8], at: usize, length: usize) -> Option<&[u8]> {
    let rest = bytes.get(at..)?;
    Some(&rest[..length.min(rest.len())])
}

/// Where `needle` first stands in `bytes`; linear for the short needles used here.
pub(super) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut from = 0;
    loop {
        let hit = from + bytes.get(from..)?.iter().position(|&b| b == first)?;
        if bytes[hit..].starts_with(needle) {
            return Some(hit);
        }
        from = hit + 1;
    }
}
