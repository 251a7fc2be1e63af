//! `headend reference`: pages of the docs, from what the program is.

use std::io::Write as _;
use std::path::PathBuf;

use super::arguments::{Reference, ReferenceCommand};
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::output::Output;
use crate::console::keys::{KeyMap, reference as keys};
use crate::console::personal::PersonalFiles;
use crate::console::theme::ColourDepth;
use crate::domain::text::clean;
use crate::domain::words::{self, Words};
use crate::resources;

/// The key map of a file, else the one that is built in.
fn key_map(key_file: Option<PathBuf>) -> Result<KeyMap, Failed> {
    let files = PersonalFiles {
        key_file,
        theme: String::new(),
        themes_directory: None,
        language: None,
        texts_directory: None,
        depth: ColourDepth::Mono,
        ascii: true,
    };
    files.keys().map_err(Failed::Unusable)
}

/// The texts with the keys that there are before anybody chose others.
fn words() -> Result<Words, Failed> {
    key_map(None).map(|keys| Words::ENGLISH.with_keys(keys.shown(true)))
}

pub fn run(context: &Context, options: &Reference) -> Outcome {
    let page = match &options.command {
        ReferenceCommand::Keys { built_in } => {
            keys::markdown(&key_map(context.config.key_map().filter(|_| !built_in))?)
        }
        ReferenceCommand::Texts => words::SHIPPED.to_owned(),
        ReferenceCommand::Fields { resource: None } => resources::reference::markdown(&words()?),
        ReferenceCommand::Fields { resource: Some(name) } => match resources::find(name) {
            Some(resource) => resources::reference::of(resource, &words()?),
            None => return Err(Failed::Misuse(format!("there is no resource ‘{}’", clean(name)))),
        },
    };
    let mut out = Output::new();
    out.write_all(page.as_bytes())?;
    out.finish()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_page_of_the_docs_is_what_the_program_says() {
        let kept = include_str!("../../docs/fields.md");
        let page = resources::reference::markdown(&words().unwrap());
        let differs = kept.lines().zip(page.lines()).find(|(kept, now)| kept != now);
        assert!(
            kept == page,
            "docs/fields.md is not what the resources say ({differs:?}): run scripts/docs, and look at what changed"
        );
    }
}
