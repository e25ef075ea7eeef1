//! ICC colour profiles (ICC.1:2022): what their header and text tags say about the device that made them.

use super::{
    Notes,
    Reveals::{self, Device, FreeText, Technical, Time},
    notes::text,
    read,
};

const TAGS: &[(&[u8; 4], &str, Reveals, Option<&str>)] = &[
    (b"desc", "description", Device, Some("names the profile, often after one device or its owner")),
    (b"cprt", "copyright", FreeText, None),
    (b"dmnd", "maker", Device, None),
    (b"dmdd", "model", Device, None),
    (b"vcgt", "calibration", Device, Some("is the calibration of one single monitor")),
];

/// Lists a profile. `place` says where it was found.
pub(super) fn list(place: &str, profile: &[u8], notes: &mut Notes) {
    let (Some(b"acsp"), Some(count)) = (profile.get(36..40), read::be32(profile, 128)) else {
        return notes.unreadable(place);
    };
    notes.add(place, Technical, Some(format!("{} bytes", profile.len())));
    let date: Vec<u16> = (24..36).step_by(2).filter_map(|at| read::be16(profile, at)).collect();
    if let [year, month, day, ..] = date[..]
        && year > 0
    {
        notes.add(format!("{place} date"), Time, Some(format!("{year:04}-{month:02}-{day:02}")));
    }
    for at in (132..).step_by(12).take(count.min(100) as usize) {
        let (Some(tag), Some(start), Some(length)) =
            (read::array::<4>(profile, at), read::be32(profile, at + 4), read::be32(profile, at + 8))
        else {
            return notes.unreadable(place);
        };
        let Some(&(_, name, class, why)) = TAGS.iter().find(|(known, ..)| **known == tag) else { continue };
        let words = read::upto(profile, start as usize, length as usize).and_then(words);
        notes.add_why(format!("{place} {name}"), class, why.unwrap_or(class.why()), words);
    }
}

/// The text of a tag in any of the three forms that profiles use.
fn words(data: &[u8]) -> Option<String> {
    let plain = |bytes: &[u8]| text(bytes.split(|&b| b == 0).next().unwrap_or(&[]));
    match data.first_chunk::<4>()? {
        b"text" => data.get(8..).map(plain),
        b"desc" => data.get(12..).map(plain),
        b"mluc" => {
            let (length, start) = (read::be32(data, 20)? as usize, read::be32(data, 24)? as usize);
            let bytes = read::upto(data, start, length.min(600))?;
            let units: Vec<u16> = bytes.chunks_exact(2).map(|b| u16::from_be_bytes([b[0], b[1]])).collect();
            Some(String::from_utf16_lossy(&units))
        }
        _ => None,
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A profile with nothing but a date and a description.
    pub(in super::super) fn profile(description: &str) -> Vec<u8> {
        let mut out = vec![0; 128];
        out[24..30].copy_from_slice(&[0x07, 0xE8, 0, 5, 0, 6]);
        out[36..40].copy_from_slice(b"acsp");
        out.extend([&[0, 0, 0, 1][..], b"desc", &144u32.to_be_bytes(), &100u32.to_be_bytes()].concat());
        out.extend([&b"desc\0\0\0\0\0\0\0\x20"[..], description.as_bytes(), &[0; 8]].concat());
        out
    }

    #[test]
    fn a_profile_tells_its_date_and_its_name() {
        let mut notes = Notes::default();
        list("X", &profile("Jane's display"), &mut notes);
        let entries = notes.into_entries();
        let value = |i: usize| entries[i].value.as_ref().map(|v| v.expose().as_str());
        assert_eq!((value(1), value(2)), (Some("2024-05-06"), Some("Jane's display")));
        assert_eq!(entries[2].class, Device);
    }
}
