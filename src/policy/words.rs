//! Which text goes. Separate as the one place that can leave text visible, so that its default and its meaning stand together.

use serde::{Deserialize, Serialize};

/// Which lines of text are destroyed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextScope {
    /// Every line, whatever it says. The default: nothing has to be read to be covered.
    #[default]
    All,
    /// In pictures, every line but those that were read with certainty, consist as a whole of harmless words or of a line in
    /// `spare_text`, and in which no rule sees an identifier, alone or with a neighbour. In videos every line: what is followed
    /// there is a place, and what stands in it may be another text a moment later than the reading that found it harmless.
    Phi,
}
