//! Which files an authorization covers, by their place below the folder that is cleaned. Separate as a small language of its
//! own. What cannot be told to match does not: a path that is not text, or leads elsewhere.

use std::path::{Component, Path};

/// The longest pattern, in bytes.
const LONGEST: usize = 256;

/// Whether `pattern` may be one; else what is wrong with it.
///
/// # Errors
/// With what is wrong.
pub fn check(pattern: &str) -> Result<(), &'static str> {
    if pattern.is_empty() || pattern.len() > LONGEST {
        return Err("must have 1 to 256 letters");
    }
    if pattern.contains(['\\', '[', ']', '{', '}', '!']) {
        return Err("may hold only `*`, `?` and `**` besides names, with `/` between folders");
    }
    let mut parts = pattern.split('/');
    if parts.clone().any(|part| part.is_empty() || part == "." || part == "..") {
        return Err("must be relative, without `.`, `..` or an empty part");
    }
    if parts.any(|part| part != "**" && part.contains("**")) {
        return Err("must have `**` stand alone between slashes");
    }
    Ok(())
}

/// Whether `pattern` covers the file at `path`: `?` stands for a character, `*` for any number of them within a name, `**` for
/// any number of folders and, at the end, for everything below.
pub fn covers(pattern: &str, path: &Path) -> bool {
    let name = |part: Component<'_>| match part {
        Component::Normal(name) => name.to_str().map(|name| name.chars().collect::<Vec<_>>()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => None,
    };
    let Some(names) = path.components().map(name).collect::<Option<Vec<_>>>() else { return false };
    let mut parts: Vec<Vec<char>> = pattern.split('/').map(|part| part.chars().collect()).collect();
    if parts.last().is_some_and(|last| any(last)) {
        // The folder itself is not below itself.
        parts.insert(parts.len() - 1, vec!['*']);
    }
    let same = |part: &Vec<char>, name: &Vec<char>| {
        fits(part, name, &|c: &char| *c == '*', &|c: &char, d: &char| *c == '?' || c == d)
    };
    check(pattern).is_ok() && fits(&parts, &names, &|part: &Vec<char>| any(part), &same)
}

fn any(part: &[char]) -> bool {
    part == ['*', '*']
}

/// Whether `pattern`, in which some parts stand for any number of things, fits `things`. Only the last of those has to be
/// tried again, so the time is at most the product of the lengths.
fn fits<P, T>(pattern: &[P], things: &[T], many: &dyn Fn(&P) -> bool, one: &dyn Fn(&P, &T) -> bool) -> bool {
    let (mut at, mut thing, mut again) = (0, 0, None);
    while thing < things.len() {
        match pattern.get(at) {
            Some(part) if many(part) => {
                again = Some((at, thing));
                at += 1;
            }
            Some(part) if one(part, &things[thing]) => (at, thing) = (at + 1, thing + 1),
            _ => {
                let Some((star, from)) = again else { return false };
                again = Some((star, from + 1));
                (at, thing) = (star + 1, from + 1);
            }
        }
    }
    pattern[at..].iter().all(many)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_what_lies_below_its_folder_and_nothing_beside() {
        for (pattern, path, covered) in [
            ("staff/**", "staff/a.jpg", true),
            ("staff/**", "staff/2026/may/a.jpg", true),
            ("staff/**", "staff", false),
            ("staff/**", "staffing/a.jpg", false),
            ("staff/**", "patients/staff/a.jpg", false),
            ("**/staff/*", "b/c/staff/a.jpg", true),
            ("**/staff/*", "staff/a.jpg", true),
            ("**/staff/*", "staff/x/a.jpg", false),
            ("staff/*.jpg", "staff/a.jpg", true),
            ("staff/*.jpg", "staff/a.png", false),
            ("staff/*.jpg", "staff/x/a.jpg", false),
            ("team-?.mp4", "team-1.mp4", true),
            ("team-?.mp4", "team-12.mp4", false),
            ("a/**/b/**/c", "a/x/b/y/b/c", true),
            ("a/**/b/**/c", "a/x/y/c", false),
            ("**", "anything/at/all", true),
        ] {
            assert_eq!(covers(pattern, Path::new(path)), covered, "{pattern} {path}");
        }
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_never_covered() {
        for path in ["/staff/a.jpg", "staff/../patients/a.jpg", "../staff/a.jpg", "", "./staff/a.jpg"] {
            assert!(!covers("staff/**", Path::new(path)), "{path}");
        }
        assert!(!covers("**", Path::new("staff/../a.jpg")));
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_is_never_covered() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"staff/\xff.jpg"));
        assert!(!covers("staff/**", path));
    }

    #[test]
    fn a_pattern_that_could_mean_something_else_is_refused() {
        for pattern in
            ["", "/staff/**", "staff/../**", "staff\\**", "staff/a**", "staff//a", "[ab]/*", "!staff", "."]
        {
            assert!(check(pattern).is_err(), "{pattern}");
            assert!(!covers(pattern, Path::new("staff/a.jpg")), "{pattern}");
        }
        assert!(check(&"a".repeat(257)).is_err());
    }

    #[test]
    fn a_pattern_made_to_be_slow_is_not() {
        let pattern = format!("{}c", "*a".repeat(100));
        assert!(!covers(&pattern, Path::new(&"a".repeat(4000))));
    }
}
