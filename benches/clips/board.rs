//! The wide picture that a camera moves over: one still or several side by side, in linear light. Separate from the
//! camera, so that any picture can be looked at in any way.

use std::error::Error;

use image::{
    RgbImage,
    imageops::{FilterType, resize},
};

use super::{
    stills::{Mark, Still},
    view::Point,
};

/// A picture in linear light and what is labelled in it.
pub struct Board {
    /// Columns and rows.
    pub size: [usize; 2],
    /// Red, green, blue and one that is unused, row after row; 65535 is white. Floating point, because it is read many
    /// times for every time that it is written.
    pixels: Vec<[f32; 4]>,
    /// Everything labelled, in pixels of the board.
    pub marks: Vec<Mark>,
}

impl Board {
    /// An empty board of `size` pixels.
    pub fn new(size: [usize; 2]) -> Self {
        Self { size, pixels: vec![[0.0; 4]; size[0] * size[1]], marks: Vec::new() }
    }

    /// Columns and rows as a point.
    pub fn extent(&self) -> Point {
        self.size.map(|v| v as f64)
    }

    /// Puts a picture (sRGB) with its labels at a corner; what reaches beyond the board is cut.
    pub fn put(&mut self, picture: &RgbImage, marks: &[Mark], scale: f64, corner: [usize; 2]) {
        for (x, y, pixel) in picture.enumerate_pixels() {
            let (column, row) = (corner[0] + x as usize, corner[1] + y as usize);
            if column < self.size[0] && row < self.size[1] {
                let [r, g, b] = pixel.0.map(|v| f32::from(LINEAR.0[usize::from(v)]));
                self.pixels[row * self.size[0] + column] = [r, g, b, 0.0];
            }
        }
        let placed = |p: Point| [p[0] * scale + corner[0] as f64, p[1] * scale + corner[1] as f64];
        let limit = self.extent();
        self.marks.extend(marks.iter().map(|mark| {
            let quad = mark.quad.map(placed);
            // What is cut off with the picture cannot be scored.
            let whole = quad.iter().all(|p| p[0] <= limit[0] + 1.0 && p[1] <= limit[1] + 1.0);
            Mark { label: mark.label.clone(), quad, ignore: mark.ignore || !whole }
        }));
    }

    /// One still, `scale` times as large.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn single(still: &Still, scale: f64) -> Result<Self, Box<dyn Error>> {
        let picture = scaled(still, scale)?;
        let mut board = Self::new([picture.width() as usize, picture.height() as usize]);
        board.put(&picture, &still.marks, scale, [0, 0]);
        Ok(board)
    }

    /// Stills side by side in `rows` rows of `height` pixels, each at least `width` wide before it is cut there.
    /// Takes from `stills` as many as it needs and leaves the rest.
    ///
    /// # Errors
    /// When there are too few, or one cannot be read.
    pub fn mosaic(
        stills: &mut dyn Iterator<Item = Still>,
        rows: usize,
        height: usize,
        width: usize,
    ) -> Result<Self, Box<dyn Error>> {
        let mut board = Self::new([width, rows * height]);
        for row in 0..rows {
            let mut column = 0;
            while column < width {
                let still = stills.next().ok_or("too few pictures for a clip")?;
                let scale = height as f64 / still.size[1] as f64;
                let picture = scaled(&still, scale)?;
                board.put(&picture, &still.marks, scale, [column, row * height]);
                column += picture.width() as usize;
            }
        }
        Ok(board)
    }

    /// Linear light at a point, interpolated between the four pixels around it; the rim continues outwards.
    #[inline]
    pub fn sample(&self, x: f32, y: f32) -> [f32; 4] {
        let [width, height] = self.size;
        let x = (x - 0.5).clamp(0.0, (width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (height - 1) as f32);
        let (i, j) = (x as usize, y as usize);
        let (u, v) = (x - i as f32, y - j as f32);
        let (right, below) = (usize::from(i + 1 < width), if j + 1 < height { width } else { 0 });
        let at = j * width + i;
        let [a, b, c, d] = [at, at + right, at + below, at + below + right].map(|n| self.pixels[n]);
        [0, 1, 2, 3].map(|n| {
            let (upper, lower) = (a[n] + (b[n] - a[n]) * u, c[n] + (d[n] - c[n]) * u);
            upper + (lower - upper) * v
        })
    }
}

fn scaled(still: &Still, scale: f64) -> Result<RgbImage, Box<dyn Error>> {
    let picture = still.pixels()?;
    let [width, height] = still.size.map(|v| (v as f64 * scale).round().max(1.0) as u32);
    Ok(resize(&picture, width, height, FilterType::CatmullRom))
}

/// sRGB samples in linear light, 0 to 65535 (IEC 61966-2-1).
pub static LINEAR: std::sync::LazyLock<Linear> = std::sync::LazyLock::new(|| {
    let light = |v: usize| {
        let v = v as f64 / 255.0;
        let linear = if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) };
        (linear * 65535.0).round() as u16
    };
    let sample = |light: usize| {
        let v = light as f64 / 65535.0;
        let coded = if v <= 0.003_130_8 { v * 12.92 } else { 1.055 * v.powf(1.0 / 2.4) - 0.055 };
        coded as f32 * 255.0
    };
    Linear(std::array::from_fn(light), (0..65536).map(sample).collect())
});

/// Both ways between sRGB samples and linear light.
pub struct Linear(pub [u16; 256], Vec<f32>);

impl Linear {
    /// The sRGB sample, 0 to 255 with a fraction, of linear light.
    #[inline]
    pub fn coded(&self, light: f32) -> f32 {
        self.1[light.clamp(0.0, 65535.0) as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sample_comes_back_from_linear_light() {
        for value in 0..=255u8 {
            let back = LINEAR.coded(f32::from(LINEAR.0[usize::from(value)]));
            assert!((back - f32::from(value)).abs() < 0.2, "{value} became {back}");
        }
    }

    #[test]
    fn a_point_between_two_pixels_has_the_mean_of_their_light() {
        let mut board = Board::new([2, 1]);
        let mut picture = RgbImage::new(2, 1);
        picture.put_pixel(1, 0, image::Rgb([255; 3]));
        board.put(&picture, &[], 1.0, [0, 0]);
        assert!((board.sample(1.0, 0.5)[0] - 32767.5).abs() < 1.0);
        assert_eq!(board.sample(0.5, 0.5)[0], 0.0);
    }
}
