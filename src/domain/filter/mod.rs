//! The filter language: grammar and meaning.
//!
//! What a person writes goes through three forms: text, a [`Filter`] (what is written, by [`parse`],
//! back to text by its `Display`), and a [`Resolved`] (what it means for one kind of record, by
//! [`resolve`]). [`matches`] says whether a record is meant; the store's compiler says the same in SQL.

mod compare;
mod complete;
mod evaluate;
mod fields;
mod lex;
mod mistake;
mod moment;
mod parse;
mod resolve;
mod tree;
mod write;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod sample;

pub use complete::{Completion, CompletionKind, complete};
pub use evaluate::{Reference, Subject, matches, text_holds};
pub use fields::{Field, Fields};
pub use mistake::Mistake;
pub use parse::parse;
pub use resolve::{Called, Pattern, Resolved, Test, resolve};
pub use tree::{Filter, How, Written};
pub use write::quoted;
