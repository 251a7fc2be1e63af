//! Files, environment, directories and their precedence.
