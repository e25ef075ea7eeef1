//! Which encoder and container settings are used, and why. Separate and pure: these strings decide what a finished file
//! says besides its pictures.

use std::ffi::CStr;

use crate::{
    clip::{Codec, Container, VideoOptions},
    geom::Size,
};

/// Settings of x265, which prints by itself and writes its settings into the stream unless it is told not to.
const X265: &str = "log-level=none:info=0:bframes=0:pools=2:frame-threads=2:aud=0:hrd=0:open-gop=0";

/// As for files, but nothing is held back.
const HEVC_LIVE: &str = "log-level=none:info=0:bframes=0:pools=2:frame-threads=1:rc-lookahead=0:lookahead-slices=0:\
                         scenecut=0:cutree=0:aud=0:hrd=0:open-gop=0";

/// Everything that follows from the options.
pub(super) struct Choice {
    pub(super) muxer: &'static CStr,
    pub(super) encoder: &'static CStr,
    codec: Codec,
    container: Container,
    crf: u8,
    /// Goes to a pipe: nothing can be put in front afterwards, and the reader is waiting.
    live: bool,
}

impl Choice {
    pub(super) fn of(options: &VideoOptions, live: bool) -> Self {
        let codec = if options.container == Container::WebM { Codec::Vp9 } else { options.codec };
        Self {
            muxer: match options.container {
                Container::Mp4 => c"mp4",
                Container::Mkv => c"matroska",
                Container::WebM => c"webm",
                Container::Ts => c"mpegts",
            },
            encoder: match codec {
                Codec::H264 => c"libx264",
                Codec::Hevc => c"libx265",
                Codec::Vp9 => c"libvpx-vp9",
            },
            codec,
            container: options.container,
            crf: options.crf,
            live,
        }
    }

    pub(super) fn codec_name(&self) -> &'static str {
        match self.codec {
            Codec::H264 => "H.264",
            Codec::Hevc => "HEVC",
            Codec::Vp9 => "VP9",
        }
    }

    /// H.264 and HEVC with colour at half the size can only show even sizes (their cropping counts in chroma samples),
    /// so an odd size is rounded up; VP9 shows any.
    pub(super) fn coded_size(&self, size: Size) -> Size {
        match self.codec {
            Codec::H264 | Codec::Hevc => Size::new(size.width.next_multiple_of(2), size.height.next_multiple_of(2)),
            Codec::Vp9 => size,
        }
    }

    /// Most frames between two that can be decoded alone: two seconds. There a reader can join a pipe, and there a file
    /// of which a part is made anew can go on as it was. Ten seconds would make files smaller by 2 % (a shaking camera) to
    /// 9 % (a slow pan).
    pub(super) fn gop(&self, (num, den): (i32, i32)) -> i32 {
        (num / den.max(1)).saturating_mul(2).clamp(12, 300)
    }

    /// Whether units in the container have lengths in front where the encoder writes start codes.
    pub(super) fn has_lengths(&self) -> bool {
        self.codec != Codec::Vp9 && self.container != Container::Ts
    }

    /// Whether decoding can begin with a coded frame, whose units have start codes. The containers' readers are no help: they
    /// say so of every picture that needs no other, also where pictures behind it need others before it.
    pub(super) fn begins_anew(&self) -> fn(&[u8]) -> bool {
        // Instantaneous refresh (H.264 type 5; HEVC 19 and 20); in VP9 a frame that is coded, not repeated, and a key.
        match self.codec {
            Codec::H264 => |frame| units_any(frame, |head| head & 0x1F == 5),
            Codec::Hevc => |frame| units_any(frame, |head| matches!(head >> 1, 19 | 20)),
            Codec::Vp9 => |frame| frame.first().is_some_and(|head| head & 0xCC == 0x80),
        }
    }

    /// The container's name for whoever reads it.
    pub(super) fn demuxer(&self) -> &'static str {
        match self.container {
            Container::Mp4 => "mov",
            Container::Mkv | Container::WebM => "matroska",
            Container::Ts => "mpegts",
        }
    }

    /// Options of the encoder. Threads are fixed, because their number changes the stream and the same input must give
    /// the same output on every machine.
    pub(super) fn options(&self) -> Vec<(&'static str, String)> {
        let most = if self.codec == Codec::Vp9 { 63 } else { 51 };
        let crf = self.crf.min(most).to_string();
        let mut options = vec![("threads", "2"), ("crf", &*crf)];
        match self.codec {
            // Captions and other user data of frames: ours have none, and the encoder is told to write none.
            Codec::H264 => {
                options.extend([("preset", "veryfast"), ("a53cc", "0"), ("udu_sei", "0")]);
                // What looks ahead needs no thread of its own, which would hold more frames and changes no byte. Five frames
                // ahead instead of ten take 31 MB less at 1080p, for .02 to .3 dB and up to 6 % smaller files.
                options.push(("x264-params", "sync-lookahead=0:rc-lookahead=5"));
                if self.live {
                    // Looking ahead again would only add to what is held back: ten frames for little.
                    options.push(("tune", "zerolatency"));
                }
            }
            Codec::Hevc => {
                options.extend([("preset", "veryfast"), ("udu_sei", "0")]);
                options.push(if self.live { ("x265-params", HEVC_LIVE) } else { ("x265-params", X265) });
            }
            Codec::Vp9 => {
                // A bit rate of 0 makes the constant rate factor the only measure.
                options.extend([("b", "0"), ("row-mt", "1"), ("tile-columns", "1")]);
                options.extend(if self.live {
                    [("deadline", "realtime"), ("cpu-used", "7"), ("lag-in-frames", "0")]
                } else {
                    [("deadline", "good"), ("cpu-used", "5"), ("lag-in-frames", "16")]
                });
            }
        }
        options.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
    }

    /// What is taken out of the stream behind the encoder: supplemental information (H.264 type 6; HEVC 39 and 40),
    /// delimiters (9; 35) and filler (12; 38). Defence in depth, as nothing of it should be there.
    pub(super) fn filter(&self) -> Option<&'static str> {
        match self.codec {
            Codec::H264 => Some("filter_units=remove_types=6|9|12"),
            Codec::Hevc => Some("filter_units=remove_types=35|38|39|40"),
            Codec::Vp9 => None,
        }
    }

    /// The sample entry's name in MP4, where the usual one is not played everywhere.
    pub(super) fn tag(&self) -> Option<[u8; 4]> {
        (self.codec == Codec::Hevc && self.container == Container::Mp4).then_some(*b"hvc1")
    }

    /// Options of the container.
    pub(super) fn muxer_options(&self, ticks_a_second: i32) -> Vec<(&'static str, String)> {
        let mut options = Vec::new();
        match self.container {
            Container::Mp4 => {
                options.push(("video_track_timescale", ticks_a_second.to_string()));
                // No edit list: it is where frames hide, and without frames out of order there is nothing to edit.
                options.push(("use_editlist", "0".to_owned()));
                options.push(("empty_hdlr_name", "1".to_owned()));
                options.push(("write_tmcd", "0".to_owned()));
                if self.live {
                    options.push(("movflags", "frag_keyframe+empty_moov+default_base_moof".to_owned()));
                    options.push(("frag_duration", "500000".to_owned()));
                } else {
                    options.push(("movflags", "faststart".to_owned()));
                }
            }
            Container::Mkv | Container::WebM if self.live => {
                options.push(("avoid_negative_ts", "disabled".to_owned()));
                options.push(("live", "1".to_owned()));
                options.push(("cluster_time_limit", "500".to_owned()));
            }
            // Opus begins before 0, which the container's own delay field says; moving all times would part sound and
            // pictures by it.
            Container::Mkv | Container::WebM => options.push(("avoid_negative_ts", "disabled".to_owned())),
            Container::Ts => {}
        }
        if self.live {
            options.push(("flush_packets", "1".to_owned()));
        }
        options
    }
}

/// Whether `is` holds for the first byte of any unit.
fn units_any(frame: &[u8], is: fn(u8) -> bool) -> bool {
    frame.windows(4).any(|w| w[..3] == [0, 0, 1] && is(w[3]))
}
