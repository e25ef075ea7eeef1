//! Frames as codecs take them: three 8-bit planes, and the Y4M text around them. Separate, because the generator
//! writes them, the metric reads them, and both must mean the same samples.

use std::io::{self, Read, Write};

/// One frame: luma, then blue and red difference at half the columns and rows, rounded up; BT.601, limited range,
/// chroma sited on the left pixel of each pair and between its rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planes {
    /// Columns and rows of luma.
    pub size: [usize; 2],
    /// Luma, blue difference, red difference, one after the other.
    pub samples: Vec<u8>,
}

impl Planes {
    /// Columns and rows of a chroma plane.
    pub fn chroma(size: [usize; 2]) -> [usize; 2] {
        size.map(|v| v.div_ceil(2))
    }

    /// Samples of a whole frame.
    pub fn count(size: [usize; 2]) -> usize {
        let [width, height] = Self::chroma(size);
        size[0] * size[1] + 2 * width * height
    }

    /// A grey frame.
    pub fn grey(size: [usize; 2]) -> Self {
        Self { size, samples: vec![128; Self::count(size)] }
    }

    /// The luma plane.
    pub fn luma(&self) -> &[u8] {
        &self.samples[..self.size[0] * self.size[1]]
    }

    /// From sRGB samples (0 to 255, with fractions; the fourth is unused), row after row.
    pub fn from_rgb(size: [usize; 2], rgb: &[[f32; 4]]) -> Self {
        let [width, height] = size;
        let [columns, rows] = Self::chroma(size);
        let mut samples = Vec::with_capacity(Self::count(size));
        samples.extend(rgb.iter().map(|[r, g, b, _]| byte(16.0 + (65.481 * r + 128.553 * g + 24.966 * b) / 255.0)));
        for [kr, kg, kb] in [[-37.797, -74.203, 112.0], [112.0, -93.786, -18.214f32]] {
            for row in 0..rows {
                for column in 0..columns {
                    let mut sum = 0.0;
                    for y in [2 * row, (2 * row + 1).min(height - 1)] {
                        for (x, weight) in [(-1isize, 1.0), (0, 2.0), (1, 1.0)] {
                            let x = (2 * column).saturating_add_signed(x).min(width - 1);
                            let [r, g, b, _] = rgb[y * width + x];
                            sum += weight * (kr * r + kg * g + kb * b);
                        }
                    }
                    samples.push(byte(128.0 + sum / 8.0 / 255.0));
                }
            }
        }
        Self { size, samples }
    }

    /// Reads the samples of one frame; `None` at the end.
    ///
    /// # Errors
    /// When reading fails or ends within a frame.
    pub fn read(size: [usize; 2], input: &mut dyn Read) -> io::Result<Option<Self>> {
        let mut samples = vec![0; Self::count(size)];
        let mut filled = 0;
        while filled < samples.len() {
            match input.read(&mut samples[filled..])? {
                0 if filled == 0 => return Ok(None),
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                more => filled += more,
            }
        }
        Ok(Some(Self { size, samples }))
    }
}

fn byte(value: f32) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

/// Writes the line that begins a Y4M file. Its rate is that of the first frames: times that vary stand in the truth.
///
/// # Errors
/// When writing fails.
pub fn begin_y4m(size: [usize; 2], fps: i64, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "YUV4MPEG2 W{} H{} F{fps}:1 Ip A1:1 C420mpeg2 XCOLORRANGE=LIMITED", size[0], size[1])
}

/// Writes one frame of a Y4M file.
///
/// # Errors
/// When writing fails.
pub fn write_y4m(frame: &Planes, output: &mut dyn Write) -> io::Result<()> {
    output.write_all(b"FRAME\n")?;
    output.write_all(&frame.samples)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_white_and_red_have_the_samples_of_bt_601() {
        for (colour, want) in
            [([0.0; 4], [16, 128, 128]), ([255.0; 4], [235, 128, 128]), ([255.0, 0.0, 0.0, 0.0], [81, 90, 240])]
        {
            let frame = Planes::from_rgb([3, 3], &[colour; 9]);
            assert_eq!([frame.samples[0], frame.samples[9], frame.samples[13]], want);
            assert_eq!(frame.samples.len(), Planes::count([3, 3]));
        }
    }
}
