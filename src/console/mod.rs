//! The terminal application. From the bottom up, the layers that know nothing of data:
//!
//! * [`terminal`]: the only room that knows a real terminal (raw mode, signals, bytes out).
//! * [`input`]: bytes and their arrival times become events.
//! * [`keys`]: keys, their names, and the map from keys to actions; [`actions`]: the table of actions.
//! * [`theme`]: styles by meaning and the signs that stand beside them.
//! * [`measure`]: how wide text is, cutting, padding and wrapping it.
//! * [`widgets`]: painting into a buffer, without any data of their own.

pub mod actions;
pub mod input;
pub mod keys;
pub mod measure;
pub mod terminal;
pub mod theme;
pub mod widgets;
