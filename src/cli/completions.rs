//! The man page and shell completions, generated from the commands.

use std::io::Write as _;

use super::arguments::command;
use super::failure::Outcome;
use super::output::Output;

pub fn man() -> Outcome {
    let mut page = Vec::new();
    clap_mangen::Man::new(command()).render(&mut page)?;
    for part in command().get_subcommands().filter(|part| !part.is_hide_set()) {
        let name = format!("headend-{}", part.get_name());
        let part = part.clone().bin_name(name.replacen("-", " ", 1)).display_name(name).disable_help_flag(true);
        page.extend_from_slice(b"\n");
        clap_mangen::Man::new(part).render(&mut page)?;
    }
    let mut out = Output::new();
    out.write_all(&page)?;
    out.finish()
}

pub fn of_shell(shell: clap_complete::Shell) -> Outcome {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut command(), "headend", &mut text);
    let mut out = Output::new();
    out.write_all(&text)?;
    out.finish()
}
