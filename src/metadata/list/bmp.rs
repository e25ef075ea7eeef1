//! Windows bitmaps: colour profiles, the gap between header and pixels, and what lies behind the file.

use super::{Notes, Reveals, icc, notes::text, read, trailer};

pub(super) fn list(bytes: &[u8], notes: &mut Notes) {
    let (Some(declared), Some(pixels), Some(header)) =
        (read::le32(bytes, 2), read::le32(bytes, 10), read::le32(bytes, 14))
    else {
        return notes.unreadable("BMP");
    };
    let (declared, pixels, header) = (declared as usize, pixels as usize, header as usize);
    let mut profile_end = 0;
    // Version 5: the profile's kind at 56, its offset at 112 and length at 116, counted from the header.
    if header >= 124
        && let (Some(kind), Some(offset), Some(length)) =
            (read::array::<4>(bytes, 70), read::le32(bytes, 126), read::le32(bytes, 130))
        && let Some(data) = read::upto(bytes, 14usize.saturating_add(offset as usize), length as usize)
    {
        profile_end = 14usize.saturating_add(offset as usize).saturating_add(data.len());
        match &kind {
            b"KNIL" => notes.add_why(
                "BMP linked profile",
                Reveals::Person,
                "is a path on somebody's computer, which often holds their name",
                Some(text(data)),
            ),
            b"DEBM" => icc::list("BMP ICC profile", data, notes),
            _ => {}
        }
    }
    let (bits, coding) = (read::le16(bytes, 28).unwrap_or(0), read::le32(bytes, 30).unwrap_or(0));
    // Masks stand behind the first header, a palette behind any.
    let masks = if header == 40 { [0, 0, 0, 12, 0, 0, 16].get(coding as usize).copied().unwrap_or(0) } else { 0 };
    let colours = match read::le32(bytes, 46).filter(|_| header >= 40) {
        Some(0) | None if bits <= 8 => 1 << bits,
        Some(used) => (used as usize).min(256),
        None => 0,
    };
    let most = header.saturating_add(14 + masks + colours * 4);
    if pixels > most && pixels < bytes.len() {
        let gap = format!("{} bytes", pixels - most);
        notes.add_why(
            "BMP gap before the pixels",
            Reveals::FreeText,
            "belongs to nothing, and anything may stand in it",
            Some(gap),
        );
    }
    // Where pixels are stored plainly, their number says where they end; what the header declares may hold more.
    let plain = (header >= 40 && matches!(coding, 0 | 3 | 6)).then(|| {
        let (width, height) = (read::le32(bytes, 18)?, read::le32(bytes, 22)?.cast_signed().unsigned_abs());
        let row = (u64::from(width) * u64::from(bits)).div_ceil(32) * 4;
        usize::try_from(row.saturating_mul(height.into()).saturating_add(pixels as u64)).ok()
    });
    let end = plain.flatten().unwrap_or(declared).max(profile_end);
    if end > 54 && end < bytes.len() {
        trailer::list("BMP", &bytes[end..], notes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_linked_profile_and_a_trailer_are_listed() {
        let mut file = vec![0; 150];
        file[..2].copy_from_slice(b"BM");
        file[2] = 150;
        file[10] = 138;
        file[14] = 124;
        file[70..74].copy_from_slice(b"KNIL");
        file[126] = 124;
        file[130] = 12;
        file[138..150].copy_from_slice(b"C:\\Jane\\x.ic");
        file.extend(b"behind");
        let mut notes = Notes::default();
        list(&file, &mut notes);
        let entries = notes.into_entries();
        assert_eq!(entries[0].value.as_ref().map(|v| v.expose().as_str()), Some("C:\\Jane\\x.ic"));
        assert_eq!(entries[1].place, "BMP trailer bytes");
    }
}
