//! What ffmpeg plants: names, dates, places, subtitles, chapters, attachments, further tracks, and frames that an edit
//! list hides.

use std::{fs, path::Path, process::Command};

use super::{By, Row, fixture, token};

/// Kinds of file, the place, and what ffmpeg is told behind its inputs. `TOKEN` stands for the token; `NOTE`, `SUBS` and
/// `CHAPTERS` for files that hold it.
type Planted = (&'static [&'static str], &'static str, &'static str);

const ALL: &[&str] = &["mp4", "mov", "mkv", "webm", "avi"];
const ISO: &[&str] = &["mp4", "mov"];
const EBML: &[&str] = &["mkv", "webm"];

#[rustfmt::skip]
const PLANTED: &[Planted] = &[
    (ALL, "title", "-metadata title=TOKEN"),
    (ALL, "artist", "-metadata artist=TOKEN"),
    (ALL, "comment", "-metadata comment=TOKEN"),
    (ALL, "copyright", "-metadata copyright=TOKEN"),
    (EBML, "any tag", "-metadata PATIENT=TOKEN"),
    (EBML, "tag of the track", "-metadata:s:v PATIENT=TOKEN"),
    (EBML, "name of the track", "-metadata:s:v title=TOKEN"),
    (ISO, "handler name", "-metadata:s:v handler_name=TOKEN"),
    (ISO, "any key", "-movflags use_metadata_tags -metadata PATIENT=TOKEN"),
    (&["ts"], "service name", "-metadata service_name=TOKEN"),
    (&["ts"], "provider name", "-metadata service_provider=TOKEN"),
    (&["mkv"], "attachment", "-attach NOTE -metadata:s:t mimetype=text/plain"),
    (&["mkv"], "name of an attachment", "-attach NOTE -metadata:s:t mimetype=text/plain -metadata:s:t filename=TOKEN"),
    (&["mkv", "mp4", "mov"], "chapter", "-i CHAPTERS -map 0 -map_chapters 1"),
    (&["mkv"], "subtitles", "-i SUBS -map 0 -map 1 -c:s srt"),
    (ISO, "subtitles", "-i SUBS -map 0 -map 1 -c:s mov_text"),
    (&["webm"], "subtitles", "-i SUBS -map 0 -map 1 -c:s webvtt"),
];

fn clean(kind: &str) -> (&'static str, &'static str) {
    match kind {
        "mp4" => ("MP4", "proved/h264.mp4"),
        "mov" => ("MOV", "proved/h264.mp4"),
        "mkv" => ("MKV", "proved/h264.mkv"),
        "webm" => ("WebM", "proved/vp9.webm"),
        "avi" => ("AVI", "film/motion-jpeg.avi"),
        "ts" => ("MPEG-TS", "proved/h264.ts"),
        other => panic!("no clean file for {other}"),
    }
}

/// Plants everything below `folder`; `None` without ffmpeg.
pub fn rows(folder: &Path) -> Option<Vec<Row>> {
    if cfg!(not(feature = "video")) {
        return Some(Vec::new());
    }
    Command::new("ffmpeg").arg("-version").output().ok()?;
    let folder = folder.join("ffmpeg");
    fs::create_dir(&folder).expect("a folder");
    let mut rows = Vec::new();
    for (kinds, place, arguments) in PLANTED {
        for &kind in *kinds {
            let (format, name) = clean(kind);
            let place = format!("{place}, by ffmpeg");
            let token = token(format, &place);
            let named = |ending: &str| folder.join(format!("{}.{ending}", rows.len()));
            let (note, subs, chapters, out) = (named("txt"), named("srt"), named("ini"), named(kind));
            fs::write(&note, &token).expect("writes");
            fs::write(&subs, format!("1\n00:00:00,000 --> 00:00:00,300\n{token}\n")).expect("writes");
            let chapter = format!(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=300\ntitle={token}\n");
            fs::write(&chapters, chapter).expect("writes");
            let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name);
            let mut command = Command::new("ffmpeg");
            command.args(["-v", "error", "-nostdin", "-y", "-i"]).arg(input);
            // What is copied comes first, so that what is said of subtitles counts.
            let (inputs, rest) = match arguments.split_once(" -map") {
                Some((inputs, rest)) => (inputs, format!("-map{rest}")),
                None => ("", (*arguments).to_owned()),
            };
            let path = |word: &str| match word {
                "NOTE" => note.display().to_string(),
                "SUBS" => subs.display().to_string(),
                "CHAPTERS" => chapters.display().to_string(),
                word => word.replace("TOKEN", &token),
            };
            command.args(inputs.split_whitespace().map(path)).args(["-c", "copy"]);
            command.args(rest.split_whitespace().map(path)).arg(&out);
            let output = command.output().expect("runs");
            assert!(output.status.success(), "{place} in {format}: {}", String::from_utf8_lossy(&output.stderr));
            let (base, file) = (fixture(name), fs::read(&out).expect("reads"));
            let needles = vec![token.into_bytes()];
            rows.push(Row {
                format,
                extension: kind,
                place,
                by: By::Ffmpeg,
                base,
                file,
                needles,
                said: None,
                refused: false,
            });
        }
    }
    Some(rows)
}
