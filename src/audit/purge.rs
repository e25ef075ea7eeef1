//! Removing rows that are old enough, so that what is left still holds: the last row then commits to everything that
//! went. The only change of a trail that is not an addition.

use std::{
    fs::File,
    io::{self, BufReader, Read, Seek, SeekFrom, Write},
    path::Path,
};

use sha2::{Digest, Sha256};

use super::{
    AuditError, Trail, chain, failed, names, names_file,
    row::{Purge, Row, VERSION, What},
};
use crate::{hash::hex, private};

/// How long rows are kept at least. 45 CFR 164.316(b)(2)(i) has a covered entity retain the documentation that its
/// subsection (b)(1) asks for "for 6 years from the date of its creation or the date when it last was in effect,
/// whichever is later". Whether a trail is such documentation is for its owner to say; here all of it is kept so long.
pub const LEAST_YEARS: u32 = 6;

/// Six years have at most two leap days, so none is shorter in days than this many years of 365.33… days.
const SECONDS_PER_YEAR: f64 = (2192.0 / 6.0) * 86_400.0;

/// What a purge did, or would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purged {
    /// Rows that went.
    pub rows: u64,
    /// When the youngest of them was written, seconds since 1970 UTC.
    pub youngest_unix_s: u64,
    /// Hash of the last row now.
    pub head: String,
}

/// What is known of a row without keeping it.
struct Seen {
    row: u64,
    time_unix_s: u64,
    begins_a_run: bool,
    end: u64,
    sha256: String,
}

/// Removes the rows at the beginning of the trail at `path` that were written more than `years` before `now_unix_s`,
/// in whole runs, except the first row; and the names that belong to them. A `dry` purge only says what it would do.
///
/// # Errors
/// [`AuditError::TooYoung`] when `years` is less than [`LEAST_YEARS`], [`AuditError::NothingOld`] when no row is that
/// old, and as [`Trail::open`].
pub fn purge(
    path: &Path,
    tool: &str,
    years: u32,
    now_unix_s: u64,
    operator: Option<&str>,
    dry: bool,
) -> Result<Purged, AuditError> {
    if years < LEAST_YEARS {
        return Err(AuditError::TooYoung);
    }
    let io = |doing| failed(path, doing);
    // Opening would begin a trail where none is.
    path.metadata().map_err(io("opened"))?;
    let mut seen = Vec::new();
    let trail = Trail::open(path, tool, now_unix_s, &mut |row, place| {
        seen.push(Seen {
            row: row.row,
            time_unix_s: row.time_unix_s,
            begins_a_run: !matches!(row.what, What::Input(_)),
            end: place.end,
            sha256: place.sha256.to_owned(),
        });
    })?;
    let Some((first, rest)) = seen.split_first() else { return Err(AuditError::NothingOld { years }) };
    let limit = now_unix_s.saturating_sub((f64::from(years) * SECONDS_PER_YEAR).ceil() as u64);
    let old = rest.iter().take_while(|row| row.time_unix_s < limit).count();
    let whole_runs = (0..=old).rev().find(|n| rest.get(*n).is_none_or(|next| next.begins_a_run)).unwrap_or(0);
    let Some(last) = whole_runs.checked_sub(1).map(|at| &rest[at]) else {
        return Err(AuditError::NothingOld { years });
    };
    let youngest_unix_s = rest[..whole_runs].iter().map(|row| row.time_unix_s).max().unwrap_or(0);
    let mut purged = Purged { rows: whole_runs as u64, youngest_unix_s, head: trail.head().to_owned() };
    if dry {
        return Ok(purged);
    }
    // The new file stays locked until its names are gone too.
    let (head, _locked) = rewrite(&trail, first.end, last, years, now_unix_s, operator).map_err(io("written"))?;
    purged.head = head;
    names::forget(&names_file(path), trail.id(), last.row)?;
    Ok(purged)
}

/// Puts a file in the trail's place that lacks what stands from `from` to the end of `last`, with a row more.
fn rewrite(
    trail: &Trail,
    from: u64,
    last: &Seen,
    years: u32,
    time_unix_s: u64,
    operator: Option<&str>,
) -> io::Result<(String, File)> {
    let mut new = private::beside(trail.path())?;
    // Held from before it has its name, so that no run can begin between.
    new.as_file().try_lock()?;
    let mut old = trail.file();
    old.seek(SeekFrom::Start(0))?;
    let mut old = BufReader::new(old);
    io::copy(&mut old.by_ref().take(from), &mut new)?;
    let mut hash = Sha256::new();
    let bytes = last.end - from;
    digest(&mut old.by_ref().take(bytes), &mut hash)?;
    io::copy(&mut old, &mut new)?;
    let purge = Purge {
        to: last.row,
        last_sha256: last.sha256.clone(),
        bytes,
        bytes_sha256: hex(&hash.finalize()),
        years,
        operator: operator.map(str::to_owned),
    };
    let (prev, what) = (trail.head().to_owned(), What::Purge(purge));
    let row = Row { v: VERSION, row: trail.next(), prev, time_unix_s, what };
    let (mut line, sha256) = chain::line(&row, trail.key())?;
    line.push(b'\n');
    new.write_all(&line)?;
    new.as_file().sync_all()?;
    let new = new.persist(trail.path()).map_err(|e| e.error)?;
    if let Ok(folder) = File::open(private::folder_of(trail.path())) {
        // The new file is in its place either way; this only makes it stay there over a power cut.
        let _ = folder.sync_all();
    }
    Ok((sha256, new))
}

fn digest(from: &mut impl Read, hash: &mut Sha256) -> io::Result<()> {
    let mut piece = vec![0; 1 << 16];
    loop {
        match from.read(&mut piece)? {
            0 => return Ok(()),
            n => hash.update(&piece[..n]),
        }
    }
}
