//! Codes printed for the tests: every symbology that `rxing` can write, at any module size and angle, blurred, noisy,
//! around an arm, seen from the side. Beside the reader, because it names the same crate.

use image::{Rgb, RgbImage};
use rxing::{BarcodeFormat, MultiFormatWriter, Writer};

/// A symbol in modules, without margins.
#[derive(Clone, Debug)]
pub struct Symbol {
    pub width: usize,
    pub height: usize,
    dark: Vec<bool>,
}

/// Every symbology with something to say in it.
pub const ALL: &[(&str, BarcodeFormat, &str)] = &[
    ("code 128", BarcodeFormat::CODE_128, "MRN0048213"),
    ("code 39", BarcodeFormat::CODE_39, "A7304415"),
    ("code 93", BarcodeFormat::CODE_93, "A7304415"),
    ("ean 13", BarcodeFormat::EAN_13, "4006381333931"),
    ("ean 8", BarcodeFormat::EAN_8, "73513537"),
    ("upc a", BarcodeFormat::UPC_A, "036000291452"),
    ("itf", BarcodeFormat::ITF, "30712345000010"),
    ("codabar", BarcodeFormat::CODABAR, "A31117013206375A"),
    ("pdf 417", BarcodeFormat::PDF_417, "SAMPLE^PERSON^1970-01-01^0048213"),
    ("data matrix", BarcodeFormat::DATA_MATRIX, "0104012345678901MRN0048213"),
    ("aztec", BarcodeFormat::AZTEC, "SAMPLE PERSON 0048213"),
    ("qr", BarcodeFormat::QR_CODE, "SAMPLE PERSON 0048213"),
];

/// The symbol of that name.
pub fn symbol(name: &str) -> Symbol {
    let (name, format, text) = *ALL.iter().find(|(known, ..)| *known == name).expect("a name from the list");
    let bits = MultiFormatWriter.encode(text, &format, 0, 0).expect("text that fits the symbology");
    let (columns, rows) = (bits.getWidth() as usize, bits.getHeight() as usize);
    let dark = |x: usize, y: usize| bits.get(x as u32, y as u32);
    let xs: Vec<usize> = (0..columns).filter(|&x| (0..rows).any(|y| dark(x, y))).collect();
    let ys: Vec<usize> = (0..rows).filter(|&y| (0..columns).any(|x| dark(x, y))).collect();
    let (x0, x1, y0, y1) = (xs[0], xs[xs.len() - 1] + 1, ys[0], ys[ys.len() - 1] + 1);
    // The writer may have drawn modules several pixels wide.
    let unit =
        |length: usize, changed: &dyn Fn(usize) -> bool| (1..length).filter(|&i| changed(i)).fold(length, gcd);
    let wide = unit(x1 - x0, &|i| (y0..y1).any(|y| dark(x0 + i, y) != dark(x0 + i - 1, y)));
    let high = unit(y1 - y0, &|i| (x0..x1).any(|x| dark(x, y0 + i) != dark(x, y0 + i - 1)));
    let (width, stored) = ((x1 - x0) / wide, (y1 - y0) / high);
    // Rows of PDF417 are three modules high; linear codes as high as a quarter of their length.
    let repeat = match name {
        "pdf 417" => 3,
        _ if stored == 1 => width / 4,
        _ => 1,
    };
    let at = |x: usize, y: usize| dark(x0 + x * wide, y0 + y / repeat * high);
    let height = stored * repeat;
    let dark = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| at(x, y)).collect();
    Symbol { width, height, dark }
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// How a symbol is printed and photographed.
#[derive(Clone, Copy, Debug)]
pub struct Print {
    /// The side of a module in pixels.
    pub module_px: f32,
    /// Turned clockwise, in degrees.
    pub angle: f32,
    /// Standard deviation of the blur in pixels.
    pub blur_px: f32,
    /// Largest change of a pixel by noise, in grey levels.
    pub noise: f32,
    /// Dark and light in grey levels; the first is what the modules have.
    pub tones: [f32; 2],
    /// Around an arm: the symbol's length as an angle, in radians; 0 for flat.
    pub bent: f32,
    /// Seen from the side: how much smaller one end is; 0 for straight on.
    pub tilt: f32,
}

impl Default for Print {
    fn default() -> Self {
        Self { module_px: 3.0, angle: 0.0, blur_px: 0.0, noise: 6.0, tones: [30.0, 225.0], bent: 0.0, tilt: 0.0 }
    }
}

/// A picture of a card with the symbol on it, and the symbol's corners in it.
pub fn print(symbol: &Symbol, how: &Print) -> (RgbImage, [[f32; 2]; 4]) {
    let (w, h) = (symbol.width as f32, symbol.height as f32);
    let reach = w.hypot(h) * how.module_px / 2.0 + 12.0 * how.module_px + 40.0;
    let side = (2.0 * reach) as u32;
    let (sin, cos) = how.angle.to_radians().sin_cos();
    // From a place in the picture to one in the symbol, in modules from its middle.
    let back = |x: f32, y: f32| {
        let (x, y) = ((x - reach) / how.module_px, (y - reach) / how.module_px);
        let (u, v) = (x * cos + y * sin, y * cos - x * sin);
        let depth = 1.0 - how.tilt * u / w;
        let (u, v) = (u / depth, v / depth);
        if how.bent > 0.0 {
            let radius = w / how.bent;
            let sine = u / radius;
            (if sine.abs() < 1.0 { sine.asin() * radius } else { f32::INFINITY }, v)
        } else {
            (u, v)
        }
    };
    let (ink, paper) = (how.tones[0], how.tones[1]);
    let tone = |x: f32, y: f32| {
        let (u, v) = back(x, y);
        let (i, j) = (u + w / 2.0, v + h / 2.0);
        let inside = (0.0..w).contains(&i) && (0.0..h).contains(&j);
        if inside && symbol.dark[j as usize * symbol.width + i as usize] { ink } else { paper }
    };
    let mut seed = 9u32;
    let mut values = Vec::with_capacity((side * side) as usize);
    for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
        let parts = (0..16)
            .map(|k| tone(x as f32 + (k % 4) as f32 * 0.25 + 0.125, y as f32 + (k / 4) as f32 * 0.25 + 0.125));
        values.push(parts.sum::<f32>() / 16.0);
    }
    let values = blurred(values, side as usize, how.blur_px);
    let picture = RgbImage::from_fn(side, side, |x, y| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let noise = ((seed >> 16) as f32 / 65_535.0 * 2.0 - 1.0) * how.noise;
        Rgb([(values[(y * side + x) as usize] + noise).clamp(0.0, 255.0) as u8; 3])
    });
    let forth = |u: f32, v: f32| {
        let u = if how.bent > 0.0 { (u * how.bent / w).sin() * w / how.bent } else { u };
        let depth = 1.0 / (1.0 + how.tilt * u / w);
        let (u, v) = (u * depth * how.module_px, v * depth * how.module_px);
        [reach + u * cos - v * sin, reach + u * sin + v * cos]
    };
    let (u, v) = (w / 2.0, h / 2.0);
    (picture, [forth(-u, -v), forth(u, -v), forth(u, v), forth(-u, v)])
}

fn blurred(values: Vec<f32>, side: usize, sigma: f32) -> Vec<f32> {
    if sigma <= 0.0 {
        return values;
    }
    let reach = (3.0 * sigma).ceil() as isize;
    let weights: Vec<f32> = (-reach..=reach).map(|i| (-0.5 * (i as f32 / sigma).powi(2)).exp()).collect();
    let all: f32 = weights.iter().sum();
    let pass = |values: &[f32], step: usize, line: usize| -> Vec<f32> {
        (0..values.len())
            .map(|at| {
                let place = (at / step % side) as isize;
                let start = at - place as usize * step;
                let term = |(i, w): (usize, &f32)| {
                    let to = (place + i as isize - reach).clamp(0, side as isize - 1) as usize;
                    w * values[start + to * step]
                };
                debug_assert!(line > 0);
                weights.iter().enumerate().map(term).sum::<f32>() / all
            })
            .collect()
    };
    let across = pass(&values, 1, side);
    pass(&across, side, side)
}
