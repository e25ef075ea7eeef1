//! Brightness alone, in rows: what stripes and blocks are searched on. Separate because it knows nothing of codes.

use crate::{
    error::DetectError,
    geom::{PxRect, Size},
};

use super::{super::Picture, turned::Turned};

/// Rows that are converted at once, so that a large photo is never held in RGB a second time.
const BAND_ROWS: u32 = 1024;

/// 8-bit luma, row after row without gaps.
#[derive(Clone, Debug)]
pub(super) struct Plane {
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// `width * height` samples.
    pub luma: Vec<u8>,
}

impl Plane {
    /// The whole of `picture`, resampled to `to`.
    ///
    /// # Errors
    /// When the picture cannot be sampled.
    pub fn of(picture: &dyn Picture, to: Size) -> Result<Self, DetectError> {
        let size = picture.size();
        let mut luma = Vec::with_capacity(to.pixels() as usize);
        let row_of =
            |y: u32| (u64::from(y) * u64::from(size.height) / u64::from(to.height.max(1))).min(size.height.into());
        for y0 in (0..to.height).step_by(BAND_ROWS as usize) {
            let y1 = (y0 + BAND_ROWS).min(to.height);
            let roi = PxRect { x0: 0, y0: row_of(y0) as u32, x1: size.width, y1: row_of(y1) as u32 };
            let band = picture.sample(roi, Size::new(to.width, y1 - y0))?;
            // The weights of BT.601 in 256ths; which weights hardly matters where dark meets light.
            let weigh = |&[r, g, b]: &[u8; 3]| (77 * u32::from(r) + 150 * u32::from(g) + 29 * u32::from(b)) >> 8;
            luma.extend(band.as_raw().as_chunks::<3>().0.iter().map(|p| weigh(p) as u8));
        }
        Ok(Self { width: to.width as usize, height: to.height as usize, luma })
    }

    /// The row `y`.
    pub fn row(&self, y: usize) -> &[u8] {
        &self.luma[y * self.width..(y + 1) * self.width]
    }

    /// Half as large, each sample the mean of four; an odd last row or column is left out.
    pub fn halved(&self) -> Self {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut luma = Vec::with_capacity(width * height);
        for y in 0..height {
            let (upper, lower) = (self.row(2 * y).as_chunks::<2>().0, self.row(2 * y + 1).as_chunks::<2>().0);
            let mean = |(a, b): (&[u8; 2], &[u8; 2])| {
                ((u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]) + 2) / 4) as u8
            };
            luma.extend(upper.iter().zip(lower).map(mean));
        }
        Self { width, height, luma }
    }

    /// The brightness at a place, between samples by weight, beyond the rim the rim's.
    pub fn at(&self, x: f32, y: f32) -> f32 {
        let place = |v: f32, length: usize| {
            let v = (v - 0.5).clamp(0.0, (length.max(1) - 1) as f32);
            let first = v as usize;
            (first, (first + 1).min(length.max(1) - 1), v - first as f32)
        };
        let ((x0, x1, fx), (y0, y1, fy)) = (place(x, self.width), place(y, self.height));
        let (upper, lower) = (self.row(y0), self.row(y1));
        let mix = |row: &[u8]| f32::from(row[x0]) + (f32::from(row[x1]) - f32::from(row[x0])) * fx;
        let (above, below) = (mix(upper), mix(lower));
        above + (below - above) * fy
    }

    /// What lies in `part`, turned upright: columns along its first axis, rows along its second.
    pub fn cut(&self, part: &Turned, width: usize, height: usize) -> Self {
        let mut luma = Vec::with_capacity(width * height);
        for j in 0..height {
            let v = ((j as f32 + 0.5) / height as f32 * 2.0 - 1.0) * part.half[1];
            for i in 0..width {
                let u = ((i as f32 + 0.5) / width as f32 * 2.0 - 1.0) * part.half[0];
                let [x, y] = part.at(u, v);
                luma.push(self.at(x, y).round() as u8);
            }
        }
        Self { width, height, luma }
    }
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    #[test]
    fn a_tall_picture_comes_out_whole_whatever_the_bands() {
        let picture = RgbImage::from_fn(3, 2500, |_, y| Rgb([(y / 10) as u8; 3]));
        let plane = Plane::of(&picture, Size::new(3, 2500)).unwrap();
        assert_eq!(plane.luma.len(), 7500);
        for y in [0, 1023, 1024, 2047, 2048, 2499] {
            assert!(plane.row(y).iter().all(|v| v.abs_diff((y / 10) as u8) <= 1), "row {y}");
        }
    }

    #[test]
    fn a_turned_cut_is_upright() {
        // Bright where 0.8 x + 0.6 y is at least 50.
        let bright = |x: u32, y: u32| 0.8 * f64::from(x) + 0.6 * f64::from(y) >= 50.0;
        let picture = RgbImage::from_fn(90, 70, |x, y| Rgb([if bright(x, y) { 200 } else { 20 }; 3]));
        let plane = Plane::of(&picture, Size::new(90, 70)).unwrap();
        let cut = plane.cut(&Turned { center: [40.0, 30.0], axis: [0.8, 0.6], half: [20.0, 6.0] }, 40, 12);
        for y in 0..12 {
            assert!(cut.row(y)[..17].iter().all(|v| *v < 60) && cut.row(y)[23..].iter().all(|v| *v > 160));
        }
    }
}
