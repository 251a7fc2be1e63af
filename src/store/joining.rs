//! Joining an organisation: whoever has an invitation's token makes their own account with it.

use super::access::{hash_token, new_token};
use super::operation::{self, Request, Undo};
use super::session::{Program, Session};
use super::tenancy::{ROLES, open_invitation};
use super::users::USERS;
use super::write::Kind;
use super::{Failure, Store, StoreError};
use crate::domain::secret::Secret;
use crate::domain::{Id, Value};

/// Somebody who accepts an invitation.
#[derive(Clone, Debug)]
pub struct Joining {
    pub token: Secret,
    pub username: String,
    pub full_name: String,
    pub password: Secret,
}

impl Store {
    /// A token that nobody can guess: for an invitation, or for a script.
    #[must_use]
    pub fn fresh_token() -> Secret {
        Secret::new(new_token())
    }

    /// Invites somebody; the token is told once, here.
    ///
    /// # Errors
    /// When the role allows more than the session does, a field is wrong, or the database says so.
    pub fn invite(&self, session: &Session, email: &str, role: &str) -> Result<Secret, StoreError> {
        let operation =
            operation::find("invitations.invite").ok_or_else(|| StoreError::unexpected("invitations.invite"))?;
        let request = Request::new(operation)
            .with("email", Value::text(email))
            .with("role", Value::text(role))
            .with_made_secrets();
        self.perform(session, &request)?;
        let made = request.made_secrets().next();
        made.map(|(_, _, token)| token.clone()).ok_or_else(|| StoreError::unexpected("an invitation without a token"))
    }

    /// Makes the account of somebody who was invited. The invitation is used up.
    ///
    /// # Errors
    /// When the invitation is not open any more, a field is wrong, or the database says so.
    pub fn join(&self, joining: &Joining) -> Result<Id, StoreError> {
        let hash = hash_token(joining.token.reveal().trim());
        let closed =
            || StoreError::failed(Failure::NotLoggedIn("this invitation is not open any more: ask for another".into()));
        let tenant = self.tenant_of_invitation(&hash)?.ok_or_else(closed)?;
        let session = Session::program(Program::Login, tenant);
        let kind = Kind {
            name: "invitations.accept",
            entity: "invitations",
            undo: Undo::None("an account that was made is locked, not unmade"),
            bulk: false,
        };
        self.write(&session, Id::new(), &kind, |writing| {
            let invitation = open_invitation(writing, &hash)?;
            let role = invitation.get("role_id").as_id().ok_or_else(closed)?;
            let role = writing.look(&ROLES, role)?;
            let user = writing.make(
                &USERS,
                vec![
                    ("username", Value::text(joining.username.trim())),
                    ("full_name", Value::text(joining.full_name.trim())),
                    ("email", invitation.get("email").clone()),
                    ("roles", role.get("name").clone()),
                    ("password", Value::Secret(joining.password.clone())),
                ],
            )?;
            let accepted = vec![("accepted_at", Value::Instant(writing.now)), ("accepted_by", Value::Id(user))];
            writing.set(&invitation, accepted, None)?;
            Ok(user)
        })
    }
}
