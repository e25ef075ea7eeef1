//! The order of the search, in folders made for the purpose.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{LIBRARY_NAMES, Outcome, Place, SETUP_FOLDER, Surroundings};

/// A checkout with a program in `target/release`, a system, and a folder that variables point to.
struct World {
    folder: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let world = Self { folder: tempfile::tempdir().unwrap() };
        world.file("checkout/target/release/safepost");
        world
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn file(&self, path: &str) -> PathBuf {
        let path = self.at(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, b"x").unwrap();
        path
    }

    fn library(&self, folder: &str) -> PathBuf {
        self.file(&format!("{folder}/{}", LIBRARY_NAMES[0]))
    }

    fn surroundings(&self) -> Surroundings {
        Surroundings {
            program: Some(self.at("checkout/target/release/safepost")),
            system_libraries: vec![self.at("system/lib")],
            system_models: vec![self.at("system/models")],
            ..Surroundings::default()
        }
    }
}

fn models(surroundings: &Surroundings, asked: Option<&Path>) -> super::Located {
    surroundings.models(asked, &["a.onnx", "b.onnx"])
}

#[test]
fn the_library_is_taken_from_the_first_place_of_the_written_order() {
    let world = World::new();
    let mut surroundings = world.surroundings();
    surroundings.ort_lib = Some(world.at("env"));
    surroundings.ort_dylib_path = Some(world.at("shared-env/any-name.so"));
    let order = [
        world.library("env"),
        world.file("shared-env/any-name.so"),
        world.library("checkout/target/release"),
        world.library("checkout/target/lib/safepost"),
        world.library("checkout/target/lib"),
        world.library(&format!("checkout/{SETUP_FOLDER}")),
        world.library("system/lib"),
    ];
    let asked = world.library("asked");
    assert_eq!(surroundings.library(Some(&world.at("asked"))).path, Some(asked));
    for expected in &order {
        assert_eq!(surroundings.library(None).path.as_ref(), Some(expected));
        fs::remove_file(expected).unwrap();
        surroundings.ort_lib = None;
    }
    assert_eq!(surroundings.library(None).path, None);
}

#[test]
fn the_models_are_taken_from_the_first_place_of_the_written_order() {
    let world = World::new();
    let mut surroundings = world.surroundings();
    surroundings.models = Some(world.at("env"));
    let order = [
        "env",
        "checkout/target/release/models",
        "checkout/target/share/safepost/models",
        "checkout/models",
        "system/models",
    ];
    for folder in order {
        world.file(&format!("{folder}/b.onnx"));
    }
    world.file("asked/a.onnx");
    assert_eq!(models(&surroundings, Some(&world.at("asked"))).path, Some(world.at("asked")));
    for folder in order {
        assert_eq!(models(&surroundings, None).path, Some(world.at(folder)));
        fs::remove_file(world.at(folder).join("b.onnx")).unwrap();
        surroundings.models = None;
    }
    assert_eq!(models(&surroundings, None).path, None);
}

#[test]
fn a_place_that_was_asked_for_and_is_empty_is_not_replaced_by_another() {
    let world = World::new();
    world.library("system/lib");
    world.file("system/models/a.onnx");
    let mut surroundings = world.surroundings();
    let nowhere = world.at("nowhere");
    for located in [surroundings.library(Some(&nowhere)), models(&surroundings, Some(&nowhere))] {
        assert_eq!(located.path, None);
        assert_eq!(located.failure(), format!("it is not at {} (as asked for)", nowhere.display()));
    }
    surroundings.ort_lib = Some(nowhere.clone());
    surroundings.models = Some(nowhere);
    assert_eq!(surroundings.library(None).path, None);
    assert_eq!(models(&surroundings, None).path, None);
}

#[test]
fn a_variable_of_other_programs_that_leads_nowhere_is_passed_over() {
    let world = World::new();
    let library = world.library("system/lib");
    let surroundings = Surroundings { ort_dylib_path: Some(world.at("nowhere")), ..world.surroundings() };
    let located = surroundings.library(None);
    assert_eq!(located.path, Some(library));
    assert_eq!(located.tried[0].place, Place::SharedEnvironment("ORT_DYLIB_PATH"));
    assert_eq!(located.tried[0].outcome, Outcome::Absent);
}

#[test]
fn the_current_folder_is_never_searched() {
    let surroundings = World::new().surroundings();
    let current = std::env::current_dir().unwrap();
    for located in [surroundings.library(None), models(&surroundings, None)] {
        assert!(located.tried.iter().all(|t| t.path.is_absolute() && !t.path.starts_with(&current)));
    }
}

#[test]
fn every_step_is_told_in_order_and_the_last_one_is_what_was_found() {
    let world = World::new();
    let library = world.library("system/lib");
    let located = world.surroundings().library(None);
    let (last, before) = located.tried.split_last().unwrap();
    assert_eq!(located.path, Some(library));
    assert_eq!((last.place, last.outcome), (Place::System, Outcome::Found));
    assert!(before.len() >= 4 && before.iter().all(|t| t.outcome == Outcome::Absent));
    assert!(last.to_string().ends_with("system/lib (on the system): found"), "{last}");
}

#[test]
fn a_program_outside_its_checkout_finds_what_it_was_built_from() {
    let world = World::new();
    let library = world.library(&format!("sources/{SETUP_FOLDER}"));
    let surroundings = Surroundings { built_from: Some(world.at("sources")), ..world.surroundings() };
    assert_eq!(surroundings.library(None).path, Some(library));
}

/// Needs root to give a file away; anybody else sees that the check reads the owner of both files.
#[cfg(unix)]
#[test]
fn a_library_in_a_checkout_that_belongs_to_somebody_else_is_passed_over() {
    let world = World::new();
    let library = world.library(&format!("checkout/{SETUP_FOLDER}"));
    let own = super::owner_of(&library);
    assert_eq!(own, super::owner_of(&world.at("checkout/target/release/safepost")));
    if std::os::unix::fs::chown(&library, Some(own.unwrap() + 4321), None).is_err() {
        return;
    }
    let located = world.surroundings().library(None);
    assert_eq!(located.path, None);
    assert!(located.tried.iter().any(|t| t.outcome == Outcome::ForeignOwner));
}
