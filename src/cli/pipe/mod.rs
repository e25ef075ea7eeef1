//! `safepost pipe`: a video in on standard input, the same video out on standard output, safe to post. Standard output
//! carries nothing but media; everything that is said goes to standard error.

mod args;
mod out;

use std::{
    io::{self, Cursor, IsTerminal, Read},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

use self::out::{Form, Out};
use super::{Exit, Fatal, args::RuntimeArgs, device::other_than_cpu, print::count, setup};
use crate::{
    batch::Boxes,
    error::{CleanError, MediaError},
    media::video::{self, Input, RawForm, Target, VideoInfo, VideoSource, Y4mHeader},
    pipeline::{Cleaner, CreateSink, FrameNote, Notes, Observer, Step, VideoReport},
    policy::{Checks, Depth, Policy},
};

pub use args::PipeArgs;

/// Enough to tell Y4M from everything else.
const HEAD_BYTES: u64 = 10;
/// How long a stage may take to notice that it should stop, before it is left behind; it may be waiting for input that
/// never comes.
const GRACE: Duration = Duration::from_secs(1);

/// Stops at the next step once the user asked for it.
struct Stop(Arc<AtomicBool>);

impl Observer for Stop {
    fn step(&self, _: Step) -> Result<(), CleanError> {
        if self.0.load(Ordering::Relaxed) { Err(CleanError::Interrupted) } else { Ok(()) }
    }
}

/// What the waiting thread is told.
enum Told {
    Done(Box<thread::Result<Result<VideoReport, CleanError>>>),
    Interrupted,
}

pub fn run(args: PipeArgs, runtime: &RuntimeArgs) -> Result<Exit, Fatal> {
    if io::stdout().is_terminal() {
        return Err(Fatal::Terminal { which: "output", advice: "pipe it into a player or a file" });
    }
    if io::stdin().is_terminal() {
        return Err(Fatal::Terminal { which: "input", advice: "pipe a video into it, or use `safepost clean`" });
    }
    let mut policy = setup::policy(&args.policy)?;
    policy.video.container = args.container().unwrap_or(policy.video.container);
    policy.check()?;
    // Nobody stays in a stream, so nobody needs to be recognised; what leaves is not looked at again.
    let covers_all = policy.consent.take().is_some();
    policy.verify = Checks { stills: Depth::Off, videos: Depth::Off };
    if covers_all && !args.quiet {
        eprintln!(
            "Every face is covered, also of people who agreed to be seen: a stream leaves before it is known whole."
        );
    }
    let asked = Arc::new(AtomicBool::new(false));
    let (tell, told) = channel();
    interruptible(&asked, tell.clone())?;
    let cleaner = Cleaner::new(policy, &setup::runtime(runtime, 1))?.observed_by(Arc::new(Stop(asked)));
    let boxes = args.boxes.as_deref().map(Boxes::create).transpose().map_err(Fatal::Boxes)?;
    let quiet = args.quiet;
    let out = Out::stdout();
    let pipe = Pipe { args, cleaner, out: out.clone() };
    let work = thread::spawn(move || {
        let done = pipe.run(io::stdin(), boxes.as_ref());
        match boxes.map(|boxes| boxes.finish()) {
            Some(Err(error)) => done.and(Err(error.into())),
            _ => done,
        }
    });
    thread::spawn(move || {
        // Nobody waits any more after an interrupt.
        let _ = tell.send(Told::Done(Box::new(work.join())));
    });
    let ended = match told.recv() {
        Ok(Told::Done(done)) => Some(done),
        // The rest is left to end with the process.
        Ok(Told::Interrupted) | Err(_) => match told.recv_timeout(GRACE) {
            Ok(Told::Done(done)) => Some(done),
            Ok(Told::Interrupted) | Err(_) => None,
        },
    };
    let ended = match ended.map(|done| *done) {
        Some(Ok(done)) => done,
        Some(Err(panic)) => {
            out.tear();
            std::panic::resume_unwind(panic)
        }
        None => Err(CleanError::Interrupted),
    };
    Ok(told_to_person(ended, &out, quiet))
}

fn interruptible(asked: &Arc<AtomicBool>, tell: Sender<Told>) -> Result<(), ctrlc::Error> {
    let asked = Arc::clone(asked);
    ctrlc::set_handler(move || {
        asked.store(true, Ordering::Relaxed);
        // Whoever waited is gone only when everything is over.
        let _ = tell.send(Told::Interrupted);
    })
}

/// Says how it ended, and makes sure that what failed does not look whole.
fn told_to_person(ended: Result<VideoReport, CleanError>, out: &Out, quiet: bool) -> Exit {
    let error = match ended {
        Ok(report) => {
            if !quiet {
                eprintln!("{}", summary(&report));
            }
            return Exit::Clean;
        }
        Err(error) => error,
    };
    let begun = out.tear();
    if matches!(&error, CleanError::Media(MediaError::Io { source, .. }) if source.kind() == io::ErrorKind::BrokenPipe)
    {
        // Whoever read the output had enough: `head` and players do that.
        return Exit::Failed;
    }
    let said = match &error {
        CleanError::Interrupted => "interrupted".to_owned(),
        CleanError::Media(MediaError::Empty) => "standard input is empty".to_owned(),
        CleanError::Media(error @ MediaError::Unsupported { .. }) => {
            format!("{error}; raw frames need --raw WxH --pix-fmt LAYOUT --fps N")
        }
        error => error.to_string(),
    };
    let then = if begun { "\nWhat was written until then is not whole: discard it." } else { "" };
    eprintln!("FAILED: {said}{then}");
    Exit::Failed
}

fn summary(report: &VideoReport) -> String {
    let found: Vec<_> =
        report.tracks.iter().map(|(class, n)| count(*n as usize, class.name(), class.plural())).collect();
    format!(
        "{} ({:.2} s): {}\nNo detector finds everything: watch the output before you post it.",
        count(report.frames as usize, "frame", "frames"),
        report.duration_us as f64 / 1e6,
        found.join(", ")
    )
}

/// One stream on its way.
struct Pipe {
    args: PipeArgs,
    cleaner: Cleaner,
    out: Out,
}

/// A stream that comes in, and in which form it goes out.
enum Opened {
    Container(Box<dyn VideoSource>),
    Y4m(Box<dyn VideoSource>, Y4mHeader),
    Raw(Box<dyn VideoSource>, RawForm),
}

impl Pipe {
    fn run(&self, mut input: impl Read + Send + 'static, boxes: Option<&Boxes>) -> Result<VideoReport, CleanError> {
        let mut head = Vec::new();
        let io = |source| MediaError::Io { doing: "reading the input", source };
        input.by_ref().take(HEAD_BYTES).read_to_end(&mut head).map_err(io)?;
        if head.is_empty() {
            return Err(MediaError::Empty.into());
        }
        let is_y4m = video::is_y4m(&head);
        let opened = self.open(Box::new(Cursor::new(head).chain(input)), is_y4m)?;
        let options = &self.cleaner.policy().video;
        let wanted = self.args.container();
        let target = || Box::new(self.out.clone());
        let (source, form, mut create): (_, _, Box<CreateSink<'_>>) = match opened {
            Opened::Y4m(source, header) if wanted.is_none() => {
                (source, Form::Y4m, Box::new(move |info| video::create_y4m(target(), &header, info)))
            }
            Opened::Raw(source, raw) if wanted.is_none() => {
                (source, Form::Raw, Box::new(move |info| video::create_raw(target(), raw, info)))
            }
            Opened::Y4m(_, Y4mHeader { full_range: Some(true), .. }) => {
                let feature = "samples of full range, which containers are not written with".to_owned();
                return Err(MediaError::UnsupportedFeature { format: "Y4M", feature }.into());
            }
            Opened::Container(source) | Opened::Y4m(source, _) | Opened::Raw(source, _) => {
                let create = move |info: &VideoInfo| video::create(Target::Stream(target()), info, options);
                (source, Form::Container(options.container), Box::new(create))
            }
        };
        self.out.begin(form);
        if !self.args.quiet {
            eprintln!("{}", self.announced(source.as_ref(), form));
        }
        let mut write = |note: &FrameNote<'_>| boxes.map_or(Ok(()), |boxes| boxes.frame(0, note));
        let notes: Option<&mut Notes<'_>> = if boxes.is_some() { Some(&mut write) } else { None };
        self.cleaner.clean_stream(source, &mut *create, notes)
    }

    fn open(&self, input: Box<dyn Read + Send>, is_y4m: bool) -> Result<Opened, MediaError> {
        let Policy { video: options, span, limits, .. } = self.cleaner.policy();
        if let Some(form) = self.args.raw_form() {
            return Ok(Opened::Raw(video::open_raw(input, form, options, *span, limits)?, form));
        }
        if is_y4m || self.args.y4m {
            let (source, header) = video::open_y4m(input, options, *span, limits)?;
            return Ok(Opened::Y4m(source, header));
        }
        Ok(Opened::Container(video::open(Input::Stream(input), options, *span, limits)?))
    }

    fn announced(&self, source: &dyn VideoSource, form: Form) -> String {
        let (info, delay) = (source.info(), self.cleaner.delay(source));
        let pieces = match form {
            Form::Container(container) if container != crate::clip::Container::Ts => " and pieces of 500 ms",
            Form::Container(_) | Form::Y4m | Form::Raw => "",
        };
        let mut text = format!(
            "{}, {}x{}, {:.2} frames a second; delay {} frames ({} ms), at most {} ({} ms){pieces}",
            info.coding,
            info.size.width,
            info.size.height,
            delay.rate,
            delay.look_ahead,
            delay.ms(delay.look_ahead),
            delay.most,
            delay.ms(delay.most),
        );
        if let Some(device) = other_than_cpu(self.cleaner.device()) {
            text.push_str(&format!("; networks on {device}"));
        }
        if !info.dropped.is_empty() {
            text.push_str("; left behind: ");
            text.push_str(&info.dropped.join(", "));
        }
        text
    }
}
