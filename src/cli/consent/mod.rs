//! `safepost consent`: keeps the list of people who agreed to be seen. Numbers of authorizations are printed, names are not
//! known.

mod args;

use std::path::{Path, PathBuf};

use image::RgbImage;

use self::args::{AddArgs, ConsentCommand};
use super::{
    Exit, Fatal,
    args::RuntimeArgs,
    print::{self, count},
    progress::printable,
    setup,
};
use crate::{
    date::Day,
    detect::{self, Detector, face},
    effort::Effort,
    error::{CleanError, ConsentError, DetectError, MediaError, SetupError},
    finding::Class,
    geom::Rect,
    identity::{Faceprint, store::Store},
    limits::Limits,
    media,
    pipeline::{
        Cleaner, InputReport,
        keep::{self, Faces, Networks, clock, file, pixels_sha256},
    },
    policy::{
        Policy,
        consent::{Consents, Person, Pointed, Scope, Standing, matching},
    },
};

pub use args::ConsentArgs;

/// The least score of a face that counts in a photo that a person gave.
const FACE_MIN: f32 = 0.5;

/// Why an authorization or a photo was not taken.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error("a new authorization needs --signed and --expires")]
    NoDays,
    #[error("the authorization {0} is listed already; to change its days or its scope, correct the file by hand")]
    Listed(String),
    #[error("the authorization {0} was revoked; use a new number")]
    Revoked(String),
    #[error("there is no authorization {0} in the list")]
    Unknown(String),
    #[error("--expires is before --signed")]
    Backward,
    #[error("{}: {why}", .photo.display())]
    Photo { photo: PathBuf, why: &'static str },
    #[error("{}: the face is like that of the authorization {other}; if it is the same person, revoke that one first", .photo.display())]
    Alike { photo: PathBuf, other: String },
    #[error("{}: {source}", .photo.display())]
    Unreadable { photo: PathBuf, source: MediaError },
    #[error(transparent)]
    Detect(#[from] DetectError),
}

pub fn run(args: ConsentArgs, runtime: &RuntimeArgs) -> Result<Exit, Fatal> {
    match args.command {
        ConsentCommand::Add(args) => add(args, runtime),
        ConsentCommand::List { file } => list(&file.path),
        ConsentCommand::Revoke { file, authorization } => revoke(&file.path, &authorization),
        ConsentCommand::Check { file, pictures } => check(&file.path, &pictures, runtime),
    }
}

fn add(args: AddArgs, runtime: &RuntimeArgs) -> Result<Exit, Fatal> {
    let path = &args.file.path;
    let known = || if path.exists() { file::read(path) } else { Ok(Consents::default()) };
    let mut consents = known()?;
    let id = args.authorization.clone();
    listed(&mut consents, &args)?;
    let registry = setup::runtime(runtime, 1).open()?;
    let store = keep::store(path, &registry)?;
    let eyes = Eyes { detector: load(&registry)?, networks: Networks::load(&registry)? };
    let mut faces = store.load(&id).map_err(SetupError::from)?;
    for photo in &args.photos {
        let face = eyes.given(photo)?;
        if !faces.is_empty() && !faces.iter().any(|known| known.similarity(&face) >= matching::SIMILAR) {
            let why = "the face is not like that in the other photos of this authorization";
            return Err(Refused::Photo { photo: photo.clone(), why }.into());
        }
        if let Some(other) = like_another(&consents, &store, &id, &face)? {
            return Err(Refused::Alike { photo: photo.clone(), other }.into());
        }
        faces.push(face);
    }
    let mut pointed = None;
    if let (Some(photo), Some(place)) = (&args.picture, args.place) {
        let picture = still(photo)?;
        let here = Pointed { authorization: id.clone(), pixels_sha256: pixels_sha256(&picture), xywh: place.0 };
        if eyes.heads(&picture, 0.0)?.iter().filter(|head| here.holds(head.center())).count() != 1 {
            let why = "there must be exactly one face in the box";
            return Err(Refused::Photo { photo: photo.clone(), why }.into());
        }
        pointed = Some(here);
    }
    // Looking took its time, in which somebody may have revoked: what is there now is what counts.
    consents = known()?;
    listed(&mut consents, &args)?;
    consents.pictures.extend(pointed);
    clock::remember(path, Day::today())?;
    // First the list: an authorization without a face shows nobody, a face without an authorization is nobody's to keep.
    file::write(path, &consents)?;
    if !args.photos.is_empty() {
        store.save(&id, &faces)?;
    }
    let pointed = consents.pictures.iter().filter(|p| p.authorization == id).count();
    let (photos, pictures) = (count(faces.len(), "photo", "photos"), count(pointed, "picture", "pictures"));
    print::out(format!("{id}: {photos}, pointed out in {pictures}"))?;
    Ok(Exit::Clean)
}

/// Lists a new authorization, or finds that one may get more photos.
fn listed(consents: &mut Consents, args: &AddArgs) -> Result<(), Refused> {
    let id = &args.authorization;
    let days = (args.signed, args.expires);
    match (consents.person(id), days) {
        (Some(person), _) if person.revoked.is_some() => Err(Refused::Revoked(id.clone())),
        (Some(_), (None, None)) if args.scope.is_empty() && args.files.is_empty() && args.purpose.is_none() => {
            Ok(())
        }
        (Some(_), _) => Err(Refused::Listed(id.clone())),
        (None, (Some(signed), Some(expires))) => {
            if consents.people.iter().any(|other| other.authorization.eq_ignore_ascii_case(id)) {
                return Err(Refused::Listed(id.clone()));
            }
            if expires < signed {
                return Err(Refused::Backward);
            }
            let scope = if args.scope.is_empty() { vec![Scope::Photos] } else { args.scope.clone() };
            let (authorization, files, purpose) = (id.clone(), args.files.clone(), args.purpose.clone());
            consents.people.push(Person { authorization, scope, files, signed, expires, revoked: None, purpose });
            Ok(())
        }
        (None, _) => Err(Refused::NoDays),
    }
}

fn like_another(
    consents: &Consents,
    store: &Store,
    id: &str,
    face: &Faceprint,
) -> Result<Option<String>, ConsentError> {
    for other in consents.people.iter().filter(|p| p.authorization != id && p.revoked.is_none()) {
        let known = store.load(&other.authorization)?;
        if known.iter().any(|known| known.similarity(face) >= matching::SIMILAR) {
            return Ok(Some(other.authorization.clone()));
        }
    }
    Ok(None)
}

fn list(path: &Path) -> Result<Exit, Fatal> {
    let consents = file::read(path)?;
    let today = Day::today();
    clock::check(path, today)?;
    for person in &consents.people {
        let scope: Vec<_> = person.scope.iter().map(|scope| name(*scope)).collect();
        let standing = person.standing(today);
        let until = match (standing, person.revoked) {
            (Standing::Revoked, Some(day)) => format!("revoked {day}"),
            _ => format!("{} to {}", person.signed, person.expires),
        };
        let face = match plain(path).holds(&person.authorization) {
            true => "with a face",
            false => "without a face",
        };
        let files = match person.files.as_slice() {
            [] => String::new(),
            files => format!(" in {}", printable(&files.join(", "))),
        };
        let purpose = person.purpose.as_deref().map(|p| format!(", {}", printable(p))).unwrap_or_default();
        print::out(format!(
            "{:<9}  {}  {until}  {}{files}  {face}{purpose}",
            standing.name(),
            person.authorization,
            scope.join(", ")
        ))?;
    }
    print::out(count(consents.people.len(), "authorization", "authorizations"))?;
    Ok(Exit::Clean)
}

fn revoke(path: &Path, authorization: &str) -> Result<Exit, Fatal> {
    let mut consents = file::read(path)?;
    let person = consents.people.iter_mut().find(|person| person.authorization == authorization);
    let person = person.ok_or_else(|| Refused::Unknown(authorization.to_owned()))?;
    let day = *person.revoked.get_or_insert_with(Day::today);
    file::write(path, &consents)?;
    let removed = if plain(path).remove(authorization)? { "the face was deleted" } else { "there was no face" };
    print::out(format!("{authorization}: revoked {day}, {removed}"))?;
    Ok(Exit::Clean)
}

fn check(path: &Path, pictures: &[PathBuf], runtime: &RuntimeArgs) -> Result<Exit, Fatal> {
    let policy = Policy { redact: vec![Class::Face], consent: Some(path.to_owned()), ..Policy::default() };
    let cleaner = Cleaner::new(policy, &setup::runtime(runtime, 1))?;
    let mut exit = Exit::Clean;
    for picture in pictures {
        let looked = looked(&cleaner, picture);
        let name = printable(&picture.to_string_lossy());
        match looked {
            Ok(report) => {
                let covered: usize = report.counts().values().sum();
                let mut parts = vec![format!("{} covered", count(covered, "face", "faces"))];
                let kept = report.authorized();
                parts.extend(kept.iter().map(|(id, n)| format!("{n} kept under {id}")));
                print::out(format!("{name}: {}", parts.join(", ")))?;
            }
            Err(source) => {
                exit = Exit::Failed;
                print::out(format!("{name}: FAILED: {source}"))?;
            }
        }
    }
    Ok(exit)
}

fn looked(cleaner: &Cleaner, file: &Path) -> Result<InputReport, CleanError> {
    match media::sniff(&media::head(file)?)?.is_video() {
        true => cleaner.inspect_video(file, Some(file), None),
        false => cleaner.inspect_bytes_at(media::read_file(file, &Limits::default())?, Some(file)),
    }
}

/// The faces beside the list, for whoever reads none of them.
fn plain(path: &Path) -> Store {
    Store::new(path.with_extension("faces"), String::new())
}

fn name(scope: Scope) -> &'static str {
    match scope {
        Scope::Photos => "photos",
        Scope::Videos => "videos",
    }
}

fn still(photo: &Path) -> Result<RgbImage, Refused> {
    let unreadable = |source| Refused::Unreadable { photo: photo.to_owned(), source };
    let limits = Limits::default();
    let bytes = media::read_file(photo, &limits).map_err(unreadable)?;
    let mut source = media::image::open(bytes, &limits).map_err(unreadable)?;
    let frame = source.next_frame().map_err(unreadable)?.ok_or_else(|| unreadable(MediaError::Empty))?;
    Ok(frame.frame.pixels().clone())
}

fn load(registry: &crate::infer::registry::Registry) -> Result<detect::face::FaceDetector, SetupError> {
    Ok(face::load(registry, Effort::Balanced)?)
}

/// What sees faces.
struct Eyes {
    detector: face::FaceDetector,
    networks: Networks,
}

impl Eyes {
    fn heads(&self, picture: &RgbImage, score_min: f32) -> Result<Vec<Rect>, Refused> {
        let found = self.detector.detect(picture)?;
        Ok(found.into_iter().filter(|f| f.score >= score_min).map(|f| f.shape.bounds()).collect())
    }

    /// The one face in a photo that a person gave.
    fn given(&self, photo: &Path) -> Result<Faceprint, Refused> {
        let refused = |why| Refused::Photo { photo: photo.to_owned(), why };
        let picture = still(photo)?;
        let heads = self.heads(&picture, FACE_MIN)?;
        let [head] = heads.as_slice() else {
            return Err(refused(if heads.is_empty() { "no face is seen" } else { "there is more than one face" }));
        };
        let face = self.networks.face(&picture, head)?;
        face.ok_or_else(|| refused("the face is too small, turned away or hidden; give a plain portrait"))
    }
}
