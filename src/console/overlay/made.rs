//! A secret that was made for whoever asked: shown once, until it is put away.

use std::time::Instant;

use crate::console::widgets::confirm::AFTER_PAINT;
use crate::console::widgets::qr::Picture;
use crate::domain::Id;
use crate::domain::secret::Secret;
use crate::resources::Resource;
use crate::store::{Field, Made, Session};

/// A secret that nobody sees again.
#[derive(Debug)]
pub struct MadeSecret {
    pub resource: &'static Resource,
    pub field: &'static Field,
    pub secret: Secret,
    /// Whoever asked for it: nobody else sees it.
    pub owner: Option<Id>,
    /// The same for a device that reads pictures.
    pub picture: Option<Picture>,
    /// When it was painted first.
    painted_at: Option<Instant>,
}

impl MadeSecret {
    #[must_use]
    pub fn new(
        resource: &'static Resource,
        field: &'static Field,
        made: Made,
        secret: &Secret,
        session: &Session,
    ) -> Self {
        let link = made.link.map(|link| link(session, secret));
        let picture = link.and_then(|link| Picture::of(link.reveal()));
        Self { resource, field, secret: secret.clone(), owner: session.user(), picture, painted_at: None }
    }

    /// It stands on the screen.
    pub fn painted(&mut self, at: Instant) {
        self.painted_at.get_or_insert(at);
    }

    /// Whether somebody can have seen it by then: it came unasked, and a key that was meant for what lay there before does
    /// not put it away.
    #[must_use]
    pub fn was_seen(&self, by: Instant) -> bool {
        self.painted_at.is_some_and(|at| by.saturating_duration_since(at) >= AFTER_PAINT)
    }
}
