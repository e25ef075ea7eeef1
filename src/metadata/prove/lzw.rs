//! The LZW data of one GIF frame (GIF89a, appendix F), decoded just far enough to count its pixels: codes after the
//! last pixel, or bits after the end code, would be a place to hide in. Separate because it works on codes.

use super::Fault;

/// What is known of the string that a code stands for.
#[derive(Clone, Copy, Default)]
struct Entry {
    length: u32,
    first: u8,
    highest: u8,
}

/// Which colours of a table are used.
pub(super) type Used = [bool; 256];

/// Checks that `codes` stand for exactly `pixels` pixels, all below `colours`, and then end; gives the colours that are
/// used.
///
/// # Errors
/// The fault; its place is that of the frame.
pub(super) fn check(codes: &[u8], code_bits: u8, pixels: u64, colours: usize) -> Result<Used, Fault> {
    const DAMAGED: Fault = Fault::Damaged("image data");
    let clear = 1usize << code_bits;
    let end = clear + 1;
    let mut table = [Entry::default(); 4096];
    for (value, entry) in (0..=255).zip(&mut table[..clear]) {
        *entry = Entry { length: 1, first: value, highest: value };
    }
    let (mut next, mut width) = (end + 1, u32::from(code_bits) + 1);
    let mut previous: Option<Entry> = None;
    // Longer strings are made of colours that stood by themselves before.
    let mut used = [false; 256];
    let (mut acc, mut count, mut shown) = (0u32, 0u32, 0u64);
    let mut bytes = codes.iter();
    let mut begun = false;
    loop {
        while count < width {
            acc |= u32::from(*bytes.next().ok_or(Fault::CutShort("image data"))?) << count;
            count += 8;
        }
        let code = acc as usize & ((1 << width) - 1);
        (acc, count) = (acc >> width, count - width);
        if !begun && code != clear {
            return Err(Fault::Missing("the first clear code"));
        }
        if code == clear {
            // A clear code before anything was said is a free choice, and so a place to write in.
            if begun && previous.is_none() {
                return Err(Fault::Value("image data"));
            }
            begun = true;
            (next, width, previous) = (end + 1, u32::from(code_bits) + 1, None);
            continue;
        }
        if code == end {
            break;
        }
        let entry = match previous {
            None if code < clear => table[code],
            None => return Err(DAMAGED),
            Some(before) => {
                let known = if code < next { table[code] } else { before };
                if code > next || (code == next && next == 4096) {
                    return Err(DAMAGED);
                }
                let grown = Entry {
                    length: before.length + 1,
                    first: before.first,
                    highest: before.highest.max(known.first),
                };
                if next < 4096 {
                    table[next] = grown;
                    next += 1;
                    if next == 1 << width && width < 12 {
                        width += 1;
                    }
                }
                if code + 1 == next { table[code] } else { known }
            }
        };
        shown += u64::from(entry.length);
        if code < clear {
            used[code] = true;
        }
        if usize::from(entry.highest) >= colours {
            return Err(Fault::Value("a colour index"));
        }
        if shown > pixels {
            return Err(Fault::Trailing("the last pixel of a frame"));
        }
        previous = Some(entry);
    }
    if shown < pixels {
        return Err(Fault::CutShort("image data"));
    }
    if acc != 0 || bytes.next().is_some() {
        return Err(Fault::Trailing("the end of a frame's data"));
    }
    Ok(used)
}
