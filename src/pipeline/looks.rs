//! Looking at frames beside everything else: detectors run on a thread of their own while frames are decoded, measured,
//! redacted and encoded on others. Answers come in the order in which they were asked for.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, TryRecvError, sync_channel},
    },
    thread::Scope,
};

use crate::{
    detect::{Detector, Glance, SecondLook},
    error::{CleanError, DetectError},
    finding::Finding,
    frame::{Raw, Yuv},
};

/// A frame to be looked at.
pub(super) struct Question {
    /// Number of the frame.
    pub frame: u64,
    /// Who is to look, as an index into the detectors.
    pub detector: usize,
    /// The frame; given back by dropping it before the answer is sent.
    pub picture: Arc<Yuv<Raw>>,
    /// Which look of the scene it is.
    pub glance: Glance,
}

/// What was seen.
pub(super) struct Answer {
    /// Number of the frame.
    pub frame: u64,
    /// Who looked.
    pub detector: usize,
    /// What was found.
    pub found: Vec<Finding>,
}

type Answered = Result<Answer, DetectError>;

/// Somebody who looks.
pub(super) enum Looks<'a> {
    /// At once, on the thread that asks.
    Inline { eyes: Eyes<'a>, answers: VecDeque<Answered> },
    /// On a thread of its own.
    Beside { questions: SyncSender<Question>, answers: Receiver<Answered> },
}

impl<'a> Looks<'a> {
    /// Looks on the thread that asks.
    pub fn inline(detectors: &'a [Box<dyn Detector>], second: Option<&'a SecondLook>) -> Self {
        Self::Inline { eyes: Eyes::new(detectors, second), answers: VecDeque::new() }
    }

    /// Looks on a thread of `scope`, which ends when the result is dropped.
    pub fn beside<'scope>(
        detectors: &'scope [Box<dyn Detector>],
        second: Option<&'scope SecondLook>,
        scope: &'scope Scope<'scope, '_>,
    ) -> Looks<'static> {
        // Frames are held anyway until they are given away, so waiting questions cost nothing more.
        let (questions, asked) = sync_channel::<Question>(256);
        let (answer, answers) = sync_channel(256);
        scope.spawn(move || {
            let mut eyes = Eyes::new(detectors, second);
            for question in asked {
                if answer.send(eyes.look(question)).is_err() {
                    break;
                }
            }
        });
        Looks::Beside { questions, answers }
    }

    /// Asks for a look.
    ///
    /// # Errors
    /// When nobody looks any more.
    pub fn ask(&mut self, question: Question) -> Result<(), CleanError> {
        match self {
            Self::Inline { eyes, answers } => {
                answers.push_back(eyes.look(question));
                Ok(())
            }
            Self::Beside { questions, .. } => questions.send(question).map_err(|_| CleanError::Interrupted),
        }
    }

    /// The next answer; `None` when there is none yet and `wait` is not asked for.
    ///
    /// # Errors
    /// When the detector failed.
    pub fn answer(&mut self, wait: bool) -> Result<Option<Answer>, CleanError> {
        let answered = match self {
            Self::Inline { answers, .. } => answers.pop_front(),
            Self::Beside { answers, .. } if wait => Some(answers.recv().map_err(|_| CleanError::Interrupted)?),
            Self::Beside { answers, .. } => match answers.try_recv() {
                Ok(answered) => Some(answered),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => return Err(CleanError::Interrupted),
            },
        };
        Ok(answered.transpose()?)
    }
}

/// The detectors, and what they remember of the scene.
pub(super) struct Eyes<'a> {
    detectors: &'a [Box<dyn Detector>],
    second: Option<&'a SecondLook>,
    /// Which way is up, as each detector saw last.
    up: Vec<u8>,
}

impl<'a> Eyes<'a> {
    fn new(detectors: &'a [Box<dyn Detector>], second: Option<&'a SecondLook>) -> Self {
        Self { detectors, second, up: vec![0; detectors.len()] }
    }

    fn look(&mut self, question: Question) -> Answered {
        let Question { frame, detector, picture, glance } = question;
        let up = &mut self.up[detector];
        if glance.number == 0 {
            *up = 0;
        }
        let glimpse = self.detectors[detector].glance(picture.as_ref(), Glance { up: *up, ..glance })?;
        *up = glimpse.up;
        let mut found = glimpse.found;
        if let Some(second) = self.second {
            found.extend(second.glance(picture.as_ref(), &found)?);
        }
        drop(picture);
        Ok(Answer { frame, detector, found })
    }
}
