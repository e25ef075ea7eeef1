//! Where faces of people who agreed to be seen are kept: one file a person, closed to everybody but its owner, deleted when
//! the person says no. Separate so that no other file of the program writes numbers of faces.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::Faceprint;
use crate::{error::ConsentError, private, secret::Secret};

/// A folder of faces, made by one network.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
    model_sha256: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    /// Faces of different networks cannot be compared.
    model_sha256: String,
    faces: Vec<Vec<f32>>,
}

impl Store {
    /// The faces in `folder`, which need not exist, made by the network of this hash.
    pub fn new(folder: PathBuf, model_sha256: String) -> Self {
        Self { folder, model_sha256 }
    }

    /// The faces kept under `name` (letters, digits, dots and dashes); none when there is no such file.
    ///
    /// # Errors
    /// When the file cannot be read, others may read it, or another network made it.
    pub fn load(&self, name: &str) -> Result<Vec<Faceprint>, ConsentError> {
        let path = self.path(name);
        let text = match fs::read_to_string(&path) {
            Ok(text) => Secret::new(text),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(ConsentError::Io { doing: "reading", path, source }),
        };
        closed(&path)?;
        let unusable = |detail| ConsentError::Unusable { path: path.clone(), detail };
        let file: File = serde_json::from_str(text.expose()).map_err(|_| unusable("it is not what was written"))?;
        if file.version != 1 || file.model_sha256 != self.model_sha256 {
            return Err(unusable("another version made it"));
        }
        file.faces
            .into_iter()
            .map(Faceprint::new)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| unusable("a number is missing"))
    }

    /// Keeps `faces` under `name`, instead of what was there.
    ///
    /// # Errors
    /// When the folder or the file cannot be written.
    pub fn save(&self, name: &str, faces: &[Faceprint]) -> Result<(), ConsentError> {
        let path = self.path(name);
        let failed = |doing| {
            let path = path.clone();
            move |source| ConsentError::Io { doing, path, source }
        };
        make_private(&self.folder).map_err(failed("making the folder of"))?;
        let faces = faces.iter().map(|face| face.0.expose().clone()).collect();
        let file = File { version: 1, model_sha256: self.model_sha256.clone(), faces };
        let text = serde_json::to_vec(&file).map_err(|e| failed("writing")(e.into()))?;
        private::replace(&path, &text).map_err(failed("writing"))
    }

    /// Whether faces are kept under `name`.
    pub fn holds(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// Deletes the faces kept under `name`; whether there were any.
    ///
    /// # Errors
    /// When they cannot be deleted.
    pub fn remove(&self, name: &str) -> Result<bool, ConsentError> {
        let path = self.path(name);
        match fs::remove_file(&path) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(ConsentError::Io { doing: "deleting", path, source }),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}.face"))
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Refuses what others may read.
#[cfg(unix)]
fn closed(path: &Path) -> Result<(), ConsentError> {
    use std::os::unix::fs::PermissionsExt;
    let meta = fs::metadata(path).map_err(|source| ConsentError::Io {
        doing: "reading",
        path: path.to_owned(),
        source,
    })?;
    if meta.permissions().mode() & 0o077 == 0 { Ok(()) } else { Err(ConsentError::Open { path: path.to_owned() }) }
}

#[cfg(not(unix))]
fn closed(_: &Path) -> Result<(), ConsentError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(folder: &Path) -> Store {
        Store::new(folder.join("consent.faces"), "ab".to_owned())
    }

    fn face(first: f32) -> Faceprint {
        let mut numbers = vec![0.1; super::super::NUMBERS];
        numbers[0] = first;
        Faceprint::new(numbers).unwrap()
    }

    #[test]
    fn faces_come_back_until_they_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        assert!(store.load("A-1").unwrap().is_empty());
        store.save("A-1", &[face(1.0), face(2.0)]).unwrap();
        let back = store.load("A-1").unwrap();
        assert!(back.len() == 2 && back[1].similarity(&face(2.0)) > 0.9999);
        assert!(store.remove("A-1").unwrap() && !store.remove("A-1").unwrap());
        assert!(store.load("A-1").unwrap().is_empty());
    }

    #[test]
    fn faces_of_another_network_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        store(folder.path()).save("A-1", &[face(1.0)]).unwrap();
        let other = Store::new(folder.path().join("consent.faces"), "cd".to_owned());
        assert!(matches!(other.load("A-1"), Err(ConsentError::Unusable { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_them() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        store.save("A-1", &[face(1.0)]).unwrap();
        let path = store.path("A-1");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(&store.folder)), (0o600, 0o700));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(store.load("A-1"), Err(ConsentError::Open { .. })));
    }
}
