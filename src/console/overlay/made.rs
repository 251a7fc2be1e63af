//! A secret that was made for whoever asked: shown once, until it is put away.

use crate::console::widgets::qr::Picture;
use crate::console::widgets::shown::Shown;
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
    /// It came unasked: a key that was meant for what lay there before does not put it away.
    pub shown: Shown,
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
        Self { resource, field, secret: secret.clone(), owner: session.user(), picture, shown: Shown::default() }
    }
}
