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
    detect::{Detector, Glance},
    error::{CleanError, DetectError},
    finding::{Class, Finding},
    frame::{Raw, Yuv},
};

/// A frame to be looked at.
pub(super) struct Question {
    /// Number of the frame.
    pub frame: u64,
    /// What for.
    pub class: Class,
    /// The frame; given back by dropping it before the answer is sent.
    pub picture: Arc<Yuv<Raw>>,
    /// Which look of the scene it is.
    pub glance: Glance,
}

/// What was seen.
pub(super) struct Answer {
    /// Number of the frame.
    pub frame: u64,
    /// What was looked for.
    pub class: Class,
    /// What was found.
    pub found: Vec<Finding>,
}

type Answered = Result<Answer, DetectError>;

/// Somebody who looks.
pub(super) enum Looks<'a> {
    /// At once, on the thread that asks.
    Inline { detectors: &'a [Box<dyn Detector>], answers: VecDeque<Answered> },
    /// On a thread of its own.
    Beside { questions: SyncSender<Question>, answers: Receiver<Answered> },
}

impl<'a> Looks<'a> {
    /// Looks on the thread that asks.
    pub fn inline(detectors: &'a [Box<dyn Detector>]) -> Self {
        Self::Inline { detectors, answers: VecDeque::new() }
    }

    /// Looks on a thread of `scope`, which ends when the result is dropped.
    pub fn beside<'scope>(
        detectors: &'scope [Box<dyn Detector>],
        scope: &'scope Scope<'scope, '_>,
    ) -> Looks<'static> {
        // Frames are held anyway until they are given away, so waiting questions cost nothing more.
        let (questions, asked) = sync_channel::<Question>(256);
        let (answer, answers) = sync_channel(256);
        scope.spawn(move || {
            for question in asked {
                if answer.send(look(detectors, question)).is_err() {
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
            Self::Inline { detectors, answers } => {
                answers.push_back(look(detectors, question));
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

fn look(detectors: &[Box<dyn Detector>], question: Question) -> Answered {
    let Question { frame, class, picture, glance } = question;
    let mut found = Vec::new();
    for detector in detectors.iter().filter(|d| d.class() == class) {
        found.extend(detector.glance(picture.as_ref(), glance)?);
    }
    drop(picture);
    Ok(Answer { frame, class, found })
}
