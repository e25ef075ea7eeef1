//! Reads an opened container to its end and gives its frames and its sound out in order. Separate because it is the
//! only place that knows how packets, pictures, times and sound belong together.

use std::collections::VecDeque;

use super::{
    Unit, VideoInfo, VideoSource,
    av::{AvError, Packet},
    damage::spread,
    film::{Film, Shown, damaged},
    graph::Shaper,
    look::Look,
    open::{Opened, io},
    sound::Track,
    times::{Timed, Timeline, nominal_ticks, ticks_in},
};
use crate::{
    clip::{Hdr, Span, VideoOptions},
    error::MediaError,
    frame::{Matrix, Raw, TimedYuv, Yuv},
    geom::Size,
    limits::Limits,
    media::Format,
};

/// Errors in a row after which a damaged container counts as ended.
const MOST_ERRORS: u32 = 64;
/// How much shorter than promised a film may be, in frames: headers round.
const SHORT_BY: i64 = 2;

pub(super) struct Source {
    opened: Opened,
    info: VideoInfo,
    film: Film,
    shaper: Option<Shaper<(Option<i64>, i64)>>,
    timeline: Timeline<Option<Yuv<Raw>>>,
    sound: Option<Track>,
    nominal: i64,
    limits: Limits,
    allow_damaged: bool,
    keep_hdr: bool,
    /// Container's time of the first frame, for the promise about the length.
    first: Option<i64>,
    errors: u32,
    ended: bool,
    ready: VecDeque<Unit>,
}

impl Source {
    /// Decodes the first frame, because only it says what size frames have.
    pub(super) fn new(
        mut opened: Opened,
        options: &VideoOptions,
        span: Span,
        limits: &Limits,
    ) -> Result<Self, MediaError> {
        let sound = opened
            .audio
            .as_ref()
            .map(|(index, stream)| Track::new(&opened.demuxer, *index, stream, options, span, opened.time_base))
            .transpose()?;
        let (_, stream) = &opened.video;
        let nominal = nominal_ticks(stream.frame_rate, opened.time_base);
        let (codec, fields) = (stream.codec, stream.fields);
        let decoder = opened.decoder.take().ok_or_else(|| damaged("it was read already"))?;
        let mut new = Self {
            info: opened.info(Size::new(0, 0), Matrix::default()),
            film: Film::new(decoder, codec, fields, options.allow_damaged),
            shaper: None,
            timeline: Timeline::new(opened.time_base, nominal, span),
            sound,
            nominal,
            limits: limits.clone(),
            allow_damaged: options.allow_damaged,
            keep_hdr: options.hdr == Hdr::Keep,
            first: None,
            errors: 0,
            ended: false,
            ready: VecDeque::new(),
            opened,
        };
        new.info.sound = new.sound.as_ref().map(Track::info);
        while new.shaper.is_none() && !new.ended {
            new.step()?;
        }
        if new.shaper.is_none() { Err(damaged("no frame can be decoded")) } else { Ok(new) }
    }

    /// Takes one packet, or the end.
    fn step(&mut self) -> Result<(), MediaError> {
        if self.timeline.is_over() && self.sound.as_ref().is_none_or(Track::is_over) {
            return self.close();
        }
        match self.opened.demuxer.read() {
            Ok(packet) => {
                self.errors = 0;
                self.packet(&packet)
            }
            Err(error) => {
                if let Some(error) = self.opened.demuxer.take_io_error() {
                    return Err(io(error));
                }
                if error == AvError::END {
                    return self.end();
                }
                self.film.interrupted(error)?;
                self.errors += 1;
                if self.errors < MOST_ERRORS { Ok(()) } else { self.end() }
            }
        }
    }

    fn packet(&mut self, packet: &Packet) -> Result<(), MediaError> {
        if packet.stream() == self.opened.video.0 && !self.timeline.is_over() {
            self.film.packet(packet)?;
            self.pictures()
        } else {
            match &mut self.sound {
                Some(sound) if sound.index == packet.stream() => sound.packet(packet)?,
                _ => {}
            }
            self.hear()
        }
    }

    /// Moves pictures on from the decoder.
    fn pictures(&mut self) -> Result<(), MediaError> {
        while let Some(Shown { pts, duration, picture }) = self.film.next() {
            if self.first.is_none() {
                self.first = pts;
            }
            let Some(picture) = picture else {
                self.drain()?;
                self.place(pts, duration, None);
                continue;
            };
            if self.shaper.is_none() {
                self.begin(&Look::of(&picture))?;
            }
            let Some(shaper) = &mut self.shaper else { continue };
            for (yuv, (pts, duration)) in shaper.push(picture, (pts, duration))? {
                self.place(pts, duration, Some(yuv));
            }
        }
        self.hear()
    }

    fn drain(&mut self) -> Result<(), MediaError> {
        let done = self.shaper.as_mut().map(Shaper::drain).transpose()?;
        for (yuv, (pts, duration)) in done.unwrap_or_default() {
            self.place(pts, duration, Some(yuv));
        }
        Ok(())
    }

    /// The first picture is there.
    fn begin(&mut self, look: &Look) -> Result<(), MediaError> {
        let (size, limits) = (look.size, &self.limits);
        let too_large = |what, got, limit, option| Err(MediaError::TooLarge { what, got, limit, option });
        if size.pixels() > limits.max_pixels {
            return too_large("width times height", size.pixels(), limits.max_pixels, "limits.max_pixels");
        }
        let (side, most) = (size.long_side(), limits.max_side_px);
        if side > most {
            return too_large("the longer side in pixels", side.into(), most.into(), "limits.max_side_px");
        }
        if size.pixels() == 0 {
            return Err(damaged("a frame without pixels"));
        }
        let shown = self.opened.crop.of(size).ok_or_else(|| damaged("nothing of the picture is shown"))?;
        (self.info.size, self.info.matrix) = (self.opened.turn.size(shown.size()), look.matrix());
        self.info.hdr = look.hdr().filter(|_| self.keep_hdr);
        self.shaper = Some(Shaper::new(look, shown, self.opened.turn, self.info.hdr));
        Ok(())
    }

    /// Puts a picture, or the place of one, on the clock.
    fn place(&mut self, pts: Option<i64>, duration: i64, picture: Option<Yuv<Raw>>) {
        if let Some(done) = self.timeline.push(pts, duration, picture) {
            self.ready.push_back(unit(done));
        }
    }

    /// Gives out the sound whose place on the clock is known.
    fn hear(&mut self) -> Result<(), MediaError> {
        let Some(sound) = &mut self.sound else { return Ok(()) };
        if self.timeline.has_jumped() {
            let feature = "a clock that jumps back, to which sound cannot be fitted".to_owned();
            return Err(MediaError::UnsupportedFeature { format: "video", feature });
        }
        let (origin, first) = self.timeline.origin();
        self.ready.extend(sound.take(origin, first)?.into_iter().map(Unit::Sound));
        Ok(())
    }

    /// The container is over: everything that it promised must have come.
    fn end(&mut self) -> Result<(), MediaError> {
        self.film.finish()?;
        self.pictures()?;
        self.drain()?;
        let cut = self.is_cut();
        if !self.timeline.is_over() {
            let promised = match self.opened.format {
                Format::Mp4 => Some(self.opened.demuxer.indexed(self.opened.video.0).0),
                Format::Avi => self.opened.video.1.declared_frames,
                _ => None,
            };
            let missing = promised.unwrap_or(0).saturating_sub(self.film.shown + self.film.excused);
            let promised_end = self.promised_end();
            let ended = self.film.end_ticks();
            let short =
                self.opened.format != Format::Avi && promised_end.is_some_and(|end| ended.is_some_and(|e| e < end));
            if !self.allow_damaged && missing > 0 {
                return Err(damaged(format!("{missing} of {} frames are missing", promised.unwrap_or(0))));
            }
            if !self.allow_damaged && (cut || short) {
                return Err(damaged("it ends before the length that its header promises"));
            }
            if missing > 0 || short || cut {
                self.fill(missing, promised_end)?;
            }
        }
        self.close()
    }

    /// Whether the container is longer by its own header than the bytes that are there.
    fn is_cut(&self) -> bool {
        self.opened.ends_at.is_some_and(|end| self.opened.demuxer.bytes_held() < end)
    }

    /// Where the video track ends by its header, in the container's ticks, less what rounding may cost.
    fn promised_end(&self) -> Option<i64> {
        let ticks = match self.opened.format {
            Format::Mp4 | Format::Avi => self.opened.video.1.duration?,
            // Of the longest track, so only a promise to fill what was cut.
            Format::Mkv | Format::WebM if self.is_cut() => {
                ticks_in(self.opened.demuxer.duration_us()?, self.opened.time_base)
            }
            _ => return None,
        };
        Some(self.first?.saturating_add(ticks).saturating_sub(SHORT_BY.saturating_mul(self.nominal)))
    }

    /// Black frames for what was promised at the end.
    fn fill(&mut self, missing: u64, promised_end: Option<i64>) -> Result<(), MediaError> {
        let Some(from) = self.film.end_ticks() else { return Ok(()) };
        let whole = promised_end.map(|end| end.saturating_add(SHORT_BY * self.nominal).saturating_sub(from));
        let usual = self.nominal.saturating_mul(i64::try_from(missing).unwrap_or(i64::MAX));
        let ticks = whole.unwrap_or(usual);
        if ticks <= 0 {
            return Ok(());
        }
        for (pts, duration) in spread(from, ticks, missing.max(1)) {
            self.film.place(pts, duration);
        }
        self.pictures()
    }

    /// Lets go of what waited for something behind it.
    fn close(&mut self) -> Result<(), MediaError> {
        let (_, stream) = &self.opened.video;
        // With frames out of order a packet lasts until the next one in the file, not until the next that is shown.
        let counted = self.opened.format == Format::Mp4 && stream.declared_frames.is_some();
        let end =
            self.first.zip(stream.duration).filter(|_| counted).map(|(first, ticks)| first.saturating_add(ticks));
        self.ready.extend(self.timeline.finish(end).map(unit));
        if let Some(sound) = &mut self.sound {
            sound.finish()?;
        }
        self.hear()?;
        self.ended = true;
        Ok(())
    }
}

fn unit(Timed { pts, duration, item }: Timed<Option<Yuv<Raw>>>) -> Unit {
    match item {
        Some(frame) => Unit::Frame(TimedYuv { frame, pts, duration }),
        None => Unit::Damaged { pts, duration },
    }
}

impl VideoSource for Source {
    fn info(&self) -> &VideoInfo {
        &self.info
    }

    fn next_unit(&mut self) -> Result<Option<Unit>, MediaError> {
        while self.ready.is_empty() && !self.ended {
            self.step()?;
        }
        Ok(self.ready.pop_front())
    }

    fn rate(&self) -> Option<f32> {
        let (num, den) = self.opened.video.1.frame_rate;
        (num > 0 && den > 0).then(|| num as f32 / den as f32)
    }
}
