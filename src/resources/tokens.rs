//! Tokens for scripts, public keys, and the logins that are open.

use super::{Resource, column};

static API_TOKENS: Resource = Resource {
    entity: &crate::store::tokens::API_TOKENS,
    title: "Tokens",
    aliases: &["tok", "tokens"],
    columns: &[
        column("name", "NAME", 14, 30),
        column("user", "USER", 10, 20),
        column("permissions", "MAY", 20, 60),
        column("expires_at", "HOLDS UNTIL", 11, 16),
        column("revoked_at", "REVOKED", 10, 16),
    ],
    form: &[],
    empty: "No tokens. Make one for a script: it does no more than you allow it.",
    labels: &[("revoked_at", "revoked")],
    help: &[
        ("permissions", "[\"customers.read\", \"devices.*\"]: a part of what you may do yourself"),
        ("token", "at least 32 characters that nobody can guess; the script gives it in HEADEND_TOKEN"),
        ("expires_at", "empty: until it is revoked"),
    ],
    letters: &[("revoke", 'v'), ("create", 'c')],
};

static USER_SESSIONS: Resource = Resource {
    entity: &crate::store::tokens::USER_SESSIONS,
    title: "Logins",
    aliases: &["logins"],
    columns: &[
        column("user", "USER", 10, 20),
        column("kind", "KIND", 7, 7),
        column("client", "WITH", 8, 16),
        column("ip_address", "FROM", 10, 24),
        column("last_seen_at", "LAST SEEN", 10, 16),
        column("expires_at", "ENDS", 10, 16),
        column("revoked_at", "ENDED", 10, 16),
    ],
    form: &[],
    empty: "Nobody is logged in.",
    labels: &[("revoked_at", "ended"), ("last_seen_at", "last seen"), ("ip_address", "from"), ("client", "with")],
    letters: &[("revoke", 'v')],
    ..Resource::PLAIN
};

static USER_KEYS: Resource = Resource {
    entity: &crate::store::tokens::USER_KEYS,
    title: "Keys",
    aliases: &["keys"],
    columns: &[
        column("fingerprint", "FINGERPRINT", 20, 50),
        column("comment", "COMMENT", 12, 30),
        column("user", "USER", 10, 20),
        column("last_used_at", "LAST USED", 10, 16),
    ],
    form: &["public_key", "comment"],
    empty: "No keys yet. Press a to add one that you log in with over SSH.",
    labels: &[("last_used_at", "last used")],
    help: &[("public_key", "the line in ~/.ssh/id_ed25519.pub"), ("comment", "empty: what stands behind the key")],
    ..Resource::PLAIN
};

pub(super) static RESOURCES: &[&Resource] = &[&API_TOKENS, &USER_SESSIONS, &USER_KEYS];
