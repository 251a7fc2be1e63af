//! The filter language: grammar and meaning.
