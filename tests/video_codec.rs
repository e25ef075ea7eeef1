//! Foreign videos read through the public interface: frames, times, turns, colours, damage and what is left behind. The
//! videos are described in `tests/fixtures/film/README.md`.
#![cfg(feature = "video")]

use std::path::{Path, PathBuf};

use safepost::{
    clip::{Audio, Span, TimeBase, VideoOptions},
    error::MediaError,
    frame::{Raw, TimedYuv},
    limits::Limits,
    media::video::{Input, Unit, VideoInfo, open},
};

const RED: [u8; 3] = [81, 90, 240];
const LIME: [u8; 3] = [145, 54, 34];
const BLUE: [u8; 3] = [41, 240, 110];
const WHITE: [u8; 3] = [235, 128, 128];

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/film").join(name)
}

/// Everything that a source gives.
struct Film {
    info: VideoInfo,
    frames: Vec<TimedYuv<Raw>>,
    black: Vec<(i64, i64)>,
    /// Where each piece of sound begins, and the samples of all.
    sound: (Vec<i64>, Vec<f32>),
}

impl Film {
    fn read(input: Input<'_>, options: &VideoOptions, span: Span) -> Result<Self, MediaError> {
        let mut source = open(input, options, span, &Limits::default())?;
        let info = source.info().clone();
        let mut film = Film { info, frames: Vec::new(), black: Vec::new(), sound: Default::default() };
        while let Some(unit) = source.next_unit()? {
            match unit {
                Unit::Frame(frame) => film.frames.push(frame),
                Unit::Damaged { pts, duration } => film.black.push((pts, duration)),
                Unit::Sound(piece) => {
                    film.sound.0.push(piece.at);
                    film.sound.1.extend(piece.samples);
                }
            }
        }
        Ok(film)
    }

    fn of(name: &str) -> Self {
        Self::with(name, &VideoOptions::default(), Span::default())
    }

    fn with(name: &str, options: &VideoOptions, span: Span) -> Self {
        Self::read(Input::File(&fixture(name)), options, span).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    fn times(&self) -> Vec<(i64, i64)> {
        self.frames.iter().map(|f| (f.pts, f.duration)).collect()
    }

    /// The middles of the quarters of a frame: top left, top right, bottom left, bottom right.
    fn quarters(&self, number: usize) -> [[u8; 3]; 4] {
        let (frame, size) = (&self.frames[number].frame, self.info.size);
        let (w, h) = (size.width as usize, size.height as usize);
        // Above the middle of the lower quarters and below that of the upper ones runs the black square.
        [(w / 4, h / 8), (w * 3 / 4, h / 8), (w / 4, h * 7 / 8), (w * 3 / 4, h * 7 / 8)].map(|(x, y)| {
            let chroma = y / 2 * w.div_ceil(2) + x / 2;
            let [luma, cb, cr] = frame.planes();
            [luma[y * w + x], cb[chroma], cr[chroma]]
        })
    }

    fn assert_quarters(&self, name: &str, want: [[u8; 3]; 4]) {
        for number in 0..self.frames.len() {
            for (got, want) in self.quarters(number).iter().zip(want) {
                let near = got.iter().zip(want).all(|(a, b)| a.abs_diff(b) < 12);
                assert!(near, "{name}, frame {number}: {:?}, not {want:?}", self.quarters(number));
            }
        }
    }
}

fn regular(count: i64, ticks: i64) -> Vec<(i64, i64)> {
    (0..count).map(|i| (i * ticks, ticks)).collect()
}

fn damaged(name: &str) -> String {
    match Film::read(Input::File(&fixture(name)), &VideoOptions::default(), Span::default()) {
        Err(MediaError::Damaged { detail, .. }) => detail,
        Err(other) => panic!("{name}: {other}"),
        Ok(film) => panic!("{name}: {} frames came out of a damaged file", film.frames.len()),
    }
}

#[test]
fn every_container_and_codec_gives_all_frames_upright_at_their_times() {
    let cases = [
        ("plain.mp4", "MP4, H.264", 10, 512, (92, 60)),
        ("fragmented.mp4", "MP4, H.264", 10, 512, (92, 60)),
        ("everything.mkv", "Matroska, H.264", 10, 40, (92, 60)),
        ("messages.mp4", "MP4, H.264", 10, 512, (92, 60)),
        ("tracks.mp4", "MP4, H.264", 10, 512, (92, 60)),
        ("vp9.webm", "WebM, VP9", 6, 40, (92, 60)),
        ("vp8-hidden-frames.webm", "WebM, VP8", 12, 40, (92, 60)),
        ("av1.mp4", "MP4, AV1", 6, 512, (96, 64)),
        ("motion-jpeg.avi", "AVI, Motion JPEG", 5, 1, (92, 60)),
        ("mpeg4.avi", "AVI, MPEG-4", 10, 1, (92, 60)),
        ("h263.3gp", "MP4, H.263", 5, 512, (176, 144)),
        ("sound.ts", "MPEG-TS, H.264", 10, 3600, (92, 60)),
        ("odd.webm", "WebM, VP9", 4, 40, (91, 61)),
    ];
    for (name, coding, count, ticks, size) in cases {
        let film = Film::of(name);
        assert_eq!(film.info.coding, coding);
        assert_eq!((film.info.size.width, film.info.size.height), size, "{name}");
        assert_eq!(film.times(), regular(count, ticks), "{name}");
        assert!(film.info.frames.is_none_or(|promised| promised == count as u64), "{name}: {:?}", film.info.frames);
        film.assert_quarters(name, [RED, LIME, BLUE, WHITE]);
    }
}

#[test]
fn display_matrices_are_applied_to_pixels() {
    let cases = [
        ("turned-90.mp4", [BLUE, RED, WHITE, LIME]),
        ("turned-180.mp4", [WHITE, BLUE, LIME, RED]),
        ("turned-270.mp4", [LIME, WHITE, RED, BLUE]),
        ("mirrored.mp4", [LIME, RED, WHITE, BLUE]),
    ];
    for (name, want) in cases {
        let film = Film::of(name);
        let lies = matches!(name, "turned-90.mp4" | "turned-270.mp4");
        assert_eq!((film.info.size.width, film.info.size.height), if lies { (60, 92) } else { (92, 60) });
        film.assert_quarters(name, want);
    }
}

#[test]
fn the_shape_of_pixels_turns_with_the_picture() {
    assert_eq!(Film::of("wide-pixels.mp4").info.pixel_aspect, (3, 4));
    assert_eq!(Film::of("plain.mp4").info.pixel_aspect, (1, 1));
}

#[test]
fn irregular_times_are_kept_exactly() {
    let film = Film::of("variable-rate.mp4");
    assert_eq!(film.info.time_base, TimeBase { num: 1, den: 600 });
    let starts: Vec<i64> = (0..10).map(|n| n * 24 + 17 * (n / 4) + 600 * (n / 7)).collect();
    assert_eq!(film.times().iter().map(|t| t.0).collect::<Vec<_>>(), starts);
    assert!(film.times().windows(2).all(|w| w[0].0 + w[0].1 == w[1].0), "a frame lasts until the next");
}

#[test]
fn what_an_edit_list_hides_is_neither_given_nor_unmentioned() {
    let film = Film::of("hidden-lead-in.mp4");
    assert_eq!(film.times(), regular(10, 512));
    film.assert_quarters("hidden-lead-in.mp4", [BLUE; 4]);
    assert_eq!(film.info.dropped, ["10 frames hidden by an edit list"]);
}

#[test]
fn interlaced_frames_come_out_whole_one_for_one() {
    let film = Film::of("interlaced.mp4");
    assert_eq!(film.times(), regular(10, 512));
}

#[test]
fn reference_white_of_hdr_is_bright_and_neutral() {
    let film = Film::of("hdr-pq.mp4");
    assert_eq!((film.info.coding.as_str(), film.frames.len()), ("MP4, HEVC", 3));
    film.assert_quarters("hdr-pq.mp4", [[202, 128, 128]; 4]);
}

#[test]
fn every_other_track_is_named_and_left() {
    let dropped = |name| Film::of(name).info.dropped;
    assert_eq!(dropped("everything.mkv"), ["a subtitle track", "an attached file", "a chapter mark"]);
    let tracks = dropped("tracks.mp4");
    for part in ["a further video track", "timed metadata track", "a cover picture"] {
        assert!(tracks.iter().any(|d| d.contains(part)), "{part} is not in {tracks:?}");
    }
    assert_eq!(dropped("sound.ts"), ["an audio track"]);
    assert!(dropped("plain.mp4").is_empty());
    let words = format!("{tracks:?}{:?}", dropped("everything.mkv"));
    assert!(!words.contains("CANARY"));
}

#[test]
fn a_cut_file_fails_wherever_its_index_lies() {
    for name in ["cut-short.mp4", "cut-short.mkv"] {
        damaged(name);
    }
    let whole = std::fs::read(fixture("plain.mp4")).expect("the fixture is there");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("cut");
    for end in [whole.len() - 1, whole.len() / 2, 40] {
        std::fs::write(&path, &whole[..end]).expect("it is written");
        let read = Film::read(Input::File(&path), &VideoOptions::default(), Span::default());
        assert!(read.is_err(), "cut at {end} of {}", whole.len());
    }
}

#[test]
fn damage_in_the_middle_fails_or_becomes_black_in_its_time() {
    damaged("corrupt-group.mp4");
    let whole = Film::of("groups.mp4");
    let options = VideoOptions { allow_damaged: true, ..VideoOptions::default() };
    let film = Film::with("corrupt-group.mp4", &options, Span::default());
    let mut all: Vec<_> = film.times();
    all.extend(&film.black);
    all.sort_unstable();
    assert_eq!(all, whole.times(), "every frame is there, as itself or black");
    assert!((10..=16).contains(&film.black.len()), "{} black", film.black.len());
    let group = 10 * 512..20 * 512;
    assert!(film.times().iter().all(|(pts, _)| !group.contains(pts)), "nothing of the damaged group is shown");
    for frame in &film.frames {
        let same = whole.frames.iter().find(|f| f.pts == frame.pts).expect("the time exists");
        assert_eq!(frame.frame.planes(), same.frame.planes(), "at {}: pixels were invented", frame.pts);
    }
}

#[test]
fn a_cut_file_keeps_its_length_when_damage_is_allowed() {
    let options = VideoOptions { allow_damaged: true, ..VideoOptions::default() };
    for (name, end) in [("cut-short.mp4", 5120), ("cut-short.mkv", 400)] {
        let film = Film::with(name, &options, Span::default());
        let last = film.black.last().expect("the end is black");
        assert_eq!(last.0 + last.1, end, "{name}");
        assert!(!film.frames.is_empty());
    }
}

#[test]
fn a_span_is_cut_out_exactly() {
    let span = Span { from_us: 100_000, to_us: Some(250_000) };
    let film = Film::with("plain.mp4", &VideoOptions::default(), span);
    assert_eq!(film.times(), [(0, 512), (512, 512), (1024, 512), (1536, 128)]);
    let whole = Film::of("plain.mp4");
    assert_eq!(film.frames[0].frame.planes(), whole.frames[3].frame.planes());
}

/// First and last sample that is heard.
fn heard(samples: &[f32]) -> (usize, usize) {
    let loud = |v: &f32| v.abs() > 0.1;
    (samples.iter().position(loud).unwrap_or(0), samples.iter().rposition(loud).unwrap_or(0))
}

#[test]
fn sound_is_dropped_kept_or_disguised_where_it_was() {
    assert!(Film::of("beep.mp4").sound.1.is_empty());
    for (audio, slack) in [(Audio::Keep, 24), (Audio::Disguise, 720)] {
        let options = VideoOptions { audio, ..VideoOptions::default() };
        let film = Film::with("beep.mp4", &options, Span::default());
        assert_eq!(film.info.sound.map(|s| (s.channels, s.audio)), Some((1, audio)));
        assert_eq!(film.sound.0.first(), Some(&0));
        let (from, to) = heard(&film.sound.1);
        assert!(from.abs_diff(4800) < slack && to.abs_diff(9600) < slack, "{audio:?}: {from} to {to}");
        // In the middle, 2,000 samples of 1,000 Hz cross zero 83 times; of 800 Hz 67 times.
        let crossings = film.sound.1[6000..8000].windows(2).filter(|w| (w[0] < 0.0) != (w[1] < 0.0)).count();
        let want = if audio == Audio::Keep { 83 } else { 67 };
        assert!(crossings.abs_diff(want) < 5, "{audio:?}: {crossings}");
        let span = Span { from_us: 80_000, to_us: Some(160_000) };
        let cut = Film::with("beep.mp4", &options, span);
        assert_eq!((cut.sound.0.first(), cut.sound.1.len()), (Some(&0), 3840));
        assert!(heard(&cut.sound.1).0.abs_diff(960) < slack);
    }
}

#[test]
fn a_pipe_is_read_as_it_comes() {
    for name in ["fragmented.mp4", "everything.mkv", "sound.ts", "vp9.webm"] {
        let bytes = std::fs::read(fixture(name)).expect("the fixture is there");
        let input = Input::Stream(Box::new(std::io::Cursor::new(bytes)));
        let film = Film::read(input, &VideoOptions::default(), Span::default());
        assert_eq!(film.unwrap_or_else(|e| panic!("{name}: {e}")).times(), Film::of(name).times(), "{name}");
    }
}

#[test]
fn a_failing_pipe_is_an_error_of_the_system() {
    struct Broken(std::io::Cursor<Vec<u8>>);
    impl std::io::Read for Broken {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(std::io::ErrorKind::ConnectionReset.into()),
                n => Ok(n),
            }
        }
    }
    let bytes = std::fs::read(fixture("fragmented.mp4")).expect("the fixture is there");
    let input = Input::Stream(Box::new(Broken(std::io::Cursor::new(bytes))));
    let read = Film::read(input, &VideoOptions::default(), Span::default());
    assert!(matches!(read, Err(MediaError::Io { .. })), "{:?}", read.err());
}

#[test]
fn playlists_and_pictures_are_no_videos_whatever_they_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("film.mp4");
    let open = |content: &[u8]| {
        std::fs::write(&path, content).expect("it is written");
        Film::read(Input::File(&path), &VideoOptions::default(), Span::default()).err()
    };
    let secret = fixture("plain.mp4");
    let list = format!("#EXTM3U\n#EXTINF:1,\nfile://{}\n", secret.display());
    assert!(matches!(open(list.as_bytes()), Some(MediaError::Refused { .. })));
    let concat = format!("ffconcat version 1.0\nfile '{}'\n", secret.display());
    assert!(matches!(open(concat.as_bytes()), Some(MediaError::Refused { .. })));
    assert!(matches!(open(b"GIF89a"), Some(MediaError::Refused { .. })));
    assert!(matches!(open(b""), Some(MediaError::Empty)));
    assert!(open(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1").is_some());
}

#[test]
fn caps_are_named() {
    let limits = Limits { max_side_px: 91, ..Limits::default() };
    let read = open(Input::File(&fixture("plain.mp4")), &VideoOptions::default(), Span::default(), &limits);
    assert!(matches!(read.err(), Some(MediaError::TooLarge { got: 92, limit: 91, .. })));
}
