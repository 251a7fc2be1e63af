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
    tenant_id     BLOB     GENERATED ALWAYS AS (id) STORED,
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
    CONSTRAINT tenants_tenant_id_kind CHECK (length(tenant_id) = 16),
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
    credentials         BLOB,
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
CREATE UNIQUE INDEX provider_configs_is_active_unique ON provider_configs (tenant_id, provider_type) WHERE is_active;
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
CREATE INDEX users_email_key_index ON users (tenant_id, email_key, id);
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
CREATE INDEX user_keys_created_at_index ON user_keys (tenant_id, created_at, id);

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
CREATE INDEX role_assignments_created_at_index ON role_assignments (tenant_id, created_at, id);
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
CREATE INDEX user_factors_created_at_index ON user_factors (tenant_id, created_at, id);

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
CREATE INDEX user_sessions_expires_at_index ON user_sessions (tenant_id, expires_at, id);

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
CREATE INDEX translations_key_index ON translations (tenant_id, key, id);

-- Lists as someone left them: filter, order and columns. Without a user: shared.
CREATE TABLE saved_views (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    user_id        BLOB,
    screen         TEXT     NOT NULL,
    name           TEXT     NOT NULL,
    name_key       TEXT     NOT NULL,
    letter         TEXT     NOT NULL DEFAULT '',
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
    CONSTRAINT saved_views_letter_length CHECK (length(letter) <= 1),
    CONSTRAINT saved_views_filter_length CHECK (length(filter) <= 10000),
    CONSTRAINT saved_views_sort_length CHECK (length(sort) <= 1000),
    CONSTRAINT saved_views_shown_columns_kind CHECK (json_valid(shown_columns)),
    CONSTRAINT saved_views_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT saved_views_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT saved_views_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX saved_views_name_unique ON saved_views (tenant_id, coalesce(user_id, x''), screen, name_key);
CREATE INDEX saved_views_name_key_index ON saved_views (tenant_id, name_key, id);
CREATE INDEX saved_views_screen_name_key_index ON saved_views (tenant_id, screen, name_key, id);
CREATE INDEX saved_views_user_id_screen_index ON saved_views (tenant_id, user_id, screen);

-- How each person left each list, and which saved view it opens with.
CREATE TABLE list_states (
    tenant_id   BLOB     NOT NULL,
    user_id     BLOB     NOT NULL,
    screen      TEXT     NOT NULL,
    state       TEXT     NOT NULL DEFAULT '{}',
    opens_with  BLOB,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT list_states_pkey PRIMARY KEY (tenant_id, user_id, screen),
    CONSTRAINT list_states_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT list_states_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT list_states_screen_required CHECK (screen <> ''),
    CONSTRAINT list_states_screen_length CHECK (length(screen) <= 100),
    CONSTRAINT list_states_state_kind CHECK (json_valid(state)),
    CONSTRAINT list_states_opens_with_kind CHECK (length(opens_with) = 16),
    CONSTRAINT list_states_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT list_states_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;

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
    login_id      BLOB,
    kind          TEXT     NOT NULL,
    entity_type   TEXT     NOT NULL DEFAULT '',
    state         TEXT     NOT NULL DEFAULT 'running',
    undo          TEXT     NOT NULL DEFAULT 'none',
    summary       TEXT     NOT NULL DEFAULT '',
    records       INTEGER  NOT NULL DEFAULT 0,
    meant         INTEGER  NOT NULL DEFAULT 0,
    undoes_id     BLOB,
    undone_by_id  BLOB,
    started_at    INTEGER  NOT NULL,
    finished_at   INTEGER,
    CONSTRAINT operations_pkey PRIMARY KEY (id),
    CONSTRAINT operations_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT operations_id_kind CHECK (length(id) = 16),
    CONSTRAINT operations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT operations_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT operations_login_id_kind CHECK (length(login_id) = 16),
    CONSTRAINT operations_kind_required CHECK (kind <> ''),
    CONSTRAINT operations_kind_length CHECK (length(kind) <= 100),
    CONSTRAINT operations_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT operations_state_check CHECK (state IN ('running', 'done', 'failed', 'undone')),
    CONSTRAINT operations_undo_check CHECK (undo IN ('values', 'counter_entry', 'none')),
    CONSTRAINT operations_summary_length CHECK (length(summary) <= 1000),
    CONSTRAINT operations_records_kind CHECK (records BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT operations_records_check CHECK (records >= 0),
    CONSTRAINT operations_meant_kind CHECK (meant BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT operations_meant_check CHECK (meant >= 0),
    CONSTRAINT operations_undoes_id_kind CHECK (length(undoes_id) = 16),
    CONSTRAINT operations_undone_by_id_kind CHECK (length(undone_by_id) = 16),
    CONSTRAINT operations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT operations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT operations_undoes_id_fkey FOREIGN KEY (undoes_id) REFERENCES operations (id),
    CONSTRAINT operations_undone_by_id_fkey FOREIGN KEY (undone_by_id) REFERENCES operations (id)
) STRICT;
CREATE INDEX operations_user_id_started_at_index ON operations (tenant_id, user_id, started_at);
CREATE INDEX operations_login_id_started_at_index ON operations (tenant_id, login_id, started_at);
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
CREATE INDEX customers_email_key_index ON customers (tenant_id, email_key, id);
CREATE INDEX customers_username_key_index ON customers (tenant_id, username_key, id);
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

-- What came into a customer's wallet and what went out of it.
CREATE TABLE wallet_entries (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    customer_id    BLOB     NOT NULL,
    amount         INTEGER  NOT NULL,
    reason         TEXT     NOT NULL,
    payment_id     BLOB,
    invoice_id     BLOB,
    reverses_id    BLOB,
    note           TEXT     NOT NULL DEFAULT '',
    balance_after  INTEGER  NOT NULL,
    created_at     INTEGER  NOT NULL,
    CONSTRAINT wallet_entries_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT wallet_entries_id_kind CHECK (length(id) = 16),
    CONSTRAINT wallet_entries_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT wallet_entries_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT wallet_entries_reason_check CHECK (reason IN ('payment', 'invoice', 'renewal', 'refund', 'adjustment')),
    CONSTRAINT wallet_entries_payment_id_kind CHECK (length(payment_id) = 16),
    CONSTRAINT wallet_entries_invoice_id_kind CHECK (length(invoice_id) = 16),
    CONSTRAINT wallet_entries_reverses_id_kind CHECK (length(reverses_id) = 16),
    CONSTRAINT wallet_entries_note_length CHECK (length(note) <= 1000),
    CONSTRAINT wallet_entries_amount_check CHECK (amount <> 0),
    CONSTRAINT wallet_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT wallet_entries_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT wallet_entries_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id),
    CONSTRAINT wallet_entries_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id),
    CONSTRAINT wallet_entries_reverses_id_fkey FOREIGN KEY (tenant_id, reverses_id) REFERENCES wallet_entries (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX wallet_entries_reversed_unique ON wallet_entries (tenant_id, reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX wallet_entries_customer_id_created_at_index ON wallet_entries (tenant_id, customer_id, created_at);
CREATE INDEX wallet_entries_created_at_index ON wallet_entries (tenant_id, created_at, id);
CREATE INDEX wallet_entries_payment_id_index ON wallet_entries (tenant_id, payment_id);
CREATE INDEX wallet_entries_invoice_id_index ON wallet_entries (tenant_id, invoice_id);
CREATE TRIGGER wallet_entries_refuse_update BEFORE UPDATE ON wallet_entries
BEGIN
    SELECT RAISE(ABORT, 'append-only: wallet_entries');
END;
CREATE TRIGGER wallet_entries_refuse_delete BEFORE DELETE ON wallet_entries
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'wallet_entries' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: wallet_entries');
END;

-- People who may become customers, and how far it has come with them.
CREATE TABLE leads (
    id                 BLOB     NOT NULL,
    tenant_id          BLOB     NOT NULL,
    number             TEXT     NOT NULL,
    title              TEXT     NOT NULL DEFAULT '',
    title_key          TEXT     NOT NULL DEFAULT '',
    organization       TEXT,
    contact_name       TEXT     NOT NULL DEFAULT '',
    contact_email      TEXT,
    contact_phone      TEXT,
    phone_digits       TEXT     NOT NULL DEFAULT '',
    address            TEXT,
    plan_interest      TEXT,
    value              INTEGER,
    currency           TEXT     NOT NULL DEFAULT '',
    probability        INTEGER,
    status             TEXT     NOT NULL DEFAULT 'new',
    source             TEXT     NOT NULL DEFAULT 'manual',
    assigned_to        BLOB,
    follow_up_at       INTEGER,
    expected_close_at  INTEGER,
    partner_id         BLOB,
    distributor_id     BLOB,
    customer_id        BLOB,
    notes              TEXT     NOT NULL DEFAULT '',
    provider_name      TEXT,
    provider_id        TEXT,
    provider_metadata  TEXT     NOT NULL DEFAULT '{}',
    last_sync_at       INTEGER,
    sync_status        TEXT,
    sync_error         TEXT,
    version            INTEGER  NOT NULL DEFAULT 1,
    created_at         INTEGER  NOT NULL,
    updated_at         INTEGER  NOT NULL,
    CONSTRAINT leads_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT leads_id_kind CHECK (length(id) = 16),
    CONSTRAINT leads_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT leads_number_required CHECK (number <> ''),
    CONSTRAINT leads_number_length CHECK (length(number) <= 50),
    CONSTRAINT leads_title_length CHECK (length(title) <= 500),
    CONSTRAINT leads_organization_length CHECK (length(organization) <= 255),
    CONSTRAINT leads_contact_name_length CHECK (length(contact_name) <= 255),
    CONSTRAINT leads_contact_email_length CHECK (length(contact_email) <= 255),
    CONSTRAINT leads_contact_phone_length CHECK (length(contact_phone) <= 50),
    CONSTRAINT leads_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT leads_address_length CHECK (length(address) <= 10000),
    CONSTRAINT leads_plan_interest_length CHECK (length(plan_interest) <= 255),
    CONSTRAINT leads_value_check CHECK (value >= 0),
    CONSTRAINT leads_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT leads_probability_check CHECK (probability BETWEEN 0 AND 100),
    CONSTRAINT leads_status_check CHECK (status IN ('new', 'contacted', 'qualified', 'feasibility', 'proposal', 'negotiation', 'won', 'in_progress', 'installed', 'lost', 'cancelled')),
    CONSTRAINT leads_source_length CHECK (length(source) <= 100),
    CONSTRAINT leads_assigned_to_kind CHECK (length(assigned_to) = 16),
    CONSTRAINT leads_partner_id_kind CHECK (length(partner_id) = 16),
    CONSTRAINT leads_distributor_id_kind CHECK (length(distributor_id) = 16),
    CONSTRAINT leads_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT leads_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT leads_provider_name_length CHECK (length(provider_name) <= 100),
    CONSTRAINT leads_provider_id_length CHECK (length(provider_id) <= 255),
    CONSTRAINT leads_provider_metadata_kind CHECK (json_valid(provider_metadata)),
    CONSTRAINT leads_sync_status_length CHECK (length(sync_status) <= 50),
    CONSTRAINT leads_sync_error_length CHECK (length(sync_error) <= 10000),
    CONSTRAINT leads_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT leads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT leads_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES users (id),
    CONSTRAINT leads_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT leads_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT leads_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX leads_number_unique ON leads (tenant_id, number);
CREATE UNIQUE INDEX leads_provider_unique ON leads (tenant_id, provider_name, provider_id) WHERE provider_name IS NOT NULL AND provider_name <> '' AND provider_id IS NOT NULL AND provider_id <> '';
CREATE INDEX leads_title_key_index ON leads (tenant_id, title_key, id);
CREATE INDEX leads_status_title_key_index ON leads (tenant_id, status, title_key, id);
CREATE INDEX leads_status_follow_up_at_index ON leads (tenant_id, status, follow_up_at);
CREATE INDEX leads_assigned_to_status_index ON leads (tenant_id, assigned_to, status);
CREATE INDEX leads_follow_up_at_index ON leads (tenant_id, follow_up_at, id);
CREATE INDEX leads_created_at_index ON leads (tenant_id, created_at, id);
CREATE INDEX leads_updated_at_index ON leads (tenant_id, updated_at, id);
CREATE INDEX leads_phone_digits_index ON leads (tenant_id, phone_digits);
CREATE INDEX leads_source_index ON leads (tenant_id, source, id);
CREATE INDEX leads_partner_id_index ON leads (tenant_id, partner_id);
CREATE INDEX leads_distributor_id_index ON leads (tenant_id, distributor_id);
CREATE INDEX leads_customer_id_index ON leads (tenant_id, customer_id);

-- What was done and is to be done about a lead.
CREATE TABLE lead_activities (
    id                 BLOB     NOT NULL,
    tenant_id          BLOB     NOT NULL,
    lead_id            BLOB     NOT NULL,
    activity_type      TEXT     NOT NULL,
    subject            TEXT     NOT NULL DEFAULT '',
    description        TEXT     NOT NULL DEFAULT '',
    due_at             INTEGER,
    done               INTEGER  NOT NULL DEFAULT 0,
    done_at            INTEGER,
    user_id            BLOB,
    provider_name      TEXT,
    provider_id        TEXT,
    provider_metadata  TEXT     NOT NULL DEFAULT '{}',
    version            INTEGER  NOT NULL DEFAULT 1,
    created_at         INTEGER  NOT NULL,
    updated_at         INTEGER  NOT NULL,
    CONSTRAINT lead_activities_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT lead_activities_id_kind CHECK (length(id) = 16),
    CONSTRAINT lead_activities_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT lead_activities_lead_id_kind CHECK (length(lead_id) = 16),
    CONSTRAINT lead_activities_activity_type_required CHECK (activity_type <> ''),
    CONSTRAINT lead_activities_activity_type_length CHECK (length(activity_type) <= 50),
    CONSTRAINT lead_activities_subject_length CHECK (length(subject) <= 500),
    CONSTRAINT lead_activities_description_length CHECK (length(description) <= 10000),
    CONSTRAINT lead_activities_done_kind CHECK (done IN (0, 1)),
    CONSTRAINT lead_activities_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT lead_activities_provider_name_length CHECK (length(provider_name) <= 100),
    CONSTRAINT lead_activities_provider_id_length CHECK (length(provider_id) <= 255),
    CONSTRAINT lead_activities_provider_metadata_kind CHECK (json_valid(provider_metadata)),
    CONSTRAINT lead_activities_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT lead_activities_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT lead_activities_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT lead_activities_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX lead_activities_lead_id_due_at_index ON lead_activities (tenant_id, lead_id, due_at);
CREATE INDEX lead_activities_due_at_index ON lead_activities (tenant_id, due_at, id);
CREATE INDEX lead_activities_created_at_index ON lead_activities (tenant_id, created_at, id);
CREATE INDEX lead_activities_done_due_at_index ON lead_activities (tenant_id, done, due_at);
CREATE INDEX lead_activities_provider_name_provider_id_index ON lead_activities (tenant_id, provider_name, provider_id);

-- What people wrote about a lead.
CREATE TABLE lead_notes (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    lead_id        BLOB     NOT NULL,
    content        TEXT     NOT NULL,
    created_by     BLOB,
    provider_name  TEXT,
    provider_id    TEXT,
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT lead_notes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT lead_notes_id_kind CHECK (length(id) = 16),
    CONSTRAINT lead_notes_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT lead_notes_lead_id_kind CHECK (length(lead_id) = 16),
    CONSTRAINT lead_notes_content_required CHECK (content <> ''),
    CONSTRAINT lead_notes_content_length CHECK (length(content) <= 100000),
    CONSTRAINT lead_notes_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT lead_notes_provider_name_length CHECK (length(provider_name) <= 100),
    CONSTRAINT lead_notes_provider_id_length CHECK (length(provider_id) <= 255),
    CONSTRAINT lead_notes_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT lead_notes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT lead_notes_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT lead_notes_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE INDEX lead_notes_lead_id_created_at_index ON lead_notes (tenant_id, lead_id, created_at);
CREATE INDEX lead_notes_created_at_index ON lead_notes (tenant_id, created_at, id);
CREATE INDEX lead_notes_provider_name_provider_id_index ON lead_notes (tenant_id, provider_name, provider_id);

-- Every step of a lead.
CREATE TABLE lead_status_history (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    lead_id     BLOB     NOT NULL,
    old_status  TEXT,
    new_status  TEXT     NOT NULL,
    changed_by  BLOB,
    reason      TEXT     NOT NULL DEFAULT '',
    changed_at  INTEGER  NOT NULL,
    created_at  INTEGER  NOT NULL,
    CONSTRAINT lead_status_history_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT lead_status_history_id_kind CHECK (length(id) = 16),
    CONSTRAINT lead_status_history_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT lead_status_history_lead_id_kind CHECK (length(lead_id) = 16),
    CONSTRAINT lead_status_history_old_status_length CHECK (length(old_status) <= 50),
    CONSTRAINT lead_status_history_new_status_required CHECK (new_status <> ''),
    CONSTRAINT lead_status_history_new_status_length CHECK (length(new_status) <= 50),
    CONSTRAINT lead_status_history_changed_by_kind CHECK (length(changed_by) = 16),
    CONSTRAINT lead_status_history_reason_length CHECK (length(reason) <= 10000),
    CONSTRAINT lead_status_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT lead_status_history_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT lead_status_history_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES users (id)
) STRICT;
CREATE INDEX lead_status_history_lead_id_changed_at_index ON lead_status_history (tenant_id, lead_id, changed_at);
CREATE INDEX lead_status_history_changed_at_index ON lead_status_history (tenant_id, changed_at, id);
CREATE INDEX lead_status_history_new_status_changed_at_index ON lead_status_history (tenant_id, new_status, changed_at);
CREATE TRIGGER lead_status_history_refuse_update BEFORE UPDATE ON lead_status_history
BEGIN
    SELECT RAISE(ABORT, 'append-only: lead_status_history');
END;

-- Vouchers that were made together, to be printed and sold.
CREATE TABLE voucher_batches (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    name         TEXT     NOT NULL,
    name_key     TEXT     NOT NULL,
    plan_id      BLOB     NOT NULL,
    quantity     INTEGER  NOT NULL,
    prefix       TEXT     NOT NULL DEFAULT '',
    code_length  INTEGER  NOT NULL DEFAULT 10,
    valid_until  INTEGER,
    created_by   BLOB,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT voucher_batches_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT voucher_batches_id_kind CHECK (length(id) = 16),
    CONSTRAINT voucher_batches_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT voucher_batches_name_required CHECK (name <> ''),
    CONSTRAINT voucher_batches_name_length CHECK (length(name) <= 200),
    CONSTRAINT voucher_batches_name_key_required CHECK (name_key <> ''),
    CONSTRAINT voucher_batches_plan_id_kind CHECK (length(plan_id) = 16),
    CONSTRAINT voucher_batches_quantity_check CHECK (quantity BETWEEN 1 AND 100000),
    CONSTRAINT voucher_batches_prefix_length CHECK (length(prefix) <= 20),
    CONSTRAINT voucher_batches_code_length_check CHECK (code_length BETWEEN 6 AND 32),
    CONSTRAINT voucher_batches_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT voucher_batches_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT voucher_batches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT voucher_batches_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT voucher_batches_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE INDEX voucher_batches_name_key_index ON voucher_batches (tenant_id, name_key, id);
CREATE INDEX voucher_batches_created_at_index ON voucher_batches (tenant_id, created_at, id);
CREATE INDEX voucher_batches_plan_id_index ON voucher_batches (tenant_id, plan_id);

-- Codes that each give one customer a plan, once.
CREATE TABLE vouchers (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    code         TEXT     NOT NULL,
    code_key     TEXT     NOT NULL,
    batch_id     BLOB     NOT NULL,
    plan_id      BLOB     NOT NULL,
    status       TEXT     NOT NULL DEFAULT 'available',
    customer_id  BLOB,
    mac_address  TEXT,
    used_at      INTEGER,
    expires_at   INTEGER,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT vouchers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT vouchers_id_kind CHECK (length(id) = 16),
    CONSTRAINT vouchers_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT vouchers_code_required CHECK (code <> ''),
    CONSTRAINT vouchers_code_length CHECK (length(code) <= 64),
    CONSTRAINT vouchers_code_key_required CHECK (code_key <> ''),
    CONSTRAINT vouchers_batch_id_kind CHECK (length(batch_id) = 16),
    CONSTRAINT vouchers_plan_id_kind CHECK (length(plan_id) = 16),
    CONSTRAINT vouchers_status_check CHECK (status IN ('available', 'used', 'expired', 'revoked')),
    CONSTRAINT vouchers_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT vouchers_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT vouchers_used_check CHECK ((status = 'used') = (used_at IS NOT NULL)),
    CONSTRAINT vouchers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT vouchers_batch_id_fkey FOREIGN KEY (tenant_id, batch_id) REFERENCES voucher_batches (tenant_id, id),
    CONSTRAINT vouchers_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT vouchers_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX vouchers_code_unique ON vouchers (code_key);
CREATE INDEX vouchers_status_code_index ON vouchers (tenant_id, status, code, id);
CREATE INDEX vouchers_batch_id_code_index ON vouchers (tenant_id, batch_id, code);
CREATE INDEX vouchers_status_expires_at_index ON vouchers (tenant_id, status, expires_at);
CREATE INDEX vouchers_created_at_index ON vouchers (tenant_id, created_at, id);
CREATE INDEX vouchers_plan_id_index ON vouchers (tenant_id, plan_id);
CREATE INDEX vouchers_customer_id_index ON vouchers (tenant_id, customer_id);

-- Which customer was merged into which: for undo, and so that old numbers still lead somewhere.
CREATE TABLE customer_merges (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    survivor_id    BLOB     NOT NULL,
    merged_id      BLOB     NOT NULL,
    merged_number  TEXT     NOT NULL DEFAULT '',
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT customer_merges_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT customer_merges_id_kind CHECK (length(id) = 16),
    CONSTRAINT customer_merges_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT customer_merges_survivor_id_kind CHECK (length(survivor_id) = 16),
    CONSTRAINT customer_merges_merged_id_kind CHECK (length(merged_id) = 16),
    CONSTRAINT customer_merges_merged_number_length CHECK (length(merged_number) <= 50),
    CONSTRAINT customer_merges_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT customer_merges_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT customer_merges_survivor_id_fkey FOREIGN KEY (tenant_id, survivor_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT customer_merges_merged_id_fkey FOREIGN KEY (tenant_id, merged_id) REFERENCES customers (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX customer_merges_merged_unique ON customer_merges (tenant_id, merged_id);
CREATE INDEX customer_merges_survivor_id_created_at_index ON customer_merges (tenant_id, survivor_id, created_at);
CREATE INDEX customer_merges_merged_number_index ON customer_merges (tenant_id, merged_number);
CREATE INDEX customer_merges_created_at_index ON customer_merges (tenant_id, created_at, id);

-- What is sold by contract.
CREATE TABLE products (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    name         TEXT     NOT NULL,
    name_key     TEXT     NOT NULL,
    kind         TEXT     NOT NULL,
    unit         TEXT     NOT NULL,
    pricing      TEXT     NOT NULL DEFAULT 'volume',
    description  TEXT     NOT NULL DEFAULT '',
    is_active    INTEGER  NOT NULL DEFAULT 1,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT products_id_kind CHECK (length(id) = 16),
    CONSTRAINT products_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT products_name_required CHECK (name <> ''),
    CONSTRAINT products_name_length CHECK (length(name) <= 255),
    CONSTRAINT products_name_key_required CHECK (name_key <> ''),
    CONSTRAINT products_kind_required CHECK (kind <> ''),
    CONSTRAINT products_kind_length CHECK (length(kind) <= 100),
    CONSTRAINT products_unit_required CHECK (unit <> ''),
    CONSTRAINT products_unit_length CHECK (length(unit) <= 50),
    CONSTRAINT products_pricing_check CHECK (pricing IN ('volume', 'graduated')),
    CONSTRAINT products_description_length CHECK (length(description) <= 10000),
    CONSTRAINT products_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT products_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT products_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX products_name_unique ON products (tenant_id, name_key);
CREATE INDEX products_name_key_index ON products (tenant_id, name_key, id);
CREATE INDEX products_kind_name_key_index ON products (tenant_id, kind, name_key, id);
CREATE INDEX products_is_active_name_key_index ON products (tenant_id, is_active, name_key, id);
CREATE INDEX products_updated_at_index ON products (tenant_id, updated_at, id);

-- What a product costs by quantity.
CREATE TABLE price_tiers (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    product_id      BLOB     NOT NULL,
    name            TEXT     NOT NULL DEFAULT '',
    min_quantity    INTEGER  NOT NULL,
    max_quantity    INTEGER,
    price_per_unit  INTEGER  NOT NULL,
    currency        TEXT     NOT NULL DEFAULT '',
    period          TEXT     NOT NULL DEFAULT 'month',
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT price_tiers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT price_tiers_id_kind CHECK (length(id) = 16),
    CONSTRAINT price_tiers_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT price_tiers_product_id_kind CHECK (length(product_id) = 16),
    CONSTRAINT price_tiers_name_length CHECK (length(name) <= 100),
    CONSTRAINT price_tiers_min_quantity_kind CHECK (min_quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT price_tiers_min_quantity_check CHECK (min_quantity >= 0),
    CONSTRAINT price_tiers_max_quantity_kind CHECK (max_quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT price_tiers_price_per_unit_check CHECK (price_per_unit >= 1),
    CONSTRAINT price_tiers_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT price_tiers_period_check CHECK (period IN ('month', 'year')),
    CONSTRAINT price_tiers_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT price_tiers_range_check CHECK (max_quantity IS NULL OR max_quantity > min_quantity),
    CONSTRAINT price_tiers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT price_tiers_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX price_tiers_product_id_period_currency_min_quantity_index ON price_tiers (tenant_id, product_id, period, currency, min_quantity);
CREATE INDEX price_tiers_created_at_index ON price_tiers (tenant_id, created_at, id);

-- How long a contract may run, and what staying longer saves.
CREATE TABLE durations (
    id                   BLOB     NOT NULL,
    tenant_id            BLOB     NOT NULL,
    months               INTEGER  NOT NULL,
    discount_percentage  INTEGER  NOT NULL DEFAULT 0,
    name                 TEXT     NOT NULL DEFAULT '',
    version              INTEGER  NOT NULL DEFAULT 1,
    created_at           INTEGER  NOT NULL,
    updated_at           INTEGER  NOT NULL,
    CONSTRAINT durations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT durations_id_kind CHECK (length(id) = 16),
    CONSTRAINT durations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT durations_months_kind CHECK (months BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT durations_months_check CHECK (months >= 1),
    CONSTRAINT durations_discount_percentage_check CHECK (discount_percentage BETWEEN 0 AND 10000),
    CONSTRAINT durations_name_length CHECK (length(name) <= 100),
    CONSTRAINT durations_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT durations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX durations_months_unique ON durations (tenant_id, months);
CREATE INDEX durations_created_at_index ON durations (tenant_id, created_at, id);

-- What somebody wants to buy, with prices as they were when it was sent.
CREATE TABLE orders (
    id                BLOB     NOT NULL,
    tenant_id         BLOB     NOT NULL,
    number            TEXT     NOT NULL,
    status            TEXT     NOT NULL DEFAULT 'created',
    partner_id        BLOB,
    distributor_id    BLOB,
    customer_id       BLOB,
    lead_id           BLOB,
    created_by        BLOB,
    currency          TEXT     NOT NULL DEFAULT '',
    subtotal          INTEGER  NOT NULL DEFAULT 0,
    discount_amount   INTEGER  NOT NULL DEFAULT 0,
    tax_amount        INTEGER  NOT NULL DEFAULT 0,
    total_amount      INTEGER  NOT NULL DEFAULT 0,
    billing_provider  TEXT,
    billing_quote_id  TEXT,
    billing_metadata  TEXT     NOT NULL DEFAULT '{}',
    crm_provider      TEXT,
    crm_deal_id       TEXT,
    crm_metadata      TEXT     NOT NULL DEFAULT '{}',
    notes_internal    TEXT     NOT NULL DEFAULT '',
    sent_at           INTEGER,
    fulfilled_at      INTEGER,
    cancelled_at      INTEGER,
    version           INTEGER  NOT NULL DEFAULT 1,
    created_at        INTEGER  NOT NULL,
    updated_at        INTEGER  NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT orders_id_kind CHECK (length(id) = 16),
    CONSTRAINT orders_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT orders_number_required CHECK (number <> ''),
    CONSTRAINT orders_number_length CHECK (length(number) <= 50),
    CONSTRAINT orders_status_check CHECK (status IN ('created', 'sent', 'in_fulfillment', 'fulfilled', 'cancelled')),
    CONSTRAINT orders_partner_id_kind CHECK (length(partner_id) = 16),
    CONSTRAINT orders_distributor_id_kind CHECK (length(distributor_id) = 16),
    CONSTRAINT orders_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT orders_lead_id_kind CHECK (length(lead_id) = 16),
    CONSTRAINT orders_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT orders_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT orders_billing_provider_length CHECK (length(billing_provider) <= 100),
    CONSTRAINT orders_billing_quote_id_length CHECK (length(billing_quote_id) <= 255),
    CONSTRAINT orders_billing_metadata_kind CHECK (json_valid(billing_metadata)),
    CONSTRAINT orders_crm_provider_length CHECK (length(crm_provider) <= 100),
    CONSTRAINT orders_crm_deal_id_length CHECK (length(crm_deal_id) <= 255),
    CONSTRAINT orders_crm_metadata_kind CHECK (json_valid(crm_metadata)),
    CONSTRAINT orders_notes_internal_length CHECK (length(notes_internal) <= 10000),
    CONSTRAINT orders_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT orders_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT orders_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT orders_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    CONSTRAINT orders_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX orders_number_unique ON orders (tenant_id, number);
CREATE INDEX orders_created_at_index ON orders (tenant_id, created_at, id);
CREATE INDEX orders_status_created_at_index ON orders (tenant_id, status, created_at, id);
CREATE INDEX orders_partner_id_created_at_index ON orders (tenant_id, partner_id, created_at);
CREATE INDEX orders_distributor_id_created_at_index ON orders (tenant_id, distributor_id, created_at);
CREATE INDEX orders_total_amount_index ON orders (tenant_id, total_amount, id);
CREATE INDEX orders_updated_at_index ON orders (tenant_id, updated_at, id);
CREATE INDEX orders_crm_deal_id_index ON orders (tenant_id, crm_deal_id);
CREATE INDEX orders_billing_quote_id_index ON orders (tenant_id, billing_quote_id);
CREATE INDEX orders_customer_id_index ON orders (tenant_id, customer_id);
CREATE INDEX orders_lead_id_index ON orders (tenant_id, lead_id);

-- The lines of an order, with what the product was when it was added.
CREATE TABLE order_items (
    id                   BLOB     NOT NULL,
    tenant_id            BLOB     NOT NULL,
    order_id             BLOB     NOT NULL,
    product_id           BLOB     NOT NULL,
    duration_id          BLOB     NOT NULL,
    quantity             INTEGER  NOT NULL,
    period               TEXT     NOT NULL DEFAULT 'month',
    unit_price           INTEGER  NOT NULL,
    discount_percentage  INTEGER  NOT NULL DEFAULT 0,
    subtotal             INTEGER  NOT NULL,
    discount_amount      INTEGER  NOT NULL,
    total                INTEGER  NOT NULL,
    product_name         TEXT     NOT NULL DEFAULT '',
    product_type         TEXT     NOT NULL DEFAULT '',
    product_unit         TEXT     NOT NULL DEFAULT '',
    duration_months      INTEGER  NOT NULL,
    description          TEXT     NOT NULL DEFAULT '',
    version              INTEGER  NOT NULL DEFAULT 1,
    created_at           INTEGER  NOT NULL,
    updated_at           INTEGER  NOT NULL,
    CONSTRAINT order_items_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT order_items_id_kind CHECK (length(id) = 16),
    CONSTRAINT order_items_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT order_items_order_id_kind CHECK (length(order_id) = 16),
    CONSTRAINT order_items_product_id_kind CHECK (length(product_id) = 16),
    CONSTRAINT order_items_duration_id_kind CHECK (length(duration_id) = 16),
    CONSTRAINT order_items_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT order_items_quantity_check CHECK (quantity >= 1),
    CONSTRAINT order_items_period_check CHECK (period IN ('month', 'year')),
    CONSTRAINT order_items_unit_price_check CHECK (unit_price >= 0),
    CONSTRAINT order_items_discount_percentage_check CHECK (discount_percentage BETWEEN 0 AND 10000),
    CONSTRAINT order_items_subtotal_check CHECK (subtotal >= 0),
    CONSTRAINT order_items_discount_amount_check CHECK (discount_amount >= 0),
    CONSTRAINT order_items_total_check CHECK (total >= 0),
    CONSTRAINT order_items_product_name_length CHECK (length(product_name) <= 255),
    CONSTRAINT order_items_product_type_length CHECK (length(product_type) <= 100),
    CONSTRAINT order_items_product_unit_length CHECK (length(product_unit) <= 50),
    CONSTRAINT order_items_duration_months_kind CHECK (duration_months BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT order_items_duration_months_check CHECK (duration_months >= 1),
    CONSTRAINT order_items_description_length CHECK (length(description) <= 1000),
    CONSTRAINT order_items_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT order_items_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT order_items_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT order_items_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
    CONSTRAINT order_items_duration_id_fkey FOREIGN KEY (tenant_id, duration_id) REFERENCES durations (tenant_id, id)
) STRICT;
CREATE INDEX order_items_order_id_created_at_index ON order_items (tenant_id, order_id, created_at);
CREATE INDEX order_items_created_at_index ON order_items (tenant_id, created_at, id);
CREATE INDEX order_items_product_id_index ON order_items (tenant_id, product_id);
CREATE INDEX order_items_duration_id_index ON order_items (tenant_id, duration_id);

-- What was agreed, from when, until when, and what it follows.
CREATE TABLE contracts (
    id                   BLOB     NOT NULL,
    tenant_id            BLOB     NOT NULL,
    number               TEXT     NOT NULL,
    order_id             BLOB,
    status               TEXT     NOT NULL DEFAULT 'active',
    user_id              BLOB,
    partner_id           BLOB,
    distributor_id       BLOB,
    customer_id          BLOB,
    activation_date      TEXT     NOT NULL,
    expiration_date      TEXT     NOT NULL,
    anchor_day           INTEGER  NOT NULL,
    renewed_from_id      BLOB,
    follows_as           TEXT,
    total_value          INTEGER  NOT NULL DEFAULT 0,
    currency             TEXT     NOT NULL DEFAULT '',
    billing_provider     TEXT,
    billing_customer_id  TEXT,
    billing_invoices     TEXT     NOT NULL DEFAULT '[]',
    billing_metadata     TEXT     NOT NULL DEFAULT '{}',
    notes_internal       TEXT     NOT NULL DEFAULT '',
    cancelled_at         INTEGER,
    version              INTEGER  NOT NULL DEFAULT 1,
    created_at           INTEGER  NOT NULL,
    updated_at           INTEGER  NOT NULL,
    CONSTRAINT contracts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT contracts_id_kind CHECK (length(id) = 16),
    CONSTRAINT contracts_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT contracts_number_required CHECK (number <> ''),
    CONSTRAINT contracts_number_length CHECK (length(number) <= 50),
    CONSTRAINT contracts_order_id_kind CHECK (length(order_id) = 16),
    CONSTRAINT contracts_status_check CHECK (status IN ('active', 'lost', 'upgraded', 'downgraded', 'expired', 'cancelled')),
    CONSTRAINT contracts_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT contracts_partner_id_kind CHECK (length(partner_id) = 16),
    CONSTRAINT contracts_distributor_id_kind CHECK (length(distributor_id) = 16),
    CONSTRAINT contracts_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT contracts_activation_date_kind CHECK (date(activation_date) IS activation_date),
    CONSTRAINT contracts_expiration_date_kind CHECK (date(expiration_date) IS expiration_date),
    CONSTRAINT contracts_anchor_day_check CHECK (anchor_day BETWEEN 1 AND 31),
    CONSTRAINT contracts_renewed_from_id_kind CHECK (length(renewed_from_id) = 16),
    CONSTRAINT contracts_follows_as_check CHECK (follows_as IN ('renewal', 'upgrade', 'downgrade')),
    CONSTRAINT contracts_total_value_check CHECK (total_value >= 0),
    CONSTRAINT contracts_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT contracts_billing_provider_length CHECK (length(billing_provider) <= 100),
    CONSTRAINT contracts_billing_customer_id_length CHECK (length(billing_customer_id) <= 255),
    CONSTRAINT contracts_billing_invoices_kind CHECK (json_valid(billing_invoices)),
    CONSTRAINT contracts_billing_metadata_kind CHECK (json_valid(billing_metadata)),
    CONSTRAINT contracts_notes_internal_length CHECK (length(notes_internal) <= 10000),
    CONSTRAINT contracts_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT contracts_dates_check CHECK (expiration_date > activation_date),
    CONSTRAINT contracts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT contracts_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id),
    CONSTRAINT contracts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT contracts_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT contracts_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT contracts_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT contracts_renewed_from_id_fkey FOREIGN KEY (tenant_id, renewed_from_id) REFERENCES contracts (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX contracts_number_unique ON contracts (tenant_id, number);
CREATE UNIQUE INDEX contracts_order_unique ON contracts (tenant_id, order_id) WHERE order_id IS NOT NULL;
CREATE UNIQUE INDEX contracts_successor_unique ON contracts (tenant_id, renewed_from_id) WHERE renewed_from_id IS NOT NULL AND status <> 'cancelled';
CREATE INDEX contracts_expiration_date_index ON contracts (tenant_id, expiration_date, id);
CREATE INDEX contracts_status_expiration_date_index ON contracts (tenant_id, status, expiration_date, id);
CREATE INDEX contracts_activation_date_index ON contracts (tenant_id, activation_date, id);
CREATE INDEX contracts_partner_id_expiration_date_index ON contracts (tenant_id, partner_id, expiration_date);
CREATE INDEX contracts_distributor_id_expiration_date_index ON contracts (tenant_id, distributor_id, expiration_date);
CREATE INDEX contracts_total_value_index ON contracts (tenant_id, total_value, id);
CREATE INDEX contracts_created_at_index ON contracts (tenant_id, created_at, id);
CREATE INDEX contracts_updated_at_index ON contracts (tenant_id, updated_at, id);
CREATE INDEX contracts_billing_customer_id_index ON contracts (tenant_id, billing_customer_id);
CREATE INDEX contracts_customer_id_index ON contracts (tenant_id, customer_id);
CREATE INDEX contracts_renewed_from_id_index ON contracts (tenant_id, renewed_from_id);

-- What people wrote about a record.
CREATE TABLE notes (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    order_id     BLOB,
    contract_id  BLOB,
    customer_id  BLOB,
    device_id    BLOB,
    ticket_id    BLOB,
    incident_id  BLOB,
    content      TEXT     NOT NULL,
    is_internal  INTEGER  NOT NULL DEFAULT 1,
    is_pinned    INTEGER  NOT NULL DEFAULT 0,
    created_by   BLOB,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notes_id_kind CHECK (length(id) = 16),
    CONSTRAINT notes_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT notes_order_id_kind CHECK (length(order_id) = 16),
    CONSTRAINT notes_contract_id_kind CHECK (length(contract_id) = 16),
    CONSTRAINT notes_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT notes_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT notes_ticket_id_kind CHECK (length(ticket_id) = 16),
    CONSTRAINT notes_incident_id_kind CHECK (length(incident_id) = 16),
    CONSTRAINT notes_content_required CHECK (content <> ''),
    CONSTRAINT notes_content_length CHECK (length(content) <= 100000),
    CONSTRAINT notes_is_internal_kind CHECK (is_internal IN (0, 1)),
    CONSTRAINT notes_is_pinned_kind CHECK (is_pinned IN (0, 1)),
    CONSTRAINT notes_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT notes_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT notes_about_check CHECK (order_id IS NOT NULL OR contract_id IS NOT NULL OR customer_id IS NOT NULL OR device_id IS NOT NULL OR ticket_id IS NOT NULL OR incident_id IS NOT NULL),
    CONSTRAINT notes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT notes_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id),
    CONSTRAINT notes_contract_id_fkey FOREIGN KEY (tenant_id, contract_id) REFERENCES contracts (tenant_id, id),
    CONSTRAINT notes_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT notes_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT notes_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets (tenant_id, id),
    CONSTRAINT notes_incident_id_fkey FOREIGN KEY (tenant_id, incident_id) REFERENCES incidents (tenant_id, id),
    CONSTRAINT notes_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE INDEX notes_created_at_index ON notes (tenant_id, created_at, id);
CREATE INDEX notes_is_pinned_created_at_index ON notes (tenant_id, is_pinned, created_at);
CREATE INDEX notes_order_id_index ON notes (tenant_id, order_id);
CREATE INDEX notes_contract_id_index ON notes (tenant_id, contract_id);
CREATE INDEX notes_customer_id_index ON notes (tenant_id, customer_id);
CREATE INDEX notes_device_id_index ON notes (tenant_id, device_id);
CREATE INDEX notes_ticket_id_index ON notes (tenant_id, ticket_id);
CREATE INDEX notes_incident_id_index ON notes (tenant_id, incident_id);

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
CREATE INDEX devices_device_type_index ON devices (tenant_id, device_type, id);
CREATE INDEX devices_serial_number_index ON devices (tenant_id, serial_number, id);
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
CREATE INDEX access_servers_created_at_index ON access_servers (tenant_id, created_at, id);

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
    notes        TEXT     NOT NULL DEFAULT '',
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT device_ownerships_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_ownerships_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_ownerships_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_ownerships_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_ownerships_owner_id_kind CHECK (length(owner_id) = 16),
    CONSTRAINT device_ownerships_assigned_by_kind CHECK (length(assigned_by) = 16),
    CONSTRAINT device_ownerships_notes_length CHECK (length(notes) <= 1000),
    CONSTRAINT device_ownerships_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_ownerships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_ownerships_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT device_ownerships_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id),
    CONSTRAINT device_ownerships_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX device_ownerships_owner_unique ON device_ownerships (tenant_id, device_id, owner_id) WHERE revoked_at IS NULL;
CREATE INDEX device_ownerships_created_at_index ON device_ownerships (tenant_id, created_at, id);
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

-- Where one parent is not the whole truth: the device is reached through any of several.
CREATE TABLE device_parents (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    device_id   BLOB     NOT NULL,
    parent_id   BLOB     NOT NULL,
    notes       TEXT     NOT NULL DEFAULT '',
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT device_parents_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_parents_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_parents_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_parents_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_parents_parent_id_kind CHECK (length(parent_id) = 16),
    CONSTRAINT device_parents_notes_length CHECK (length(notes) <= 1000),
    CONSTRAINT device_parents_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_parents_different_check CHECK (device_id <> parent_id),
    CONSTRAINT device_parents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_parents_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT device_parents_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES devices (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX device_parents_parent_unique ON device_parents (tenant_id, device_id, parent_id);
CREATE INDEX device_parents_parent_id_device_id_index ON device_parents (tenant_id, parent_id, device_id);
CREATE INDEX device_parents_created_at_index ON device_parents (tenant_id, created_at, id);

-- What is not to be told for a while.
CREATE TABLE silences (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    device_id   BLOB,
    site_id     BLOB,
    tag         TEXT,
    starts_at   INTEGER  NOT NULL,
    ends_at     INTEGER  NOT NULL,
    reason      TEXT     NOT NULL,
    created_by  BLOB,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT silences_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT silences_id_kind CHECK (length(id) = 16),
    CONSTRAINT silences_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT silences_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT silences_site_id_kind CHECK (length(site_id) = 16),
    CONSTRAINT silences_tag_length CHECK (length(tag) <= 100),
    CONSTRAINT silences_reason_required CHECK (reason <> ''),
    CONSTRAINT silences_reason_length CHECK (length(reason) <= 1000),
    CONSTRAINT silences_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT silences_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT silences_times_check CHECK (ends_at > starts_at),
    CONSTRAINT silences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT silences_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT silences_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id),
    CONSTRAINT silences_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE INDEX silences_starts_at_index ON silences (tenant_id, starts_at, id);
CREATE INDEX silences_ends_at_index ON silences (tenant_id, ends_at, id);
CREATE INDEX silences_device_id_index ON silences (tenant_id, device_id);
CREATE INDEX silences_site_id_index ON silences (tenant_id, site_id);

-- Who is told of incidents, and how.
CREATE TABLE notification_hooks (
    id            BLOB     NOT NULL,
    tenant_id     BLOB     NOT NULL,
    name          TEXT     NOT NULL,
    name_key      TEXT     NOT NULL,
    kind          TEXT     NOT NULL,
    target        TEXT     NOT NULL,
    min_severity  TEXT     NOT NULL DEFAULT 'major',
    secret        BLOB,
    is_active     INTEGER  NOT NULL DEFAULT 1,
    version       INTEGER  NOT NULL DEFAULT 1,
    created_at    INTEGER  NOT NULL,
    updated_at    INTEGER  NOT NULL,
    CONSTRAINT notification_hooks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notification_hooks_id_kind CHECK (length(id) = 16),
    CONSTRAINT notification_hooks_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT notification_hooks_name_required CHECK (name <> ''),
    CONSTRAINT notification_hooks_name_length CHECK (length(name) <= 200),
    CONSTRAINT notification_hooks_name_key_required CHECK (name_key <> ''),
    CONSTRAINT notification_hooks_kind_check CHECK (kind IN ('command', 'webhook', 'mail', 'sms')),
    CONSTRAINT notification_hooks_target_required CHECK (target <> ''),
    CONSTRAINT notification_hooks_target_length CHECK (length(target) <= 2000),
    CONSTRAINT notification_hooks_min_severity_check CHECK (min_severity IN ('critical', 'major', 'minor')),
    CONSTRAINT notification_hooks_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT notification_hooks_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT notification_hooks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX notification_hooks_name_unique ON notification_hooks (tenant_id, name_key);
CREATE INDEX notification_hooks_name_key_index ON notification_hooks (tenant_id, name_key, id);

-- What was sent to whom for which incident: nothing twice.
CREATE TABLE notification_log (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    hook_id      BLOB     NOT NULL,
    incident_id  BLOB,
    event        TEXT     NOT NULL,
    outcome      TEXT     NOT NULL,
    message      TEXT     NOT NULL DEFAULT '',
    created_at   INTEGER  NOT NULL,
    CONSTRAINT notification_log_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notification_log_id_kind CHECK (length(id) = 16),
    CONSTRAINT notification_log_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT notification_log_hook_id_kind CHECK (length(hook_id) = 16),
    CONSTRAINT notification_log_incident_id_kind CHECK (length(incident_id) = 16),
    CONSTRAINT notification_log_event_required CHECK (event <> ''),
    CONSTRAINT notification_log_event_length CHECK (length(event) <= 50),
    CONSTRAINT notification_log_outcome_check CHECK (outcome IN ('sent', 'failed')),
    CONSTRAINT notification_log_message_length CHECK (length(message) <= 10000),
    CONSTRAINT notification_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT notification_log_hook_id_fkey FOREIGN KEY (tenant_id, hook_id) REFERENCES notification_hooks (tenant_id, id)
) STRICT;
CREATE INDEX notification_log_created_at_index ON notification_log (tenant_id, created_at, id);
CREATE INDEX notification_log_incident_id_created_at_index ON notification_log (tenant_id, incident_id, created_at);
CREATE INDEX notification_log_hook_id_created_at_index ON notification_log (tenant_id, hook_id, created_at);
CREATE TRIGGER notification_log_refuse_update BEFORE UPDATE ON notification_log
BEGIN
    SELECT RAISE(ABORT, 'append-only: notification_log');
END;
CREATE TRIGGER notification_log_refuse_delete BEFORE DELETE ON notification_log
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'notification_log' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: notification_log');
END;

-- What to do when a kind of device or a check fails.
CREATE TABLE runbooks (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    title        TEXT     NOT NULL,
    title_key    TEXT     NOT NULL,
    device_type  TEXT,
    check_kind   TEXT,
    steps        TEXT     NOT NULL DEFAULT '[]',
    is_active    INTEGER  NOT NULL DEFAULT 1,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT runbooks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT runbooks_id_kind CHECK (length(id) = 16),
    CONSTRAINT runbooks_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT runbooks_title_required CHECK (title <> ''),
    CONSTRAINT runbooks_title_length CHECK (length(title) <= 255),
    CONSTRAINT runbooks_title_key_required CHECK (title_key <> ''),
    CONSTRAINT runbooks_device_type_length CHECK (length(device_type) <= 100),
    CONSTRAINT runbooks_check_kind_length CHECK (length(check_kind) <= 50),
    CONSTRAINT runbooks_steps_kind CHECK (json_valid(steps)),
    CONSTRAINT runbooks_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT runbooks_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT runbooks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX runbooks_title_unique ON runbooks (tenant_id, title_key);
CREATE INDEX runbooks_title_key_index ON runbooks (tenant_id, title_key, id);
CREATE INDEX runbooks_device_type_title_key_index ON runbooks (tenant_id, device_type, title_key);

-- Ranges that addresses are given from.
CREATE TABLE ip_pools (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    name         TEXT     NOT NULL,
    name_key     TEXT     NOT NULL,
    cidr         TEXT     NOT NULL,
    first_key    BLOB     NOT NULL,
    last_key     BLOB     NOT NULL,
    gateway      TEXT,
    is_nested    INTEGER  NOT NULL DEFAULT 0,
    pool_type    TEXT     NOT NULL DEFAULT 'private',
    description  TEXT     NOT NULL DEFAULT '',
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT ip_pools_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ip_pools_id_kind CHECK (length(id) = 16),
    CONSTRAINT ip_pools_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT ip_pools_name_required CHECK (name <> ''),
    CONSTRAINT ip_pools_name_length CHECK (length(name) <= 200),
    CONSTRAINT ip_pools_name_key_required CHECK (name_key <> ''),
    CONSTRAINT ip_pools_first_key_length CHECK (length(first_key) = 17),
    CONSTRAINT ip_pools_last_key_length CHECK (length(last_key) = 17),
    CONSTRAINT ip_pools_is_nested_kind CHECK (is_nested IN (0, 1)),
    CONSTRAINT ip_pools_pool_type_check CHECK (pool_type IN ('public', 'private', 'management')),
    CONSTRAINT ip_pools_description_length CHECK (length(description) <= 10000),
    CONSTRAINT ip_pools_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ip_pools_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX ip_pools_name_unique ON ip_pools (tenant_id, name_key);
CREATE UNIQUE INDEX ip_pools_cidr_unique ON ip_pools (tenant_id, first_key, last_key);
CREATE INDEX ip_pools_name_key_index ON ip_pools (tenant_id, name_key, id);
CREATE INDEX ip_pools_first_key_index ON ip_pools (tenant_id, first_key, id);
CREATE INDEX ip_pools_pool_type_name_key_index ON ip_pools (tenant_id, pool_type, name_key, id);
CREATE INDEX ip_pools_updated_at_index ON ip_pools (tenant_id, updated_at, id);

-- Who has which address, and had.
CREATE TABLE ip_allocations (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    pool_id         BLOB     NOT NULL,
    ip_address      TEXT     NOT NULL,
    ip_address_key  BLOB     NOT NULL,
    customer_id     BLOB,
    customer_name   TEXT,
    device_id       BLOB,
    mac_address     TEXT,
    status          TEXT     NOT NULL DEFAULT 'reserved',
    assigned_at     INTEGER  NOT NULL,
    released_at     INTEGER,
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT ip_allocations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ip_allocations_id_kind CHECK (length(id) = 16),
    CONSTRAINT ip_allocations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT ip_allocations_pool_id_kind CHECK (length(pool_id) = 16),
    CONSTRAINT ip_allocations_ip_address_key_length CHECK (length(ip_address_key) = 17),
    CONSTRAINT ip_allocations_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT ip_allocations_customer_name_length CHECK (length(customer_name) <= 255),
    CONSTRAINT ip_allocations_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT ip_allocations_status_check CHECK (status IN ('reserved', 'active', 'released')),
    CONSTRAINT ip_allocations_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ip_allocations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT ip_allocations_pool_id_fkey FOREIGN KEY (tenant_id, pool_id) REFERENCES ip_pools (tenant_id, id),
    CONSTRAINT ip_allocations_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT ip_allocations_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX ip_allocations_ip_address_unique ON ip_allocations (tenant_id, pool_id, ip_address_key) WHERE status <> 'released';
CREATE INDEX ip_allocations_ip_address_key_index ON ip_allocations (tenant_id, ip_address_key, id);
CREATE INDEX ip_allocations_status_ip_address_key_index ON ip_allocations (tenant_id, status, ip_address_key, id);
CREATE INDEX ip_allocations_pool_id_status_ip_address_key_index ON ip_allocations (tenant_id, pool_id, status, ip_address_key);
CREATE INDEX ip_allocations_mac_address_index ON ip_allocations (tenant_id, mac_address);
CREATE INDEX ip_allocations_created_at_index ON ip_allocations (tenant_id, created_at, id);
CREATE INDEX ip_allocations_assigned_at_index ON ip_allocations (tenant_id, assigned_at, id);
CREATE INDEX ip_allocations_customer_id_index ON ip_allocations (tenant_id, customer_id);
CREATE INDEX ip_allocations_device_id_index ON ip_allocations (tenant_id, device_id);

-- Subscribers who are on line, and who were of late.
CREATE TABLE radius_sessions (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    session_id       TEXT     NOT NULL,
    unique_id        TEXT     NOT NULL,
    username         TEXT     NOT NULL DEFAULT '',
    customer_id      BLOB,
    device_id        BLOB,
    nas_ip           TEXT     NOT NULL,
    framed_ip        TEXT,
    framed_ip_key    BLOB,
    calling_station  TEXT,
    started_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    stopped_at       INTEGER,
    input_octets     INTEGER  NOT NULL DEFAULT 0,
    output_octets    INTEGER  NOT NULL DEFAULT 0,
    session_seconds  INTEGER  NOT NULL DEFAULT 0,
    terminate_cause  TEXT,
    CONSTRAINT radius_sessions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT radius_sessions_id_kind CHECK (length(id) = 16),
    CONSTRAINT radius_sessions_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT radius_sessions_session_id_required CHECK (session_id <> ''),
    CONSTRAINT radius_sessions_session_id_length CHECK (length(session_id) <= 253),
    CONSTRAINT radius_sessions_unique_id_required CHECK (unique_id <> ''),
    CONSTRAINT radius_sessions_unique_id_length CHECK (length(unique_id) <= 253),
    CONSTRAINT radius_sessions_username_length CHECK (length(username) <= 253),
    CONSTRAINT radius_sessions_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT radius_sessions_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT radius_sessions_framed_ip_key_length CHECK (length(framed_ip_key) = 17),
    CONSTRAINT radius_sessions_calling_station_length CHECK (length(calling_station) <= 253),
    CONSTRAINT radius_sessions_input_octets_check CHECK (input_octets >= 0),
    CONSTRAINT radius_sessions_output_octets_check CHECK (output_octets >= 0),
    CONSTRAINT radius_sessions_session_seconds_check CHECK (session_seconds >= 0),
    CONSTRAINT radius_sessions_terminate_cause_length CHECK (length(terminate_cause) <= 100),
    CONSTRAINT radius_sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT radius_sessions_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT radius_sessions_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX radius_sessions_unique_id_unique ON radius_sessions (tenant_id, unique_id);
CREATE INDEX radius_sessions_started_at_index ON radius_sessions (tenant_id, started_at, id);
CREATE INDEX radius_sessions_username_started_at_index ON radius_sessions (tenant_id, username, started_at);
CREATE INDEX radius_sessions_stopped_at_started_at_index ON radius_sessions (tenant_id, stopped_at, started_at);
CREATE INDEX radius_sessions_framed_ip_key_started_at_index ON radius_sessions (tenant_id, framed_ip_key, started_at);
CREATE INDEX radius_sessions_session_id_index ON radius_sessions (tenant_id, session_id);
CREATE INDEX radius_sessions_updated_at_index ON radius_sessions (tenant_id, updated_at);
CREATE INDEX radius_sessions_customer_id_index ON radius_sessions (tenant_id, customer_id);
CREATE INDEX radius_sessions_device_id_index ON radius_sessions (tenant_id, device_id);

-- Sessions that ended long ago.
CREATE TABLE radius_session_archive (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    session_id       TEXT     NOT NULL,
    unique_id        TEXT     NOT NULL,
    username         TEXT     NOT NULL DEFAULT '',
    customer_id      BLOB,
    device_id        BLOB,
    nas_ip           TEXT     NOT NULL,
    framed_ip        TEXT,
    framed_ip_key    BLOB,
    calling_station  TEXT,
    started_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    stopped_at       INTEGER  NOT NULL,
    input_octets     INTEGER  NOT NULL DEFAULT 0,
    output_octets    INTEGER  NOT NULL DEFAULT 0,
    session_seconds  INTEGER  NOT NULL DEFAULT 0,
    terminate_cause  TEXT,
    CONSTRAINT radius_session_archive_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT radius_session_archive_id_kind CHECK (length(id) = 16),
    CONSTRAINT radius_session_archive_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT radius_session_archive_session_id_required CHECK (session_id <> ''),
    CONSTRAINT radius_session_archive_session_id_length CHECK (length(session_id) <= 253),
    CONSTRAINT radius_session_archive_unique_id_required CHECK (unique_id <> ''),
    CONSTRAINT radius_session_archive_unique_id_length CHECK (length(unique_id) <= 253),
    CONSTRAINT radius_session_archive_username_length CHECK (length(username) <= 253),
    CONSTRAINT radius_session_archive_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT radius_session_archive_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT radius_session_archive_framed_ip_key_length CHECK (length(framed_ip_key) = 17),
    CONSTRAINT radius_session_archive_calling_station_length CHECK (length(calling_station) <= 253),
    CONSTRAINT radius_session_archive_input_octets_check CHECK (input_octets >= 0),
    CONSTRAINT radius_session_archive_output_octets_check CHECK (output_octets >= 0),
    CONSTRAINT radius_session_archive_session_seconds_check CHECK (session_seconds >= 0),
    CONSTRAINT radius_session_archive_terminate_cause_length CHECK (length(terminate_cause) <= 100),
    CONSTRAINT radius_session_archive_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE INDEX radius_session_archive_started_at_index ON radius_session_archive (tenant_id, started_at, id);
CREATE INDEX radius_session_archive_username_started_at_index ON radius_session_archive (tenant_id, username, started_at);
CREATE INDEX radius_session_archive_framed_ip_key_started_at_index ON radius_session_archive (tenant_id, framed_ip_key, started_at);
CREATE INDEX radius_session_archive_customer_id_started_at_index ON radius_session_archive (tenant_id, customer_id, started_at);

-- Devices reached through a tunnel.
CREATE TABLE vpn_peers (
    id                 BLOB     NOT NULL,
    tenant_id          BLOB     NOT NULL,
    device_id          BLOB,
    name               TEXT     NOT NULL,
    name_key           TEXT     NOT NULL,
    public_key         TEXT     NOT NULL,
    private_key        BLOB,
    preshared_key      BLOB,
    assigned_ip        TEXT     NOT NULL,
    assigned_ip_key    BLOB     NOT NULL,
    endpoint           TEXT,
    allowed_ips        TEXT     NOT NULL DEFAULT '',
    status             TEXT     NOT NULL DEFAULT 'active',
    last_handshake_at  INTEGER,
    version            INTEGER  NOT NULL DEFAULT 1,
    created_at         INTEGER  NOT NULL,
    updated_at         INTEGER  NOT NULL,
    CONSTRAINT vpn_peers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT vpn_peers_id_kind CHECK (length(id) = 16),
    CONSTRAINT vpn_peers_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT vpn_peers_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT vpn_peers_name_required CHECK (name <> ''),
    CONSTRAINT vpn_peers_name_length CHECK (length(name) <= 200),
    CONSTRAINT vpn_peers_name_key_required CHECK (name_key <> ''),
    CONSTRAINT vpn_peers_public_key_required CHECK (public_key <> ''),
    CONSTRAINT vpn_peers_public_key_length CHECK (length(public_key) <= 64),
    CONSTRAINT vpn_peers_assigned_ip_key_length CHECK (length(assigned_ip_key) = 17),
    CONSTRAINT vpn_peers_endpoint_length CHECK (length(endpoint) <= 255),
    CONSTRAINT vpn_peers_allowed_ips_length CHECK (length(allowed_ips) <= 2000),
    CONSTRAINT vpn_peers_status_check CHECK (status IN ('active', 'disabled')),
    CONSTRAINT vpn_peers_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT vpn_peers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT vpn_peers_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX vpn_peers_device_unique ON vpn_peers (tenant_id, device_id) WHERE device_id IS NOT NULL;
CREATE UNIQUE INDEX vpn_peers_public_key_unique ON vpn_peers (public_key);
CREATE UNIQUE INDEX vpn_peers_assigned_ip_unique ON vpn_peers (tenant_id, assigned_ip_key);
CREATE INDEX vpn_peers_name_key_index ON vpn_peers (tenant_id, name_key, id);
CREATE INDEX vpn_peers_status_name_key_index ON vpn_peers (tenant_id, status, name_key, id);
CREATE INDEX vpn_peers_updated_at_index ON vpn_peers (tenant_id, updated_at, id);

-- Drawings of what is to be connected with what.
CREATE TABLE topologies (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    user_id     BLOB     NOT NULL,
    name        TEXT     NOT NULL,
    name_key    TEXT     NOT NULL,
    nodes       TEXT     NOT NULL DEFAULT '[]',
    edges       TEXT     NOT NULL DEFAULT '[]',
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT topologies_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT topologies_id_kind CHECK (length(id) = 16),
    CONSTRAINT topologies_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT topologies_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT topologies_name_required CHECK (name <> ''),
    CONSTRAINT topologies_name_length CHECK (length(name) <= 200),
    CONSTRAINT topologies_name_key_required CHECK (name_key <> ''),
    CONSTRAINT topologies_nodes_kind CHECK (json_valid(nodes)),
    CONSTRAINT topologies_edges_kind CHECK (json_valid(edges)),
    CONSTRAINT topologies_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT topologies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT topologies_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX topologies_name_key_index ON topologies (tenant_id, name_key, id);
CREATE INDEX topologies_user_id_name_key_index ON topologies (tenant_id, user_id, name_key);
CREATE INDEX topologies_updated_at_index ON topologies (tenant_id, updated_at, id);

-- Whether a drawing may be built.
CREATE TABLE topology_reviews (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    topology_id      BLOB     NOT NULL,
    status           TEXT     NOT NULL DEFAULT 'submitted',
    conflict_count   INTEGER  NOT NULL DEFAULT 0,
    conflicts        TEXT     NOT NULL DEFAULT '',
    last_checked_at  INTEGER,
    resolved_at      INTEGER,
    resolved_by      BLOB,
    notes            TEXT     NOT NULL DEFAULT '',
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT topology_reviews_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT topology_reviews_id_kind CHECK (length(id) = 16),
    CONSTRAINT topology_reviews_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT topology_reviews_topology_id_kind CHECK (length(topology_id) = 16),
    CONSTRAINT topology_reviews_status_check CHECK (status IN ('submitted', 'approved', 'rejected')),
    CONSTRAINT topology_reviews_conflict_count_kind CHECK (conflict_count BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT topology_reviews_conflict_count_check CHECK (conflict_count >= 0),
    CONSTRAINT topology_reviews_resolved_by_kind CHECK (length(resolved_by) = 16),
    CONSTRAINT topology_reviews_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT topology_reviews_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT topology_reviews_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT topology_reviews_topology_id_fkey FOREIGN KEY (tenant_id, topology_id) REFERENCES topologies (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT topology_reviews_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX topology_reviews_topology_unique ON topology_reviews (tenant_id, topology_id);
CREATE INDEX topology_reviews_status_created_at_index ON topology_reviews (tenant_id, status, created_at, id);
CREATE INDEX topology_reviews_created_at_index ON topology_reviews (tenant_id, created_at, id);

-- One or several devices for one time, booked and cancelled together.
CREATE TABLE booking_groups (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    user_id     BLOB     NOT NULL,
    title       TEXT,
    comment     TEXT     NOT NULL DEFAULT '',
    series_id   BLOB,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT booking_groups_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_groups_id_kind CHECK (length(id) = 16),
    CONSTRAINT booking_groups_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT booking_groups_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT booking_groups_title_length CHECK (length(title) <= 255),
    CONSTRAINT booking_groups_comment_length CHECK (length(comment) <= 10000),
    CONSTRAINT booking_groups_series_id_kind CHECK (length(series_id) = 16),
    CONSTRAINT booking_groups_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_groups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_groups_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT booking_groups_series_id_fkey FOREIGN KEY (tenant_id, series_id) REFERENCES booking_series (tenant_id, id)
) STRICT;
CREATE INDEX booking_groups_user_id_created_at_index ON booking_groups (tenant_id, user_id, created_at);
CREATE INDEX booking_groups_created_at_index ON booking_groups (tenant_id, created_at, id);
CREATE INDEX booking_groups_series_id_index ON booking_groups (tenant_id, series_id);

-- A device for a time; of one device, two that count never overlap.
CREATE TABLE bookings (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    group_id     BLOB     NOT NULL,
    device_id    BLOB     NOT NULL,
    device_name  TEXT     NOT NULL DEFAULT '',
    start_time   INTEGER  NOT NULL,
    end_time     INTEGER  NOT NULL,
    status       TEXT     NOT NULL DEFAULT 'pending',
    approved_by  BLOB,
    approved_at  INTEGER,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT bookings_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT bookings_id_kind CHECK (length(id) = 16),
    CONSTRAINT bookings_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT bookings_group_id_kind CHECK (length(group_id) = 16),
    CONSTRAINT bookings_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT bookings_device_name_length CHECK (length(device_name) <= 200),
    CONSTRAINT bookings_status_check CHECK (status IN ('pending', 'confirmed', 'active', 'completed', 'cancelled', 'rejected', 'expired')),
    CONSTRAINT bookings_approved_by_kind CHECK (length(approved_by) = 16),
    CONSTRAINT bookings_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT bookings_times_check CHECK (end_time > start_time),
    CONSTRAINT bookings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT bookings_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES booking_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT bookings_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT bookings_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES users (id)
) STRICT;
CREATE INDEX bookings_start_time_index ON bookings (tenant_id, start_time, id);
CREATE INDEX bookings_status_start_time_index ON bookings (tenant_id, status, start_time, id);
CREATE INDEX bookings_status_end_time_index ON bookings (tenant_id, status, end_time);
CREATE INDEX bookings_device_id_start_time_index ON bookings (tenant_id, device_id, start_time);
CREATE INDEX bookings_device_id_end_time_index ON bookings (tenant_id, device_id, end_time);
CREATE INDEX bookings_end_time_index ON bookings (tenant_id, end_time, id);
CREATE INDEX bookings_created_at_index ON bookings (tenant_id, created_at, id);
CREATE INDEX bookings_group_id_index ON bookings (tenant_id, group_id);

-- Who shares a booking.
CREATE TABLE booking_collaborators (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    group_id    BLOB     NOT NULL,
    user_id     BLOB     NOT NULL,
    user_name   TEXT     NOT NULL DEFAULT '',
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT booking_collaborators_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_collaborators_id_kind CHECK (length(id) = 16),
    CONSTRAINT booking_collaborators_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT booking_collaborators_group_id_kind CHECK (length(group_id) = 16),
    CONSTRAINT booking_collaborators_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT booking_collaborators_user_name_length CHECK (length(user_name) <= 200),
    CONSTRAINT booking_collaborators_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_collaborators_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_collaborators_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES booking_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT booking_collaborators_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX booking_collaborators_user_unique ON booking_collaborators (tenant_id, group_id, user_id);
CREATE INDEX booking_collaborators_user_id_group_id_index ON booking_collaborators (tenant_id, user_id, group_id);
CREATE INDEX booking_collaborators_created_at_index ON booking_collaborators (tenant_id, created_at, id);

-- Devices that somebody books again and again.
CREATE TABLE booking_favorites (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    user_id          BLOB     NOT NULL,
    name             TEXT     NOT NULL,
    name_key         TEXT     NOT NULL,
    group_id         BLOB,
    device_snapshot  TEXT     NOT NULL DEFAULT '[]',
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT booking_favorites_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_favorites_id_kind CHECK (length(id) = 16),
    CONSTRAINT booking_favorites_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT booking_favorites_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT booking_favorites_name_required CHECK (name <> ''),
    CONSTRAINT booking_favorites_name_length CHECK (length(name) <= 200),
    CONSTRAINT booking_favorites_name_key_required CHECK (name_key <> ''),
    CONSTRAINT booking_favorites_group_id_kind CHECK (length(group_id) = 16),
    CONSTRAINT booking_favorites_device_snapshot_kind CHECK (json_valid(device_snapshot)),
    CONSTRAINT booking_favorites_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_favorites_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_favorites_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX booking_favorites_name_key_index ON booking_favorites (tenant_id, name_key, id);
CREATE INDEX booking_favorites_user_id_name_key_index ON booking_favorites (tenant_id, user_id, name_key);
CREATE INDEX booking_favorites_group_id_index ON booking_favorites (tenant_id, group_id);

-- Who waits for devices to come free.
CREATE TABLE booking_waitlist (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    user_id        BLOB     NOT NULL,
    devices        TEXT     NOT NULL,
    start_time     INTEGER  NOT NULL,
    end_time       INTEGER  NOT NULL,
    status         TEXT     NOT NULL DEFAULT 'waiting',
    offered_until  INTEGER,
    group_id       BLOB,
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT booking_waitlist_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_waitlist_id_kind CHECK (length(id) = 16),
    CONSTRAINT booking_waitlist_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT booking_waitlist_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT booking_waitlist_devices_required CHECK (devices <> ''),
    CONSTRAINT booking_waitlist_devices_length CHECK (length(devices) <= 10000),
    CONSTRAINT booking_waitlist_status_check CHECK (status IN ('waiting', 'offered', 'taken', 'expired')),
    CONSTRAINT booking_waitlist_group_id_kind CHECK (length(group_id) = 16),
    CONSTRAINT booking_waitlist_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_waitlist_times_check CHECK (end_time > start_time),
    CONSTRAINT booking_waitlist_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_waitlist_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX booking_waitlist_created_at_index ON booking_waitlist (tenant_id, created_at, id);
CREATE INDEX booking_waitlist_status_created_at_index ON booking_waitlist (tenant_id, status, created_at, id);
CREATE INDEX booking_waitlist_status_start_time_index ON booking_waitlist (tenant_id, status, start_time);
CREATE INDEX booking_waitlist_status_offered_until_index ON booking_waitlist (tenant_id, status, offered_until);

-- Bookings that come again.
CREATE TABLE booking_series (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    user_id     BLOB     NOT NULL,
    title       TEXT     NOT NULL,
    devices     TEXT     NOT NULL,
    starts_at   INTEGER  NOT NULL,
    minutes     INTEGER  NOT NULL,
    recurrence  TEXT     NOT NULL,
    timezone    TEXT     NOT NULL DEFAULT 'UTC',
    until       TEXT,
    exceptions  TEXT     NOT NULL DEFAULT '[]',
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT booking_series_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_series_id_kind CHECK (length(id) = 16),
    CONSTRAINT booking_series_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT booking_series_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT booking_series_title_required CHECK (title <> ''),
    CONSTRAINT booking_series_title_length CHECK (length(title) <= 255),
    CONSTRAINT booking_series_devices_required CHECK (devices <> ''),
    CONSTRAINT booking_series_devices_length CHECK (length(devices) <= 10000),
    CONSTRAINT booking_series_minutes_kind CHECK (minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_series_minutes_check CHECK (minutes >= 1),
    CONSTRAINT booking_series_recurrence_required CHECK (recurrence <> ''),
    CONSTRAINT booking_series_recurrence_length CHECK (length(recurrence) <= 500),
    CONSTRAINT booking_series_timezone_length CHECK (length(timezone) <= 64),
    CONSTRAINT booking_series_until_kind CHECK (until IS NULL OR date(until) IS until),
    CONSTRAINT booking_series_exceptions_kind CHECK (json_valid(exceptions)),
    CONSTRAINT booking_series_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_series_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_series_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX booking_series_created_at_index ON booking_series (tenant_id, created_at, id);
CREATE INDEX booking_series_starts_at_index ON booking_series (tenant_id, starts_at, id);

-- What must be kept when a device, or one with a tag, is booked.
CREATE TABLE booking_policies (
    id                     BLOB     NOT NULL,
    tenant_id              BLOB     NOT NULL,
    name                   TEXT     NOT NULL,
    name_key               TEXT     NOT NULL,
    device_id              BLOB,
    tag                    TEXT,
    buffer_before_minutes  INTEGER  NOT NULL DEFAULT 0,
    buffer_after_minutes   INTEGER  NOT NULL DEFAULT 0,
    notice_minutes         INTEGER  NOT NULL DEFAULT 0,
    longest_minutes        INTEGER,
    quota_minutes          INTEGER,
    needs_approval         INTEGER  NOT NULL DEFAULT 0,
    version                INTEGER  NOT NULL DEFAULT 1,
    created_at             INTEGER  NOT NULL,
    updated_at             INTEGER  NOT NULL,
    CONSTRAINT booking_policies_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_policies_id_kind CHECK (length(id) = 16),
    CONSTRAINT booking_policies_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT booking_policies_name_required CHECK (name <> ''),
    CONSTRAINT booking_policies_name_length CHECK (length(name) <= 200),
    CONSTRAINT booking_policies_name_key_required CHECK (name_key <> ''),
    CONSTRAINT booking_policies_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT booking_policies_tag_length CHECK (length(tag) <= 100),
    CONSTRAINT booking_policies_buffer_before_minutes_kind CHECK (buffer_before_minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_policies_buffer_before_minutes_check CHECK (buffer_before_minutes >= 0),
    CONSTRAINT booking_policies_buffer_after_minutes_kind CHECK (buffer_after_minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_policies_buffer_after_minutes_check CHECK (buffer_after_minutes >= 0),
    CONSTRAINT booking_policies_notice_minutes_kind CHECK (notice_minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_policies_notice_minutes_check CHECK (notice_minutes >= 0),
    CONSTRAINT booking_policies_longest_minutes_kind CHECK (longest_minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_policies_longest_minutes_check CHECK (longest_minutes >= 1),
    CONSTRAINT booking_policies_quota_minutes_kind CHECK (quota_minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_policies_quota_minutes_check CHECK (quota_minutes >= 1),
    CONSTRAINT booking_policies_needs_approval_kind CHECK (needs_approval IN (0, 1)),
    CONSTRAINT booking_policies_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT booking_policies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_policies_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX booking_policies_name_unique ON booking_policies (tenant_id, name_key);
CREATE INDEX booking_policies_name_key_index ON booking_policies (tenant_id, name_key, id);
CREATE INDEX booking_policies_tag_index ON booking_policies (tenant_id, tag);
CREATE INDEX booking_policies_device_id_index ON booking_policies (tenant_id, device_id);

-- What lies in the warehouse; the quantity is the sum of its transactions.
CREATE TABLE stock_items (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    sku              TEXT     NOT NULL,
    sku_key          TEXT     NOT NULL,
    name             TEXT     NOT NULL DEFAULT '',
    name_key         TEXT     NOT NULL DEFAULT '',
    category         TEXT     NOT NULL DEFAULT '',
    description      TEXT     NOT NULL DEFAULT '',
    barcode          TEXT,
    unit_price       INTEGER  NOT NULL DEFAULT 0,
    currency         TEXT     NOT NULL DEFAULT '',
    quantity         INTEGER  NOT NULL DEFAULT 0,
    reserved         INTEGER  NOT NULL DEFAULT 0,
    min_stock_level  INTEGER  NOT NULL DEFAULT 10,
    is_low           INTEGER  NOT NULL DEFAULT 1,
    is_serialized    INTEGER  NOT NULL DEFAULT 0,
    is_active        INTEGER  NOT NULL DEFAULT 1,
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT stock_items_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_items_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_items_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_items_sku_required CHECK (sku <> ''),
    CONSTRAINT stock_items_sku_length CHECK (length(sku) <= 100),
    CONSTRAINT stock_items_sku_key_required CHECK (sku_key <> ''),
    CONSTRAINT stock_items_name_length CHECK (length(name) <= 255),
    CONSTRAINT stock_items_category_length CHECK (length(category) <= 100),
    CONSTRAINT stock_items_description_length CHECK (length(description) <= 10000),
    CONSTRAINT stock_items_barcode_length CHECK (length(barcode) <= 100),
    CONSTRAINT stock_items_unit_price_check CHECK (unit_price >= 0),
    CONSTRAINT stock_items_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT stock_items_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_items_quantity_check CHECK (quantity >= 0),
    CONSTRAINT stock_items_reserved_kind CHECK (reserved BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_items_reserved_check CHECK (reserved >= 0),
    CONSTRAINT stock_items_min_stock_level_kind CHECK (min_stock_level BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_items_min_stock_level_check CHECK (min_stock_level >= 0),
    CONSTRAINT stock_items_is_low_kind CHECK (is_low IN (0, 1)),
    CONSTRAINT stock_items_is_serialized_kind CHECK (is_serialized IN (0, 1)),
    CONSTRAINT stock_items_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT stock_items_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_items_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX stock_items_sku_unique ON stock_items (tenant_id, sku_key);
CREATE UNIQUE INDEX stock_items_barcode_unique ON stock_items (tenant_id, barcode) WHERE barcode IS NOT NULL AND barcode <> '';
CREATE INDEX stock_items_name_key_index ON stock_items (tenant_id, name_key, id);
CREATE INDEX stock_items_sku_key_index ON stock_items (tenant_id, sku_key, id);
CREATE INDEX stock_items_category_name_key_index ON stock_items (tenant_id, category, name_key, id);
CREATE INDEX stock_items_quantity_index ON stock_items (tenant_id, quantity, id);
CREATE INDEX stock_items_is_low_name_key_index ON stock_items (tenant_id, is_low, name_key, id);
CREATE INDEX stock_items_is_active_name_key_index ON stock_items (tenant_id, is_active, name_key, id);
CREATE INDEX stock_items_created_at_index ON stock_items (tenant_id, created_at, id);
CREATE INDEX stock_items_updated_at_index ON stock_items (tenant_id, updated_at, id);

-- Where stock lies: a warehouse, a van, a customer's.
CREATE TABLE stock_locations (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    name         TEXT     NOT NULL,
    name_key     TEXT     NOT NULL,
    kind         TEXT     NOT NULL DEFAULT 'warehouse',
    user_id      BLOB,
    customer_id  BLOB,
    is_active    INTEGER  NOT NULL DEFAULT 1,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT stock_locations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_locations_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_locations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_locations_name_required CHECK (name <> ''),
    CONSTRAINT stock_locations_name_length CHECK (length(name) <= 200),
    CONSTRAINT stock_locations_name_key_required CHECK (name_key <> ''),
    CONSTRAINT stock_locations_kind_check CHECK (kind IN ('warehouse', 'van', 'customer')),
    CONSTRAINT stock_locations_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT stock_locations_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT stock_locations_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT stock_locations_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_locations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_locations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT stock_locations_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX stock_locations_name_unique ON stock_locations (tenant_id, name_key);
CREATE INDEX stock_locations_name_key_index ON stock_locations (tenant_id, name_key, id);
CREATE INDEX stock_locations_kind_name_key_index ON stock_locations (tenant_id, kind, name_key, id);
CREATE INDEX stock_locations_customer_id_index ON stock_locations (tenant_id, customer_id);

-- How much of an item lies where: the sum of the transactions there.
CREATE TABLE stock_levels (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    item_id      BLOB     NOT NULL,
    item_name    TEXT     NOT NULL DEFAULT '',
    location_id  BLOB     NOT NULL,
    quantity     INTEGER  NOT NULL DEFAULT 0,
    CONSTRAINT stock_levels_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_levels_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_levels_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_levels_item_id_kind CHECK (length(item_id) = 16),
    CONSTRAINT stock_levels_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_levels_location_id_kind CHECK (length(location_id) = 16),
    CONSTRAINT stock_levels_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_levels_quantity_check CHECK (quantity >= 0),
    CONSTRAINT stock_levels_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_levels_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id),
    CONSTRAINT stock_levels_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX stock_levels_item_unique ON stock_levels (tenant_id, item_id, location_id);
CREATE INDEX stock_levels_location_id_item_id_index ON stock_levels (tenant_id, location_id, item_id);
CREATE INDEX stock_levels_quantity_index ON stock_levels (tenant_id, quantity, id);

-- Everything that came, went, came back or was put right.
CREATE TABLE stock_transactions (
    id                 BLOB     NOT NULL,
    tenant_id          BLOB     NOT NULL,
    item_id            BLOB     NOT NULL,
    item_name          TEXT     NOT NULL DEFAULT '',
    transaction_type   TEXT     NOT NULL,
    quantity           INTEGER  NOT NULL,
    location_id        BLOB,
    reference          TEXT,
    job_id             BLOB,
    request_id         BLOB,
    purchase_line_id   BLOB,
    returns_id         BLOB,
    reverses_id        BLOB,
    performed_by       BLOB,
    performed_by_name  TEXT     NOT NULL DEFAULT '',
    notes              TEXT     NOT NULL DEFAULT '',
    quantity_after     INTEGER  NOT NULL,
    created_at         INTEGER  NOT NULL,
    CONSTRAINT stock_transactions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_transactions_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_transactions_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_transactions_item_id_kind CHECK (length(item_id) = 16),
    CONSTRAINT stock_transactions_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_transactions_transaction_type_check CHECK (transaction_type IN ('in', 'out', 'return', 'adjust')),
    CONSTRAINT stock_transactions_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_transactions_location_id_kind CHECK (length(location_id) = 16),
    CONSTRAINT stock_transactions_reference_length CHECK (length(reference) <= 255),
    CONSTRAINT stock_transactions_job_id_kind CHECK (length(job_id) = 16),
    CONSTRAINT stock_transactions_request_id_kind CHECK (length(request_id) = 16),
    CONSTRAINT stock_transactions_purchase_line_id_kind CHECK (length(purchase_line_id) = 16),
    CONSTRAINT stock_transactions_returns_id_kind CHECK (length(returns_id) = 16),
    CONSTRAINT stock_transactions_reverses_id_kind CHECK (length(reverses_id) = 16),
    CONSTRAINT stock_transactions_performed_by_kind CHECK (length(performed_by) = 16),
    CONSTRAINT stock_transactions_performed_by_name_length CHECK (length(performed_by_name) <= 255),
    CONSTRAINT stock_transactions_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT stock_transactions_quantity_after_kind CHECK (quantity_after BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_transactions_quantity_after_check CHECK (quantity_after >= 0),
    CONSTRAINT stock_transactions_quantity_check CHECK (transaction_type = 'adjust' AND quantity <> 0 OR transaction_type <> 'adjust' AND quantity > 0),
    CONSTRAINT stock_transactions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_transactions_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id),
    CONSTRAINT stock_transactions_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id),
    CONSTRAINT stock_transactions_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id),
    CONSTRAINT stock_transactions_request_id_fkey FOREIGN KEY (tenant_id, request_id) REFERENCES stock_requests (tenant_id, id),
    CONSTRAINT stock_transactions_purchase_line_id_fkey FOREIGN KEY (tenant_id, purchase_line_id) REFERENCES purchase_order_lines (tenant_id, id),
    CONSTRAINT stock_transactions_returns_id_fkey FOREIGN KEY (tenant_id, returns_id) REFERENCES stock_transactions (tenant_id, id),
    CONSTRAINT stock_transactions_reverses_id_fkey FOREIGN KEY (tenant_id, reverses_id) REFERENCES stock_transactions (tenant_id, id),
    CONSTRAINT stock_transactions_performed_by_fkey FOREIGN KEY (performed_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX stock_transactions_reversed_unique ON stock_transactions (tenant_id, reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX stock_transactions_created_at_index ON stock_transactions (tenant_id, created_at, id);
CREATE INDEX stock_transactions_item_id_created_at_index ON stock_transactions (tenant_id, item_id, created_at);
CREATE INDEX stock_transactions_transaction_type_created_at_index ON stock_transactions (tenant_id, transaction_type, created_at, id);
CREATE INDEX stock_transactions_reference_index ON stock_transactions (tenant_id, reference);
CREATE INDEX stock_transactions_location_id_index ON stock_transactions (tenant_id, location_id);
CREATE INDEX stock_transactions_job_id_index ON stock_transactions (tenant_id, job_id);
CREATE INDEX stock_transactions_request_id_index ON stock_transactions (tenant_id, request_id);
CREATE INDEX stock_transactions_purchase_line_id_index ON stock_transactions (tenant_id, purchase_line_id);
CREATE INDEX stock_transactions_returns_id_index ON stock_transactions (tenant_id, returns_id);
CREATE TRIGGER stock_transactions_refuse_update BEFORE UPDATE ON stock_transactions
BEGIN
    SELECT RAISE(ABORT, 'append-only: stock_transactions');
END;
CREATE TRIGGER stock_transactions_refuse_delete BEFORE DELETE ON stock_transactions
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'stock_transactions' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: stock_transactions');
END;

-- Single pieces, each by its serial number.
CREATE TABLE stock_serials (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    item_id      BLOB     NOT NULL,
    serial       TEXT     NOT NULL,
    serial_key   TEXT     NOT NULL,
    status       TEXT     NOT NULL DEFAULT 'in_stock',
    location_id  BLOB,
    device_id    BLOB,
    job_id       BLOB,
    issue_id     BLOB,
    notes        TEXT     NOT NULL DEFAULT '',
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT stock_serials_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_serials_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_serials_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_serials_item_id_kind CHECK (length(item_id) = 16),
    CONSTRAINT stock_serials_serial_required CHECK (serial <> ''),
    CONSTRAINT stock_serials_serial_length CHECK (length(serial) <= 100),
    CONSTRAINT stock_serials_serial_key_required CHECK (serial_key <> ''),
    CONSTRAINT stock_serials_status_check CHECK (status IN ('in_stock', 'issued', 'installed', 'returned', 'scrapped')),
    CONSTRAINT stock_serials_location_id_kind CHECK (length(location_id) = 16),
    CONSTRAINT stock_serials_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT stock_serials_job_id_kind CHECK (length(job_id) = 16),
    CONSTRAINT stock_serials_issue_id_kind CHECK (length(issue_id) = 16),
    CONSTRAINT stock_serials_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT stock_serials_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_serials_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_serials_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id),
    CONSTRAINT stock_serials_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id),
    CONSTRAINT stock_serials_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT stock_serials_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id),
    CONSTRAINT stock_serials_issue_id_fkey FOREIGN KEY (tenant_id, issue_id) REFERENCES stock_transactions (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX stock_serials_serial_unique ON stock_serials (tenant_id, item_id, serial_key);
CREATE INDEX stock_serials_serial_key_index ON stock_serials (tenant_id, serial_key, id);
CREATE INDEX stock_serials_status_serial_key_index ON stock_serials (tenant_id, status, serial_key, id);
CREATE INDEX stock_serials_created_at_index ON stock_serials (tenant_id, created_at, id);
CREATE INDEX stock_serials_location_id_index ON stock_serials (tenant_id, location_id);
CREATE INDEX stock_serials_device_id_index ON stock_serials (tenant_id, device_id);
CREATE INDEX stock_serials_job_id_index ON stock_serials (tenant_id, job_id);
CREATE INDEX stock_serials_issue_id_index ON stock_serials (tenant_id, issue_id);

-- What engineers ask the warehouse for.
CREATE TABLE stock_requests (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    number         TEXT     NOT NULL,
    engineer_id    BLOB,
    engineer_name  TEXT     NOT NULL DEFAULT '',
    job_id         BLOB,
    job_reference  TEXT,
    location_id    BLOB,
    priority       TEXT     NOT NULL DEFAULT 'normal',
    status         TEXT     NOT NULL DEFAULT 'pending',
    decided_by     BLOB,
    decided_at     INTEGER,
    reason         TEXT,
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT stock_requests_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_requests_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_requests_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_requests_number_required CHECK (number <> ''),
    CONSTRAINT stock_requests_number_length CHECK (length(number) <= 50),
    CONSTRAINT stock_requests_engineer_id_kind CHECK (length(engineer_id) = 16),
    CONSTRAINT stock_requests_engineer_name_length CHECK (length(engineer_name) <= 255),
    CONSTRAINT stock_requests_job_id_kind CHECK (length(job_id) = 16),
    CONSTRAINT stock_requests_job_reference_length CHECK (length(job_reference) <= 100),
    CONSTRAINT stock_requests_location_id_kind CHECK (length(location_id) = 16),
    CONSTRAINT stock_requests_priority_check CHECK (priority IN ('normal', 'urgent')),
    CONSTRAINT stock_requests_status_check CHECK (status IN ('pending', 'approved', 'rejected', 'issued', 'cancelled')),
    CONSTRAINT stock_requests_decided_by_kind CHECK (length(decided_by) = 16),
    CONSTRAINT stock_requests_reason_length CHECK (length(reason) <= 10000),
    CONSTRAINT stock_requests_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_requests_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_requests_engineer_id_fkey FOREIGN KEY (engineer_id) REFERENCES users (id),
    CONSTRAINT stock_requests_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id),
    CONSTRAINT stock_requests_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id),
    CONSTRAINT stock_requests_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX stock_requests_number_unique ON stock_requests (tenant_id, number);
CREATE INDEX stock_requests_created_at_index ON stock_requests (tenant_id, created_at, id);
CREATE INDEX stock_requests_status_created_at_index ON stock_requests (tenant_id, status, created_at, id);
CREATE INDEX stock_requests_priority_created_at_index ON stock_requests (tenant_id, priority, created_at, id);
CREATE INDEX stock_requests_engineer_id_created_at_index ON stock_requests (tenant_id, engineer_id, created_at);
CREATE INDEX stock_requests_updated_at_index ON stock_requests (tenant_id, updated_at, id);
CREATE INDEX stock_requests_job_id_index ON stock_requests (tenant_id, job_id);
CREATE INDEX stock_requests_location_id_index ON stock_requests (tenant_id, location_id);

-- What a request asks for, and what was given.
CREATE TABLE stock_request_lines (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    request_id       BLOB     NOT NULL,
    item_id          BLOB     NOT NULL,
    item_name        TEXT     NOT NULL DEFAULT '',
    quantity         INTEGER  NOT NULL,
    issued_quantity  INTEGER  NOT NULL DEFAULT 0,
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT stock_request_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_request_lines_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_request_lines_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_request_lines_request_id_kind CHECK (length(request_id) = 16),
    CONSTRAINT stock_request_lines_item_id_kind CHECK (length(item_id) = 16),
    CONSTRAINT stock_request_lines_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_request_lines_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_request_lines_quantity_check CHECK (quantity >= 1),
    CONSTRAINT stock_request_lines_issued_quantity_kind CHECK (issued_quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_request_lines_issued_quantity_check CHECK (issued_quantity >= 0),
    CONSTRAINT stock_request_lines_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_request_lines_issued_check CHECK (issued_quantity <= quantity),
    CONSTRAINT stock_request_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_request_lines_request_id_fkey FOREIGN KEY (tenant_id, request_id) REFERENCES stock_requests (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT stock_request_lines_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX stock_request_lines_item_unique ON stock_request_lines (tenant_id, request_id, item_id);
CREATE INDEX stock_request_lines_created_at_index ON stock_request_lines (tenant_id, created_at, id);
CREATE INDEX stock_request_lines_item_id_index ON stock_request_lines (tenant_id, item_id);

-- Stock that is promised to a job or request.
CREATE TABLE stock_reservations (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    item_id     BLOB     NOT NULL,
    item_name   TEXT     NOT NULL DEFAULT '',
    quantity    INTEGER  NOT NULL,
    job_id      BLOB,
    request_id  BLOB,
    status      TEXT     NOT NULL DEFAULT 'held',
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT stock_reservations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_reservations_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_reservations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_reservations_item_id_kind CHECK (length(item_id) = 16),
    CONSTRAINT stock_reservations_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_reservations_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_reservations_quantity_check CHECK (quantity >= 1),
    CONSTRAINT stock_reservations_job_id_kind CHECK (length(job_id) = 16),
    CONSTRAINT stock_reservations_request_id_kind CHECK (length(request_id) = 16),
    CONSTRAINT stock_reservations_status_check CHECK (status IN ('held', 'used', 'released')),
    CONSTRAINT stock_reservations_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_reservations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_reservations_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id),
    CONSTRAINT stock_reservations_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id),
    CONSTRAINT stock_reservations_request_id_fkey FOREIGN KEY (tenant_id, request_id) REFERENCES stock_requests (tenant_id, id)
) STRICT;
CREATE INDEX stock_reservations_created_at_index ON stock_reservations (tenant_id, created_at, id);
CREATE INDEX stock_reservations_item_id_status_index ON stock_reservations (tenant_id, item_id, status);
CREATE INDEX stock_reservations_status_created_at_index ON stock_reservations (tenant_id, status, created_at, id);
CREATE INDEX stock_reservations_job_id_index ON stock_reservations (tenant_id, job_id);
CREATE INDEX stock_reservations_request_id_index ON stock_reservations (tenant_id, request_id);

-- Counts of what is really there.
CREATE TABLE stock_takes (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    number       TEXT     NOT NULL,
    location_id  BLOB,
    status       TEXT     NOT NULL DEFAULT 'open',
    created_by   BLOB,
    posted_by    BLOB,
    posted_at    INTEGER,
    notes        TEXT     NOT NULL DEFAULT '',
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT stock_takes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_takes_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_takes_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_takes_number_required CHECK (number <> ''),
    CONSTRAINT stock_takes_number_length CHECK (length(number) <= 50),
    CONSTRAINT stock_takes_location_id_kind CHECK (length(location_id) = 16),
    CONSTRAINT stock_takes_status_check CHECK (status IN ('open', 'posted', 'cancelled')),
    CONSTRAINT stock_takes_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT stock_takes_posted_by_kind CHECK (length(posted_by) = 16),
    CONSTRAINT stock_takes_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT stock_takes_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_takes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_takes_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id),
    CONSTRAINT stock_takes_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id),
    CONSTRAINT stock_takes_posted_by_fkey FOREIGN KEY (posted_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX stock_takes_number_unique ON stock_takes (tenant_id, number);
CREATE INDEX stock_takes_created_at_index ON stock_takes (tenant_id, created_at, id);
CREATE INDEX stock_takes_status_created_at_index ON stock_takes (tenant_id, status, created_at, id);
CREATE INDEX stock_takes_location_id_index ON stock_takes (tenant_id, location_id);

-- What was counted of an item, and what was expected when the count was posted.
CREATE TABLE stock_take_lines (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    take_id     BLOB     NOT NULL,
    item_id     BLOB     NOT NULL,
    item_name   TEXT     NOT NULL DEFAULT '',
    counted     INTEGER  NOT NULL,
    expected    INTEGER,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT stock_take_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_take_lines_id_kind CHECK (length(id) = 16),
    CONSTRAINT stock_take_lines_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT stock_take_lines_take_id_kind CHECK (length(take_id) = 16),
    CONSTRAINT stock_take_lines_item_id_kind CHECK (length(item_id) = 16),
    CONSTRAINT stock_take_lines_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_take_lines_counted_kind CHECK (counted BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_take_lines_counted_check CHECK (counted >= 0),
    CONSTRAINT stock_take_lines_expected_kind CHECK (expected BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_take_lines_expected_check CHECK (expected >= 0),
    CONSTRAINT stock_take_lines_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT stock_take_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_take_lines_take_id_fkey FOREIGN KEY (tenant_id, take_id) REFERENCES stock_takes (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT stock_take_lines_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX stock_take_lines_item_unique ON stock_take_lines (tenant_id, take_id, item_id);
CREATE INDEX stock_take_lines_created_at_index ON stock_take_lines (tenant_id, created_at, id);
CREATE INDEX stock_take_lines_item_id_index ON stock_take_lines (tenant_id, item_id);

-- Who supplies goods and services.
CREATE TABLE vendors (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    name            TEXT     NOT NULL,
    name_key        TEXT     NOT NULL,
    kind            TEXT     NOT NULL DEFAULT 'supplier',
    category        TEXT     NOT NULL DEFAULT '',
    contact_person  TEXT,
    email           TEXT,
    phone           TEXT,
    phone_digits    TEXT     NOT NULL DEFAULT '',
    address         TEXT,
    payment_terms   TEXT,
    gst_number      TEXT,
    pan_number      TEXT,
    monthly_cost    INTEGER  NOT NULL DEFAULT 0,
    currency        TEXT     NOT NULL DEFAULT '',
    status          TEXT     NOT NULL DEFAULT 'active',
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT vendors_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT vendors_id_kind CHECK (length(id) = 16),
    CONSTRAINT vendors_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT vendors_name_required CHECK (name <> ''),
    CONSTRAINT vendors_name_length CHECK (length(name) <= 255),
    CONSTRAINT vendors_name_key_required CHECK (name_key <> ''),
    CONSTRAINT vendors_kind_check CHECK (kind IN ('supplier', 'service')),
    CONSTRAINT vendors_category_length CHECK (length(category) <= 100),
    CONSTRAINT vendors_contact_person_length CHECK (length(contact_person) <= 255),
    CONSTRAINT vendors_email_length CHECK (length(email) <= 255),
    CONSTRAINT vendors_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT vendors_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT vendors_address_length CHECK (length(address) <= 10000),
    CONSTRAINT vendors_payment_terms_check CHECK (payment_terms IN ('net15', 'net30', 'cod')),
    CONSTRAINT vendors_gst_number_length CHECK (length(gst_number) <= 50),
    CONSTRAINT vendors_pan_number_length CHECK (length(pan_number) <= 50),
    CONSTRAINT vendors_monthly_cost_check CHECK (monthly_cost >= 0),
    CONSTRAINT vendors_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT vendors_status_check CHECK (status IN ('active', 'inactive', 'pending_payment')),
    CONSTRAINT vendors_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT vendors_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE INDEX vendors_name_key_index ON vendors (tenant_id, name_key, id);
CREATE INDEX vendors_status_name_key_index ON vendors (tenant_id, status, name_key, id);
CREATE INDEX vendors_kind_name_key_index ON vendors (tenant_id, kind, name_key, id);
CREATE INDEX vendors_category_name_key_index ON vendors (tenant_id, category, name_key, id);
CREATE INDEX vendors_phone_digits_index ON vendors (tenant_id, phone_digits);
CREATE INDEX vendors_updated_at_index ON vendors (tenant_id, updated_at, id);

-- What was ordered from a vendor.
CREATE TABLE purchase_orders (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    number       TEXT     NOT NULL,
    vendor_id    BLOB     NOT NULL,
    status       TEXT     NOT NULL DEFAULT 'draft',
    currency     TEXT     NOT NULL DEFAULT '',
    total        INTEGER  NOT NULL DEFAULT 0,
    ordered_at   INTEGER,
    expected_on  TEXT,
    received_at  INTEGER,
    created_by   BLOB,
    notes        TEXT     NOT NULL DEFAULT '',
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT purchase_orders_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT purchase_orders_id_kind CHECK (length(id) = 16),
    CONSTRAINT purchase_orders_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT purchase_orders_number_required CHECK (number <> ''),
    CONSTRAINT purchase_orders_number_length CHECK (length(number) <= 50),
    CONSTRAINT purchase_orders_vendor_id_kind CHECK (length(vendor_id) = 16),
    CONSTRAINT purchase_orders_status_check CHECK (status IN ('draft', 'ordered', 'received', 'cancelled')),
    CONSTRAINT purchase_orders_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT purchase_orders_total_check CHECK (total >= 0),
    CONSTRAINT purchase_orders_expected_on_kind CHECK (expected_on IS NULL OR date(expected_on) IS expected_on),
    CONSTRAINT purchase_orders_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT purchase_orders_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT purchase_orders_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT purchase_orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT purchase_orders_vendor_id_fkey FOREIGN KEY (tenant_id, vendor_id) REFERENCES vendors (tenant_id, id),
    CONSTRAINT purchase_orders_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX purchase_orders_number_unique ON purchase_orders (tenant_id, number);
CREATE INDEX purchase_orders_created_at_index ON purchase_orders (tenant_id, created_at, id);
CREATE INDEX purchase_orders_status_created_at_index ON purchase_orders (tenant_id, status, created_at, id);
CREATE INDEX purchase_orders_updated_at_index ON purchase_orders (tenant_id, updated_at, id);
CREATE INDEX purchase_orders_vendor_id_index ON purchase_orders (tenant_id, vendor_id);

-- What of which item was ordered, and what of it came.
CREATE TABLE purchase_order_lines (
    id                 BLOB     NOT NULL,
    tenant_id          BLOB     NOT NULL,
    purchase_order_id  BLOB     NOT NULL,
    item_id            BLOB     NOT NULL,
    item_name          TEXT     NOT NULL DEFAULT '',
    quantity           INTEGER  NOT NULL,
    received_quantity  INTEGER  NOT NULL DEFAULT 0,
    unit_price         INTEGER  NOT NULL DEFAULT 0,
    version            INTEGER  NOT NULL DEFAULT 1,
    created_at         INTEGER  NOT NULL,
    updated_at         INTEGER  NOT NULL,
    CONSTRAINT purchase_order_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT purchase_order_lines_id_kind CHECK (length(id) = 16),
    CONSTRAINT purchase_order_lines_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT purchase_order_lines_purchase_order_id_kind CHECK (length(purchase_order_id) = 16),
    CONSTRAINT purchase_order_lines_item_id_kind CHECK (length(item_id) = 16),
    CONSTRAINT purchase_order_lines_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT purchase_order_lines_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT purchase_order_lines_quantity_check CHECK (quantity >= 1),
    CONSTRAINT purchase_order_lines_received_quantity_kind CHECK (received_quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT purchase_order_lines_received_quantity_check CHECK (received_quantity >= 0),
    CONSTRAINT purchase_order_lines_unit_price_check CHECK (unit_price >= 0),
    CONSTRAINT purchase_order_lines_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT purchase_order_lines_received_check CHECK (received_quantity <= quantity),
    CONSTRAINT purchase_order_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT purchase_order_lines_purchase_order_id_fkey FOREIGN KEY (tenant_id, purchase_order_id) REFERENCES purchase_orders (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT purchase_order_lines_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX purchase_order_lines_item_unique ON purchase_order_lines (tenant_id, purchase_order_id, item_id);
CREATE INDEX purchase_order_lines_created_at_index ON purchase_order_lines (tenant_id, created_at, id);
CREATE INDEX purchase_order_lines_item_id_index ON purchase_order_lines (tenant_id, item_id);

-- Visits to customers: install, upgrade, repair.
CREATE TABLE jobs (
    id                 BLOB     NOT NULL,
    tenant_id          BLOB     NOT NULL,
    number             TEXT     NOT NULL,
    customer_id        BLOB,
    customer_name      TEXT     NOT NULL DEFAULT '',
    customer_name_key  TEXT     NOT NULL DEFAULT '',
    phone              TEXT     NOT NULL DEFAULT '',
    phone_digits       TEXT     NOT NULL DEFAULT '',
    address            TEXT     NOT NULL DEFAULT '',
    city               TEXT,
    job_type           TEXT     NOT NULL,
    plan_id            BLOB,
    plan_name          TEXT,
    priority           TEXT     NOT NULL DEFAULT 'medium',
    status             TEXT     NOT NULL DEFAULT 'pending',
    scheduled_at       INTEGER  NOT NULL,
    started_at         INTEGER,
    completed_at       INTEGER,
    engineer_id        BLOB,
    lead_id            BLOB,
    notes              TEXT     NOT NULL DEFAULT '',
    version            INTEGER  NOT NULL DEFAULT 1,
    created_at         INTEGER  NOT NULL,
    updated_at         INTEGER  NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT jobs_id_kind CHECK (length(id) = 16),
    CONSTRAINT jobs_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT jobs_number_required CHECK (number <> ''),
    CONSTRAINT jobs_number_length CHECK (length(number) <= 50),
    CONSTRAINT jobs_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT jobs_customer_name_length CHECK (length(customer_name) <= 255),
    CONSTRAINT jobs_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT jobs_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT jobs_address_length CHECK (length(address) <= 10000),
    CONSTRAINT jobs_city_length CHECK (length(city) <= 100),
    CONSTRAINT jobs_job_type_check CHECK (job_type IN ('new_install', 'upgrade', 'repair')),
    CONSTRAINT jobs_plan_id_kind CHECK (length(plan_id) = 16),
    CONSTRAINT jobs_plan_name_length CHECK (length(plan_name) <= 255),
    CONSTRAINT jobs_priority_check CHECK (priority IN ('high', 'medium', 'low')),
    CONSTRAINT jobs_status_check CHECK (status IN ('pending', 'in_progress', 'completed', 'cancelled')),
    CONSTRAINT jobs_engineer_id_kind CHECK (length(engineer_id) = 16),
    CONSTRAINT jobs_lead_id_kind CHECK (length(lead_id) = 16),
    CONSTRAINT jobs_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT jobs_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT jobs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT jobs_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT jobs_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT jobs_engineer_id_fkey FOREIGN KEY (engineer_id) REFERENCES users (id),
    CONSTRAINT jobs_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX jobs_number_unique ON jobs (tenant_id, number);
CREATE UNIQUE INDEX jobs_lead_unique ON jobs (tenant_id, lead_id) WHERE lead_id IS NOT NULL AND status <> 'cancelled';
CREATE INDEX jobs_scheduled_at_index ON jobs (tenant_id, scheduled_at, id);
CREATE INDEX jobs_status_scheduled_at_index ON jobs (tenant_id, status, scheduled_at, id);
CREATE INDEX jobs_priority_scheduled_at_index ON jobs (tenant_id, priority, scheduled_at, id);
CREATE INDEX jobs_engineer_id_scheduled_at_index ON jobs (tenant_id, engineer_id, scheduled_at);
CREATE INDEX jobs_customer_name_key_index ON jobs (tenant_id, customer_name_key, id);
CREATE INDEX jobs_phone_digits_index ON jobs (tenant_id, phone_digits);
CREATE INDEX jobs_created_at_index ON jobs (tenant_id, created_at, id);
CREATE INDEX jobs_updated_at_index ON jobs (tenant_id, updated_at, id);
CREATE INDEX jobs_customer_id_index ON jobs (tenant_id, customer_id);
CREATE INDEX jobs_plan_id_index ON jobs (tenant_id, plan_id);
CREATE INDEX jobs_lead_id_index ON jobs (tenant_id, lead_id);

-- What a job installs or uses up.
CREATE TABLE job_devices (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    job_id      BLOB     NOT NULL,
    device_id   BLOB,
    item_id     BLOB,
    serial      TEXT,
    quantity    INTEGER  NOT NULL DEFAULT 1,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT job_devices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT job_devices_id_kind CHECK (length(id) = 16),
    CONSTRAINT job_devices_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT job_devices_job_id_kind CHECK (length(job_id) = 16),
    CONSTRAINT job_devices_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT job_devices_item_id_kind CHECK (length(item_id) = 16),
    CONSTRAINT job_devices_serial_length CHECK (length(serial) <= 100),
    CONSTRAINT job_devices_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT job_devices_quantity_check CHECK (quantity >= 1),
    CONSTRAINT job_devices_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT job_devices_what_check CHECK (device_id IS NOT NULL OR item_id IS NOT NULL OR serial IS NOT NULL),
    CONSTRAINT job_devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT job_devices_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT job_devices_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT job_devices_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id)
) STRICT;
CREATE INDEX job_devices_created_at_index ON job_devices (tenant_id, created_at, id);
CREATE INDEX job_devices_job_id_index ON job_devices (tenant_id, job_id);
CREATE INDEX job_devices_device_id_index ON job_devices (tenant_id, device_id);
CREATE INDEX job_devices_item_id_index ON job_devices (tenant_id, item_id);

-- What customers report and somebody sees to.
CREATE TABLE tickets (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    number         TEXT     NOT NULL,
    title          TEXT     NOT NULL DEFAULT '',
    title_key      TEXT     NOT NULL DEFAULT '',
    description    TEXT     NOT NULL DEFAULT '',
    priority       TEXT     NOT NULL DEFAULT 'medium',
    status         TEXT     NOT NULL DEFAULT 'open',
    category       TEXT     NOT NULL DEFAULT 'network',
    waiting        INTEGER  NOT NULL DEFAULT 0,
    customer_id    BLOB,
    device_id      BLOB,
    incident_id    BLOB,
    contract_id    BLOB,
    created_by     BLOB,
    engineer_id    BLOB,
    engineer_name  TEXT,
    respond_by     INTEGER,
    resolve_by     INTEGER,
    responded_at   INTEGER,
    resolved_at    INTEGER,
    closed_at      INTEGER,
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT tickets_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT tickets_id_kind CHECK (length(id) = 16),
    CONSTRAINT tickets_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT tickets_number_required CHECK (number <> ''),
    CONSTRAINT tickets_number_length CHECK (length(number) <= 50),
    CONSTRAINT tickets_title_length CHECK (length(title) <= 500),
    CONSTRAINT tickets_description_length CHECK (length(description) <= 100000),
    CONSTRAINT tickets_priority_check CHECK (priority IN ('low', 'medium', 'high')),
    CONSTRAINT tickets_status_check CHECK (status IN ('open', 'in_progress', 'resolved', 'closed')),
    CONSTRAINT tickets_category_check CHECK (category IN ('network', 'hardware', 'software', 'other')),
    CONSTRAINT tickets_waiting_kind CHECK (waiting IN (0, 1)),
    CONSTRAINT tickets_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT tickets_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT tickets_incident_id_kind CHECK (length(incident_id) = 16),
    CONSTRAINT tickets_contract_id_kind CHECK (length(contract_id) = 16),
    CONSTRAINT tickets_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT tickets_engineer_id_kind CHECK (length(engineer_id) = 16),
    CONSTRAINT tickets_engineer_name_length CHECK (length(engineer_name) <= 255),
    CONSTRAINT tickets_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT tickets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tickets_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT tickets_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT tickets_incident_id_fkey FOREIGN KEY (tenant_id, incident_id) REFERENCES incidents (tenant_id, id),
    CONSTRAINT tickets_contract_id_fkey FOREIGN KEY (tenant_id, contract_id) REFERENCES contracts (tenant_id, id),
    CONSTRAINT tickets_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id),
    CONSTRAINT tickets_engineer_id_fkey FOREIGN KEY (engineer_id) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX tickets_number_unique ON tickets (tenant_id, number);
CREATE INDEX tickets_resolve_by_index ON tickets (tenant_id, resolve_by, id);
CREATE INDEX tickets_status_resolve_by_index ON tickets (tenant_id, status, resolve_by, id);
CREATE INDEX tickets_priority_resolve_by_index ON tickets (tenant_id, priority, resolve_by, id);
CREATE INDEX tickets_category_resolve_by_index ON tickets (tenant_id, category, resolve_by, id);
CREATE INDEX tickets_engineer_id_status_index ON tickets (tenant_id, engineer_id, status);
CREATE INDEX tickets_title_key_index ON tickets (tenant_id, title_key, id);
CREATE INDEX tickets_created_at_index ON tickets (tenant_id, created_at, id);
CREATE INDEX tickets_updated_at_index ON tickets (tenant_id, updated_at, id);
CREATE INDEX tickets_customer_id_index ON tickets (tenant_id, customer_id);
CREATE INDEX tickets_device_id_index ON tickets (tenant_id, device_id);
CREATE INDEX tickets_incident_id_index ON tickets (tenant_id, incident_id);
CREATE INDEX tickets_contract_id_index ON tickets (tenant_id, contract_id);

-- What was said about a ticket.
CREATE TABLE ticket_comments (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    ticket_id    BLOB     NOT NULL,
    author_id    BLOB,
    content      TEXT     NOT NULL,
    is_internal  INTEGER  NOT NULL DEFAULT 0,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT ticket_comments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ticket_comments_id_kind CHECK (length(id) = 16),
    CONSTRAINT ticket_comments_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT ticket_comments_ticket_id_kind CHECK (length(ticket_id) = 16),
    CONSTRAINT ticket_comments_author_id_kind CHECK (length(author_id) = 16),
    CONSTRAINT ticket_comments_content_required CHECK (content <> ''),
    CONSTRAINT ticket_comments_content_length CHECK (length(content) <= 100000),
    CONSTRAINT ticket_comments_is_internal_kind CHECK (is_internal IN (0, 1)),
    CONSTRAINT ticket_comments_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ticket_comments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT ticket_comments_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id)
) STRICT;
CREATE INDEX ticket_comments_ticket_id_created_at_index ON ticket_comments (tenant_id, ticket_id, created_at);
CREATE INDEX ticket_comments_created_at_index ON ticket_comments (tenant_id, created_at, id);

-- Since when a ticket was in which state: its clocks are computed from these.
CREATE TABLE ticket_state_spans (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    ticket_id   BLOB     NOT NULL,
    status      TEXT     NOT NULL,
    waiting     INTEGER  NOT NULL DEFAULT 0,
    since       INTEGER  NOT NULL,
    created_at  INTEGER  NOT NULL,
    CONSTRAINT ticket_state_spans_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ticket_state_spans_id_kind CHECK (length(id) = 16),
    CONSTRAINT ticket_state_spans_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT ticket_state_spans_ticket_id_kind CHECK (length(ticket_id) = 16),
    CONSTRAINT ticket_state_spans_status_check CHECK (status IN ('open', 'in_progress', 'resolved', 'closed')),
    CONSTRAINT ticket_state_spans_waiting_kind CHECK (waiting IN (0, 1)),
    CONSTRAINT ticket_state_spans_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT ticket_state_spans_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX ticket_state_spans_ticket_id_since_index ON ticket_state_spans (tenant_id, ticket_id, since);
CREATE INDEX ticket_state_spans_since_index ON ticket_state_spans (tenant_id, since, id);
CREATE TRIGGER ticket_state_spans_refuse_update BEFORE UPDATE ON ticket_state_spans
BEGIN
    SELECT RAISE(ABORT, 'append-only: ticket_state_spans');
END;

-- Tickets that belong together.
CREATE TABLE ticket_links (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    ticket_id   BLOB     NOT NULL,
    other_id    BLOB     NOT NULL,
    kind        TEXT     NOT NULL DEFAULT 'related',
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT ticket_links_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ticket_links_id_kind CHECK (length(id) = 16),
    CONSTRAINT ticket_links_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT ticket_links_ticket_id_kind CHECK (length(ticket_id) = 16),
    CONSTRAINT ticket_links_other_id_kind CHECK (length(other_id) = 16),
    CONSTRAINT ticket_links_kind_check CHECK (kind IN ('duplicate', 'child', 'related')),
    CONSTRAINT ticket_links_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT ticket_links_different_check CHECK (ticket_id <> other_id),
    CONSTRAINT ticket_links_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT ticket_links_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_links_other_id_fkey FOREIGN KEY (tenant_id, other_id) REFERENCES tickets (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX ticket_links_pair_unique ON ticket_links (tenant_id, ticket_id, other_id);
CREATE INDEX ticket_links_created_at_index ON ticket_links (tenant_id, created_at, id);
CREATE INDEX ticket_links_other_id_index ON ticket_links (tenant_id, other_id);

-- When people are at work.
CREATE TABLE calendars (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    name        TEXT     NOT NULL,
    name_key    TEXT     NOT NULL,
    timezone    TEXT     NOT NULL DEFAULT 'UTC',
    hours       TEXT     NOT NULL DEFAULT '{}',
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT calendars_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendars_id_kind CHECK (length(id) = 16),
    CONSTRAINT calendars_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT calendars_name_required CHECK (name <> ''),
    CONSTRAINT calendars_name_length CHECK (length(name) <= 200),
    CONSTRAINT calendars_name_key_required CHECK (name_key <> ''),
    CONSTRAINT calendars_timezone_length CHECK (length(timezone) <= 64),
    CONSTRAINT calendars_hours_kind CHECK (json_valid(hours)),
    CONSTRAINT calendars_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT calendars_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX calendars_name_unique ON calendars (tenant_id, name_key);
CREATE INDEX calendars_name_key_index ON calendars (tenant_id, name_key, id);

-- Days on which nobody is.
CREATE TABLE calendar_holidays (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    calendar_id  BLOB     NOT NULL,
    day          TEXT     NOT NULL,
    name         TEXT     NOT NULL DEFAULT '',
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT calendar_holidays_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_holidays_id_kind CHECK (length(id) = 16),
    CONSTRAINT calendar_holidays_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT calendar_holidays_calendar_id_kind CHECK (length(calendar_id) = 16),
    CONSTRAINT calendar_holidays_day_kind CHECK (date(day) IS day),
    CONSTRAINT calendar_holidays_name_length CHECK (length(name) <= 200),
    CONSTRAINT calendar_holidays_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT calendar_holidays_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT calendar_holidays_calendar_id_fkey FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX calendar_holidays_day_unique ON calendar_holidays (tenant_id, calendar_id, day);
CREATE INDEX calendar_holidays_day_index ON calendar_holidays (tenant_id, day, id);

-- How soon a ticket is answered and solved.
CREATE TABLE sla_policies (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    name             TEXT     NOT NULL,
    name_key         TEXT     NOT NULL,
    priority         TEXT,
    category         TEXT,
    contract_id      BLOB,
    calendar_id      BLOB,
    respond_minutes  INTEGER  NOT NULL,
    resolve_minutes  INTEGER  NOT NULL,
    is_active        INTEGER  NOT NULL DEFAULT 1,
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT sla_policies_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sla_policies_id_kind CHECK (length(id) = 16),
    CONSTRAINT sla_policies_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT sla_policies_name_required CHECK (name <> ''),
    CONSTRAINT sla_policies_name_length CHECK (length(name) <= 200),
    CONSTRAINT sla_policies_name_key_required CHECK (name_key <> ''),
    CONSTRAINT sla_policies_priority_check CHECK (priority IN ('low', 'medium', 'high')),
    CONSTRAINT sla_policies_category_check CHECK (category IN ('network', 'hardware', 'software', 'other')),
    CONSTRAINT sla_policies_contract_id_kind CHECK (length(contract_id) = 16),
    CONSTRAINT sla_policies_calendar_id_kind CHECK (length(calendar_id) = 16),
    CONSTRAINT sla_policies_respond_minutes_kind CHECK (respond_minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT sla_policies_respond_minutes_check CHECK (respond_minutes >= 1),
    CONSTRAINT sla_policies_resolve_minutes_kind CHECK (resolve_minutes BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT sla_policies_resolve_minutes_check CHECK (resolve_minutes >= 1),
    CONSTRAINT sla_policies_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT sla_policies_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT sla_policies_order_check CHECK (respond_minutes <= resolve_minutes),
    CONSTRAINT sla_policies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT sla_policies_contract_id_fkey FOREIGN KEY (tenant_id, contract_id) REFERENCES contracts (tenant_id, id),
    CONSTRAINT sla_policies_calendar_id_fkey FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX sla_policies_name_unique ON sla_policies (tenant_id, name_key);
CREATE INDEX sla_policies_name_key_index ON sla_policies (tenant_id, name_key, id);
CREATE INDEX sla_policies_is_active_name_key_index ON sla_policies (tenant_id, is_active, name_key, id);
CREATE INDEX sla_policies_contract_id_index ON sla_policies (tenant_id, contract_id);
CREATE INDEX sla_policies_calendar_id_index ON sla_policies (tenant_id, calendar_id);

-- Answers and changes that are made again and again.
CREATE TABLE macros (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    name           TEXT     NOT NULL,
    name_key       TEXT     NOT NULL,
    comment        TEXT     NOT NULL DEFAULT '',
    is_internal    INTEGER  NOT NULL DEFAULT 0,
    values_to_set  TEXT     NOT NULL DEFAULT '{}',
    is_active      INTEGER  NOT NULL DEFAULT 1,
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT macros_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT macros_id_kind CHECK (length(id) = 16),
    CONSTRAINT macros_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT macros_name_required CHECK (name <> ''),
    CONSTRAINT macros_name_length CHECK (length(name) <= 200),
    CONSTRAINT macros_name_key_required CHECK (name_key <> ''),
    CONSTRAINT macros_comment_length CHECK (length(comment) <= 100000),
    CONSTRAINT macros_is_internal_kind CHECK (is_internal IN (0, 1)),
    CONSTRAINT macros_values_to_set_kind CHECK (json_valid(values_to_set)),
    CONSTRAINT macros_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT macros_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT macros_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX macros_name_unique ON macros (tenant_id, name_key);
CREATE INDEX macros_name_key_index ON macros (tenant_id, name_key, id);

-- What one shift hands over to the next.
CREATE TABLE shift_logs (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    started_at   INTEGER  NOT NULL,
    ended_at     INTEGER,
    lead_id      BLOB,
    accepted_by  BLOB,
    accepted_at  INTEGER,
    notes        TEXT     NOT NULL DEFAULT '',
    summary      TEXT     NOT NULL DEFAULT '{}',
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT shift_logs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT shift_logs_id_kind CHECK (length(id) = 16),
    CONSTRAINT shift_logs_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT shift_logs_lead_id_kind CHECK (length(lead_id) = 16),
    CONSTRAINT shift_logs_accepted_by_kind CHECK (length(accepted_by) = 16),
    CONSTRAINT shift_logs_notes_length CHECK (length(notes) <= 100000),
    CONSTRAINT shift_logs_summary_kind CHECK (json_valid(summary)),
    CONSTRAINT shift_logs_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT shift_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT shift_logs_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES users (id),
    CONSTRAINT shift_logs_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES users (id)
) STRICT;
CREATE INDEX shift_logs_started_at_index ON shift_logs (tenant_id, started_at, id);
CREATE INDEX shift_logs_ended_at_started_at_index ON shift_logs (tenant_id, ended_at, started_at);

-- Who is on duty when, and who is next.
CREATE TABLE rosters (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    user_id     BLOB     NOT NULL,
    starts_at   INTEGER  NOT NULL,
    ends_at     INTEGER  NOT NULL,
    duty        TEXT     NOT NULL,
    level       INTEGER  NOT NULL DEFAULT 1,
    version     INTEGER  NOT NULL DEFAULT 1,
    created_at  INTEGER  NOT NULL,
    updated_at  INTEGER  NOT NULL,
    CONSTRAINT rosters_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT rosters_id_kind CHECK (length(id) = 16),
    CONSTRAINT rosters_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT rosters_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT rosters_duty_required CHECK (duty <> ''),
    CONSTRAINT rosters_duty_length CHECK (length(duty) <= 100),
    CONSTRAINT rosters_level_kind CHECK (level BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT rosters_level_check CHECK (level >= 1),
    CONSTRAINT rosters_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT rosters_times_check CHECK (ends_at > starts_at),
    CONSTRAINT rosters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT rosters_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
) STRICT;
CREATE INDEX rosters_starts_at_index ON rosters (tenant_id, starts_at, id);
CREATE INDEX rosters_ends_at_starts_at_index ON rosters (tenant_id, ends_at, starts_at);
CREATE INDEX rosters_user_id_starts_at_index ON rosters (tenant_id, user_id, starts_at);

-- Look at this again, then.
CREATE TABLE reminders (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    user_id      BLOB     NOT NULL,
    entity_type  TEXT     NOT NULL,
    record_id    BLOB     NOT NULL,
    title        TEXT     NOT NULL DEFAULT '',
    due_at       INTEGER  NOT NULL,
    note         TEXT     NOT NULL DEFAULT '',
    done_at      INTEGER,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT reminders_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT reminders_id_kind CHECK (length(id) = 16),
    CONSTRAINT reminders_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT reminders_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT reminders_entity_type_required CHECK (entity_type <> ''),
    CONSTRAINT reminders_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT reminders_record_id_kind CHECK (length(record_id) = 16),
    CONSTRAINT reminders_title_length CHECK (length(title) <= 255),
    CONSTRAINT reminders_note_length CHECK (length(note) <= 1000),
    CONSTRAINT reminders_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT reminders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT reminders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE INDEX reminders_user_id_done_at_due_at_index ON reminders (tenant_id, user_id, done_at, due_at);
CREATE INDEX reminders_due_at_index ON reminders (tenant_id, due_at, id);
CREATE INDEX reminders_entity_type_record_id_index ON reminders (tenant_id, entity_type, record_id);

-- Records that somebody keeps at hand.
CREATE TABLE pins (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    user_id      BLOB     NOT NULL,
    entity_type  TEXT     NOT NULL,
    record_id    BLOB     NOT NULL,
    title        TEXT     NOT NULL DEFAULT '',
    position     INTEGER  NOT NULL DEFAULT 0,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT pins_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT pins_id_kind CHECK (length(id) = 16),
    CONSTRAINT pins_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT pins_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT pins_entity_type_required CHECK (entity_type <> ''),
    CONSTRAINT pins_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT pins_record_id_kind CHECK (length(record_id) = 16),
    CONSTRAINT pins_title_length CHECK (length(title) <= 255),
    CONSTRAINT pins_position_kind CHECK (position BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT pins_position_check CHECK (position >= 0),
    CONSTRAINT pins_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT pins_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT pins_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX pins_record_unique ON pins (tenant_id, user_id, entity_type, record_id);
CREATE INDEX pins_user_id_position_index ON pins (tenant_id, user_id, position);
CREATE INDEX pins_entity_type_record_id_index ON pins (tenant_id, entity_type, record_id);
CREATE INDEX pins_created_at_index ON pins (tenant_id, created_at, id);

-- Records that a person wants to hear of when others change them.
CREATE TABLE watches (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    user_id      BLOB     NOT NULL,
    entity_type  TEXT     NOT NULL,
    record_id    BLOB     NOT NULL,
    title        TEXT     NOT NULL DEFAULT '',
    unseen       INTEGER  NOT NULL DEFAULT 0,
    changed_at   INTEGER,
    changed_by   BLOB,
    change       TEXT     NOT NULL DEFAULT '',
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT watches_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT watches_id_kind CHECK (length(id) = 16),
    CONSTRAINT watches_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT watches_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT watches_entity_type_required CHECK (entity_type <> ''),
    CONSTRAINT watches_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT watches_record_id_kind CHECK (length(record_id) = 16),
    CONSTRAINT watches_title_length CHECK (length(title) <= 255),
    CONSTRAINT watches_unseen_kind CHECK (unseen IN (0, 1)),
    CONSTRAINT watches_changed_by_kind CHECK (length(changed_by) = 16),
    CONSTRAINT watches_change_length CHECK (length(change) <= 255),
    CONSTRAINT watches_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT watches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT watches_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT watches_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX watches_record_unique ON watches (tenant_id, user_id, entity_type, record_id);
CREATE INDEX watches_entity_type_record_id_index ON watches (tenant_id, entity_type, record_id);
CREATE INDEX watches_user_id_changed_at_index ON watches (tenant_id, user_id, changed_at);

-- The chart of accounts.
CREATE TABLE accounts (
    id            BLOB     NOT NULL,
    tenant_id     BLOB     NOT NULL,
    code          TEXT     NOT NULL,
    name          TEXT     NOT NULL,
    name_key      TEXT     NOT NULL,
    account_type  TEXT     NOT NULL,
    parent_id     BLOB,
    is_active     INTEGER  NOT NULL DEFAULT 1,
    version       INTEGER  NOT NULL DEFAULT 1,
    created_at    INTEGER  NOT NULL,
    updated_at    INTEGER  NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT accounts_id_kind CHECK (length(id) = 16),
    CONSTRAINT accounts_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT accounts_code_required CHECK (code <> ''),
    CONSTRAINT accounts_code_length CHECK (length(code) <= 50),
    CONSTRAINT accounts_name_required CHECK (name <> ''),
    CONSTRAINT accounts_name_length CHECK (length(name) <= 255),
    CONSTRAINT accounts_name_key_required CHECK (name_key <> ''),
    CONSTRAINT accounts_account_type_check CHECK (account_type IN ('asset', 'liability', 'equity', 'revenue', 'expense')),
    CONSTRAINT accounts_parent_id_kind CHECK (length(parent_id) = 16),
    CONSTRAINT accounts_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT accounts_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT accounts_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES accounts (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX accounts_code_unique ON accounts (tenant_id, code);
CREATE INDEX accounts_code_index ON accounts (tenant_id, code, id);
CREATE INDEX accounts_account_type_code_index ON accounts (tenant_id, account_type, code, id);
CREATE INDEX accounts_name_key_index ON accounts (tenant_id, name_key, id);
CREATE INDEX accounts_updated_at_index ON accounts (tenant_id, updated_at, id);
CREATE INDEX accounts_parent_id_index ON accounts (tenant_id, parent_id);

-- Double entries: never changed, put right by one that reverses.
CREATE TABLE journal_entries (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    number       TEXT     NOT NULL,
    entry_date   TEXT     NOT NULL,
    memo         TEXT     NOT NULL DEFAULT '',
    source_type  TEXT     NOT NULL DEFAULT '',
    source_id    BLOB,
    reverses_id  BLOB,
    created_at   INTEGER  NOT NULL,
    CONSTRAINT journal_entries_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT journal_entries_id_kind CHECK (length(id) = 16),
    CONSTRAINT journal_entries_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT journal_entries_number_required CHECK (number <> ''),
    CONSTRAINT journal_entries_number_length CHECK (length(number) <= 50),
    CONSTRAINT journal_entries_entry_date_kind CHECK (date(entry_date) IS entry_date),
    CONSTRAINT journal_entries_memo_length CHECK (length(memo) <= 1000),
    CONSTRAINT journal_entries_source_type_length CHECK (length(source_type) <= 100),
    CONSTRAINT journal_entries_source_id_kind CHECK (length(source_id) = 16),
    CONSTRAINT journal_entries_reverses_id_kind CHECK (length(reverses_id) = 16),
    CONSTRAINT journal_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT journal_entries_reverses_id_fkey FOREIGN KEY (tenant_id, reverses_id) REFERENCES journal_entries (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX journal_entries_number_unique ON journal_entries (tenant_id, number);
CREATE UNIQUE INDEX journal_entries_reversed_unique ON journal_entries (tenant_id, reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX journal_entries_entry_date_index ON journal_entries (tenant_id, entry_date, id);
CREATE INDEX journal_entries_created_at_index ON journal_entries (tenant_id, created_at, id);
CREATE INDEX journal_entries_source_type_source_id_index ON journal_entries (tenant_id, source_type, source_id);
CREATE TRIGGER journal_entries_refuse_update BEFORE UPDATE ON journal_entries
BEGIN
    SELECT RAISE(ABORT, 'append-only: journal_entries');
END;
CREATE TRIGGER journal_entries_refuse_delete BEFORE DELETE ON journal_entries
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'journal_entries' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: journal_entries');
END;

-- The sides of an entry; written before it, so that an entry that does not balance cannot be.
CREATE TABLE journal_lines (
    id          BLOB     NOT NULL,
    tenant_id   BLOB     NOT NULL,
    entry_id    BLOB     NOT NULL,
    account_id  BLOB     NOT NULL,
    debit       INTEGER  NOT NULL DEFAULT 0,
    credit      INTEGER  NOT NULL DEFAULT 0,
    currency    TEXT     NOT NULL DEFAULT '',
    created_at  INTEGER  NOT NULL,
    CONSTRAINT journal_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT journal_lines_id_kind CHECK (length(id) = 16),
    CONSTRAINT journal_lines_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT journal_lines_entry_id_kind CHECK (length(entry_id) = 16),
    CONSTRAINT journal_lines_account_id_kind CHECK (length(account_id) = 16),
    CONSTRAINT journal_lines_debit_check CHECK (debit >= 0),
    CONSTRAINT journal_lines_credit_check CHECK (credit >= 0),
    CONSTRAINT journal_lines_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT journal_lines_side_check CHECK ((debit > 0) <> (credit > 0)),
    CONSTRAINT journal_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT journal_lines_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES journal_entries (tenant_id, id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT journal_lines_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
) STRICT;
CREATE INDEX journal_lines_entry_id_index ON journal_lines (tenant_id, entry_id, id);
CREATE INDEX journal_lines_account_id_created_at_index ON journal_lines (tenant_id, account_id, created_at);
CREATE INDEX journal_lines_created_at_index ON journal_lines (tenant_id, created_at, id);
CREATE TRIGGER journal_lines_refuse_update BEFORE UPDATE ON journal_lines
BEGIN
    SELECT RAISE(ABORT, 'append-only: journal_lines');
END;
CREATE TRIGGER journal_lines_refuse_delete BEFORE DELETE ON journal_lines
WHEN NOT EXISTS (
    SELECT 1 FROM retention_runs r
    WHERE r.tenant_id IS OLD.tenant_id AND r.table_name = 'journal_lines' AND r.finished_at IS NULL AND OLD.created_at < r.before
)
BEGIN
    SELECT RAISE(ABORT, 'append-only: journal_lines');
END;

-- What customers and organizations owe.
CREATE TABLE invoices (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    number           TEXT     NOT NULL,
    customer_id      BLOB,
    organization_id  BLOB,
    contract_id      BLOB,
    status           TEXT     NOT NULL DEFAULT 'draft',
    issued_on        TEXT,
    due_on           TEXT,
    period_start     TEXT,
    period_end       TEXT,
    currency         TEXT     NOT NULL DEFAULT '',
    subtotal         INTEGER  NOT NULL DEFAULT 0,
    tax_amount       INTEGER  NOT NULL DEFAULT 0,
    total            INTEGER  NOT NULL DEFAULT 0,
    amount_paid      INTEGER  NOT NULL DEFAULT 0,
    paid_at          INTEGER,
    notes            TEXT     NOT NULL DEFAULT '',
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT invoices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT invoices_id_kind CHECK (length(id) = 16),
    CONSTRAINT invoices_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT invoices_number_required CHECK (number <> ''),
    CONSTRAINT invoices_number_length CHECK (length(number) <= 50),
    CONSTRAINT invoices_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT invoices_organization_id_kind CHECK (length(organization_id) = 16),
    CONSTRAINT invoices_contract_id_kind CHECK (length(contract_id) = 16),
    CONSTRAINT invoices_status_check CHECK (status IN ('draft', 'pending', 'paid', 'overdue', 'cancelled')),
    CONSTRAINT invoices_issued_on_kind CHECK (issued_on IS NULL OR date(issued_on) IS issued_on),
    CONSTRAINT invoices_due_on_kind CHECK (due_on IS NULL OR date(due_on) IS due_on),
    CONSTRAINT invoices_period_start_kind CHECK (period_start IS NULL OR date(period_start) IS period_start),
    CONSTRAINT invoices_period_end_kind CHECK (period_end IS NULL OR date(period_end) IS period_end),
    CONSTRAINT invoices_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT invoices_amount_paid_check CHECK (amount_paid >= 0),
    CONSTRAINT invoices_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT invoices_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT invoices_paid_check CHECK (amount_paid <= total OR total < 0),
    CONSTRAINT invoices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT invoices_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT invoices_organization_id_fkey FOREIGN KEY (tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT invoices_contract_id_fkey FOREIGN KEY (tenant_id, contract_id) REFERENCES contracts (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX invoices_number_unique ON invoices (tenant_id, number);
CREATE UNIQUE INDEX invoices_period_unique ON invoices (tenant_id, customer_id, coalesce(contract_id, x''), period_start) WHERE customer_id IS NOT NULL AND period_start IS NOT NULL AND status <> 'cancelled';
CREATE INDEX invoices_created_at_index ON invoices (tenant_id, created_at, id);
CREATE INDEX invoices_status_created_at_index ON invoices (tenant_id, status, created_at, id);
CREATE INDEX invoices_status_due_on_index ON invoices (tenant_id, status, due_on);
CREATE INDEX invoices_due_on_index ON invoices (tenant_id, due_on, id);
CREATE INDEX invoices_customer_id_created_at_index ON invoices (tenant_id, customer_id, created_at);
CREATE INDEX invoices_total_index ON invoices (tenant_id, total, id);
CREATE INDEX invoices_updated_at_index ON invoices (tenant_id, updated_at, id);
CREATE INDEX invoices_organization_id_index ON invoices (tenant_id, organization_id);
CREATE INDEX invoices_contract_id_index ON invoices (tenant_id, contract_id);

-- What an invoice is made of.
CREATE TABLE invoice_lines (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    invoice_id      BLOB     NOT NULL,
    description     TEXT     NOT NULL,
    quantity        INTEGER  NOT NULL DEFAULT 1,
    unit_price      INTEGER  NOT NULL,
    tax_percentage  INTEGER  NOT NULL DEFAULT 0,
    total           INTEGER  NOT NULL,
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT invoice_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT invoice_lines_id_kind CHECK (length(id) = 16),
    CONSTRAINT invoice_lines_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT invoice_lines_invoice_id_kind CHECK (length(invoice_id) = 16),
    CONSTRAINT invoice_lines_description_required CHECK (description <> ''),
    CONSTRAINT invoice_lines_description_length CHECK (length(description) <= 1000),
    CONSTRAINT invoice_lines_quantity_kind CHECK (quantity BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT invoice_lines_quantity_check CHECK (quantity >= 1),
    CONSTRAINT invoice_lines_tax_percentage_check CHECK (tax_percentage BETWEEN 0 AND 10000),
    CONSTRAINT invoice_lines_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT invoice_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE INDEX invoice_lines_invoice_id_created_at_index ON invoice_lines (tenant_id, invoice_id, created_at);
CREATE INDEX invoice_lines_created_at_index ON invoice_lines (tenant_id, created_at, id);

-- Money that came in.
CREATE TABLE payments (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    number          TEXT     NOT NULL,
    customer_id     BLOB,
    invoice_id      BLOB,
    method          TEXT     NOT NULL,
    status          TEXT     NOT NULL DEFAULT 'pending',
    transaction_id  TEXT,
    amount          INTEGER  NOT NULL,
    applied_amount  INTEGER  NOT NULL DEFAULT 0,
    currency        TEXT     NOT NULL DEFAULT '',
    phone           TEXT,
    phone_digits    TEXT     NOT NULL DEFAULT '',
    gateway_id      BLOB,
    received_at     INTEGER,
    recorded_by     BLOB,
    notes           TEXT     NOT NULL DEFAULT '',
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT payments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT payments_id_kind CHECK (length(id) = 16),
    CONSTRAINT payments_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT payments_number_required CHECK (number <> ''),
    CONSTRAINT payments_number_length CHECK (length(number) <= 50),
    CONSTRAINT payments_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT payments_invoice_id_kind CHECK (length(invoice_id) = 16),
    CONSTRAINT payments_method_check CHECK (method IN ('mpesa', 'cash', 'bank', 'card', 'wallet')),
    CONSTRAINT payments_status_check CHECK (status IN ('pending', 'completed', 'failed', 'refunded')),
    CONSTRAINT payments_transaction_id_length CHECK (length(transaction_id) <= 255),
    CONSTRAINT payments_amount_check CHECK (amount >= 1),
    CONSTRAINT payments_applied_amount_check CHECK (applied_amount >= 0),
    CONSTRAINT payments_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT payments_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT payments_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT payments_gateway_id_kind CHECK (length(gateway_id) = 16),
    CONSTRAINT payments_recorded_by_kind CHECK (length(recorded_by) = 16),
    CONSTRAINT payments_notes_length CHECK (length(notes) <= 1000),
    CONSTRAINT payments_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT payments_applied_check CHECK (applied_amount <= amount),
    CONSTRAINT payments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT payments_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT payments_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id),
    CONSTRAINT payments_gateway_id_fkey FOREIGN KEY (tenant_id, gateway_id) REFERENCES payment_gateways (tenant_id, id),
    CONSTRAINT payments_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX payments_number_unique ON payments (tenant_id, number);
CREATE UNIQUE INDEX payments_transaction_id_unique ON payments (method, transaction_id) WHERE transaction_id IS NOT NULL AND transaction_id <> '';
CREATE INDEX payments_created_at_index ON payments (tenant_id, created_at, id);
CREATE INDEX payments_status_created_at_index ON payments (tenant_id, status, created_at, id);
CREATE INDEX payments_method_created_at_index ON payments (tenant_id, method, created_at, id);
CREATE INDEX payments_customer_id_created_at_index ON payments (tenant_id, customer_id, created_at);
CREATE INDEX payments_amount_index ON payments (tenant_id, amount, id);
CREATE INDEX payments_phone_digits_index ON payments (tenant_id, phone_digits);
CREATE INDEX payments_updated_at_index ON payments (tenant_id, updated_at, id);
CREATE INDEX payments_invoice_id_index ON payments (tenant_id, invoice_id);
CREATE INDEX payments_gateway_id_index ON payments (tenant_id, gateway_id);

-- Payments that were asked for on a phone and not yet answered.
CREATE TABLE pending_payments (
    id                   BLOB     NOT NULL,
    tenant_id            BLOB     NOT NULL,
    checkout_request_id  TEXT     NOT NULL,
    gateway_id           BLOB     NOT NULL,
    phone                TEXT     NOT NULL DEFAULT '',
    phone_digits         TEXT     NOT NULL DEFAULT '',
    plan_id              BLOB,
    customer_id          BLOB,
    mac_address          TEXT,
    voucher_id           BLOB,
    payment_id           BLOB,
    amount               INTEGER  NOT NULL,
    currency             TEXT     NOT NULL DEFAULT '',
    status               TEXT     NOT NULL DEFAULT 'pending',
    expires_at           INTEGER  NOT NULL,
    version              INTEGER  NOT NULL DEFAULT 1,
    created_at           INTEGER  NOT NULL,
    updated_at           INTEGER  NOT NULL,
    CONSTRAINT pending_payments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT pending_payments_id_kind CHECK (length(id) = 16),
    CONSTRAINT pending_payments_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT pending_payments_checkout_request_id_required CHECK (checkout_request_id <> ''),
    CONSTRAINT pending_payments_checkout_request_id_length CHECK (length(checkout_request_id) <= 255),
    CONSTRAINT pending_payments_gateway_id_kind CHECK (length(gateway_id) = 16),
    CONSTRAINT pending_payments_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT pending_payments_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT pending_payments_plan_id_kind CHECK (length(plan_id) = 16),
    CONSTRAINT pending_payments_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT pending_payments_voucher_id_kind CHECK (length(voucher_id) = 16),
    CONSTRAINT pending_payments_payment_id_kind CHECK (length(payment_id) = 16),
    CONSTRAINT pending_payments_amount_check CHECK (amount >= 1),
    CONSTRAINT pending_payments_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT pending_payments_status_check CHECK (status IN ('pending', 'completed', 'failed', 'expired')),
    CONSTRAINT pending_payments_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT pending_payments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT pending_payments_gateway_id_fkey FOREIGN KEY (tenant_id, gateway_id) REFERENCES payment_gateways (tenant_id, id),
    CONSTRAINT pending_payments_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT pending_payments_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT pending_payments_voucher_id_fkey FOREIGN KEY (tenant_id, voucher_id) REFERENCES vouchers (tenant_id, id),
    CONSTRAINT pending_payments_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX pending_payments_checkout_request_id_unique ON pending_payments (checkout_request_id);
CREATE INDEX pending_payments_created_at_index ON pending_payments (tenant_id, created_at, id);
CREATE INDEX pending_payments_status_created_at_index ON pending_payments (tenant_id, status, created_at, id);
CREATE INDEX pending_payments_status_expires_at_index ON pending_payments (tenant_id, status, expires_at);
CREATE INDEX pending_payments_phone_digits_index ON pending_payments (tenant_id, phone_digits);
CREATE INDEX pending_payments_gateway_id_index ON pending_payments (tenant_id, gateway_id);
CREATE INDEX pending_payments_plan_id_index ON pending_payments (tenant_id, plan_id);
CREATE INDEX pending_payments_customer_id_index ON pending_payments (tenant_id, customer_id);
CREATE INDEX pending_payments_voucher_id_index ON pending_payments (tenant_id, voucher_id);
CREATE INDEX pending_payments_payment_id_index ON pending_payments (tenant_id, payment_id);

-- Money that goes out.
CREATE TABLE expenses (
    id            BLOB     NOT NULL,
    tenant_id     BLOB     NOT NULL,
    category      TEXT     NOT NULL,
    description   TEXT     NOT NULL DEFAULT '',
    amount        INTEGER  NOT NULL,
    currency      TEXT     NOT NULL DEFAULT '',
    vendor_id     BLOB,
    account_id    BLOB,
    method        TEXT     NOT NULL DEFAULT 'bank',
    spent_on      TEXT     NOT NULL,
    is_recurring  INTEGER  NOT NULL DEFAULT 0,
    recurrence    TEXT,
    next_due_on   TEXT,
    template_id   BLOB,
    version       INTEGER  NOT NULL DEFAULT 1,
    created_at    INTEGER  NOT NULL,
    updated_at    INTEGER  NOT NULL,
    CONSTRAINT expenses_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT expenses_id_kind CHECK (length(id) = 16),
    CONSTRAINT expenses_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT expenses_category_required CHECK (category <> ''),
    CONSTRAINT expenses_category_length CHECK (length(category) <= 100),
    CONSTRAINT expenses_description_length CHECK (length(description) <= 1000),
    CONSTRAINT expenses_amount_check CHECK (amount >= 1),
    CONSTRAINT expenses_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT expenses_vendor_id_kind CHECK (length(vendor_id) = 16),
    CONSTRAINT expenses_account_id_kind CHECK (length(account_id) = 16),
    CONSTRAINT expenses_method_check CHECK (method IN ('cash', 'mpesa', 'bank', 'card')),
    CONSTRAINT expenses_spent_on_kind CHECK (date(spent_on) IS spent_on),
    CONSTRAINT expenses_is_recurring_kind CHECK (is_recurring IN (0, 1)),
    CONSTRAINT expenses_recurrence_check CHECK (recurrence IN ('weekly', 'monthly', 'quarterly', 'yearly')),
    CONSTRAINT expenses_next_due_on_kind CHECK (next_due_on IS NULL OR date(next_due_on) IS next_due_on),
    CONSTRAINT expenses_template_id_kind CHECK (length(template_id) = 16),
    CONSTRAINT expenses_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT expenses_recurs_check CHECK (is_recurring AND recurrence IS NOT NULL OR NOT is_recurring AND recurrence IS NULL),
    CONSTRAINT expenses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT expenses_vendor_id_fkey FOREIGN KEY (tenant_id, vendor_id) REFERENCES vendors (tenant_id, id),
    CONSTRAINT expenses_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    CONSTRAINT expenses_template_id_fkey FOREIGN KEY (tenant_id, template_id) REFERENCES expenses (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX expenses_occurrence_unique ON expenses (tenant_id, template_id, spent_on) WHERE template_id IS NOT NULL;
CREATE INDEX expenses_spent_on_index ON expenses (tenant_id, spent_on, id);
CREATE INDEX expenses_category_spent_on_index ON expenses (tenant_id, category, spent_on, id);
CREATE INDEX expenses_category_index ON expenses (tenant_id, category, id);
CREATE INDEX expenses_next_due_on_index ON expenses (tenant_id, next_due_on);
CREATE INDEX expenses_amount_index ON expenses (tenant_id, amount, id);
CREATE INDEX expenses_created_at_index ON expenses (tenant_id, created_at, id);
CREATE INDEX expenses_updated_at_index ON expenses (tenant_id, updated_at, id);
CREATE INDEX expenses_vendor_id_index ON expenses (tenant_id, vendor_id);
CREATE INDEX expenses_account_id_index ON expenses (tenant_id, account_id);

-- Papers that run out.
CREATE TABLE licenses (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    name            TEXT     NOT NULL,
    name_key        TEXT     NOT NULL,
    category        TEXT     NOT NULL,
    license_number  TEXT     NOT NULL,
    vendor_id       BLOB     NOT NULL,
    issue_date      TEXT     NOT NULL,
    expiry_date     TEXT     NOT NULL,
    annual_cost     INTEGER  NOT NULL DEFAULT 0,
    currency        TEXT     NOT NULL DEFAULT '',
    notes           TEXT     NOT NULL DEFAULT '',
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT licenses_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT licenses_id_kind CHECK (length(id) = 16),
    CONSTRAINT licenses_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT licenses_name_required CHECK (name <> ''),
    CONSTRAINT licenses_name_length CHECK (length(name) <= 255),
    CONSTRAINT licenses_name_key_required CHECK (name_key <> ''),
    CONSTRAINT licenses_category_check CHECK (category IN ('software', 'regulatory', 'telecom', 'infrastructure')),
    CONSTRAINT licenses_license_number_required CHECK (license_number <> ''),
    CONSTRAINT licenses_license_number_length CHECK (length(license_number) <= 100),
    CONSTRAINT licenses_vendor_id_kind CHECK (length(vendor_id) = 16),
    CONSTRAINT licenses_issue_date_kind CHECK (date(issue_date) IS issue_date),
    CONSTRAINT licenses_expiry_date_kind CHECK (date(expiry_date) IS expiry_date),
    CONSTRAINT licenses_annual_cost_check CHECK (annual_cost >= 0),
    CONSTRAINT licenses_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT licenses_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT licenses_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT licenses_dates_check CHECK (expiry_date >= issue_date),
    CONSTRAINT licenses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT licenses_vendor_id_fkey FOREIGN KEY (tenant_id, vendor_id) REFERENCES vendors (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX licenses_license_number_unique ON licenses (tenant_id, license_number);
CREATE INDEX licenses_expiry_date_index ON licenses (tenant_id, expiry_date, id);
CREATE INDEX licenses_name_key_index ON licenses (tenant_id, name_key, id);
CREATE INDEX licenses_category_expiry_date_index ON licenses (tenant_id, category, expiry_date, id);
CREATE INDEX licenses_updated_at_index ON licenses (tenant_id, updated_at, id);
CREATE INDEX licenses_vendor_id_index ON licenses (tenant_id, vendor_id);

-- Who takes payments for us.
CREATE TABLE payment_gateways (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    name           TEXT     NOT NULL,
    name_key       TEXT     NOT NULL,
    provider       TEXT     NOT NULL,
    purpose        TEXT     NOT NULL DEFAULT 'all',
    configuration  TEXT     NOT NULL DEFAULT '{}',
    credentials    BLOB,
    is_active      INTEGER  NOT NULL DEFAULT 1,
    is_default     INTEGER  NOT NULL DEFAULT 0,
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT payment_gateways_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT payment_gateways_id_kind CHECK (length(id) = 16),
    CONSTRAINT payment_gateways_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT payment_gateways_name_required CHECK (name <> ''),
    CONSTRAINT payment_gateways_name_length CHECK (length(name) <= 200),
    CONSTRAINT payment_gateways_name_key_required CHECK (name_key <> ''),
    CONSTRAINT payment_gateways_provider_required CHECK (provider <> ''),
    CONSTRAINT payment_gateways_provider_length CHECK (length(provider) <= 100),
    CONSTRAINT payment_gateways_purpose_check CHECK (purpose IN ('hotspot', 'pppoe', 'all')),
    CONSTRAINT payment_gateways_configuration_kind CHECK (json_valid(configuration)),
    CONSTRAINT payment_gateways_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT payment_gateways_is_default_kind CHECK (is_default IN (0, 1)),
    CONSTRAINT payment_gateways_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT payment_gateways_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX payment_gateways_name_unique ON payment_gateways (tenant_id, name_key);
CREATE UNIQUE INDEX payment_gateways_default_one_unique ON payment_gateways (tenant_id, purpose) WHERE is_default;
CREATE INDEX payment_gateways_name_key_index ON payment_gateways (tenant_id, name_key, id);

-- Who sends messages for us.
CREATE TABLE sms_gateways (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    name           TEXT     NOT NULL,
    name_key       TEXT     NOT NULL,
    provider       TEXT     NOT NULL,
    purpose        TEXT     NOT NULL DEFAULT 'all',
    configuration  TEXT     NOT NULL DEFAULT '{}',
    credentials    BLOB,
    is_active      INTEGER  NOT NULL DEFAULT 1,
    is_default     INTEGER  NOT NULL DEFAULT 0,
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT sms_gateways_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sms_gateways_id_kind CHECK (length(id) = 16),
    CONSTRAINT sms_gateways_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT sms_gateways_name_required CHECK (name <> ''),
    CONSTRAINT sms_gateways_name_length CHECK (length(name) <= 200),
    CONSTRAINT sms_gateways_name_key_required CHECK (name_key <> ''),
    CONSTRAINT sms_gateways_provider_required CHECK (provider <> ''),
    CONSTRAINT sms_gateways_provider_length CHECK (length(provider) <= 100),
    CONSTRAINT sms_gateways_purpose_check CHECK (purpose IN ('hotspot', 'pppoe', 'all')),
    CONSTRAINT sms_gateways_configuration_kind CHECK (json_valid(configuration)),
    CONSTRAINT sms_gateways_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT sms_gateways_is_default_kind CHECK (is_default IN (0, 1)),
    CONSTRAINT sms_gateways_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT sms_gateways_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX sms_gateways_name_unique ON sms_gateways (tenant_id, name_key);
CREATE UNIQUE INDEX sms_gateways_default_one_unique ON sms_gateways (tenant_id, purpose) WHERE is_default;
CREATE INDEX sms_gateways_name_key_index ON sms_gateways (tenant_id, name_key, id);

-- Messages and whether they arrived.
CREATE TABLE sms_log (
    id                   BLOB     NOT NULL,
    tenant_id            BLOB     NOT NULL,
    gateway_id           BLOB,
    provider             TEXT     NOT NULL DEFAULT '',
    customer_id          BLOB,
    entity_type          TEXT,
    entity_id            BLOB,
    recipient            TEXT     NOT NULL DEFAULT '',
    body                 TEXT     NOT NULL DEFAULT '',
    status               TEXT     NOT NULL DEFAULT 'queued',
    provider_message_id  TEXT,
    error                TEXT,
    cost                 INTEGER,
    currency             TEXT,
    created_at           INTEGER  NOT NULL,
    updated_at           INTEGER  NOT NULL,
    CONSTRAINT sms_log_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sms_log_id_kind CHECK (length(id) = 16),
    CONSTRAINT sms_log_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT sms_log_gateway_id_kind CHECK (length(gateway_id) = 16),
    CONSTRAINT sms_log_provider_length CHECK (length(provider) <= 100),
    CONSTRAINT sms_log_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT sms_log_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT sms_log_entity_id_kind CHECK (length(entity_id) = 16),
    CONSTRAINT sms_log_recipient_length CHECK (length(recipient) <= 50),
    CONSTRAINT sms_log_body_length CHECK (length(body) <= 10000),
    CONSTRAINT sms_log_status_check CHECK (status IN ('queued', 'sent', 'failed', 'delivered')),
    CONSTRAINT sms_log_provider_message_id_length CHECK (length(provider_message_id) <= 255),
    CONSTRAINT sms_log_error_length CHECK (length(error) <= 10000),
    CONSTRAINT sms_log_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT sms_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT sms_log_gateway_id_fkey FOREIGN KEY (tenant_id, gateway_id) REFERENCES sms_gateways (tenant_id, id),
    CONSTRAINT sms_log_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT;
CREATE INDEX sms_log_created_at_index ON sms_log (tenant_id, created_at, id);
CREATE INDEX sms_log_status_created_at_index ON sms_log (tenant_id, status, created_at, id);
CREATE INDEX sms_log_customer_id_created_at_index ON sms_log (tenant_id, customer_id, created_at);
CREATE INDEX sms_log_provider_message_id_index ON sms_log (tenant_id, provider_message_id);
CREATE INDEX sms_log_gateway_id_index ON sms_log (tenant_id, gateway_id);

-- Programs that devices run.
CREATE TABLE software (
    id                 BLOB     NOT NULL,
    tenant_id          BLOB     NOT NULL,
    name               TEXT     NOT NULL,
    name_key           TEXT     NOT NULL,
    description        TEXT     NOT NULL DEFAULT '',
    vendor             TEXT     NOT NULL DEFAULT '',
    category           TEXT     NOT NULL DEFAULT 'firmware',
    platform           TEXT     NOT NULL DEFAULT '',
    license_type       TEXT     NOT NULL DEFAULT '',
    repository_url     TEXT     NOT NULL DEFAULT '',
    documentation_url  TEXT     NOT NULL DEFAULT '',
    created_by         BLOB,
    is_active          INTEGER  NOT NULL DEFAULT 1,
    version            INTEGER  NOT NULL DEFAULT 1,
    created_at         INTEGER  NOT NULL,
    updated_at         INTEGER  NOT NULL,
    CONSTRAINT software_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT software_id_kind CHECK (length(id) = 16),
    CONSTRAINT software_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT software_name_required CHECK (name <> ''),
    CONSTRAINT software_name_length CHECK (length(name) <= 255),
    CONSTRAINT software_name_key_required CHECK (name_key <> ''),
    CONSTRAINT software_description_length CHECK (length(description) <= 10000),
    CONSTRAINT software_vendor_length CHECK (length(vendor) <= 255),
    CONSTRAINT software_category_check CHECK (category IN ('firmware', 'application', 'driver', 'tool')),
    CONSTRAINT software_platform_length CHECK (length(platform) <= 100),
    CONSTRAINT software_license_type_length CHECK (length(license_type) <= 100),
    CONSTRAINT software_repository_url_length CHECK (length(repository_url) <= 500),
    CONSTRAINT software_documentation_url_length CHECK (length(documentation_url) <= 500),
    CONSTRAINT software_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT software_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT software_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT software_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT software_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX software_name_unique ON software (tenant_id, name_key);
CREATE INDEX software_name_key_index ON software (tenant_id, name_key, id);
CREATE INDEX software_category_name_key_index ON software (tenant_id, category, name_key, id);
CREATE INDEX software_is_active_name_key_index ON software (tenant_id, is_active, name_key, id);
CREATE INDEX software_updated_at_index ON software (tenant_id, updated_at, id);

-- Each version, and what it needs.
CREATE TABLE software_versions (
    id               BLOB     NOT NULL,
    tenant_id        BLOB     NOT NULL,
    software_id      BLOB     NOT NULL,
    version_number   TEXT     NOT NULL,
    version_key      TEXT     NOT NULL,
    release_notes    TEXT     NOT NULL DEFAULT '',
    changelog        TEXT     NOT NULL DEFAULT '',
    file_path        TEXT,
    file_size        INTEGER,
    checksum         TEXT,
    download_url     TEXT,
    is_stable        INTEGER  NOT NULL DEFAULT 0,
    is_beta          INTEGER  NOT NULL DEFAULT 0,
    requires_reboot  INTEGER  NOT NULL DEFAULT 0,
    compatibility    TEXT     NOT NULL DEFAULT '{}',
    created_by       BLOB,
    released_at      INTEGER,
    version          INTEGER  NOT NULL DEFAULT 1,
    created_at       INTEGER  NOT NULL,
    updated_at       INTEGER  NOT NULL,
    CONSTRAINT software_versions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT software_versions_id_kind CHECK (length(id) = 16),
    CONSTRAINT software_versions_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT software_versions_software_id_kind CHECK (length(software_id) = 16),
    CONSTRAINT software_versions_version_number_required CHECK (version_number <> ''),
    CONSTRAINT software_versions_version_number_length CHECK (length(version_number) <= 100),
    CONSTRAINT software_versions_version_key_required CHECK (version_key <> ''),
    CONSTRAINT software_versions_release_notes_length CHECK (length(release_notes) <= 100000),
    CONSTRAINT software_versions_changelog_length CHECK (length(changelog) <= 100000),
    CONSTRAINT software_versions_file_path_length CHECK (length(file_path) <= 500),
    CONSTRAINT software_versions_file_size_check CHECK (file_size >= 0),
    CONSTRAINT software_versions_checksum_length CHECK (length(checksum) <= 64),
    CONSTRAINT software_versions_download_url_length CHECK (length(download_url) <= 500),
    CONSTRAINT software_versions_is_stable_kind CHECK (is_stable IN (0, 1)),
    CONSTRAINT software_versions_is_beta_kind CHECK (is_beta IN (0, 1)),
    CONSTRAINT software_versions_requires_reboot_kind CHECK (requires_reboot IN (0, 1)),
    CONSTRAINT software_versions_compatibility_kind CHECK (json_valid(compatibility)),
    CONSTRAINT software_versions_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT software_versions_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT software_versions_stage_check CHECK (NOT (is_stable AND is_beta)),
    CONSTRAINT software_versions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT software_versions_software_id_fkey FOREIGN KEY (tenant_id, software_id) REFERENCES software (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT software_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE UNIQUE INDEX software_versions_version_number_unique ON software_versions (tenant_id, software_id, version_number);
CREATE INDEX software_versions_software_id_version_key_index ON software_versions (tenant_id, software_id, version_key);
CREATE INDEX software_versions_version_key_index ON software_versions (tenant_id, version_key, id);
CREATE INDEX software_versions_created_at_index ON software_versions (tenant_id, created_at, id);
CREATE INDEX software_versions_released_at_index ON software_versions (tenant_id, released_at, id);

-- What was put on which device, when and how it went.
CREATE TABLE software_installations (
    id                BLOB     NOT NULL,
    tenant_id         BLOB     NOT NULL,
    device_id         BLOB     NOT NULL,
    version_id        BLOB     NOT NULL,
    action            TEXT     NOT NULL DEFAULT 'install',
    status            TEXT     NOT NULL DEFAULT 'pending',
    initiated_by      BLOB,
    started_at        INTEGER,
    completed_at      INTEGER,
    error_message     TEXT,
    installation_log  TEXT     NOT NULL DEFAULT '',
    previous_version  TEXT,
    new_version       TEXT,
    rollback_point    TEXT,
    rollback_of_id    BLOB,
    version           INTEGER  NOT NULL DEFAULT 1,
    created_at        INTEGER  NOT NULL,
    updated_at        INTEGER  NOT NULL,
    CONSTRAINT software_installations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT software_installations_id_kind CHECK (length(id) = 16),
    CONSTRAINT software_installations_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT software_installations_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT software_installations_version_id_kind CHECK (length(version_id) = 16),
    CONSTRAINT software_installations_action_check CHECK (action IN ('install', 'update', 'uninstall', 'rollback')),
    CONSTRAINT software_installations_status_check CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
    CONSTRAINT software_installations_initiated_by_kind CHECK (length(initiated_by) = 16),
    CONSTRAINT software_installations_error_message_length CHECK (length(error_message) <= 10000),
    CONSTRAINT software_installations_installation_log_length CHECK (length(installation_log) <= 100000),
    CONSTRAINT software_installations_previous_version_length CHECK (length(previous_version) <= 100),
    CONSTRAINT software_installations_new_version_length CHECK (length(new_version) <= 100),
    CONSTRAINT software_installations_rollback_point_kind CHECK (rollback_point IS NULL OR json_valid(rollback_point)),
    CONSTRAINT software_installations_rollback_of_id_kind CHECK (length(rollback_of_id) = 16),
    CONSTRAINT software_installations_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT software_installations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT software_installations_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT software_installations_version_id_fkey FOREIGN KEY (tenant_id, version_id) REFERENCES software_versions (tenant_id, id),
    CONSTRAINT software_installations_initiated_by_fkey FOREIGN KEY (initiated_by) REFERENCES users (id),
    CONSTRAINT software_installations_rollback_of_id_fkey FOREIGN KEY (tenant_id, rollback_of_id) REFERENCES software_installations (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX software_installations_device_unique ON software_installations (tenant_id, device_id) WHERE status IN ('pending', 'in_progress');
CREATE INDEX software_installations_created_at_index ON software_installations (tenant_id, created_at, id);
CREATE INDEX software_installations_status_created_at_index ON software_installations (tenant_id, status, created_at, id);
CREATE INDEX software_installations_device_id_created_at_index ON software_installations (tenant_id, device_id, created_at);
CREATE INDEX software_installations_version_id_index ON software_installations (tenant_id, version_id);
CREATE INDEX software_installations_rollback_of_id_index ON software_installations (tenant_id, rollback_of_id);

-- What each device runs now.
CREATE TABLE device_software (
    id                   BLOB     NOT NULL,
    tenant_id            BLOB     NOT NULL,
    device_id            BLOB     NOT NULL,
    software_id          BLOB     NOT NULL,
    version_id           BLOB,
    installed_version    TEXT,
    installed_key        TEXT,
    installation_status  TEXT     NOT NULL DEFAULT 'not_installed',
    installation_date    INTEGER,
    last_updated         INTEGER,
    configuration        TEXT     NOT NULL DEFAULT '{}',
    notes                TEXT     NOT NULL DEFAULT '',
    version              INTEGER  NOT NULL DEFAULT 1,
    created_at           INTEGER  NOT NULL,
    updated_at           INTEGER  NOT NULL,
    CONSTRAINT device_software_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_software_id_kind CHECK (length(id) = 16),
    CONSTRAINT device_software_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT device_software_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT device_software_software_id_kind CHECK (length(software_id) = 16),
    CONSTRAINT device_software_version_id_kind CHECK (length(version_id) = 16),
    CONSTRAINT device_software_installed_version_length CHECK (length(installed_version) <= 100),
    CONSTRAINT device_software_installation_status_check CHECK (installation_status IN ('not_installed', 'installing', 'installed', 'failed', 'outdated')),
    CONSTRAINT device_software_configuration_kind CHECK (json_valid(configuration)),
    CONSTRAINT device_software_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT device_software_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT device_software_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_software_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT device_software_software_id_fkey FOREIGN KEY (tenant_id, software_id) REFERENCES software (tenant_id, id),
    CONSTRAINT device_software_version_id_fkey FOREIGN KEY (tenant_id, version_id) REFERENCES software_versions (tenant_id, id)
) STRICT;
CREATE UNIQUE INDEX device_software_software_unique ON device_software (tenant_id, device_id, software_id);
CREATE INDEX device_software_created_at_index ON device_software (tenant_id, created_at, id);
CREATE INDEX device_software_installation_status_index ON device_software (tenant_id, installation_status, id);
CREATE INDEX device_software_software_id_index ON device_software (tenant_id, software_id);
CREATE INDEX device_software_version_id_index ON device_software (tenant_id, version_id);

-- Configurations with blanks, and what may be written into them.
CREATE TABLE config_templates (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    name            TEXT     NOT NULL,
    name_key        TEXT     NOT NULL,
    template_type   TEXT     NOT NULL,
    category        TEXT,
    schema          TEXT     NOT NULL DEFAULT '{}',
    default_values  TEXT     NOT NULL DEFAULT '{}',
    description     TEXT     NOT NULL DEFAULT '',
    is_active       INTEGER  NOT NULL DEFAULT 1,
    created_by      BLOB,
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT config_templates_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT config_templates_id_kind CHECK (length(id) = 16),
    CONSTRAINT config_templates_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT config_templates_name_required CHECK (name <> ''),
    CONSTRAINT config_templates_name_length CHECK (length(name) <= 255),
    CONSTRAINT config_templates_name_key_required CHECK (name_key <> ''),
    CONSTRAINT config_templates_template_type_check CHECK (template_type IN ('test_flow', 'device_config', 'software_config', 'scenario')),
    CONSTRAINT config_templates_category_length CHECK (length(category) <= 100),
    CONSTRAINT config_templates_schema_kind CHECK (json_valid(schema)),
    CONSTRAINT config_templates_default_values_kind CHECK (json_valid(default_values)),
    CONSTRAINT config_templates_description_length CHECK (length(description) <= 10000),
    CONSTRAINT config_templates_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT config_templates_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT config_templates_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT config_templates_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT config_templates_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE INDEX config_templates_name_key_index ON config_templates (tenant_id, name_key, id);
CREATE INDEX config_templates_template_type_name_key_index ON config_templates (tenant_id, template_type, name_key, id);
CREATE INDEX config_templates_is_active_name_key_index ON config_templates (tenant_id, is_active, name_key, id);
CREATE INDEX config_templates_updated_at_index ON config_templates (tenant_id, updated_at, id);

-- What is tried on a device, step by step.
CREATE TABLE test_scenarios (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    name         TEXT     NOT NULL,
    name_key     TEXT     NOT NULL,
    description  TEXT     NOT NULL DEFAULT '',
    device_type  TEXT,
    test_flow    TEXT     NOT NULL DEFAULT '{}',
    created_by   BLOB,
    is_active    INTEGER  NOT NULL DEFAULT 1,
    version      INTEGER  NOT NULL DEFAULT 1,
    created_at   INTEGER  NOT NULL,
    updated_at   INTEGER  NOT NULL,
    CONSTRAINT test_scenarios_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT test_scenarios_id_kind CHECK (length(id) = 16),
    CONSTRAINT test_scenarios_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT test_scenarios_name_required CHECK (name <> ''),
    CONSTRAINT test_scenarios_name_length CHECK (length(name) <= 255),
    CONSTRAINT test_scenarios_name_key_required CHECK (name_key <> ''),
    CONSTRAINT test_scenarios_description_length CHECK (length(description) <= 10000),
    CONSTRAINT test_scenarios_device_type_length CHECK (length(device_type) <= 100),
    CONSTRAINT test_scenarios_test_flow_kind CHECK (json_valid(test_flow)),
    CONSTRAINT test_scenarios_created_by_kind CHECK (length(created_by) = 16),
    CONSTRAINT test_scenarios_is_active_kind CHECK (is_active IN (0, 1)),
    CONSTRAINT test_scenarios_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT test_scenarios_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT test_scenarios_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
) STRICT;
CREATE INDEX test_scenarios_name_key_index ON test_scenarios (tenant_id, name_key, id);
CREATE INDEX test_scenarios_device_type_name_key_index ON test_scenarios (tenant_id, device_type, name_key, id);
CREATE INDEX test_scenarios_is_active_name_key_index ON test_scenarios (tenant_id, is_active, name_key, id);
CREATE INDEX test_scenarios_updated_at_index ON test_scenarios (tenant_id, updated_at, id);

-- The steps of a scenario.
CREATE TABLE test_steps (
    id                      BLOB     NOT NULL,
    tenant_id               BLOB     NOT NULL,
    scenario_id             BLOB     NOT NULL,
    step_order              INTEGER  NOT NULL,
    step_name               TEXT     NOT NULL,
    description             TEXT     NOT NULL DEFAULT '',
    parameters              TEXT     NOT NULL DEFAULT '{}',
    criteria                TEXT     NOT NULL DEFAULT '{}',
    auto_test               INTEGER  NOT NULL DEFAULT 1,
    operator_participation  INTEGER  NOT NULL DEFAULT 0,
    version                 INTEGER  NOT NULL DEFAULT 1,
    created_at              INTEGER  NOT NULL,
    updated_at              INTEGER  NOT NULL,
    CONSTRAINT test_steps_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT test_steps_id_kind CHECK (length(id) = 16),
    CONSTRAINT test_steps_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT test_steps_scenario_id_kind CHECK (length(scenario_id) = 16),
    CONSTRAINT test_steps_step_order_kind CHECK (step_order BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT test_steps_step_order_check CHECK (step_order >= 1),
    CONSTRAINT test_steps_step_name_required CHECK (step_name <> ''),
    CONSTRAINT test_steps_step_name_length CHECK (length(step_name) <= 255),
    CONSTRAINT test_steps_description_length CHECK (length(description) <= 10000),
    CONSTRAINT test_steps_parameters_kind CHECK (json_valid(parameters)),
    CONSTRAINT test_steps_criteria_kind CHECK (json_valid(criteria)),
    CONSTRAINT test_steps_auto_test_kind CHECK (auto_test IN (0, 1)),
    CONSTRAINT test_steps_operator_participation_kind CHECK (operator_participation IN (0, 1)),
    CONSTRAINT test_steps_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT test_steps_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT test_steps_scenario_id_fkey FOREIGN KEY (tenant_id, scenario_id) REFERENCES test_scenarios (tenant_id, id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX test_steps_step_order_unique ON test_steps (tenant_id, scenario_id, step_order);
CREATE INDEX test_steps_created_at_index ON test_steps (tenant_id, created_at, id);

-- How a device did.
CREATE TABLE test_reports (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    scenario_id    BLOB     NOT NULL,
    device_id      BLOB     NOT NULL,
    operator_id    BLOB,
    customer_id    BLOB,
    start_time     INTEGER  NOT NULL,
    end_time       INTEGER,
    status         TEXT     NOT NULL DEFAULT 'pending',
    verdict        TEXT,
    results        TEXT     NOT NULL DEFAULT '{}',
    pressure_data  TEXT     NOT NULL DEFAULT '{}',
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT test_reports_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT test_reports_id_kind CHECK (length(id) = 16),
    CONSTRAINT test_reports_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT test_reports_scenario_id_kind CHECK (length(scenario_id) = 16),
    CONSTRAINT test_reports_device_id_kind CHECK (length(device_id) = 16),
    CONSTRAINT test_reports_operator_id_kind CHECK (length(operator_id) = 16),
    CONSTRAINT test_reports_customer_id_kind CHECK (length(customer_id) = 16),
    CONSTRAINT test_reports_status_check CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
    CONSTRAINT test_reports_verdict_check CHECK (verdict IN ('pass', 'inconclusive', 'fail', 'aborted', 'error')),
    CONSTRAINT test_reports_results_kind CHECK (json_valid(results)),
    CONSTRAINT test_reports_pressure_data_kind CHECK (json_valid(pressure_data)),
    CONSTRAINT test_reports_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT test_reports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT test_reports_scenario_id_fkey FOREIGN KEY (tenant_id, scenario_id) REFERENCES test_scenarios (tenant_id, id),
    CONSTRAINT test_reports_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT test_reports_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users (id),
    CONSTRAINT test_reports_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) STRICT;
CREATE INDEX test_reports_start_time_index ON test_reports (tenant_id, start_time, id);
CREATE INDEX test_reports_status_start_time_index ON test_reports (tenant_id, status, start_time, id);
CREATE INDEX test_reports_device_id_start_time_index ON test_reports (tenant_id, device_id, start_time);
CREATE INDEX test_reports_created_at_index ON test_reports (tenant_id, created_at, id);
CREATE INDEX test_reports_scenario_id_index ON test_reports (tenant_id, scenario_id);
CREATE INDEX test_reports_customer_id_index ON test_reports (tenant_id, customer_id);

-- What was taken from and given to an outside system; closed once completed.
CREATE TABLE provider_sync_logs (
    id              BLOB     NOT NULL,
    tenant_id       BLOB     NOT NULL,
    provider_id     BLOB     NOT NULL,
    sync_type       TEXT     NOT NULL DEFAULT 'manual',
    entity_type     TEXT     NOT NULL DEFAULT '',
    direction       TEXT     NOT NULL DEFAULT 'pull',
    records_synced  INTEGER  NOT NULL DEFAULT 0,
    records_failed  INTEGER  NOT NULL DEFAULT 0,
    error_details   TEXT     NOT NULL DEFAULT '{}',
    status          TEXT,
    started_at      INTEGER  NOT NULL,
    completed_at    INTEGER,
    version         INTEGER  NOT NULL DEFAULT 1,
    created_at      INTEGER  NOT NULL,
    updated_at      INTEGER  NOT NULL,
    CONSTRAINT provider_sync_logs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT provider_sync_logs_id_kind CHECK (length(id) = 16),
    CONSTRAINT provider_sync_logs_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT provider_sync_logs_provider_id_kind CHECK (length(provider_id) = 16),
    CONSTRAINT provider_sync_logs_sync_type_check CHECK (sync_type IN ('full', 'incremental', 'webhook', 'manual')),
    CONSTRAINT provider_sync_logs_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT provider_sync_logs_direction_check CHECK (direction IN ('pull', 'push', 'bidirectional')),
    CONSTRAINT provider_sync_logs_records_synced_kind CHECK (records_synced BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT provider_sync_logs_records_synced_check CHECK (records_synced >= 0),
    CONSTRAINT provider_sync_logs_records_failed_kind CHECK (records_failed BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT provider_sync_logs_records_failed_check CHECK (records_failed >= 0),
    CONSTRAINT provider_sync_logs_error_details_kind CHECK (json_valid(error_details)),
    CONSTRAINT provider_sync_logs_status_check CHECK (status IN ('success', 'partial', 'failed')),
    CONSTRAINT provider_sync_logs_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT provider_sync_logs_closed_check CHECK ((status IS NULL) = (completed_at IS NULL)),
    CONSTRAINT provider_sync_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT provider_sync_logs_provider_id_fkey FOREIGN KEY (tenant_id, provider_id) REFERENCES provider_configs (tenant_id, id)
) STRICT;
CREATE INDEX provider_sync_logs_started_at_index ON provider_sync_logs (tenant_id, started_at, id);
CREATE INDEX provider_sync_logs_status_started_at_index ON provider_sync_logs (tenant_id, status, started_at, id);
CREATE INDEX provider_sync_logs_provider_id_started_at_index ON provider_sync_logs (tenant_id, provider_id, started_at);

-- What outside systems told us, each once.
CREATE TABLE webhook_events (
    id             BLOB     NOT NULL,
    tenant_id      BLOB     NOT NULL,
    provider_name  TEXT     NOT NULL,
    provider_type  TEXT     NOT NULL,
    event_type     TEXT     NOT NULL,
    event_id       TEXT     NOT NULL,
    payload        TEXT     NOT NULL DEFAULT '{}',
    headers        TEXT     NOT NULL DEFAULT '{}',
    ip_address     TEXT,
    status         TEXT     NOT NULL DEFAULT 'pending',
    received_at    INTEGER  NOT NULL,
    processed_at   INTEGER,
    error_message  TEXT,
    version        INTEGER  NOT NULL DEFAULT 1,
    created_at     INTEGER  NOT NULL,
    updated_at     INTEGER  NOT NULL,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_events_id_kind CHECK (length(id) = 16),
    CONSTRAINT webhook_events_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT webhook_events_provider_name_required CHECK (provider_name <> ''),
    CONSTRAINT webhook_events_provider_name_length CHECK (length(provider_name) <= 255),
    CONSTRAINT webhook_events_provider_type_check CHECK (provider_type IN ('auth', 'crm', 'billing', 'payment', 'sms')),
    CONSTRAINT webhook_events_event_type_required CHECK (event_type <> ''),
    CONSTRAINT webhook_events_event_type_length CHECK (length(event_type) <= 255),
    CONSTRAINT webhook_events_event_id_required CHECK (event_id <> ''),
    CONSTRAINT webhook_events_event_id_length CHECK (length(event_id) <= 255),
    CONSTRAINT webhook_events_payload_kind CHECK (json_valid(payload)),
    CONSTRAINT webhook_events_headers_kind CHECK (json_valid(headers)),
    CONSTRAINT webhook_events_ip_address_length CHECK (length(ip_address) <= 50),
    CONSTRAINT webhook_events_status_check CHECK (status IN ('pending', 'processing', 'processed', 'failed')),
    CONSTRAINT webhook_events_error_message_length CHECK (length(error_message) <= 10000),
    CONSTRAINT webhook_events_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT webhook_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE UNIQUE INDEX webhook_events_event_id_unique ON webhook_events (tenant_id, provider_name, event_id);
CREATE INDEX webhook_events_received_at_index ON webhook_events (tenant_id, received_at, id);
CREATE INDEX webhook_events_status_received_at_index ON webhook_events (tenant_id, status, received_at, id);
CREATE INDEX webhook_events_event_type_received_at_index ON webhook_events (tenant_id, event_type, received_at);
CREATE INDEX webhook_events_provider_name_received_at_index ON webhook_events (tenant_id, provider_name, received_at);

-- What must reach another system, written with what caused it; taken away when it has.
CREATE TABLE outbox (
    id           BLOB     NOT NULL,
    tenant_id    BLOB     NOT NULL,
    kind         TEXT     NOT NULL,
    entity_type  TEXT     NOT NULL DEFAULT '',
    record_id    BLOB,
    payload      TEXT     NOT NULL DEFAULT '{}',
    created_at   INTEGER  NOT NULL,
    due_at       INTEGER  NOT NULL,
    attempts     INTEGER  NOT NULL DEFAULT 0,
    error        TEXT,
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT outbox_id_kind CHECK (length(id) = 16),
    CONSTRAINT outbox_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT outbox_kind_required CHECK (kind <> ''),
    CONSTRAINT outbox_kind_length CHECK (length(kind) <= 100),
    CONSTRAINT outbox_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT outbox_record_id_kind CHECK (length(record_id) = 16),
    CONSTRAINT outbox_payload_kind CHECK (json_valid(payload)),
    CONSTRAINT outbox_attempts_kind CHECK (attempts BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT outbox_attempts_check CHECK (attempts >= 0),
    CONSTRAINT outbox_error_length CHECK (length(error) <= 10000),
    CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) STRICT;
CREATE INDEX outbox_due_at_index ON outbox (tenant_id, due_at, id);
CREATE INDEX outbox_kind_due_at_index ON outbox (tenant_id, kind, due_at);

-- Tokens for scripts, each with fewer rights than its person.
CREATE TABLE api_tokens (
    id            BLOB     NOT NULL,
    tenant_id     BLOB     NOT NULL,
    user_id       BLOB     NOT NULL,
    name          TEXT     NOT NULL,
    name_key      TEXT     NOT NULL,
    token_hash    BLOB     NOT NULL,
    permissions   TEXT     NOT NULL DEFAULT '[]',
    expires_at    INTEGER,
    last_used_at  INTEGER,
    revoked_at    INTEGER,
    version       INTEGER  NOT NULL DEFAULT 1,
    created_at    INTEGER  NOT NULL,
    updated_at    INTEGER  NOT NULL,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_tokens_id_kind CHECK (length(id) = 16),
    CONSTRAINT api_tokens_tenant_id_kind CHECK (length(tenant_id) = 16),
    CONSTRAINT api_tokens_user_id_kind CHECK (length(user_id) = 16),
    CONSTRAINT api_tokens_name_required CHECK (name <> ''),
    CONSTRAINT api_tokens_name_length CHECK (length(name) <= 200),
    CONSTRAINT api_tokens_name_key_required CHECK (name_key <> ''),
    CONSTRAINT api_tokens_permissions_kind CHECK (json_valid(permissions)),
    CONSTRAINT api_tokens_version_kind CHECK (version BETWEEN -2147483648 AND 2147483647),
    CONSTRAINT api_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
) STRICT;
CREATE UNIQUE INDEX api_tokens_token_unique ON api_tokens (token_hash);
CREATE UNIQUE INDEX api_tokens_name_unique ON api_tokens (tenant_id, user_id, name_key);
CREATE INDEX api_tokens_name_key_index ON api_tokens (tenant_id, name_key, id);

-- Which program does what falls due by the clock, and when each task last ran.
CREATE TABLE clock_leases (
    task         TEXT     NOT NULL,
    owner        TEXT     NOT NULL DEFAULT '',
    expires_at   INTEGER  NOT NULL,
    last_run_at  INTEGER,
    CONSTRAINT clock_leases_pkey PRIMARY KEY (task),
    CONSTRAINT clock_leases_task_required CHECK (task <> ''),
    CONSTRAINT clock_leases_task_length CHECK (length(task) <= 100),
    CONSTRAINT clock_leases_owner_length CHECK (length(owner) <= 200)
) STRICT;

-- Each record's words, folded, a space before each; its parts, the same of each field, are for the index (on SQLite with two spaces for one).
CREATE TABLE search_documents (
    docid INTEGER PRIMARY KEY,
    tenant_id  BLOB  NOT NULL,
    kind       TEXT  NOT NULL DEFAULT '',
    record_id  BLOB  NOT NULL,
    text       TEXT  NOT NULL DEFAULT '',
    part_1     TEXT  NOT NULL DEFAULT '',
    part_2     TEXT  NOT NULL DEFAULT '',
    part_3     TEXT  NOT NULL DEFAULT '',
    part_4     TEXT  NOT NULL DEFAULT '',
    part_5     TEXT  NOT NULL DEFAULT '',
    part_6     TEXT  NOT NULL DEFAULT '',
    part_7     TEXT  NOT NULL DEFAULT '',
    part_8     TEXT  NOT NULL DEFAULT '',
    part_9     TEXT  NOT NULL DEFAULT '',
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
            UNION
            SELECT p.parent_id FROM above JOIN device_parents p ON p.tenant_id = NEW.tenant_id AND p.device_id = above.id
        )
        SELECT id FROM above
    );
END;

CREATE TRIGGER device_parents_cycle_insert BEFORE INSERT ON device_parents
BEGIN
    SELECT RAISE(ABORT, 'devices_parent_cycle')
    WHERE NEW.device_id IN (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT d.parent_id FROM above JOIN devices d ON d.tenant_id = NEW.tenant_id AND d.id = above.id
            WHERE d.parent_id IS NOT NULL
            UNION
            SELECT p.parent_id FROM above JOIN device_parents p ON p.tenant_id = NEW.tenant_id AND p.device_id = above.id
        )
        SELECT id FROM above
    );
END;

CREATE TRIGGER device_parents_cycle_update BEFORE UPDATE OF device_id, parent_id ON device_parents
BEGIN
    SELECT RAISE(ABORT, 'devices_parent_cycle')
    WHERE NEW.device_id IN (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT d.parent_id FROM above JOIN devices d ON d.tenant_id = NEW.tenant_id AND d.id = above.id
            WHERE d.parent_id IS NOT NULL
            UNION
            SELECT p.parent_id FROM above JOIN device_parents p ON p.tenant_id = NEW.tenant_id AND p.device_id = above.id
        )
        SELECT id FROM above
    );
END;

-- A device is never booked twice for one time: [start, end) of the bookings that count never overlap.
CREATE TRIGGER bookings_overlap_insert
BEFORE INSERT ON bookings WHEN NEW.status IN ('pending', 'confirmed', 'active')
BEGIN
    SELECT RAISE(ABORT, 'bookings_overlap')
    WHERE EXISTS (
        SELECT 1 FROM bookings b
        WHERE b.tenant_id = NEW.tenant_id AND b.device_id = NEW.device_id AND b.id <> NEW.id
            AND b.status IN ('pending', 'confirmed', 'active')
            AND b.start_time < NEW.end_time AND b.end_time > NEW.start_time
    );
END;

CREATE TRIGGER bookings_overlap_update
BEFORE UPDATE OF device_id, start_time, end_time, status ON bookings WHEN NEW.status IN ('pending', 'confirmed', 'active')
BEGIN
    SELECT RAISE(ABORT, 'bookings_overlap')
    WHERE EXISTS (
        SELECT 1 FROM bookings b
        WHERE b.tenant_id = NEW.tenant_id AND b.device_id = NEW.device_id AND b.id <> NEW.id
            AND b.status IN ('pending', 'confirmed', 'active')
            AND b.start_time < NEW.end_time AND b.end_time > NEW.start_time
    );
END;

-- Tiers of one product, period and currency never overlap; their ends belong to them.
CREATE TRIGGER price_tiers_overlap_insert BEFORE INSERT ON price_tiers
BEGIN
    SELECT RAISE(ABORT, 'price_tiers_overlap')
    WHERE EXISTS (
        SELECT 1 FROM price_tiers p
        WHERE p.tenant_id = NEW.tenant_id AND p.product_id = NEW.product_id AND p.id <> NEW.id
            AND p.period = NEW.period AND p.currency = NEW.currency
            AND (NEW.max_quantity IS NULL OR p.min_quantity <= NEW.max_quantity)
            AND (p.max_quantity IS NULL OR p.max_quantity >= NEW.min_quantity)
    );
END;

CREATE TRIGGER price_tiers_overlap_update
BEFORE UPDATE OF product_id, min_quantity, max_quantity, currency, period ON price_tiers
BEGIN
    SELECT RAISE(ABORT, 'price_tiers_overlap')
    WHERE EXISTS (
        SELECT 1 FROM price_tiers p
        WHERE p.tenant_id = NEW.tenant_id AND p.product_id = NEW.product_id AND p.id <> NEW.id
            AND p.period = NEW.period AND p.currency = NEW.currency
            AND (NEW.max_quantity IS NULL OR p.min_quantity <= NEW.max_quantity)
            AND (p.max_quantity IS NULL OR p.max_quantity >= NEW.min_quantity)
    );
END;

-- What a ledger says is left is what is left.
CREATE TRIGGER stock_transactions_quantity AFTER INSERT ON stock_transactions
BEGIN
    SELECT RAISE(ABORT, 'stock_transactions_quantity')
    WHERE NEW.quantity_after IS NOT (SELECT i.quantity FROM stock_items i WHERE i.tenant_id = NEW.tenant_id AND i.id = NEW.item_id);
END;

CREATE TRIGGER wallet_entries_balance AFTER INSERT ON wallet_entries
BEGIN
    SELECT RAISE(ABORT, 'wallet_entries_balance')
    WHERE NEW.balance_after IS NOT
        (SELECT c.wallet_balance FROM customers c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.customer_id);
END;

-- Double entry: the lines come first, then the entry, which is refused where they do not balance.
CREATE TRIGGER journal_lines_closed BEFORE INSERT ON journal_lines
BEGIN
    SELECT RAISE(ABORT, 'journal_lines_closed')
    WHERE EXISTS (SELECT 1 FROM journal_entries e WHERE e.tenant_id = NEW.tenant_id AND e.id = NEW.entry_id);
END;

CREATE TRIGGER journal_entries_balance BEFORE INSERT ON journal_entries
BEGIN
    SELECT RAISE(ABORT, 'journal_entries_balance')
    WHERE (SELECT count(*) FROM journal_lines l WHERE l.tenant_id = NEW.tenant_id AND l.entry_id = NEW.id) < 2
        OR EXISTS (
            SELECT 1 FROM journal_lines l WHERE l.tenant_id = NEW.tenant_id AND l.entry_id = NEW.id
            GROUP BY l.currency HAVING sum(l.debit) <> sum(l.credit)
        );
END;

-- An address is one of its pool.
CREATE TRIGGER ip_allocations_inside_insert BEFORE INSERT ON ip_allocations
BEGIN
    SELECT RAISE(ABORT, 'ip_allocations_inside')
    WHERE NOT EXISTS (
        SELECT 1 FROM ip_pools p
        WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.pool_id
            AND p.first_key <= NEW.ip_address_key AND p.last_key >= NEW.ip_address_key
    );
END;

CREATE TRIGGER ip_allocations_inside_update BEFORE UPDATE OF pool_id, ip_address_key ON ip_allocations
BEGIN
    SELECT RAISE(ABORT, 'ip_allocations_inside')
    WHERE NOT EXISTS (
        SELECT 1 FROM ip_pools p
        WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.pool_id
            AND p.first_key <= NEW.ip_address_key AND p.last_key >= NEW.ip_address_key
    );
END;

CREATE TRIGGER ip_pools_shrink BEFORE UPDATE OF first_key, last_key ON ip_pools
BEGIN
    SELECT RAISE(ABORT, 'ip_pools_shrink')
    WHERE EXISTS (
        SELECT 1 FROM ip_allocations a
        WHERE a.tenant_id = NEW.tenant_id AND a.pool_id = NEW.id AND a.status <> 'released'
            AND (a.ip_address_key < NEW.first_key OR a.ip_address_key > NEW.last_key)
    );
END;

-- Search: trigrams over search_documents; whoever reads it with GLOB or three-letter words checks the tenant there.
CREATE VIRTUAL TABLE search_index USING fts5(
    part_1, part_2, part_3, part_4, part_5, part_6, part_7, part_8, part_9,
    content = 'search_documents',
    content_rowid = 'docid',
    tokenize = 'trigram case_sensitive 1',
    detail = column,
    columnsize = 0
);

CREATE TRIGGER search_documents_insert AFTER INSERT ON search_documents
BEGIN
    INSERT INTO search_index (rowid, part_1, part_2, part_3, part_4, part_5, part_6, part_7, part_8, part_9)
    VALUES (NEW.docid, NEW.part_1, NEW.part_2, NEW.part_3, NEW.part_4, NEW.part_5, NEW.part_6, NEW.part_7, NEW.part_8, NEW.part_9);
END;

CREATE TRIGGER search_documents_delete AFTER DELETE ON search_documents
BEGIN
    INSERT INTO search_index (search_index, rowid, part_1, part_2, part_3, part_4, part_5, part_6, part_7, part_8, part_9)
    VALUES ('delete', OLD.docid, OLD.part_1, OLD.part_2, OLD.part_3, OLD.part_4, OLD.part_5, OLD.part_6, OLD.part_7, OLD.part_8, OLD.part_9);
END;

CREATE TRIGGER search_documents_update AFTER UPDATE ON search_documents
WHEN NEW.docid <> OLD.docid OR (NEW.part_1, NEW.part_2, NEW.part_3, NEW.part_4, NEW.part_5, NEW.part_6, NEW.part_7, NEW.part_8, NEW.part_9)
    <> (OLD.part_1, OLD.part_2, OLD.part_3, OLD.part_4, OLD.part_5, OLD.part_6, OLD.part_7, OLD.part_8, OLD.part_9)
BEGIN
    INSERT INTO search_index (search_index, rowid, part_1, part_2, part_3, part_4, part_5, part_6, part_7, part_8, part_9)
    VALUES ('delete', OLD.docid, OLD.part_1, OLD.part_2, OLD.part_3, OLD.part_4, OLD.part_5, OLD.part_6, OLD.part_7, OLD.part_8, OLD.part_9);
    INSERT INTO search_index (rowid, part_1, part_2, part_3, part_4, part_5, part_6, part_7, part_8, part_9)
    VALUES (NEW.docid, NEW.part_1, NEW.part_2, NEW.part_3, NEW.part_4, NEW.part_5, NEW.part_6, NEW.part_7, NEW.part_8, NEW.part_9);
END;

-- What the planner takes for granted: a tenant has nearly all rows of a table, and what comes behind it in an index tells them apart.
ANALYZE sqlite_schema;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat)
SELECT m.name, l.name, '1000000 ' || (
    SELECT group_concat(
        CASE
            WHEN c.name = 'tenant_id' AND c.seqno = 0 THEN 1000000
            WHEN c.name = 'id' OR l."unique" AND c.seqno = (SELECT max(seqno) FROM pragma_index_info(l.name)) THEN 1
            WHEN c.seqno <= 1 THEN 1000
            ELSE 10
        END, ' ')
    FROM pragma_index_info(l.name) c)
FROM sqlite_schema m JOIN pragma_index_list(m.name) l
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'search_index%';
ANALYZE sqlite_schema;
