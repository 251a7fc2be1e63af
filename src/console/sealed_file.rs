//! Files of one person in the state directory: whole or not at all, and for nobody else's eyes.

use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Writes a file in place of what was there, and makes the directory it is in.
pub(super) fn write(path: &Path, sealed: &[u8]) -> io::Result<()> {
    if let Some(directory) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
    }
    let unfinished = path.with_extension("new");
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
    file.write_all(sealed).and_then(|()| file.sync_all())?;
    std::fs::rename(&unfinished, path)
}
