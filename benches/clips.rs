//! Makes clips whose truth is known, and measures what a program made of them:
//! `cargo run --release --example clips -- make KIND --set FOLDER --out FOLDER [--seed 1] [--part 0/2] …`

use std::{
    env,
    error::Error,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

#[path = "clips/mod.rs"]
mod clips;

use clips::{
    Media, ffmpeg,
    kinds::{Format, Kind},
    print,
    score::{compare, pooled},
    stills::{Part, stills},
    truth::Truth,
};

const USAGE: &str = "\
clips make KIND --set FOLDER --out FOLDER [--name NAME] [--seed 1] [--part 0/1] [--frames 240] [--size 1280x720]
           [--media mp4|y4m|none] [--threads 1]
    KIND is pan, zoom, shake, occlusion, rotation, cuts, rates, mixed (pictures with faces), text or page (pictures
    with text). FOLDER holds gt.json and the pictures it names. --part uses only that share of the pictures.
clips score --clips FOLDER --outputs FOLDER [--json FILE] [--exposed FILE] [NAME…]
    Compares outputs/NAME.* with clips/NAME.mp4 (or .y4m), by default for every clip that has an output. --json writes
    the figures, --exposed a line for every region-frame that stayed visible.";

fn main() -> ExitCode {
    let args: Vec<String> = env::args().skip(1).collect();
    let done = match args.first().map(String::as_str) {
        Some("make") => make(&args[1..]),
        Some("score") => score(&args[1..]),
        _ => Err(USAGE.into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn make(args: &[String]) -> Result<(), Box<dyn Error>> {
    let asked = Asked::read(
        args,
        &["--set", "--out", "--name", "--seed", "--part", "--frames", "--size", "--media", "--threads"],
    )?;
    let name = asked.plain.first().ok_or(USAGE)?;
    let kind = Kind::ALL.into_iter().find(|kind| kind.name() == name).ok_or(USAGE)?;
    let seed: u64 = asked.or("--seed", "1").parse()?;
    let (number, of) = asked.or("--part", "0/1").split_once('/').ok_or(USAGE)?;
    let (width, height) = asked.or("--size", "1280x720").split_once('x').ok_or(USAGE)?;
    let format = Format { size: [width.parse()?, height.parse()?], frames: asked.or("--frames", "240").parse()? };
    let media = match asked.or("--media", if ffmpeg::present() { "mp4" } else { "y4m" }) {
        "mp4" => Media::Mp4,
        "y4m" => Media::Y4m,
        "none" => Media::None,
        _ => return Err(USAGE.into()),
    };
    let set = PathBuf::from(asked.value("--set").ok_or(USAGE)?);
    let out = PathBuf::from(asked.value("--out").ok_or(USAGE)?);
    let stills = stills(&set, Part { number: number.parse()?, of: of.parse()? })?;
    let default = format!("{}-{seed}", kind.name());
    let target = (out.as_path(), asked.or("--name", &default));
    let path = clips::make((kind, seed), format, stills, target, (media, asked.or("--threads", "1").parse()?))?;
    println!("{}", path.display());
    Ok(())
}

fn score(args: &[String]) -> Result<(), Box<dyn Error>> {
    let asked = Asked::read(args, &["--clips", "--outputs", "--json", "--exposed"])?;
    let clips = PathBuf::from(asked.value("--clips").ok_or(USAGE)?);
    let outputs = PathBuf::from(asked.value("--outputs").ok_or(USAGE)?);
    let mut names = asked.plain.clone();
    if names.is_empty() {
        names = stems(&clips, Some("json"))?;
        let there = stems(&outputs, None)?;
        names.retain(|name| there.contains(name));
    }
    let mut reports = Vec::new();
    let mut exposed = Vec::new();
    println!("{}", print::heading());
    for name in names {
        let truth = Truth::read(&clips.join(format!("{name}.json")))?;
        let (report, seen) = compare(&truth, &media(&clips, &name)?, &media(&outputs, &name)?)?;
        print::lines(&report).iter().for_each(|line| println!("{line}"));
        reports.push(report);
        exposed.extend(seen);
    }
    let all = pooled(&reports);
    print::lines(&all).iter().for_each(|line| println!("{line}"));
    if let Some(path) = asked.value("--json") {
        fs::write(path, serde_json::to_vec_pretty(&serde_json::json!({ "clips": reports, "pooled": all }))?)?;
    }
    if let Some(path) = asked.value("--exposed") {
        let lines: Result<Vec<_>, _> = exposed.iter().map(serde_json::to_string).collect();
        fs::write(path, lines?.join("\n") + "\n")?;
    }
    Ok(())
}

/// Names without endings of a folder's files, in order; of one ending, or of every video.
fn stems(folder: &Path, ending: Option<&str>) -> Result<Vec<String>, Box<dyn Error>> {
    let mut stems = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let kept = match (path.extension().and_then(|e| e.to_str()), ending) {
            (Some(found), Some(wanted)) => found == wanted,
            (Some(found), None) => VIDEOS.contains(&found),
            (None, _) => false,
        };
        stems.extend(path.file_stem().filter(|_| kept).map(|stem| stem.to_string_lossy().into_owned()));
    }
    stems.sort();
    Ok(stems)
}

/// Endings of videos.
const VIDEOS: [&str; 6] = ["mp4", "mkv", "webm", "mov", "ts", "y4m"];

/// The video of a name in a folder.
fn media(folder: &Path, name: &str) -> Result<PathBuf, Box<dyn Error>> {
    let mut paths = VIDEOS.iter().map(|ending| folder.join(format!("{name}.{ending}")));
    Ok(paths.find(|path| path.exists()).ok_or_else(|| format!("no video {name} in {}", folder.display()))?)
}

/// Words of the command line, sorted into options with a value and the rest.
struct Asked {
    options: Vec<(String, String)>,
    plain: Vec<String>,
}

impl Asked {
    fn read(args: &[String], known: &[&str]) -> Result<Self, Box<dyn Error>> {
        let mut asked = Self { options: Vec::new(), plain: Vec::new() };
        let mut args = args.iter();
        while let Some(word) = args.next() {
            if !word.starts_with("--") {
                asked.plain.push(word.clone());
            } else if known.contains(&word.as_str()) {
                asked.options.push((word.clone(), args.next().ok_or(USAGE)?.clone()));
            } else {
                return Err(format!("{word} is not known\n{USAGE}").into());
            }
        }
        Ok(asked)
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn or<'a>(&'a self, name: &str, default: &'a str) -> &'a str {
        self.value(name).unwrap_or(default)
    }
}
