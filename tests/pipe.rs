//! Streams through the real binary: the same goes out that came in but for what is redacted, as it comes, and what
//! fails cannot pass for whole.

mod support;

use std::{
    io::{Read, Write},
    process::{Child, ChildStdin, ChildStdout, Output, Stdio},
    sync::mpsc::channel,
    thread,
    time::{Duration, Instant},
};

use support::{command, ended};

/// Size of the frames of streams without a film in them.
const SMALL: (usize, usize) = (64, 48);
const SMALL_BYTES: usize = SMALL.0 * SMALL.1 * 3 / 2;
const HEADER: &[u8] = b"YUV4MPEG2 W64 H48 F30:1 Ip A1:1 C420mpeg2\n";

/// Starts `safepost pipe`.
fn begin(args: &[&str]) -> (Child, ChildStdin, ChildStdout) {
    let all = ["pipe", "--threads", "1"].iter().chain(args);
    let mut child = command(all)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    let (input, output) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    (child, input, output)
}

/// Runs it to its end.
fn pipe(args: &[&str], bytes: &[u8]) -> Output {
    let (child, mut input, mut output) = begin(args);
    thread::scope(|scope| {
        scope.spawn(move || {
            // It may refuse before it has read everything.
            let _ = input.write_all(bytes);
        });
        let mut stdout = Vec::new();
        output.read_to_end(&mut stdout).unwrap();
        Output { stdout, ..child.wait_with_output().unwrap() }
    })
}

fn failed(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    said
}

/// A frame of Y4M: a slope that tells its number.
fn small_frame(number: usize) -> Vec<u8> {
    let luma = (0..SMALL.0 * SMALL.1).map(|at| (40 + at % SMALL.0 + number % 100) as u8);
    let chroma = std::iter::repeat_n(120, SMALL_BYTES - SMALL.0 * SMALL.1);
    b"FRAME\n".iter().copied().chain(luma).chain(chroma).collect()
}

fn small_stream(frames: usize) -> Vec<u8> {
    (0..frames).fold(HEADER.to_vec(), |mut all, number| {
        all.extend(small_frame(number));
        all
    })
}

#[test]
fn y4m_goes_in_and_the_same_y4m_comes_out() {
    let stream = small_stream(9);
    let output = pipe(&["--redact", "faces"], &stream);
    let (code, said) = (output.status.code(), String::from_utf8_lossy(&output.stderr));
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(output.stdout, stream, "nothing was found, so nothing is changed");
    assert!(said.contains("Y4M, 64x48") && said.contains("48 frames (1600 ms)"), "the delay is stated: {said}");
    let output = pipe(&["--redact", "faces", "--quiet", "--from", "0.1", "--to", "0.2"], &stream);
    assert_eq!(
        output.stdout,
        [HEADER, &stream[HEADER.len()..][3 * (SMALL_BYTES + 6)..][..3 * (SMALL_BYTES + 6)]].concat()
    );
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn raw_frames_keep_their_number_and_layout() {
    let planes = [small_frame(0), small_frame(1)].map(|f| f[6..].to_vec()).concat();
    let form = ["--raw", "64x48", "--fps", "30000/1001", "--redact", "faces", "--pix-fmt"];
    let output = pipe(&[&form[..], &["yuv420p"]].concat(), &planes);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.stdout, planes);
    let colours: Vec<u8> = (0..64 * 48 * 3 * 2).map(|at| [200, 120, at as u8 % 50][at % 3]).collect();
    let output = pipe(&[&form[..], &["rgb24"]].concat(), &colours);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stdout == colours, "nothing was found, so nothing is changed");
}

#[test]
fn frames_leave_while_others_still_come() {
    const FED: usize = 90;
    // At most 69 frames are held back, as the stated delay says.
    const OUT: usize = FED - 69;
    let (child, mut input, mut output) = begin(&["--redact", "faces"]);
    // Beside whoever reads: what is neither held back nor read is not taken in either.
    let feeder = thread::spawn(move || {
        input.write_all(&small_stream(FED)).unwrap();
        input
    });
    let (tell, told) = channel();
    let reader = thread::spawn(move || {
        let mut first = vec![0; HEADER.len() + OUT * (SMALL_BYTES + 6)];
        output.read_exact(&mut first).unwrap();
        tell.send(()).unwrap();
        output.read_to_end(&mut first).unwrap();
        first
    });
    // The input stays open all the while.
    told.recv_timeout(Duration::from_secs(120)).expect("frames come out before the input ends");
    drop(feeder.join().unwrap());
    assert_eq!(reader.join().unwrap(), small_stream(FED));
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let (child, mut input, mut output) = begin(&["--redact", "faces", "--quiet"]);
    let feeder = thread::spawn(move || {
        let mut number = 0;
        input.write_all(HEADER).unwrap();
        while input.write_all(&small_frame(number)).is_ok() {
            number += 1;
        }
    });
    output.read_exact(&mut [0; 100]).unwrap();
    drop(output);
    let output = child.wait_with_output().unwrap();
    feeder.join().unwrap();
    assert_eq!(failed(&output), "");
}

#[test]
fn a_cut_stream_fails_and_what_came_out_is_cut_too() {
    let mut stream = small_stream(5);
    stream.truncate(stream.len() - 10);
    let first = pipe(&["--redact", "faces"], &stream);
    let said = failed(&first);
    assert!(said.contains("cut short") && said.contains("discard it"), "{said}");
    // Whoever reads it with this program fails as well.
    failed(&pipe(&["--redact", "faces"], &first.stdout));
}

#[test]
fn what_is_no_video_is_refused_with_advice_and_without_output() {
    let huge = b"YUV4MPEG2 W4000000000 H4000000000 F30:1\nFRAME\n";
    let cases: [(&[u8], &[&str], &str); 6] = [
        (b"", &[], "standard input is empty"),
        (b"hello there, this is text and no video", &[], "--raw WxH"),
        (b"#EXTM3U\n#EXTINF:1\nfile:///etc/passwd\n", &[], "playlist"),
        (b"YUV4MPEG2 W64 H48 F30:1 C422\nFRAME\n", &[], "C422"),
        (huge, &[], "limits."),
        (b"hello there, this is text and no video", &["--y4m"], "Y4M"),
    ];
    for (bytes, args, advice) in cases {
        let output = pipe(&[args, &["--redact", "faces"]].concat(), bytes);
        let said = failed(&output);
        assert!(said.contains(advice), "{advice}: {said}");
        assert!(output.stdout.is_empty(), "{advice}: something was written");
    }
    for wrong in [&["--raw", "64x48"][..], &["--raw", "64", "--pix-fmt", "rgb24", "--fps", "30"], &["--fps", "30"]]
    {
        assert_eq!(ended(&pipe(wrong, b"")).0, Some(1), "{wrong:?}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_a_stream_that_waits_for_input() {
    use std::process::Command;
    let (child, mut input, mut output) = begin(&["--redact", "faces"]);
    // No more than it takes in before anything is read from it.
    input.write_all(&small_stream(75)).unwrap();
    let mut first = vec![0; HEADER.len()];
    output.read_exact(&mut first).unwrap();
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let begun = Instant::now();
    output.read_to_end(&mut first).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert!(failed(&ended).contains("interrupted"));
    assert!(first.ends_with(b"FRAME\n"), "the stream ends in the middle of a frame");
    drop(input);
}

#[cfg(feature = "video")]
mod containers {
    use std::io::Cursor;

    use safepost::{
        clip::Container,
        metadata::{VideoForm, prove_video},
    };

    use super::*;
    use crate::support::film::{Film, SIZE, Scene, Seen, contrast};

    /// A face's middle with less contrast than this shows none.
    const FLAT: u8 = 24;

    #[test]
    fn a_face_is_covered_in_y4m_and_nothing_far_from_it_is_changed() {
        const FRAMES: usize = 30;
        let scene = Scene::with_face();
        let frames: Vec<_> = (0..FRAMES).map(|number| scene.frame(number)).collect();
        let mut stream = b"YUV4MPEG2 W320 H240 F25:1\n".to_vec();
        for frame in &frames {
            stream.extend(b"FRAME\n");
            frame.planes().iter().for_each(|plane| stream.extend(*plane));
        }
        let output = pipe(&["--redact", "faces", "--style", "solid"], &stream);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let header = b"YUV4MPEG2 W320 H240 F25:1 Ip A0:0 C420jpeg\n";
        let out = output.stdout.strip_prefix(header).expect("the header says the same");
        let bytes = SIZE.pixels() as usize * 3 / 2 + 6;
        assert_eq!(out.len(), FRAMES * bytes);
        for (number, (is, was)) in out.chunks(bytes).zip(&frames).enumerate() {
            let (luma, was) = (&is[6..][..SIZE.pixels() as usize], was.planes()[0]);
            assert!(contrast(was, Scene::face(number)) > 2 * FLAT);
            assert!(contrast(luma, Scene::face(number)) < FLAT, "frame {number} shows a face");
            assert_eq!(luma[..320 * 20], was[..320 * 20], "frame {number}: the upper edge");
            assert_eq!(luma[320 * 210..], was[320 * 210..], "frame {number}: the lower edge");
        }
    }

    #[test]
    fn a_face_is_covered_in_rgb_frames_and_nothing_far_from_it_is_changed() {
        let scene = Scene::with_face();
        let frames: Vec<_> = (0..12).map(|number| scene.picture(number).into_raw()).collect();
        let form =
            ["--raw", "320x240", "--pix-fmt", "rgb24", "--fps", "25", "--redact", "faces", "--style", "solid"];
        let output = pipe(&form, &frames.concat());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.stdout.len(), frames.concat().len());
        for (number, (is, was)) in output.stdout.chunks(320 * 240 * 3).zip(&frames).enumerate() {
            let green = |pixels: &[u8]| pixels.iter().skip(1).step_by(3).copied().collect::<Vec<_>>();
            assert!(contrast(&green(was), Scene::face(number)) > 2 * FLAT);
            assert!(contrast(&green(is), Scene::face(number)) < FLAT, "frame {number} shows a face");
            assert!(is[..960 * 20] == was[..960 * 20] && is[960 * 210..] == was[960 * 210..], "frame {number}");
        }
    }

    #[test]
    fn every_container_goes_in_and_every_container_comes_out_proved() {
        let scene = Scene::empty();
        let cases = [
            (Container::Ts, "mp4", "h264", VideoForm::FragmentedMp4, "MP4, H.264"),
            (Container::Mp4, "mkv", "h264", VideoForm::Mkv, "Matroska, H.264"),
            (Container::Mkv, "webm", "vp9", VideoForm::WebM, "WebM, VP9"),
            (Container::WebM, "ts", "h264", VideoForm::Ts, "MPEG-TS, H.264"),
            (Container::Mp4, "mp4", "hevc", VideoForm::FragmentedMp4, "MP4, HEVC"),
        ];
        for (from, to, codec, form, coding) in cases {
            let film = Film::even(from, 10);
            let output = pipe(&["--redact", "faces", "--format", to, "--codec", codec], &film.bytes(&scene));
            assert_eq!(output.status.code(), Some(0), "{to}: {}", String::from_utf8_lossy(&output.stderr));
            let proof = prove_video(&mut Cursor::new(&output.stdout), form, false, &mut |_, _| ());
            assert_eq!(proof.unwrap_or_else(|e| panic!("{to}: {e}")).frames, 10);
            let seen = Seen::bytes(output.stdout).unwrap();
            assert_eq!(seen.info.coding, coding);
            let starts: Vec<_> = seen.times_us().iter().map(|t| t.0).collect();
            assert_eq!(starts, (0..10).map(|n| n * 40_000).collect::<Vec<_>>(), "{to}");
        }
    }

    #[test]
    fn sound_goes_through_only_when_asked_for() {
        let film = Film { tone: true, ..Film::even(Container::Mp4, 10) }.bytes(&Scene::empty());
        for (more, channels) in [(&[][..], None), (&["--audio", "keep"][..], Some(1))] {
            let output = pipe(&[&["--redact", "faces"], more].concat(), &film);
            assert_eq!(output.status.code(), Some(0));
            let form = VideoForm::FragmentedMp4;
            let proof = prove_video(&mut Cursor::new(&output.stdout), form, channels.is_some(), &mut |_, _| ());
            assert_eq!(proof.unwrap_or_else(|e| panic!("{e}")).channels, channels);
        }
    }

    #[test]
    fn raw_frames_become_a_container_when_asked_for() {
        let output = pipe(&["--redact", "faces", "--format", "mkv"], &small_stream(8));
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        let seen = Seen::bytes(output.stdout).unwrap();
        assert_eq!((seen.info.coding.as_str(), seen.frames.len()), ("Matroska, H.264", 8));
    }

    #[test]
    fn a_container_that_is_cut_fails_and_its_output_is_never_proved() {
        let scene = Scene::empty();
        for (container, format, form) in
            [(Container::Mp4, "mp4", VideoForm::FragmentedMp4), (Container::Mkv, "mkv", VideoForm::Mkv)]
        {
            let whole = Film::even(container, 120).bytes(&scene);
            let output = pipe(&["--redact", "faces", "--format", format], &whole[..whole.len() - whole.len() / 8]);
            failed(&output);
            assert!(!output.stdout.is_empty(), "{format}: pieces left before the input was cut");
            let proof = prove_video(&mut Cursor::new(&output.stdout), form, false, &mut |_, _| ());
            assert!(proof.is_err(), "{format}: {proof:?}");
        }
    }
}
