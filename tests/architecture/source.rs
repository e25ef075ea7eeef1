//! Just enough of Rust's grammar to say which paths a file names: comments and literals are left out, `use` trees are
//! unfolded, and names that a `use` brought in are told from crates.

use std::collections::BTreeSet;

/// A path as written, with the line it starts in.
#[derive(Debug)]
struct Named {
    line: usize,
    path: Vec<String>,
    in_use: bool,
}

/// What one file names.
#[derive(Debug)]
pub struct Source {
    /// Path from the root of the project.
    pub file: String,
    named: Vec<Named>,
    macros: Vec<(usize, String)>,
    own: Vec<(usize, String)>,
    brought_in: BTreeSet<String>,
}

impl Source {
    /// Reads `text`, which stands in `file`.
    pub fn read(file: &str, text: &str) -> Self {
        let tokens = tokens(text);
        let (named, macros) = paths(&tokens);
        let tests = line_of_tests(&tokens);
        let mut source =
            Self { file: file.to_owned(), named, macros, own: Vec::new(), brought_in: BTreeSet::new() };
        let depth = source.depth();
        for Named { line, path, in_use } in &source.named {
            let supers = path.iter().take_while(|p| *p == "super").count();
            let top = match path[0].as_str() {
                "crate" | "safepost" => path.get(1),
                "super" if supers >= depth => path.get(supers),
                _ => None,
            };
            source.own.extend(top.filter(|_| *line < tests).map(|top| (*line, top.clone())));
            let local = matches!(path[0].as_str(), "crate" | "safepost" | "self" | "super");
            if *in_use && local {
                source.brought_in.extend(path.last().cloned());
            }
        }
        source
    }

    /// The part of the program it belongs to: its top folder or file. `None` for `lib.rs` and `main.rs`, which stand
    /// above all parts.
    pub fn part(&self) -> Option<&str> {
        let below = self.file.strip_prefix("src/")?;
        if matches!(below, "lib.rs" | "main.rs") {
            return None;
        }
        below.split(['/', '.']).next()
    }

    /// How many `super` lead to the root of the crate from the file's own module.
    fn depth(&self) -> usize {
        let below = self.file.trim_start_matches("src/").trim_end_matches(".rs");
        below.split('/').filter(|p| !matches!(*p, "mod" | "lib" | "main")).count()
    }

    /// Every part of this program that is named, with its line. Not in the test module at the end of the file: a test
    /// may join parts to check a claim (that a mask made of what a detector found covers the text).
    pub fn own_parts_named(&self) -> impl Iterator<Item = &(usize, String)> {
        // A lower-case name is a module; what the crate's root re-exports belongs to nobody.
        self.own.iter().filter(|(_, name)| name.starts_with(|c: char| c.is_ascii_lowercase()))
    }

    /// The lines that name the foreign crate `library`.
    pub fn lines_naming_crate(&self, library: &str) -> Vec<usize> {
        let foreign = |n: &&Named| n.path[0] == library && (n.in_use || !self.brought_in.contains(library));
        self.named.iter().filter(foreign).map(|n| n.line).collect()
    }

    /// Every macro that is called, with its line.
    pub fn macros_called(&self) -> &[(usize, String)] {
        &self.macros
    }
}

#[derive(Debug, PartialEq)]
enum Token {
    Word(String),
    /// `::`
    Path,
    Other(char),
}

fn tokens(text: &str) -> Vec<(usize, Token)> {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied().unwrap_or('\0');
    let mut tokens = Vec::new();
    let (mut i, mut line) = (0, 1);
    while i < chars.len() {
        let start = i;
        match (at(i), at(i + 1)) {
            ('/', '/') => i = skip_while(&chars, i, |c| c != '\n'),
            ('/', '*') => i = after_block_comment(&chars, i),
            ('r' | 'b', '"' | '#' | 'r') if raw_string(&chars, i).is_some() => {
                i = raw_string(&chars, i).unwrap_or(i)
            }
            ('"', _) => i = after_string(&chars, i),
            // A character, not a lifetime: `'x'` or an escape.
            ('\'', '\\') => i = skip_while(&chars, i + 3, |c| c != '\'') + 1,
            ('\'', _) if at(i + 2) == '\'' => i += 3,
            (':', ':') => {
                tokens.push((line, Token::Path));
                i += 2;
            }
            (c, _) if c.is_alphanumeric() || c == '_' => {
                i = skip_while(&chars, i, |c| c.is_alphanumeric() || c == '_');
                tokens.push((line, Token::Word(chars[start..i].iter().collect())));
            }
            (c, _) => {
                if !c.is_whitespace() {
                    tokens.push((line, Token::Other(c)));
                }
                i += 1;
            }
        }
        line += chars[start..i.min(chars.len())].iter().filter(|c| **c == '\n').count();
    }
    tokens
}

fn skip_while(chars: &[char], from: usize, keep: impl Fn(char) -> bool) -> usize {
    chars.iter().skip(from).position(|c| !keep(*c)).map_or(chars.len(), |n| from + n)
}

fn after_block_comment(chars: &[char], from: usize) -> usize {
    let (mut i, mut depth) = (from, 0);
    while i < chars.len() {
        match chars.get(i..i + 2) {
            Some(['/', '*']) => (i, depth) = (i + 2, depth + 1),
            Some(['*', '/']) => (i, depth) = (i + 2, depth - 1),
            _ => i += 1,
        }
        if depth == 0 {
            break;
        }
    }
    i
}

fn after_string(chars: &[char], from: usize) -> usize {
    let mut i = from + 1;
    while i < chars.len() && chars[i] != '"' {
        i += if chars[i] == '\\' { 2 } else { 1 };
    }
    i + 1
}

/// The end of `r"…"`, `r#"…"#`, `br"…"` that starts at `from`; `None` when none starts there.
fn raw_string(chars: &[char], from: usize) -> Option<usize> {
    let r = if chars[from] == 'b' { from + 1 } else { from };
    if chars.get(r) != Some(&'r') {
        return None;
    }
    let quote = skip_while(chars, r + 1, |c| c == '#');
    let hashes = quote - r - 1;
    if chars.get(quote) != Some(&'"') {
        return None;
    }
    let ends =
        |i: &usize| chars[*i] == '"' && chars[i + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes;
    (quote + 1..chars.len()).find(ends).map(|i| i + 1 + hashes)
}

/// The line of `#[cfg(test)] mod name {`, which stands at the end of a file; past every line when there is none.
fn line_of_tests(tokens: &[(usize, Token)]) -> usize {
    let opening = |window: &[(usize, Token)]| {
        let words: Vec<_> = window
            .iter()
            .filter_map(|(_, token)| match token {
                Token::Word(word) => Some(word.as_str()),
                Token::Path | Token::Other(_) => None,
            })
            .collect();
        matches!(words[..], ["cfg", "test", "mod", _]) && window[9].1 == Token::Other('{')
    };
    // `#` `[` `cfg` `(` `test` `)` `]` `mod` `name` `{`
    tokens.windows(10).find(|w| w[0].1 == Token::Other('#') && opening(w)).map_or(usize::MAX, |w| w[0].0)
}

/// All paths, `use` trees unfolded, and all macro calls.
fn paths(tokens: &[(usize, Token)]) -> (Vec<Named>, Vec<(usize, String)>) {
    let (mut named, mut macros) = (Vec::new(), Vec::new());
    let mut i = 0;
    while i < tokens.len() {
        let (line, token) = &tokens[i];
        match token {
            Token::Word(word) if word == "use" => i = unfold(tokens, i + 1, &[], &mut named),
            Token::Word(word) => {
                let mut path = vec![word.clone()];
                i += 1;
                while let (Some((_, Token::Path)), Some((_, Token::Word(next)))) =
                    (tokens.get(i), tokens.get(i + 1))
                {
                    path.push(next.clone());
                    i += 2;
                }
                if matches!(tokens.get(i), Some((_, Token::Other('!')))) {
                    macros.extend(path.last().map(|name| (*line, name.clone())));
                }
                if path.len() > 1 {
                    named.push(Named { line: *line, path, in_use: false });
                }
            }
            _ => i += 1,
        }
    }
    (named, macros)
}

/// Reads one branch of a `use` tree from `from` on and returns where it ends: at `,`, `}` or after `;`.
fn unfold(tokens: &[(usize, Token)], from: usize, before: &[String], named: &mut Vec<Named>) -> usize {
    let mut path = before.to_vec();
    let mut i = from;
    let line = tokens.get(from).map_or(0, |(line, _)| *line);
    let mut renamed = None;
    while let Some((_, token)) = tokens.get(i) {
        match token {
            Token::Word(word) if word == "as" => {
                if let Some((_, Token::Word(name))) = tokens.get(i + 1) {
                    renamed = Some(name.clone());
                }
                i += 2;
            }
            Token::Word(word) => {
                path.push(word.clone());
                i += 1;
            }
            Token::Path => i += 1,
            Token::Other('{') => {
                i += 1;
                while !matches!(tokens.get(i), None | Some((_, Token::Other('}')))) {
                    i = unfold(tokens, i, &path, named);
                    if matches!(tokens.get(i), Some((_, Token::Other(',')))) {
                        i += 1;
                    }
                }
                return end_of_use(tokens, i + 1, before.is_empty());
            }
            Token::Other(',' | '}') => break,
            Token::Other(';') => break,
            // `*`
            Token::Other(_) => i += 1,
        }
    }
    // `a::{self}` brings in `a`.
    if path.len() > 1 && path.last().is_some_and(|p| p == "self") {
        path.pop();
    }
    path.extend(renamed);
    if !path.is_empty() {
        named.push(Named { line, path, in_use: true });
    }
    end_of_use(tokens, i, before.is_empty())
}

/// The whole tree ends with `;`, which belongs to it; a branch ends before its `,` or `}`.
fn end_of_use(tokens: &[(usize, Token)], i: usize, whole: bool) -> usize {
    if whole && matches!(tokens.get(i), Some((_, Token::Other(';')))) { i + 1 } else { i }
}
