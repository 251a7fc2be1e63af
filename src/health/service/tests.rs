//! Rounds and pollers on a real file, with real probes on loopback addresses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::net::TcpListener;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::domain::Value;
use crate::domain::secret::Secret;
use crate::store::operation::{Request, find};
use crate::store::session::Program;
use crate::store::vault::MasterKey;
use crate::store::{Options, Target, entities, list, setup};

const KEY: &str = "key";

struct World {
    store: Store,
    session: Session,
    directory: TempDir,
}

fn open(directory: &Path) -> Store {
    let target = Target::Sqlite(directory.join("headend.db"));
    let key = MasterKey::read(&directory.join(KEY)).unwrap();
    Store::open(&target, Options { master: Some(key), ..Options::default() }).unwrap()
}

impl World {
    fn new() -> Self {
        todo!()
    }
}
