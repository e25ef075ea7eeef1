//! Image file directories, as TIFF, Exif and MPF have them (TIFF 6.0, section 2): where each directory is and which
//! tags it holds, without reading values. Safe against cycles, and against directories that overlap in order to look
//! endless.

use std::collections::HashSet;

use super::read;

/// Most entries over all directories. A camera writes fewer than 200; a TIFF of 2,000 pages about 40,000.
const MAX_ENTRIES: usize = 100_000;

/// What leads to a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// The nth directory of the main chain, from 0.
    Chain(u32),
    /// A further picture below a directory of the main chain.
    Sub,
    /// Exif, GPS and interoperability directories.
    Exif,
}

/// One entry: its tag, type, number of values, and where they lie.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub(super) tag: u16,
    pub(super) kind: u16,
    pub(super) count: u32,
    /// Position of the values.
    pub(super) at: usize,
    /// Length of the values in bytes.
    pub(super) length: u64,
}

/// One directory.
pub(super) struct Directory {
    pub(super) kind: Kind,
    pub(super) fields: Vec<Field>,
}

/// All directories of a file.
pub(super) struct Directories<'a> {
    bytes: &'a [u8],
    little: bool,
    /// In the order in which they are reached.
    pub(super) all: Vec<Directory>,
    /// Whether something did not add up: a cycle, a cut, or too many entries.
    pub(super) damaged: bool,
}

impl<'a> Directories<'a> {
    /// Walks everything that can be reached from the header at `bytes[0]`; `None` when that is none.
    pub(super) fn walk(bytes: &'a [u8]) -> Option<Self> {
        let little = match bytes.first_chunk::<4>()? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        let mut found = Self { bytes, little, all: Vec::new(), damaged: false };
        let mut seen = HashSet::new();
        let mut left = MAX_ENTRIES;
        let mut waiting = vec![(Kind::Chain(0), found.u32(4)?)];
        while let Some((kind, offset)) = waiting.pop() {
            if offset == 0 {
                continue;
            }
            if !seen.insert(offset) {
                found.damaged = true;
                continue;
            }
            let Some(count) = found.u16(offset as usize).filter(|&n| usize::from(n) <= left) else {
                found.damaged = true;
                continue;
            };
            left -= usize::from(count);
            let mut fields = Vec::new();
            let start = offset as usize + 2;
            for at in (start..).step_by(12).take(count.into()) {
                let Some(field) = found.field(at) else {
                    found.damaged = true;
                    break;
                };
                fields.push(field);
            }
            // The chain goes first onto the stack, so that what is below a directory is visited before the next one.
            if let Kind::Chain(n) = kind {
                match found.u32(start + usize::from(count) * 12) {
                    Some(next) => waiting.push((Kind::Chain(n + 1), next)),
                    None => found.damaged = true,
                }
            }
            for field in &fields {
                let below = match field.tag {
                    0x8769 | 0x8825 | 0xA005 => Kind::Exif,
                    0x014A => Kind::Sub,
                    _ => continue,
                };
                waiting.extend(found.numbers(field, 64).into_iter().map(|offset| (below, offset)));
            }
            found.all.push(Directory { kind, fields });
        }
        Some(found)
    }

    fn field(&self, at: usize) -> Option<Field> {
        let (tag, kind, count) = (self.u16(at)?, self.u16(at + 2)?, self.u32(at + 4)?);
        let unit = match kind {
            3 | 8 => 2,
            4 | 9 | 11 | 13 => 4,
            5 | 10 | 12 => 8,
            _ => 1,
        };
        let length = unit * u64::from(count);
        let at = if length <= 4 { at + 8 } else { self.u32(at + 8)? as usize };
        Some(Field { tag, kind, count, at, length })
    }

    /// The first `most` values of a field that holds short or long numbers.
    pub(super) fn numbers(&self, field: &Field, most: usize) -> Vec<u32> {
        (0..most.min(field.count as usize))
            .map_while(|i| match field.kind {
                3 => self.u16(field.at + 2 * i).map(u32::from),
                4 | 13 => self.u32(field.at + 4 * i),
                _ => None,
            })
            .collect()
    }

    /// The bytes of a field, as many as there are.
    pub(super) fn bytes_of(&self, field: &Field) -> &'a [u8] {
        read::upto(self.bytes, field.at, usize::try_from(field.length).unwrap_or(usize::MAX)).unwrap_or(&[])
    }

    /// A 16-bit number in the order of the file.
    pub(super) fn u16(&self, at: usize) -> Option<u16> {
        if self.little { read::le16(self.bytes, at) } else { read::be16(self.bytes, at) }
    }

    /// A 32-bit number in the order of the file.
    pub(super) fn u32(&self, at: usize) -> Option<u32> {
        if self.little { read::le32(self.bytes, at) } else { read::be32(self.bytes, at) }
    }
}

impl Directory {
    /// The first field with that tag.
    pub(super) fn get(&self, tag: u16) -> Option<&Field> {
        self.fields.iter().find(|f| f.tag == tag)
    }

    /// The thumbnail that tags 513 and 514 point to, as far as it is there.
    pub(super) fn jpeg<'a>(&self, all: &Directories<'a>) -> Option<&'a [u8]> {
        let number = |tag| all.numbers(self.get(tag)?, 1).first().copied();
        read::upto(all.bytes, number(0x0201)? as usize, number(0x0202)? as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One directory at `offset` with the given entries (tag, type, count, value) and next directory.
    fn directory(entries: &[(u16, u16, u32, u32)], next: u32) -> Vec<u8> {
        let mut out = (entries.len() as u16).to_be_bytes().to_vec();
        for (tag, kind, count, value) in entries {
            out.extend([tag.to_be_bytes(), kind.to_be_bytes()].concat());
            out.extend([count.to_be_bytes(), value.to_be_bytes()].concat());
        }
        out.extend(next.to_be_bytes());
        out
    }

    #[test]
    fn directories_that_point_at_themselves_are_visited_once() {
        let file = [b"MM\0*\0\0\0\x08".to_vec(), directory(&[(0x8769, 4, 1, 8), (0x014A, 4, 1, 8)], 8)].concat();
        let found = Directories::walk(&file).expect("a header");
        assert_eq!((found.all.len(), found.damaged), (1, true));
    }

    #[test]
    fn the_chain_is_numbered_and_what_is_below_is_found() {
        let file = [
            b"MM\0*\0\0\0\x08".to_vec(),
            directory(&[(0x8769, 4, 1, 26)], 44),
            directory(&[(1, 3, 1, 0)], 0),
            directory(&[], 0),
        ]
        .concat();
        let found = Directories::walk(&file).expect("a header");
        let kinds: Vec<_> = found.all.iter().map(|d| d.kind).collect();
        assert_eq!(kinds, [Kind::Chain(0), Kind::Exif, Kind::Chain(1)]);
        assert!(!found.damaged);
    }
}
