-- Makes everything. Written by scripts/schema from migrations/model.txt; edit that.

-- The one row that says which program this database belongs to.
CREATE TABLE installation (
    id            INTEGER  NOT NULL DEFAULT 1,
    application   TEXT     NOT NULL DEFAULT 'headend',
    schema_epoch  INTEGER  NOT NULL DEFAULT 1,
    created_at    INTEGER  NOT NULL,
    CONSTRAINT installation_pkey PRIMARY KEY (id),
    CONSTRAINT installation_id_check CHECK (id BETWEEN 1 AND 1),
    CONSTRAINT installation_application_length CHECK (length(application) <= 50),
    CONSTRAINT installation_schema_epoch_kind CHECK (schema_epoch BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT installation_schema_epoch_check CHECK (schema_epoch >= 1)
) STRICT;

-- The operators that share the installation; everything else belongs to one of them.
CREATE TABLE tenants (
    id            BLOB     NOT NULL,
    name          TEXT     NOT NULL,
    display_name  TEXT     NOT NULL DEFAULT '',
    status        TEXT     NOT NULL DEFAULT 'active',
    expires_at    INTEGER,
    currency      TEXT     NOT NULL DEFAULT '',
    timezone      TEXT     NOT NULL DEFAULT 'UTC',
    locale        TEXT     NOT NULL DEFAULT 'en',
    config        TEXT     NOT NULL DEFAULT '{}',
    version       INTEGER  NOT NULL DEFAULT 1,
    created_at    INTEGER  NOT NULL,
    updated_at    INTEGER  NOT NULL,
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_id_kind CHECK (length(id) = 16),
    CONSTRAINT tenants_name_required CHECK (name <> ''),
    CONSTRAINT tenants_name_length CHECK (length(name) <= 100),
    CONSTRAINT tenants_display_name_length CHECK (length(display_name) <= 255),
    CONSTRAINT tenants_status_check CHECK (status IN ('trial', 'active', 'suspended', 'expired')),
    CONSTRAINT tenants_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT tenants_timezone_length CHECK (length(timezone) <= 64),
    CONSTRAINT tenants_locale_length CHECK (length(locale) <= 35),
    CONSTRAINT tenants_config_kind CHECK (json_valid(config)),
    CONSTRAINT tenants_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647)
) STRICT;
CREATE UNIQUE INDEX tenants_name_unique ON tenants (name);
CREATE INDEX tenants_status_name_index ON tenants (status, name);

-- Wrapped keys of a tenant: what its secrets are sealed with and its audit trail is signed with.
CREATE TABLE tenant_keys (
    tenant_id   BLOB     NOT NULL,
    key_id      INTEGER  NOT NULL,
    purpose     TEXT     NOT NULL,
    wrapped     BLOB     NOT NULL,
    state       TEXT     NOT NULL DEFAULT 'active',
    created_at  INTEGER  NOT NULL,
    CONSTRAINT tenant_keys_pkey PRIMARY KEY (tenant_id, purpose, key_id),
    CONSTRAINT tenant_keys_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT tenant_keys_key_id_kind CHECK (key_id BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT tenant_keys_key_id_check CHECK (key_id >= 1),
    CONSTRAINT tenant_keys_purpose_check CHECK (purpose IN ('data', 'audit')),
    CONSTRAINT tenant_keys_state_check CHECK (state IN ('active', 'retired')),
    CONSTRAINT tenant_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;

-- Partners, and the distributors that manage them.
CREATE TABLE organizations (
    id                   BLOB     NOT NULL,
    tenant_id            BLOB     NOT NULL,
    kind                 TEXT     NOT NULL,
    name                 TEXT     NOT NULL DEFAULT '',
    name_key             TEXT     NOT NULL DEFAULT '',
    legal_name           TEXT,
    registration_number  TEXT,
    email                TEXT,
    phone                TEXT,
    website              TEXT,
    address_line1        TEXT,
    address_line2        TEXT,
    city                 TEXT,
    postal_code          TEXT,
    country              TEXT,
    is_active            INTEGER  NOT NULL DEFAULT 1,
    notes                TEXT     NOT NULL DEFAULT '',
    version              INTEGER  NOT NULL DEFAULT 1,
    created_at           INTEGER  NOT NULL,
    updated_at           INTEGER  NOT NULL,
    CONSTRAINT organizations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT organizations_id_kind CHECK (length(id) = 16),
    CONSTRAINT organizations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT organizations_kind_check CHECK (kind IN ('partner', 'distributor')),
    CONSTRAINT organizations_name_length CHECK (length(name) <= 255),
    CONSTRAINT organizations_legal_name_length CHECK (length(legal_name) <= 255),
    CONSTRAINT organizations_registration_number_length CHECK (length(registration_number) <= 255),
    CONSTRAINT organizations_email_length CHECK (length(email) <= 255),
    CONSTRAINT organizations_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT organizations_website_length CHECK (length(website) <= 500),
    CONSTRAINT organizations_address_line1_length CHECK (length(address_line1) <= 255),
    CONSTRAINT organizations_address_line2_length CHECK (length(address_line2) <= 255),
    CONSTRAINT organizations_city_length CHECK (length(city) <= 100),
    CONSTRAINT organizations_postal_code_length CHECK (length(postal_code) <= 20),
    CONSTRAINT organizations_country_length CHECK (length(country) <= 100),
    CONSTRAINT organizations_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT organizations_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT organizations_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT organizations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX organizations_registration_number_unique ON organizations (tenant_id, kind, registration_number) WHERE registration_number IS NOT NULL AND registration_number <> '';
CREATE INDEX organizations_name_key_index ON organizations (tenant_id, name_key, id);
CREATE INDEX organizations_kind_name_key_index ON organizations (tenant_id, kind, name_key, id);
CREATE INDEX organizations_is_active_name_key_index ON organizations (tenant_id, is_active, name_key, id);
CREATE INDEX organizations_updated_at_index ON organizations (tenant_id, updated_at, id);

-- Outside systems for log-in, sales, billing, payment and messages, and how well they answer.
CREATE TABLE provider_configs (
    id                  BLOB     NOT NULL,
    tenant_id           BLOB     NOT NULL,
    provider_type       TEXT     NOT NULL,
    provider_name       TEXT     NOT NULL,
    is_active           INTEGER  NOT NULL DEFAULT 0,
    configuration       TEXT     NOT NULL DEFAULT '{}',
    credentials         BLOB     NOT NULL,
    health_status       TEXT     NOT NULL DEFAULT 'unknown',
    last_health_check   INTEGER,
    health_check_error  TEXT,
    version             INTEGER  NOT NULL DEFAULT 1,
    created_at          INTEGER  NOT NULL,
    updated_at          INTEGER  NOT NULL,
    CONSTRAINT provider_configs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT provider_configs_id_kind CHECK (length(id) = 16),
    CONSTRAINT provider_configs_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT provider_configs_provider_type_check CHECK (provider_type IN ('auth', 'crm', 'billing', 'payment', 'sms')),
    CONSTRAINT provider_configs_provider_name_required CHECK (provider_name <> ''),
    CONSTRAINT provider_configs_provider_name_length CHECK (length(provider_name) <= 255),
    CONSTRAINT provider_configs_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT provider_configs_configuration_kind CHECK (json_valid(configuration)),
    CONSTRAINT provider_configs_health_status_check CHECK (health_status IN ('healthy', 'degraded', 'offline', 'unknown')),
    CONSTRAINT provider_configs_health_check_error_length CHECK (length(health_check_error) <= 10000),
    CONSTRAINT provider_configs_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT provider_configs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX provider_configs_provider_name_unique ON provider_configs (tenant_id, provider_type, provider_name);
CREATE UNIQUE INDEX provider_configs_active_unique ON provider_configs (tenant_id, provider_type) WHERE is_active;
CREATE INDEX provider_configs_provider_name_index ON provider_configs (tenant_id, provider_name, id);
CREATE INDEX provider_configs_health_status_provider_name_index ON provider_configs (tenant_id, health_status, provider_name, id);

-- People who log in. Without a tenant: an operator of the whole installation.
CREATE TABLE users (
    id                    BLOB     NOT NULL,
    tenant_id             BLOB,
    username              TEXT     NOT NULL,
    username_key          TEXT     NOT NULL,
    email                 TEXT,
    email_key             TEXT,
    full_name             TEXT     NOT NULL DEFAULT '',
    full_name_key         TEXT     NOT NULL DEFAULT '',
    phone                 TEXT,
    password_hash         TEXT,
    password_scheme       TEXT     NOT NULL DEFAULT 'argon2id',
    must_change_password  INTEGER  NOT NULL DEFAULT 0,
    status                TEXT     NOT NULL DEFAULT 'active',
    auth_provider         TEXT     NOT NULL DEFAULT 'local',
    provider_config_id    BLOB,
    provider_user_id      TEXT,
    discord_id            TEXT,
    badge_hash            BLOB,
    break_glass           INTEGER  NOT NULL DEFAULT 0,
    screens               TEXT,
    added_permissions     TEXT     NOT NULL DEFAULT '[]',
    removed_permissions   TEXT     NOT NULL DEFAULT '[]',
    partner_id            BLOB,
    distributor_id        BLOB,
    enabled_by            BLOB,
    enabled_at            INTEGER,
    last_login_at         INTEGER,
    last_logout_at        INTEGER,
    last_seen_at          INTEGER,
    preferences           TEXT     NOT NULL DEFAULT '{}',
    version               INTEGER  NOT NULL DEFAULT 1,
    created_at            INTEGER  NOT NULL,
    updated_at            INTEGER  NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT users_id_kind CHECK (length(id) = 16),
    CONSTRAINT users_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT users_username_required CHECK (username <> ''),
    CONSTRAINT users_username_length CHECK (length(username) <= 100),
    CONSTRAINT users_username_key_required CHECK (username_key <> ''),
    CONSTRAINT users_email_length CHECK (length(email) <= 255),
    CONSTRAINT users_full_name_length CHECK (length(full_name) <= 255),
    CONSTRAINT users_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT users_password_hash_length CHECK (length(password_hash) <= 255),
    CONSTRAINT users_password_scheme_length CHECK (length(password_scheme) <= 50),
    CONSTRAINT users_must_change_password_kind CHECK (must_change_password IN (0, 1)),
    CONSTRAINT users_status_check CHECK (status IN ('pending', 'active', 'suspended', 'deleted')),
    CONSTRAINT users_auth_provider_check CHECK (auth_provider IN ('local', 'ldap', 'oidc', 'saml')),
    CONSTRAINT users_provider_config_id_kind CHECK (length(provider_config_id) = 16),
    CONSTRAINT users_provider_user_id_length CHECK (length(provider_user_id) <= 255),
    CONSTRAINT users_discord_id_length CHECK (length(discord_id) <= 20),
    CONSTRAINT users_break_glass_kind CHECK (break_glass IN (0, 1)),
    CONSTRAINT users_screens_kind CHECK (screens IS NULL OR json_valid(screens)),
    CONSTRAINT users_added_permissions_kind CHECK (json_valid(added_permissions)),
    CONSTRAINT users_removed_permissions_kind CHECK (json_valid(removed_permissions)),
    CONSTRAINT users_partner_id_kind CHECK (length(partner_id) = 16),
    CONSTRAINT users_distributor_id_kind CHECK (length(distributor_id) = 16),
    CONSTRAINT users_enabled_by_kind CHECK (length(enabled_by) = 16),
    CONSTRAINT users_preferences_kind CHECK (json_valid(preferences)),
    CONSTRAINT users_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT users_operator_check CHECK (tenant_id IS NOT NULL OR (provider_config_id IS NULL AND partner_id IS NULL AND distributor_id IS NULL)),
    CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT users_provider_config_id_fkey FOREIGN KEY (tenant_id, provider_config_id) REFERENCES provider_configs (tenant_id, id),
    CONSTRAINT users_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT users_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT users_enabled_by_fkey FOREIGN KEY (enabled_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX users_username_unique ON users (coalesce(tenant_id, x''), username_key);
CREATE UNIQUE INDEX users_email_unique ON users (coalesce(tenant_id, x''), email_key) WHERE email_key IS NOT NULL AND email_key <> '';
CREATE UNIQUE INDEX users_provider_user_unique ON users (coalesce(tenant_id, x''), provider_config_id, provider_user_id) WHERE provider_config_id IS NOT NULL AND provider_user_id IS NOT NULL AND provider_user_id <> '';
CREATE UNIQUE INDEX users_discord_unique ON users (coalesce(tenant_id, x''), discord_id) WHERE discord_id IS NOT NULL AND discord_id <> '';
CREATE UNIQUE INDEX users_badge_unique ON users (coalesce(tenant_id, x''), badge_hash) WHERE badge_hash IS NOT NULL;
CREATE INDEX users_username_key_index ON users (tenant_id, username_key, id);
CREATE INDEX users_full_name_key_index ON users (tenant_id, full_name_key, id);
CREATE INDEX users_status_username_key_index ON users (tenant_id, status, username_key, id);
CREATE INDEX users_updated_at_index ON users (tenant_id, updated_at, id);
CREATE INDEX users_provider_config_id_index ON users (tenant_id, provider_config_id);
CREATE INDEX users_partner_id_index ON users (tenant_id, partner_id);
CREATE INDEX users_distributor_id_index ON users (tenant_id, distributor_id);

-- Public keys that people log in with over SSH.
CREATE TABLE user_keys (
    id            BLOB     NOT NULL,
    tenant_id     BLOB,
    user_id       BLOB     NOT NULL,
    fingerprint   TEXT     NOT NULL,
    public_key    TEXT     NOT NULL DEFAULT '',
    comment       TEXT     NOT NULL DEFAULT '',
    last_used_at  INTEGER,
    version       INTEGER  NOT NULL DEFAULT 1,
    created_at    INTEGER  NOT NULL,
    updated_at    INTEGER  NOT NULL,
    CONSTRAINT user_keys_pkey PRIMARY KEY (id),
    CONSTRAINT user_keys_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT user_keys_id_kind CHECK (length(id) = 16),
    CONSTRAINT user_keys_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT user_keys_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT user_keys_fingerprint_required CHECK (fingerprint <> ''),
    CONSTRAINT user_keys_fingerprint_length CHECK (length(fingerprint) <= 200),
    CONSTRAINT user_keys_public_key_length CHECK (length(public_key) <= 10000),
    CONSTRAINT user_keys_comment_length CHECK (length(comment) <= 255),
    CONSTRAINT user_keys_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT user_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT user_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX user_keys_fingerprint_unique ON user_keys (fingerprint);
CREATE INDEX user_keys_user_id_fingerprint_index ON user_keys (tenant_id, user_id, fingerprint);

-- Named sets of permissions.
CREATE TABLE roles (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    name             TEXT     NOT NULL,
    name_key         TEXT     NOT NULL,
    description      TEXT     NOT NULL DEFAULT '',
    color            TEXT     NOT NULL DEFAULT '#1976d2',
    permissions      TEXT     NOT NULL DEFAULT '[]',
    approval_limits  TEXT     NOT NULL DEFAULT '{}',
    is_system        INTEGER  NOT NULL DEFAULT 0,
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT roles_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_id_kind CHECK (length(id) = 16),
    CONSTRAINT roles_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT roles_name_required CHECK (name <> ''),
    CONSTRAINT roles_name_length CHECK (length(name) <= 100),
    CONSTRAINT roles_name_key_required CHECK (name_key <> ''),
    CONSTRAINT roles_description_length CHECK (length(description) <= 1000),
    CONSTRAINT roles_color_length CHECK (length(color) <= 20),
    CONSTRAINT roles_permissions_kind CHECK (json_valid(permissions)),
    CONSTRAINT roles_approval_limits_kind CHECK (json_valid(approval_limits)),
    CONSTRAINT roles_is_system_kind CHECK (is_system IN (0, 1)),
    CONSTRAINT roles_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT roles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX roles_name_unique ON roles (tenant_id, name_key);
CREATE INDEX roles_name_key_index ON roles (tenant_id, name_key, id);

-- Who has which role; a person may have several.
CREATE TABLE role_assignments (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    user_id          BLOB     NOT NULL,
    role_id          BLOB     NOT NULL,
    status           TEXT     NOT NULL DEFAULT 'active',
    is_primary       INTEGER  NOT NULL DEFAULT 0,
    approval_limits  TEXT,
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT role_assignments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT role_assignments_id_kind CHECK (length(id) = 16),
    CONSTRAINT role_assignments_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT role_assignments_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT role_assignments_role_id_kind CHECK (length(role_id) = 16),
    CONSTRAINT role_assignments_status_check CHECK (status IN ('active', 'inactive', 'suspended')),
    CONSTRAINT role_assignments_is_primary_kind CHECK (is_primary IN (0, 1)),
    CONSTRAINT role_assignments_approval_limits_kind CHECK (approval_limits IS NULL OR json_valid(approval_limits)),
    CONSTRAINT role_assignments_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT role_assignments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT role_assignments_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT role_assignments_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX role_assignments_user_role_unique ON role_assignments (tenant_id, user_id, role_id);
CREATE INDEX role_assignments_status_user_id_index ON role_assignments (tenant_id, status, user_id);
CREATE INDEX role_assignments_role_id_index ON role_assignments (tenant_id, role_id);

-- Second factors: a one-time password generator, recovery codes.
CREATE TABLE user_factors (
    id            BLOB     NOT NULL,
    tenant_id     BLOB,
    user_id       BLOB     NOT NULL,
    kind          TEXT     NOT NULL,
    name          TEXT     NOT NULL DEFAULT '',
    secret        BLOB     NOT NULL,
    confirmed_at  INTEGER,
    last_step     INTEGER,
    last_used_at  INTEGER,
    used_at       INTEGER,
    version       INTEGER  NOT NULL DEFAULT 1,
    created_at    INTEGER  NOT NULL,
    updated_at    INTEGER  NOT NULL,
    CONSTRAINT user_factors_pkey PRIMARY KEY (id),
    CONSTRAINT user_factors_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT user_factors_id_kind CHECK (length(id) = 16),
    CONSTRAINT user_factors_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT user_factors_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT user_factors_kind_check CHECK (kind IN ('totp', 'recovery_code')),
    CONSTRAINT user_factors_name_length CHECK (length(name) <= 100),
    CONSTRAINT user_factors_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT user_factors_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT user_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX user_factors_user_id_kind_index ON user_factors (tenant_id, user_id, kind);

-- Logged-in consoles and tokens; the token itself is never kept.
CREATE TABLE user_sessions (
    id            BLOB     NOT NULL,
    tenant_id     BLOB,
    user_id       BLOB     NOT NULL,
    kind          TEXT     NOT NULL DEFAULT 'console',
    token_hash    BLOB     NOT NULL,
    ip_address    TEXT,
    client        TEXT     NOT NULL DEFAULT '',
    last_seen_at  INTEGER  NOT NULL,
    expires_at    INTEGER  NOT NULL,
    revoked_at    INTEGER,
    created_at    INTEGER  NOT NULL,
    CONSTRAINT user_sessions_pkey PRIMARY KEY (id),
    CONSTRAINT user_sessions_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT user_sessions_id_kind CHECK (length(id) = 16),
    CONSTRAINT user_sessions_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT user_sessions_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT user_sessions_kind_check CHECK (kind IN ('console', 'token')),
    CONSTRAINT user_sessions_ip_address_length CHECK (length(ip_address) <= 50),
    CONSTRAINT user_sessions_client_length CHECK (length(client) <= 1000),
    CONSTRAINT user_sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT user_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX user_sessions_token_unique ON user_sessions (token_hash);
CREATE INDEX user_sessions_user_id_last_seen_at_index ON user_sessions (tenant_id, user_id, last_seen_at);
CREATE INDEX user_sessions_expires_at_index ON user_sessions (tenant_id, expires_at);

-- Failed log-ins by account and by source, and until when they wait.
CREATE TABLE login_throttles (
    key              TEXT     NOT NULL,
    failures         INTEGER  NOT NULL DEFAULT 0,
    last_failure_at  INTEGER  NOT NULL,
    blocked_until    INTEGER,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT login_throttles_pkey PRIMARY KEY (key),
    CONSTRAINT login_throttles_key_required CHECK (key <> ''),
    CONSTRAINT login_throttles_key_length CHECK (length(key) <= 300),
    CONSTRAINT login_throttles_failures_kind CHECK (failures BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT login_throttles_failures_check CHECK (failures >= 0)
) STRICT;
CREATE INDEX login_throttles_updated_at_index ON login_throttles (updated_at);

-- People asked to join, with the role they will have.
CREATE TABLE invitations (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    email        TEXT     NOT NULL,
    handle       TEXT,
    role_id      BLOB     NOT NULL,
    invited_by   BLOB,
    token_hash   BLOB     NOT NULL,
    expires_at   INTEGER  NOT NULL,
    accepted_at  INTEGER,
    accepted_by  BLOB,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_id_kind CHECK (length(id) = 16),
    CONSTRAINT invitations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT invitations_email_required CHECK (email <> ''),
    CONSTRAINT invitations_email_length CHECK (length(email) <= 255),
    CONSTRAINT invitations_handle_length CHECK (length(handle) <= 100),
    CONSTRAINT invitations_role_id_kind CHECK (length(role_id) = 16),
    CONSTRAINT invitations_invited_by_kind CHECK (length(invited_by) = 16),
    CONSTRAINT invitations_accepted_by_kind CHECK (length(accepted_by) = 16),
    CONSTRAINT invitations_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT invitations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT invitations_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
    CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users (id),
    CONSTRAINT invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX invitations_token_unique ON invitations (token_hash);
CREATE INDEX invitations_email_index ON invitations (tenant_id, email, id);
CREATE INDEX invitations_expires_at_index ON invitations (tenant_id, expires_at, id);
CREATE INDEX invitations_role_id_index ON invitations (tenant_id, role_id);

-- Settings of a tenant, some of one component.
CREATE TABLE settings (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    component   TEXT,
    key         TEXT     NOT NULL,
    value       TEXT     NOT NULL,
    updated_by  BLOB,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT settings_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT settings_id_kind CHECK (length(id) = 16),
    CONSTRAINT settings_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT settings_component_length CHECK (length(component) <= 50),
    CONSTRAINT settings_key_required CHECK (key <> ''),
    CONSTRAINT settings_key_length CHECK (length(key) <= 255),
    CONSTRAINT settings_value_kind CHECK (json_valid(value)),
    CONSTRAINT settings_updated_by_kind CHECK (length(updated_by) = 16),
    CONSTRAINT settings_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT settings_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX settings_key_unique ON settings (tenant_id, coalesce(component, ''), key);
CREATE INDEX settings_key_index ON settings (tenant_id, key, id);

-- Texts of the console in other languages.
CREATE TABLE translations (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    key         TEXT     NOT NULL,
    language    TEXT     NOT NULL,
    value       TEXT     NOT NULL DEFAULT '',
    component   TEXT,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT translations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT translations_id_kind CHECK (length(id) = 16),
    CONSTRAINT translations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT translations_key_required CHECK (key <> ''),
    CONSTRAINT translations_key_length CHECK (length(key) <= 255),
    CONSTRAINT translations_language_required CHECK (language <> ''),
    CONSTRAINT translations_language_length CHECK (length(language) <= 10),
    CONSTRAINT translations_value_length CHECK (length(value) <= 10000),
    CONSTRAINT translations_component_length CHECK (length(component) <= 50),
    CONSTRAINT translations_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT translations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX translations_key_unique ON translations (tenant_id, key, language, coalesce(component, ''));
CREATE INDEX translations_language_key_index ON translations (tenant_id, language, key);

-- Lists as someone left them: filter, order and columns. Without a user: shared.
CREATE TABLE saved_views (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    user_id        BLOB,
    screen         TEXT     NOT NULL,
    name           TEXT     NOT NULL,
    name_key       TEXT     NOT NULL,
    filter         TEXT     NOT NULL DEFAULT '',
    sort           TEXT     NOT NULL DEFAULT '',
    shown_columns  TEXT     NOT NULL DEFAULT '[]',
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT saved_views_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT saved_views_id_kind CHECK (length(id) = 16),
    CONSTRAINT saved_views_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT saved_views_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT saved_views_screen_required CHECK (screen <> ''),
    CONSTRAINT saved_views_screen_length CHECK (length(screen) <= 100),
    CONSTRAINT saved_views_name_required CHECK (name <> ''),
    CONSTRAINT saved_views_name_length CHECK (length(name) <= 200),
    CONSTRAINT saved_views_name_key_required CHECK (name_key <> ''),
    CONSTRAINT saved_views_filter_length CHECK (length(filter) <= 10000),
    CONSTRAINT saved_views_sort_length CHECK (length(sort) <= 1000),
    CONSTRAINT saved_views_shown_columns_kind CHECK (json_valid(shown_columns)),
    CONSTRAINT saved_views_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT saved_views_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT saved_views_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX saved_views_name_unique ON saved_views (tenant_id, coalesce(user_id, x''), screen, name_key);
CREATE INDEX saved_views_screen_name_key_index ON saved_views (tenant_id, screen, name_key, id);
CREATE INDEX saved_views_user_id_screen_index ON saved_views (tenant_id, user_id, screen);

-- The next number of each kind of record, by year where its numbers begin anew.
CREATE TABLE sequences (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    kind        TEXT     NOT NULL,
    year        INTEGER,
    next        INTEGER  NOT NULL DEFAULT 1,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT sequences_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sequences_id_kind CHECK (length(id) = 16),
    CONSTRAINT sequences_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT sequences_kind_required CHECK (kind <> ''),
    CONSTRAINT sequences_kind_length CHECK (length(kind) <= 50),
    CONSTRAINT sequences_year_kind CHECK (year BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT sequences_next_check CHECK (next >= 1),
    CONSTRAINT sequences_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT sequences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX sequences_kind_unique ON sequences (tenant_id, kind, coalesce(year, 0));

-- Where a record came from, so that an import can be run again.
CREATE TABLE imported_ids (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    system       TEXT     NOT NULL,
    table_name   TEXT     NOT NULL,
    source_id    TEXT     NOT NULL,
    entity_type  TEXT     NOT NULL DEFAULT '',
    entity_id    BLOB     NOT NULL,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT imported_ids_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT imported_ids_id_kind CHECK (length(id) = 16),
    CONSTRAINT imported_ids_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT imported_ids_system_required CHECK (system <> ''),
    CONSTRAINT imported_ids_system_length CHECK (length(system) <= 50),
    CONSTRAINT imported_ids_table_name_required CHECK (table_name <> ''),
    CONSTRAINT imported_ids_table_name_length CHECK (length(table_name) <= 100),
    CONSTRAINT imported_ids_source_id_required CHECK (source_id <> ''),
    CONSTRAINT imported_ids_source_id_length CHECK (length(source_id) <= 255),
    CONSTRAINT imported_ids_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT imported_ids_entity_id_kind CHECK (length(entity_id) = 16),
    CONSTRAINT imported_ids_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT imported_ids_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX imported_ids_source_unique ON imported_ids (tenant_id, system, table_name, source_id);
CREATE INDEX imported_ids_entity_type_entity_id_index ON imported_ids (tenant_id, entity_type, entity_id);

-- Every write as one thing: what undo lists, and where an unknown COMMIT is looked up.
CREATE TABLE operations (
    id            BLOB     NOT NULL,
    tenant_id     BLOB,
    user_id       BLOB,
    kind          TEXT     NOT NULL,
    entity_type   TEXT     NOT NULL DEFAULT '',
    state         TEXT     NOT NULL DEFAULT 'running',
    undo          TEXT     NOT NULL DEFAULT 'none',
    summary       TEXT     NOT NULL DEFAULT '',
    records       INTEGER  NOT NULL DEFAULT 0,
    undoes_id     BLOB,
    undone_by_id  BLOB,
    started_at    INTEGER  NOT NULL,
    finished_at   INTEGER,
    CONSTRAINT operations_pkey PRIMARY KEY (id),
    CONSTRAINT operations_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT operations_id_kind CHECK (length(id) = 16),
    CONSTRAINT operations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT operations_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT operations_kind_required CHECK (kind <> ''),
    CONSTRAINT operations_kind_length CHECK (length(kind) <= 100),
    CONSTRAINT operations_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT operations_state_check CHECK (state IN ('running', 'done', 'failed', 'undone')),
    CONSTRAINT operations_undo_check CHECK (undo IN ('values', 'counter_entry', 'none')),
    CONSTRAINT operations_summary_length CHECK (length(summary) <= 1000),
    CONSTRAINT operations_records_kind CHECK (records BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT operations_records_check CHECK (records >= 0),
    CONSTRAINT operations_undoes_id_kind CHECK (length(undoes_id) = 16),
    CONSTRAINT operations_undone_by_id_kind CHECK (length(undone_by_id) = 16),
    CONSTRAINT operations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT operations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT operations_undoes_id_fkey FOREIGN KEY (undoes_id) REFERENCES operations (id),
    CONSTRAINT operations_undone_by_id_fkey FOREIGN KEY (undone_by_id) REFERENCES operations (id)
) STRICT;
CREATE INDEX operations_user_id_started_at_index ON operations (tenant_id, user_id, started_at);
CREATE INDEX operations_started_at_index ON operations (tenant_id, started_at, id);
CREATE INDEX operations_state_started_at_index ON operations (tenant_id, state, started_at);
CREATE INDEX operations_undoes_id_index ON operations (undoes_id);
CREATE INDEX operations_undone_by_id_index ON operations (undone_by_id);

-- Who did what to which record, chained so that a removed or altered row shows.
CREATE TABLE audit_log (
    id              BLOB     NOT NULL,
    tenant_id       BLOB,
    chain           INTEGER  NOT NULL DEFAULT 0,
    sequence        INTEGER  NOT NULL,
    actor_id        BLOB,
    actor_role      TEXT,
    action          TEXT     NOT NULL,
    entity_type     TEXT     NOT NULL,
    entity_id       TEXT,
    first_id        BLOB,
    last_id         BLOB,
    operation_id    BLOB,
    changes         TEXT,
    sealed_changes  BLOB,
    payload         TEXT,
    outcome         TEXT     NOT NULL DEFAULT 'success',
    level           TEXT     NOT NULL DEFAULT 'info',
    message         TEXT,
    ip_address      TEXT,
    client          TEXT,
    previous_hash   BLOB     NOT NULL,
    hash            BLOB     NOT NULL,
    created_at      INTEGER  NOT NULL,
    CONSTRAINT audit_log_pkey PRIMARY KEY (id),
    CONSTRAINT audit_log_id_kind CHECK (length(id) = 16),
    CONSTRAINT audit_log_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT audit_log_chain_check CHECK (chain >= 0),
    CONSTRAINT audit_log_sequence_check CHECK (sequence >= 1),
    CONSTRAINT audit_log_actor_id_kind CHECK (length(actor_id) = 16),
    CONSTRAINT audit_log_actor_role_length CHECK (length(actor_role) <= 100),
    CONSTRAINT audit_log_action_required CHECK (action <> ''),
    CONSTRAINT audit_log_action_length CHECK (length(action) <= 255),
    CONSTRAINT audit_log_entity_type_required CHECK (entity_type <> ''),
    CONSTRAINT audit_log_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT audit_log_entity_id_length CHECK (length(entity_id) <= 64),
    CONSTRAINT audit_log_first_id_kind CHECK (length(first_id) = 16),
    CONSTRAINT audit_log_last_id_kind CHECK (length(last_id) = 16),
    CONSTRAINT audit_log_operation_id_kind CHECK (length(operation_id) = 16),
    CONSTRAINT audit_log_changes_kind CHECK (changes IS NULL OR json_valid(changes)),
    CONSTRAINT audit_log_payload_kind CHECK (payload IS NULL OR json_valid(payload)),
    CONSTRAINT audit_log_outcome_check CHECK (outcome IN ('success', 'failure', 'error')),
    CONSTRAINT audit_log_level_check CHECK (level IN ('info', 'warning', 'error', 'help')),
    CONSTRAINT audit_log_message_length CHECK (length(message) <= 10000),
    CONSTRAINT audit_log_ip_address_length CHECK (length(ip_address) <= 50),
    CONSTRAINT audit_log_client_length CHECK (length(client) <= 1000),
    CONSTRAINT audit_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX audit_log_sequence_unique ON audit_log (coalesce(tenant_id, x''), chain, sequence);
CREATE INDEX audit_log_created_at_index ON audit_log (tenant_id, created_at, id);
CREATE INDEX audit_log_entity_type_entity_id_created_at_index ON audit_log (tenant_id, entity_type, entity_id, created_at);
CREATE INDEX audit_log_operation_id_index ON audit_log (tenant_id, operation_id);
CREATE INDEX audit_log_actor_id_created_at_index ON audit_log (tenant_id, actor_id, created_at);
CREATE INDEX audit_log_action_created_at_index ON audit_log (tenant_id, action, created_at);
CREATE TRIGGER audit_log_refuse_update BEFORE UPDATE ON audit_log
WHEN NOT (
    NEW.changes IS NULL
    AND NEW.sealed_changes IS NULL
    AND NEW.id IS OLD.id
    AND NEW.tenant_id IS OLD.tenant_id
    AND NEW.chain IS OLD.chain
    AND NEW.sequence IS OLD.sequence
    AND NEW.actor_id IS OLD.actor_id
    AND NEW.actor_role IS OLD.actor_role
    AND NEW.action IS OLD.action
    AND NEW.entity_type IS OLD.entity_type
    AND NEW.entity_id IS OLD.entity_id
    AND NEW.first_id IS OLD.first_id
    AND NEW.last_id IS OLD.last_id
    AND NEW.operation_id IS OLD.operation_id
    AND NEW.payload IS OLD.payload
    AND NEW.outcome IS OLD.outcome
    AND NEW.level IS OLD.level
    AND NEW.message IS OLD.message
    AND NEW.ip_address IS OLD.ip_address
    AND NEW.client IS OLD.client
    AND NEW.previous_hash IS OLD.previous_hash
    AND NEW.hash IS OLD.hash
    AND NEW.created_at IS OLD.created_at
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_log');
END;
CREATE TRIGGER audit_log_refuse_delete BEFORE DELETE ON audit_log
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'audit_log' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_log');
END;

-- The records of an audit row that stands for a block of them, each with its own changes.
CREATE TABLE audit_members (
    id          BLOB     NOT NULL,
    tenant_id   BLOB,
    audit_id    BLOB     NOT NULL,
    entity_id   BLOB     NOT NULL,
    changes     TEXT,
    created_at  INTEGER  NOT NULL,
    CONSTRAINT audit_members_pkey PRIMARY KEY (id),
    CONSTRAINT audit_members_id_kind CHECK (length(id) = 16),
    CONSTRAINT audit_members_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT audit_members_audit_id_kind CHECK (length(audit_id) = 16),
    CONSTRAINT audit_members_entity_id_kind CHECK (length(entity_id) = 16),
    CONSTRAINT audit_members_changes_kind CHECK (changes IS NULL OR json_valid(changes)),
    CONSTRAINT audit_members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE INDEX audit_members_entity_id_created_at_index ON audit_members (tenant_id, entity_id, created_at);
CREATE INDEX audit_members_audit_id_entity_id_index ON audit_members (tenant_id, audit_id, entity_id);
CREATE TRIGGER audit_members_refuse_update BEFORE UPDATE ON audit_members
WHEN NOT (
    NEW.changes IS NULL
    AND NEW.id IS OLD.id
    AND NEW.tenant_id IS OLD.tenant_id
    AND NEW.audit_id IS OLD.audit_id
    AND NEW.entity_id IS OLD.entity_id
    AND NEW.created_at IS OLD.created_at
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_members');
END;
CREATE TRIGGER audit_members_refuse_delete BEFORE DELETE ON audit_members
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'audit_members' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_members');
END;

-- The last link of each chain: the row a write locks last before its COMMIT.
CREATE TABLE audit_heads (
    tenant_id  BLOB,
    chain      INTEGER  NOT NULL,
    sequence   INTEGER  NOT NULL DEFAULT 0,
    hash       BLOB     NOT NULL,
    seal       BLOB     NOT NULL,
    CONSTRAINT audit_heads_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT audit_heads_chain_check CHECK (chain >= 0),
    CONSTRAINT audit_heads_sequence_check CHECK (sequence >= 0),
    CONSTRAINT audit_heads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX audit_heads_key_unique ON audit_heads (coalesce(tenant_id, x''), chain);

-- What retention leaves behind of the audit rows it took.
CREATE TABLE audit_checkpoints (
    id          BLOB     NOT NULL,
    tenant_id   BLOB,
    chain       INTEGER  NOT NULL DEFAULT 0,
    sequence    INTEGER  NOT NULL,
    hash        BLOB     NOT NULL,
    signature   BLOB     NOT NULL,
    created_at  INTEGER  NOT NULL,
    CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (id),
    CONSTRAINT audit_checkpoints_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT audit_checkpoints_id_kind CHECK (length(id) = 16),
    CONSTRAINT audit_checkpoints_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT audit_checkpoints_chain_check CHECK (chain >= 0),
    CONSTRAINT audit_checkpoints_sequence_check CHECK (sequence >= 0),
    CONSTRAINT audit_checkpoints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE INDEX audit_checkpoints_chain_sequence_index ON audit_checkpoints (tenant_id, chain, sequence);
CREATE INDEX audit_checkpoints_created_at_index ON audit_checkpoints (tenant_id, created_at);
CREATE TRIGGER audit_checkpoints_refuse_update BEFORE UPDATE ON audit_checkpoints
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_checkpoints');
END;
CREATE TRIGGER audit_checkpoints_refuse_delete BEFORE DELETE ON audit_checkpoints
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'audit_checkpoints' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: audit_checkpoints');
END;

-- Retention at work: while a run is open, SQLite lets rows older than it be deleted.
CREATE TABLE retention_runs (
    id           BLOB     NOT NULL,
    tenant_id    BLOB,
    table_name   TEXT     NOT NULL,
    before       INTEGER  NOT NULL,
    started_at   INTEGER  NOT NULL,
    finished_at  INTEGER,
    CONSTRAINT retention_runs_pkey PRIMARY KEY (id),
    CONSTRAINT retention_runs_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT retention_runs_id_kind CHECK (length(id) = 16),
    CONSTRAINT retention_runs_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT retention_runs_table_name_required CHECK (table_name <> ''),
    CONSTRAINT retention_runs_table_name_length CHECK (length(table_name) <= 100),
    CONSTRAINT retention_runs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE INDEX retention_runs_table_name_started_at_index ON retention_runs (tenant_id, table_name, started_at);

-- What customers buy: speed, price and how long it lasts.
CREATE TABLE plans (
    id                   BLOB     NOT NULL,
    tenant_id            BLOB     NOT NULL,
    name                 TEXT     NOT NULL,
    name_key             TEXT     NOT NULL,
    kind                 TEXT     NOT NULL,
    download_mbps        INTEGER  NOT NULL,
    upload_mbps          INTEGER  NOT NULL,
    burst_download_mbps  INTEGER,
    burst_upload_mbps    INTEGER,
    price                INTEGER  NOT NULL,
    currency             TEXT     NOT NULL DEFAULT '',
    data_limit_gb        INTEGER  NOT NULL DEFAULT 0,
    validity_days        INTEGER  NOT NULL DEFAULT 30,
    session_minutes      INTEGER,
    description          TEXT     NOT NULL DEFAULT '',
    is_active            INTEGER  NOT NULL DEFAULT 1,
    version              INTEGER  NOT NULL DEFAULT 1,
    created_at           INTEGER  NOT NULL,
    updated_at           INTEGER  NOT NULL,
    CONSTRAINT plans_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT plans_id_kind CHECK (length(id) = 16),
    CONSTRAINT plans_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT plans_name_required CHECK (name <> ''),
    CONSTRAINT plans_name_length CHECK (length(name) <= 200),
    CONSTRAINT plans_name_key_required CHECK (name_key <> ''),
    CONSTRAINT plans_kind_check CHECK (kind IN ('fiber', 'pppoe', 'hotspot', 'dhcp', 'static')),
    CONSTRAINT plans_download_mbps_kind CHECK (download_mbps BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT plans_download_mbps_check CHECK (download_mbps >= 0),
    CONSTRAINT plans_upload_mbps_kind CHECK (upload_mbps BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT plans_upload_mbps_check CHECK (upload_mbps >= 0),
    CONSTRAINT plans_burst_download_mbps_kind CHECK (burst_download_mbps BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT plans_burst_download_mbps_check CHECK (burst_download_mbps >= 0),
    CONSTRAINT plans_burst_upload_mbps_kind CHECK (burst_upload_mbps BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT plans_burst_upload_mbps_check CHECK (burst_upload_mbps >= 0),
    CONSTRAINT plans_price_check CHECK (price >= 0),
    CONSTRAINT plans_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT plans_data_limit_gb_kind CHECK (data_limit_gb BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT plans_data_limit_gb_check CHECK (data_limit_gb >= 0),
    CONSTRAINT plans_validity_days_kind CHECK (validity_days BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT plans_validity_days_check CHECK (validity_days >= 1),
    CONSTRAINT plans_session_minutes_kind CHECK (session_minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT plans_session_minutes_check CHECK (session_minutes >= 1),
    CONSTRAINT plans_description_length CHECK (length(description) <= 10000),
    CONSTRAINT plans_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT plans_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT plans_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX plans_name_unique ON plans (tenant_id, name_key);
CREATE INDEX plans_name_key_index ON plans (tenant_id, name_key, id);
CREATE INDEX plans_is_active_name_key_index ON plans (tenant_id, is_active, name_key, id);
CREATE INDEX plans_kind_name_key_index ON plans (tenant_id, kind, name_key, id);
CREATE INDEX plans_price_index ON plans (tenant_id, price, id);
CREATE INDEX plans_updated_at_index ON plans (tenant_id, updated_at, id);

-- Subscribers.
CREATE TABLE customers (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    number           TEXT     NOT NULL,
    name             TEXT     NOT NULL DEFAULT '',
    name_key         TEXT     NOT NULL DEFAULT '',
    email            TEXT,
    email_key        TEXT,
    phone            TEXT     NOT NULL DEFAULT '',
    phone_digits     TEXT     NOT NULL DEFAULT '',
    address          TEXT     NOT NULL DEFAULT '',
    company          TEXT     NOT NULL DEFAULT '',
    contact          TEXT     NOT NULL DEFAULT '{}',
    username         TEXT,
    username_key     TEXT,
    access_password  BLOB,
    connection_type  TEXT,
    mac_address      TEXT,
    plan_id          BLOB,
    organization_id  BLOB,
    status           TEXT     NOT NULL DEFAULT 'active',
    wallet_balance   INTEGER  NOT NULL DEFAULT 0,
    currency         TEXT     NOT NULL DEFAULT '',
    expires_at       INTEGER,
    notes            TEXT     NOT NULL DEFAULT '',
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT customers_id_kind CHECK (length(id) = 16),
    CONSTRAINT customers_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT customers_number_required CHECK (number <> ''),
    CONSTRAINT customers_number_length CHECK (length(number) <= 50),
    CONSTRAINT customers_name_length CHECK (length(name) <= 255),
    CONSTRAINT customers_email_length CHECK (length(email) <= 255),
    CONSTRAINT customers_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT customers_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT customers_address_length CHECK (length(address) <= 10000),
    CONSTRAINT customers_company_length CHECK (length(company) <= 255),
    CONSTRAINT customers_contact_kind CHECK (json_valid(contact)),
    CONSTRAINT customers_username_length CHECK (length(username) <= 100),
    CONSTRAINT customers_connection_type_check CHECK (connection_type IN ('pppoe', 'hotspot', 'dhcp', 'static')),
    CONSTRAINT customers_plan_id_kind CHECK (length(plan_id) = 16),
    CONSTRAINT customers_organization_id_kind CHECK (length(organization_id) = 16),
    CONSTRAINT customers_status_check CHECK (status IN ('active', 'suspended', 'expired', 'terminated')),
    CONSTRAINT customers_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT customers_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT customers_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT customers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT customers_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT customers_organization_id_fkey FOREIGN KEY (tenant_id, organization_id) REFERENCES organizations (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX customers_number_unique ON customers (tenant_id, number);
CREATE UNIQUE INDEX customers_email_unique ON customers (tenant_id, email_key) WHERE email_key IS NOT NULL AND email_key <> '';
CREATE UNIQUE INDEX customers_username_unique ON customers (tenant_id, username_key) WHERE username_key IS NOT NULL AND username_key <> '';
CREATE INDEX customers_name_key_index ON customers (tenant_id, name_key, id);
CREATE INDEX customers_status_name_key_index ON customers (tenant_id, status, name_key, id);
CREATE INDEX customers_plan_id_name_key_index ON customers (tenant_id, plan_id, name_key, id);
CREATE INDEX customers_organization_id_name_key_index ON customers (tenant_id, organization_id, name_key, id);
CREATE INDEX customers_connection_type_name_key_index ON customers (tenant_id, connection_type, name_key, id);
CREATE INDEX customers_expires_at_index ON customers (tenant_id, expires_at, id);
CREATE INDEX customers_status_expires_at_index ON customers (tenant_id, status, expires_at, id);
CREATE INDEX customers_wallet_balance_index ON customers (tenant_id, wallet_balance, id);
CREATE INDEX customers_created_at_index ON customers (tenant_id, created_at, id);
CREATE INDEX customers_updated_at_index ON customers (tenant_id, updated_at, id);
CREATE INDEX customers_phone_digits_index ON customers (tenant_id, phone_digits);
CREATE INDEX customers_mac_address_index ON customers (tenant_id, mac_address);

-- Which distributor manages which partner.
CREATE TABLE distributor_partners (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    distributor_id  BLOB     NOT NULL,
    partner_id      BLOB     NOT NULL,
    assigned_at     INTEGER  NOT NULL,
    assigned_by     BLOB,
    is_active       INTEGER  NOT NULL DEFAULT 1,
    notes           TEXT     NOT NULL DEFAULT '',
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT distributor_partners_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT distributor_partners_id_kind CHECK (length(id) = 16),
    CONSTRAINT distributor_partners_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT distributor_partners_distributor_id_kind CHECK (length(distributor_id) = 16),
    CONSTRAINT distributor_partners_partner_id_kind CHECK (length(partner_id) = 16),
    CONSTRAINT distributor_partners_assigned_by_kind CHECK (length(assigned_by) = 16),
    CONSTRAINT distributor_partners_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT distributor_partners_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT distributor_partners_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT distributor_partners_different_check CHECK (distributor_id <> partner_id),
    CONSTRAINT distributor_partners_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT distributor_partners_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT distributor_partners_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT distributor_partners_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX distributor_partners_pair_unique ON distributor_partners (tenant_id, distributor_id, partner_id);
CREATE INDEX distributor_partners_partner_id_is_active_index ON distributor_partners (tenant_id, partner_id, is_active);

-- Places where devices stand.
CREATE TABLE sites (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    name        TEXT     NOT NULL,
    name_key    TEXT     NOT NULL,
    address     TEXT,
    city        TEXT,
    country     TEXT,
    latitude    INTEGER,
    longitude   INTEGER,
    notes       TEXT     NOT NULL DEFAULT '',
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT sites_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sites_id_kind CHECK (length(id) = 16),
    CONSTRAINT sites_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT sites_name_required CHECK (name <> ''),
    CONSTRAINT sites_name_length CHECK (length(name) <= 200),
    CONSTRAINT sites_name_key_required CHECK (name_key <> ''),
    CONSTRAINT sites_address_length CHECK (length(address) <= 10000),
    CONSTRAINT sites_city_length CHECK (length(city) <= 100),
    CONSTRAINT sites_country_length CHECK (length(country) <= 100),
    CONSTRAINT sites_latitude_check CHECK (latitude BETWEEN -90000000 AND 90000000),
    CONSTRAINT sites_longitude_check CHECK (longitude BETWEEN -180000000 AND 180000000),
    CONSTRAINT sites_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT sites_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT sites_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX sites_name_unique ON sites (tenant_id, name_key);
CREATE INDEX sites_name_key_index ON sites (tenant_id, name_key, id);
CREATE INDEX sites_updated_at_index ON sites (tenant_id, updated_at, id);

-- Makers of devices.
CREATE TABLE manufacturers (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    name        TEXT     NOT NULL,
    name_key    TEXT     NOT NULL,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT manufacturers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT manufacturers_id_kind CHECK (length(id) = 16),
    CONSTRAINT manufacturers_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT manufacturers_name_required CHECK (name <> ''),
    CONSTRAINT manufacturers_name_length CHECK (length(name) <= 200),
    CONSTRAINT manufacturers_name_key_required CHECK (name_key <> ''),
    CONSTRAINT manufacturers_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT manufacturers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX manufacturers_name_unique ON manufacturers (tenant_id, name_key);
CREATE INDEX manufacturers_name_key_index ON manufacturers (tenant_id, name_key, id);

-- What a maker calls a kind of device, and what it has.
CREATE TABLE device_models (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    manufacturer_id  BLOB     NOT NULL,
    model            TEXT     NOT NULL,
    model_key        TEXT     NOT NULL,
    device_type      TEXT     NOT NULL DEFAULT '',
    total_ports      INTEGER,
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT device_models_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_models_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_models_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_models_manufacturer_id_kind CHECK (length(manufacturer_id) = 16),
    CONSTRAINT device_models_model_required CHECK (model <> ''),
    CONSTRAINT device_models_model_length CHECK (length(model) <= 200),
    CONSTRAINT device_models_model_key_required CHECK (model_key <> ''),
    CONSTRAINT device_models_device_type_length CHECK (length(device_type) <= 100),
    CONSTRAINT device_models_total_ports_kind CHECK (total_ports BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_models_total_ports_check CHECK (total_ports >= 0),
    CONSTRAINT device_models_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_models_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_models_manufacturer_id_fkey FOREIGN KEY (tenant_id, manufacturer_id) REFERENCES manufacturers (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX device_models_model_unique ON device_models (tenant_id, manufacturer_id, model_key);
CREATE INDEX device_models_model_key_index ON device_models (tenant_id, model_key, id);
CREATE INDEX device_models_device_type_model_key_index ON device_models (tenant_id, device_type, model_key, id);

-- The network: what people decided about each device. What is observed is in device_health.
CREATE TABLE devices (
    id                 BLOB     NOT NULL,
    tenant_id          BLOB     NOT NULL,
    number             TEXT     NOT NULL,
    name               TEXT     NOT NULL DEFAULT '',
    name_key           TEXT     NOT NULL DEFAULT '',
    device_type        TEXT     NOT NULL DEFAULT '',
    category           TEXT,
    serial_number      TEXT,
    model_id           BLOB,
    site_id            BLOB,
    location           TEXT,
    management_ip      TEXT,
    management_ip_key  BLOB,
    parent_id          BLOB,
    customer_id        BLOB,
    status             TEXT     NOT NULL DEFAULT 'active',
    total_ports        INTEGER  NOT NULL DEFAULT 0,
    in_port            INTEGER,
    out_port           INTEGER,
    polatis_name       TEXT,
    configuration      TEXT     NOT NULL DEFAULT '{}',
    notes              TEXT     NOT NULL DEFAULT '',
    version            INTEGER  NOT NULL DEFAULT 1,
    created_at         INTEGER  NOT NULL,
    updated_at         INTEGER  NOT NULL,
    CONSTRAINT devices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT devices_id_kind CHECK (length(id) = 16),
    CONSTRAINT devices_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT devices_number_required CHECK (number <> ''),
    CONSTRAINT devices_number_length CHECK (length(number) <= 100),
    CONSTRAINT devices_name_length CHECK (length(name) <= 200),
    CONSTRAINT devices_device_type_length CHECK (length(device_type) <= 100),
    CONSTRAINT devices_category_length CHECK (length(category) <= 100),
    CONSTRAINT devices_serial_number_length CHECK (length(serial_number) <= 100),
    CONSTRAINT devices_model_id_kind CHECK (length(model_id) = 16),
    CONSTRAINT devices_site_id_kind CHECK (length(site_id) = 16),
    CONSTRAINT devices_location_length CHECK (length(location) <= 255),
    CONSTRAINT devices_management_ip_key_length CHECK (length(management_ip_key) = 17),
    CONSTRAINT devices_parent_id_kind CHECK (length(parent_id) = 16),
    CONSTRAINT devices_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT devices_status_check CHECK (status IN ('pending', 'active', 'inactive', 'maintenance', 'retired')),
    CONSTRAINT devices_total_ports_kind CHECK (total_ports BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT devices_total_ports_check CHECK (total_ports >= 0),
    CONSTRAINT devices_in_port_kind CHECK (in_port BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT devices_out_port_kind CHECK (out_port BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT devices_polatis_name_length CHECK (length(polatis_name) <= 100),
    CONSTRAINT devices_configuration_kind CHECK (json_valid(configuration)),
    CONSTRAINT devices_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT devices_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT devices_model_id_fkey FOREIGN KEY (tenant_id, model_id) REFERENCES device_models (tenant_id, id),
    CONSTRAINT devices_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id),
    CONSTRAINT devices_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT devices_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX devices_number_unique ON devices (tenant_id, number);
CREATE UNIQUE INDEX devices_serial_number_unique ON devices (tenant_id, model_id, serial_number) WHERE serial_number IS NOT NULL AND serial_number <> '';
CREATE UNIQUE INDEX devices_management_ip_unique ON devices (tenant_id, management_ip_key) WHERE management_ip_key IS NOT NULL AND status <> 'retired';
CREATE INDEX devices_name_key_index ON devices (tenant_id, name_key, id);
CREATE INDEX devices_status_name_key_index ON devices (tenant_id, status, name_key, id);
CREATE INDEX devices_device_type_name_key_index ON devices (tenant_id, device_type, name_key, id);
CREATE INDEX devices_category_name_key_index ON devices (tenant_id, category, name_key, id);
CREATE INDEX devices_site_id_name_key_index ON devices (tenant_id, site_id, name_key, id);
CREATE INDEX devices_model_id_name_key_index ON devices (tenant_id, model_id, name_key, id);
CREATE INDEX devices_customer_id_name_key_index ON devices (tenant_id, customer_id, name_key, id);
CREATE INDEX devices_parent_id_name_key_index ON devices (tenant_id, parent_id, name_key, id);
CREATE INDEX devices_management_ip_key_index ON devices (tenant_id, management_ip_key, id);
CREATE INDEX devices_serial_number_index ON devices (tenant_id, serial_number);
CREATE INDEX devices_created_at_index ON devices (tenant_id, created_at, id);
CREATE INDEX devices_updated_at_index ON devices (tenant_id, updated_at, id);

-- The part of a device that answers for subscribers: RADIUS and its control port.
CREATE TABLE access_servers (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    device_id       BLOB     NOT NULL,
    nas_identifier  TEXT,
    radius_secret   BLOB     NOT NULL,
    nas_ip          TEXT     NOT NULL,
    api_username    TEXT,
    api_password    BLOB,
    api_port        INTEGER,
    coa_port        INTEGER,
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT access_servers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT access_servers_id_kind CHECK (length(id) = 16),
    CONSTRAINT access_servers_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT access_servers_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT access_servers_nas_identifier_length CHECK (length(nas_identifier) <= 253),
    CONSTRAINT access_servers_api_username_length CHECK (length(api_username) <= 100),
    CONSTRAINT access_servers_api_port_check CHECK (api_port BETWEEN 1 AND 65535),
    CONSTRAINT access_servers_coa_port_check CHECK (coa_port BETWEEN 1 AND 65535),
    CONSTRAINT access_servers_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT access_servers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT access_servers_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX access_servers_device_unique ON access_servers (tenant_id, device_id);
CREATE UNIQUE INDEX access_servers_nas_ip_unique ON access_servers (nas_ip);

-- Words people put on devices.
CREATE TABLE device_tags (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    device_id   BLOB     NOT NULL,
    tag         TEXT     NOT NULL,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT device_tags_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_tags_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_tags_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_tags_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_tags_tag_required CHECK (tag <> ''),
    CONSTRAINT device_tags_tag_length CHECK (length(tag) <= 100),
    CONSTRAINT device_tags_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_tags_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_tags_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX device_tags_tag_unique ON device_tags (tenant_id, device_id, tag);
CREATE INDEX device_tags_tag_device_id_index ON device_tags (tenant_id, tag, device_id);

-- Who answers for a device, now and before.
CREATE TABLE device_ownerships (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    device_id    BLOB     NOT NULL,
    owner_id     BLOB     NOT NULL,
    assigned_by  BLOB,
    assigned_at  INTEGER  NOT NULL,
    revoked_at   INTEGER,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT device_ownerships_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_ownerships_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_ownerships_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_ownerships_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_ownerships_owner_id_kind CHECK (length(owner_id) = 16),
    CONSTRAINT device_ownerships_assigned_by_kind CHECK (length(assigned_by) = 16),
    CONSTRAINT device_ownerships_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_ownerships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_ownerships_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT device_ownerships_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id),
    CONSTRAINT device_ownerships_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX device_ownerships_owner_unique ON device_ownerships (tenant_id, device_id, owner_id) WHERE revoked_at IS NULL;
CREATE INDEX device_ownerships_device_id_assigned_at_index ON device_ownerships (tenant_id, device_id, assigned_at);
CREATE INDEX device_ownerships_owner_id_device_id_index ON device_ownerships (tenant_id, owner_id, device_id);

-- Planned work on a device, a site or all that carry a tag: nobody is woken.
CREATE TABLE maintenance_windows (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    device_id   BLOB,
    site_id     BLOB,
    tag         TEXT,
    starts_at   INTEGER  NOT NULL,
    ends_at     INTEGER  NOT NULL,
    recurrence  TEXT,
    timezone    TEXT     NOT NULL DEFAULT 'UTC',
    reason      TEXT     NOT NULL DEFAULT '',
    created_by  BLOB     NOT NULL,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT maintenance_windows_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT maintenance_windows_id_kind CHECK (length(id) = 16),
    CONSTRAINT maintenance_windows_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT maintenance_windows_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT maintenance_windows_site_id_kind CHECK (length(site_id) = 16),
    CONSTRAINT maintenance_windows_tag_length CHECK (length(tag) <= 100),
    CONSTRAINT maintenance_windows_recurrence_length CHECK (length(recurrence) <= 1000),
    CONSTRAINT maintenance_windows_timezone_length CHECK (length(timezone) <= 64),
    CONSTRAINT maintenance_windows_reason_length CHECK (length(reason) <= 1000),
    CONSTRAINT maintenance_windows_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT maintenance_windows_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT maintenance_windows_target_check CHECK ((device_id IS NOT NULL AND site_id IS NULL AND tag IS NULL) OR (device_id IS NULL AND site_id IS NOT NULL AND tag IS NULL) OR (device_id IS NULL AND site_id IS NULL AND tag IS NOT NULL)),
    CONSTRAINT maintenance_windows_times_check CHECK (ends_at > starts_at),
    CONSTRAINT maintenance_windows_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT maintenance_windows_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT maintenance_windows_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id),
    CONSTRAINT maintenance_windows_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE INDEX maintenance_windows_starts_at_index ON maintenance_windows (tenant_id, starts_at, id);
CREATE INDEX maintenance_windows_ends_at_index ON maintenance_windows (tenant_id, ends_at, id);
CREATE INDEX maintenance_windows_tag_starts_at_index ON maintenance_windows (tenant_id, tag, starts_at);
CREATE INDEX maintenance_windows_device_id_index ON maintenance_windows (tenant_id, device_id);
CREATE INDEX maintenance_windows_site_id_index ON maintenance_windows (tenant_id, site_id);

-- How a device is asked whether it is well.
CREATE TABLE device_checks (
    id                      BLOB     NOT NULL,
    tenant_id               BLOB     NOT NULL,
    device_id               BLOB     NOT NULL,
    kind                    TEXT     NOT NULL,
    target                  TEXT,
    port                    INTEGER,
    settings                TEXT     NOT NULL DEFAULT '{}',
    interval_seconds        INTEGER  NOT NULL DEFAULT 60,
    retry_interval_seconds  INTEGER  NOT NULL DEFAULT 15,
    timeout_ms              INTEGER  NOT NULL DEFAULT 2000,
    max_attempts            INTEGER  NOT NULL DEFAULT 3,
    enabled                 INTEGER  NOT NULL DEFAULT 1,
    version                 INTEGER  NOT NULL DEFAULT 1,
    created_at              INTEGER  NOT NULL,
    updated_at              INTEGER  NOT NULL,
    CONSTRAINT device_checks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_checks_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_checks_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_checks_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_checks_kind_check CHECK (kind IN ('icmp', 'tcp', 'http', 'snmp')),
    CONSTRAINT device_checks_target_length CHECK (length(target) <= 2000),
    CONSTRAINT device_checks_port_check CHECK (port BETWEEN 1 AND 65535),
    CONSTRAINT device_checks_settings_kind CHECK (json_valid(settings)),
    CONSTRAINT device_checks_interval_seconds_kind CHECK (interval_seconds BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_checks_interval_seconds_check CHECK (interval_seconds >= 1),
    CONSTRAINT device_checks_retry_interval_seconds_kind CHECK (retry_interval_seconds BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_checks_retry_interval_seconds_check CHECK (retry_interval_seconds >= 1),
    CONSTRAINT device_checks_timeout_ms_kind CHECK (timeout_ms BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_checks_timeout_ms_check CHECK (timeout_ms >= 1),
    CONSTRAINT device_checks_max_attempts_kind CHECK (max_attempts BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_checks_max_attempts_check CHECK (max_attempts >= 1),
    CONSTRAINT device_checks_enabled_kind CHECK (enabled IN (0, 1)),
    CONSTRAINT device_checks_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_checks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_checks_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX device_checks_device_id_kind_index ON device_checks (tenant_id, device_id, kind);
CREATE INDEX device_checks_enabled_device_id_index ON device_checks (tenant_id, enabled, device_id);

-- What the poller last saw of each check.
CREATE TABLE device_check_states (
    tenant_id      BLOB     NOT NULL,
    check_id       BLOB     NOT NULL,
    state          TEXT     NOT NULL DEFAULT 'unknown',
    hard           INTEGER  NOT NULL DEFAULT 0,
    attempts       INTEGER  NOT NULL DEFAULT 0,
    recent         INTEGER  NOT NULL DEFAULT 0,
    flapping       INTEGER  NOT NULL DEFAULT 0,
    last_check_at  INTEGER,
    last_ok_at     INTEGER,
    latency_us     INTEGER,
    loss_percent   INTEGER,
    message        TEXT,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT device_check_states_pkey PRIMARY KEY (tenant_id, check_id),
    CONSTRAINT device_check_states_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_check_states_check_id_kind CHECK (length(check_id) = 16),
    CONSTRAINT device_check_states_state_check CHECK (state IN ('unknown', 'up', 'degraded', 'down')),
    CONSTRAINT device_check_states_hard_kind CHECK (hard IN (0, 1)),
    CONSTRAINT device_check_states_attempts_kind CHECK (attempts BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_check_states_attempts_check CHECK (attempts >= 0),
    CONSTRAINT device_check_states_recent_check CHECK (recent BETWEEN 0 AND 1048575),
    CONSTRAINT device_check_states_flapping_kind CHECK (flapping IN (0, 1)),
    CONSTRAINT device_check_states_latency_us_kind CHECK (latency_us BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_check_states_latency_us_check CHECK (latency_us >= 0),
    CONSTRAINT device_check_states_loss_percent_check CHECK (loss_percent BETWEEN 0 AND 10000),
    CONSTRAINT device_check_states_message_length CHECK (length(message) <= 1000),
    CONSTRAINT device_check_states_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_check_states_check_id_fkey FOREIGN KEY (tenant_id, check_id) REFERENCES device_checks (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX device_check_states_state_check_id_index ON device_check_states (tenant_id, state, check_id);
CREATE INDEX device_check_states_updated_at_index ON device_check_states (tenant_id, updated_at);

-- How each device is, as the poller found it; its key is the device's own id.
CREATE TABLE device_health (
    tenant_id       BLOB     NOT NULL,
    device_id       BLOB     NOT NULL,
    health          TEXT     NOT NULL DEFAULT 'unknown',
    since           INTEGER  NOT NULL,
    heartbeat_at    INTEGER,
    latency_us      INTEGER,
    loss_percent    INTEGER,
    uptime_seconds  INTEGER,
    active_ports    INTEGER,
    flap_percent    INTEGER  NOT NULL DEFAULT 0,
    message         TEXT,
    metrics         TEXT     NOT NULL DEFAULT '{}',
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT device_health_pkey PRIMARY KEY (tenant_id, device_id),
    CONSTRAINT device_health_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_health_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_health_health_check CHECK (health IN ('unknown', 'up', 'degraded', 'down', 'unreachable', 'flapping', 'maintenance')),
    CONSTRAINT device_health_latency_us_kind CHECK (latency_us BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_latency_us_check CHECK (latency_us >= 0),
    CONSTRAINT device_health_loss_percent_check CHECK (loss_percent BETWEEN 0 AND 10000),
    CONSTRAINT device_health_uptime_seconds_check CHECK (uptime_seconds >= 0),
    CONSTRAINT device_health_active_ports_kind CHECK (active_ports BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_active_ports_check CHECK (active_ports >= 0),
    CONSTRAINT device_health_flap_percent_check CHECK (flap_percent BETWEEN 0 AND 10000),
    CONSTRAINT device_health_message_length CHECK (length(message) <= 1000),
    CONSTRAINT device_health_metrics_kind CHECK (json_valid(metrics)),
    CONSTRAINT device_health_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_health_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX device_health_health_device_id_index ON device_health (tenant_id, health, device_id);
CREATE INDEX device_health_health_since_index ON device_health (tenant_id, health, since);
CREATE INDEX device_health_updated_at_index ON device_health (tenant_id, updated_at);

-- How a device was: a row on each change, and one for a dozen results otherwise.
CREATE TABLE device_health_snapshots (
    id            BLOB     NOT NULL,
    tenant_id     BLOB     NOT NULL,
    device_id     BLOB     NOT NULL,
    status        TEXT     NOT NULL,
    heartbeat_at  INTEGER,
    metrics       TEXT     NOT NULL DEFAULT '{}',
    recorded_at   INTEGER  NOT NULL,
    CONSTRAINT device_health_snapshots_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_health_snapshots_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_health_snapshots_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_health_snapshots_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_health_snapshots_status_check CHECK (status IN ('unknown', 'up', 'degraded', 'down', 'unreachable', 'flapping', 'maintenance')),
    CONSTRAINT device_health_snapshots_metrics_kind CHECK (json_valid(metrics)),
    CONSTRAINT device_health_snapshots_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_health_snapshots_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
) STRICT;
CREATE INDEX device_health_snapshots_device_id_recorded_at_index ON device_health_snapshots (tenant_id, device_id, recorded_at);
CREATE INDEX device_health_snapshots_recorded_at_index ON device_health_snapshots (tenant_id, recorded_at, id);
CREATE INDEX device_health_snapshots_status_recorded_at_index ON device_health_snapshots (tenant_id, status, recorded_at);
CREATE TRIGGER device_health_snapshots_refuse_update BEFORE UPDATE ON device_health_snapshots
BEGIN
    SELECT RAISE(ABORT, 'append-only: device_health_snapshots');
END;
CREATE TRIGGER device_health_snapshots_refuse_delete BEFORE DELETE ON device_health_snapshots
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'device_health_snapshots' AND r.finished_at IS NULL AND OLD.recorded_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: device_health_snapshots');
END;

-- A device's hours and days, summed up.
CREATE TABLE device_health_rollups (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    device_id       BLOB     NOT NULL,
    bucket          TEXT     NOT NULL,
    bucket_start    INTEGER  NOT NULL,
    checks          INTEGER  NOT NULL DEFAULT 0,
    failures        INTEGER  NOT NULL DEFAULT 0,
    latency_min_us  INTEGER,
    latency_avg_us  INTEGER,
    latency_max_us  INTEGER,
    up_seconds      INTEGER  NOT NULL DEFAULT 0,
    known_seconds   INTEGER  NOT NULL DEFAULT 0,
    CONSTRAINT device_health_rollups_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_health_rollups_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_health_rollups_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_health_rollups_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_health_rollups_bucket_check CHECK (bucket IN ('hour', 'day')),
    CONSTRAINT device_health_rollups_checks_kind CHECK (checks BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_rollups_checks_check CHECK (checks >= 0),
    CONSTRAINT device_health_rollups_failures_kind CHECK (failures BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_rollups_failures_check CHECK (failures >= 0),
    CONSTRAINT device_health_rollups_latency_min_us_kind CHECK (latency_min_us BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_rollups_latency_min_us_check CHECK (latency_min_us >= 0),
    CONSTRAINT device_health_rollups_latency_avg_us_kind CHECK (latency_avg_us BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_rollups_latency_avg_us_check CHECK (latency_avg_us >= 0),
    CONSTRAINT device_health_rollups_latency_max_us_kind CHECK (latency_max_us BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_rollups_latency_max_us_check CHECK (latency_max_us >= 0),
    CONSTRAINT device_health_rollups_up_seconds_kind CHECK (up_seconds BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_rollups_up_seconds_check CHECK (up_seconds >= 0),
    CONSTRAINT device_health_rollups_known_seconds_kind CHECK (known_seconds BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_health_rollups_known_seconds_check CHECK (known_seconds >= 0),
    CONSTRAINT device_health_rollups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_health_rollups_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX device_health_rollups_bucket_unique ON device_health_rollups (tenant_id, device_id, bucket, bucket_start);
CREATE INDEX device_health_rollups_bucket_bucket_start_index ON device_health_rollups (tenant_id, bucket, bucket_start);

-- What devices and the poller reported.
CREATE TABLE device_logs (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    device_id   BLOB     NOT NULL,
    level       TEXT     NOT NULL DEFAULT 'info',
    message     TEXT     NOT NULL DEFAULT '',
    created_at  INTEGER  NOT NULL,
    CONSTRAINT device_logs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_logs_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_logs_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_logs_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_logs_level_check CHECK (level IN ('info', 'warning', 'error', 'system')),
    CONSTRAINT device_logs_message_length CHECK (length(message) <= 10000),
    CONSTRAINT device_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_logs_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
) STRICT;
CREATE INDEX device_logs_device_id_created_at_index ON device_logs (tenant_id, device_id, created_at);
CREATE INDEX device_logs_created_at_index ON device_logs (tenant_id, created_at, id);
CREATE INDEX device_logs_level_created_at_index ON device_logs (tenant_id, level, created_at);
CREATE TRIGGER device_logs_refuse_update BEFORE UPDATE ON device_logs
BEGIN
    SELECT RAISE(ABORT, 'append-only: device_logs');
END;
CREATE TRIGGER device_logs_refuse_delete BEFORE DELETE ON device_logs
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'device_logs' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: device_logs');
END;

-- Outages: what broke, since when, who sees to it.
CREATE TABLE incidents (
    id                  BLOB     NOT NULL,
    tenant_id           BLOB     NOT NULL,
    number              TEXT     NOT NULL,
    title               TEXT     NOT NULL DEFAULT '',
    severity            TEXT     NOT NULL,
    status              TEXT     NOT NULL DEFAULT 'active',
    device_id           BLOB,
    device_name         TEXT,
    description         TEXT     NOT NULL DEFAULT '',
    root_cause          TEXT,
    origin              TEXT     NOT NULL DEFAULT 'manual',
    dedupe_key          TEXT,
    started_at          INTEGER  NOT NULL,
    acknowledged_by     BLOB,
    acknowledged_at     INTEGER,
    acknowledged_until  INTEGER,
    assignee_id         BLOB,
    resolved_by         BLOB,
    resolved_at         INTEGER,
    affected_count      INTEGER  NOT NULL DEFAULT 0,
    version             INTEGER  NOT NULL DEFAULT 1,
    created_at          INTEGER  NOT NULL,
    updated_at          INTEGER  NOT NULL,
    CONSTRAINT incidents_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT incidents_id_kind CHECK (length(id) = 16),
    CONSTRAINT incidents_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT incidents_number_required CHECK (number <> ''),
    CONSTRAINT incidents_number_length CHECK (length(number) <= 50),
    CONSTRAINT incidents_title_length CHECK (length(title) <= 255),
    CONSTRAINT incidents_severity_check CHECK (severity IN ('critical', 'major', 'minor')),
    CONSTRAINT incidents_status_check CHECK (status IN ('active', 'investigating', 'resolved')),
    CONSTRAINT incidents_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT incidents_device_name_length CHECK (length(device_name) <= 200),
    CONSTRAINT incidents_description_length CHECK (length(description) <= 10000),
    CONSTRAINT incidents_root_cause_length CHECK (length(root_cause) <= 10000),
    CONSTRAINT incidents_origin_check CHECK (origin IN ('manual', 'poller')),
    CONSTRAINT incidents_dedupe_key_length CHECK (length(dedupe_key) <= 255),
    CONSTRAINT incidents_acknowledged_by_kind CHECK (length(acknowledged_by) = 16),
    CONSTRAINT incidents_assignee_id_kind CHECK (length(assignee_id) = 16),
    CONSTRAINT incidents_resolved_by_kind CHECK (length(resolved_by) = 16),
    CONSTRAINT incidents_affected_count_kind CHECK (affected_count BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT incidents_affected_count_check CHECK (affected_count >= 0),
    CONSTRAINT incidents_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT incidents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT incidents_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT incidents_acknowledged_by_fkey FOREIGN KEY (acknowledged_by) REFERENCES users (id),
    CONSTRAINT incidents_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES users (id),
    CONSTRAINT incidents_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX incidents_number_unique ON incidents (tenant_id, number);
CREATE UNIQUE INDEX incidents_dedupe_key_unique ON incidents (tenant_id, dedupe_key) WHERE dedupe_key IS NOT NULL AND dedupe_key <> '' AND status <> 'resolved';
CREATE INDEX incidents_started_at_index ON incidents (tenant_id, started_at, id);
CREATE INDEX incidents_status_started_at_index ON incidents (tenant_id, status, started_at, id);
CREATE INDEX incidents_severity_started_at_index ON incidents (tenant_id, severity, started_at, id);
CREATE INDEX incidents_device_id_started_at_index ON incidents (tenant_id, device_id, started_at);
CREATE INDEX incidents_assignee_id_status_started_at_index ON incidents (tenant_id, assignee_id, status, started_at);
CREATE INDEX incidents_updated_at_index ON incidents (tenant_id, updated_at, id);

-- Which poller has which share of the devices.
CREATE TABLE poller_leases (
    shard       INTEGER  NOT NULL,
    owner       TEXT     NOT NULL DEFAULT '',
    expires_at  INTEGER  NOT NULL,
    CONSTRAINT poller_leases_pkey PRIMARY KEY (shard),
    CONSTRAINT poller_leases_shard_kind CHECK (shard BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT poller_leases_shard_check CHECK (shard >= 0),
    CONSTRAINT poller_leases_owner_length CHECK (length(owner) <= 200)
) STRICT;

-- Each record's words, folded: begins with a space, one space between words.
CREATE TABLE search_documents (
    docid INTEGER PRIMARY KEY,
    tenant_id  BLOB  NOT NULL,
    kind       TEXT  NOT NULL DEFAULT '',
    record_id  BLOB  NOT NULL,
    text       TEXT  NOT NULL DEFAULT '',
    CONSTRAINT search_documents_key UNIQUE (tenant_id, kind, record_id),
    CONSTRAINT search_documents_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT search_documents_kind_length CHECK (length(kind) <= 50),
    CONSTRAINT search_documents_record_id_kind CHECK (length(record_id) = 16),
    CONSTRAINT search_documents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;

-- The one row of the installation.
INSERT INTO installation (id, application, schema_epoch, created_at)
VALUES (1, 'headend', 1, unixepoch() * 1000000);

-- A device is never reached through itself, however many lie between.
CREATE TRIGGER devices_parent_cycle_insert
BEFORE INSERT ON devices WHEN NEW.parent_id = NEW.id
BEGIN
    SELECT RAISE(ABORT, 'devices_parent_cycle');
END;

CREATE TRIGGER devices_parent_cycle_update
BEFORE UPDATE OF parent_id ON devices WHEN NEW.parent_id IS NOT NULL AND NEW.parent_id IS NOT OLD.parent_id
BEGIN
    SELECT RAISE(ABORT, 'devices_parent_cycle')
    WHERE NEW.id IN (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT d.parent_id FROM above JOIN devices d ON d.tenant_id = NEW.tenant_id AND d.id = above.id
            WHERE d.parent_id IS NOT NULL
        )
        SELECT id FROM above
    );
END;

-- Search: trigrams over search_documents; whoever reads it with GLOB or three-letter words checks the tenant there.
CREATE VIRTUAL TABLE search_index USING fts5(
    text,
    content = 'search_documents',
    content_rowid = 'docid',
    tokenize = 'trigram case_sensitive 1',
    detail = none,
    columnsize = 0
);

CREATE TRIGGER search_documents_insert AFTER INSERT ON search_documents
BEGIN
    INSERT INTO search_index (rowid, text) VALUES (NEW.docid, NEW.text);
END;

CREATE TRIGGER search_documents_delete AFTER DELETE ON search_documents
BEGIN
    INSERT INTO search_index (search_index, rowid, text) VALUES ('delete', OLD.docid, OLD.text);
END;

CREATE TRIGGER search_documents_update AFTER UPDATE ON search_documents WHEN NEW.text <> OLD.text OR NEW.docid <> OLD.docid
BEGIN
    INSERT INTO search_index (search_index, rowid, text) VALUES ('delete', OLD.docid, OLD.text);
    INSERT INTO search_index (rowid, text) VALUES (NEW.docid, NEW.text);
END;
