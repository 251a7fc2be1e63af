//! Kept logins: one token for each database and organisation, in a file for its owner alone.

use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::failure::{Failed, Outcome};
use crate::config::Config;
use crate::domain::secret::Secret;
use crate::store::Target;

fn path(config: &Config, target: &Target, tenant: Option<&str>) -> Option<PathBuf> {
    // A path means the same file wherever one stands.
    let named = match target {
        Target::Sqlite(path) => std::fs::canonicalize(path).unwrap_or_else(|_| path.clone()).display().to_string(),
        Target::Postgres(_) => target.to_string(),
    };
    let digest = Sha256::digest(format!("{named}|{}", tenant.unwrap_or_default()));
    let name: String = digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    Some(config.directories.state.as_ref()?.join("tokens").join(name))
}

/// The token that is kept for a database.
#[must_use]
pub fn read(config: &Config, target: &Target, tenant: Option<&str>) -> Option<Secret> {
    let text = std::fs::read_to_string(path(config, target, tenant)?).ok()?;
    Some(Secret::new(text.trim().to_owned())).filter(|token| !token.reveal().is_empty())
}

/// Keeps a token.
pub fn keep(config: &Config, target: &Target, tenant: Option<&str>, token: &Secret) -> Outcome {
    let path = path(config, target, tenant)
        .ok_or_else(|| Failed::Unusable("there is no home directory to keep the login in. Use HEADEND_USER".into()))?;
    let failed = |error: std::io::Error| Failed::Unusable(format!("{} cannot be written: {error}", path.display()));
    if let Some(directory) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(failed)?;
    }
    // Made anew, so that its rights are those asked for, and in one step.
    let fresh = path.with_extension(std::process::id().to_string());
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&fresh).map_err(failed)?;
    file.write_all(token.reveal().as_bytes()).map_err(failed)?;
    std::fs::rename(&fresh, &path).map_err(failed)
}

/// Forgets a token; whether there was one.
pub fn forget(config: &Config, target: &Target, tenant: Option<&str>) -> bool {
    path(config, target, tenant).is_some_and(|path| std::fs::remove_file(path).is_ok())
}
