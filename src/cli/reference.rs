//! `headend reference`: pages of the docs, from what the program is.

use std::io::Write as _;

use super::arguments::{Reference, ReferenceCommand};
use super::context::Context;
use super::failure::{Failed, Outcome};
use super::output::Output;
use crate::console::keys::reference as keys;
use crate::console::personal::PersonalFiles;
use crate::console::theme::ColourDepth;
use crate::domain::text::clean;
use crate::domain::words;
use crate::resources;

pub fn run(context: &Context, options: &Reference) -> Outcome {
    let page = match &options.command {
        ReferenceCommand::Keys { built_in } => {
            let files = PersonalFiles {
                key_file: context.config.key_map().filter(|_| !built_in),
                theme: String::new(),
                themes_directory: None,
                language: None,
                texts_directory: None,
                depth: ColourDepth::Mono,
                ascii: true,
            };
            keys::markdown(&files.keys().map_err(Failed::Unusable)?)
        }
        ReferenceCommand::Texts => words::SHIPPED.to_owned(),
        ReferenceCommand::Fields { resource: None } => resources::reference::markdown(),
        ReferenceCommand::Fields { resource: Some(name) } => match resources::find(name) {
            Some(resource) => resources::reference::of(resource),
            None => return Err(Failed::Misuse(format!("there is no resource ‘{}’", clean(name)))),
        },
    };
    let mut out = Output::new();
    out.write_all(page.as_bytes())?;
    out.finish()
}
