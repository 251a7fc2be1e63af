//! The identity of a record.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// A UUIDv7 made by the program, so that ids sort by the time they were made and a record is
/// known before it reaches the database.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Uuid);

impl Id {
    /// A new id; later ones sort after earlier ones of the same process.
    #[must_use]
    #[allow(clippy::new_without_default)] // a default that differs each time would surprise
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }

    #[must_use]
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    #[must_use]
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// The id of nothing, for places where one must stand.
    #[must_use]
    pub const fn nil() -> Self {
        Self(Uuid::nil())
    }

    /// From a number; for what is derived from one.
    #[must_use]
    pub const fn from_u128(number: u128) -> Self {
        Self(Uuid::from_u128(number))
    }

    #[must_use]
    pub const fn as_u128(self) -> u128 {
        self.0.as_u128()
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }

    /// From the 16 bytes as they stand in a database; `None` for any other length.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Uuid::from_slice(bytes).ok().map(Self)
    }
}

/// Consecutive ids for records that are made together: no other record, of this program or another,
/// has an id between two of them. They sort before every id that is made later here.
#[derive(Clone, Copy, Debug)]
pub struct IdRun(u128);

/// Bits that count within a run; above them stand the time and a counter that begins at random.
const RUN_BITS: u32 = 32;

impl IdRun {
    #[must_use]
    #[allow(clippy::new_without_default)] // a default that differs each time would surprise
    pub fn new() -> Self {
        Self(Id::new().uuid().as_u128() >> RUN_BITS << RUN_BITS)
    }

    /// The id of the `index`-th record; a run has 2³² of them.
    #[must_use]
    pub const fn nth(self, index: u64) -> Id {
        Id(Uuid::from_u128(self.0 | (index & (u32::MAX as u64)) as u128))
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_consecutive_and_before_what_comes_later() {
        let (before, run, after) = (Id::new(), IdRun::new(), Id::new());
        assert!(run.nth(0) < run.nth(1) && run.nth(1) < run.nth(u64::from(u32::MAX)));
        assert!(before < run.nth(0) && run.nth(u64::from(u32::MAX)) < after);
        assert_eq!(run.nth(7).uuid().get_version_num(), 7);
    }
}
