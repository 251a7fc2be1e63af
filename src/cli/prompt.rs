//! Asking on the terminal, and passwords from where they may come from.

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::path::Path;

use super::failure::{Failed, Outcome};
use crate::config::environment;
use crate::domain::secret::Secret;

/// Whether somebody sits there who can be asked.
#[must_use]
pub fn can_ask() -> bool {
    std::io::stdin().is_terminal() && std::io::stderr().is_terminal()
}

/// Asks for a line.
pub fn line(question: &str) -> Outcome<String> {
    eprint!("{question}: ");
    std::io::stderr().flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(answer.trim().to_owned())
}

/// Asks for something that is not shown.
pub fn secret(question: &str) -> Outcome<Secret> {
    Ok(Secret::new(rpassword::prompt_password(format!("{question}: "))?))
}

/// The password of the one who acts: from the environment, its file, or a prompt.
pub fn password_of(username: &str) -> Outcome<Secret> {
    if let Some(password) = password_in_environment()? {
        return Ok(password);
    }
    if can_ask() {
        return secret(&format!("Password of {}", crate::domain::text::clean(username)));
    }
    Err(Failed::NotLoggedIn("there is no password. Set HEADEND_PASSWORD or HEADEND_PASSWORD_FILE".into()))
}

/// The code of a second factor: from the environment, else asked for; none where there is nobody to ask.
pub fn code() -> Outcome<Option<Secret>> {
    match environment("HEADEND_CODE") {
        Some(code) => Ok(Some(Secret::new(code))),
        None if can_ask() => secret("Code of the generator, or a recovery code").map(Some),
        None => Ok(None),
    }
}

/// `HEADEND_PASSWORD`, or what stands in the file of `HEADEND_PASSWORD_FILE`.
pub fn password_in_environment() -> Outcome<Option<Secret>> {
    if let Some(password) = environment("HEADEND_PASSWORD") {
        return Ok(Some(Secret::new(password)));
    }
    environment("HEADEND_PASSWORD_FILE").map(|path| from_file(Path::new(&path))).transpose()
}

/// A secret from a file, without the line's end; `-` is stdin.
pub fn from_file(path: &Path) -> Outcome<Secret> {
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)
    } else {
        std::fs::File::open(path).and_then(|mut file| file.read_to_string(&mut text))
    };
    read.map_err(|error| Failed::Refused(format!("{} cannot be read: {error}", path.display())))?;
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    Ok(Secret::new(text))
}

/// A new password, asked for twice.
pub fn new_password(question: &str) -> Outcome<Secret> {
    if !can_ask() {
        return Err(Failed::Misuse(
            "there is nobody to ask for the password. Give it in a file or the environment".into(),
        ));
    }
    let first = secret(question)?;
    let second = secret("Once more")?;
    if first == second {
        Ok(first)
    } else {
        Err(Failed::Refused("the two passwords differ. Nothing was changed".into()))
    }
}
