//! From whatever a decoder gives to upright 8-bit 4:2:0 planes of limited range, and where high dynamic range is kept to
//! such planes of ten bits beside them. Where no filter is needed, planes are copied and none runs.

use std::collections::VecDeque;

use super::{
    av::{AvError, Frame, Graph, VideoPad},
    look::Look,
    turn::Turn,
};
use crate::{
    error::MediaError,
    frame::{Deep, HdrTransfer, Matrix, Raw, Yuv},
    geom::{PxRect, Size},
};

/// The way to the frame in high dynamic range that is kept beside.
struct Beside {
    transfer: HdrTransfer,
    /// Absent where the samples are right as they are.
    graph: Option<Graph>,
    /// Done, and waiting for those of standard range.
    done: VecDeque<Frame>,
}

impl Beside {
    fn push(&mut self, frame: Frame) -> Result<(), AvError> {
        match &mut self.graph {
            Some(graph) => graph.push(Some(frame))?,
            None => self.done.push_back(frame),
        }
        self.pull()
    }

    fn pull(&mut self) -> Result<(), AvError> {
        if let Some(graph) = &mut self.graph {
            while let Some(frame) = graph.pull()? {
                self.done.push_back(frame);
            }
        }
        Ok(())
    }

    fn drain(&mut self) -> Result<(), AvError> {
        if let Some(graph) = &mut self.graph {
            graph.push(None)?;
        }
        self.pull()
    }
}

/// Makes frames of a decoder into frames of ours, all of one size. `T` is what belongs to a frame and comes out with it.
pub(super) struct Shaper<T> {
    /// Size before turning, and the matrix: both of the first frame.
    size: Size,
    matrix: Matrix,
    /// What of it is shown, before turning.
    shown: PxRect,
    turn: Turn,
    interlaced: bool,
    /// High dynamic range that is kept beside.
    hdr: Option<HdrTransfer>,
    current: Option<(Look, Option<Graph>)>,
    beside: Option<Beside>,
    inside: VecDeque<T>,
    /// Frames that went through filters; serves them as a clock.
    count: i64,
}

fn failed(error: AvError) -> MediaError {
    MediaError::UnsupportedFeature {
        format: "video",
        feature: format!("a form of picture that cannot be converted ({error})"),
    }
}

impl<T> Shaper<T> {
    /// `shown`: the part of the first frame that goes out. `hdr`: what of high dynamic range is kept beside; only where the
    /// first frame has it.
    pub(super) fn new(first: &Look, shown: PxRect, turn: Turn, hdr: Option<HdrTransfer>) -> Self {
        let (size, matrix, interlaced) = (first.size, first.matrix(), first.interlaced);
        let inside = VecDeque::new();
        Self { size, matrix, shown, turn, interlaced, hdr, current: None, beside: None, inside, count: 0 }
    }

    /// Takes a frame; gives what is done, in order.
    pub(super) fn push(&mut self, frame: Frame, with: T) -> Result<Vec<(Yuv<Raw>, T)>, MediaError> {
        let mut look = Look::of(&frame);
        // Once a frame was interlaced the chain stays, since frames of both kinds take turns.
        self.interlaced |= look.interlaced;
        look.interlaced = self.interlaced;
        let change = |what| {
            let feature = format!("a change of its {what}");
            Err(MediaError::UnsupportedFeature { format: "video", feature })
        };
        if look.matrix() != self.matrix {
            return change("colour matrix");
        }
        if self.hdr.is_some() && look.hdr() != self.hdr {
            return change("dynamic range, which is to be kept");
        }
        let mut done = Vec::new();
        if self.current.as_ref().is_none_or(|(current, _)| *current != look) {
            done = self.drain()?;
            let (Size { width, height }, format) = (look.size, look.format);
            let pad = VideoPad { width, height, format, time_base: (1, 1000) };
            let made = |chain: Option<String>| chain.map(|chain| Graph::video(&pad, &chain)).transpose();
            let graph = made(look.chain(self.size)).map_err(failed)?;
            if let Some(transfer) = self.hdr {
                let graph = made(look.deep_chain(self.size)).map_err(failed)?;
                self.beside = Some(Beside { transfer, graph, done: VecDeque::new() });
            }
            self.current = Some((look, graph));
        }
        match &mut self.current {
            Some((_, Some(graph))) => {
                self.inside.push_back(with);
                let mut frame = frame;
                // Times take another way, because filters may change the clock; these only have to increase.
                self.count += 1;
                frame.set_pts(self.count);
                if let Some(beside) = &mut self.beside {
                    frame.again().and_then(|again| beside.push(again)).map_err(failed)?;
                }
                graph.push(Some(frame)).map_err(failed)?;
                self.pull(&mut done)?;
            }
            _ => done.push((self.upright(&frame)?, with)),
        }
        Ok(done)
    }

    /// Takes what filters still hold.
    pub(super) fn drain(&mut self) -> Result<Vec<(Yuv<Raw>, T)>, MediaError> {
        let mut done = Vec::new();
        if let Some((_, Some(graph))) = &mut self.current {
            graph.push(None).map_err(failed)?;
            if let Some(beside) = &mut self.beside {
                beside.drain().map_err(failed)?;
            }
            self.pull(&mut done)?;
        }
        (self.current, self.beside) = (None, None);
        if self.inside.is_empty() { Ok(done) } else { Err(failed(AvError::INVALID)) }
    }

    fn pull(&mut self, done: &mut Vec<(Yuv<Raw>, T)>) -> Result<(), MediaError> {
        while let Some((_, Some(graph))) = &mut self.current {
            let Some(frame) = graph.pull().map_err(failed)? else { break };
            let with = self.inside.pop_front().ok_or_else(|| failed(AvError::INVALID))?;
            let mut yuv = self.upright(&frame)?;
            if let Some(beside) = &mut self.beside {
                let deep =
                    beside.done.pop_front().and_then(|frame| deep(&frame, self.shown, self.turn, beside.transfer));
                yuv = deep.and_then(|deep| yuv.with_deep(deep)).ok_or_else(|| failed(AvError::INVALID))?;
            }
            done.push((yuv, with));
        }
        Ok(())
    }

    fn upright(&self, frame: &Frame) -> Result<Yuv<Raw>, MediaError> {
        let plane = |index| {
            let place = place(index, self.shown);
            let plane = frame.plane(index, place)?;
            Some(if self.turn.is_none() { plane } else { self.turn.plane(&plane, place.size()) })
        };
        let planes = || Some([plane(0)?, plane(1)?, plane(2)?]);
        planes()
            .and_then(|planes| Yuv::new(self.turn.size(self.shown.size()), self.matrix, planes))
            .ok_or_else(|| failed(AvError::INVALID))
    }
}

fn deep(frame: &Frame, shown: PxRect, turn: Turn, transfer: HdrTransfer) -> Option<Deep<Raw>> {
    let plane = |index| {
        let place = place(index, shown);
        Some(turn.plane(&frame.deep_plane(index, place)?, place.size()))
    };
    Deep::new(turn.size(shown.size()), transfer, [plane(0)?, plane(1)?, plane(2)?])
}

/// Where in a plane lies what is shown, which begins with a whole sample of colour.
fn place(index: usize, shown: PxRect) -> PxRect {
    if index == 0 {
        return shown;
    }
    PxRect { x0: shown.x0 / 2, y0: shown.y0 / 2, x1: shown.x1.div_ceil(2), y1: shown.y1.div_ceil(2) }
}
