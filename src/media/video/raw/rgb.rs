//! Packed RGB to planes and back. Separate because it is the only arithmetic on colours outside FFmpeg's folder.

use crate::{
    frame::{Matrix, chroma_size},
    geom::Size,
};

/// Fixed-point bits.
const BITS: u32 = 16;
const HALF: i32 = 1 << (BITS - 1);

/// ITU-R BT.709-6 with limited range: 219 steps of luma, 224 of chroma, over 255 of RGB.
struct Factors {
    luma: [i32; 3],
    blue: [i32; 3],
    red: [i32; 3],
    /// Of one step of luma, and of chroma in red, green (both) and blue.
    back: [i32; 5],
}

impl Factors {
    fn new() -> Self {
        let (kr, kb) = Matrix::Bt709.weights();
        let kg = 1.0 - kr - kb;
        let fixed = |v: f32| (f64::from(v) * f64::from(1 << BITS)).round() as i32;
        let (y, c) = (219.0 / 255.0, 224.0 / 255.0);
        let (cb, cr) = (c / (2.0 * (1.0 - kb)), c / (2.0 * (1.0 - kr)));
        Self {
            luma: [kr * y, kg * y, kb * y].map(fixed),
            blue: [-kr * cb, -kg * cb, (1.0 - kb) * cb].map(fixed),
            red: [(1.0 - kr) * cr, -kg * cr, -kb * cr].map(fixed),
            back: [
                1.0 / y,
                2.0 * (1.0 - kr) / c,
                -2.0 * (1.0 - kr) * kr / kg / c,
                -2.0 * (1.0 - kb) * kb / kg / c,
                2.0 * (1.0 - kb) / c,
            ]
            .map(fixed),
        }
    }
}

fn mixed(factors: [i32; 3], rgb: [i32; 3], scale: i32) -> i32 {
    factors.iter().zip(rgb).map(|(f, v)| f * v).sum::<i32>() / scale
}

/// Planes of a picture of `size` from its pixels. Chroma is the mean of up to four pixels.
pub(super) fn planes(rgb: &[u8], size: Size) -> [Vec<u8>; 3] {
    let factors = Factors::new();
    let (width, height) = (size.width as usize, size.height as usize);
    let luma = rgb.chunks_exact(3).map(|p| {
        let v = mixed(factors.luma, [p[0].into(), p[1].into(), p[2].into()], 1);
        (16 + ((v + HALF) >> BITS)) as u8
    });
    let luma = luma.collect();
    let chroma = chroma_size(size);
    let (mut blue, mut red) =
        (Vec::with_capacity(chroma.pixels() as usize), Vec::with_capacity(chroma.pixels() as usize));
    for y in (0..height).step_by(2) {
        for x in (0..width).step_by(2) {
            let mut sum = [0_i32; 3];
            let (mut count, last) = (0, (x + 1).min(width - 1));
            for row in [y, (y + 1).min(height - 1)] {
                for column in [x, last] {
                    let at = (row * width + column) * 3;
                    for (sum, v) in sum.iter_mut().zip(&rgb[at..at + 3]) {
                        *sum += i32::from(*v);
                    }
                    count += 1;
                }
            }
            let sample = |factors| (128 + ((mixed(factors, sum, count) + HALF) >> BITS)) as u8;
            blue.push(sample(factors.blue));
            red.push(sample(factors.red));
        }
    }
    [luma, blue, red]
}

/// Pixels of a picture of `size` from its planes. Chroma lies in the middle of four pixels and is drawn out bilinearly.
pub(super) fn packed([luma, blue, red]: [&[u8]; 3], size: Size, rgb: &mut Vec<u8>) {
    let [gain, red_cr, green_cr, green_cb, blue_cb] = Factors::new().back;
    let (width, height) = (size.width as usize, size.height as usize);
    let chroma = chroma_size(size);
    let (columns, rows) = (chroma.width as usize, chroma.height as usize);
    // The other sample that has a share, and whose share is a quarter.
    let beside = |at: usize, count: usize| {
        let near = at / 2;
        (near, if at % 2 == 1 { (near + 1).min(count - 1) } else { near.saturating_sub(1) })
    };
    rgb.clear();
    rgb.reserve(luma.len() * 3);
    for y in 0..height {
        let (row, other) = beside(y, rows);
        for x in 0..width {
            let (column, next) = beside(x, columns);
            let chroma = |plane: &[u8]| {
                let at = |row: usize, column: usize| i32::from(plane[row * columns + column]);
                let sum = 9 * at(row, column) + 3 * (at(row, next) + at(other, column)) + at(other, next);
                ((sum + 8) >> 4) - 128
            };
            let (cb, cr) = (chroma(blue), chroma(red));
            let base = gain * (i32::from(luma[y * width + x]) - 16) + HALF;
            let value = |v: i32| ((base + v) >> BITS).clamp(0, 255) as u8;
            rgb.extend([value(red_cr * cr), value(green_cr * cr + green_cb * cb), value(blue_cb * cb)]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_the_samples_of_the_standard_and_come_back() {
        let size = Size::new(3, 3);
        for colour in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255], [200, 120, 40]] {
            let planes = planes(&colour.repeat(9), size);
            let want = Matrix::Bt709.samples(colour);
            for (plane, want) in planes.iter().zip(want) {
                assert!(plane.iter().all(|v| v.abs_diff(want) <= 1), "{colour:?}: {plane:?}, not {want}");
            }
            let mut back = Vec::new();
            packed([&planes[0], &planes[1], &planes[2]], size, &mut back);
            assert_eq!(back.len(), 27);
            for pixel in back.chunks(3) {
                assert!(pixel.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 3), "{colour:?} became {pixel:?}");
            }
        }
    }
}
