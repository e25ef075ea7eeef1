//! Text that was read from a file or a picture and may name a person. Separate so that no stage can print it by
//! accident: both `Debug` and `Display` hide it, and it cannot be serialised; only [`Secret::expose`] gives it out.

use std::fmt;

/// A value that may identify somebody.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself; call it only where a person asked to see it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

impl<T> fmt::Display for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<secret>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let name = Secret::new("John Doe".to_owned());
        assert_eq!(format!("{name} {name:?} {:?}", Some(&name)), "<secret> <secret> Some(<secret>)");
        assert_eq!(name.expose(), "John Doe");
    }
}
