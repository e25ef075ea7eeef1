//! What the samples of a decoder's frame mean, and the filters that lead from there to planes of ours. Separate because the
//! choice is pure and worth testing.

use super::av::{Frame, Primaries, Space, Transfer};
use crate::{
    frame::{HdrTransfer, Matrix},
    geom::Size,
};

/// From high to standard dynamic range. Reference white is 203 cd/m2 (ITU-R BT.2408), and the brightest that is kept
/// apart is five times that, about what phones master to. White at 58 % of PQ and at 75 % of HLG both come out at luma
/// 202 of 235; with the curve `hable` and no peak, as often recommended, it was 151, a dull grey.
const SDR: &str = "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,\
                   tonemap=tonemap=mobius:desat=0:peak=5";

/// What decides about a chain of filters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Look {
    pub(super) size: Size,
    pub(super) format: i32,
    /// Already 8-bit 4:2:0.
    pub(super) planes: bool,
    /// Already 4:2:0 in ten bits.
    pub(super) deep: bool,
    pub(super) full_range: bool,
    pub(super) space: Space,
    pub(super) transfer: Transfer,
    pub(super) primaries: Primaries,
    pub(super) interlaced: bool,
}

impl Look {
    pub(super) fn of(frame: &Frame) -> Self {
        Self {
            size: frame.size(),
            format: frame.format(),
            planes: frame.is_yuv420(),
            deep: frame.is_yuv420_deep(),
            full_range: frame.is_full_range(),
            space: frame.space(),
            transfer: frame.transfer(),
            primaries: frame.primaries(),
            interlaced: frame.is_interlaced(),
        }
    }

    /// How light is coded, where the range is high.
    pub(super) fn hdr(&self) -> Option<HdrTransfer> {
        match self.transfer {
            Transfer::Pq => Some(HdrTransfer::Pq),
            Transfer::Hlg => Some(HdrTransfer::Hlg),
            Transfer::Standard => None,
        }
    }

    /// How the samples become RGB once they are 8-bit 4:2:0. What is not said is guessed by size, as players do:
    /// standard definition is BT.601.
    pub(super) fn matrix(&self) -> Matrix {
        match self.space {
            Space::Bt601 => Matrix::Bt601,
            Space::Unknown if self.transfer == Transfer::Standard && self.primaries == Primaries::Standard => {
                if self.size.width >= 1280 || self.size.height > 576 {
                    Matrix::Bt709
                } else {
                    Matrix::Bt601
                }
            }
            _ => Matrix::Bt709,
        }
    }

    /// Filters that lead to 8-bit 4:2:0 of limited range in [`Look::matrix`], fitted into `size`; `None` when the
    /// samples are that already.
    pub(super) fn chain(&self, size: Size) -> Option<String> {
        let mut chain: Vec<String> = self.progressive().into_iter().collect();
        if let Some(params) = self.params() {
            chain.push(params);
            if self.hdr().is_some() {
                chain.push(SDR.to_owned());
            }
            chain.push("zscale=matrix=bt709:transfer=bt709:primaries=bt709:range=limited".to_owned());
        } else if self.space == Space::Rgb {
            chain.push("scale=out_color_matrix=bt709:out_range=limited:flags=bicubic+accurate_rnd".to_owned());
        } else if !self.planes || self.full_range {
            let matrix = if self.matrix() == Matrix::Bt709 { "bt709" } else { "smpte170m" };
            let range = if self.full_range { "full" } else { "limited" };
            chain.push(format!(
                "scale=in_color_matrix={matrix}:out_color_matrix={matrix}:in_range={range}:out_range=limited:\
                 flags=bicubic+accurate_rnd"
            ));
        }
        chain.extend(self.fitted(size));
        chain.push("format=yuv420p".to_owned());
        (chain.len() > 1).then(|| chain.join(","))
    }

    /// Filters that lead to ten bits of limited range in BT.2020, fitted into `size`, with the transfer as it is; `None` when
    /// the samples are that already.
    pub(super) fn deep_chain(&self, size: Size) -> Option<String> {
        let mut chain: Vec<String> = self.progressive().into_iter().collect();
        let wide = matches!(self.space, Space::Bt2020 | Space::Unknown)
            && matches!(self.primaries, Primaries::Bt2020 | Primaries::Standard);
        if !self.deep || self.full_range || !wide {
            chain.extend(self.params());
            chain.push("zscale=matrix=bt2020nc:primaries=bt2020:range=limited".to_owned());
        }
        chain.extend(self.fitted(size));
        chain.push("format=yuv420p10le".to_owned());
        (chain.len() > 1).then(|| chain.join(","))
    }

    fn progressive(&self) -> Option<String> {
        // One frame for each frame: as many come out as go in.
        self.interlaced.then(|| "bwdif=mode=send_frame:parity=auto:deint=interlaced".to_owned())
    }

    fn fitted(&self, Size { width, height }: Size) -> Option<String> {
        (self.size != Size { width, height }).then(|| {
            format!("scale={width}:{height}:force_original_aspect_ratio=decrease,pad={width}:{height}:-1:-1")
        })
    }

    /// Says what the samples mean where that is not what ordinary video means.
    fn params(&self) -> Option<String> {
        let hdr = self.hdr().is_some();
        let space = match self.space {
            Space::Rgb if hdr => "gbr",
            Space::Bt709 | Space::Bt601 if hdr => "bt709",
            Space::Unknown if hdr || self.primaries == Primaries::Bt2020 => "bt2020nc",
            Space::Bt709 | Space::Bt601 | Space::Rgb | Space::Unknown => return None,
            Space::Smpte240 => "smpte240m",
            Space::YCgCo => "ycgco",
            Space::Bt2020 => "bt2020nc",
            Space::Bt2020Constant => "bt2020c",
            Space::ICtCp => "ictcp",
        };
        let primaries = match self.primaries {
            Primaries::Bt2020 => "bt2020",
            Primaries::DisplayP3 => "smpte432",
            Primaries::Standard if hdr => "bt2020",
            Primaries::Standard => "bt709",
        };
        let transfer = match self.transfer {
            Transfer::Pq => "smpte2084",
            Transfer::Hlg => "arib-std-b67",
            Transfer::Standard => "bt709",
        };
        let range = if self.full_range { "pc" } else { "tv" };
        Some(format!("setparams=colorspace={space}:color_primaries={primaries}:color_trc={transfer}:range={range}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Look {
        Look {
            size: Size::new(640, 480),
            format: 0,
            planes: true,
            deep: false,
            full_range: false,
            space: Space::Unknown,
            transfer: Transfer::Standard,
            primaries: Primaries::Standard,
            interlaced: false,
        }
    }

    #[test]
    fn ordinary_video_goes_through_no_filter() {
        for space in [Space::Unknown, Space::Bt601, Space::Bt709] {
            assert_eq!(Look { space, ..plain() }.chain(Size::new(640, 480)), None);
        }
    }

    #[test]
    fn an_unknown_matrix_is_guessed_by_size() {
        assert_eq!(plain().matrix(), Matrix::Bt601);
        assert_eq!(Look { size: Size::new(1280, 720), ..plain() }.matrix(), Matrix::Bt709);
        assert_eq!(Look { space: Space::Bt709, ..plain() }.matrix(), Matrix::Bt709);
    }

    #[test]
    fn each_property_asks_for_its_filter() {
        let chain = |look: Look| look.chain(Size::new(640, 480)).unwrap_or_default();
        assert!(chain(Look { interlaced: true, ..plain() }).starts_with("bwdif=mode=send_frame"));
        assert!(chain(Look { full_range: true, ..plain() }).contains("in_range=full:out_range=limited"));
        let hdr = Look { transfer: Transfer::Pq, space: Space::Bt2020, planes: false, ..plain() };
        assert!(chain(hdr.clone()).contains("tonemap"));
        assert_eq!(hdr.matrix(), Matrix::Bt709);
        let wide = Look { space: Space::Bt2020, primaries: Primaries::Bt2020, ..plain() };
        assert!(chain(wide.clone()).contains("color_primaries=bt2020"));
        assert!(!chain(wide).contains("tonemap"));
        assert!(chain(Look { size: Size::new(320, 240), ..plain() }).contains("pad=640:480"));
        assert!(chain(plain()).is_empty());
    }

    #[test]
    fn high_dynamic_range_that_is_kept_is_converted_only_where_it_is_coded_otherwise() {
        let deep = |look: Look| look.deep_chain(Size::new(640, 480));
        let usual = Look {
            transfer: Transfer::Hlg,
            space: Space::Bt2020,
            primaries: Primaries::Bt2020,
            planes: false,
            deep: true,
            ..plain()
        };
        assert_eq!(deep(usual.clone()), None);
        for look in [
            Look { full_range: true, ..usual.clone() },
            Look { deep: false, ..usual.clone() },
            Look { space: Space::ICtCp, ..usual.clone() },
            Look { primaries: Primaries::DisplayP3, ..usual.clone() },
        ] {
            let chain = deep(look).unwrap();
            assert!(chain.contains("color_trc=arib-std-b67") && chain.contains("matrix=bt2020nc"), "{chain}");
            assert!(!chain.contains("tonemap"));
        }
        assert!(deep(Look { interlaced: true, ..usual }).unwrap().starts_with("bwdif"));
    }
}
