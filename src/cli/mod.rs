//! The command line: one file a command; no rule lives here.

/// Runs the program and tells how it ended.
#[must_use]
pub fn main() -> std::process::ExitCode {
    std::process::ExitCode::SUCCESS
}
