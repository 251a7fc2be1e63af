//! What people log in with besides a password, and the logins that are open.

use super::{Resource, column};

static API_TOKENS: Resource = Resource {
    entity: &crate::store::tokens::API_TOKENS,
    aliases: &["tok", "tokens"],
    columns: &[
        column("name", 14, 30),
        column("user", 10, 20),
        column("permissions", 20, 60),
        column("expires_at", 11, 16),
        column("revoked_at", 10, 16),
    ],
    form: &[],
    letters: &[("revoke", 'v'), ("create", 'c')],
};

static USER_SESSIONS: Resource = Resource {
    entity: &crate::store::tokens::USER_SESSIONS,
    aliases: &["logins", "sessions"],
    columns: &[
        // With the mark of one's own console before the name.
        column("user", 20, 24),
        // Those of one person are told apart by these.
        column("last_seen_at", 10, 16),
        column("client", 8, 16),
        column("ip_address", 10, 24),
        column("kind", 7, 7),
        column("expires_at", 10, 16),
        column("revoked_at", 10, 16),
    ],
    form: &[],
    letters: &[("revoke", 'v')],
};

static USER_KEYS: Resource = Resource {
    entity: &crate::store::tokens::USER_KEYS,
    aliases: &["keys"],
    columns: &[
        column("fingerprint", 20, 50),
        column("comment", 12, 30),
        column("user", 10, 20),
        column("last_used_at", 10, 16),
    ],
    form: &["public_key", "comment"],
    ..Resource::PLAIN
};

static USER_FACTORS: Resource = Resource {
    entity: &crate::store::second_factors::USER_FACTORS,
    aliases: &["factors", "2fa", "totp"],
    columns: &[
        column("name", 14, 30),
        column("kind", 9, 13),
        column("user", 10, 20),
        column("confirmed_at", 10, 16),
        column("last_used_at", 10, 16),
        column("used_at", 10, 16),
    ],
    form: &[],
    letters: &[("enrol", 'e'), ("confirm", 'c'), ("renew", 'r'), ("delete", 'd')],
};

pub(super) static RESOURCES: &[&Resource] = &[&API_TOKENS, &USER_SESSIONS, &USER_KEYS, &USER_FACTORS];
