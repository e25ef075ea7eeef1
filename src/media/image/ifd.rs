//! Reads one TIFF directory without a decoder. Separate because telling a raw negative from a scan, and counting what a
//! TIFF hides beside its pages, must not depend on what a decoder chooses to show.

/// Most entries looked at in one directory, and most directories in one chain; real files have a few dozen.
const MAX_ENTRIES: usize = 4096;

/// One directory: its entries and where the next one lies.
pub(crate) struct Directory {
    entries: Vec<(u16, u64)>,
    /// Offset of the next directory in the chain; 0 after the last.
    pub(crate) next: u64,
}

impl Directory {
    /// Whether the tag is there.
    pub(crate) fn has(&self, tag: u16) -> bool {
        self.entries.iter().any(|e| e.0 == tag)
    }

    /// The tag's first value, if it is stored in the entry itself.
    pub(crate) fn value(&self, tag: u16) -> Option<u64> {
        self.entries.iter().find(|e| e.0 == tag).map(|e| e.1)
    }
}

/// The first directory of a TIFF or BigTIFF; `None` when it cannot be read.
pub(crate) fn first(bytes: &[u8]) -> Option<Directory> {
    let reader = Reader::new(bytes)?;
    let offset = if reader.big { reader.number(8, 8)? } else { reader.number(4, 4)? };
    reader.directory(offset)
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
        if count as usize > MAX_ENTRIES {
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
            entries.push((tag, self.number(at + entry - inline as u64, width)?));
        }
        let next = self.number(start + count * entry, if self.big { 8 } else { 4 })?;
        Some(Directory { entries, next })
    }
}
