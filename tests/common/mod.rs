//! What tests stand on: a PostgreSQL cluster of their own, and a founded database for each test.
#![allow(dead_code)] // each test program uses its part of this

pub mod cluster;
pub mod dice;
pub mod lab;
pub mod raw;

pub use lab::{Engine, Lab};

/// Declares tests that run on a fresh SQLite file and on a fresh PostgreSQL database, each under a
/// name of its own: `sqlite::…` and `postgres::…`.
macro_rules! on_each_database {
    ($($(#[$attribute:meta])* fn $name:ident($lab:ident) $body:block)+) => {
        $(fn $name($lab: &$crate::common::Lab) $body)+

        mod sqlite {
            $($(#[$attribute])* #[test] fn $name() {
                super::$name(&$crate::common::Lab::new($crate::common::Engine::Sqlite));
            })+
        }

        mod postgres {
            $($(#[$attribute])* #[test] fn $name() {
                super::$name(&$crate::common::Lab::new($crate::common::Engine::Postgres));
            })+
        }
    };
}
pub(crate) use on_each_database;
