//! How rows hang together, and the walk that checks it: used before a run adds rows, and by `audit verify`.
//!
//! A line is a row as JSON, its seal as the last member. A crash or a full disk can leave the beginning of a row at the
//! end of the file. The next run ends that line and writes a row that holds its hash: torn and sealed, not tampered with.
//! Bytes are told to be such a beginning by the parser, which must have found nothing wrong before they ended.

use std::io::{self, BufRead, Read};

use serde_json::error::Category;
use sha2::{Digest, Sha256};

use super::{
    Key,
    broken::{Broken, Why},
    row::{Genesis, Row, Torn, VERSION, What},
};
use crate::hash::{hex, sha256_hex};

/// What stands where a row before the first would have its hash.
const NO_ROW: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// No row is longer: the report of an animation of 100,000 frames takes about 12 MB.
const MOST_BYTES: u64 = 64 << 20;
const SEAL: &[u8] = b",\"seal\":\"";
const SEAL_DIGITS: usize = 64;

/// How the file ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tail {
    /// With a whole line, or the file is empty.
    Whole,
    /// With a whole row whose line is not ended.
    NotEnded,
    /// With the beginning of a row.
    Torn {
        /// What a row that seals it says, the line's end included.
        torn: Torn,
        /// The first such line, from 1.
        line: u64,
        /// Whether the last line is ended.
        ended: bool,
    },
}

/// What a walk over a trail came to.
#[derive(Clone, Debug)]
pub struct Chain {
    /// The first row; `None` in an empty trail.
    pub genesis: Option<Genesis>,
    /// Rows that hold.
    pub rows: u64,
    /// Number that the next row will have.
    pub next: u64,
    /// SHA-256 of the last row that holds.
    pub head: String,
    /// Torn lines that a row accounts for.
    pub torn: u64,
    /// Rows that a purge accounts for.
    pub purged: u64,
    /// Whether the seals were checked, for which the key is needed.
    pub sealed: bool,
    /// How the file ends.
    pub tail: Tail,
    /// The first line that does not hold; nothing after it was looked at.
    pub broken: Option<Broken>,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Offset in bytes of the end of its line.
    pub end: u64,
    /// Its hash.
    pub sha256: &'a str,
}

/// A row as a line, without the line's end; also its hash.
pub(super) fn line(row: &Row, key: &Key) -> io::Result<(Vec<u8>, String)> {
    let mut line = serde_json::to_vec(row)?;
    let seal = key.seal(&line);
    line.pop();
    line.extend_from_slice(SEAL);
    line.extend_from_slice(seal.as_bytes());
    line.extend_from_slice(b"\"}");
    let sha256 = sha256_hex(&line);
    Ok((line, sha256))
}

/// What the first row holds for the hash of the row before it.
pub(super) fn no_row() -> String {
    NO_ROW.to_owned()
}

/// Walks over a trail from its beginning, as far as it holds; `visit` gets every row that does.
pub(super) fn walk(
    mut from: impl BufRead,
    key: Option<&Key>,
    visit: &mut dyn FnMut(&Row, Place<'_>),
) -> io::Result<Chain> {
    let mut walk = Walk::new(key);
    let (mut line, mut end, mut number) = (Vec::new(), 0, 0);
    loop {
        line.clear();
        let read = from.by_ref().take(MOST_BYTES).read_until(b'\n', &mut line)? as u64;
        if read == 0 {
            break;
        }
        end += read;
        number += 1;
        let ended = line.pop_if(|last| *last == b'\n').is_some();
        let judged = if read == MOST_BYTES && !ended { Err(Why::TooLong) } else { walk.line(number, &line, ended) };
        match judged {
            Ok(Some(row)) => visit(&row, Place { end, sha256: &walk.chain.head }),
            Ok(None) => {}
            Err(why) => {
                // What is left open by a torn line is the earlier fault.
                let line = walk.torn.as_ref().filter(|_| why == Why::CutOff).map_or(number, |torn| torn.line);
                walk.chain.broken = Some(Broken { line, why });
                return Ok(walk.chain);
            }
        }
    }
    Ok(walk.finish())
}

/// Lines that are beginnings of rows, so far not accounted for.
struct Open {
    line: u64,
    lines: u64,
    bytes: u64,
    hash: Sha256,
    ended: bool,
}

/// Rows that are missing after the first, so far not accounted for.
struct Gap {
    line: u64,
    to: u64,
    last_sha256: String,
}

struct Walk<'a> {
    key: Option<&'a Key>,
    chain: Chain,
    torn: Option<Open>,
    gap: Option<Gap>,
}

impl<'a> Walk<'a> {
    fn new(key: Option<&'a Key>) -> Self {
        let chain = Chain {
            genesis: None,
            rows: 0,
            next: 0,
            head: no_row(),
            torn: 0,
            purged: 0,
            sealed: key.is_some(),
            tail: Tail::Whole,
            broken: None,
        };
        Self { key, chain, torn: None, gap: None }
    }

    fn line(&mut self, number: u64, line: &[u8], ended: bool) -> Result<Option<Row>, Why> {
        // A power cut can leave zeros where bytes should have come.
        let zeros = line.iter().rev().take_while(|b| **b == 0).count();
        let row: Row = match serde_json::from_slice(&line[..line.len() - zeros]) {
            Ok(row) if zeros == 0 => row,
            Err(error) if error.classify() == Category::Eof => {
                self.begun(number, line, ended);
                return Ok(None);
            }
            Err(error) if error.classify() == Category::Data => return Err(unknown(line)),
            Ok(_) | Err(_) => return Err(Why::NotARow),
        };
        if row.v != VERSION {
            return Err(Why::Version);
        }
        self.seal(line)?;
        self.accounts_for_torn(&row)?;
        self.follows(&row, number)?;
        if let What::Purge(purge) = &row.what
            && self.gap.take_if(|gap| gap.to == purge.to && gap.last_sha256 == purge.last_sha256).is_some()
        {
            self.chain.purged = purge.to;
        }
        self.chain.rows += 1;
        self.chain.next = row.row + 1;
        self.chain.head = sha256_hex(line);
        self.chain.tail = if ended { Tail::Whole } else { Tail::NotEnded };
        Ok(Some(row))
    }

    fn begun(&mut self, number: u64, line: &[u8], ended: bool) {
        let new = || Open { line: number, lines: 0, bytes: 0, hash: Sha256::new(), ended };
        let open = self.torn.get_or_insert_with(new);
        open.lines += 1;
        open.bytes += line.len() as u64 + 1;
        open.hash.update(line);
        open.hash.update(b"\n");
        open.ended = ended;
    }

    /// The seal is where it belongs and, if the key is at hand, the one that it makes.
    fn seal(&self, line: &[u8]) -> Result<(), Why> {
        let at = line.len().checked_sub(SEAL.len() + SEAL_DIGITS + 2).ok_or(Why::NotARow)?;
        let (row, rest) = line.split_at(at);
        let digits = rest.strip_prefix(SEAL).and_then(|rest| rest.strip_suffix(b"\"}")).ok_or(Why::NotARow)?;
        if !digits.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(Why::NotARow);
        }
        match self.key {
            Some(key) if key.seal(&[row, b"}"].concat()).as_bytes() != digits => Err(Why::Seal),
            Some(_) | None => Ok(()),
        }
    }

    fn accounts_for_torn(&mut self, row: &Row) -> Result<(), Why> {
        match (&self.torn, &row.what) {
            (None, What::Torn(_)) => Err(Why::Torn),
            (None, _) => Ok(()),
            (Some(open), What::Torn(torn)) if open.sealed() == *torn && open.ended => {
                self.chain.torn += torn.lines;
                self.torn = None;
                Ok(())
            }
            (Some(_), What::Torn(_)) => Err(Why::Torn),
            (Some(_), _) => Err(Why::CutOff),
        }
    }

    fn follows(&mut self, row: &Row, number: u64) -> Result<(), Why> {
        if let What::Genesis(genesis) = &row.what {
            if self.chain.rows != 0 || row.row != 0 || row.prev != NO_ROW {
                return Err(Why::Genesis);
            }
            if self.key.is_some_and(|key| key.id() != genesis.key_id) {
                return Err(Why::OtherKey);
            }
            self.chain.genesis = Some(genesis.clone());
            return Ok(());
        }
        match self.chain.rows {
            0 => Err(Why::Genesis),
            // Purged rows go from the second on; a later row has to say so.
            1 if row.row > 1 => {
                self.gap = Some(Gap { line: number, to: row.row - 1, last_sha256: row.prev.clone() });
                Ok(())
            }
            _ if row.row != self.chain.next => Err(Why::Number),
            _ if row.prev != self.chain.head => Err(Why::Previous),
            _ => Ok(()),
        }
    }

    fn finish(mut self) -> Chain {
        if let Some(gap) = self.gap {
            self.chain.broken = Some(Broken { line: gap.line, why: Why::Missing });
        }
        if let Some(open) = self.torn {
            self.chain.tail = Tail::Torn { torn: open.sealed(), line: open.line, ended: open.ended };
        }
        self.chain
    }
}

impl Open {
    /// What a row must say that seals these lines.
    fn sealed(&self) -> Torn {
        Torn { lines: self.lines, bytes: self.bytes, sha256: hex(&self.hash.clone().finalize()) }
    }
}

/// Tells a row of another version from something else.
fn unknown(line: &[u8]) -> Why {
    let version = serde_json::from_slice::<serde_json::Value>(line).ok().and_then(|row| row["v"].as_u64());
    if version.is_some_and(|v| v != u64::from(VERSION)) { Why::Version } else { Why::NotARow }
}
