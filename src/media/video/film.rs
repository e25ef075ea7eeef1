//! Packets in, pictures out in the order in which they are shown, with every missing or damaged one accounted for.
//! Separate from reading, because this is where "whole" is decided.

use std::collections::VecDeque;

use super::{
    av::{AvError, Codec, Decoder, Frame, Packet},
    damage::{Ledger, is_shown},
};
use crate::error::MediaError;

/// A picture, or the place of one that could not be decoded.
pub(super) struct Shown {
    pub(super) pts: Option<i64>,
    /// In ticks; 0 when unknown.
    pub(super) duration: i64,
    pub(super) picture: Option<Frame>,
}

/// The video track on its way through the decoder.
pub(super) struct Film {
    decoder: Decoder,
    codec: Codec,
    allow_damaged: bool,
    /// Pictures are stored as two fields, each with a time of its own.
    fields: bool,
    ledger: Ledger,
    /// Time of the packet with which decoding began; pictures before it need others that are not in the file.
    begun: Option<Option<i64>>,
    /// Since damage: waiting for a packet with which decoding can begin again.
    waiting: bool,
    /// Since then: pictures before this time still need damaged ones.
    resumed: Option<i64>,
    /// Something was damaged since the last whole picture.
    gap: bool,
    /// Pictures that a damaged one behind them could still spoil.
    held: VecDeque<Frame>,
    ready: VecDeque<Shown>,
    last_end: Option<i64>,
    /// Pictures and places given out.
    pub(super) shown: u64,
    /// Packets that the container may count and that no player shows.
    pub(super) excused: u64,
}

pub(super) fn damaged(detail: impl std::fmt::Display) -> MediaError {
    MediaError::Damaged { format: "video", detail: detail.to_string() }
}

impl Film {
    pub(super) fn new(decoder: Decoder, codec: Codec, fields: bool, allow_damaged: bool) -> Self {
        Self {
            decoder,
            codec,
            allow_damaged,
            fields,
            ledger: Ledger::default(),
            begun: None,
            waiting: false,
            resumed: None,
            gap: false,
            held: VecDeque::new(),
            ready: VecDeque::new(),
            last_end: None,
            shown: 0,
            excused: 0,
        }
    }

    /// The next picture, if one is ready.
    pub(super) fn next(&mut self) -> Option<Shown> {
        self.ready.pop_front()
    }

    /// End of the last picture given out, as the container counts.
    pub(super) fn end_ticks(&self) -> Option<i64> {
        self.last_end
    }

    /// Takes a packet of the track.
    pub(super) fn packet(&mut self, packet: &Packet) -> Result<(), MediaError> {
        // An empty packet would tell the decoder that the film is over; AVI has them for "the same picture again".
        if packet.data().is_empty() || (self.begun.is_none() && !packet.is_key()) {
            self.excused += u64::from(!packet.is_hidden());
            return Ok(());
        }
        self.begun.get_or_insert(packet.pts());
        if !packet.is_hidden() {
            match packet.pts() {
                _ if !is_shown(self.codec, packet.data()) => self.excused += 1,
                Some(pts) if !self.ledger.expect(pts, packet.duration()) => {
                    return Err(damaged("frames go in and none comes out"));
                }
                _ => {}
            }
        }
        if packet.is_corrupt() {
            return self.interrupted("a packet is incomplete");
        }
        if self.waiting {
            if !packet.is_key() {
                return Ok(());
            }
            (self.waiting, self.resumed) = (false, packet.pts());
        }
        loop {
            match self.decoder.send(Some(packet)) {
                Ok(()) => break,
                Err(e) if e.is_again() => {
                    if !self.receive()? {
                        return Err(damaged("the decoder takes nothing and gives nothing"));
                    }
                }
                Err(e) => return self.spoilt(e),
            }
        }
        self.receive().map(drop)
    }

    /// The track is over.
    pub(super) fn finish(&mut self) -> Result<(), MediaError> {
        self.drain()?;
        while let Some(frame) = self.held.pop_front() {
            self.give(frame)?;
        }
        let missing = self.ledger.close();
        self.missing(missing, true)
    }

    /// Takes everything out of the decoder, which must be reset before it is used again.
    fn drain(&mut self) -> Result<(), MediaError> {
        match self.decoder.send(None) {
            Ok(()) | Err(AvError::END) => {}
            Err(e) => self.spoilt(e)?,
        }
        self.receive().map(drop)
    }

    /// Notes that data is damaged from here on: an error, or else nothing is trusted until decoding can begin again.
    pub(super) fn spoilt(&mut self, what: impl std::fmt::Display) -> Result<(), MediaError> {
        if !self.allow_damaged {
            return Err(damaged(what));
        }
        // Pictures that are still inside, or wait for those that are shown before them, may already have been made
        // from damaged ones: they all become black, too.
        self.held.clear();
        self.decoder.reset();
        (self.waiting, self.gap) = (true, true);
        Ok(())
    }

    /// Notes that packets are missing from here on. What went in before was whole, and is still given out.
    pub(super) fn interrupted(&mut self, what: impl std::fmt::Display) -> Result<(), MediaError> {
        if self.allow_damaged && !self.waiting {
            self.drain()?;
            while let Some(frame) = self.held.pop_front() {
                self.give(frame)?;
            }
        }
        self.spoilt(what)
    }

    /// Takes what the decoder has. Whether there was anything.
    fn receive(&mut self) -> Result<bool, MediaError> {
        let mut any = false;
        loop {
            match self.decoder.receive() {
                Ok(None) => return Ok(any),
                Ok(Some(frame)) => {
                    any = true;
                    self.take(frame)?;
                }
                Err(e) => {
                    self.spoilt(e)?;
                    return Ok(true);
                }
            }
        }
    }

    fn take(&mut self, frame: Frame) -> Result<(), MediaError> {
        if frame.is_hidden() {
            return Ok(());
        }
        if frame.is_damaged() {
            return self.spoilt("a frame was decoded only in part");
        }
        let early = |from: i64| frame.pts().is_some_and(|pts| pts < from);
        if self.waiting || self.resumed.is_some_and(early) {
            return Ok(());
        }
        self.held.push_back(frame);
        let hold = if self.allow_damaged { self.decoder.reorder() } else { 0 };
        while self.held.len() > hold {
            let Some(frame) = self.held.pop_front() else { break };
            self.give(frame)?;
        }
        Ok(())
    }

    /// Gives out a whole picture, and before it the places of those that are missing.
    fn give(&mut self, frame: Frame) -> Result<(), MediaError> {
        let (pts, duration) = (frame.pts(), frame.duration());
        if let Some(pts) = pts {
            let missing = self.ledger.shown(pts);
            self.missing(missing, false)?;
            self.bridge(pts);
            self.gap = false;
            self.last_end = Some(pts.saturating_add(duration));
        }
        self.shown += 1;
        self.ready.push_back(Shown { pts, duration, picture: Some(frame) });
        Ok(())
    }

    /// Accounts for frames that did not come, though later ones did; `over`: nor can they come any more. Until then
    /// they may still do, in a file whose times are in another order than its pictures.
    fn missing(&mut self, missing: Vec<(i64, i64)>, over: bool) -> Result<(), MediaError> {
        for (pts, duration) in missing {
            // Shown before the first frame that can be decoded alone, so it needs frames that the file does not have.
            let leads = self.begun.flatten().is_some_and(|begun| pts < begun);
            // The second field of the picture before it.
            let second = self.fields && self.last_end.is_some_and(|end| pts < end);
            if leads || second {
                self.excused += 1;
            } else if self.allow_damaged {
                self.place(pts, duration);
            } else if over {
                return Err(damaged("a frame could not be decoded"));
            } else {
                self.ledger.expect(pts, duration);
            }
        }
        Ok(())
    }

    /// Gives out the place of a picture that is missing.
    pub(super) fn place(&mut self, pts: i64, duration: i64) {
        self.bridge(pts);
        self.shown += 1;
        self.last_end = Some(pts.saturating_add(duration));
        self.ready.push_back(Shown { pts: Some(pts), duration, picture: None });
    }

    /// Since damage: what is not accounted for up to `pts`, because its packets were lost whole or had no time, is a
    /// place of its own. Without it the last whole picture would be shown on.
    fn bridge(&mut self, pts: i64) {
        if let Some(end) = self.last_end.filter(|&end| self.gap && end < pts) {
            self.shown += 1;
            self.ready.push_back(Shown { pts: Some(end), duration: pts - end, picture: None });
        }
    }
}
