//! MPEG transport streams (ISO 13818-1) as libavformat writes them: three constant tables, one stream of pictures, at
//! most one of sound, every packet of them counted, every picture and frame of sound whole.

mod packet;
mod pes;
mod psi;

use super::{
    coded::{self, MAX_SAMPLE, Pictures},
    stream::{Refuted, Stream},
    timeline::{OnFrame, Timeline},
    video::VideoProof,
    violation::Fault,
};
use crate::clip::{Codec, TimeBase};
use packet::Packet;
use pes::Open;

const PICTURES: u16 = 0x100;
const SOUND: u16 = 0x101;

/// Clocks and times have 33 bits.
const WRAP: i64 = 1 << 33;

/// Furthest that the clock may be before the time of what is sent, in 90,000ths of a second: ten seconds.
const MAX_LEAD: i64 = 900_000;

/// A fault and where it is.
type Found = (u64, Fault);

pub(super) fn prove(stream: &mut Stream, sound: bool, on_frame: OnFrame) -> Result<VideoProof, Refuted> {
    let timeline = Timeline::new(on_frame, TimeBase { num: 1, den: 90_000 });
    let mut walk = TransportStream {
        timeline,
        sound,
        pictures: None,
        streams: None,
        tables: [false; 2],
        counters: [None; 5],
        open: [None, None],
        clock: None,
        channels: None,
        sound_pts: None,
    };
    stream.check(stream.left() > 0, Fault::Missing("a packet"))?;
    while stream.left() > 0 {
        let at = stream.pos();
        let bytes: [u8; packet::LENGTH] = stream.array("a packet")?;
        let packet = packet::read(&bytes).map_err(|fault| stream.fail_at(at, fault))?;
        walk.packet(&packet, at).map_err(|(at, fault)| stream.fail_at(at, fault))?;
    }
    for which in 0..2 {
        walk.close(which).map_err(|(at, fault)| stream.fail_at(at, fault))?;
    }
    stream.check(walk.tables == [true; 2], Fault::Missing("a table"))?;
    let Some(((shape, codec), has_sound)) =
        walk.pictures.as_ref().and_then(|p| Some((p.shape()?, p.codec()))).zip(walk.streams.map(|s| s.1))
    else {
        return Err(stream.fail(Fault::Missing("a picture")));
    };
    stream.check(walk.timeline.frames > 0, Fault::Missing("a picture"))?;
    stream.check(has_sound == walk.channels.is_some(), Fault::Missing("the sound"))?;
    Ok(VideoProof::new(&walk.timeline, shape, codec, walk.channels, None))
}

/// What was read of a stream.
struct TransportStream<'a> {
    timeline: Timeline<'a>,
    sound: bool,
    pictures: Option<Pictures>,
    /// The codec of the pictures, and whether there is sound.
    streams: Option<(Codec, bool)>,
    /// Whether the lists of programs and of services were there.
    tables: [bool; 2],
    /// The next counter of every stream.
    counters: [Option<u8>; 5],
    /// The picture and the sound whose packets are coming.
    open: [Option<Open>; 2],
    clock: Option<i64>,
    channels: Option<u8>,
    sound_pts: Option<i64>,
}

impl TransportStream<'_> {
    fn packet(&mut self, packet: &Packet, at: u64) -> Result<(), Found> {
        let here = |fault| (at, fault);
        let which = match packet.stream {
            psi::PROGRAMS => 0,
            psi::SERVICES => 1,
            psi::STREAMS => 2,
            PICTURES => 3,
            SOUND => 4,
            0x1FFF => return Err((at, Fault::Forbidden("a packet without content"))),
            _ => return Err((at, Fault::Forbidden("a stream of unknown kind"))),
        };
        let counter = &mut self.counters[which];
        if counter.is_some_and(|expected| expected != packet.counter) {
            return Err((at, Fault::Misplaced("a packet")));
        }
        *counter = Some((packet.counter + 1) & 0x0F);
        if which < 3 && (!packet.begins || packet.random_access || packet.clock.is_some()) {
            return Err((at, Fault::Value("the header of a packet")));
        }
        match which {
            0 => {
                self.tables[0] = true;
                psi::programs(packet.payload).map_err(here)
            }
            1 => {
                self.tables[1] = true;
                psi::services(packet.payload).map_err(here)
            }
            2 => self.streams(packet).map_err(here),
            _ => self.media(packet, at, which - 3),
        }
    }

    fn streams(&mut self, packet: &Packet) -> Result<(), Fault> {
        let streams = psi::streams(packet.payload)?;
        if streams.1 && !self.sound {
            return Err(Fault::Forbidden("a further track"));
        }
        if *self.streams.get_or_insert(streams) != streams {
            return Err(Fault::Value("the list of streams"));
        }
        if self.pictures.is_none() {
            self.pictures = Pictures::in_band(streams.0);
        }
        Ok(())
    }

    /// A packet of pictures or of sound.
    fn media(&mut self, packet: &Packet, at: u64, which: usize) -> Result<(), Found> {
        if self.streams.is_none_or(|(_, has_sound)| which == 1 && !has_sound) {
            return Err((at, Fault::Forbidden("a stream of unknown kind")));
        }
        if packet.begins {
            self.close(which)?;
            self.clock(packet.clock).map_err(|fault| (at, fault))?;
            let open = Open { at, random_access: packet.random_access, bytes: packet.payload.to_vec() };
            self.open[which] = Some(open);
            return Ok(());
        }
        let Some(open) = &mut self.open[which] else { return Err((at, Fault::Misplaced("a packet"))) };
        if packet.random_access || packet.clock.is_some() {
            return Err((at, Fault::Value("the adaptation field of a packet")));
        }
        if open.bytes.len() as u64 > MAX_SAMPLE {
            return Err((open.at, Fault::Value("a picture")));
        }
        open.bytes.extend_from_slice(packet.payload);
        Ok(())
    }

    /// The clock only goes forward.
    fn clock(&mut self, clock: Option<u64>) -> Result<(), Fault> {
        let Some(clock) = clock.map(|c| unwrapped(c as i64, self.clock.unwrap_or(c as i64))) else { return Ok(()) };
        if self.clock.is_some_and(|before| clock < before || clock - before > MAX_LEAD) {
            return Err(Fault::Value("the clock"));
        }
        self.clock = Some(clock);
        Ok(())
    }

    /// The picture or the sound whose last packet was read.
    fn close(&mut self, which: usize) -> Result<(), Found> {
        let Some(open) = self.open[which].take() else { return Ok(()) };
        let here = |fault| (open.at, fault);
        let (pts, payload) = open.payload(if which == 0 { 0xE0 } else { 0xC0 }).map_err(here)?;
        let clock = self.clock.ok_or((open.at, Fault::Missing("the clock")))?;
        let pts = unwrapped(pts, clock);
        if (pts - clock).abs() > MAX_LEAD {
            return Err((open.at, Fault::Value("a time")));
        }
        if which == 1 {
            let channels = coded::framed_aac(payload).map_err(here)?;
            let ordered = self.sound_pts.is_none_or(|before| before < pts);
            if !ordered || *self.channels.get_or_insert(channels) != channels {
                return Err((open.at, Fault::Value("the time of a frame of sound")));
            }
            self.sound_pts = Some(pts);
            return Ok(());
        }
        let pictures = self.pictures.as_mut().ok_or((open.at, Fault::Missing("the list of streams")))?;
        let key = pictures.delimited(payload).map_err(here)?;
        if key != open.random_access {
            return Err((open.at, Fault::Value("the adaptation field of a packet")));
        }
        self.timeline.frame(pts).map_err(here)
    }
}

/// The time with those 33 bits that is nearest to `near`.
const fn unwrapped(bits: i64, near: i64) -> i64 {
    near + (bits - near + WRAP / 2).rem_euclid(WRAP) - WRAP / 2
}
