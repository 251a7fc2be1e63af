//! Emptying the outbox: each kind of letter has its way out.

use crate::store::housekeeping::Letter;
use crate::store::{Session, Store, StoreError};

/// Carries a letter to where it belongs.
///
/// It may be asked to carry the same letter again, where the program ended between the carrying and the note that it
/// arrived: whatever takes it must know the letter's id.
pub type Deliver = Box<dyn Fn(&Store, &Session, &Letter) -> Result<(), String> + Send + Sync>;

/// The ways out, by kind of letter. Letters of other kinds stay where they are.
#[derive(Default)]
pub struct Post {
    ways: Vec<(&'static str, Deliver)>,
}

impl Post {
    /// A way out for one kind of letter.
    #[must_use]
    pub fn with(mut self, kind: &'static str, deliver: Deliver) -> Self {
        self.ways.push((kind, deliver));
        self
    }
}

/// Carries the tenant's letters that are due; how many arrived and how many did not.
pub(super) fn deliver(store: &Store, session: &Session, post: &Post) -> Result<(u64, u64), StoreError> {
    let kinds: Vec<&str> = post.ways.iter().map(|(kind, _)| *kind).collect();
    let (mut arrived, mut failed) = (0, 0);
    for letter in store.letters(session, &kinds)? {
        let Some((_, deliver)) = post.ways.iter().find(|(kind, _)| *kind == letter.kind) else { continue };
        match deliver(store, session, &letter) {
            Ok(()) => arrived += u64::from(store.letter_arrived(session, letter.id)?),
            Err(why) => {
                store.letter_failed(session, &letter, &why)?;
                failed += 1;
            }
        }
    }
    Ok((arrived, failed))
}
