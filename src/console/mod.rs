//! The terminal application.

pub mod settings;

pub use settings::{Failed, Settings};

/// Runs the console until the person leaves it.
///
/// # Errors
/// When the terminal cannot be used.
pub fn run(_settings: Settings) -> Result<(), Failed> {
    Err(Failed("the console is not part of this build yet".into()))
}
