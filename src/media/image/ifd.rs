//! Reads one TIFF directory without a decoder. Separate because telling a raw negative from a scan, and counting what a
//! TIFF hides beside its pages, must not depend on what a decoder chooses to show.

use std::collections::HashSet;

/// Most entries looked at in one directory; real files have a few dozen.
const MAX_ENTRIES: u64 = 4096;

struct Entry {
    tag: u16,
    value: u64,
    /// Where the value (or its offset) stands in the file.
    at: usize,
}

/// One directory: its entries and where the next one lies.
pub(crate) struct Directory {
    entries: Vec<Entry>,
    next: u64,
}

impl Directory {
    /// Whether the tag is there.
    pub(crate) fn has(&self, tag: u16) -> bool {
        self.entries.iter().any(|e| e.tag == tag)
    }

    /// The tag's first value, if it is stored in the entry itself.
    pub(crate) fn value(&self, tag: u16) -> Option<u64> {
        self.entries.iter().find(|e| e.tag == tag).map(|e| e.value)
    }

    /// Where the value of a 16-bit tag stands in the file.
    pub(crate) fn place(&self, tag: u16) -> Option<usize> {
        self.entries.iter().find(|e| e.tag == tag).map(|e| e.at)
    }
}

/// The first directory of a TIFF or BigTIFF; `None` when it cannot be read.
pub(crate) fn first(bytes: &[u8]) -> Option<Directory> {
    let reader = Reader::new(bytes)?;
    reader.directory(reader.start()?)
}

/// The chain of top-level directories, at most `max` of them and one more; `None` when one of them cannot be read or
/// the chain bites its tail.
pub(crate) fn chain(bytes: &[u8], max: usize) -> Option<Vec<Directory>> {
    let reader = Reader::new(bytes)?;
    let (mut offset, mut seen, mut found) = (reader.start()?, HashSet::new(), Vec::new());
    while offset != 0 && found.len() <= max {
        if !seen.insert(offset) {
            return None;
        }
        let directory = reader.directory(offset)?;
        offset = directory.next;
        found.push(directory);
    }
    Some(found)
}

struct Reader<'a> {
    bytes: &'a [u8],
    little: bool,
    big: bool,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Option<Self> {
        let little = match bytes.get(..2)? {
            b"II" => true,
            b"MM" => false,
            _ => return None,
        };
        let mut reader = Self { bytes, little, big: false };
        reader.big = reader.number(2, 2)? == 43;
        Some(reader)
    }

    fn start(&self) -> Option<u64> {
        if self.big { self.number(8, 8) } else { self.number(4, 4) }
    }

    /// An unsigned number of `width` bytes at `offset`.
    fn number(&self, offset: u64, width: usize) -> Option<u64> {
        let start = usize::try_from(offset).ok()?;
        let raw = self.bytes.get(start..start.checked_add(width)?)?;
        let fold = |n: u64, &b: &u8| n << 8 | u64::from(b);
        Some(if self.little { raw.iter().rev().fold(0, fold) } else { raw.iter().fold(0, fold) })
    }

    fn directory(&self, offset: u64) -> Option<Directory> {
        let (count_width, entry, inline) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let count = self.number(offset, count_width)?;
        if count > MAX_ENTRIES {
            return None;
        }
        let start = offset.checked_add(count_width as u64)?;
        let mut entries = Vec::with_capacity(count as usize);
        for i in 0..count {
            let at = start.checked_add(i * entry)?;
            let (tag, kind) = (self.number(at, 2)? as u16, self.number(at + 2, 2)?);
            let width = match kind {
                1 | 2 | 6 | 7 => 1,
                3 | 8 => 2,
                4 | 9 | 13 => 4,
                _ => inline,
            };
            let value_at = at + entry - inline as u64;
            entries.push(Entry { tag, value: self.number(value_at, width)?, at: value_at as usize });
        }
        let next = self.number(start + count * entry, if self.big { 8 } else { 4 })?;
        Some(Directory { entries, next })
    }
}
