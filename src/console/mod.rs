//! The terminal application.
//!
//! `update(state, message) -> effects` and `view(state, frame)`, both synchronous; neither waits,
//! touches the database or asks the clock. What takes time is asked of the [`worker`] and comes back
//! as a message with its number.
//!
//! From the bottom up:
//!
//! * [`terminal`]: the only room that knows a real terminal (raw mode, signals, bytes out).
//! * [`input`]: bytes and their arrival times become events.
//! * [`keys`]: keys, their names, and the map from keys to actions; [`actions`]: the table of actions.
//! * [`theme`]: styles by meaning, the signs that stand beside them, and the [`words`] of the screens.
//! * [`personal`]: the person's own theme and keys, read again when they are saved.
//! * [`measure`]: how wide text is, cutting, padding and wrapping it.
//! * [`widgets`]: painting into a buffer, without any data of their own.
//! * [`message`]: what comes in, is asked and answered; [`worker`] answers it, [`drafts`] keeps what
//!   was typed.
//! * [`screens`]: the places one can be in; [`tabs`]: what leads to them; [`overlay`]: what lies over
//!   them; [`command`]: what a line behind `:` means, [`past_lines`] keeps those that were run.
//! * [`spots`]: what was painted where, for the mouse.
//! * [`state`], [`update`](mod@update), [`view`](mod@view): the console at a moment, what changes it, how it looks.
//! * [`app`]: the loop.

pub mod actions;
pub mod ahead;
pub mod app;
pub mod command;
pub mod drafts;
pub mod input;
pub mod keys;
pub mod list_memory;
pub mod measure;
pub mod message;
mod offers;
pub mod overlay;
pub mod past_lines;
pub mod performed;
pub mod personal;
pub mod related;
#[cfg(test)]
mod said;
pub mod screens;
mod sealed_file;
pub mod settings;
pub mod spots;
pub mod state;
pub mod tabs;
pub mod terminal;
pub mod theme;
pub mod update;
pub mod view;
pub mod widgets;
pub mod worker;

pub use app::{Failed, run};
pub use settings::Settings;
