-- Makes everything. Written by scripts/schema from migrations/model.txt; edit that.

-- What must have been done before.
DO $$
BEGIN
    IF current_user <> 'headend_owner' THEN
        RAISE EXCEPTION 'these migrations run as headend_owner, not as %', current_user
            USING HINT = 'Run migrations/postgres/bootstrap.sql, then SET ROLE headend_owner.';
    END IF;
    IF (SELECT count(*) FROM pg_extension WHERE extname IN ('pg_trgm', 'btree_gin', 'btree_gist')) < 3 THEN
        RAISE EXCEPTION 'the extensions pg_trgm, btree_gin and btree_gist are not all installed'
            USING HINT = 'Run migrations/postgres/bootstrap.sql as the owner of the database.';
    END IF;
    -- The program asks which migrations there were before it works.
    IF to_regclass('public.__diesel_schema_migrations') IS NOT NULL THEN
        GRANT SELECT ON public.__diesel_schema_migrations TO headend_app;
    END IF;
END
$$;

-- Refuses what may not be changed. Arguments: the table, then the columns that erasure may set to null.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    erasable text[] := TG_ARGV[1:];
BEGIN
    IF TG_OP = 'UPDATE' AND cardinality(erasable) > 0
        AND to_jsonb(NEW) - erasable = to_jsonb(OLD) - erasable
        AND NOT EXISTS (SELECT FROM unnest(erasable) AS c (name) WHERE to_jsonb(NEW) ->> c.name IS NOT NULL)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'append-only: %', TG_ARGV[0] USING ERRCODE = 'restrict_violation', TABLE = TG_ARGV[0];
END
$$;

-- The one row that says which program this database belongs to.
CREATE TABLE installation (
    id            integer           NOT NULL DEFAULT 1,
    application   text COLLATE "C"  NOT NULL DEFAULT 'headend',
    schema_epoch  integer           NOT NULL DEFAULT 1,
    created_at    timestamptz       NOT NULL,
    CONSTRAINT installation_pkey PRIMARY KEY (id),
    CONSTRAINT installation_id_check CHECK (id BETWEEN 1 AND 1),
    CONSTRAINT installation_application_length CHECK (length(application) <= 50),
    CONSTRAINT installation_schema_epoch_check CHECK (schema_epoch >= 1)
);
ALTER TABLE installation ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY installation_owner ON installation TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY installation_app ON installation TO headend_app
    USING (true)
    WITH CHECK (true);
GRANT SELECT ON installation TO headend_app;

-- The operators that share the installation; everything else belongs to one of them.
CREATE TABLE tenants (
    id            uuid              NOT NULL,
    name          text COLLATE "C"  NOT NULL,
    display_name  text COLLATE "C"  NOT NULL DEFAULT '',
    status        text COLLATE "C"  NOT NULL DEFAULT 'active',
    expires_at    timestamptz,
    currency      text COLLATE "C"  NOT NULL DEFAULT '',
    timezone      text COLLATE "C"  NOT NULL DEFAULT 'UTC',
    locale        text COLLATE "C"  NOT NULL DEFAULT 'en',
    config        jsonb             NOT NULL DEFAULT '{}',
    version       integer           NOT NULL DEFAULT 1,
    created_at    timestamptz       NOT NULL,
    updated_at    timestamptz       NOT NULL,
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_name_required CHECK (name <> ''),
    CONSTRAINT tenants_name_length CHECK (length(name) <= 100),
    CONSTRAINT tenants_display_name_length CHECK (length(display_name) <= 255),
    CONSTRAINT tenants_status_check CHECK (status IN ('trial', 'active', 'suspended', 'expired')),
    CONSTRAINT tenants_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT tenants_timezone_length CHECK (length(timezone) <= 64),
    CONSTRAINT tenants_locale_length CHECK (length(locale) <= 35)
);
CREATE UNIQUE INDEX tenants_name_unique ON tenants (name);
CREATE INDEX tenants_status_name_index ON tenants (status, name);
ALTER TABLE tenants ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_owner ON tenants TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY tenants_app ON tenants TO headend_app
    USING (id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, UPDATE ON tenants TO headend_app;

-- Wrapped keys of a tenant: what its secrets are sealed with and its audit trail is signed with.
CREATE TABLE tenant_keys (
    tenant_id   uuid              NOT NULL,
    key_id      integer           NOT NULL,
    purpose     text COLLATE "C"  NOT NULL,
    wrapped     bytea             NOT NULL,
    state       text COLLATE "C"  NOT NULL DEFAULT 'active',
    created_at  timestamptz       NOT NULL,
    CONSTRAINT tenant_keys_pkey PRIMARY KEY (tenant_id, purpose, key_id),
    CONSTRAINT tenant_keys_key_id_check CHECK (key_id >= 1),
    CONSTRAINT tenant_keys_purpose_check CHECK (purpose IN ('data', 'audit')),
    CONSTRAINT tenant_keys_state_check CHECK (state IN ('active', 'retired')),
    CONSTRAINT tenant_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
ALTER TABLE tenant_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_keys_owner ON tenant_keys TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY tenant_keys_app ON tenant_keys TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE ON tenant_keys TO headend_app;

-- Partners, and the distributors that manage them.
CREATE TABLE organizations (
    id                   uuid              NOT NULL,
    tenant_id            uuid              NOT NULL,
    kind                 text COLLATE "C"  NOT NULL,
    name                 text COLLATE "C"  NOT NULL DEFAULT '',
    name_key             text COLLATE "C"  NOT NULL DEFAULT '',
    legal_name           text COLLATE "C",
    registration_number  text COLLATE "C",
    email                text COLLATE "C",
    phone                text COLLATE "C",
    website              text COLLATE "C",
    address_line1        text COLLATE "C",
    address_line2        text COLLATE "C",
    city                 text COLLATE "C",
    postal_code          text COLLATE "C",
    country              text COLLATE "C",
    is_active            boolean           NOT NULL DEFAULT true,
    notes                text COLLATE "C"  NOT NULL DEFAULT '',
    version              integer           NOT NULL DEFAULT 1,
    created_at           timestamptz       NOT NULL,
    updated_at           timestamptz       NOT NULL,
    CONSTRAINT organizations_pkey PRIMARY KEY (tenant_id, id),
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
    CONSTRAINT organizations_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT organizations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX organizations_registration_number_unique ON organizations (tenant_id, kind, registration_number) WHERE registration_number IS NOT NULL AND registration_number <> '';
CREATE INDEX organizations_name_key_index ON organizations (tenant_id, name_key, id);
CREATE INDEX organizations_kind_name_key_index ON organizations (tenant_id, kind, name_key, id);
CREATE INDEX organizations_is_active_name_key_index ON organizations (tenant_id, is_active, name_key, id);
CREATE INDEX organizations_updated_at_index ON organizations (tenant_id, updated_at, id);
ALTER TABLE organizations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY organizations_owner ON organizations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY organizations_app ON organizations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO headend_app;

-- Outside systems for log-in, sales, billing, payment and messages, and how well they answer.
CREATE TABLE provider_configs (
    id                  uuid              NOT NULL,
    tenant_id           uuid              NOT NULL,
    provider_type       text COLLATE "C"  NOT NULL,
    provider_name       text COLLATE "C"  NOT NULL,
    is_active           boolean           NOT NULL DEFAULT false,
    configuration       jsonb             NOT NULL DEFAULT '{}',
    credentials         bytea             NOT NULL,
    health_status       text COLLATE "C"  NOT NULL DEFAULT 'unknown',
    last_health_check   timestamptz,
    health_check_error  text COLLATE "C",
    version             integer           NOT NULL DEFAULT 1,
    created_at          timestamptz       NOT NULL,
    updated_at          timestamptz       NOT NULL,
    CONSTRAINT provider_configs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT provider_configs_provider_type_check CHECK (provider_type IN ('auth', 'crm', 'billing', 'payment', 'sms')),
    CONSTRAINT provider_configs_provider_name_required CHECK (provider_name <> ''),
    CONSTRAINT provider_configs_provider_name_length CHECK (length(provider_name) <= 255),
    CONSTRAINT provider_configs_health_status_check CHECK (health_status IN ('healthy', 'degraded', 'offline', 'unknown')),
    CONSTRAINT provider_configs_health_check_error_length CHECK (length(health_check_error) <= 10000),
    CONSTRAINT provider_configs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX provider_configs_provider_name_unique ON provider_configs (tenant_id, provider_type, provider_name);
CREATE UNIQUE INDEX provider_configs_active_unique ON provider_configs (tenant_id, provider_type) WHERE is_active;
CREATE INDEX provider_configs_provider_name_index ON provider_configs (tenant_id, provider_name, id);
CREATE INDEX provider_configs_health_status_provider_name_index ON provider_configs (tenant_id, health_status, provider_name, id);
CREATE INDEX provider_configs_configuration_gin ON provider_configs USING gin (tenant_id, configuration jsonb_path_ops);
ALTER TABLE provider_configs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY provider_configs_owner ON provider_configs TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY provider_configs_app ON provider_configs TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON provider_configs TO headend_app;

-- People who log in. Without a tenant: an operator of the whole installation.
CREATE TABLE users (
    id                    uuid              NOT NULL,
    tenant_id             uuid,
    username              text COLLATE "C"  NOT NULL,
    username_key          text COLLATE "C"  NOT NULL,
    email                 text COLLATE "C",
    email_key             text COLLATE "C",
    full_name             text COLLATE "C"  NOT NULL DEFAULT '',
    full_name_key         text COLLATE "C"  NOT NULL DEFAULT '',
    phone                 text COLLATE "C",
    password_hash         text COLLATE "C",
    password_scheme       text COLLATE "C"  NOT NULL DEFAULT 'argon2id',
    must_change_password  boolean           NOT NULL DEFAULT false,
    status                text COLLATE "C"  NOT NULL DEFAULT 'active',
    auth_provider         text COLLATE "C"  NOT NULL DEFAULT 'local',
    provider_config_id    uuid,
    provider_user_id      text COLLATE "C",
    discord_id            text COLLATE "C",
    badge_hash            bytea,
    break_glass           boolean           NOT NULL DEFAULT false,
    screens               jsonb,
    added_permissions     jsonb             NOT NULL DEFAULT '[]',
    removed_permissions   jsonb             NOT NULL DEFAULT '[]',
    partner_id            uuid,
    distributor_id        uuid,
    enabled_by            uuid,
    enabled_at            timestamptz,
    last_login_at         timestamptz,
    last_logout_at        timestamptz,
    last_seen_at          timestamptz,
    preferences           jsonb             NOT NULL DEFAULT '{}',
    version               integer           NOT NULL DEFAULT 1,
    created_at            timestamptz       NOT NULL,
    updated_at            timestamptz       NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT users_username_required CHECK (username <> ''),
    CONSTRAINT users_username_length CHECK (length(username) <= 100),
    CONSTRAINT users_username_key_required CHECK (username_key <> ''),
    CONSTRAINT users_email_length CHECK (length(email) <= 255),
    CONSTRAINT users_full_name_length CHECK (length(full_name) <= 255),
    CONSTRAINT users_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT users_password_hash_length CHECK (length(password_hash) <= 255),
    CONSTRAINT users_password_scheme_length CHECK (length(password_scheme) <= 50),
    CONSTRAINT users_status_check CHECK (status IN ('pending', 'active', 'suspended', 'deleted')),
    CONSTRAINT users_auth_provider_check CHECK (auth_provider IN ('local', 'ldap', 'oidc', 'saml')),
    CONSTRAINT users_provider_user_id_length CHECK (length(provider_user_id) <= 255),
    CONSTRAINT users_discord_id_length CHECK (length(discord_id) <= 20),
    CONSTRAINT users_operator_check CHECK (tenant_id IS NOT NULL OR (provider_config_id IS NULL AND partner_id IS NULL AND distributor_id IS NULL)),
    CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT users_provider_config_id_fkey FOREIGN KEY (tenant_id, provider_config_id) REFERENCES provider_configs (tenant_id, id),
    CONSTRAINT users_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT users_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT users_enabled_by_fkey FOREIGN KEY (enabled_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX users_username_unique ON users (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'), username_key);
CREATE UNIQUE INDEX users_email_unique ON users (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'), email_key) WHERE email_key IS NOT NULL AND email_key <> '';
CREATE UNIQUE INDEX users_provider_user_unique ON users (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'), provider_config_id, provider_user_id) WHERE provider_config_id IS NOT NULL AND provider_user_id IS NOT NULL AND provider_user_id <> '';
CREATE UNIQUE INDEX users_discord_unique ON users (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'), discord_id) WHERE discord_id IS NOT NULL AND discord_id <> '';
CREATE UNIQUE INDEX users_badge_unique ON users (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'), badge_hash) WHERE badge_hash IS NOT NULL;
CREATE INDEX users_username_key_index ON users (tenant_id, username_key, id);
CREATE INDEX users_full_name_key_index ON users (tenant_id, full_name_key, id);
CREATE INDEX users_status_username_key_index ON users (tenant_id, status, username_key, id);
CREATE INDEX users_updated_at_index ON users (tenant_id, updated_at, id);
CREATE INDEX users_provider_config_id_index ON users (tenant_id, provider_config_id);
CREATE INDEX users_partner_id_index ON users (tenant_id, partner_id);
CREATE INDEX users_distributor_id_index ON users (tenant_id, distributor_id);
ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY users_owner ON users TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY users_app ON users TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT, UPDATE ON users TO headend_app;

-- Public keys that people log in with over SSH.
CREATE TABLE user_keys (
    id            uuid              NOT NULL,
    tenant_id     uuid,
    user_id       uuid              NOT NULL,
    fingerprint   text COLLATE "C"  NOT NULL,
    public_key    text COLLATE "C"  NOT NULL DEFAULT '',
    comment       text COLLATE "C"  NOT NULL DEFAULT '',
    last_used_at  timestamptz,
    version       integer           NOT NULL DEFAULT 1,
    created_at    timestamptz       NOT NULL,
    updated_at    timestamptz       NOT NULL,
    CONSTRAINT user_keys_pkey PRIMARY KEY (id),
    CONSTRAINT user_keys_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT user_keys_fingerprint_required CHECK (fingerprint <> ''),
    CONSTRAINT user_keys_fingerprint_length CHECK (length(fingerprint) <= 200),
    CONSTRAINT user_keys_public_key_length CHECK (length(public_key) <= 10000),
    CONSTRAINT user_keys_comment_length CHECK (length(comment) <= 255),
    CONSTRAINT user_keys_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT user_keys_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX user_keys_fingerprint_unique ON user_keys (fingerprint);
CREATE INDEX user_keys_user_id_fingerprint_index ON user_keys (tenant_id, user_id, fingerprint);
ALTER TABLE user_keys ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY user_keys_owner ON user_keys TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY user_keys_app ON user_keys TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT, UPDATE, DELETE ON user_keys TO headend_app;

-- Named sets of permissions.
CREATE TABLE roles (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    name             text COLLATE "C"  NOT NULL,
    name_key         text COLLATE "C"  NOT NULL,
    description      text COLLATE "C"  NOT NULL DEFAULT '',
    color            text COLLATE "C"  NOT NULL DEFAULT '#1976d2',
    permissions      jsonb             NOT NULL DEFAULT '[]',
    approval_limits  jsonb             NOT NULL DEFAULT '{}',
    is_system        boolean           NOT NULL DEFAULT false,
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT roles_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT roles_name_required CHECK (name <> ''),
    CONSTRAINT roles_name_length CHECK (length(name) <= 100),
    CONSTRAINT roles_name_key_required CHECK (name_key <> ''),
    CONSTRAINT roles_description_length CHECK (length(description) <= 1000),
    CONSTRAINT roles_color_length CHECK (length(color) <= 20),
    CONSTRAINT roles_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX roles_name_unique ON roles (tenant_id, name_key);
CREATE INDEX roles_name_key_index ON roles (tenant_id, name_key, id);
ALTER TABLE roles ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY roles_owner ON roles TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY roles_app ON roles TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON roles TO headend_app;

-- Who has which role; a person may have several.
CREATE TABLE role_assignments (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    user_id          uuid              NOT NULL,
    role_id          uuid              NOT NULL,
    status           text COLLATE "C"  NOT NULL DEFAULT 'active',
    is_primary       boolean           NOT NULL DEFAULT false,
    approval_limits  jsonb,
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT role_assignments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT role_assignments_status_check CHECK (status IN ('active', 'inactive', 'suspended')),
    CONSTRAINT role_assignments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT role_assignments_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT role_assignments_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id)
);
CREATE UNIQUE INDEX role_assignments_user_role_unique ON role_assignments (tenant_id, user_id, role_id);
CREATE INDEX role_assignments_status_user_id_index ON role_assignments (tenant_id, status, user_id);
CREATE INDEX role_assignments_role_id_index ON role_assignments (tenant_id, role_id);
ALTER TABLE role_assignments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY role_assignments_owner ON role_assignments TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY role_assignments_app ON role_assignments TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON role_assignments TO headend_app;

-- Second factors: a one-time password generator, recovery codes.
CREATE TABLE user_factors (
    id            uuid              NOT NULL,
    tenant_id     uuid,
    user_id       uuid              NOT NULL,
    kind          text COLLATE "C"  NOT NULL,
    name          text COLLATE "C"  NOT NULL DEFAULT '',
    secret        bytea             NOT NULL,
    confirmed_at  timestamptz,
    last_step     bigint,
    last_used_at  timestamptz,
    used_at       timestamptz,
    version       integer           NOT NULL DEFAULT 1,
    created_at    timestamptz       NOT NULL,
    updated_at    timestamptz       NOT NULL,
    CONSTRAINT user_factors_pkey PRIMARY KEY (id),
    CONSTRAINT user_factors_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT user_factors_kind_check CHECK (kind IN ('totp', 'recovery_code')),
    CONSTRAINT user_factors_name_length CHECK (length(name) <= 100),
    CONSTRAINT user_factors_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT user_factors_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX user_factors_user_id_kind_index ON user_factors (tenant_id, user_id, kind);
ALTER TABLE user_factors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY user_factors_owner ON user_factors TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY user_factors_app ON user_factors TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT, UPDATE, DELETE ON user_factors TO headend_app;

-- Logged-in consoles and tokens; the token itself is never kept.
CREATE TABLE user_sessions (
    id            uuid              NOT NULL,
    tenant_id     uuid,
    user_id       uuid              NOT NULL,
    kind          text COLLATE "C"  NOT NULL DEFAULT 'console',
    token_hash    bytea             NOT NULL,
    ip_address    text COLLATE "C",
    client        text COLLATE "C"  NOT NULL DEFAULT '',
    last_seen_at  timestamptz       NOT NULL,
    expires_at    timestamptz       NOT NULL,
    revoked_at    timestamptz,
    created_at    timestamptz       NOT NULL,
    CONSTRAINT user_sessions_pkey PRIMARY KEY (id),
    CONSTRAINT user_sessions_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT user_sessions_kind_check CHECK (kind IN ('console', 'token')),
    CONSTRAINT user_sessions_ip_address_length CHECK (length(ip_address) <= 50),
    CONSTRAINT user_sessions_client_length CHECK (length(client) <= 1000),
    CONSTRAINT user_sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT user_sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX user_sessions_token_unique ON user_sessions (token_hash);
CREATE INDEX user_sessions_user_id_last_seen_at_index ON user_sessions (tenant_id, user_id, last_seen_at);
CREATE INDEX user_sessions_expires_at_index ON user_sessions (tenant_id, expires_at);
ALTER TABLE user_sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY user_sessions_owner ON user_sessions TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY user_sessions_app ON user_sessions TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT, UPDATE, DELETE ON user_sessions TO headend_app;

-- Failed log-ins by account and by source, and until when they wait.
CREATE TABLE login_throttles (
    key              text COLLATE "C"  NOT NULL,
    failures         integer           NOT NULL DEFAULT 0,
    last_failure_at  timestamptz       NOT NULL,
    blocked_until    timestamptz,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT login_throttles_pkey PRIMARY KEY (key),
    CONSTRAINT login_throttles_key_required CHECK (key <> ''),
    CONSTRAINT login_throttles_key_length CHECK (length(key) <= 300),
    CONSTRAINT login_throttles_failures_check CHECK (failures >= 0)
);
CREATE INDEX login_throttles_updated_at_index ON login_throttles (updated_at);
ALTER TABLE login_throttles ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY login_throttles_owner ON login_throttles TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY login_throttles_app ON login_throttles TO headend_app
    USING (true)
    WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON login_throttles TO headend_app;

-- People asked to join, with the role they will have.
CREATE TABLE invitations (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    email        text COLLATE "C"  NOT NULL,
    handle       text COLLATE "C",
    role_id      uuid              NOT NULL,
    invited_by   uuid,
    token_hash   bytea             NOT NULL,
    expires_at   timestamptz       NOT NULL,
    accepted_at  timestamptz,
    accepted_by  uuid,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT invitations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT invitations_email_required CHECK (email <> ''),
    CONSTRAINT invitations_email_length CHECK (length(email) <= 255),
    CONSTRAINT invitations_handle_length CHECK (length(handle) <= 100),
    CONSTRAINT invitations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT invitations_role_id_fkey FOREIGN KEY (tenant_id, role_id) REFERENCES roles (tenant_id, id),
    CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES users (id),
    CONSTRAINT invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX invitations_token_unique ON invitations (token_hash);
CREATE INDEX invitations_email_index ON invitations (tenant_id, email, id);
CREATE INDEX invitations_expires_at_index ON invitations (tenant_id, expires_at, id);
CREATE INDEX invitations_role_id_index ON invitations (tenant_id, role_id);
ALTER TABLE invitations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY invitations_owner ON invitations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY invitations_app ON invitations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON invitations TO headend_app;

-- Settings of a tenant, some of one component.
CREATE TABLE settings (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    component   text COLLATE "C",
    key         text COLLATE "C"  NOT NULL,
    value       jsonb             NOT NULL,
    updated_by  uuid,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT settings_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT settings_component_length CHECK (length(component) <= 50),
    CONSTRAINT settings_key_required CHECK (key <> ''),
    CONSTRAINT settings_key_length CHECK (length(key) <= 255),
    CONSTRAINT settings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT settings_updated_by_fkey FOREIGN KEY (updated_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX settings_key_unique ON settings (tenant_id, coalesce(component, ''), key);
CREATE INDEX settings_key_index ON settings (tenant_id, key, id);
ALTER TABLE settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY settings_owner ON settings TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY settings_app ON settings TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON settings TO headend_app;

-- Texts of the console in other languages.
CREATE TABLE translations (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    key         text COLLATE "C"  NOT NULL,
    language    text COLLATE "C"  NOT NULL,
    value       text COLLATE "C"  NOT NULL DEFAULT '',
    component   text COLLATE "C",
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT translations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT translations_key_required CHECK (key <> ''),
    CONSTRAINT translations_key_length CHECK (length(key) <= 255),
    CONSTRAINT translations_language_required CHECK (language <> ''),
    CONSTRAINT translations_language_length CHECK (length(language) <= 10),
    CONSTRAINT translations_value_length CHECK (length(value) <= 10000),
    CONSTRAINT translations_component_length CHECK (length(component) <= 50),
    CONSTRAINT translations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX translations_key_unique ON translations (tenant_id, key, language, coalesce(component, ''));
CREATE INDEX translations_language_key_index ON translations (tenant_id, language, key);
ALTER TABLE translations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY translations_owner ON translations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY translations_app ON translations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON translations TO headend_app;

-- Lists as someone left them: filter, order and columns. Without a user: shared.
CREATE TABLE saved_views (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    user_id        uuid,
    screen         text COLLATE "C"  NOT NULL,
    name           text COLLATE "C"  NOT NULL,
    name_key       text COLLATE "C"  NOT NULL,
    filter         text COLLATE "C"  NOT NULL DEFAULT '',
    sort           text COLLATE "C"  NOT NULL DEFAULT '',
    shown_columns  jsonb             NOT NULL DEFAULT '[]',
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT saved_views_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT saved_views_screen_required CHECK (screen <> ''),
    CONSTRAINT saved_views_screen_length CHECK (length(screen) <= 100),
    CONSTRAINT saved_views_name_required CHECK (name <> ''),
    CONSTRAINT saved_views_name_length CHECK (length(name) <= 200),
    CONSTRAINT saved_views_name_key_required CHECK (name_key <> ''),
    CONSTRAINT saved_views_filter_length CHECK (length(filter) <= 10000),
    CONSTRAINT saved_views_sort_length CHECK (length(sort) <= 1000),
    CONSTRAINT saved_views_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT saved_views_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE UNIQUE INDEX saved_views_name_unique ON saved_views (tenant_id, coalesce(user_id, '00000000-0000-0000-0000-000000000000'), screen, name_key);
CREATE INDEX saved_views_screen_name_key_index ON saved_views (tenant_id, screen, name_key, id);
CREATE INDEX saved_views_user_id_screen_index ON saved_views (tenant_id, user_id, screen);
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY saved_views_owner ON saved_views TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY saved_views_app ON saved_views TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views TO headend_app;

-- The next number of each kind of record, by year where its numbers begin anew.
CREATE TABLE sequences (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    kind        text COLLATE "C"  NOT NULL,
    year        integer,
    next        bigint            NOT NULL DEFAULT 1,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT sequences_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sequences_kind_required CHECK (kind <> ''),
    CONSTRAINT sequences_kind_length CHECK (length(kind) <= 50),
    CONSTRAINT sequences_next_check CHECK (next >= 1),
    CONSTRAINT sequences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX sequences_kind_unique ON sequences (tenant_id, kind, coalesce(year, 0));
ALTER TABLE sequences ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sequences_owner ON sequences TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY sequences_app ON sequences TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON sequences TO headend_app;

-- Where a record came from, so that an import can be run again.
CREATE TABLE imported_ids (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    system       text COLLATE "C"  NOT NULL,
    table_name   text COLLATE "C"  NOT NULL,
    source_id    text COLLATE "C"  NOT NULL,
    entity_type  text COLLATE "C"  NOT NULL DEFAULT '',
    entity_id    uuid              NOT NULL,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT imported_ids_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT imported_ids_system_required CHECK (system <> ''),
    CONSTRAINT imported_ids_system_length CHECK (length(system) <= 50),
    CONSTRAINT imported_ids_table_name_required CHECK (table_name <> ''),
    CONSTRAINT imported_ids_table_name_length CHECK (length(table_name) <= 100),
    CONSTRAINT imported_ids_source_id_required CHECK (source_id <> ''),
    CONSTRAINT imported_ids_source_id_length CHECK (length(source_id) <= 255),
    CONSTRAINT imported_ids_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT imported_ids_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX imported_ids_source_unique ON imported_ids (tenant_id, system, table_name, source_id);
CREATE INDEX imported_ids_entity_type_entity_id_index ON imported_ids (tenant_id, entity_type, entity_id);
ALTER TABLE imported_ids ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY imported_ids_owner ON imported_ids TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY imported_ids_app ON imported_ids TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON imported_ids TO headend_app;

-- Every write as one thing: what undo lists, and where an unknown COMMIT is looked up.
CREATE TABLE operations (
    id            uuid              NOT NULL,
    tenant_id     uuid,
    user_id       uuid,
    kind          text COLLATE "C"  NOT NULL,
    entity_type   text COLLATE "C"  NOT NULL DEFAULT '',
    state         text COLLATE "C"  NOT NULL DEFAULT 'running',
    undo          text COLLATE "C"  NOT NULL DEFAULT 'none',
    summary       text COLLATE "C"  NOT NULL DEFAULT '',
    records       integer           NOT NULL DEFAULT 0,
    undoes_id     uuid,
    undone_by_id  uuid,
    started_at    timestamptz       NOT NULL,
    finished_at   timestamptz,
    CONSTRAINT operations_pkey PRIMARY KEY (id),
    CONSTRAINT operations_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT operations_kind_required CHECK (kind <> ''),
    CONSTRAINT operations_kind_length CHECK (length(kind) <= 100),
    CONSTRAINT operations_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT operations_state_check CHECK (state IN ('running', 'done', 'failed', 'undone')),
    CONSTRAINT operations_undo_check CHECK (undo IN ('values', 'counter_entry', 'none')),
    CONSTRAINT operations_summary_length CHECK (length(summary) <= 1000),
    CONSTRAINT operations_records_check CHECK (records >= 0),
    CONSTRAINT operations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT operations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT operations_undoes_id_fkey FOREIGN KEY (undoes_id) REFERENCES operations (id),
    CONSTRAINT operations_undone_by_id_fkey FOREIGN KEY (undone_by_id) REFERENCES operations (id)
);
CREATE INDEX operations_user_id_started_at_index ON operations (tenant_id, user_id, started_at);
CREATE INDEX operations_started_at_index ON operations (tenant_id, started_at, id);
CREATE INDEX operations_state_started_at_index ON operations (tenant_id, state, started_at);
CREATE INDEX operations_undoes_id_index ON operations (undoes_id);
CREATE INDEX operations_undone_by_id_index ON operations (undone_by_id);
ALTER TABLE operations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY operations_owner ON operations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY operations_app ON operations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT, UPDATE ON operations TO headend_app;

-- Who did what to which record, chained so that a removed or altered row shows.
CREATE TABLE audit_log (
    id              uuid              NOT NULL,
    tenant_id       uuid,
    chain           bigint            NOT NULL DEFAULT 0,
    sequence        bigint            NOT NULL,
    actor_id        uuid,
    actor_role      text COLLATE "C",
    action          text COLLATE "C"  NOT NULL,
    entity_type     text COLLATE "C"  NOT NULL,
    entity_id       text COLLATE "C",
    first_id        uuid,
    last_id         uuid,
    operation_id    uuid,
    changes         jsonb,
    sealed_changes  bytea,
    payload         jsonb,
    outcome         text COLLATE "C"  NOT NULL DEFAULT 'success',
    level           text COLLATE "C"  NOT NULL DEFAULT 'info',
    message         text COLLATE "C",
    ip_address      text COLLATE "C",
    client          text COLLATE "C",
    previous_hash   bytea             NOT NULL,
    hash            bytea             NOT NULL,
    created_at      timestamptz       NOT NULL,
    CONSTRAINT audit_log_pkey PRIMARY KEY (id, created_at),
    CONSTRAINT audit_log_chain_check CHECK (chain >= 0),
    CONSTRAINT audit_log_sequence_check CHECK (sequence >= 1),
    CONSTRAINT audit_log_actor_role_length CHECK (length(actor_role) <= 100),
    CONSTRAINT audit_log_action_required CHECK (action <> ''),
    CONSTRAINT audit_log_action_length CHECK (length(action) <= 255),
    CONSTRAINT audit_log_entity_type_required CHECK (entity_type <> ''),
    CONSTRAINT audit_log_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT audit_log_entity_id_length CHECK (length(entity_id) <= 64),
    CONSTRAINT audit_log_outcome_check CHECK (outcome IN ('success', 'failure', 'error')),
    CONSTRAINT audit_log_level_check CHECK (level IN ('info', 'warning', 'error', 'help')),
    CONSTRAINT audit_log_message_length CHECK (length(message) <= 10000),
    CONSTRAINT audit_log_ip_address_length CHECK (length(ip_address) <= 50),
    CONSTRAINT audit_log_client_length CHECK (length(client) <= 1000),
    CONSTRAINT audit_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) PARTITION BY RANGE (created_at);
CREATE TABLE audit_log_default PARTITION OF audit_log DEFAULT;
CREATE UNIQUE INDEX audit_log_sequence_unique ON audit_log (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'), chain, sequence, created_at);
CREATE INDEX audit_log_created_at_index ON audit_log (tenant_id, created_at, id);
CREATE INDEX audit_log_entity_type_entity_id_created_at_index ON audit_log (tenant_id, entity_type, entity_id, created_at);
CREATE INDEX audit_log_operation_id_index ON audit_log (tenant_id, operation_id);
CREATE INDEX audit_log_actor_id_created_at_index ON audit_log (tenant_id, actor_id, created_at);
CREATE INDEX audit_log_action_created_at_index ON audit_log (tenant_id, action, created_at);
CREATE INDEX audit_log_changes_gin ON audit_log USING gin (tenant_id, changes jsonb_path_ops);
CREATE TRIGGER audit_log_refuse_change BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change('audit_log', 'changes', 'sealed_changes');
ALTER TABLE audit_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_log_owner ON audit_log TO headend_owner USING (true) WITH CHECK (true);
ALTER TABLE audit_log_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_log_default_owner ON audit_log_default TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY audit_log_app ON audit_log TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT ON audit_log TO headend_app;
GRANT UPDATE (changes, sealed_changes) ON audit_log TO headend_app;

-- The records of an audit row that stands for a block of them, each with its own changes.
CREATE TABLE audit_members (
    id          uuid         NOT NULL,
    tenant_id   uuid,
    audit_id    uuid         NOT NULL,
    entity_id   uuid         NOT NULL,
    changes     jsonb,
    created_at  timestamptz  NOT NULL,
    CONSTRAINT audit_members_pkey PRIMARY KEY (id, created_at),
    CONSTRAINT audit_members_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) PARTITION BY RANGE (created_at);
CREATE TABLE audit_members_default PARTITION OF audit_members DEFAULT;
CREATE INDEX audit_members_entity_id_created_at_index ON audit_members (tenant_id, entity_id, created_at);
CREATE INDEX audit_members_audit_id_entity_id_index ON audit_members (tenant_id, audit_id, entity_id);
CREATE TRIGGER audit_members_refuse_change BEFORE UPDATE OR DELETE ON audit_members
    FOR EACH ROW EXECUTE FUNCTION refuse_change('audit_members', 'changes');
ALTER TABLE audit_members ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_members_owner ON audit_members TO headend_owner USING (true) WITH CHECK (true);
ALTER TABLE audit_members_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_members_default_owner ON audit_members_default TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY audit_members_app ON audit_members TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT ON audit_members TO headend_app;
GRANT UPDATE (changes) ON audit_members TO headend_app;

-- The last link of each chain: the row a write locks last before its COMMIT.
CREATE TABLE audit_heads (
    tenant_id  uuid,
    chain      bigint  NOT NULL,
    sequence   bigint  NOT NULL DEFAULT 0,
    hash       bytea   NOT NULL,
    seal       bytea   NOT NULL,
    CONSTRAINT audit_heads_chain_check CHECK (chain >= 0),
    CONSTRAINT audit_heads_sequence_check CHECK (sequence >= 0),
    CONSTRAINT audit_heads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX audit_heads_key_unique ON audit_heads (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000'), chain);
ALTER TABLE audit_heads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_heads_owner ON audit_heads TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY audit_heads_app ON audit_heads TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT, UPDATE ON audit_heads TO headend_app;

-- What retention leaves behind of the audit rows it took.
CREATE TABLE audit_checkpoints (
    id          uuid         NOT NULL,
    tenant_id   uuid,
    chain       bigint       NOT NULL DEFAULT 0,
    sequence    bigint       NOT NULL,
    hash        bytea        NOT NULL,
    signature   bytea        NOT NULL,
    created_at  timestamptz  NOT NULL,
    CONSTRAINT audit_checkpoints_pkey PRIMARY KEY (id),
    CONSTRAINT audit_checkpoints_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT audit_checkpoints_chain_check CHECK (chain >= 0),
    CONSTRAINT audit_checkpoints_sequence_check CHECK (sequence >= 0),
    CONSTRAINT audit_checkpoints_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX audit_checkpoints_chain_sequence_index ON audit_checkpoints (tenant_id, chain, sequence);
CREATE INDEX audit_checkpoints_created_at_index ON audit_checkpoints (tenant_id, created_at);
CREATE TRIGGER audit_checkpoints_refuse_change BEFORE UPDATE OR DELETE ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION refuse_change('audit_checkpoints');
ALTER TABLE audit_checkpoints ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_checkpoints_owner ON audit_checkpoints TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY audit_checkpoints_app ON audit_checkpoints TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT ON audit_checkpoints TO headend_app;

-- Retention at work: while a run is open, SQLite lets rows older than it be deleted.
CREATE TABLE retention_runs (
    id           uuid              NOT NULL,
    tenant_id    uuid,
    table_name   text COLLATE "C"  NOT NULL,
    before       timestamptz       NOT NULL,
    started_at   timestamptz       NOT NULL,
    finished_at  timestamptz,
    CONSTRAINT retention_runs_pkey PRIMARY KEY (id),
    CONSTRAINT retention_runs_tenant_unique UNIQUE (tenant_id, id),
    CONSTRAINT retention_runs_table_name_required CHECK (table_name <> ''),
    CONSTRAINT retention_runs_table_name_length CHECK (length(table_name) <= 100),
    CONSTRAINT retention_runs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX retention_runs_table_name_started_at_index ON retention_runs (tenant_id, table_name, started_at);
ALTER TABLE retention_runs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY retention_runs_owner ON retention_runs TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY retention_runs_app ON retention_runs TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on')
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid OR tenant_id IS NULL AND current_setting('headend.operator', true) = 'on');
GRANT SELECT, INSERT, UPDATE ON retention_runs TO headend_app;

-- What customers buy: speed, price and how long it lasts.
CREATE TABLE plans (
    id                   uuid              NOT NULL,
    tenant_id            uuid              NOT NULL,
    name                 text COLLATE "C"  NOT NULL,
    name_key             text COLLATE "C"  NOT NULL,
    kind                 text COLLATE "C"  NOT NULL,
    download_mbps        integer           NOT NULL,
    upload_mbps          integer           NOT NULL,
    burst_download_mbps  integer,
    burst_upload_mbps    integer,
    price                bigint            NOT NULL,
    currency             text COLLATE "C"  NOT NULL DEFAULT '',
    data_limit_gb        integer           NOT NULL DEFAULT 0,
    validity_days        integer           NOT NULL DEFAULT 30,
    session_minutes      integer,
    description          text COLLATE "C"  NOT NULL DEFAULT '',
    is_active            boolean           NOT NULL DEFAULT true,
    version              integer           NOT NULL DEFAULT 1,
    created_at           timestamptz       NOT NULL,
    updated_at           timestamptz       NOT NULL,
    CONSTRAINT plans_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT plans_name_required CHECK (name <> ''),
    CONSTRAINT plans_name_length CHECK (length(name) <= 200),
    CONSTRAINT plans_name_key_required CHECK (name_key <> ''),
    CONSTRAINT plans_kind_check CHECK (kind IN ('fiber', 'pppoe', 'hotspot', 'dhcp', 'static')),
    CONSTRAINT plans_download_mbps_check CHECK (download_mbps >= 0),
    CONSTRAINT plans_upload_mbps_check CHECK (upload_mbps >= 0),
    CONSTRAINT plans_burst_download_mbps_check CHECK (burst_download_mbps >= 0),
    CONSTRAINT plans_burst_upload_mbps_check CHECK (burst_upload_mbps >= 0),
    CONSTRAINT plans_price_check CHECK (price >= 0),
    CONSTRAINT plans_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT plans_data_limit_gb_check CHECK (data_limit_gb >= 0),
    CONSTRAINT plans_validity_days_check CHECK (validity_days >= 1),
    CONSTRAINT plans_session_minutes_check CHECK (session_minutes >= 1),
    CONSTRAINT plans_description_length CHECK (length(description) <= 10000),
    CONSTRAINT plans_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX plans_name_unique ON plans (tenant_id, name_key);
CREATE INDEX plans_name_key_index ON plans (tenant_id, name_key, id);
CREATE INDEX plans_is_active_name_key_index ON plans (tenant_id, is_active, name_key, id);
CREATE INDEX plans_kind_name_key_index ON plans (tenant_id, kind, name_key, id);
CREATE INDEX plans_price_index ON plans (tenant_id, price, id);
CREATE INDEX plans_updated_at_index ON plans (tenant_id, updated_at, id);
ALTER TABLE plans ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY plans_owner ON plans TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY plans_app ON plans TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON plans TO headend_app;

-- Subscribers.
CREATE TABLE customers (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    number           text COLLATE "C"  NOT NULL,
    name             text COLLATE "C"  NOT NULL DEFAULT '',
    name_key         text COLLATE "C"  NOT NULL DEFAULT '',
    email            text COLLATE "C",
    email_key        text COLLATE "C",
    phone            text COLLATE "C"  NOT NULL DEFAULT '',
    phone_digits     text COLLATE "C"  NOT NULL DEFAULT '',
    address          text COLLATE "C"  NOT NULL DEFAULT '',
    company          text COLLATE "C"  NOT NULL DEFAULT '',
    contact          jsonb             NOT NULL DEFAULT '{}',
    username         text COLLATE "C",
    username_key     text COLLATE "C",
    access_password  bytea,
    connection_type  text COLLATE "C",
    mac_address      macaddr,
    plan_id          uuid,
    organization_id  uuid,
    status           text COLLATE "C"  NOT NULL DEFAULT 'active',
    wallet_balance   bigint            NOT NULL DEFAULT 0,
    currency         text COLLATE "C"  NOT NULL DEFAULT '',
    expires_at       timestamptz,
    notes            text COLLATE "C"  NOT NULL DEFAULT '',
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT customers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT customers_number_required CHECK (number <> ''),
    CONSTRAINT customers_number_length CHECK (length(number) <= 50),
    CONSTRAINT customers_name_length CHECK (length(name) <= 255),
    CONSTRAINT customers_email_length CHECK (length(email) <= 255),
    CONSTRAINT customers_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT customers_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT customers_address_length CHECK (length(address) <= 10000),
    CONSTRAINT customers_company_length CHECK (length(company) <= 255),
    CONSTRAINT customers_username_length CHECK (length(username) <= 100),
    CONSTRAINT customers_connection_type_check CHECK (connection_type IN ('pppoe', 'hotspot', 'dhcp', 'static')),
    CONSTRAINT customers_status_check CHECK (status IN ('active', 'suspended', 'expired', 'terminated')),
    CONSTRAINT customers_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT customers_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT customers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT customers_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT customers_organization_id_fkey FOREIGN KEY (tenant_id, organization_id) REFERENCES organizations (tenant_id, id)
);
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
ALTER TABLE customers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY customers_owner ON customers TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY customers_app ON customers TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON customers TO headend_app;

-- Which distributor manages which partner.
CREATE TABLE distributor_partners (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    distributor_id  uuid              NOT NULL,
    partner_id      uuid              NOT NULL,
    assigned_at     timestamptz       NOT NULL,
    assigned_by     uuid,
    is_active       boolean           NOT NULL DEFAULT true,
    notes           text COLLATE "C"  NOT NULL DEFAULT '',
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT distributor_partners_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT distributor_partners_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT distributor_partners_different_check CHECK (distributor_id <> partner_id),
    CONSTRAINT distributor_partners_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT distributor_partners_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT distributor_partners_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT distributor_partners_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX distributor_partners_pair_unique ON distributor_partners (tenant_id, distributor_id, partner_id);
CREATE INDEX distributor_partners_partner_id_is_active_index ON distributor_partners (tenant_id, partner_id, is_active);
ALTER TABLE distributor_partners ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY distributor_partners_owner ON distributor_partners TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY distributor_partners_app ON distributor_partners TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON distributor_partners TO headend_app;

-- Places where devices stand.
CREATE TABLE sites (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    name        text COLLATE "C"  NOT NULL,
    name_key    text COLLATE "C"  NOT NULL,
    address     text COLLATE "C",
    city        text COLLATE "C",
    country     text COLLATE "C",
    latitude    integer,
    longitude   integer,
    notes       text COLLATE "C"  NOT NULL DEFAULT '',
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT sites_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sites_name_required CHECK (name <> ''),
    CONSTRAINT sites_name_length CHECK (length(name) <= 200),
    CONSTRAINT sites_name_key_required CHECK (name_key <> ''),
    CONSTRAINT sites_address_length CHECK (length(address) <= 10000),
    CONSTRAINT sites_city_length CHECK (length(city) <= 100),
    CONSTRAINT sites_country_length CHECK (length(country) <= 100),
    CONSTRAINT sites_latitude_check CHECK (latitude BETWEEN -90000000 AND 90000000),
    CONSTRAINT sites_longitude_check CHECK (longitude BETWEEN -180000000 AND 180000000),
    CONSTRAINT sites_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT sites_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX sites_name_unique ON sites (tenant_id, name_key);
CREATE INDEX sites_name_key_index ON sites (tenant_id, name_key, id);
CREATE INDEX sites_updated_at_index ON sites (tenant_id, updated_at, id);
ALTER TABLE sites ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sites_owner ON sites TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY sites_app ON sites TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON sites TO headend_app;

-- Makers of devices.
CREATE TABLE manufacturers (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    name        text COLLATE "C"  NOT NULL,
    name_key    text COLLATE "C"  NOT NULL,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT manufacturers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT manufacturers_name_required CHECK (name <> ''),
    CONSTRAINT manufacturers_name_length CHECK (length(name) <= 200),
    CONSTRAINT manufacturers_name_key_required CHECK (name_key <> ''),
    CONSTRAINT manufacturers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX manufacturers_name_unique ON manufacturers (tenant_id, name_key);
CREATE INDEX manufacturers_name_key_index ON manufacturers (tenant_id, name_key, id);
ALTER TABLE manufacturers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY manufacturers_owner ON manufacturers TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY manufacturers_app ON manufacturers TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON manufacturers TO headend_app;

-- What a maker calls a kind of device, and what it has.
CREATE TABLE device_models (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    manufacturer_id  uuid              NOT NULL,
    model            text COLLATE "C"  NOT NULL,
    model_key        text COLLATE "C"  NOT NULL,
    device_type      text COLLATE "C"  NOT NULL DEFAULT '',
    total_ports      integer,
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT device_models_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_models_model_required CHECK (model <> ''),
    CONSTRAINT device_models_model_length CHECK (length(model) <= 200),
    CONSTRAINT device_models_model_key_required CHECK (model_key <> ''),
    CONSTRAINT device_models_device_type_length CHECK (length(device_type) <= 100),
    CONSTRAINT device_models_total_ports_check CHECK (total_ports >= 0),
    CONSTRAINT device_models_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_models_manufacturer_id_fkey FOREIGN KEY (tenant_id, manufacturer_id) REFERENCES manufacturers (tenant_id, id)
);
CREATE UNIQUE INDEX device_models_model_unique ON device_models (tenant_id, manufacturer_id, model_key);
CREATE INDEX device_models_model_key_index ON device_models (tenant_id, model_key, id);
CREATE INDEX device_models_device_type_model_key_index ON device_models (tenant_id, device_type, model_key, id);
ALTER TABLE device_models ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_models_owner ON device_models TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_models_app ON device_models TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_models TO headend_app;

-- The network: what people decided about each device. What is observed is in device_health.
CREATE TABLE devices (
    id                 uuid              NOT NULL,
    tenant_id          uuid              NOT NULL,
    number             text COLLATE "C"  NOT NULL,
    name               text COLLATE "C"  NOT NULL DEFAULT '',
    name_key           text COLLATE "C"  NOT NULL DEFAULT '',
    device_type        text COLLATE "C"  NOT NULL DEFAULT '',
    category           text COLLATE "C",
    serial_number      text COLLATE "C",
    model_id           uuid,
    site_id            uuid,
    location           text COLLATE "C",
    management_ip      inet,
    management_ip_key  bytea,
    parent_id          uuid,
    customer_id        uuid,
    status             text COLLATE "C"  NOT NULL DEFAULT 'active',
    total_ports        integer           NOT NULL DEFAULT 0,
    in_port            integer,
    out_port           integer,
    polatis_name       text COLLATE "C",
    configuration      jsonb             NOT NULL DEFAULT '{}',
    notes              text COLLATE "C"  NOT NULL DEFAULT '',
    version            integer           NOT NULL DEFAULT 1,
    created_at         timestamptz       NOT NULL,
    updated_at         timestamptz       NOT NULL,
    CONSTRAINT devices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT devices_number_required CHECK (number <> ''),
    CONSTRAINT devices_number_length CHECK (length(number) <= 100),
    CONSTRAINT devices_name_length CHECK (length(name) <= 200),
    CONSTRAINT devices_device_type_length CHECK (length(device_type) <= 100),
    CONSTRAINT devices_category_length CHECK (length(category) <= 100),
    CONSTRAINT devices_serial_number_length CHECK (length(serial_number) <= 100),
    CONSTRAINT devices_location_length CHECK (length(location) <= 255),
    CONSTRAINT devices_management_ip_key_length CHECK (length(management_ip_key) = 17),
    CONSTRAINT devices_status_check CHECK (status IN ('pending', 'active', 'inactive', 'maintenance', 'retired')),
    CONSTRAINT devices_total_ports_check CHECK (total_ports >= 0),
    CONSTRAINT devices_polatis_name_length CHECK (length(polatis_name) <= 100),
    CONSTRAINT devices_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT devices_model_id_fkey FOREIGN KEY (tenant_id, model_id) REFERENCES device_models (tenant_id, id),
    CONSTRAINT devices_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id),
    CONSTRAINT devices_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT devices_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
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
ALTER TABLE devices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY devices_owner ON devices TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY devices_app ON devices TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON devices TO headend_app;

-- The part of a device that answers for subscribers: RADIUS and its control port.
CREATE TABLE access_servers (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    device_id       uuid              NOT NULL,
    nas_identifier  text COLLATE "C",
    radius_secret   bytea             NOT NULL,
    nas_ip          inet              NOT NULL,
    api_username    text COLLATE "C",
    api_password    bytea,
    api_port        integer,
    coa_port        integer,
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT access_servers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT access_servers_nas_identifier_length CHECK (length(nas_identifier) <= 253),
    CONSTRAINT access_servers_api_username_length CHECK (length(api_username) <= 100),
    CONSTRAINT access_servers_api_port_check CHECK (api_port BETWEEN 1 AND 65535),
    CONSTRAINT access_servers_coa_port_check CHECK (coa_port BETWEEN 1 AND 65535),
    CONSTRAINT access_servers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT access_servers_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX access_servers_device_unique ON access_servers (tenant_id, device_id);
CREATE UNIQUE INDEX access_servers_nas_ip_unique ON access_servers (nas_ip);
ALTER TABLE access_servers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY access_servers_owner ON access_servers TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY access_servers_app ON access_servers TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON access_servers TO headend_app;

-- Words people put on devices.
CREATE TABLE device_tags (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    device_id   uuid              NOT NULL,
    tag         text COLLATE "C"  NOT NULL,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT device_tags_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_tags_tag_required CHECK (tag <> ''),
    CONSTRAINT device_tags_tag_length CHECK (length(tag) <= 100),
    CONSTRAINT device_tags_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_tags_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX device_tags_tag_unique ON device_tags (tenant_id, device_id, tag);
CREATE INDEX device_tags_tag_device_id_index ON device_tags (tenant_id, tag, device_id);
ALTER TABLE device_tags ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_tags_owner ON device_tags TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_tags_app ON device_tags TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_tags TO headend_app;

-- Who answers for a device, now and before.
CREATE TABLE device_ownerships (
    id           uuid         NOT NULL,
    tenant_id    uuid         NOT NULL,
    device_id    uuid         NOT NULL,
    owner_id     uuid         NOT NULL,
    assigned_by  uuid,
    assigned_at  timestamptz  NOT NULL,
    revoked_at   timestamptz,
    version      integer      NOT NULL DEFAULT 1,
    created_at   timestamptz  NOT NULL,
    updated_at   timestamptz  NOT NULL,
    CONSTRAINT device_ownerships_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_ownerships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_ownerships_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT device_ownerships_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id),
    CONSTRAINT device_ownerships_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX device_ownerships_owner_unique ON device_ownerships (tenant_id, device_id, owner_id) WHERE revoked_at IS NULL;
CREATE INDEX device_ownerships_device_id_assigned_at_index ON device_ownerships (tenant_id, device_id, assigned_at);
CREATE INDEX device_ownerships_owner_id_device_id_index ON device_ownerships (tenant_id, owner_id, device_id);
ALTER TABLE device_ownerships ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_ownerships_owner ON device_ownerships TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_ownerships_app ON device_ownerships TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_ownerships TO headend_app;

-- Planned work on a device, a site or all that carry a tag: nobody is woken.
CREATE TABLE maintenance_windows (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    device_id   uuid,
    site_id     uuid,
    tag         text COLLATE "C",
    starts_at   timestamptz       NOT NULL,
    ends_at     timestamptz       NOT NULL,
    recurrence  text COLLATE "C",
    timezone    text COLLATE "C"  NOT NULL DEFAULT 'UTC',
    reason      text COLLATE "C"  NOT NULL DEFAULT '',
    created_by  uuid              NOT NULL,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT maintenance_windows_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT maintenance_windows_tag_length CHECK (length(tag) <= 100),
    CONSTRAINT maintenance_windows_recurrence_length CHECK (length(recurrence) <= 1000),
    CONSTRAINT maintenance_windows_timezone_length CHECK (length(timezone) <= 64),
    CONSTRAINT maintenance_windows_reason_length CHECK (length(reason) <= 1000),
    CONSTRAINT maintenance_windows_target_check CHECK ((device_id IS NOT NULL AND site_id IS NULL AND tag IS NULL) OR (device_id IS NULL AND site_id IS NOT NULL AND tag IS NULL) OR (device_id IS NULL AND site_id IS NULL AND tag IS NOT NULL)),
    CONSTRAINT maintenance_windows_times_check CHECK (ends_at > starts_at),
    CONSTRAINT maintenance_windows_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT maintenance_windows_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT maintenance_windows_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id),
    CONSTRAINT maintenance_windows_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE INDEX maintenance_windows_starts_at_index ON maintenance_windows (tenant_id, starts_at, id);
CREATE INDEX maintenance_windows_ends_at_index ON maintenance_windows (tenant_id, ends_at, id);
CREATE INDEX maintenance_windows_tag_starts_at_index ON maintenance_windows (tenant_id, tag, starts_at);
CREATE INDEX maintenance_windows_device_id_index ON maintenance_windows (tenant_id, device_id);
CREATE INDEX maintenance_windows_site_id_index ON maintenance_windows (tenant_id, site_id);
ALTER TABLE maintenance_windows ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY maintenance_windows_owner ON maintenance_windows TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY maintenance_windows_app ON maintenance_windows TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON maintenance_windows TO headend_app;

-- How a device is asked whether it is well.
CREATE TABLE device_checks (
    id                      uuid              NOT NULL,
    tenant_id               uuid              NOT NULL,
    device_id               uuid              NOT NULL,
    kind                    text COLLATE "C"  NOT NULL,
    target                  text COLLATE "C",
    port                    integer,
    settings                jsonb             NOT NULL DEFAULT '{}',
    interval_seconds        integer           NOT NULL DEFAULT 60,
    retry_interval_seconds  integer           NOT NULL DEFAULT 15,
    timeout_ms              integer           NOT NULL DEFAULT 2000,
    max_attempts            integer           NOT NULL DEFAULT 3,
    enabled                 boolean           NOT NULL DEFAULT true,
    version                 integer           NOT NULL DEFAULT 1,
    created_at              timestamptz       NOT NULL,
    updated_at              timestamptz       NOT NULL,
    CONSTRAINT device_checks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_checks_kind_check CHECK (kind IN ('icmp', 'tcp', 'http', 'snmp')),
    CONSTRAINT device_checks_target_length CHECK (length(target) <= 2000),
    CONSTRAINT device_checks_port_check CHECK (port BETWEEN 1 AND 65535),
    CONSTRAINT device_checks_interval_seconds_check CHECK (interval_seconds >= 1),
    CONSTRAINT device_checks_retry_interval_seconds_check CHECK (retry_interval_seconds >= 1),
    CONSTRAINT device_checks_timeout_ms_check CHECK (timeout_ms >= 1),
    CONSTRAINT device_checks_max_attempts_check CHECK (max_attempts >= 1),
    CONSTRAINT device_checks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_checks_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX device_checks_device_id_kind_index ON device_checks (tenant_id, device_id, kind);
CREATE INDEX device_checks_enabled_device_id_index ON device_checks (tenant_id, enabled, device_id);
ALTER TABLE device_checks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_checks_owner ON device_checks TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_checks_app ON device_checks TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_checks TO headend_app;

-- What the poller last saw of each check.
CREATE TABLE device_check_states (
    tenant_id      uuid              NOT NULL,
    check_id       uuid              NOT NULL,
    state          text COLLATE "C"  NOT NULL DEFAULT 'unknown',
    hard           boolean           NOT NULL DEFAULT false,
    attempts       integer           NOT NULL DEFAULT 0,
    recent         integer           NOT NULL DEFAULT 0,
    flapping       boolean           NOT NULL DEFAULT false,
    last_check_at  timestamptz,
    last_ok_at     timestamptz,
    latency_us     integer,
    loss_percent   integer,
    message        text COLLATE "C",
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT device_check_states_pkey PRIMARY KEY (tenant_id, check_id),
    CONSTRAINT device_check_states_state_check CHECK (state IN ('unknown', 'up', 'degraded', 'down')),
    CONSTRAINT device_check_states_attempts_check CHECK (attempts >= 0),
    CONSTRAINT device_check_states_recent_check CHECK (recent BETWEEN 0 AND 1048575),
    CONSTRAINT device_check_states_latency_us_check CHECK (latency_us >= 0),
    CONSTRAINT device_check_states_loss_percent_check CHECK (loss_percent BETWEEN 0 AND 10000),
    CONSTRAINT device_check_states_message_length CHECK (length(message) <= 1000),
    CONSTRAINT device_check_states_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_check_states_check_id_fkey FOREIGN KEY (tenant_id, check_id) REFERENCES device_checks (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX device_check_states_state_check_id_index ON device_check_states (tenant_id, state, check_id);
CREATE INDEX device_check_states_updated_at_index ON device_check_states (tenant_id, updated_at);
ALTER TABLE device_check_states ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_check_states_owner ON device_check_states TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_check_states_app ON device_check_states TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_check_states TO headend_app;

-- How each device is, as the poller found it; its key is the device's own id.
CREATE TABLE device_health (
    tenant_id       uuid              NOT NULL,
    device_id       uuid              NOT NULL,
    health          text COLLATE "C"  NOT NULL DEFAULT 'unknown',
    since           timestamptz       NOT NULL,
    heartbeat_at    timestamptz,
    latency_us      integer,
    loss_percent    integer,
    uptime_seconds  bigint,
    active_ports    integer,
    flap_percent    integer           NOT NULL DEFAULT 0,
    message         text COLLATE "C",
    metrics         jsonb             NOT NULL DEFAULT '{}',
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT device_health_pkey PRIMARY KEY (tenant_id, device_id),
    CONSTRAINT device_health_health_check CHECK (health IN ('unknown', 'up', 'degraded', 'down', 'unreachable', 'flapping', 'maintenance')),
    CONSTRAINT device_health_latency_us_check CHECK (latency_us >= 0),
    CONSTRAINT device_health_loss_percent_check CHECK (loss_percent BETWEEN 0 AND 10000),
    CONSTRAINT device_health_uptime_seconds_check CHECK (uptime_seconds >= 0),
    CONSTRAINT device_health_active_ports_check CHECK (active_ports >= 0),
    CONSTRAINT device_health_flap_percent_check CHECK (flap_percent BETWEEN 0 AND 10000),
    CONSTRAINT device_health_message_length CHECK (length(message) <= 1000),
    CONSTRAINT device_health_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_health_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX device_health_health_device_id_index ON device_health (tenant_id, health, device_id);
CREATE INDEX device_health_health_since_index ON device_health (tenant_id, health, since);
CREATE INDEX device_health_updated_at_index ON device_health (tenant_id, updated_at);
ALTER TABLE device_health ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_health_owner ON device_health TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_health_app ON device_health TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_health TO headend_app;

-- How a device was: a row on each change, and one for a dozen results otherwise.
CREATE TABLE device_health_snapshots (
    id            uuid              NOT NULL,
    tenant_id     uuid              NOT NULL,
    device_id     uuid              NOT NULL,
    status        text COLLATE "C"  NOT NULL,
    heartbeat_at  timestamptz,
    metrics       jsonb             NOT NULL DEFAULT '{}',
    recorded_at   timestamptz       NOT NULL,
    CONSTRAINT device_health_snapshots_pkey PRIMARY KEY (tenant_id, id, recorded_at),
    CONSTRAINT device_health_snapshots_status_check CHECK (status IN ('unknown', 'up', 'degraded', 'down', 'unreachable', 'flapping', 'maintenance')),
    CONSTRAINT device_health_snapshots_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_health_snapshots_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
) PARTITION BY RANGE (recorded_at);
CREATE TABLE device_health_snapshots_default PARTITION OF device_health_snapshots DEFAULT;
CREATE INDEX device_health_snapshots_device_id_recorded_at_index ON device_health_snapshots (tenant_id, device_id, recorded_at);
CREATE INDEX device_health_snapshots_recorded_at_index ON device_health_snapshots (tenant_id, recorded_at, id);
CREATE INDEX device_health_snapshots_status_recorded_at_index ON device_health_snapshots (tenant_id, status, recorded_at);
CREATE TRIGGER device_health_snapshots_refuse_change BEFORE UPDATE OR DELETE ON device_health_snapshots
    FOR EACH ROW EXECUTE FUNCTION refuse_change('device_health_snapshots');
ALTER TABLE device_health_snapshots ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_health_snapshots_owner ON device_health_snapshots TO headend_owner USING (true) WITH CHECK (true);
ALTER TABLE device_health_snapshots_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_health_snapshots_default_owner ON device_health_snapshots_default TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_health_snapshots_app ON device_health_snapshots TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON device_health_snapshots TO headend_app;

-- A device's hours and days, summed up.
CREATE TABLE device_health_rollups (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    device_id       uuid              NOT NULL,
    bucket          text COLLATE "C"  NOT NULL,
    bucket_start    timestamptz       NOT NULL,
    checks          integer           NOT NULL DEFAULT 0,
    failures        integer           NOT NULL DEFAULT 0,
    latency_min_us  integer,
    latency_avg_us  integer,
    latency_max_us  integer,
    up_seconds      integer           NOT NULL DEFAULT 0,
    known_seconds   integer           NOT NULL DEFAULT 0,
    CONSTRAINT device_health_rollups_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_health_rollups_bucket_check CHECK (bucket IN ('hour', 'day')),
    CONSTRAINT device_health_rollups_checks_check CHECK (checks >= 0),
    CONSTRAINT device_health_rollups_failures_check CHECK (failures >= 0),
    CONSTRAINT device_health_rollups_latency_min_us_check CHECK (latency_min_us >= 0),
    CONSTRAINT device_health_rollups_latency_avg_us_check CHECK (latency_avg_us >= 0),
    CONSTRAINT device_health_rollups_latency_max_us_check CHECK (latency_max_us >= 0),
    CONSTRAINT device_health_rollups_up_seconds_check CHECK (up_seconds >= 0),
    CONSTRAINT device_health_rollups_known_seconds_check CHECK (known_seconds >= 0),
    CONSTRAINT device_health_rollups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_health_rollups_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
);
CREATE UNIQUE INDEX device_health_rollups_bucket_unique ON device_health_rollups (tenant_id, device_id, bucket, bucket_start);
CREATE INDEX device_health_rollups_bucket_bucket_start_index ON device_health_rollups (tenant_id, bucket, bucket_start);
ALTER TABLE device_health_rollups ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_health_rollups_owner ON device_health_rollups TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_health_rollups_app ON device_health_rollups TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_health_rollups TO headend_app;

-- What devices and the poller reported.
CREATE TABLE device_logs (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    device_id   uuid              NOT NULL,
    level       text COLLATE "C"  NOT NULL DEFAULT 'info',
    message     text COLLATE "C"  NOT NULL DEFAULT '',
    created_at  timestamptz       NOT NULL,
    CONSTRAINT device_logs_pkey PRIMARY KEY (tenant_id, id, created_at),
    CONSTRAINT device_logs_level_check CHECK (level IN ('info', 'warning', 'error', 'system')),
    CONSTRAINT device_logs_message_length CHECK (length(message) <= 10000),
    CONSTRAINT device_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_logs_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
) PARTITION BY RANGE (created_at);
CREATE TABLE device_logs_default PARTITION OF device_logs DEFAULT;
CREATE INDEX device_logs_device_id_created_at_index ON device_logs (tenant_id, device_id, created_at);
CREATE INDEX device_logs_created_at_index ON device_logs (tenant_id, created_at, id);
CREATE INDEX device_logs_level_created_at_index ON device_logs (tenant_id, level, created_at);
CREATE TRIGGER device_logs_refuse_change BEFORE UPDATE OR DELETE ON device_logs
    FOR EACH ROW EXECUTE FUNCTION refuse_change('device_logs');
ALTER TABLE device_logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_logs_owner ON device_logs TO headend_owner USING (true) WITH CHECK (true);
ALTER TABLE device_logs_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_logs_default_owner ON device_logs_default TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_logs_app ON device_logs TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON device_logs TO headend_app;

-- Outages: what broke, since when, who sees to it.
CREATE TABLE incidents (
    id                  uuid              NOT NULL,
    tenant_id           uuid              NOT NULL,
    number              text COLLATE "C"  NOT NULL,
    title               text COLLATE "C"  NOT NULL DEFAULT '',
    severity            text COLLATE "C"  NOT NULL,
    status              text COLLATE "C"  NOT NULL DEFAULT 'active',
    device_id           uuid,
    device_name         text COLLATE "C",
    description         text COLLATE "C"  NOT NULL DEFAULT '',
    root_cause          text COLLATE "C",
    origin              text COLLATE "C"  NOT NULL DEFAULT 'manual',
    dedupe_key          text COLLATE "C",
    started_at          timestamptz       NOT NULL,
    acknowledged_by     uuid,
    acknowledged_at     timestamptz,
    acknowledged_until  timestamptz,
    assignee_id         uuid,
    resolved_by         uuid,
    resolved_at         timestamptz,
    affected_count      integer           NOT NULL DEFAULT 0,
    version             integer           NOT NULL DEFAULT 1,
    created_at          timestamptz       NOT NULL,
    updated_at          timestamptz       NOT NULL,
    CONSTRAINT incidents_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT incidents_number_required CHECK (number <> ''),
    CONSTRAINT incidents_number_length CHECK (length(number) <= 50),
    CONSTRAINT incidents_title_length CHECK (length(title) <= 255),
    CONSTRAINT incidents_severity_check CHECK (severity IN ('critical', 'major', 'minor')),
    CONSTRAINT incidents_status_check CHECK (status IN ('active', 'investigating', 'resolved')),
    CONSTRAINT incidents_device_name_length CHECK (length(device_name) <= 200),
    CONSTRAINT incidents_description_length CHECK (length(description) <= 10000),
    CONSTRAINT incidents_root_cause_length CHECK (length(root_cause) <= 10000),
    CONSTRAINT incidents_origin_check CHECK (origin IN ('manual', 'poller')),
    CONSTRAINT incidents_dedupe_key_length CHECK (length(dedupe_key) <= 255),
    CONSTRAINT incidents_affected_count_check CHECK (affected_count >= 0),
    CONSTRAINT incidents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT incidents_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT incidents_acknowledged_by_fkey FOREIGN KEY (acknowledged_by) REFERENCES users (id),
    CONSTRAINT incidents_assignee_id_fkey FOREIGN KEY (assignee_id) REFERENCES users (id),
    CONSTRAINT incidents_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX incidents_number_unique ON incidents (tenant_id, number);
CREATE UNIQUE INDEX incidents_dedupe_key_unique ON incidents (tenant_id, dedupe_key) WHERE dedupe_key IS NOT NULL AND dedupe_key <> '' AND status <> 'resolved';
CREATE INDEX incidents_started_at_index ON incidents (tenant_id, started_at, id);
CREATE INDEX incidents_status_started_at_index ON incidents (tenant_id, status, started_at, id);
CREATE INDEX incidents_severity_started_at_index ON incidents (tenant_id, severity, started_at, id);
CREATE INDEX incidents_device_id_started_at_index ON incidents (tenant_id, device_id, started_at);
CREATE INDEX incidents_assignee_id_status_started_at_index ON incidents (tenant_id, assignee_id, status, started_at);
CREATE INDEX incidents_updated_at_index ON incidents (tenant_id, updated_at, id);
ALTER TABLE incidents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY incidents_owner ON incidents TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY incidents_app ON incidents TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON incidents TO headend_app;

-- Which poller has which share of the devices.
CREATE TABLE poller_leases (
    shard       integer           NOT NULL,
    owner       text COLLATE "C"  NOT NULL DEFAULT '',
    expires_at  timestamptz       NOT NULL,
    CONSTRAINT poller_leases_pkey PRIMARY KEY (shard),
    CONSTRAINT poller_leases_shard_check CHECK (shard >= 0),
    CONSTRAINT poller_leases_owner_length CHECK (length(owner) <= 200)
);
ALTER TABLE poller_leases ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY poller_leases_owner ON poller_leases TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY poller_leases_app ON poller_leases TO headend_app
    USING (true)
    WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON poller_leases TO headend_app;

-- Each record's words, folded: begins with a space, one space between words.
CREATE TABLE search_documents (
    tenant_id  uuid              NOT NULL,
    kind       text COLLATE "C"  NOT NULL DEFAULT '',
    record_id  uuid              NOT NULL,
    text       text COLLATE "C"  NOT NULL DEFAULT '',
    CONSTRAINT search_documents_pkey PRIMARY KEY (tenant_id, kind, record_id),
    CONSTRAINT search_documents_kind_length CHECK (length(kind) <= 50),
    CONSTRAINT search_documents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
ALTER TABLE search_documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY search_documents_owner ON search_documents TO headend_owner USING (true) WITH CHECK (true);

-- The one row of the installation.
INSERT INTO installation (id, application, schema_epoch, created_at)
VALUES (1, 'headend', 1, now());

-- A device is never reached through itself; the lock keeps two that move at once from closing a circle.
CREATE FUNCTION refuse_parent_cycle() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN
            RETURN NEW;
        END IF;
        PERFORM pg_advisory_xact_lock(hashtextextended('headend.devices.parent ' || NEW.tenant_id, 0));
    END IF;
    IF NEW.id = NEW.parent_id OR TG_OP = 'UPDATE' AND EXISTS (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT d.parent_id FROM above JOIN devices d ON d.tenant_id = NEW.tenant_id AND d.id = above.id
            WHERE d.parent_id IS NOT NULL
        )
        SELECT FROM above WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'devices_parent_cycle'
            USING ERRCODE = 'check_violation', TABLE = 'devices', CONSTRAINT = 'devices_parent_cycle';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER devices_parent_cycle
BEFORE INSERT OR UPDATE OF parent_id ON devices
FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
EXECUTE FUNCTION refuse_parent_cycle();

-- Search: trigrams that begin with the tenant, behind functions that say which tenant it is.
CREATE INDEX search_documents_text_gin ON search_documents USING gin (tenant_id, kind, text gin_trgm_ops)
    WITH (gin_pending_list_limit = 1024);  -- a search reads the pending list too: keep it short

-- The conditions of every pattern, each on its own: the index knows no LIKE ALL.
CREATE FUNCTION search_condition(patterns text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(string_agg(format(' AND text LIKE %L', p), ''), '') FROM unnest(patterns) AS p
$$;

-- Records of one kind that hold all patterns (LIKE, escaped with a backslash), at most `cap`; of every kind where it is null.
-- Planned with the values each time, and by bitmap alone: for two letters, whose rarity it cannot know, the planner
-- would walk the whole table instead.
CREATE FUNCTION search_ids(kind text, patterns text[], cap int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
DECLARE
    tenant uuid := nullif(current_setting('headend.tenant', true), '')::uuid;
BEGIN
    RETURN QUERY EXECUTE 'SELECT record_id FROM search_documents WHERE tenant_id = $1'
        || CASE WHEN kind IS NULL THEN '' ELSE ' AND kind = $2' END
        || search_condition(patterns) || ' LIMIT $3'
        USING tenant, kind, cap;
END
$$;

-- Records of any kind that hold all patterns, at most `cap`.
CREATE FUNCTION search_any(patterns text[], cap int) RETURNS TABLE (kind text, record_id uuid)
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
DECLARE
    tenant uuid := nullif(current_setting('headend.tenant', true), '')::uuid;
BEGIN
    RETURN QUERY EXECUTE 'SELECT kind, record_id FROM search_documents WHERE tenant_id = $1'
        || search_condition(patterns) || ' LIMIT $2'
        USING tenant, cap;
END
$$;

-- Does this one record hold all patterns?
CREATE FUNCTION search_matches(kind text, record_id uuid, patterns text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM search_documents d
        WHERE d.tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid
            AND d.kind = $1 AND d.record_id = $2 AND d.text LIKE ALL ($3)
    )
$$;

CREATE FUNCTION search_put_many(kind text, ids uuid[], texts text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant uuid := nullif(current_setting('headend.tenant', true), '')::uuid;
BEGIN
    IF tenant IS NULL THEN
        RAISE EXCEPTION 'headend.tenant is not set' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO search_documents AS d (tenant_id, kind, record_id, text)
    SELECT tenant, search_put_many.kind, n.id, n.text FROM unnest(ids, texts) AS n (id, text)
    ON CONFLICT ON CONSTRAINT search_documents_pkey DO UPDATE SET text = excluded.text WHERE d.text <> excluded.text;
END
$$;

CREATE FUNCTION search_put(kind text, record_id uuid, text text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT search_put_many($1, ARRAY[$2], ARRAY[$3])
$$;

CREATE FUNCTION search_remove(kind text, record_id uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    DELETE FROM search_documents d
    WHERE d.tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid
        AND d.kind = $1 AND d.record_id = $2
$$;

-- What happens before a tenant is known.
-- The tenant of a log-in: by its name, or the only one there is.
CREATE FUNCTION login_tenant(slug text)
RETURNS TABLE (id uuid, name text, status text, display_name text, timezone text, currency text, locale text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id, t.name, t.status, t.display_name, t.timezone, t.currency, t.locale
    FROM tenants t
    WHERE t.name = slug OR (slug IS NULL AND (SELECT count(*) FROM tenants) = 1)
$$;

-- The tenant of a session: null where there is no such session, or where it is an operator's.
CREATE FUNCTION session_tenant(token_hash bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT s.tenant_id FROM user_sessions s WHERE s.token_hash = $1
$$;

CREATE FUNCTION tenant_count() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT count(*) FROM tenants
$$;

-- The tenants that programs work for: the poller, the clock, the payment callbacks.
CREATE FUNCTION active_tenants() RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT t.id, t.name FROM tenants t WHERE t.status IN ('trial', 'active') ORDER BY t.name
$$;

-- Partitions.
-- Makes this month's partition of every partitioned table and those of the `ahead` coming months; returns how
-- many were new. Rows that came before their partition are taken out of the default one.
CREATE FUNCTION ensure_partitions(ahead int) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    parent record;
    month timestamptz;
    part text;
    misplaced boolean;
    made int := 0;
BEGIN
    IF ahead NOT BETWEEN 0 AND 120 THEN
        RAISE EXCEPTION 'ensure_partitions: % months ahead; 0 to 120 are possible', ahead
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('headend.ensure_partitions', 0));
    FOR parent IN
        SELECT c.relname AS name, a.attname AS by_time
        FROM pg_partitioned_table p
        JOIN pg_class c ON c.oid = p.partrelid
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = p.partattrs[0]
        WHERE c.relnamespace = 'public'::regnamespace AND p.partstrat = 'r'
            AND pg_get_userbyid(c.relowner) = current_user
        ORDER BY c.relname
    LOOP
        FOR month IN
            SELECT generate_series(date_trunc('month', now()), date_trunc('month', now()) + make_interval(months => ahead), '1 month')
        LOOP
            part := format('%s_%s', parent.name, to_char(month, 'YYYY_MM'));
            CONTINUE WHEN to_regclass('public.' || quote_ident(part)) IS NOT NULL;
            EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I >= $1 AND %I < $2)',
                           parent.name || '_default', parent.by_time, parent.by_time)
                INTO misplaced USING month, month + interval '1 month';
            IF misplaced THEN
                EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent.name, parent.name || '_default');
            END IF;
            EXECUTE format('CREATE TABLE public.%I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                           part, parent.name, month, month + interval '1 month');
            PERFORM seal_partition(part);
            IF misplaced THEN
                EXECUTE format('INSERT INTO %I SELECT * FROM %I WHERE %I >= $1 AND %I < $2',
                               part, parent.name || '_default', parent.by_time, parent.by_time)
                    USING month, month + interval '1 month';
                EXECUTE format('DELETE FROM %I WHERE %I >= $1 AND %I < $2',
                               parent.name || '_default', parent.by_time, parent.by_time)
                    USING month, month + interval '1 month';
                EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I DEFAULT', parent.name, parent.name || '_default');
            END IF;
            made := made + 1;
        END LOOP;
    END LOOP;
    RETURN made;
END
$$;

-- A partition is reached through its table alone: no rights of its own, and closed to all but its owner.
CREATE FUNCTION seal_partition(part text) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    EXECUTE format('REVOKE ALL ON TABLE %I FROM PUBLIC, headend_app', part);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
    EXECUTE format('CREATE POLICY %I ON %I TO headend_owner USING (true) WITH CHECK (true)', part || '_owner', part);
END
$$;

-- Functions: none for everybody; the program has those that run with the owner's rights.
REVOKE ALL ON FUNCTION refuse_change FROM PUBLIC;
REVOKE ALL ON FUNCTION refuse_parent_cycle FROM PUBLIC;
REVOKE ALL ON FUNCTION search_condition FROM PUBLIC;
REVOKE ALL ON FUNCTION search_ids FROM PUBLIC;
REVOKE ALL ON FUNCTION search_any FROM PUBLIC;
REVOKE ALL ON FUNCTION search_matches FROM PUBLIC;
REVOKE ALL ON FUNCTION search_put_many FROM PUBLIC;
REVOKE ALL ON FUNCTION search_put FROM PUBLIC;
REVOKE ALL ON FUNCTION search_remove FROM PUBLIC;
REVOKE ALL ON FUNCTION login_tenant FROM PUBLIC;
REVOKE ALL ON FUNCTION session_tenant FROM PUBLIC;
REVOKE ALL ON FUNCTION tenant_count FROM PUBLIC;
REVOKE ALL ON FUNCTION active_tenants FROM PUBLIC;
REVOKE ALL ON FUNCTION ensure_partitions FROM PUBLIC;
REVOKE ALL ON FUNCTION seal_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_ids TO headend_app;
GRANT EXECUTE ON FUNCTION search_any TO headend_app;
GRANT EXECUTE ON FUNCTION search_matches TO headend_app;
GRANT EXECUTE ON FUNCTION search_put_many TO headend_app;
GRANT EXECUTE ON FUNCTION search_put TO headend_app;
GRANT EXECUTE ON FUNCTION search_remove TO headend_app;
GRANT EXECUTE ON FUNCTION login_tenant TO headend_app;
GRANT EXECUTE ON FUNCTION session_tenant TO headend_app;
GRANT EXECUTE ON FUNCTION tenant_count TO headend_app;
GRANT EXECUTE ON FUNCTION active_tenants TO headend_app;
GRANT EXECUTE ON FUNCTION ensure_partitions TO headend_app;

SELECT ensure_partitions(3);
