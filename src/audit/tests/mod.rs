//! Trails that were interfered with, by people, by crashes and by age.

mod chain;
mod crash;
mod paper;
mod purge;

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use super::*;
use crate::hash::sha256_hex;

const TOOL: &str = "safepost test";
/// 2026-01-01.
const NOW: u64 = 1_767_225_600;

/// A folder with a trail in it.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// With a first row, a run and `inputs` inputs.
    fn with(inputs: u64) -> Self {
        let place = Self::new();
        let mut trail = place.open();
        trail.append(NOW, run()).unwrap();
        for n in 0..inputs {
            trail.append(NOW + n, input(trail.key(), n)).unwrap();
        }
        place
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("out.private.jsonl")
    }

    fn open(&self) -> Trail {
        self.try_open().unwrap()
    }

    fn try_open(&self) -> Result<Trail, AuditError> {
        Trail::open(&self.path(), TOOL, NOW, &mut |_, _| {})
    }

    fn key(&self) -> Key {
        Key::read(&key_file(&self.path())).unwrap()
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.path()).unwrap()
    }

    fn put(&self, bytes: &[u8]) {
        std::fs::write(self.path(), bytes).unwrap();
    }

    fn lines(&self) -> Vec<Vec<u8>> {
        self.bytes().split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
    }

    fn chain(&self) -> Chain {
        verify(&self.path(), Some(&self.key()), None).unwrap().0
    }

    /// Where the chain breaks, with the key.
    fn broken(&self) -> Option<(u64, Why)> {
        self.chain().broken.map(|broken| (broken.line, broken.why))
    }

    fn rows(&self) -> Vec<Row> {
        read(&self.path(), Some(&self.key())).unwrap().1
    }
}

fn run() -> What {
    What::Run(Run {
        tool: TOOL.to_owned(),
        policy_sha256: "p".repeat(64),
        models_sha256: "m".repeat(64),
        models: vec![ModelRow {
            name: "model".to_owned(),
            sha256: "w".repeat(64),
            device: Some("cpu".to_owned()),
            taken: None,
        }],
        operator: None,
    })
}

fn input(key: &Key, n: u64) -> What {
    What::Input(Box::new(Input {
        run: 1,
        tool: TOOL.to_owned(),
        policy_sha256: "p".repeat(64),
        models_sha256: "m".repeat(64),
        operator: None,
        input_hmac: Some(key.input(&sha256_hex(&n.to_le_bytes()))),
        outcome: "clean".to_owned(),
        reason: None,
        verification: "passed".to_owned(),
        found: BTreeMap::from([("face".to_owned(), n)]),
        identifiers: BTreeMap::from([("date".to_owned(), 2 * n)]),
        spared: n,
        authorized: BTreeMap::from([("A-1".to_owned(), 1)]),
        limited_to: Vec::new(),
        outputs: vec![OutputRow {
            name: format!("{n:016x}.jpg"),
            sha256: sha256_hex(b"output"),
            bytes: 6,
            width: 3,
            height: 2,
            frames: 1,
        }],
        report: Some(serde_json::json!({ "format": "jpeg", "covered": 0.25 })),
    }))
}

fn number_of(path: &Path) -> usize {
    std::fs::read(path).unwrap().iter().filter(|b| **b == b'\n').count()
}
