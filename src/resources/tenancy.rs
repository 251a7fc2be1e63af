//! Tenants, roles and who has them, invitations, settings, translations, tokens and logins.

use super::Resource;

pub(super) static RESOURCES: &[&Resource] = &[];
