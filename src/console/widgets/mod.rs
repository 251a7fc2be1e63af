//! The pieces screens are painted with. None of them holds data: they are given what to show, paint
//! it into a buffer and keep inside their area, whatever its size.
//!
//! Nothing hostile reaches a cell: all text goes through [`paint::text`], which cleans it.

pub mod confirm;
pub mod form;
pub mod frame;
pub mod groups;
pub mod help;
pub mod line;
pub mod list;
pub mod menu;
pub mod paint;
pub mod progress;
pub mod qr;
pub mod shown;
pub mod table;
pub mod tags;
pub mod text;
pub mod tree;

#[cfg(test)]
mod tests;
