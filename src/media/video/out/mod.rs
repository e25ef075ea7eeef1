//! Writes a video: our own planes into a fresh stream, in a container with nothing in it but what plays. Separate from
//! reading, so that nothing of an input can pass but through frames.

mod codec;
mod earlier;
mod sound;

use std::{collections::VecDeque, fs::OpenOptions, path::Path};

use self::{codec::Choice, earlier::Earlier, sound::SoundOut};
use super::{
    Sound, Target, VideoInfo, VideoSink,
    av::{AvError, Encoder, Frame, Muxer, Packet, Pictures, Writer},
};
use crate::{
    clip::{Container, TimeBase, VideoOptions},
    error::MediaError,
    frame::{Redacted, TimedYuv},
    geom::Size,
};

/// A video being written.
pub(super) struct Sink {
    muxer: Muxer,
    choice: Choice,
    pictures: Pictures,
    /// Absent since it gave everything out, until a frame is to be coded again.
    encoder: Option<Encoder>,
    /// Frames that the encoder was given.
    fresh: u64,
    /// What the file held before.
    earlier: Option<Earlier>,
    sound: Option<SoundOut>,
    format: &'static str,
    size: Size,
    /// Ticks of the container in one of the source.
    scale: i64,
    track: usize,
    /// Times and lengths of the frames that are inside the encoder.
    inside: VecDeque<(i64, i64)>,
    last: Option<i64>,
    /// Where the last frame ends, in ticks of the container.
    end: i64,
    live: bool,
    first_dts: Option<i64>,
    /// The packet that may be the last.
    pending: Option<Packet>,
}

fn name(container: Container) -> &'static str {
    match container {
        Container::Mp4 => "MP4",
        Container::Mkv => "Matroska",
        Container::WebM => "WebM",
        Container::Ts => "MPEG-TS",
    }
}

/// A full disk is the system's error; everything else is the encoder's.
fn failed(format: &'static str, error: AvError) -> MediaError {
    match error.system() {
        Some(code) if code != 22 => {
            MediaError::Io { doing: "writing the output", source: std::io::Error::from_raw_os_error(code) }
        }
        _ => MediaError::Encode { format, detail: error.to_string() },
    }
}

/// Frames a second, about: what rate control and key frames go by. Times are exact whatever it says.
fn frame_rate(info: &VideoInfo) -> (i32, i32) {
    let TimeBase { num, den } = info.time_base;
    let per_second = match (info.frames, info.duration_us) {
        (Some(frames), Some(us)) if us > 0 => frames as f64 * 1e6 / us as f64,
        _ => f64::from(den) / f64::from(num.max(1)),
    };
    // A clock with finer ticks than frames says nothing.
    let plausible = (1.0..=240.0).contains(&per_second);
    ((if plausible { per_second * 1000.0 } else { 30_000.0 }) as i32, 1000)
}

impl Sink {
    pub(super) fn create(
        target: Target<'_>,
        info: &VideoInfo,
        options: &VideoOptions,
        earlier: Option<&Path>,
    ) -> Result<Self, MediaError> {
        let format = name(options.container);
        let encode = |detail: &str| MediaError::Encode { format, detail: detail.to_owned() };
        let io = |source| MediaError::Io { doing: "writing the output", source };
        let (writer, path) = match target {
            Target::File(path) => {
                let file = OpenOptions::new().write(true).truncate(true).open(path).map_err(io)?;
                (Writer::File(file), Some(path))
            }
            Target::Stream(stream) => (Writer::Stream(stream), None),
        };
        let live = path.is_none();
        let choice = Choice::of(options, live);
        // Encoder and container tick in whole parts of a second, so that every source's times are exact.
        let den = i32::try_from(info.time_base.den).ok().filter(|&den| den > 0);
        let den = den.ok_or_else(|| encode("its clock is too fine"))?;
        let mut muxer = Muxer::new(choice.muxer, writer, path).map_err(|e| failed(format, e))?;
        let apart = muxer.keeps_headers_apart();
        let rate = frame_rate(info);
        let pictures = Pictures {
            size: choice.coded_size(info.size),
            pixel_aspect: info.pixel_aspect,
            time_base: (1, den),
            frame_rate: rate,
            matrix: info.matrix,
            hdr: info.hdr,
            gop: choice.gop(rate),
            header_apart: apart,
        };
        let encoder = opened(&choice, &pictures)?;
        let track = muxer.add(&encoder, choice.filter(), choice.tag()).map_err(|e| failed(format, e))?;
        let sound = info
            .sound
            .map(|sound| SoundOut::new(&mut muxer, options.container, sound.channels))
            .transpose()
            .map_err(|e| failed(format, e))?;
        let mut new = Self {
            muxer,
            choice,
            pictures,
            encoder: Some(encoder),
            fresh: 0,
            earlier: None,
            sound,
            format,
            size: info.size,
            scale: info.time_base.num.max(1).into(),
            track,
            inside: VecDeque::new(),
            last: None,
            end: 0,
            live,
            first_dts: None,
            pending: None,
        };
        let begun = new.muxer.begin(&new.choice.muxer_options(den));
        new.wrote(begun)?;
        new.earlier = earlier.and_then(|path| {
            let choice = &new.choice;
            Earlier::open(path, choice.demuxer(), choice.has_lengths(), choice.begins_anew())
        });
        Ok(new)
    }

    /// An error of the disk or the pipe says more than the number that the muxer made of it.
    fn wrote<T>(&mut self, result: Result<T, AvError>) -> Result<T, MediaError> {
        result.map_err(|error| match self.muxer.take_io_error() {
            Some(source) => MediaError::Io { doing: "writing the output", source },
            None => failed(self.format, error),
        })
    }

    fn write(&mut self, packet: Option<Packet>) -> Result<(), MediaError> {
        let Some(packet) = packet else { return Ok(()) };
        let written = self.muxer.write(self.track, packet);
        self.wrote(written)
    }

    /// Writes the last packet in the file. With frames out of order it is not the last that is shown, and its length
    /// is what makes the whole as long as it should be.
    fn write_last(&mut self) -> Result<(), MediaError> {
        let mut last = self.pending.take();
        if let Some(packet) = &mut last
            && let (Some(first), Some(dts)) = (self.first_dts, packet.dts())
        {
            packet.set_duration((self.end - (dts - first)).max(1));
        }
        self.write(last)
    }

    fn receive(&mut self) -> Result<(), MediaError> {
        while let Some(encoder) = &mut self.encoder {
            let received = encoder.receive();
            let Some(mut packet) = self.wrote(received)? else { break };
            let pts = packet.pts();
            let place = self.inside.iter().position(|&(at, _)| Some(at) == pts);
            if let Some((_, duration)) = place.and_then(|at| self.inside.remove(at)) {
                packet.set_duration(duration);
            }
            self.put(packet)?;
        }
        Ok(())
    }

    /// Writes a packet with its times, or holds it while it may be the last.
    fn put(&mut self, packet: Packet) -> Result<(), MediaError> {
        self.first_dts = self.first_dts.or(packet.dts());
        let packet = if self.live { Some(packet) } else { self.pending.replace(packet) };
        self.write(packet)
    }

    /// Time and length of the next frame, in ticks of the container.
    fn next_time(&mut self, pts: i64, duration: i64) -> Result<(i64, i64), MediaError> {
        if self.last.is_some_and(|last| pts <= last) {
            let detail = "the times of frames do not increase".to_owned();
            return Err(MediaError::Encode { format: self.format, detail });
        }
        self.last = Some(pts);
        let (pts, duration) = (pts.saturating_mul(self.scale), duration.max(1).saturating_mul(self.scale));
        self.end = pts.saturating_add(duration);
        Ok((pts, duration))
    }

    fn pushed(&mut self, frame: &TimedYuv<Redacted>) -> Result<(), MediaError> {
        if frame.frame.size() != self.size {
            let detail = "a frame has another size than the video".to_owned();
            return Err(MediaError::Encode { format: self.format, detail });
        }
        // Without a frame for each of the new ones it is not in step any more.
        self.earlier.take_if(|earlier| !earlier.skip());
        let (pts, duration) = self.next_time(frame.pts, frame.duration)?;
        let made = match (self.pictures.hdr, frame.frame.deep()) {
            (None, _) => Frame::of_yuv(&frame.frame, self.pictures.size),
            (Some(transfer), Some(deep)) if deep.transfer() == transfer && deep.size() == self.size => {
                Frame::of_deep(deep, self.pictures.size)
            }
            _ => {
                let detail = "a frame has not the dynamic range of the video".to_owned();
                return Err(MediaError::Encode { format: self.format, detail });
            }
        };
        let mut own = self.wrote(made)?;
        own.set_pts(pts);
        self.inside.push_back((pts, duration));
        let encoder = match self.encoder.take() {
            Some(encoder) => encoder,
            None => opened(&self.choice, &self.pictures)?,
        };
        let sent = self.encoder.insert(encoder).send(Some(&own));
        self.wrote(sent)?;
        self.fresh += 1;
        self.receive()
    }

    /// Takes everything out of the encoder.
    fn drain(&mut self) -> Result<(), MediaError> {
        if let Some(encoder) = self.encoder.as_mut().filter(|_| self.fresh > 0) {
            let ended = encoder.send(None);
            self.wrote(ended)?;
            self.receive()?;
            // It takes nothing more.
            (self.encoder, self.fresh) = (None, 0);
        }
        Ok(())
    }

    fn repeated(&mut self, pts: i64, duration: i64) -> Result<bool, MediaError> {
        let Some(anew) = self.earlier.as_mut().and_then(Earlier::begins_anew) else {
            self.earlier = None;
            return Ok(false);
        };
        // Behind frames that were coded anew, only what needs none of them. Nor behind a single one: of two pictures
        // in a row that begin a stream each, both could have the same number (idr_pic_id; ITU-T H.264, 7.4.3).
        if self.fresh > 0 && (!anew || self.fresh == 1) {
            return Ok(false);
        }
        self.drain()?;
        let Some(mut packet) = self.earlier.as_mut().and_then(Earlier::take) else {
            // Not in step any more.
            self.earlier = None;
            return Ok(false);
        };
        let (pts, duration) = self.next_time(pts, duration)?;
        packet.set_time(pts);
        packet.set_duration(duration);
        self.put(packet)?;
        Ok(true)
    }
}

fn opened(choice: &Choice, pictures: &Pictures) -> Result<Encoder, MediaError> {
    Encoder::video(choice.encoder, pictures, &choice.options())
        .map_err(|e| MediaError::Encode { format: choice.codec_name(), detail: e.to_string() })
}

impl VideoSink for Sink {
    fn push(&mut self, frame: TimedYuv<Redacted>) -> Result<(), MediaError> {
        self.pushed(&frame)
    }

    fn push_again(&mut self, pts: i64, duration: i64) -> Result<bool, MediaError> {
        self.repeated(pts, duration)
    }

    fn push_sound(&mut self, sound: Sound) -> Result<(), MediaError> {
        let Some(out) = &mut self.sound else {
            return Err(MediaError::Encode {
                format: self.format,
                detail: "sound that was not announced".to_owned(),
            });
        };
        let pushed = out.push(&mut self.muxer, &sound);
        self.wrote(pushed)
    }

    fn finish(mut self: Box<Self>) -> Result<(), MediaError> {
        self.drain()?;
        self.write_last()?;
        if let Some(mut out) = self.sound.take() {
            let finished = out.finish(&mut self.muxer);
            self.wrote(finished)?;
        }
        let ended = self.muxer.end();
        self.wrote(ended)?;
        match self.muxer.take_io_error() {
            Some(source) => Err(MediaError::Io { doing: "writing the output", source }),
            None => Ok(()),
        }
    }
}
