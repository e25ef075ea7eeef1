//! Video frames of high dynamic range, as they go out where they are kept so. Separate from the frame that is looked at,
//! because detectors, trackers and checks only ever see that one, in standard range.

use std::marker::PhantomData;

use serde::{Deserialize, Serialize};

use super::{Raw, Redacted, chroma_size};
use crate::geom::Size;

/// How light becomes signal where the range is high (ITU-R BT.2100-2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HdrTransfer {
    /// Perceptual quantiser, SMPTE ST 2084.
    Pq,
    /// Hybrid log-gamma, ARIB STD-B67.
    Hlg,
}

/// Luminance of reference white in cd/m2, and the signal that it has in HLG (ITU-R BT.2408-7, table 1).
const WHITE_CD_M2: f64 = 203.0;
const WHITE_HLG: f64 = 0.75;

impl HdrTransfer {
    /// Signal of light, 1 being reference white.
    fn signal(self, light: f64) -> f64 {
        match self {
            HdrTransfer::Pq => {
                let y = (light * WHITE_CD_M2 / 10_000.0).powf(0.159_301_757_812_5);
                ((0.835_937_5 + 18.851_562_5 * y) / (1.0 + 18.687_5 * y)).powf(78.843_75)
            }
            HdrTransfer::Hlg => {
                let (a, b, c) = (0.178_832_77, 0.284_668_92, 0.559_910_73);
                let white = (f64::exp((WHITE_HLG - c) / a) + b) / 12.0;
                let e = light * white;
                if e <= 1.0 / 12.0 { (3.0 * e).sqrt() } else { a * (12.0 * e - b).ln() + c }
            }
        }
    }

    /// The upper eight of ten bits of an 8-bit sRGB colour, its white being reference white: luma, blue difference, red
    /// difference, in BT.2020 with non-constant luminance.
    pub fn samples(self, rgb: [u8; 3]) -> [u8; 3] {
        let [r, g, b] = rgb.map(|v| {
            let v = f64::from(v) / 255.0;
            if v <= 0.040_45 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
        });
        // From the primaries of BT.709 to those of BT.2020 (ITU-R BT.2087-0).
        let wide = [
            0.6274 * r + 0.3293 * g + 0.0433 * b,
            0.0691 * r + 0.9195 * g + 0.0114 * b,
            0.0164 * r + 0.0880 * g + 0.8956 * b,
        ];
        let [r, g, b] = wide.map(|light| self.signal(light));
        let luma = 0.2627 * r + 0.6780 * g + 0.0593 * b;
        let chroma = |v: f64, scale: f64| 128.0 + 224.0 * (v - luma) / scale;
        [16.0 + 219.0 * luma, chroma(b, 1.8814), chroma(r, 1.4746)].map(|v| v.round() as u8)
    }
}

/// One upright video frame of high dynamic range: planar YCbCr 4:2:0 in ten bits, BT.2020 with non-constant luminance,
/// limited range, rows without gaps; planes of the sizes that [`super::Yuv`] has.
#[derive(Clone)]
pub struct Deep<State> {
    size: Size,
    transfer: HdrTransfer,
    planes: [Vec<u16>; 3],
    state: PhantomData<State>,
}

impl<State> Deep<State> {
    /// Columns and rows of the luma plane.
    pub fn size(&self) -> Size {
        self.size
    }

    /// How its signal becomes light.
    pub fn transfer(&self) -> HdrTransfer {
        self.transfer
    }

    /// Luma, blue difference and red difference, 0 to 1023, row after row.
    pub fn planes(&self) -> [&[u16]; 3] {
        [&self.planes[0], &self.planes[1], &self.planes[2]]
    }
}

impl Deep<Raw> {
    /// Wraps decoded planes; `None` when one of them has not exactly the samples that `size` asks for.
    pub fn new(size: Size, transfer: HdrTransfer, planes: [Vec<u16>; 3]) -> Option<Self> {
        let (luma, chroma) = (size.pixels(), chroma_size(size).pixels());
        let fits = planes.iter().zip([luma, chroma, chroma]).all(|(plane, want)| plane.len() as u64 == want);
        (fits && luma > 0).then_some(Self { size, transfer, planes, state: PhantomData })
    }

    /// A black frame.
    pub fn black(size: Size, transfer: HdrTransfer) -> Self {
        let (luma, chroma) = (size.pixels() as usize, chroma_size(size).pixels() as usize);
        let planes = [vec![64; luma], vec![512; chroma], vec![512; chroma]];
        Self { size, transfer, planes, state: PhantomData }
    }

    /// The one way across; called by [`crate::redact`] when every area is destroyed.
    pub(crate) fn into_redacted(self) -> Deep<Redacted> {
        Deep { size: self.size, transfer: self.transfer, planes: self.planes, state: PhantomData }
    }

    /// The planes, to be destroyed in place.
    pub(crate) fn planes_mut(&mut self) -> &mut [Vec<u16>; 3] {
        &mut self.planes
    }
}

impl<State> std::fmt::Debug for Deep<State> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The samples are the secret: never print them.
        write!(f, "Deep({}x{})", self.size.width, self.size.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn black_and_reference_white_have_the_signals_of_the_standards() {
        assert_eq!(HdrTransfer::Pq.samples([0; 3]), [16, 128, 128]);
        assert_eq!(HdrTransfer::Hlg.samples([0; 3]), [16, 128, 128]);
        // 58 % of PQ and 75 % of HLG.
        assert_eq!(HdrTransfer::Pq.samples([255; 3]), [143, 128, 128]);
        assert_eq!(HdrTransfer::Hlg.samples([255; 3]), [180, 128, 128]);
        let [luma, blue, red] = HdrTransfer::Pq.samples([255, 0, 0]);
        assert!(luma > 90 && blue < 120 && red > 140, "{luma} {blue} {red}");
    }

    #[test]
    fn planes_of_another_size_are_no_frame() {
        let size = Size::new(5, 3);
        assert!(Deep::new(size, HdrTransfer::Pq, [vec![0; 15], vec![0; 6], vec![0; 6]]).is_some());
        assert!(Deep::new(size, HdrTransfer::Pq, [vec![0; 15], vec![0; 4], vec![0; 6]]).is_none());
    }
}
