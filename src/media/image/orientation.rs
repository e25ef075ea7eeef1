//! Turns pictures upright, once. Separate because a picture turned twice, or boxes found before and painted after a
//! turn, would leave a face uncovered: no other file applies an orientation.

use exif::{In, Reader, Tag};
use image::{RgbImage, imageops};

/// How the stored rows and columns lie, in the eight ways that Exif knows (CIPA DC-008, tag 274).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    /// Nothing to do.
    pub(crate) const UPRIGHT: Self = Self(1);

    /// From the tag's value; anything but 1 to 8 counts as upright, as viewers do.
    pub(crate) fn from_tag(value: u32) -> Self {
        if (1..=8).contains(&value) { Self(value as u8) } else { Self::UPRIGHT }
    }

    /// From an Exif block that starts with a TIFF header (with or without `Exif\0\0` before it). A block that cannot
    /// be read counts as upright: nothing else in the file says otherwise.
    pub(crate) fn from_exif(block: &[u8]) -> Self {
        let tiff = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
        let mut reader = Reader::new();
        reader.continue_on_error(true);
        let parsed = reader.read_raw(tiff.to_vec()).or_else(|e| e.distill_partial_result(|_| ()));
        let tag = parsed.ok().and_then(|e| e.get_field(Tag::Orientation, In::PRIMARY)?.value.get_uint(0));
        tag.map_or(Self::UPRIGHT, Self::from_tag)
    }

    /// Whether width and height change places.
    pub(crate) fn transposes(self) -> bool {
        self.0 >= 5
    }

    /// The upright picture. Half turns and mirrors work in place, quarter turns need a second buffer.
    pub(crate) fn apply(self, mut picture: RgbImage) -> RgbImage {
        if matches!(self.0, 5..=8) {
            picture = imageops::rotate90(&picture);
        }
        match self.0 {
            2 | 5 => imageops::flip_horizontal_in_place(&mut picture),
            3 | 8 => imageops::rotate180_in_place(&mut picture),
            4 | 7 => imageops::flip_vertical_in_place(&mut picture),
            _ => {}
        }
        picture
    }
}

#[cfg(test)]
mod tests {
    use image::Rgb;

    use super::*;

    /// `F` of 2x3 pixels, upright; each value is a pixel's name.
    const UPRIGHT: [[u8; 2]; 3] = [[1, 2], [3, 4], [5, 6]];

    fn picture(rows: &[&[u8]]) -> RgbImage {
        RgbImage::from_fn(rows[0].len() as u32, rows.len() as u32, |x, y| Rgb([rows[y as usize][x as usize]; 3]))
    }

    #[test]
    fn all_eight_orientations_come_out_upright() {
        let want = picture(&[&UPRIGHT[0], &UPRIGHT[1], &UPRIGHT[2]]);
        // How a camera stores the picture above under each tag: tag 6 means that the stored first row is the right
        // column of the scene, read downwards, and so on (CIPA DC-008, figure 8).
        let stored: [&[&[u8]]; 8] = [
            &[&[1, 2], &[3, 4], &[5, 6]],
            &[&[2, 1], &[4, 3], &[6, 5]],
            &[&[6, 5], &[4, 3], &[2, 1]],
            &[&[5, 6], &[3, 4], &[1, 2]],
            &[&[1, 3, 5], &[2, 4, 6]],
            &[&[2, 4, 6], &[1, 3, 5]],
            &[&[6, 4, 2], &[5, 3, 1]],
            &[&[5, 3, 1], &[6, 4, 2]],
        ];
        for (i, rows) in stored.iter().enumerate() {
            let orientation = Orientation::from_tag(i as u32 + 1);
            assert_eq!(orientation.apply(picture(rows)), want, "orientation {}", i + 1);
            assert_eq!(orientation.transposes(), i >= 4);
        }
    }

    #[test]
    fn an_unreadable_exif_block_counts_as_upright() {
        assert_eq!(Orientation::from_exif(b"Exif\0\0garbage"), Orientation::UPRIGHT);
        assert_eq!(Orientation::from_exif(b""), Orientation::UPRIGHT);
        assert_eq!(Orientation::from_tag(9), Orientation::UPRIGHT);
    }
}
