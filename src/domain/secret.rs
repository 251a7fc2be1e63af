//! Plain secrets, in the only type that may hold them.

use std::fmt;

use zeroize::Zeroizing;

/// A password or key in plain. It shows itself to nobody by accident: `Debug` hides it, there is
/// no `Display` and no serialisation, and its memory is wiped when it goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    #[must_use]
    pub fn new(plain: String) -> Self {
        Self(Zeroizing::new(plain))
    }

    /// The plain text, for the one place that must have it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// What stands in place of a secret wherever people or files would see it.
pub const HIDDEN: &str = "***";
