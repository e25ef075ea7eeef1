//! Faces that stay visible because their owner agreed. Separate because everything else in the program covers, and this
//! uncovers: it is off unless a policy names a file of authorizations, and every doubt is decided against it.
//!
//! A face stays when it was pointed out by hand in this very picture, or is a clear match with the photos that one person gave
//! (and with nobody else's, and no other face in the picture is), and the authorization holds today and is for photos and for
//! this file. What else was found over it, text or a badge, goes all the same, and so does whatever another face's mask reaches.
//! In videos a face stays in all frames or in none, see `film.rs`.

pub mod clock;
pub mod file;
mod film;

pub(super) use film::{Followed, Trials};

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use image::RgbImage;
use sha2::{Digest, Sha256};

use super::{ModelUsed, report::Visible};
use crate::{
    date::Day,
    detect::face::marks::Marks,
    error::{DetectError, SetupError},
    finding::{Class, Finding},
    geom::Rect,
    hash::{hex, sha256_hex},
    identity::{self, Embedder, Faceprint, store::Store},
    infer::registry::Registry,
    policy::consent::{Consents, Person, Scope, matching::matched},
};

/// Sees who a face is.
pub trait Faces: Send + Sync {
    /// The one face in `head`, in pixels of `picture`; `None` where it cannot be told for certain.
    ///
    /// # Errors
    /// When a network fails.
    fn face(&self, picture: &RgbImage, head: &Rect) -> Result<Option<Faceprint>, DetectError>;
}

/// The shipped networks.
pub struct Networks {
    marks: Marks,
    embedder: Embedder,
}

impl Networks {
    /// The networks that find the points of faces and compare them.
    ///
    /// # Errors
    /// When a model is missing, is not the one measured, or is refused by the runtime.
    pub fn load(registry: &Registry) -> Result<Self, SetupError> {
        Ok(Self { marks: Marks::load(registry)?, embedder: Embedder::load(registry)? })
    }
}

impl Faces for Networks {
    fn face(&self, picture: &RgbImage, head: &Rect) -> Result<Option<Faceprint>, DetectError> {
        match self.marks.of(picture, head)? {
            Some(points) => Ok(self.embedder.print(picture, &points)?),
            None => Ok(None),
        }
    }
}

/// The faces kept beside the file of authorizations `consent`.
///
/// # Errors
/// When the manifest of models names no network for faces.
pub fn store(consent: &Path, registry: &Registry) -> Result<Store, SetupError> {
    Ok(Store::new(consent.with_extension("faces"), registry.entry(identity::NAME)?.sha256.clone()))
}

/// The file of authorizations `consent`, the folder of faces beside it, and the latest day: all that [`Keeper::load`] reads
/// besides models.
pub fn files(consent: &Path) -> [PathBuf; 3] {
    [consent.to_owned(), consent.with_extension("faces"), clock::file(consent)]
}

/// Knows who may be seen.
pub struct Keeper {
    consents: Consents,
    /// The photos of each person, in the order of the authorizations.
    photos: Vec<Vec<Faceprint>>,
    faces: Box<dyn Faces>,
    today: fn() -> Day,
    /// The latest day since it was made.
    latest: Mutex<Option<Day>>,
}

impl Keeper {
    /// Reads the file of authorizations and the faces beside it. Nothing is read after that, so that a worker may give up its
    /// right to; the day is not written down either, which whoever begins a run does: [`clock::remember`].
    ///
    /// # Errors
    /// When the file cannot be read or makes no sense, the clock was set back, faces can be read by others, or a model is not
    /// usable.
    pub fn load(consent: &Path, registry: &Registry) -> Result<Self, SetupError> {
        let consents = file::read(consent)?;
        clock::check(consent, Day::today())?;
        let store = store(consent, registry)?;
        let of = |person: &Person| match person.revoked {
            // Deleted with the revocation; if not, then out of use at least.
            Some(_) => Ok(Vec::new()),
            None => store.load(&person.authorization),
        };
        let photos = consents.people.iter().map(of).collect::<Result<_, _>>()?;
        Ok(Self::new(consents, photos, Box::new(Networks::load(registry)?), Day::today))
    }

    /// With what is in memory, on days that `today` tells. `photos` has an entry for each person of `consents`, in order.
    pub fn new(consents: Consents, photos: Vec<Vec<Faceprint>>, faces: Box<dyn Faces>, today: fn() -> Day) -> Self {
        Self { consents, photos, faces, today, latest: Mutex::default() }
    }

    /// What may be seen on this day, as a hash, to be listed with the models: when somebody revokes or an authorization ends,
    /// earlier outputs are no longer what this policy makes.
    pub(super) fn used(&self) -> ModelUsed {
        let today = (self.today)();
        let mut text = self.consents.to_toml();
        for (person, photos) in self.consents.people.iter().zip(&self.photos) {
            let standing = person.standing(today).name();
            let alike: Vec<_> = photos.iter().map(|photo| photo.fingerprint()).collect();
            text.push_str(&format!("{} {standing} {}\n", person.authorization, alike.join(" ")));
        }
        let sha256 = sha256_hex(text.as_bytes());
        ModelUsed { name: "consent".to_owned(), sha256, device: None, taken: None }
    }

    /// Moves the faces among `findings` that may stay to `visible`; `place` is the file's path below the folder that is
    /// cleaned.
    pub(super) fn keep(
        &self,
        picture: &RgbImage,
        place: Option<&Path>,
        findings: &mut Vec<Finding>,
        visible: &mut Visible,
    ) -> Result<(), DetectError> {
        let allowed = self.allowed(Scope::Photos, place);
        let faces: Vec<(usize, Rect)> = findings
            .iter()
            .enumerate()
            .filter(|(_, finding)| finding.class == Class::Face)
            .map(|(at, finding)| (at, finding.shape.bounds()))
            .collect();
        if faces.is_empty() || allowed.is_empty() {
            return Ok(());
        }
        let mut stays = self.recognised(picture, &faces, &allowed)?;
        for (face, person) in self.pointed_out(picture, &faces, &allowed) {
            match (stays.get(&face), person) {
                // Pointed out for one and like another, or pointed out for two: a mistake.
                (Some(other), Some(person)) if *other != person => drop(stays.remove(&face)),
                (_, None) => drop(stays.remove(&face)),
                (_, Some(person)) => drop(stays.insert(face, person)),
            }
        }
        for (at, person) in stays.into_iter().rev() {
            visible.places.push(findings.remove(at));
            visible.authorizations.push(person.authorization.clone());
        }
        Ok(())
    }

    /// The authorizations that hold today for `scope` and the file at `place`.
    fn allowed(&self, scope: Scope, place: Option<&Path>) -> Vec<&Person> {
        let Some(today) = self.day() else { return Vec::new() };
        self.consents.people.iter().filter(|person| person.allows(scope, today, place)).collect()
    }

    /// The day that it is; `None` when the clock was set back meanwhile, and it cannot be told who may be seen.
    fn day(&self) -> Option<Day> {
        let today = (self.today)();
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let day = latest.map_or(today, |latest| latest.max(today));
        *latest = Some(day);
        clock::is_credible(today, day).then_some(today)
    }

    /// Everybody whose face is known, also those who may not be seen any more, so that nobody is taken for a colleague.
    fn known(&self) -> Vec<(&Person, &[Faceprint])> {
        let people = self.consents.people.iter().zip(&self.photos);
        people
            .filter(|(_, photos)| !photos.is_empty())
            .map(|(person, photos)| (person, photos.as_slice()))
            .collect()
    }

    /// The faces that look like somebody who is `allowed`.
    fn recognised<'a>(
        &'a self,
        picture: &RgbImage,
        faces: &[(usize, Rect)],
        allowed: &[&Person],
    ) -> Result<BTreeMap<usize, &'a Person>, DetectError> {
        let known = self.known();
        if !known.iter().any(|(person, _)| allowed.contains(person)) {
            return Ok(BTreeMap::new());
        }
        let (mut seen, mut similarities) = (Vec::new(), Vec::new());
        for (at, head) in faces {
            let Some(face) = self.faces.face(picture, head)? else { continue };
            similarities.push(alike(&known, &face));
            seen.push(*at);
        }
        let people = matched(&similarities).into_iter().map(|person| person.map(|at| known[at].0));
        let may_stay = |person: &&Person| allowed.contains(person);
        Ok(seen.into_iter().zip(people).filter_map(|(at, person)| Some((at, person.filter(may_stay)?))).collect())
    }

    /// The faces that somebody pointed out in this very picture, each with its owner, or `None` where two are named.
    fn pointed_out<'a>(
        &'a self,
        picture: &RgbImage,
        faces: &[(usize, Rect)],
        allowed: &[&Person],
    ) -> BTreeMap<usize, Option<&'a Person>> {
        let mut owners = BTreeMap::new();
        let valid = |id: &str| self.consents.person(id).filter(|person| allowed.contains(person));
        if !self.consents.pictures.iter().any(|pointed| valid(&pointed.authorization).is_some()) {
            return owners;
        }
        let hash = pixels_sha256(picture);
        for pointed in self.consents.pictures.iter().filter(|pointed| pointed.pixels_sha256 == hash) {
            let mut here = faces.iter().filter(|(_, head)| pointed.holds(head.center()));
            // Two faces in one box: nobody said which.
            let (Some((face, _)), None) = (here.next(), here.next()) else { continue };
            // One whose authorization ended objects to another's, so that nothing stays by mistake.
            let owner = valid(&pointed.authorization);
            owners
                .entry(*face)
                .and_modify(|known: &mut Option<&Person>| {
                    if known.map(|p| &p.authorization) != owner.map(|p| &p.authorization) {
                        *known = None;
                    }
                })
                .or_insert(owner);
        }
        owners
    }
}

/// How much a face is like each of those who are known, by the best of their photos.
fn alike(known: &[(&Person, &[Faceprint])], face: &Faceprint) -> Vec<f32> {
    let best = |photos: &[Faceprint]| photos.iter().map(|p| p.similarity(face)).fold(f32::MIN, f32::max);
    known.iter().map(|(_, photos)| best(photos)).collect()
}

/// SHA-256 of the pixels of an upright picture and its width, lower-case hexadecimal: the same for the same picture under
/// any name and in any lossless format.
pub fn pixels_sha256(picture: &RgbImage) -> String {
    let mut hash = Sha256::new();
    hash.update(picture.width().to_le_bytes());
    hash.update(picture.as_raw());
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests;
