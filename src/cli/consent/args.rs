//! What may be typed behind `safepost consent`. Separate from the other commands' options because none are shared.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::{
    date::{Day, NoDay},
    policy::consent::{Scope, files::check, is_number},
};

const AFTER: &str = "\
The file lists authorizations by number, scope, day of signature and last day; it holds no names and can be corrected by \
hand. Faces are made on this machine from photos that the person gave, and lie beside it (`consent.faces` for \
`consent.toml`), readable by you alone; they identify a person as a fingerprint does, and `revoke` deletes them.

`safepost clean --consent FILE` lets a face stay in a picture when it is a clear match with one person, or was pointed \
out with `--picture` and `--box`, and the authorization holds on that day. Every doubt covers it: faces that are small, \
turned away, masked, or like somebody else's. The latest day of use is kept beside the list (`consent.day`): when the clock \
is more than a day behind it, nobody's face stays and the run ends, so that a clock set back revives nothing. That is \
against a wrong clock, not against somebody who may write there: whoever can change the folder can delete that file, as they \
can write an authorization. Keep the list where only those who may grant authorizations can write.

In a video (scope `videos`) a face stays from its first frame to its last or not at all: several looks must be clearly the \
same person, never more than a second apart, and none may contradict; faces that come near another are covered. The video \
is therefore gone through twice. `safepost pipe` covers every face.";

/// Keep the list of people who agreed to be seen.
#[derive(Debug, Args)]
#[command(after_help = AFTER)]
pub struct ConsentArgs {
    #[command(subcommand)]
    pub command: ConsentCommand,
}

/// Which list.
#[derive(Debug, Args)]
pub struct FileArgs {
    /// The list
    #[arg(long = "consent", value_name = "FILE", default_value = "consent.toml")]
    pub path: PathBuf,
}

/// What to do with the list.
#[derive(Debug, Subcommand)]
pub enum ConsentCommand {
    /// List an authorization, or add photos to one that is listed
    Add(AddArgs),
    /// Show every authorization and whether it holds today
    List {
        #[command(flatten)]
        file: FileArgs,
    },
    /// End an authorization and delete the face. The next run makes its outputs again; those made before stay where they are
    /// until you delete them
    Revoke {
        #[command(flatten)]
        file: FileArgs,
        /// Number of the authorization
        #[arg(value_name = "NUMBER", value_parser = number)]
        authorization: String,
    },
    /// Say which faces in pictures and videos would stay, and under which authorization; writes nothing
    Check {
        #[command(flatten)]
        file: FileArgs,
        /// Pictures and videos; a path as it is typed is what patterns of `--files` are held against
        #[arg(required = true, value_name = "FILE")]
        pictures: Vec<PathBuf>,
    },
}

/// An authorization.
#[derive(Debug, Args)]
pub struct AddArgs {
    #[command(flatten)]
    pub file: FileArgs,
    /// Number of the authorization, as on paper: letters, digits, dots and dashes; no name, it is in every report
    #[arg(long, value_name = "NUMBER", value_parser = number)]
    pub authorization: String,
    /// Day of the signature, as 2026-03-01
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub signed: Option<Day>,
    /// Last day on which it holds
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub expires: Option<Day>,
    /// What it is for: photos, videos [default: photos]
    #[arg(long, value_name = "SCOPE,…", value_delimiter = ',', value_parser = scope)]
    pub scope: Vec<Scope>,
    /// The files it is for, by their path below the folder that is cleaned: `staff/**` is all below `staff`, `*` and `?`
    /// stand for letters [default: all files]
    #[arg(long, value_name = "GLOB,…", value_delimiter = ',', value_parser = files)]
    pub files: Vec<String>,
    /// What the pictures may be used for, for people to read
    #[arg(long, value_name = "TEXT")]
    pub purpose: Option<String>,
    /// A picture in which the person may be seen without being recognised; needs `--box`
    #[arg(long, value_name = "FILE", requires = "place")]
    pub picture: Option<PathBuf>,
    /// Where the person's face is in it: left, top, width, height in pixels of the upright picture
    #[arg(long = "box", value_name = "X,Y,W,H", requires = "picture", value_parser = place)]
    pub place: Option<Place>,
    /// Photos that the person gave, each with one face, large, upright and unmasked
    #[arg(value_name = "PHOTO")]
    pub photos: Vec<PathBuf>,
}

/// Left, top, width, height in pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place(pub [f32; 4]);

fn number(text: &str) -> Result<String, String> {
    let wrong = || "must be up to 64 letters, digits, dots and dashes".to_owned();
    is_number(text).then(|| text.to_owned()).ok_or_else(wrong)
}

fn day(text: &str) -> Result<Day, NoDay> {
    text.parse()
}

fn scope(text: &str) -> Result<Scope, String> {
    match text {
        "photos" => Ok(Scope::Photos),
        "videos" => Ok(Scope::Videos),
        _ => Err("must be photos or videos".to_owned()),
    }
}

fn files(text: &str) -> Result<String, String> {
    check(text).map(|()| text.to_owned()).map_err(str::to_owned)
}

fn place(text: &str) -> Result<Place, String> {
    let numbers = text.split(',').map(|part| part.trim().parse().ok()).collect::<Option<Vec<f32>>>();
    let numbers = numbers.and_then(|n| <[f32; 4]>::try_from(n).ok());
    let positive = |[_, _, w, h]: &[f32; 4]| *w > 0.0 && *h > 0.0;
    numbers
        .filter(positive)
        .map(Place)
        .ok_or_else(|| "must be four numbers with a positive width and height".to_owned())
}
