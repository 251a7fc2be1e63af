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
    -- Retention works with the owner's rights, in a function of its own; nobody else has them.
    IF TG_OP = 'DELETE' AND current_user = 'headend_owner'
        AND current_setting('headend.retention', true) = TG_ARGV[0]
    THEN
        RETURN OLD;
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
    tenant_id     uuid              GENERATED ALWAYS AS (id) STORED,
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
    credentials         bytea,
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
CREATE UNIQUE INDEX provider_configs_is_active_unique ON provider_configs (tenant_id, provider_type) WHERE is_active;
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
CREATE INDEX users_email_key_index ON users (tenant_id, email_key, id);
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
CREATE INDEX user_keys_created_at_index ON user_keys (tenant_id, created_at, id);
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
CREATE INDEX role_assignments_created_at_index ON role_assignments (tenant_id, created_at, id);
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
CREATE INDEX user_factors_created_at_index ON user_factors (tenant_id, created_at, id);
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
CREATE INDEX user_sessions_expires_at_index ON user_sessions (tenant_id, expires_at, id);
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
CREATE INDEX translations_key_index ON translations (tenant_id, key, id);
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
    letter         text COLLATE "C"  NOT NULL DEFAULT '',
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
    CONSTRAINT saved_views_letter_length CHECK (length(letter) <= 1),
    CONSTRAINT saved_views_filter_length CHECK (length(filter) <= 10000),
    CONSTRAINT saved_views_sort_length CHECK (length(sort) <= 1000),
    CONSTRAINT saved_views_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT saved_views_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE UNIQUE INDEX saved_views_name_unique ON saved_views (tenant_id, coalesce(user_id, '00000000-0000-0000-0000-000000000000'), screen, name_key);
CREATE INDEX saved_views_name_key_index ON saved_views (tenant_id, name_key, id);
CREATE INDEX saved_views_screen_name_key_index ON saved_views (tenant_id, screen, name_key, id);
CREATE INDEX saved_views_user_id_screen_index ON saved_views (tenant_id, user_id, screen);
ALTER TABLE saved_views ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY saved_views_owner ON saved_views TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY saved_views_app ON saved_views TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_views TO headend_app;

-- How each person left each list, and which saved view it opens with.
CREATE TABLE list_states (
    tenant_id   uuid              NOT NULL,
    user_id     uuid              NOT NULL,
    screen      text COLLATE "C"  NOT NULL,
    state       jsonb             NOT NULL DEFAULT '{}',
    opens_with  uuid,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT list_states_pkey PRIMARY KEY (tenant_id, user_id, screen),
    CONSTRAINT list_states_screen_required CHECK (screen <> ''),
    CONSTRAINT list_states_screen_length CHECK (length(screen) <= 100),
    CONSTRAINT list_states_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT list_states_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
ALTER TABLE list_states ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY list_states_owner ON list_states TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY list_states_app ON list_states TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON list_states TO headend_app;

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
    login_id      uuid,
    kind          text COLLATE "C"  NOT NULL,
    entity_type   text COLLATE "C"  NOT NULL DEFAULT '',
    state         text COLLATE "C"  NOT NULL DEFAULT 'running',
    undo          text COLLATE "C"  NOT NULL DEFAULT 'none',
    summary       text COLLATE "C"  NOT NULL DEFAULT '',
    records       integer           NOT NULL DEFAULT 0,
    meant         integer           NOT NULL DEFAULT 0,
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
    CONSTRAINT operations_meant_check CHECK (meant >= 0),
    CONSTRAINT operations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT operations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT operations_undoes_id_fkey FOREIGN KEY (undoes_id) REFERENCES operations (id),
    CONSTRAINT operations_undone_by_id_fkey FOREIGN KEY (undone_by_id) REFERENCES operations (id)
);
CREATE INDEX operations_user_id_started_at_index ON operations (tenant_id, user_id, started_at);
CREATE INDEX operations_login_id_started_at_index ON operations (tenant_id, login_id, started_at);
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
CREATE INDEX customers_email_key_index ON customers (tenant_id, email_key, id);
CREATE INDEX customers_username_key_index ON customers (tenant_id, username_key, id);
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

-- What came into a customer's wallet and what went out of it.
CREATE TABLE wallet_entries (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    customer_id    uuid              NOT NULL,
    amount         bigint            NOT NULL,
    reason         text COLLATE "C"  NOT NULL,
    payment_id     uuid,
    invoice_id     uuid,
    reverses_id    uuid,
    note           text COLLATE "C"  NOT NULL DEFAULT '',
    balance_after  bigint            NOT NULL,
    created_at     timestamptz       NOT NULL,
    CONSTRAINT wallet_entries_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT wallet_entries_reason_check CHECK (reason IN ('payment', 'invoice', 'renewal', 'refund', 'adjustment')),
    CONSTRAINT wallet_entries_note_length CHECK (length(note) <= 1000),
    CONSTRAINT wallet_entries_amount_check CHECK (amount <> 0),
    CONSTRAINT wallet_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT wallet_entries_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT wallet_entries_reverses_id_fkey FOREIGN KEY (tenant_id, reverses_id) REFERENCES wallet_entries (tenant_id, id)
);
CREATE UNIQUE INDEX wallet_entries_reversed_unique ON wallet_entries (tenant_id, reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX wallet_entries_customer_id_created_at_index ON wallet_entries (tenant_id, customer_id, created_at);
CREATE INDEX wallet_entries_created_at_index ON wallet_entries (tenant_id, created_at, id);
CREATE INDEX wallet_entries_payment_id_index ON wallet_entries (tenant_id, payment_id);
CREATE INDEX wallet_entries_invoice_id_index ON wallet_entries (tenant_id, invoice_id);
CREATE TRIGGER wallet_entries_refuse_change BEFORE UPDATE OR DELETE ON wallet_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change('wallet_entries');
ALTER TABLE wallet_entries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY wallet_entries_owner ON wallet_entries TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY wallet_entries_app ON wallet_entries TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON wallet_entries TO headend_app;

-- People who may become customers, and how far it has come with them.
CREATE TABLE leads (
    id                 uuid              NOT NULL,
    tenant_id          uuid              NOT NULL,
    number             text COLLATE "C"  NOT NULL,
    title              text COLLATE "C"  NOT NULL DEFAULT '',
    title_key          text COLLATE "C"  NOT NULL DEFAULT '',
    organization       text COLLATE "C",
    contact_name       text COLLATE "C"  NOT NULL DEFAULT '',
    contact_email      text COLLATE "C",
    contact_phone      text COLLATE "C",
    phone_digits       text COLLATE "C"  NOT NULL DEFAULT '',
    address            text COLLATE "C",
    plan_interest      text COLLATE "C",
    value              bigint,
    currency           text COLLATE "C"  NOT NULL DEFAULT '',
    probability        integer,
    status             text COLLATE "C"  NOT NULL DEFAULT 'new',
    source             text COLLATE "C"  NOT NULL DEFAULT 'manual',
    assigned_to        uuid,
    follow_up_at       timestamptz,
    expected_close_at  timestamptz,
    partner_id         uuid,
    distributor_id     uuid,
    customer_id        uuid,
    notes              text COLLATE "C"  NOT NULL DEFAULT '',
    provider_name      text COLLATE "C",
    provider_id        text COLLATE "C",
    provider_metadata  jsonb             NOT NULL DEFAULT '{}',
    last_sync_at       timestamptz,
    sync_status        text COLLATE "C",
    sync_error         text COLLATE "C",
    version            integer           NOT NULL DEFAULT 1,
    created_at         timestamptz       NOT NULL,
    updated_at         timestamptz       NOT NULL,
    CONSTRAINT leads_pkey PRIMARY KEY (tenant_id, id),
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
    CONSTRAINT leads_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT leads_provider_name_length CHECK (length(provider_name) <= 100),
    CONSTRAINT leads_provider_id_length CHECK (length(provider_id) <= 255),
    CONSTRAINT leads_sync_status_length CHECK (length(sync_status) <= 50),
    CONSTRAINT leads_sync_error_length CHECK (length(sync_error) <= 10000),
    CONSTRAINT leads_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT leads_assigned_to_fkey FOREIGN KEY (assigned_to) REFERENCES users (id),
    CONSTRAINT leads_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT leads_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT leads_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
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
ALTER TABLE leads ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY leads_owner ON leads TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY leads_app ON leads TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON leads TO headend_app;

-- What was done and is to be done about a lead.
CREATE TABLE lead_activities (
    id                 uuid              NOT NULL,
    tenant_id          uuid              NOT NULL,
    lead_id            uuid              NOT NULL,
    activity_type      text COLLATE "C"  NOT NULL,
    subject            text COLLATE "C"  NOT NULL DEFAULT '',
    description        text COLLATE "C"  NOT NULL DEFAULT '',
    due_at             timestamptz,
    done               boolean           NOT NULL DEFAULT false,
    done_at            timestamptz,
    user_id            uuid,
    provider_name      text COLLATE "C",
    provider_id        text COLLATE "C",
    provider_metadata  jsonb             NOT NULL DEFAULT '{}',
    version            integer           NOT NULL DEFAULT 1,
    created_at         timestamptz       NOT NULL,
    updated_at         timestamptz       NOT NULL,
    CONSTRAINT lead_activities_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT lead_activities_activity_type_required CHECK (activity_type <> ''),
    CONSTRAINT lead_activities_activity_type_length CHECK (length(activity_type) <= 50),
    CONSTRAINT lead_activities_subject_length CHECK (length(subject) <= 500),
    CONSTRAINT lead_activities_description_length CHECK (length(description) <= 10000),
    CONSTRAINT lead_activities_provider_name_length CHECK (length(provider_name) <= 100),
    CONSTRAINT lead_activities_provider_id_length CHECK (length(provider_id) <= 255),
    CONSTRAINT lead_activities_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT lead_activities_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT lead_activities_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX lead_activities_lead_id_due_at_index ON lead_activities (tenant_id, lead_id, due_at);
CREATE INDEX lead_activities_due_at_index ON lead_activities (tenant_id, due_at, id);
CREATE INDEX lead_activities_created_at_index ON lead_activities (tenant_id, created_at, id);
CREATE INDEX lead_activities_done_due_at_index ON lead_activities (tenant_id, done, due_at);
CREATE INDEX lead_activities_provider_name_provider_id_index ON lead_activities (tenant_id, provider_name, provider_id);
ALTER TABLE lead_activities ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY lead_activities_owner ON lead_activities TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY lead_activities_app ON lead_activities TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON lead_activities TO headend_app;

-- What people wrote about a lead.
CREATE TABLE lead_notes (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    lead_id        uuid              NOT NULL,
    content        text COLLATE "C"  NOT NULL,
    created_by     uuid,
    provider_name  text COLLATE "C",
    provider_id    text COLLATE "C",
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT lead_notes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT lead_notes_content_required CHECK (content <> ''),
    CONSTRAINT lead_notes_content_length CHECK (length(content) <= 100000),
    CONSTRAINT lead_notes_provider_name_length CHECK (length(provider_name) <= 100),
    CONSTRAINT lead_notes_provider_id_length CHECK (length(provider_id) <= 255),
    CONSTRAINT lead_notes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT lead_notes_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT lead_notes_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE INDEX lead_notes_lead_id_created_at_index ON lead_notes (tenant_id, lead_id, created_at);
CREATE INDEX lead_notes_created_at_index ON lead_notes (tenant_id, created_at, id);
CREATE INDEX lead_notes_provider_name_provider_id_index ON lead_notes (tenant_id, provider_name, provider_id);
ALTER TABLE lead_notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY lead_notes_owner ON lead_notes TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY lead_notes_app ON lead_notes TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON lead_notes TO headend_app;

-- Every step of a lead.
CREATE TABLE lead_status_history (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    lead_id     uuid              NOT NULL,
    old_status  text COLLATE "C",
    new_status  text COLLATE "C"  NOT NULL,
    changed_by  uuid,
    reason      text COLLATE "C"  NOT NULL DEFAULT '',
    changed_at  timestamptz       NOT NULL,
    created_at  timestamptz       NOT NULL,
    CONSTRAINT lead_status_history_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT lead_status_history_old_status_length CHECK (length(old_status) <= 50),
    CONSTRAINT lead_status_history_new_status_required CHECK (new_status <> ''),
    CONSTRAINT lead_status_history_new_status_length CHECK (length(new_status) <= 50),
    CONSTRAINT lead_status_history_reason_length CHECK (length(reason) <= 10000),
    CONSTRAINT lead_status_history_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT lead_status_history_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT lead_status_history_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES users (id)
);
CREATE INDEX lead_status_history_lead_id_changed_at_index ON lead_status_history (tenant_id, lead_id, changed_at);
CREATE INDEX lead_status_history_changed_at_index ON lead_status_history (tenant_id, changed_at, id);
CREATE INDEX lead_status_history_new_status_changed_at_index ON lead_status_history (tenant_id, new_status, changed_at);
CREATE TRIGGER lead_status_history_refuse_change BEFORE UPDATE ON lead_status_history
    FOR EACH ROW EXECUTE FUNCTION refuse_change('lead_status_history');
ALTER TABLE lead_status_history ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY lead_status_history_owner ON lead_status_history TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY lead_status_history_app ON lead_status_history TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON lead_status_history TO headend_app;

-- Vouchers that were made together, to be printed and sold.
CREATE TABLE voucher_batches (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    name         text COLLATE "C"  NOT NULL,
    name_key     text COLLATE "C"  NOT NULL,
    plan_id      uuid              NOT NULL,
    quantity     integer           NOT NULL,
    prefix       text COLLATE "C"  NOT NULL DEFAULT '',
    code_length  integer           NOT NULL DEFAULT 10,
    valid_until  timestamptz,
    created_by   uuid,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT voucher_batches_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT voucher_batches_name_required CHECK (name <> ''),
    CONSTRAINT voucher_batches_name_length CHECK (length(name) <= 200),
    CONSTRAINT voucher_batches_name_key_required CHECK (name_key <> ''),
    CONSTRAINT voucher_batches_quantity_check CHECK (quantity BETWEEN 1 AND 100000),
    CONSTRAINT voucher_batches_prefix_length CHECK (length(prefix) <= 20),
    CONSTRAINT voucher_batches_code_length_check CHECK (code_length BETWEEN 6 AND 32),
    CONSTRAINT voucher_batches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT voucher_batches_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT voucher_batches_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE INDEX voucher_batches_name_key_index ON voucher_batches (tenant_id, name_key, id);
CREATE INDEX voucher_batches_created_at_index ON voucher_batches (tenant_id, created_at, id);
CREATE INDEX voucher_batches_plan_id_index ON voucher_batches (tenant_id, plan_id);
ALTER TABLE voucher_batches ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY voucher_batches_owner ON voucher_batches TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY voucher_batches_app ON voucher_batches TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON voucher_batches TO headend_app;

-- Codes that each give one customer a plan, once.
CREATE TABLE vouchers (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    code         text COLLATE "C"  NOT NULL,
    code_key     text COLLATE "C"  NOT NULL,
    batch_id     uuid              NOT NULL,
    plan_id      uuid              NOT NULL,
    status       text COLLATE "C"  NOT NULL DEFAULT 'available',
    customer_id  uuid,
    mac_address  macaddr,
    used_at      timestamptz,
    expires_at   timestamptz,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT vouchers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT vouchers_code_required CHECK (code <> ''),
    CONSTRAINT vouchers_code_length CHECK (length(code) <= 64),
    CONSTRAINT vouchers_code_key_required CHECK (code_key <> ''),
    CONSTRAINT vouchers_status_check CHECK (status IN ('available', 'used', 'expired', 'revoked')),
    CONSTRAINT vouchers_used_check CHECK ((status = 'used') = (used_at IS NOT NULL)),
    CONSTRAINT vouchers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT vouchers_batch_id_fkey FOREIGN KEY (tenant_id, batch_id) REFERENCES voucher_batches (tenant_id, id),
    CONSTRAINT vouchers_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT vouchers_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE UNIQUE INDEX vouchers_code_unique ON vouchers (code_key);
CREATE INDEX vouchers_status_code_index ON vouchers (tenant_id, status, code, id);
CREATE INDEX vouchers_batch_id_code_index ON vouchers (tenant_id, batch_id, code);
CREATE INDEX vouchers_status_expires_at_index ON vouchers (tenant_id, status, expires_at);
CREATE INDEX vouchers_created_at_index ON vouchers (tenant_id, created_at, id);
CREATE INDEX vouchers_plan_id_index ON vouchers (tenant_id, plan_id);
CREATE INDEX vouchers_customer_id_index ON vouchers (tenant_id, customer_id);
ALTER TABLE vouchers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY vouchers_owner ON vouchers TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY vouchers_app ON vouchers TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON vouchers TO headend_app;

-- Which customer was merged into which: for undo, and so that old numbers still lead somewhere.
CREATE TABLE customer_merges (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    survivor_id    uuid              NOT NULL,
    merged_id      uuid              NOT NULL,
    merged_number  text COLLATE "C"  NOT NULL DEFAULT '',
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT customer_merges_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT customer_merges_merged_number_length CHECK (length(merged_number) <= 50),
    CONSTRAINT customer_merges_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT customer_merges_survivor_id_fkey FOREIGN KEY (tenant_id, survivor_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT customer_merges_merged_id_fkey FOREIGN KEY (tenant_id, merged_id) REFERENCES customers (tenant_id, id)
);
CREATE UNIQUE INDEX customer_merges_merged_unique ON customer_merges (tenant_id, merged_id);
CREATE INDEX customer_merges_survivor_id_created_at_index ON customer_merges (tenant_id, survivor_id, created_at);
CREATE INDEX customer_merges_merged_number_index ON customer_merges (tenant_id, merged_number);
CREATE INDEX customer_merges_created_at_index ON customer_merges (tenant_id, created_at, id);
ALTER TABLE customer_merges ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY customer_merges_owner ON customer_merges TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY customer_merges_app ON customer_merges TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON customer_merges TO headend_app;

-- What is sold by contract.
CREATE TABLE products (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    name         text COLLATE "C"  NOT NULL,
    name_key     text COLLATE "C"  NOT NULL,
    kind         text COLLATE "C"  NOT NULL,
    unit         text COLLATE "C"  NOT NULL,
    pricing      text COLLATE "C"  NOT NULL DEFAULT 'volume',
    description  text COLLATE "C"  NOT NULL DEFAULT '',
    is_active    boolean           NOT NULL DEFAULT true,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT products_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT products_name_required CHECK (name <> ''),
    CONSTRAINT products_name_length CHECK (length(name) <= 255),
    CONSTRAINT products_name_key_required CHECK (name_key <> ''),
    CONSTRAINT products_kind_required CHECK (kind <> ''),
    CONSTRAINT products_kind_length CHECK (length(kind) <= 100),
    CONSTRAINT products_unit_required CHECK (unit <> ''),
    CONSTRAINT products_unit_length CHECK (length(unit) <= 50),
    CONSTRAINT products_pricing_check CHECK (pricing IN ('volume', 'graduated')),
    CONSTRAINT products_description_length CHECK (length(description) <= 10000),
    CONSTRAINT products_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX products_name_unique ON products (tenant_id, name_key);
CREATE INDEX products_name_key_index ON products (tenant_id, name_key, id);
CREATE INDEX products_kind_name_key_index ON products (tenant_id, kind, name_key, id);
CREATE INDEX products_is_active_name_key_index ON products (tenant_id, is_active, name_key, id);
CREATE INDEX products_updated_at_index ON products (tenant_id, updated_at, id);
ALTER TABLE products ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY products_owner ON products TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY products_app ON products TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON products TO headend_app;

-- What a product costs by quantity.
CREATE TABLE price_tiers (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    product_id      uuid              NOT NULL,
    name            text COLLATE "C"  NOT NULL DEFAULT '',
    min_quantity    integer           NOT NULL,
    max_quantity    integer,
    price_per_unit  bigint            NOT NULL,
    currency        text COLLATE "C"  NOT NULL DEFAULT '',
    period          text COLLATE "C"  NOT NULL DEFAULT 'month',
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT price_tiers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT price_tiers_name_length CHECK (length(name) <= 100),
    CONSTRAINT price_tiers_min_quantity_check CHECK (min_quantity >= 0),
    CONSTRAINT price_tiers_price_per_unit_check CHECK (price_per_unit >= 1),
    CONSTRAINT price_tiers_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT price_tiers_period_check CHECK (period IN ('month', 'year')),
    CONSTRAINT price_tiers_range_check CHECK (max_quantity IS NULL OR max_quantity > min_quantity),
    CONSTRAINT price_tiers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT price_tiers_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX price_tiers_product_id_period_currency_min_quantity_index ON price_tiers (tenant_id, product_id, period, currency, min_quantity);
CREATE INDEX price_tiers_created_at_index ON price_tiers (tenant_id, created_at, id);
ALTER TABLE price_tiers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY price_tiers_owner ON price_tiers TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY price_tiers_app ON price_tiers TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON price_tiers TO headend_app;

-- How long a contract may run, and what staying longer saves.
CREATE TABLE durations (
    id                   uuid              NOT NULL,
    tenant_id            uuid              NOT NULL,
    months               integer           NOT NULL,
    discount_percentage  integer           NOT NULL DEFAULT 0,
    name                 text COLLATE "C"  NOT NULL DEFAULT '',
    version              integer           NOT NULL DEFAULT 1,
    created_at           timestamptz       NOT NULL,
    updated_at           timestamptz       NOT NULL,
    CONSTRAINT durations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT durations_months_check CHECK (months >= 1),
    CONSTRAINT durations_discount_percentage_check CHECK (discount_percentage BETWEEN 0 AND 10000),
    CONSTRAINT durations_name_length CHECK (length(name) <= 100),
    CONSTRAINT durations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX durations_months_unique ON durations (tenant_id, months);
CREATE INDEX durations_created_at_index ON durations (tenant_id, created_at, id);
ALTER TABLE durations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY durations_owner ON durations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY durations_app ON durations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON durations TO headend_app;

-- What somebody wants to buy, with prices as they were when it was sent.
CREATE TABLE orders (
    id                uuid              NOT NULL,
    tenant_id         uuid              NOT NULL,
    number            text COLLATE "C"  NOT NULL,
    status            text COLLATE "C"  NOT NULL DEFAULT 'created',
    partner_id        uuid,
    distributor_id    uuid,
    customer_id       uuid,
    lead_id           uuid,
    created_by        uuid,
    currency          text COLLATE "C"  NOT NULL DEFAULT '',
    subtotal          bigint            NOT NULL DEFAULT 0,
    discount_amount   bigint            NOT NULL DEFAULT 0,
    tax_amount        bigint            NOT NULL DEFAULT 0,
    total_amount      bigint            NOT NULL DEFAULT 0,
    billing_provider  text COLLATE "C",
    billing_quote_id  text COLLATE "C",
    billing_metadata  jsonb             NOT NULL DEFAULT '{}',
    crm_provider      text COLLATE "C",
    crm_deal_id       text COLLATE "C",
    crm_metadata      jsonb             NOT NULL DEFAULT '{}',
    notes_internal    text COLLATE "C"  NOT NULL DEFAULT '',
    sent_at           timestamptz,
    fulfilled_at      timestamptz,
    cancelled_at      timestamptz,
    version           integer           NOT NULL DEFAULT 1,
    created_at        timestamptz       NOT NULL,
    updated_at        timestamptz       NOT NULL,
    CONSTRAINT orders_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT orders_number_required CHECK (number <> ''),
    CONSTRAINT orders_number_length CHECK (length(number) <= 50),
    CONSTRAINT orders_status_check CHECK (status IN ('created', 'sent', 'in_fulfillment', 'fulfilled', 'cancelled')),
    CONSTRAINT orders_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT orders_billing_provider_length CHECK (length(billing_provider) <= 100),
    CONSTRAINT orders_billing_quote_id_length CHECK (length(billing_quote_id) <= 255),
    CONSTRAINT orders_crm_provider_length CHECK (length(crm_provider) <= 100),
    CONSTRAINT orders_crm_deal_id_length CHECK (length(crm_deal_id) <= 255),
    CONSTRAINT orders_notes_internal_length CHECK (length(notes_internal) <= 10000),
    CONSTRAINT orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT orders_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT orders_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT orders_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id),
    CONSTRAINT orders_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
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
ALTER TABLE orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY orders_owner ON orders TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY orders_app ON orders TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON orders TO headend_app;

-- The lines of an order, with what the product was when it was added.
CREATE TABLE order_items (
    id                   uuid              NOT NULL,
    tenant_id            uuid              NOT NULL,
    order_id             uuid              NOT NULL,
    product_id           uuid              NOT NULL,
    duration_id          uuid              NOT NULL,
    quantity             integer           NOT NULL,
    period               text COLLATE "C"  NOT NULL DEFAULT 'month',
    unit_price           bigint            NOT NULL,
    discount_percentage  integer           NOT NULL DEFAULT 0,
    subtotal             bigint            NOT NULL,
    discount_amount      bigint            NOT NULL,
    total                bigint            NOT NULL,
    product_name         text COLLATE "C"  NOT NULL DEFAULT '',
    product_type         text COLLATE "C"  NOT NULL DEFAULT '',
    product_unit         text COLLATE "C"  NOT NULL DEFAULT '',
    duration_months      integer           NOT NULL,
    description          text COLLATE "C"  NOT NULL DEFAULT '',
    version              integer           NOT NULL DEFAULT 1,
    created_at           timestamptz       NOT NULL,
    updated_at           timestamptz       NOT NULL,
    CONSTRAINT order_items_pkey PRIMARY KEY (tenant_id, id),
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
    CONSTRAINT order_items_duration_months_check CHECK (duration_months >= 1),
    CONSTRAINT order_items_description_length CHECK (length(description) <= 1000),
    CONSTRAINT order_items_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT order_items_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT order_items_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
    CONSTRAINT order_items_duration_id_fkey FOREIGN KEY (tenant_id, duration_id) REFERENCES durations (tenant_id, id)
);
CREATE INDEX order_items_order_id_created_at_index ON order_items (tenant_id, order_id, created_at);
CREATE INDEX order_items_created_at_index ON order_items (tenant_id, created_at, id);
CREATE INDEX order_items_product_id_index ON order_items (tenant_id, product_id);
CREATE INDEX order_items_duration_id_index ON order_items (tenant_id, duration_id);
ALTER TABLE order_items ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY order_items_owner ON order_items TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY order_items_app ON order_items TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON order_items TO headend_app;

-- What was agreed, from when, until when, and what it follows.
CREATE TABLE contracts (
    id                   uuid              NOT NULL,
    tenant_id            uuid              NOT NULL,
    number               text COLLATE "C"  NOT NULL,
    order_id             uuid,
    status               text COLLATE "C"  NOT NULL DEFAULT 'active',
    user_id              uuid,
    partner_id           uuid,
    distributor_id       uuid,
    customer_id          uuid,
    activation_date      date              NOT NULL,
    expiration_date      date              NOT NULL,
    anchor_day           integer           NOT NULL,
    renewed_from_id      uuid,
    follows_as           text COLLATE "C",
    total_value          bigint            NOT NULL DEFAULT 0,
    currency             text COLLATE "C"  NOT NULL DEFAULT '',
    billing_provider     text COLLATE "C",
    billing_customer_id  text COLLATE "C",
    billing_invoices     jsonb             NOT NULL DEFAULT '[]',
    billing_metadata     jsonb             NOT NULL DEFAULT '{}',
    notes_internal       text COLLATE "C"  NOT NULL DEFAULT '',
    cancelled_at         timestamptz,
    version              integer           NOT NULL DEFAULT 1,
    created_at           timestamptz       NOT NULL,
    updated_at           timestamptz       NOT NULL,
    CONSTRAINT contracts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT contracts_number_required CHECK (number <> ''),
    CONSTRAINT contracts_number_length CHECK (length(number) <= 50),
    CONSTRAINT contracts_status_check CHECK (status IN ('active', 'lost', 'upgraded', 'downgraded', 'expired', 'cancelled')),
    CONSTRAINT contracts_anchor_day_check CHECK (anchor_day BETWEEN 1 AND 31),
    CONSTRAINT contracts_follows_as_check CHECK (follows_as IN ('renewal', 'upgrade', 'downgrade')),
    CONSTRAINT contracts_total_value_check CHECK (total_value >= 0),
    CONSTRAINT contracts_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT contracts_billing_provider_length CHECK (length(billing_provider) <= 100),
    CONSTRAINT contracts_billing_customer_id_length CHECK (length(billing_customer_id) <= 255),
    CONSTRAINT contracts_notes_internal_length CHECK (length(notes_internal) <= 10000),
    CONSTRAINT contracts_dates_check CHECK (expiration_date > activation_date),
    CONSTRAINT contracts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT contracts_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id),
    CONSTRAINT contracts_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT contracts_partner_id_fkey FOREIGN KEY (tenant_id, partner_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT contracts_distributor_id_fkey FOREIGN KEY (tenant_id, distributor_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT contracts_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT contracts_renewed_from_id_fkey FOREIGN KEY (tenant_id, renewed_from_id) REFERENCES contracts (tenant_id, id)
);
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
ALTER TABLE contracts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY contracts_owner ON contracts TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY contracts_app ON contracts TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON contracts TO headend_app;

-- What people wrote about a record.
CREATE TABLE notes (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    order_id     uuid,
    contract_id  uuid,
    customer_id  uuid,
    device_id    uuid,
    ticket_id    uuid,
    incident_id  uuid,
    content      text COLLATE "C"  NOT NULL,
    is_internal  boolean           NOT NULL DEFAULT true,
    is_pinned    boolean           NOT NULL DEFAULT false,
    created_by   uuid,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT notes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notes_content_required CHECK (content <> ''),
    CONSTRAINT notes_content_length CHECK (length(content) <= 100000),
    CONSTRAINT notes_about_check CHECK (order_id IS NOT NULL OR contract_id IS NOT NULL OR customer_id IS NOT NULL OR device_id IS NOT NULL OR ticket_id IS NOT NULL OR incident_id IS NOT NULL),
    CONSTRAINT notes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT notes_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id),
    CONSTRAINT notes_contract_id_fkey FOREIGN KEY (tenant_id, contract_id) REFERENCES contracts (tenant_id, id),
    CONSTRAINT notes_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT notes_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE INDEX notes_created_at_index ON notes (tenant_id, created_at, id);
CREATE INDEX notes_is_pinned_created_at_index ON notes (tenant_id, is_pinned, created_at);
CREATE INDEX notes_order_id_index ON notes (tenant_id, order_id);
CREATE INDEX notes_contract_id_index ON notes (tenant_id, contract_id);
CREATE INDEX notes_customer_id_index ON notes (tenant_id, customer_id);
CREATE INDEX notes_device_id_index ON notes (tenant_id, device_id);
CREATE INDEX notes_ticket_id_index ON notes (tenant_id, ticket_id);
CREATE INDEX notes_incident_id_index ON notes (tenant_id, incident_id);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY notes_owner ON notes TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY notes_app ON notes TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO headend_app;

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
CREATE INDEX devices_device_type_index ON devices (tenant_id, device_type, id);
CREATE INDEX devices_serial_number_index ON devices (tenant_id, serial_number, id);
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
CREATE INDEX access_servers_created_at_index ON access_servers (tenant_id, created_at, id);
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
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    device_id    uuid              NOT NULL,
    owner_id     uuid              NOT NULL,
    assigned_by  uuid,
    assigned_at  timestamptz       NOT NULL,
    revoked_at   timestamptz,
    notes        text COLLATE "C"  NOT NULL DEFAULT '',
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT device_ownerships_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_ownerships_notes_length CHECK (length(notes) <= 1000),
    CONSTRAINT device_ownerships_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_ownerships_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT device_ownerships_owner_id_fkey FOREIGN KEY (owner_id) REFERENCES users (id),
    CONSTRAINT device_ownerships_assigned_by_fkey FOREIGN KEY (assigned_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX device_ownerships_owner_unique ON device_ownerships (tenant_id, device_id, owner_id) WHERE revoked_at IS NULL;
CREATE INDEX device_ownerships_created_at_index ON device_ownerships (tenant_id, created_at, id);
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

-- Where one parent is not the whole truth: the device is reached through any of several.
CREATE TABLE device_parents (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    device_id   uuid              NOT NULL,
    parent_id   uuid              NOT NULL,
    notes       text COLLATE "C"  NOT NULL DEFAULT '',
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT device_parents_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_parents_notes_length CHECK (length(notes) <= 1000),
    CONSTRAINT device_parents_different_check CHECK (device_id <> parent_id),
    CONSTRAINT device_parents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_parents_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT device_parents_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES devices (tenant_id, id)
);
CREATE UNIQUE INDEX device_parents_parent_unique ON device_parents (tenant_id, device_id, parent_id);
CREATE INDEX device_parents_parent_id_device_id_index ON device_parents (tenant_id, parent_id, device_id);
CREATE INDEX device_parents_created_at_index ON device_parents (tenant_id, created_at, id);
ALTER TABLE device_parents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_parents_owner ON device_parents TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_parents_app ON device_parents TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_parents TO headend_app;

-- What is not to be told for a while.
CREATE TABLE silences (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    device_id   uuid,
    site_id     uuid,
    tag         text COLLATE "C",
    starts_at   timestamptz       NOT NULL,
    ends_at     timestamptz       NOT NULL,
    reason      text COLLATE "C"  NOT NULL,
    created_by  uuid,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT silences_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT silences_tag_length CHECK (length(tag) <= 100),
    CONSTRAINT silences_reason_required CHECK (reason <> ''),
    CONSTRAINT silences_reason_length CHECK (length(reason) <= 1000),
    CONSTRAINT silences_times_check CHECK (ends_at > starts_at),
    CONSTRAINT silences_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT silences_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT silences_site_id_fkey FOREIGN KEY (tenant_id, site_id) REFERENCES sites (tenant_id, id),
    CONSTRAINT silences_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE INDEX silences_starts_at_index ON silences (tenant_id, starts_at, id);
CREATE INDEX silences_ends_at_index ON silences (tenant_id, ends_at, id);
CREATE INDEX silences_device_id_index ON silences (tenant_id, device_id);
CREATE INDEX silences_site_id_index ON silences (tenant_id, site_id);
ALTER TABLE silences ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY silences_owner ON silences TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY silences_app ON silences TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON silences TO headend_app;

-- Who is told of incidents, and how.
CREATE TABLE notification_hooks (
    id            uuid              NOT NULL,
    tenant_id     uuid              NOT NULL,
    name          text COLLATE "C"  NOT NULL,
    name_key      text COLLATE "C"  NOT NULL,
    kind          text COLLATE "C"  NOT NULL,
    target        text COLLATE "C"  NOT NULL,
    min_severity  text COLLATE "C"  NOT NULL DEFAULT 'major',
    secret        bytea,
    is_active     boolean           NOT NULL DEFAULT true,
    version       integer           NOT NULL DEFAULT 1,
    created_at    timestamptz       NOT NULL,
    updated_at    timestamptz       NOT NULL,
    CONSTRAINT notification_hooks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT notification_hooks_name_required CHECK (name <> ''),
    CONSTRAINT notification_hooks_name_length CHECK (length(name) <= 200),
    CONSTRAINT notification_hooks_name_key_required CHECK (name_key <> ''),
    CONSTRAINT notification_hooks_kind_check CHECK (kind IN ('command', 'webhook', 'mail', 'sms')),
    CONSTRAINT notification_hooks_target_required CHECK (target <> ''),
    CONSTRAINT notification_hooks_target_length CHECK (length(target) <= 2000),
    CONSTRAINT notification_hooks_min_severity_check CHECK (min_severity IN ('critical', 'major', 'minor')),
    CONSTRAINT notification_hooks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX notification_hooks_name_unique ON notification_hooks (tenant_id, name_key);
CREATE INDEX notification_hooks_name_key_index ON notification_hooks (tenant_id, name_key, id);
ALTER TABLE notification_hooks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY notification_hooks_owner ON notification_hooks TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY notification_hooks_app ON notification_hooks TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_hooks TO headend_app;

-- What was sent to whom for which incident: nothing twice.
CREATE TABLE notification_log (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    hook_id      uuid              NOT NULL,
    incident_id  uuid,
    event        text COLLATE "C"  NOT NULL,
    outcome      text COLLATE "C"  NOT NULL,
    message      text COLLATE "C"  NOT NULL DEFAULT '',
    created_at   timestamptz       NOT NULL,
    CONSTRAINT notification_log_pkey PRIMARY KEY (tenant_id, id, created_at),
    CONSTRAINT notification_log_event_required CHECK (event <> ''),
    CONSTRAINT notification_log_event_length CHECK (length(event) <= 50),
    CONSTRAINT notification_log_outcome_check CHECK (outcome IN ('sent', 'failed')),
    CONSTRAINT notification_log_message_length CHECK (length(message) <= 10000),
    CONSTRAINT notification_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT notification_log_hook_id_fkey FOREIGN KEY (tenant_id, hook_id) REFERENCES notification_hooks (tenant_id, id)
) PARTITION BY RANGE (created_at);
CREATE TABLE notification_log_default PARTITION OF notification_log DEFAULT;
CREATE INDEX notification_log_created_at_index ON notification_log (tenant_id, created_at, id);
CREATE INDEX notification_log_incident_id_created_at_index ON notification_log (tenant_id, incident_id, created_at);
CREATE INDEX notification_log_hook_id_created_at_index ON notification_log (tenant_id, hook_id, created_at);
CREATE TRIGGER notification_log_refuse_change BEFORE UPDATE OR DELETE ON notification_log
    FOR EACH ROW EXECUTE FUNCTION refuse_change('notification_log');
ALTER TABLE notification_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY notification_log_owner ON notification_log TO headend_owner USING (true) WITH CHECK (true);
ALTER TABLE notification_log_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY notification_log_default_owner ON notification_log_default TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY notification_log_app ON notification_log TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON notification_log TO headend_app;

-- What to do when a kind of device or a check fails.
CREATE TABLE runbooks (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    title        text COLLATE "C"  NOT NULL,
    title_key    text COLLATE "C"  NOT NULL,
    device_type  text COLLATE "C",
    check_kind   text COLLATE "C",
    steps        jsonb             NOT NULL DEFAULT '[]',
    is_active    boolean           NOT NULL DEFAULT true,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT runbooks_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT runbooks_title_required CHECK (title <> ''),
    CONSTRAINT runbooks_title_length CHECK (length(title) <= 255),
    CONSTRAINT runbooks_title_key_required CHECK (title_key <> ''),
    CONSTRAINT runbooks_device_type_length CHECK (length(device_type) <= 100),
    CONSTRAINT runbooks_check_kind_length CHECK (length(check_kind) <= 50),
    CONSTRAINT runbooks_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX runbooks_title_unique ON runbooks (tenant_id, title_key);
CREATE INDEX runbooks_title_key_index ON runbooks (tenant_id, title_key, id);
CREATE INDEX runbooks_device_type_title_key_index ON runbooks (tenant_id, device_type, title_key);
ALTER TABLE runbooks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY runbooks_owner ON runbooks TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY runbooks_app ON runbooks TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON runbooks TO headend_app;

-- Ranges that addresses are given from.
CREATE TABLE ip_pools (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    name         text COLLATE "C"  NOT NULL,
    name_key     text COLLATE "C"  NOT NULL,
    cidr         cidr              NOT NULL,
    first_key    bytea             NOT NULL,
    last_key     bytea             NOT NULL,
    gateway      inet,
    is_nested    boolean           NOT NULL DEFAULT false,
    pool_type    text COLLATE "C"  NOT NULL DEFAULT 'private',
    description  text COLLATE "C"  NOT NULL DEFAULT '',
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT ip_pools_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ip_pools_name_required CHECK (name <> ''),
    CONSTRAINT ip_pools_name_length CHECK (length(name) <= 200),
    CONSTRAINT ip_pools_name_key_required CHECK (name_key <> ''),
    CONSTRAINT ip_pools_first_key_length CHECK (length(first_key) = 17),
    CONSTRAINT ip_pools_last_key_length CHECK (length(last_key) = 17),
    CONSTRAINT ip_pools_pool_type_check CHECK (pool_type IN ('public', 'private', 'management')),
    CONSTRAINT ip_pools_description_length CHECK (length(description) <= 10000),
    CONSTRAINT ip_pools_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX ip_pools_name_unique ON ip_pools (tenant_id, name_key);
CREATE UNIQUE INDEX ip_pools_cidr_unique ON ip_pools (tenant_id, first_key, last_key);
CREATE INDEX ip_pools_name_key_index ON ip_pools (tenant_id, name_key, id);
CREATE INDEX ip_pools_first_key_index ON ip_pools (tenant_id, first_key, id);
CREATE INDEX ip_pools_pool_type_name_key_index ON ip_pools (tenant_id, pool_type, name_key, id);
CREATE INDEX ip_pools_updated_at_index ON ip_pools (tenant_id, updated_at, id);
ALTER TABLE ip_pools ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY ip_pools_owner ON ip_pools TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY ip_pools_app ON ip_pools TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON ip_pools TO headend_app;

-- Who has which address, and had.
CREATE TABLE ip_allocations (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    pool_id         uuid              NOT NULL,
    ip_address      inet              NOT NULL,
    ip_address_key  bytea             NOT NULL,
    customer_id     uuid,
    customer_name   text COLLATE "C",
    device_id       uuid,
    mac_address     macaddr,
    status          text COLLATE "C"  NOT NULL DEFAULT 'reserved',
    assigned_at     timestamptz       NOT NULL,
    released_at     timestamptz,
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT ip_allocations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ip_allocations_ip_address_key_length CHECK (length(ip_address_key) = 17),
    CONSTRAINT ip_allocations_customer_name_length CHECK (length(customer_name) <= 255),
    CONSTRAINT ip_allocations_status_check CHECK (status IN ('reserved', 'active', 'released')),
    CONSTRAINT ip_allocations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT ip_allocations_pool_id_fkey FOREIGN KEY (tenant_id, pool_id) REFERENCES ip_pools (tenant_id, id),
    CONSTRAINT ip_allocations_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT ip_allocations_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
);
CREATE UNIQUE INDEX ip_allocations_ip_address_unique ON ip_allocations (tenant_id, pool_id, ip_address_key) WHERE status <> 'released';
CREATE INDEX ip_allocations_ip_address_key_index ON ip_allocations (tenant_id, ip_address_key, id);
CREATE INDEX ip_allocations_status_ip_address_key_index ON ip_allocations (tenant_id, status, ip_address_key, id);
CREATE INDEX ip_allocations_pool_id_status_ip_address_key_index ON ip_allocations (tenant_id, pool_id, status, ip_address_key);
CREATE INDEX ip_allocations_mac_address_index ON ip_allocations (tenant_id, mac_address);
CREATE INDEX ip_allocations_created_at_index ON ip_allocations (tenant_id, created_at, id);
CREATE INDEX ip_allocations_assigned_at_index ON ip_allocations (tenant_id, assigned_at, id);
CREATE INDEX ip_allocations_customer_id_index ON ip_allocations (tenant_id, customer_id);
CREATE INDEX ip_allocations_device_id_index ON ip_allocations (tenant_id, device_id);
ALTER TABLE ip_allocations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY ip_allocations_owner ON ip_allocations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY ip_allocations_app ON ip_allocations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON ip_allocations TO headend_app;

-- Subscribers who are on line, and who were of late.
CREATE TABLE radius_sessions (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    session_id       text COLLATE "C"  NOT NULL,
    unique_id        text COLLATE "C"  NOT NULL,
    username         text COLLATE "C"  NOT NULL DEFAULT '',
    customer_id      uuid,
    device_id        uuid,
    nas_ip           inet              NOT NULL,
    framed_ip        inet,
    framed_ip_key    bytea,
    calling_station  text COLLATE "C",
    started_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    stopped_at       timestamptz,
    input_octets     bigint            NOT NULL DEFAULT 0,
    output_octets    bigint            NOT NULL DEFAULT 0,
    session_seconds  bigint            NOT NULL DEFAULT 0,
    terminate_cause  text COLLATE "C",
    CONSTRAINT radius_sessions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT radius_sessions_session_id_required CHECK (session_id <> ''),
    CONSTRAINT radius_sessions_session_id_length CHECK (length(session_id) <= 253),
    CONSTRAINT radius_sessions_unique_id_required CHECK (unique_id <> ''),
    CONSTRAINT radius_sessions_unique_id_length CHECK (length(unique_id) <= 253),
    CONSTRAINT radius_sessions_username_length CHECK (length(username) <= 253),
    CONSTRAINT radius_sessions_framed_ip_key_length CHECK (length(framed_ip_key) = 17),
    CONSTRAINT radius_sessions_calling_station_length CHECK (length(calling_station) <= 253),
    CONSTRAINT radius_sessions_input_octets_check CHECK (input_octets >= 0),
    CONSTRAINT radius_sessions_output_octets_check CHECK (output_octets >= 0),
    CONSTRAINT radius_sessions_session_seconds_check CHECK (session_seconds >= 0),
    CONSTRAINT radius_sessions_terminate_cause_length CHECK (length(terminate_cause) <= 100),
    CONSTRAINT radius_sessions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT radius_sessions_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT radius_sessions_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
);
CREATE UNIQUE INDEX radius_sessions_unique_id_unique ON radius_sessions (tenant_id, unique_id);
CREATE INDEX radius_sessions_started_at_index ON radius_sessions (tenant_id, started_at, id);
CREATE INDEX radius_sessions_username_started_at_index ON radius_sessions (tenant_id, username, started_at);
CREATE INDEX radius_sessions_stopped_at_started_at_index ON radius_sessions (tenant_id, stopped_at, started_at);
CREATE INDEX radius_sessions_framed_ip_key_started_at_index ON radius_sessions (tenant_id, framed_ip_key, started_at);
CREATE INDEX radius_sessions_session_id_index ON radius_sessions (tenant_id, session_id);
CREATE INDEX radius_sessions_updated_at_index ON radius_sessions (tenant_id, updated_at);
CREATE INDEX radius_sessions_customer_id_index ON radius_sessions (tenant_id, customer_id);
CREATE INDEX radius_sessions_device_id_index ON radius_sessions (tenant_id, device_id);
ALTER TABLE radius_sessions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY radius_sessions_owner ON radius_sessions TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY radius_sessions_app ON radius_sessions TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON radius_sessions TO headend_app;

-- Sessions that ended long ago.
CREATE TABLE radius_session_archive (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    session_id       text COLLATE "C"  NOT NULL,
    unique_id        text COLLATE "C"  NOT NULL,
    username         text COLLATE "C"  NOT NULL DEFAULT '',
    customer_id      uuid,
    device_id        uuid,
    nas_ip           inet              NOT NULL,
    framed_ip        inet,
    framed_ip_key    bytea,
    calling_station  text COLLATE "C",
    started_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    stopped_at       timestamptz       NOT NULL,
    input_octets     bigint            NOT NULL DEFAULT 0,
    output_octets    bigint            NOT NULL DEFAULT 0,
    session_seconds  bigint            NOT NULL DEFAULT 0,
    terminate_cause  text COLLATE "C",
    CONSTRAINT radius_session_archive_pkey PRIMARY KEY (tenant_id, id, started_at),
    CONSTRAINT radius_session_archive_session_id_required CHECK (session_id <> ''),
    CONSTRAINT radius_session_archive_session_id_length CHECK (length(session_id) <= 253),
    CONSTRAINT radius_session_archive_unique_id_required CHECK (unique_id <> ''),
    CONSTRAINT radius_session_archive_unique_id_length CHECK (length(unique_id) <= 253),
    CONSTRAINT radius_session_archive_username_length CHECK (length(username) <= 253),
    CONSTRAINT radius_session_archive_framed_ip_key_length CHECK (length(framed_ip_key) = 17),
    CONSTRAINT radius_session_archive_calling_station_length CHECK (length(calling_station) <= 253),
    CONSTRAINT radius_session_archive_input_octets_check CHECK (input_octets >= 0),
    CONSTRAINT radius_session_archive_output_octets_check CHECK (output_octets >= 0),
    CONSTRAINT radius_session_archive_session_seconds_check CHECK (session_seconds >= 0),
    CONSTRAINT radius_session_archive_terminate_cause_length CHECK (length(terminate_cause) <= 100),
    CONSTRAINT radius_session_archive_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
) PARTITION BY RANGE (started_at);
CREATE TABLE radius_session_archive_default PARTITION OF radius_session_archive DEFAULT;
CREATE INDEX radius_session_archive_started_at_index ON radius_session_archive (tenant_id, started_at, id);
CREATE INDEX radius_session_archive_username_started_at_index ON radius_session_archive (tenant_id, username, started_at);
CREATE INDEX radius_session_archive_framed_ip_key_started_at_index ON radius_session_archive (tenant_id, framed_ip_key, started_at);
CREATE INDEX radius_session_archive_customer_id_started_at_index ON radius_session_archive (tenant_id, customer_id, started_at);
ALTER TABLE radius_session_archive ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY radius_session_archive_owner ON radius_session_archive TO headend_owner USING (true) WITH CHECK (true);
ALTER TABLE radius_session_archive_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY radius_session_archive_default_owner ON radius_session_archive_default TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY radius_session_archive_app ON radius_session_archive TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON radius_session_archive TO headend_app;

-- Devices reached through a tunnel.
CREATE TABLE vpn_peers (
    id                 uuid              NOT NULL,
    tenant_id          uuid              NOT NULL,
    device_id          uuid,
    name               text COLLATE "C"  NOT NULL,
    name_key           text COLLATE "C"  NOT NULL,
    public_key         text COLLATE "C"  NOT NULL,
    private_key        bytea,
    preshared_key      bytea,
    assigned_ip        inet              NOT NULL,
    assigned_ip_key    bytea             NOT NULL,
    endpoint           text COLLATE "C",
    allowed_ips        text COLLATE "C"  NOT NULL DEFAULT '',
    status             text COLLATE "C"  NOT NULL DEFAULT 'active',
    last_handshake_at  timestamptz,
    version            integer           NOT NULL DEFAULT 1,
    created_at         timestamptz       NOT NULL,
    updated_at         timestamptz       NOT NULL,
    CONSTRAINT vpn_peers_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT vpn_peers_name_required CHECK (name <> ''),
    CONSTRAINT vpn_peers_name_length CHECK (length(name) <= 200),
    CONSTRAINT vpn_peers_name_key_required CHECK (name_key <> ''),
    CONSTRAINT vpn_peers_public_key_required CHECK (public_key <> ''),
    CONSTRAINT vpn_peers_public_key_length CHECK (length(public_key) <= 64),
    CONSTRAINT vpn_peers_assigned_ip_key_length CHECK (length(assigned_ip_key) = 17),
    CONSTRAINT vpn_peers_endpoint_length CHECK (length(endpoint) <= 255),
    CONSTRAINT vpn_peers_allowed_ips_length CHECK (length(allowed_ips) <= 2000),
    CONSTRAINT vpn_peers_status_check CHECK (status IN ('active', 'disabled')),
    CONSTRAINT vpn_peers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT vpn_peers_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id)
);
CREATE UNIQUE INDEX vpn_peers_device_unique ON vpn_peers (tenant_id, device_id) WHERE device_id IS NOT NULL;
CREATE UNIQUE INDEX vpn_peers_public_key_unique ON vpn_peers (public_key);
CREATE UNIQUE INDEX vpn_peers_assigned_ip_unique ON vpn_peers (tenant_id, assigned_ip_key);
CREATE INDEX vpn_peers_name_key_index ON vpn_peers (tenant_id, name_key, id);
CREATE INDEX vpn_peers_status_name_key_index ON vpn_peers (tenant_id, status, name_key, id);
CREATE INDEX vpn_peers_updated_at_index ON vpn_peers (tenant_id, updated_at, id);
ALTER TABLE vpn_peers ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY vpn_peers_owner ON vpn_peers TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY vpn_peers_app ON vpn_peers TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON vpn_peers TO headend_app;

-- Drawings of what is to be connected with what.
CREATE TABLE topologies (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    user_id     uuid              NOT NULL,
    name        text COLLATE "C"  NOT NULL,
    name_key    text COLLATE "C"  NOT NULL,
    nodes       jsonb             NOT NULL DEFAULT '[]',
    edges       jsonb             NOT NULL DEFAULT '[]',
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT topologies_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT topologies_name_required CHECK (name <> ''),
    CONSTRAINT topologies_name_length CHECK (length(name) <= 200),
    CONSTRAINT topologies_name_key_required CHECK (name_key <> ''),
    CONSTRAINT topologies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT topologies_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX topologies_name_key_index ON topologies (tenant_id, name_key, id);
CREATE INDEX topologies_user_id_name_key_index ON topologies (tenant_id, user_id, name_key);
CREATE INDEX topologies_updated_at_index ON topologies (tenant_id, updated_at, id);
ALTER TABLE topologies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY topologies_owner ON topologies TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY topologies_app ON topologies TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON topologies TO headend_app;

-- Whether a drawing may be built.
CREATE TABLE topology_reviews (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    topology_id      uuid              NOT NULL,
    status           text COLLATE "C"  NOT NULL DEFAULT 'submitted',
    conflict_count   integer           NOT NULL DEFAULT 0,
    conflicts        text COLLATE "C"  NOT NULL DEFAULT '',
    last_checked_at  timestamptz,
    resolved_at      timestamptz,
    resolved_by      uuid,
    notes            text COLLATE "C"  NOT NULL DEFAULT '',
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT topology_reviews_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT topology_reviews_status_check CHECK (status IN ('submitted', 'approved', 'rejected')),
    CONSTRAINT topology_reviews_conflict_count_check CHECK (conflict_count >= 0),
    CONSTRAINT topology_reviews_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT topology_reviews_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT topology_reviews_topology_id_fkey FOREIGN KEY (tenant_id, topology_id) REFERENCES topologies (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT topology_reviews_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX topology_reviews_topology_unique ON topology_reviews (tenant_id, topology_id);
CREATE INDEX topology_reviews_status_created_at_index ON topology_reviews (tenant_id, status, created_at, id);
CREATE INDEX topology_reviews_created_at_index ON topology_reviews (tenant_id, created_at, id);
ALTER TABLE topology_reviews ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY topology_reviews_owner ON topology_reviews TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY topology_reviews_app ON topology_reviews TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON topology_reviews TO headend_app;

-- One or several devices for one time, booked and cancelled together.
CREATE TABLE booking_groups (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    user_id     uuid              NOT NULL,
    title       text COLLATE "C",
    comment     text COLLATE "C"  NOT NULL DEFAULT '',
    series_id   uuid,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT booking_groups_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_groups_title_length CHECK (length(title) <= 255),
    CONSTRAINT booking_groups_comment_length CHECK (length(comment) <= 10000),
    CONSTRAINT booking_groups_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_groups_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX booking_groups_user_id_created_at_index ON booking_groups (tenant_id, user_id, created_at);
CREATE INDEX booking_groups_created_at_index ON booking_groups (tenant_id, created_at, id);
CREATE INDEX booking_groups_series_id_index ON booking_groups (tenant_id, series_id);
ALTER TABLE booking_groups ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY booking_groups_owner ON booking_groups TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY booking_groups_app ON booking_groups TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON booking_groups TO headend_app;

-- A device for a time; of one device, two that count never overlap.
CREATE TABLE bookings (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    group_id     uuid              NOT NULL,
    device_id    uuid              NOT NULL,
    device_name  text COLLATE "C"  NOT NULL DEFAULT '',
    start_time   timestamptz       NOT NULL,
    end_time     timestamptz       NOT NULL,
    status       text COLLATE "C"  NOT NULL DEFAULT 'pending',
    approved_by  uuid,
    approved_at  timestamptz,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT bookings_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT bookings_device_name_length CHECK (length(device_name) <= 200),
    CONSTRAINT bookings_status_check CHECK (status IN ('pending', 'confirmed', 'active', 'completed', 'cancelled', 'rejected', 'expired')),
    CONSTRAINT bookings_times_check CHECK (end_time > start_time),
    CONSTRAINT bookings_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT bookings_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES booking_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT bookings_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT bookings_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES users (id)
);
CREATE INDEX bookings_start_time_index ON bookings (tenant_id, start_time, id);
CREATE INDEX bookings_status_start_time_index ON bookings (tenant_id, status, start_time, id);
CREATE INDEX bookings_status_end_time_index ON bookings (tenant_id, status, end_time);
CREATE INDEX bookings_device_id_start_time_index ON bookings (tenant_id, device_id, start_time);
CREATE INDEX bookings_device_id_end_time_index ON bookings (tenant_id, device_id, end_time);
CREATE INDEX bookings_end_time_index ON bookings (tenant_id, end_time, id);
CREATE INDEX bookings_created_at_index ON bookings (tenant_id, created_at, id);
CREATE INDEX bookings_group_id_index ON bookings (tenant_id, group_id);
ALTER TABLE bookings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY bookings_owner ON bookings TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY bookings_app ON bookings TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON bookings TO headend_app;

-- Who shares a booking.
CREATE TABLE booking_collaborators (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    group_id    uuid              NOT NULL,
    user_id     uuid              NOT NULL,
    user_name   text COLLATE "C"  NOT NULL DEFAULT '',
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT booking_collaborators_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_collaborators_user_name_length CHECK (length(user_name) <= 200),
    CONSTRAINT booking_collaborators_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_collaborators_group_id_fkey FOREIGN KEY (tenant_id, group_id) REFERENCES booking_groups (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT booking_collaborators_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE UNIQUE INDEX booking_collaborators_user_unique ON booking_collaborators (tenant_id, group_id, user_id);
CREATE INDEX booking_collaborators_user_id_group_id_index ON booking_collaborators (tenant_id, user_id, group_id);
CREATE INDEX booking_collaborators_created_at_index ON booking_collaborators (tenant_id, created_at, id);
ALTER TABLE booking_collaborators ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY booking_collaborators_owner ON booking_collaborators TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY booking_collaborators_app ON booking_collaborators TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON booking_collaborators TO headend_app;

-- Devices that somebody books again and again.
CREATE TABLE booking_favorites (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    user_id          uuid              NOT NULL,
    name             text COLLATE "C"  NOT NULL,
    name_key         text COLLATE "C"  NOT NULL,
    group_id         uuid,
    device_snapshot  jsonb             NOT NULL DEFAULT '[]',
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT booking_favorites_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_favorites_name_required CHECK (name <> ''),
    CONSTRAINT booking_favorites_name_length CHECK (length(name) <= 200),
    CONSTRAINT booking_favorites_name_key_required CHECK (name_key <> ''),
    CONSTRAINT booking_favorites_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_favorites_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX booking_favorites_name_key_index ON booking_favorites (tenant_id, name_key, id);
CREATE INDEX booking_favorites_user_id_name_key_index ON booking_favorites (tenant_id, user_id, name_key);
CREATE INDEX booking_favorites_group_id_index ON booking_favorites (tenant_id, group_id);
ALTER TABLE booking_favorites ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY booking_favorites_owner ON booking_favorites TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY booking_favorites_app ON booking_favorites TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON booking_favorites TO headend_app;

-- Who waits for devices to come free.
CREATE TABLE booking_waitlist (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    user_id        uuid              NOT NULL,
    devices        text COLLATE "C"  NOT NULL,
    start_time     timestamptz       NOT NULL,
    end_time       timestamptz       NOT NULL,
    status         text COLLATE "C"  NOT NULL DEFAULT 'waiting',
    offered_until  timestamptz,
    group_id       uuid,
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT booking_waitlist_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_waitlist_devices_required CHECK (devices <> ''),
    CONSTRAINT booking_waitlist_devices_length CHECK (length(devices) <= 10000),
    CONSTRAINT booking_waitlist_status_check CHECK (status IN ('waiting', 'offered', 'taken', 'expired')),
    CONSTRAINT booking_waitlist_times_check CHECK (end_time > start_time),
    CONSTRAINT booking_waitlist_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_waitlist_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX booking_waitlist_created_at_index ON booking_waitlist (tenant_id, created_at, id);
CREATE INDEX booking_waitlist_status_created_at_index ON booking_waitlist (tenant_id, status, created_at, id);
CREATE INDEX booking_waitlist_status_start_time_index ON booking_waitlist (tenant_id, status, start_time);
CREATE INDEX booking_waitlist_status_offered_until_index ON booking_waitlist (tenant_id, status, offered_until);
ALTER TABLE booking_waitlist ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY booking_waitlist_owner ON booking_waitlist TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY booking_waitlist_app ON booking_waitlist TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON booking_waitlist TO headend_app;

-- Bookings that come again.
CREATE TABLE booking_series (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    user_id     uuid              NOT NULL,
    title       text COLLATE "C"  NOT NULL,
    devices     text COLLATE "C"  NOT NULL,
    starts_at   timestamptz       NOT NULL,
    minutes     integer           NOT NULL,
    recurrence  text COLLATE "C"  NOT NULL,
    timezone    text COLLATE "C"  NOT NULL DEFAULT 'UTC',
    until       date,
    exceptions  jsonb             NOT NULL DEFAULT '[]',
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT booking_series_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_series_title_required CHECK (title <> ''),
    CONSTRAINT booking_series_title_length CHECK (length(title) <= 255),
    CONSTRAINT booking_series_devices_required CHECK (devices <> ''),
    CONSTRAINT booking_series_devices_length CHECK (length(devices) <= 10000),
    CONSTRAINT booking_series_minutes_check CHECK (minutes >= 1),
    CONSTRAINT booking_series_recurrence_required CHECK (recurrence <> ''),
    CONSTRAINT booking_series_recurrence_length CHECK (length(recurrence) <= 500),
    CONSTRAINT booking_series_timezone_length CHECK (length(timezone) <= 64),
    CONSTRAINT booking_series_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_series_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX booking_series_created_at_index ON booking_series (tenant_id, created_at, id);
CREATE INDEX booking_series_starts_at_index ON booking_series (tenant_id, starts_at, id);
ALTER TABLE booking_series ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY booking_series_owner ON booking_series TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY booking_series_app ON booking_series TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON booking_series TO headend_app;

-- What must be kept when a device, or one with a tag, is booked.
CREATE TABLE booking_policies (
    id                     uuid              NOT NULL,
    tenant_id              uuid              NOT NULL,
    name                   text COLLATE "C"  NOT NULL,
    name_key               text COLLATE "C"  NOT NULL,
    device_id              uuid,
    tag                    text COLLATE "C",
    buffer_before_minutes  integer           NOT NULL DEFAULT 0,
    buffer_after_minutes   integer           NOT NULL DEFAULT 0,
    notice_minutes         integer           NOT NULL DEFAULT 0,
    longest_minutes        integer,
    quota_minutes          integer,
    needs_approval         boolean           NOT NULL DEFAULT false,
    version                integer           NOT NULL DEFAULT 1,
    created_at             timestamptz       NOT NULL,
    updated_at             timestamptz       NOT NULL,
    CONSTRAINT booking_policies_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT booking_policies_name_required CHECK (name <> ''),
    CONSTRAINT booking_policies_name_length CHECK (length(name) <= 200),
    CONSTRAINT booking_policies_name_key_required CHECK (name_key <> ''),
    CONSTRAINT booking_policies_tag_length CHECK (length(tag) <= 100),
    CONSTRAINT booking_policies_buffer_before_minutes_check CHECK (buffer_before_minutes >= 0),
    CONSTRAINT booking_policies_buffer_after_minutes_check CHECK (buffer_after_minutes >= 0),
    CONSTRAINT booking_policies_notice_minutes_check CHECK (notice_minutes >= 0),
    CONSTRAINT booking_policies_longest_minutes_check CHECK (longest_minutes >= 1),
    CONSTRAINT booking_policies_quota_minutes_check CHECK (quota_minutes >= 1),
    CONSTRAINT booking_policies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT booking_policies_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX booking_policies_name_unique ON booking_policies (tenant_id, name_key);
CREATE INDEX booking_policies_name_key_index ON booking_policies (tenant_id, name_key, id);
CREATE INDEX booking_policies_tag_index ON booking_policies (tenant_id, tag);
CREATE INDEX booking_policies_device_id_index ON booking_policies (tenant_id, device_id);
ALTER TABLE booking_policies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY booking_policies_owner ON booking_policies TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY booking_policies_app ON booking_policies TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON booking_policies TO headend_app;

-- What lies in the warehouse; the quantity is the sum of its transactions.
CREATE TABLE stock_items (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    sku              text COLLATE "C"  NOT NULL,
    sku_key          text COLLATE "C"  NOT NULL,
    name             text COLLATE "C"  NOT NULL DEFAULT '',
    name_key         text COLLATE "C"  NOT NULL DEFAULT '',
    category         text COLLATE "C"  NOT NULL DEFAULT '',
    description      text COLLATE "C"  NOT NULL DEFAULT '',
    barcode          text COLLATE "C",
    unit_price       bigint            NOT NULL DEFAULT 0,
    currency         text COLLATE "C"  NOT NULL DEFAULT '',
    quantity         integer           NOT NULL DEFAULT 0,
    reserved         integer           NOT NULL DEFAULT 0,
    min_stock_level  integer           NOT NULL DEFAULT 10,
    is_low           boolean           NOT NULL DEFAULT true,
    is_serialized    boolean           NOT NULL DEFAULT false,
    is_active        boolean           NOT NULL DEFAULT true,
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT stock_items_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_items_sku_required CHECK (sku <> ''),
    CONSTRAINT stock_items_sku_length CHECK (length(sku) <= 100),
    CONSTRAINT stock_items_sku_key_required CHECK (sku_key <> ''),
    CONSTRAINT stock_items_name_length CHECK (length(name) <= 255),
    CONSTRAINT stock_items_category_length CHECK (length(category) <= 100),
    CONSTRAINT stock_items_description_length CHECK (length(description) <= 10000),
    CONSTRAINT stock_items_barcode_length CHECK (length(barcode) <= 100),
    CONSTRAINT stock_items_unit_price_check CHECK (unit_price >= 0),
    CONSTRAINT stock_items_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT stock_items_quantity_check CHECK (quantity >= 0),
    CONSTRAINT stock_items_reserved_check CHECK (reserved >= 0),
    CONSTRAINT stock_items_min_stock_level_check CHECK (min_stock_level >= 0),
    CONSTRAINT stock_items_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
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
ALTER TABLE stock_items ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_items_owner ON stock_items TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_items_app ON stock_items TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_items TO headend_app;

-- Where stock lies: a warehouse, a van, a customer's.
CREATE TABLE stock_locations (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    name         text COLLATE "C"  NOT NULL,
    name_key     text COLLATE "C"  NOT NULL,
    kind         text COLLATE "C"  NOT NULL DEFAULT 'warehouse',
    user_id      uuid,
    customer_id  uuid,
    is_active    boolean           NOT NULL DEFAULT true,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT stock_locations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_locations_name_required CHECK (name <> ''),
    CONSTRAINT stock_locations_name_length CHECK (length(name) <= 200),
    CONSTRAINT stock_locations_name_key_required CHECK (name_key <> ''),
    CONSTRAINT stock_locations_kind_check CHECK (kind IN ('warehouse', 'van', 'customer')),
    CONSTRAINT stock_locations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_locations_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id),
    CONSTRAINT stock_locations_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE UNIQUE INDEX stock_locations_name_unique ON stock_locations (tenant_id, name_key);
CREATE INDEX stock_locations_name_key_index ON stock_locations (tenant_id, name_key, id);
CREATE INDEX stock_locations_kind_name_key_index ON stock_locations (tenant_id, kind, name_key, id);
CREATE INDEX stock_locations_customer_id_index ON stock_locations (tenant_id, customer_id);
ALTER TABLE stock_locations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_locations_owner ON stock_locations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_locations_app ON stock_locations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_locations TO headend_app;

-- How much of an item lies where: the sum of the transactions there.
CREATE TABLE stock_levels (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    item_id      uuid              NOT NULL,
    item_name    text COLLATE "C"  NOT NULL DEFAULT '',
    location_id  uuid              NOT NULL,
    quantity     integer           NOT NULL DEFAULT 0,
    CONSTRAINT stock_levels_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_levels_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_levels_quantity_check CHECK (quantity >= 0),
    CONSTRAINT stock_levels_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_levels_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id),
    CONSTRAINT stock_levels_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id)
);
CREATE UNIQUE INDEX stock_levels_item_unique ON stock_levels (tenant_id, item_id, location_id);
CREATE INDEX stock_levels_location_id_item_id_index ON stock_levels (tenant_id, location_id, item_id);
CREATE INDEX stock_levels_quantity_index ON stock_levels (tenant_id, quantity, id);
ALTER TABLE stock_levels ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_levels_owner ON stock_levels TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_levels_app ON stock_levels TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_levels TO headend_app;

-- Everything that came, went, came back or was put right.
CREATE TABLE stock_transactions (
    id                 uuid              NOT NULL,
    tenant_id          uuid              NOT NULL,
    item_id            uuid              NOT NULL,
    item_name          text COLLATE "C"  NOT NULL DEFAULT '',
    transaction_type   text COLLATE "C"  NOT NULL,
    quantity           integer           NOT NULL,
    location_id        uuid,
    reference          text COLLATE "C",
    job_id             uuid,
    request_id         uuid,
    purchase_line_id   uuid,
    returns_id         uuid,
    reverses_id        uuid,
    performed_by       uuid,
    performed_by_name  text COLLATE "C"  NOT NULL DEFAULT '',
    notes              text COLLATE "C"  NOT NULL DEFAULT '',
    quantity_after     integer           NOT NULL,
    created_at         timestamptz       NOT NULL,
    CONSTRAINT stock_transactions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_transactions_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_transactions_transaction_type_check CHECK (transaction_type IN ('in', 'out', 'return', 'adjust')),
    CONSTRAINT stock_transactions_reference_length CHECK (length(reference) <= 255),
    CONSTRAINT stock_transactions_performed_by_name_length CHECK (length(performed_by_name) <= 255),
    CONSTRAINT stock_transactions_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT stock_transactions_quantity_after_check CHECK (quantity_after >= 0),
    CONSTRAINT stock_transactions_quantity_check CHECK (transaction_type = 'adjust' AND quantity <> 0 OR transaction_type <> 'adjust' AND quantity > 0),
    CONSTRAINT stock_transactions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_transactions_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id),
    CONSTRAINT stock_transactions_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id),
    CONSTRAINT stock_transactions_returns_id_fkey FOREIGN KEY (tenant_id, returns_id) REFERENCES stock_transactions (tenant_id, id),
    CONSTRAINT stock_transactions_reverses_id_fkey FOREIGN KEY (tenant_id, reverses_id) REFERENCES stock_transactions (tenant_id, id),
    CONSTRAINT stock_transactions_performed_by_fkey FOREIGN KEY (performed_by) REFERENCES users (id)
);
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
CREATE TRIGGER stock_transactions_refuse_change BEFORE UPDATE OR DELETE ON stock_transactions
    FOR EACH ROW EXECUTE FUNCTION refuse_change('stock_transactions');
ALTER TABLE stock_transactions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_transactions_owner ON stock_transactions TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_transactions_app ON stock_transactions TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON stock_transactions TO headend_app;

-- Single pieces, each by its serial number.
CREATE TABLE stock_serials (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    item_id      uuid              NOT NULL,
    serial       text COLLATE "C"  NOT NULL,
    serial_key   text COLLATE "C"  NOT NULL,
    status       text COLLATE "C"  NOT NULL DEFAULT 'in_stock',
    location_id  uuid,
    device_id    uuid,
    job_id       uuid,
    issue_id     uuid,
    notes        text COLLATE "C"  NOT NULL DEFAULT '',
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT stock_serials_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_serials_serial_required CHECK (serial <> ''),
    CONSTRAINT stock_serials_serial_length CHECK (length(serial) <= 100),
    CONSTRAINT stock_serials_serial_key_required CHECK (serial_key <> ''),
    CONSTRAINT stock_serials_status_check CHECK (status IN ('in_stock', 'issued', 'installed', 'returned', 'scrapped')),
    CONSTRAINT stock_serials_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT stock_serials_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_serials_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id),
    CONSTRAINT stock_serials_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id),
    CONSTRAINT stock_serials_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT stock_serials_issue_id_fkey FOREIGN KEY (tenant_id, issue_id) REFERENCES stock_transactions (tenant_id, id)
);
CREATE UNIQUE INDEX stock_serials_serial_unique ON stock_serials (tenant_id, item_id, serial_key);
CREATE INDEX stock_serials_serial_key_index ON stock_serials (tenant_id, serial_key, id);
CREATE INDEX stock_serials_status_serial_key_index ON stock_serials (tenant_id, status, serial_key, id);
CREATE INDEX stock_serials_created_at_index ON stock_serials (tenant_id, created_at, id);
CREATE INDEX stock_serials_location_id_index ON stock_serials (tenant_id, location_id);
CREATE INDEX stock_serials_device_id_index ON stock_serials (tenant_id, device_id);
CREATE INDEX stock_serials_job_id_index ON stock_serials (tenant_id, job_id);
CREATE INDEX stock_serials_issue_id_index ON stock_serials (tenant_id, issue_id);
ALTER TABLE stock_serials ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_serials_owner ON stock_serials TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_serials_app ON stock_serials TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_serials TO headend_app;

-- What engineers ask the warehouse for.
CREATE TABLE stock_requests (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    number         text COLLATE "C"  NOT NULL,
    engineer_id    uuid,
    engineer_name  text COLLATE "C"  NOT NULL DEFAULT '',
    job_id         uuid,
    job_reference  text COLLATE "C",
    location_id    uuid,
    priority       text COLLATE "C"  NOT NULL DEFAULT 'normal',
    status         text COLLATE "C"  NOT NULL DEFAULT 'pending',
    decided_by     uuid,
    decided_at     timestamptz,
    reason         text COLLATE "C",
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT stock_requests_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_requests_number_required CHECK (number <> ''),
    CONSTRAINT stock_requests_number_length CHECK (length(number) <= 50),
    CONSTRAINT stock_requests_engineer_name_length CHECK (length(engineer_name) <= 255),
    CONSTRAINT stock_requests_job_reference_length CHECK (length(job_reference) <= 100),
    CONSTRAINT stock_requests_priority_check CHECK (priority IN ('normal', 'urgent')),
    CONSTRAINT stock_requests_status_check CHECK (status IN ('pending', 'approved', 'rejected', 'issued', 'cancelled')),
    CONSTRAINT stock_requests_reason_length CHECK (length(reason) <= 10000),
    CONSTRAINT stock_requests_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_requests_engineer_id_fkey FOREIGN KEY (engineer_id) REFERENCES users (id),
    CONSTRAINT stock_requests_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id),
    CONSTRAINT stock_requests_decided_by_fkey FOREIGN KEY (decided_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX stock_requests_number_unique ON stock_requests (tenant_id, number);
CREATE INDEX stock_requests_created_at_index ON stock_requests (tenant_id, created_at, id);
CREATE INDEX stock_requests_status_created_at_index ON stock_requests (tenant_id, status, created_at, id);
CREATE INDEX stock_requests_priority_created_at_index ON stock_requests (tenant_id, priority, created_at, id);
CREATE INDEX stock_requests_engineer_id_created_at_index ON stock_requests (tenant_id, engineer_id, created_at);
CREATE INDEX stock_requests_updated_at_index ON stock_requests (tenant_id, updated_at, id);
CREATE INDEX stock_requests_job_id_index ON stock_requests (tenant_id, job_id);
CREATE INDEX stock_requests_location_id_index ON stock_requests (tenant_id, location_id);
ALTER TABLE stock_requests ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_requests_owner ON stock_requests TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_requests_app ON stock_requests TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_requests TO headend_app;

-- What a request asks for, and what was given.
CREATE TABLE stock_request_lines (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    request_id       uuid              NOT NULL,
    item_id          uuid              NOT NULL,
    item_name        text COLLATE "C"  NOT NULL DEFAULT '',
    quantity         integer           NOT NULL,
    issued_quantity  integer           NOT NULL DEFAULT 0,
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT stock_request_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_request_lines_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_request_lines_quantity_check CHECK (quantity >= 1),
    CONSTRAINT stock_request_lines_issued_quantity_check CHECK (issued_quantity >= 0),
    CONSTRAINT stock_request_lines_issued_check CHECK (issued_quantity <= quantity),
    CONSTRAINT stock_request_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_request_lines_request_id_fkey FOREIGN KEY (tenant_id, request_id) REFERENCES stock_requests (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT stock_request_lines_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id)
);
CREATE UNIQUE INDEX stock_request_lines_item_unique ON stock_request_lines (tenant_id, request_id, item_id);
CREATE INDEX stock_request_lines_created_at_index ON stock_request_lines (tenant_id, created_at, id);
CREATE INDEX stock_request_lines_item_id_index ON stock_request_lines (tenant_id, item_id);
ALTER TABLE stock_request_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_request_lines_owner ON stock_request_lines TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_request_lines_app ON stock_request_lines TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_request_lines TO headend_app;

-- Stock that is promised to a job or request.
CREATE TABLE stock_reservations (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    item_id     uuid              NOT NULL,
    item_name   text COLLATE "C"  NOT NULL DEFAULT '',
    quantity    integer           NOT NULL,
    job_id      uuid,
    request_id  uuid,
    status      text COLLATE "C"  NOT NULL DEFAULT 'held',
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT stock_reservations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_reservations_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_reservations_quantity_check CHECK (quantity >= 1),
    CONSTRAINT stock_reservations_status_check CHECK (status IN ('held', 'used', 'released')),
    CONSTRAINT stock_reservations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_reservations_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id),
    CONSTRAINT stock_reservations_request_id_fkey FOREIGN KEY (tenant_id, request_id) REFERENCES stock_requests (tenant_id, id)
);
CREATE INDEX stock_reservations_created_at_index ON stock_reservations (tenant_id, created_at, id);
CREATE INDEX stock_reservations_item_id_status_index ON stock_reservations (tenant_id, item_id, status);
CREATE INDEX stock_reservations_status_created_at_index ON stock_reservations (tenant_id, status, created_at, id);
CREATE INDEX stock_reservations_job_id_index ON stock_reservations (tenant_id, job_id);
CREATE INDEX stock_reservations_request_id_index ON stock_reservations (tenant_id, request_id);
ALTER TABLE stock_reservations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_reservations_owner ON stock_reservations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_reservations_app ON stock_reservations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_reservations TO headend_app;

-- Counts of what is really there.
CREATE TABLE stock_takes (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    number       text COLLATE "C"  NOT NULL,
    location_id  uuid,
    status       text COLLATE "C"  NOT NULL DEFAULT 'open',
    created_by   uuid,
    posted_by    uuid,
    posted_at    timestamptz,
    notes        text COLLATE "C"  NOT NULL DEFAULT '',
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT stock_takes_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_takes_number_required CHECK (number <> ''),
    CONSTRAINT stock_takes_number_length CHECK (length(number) <= 50),
    CONSTRAINT stock_takes_status_check CHECK (status IN ('open', 'posted', 'cancelled')),
    CONSTRAINT stock_takes_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT stock_takes_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_takes_location_id_fkey FOREIGN KEY (tenant_id, location_id) REFERENCES stock_locations (tenant_id, id),
    CONSTRAINT stock_takes_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id),
    CONSTRAINT stock_takes_posted_by_fkey FOREIGN KEY (posted_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX stock_takes_number_unique ON stock_takes (tenant_id, number);
CREATE INDEX stock_takes_created_at_index ON stock_takes (tenant_id, created_at, id);
CREATE INDEX stock_takes_status_created_at_index ON stock_takes (tenant_id, status, created_at, id);
CREATE INDEX stock_takes_location_id_index ON stock_takes (tenant_id, location_id);
ALTER TABLE stock_takes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_takes_owner ON stock_takes TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_takes_app ON stock_takes TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_takes TO headend_app;

-- What was counted of an item, and what was expected when the count was posted.
CREATE TABLE stock_take_lines (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    take_id     uuid              NOT NULL,
    item_id     uuid              NOT NULL,
    item_name   text COLLATE "C"  NOT NULL DEFAULT '',
    counted     integer           NOT NULL,
    expected    integer,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT stock_take_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT stock_take_lines_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT stock_take_lines_counted_check CHECK (counted >= 0),
    CONSTRAINT stock_take_lines_expected_check CHECK (expected >= 0),
    CONSTRAINT stock_take_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT stock_take_lines_take_id_fkey FOREIGN KEY (tenant_id, take_id) REFERENCES stock_takes (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT stock_take_lines_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id)
);
CREATE UNIQUE INDEX stock_take_lines_item_unique ON stock_take_lines (tenant_id, take_id, item_id);
CREATE INDEX stock_take_lines_created_at_index ON stock_take_lines (tenant_id, created_at, id);
CREATE INDEX stock_take_lines_item_id_index ON stock_take_lines (tenant_id, item_id);
ALTER TABLE stock_take_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY stock_take_lines_owner ON stock_take_lines TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY stock_take_lines_app ON stock_take_lines TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON stock_take_lines TO headend_app;

-- Who supplies goods and services.
CREATE TABLE vendors (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    name            text COLLATE "C"  NOT NULL,
    name_key        text COLLATE "C"  NOT NULL,
    kind            text COLLATE "C"  NOT NULL DEFAULT 'supplier',
    category        text COLLATE "C"  NOT NULL DEFAULT '',
    contact_person  text COLLATE "C",
    email           text COLLATE "C",
    phone           text COLLATE "C",
    phone_digits    text COLLATE "C"  NOT NULL DEFAULT '',
    address         text COLLATE "C",
    payment_terms   text COLLATE "C",
    gst_number      text COLLATE "C",
    pan_number      text COLLATE "C",
    monthly_cost    bigint            NOT NULL DEFAULT 0,
    currency        text COLLATE "C"  NOT NULL DEFAULT '',
    status          text COLLATE "C"  NOT NULL DEFAULT 'active',
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT vendors_pkey PRIMARY KEY (tenant_id, id),
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
    CONSTRAINT vendors_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX vendors_name_key_index ON vendors (tenant_id, name_key, id);
CREATE INDEX vendors_status_name_key_index ON vendors (tenant_id, status, name_key, id);
CREATE INDEX vendors_kind_name_key_index ON vendors (tenant_id, kind, name_key, id);
CREATE INDEX vendors_category_name_key_index ON vendors (tenant_id, category, name_key, id);
CREATE INDEX vendors_phone_digits_index ON vendors (tenant_id, phone_digits);
CREATE INDEX vendors_updated_at_index ON vendors (tenant_id, updated_at, id);
ALTER TABLE vendors ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY vendors_owner ON vendors TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY vendors_app ON vendors TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON vendors TO headend_app;

-- What was ordered from a vendor.
CREATE TABLE purchase_orders (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    number       text COLLATE "C"  NOT NULL,
    vendor_id    uuid              NOT NULL,
    status       text COLLATE "C"  NOT NULL DEFAULT 'draft',
    currency     text COLLATE "C"  NOT NULL DEFAULT '',
    total        bigint            NOT NULL DEFAULT 0,
    ordered_at   timestamptz,
    expected_on  date,
    received_at  timestamptz,
    created_by   uuid,
    notes        text COLLATE "C"  NOT NULL DEFAULT '',
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT purchase_orders_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT purchase_orders_number_required CHECK (number <> ''),
    CONSTRAINT purchase_orders_number_length CHECK (length(number) <= 50),
    CONSTRAINT purchase_orders_status_check CHECK (status IN ('draft', 'ordered', 'received', 'cancelled')),
    CONSTRAINT purchase_orders_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT purchase_orders_total_check CHECK (total >= 0),
    CONSTRAINT purchase_orders_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT purchase_orders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT purchase_orders_vendor_id_fkey FOREIGN KEY (tenant_id, vendor_id) REFERENCES vendors (tenant_id, id),
    CONSTRAINT purchase_orders_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX purchase_orders_number_unique ON purchase_orders (tenant_id, number);
CREATE INDEX purchase_orders_created_at_index ON purchase_orders (tenant_id, created_at, id);
CREATE INDEX purchase_orders_status_created_at_index ON purchase_orders (tenant_id, status, created_at, id);
CREATE INDEX purchase_orders_updated_at_index ON purchase_orders (tenant_id, updated_at, id);
CREATE INDEX purchase_orders_vendor_id_index ON purchase_orders (tenant_id, vendor_id);
ALTER TABLE purchase_orders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY purchase_orders_owner ON purchase_orders TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY purchase_orders_app ON purchase_orders TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON purchase_orders TO headend_app;

-- What of which item was ordered, and what of it came.
CREATE TABLE purchase_order_lines (
    id                 uuid              NOT NULL,
    tenant_id          uuid              NOT NULL,
    purchase_order_id  uuid              NOT NULL,
    item_id            uuid              NOT NULL,
    item_name          text COLLATE "C"  NOT NULL DEFAULT '',
    quantity           integer           NOT NULL,
    received_quantity  integer           NOT NULL DEFAULT 0,
    unit_price         bigint            NOT NULL DEFAULT 0,
    version            integer           NOT NULL DEFAULT 1,
    created_at         timestamptz       NOT NULL,
    updated_at         timestamptz       NOT NULL,
    CONSTRAINT purchase_order_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT purchase_order_lines_item_name_length CHECK (length(item_name) <= 255),
    CONSTRAINT purchase_order_lines_quantity_check CHECK (quantity >= 1),
    CONSTRAINT purchase_order_lines_received_quantity_check CHECK (received_quantity >= 0),
    CONSTRAINT purchase_order_lines_unit_price_check CHECK (unit_price >= 0),
    CONSTRAINT purchase_order_lines_received_check CHECK (received_quantity <= quantity),
    CONSTRAINT purchase_order_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT purchase_order_lines_purchase_order_id_fkey FOREIGN KEY (tenant_id, purchase_order_id) REFERENCES purchase_orders (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT purchase_order_lines_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id)
);
CREATE UNIQUE INDEX purchase_order_lines_item_unique ON purchase_order_lines (tenant_id, purchase_order_id, item_id);
CREATE INDEX purchase_order_lines_created_at_index ON purchase_order_lines (tenant_id, created_at, id);
CREATE INDEX purchase_order_lines_item_id_index ON purchase_order_lines (tenant_id, item_id);
ALTER TABLE purchase_order_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY purchase_order_lines_owner ON purchase_order_lines TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY purchase_order_lines_app ON purchase_order_lines TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON purchase_order_lines TO headend_app;

-- Visits to customers: install, upgrade, repair.
CREATE TABLE jobs (
    id                 uuid              NOT NULL,
    tenant_id          uuid              NOT NULL,
    number             text COLLATE "C"  NOT NULL,
    customer_id        uuid,
    customer_name      text COLLATE "C"  NOT NULL DEFAULT '',
    customer_name_key  text COLLATE "C"  NOT NULL DEFAULT '',
    phone              text COLLATE "C"  NOT NULL DEFAULT '',
    phone_digits       text COLLATE "C"  NOT NULL DEFAULT '',
    address            text COLLATE "C"  NOT NULL DEFAULT '',
    city               text COLLATE "C",
    job_type           text COLLATE "C"  NOT NULL,
    plan_id            uuid,
    plan_name          text COLLATE "C",
    priority           text COLLATE "C"  NOT NULL DEFAULT 'medium',
    status             text COLLATE "C"  NOT NULL DEFAULT 'pending',
    scheduled_at       timestamptz       NOT NULL,
    started_at         timestamptz,
    completed_at       timestamptz,
    engineer_id        uuid,
    lead_id            uuid,
    notes              text COLLATE "C"  NOT NULL DEFAULT '',
    version            integer           NOT NULL DEFAULT 1,
    created_at         timestamptz       NOT NULL,
    updated_at         timestamptz       NOT NULL,
    CONSTRAINT jobs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT jobs_number_required CHECK (number <> ''),
    CONSTRAINT jobs_number_length CHECK (length(number) <= 50),
    CONSTRAINT jobs_customer_name_length CHECK (length(customer_name) <= 255),
    CONSTRAINT jobs_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT jobs_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT jobs_address_length CHECK (length(address) <= 10000),
    CONSTRAINT jobs_city_length CHECK (length(city) <= 100),
    CONSTRAINT jobs_job_type_check CHECK (job_type IN ('new_install', 'upgrade', 'repair')),
    CONSTRAINT jobs_plan_name_length CHECK (length(plan_name) <= 255),
    CONSTRAINT jobs_priority_check CHECK (priority IN ('high', 'medium', 'low')),
    CONSTRAINT jobs_status_check CHECK (status IN ('pending', 'in_progress', 'completed', 'cancelled')),
    CONSTRAINT jobs_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT jobs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT jobs_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT jobs_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT jobs_engineer_id_fkey FOREIGN KEY (engineer_id) REFERENCES users (id),
    CONSTRAINT jobs_lead_id_fkey FOREIGN KEY (tenant_id, lead_id) REFERENCES leads (tenant_id, id)
);
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
ALTER TABLE jobs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY jobs_owner ON jobs TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY jobs_app ON jobs TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO headend_app;

-- What a job installs or uses up.
CREATE TABLE job_devices (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    job_id      uuid              NOT NULL,
    device_id   uuid,
    item_id     uuid,
    serial      text COLLATE "C",
    quantity    integer           NOT NULL DEFAULT 1,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT job_devices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT job_devices_serial_length CHECK (length(serial) <= 100),
    CONSTRAINT job_devices_quantity_check CHECK (quantity >= 1),
    CONSTRAINT job_devices_what_check CHECK (device_id IS NOT NULL OR item_id IS NOT NULL OR serial IS NOT NULL),
    CONSTRAINT job_devices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT job_devices_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT job_devices_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT job_devices_item_id_fkey FOREIGN KEY (tenant_id, item_id) REFERENCES stock_items (tenant_id, id)
);
CREATE INDEX job_devices_created_at_index ON job_devices (tenant_id, created_at, id);
CREATE INDEX job_devices_job_id_index ON job_devices (tenant_id, job_id);
CREATE INDEX job_devices_device_id_index ON job_devices (tenant_id, device_id);
CREATE INDEX job_devices_item_id_index ON job_devices (tenant_id, item_id);
ALTER TABLE job_devices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY job_devices_owner ON job_devices TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY job_devices_app ON job_devices TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON job_devices TO headend_app;

-- What customers report and somebody sees to.
CREATE TABLE tickets (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    number         text COLLATE "C"  NOT NULL,
    title          text COLLATE "C"  NOT NULL DEFAULT '',
    title_key      text COLLATE "C"  NOT NULL DEFAULT '',
    description    text COLLATE "C"  NOT NULL DEFAULT '',
    priority       text COLLATE "C"  NOT NULL DEFAULT 'medium',
    status         text COLLATE "C"  NOT NULL DEFAULT 'open',
    category       text COLLATE "C"  NOT NULL DEFAULT 'network',
    waiting        boolean           NOT NULL DEFAULT false,
    customer_id    uuid,
    device_id      uuid,
    incident_id    uuid,
    contract_id    uuid,
    created_by     uuid,
    engineer_id    uuid,
    engineer_name  text COLLATE "C",
    respond_by     timestamptz,
    resolve_by     timestamptz,
    responded_at   timestamptz,
    resolved_at    timestamptz,
    closed_at      timestamptz,
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT tickets_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT tickets_number_required CHECK (number <> ''),
    CONSTRAINT tickets_number_length CHECK (length(number) <= 50),
    CONSTRAINT tickets_title_length CHECK (length(title) <= 500),
    CONSTRAINT tickets_description_length CHECK (length(description) <= 100000),
    CONSTRAINT tickets_priority_check CHECK (priority IN ('low', 'medium', 'high')),
    CONSTRAINT tickets_status_check CHECK (status IN ('open', 'in_progress', 'resolved', 'closed')),
    CONSTRAINT tickets_category_check CHECK (category IN ('network', 'hardware', 'software', 'other')),
    CONSTRAINT tickets_engineer_name_length CHECK (length(engineer_name) <= 255),
    CONSTRAINT tickets_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT tickets_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT tickets_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT tickets_incident_id_fkey FOREIGN KEY (tenant_id, incident_id) REFERENCES incidents (tenant_id, id),
    CONSTRAINT tickets_contract_id_fkey FOREIGN KEY (tenant_id, contract_id) REFERENCES contracts (tenant_id, id),
    CONSTRAINT tickets_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id),
    CONSTRAINT tickets_engineer_id_fkey FOREIGN KEY (engineer_id) REFERENCES users (id)
);
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
ALTER TABLE tickets ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY tickets_owner ON tickets TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY tickets_app ON tickets TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON tickets TO headend_app;

-- What was said about a ticket.
CREATE TABLE ticket_comments (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    ticket_id    uuid              NOT NULL,
    author_id    uuid,
    content      text COLLATE "C"  NOT NULL,
    is_internal  boolean           NOT NULL DEFAULT false,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT ticket_comments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ticket_comments_content_required CHECK (content <> ''),
    CONSTRAINT ticket_comments_content_length CHECK (length(content) <= 100000),
    CONSTRAINT ticket_comments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT ticket_comments_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES users (id)
);
CREATE INDEX ticket_comments_ticket_id_created_at_index ON ticket_comments (tenant_id, ticket_id, created_at);
CREATE INDEX ticket_comments_created_at_index ON ticket_comments (tenant_id, created_at, id);
ALTER TABLE ticket_comments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY ticket_comments_owner ON ticket_comments TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY ticket_comments_app ON ticket_comments TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_comments TO headend_app;

-- Since when a ticket was in which state: its clocks are computed from these.
CREATE TABLE ticket_state_spans (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    ticket_id   uuid              NOT NULL,
    status      text COLLATE "C"  NOT NULL,
    waiting     boolean           NOT NULL DEFAULT false,
    since       timestamptz       NOT NULL,
    created_at  timestamptz       NOT NULL,
    CONSTRAINT ticket_state_spans_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ticket_state_spans_status_check CHECK (status IN ('open', 'in_progress', 'resolved', 'closed')),
    CONSTRAINT ticket_state_spans_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT ticket_state_spans_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX ticket_state_spans_ticket_id_since_index ON ticket_state_spans (tenant_id, ticket_id, since);
CREATE INDEX ticket_state_spans_since_index ON ticket_state_spans (tenant_id, since, id);
CREATE TRIGGER ticket_state_spans_refuse_change BEFORE UPDATE ON ticket_state_spans
    FOR EACH ROW EXECUTE FUNCTION refuse_change('ticket_state_spans');
ALTER TABLE ticket_state_spans ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY ticket_state_spans_owner ON ticket_state_spans TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY ticket_state_spans_app ON ticket_state_spans TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON ticket_state_spans TO headend_app;

-- Tickets that belong together.
CREATE TABLE ticket_links (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    ticket_id   uuid              NOT NULL,
    other_id    uuid              NOT NULL,
    kind        text COLLATE "C"  NOT NULL DEFAULT 'related',
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT ticket_links_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT ticket_links_kind_check CHECK (kind IN ('duplicate', 'child', 'related')),
    CONSTRAINT ticket_links_different_check CHECK (ticket_id <> other_id),
    CONSTRAINT ticket_links_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT ticket_links_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT ticket_links_other_id_fkey FOREIGN KEY (tenant_id, other_id) REFERENCES tickets (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX ticket_links_pair_unique ON ticket_links (tenant_id, ticket_id, other_id);
CREATE INDEX ticket_links_created_at_index ON ticket_links (tenant_id, created_at, id);
CREATE INDEX ticket_links_other_id_index ON ticket_links (tenant_id, other_id);
ALTER TABLE ticket_links ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY ticket_links_owner ON ticket_links TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY ticket_links_app ON ticket_links TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON ticket_links TO headend_app;

-- When people are at work.
CREATE TABLE calendars (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    name        text COLLATE "C"  NOT NULL,
    name_key    text COLLATE "C"  NOT NULL,
    timezone    text COLLATE "C"  NOT NULL DEFAULT 'UTC',
    hours       jsonb             NOT NULL DEFAULT '{}',
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT calendars_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendars_name_required CHECK (name <> ''),
    CONSTRAINT calendars_name_length CHECK (length(name) <= 200),
    CONSTRAINT calendars_name_key_required CHECK (name_key <> ''),
    CONSTRAINT calendars_timezone_length CHECK (length(timezone) <= 64),
    CONSTRAINT calendars_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX calendars_name_unique ON calendars (tenant_id, name_key);
CREATE INDEX calendars_name_key_index ON calendars (tenant_id, name_key, id);
ALTER TABLE calendars ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY calendars_owner ON calendars TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY calendars_app ON calendars TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON calendars TO headend_app;

-- Days on which nobody is.
CREATE TABLE calendar_holidays (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    calendar_id  uuid              NOT NULL,
    day          date              NOT NULL,
    name         text COLLATE "C"  NOT NULL DEFAULT '',
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT calendar_holidays_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT calendar_holidays_name_length CHECK (length(name) <= 200),
    CONSTRAINT calendar_holidays_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT calendar_holidays_calendar_id_fkey FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX calendar_holidays_day_unique ON calendar_holidays (tenant_id, calendar_id, day);
CREATE INDEX calendar_holidays_day_index ON calendar_holidays (tenant_id, day, id);
ALTER TABLE calendar_holidays ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY calendar_holidays_owner ON calendar_holidays TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY calendar_holidays_app ON calendar_holidays TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON calendar_holidays TO headend_app;

-- How soon a ticket is answered and solved.
CREATE TABLE sla_policies (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    name             text COLLATE "C"  NOT NULL,
    name_key         text COLLATE "C"  NOT NULL,
    priority         text COLLATE "C",
    category         text COLLATE "C",
    contract_id      uuid,
    calendar_id      uuid,
    respond_minutes  integer           NOT NULL,
    resolve_minutes  integer           NOT NULL,
    is_active        boolean           NOT NULL DEFAULT true,
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT sla_policies_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sla_policies_name_required CHECK (name <> ''),
    CONSTRAINT sla_policies_name_length CHECK (length(name) <= 200),
    CONSTRAINT sla_policies_name_key_required CHECK (name_key <> ''),
    CONSTRAINT sla_policies_priority_check CHECK (priority IN ('low', 'medium', 'high')),
    CONSTRAINT sla_policies_category_check CHECK (category IN ('network', 'hardware', 'software', 'other')),
    CONSTRAINT sla_policies_respond_minutes_check CHECK (respond_minutes >= 1),
    CONSTRAINT sla_policies_resolve_minutes_check CHECK (resolve_minutes >= 1),
    CONSTRAINT sla_policies_order_check CHECK (respond_minutes <= resolve_minutes),
    CONSTRAINT sla_policies_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT sla_policies_contract_id_fkey FOREIGN KEY (tenant_id, contract_id) REFERENCES contracts (tenant_id, id),
    CONSTRAINT sla_policies_calendar_id_fkey FOREIGN KEY (tenant_id, calendar_id) REFERENCES calendars (tenant_id, id)
);
CREATE UNIQUE INDEX sla_policies_name_unique ON sla_policies (tenant_id, name_key);
CREATE INDEX sla_policies_name_key_index ON sla_policies (tenant_id, name_key, id);
CREATE INDEX sla_policies_is_active_name_key_index ON sla_policies (tenant_id, is_active, name_key, id);
CREATE INDEX sla_policies_contract_id_index ON sla_policies (tenant_id, contract_id);
CREATE INDEX sla_policies_calendar_id_index ON sla_policies (tenant_id, calendar_id);
ALTER TABLE sla_policies ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sla_policies_owner ON sla_policies TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY sla_policies_app ON sla_policies TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON sla_policies TO headend_app;

-- Answers and changes that are made again and again.
CREATE TABLE macros (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    name           text COLLATE "C"  NOT NULL,
    name_key       text COLLATE "C"  NOT NULL,
    comment        text COLLATE "C"  NOT NULL DEFAULT '',
    is_internal    boolean           NOT NULL DEFAULT false,
    values_to_set  jsonb             NOT NULL DEFAULT '{}',
    is_active      boolean           NOT NULL DEFAULT true,
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT macros_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT macros_name_required CHECK (name <> ''),
    CONSTRAINT macros_name_length CHECK (length(name) <= 200),
    CONSTRAINT macros_name_key_required CHECK (name_key <> ''),
    CONSTRAINT macros_comment_length CHECK (length(comment) <= 100000),
    CONSTRAINT macros_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX macros_name_unique ON macros (tenant_id, name_key);
CREATE INDEX macros_name_key_index ON macros (tenant_id, name_key, id);
ALTER TABLE macros ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY macros_owner ON macros TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY macros_app ON macros TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON macros TO headend_app;

-- What one shift hands over to the next.
CREATE TABLE shift_logs (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    started_at   timestamptz       NOT NULL,
    ended_at     timestamptz,
    lead_id      uuid,
    accepted_by  uuid,
    accepted_at  timestamptz,
    notes        text COLLATE "C"  NOT NULL DEFAULT '',
    summary      jsonb             NOT NULL DEFAULT '{}',
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT shift_logs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT shift_logs_notes_length CHECK (length(notes) <= 100000),
    CONSTRAINT shift_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT shift_logs_lead_id_fkey FOREIGN KEY (lead_id) REFERENCES users (id),
    CONSTRAINT shift_logs_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES users (id)
);
CREATE INDEX shift_logs_started_at_index ON shift_logs (tenant_id, started_at, id);
CREATE INDEX shift_logs_ended_at_started_at_index ON shift_logs (tenant_id, ended_at, started_at);
ALTER TABLE shift_logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY shift_logs_owner ON shift_logs TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY shift_logs_app ON shift_logs TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON shift_logs TO headend_app;

-- Who is on duty when, and who is next.
CREATE TABLE rosters (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    user_id     uuid              NOT NULL,
    starts_at   timestamptz       NOT NULL,
    ends_at     timestamptz       NOT NULL,
    duty        text COLLATE "C"  NOT NULL,
    level       integer           NOT NULL DEFAULT 1,
    version     integer           NOT NULL DEFAULT 1,
    created_at  timestamptz       NOT NULL,
    updated_at  timestamptz       NOT NULL,
    CONSTRAINT rosters_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT rosters_duty_required CHECK (duty <> ''),
    CONSTRAINT rosters_duty_length CHECK (length(duty) <= 100),
    CONSTRAINT rosters_level_check CHECK (level >= 1),
    CONSTRAINT rosters_times_check CHECK (ends_at > starts_at),
    CONSTRAINT rosters_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT rosters_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id)
);
CREATE INDEX rosters_starts_at_index ON rosters (tenant_id, starts_at, id);
CREATE INDEX rosters_ends_at_starts_at_index ON rosters (tenant_id, ends_at, starts_at);
CREATE INDEX rosters_user_id_starts_at_index ON rosters (tenant_id, user_id, starts_at);
ALTER TABLE rosters ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY rosters_owner ON rosters TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY rosters_app ON rosters TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON rosters TO headend_app;

-- Look at this again, then.
CREATE TABLE reminders (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    user_id      uuid              NOT NULL,
    entity_type  text COLLATE "C"  NOT NULL,
    record_id    uuid              NOT NULL,
    title        text COLLATE "C"  NOT NULL DEFAULT '',
    due_at       timestamptz       NOT NULL,
    note         text COLLATE "C"  NOT NULL DEFAULT '',
    done_at      timestamptz,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT reminders_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT reminders_entity_type_required CHECK (entity_type <> ''),
    CONSTRAINT reminders_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT reminders_title_length CHECK (length(title) <= 255),
    CONSTRAINT reminders_note_length CHECK (length(note) <= 1000),
    CONSTRAINT reminders_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT reminders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE INDEX reminders_user_id_done_at_due_at_index ON reminders (tenant_id, user_id, done_at, due_at);
CREATE INDEX reminders_due_at_index ON reminders (tenant_id, due_at, id);
CREATE INDEX reminders_entity_type_record_id_index ON reminders (tenant_id, entity_type, record_id);
ALTER TABLE reminders ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY reminders_owner ON reminders TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY reminders_app ON reminders TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON reminders TO headend_app;

-- Records that somebody keeps at hand.
CREATE TABLE pins (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    user_id      uuid              NOT NULL,
    entity_type  text COLLATE "C"  NOT NULL,
    record_id    uuid              NOT NULL,
    title        text COLLATE "C"  NOT NULL DEFAULT '',
    position     integer           NOT NULL DEFAULT 0,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT pins_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT pins_entity_type_required CHECK (entity_type <> ''),
    CONSTRAINT pins_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT pins_title_length CHECK (length(title) <= 255),
    CONSTRAINT pins_position_check CHECK (position >= 0),
    CONSTRAINT pins_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT pins_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX pins_record_unique ON pins (tenant_id, user_id, entity_type, record_id);
CREATE INDEX pins_user_id_position_index ON pins (tenant_id, user_id, position);
CREATE INDEX pins_entity_type_record_id_index ON pins (tenant_id, entity_type, record_id);
CREATE INDEX pins_created_at_index ON pins (tenant_id, created_at, id);
ALTER TABLE pins ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY pins_owner ON pins TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY pins_app ON pins TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON pins TO headend_app;

-- Records that a person wants to hear of when others change them.
CREATE TABLE watches (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    user_id      uuid              NOT NULL,
    entity_type  text COLLATE "C"  NOT NULL,
    record_id    uuid              NOT NULL,
    title        text COLLATE "C"  NOT NULL DEFAULT '',
    unseen       boolean           NOT NULL DEFAULT false,
    changed_at   timestamptz,
    changed_by   uuid,
    change       text COLLATE "C"  NOT NULL DEFAULT '',
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT watches_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT watches_entity_type_required CHECK (entity_type <> ''),
    CONSTRAINT watches_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT watches_title_length CHECK (length(title) <= 255),
    CONSTRAINT watches_change_length CHECK (length(change) <= 255),
    CONSTRAINT watches_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT watches_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT watches_changed_by_fkey FOREIGN KEY (changed_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX watches_record_unique ON watches (tenant_id, user_id, entity_type, record_id);
CREATE INDEX watches_entity_type_record_id_index ON watches (tenant_id, entity_type, record_id);
CREATE INDEX watches_user_id_changed_at_index ON watches (tenant_id, user_id, changed_at);
ALTER TABLE watches ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY watches_owner ON watches TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY watches_app ON watches TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON watches TO headend_app;

-- The chart of accounts.
CREATE TABLE accounts (
    id            uuid              NOT NULL,
    tenant_id     uuid              NOT NULL,
    code          text COLLATE "C"  NOT NULL,
    name          text COLLATE "C"  NOT NULL,
    name_key      text COLLATE "C"  NOT NULL,
    account_type  text COLLATE "C"  NOT NULL,
    parent_id     uuid,
    is_active     boolean           NOT NULL DEFAULT true,
    version       integer           NOT NULL DEFAULT 1,
    created_at    timestamptz       NOT NULL,
    updated_at    timestamptz       NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT accounts_code_required CHECK (code <> ''),
    CONSTRAINT accounts_code_length CHECK (length(code) <= 50),
    CONSTRAINT accounts_name_required CHECK (name <> ''),
    CONSTRAINT accounts_name_length CHECK (length(name) <= 255),
    CONSTRAINT accounts_name_key_required CHECK (name_key <> ''),
    CONSTRAINT accounts_account_type_check CHECK (account_type IN ('asset', 'liability', 'equity', 'revenue', 'expense')),
    CONSTRAINT accounts_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT accounts_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES accounts (tenant_id, id)
);
CREATE UNIQUE INDEX accounts_code_unique ON accounts (tenant_id, code);
CREATE INDEX accounts_code_index ON accounts (tenant_id, code, id);
CREATE INDEX accounts_account_type_code_index ON accounts (tenant_id, account_type, code, id);
CREATE INDEX accounts_name_key_index ON accounts (tenant_id, name_key, id);
CREATE INDEX accounts_updated_at_index ON accounts (tenant_id, updated_at, id);
CREATE INDEX accounts_parent_id_index ON accounts (tenant_id, parent_id);
ALTER TABLE accounts ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY accounts_owner ON accounts TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY accounts_app ON accounts TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts TO headend_app;

-- Double entries: never changed, put right by one that reverses.
CREATE TABLE journal_entries (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    number       text COLLATE "C"  NOT NULL,
    entry_date   date              NOT NULL,
    memo         text COLLATE "C"  NOT NULL DEFAULT '',
    source_type  text COLLATE "C"  NOT NULL DEFAULT '',
    source_id    uuid,
    reverses_id  uuid,
    created_at   timestamptz       NOT NULL,
    CONSTRAINT journal_entries_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT journal_entries_number_required CHECK (number <> ''),
    CONSTRAINT journal_entries_number_length CHECK (length(number) <= 50),
    CONSTRAINT journal_entries_memo_length CHECK (length(memo) <= 1000),
    CONSTRAINT journal_entries_source_type_length CHECK (length(source_type) <= 100),
    CONSTRAINT journal_entries_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT journal_entries_reverses_id_fkey FOREIGN KEY (tenant_id, reverses_id) REFERENCES journal_entries (tenant_id, id)
);
CREATE UNIQUE INDEX journal_entries_number_unique ON journal_entries (tenant_id, number);
CREATE UNIQUE INDEX journal_entries_reversed_unique ON journal_entries (tenant_id, reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX journal_entries_entry_date_index ON journal_entries (tenant_id, entry_date, id);
CREATE INDEX journal_entries_created_at_index ON journal_entries (tenant_id, created_at, id);
CREATE INDEX journal_entries_source_type_source_id_index ON journal_entries (tenant_id, source_type, source_id);
CREATE TRIGGER journal_entries_refuse_change BEFORE UPDATE OR DELETE ON journal_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change('journal_entries');
ALTER TABLE journal_entries ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY journal_entries_owner ON journal_entries TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY journal_entries_app ON journal_entries TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON journal_entries TO headend_app;

-- The sides of an entry; written before it, so that an entry that does not balance cannot be.
CREATE TABLE journal_lines (
    id          uuid              NOT NULL,
    tenant_id   uuid              NOT NULL,
    entry_id    uuid              NOT NULL,
    account_id  uuid              NOT NULL,
    debit       bigint            NOT NULL DEFAULT 0,
    credit      bigint            NOT NULL DEFAULT 0,
    currency    text COLLATE "C"  NOT NULL DEFAULT '',
    created_at  timestamptz       NOT NULL,
    CONSTRAINT journal_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT journal_lines_debit_check CHECK (debit >= 0),
    CONSTRAINT journal_lines_credit_check CHECK (credit >= 0),
    CONSTRAINT journal_lines_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT journal_lines_side_check CHECK ((debit > 0) <> (credit > 0)),
    CONSTRAINT journal_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT journal_lines_entry_id_fkey FOREIGN KEY (tenant_id, entry_id) REFERENCES journal_entries (tenant_id, id) DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT journal_lines_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id)
);
CREATE INDEX journal_lines_entry_id_index ON journal_lines (tenant_id, entry_id, id);
CREATE INDEX journal_lines_account_id_created_at_index ON journal_lines (tenant_id, account_id, created_at);
CREATE INDEX journal_lines_created_at_index ON journal_lines (tenant_id, created_at, id);
CREATE TRIGGER journal_lines_refuse_change BEFORE UPDATE OR DELETE ON journal_lines
    FOR EACH ROW EXECUTE FUNCTION refuse_change('journal_lines');
ALTER TABLE journal_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY journal_lines_owner ON journal_lines TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY journal_lines_app ON journal_lines TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT ON journal_lines TO headend_app;

-- What customers and organizations owe.
CREATE TABLE invoices (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    number           text COLLATE "C"  NOT NULL,
    customer_id      uuid,
    organization_id  uuid,
    contract_id      uuid,
    status           text COLLATE "C"  NOT NULL DEFAULT 'draft',
    issued_on        date,
    due_on           date,
    period_start     date,
    period_end       date,
    currency         text COLLATE "C"  NOT NULL DEFAULT '',
    subtotal         bigint            NOT NULL DEFAULT 0,
    tax_amount       bigint            NOT NULL DEFAULT 0,
    total            bigint            NOT NULL DEFAULT 0,
    amount_paid      bigint            NOT NULL DEFAULT 0,
    paid_at          timestamptz,
    notes            text COLLATE "C"  NOT NULL DEFAULT '',
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT invoices_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT invoices_number_required CHECK (number <> ''),
    CONSTRAINT invoices_number_length CHECK (length(number) <= 50),
    CONSTRAINT invoices_status_check CHECK (status IN ('draft', 'pending', 'paid', 'overdue', 'cancelled')),
    CONSTRAINT invoices_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT invoices_amount_paid_check CHECK (amount_paid >= 0),
    CONSTRAINT invoices_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT invoices_paid_check CHECK (amount_paid <= total OR total < 0),
    CONSTRAINT invoices_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT invoices_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT invoices_organization_id_fkey FOREIGN KEY (tenant_id, organization_id) REFERENCES organizations (tenant_id, id),
    CONSTRAINT invoices_contract_id_fkey FOREIGN KEY (tenant_id, contract_id) REFERENCES contracts (tenant_id, id)
);
CREATE UNIQUE INDEX invoices_number_unique ON invoices (tenant_id, number);
CREATE UNIQUE INDEX invoices_period_unique ON invoices (tenant_id, customer_id, coalesce(contract_id, '00000000-0000-0000-0000-000000000000'), period_start) WHERE customer_id IS NOT NULL AND period_start IS NOT NULL AND status <> 'cancelled';
CREATE INDEX invoices_created_at_index ON invoices (tenant_id, created_at, id);
CREATE INDEX invoices_status_created_at_index ON invoices (tenant_id, status, created_at, id);
CREATE INDEX invoices_status_due_on_index ON invoices (tenant_id, status, due_on);
CREATE INDEX invoices_due_on_index ON invoices (tenant_id, due_on, id);
CREATE INDEX invoices_customer_id_created_at_index ON invoices (tenant_id, customer_id, created_at);
CREATE INDEX invoices_total_index ON invoices (tenant_id, total, id);
CREATE INDEX invoices_updated_at_index ON invoices (tenant_id, updated_at, id);
CREATE INDEX invoices_organization_id_index ON invoices (tenant_id, organization_id);
CREATE INDEX invoices_contract_id_index ON invoices (tenant_id, contract_id);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY invoices_owner ON invoices TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY invoices_app ON invoices TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON invoices TO headend_app;

-- What an invoice is made of.
CREATE TABLE invoice_lines (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    invoice_id      uuid              NOT NULL,
    description     text COLLATE "C"  NOT NULL,
    quantity        integer           NOT NULL DEFAULT 1,
    unit_price      bigint            NOT NULL,
    tax_percentage  integer           NOT NULL DEFAULT 0,
    total           bigint            NOT NULL,
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT invoice_lines_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT invoice_lines_description_required CHECK (description <> ''),
    CONSTRAINT invoice_lines_description_length CHECK (length(description) <= 1000),
    CONSTRAINT invoice_lines_quantity_check CHECK (quantity >= 1),
    CONSTRAINT invoice_lines_tax_percentage_check CHECK (tax_percentage BETWEEN 0 AND 10000),
    CONSTRAINT invoice_lines_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT invoice_lines_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id) ON DELETE CASCADE
);
CREATE INDEX invoice_lines_invoice_id_created_at_index ON invoice_lines (tenant_id, invoice_id, created_at);
CREATE INDEX invoice_lines_created_at_index ON invoice_lines (tenant_id, created_at, id);
ALTER TABLE invoice_lines ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY invoice_lines_owner ON invoice_lines TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY invoice_lines_app ON invoice_lines TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON invoice_lines TO headend_app;

-- Money that came in.
CREATE TABLE payments (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    number          text COLLATE "C"  NOT NULL,
    customer_id     uuid,
    invoice_id      uuid,
    method          text COLLATE "C"  NOT NULL,
    status          text COLLATE "C"  NOT NULL DEFAULT 'pending',
    transaction_id  text COLLATE "C",
    amount          bigint            NOT NULL,
    applied_amount  bigint            NOT NULL DEFAULT 0,
    currency        text COLLATE "C"  NOT NULL DEFAULT '',
    phone           text COLLATE "C",
    phone_digits    text COLLATE "C"  NOT NULL DEFAULT '',
    gateway_id      uuid,
    received_at     timestamptz,
    recorded_by     uuid,
    notes           text COLLATE "C"  NOT NULL DEFAULT '',
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT payments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT payments_number_required CHECK (number <> ''),
    CONSTRAINT payments_number_length CHECK (length(number) <= 50),
    CONSTRAINT payments_method_check CHECK (method IN ('mpesa', 'cash', 'bank', 'card', 'wallet')),
    CONSTRAINT payments_status_check CHECK (status IN ('pending', 'completed', 'failed', 'refunded')),
    CONSTRAINT payments_transaction_id_length CHECK (length(transaction_id) <= 255),
    CONSTRAINT payments_amount_check CHECK (amount >= 1),
    CONSTRAINT payments_applied_amount_check CHECK (applied_amount >= 0),
    CONSTRAINT payments_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT payments_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT payments_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT payments_notes_length CHECK (length(notes) <= 1000),
    CONSTRAINT payments_applied_check CHECK (applied_amount <= amount),
    CONSTRAINT payments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT payments_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT payments_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id),
    CONSTRAINT payments_recorded_by_fkey FOREIGN KEY (recorded_by) REFERENCES users (id)
);
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
ALTER TABLE payments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY payments_owner ON payments TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY payments_app ON payments TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON payments TO headend_app;

-- Payments that were asked for on a phone and not yet answered.
CREATE TABLE pending_payments (
    id                   uuid              NOT NULL,
    tenant_id            uuid              NOT NULL,
    checkout_request_id  text COLLATE "C"  NOT NULL,
    gateway_id           uuid              NOT NULL,
    phone                text COLLATE "C"  NOT NULL DEFAULT '',
    phone_digits         text COLLATE "C"  NOT NULL DEFAULT '',
    plan_id              uuid,
    customer_id          uuid,
    mac_address          macaddr,
    voucher_id           uuid,
    payment_id           uuid,
    amount               bigint            NOT NULL,
    currency             text COLLATE "C"  NOT NULL DEFAULT '',
    status               text COLLATE "C"  NOT NULL DEFAULT 'pending',
    expires_at           timestamptz       NOT NULL,
    version              integer           NOT NULL DEFAULT 1,
    created_at           timestamptz       NOT NULL,
    updated_at           timestamptz       NOT NULL,
    CONSTRAINT pending_payments_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT pending_payments_checkout_request_id_required CHECK (checkout_request_id <> ''),
    CONSTRAINT pending_payments_checkout_request_id_length CHECK (length(checkout_request_id) <= 255),
    CONSTRAINT pending_payments_phone_length CHECK (length(phone) <= 50),
    CONSTRAINT pending_payments_phone_digits_length CHECK (length(phone_digits) <= 50),
    CONSTRAINT pending_payments_amount_check CHECK (amount >= 1),
    CONSTRAINT pending_payments_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT pending_payments_status_check CHECK (status IN ('pending', 'completed', 'failed', 'expired')),
    CONSTRAINT pending_payments_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT pending_payments_plan_id_fkey FOREIGN KEY (tenant_id, plan_id) REFERENCES plans (tenant_id, id),
    CONSTRAINT pending_payments_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id),
    CONSTRAINT pending_payments_voucher_id_fkey FOREIGN KEY (tenant_id, voucher_id) REFERENCES vouchers (tenant_id, id),
    CONSTRAINT pending_payments_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id)
);
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
ALTER TABLE pending_payments ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY pending_payments_owner ON pending_payments TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY pending_payments_app ON pending_payments TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON pending_payments TO headend_app;

-- Money that goes out.
CREATE TABLE expenses (
    id            uuid              NOT NULL,
    tenant_id     uuid              NOT NULL,
    category      text COLLATE "C"  NOT NULL,
    description   text COLLATE "C"  NOT NULL DEFAULT '',
    amount        bigint            NOT NULL,
    currency      text COLLATE "C"  NOT NULL DEFAULT '',
    vendor_id     uuid,
    account_id    uuid,
    method        text COLLATE "C"  NOT NULL DEFAULT 'bank',
    spent_on      date              NOT NULL,
    is_recurring  boolean           NOT NULL DEFAULT false,
    recurrence    text COLLATE "C",
    next_due_on   date,
    template_id   uuid,
    version       integer           NOT NULL DEFAULT 1,
    created_at    timestamptz       NOT NULL,
    updated_at    timestamptz       NOT NULL,
    CONSTRAINT expenses_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT expenses_category_required CHECK (category <> ''),
    CONSTRAINT expenses_category_length CHECK (length(category) <= 100),
    CONSTRAINT expenses_description_length CHECK (length(description) <= 1000),
    CONSTRAINT expenses_amount_check CHECK (amount >= 1),
    CONSTRAINT expenses_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT expenses_method_check CHECK (method IN ('cash', 'mpesa', 'bank', 'card')),
    CONSTRAINT expenses_recurrence_check CHECK (recurrence IN ('weekly', 'monthly', 'quarterly', 'yearly')),
    CONSTRAINT expenses_recurs_check CHECK (is_recurring AND recurrence IS NOT NULL OR NOT is_recurring AND recurrence IS NULL),
    CONSTRAINT expenses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT expenses_vendor_id_fkey FOREIGN KEY (tenant_id, vendor_id) REFERENCES vendors (tenant_id, id),
    CONSTRAINT expenses_account_id_fkey FOREIGN KEY (tenant_id, account_id) REFERENCES accounts (tenant_id, id),
    CONSTRAINT expenses_template_id_fkey FOREIGN KEY (tenant_id, template_id) REFERENCES expenses (tenant_id, id)
);
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
ALTER TABLE expenses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY expenses_owner ON expenses TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY expenses_app ON expenses TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON expenses TO headend_app;

-- Papers that run out.
CREATE TABLE licenses (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    name            text COLLATE "C"  NOT NULL,
    name_key        text COLLATE "C"  NOT NULL,
    category        text COLLATE "C"  NOT NULL,
    license_number  text COLLATE "C"  NOT NULL,
    vendor_id       uuid              NOT NULL,
    issue_date      date              NOT NULL,
    expiry_date     date              NOT NULL,
    annual_cost     bigint            NOT NULL DEFAULT 0,
    currency        text COLLATE "C"  NOT NULL DEFAULT '',
    notes           text COLLATE "C"  NOT NULL DEFAULT '',
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT licenses_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT licenses_name_required CHECK (name <> ''),
    CONSTRAINT licenses_name_length CHECK (length(name) <= 255),
    CONSTRAINT licenses_name_key_required CHECK (name_key <> ''),
    CONSTRAINT licenses_category_check CHECK (category IN ('software', 'regulatory', 'telecom', 'infrastructure')),
    CONSTRAINT licenses_license_number_required CHECK (license_number <> ''),
    CONSTRAINT licenses_license_number_length CHECK (length(license_number) <= 100),
    CONSTRAINT licenses_annual_cost_check CHECK (annual_cost >= 0),
    CONSTRAINT licenses_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT licenses_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT licenses_dates_check CHECK (expiry_date >= issue_date),
    CONSTRAINT licenses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT licenses_vendor_id_fkey FOREIGN KEY (tenant_id, vendor_id) REFERENCES vendors (tenant_id, id)
);
CREATE UNIQUE INDEX licenses_license_number_unique ON licenses (tenant_id, license_number);
CREATE INDEX licenses_expiry_date_index ON licenses (tenant_id, expiry_date, id);
CREATE INDEX licenses_name_key_index ON licenses (tenant_id, name_key, id);
CREATE INDEX licenses_category_expiry_date_index ON licenses (tenant_id, category, expiry_date, id);
CREATE INDEX licenses_updated_at_index ON licenses (tenant_id, updated_at, id);
CREATE INDEX licenses_vendor_id_index ON licenses (tenant_id, vendor_id);
ALTER TABLE licenses ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY licenses_owner ON licenses TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY licenses_app ON licenses TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON licenses TO headend_app;

-- Who takes payments for us.
CREATE TABLE payment_gateways (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    name           text COLLATE "C"  NOT NULL,
    name_key       text COLLATE "C"  NOT NULL,
    provider       text COLLATE "C"  NOT NULL,
    purpose        text COLLATE "C"  NOT NULL DEFAULT 'all',
    configuration  jsonb             NOT NULL DEFAULT '{}',
    credentials    bytea,
    is_active      boolean           NOT NULL DEFAULT true,
    is_default     boolean           NOT NULL DEFAULT false,
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT payment_gateways_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT payment_gateways_name_required CHECK (name <> ''),
    CONSTRAINT payment_gateways_name_length CHECK (length(name) <= 200),
    CONSTRAINT payment_gateways_name_key_required CHECK (name_key <> ''),
    CONSTRAINT payment_gateways_provider_required CHECK (provider <> ''),
    CONSTRAINT payment_gateways_provider_length CHECK (length(provider) <= 100),
    CONSTRAINT payment_gateways_purpose_check CHECK (purpose IN ('hotspot', 'pppoe', 'all')),
    CONSTRAINT payment_gateways_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX payment_gateways_name_unique ON payment_gateways (tenant_id, name_key);
CREATE UNIQUE INDEX payment_gateways_default_one_unique ON payment_gateways (tenant_id, purpose) WHERE is_default;
CREATE INDEX payment_gateways_name_key_index ON payment_gateways (tenant_id, name_key, id);
ALTER TABLE payment_gateways ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY payment_gateways_owner ON payment_gateways TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY payment_gateways_app ON payment_gateways TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON payment_gateways TO headend_app;

-- Who sends messages for us.
CREATE TABLE sms_gateways (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    name           text COLLATE "C"  NOT NULL,
    name_key       text COLLATE "C"  NOT NULL,
    provider       text COLLATE "C"  NOT NULL,
    purpose        text COLLATE "C"  NOT NULL DEFAULT 'all',
    configuration  jsonb             NOT NULL DEFAULT '{}',
    credentials    bytea,
    is_active      boolean           NOT NULL DEFAULT true,
    is_default     boolean           NOT NULL DEFAULT false,
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT sms_gateways_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT sms_gateways_name_required CHECK (name <> ''),
    CONSTRAINT sms_gateways_name_length CHECK (length(name) <= 200),
    CONSTRAINT sms_gateways_name_key_required CHECK (name_key <> ''),
    CONSTRAINT sms_gateways_provider_required CHECK (provider <> ''),
    CONSTRAINT sms_gateways_provider_length CHECK (length(provider) <= 100),
    CONSTRAINT sms_gateways_purpose_check CHECK (purpose IN ('hotspot', 'pppoe', 'all')),
    CONSTRAINT sms_gateways_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX sms_gateways_name_unique ON sms_gateways (tenant_id, name_key);
CREATE UNIQUE INDEX sms_gateways_default_one_unique ON sms_gateways (tenant_id, purpose) WHERE is_default;
CREATE INDEX sms_gateways_name_key_index ON sms_gateways (tenant_id, name_key, id);
ALTER TABLE sms_gateways ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sms_gateways_owner ON sms_gateways TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY sms_gateways_app ON sms_gateways TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_gateways TO headend_app;

-- Messages and whether they arrived.
CREATE TABLE sms_log (
    id                   uuid              NOT NULL,
    tenant_id            uuid              NOT NULL,
    gateway_id           uuid,
    provider             text COLLATE "C"  NOT NULL DEFAULT '',
    customer_id          uuid,
    entity_type          text COLLATE "C",
    entity_id            uuid,
    recipient            text COLLATE "C"  NOT NULL DEFAULT '',
    body                 text COLLATE "C"  NOT NULL DEFAULT '',
    status               text COLLATE "C"  NOT NULL DEFAULT 'queued',
    provider_message_id  text COLLATE "C",
    error                text COLLATE "C",
    cost                 bigint,
    currency             text COLLATE "C",
    created_at           timestamptz       NOT NULL,
    updated_at           timestamptz       NOT NULL,
    CONSTRAINT sms_log_pkey PRIMARY KEY (tenant_id, id, created_at),
    CONSTRAINT sms_log_provider_length CHECK (length(provider) <= 100),
    CONSTRAINT sms_log_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT sms_log_recipient_length CHECK (length(recipient) <= 50),
    CONSTRAINT sms_log_body_length CHECK (length(body) <= 10000),
    CONSTRAINT sms_log_status_check CHECK (status IN ('queued', 'sent', 'failed', 'delivered')),
    CONSTRAINT sms_log_provider_message_id_length CHECK (length(provider_message_id) <= 255),
    CONSTRAINT sms_log_error_length CHECK (length(error) <= 10000),
    CONSTRAINT sms_log_currency_length CHECK (length(currency) <= 3),
    CONSTRAINT sms_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT sms_log_gateway_id_fkey FOREIGN KEY (tenant_id, gateway_id) REFERENCES sms_gateways (tenant_id, id),
    CONSTRAINT sms_log_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
) PARTITION BY RANGE (created_at);
CREATE TABLE sms_log_default PARTITION OF sms_log DEFAULT;
CREATE INDEX sms_log_created_at_index ON sms_log (tenant_id, created_at, id);
CREATE INDEX sms_log_status_created_at_index ON sms_log (tenant_id, status, created_at, id);
CREATE INDEX sms_log_customer_id_created_at_index ON sms_log (tenant_id, customer_id, created_at);
CREATE INDEX sms_log_provider_message_id_index ON sms_log (tenant_id, provider_message_id);
CREATE INDEX sms_log_gateway_id_index ON sms_log (tenant_id, gateway_id);
ALTER TABLE sms_log ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sms_log_owner ON sms_log TO headend_owner USING (true) WITH CHECK (true);
ALTER TABLE sms_log_default ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY sms_log_default_owner ON sms_log_default TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY sms_log_app ON sms_log TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON sms_log TO headend_app;

-- Programs that devices run.
CREATE TABLE software (
    id                 uuid              NOT NULL,
    tenant_id          uuid              NOT NULL,
    name               text COLLATE "C"  NOT NULL,
    name_key           text COLLATE "C"  NOT NULL,
    description        text COLLATE "C"  NOT NULL DEFAULT '',
    vendor             text COLLATE "C"  NOT NULL DEFAULT '',
    category           text COLLATE "C"  NOT NULL DEFAULT 'firmware',
    platform           text COLLATE "C"  NOT NULL DEFAULT '',
    license_type       text COLLATE "C"  NOT NULL DEFAULT '',
    repository_url     text COLLATE "C"  NOT NULL DEFAULT '',
    documentation_url  text COLLATE "C"  NOT NULL DEFAULT '',
    created_by         uuid,
    is_active          boolean           NOT NULL DEFAULT true,
    version            integer           NOT NULL DEFAULT 1,
    created_at         timestamptz       NOT NULL,
    updated_at         timestamptz       NOT NULL,
    CONSTRAINT software_pkey PRIMARY KEY (tenant_id, id),
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
    CONSTRAINT software_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT software_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX software_name_unique ON software (tenant_id, name_key);
CREATE INDEX software_name_key_index ON software (tenant_id, name_key, id);
CREATE INDEX software_category_name_key_index ON software (tenant_id, category, name_key, id);
CREATE INDEX software_is_active_name_key_index ON software (tenant_id, is_active, name_key, id);
CREATE INDEX software_updated_at_index ON software (tenant_id, updated_at, id);
ALTER TABLE software ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY software_owner ON software TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY software_app ON software TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON software TO headend_app;

-- Each version, and what it needs.
CREATE TABLE software_versions (
    id               uuid              NOT NULL,
    tenant_id        uuid              NOT NULL,
    software_id      uuid              NOT NULL,
    version_number   text COLLATE "C"  NOT NULL,
    version_key      text COLLATE "C"  NOT NULL,
    release_notes    text COLLATE "C"  NOT NULL DEFAULT '',
    changelog        text COLLATE "C"  NOT NULL DEFAULT '',
    file_path        text COLLATE "C",
    file_size        bigint,
    checksum         text COLLATE "C",
    download_url     text COLLATE "C",
    is_stable        boolean           NOT NULL DEFAULT false,
    is_beta          boolean           NOT NULL DEFAULT false,
    requires_reboot  boolean           NOT NULL DEFAULT false,
    compatibility    jsonb             NOT NULL DEFAULT '{}',
    created_by       uuid,
    released_at      timestamptz,
    version          integer           NOT NULL DEFAULT 1,
    created_at       timestamptz       NOT NULL,
    updated_at       timestamptz       NOT NULL,
    CONSTRAINT software_versions_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT software_versions_version_number_required CHECK (version_number <> ''),
    CONSTRAINT software_versions_version_number_length CHECK (length(version_number) <= 100),
    CONSTRAINT software_versions_version_key_required CHECK (version_key <> ''),
    CONSTRAINT software_versions_release_notes_length CHECK (length(release_notes) <= 100000),
    CONSTRAINT software_versions_changelog_length CHECK (length(changelog) <= 100000),
    CONSTRAINT software_versions_file_path_length CHECK (length(file_path) <= 500),
    CONSTRAINT software_versions_file_size_check CHECK (file_size >= 0),
    CONSTRAINT software_versions_checksum_length CHECK (length(checksum) <= 64),
    CONSTRAINT software_versions_download_url_length CHECK (length(download_url) <= 500),
    CONSTRAINT software_versions_stage_check CHECK (NOT (is_stable AND is_beta)),
    CONSTRAINT software_versions_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT software_versions_software_id_fkey FOREIGN KEY (tenant_id, software_id) REFERENCES software (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT software_versions_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE UNIQUE INDEX software_versions_version_number_unique ON software_versions (tenant_id, software_id, version_number);
CREATE INDEX software_versions_software_id_version_key_index ON software_versions (tenant_id, software_id, version_key);
CREATE INDEX software_versions_version_key_index ON software_versions (tenant_id, version_key, id);
CREATE INDEX software_versions_created_at_index ON software_versions (tenant_id, created_at, id);
CREATE INDEX software_versions_released_at_index ON software_versions (tenant_id, released_at, id);
ALTER TABLE software_versions ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY software_versions_owner ON software_versions TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY software_versions_app ON software_versions TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON software_versions TO headend_app;

-- What was put on which device, when and how it went.
CREATE TABLE software_installations (
    id                uuid              NOT NULL,
    tenant_id         uuid              NOT NULL,
    device_id         uuid              NOT NULL,
    version_id        uuid              NOT NULL,
    action            text COLLATE "C"  NOT NULL DEFAULT 'install',
    status            text COLLATE "C"  NOT NULL DEFAULT 'pending',
    initiated_by      uuid,
    started_at        timestamptz,
    completed_at      timestamptz,
    error_message     text COLLATE "C",
    installation_log  text COLLATE "C"  NOT NULL DEFAULT '',
    previous_version  text COLLATE "C",
    new_version       text COLLATE "C",
    rollback_point    jsonb,
    rollback_of_id    uuid,
    version           integer           NOT NULL DEFAULT 1,
    created_at        timestamptz       NOT NULL,
    updated_at        timestamptz       NOT NULL,
    CONSTRAINT software_installations_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT software_installations_action_check CHECK (action IN ('install', 'update', 'uninstall', 'rollback')),
    CONSTRAINT software_installations_status_check CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
    CONSTRAINT software_installations_error_message_length CHECK (length(error_message) <= 10000),
    CONSTRAINT software_installations_installation_log_length CHECK (length(installation_log) <= 100000),
    CONSTRAINT software_installations_previous_version_length CHECK (length(previous_version) <= 100),
    CONSTRAINT software_installations_new_version_length CHECK (length(new_version) <= 100),
    CONSTRAINT software_installations_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT software_installations_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT software_installations_version_id_fkey FOREIGN KEY (tenant_id, version_id) REFERENCES software_versions (tenant_id, id),
    CONSTRAINT software_installations_initiated_by_fkey FOREIGN KEY (initiated_by) REFERENCES users (id),
    CONSTRAINT software_installations_rollback_of_id_fkey FOREIGN KEY (tenant_id, rollback_of_id) REFERENCES software_installations (tenant_id, id)
);
CREATE UNIQUE INDEX software_installations_device_unique ON software_installations (tenant_id, device_id) WHERE status IN ('pending', 'in_progress');
CREATE INDEX software_installations_created_at_index ON software_installations (tenant_id, created_at, id);
CREATE INDEX software_installations_status_created_at_index ON software_installations (tenant_id, status, created_at, id);
CREATE INDEX software_installations_device_id_created_at_index ON software_installations (tenant_id, device_id, created_at);
CREATE INDEX software_installations_version_id_index ON software_installations (tenant_id, version_id);
CREATE INDEX software_installations_rollback_of_id_index ON software_installations (tenant_id, rollback_of_id);
ALTER TABLE software_installations ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY software_installations_owner ON software_installations TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY software_installations_app ON software_installations TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON software_installations TO headend_app;

-- What each device runs now.
CREATE TABLE device_software (
    id                   uuid              NOT NULL,
    tenant_id            uuid              NOT NULL,
    device_id            uuid              NOT NULL,
    software_id          uuid              NOT NULL,
    version_id           uuid,
    installed_version    text COLLATE "C",
    installed_key        text COLLATE "C",
    installation_status  text COLLATE "C"  NOT NULL DEFAULT 'not_installed',
    installation_date    timestamptz,
    last_updated         timestamptz,
    configuration        jsonb             NOT NULL DEFAULT '{}',
    notes                text COLLATE "C"  NOT NULL DEFAULT '',
    version              integer           NOT NULL DEFAULT 1,
    created_at           timestamptz       NOT NULL,
    updated_at           timestamptz       NOT NULL,
    CONSTRAINT device_software_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT device_software_installed_version_length CHECK (length(installed_version) <= 100),
    CONSTRAINT device_software_installation_status_check CHECK (installation_status IN ('not_installed', 'installing', 'installed', 'failed', 'outdated')),
    CONSTRAINT device_software_notes_length CHECK (length(notes) <= 10000),
    CONSTRAINT device_software_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT device_software_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT device_software_software_id_fkey FOREIGN KEY (tenant_id, software_id) REFERENCES software (tenant_id, id),
    CONSTRAINT device_software_version_id_fkey FOREIGN KEY (tenant_id, version_id) REFERENCES software_versions (tenant_id, id)
);
CREATE UNIQUE INDEX device_software_software_unique ON device_software (tenant_id, device_id, software_id);
CREATE INDEX device_software_created_at_index ON device_software (tenant_id, created_at, id);
CREATE INDEX device_software_installation_status_index ON device_software (tenant_id, installation_status, id);
CREATE INDEX device_software_software_id_index ON device_software (tenant_id, software_id);
CREATE INDEX device_software_version_id_index ON device_software (tenant_id, version_id);
ALTER TABLE device_software ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY device_software_owner ON device_software TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY device_software_app ON device_software TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON device_software TO headend_app;

-- Configurations with blanks, and what may be written into them.
CREATE TABLE config_templates (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    name            text COLLATE "C"  NOT NULL,
    name_key        text COLLATE "C"  NOT NULL,
    template_type   text COLLATE "C"  NOT NULL,
    category        text COLLATE "C",
    schema          jsonb             NOT NULL DEFAULT '{}',
    default_values  jsonb             NOT NULL DEFAULT '{}',
    description     text COLLATE "C"  NOT NULL DEFAULT '',
    is_active       boolean           NOT NULL DEFAULT true,
    created_by      uuid,
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT config_templates_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT config_templates_name_required CHECK (name <> ''),
    CONSTRAINT config_templates_name_length CHECK (length(name) <= 255),
    CONSTRAINT config_templates_name_key_required CHECK (name_key <> ''),
    CONSTRAINT config_templates_template_type_check CHECK (template_type IN ('test_flow', 'device_config', 'software_config', 'scenario')),
    CONSTRAINT config_templates_category_length CHECK (length(category) <= 100),
    CONSTRAINT config_templates_description_length CHECK (length(description) <= 10000),
    CONSTRAINT config_templates_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT config_templates_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE INDEX config_templates_name_key_index ON config_templates (tenant_id, name_key, id);
CREATE INDEX config_templates_template_type_name_key_index ON config_templates (tenant_id, template_type, name_key, id);
CREATE INDEX config_templates_is_active_name_key_index ON config_templates (tenant_id, is_active, name_key, id);
CREATE INDEX config_templates_updated_at_index ON config_templates (tenant_id, updated_at, id);
ALTER TABLE config_templates ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY config_templates_owner ON config_templates TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY config_templates_app ON config_templates TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON config_templates TO headend_app;

-- What is tried on a device, step by step.
CREATE TABLE test_scenarios (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    name         text COLLATE "C"  NOT NULL,
    name_key     text COLLATE "C"  NOT NULL,
    description  text COLLATE "C"  NOT NULL DEFAULT '',
    device_type  text COLLATE "C",
    test_flow    jsonb             NOT NULL DEFAULT '{}',
    created_by   uuid,
    is_active    boolean           NOT NULL DEFAULT true,
    version      integer           NOT NULL DEFAULT 1,
    created_at   timestamptz       NOT NULL,
    updated_at   timestamptz       NOT NULL,
    CONSTRAINT test_scenarios_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT test_scenarios_name_required CHECK (name <> ''),
    CONSTRAINT test_scenarios_name_length CHECK (length(name) <= 255),
    CONSTRAINT test_scenarios_name_key_required CHECK (name_key <> ''),
    CONSTRAINT test_scenarios_description_length CHECK (length(description) <= 10000),
    CONSTRAINT test_scenarios_device_type_length CHECK (length(device_type) <= 100),
    CONSTRAINT test_scenarios_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT test_scenarios_created_by_fkey FOREIGN KEY (created_by) REFERENCES users (id)
);
CREATE INDEX test_scenarios_name_key_index ON test_scenarios (tenant_id, name_key, id);
CREATE INDEX test_scenarios_device_type_name_key_index ON test_scenarios (tenant_id, device_type, name_key, id);
CREATE INDEX test_scenarios_is_active_name_key_index ON test_scenarios (tenant_id, is_active, name_key, id);
CREATE INDEX test_scenarios_updated_at_index ON test_scenarios (tenant_id, updated_at, id);
ALTER TABLE test_scenarios ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY test_scenarios_owner ON test_scenarios TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY test_scenarios_app ON test_scenarios TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON test_scenarios TO headend_app;

-- The steps of a scenario.
CREATE TABLE test_steps (
    id                      uuid              NOT NULL,
    tenant_id               uuid              NOT NULL,
    scenario_id             uuid              NOT NULL,
    step_order              integer           NOT NULL,
    step_name               text COLLATE "C"  NOT NULL,
    description             text COLLATE "C"  NOT NULL DEFAULT '',
    parameters              jsonb             NOT NULL DEFAULT '{}',
    criteria                jsonb             NOT NULL DEFAULT '{}',
    auto_test               boolean           NOT NULL DEFAULT true,
    operator_participation  boolean           NOT NULL DEFAULT false,
    version                 integer           NOT NULL DEFAULT 1,
    created_at              timestamptz       NOT NULL,
    updated_at              timestamptz       NOT NULL,
    CONSTRAINT test_steps_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT test_steps_step_order_check CHECK (step_order >= 1),
    CONSTRAINT test_steps_step_name_required CHECK (step_name <> ''),
    CONSTRAINT test_steps_step_name_length CHECK (length(step_name) <= 255),
    CONSTRAINT test_steps_description_length CHECK (length(description) <= 10000),
    CONSTRAINT test_steps_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT test_steps_scenario_id_fkey FOREIGN KEY (tenant_id, scenario_id) REFERENCES test_scenarios (tenant_id, id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX test_steps_step_order_unique ON test_steps (tenant_id, scenario_id, step_order);
CREATE INDEX test_steps_created_at_index ON test_steps (tenant_id, created_at, id);
ALTER TABLE test_steps ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY test_steps_owner ON test_steps TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY test_steps_app ON test_steps TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON test_steps TO headend_app;

-- How a device did.
CREATE TABLE test_reports (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    scenario_id    uuid              NOT NULL,
    device_id      uuid              NOT NULL,
    operator_id    uuid,
    customer_id    uuid,
    start_time     timestamptz       NOT NULL,
    end_time       timestamptz,
    status         text COLLATE "C"  NOT NULL DEFAULT 'pending',
    verdict        text COLLATE "C",
    results        jsonb             NOT NULL DEFAULT '{}',
    pressure_data  jsonb             NOT NULL DEFAULT '{}',
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT test_reports_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT test_reports_status_check CHECK (status IN ('pending', 'in_progress', 'completed', 'failed')),
    CONSTRAINT test_reports_verdict_check CHECK (verdict IN ('pass', 'inconclusive', 'fail', 'aborted', 'error')),
    CONSTRAINT test_reports_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT test_reports_scenario_id_fkey FOREIGN KEY (tenant_id, scenario_id) REFERENCES test_scenarios (tenant_id, id),
    CONSTRAINT test_reports_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id),
    CONSTRAINT test_reports_operator_id_fkey FOREIGN KEY (operator_id) REFERENCES users (id),
    CONSTRAINT test_reports_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id)
);
CREATE INDEX test_reports_start_time_index ON test_reports (tenant_id, start_time, id);
CREATE INDEX test_reports_status_start_time_index ON test_reports (tenant_id, status, start_time, id);
CREATE INDEX test_reports_device_id_start_time_index ON test_reports (tenant_id, device_id, start_time);
CREATE INDEX test_reports_created_at_index ON test_reports (tenant_id, created_at, id);
CREATE INDEX test_reports_scenario_id_index ON test_reports (tenant_id, scenario_id);
CREATE INDEX test_reports_customer_id_index ON test_reports (tenant_id, customer_id);
ALTER TABLE test_reports ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY test_reports_owner ON test_reports TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY test_reports_app ON test_reports TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON test_reports TO headend_app;

-- What was taken from and given to an outside system; closed once completed.
CREATE TABLE provider_sync_logs (
    id              uuid              NOT NULL,
    tenant_id       uuid              NOT NULL,
    provider_id     uuid              NOT NULL,
    sync_type       text COLLATE "C"  NOT NULL DEFAULT 'manual',
    entity_type     text COLLATE "C"  NOT NULL DEFAULT '',
    direction       text COLLATE "C"  NOT NULL DEFAULT 'pull',
    records_synced  integer           NOT NULL DEFAULT 0,
    records_failed  integer           NOT NULL DEFAULT 0,
    error_details   jsonb             NOT NULL DEFAULT '{}',
    status          text COLLATE "C",
    started_at      timestamptz       NOT NULL,
    completed_at    timestamptz,
    version         integer           NOT NULL DEFAULT 1,
    created_at      timestamptz       NOT NULL,
    updated_at      timestamptz       NOT NULL,
    CONSTRAINT provider_sync_logs_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT provider_sync_logs_sync_type_check CHECK (sync_type IN ('full', 'incremental', 'webhook', 'manual')),
    CONSTRAINT provider_sync_logs_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT provider_sync_logs_direction_check CHECK (direction IN ('pull', 'push', 'bidirectional')),
    CONSTRAINT provider_sync_logs_records_synced_check CHECK (records_synced >= 0),
    CONSTRAINT provider_sync_logs_records_failed_check CHECK (records_failed >= 0),
    CONSTRAINT provider_sync_logs_status_check CHECK (status IN ('success', 'partial', 'failed')),
    CONSTRAINT provider_sync_logs_closed_check CHECK ((status IS NULL) = (completed_at IS NULL)),
    CONSTRAINT provider_sync_logs_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT provider_sync_logs_provider_id_fkey FOREIGN KEY (tenant_id, provider_id) REFERENCES provider_configs (tenant_id, id)
);
CREATE INDEX provider_sync_logs_started_at_index ON provider_sync_logs (tenant_id, started_at, id);
CREATE INDEX provider_sync_logs_status_started_at_index ON provider_sync_logs (tenant_id, status, started_at, id);
CREATE INDEX provider_sync_logs_provider_id_started_at_index ON provider_sync_logs (tenant_id, provider_id, started_at);
ALTER TABLE provider_sync_logs ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY provider_sync_logs_owner ON provider_sync_logs TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY provider_sync_logs_app ON provider_sync_logs TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON provider_sync_logs TO headend_app;

-- What outside systems told us, each once.
CREATE TABLE webhook_events (
    id             uuid              NOT NULL,
    tenant_id      uuid              NOT NULL,
    provider_name  text COLLATE "C"  NOT NULL,
    provider_type  text COLLATE "C"  NOT NULL,
    event_type     text COLLATE "C"  NOT NULL,
    event_id       text COLLATE "C"  NOT NULL,
    payload        jsonb             NOT NULL DEFAULT '{}',
    headers        jsonb             NOT NULL DEFAULT '{}',
    ip_address     text COLLATE "C",
    status         text COLLATE "C"  NOT NULL DEFAULT 'pending',
    received_at    timestamptz       NOT NULL,
    processed_at   timestamptz,
    error_message  text COLLATE "C",
    version        integer           NOT NULL DEFAULT 1,
    created_at     timestamptz       NOT NULL,
    updated_at     timestamptz       NOT NULL,
    CONSTRAINT webhook_events_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT webhook_events_provider_name_required CHECK (provider_name <> ''),
    CONSTRAINT webhook_events_provider_name_length CHECK (length(provider_name) <= 255),
    CONSTRAINT webhook_events_provider_type_check CHECK (provider_type IN ('auth', 'crm', 'billing', 'payment', 'sms')),
    CONSTRAINT webhook_events_event_type_required CHECK (event_type <> ''),
    CONSTRAINT webhook_events_event_type_length CHECK (length(event_type) <= 255),
    CONSTRAINT webhook_events_event_id_required CHECK (event_id <> ''),
    CONSTRAINT webhook_events_event_id_length CHECK (length(event_id) <= 255),
    CONSTRAINT webhook_events_ip_address_length CHECK (length(ip_address) <= 50),
    CONSTRAINT webhook_events_status_check CHECK (status IN ('pending', 'processing', 'processed', 'failed')),
    CONSTRAINT webhook_events_error_message_length CHECK (length(error_message) <= 10000),
    CONSTRAINT webhook_events_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE UNIQUE INDEX webhook_events_event_id_unique ON webhook_events (tenant_id, provider_name, event_id);
CREATE INDEX webhook_events_received_at_index ON webhook_events (tenant_id, received_at, id);
CREATE INDEX webhook_events_status_received_at_index ON webhook_events (tenant_id, status, received_at, id);
CREATE INDEX webhook_events_event_type_received_at_index ON webhook_events (tenant_id, event_type, received_at);
CREATE INDEX webhook_events_provider_name_received_at_index ON webhook_events (tenant_id, provider_name, received_at);
ALTER TABLE webhook_events ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_events_owner ON webhook_events TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY webhook_events_app ON webhook_events TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_events TO headend_app;

-- What must reach another system, written with what caused it; taken away when it has.
CREATE TABLE outbox (
    id           uuid              NOT NULL,
    tenant_id    uuid              NOT NULL,
    kind         text COLLATE "C"  NOT NULL,
    entity_type  text COLLATE "C"  NOT NULL DEFAULT '',
    record_id    uuid,
    payload      jsonb             NOT NULL DEFAULT '{}',
    created_at   timestamptz       NOT NULL,
    due_at       timestamptz       NOT NULL,
    attempts     integer           NOT NULL DEFAULT 0,
    error        text COLLATE "C",
    CONSTRAINT outbox_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT outbox_kind_required CHECK (kind <> ''),
    CONSTRAINT outbox_kind_length CHECK (length(kind) <= 100),
    CONSTRAINT outbox_entity_type_length CHECK (length(entity_type) <= 100),
    CONSTRAINT outbox_attempts_check CHECK (attempts >= 0),
    CONSTRAINT outbox_error_length CHECK (length(error) <= 10000),
    CONSTRAINT outbox_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
CREATE INDEX outbox_due_at_index ON outbox (tenant_id, due_at, id);
CREATE INDEX outbox_kind_due_at_index ON outbox (tenant_id, kind, due_at);
ALTER TABLE outbox ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY outbox_owner ON outbox TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY outbox_app ON outbox TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON outbox TO headend_app;

-- Tokens for scripts, each with fewer rights than its person.
CREATE TABLE api_tokens (
    id            uuid              NOT NULL,
    tenant_id     uuid              NOT NULL,
    user_id       uuid              NOT NULL,
    name          text COLLATE "C"  NOT NULL,
    name_key      text COLLATE "C"  NOT NULL,
    token_hash    bytea             NOT NULL,
    permissions   jsonb             NOT NULL DEFAULT '[]',
    expires_at    timestamptz,
    last_used_at  timestamptz,
    revoked_at    timestamptz,
    version       integer           NOT NULL DEFAULT 1,
    created_at    timestamptz       NOT NULL,
    updated_at    timestamptz       NOT NULL,
    CONSTRAINT api_tokens_pkey PRIMARY KEY (tenant_id, id),
    CONSTRAINT api_tokens_name_required CHECK (name <> ''),
    CONSTRAINT api_tokens_name_length CHECK (length(name) <= 200),
    CONSTRAINT api_tokens_name_key_required CHECK (name_key <> ''),
    CONSTRAINT api_tokens_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE
);
CREATE UNIQUE INDEX api_tokens_token_unique ON api_tokens (token_hash);
CREATE UNIQUE INDEX api_tokens_name_unique ON api_tokens (tenant_id, user_id, name_key);
CREATE INDEX api_tokens_name_key_index ON api_tokens (tenant_id, name_key, id);
ALTER TABLE api_tokens ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY api_tokens_owner ON api_tokens TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY api_tokens_app ON api_tokens TO headend_app
    USING (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid)
    WITH CHECK (tenant_id = nullif(current_setting('headend.tenant', true), '')::uuid);
GRANT SELECT, INSERT, UPDATE, DELETE ON api_tokens TO headend_app;

-- Which program does what falls due by the clock, and when each task last ran.
CREATE TABLE clock_leases (
    task         text COLLATE "C"  NOT NULL,
    owner        text COLLATE "C"  NOT NULL DEFAULT '',
    expires_at   timestamptz       NOT NULL,
    last_run_at  timestamptz,
    CONSTRAINT clock_leases_pkey PRIMARY KEY (task),
    CONSTRAINT clock_leases_task_required CHECK (task <> ''),
    CONSTRAINT clock_leases_task_length CHECK (length(task) <= 100),
    CONSTRAINT clock_leases_owner_length CHECK (length(owner) <= 200)
);
ALTER TABLE clock_leases ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY clock_leases_owner ON clock_leases TO headend_owner USING (true) WITH CHECK (true);
CREATE POLICY clock_leases_app ON clock_leases TO headend_app
    USING (true)
    WITH CHECK (true);
GRANT SELECT, INSERT, UPDATE, DELETE ON clock_leases TO headend_app;

-- Each record's words, folded, a space before each; its parts, the same of each field, are for the index (on SQLite with two spaces for one).
CREATE TABLE search_documents (
    tenant_id  uuid              NOT NULL,
    kind       text COLLATE "C"  NOT NULL DEFAULT '',
    record_id  uuid              NOT NULL,
    text       text COLLATE "C"  NOT NULL DEFAULT '',
    part_1     text COLLATE "C"  NOT NULL DEFAULT '',
    part_2     text COLLATE "C"  NOT NULL DEFAULT '',
    part_3     text COLLATE "C"  NOT NULL DEFAULT '',
    part_4     text COLLATE "C"  NOT NULL DEFAULT '',
    part_5     text COLLATE "C"  NOT NULL DEFAULT '',
    part_6     text COLLATE "C"  NOT NULL DEFAULT '',
    part_7     text COLLATE "C"  NOT NULL DEFAULT '',
    part_8     text COLLATE "C"  NOT NULL DEFAULT '',
    part_9     text COLLATE "C"  NOT NULL DEFAULT '',
    CONSTRAINT search_documents_pkey PRIMARY KEY (tenant_id, kind, record_id),
    CONSTRAINT search_documents_kind_length CHECK (length(kind) <= 50),
    CONSTRAINT search_documents_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);
ALTER TABLE search_documents ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY search_documents_owner ON search_documents TO headend_owner USING (true) WITH CHECK (true);

-- References to tables made after their own.
ALTER TABLE wallet_entries ADD CONSTRAINT wallet_entries_payment_id_fkey FOREIGN KEY (tenant_id, payment_id) REFERENCES payments (tenant_id, id);
ALTER TABLE wallet_entries ADD CONSTRAINT wallet_entries_invoice_id_fkey FOREIGN KEY (tenant_id, invoice_id) REFERENCES invoices (tenant_id, id);
ALTER TABLE notes ADD CONSTRAINT notes_device_id_fkey FOREIGN KEY (tenant_id, device_id) REFERENCES devices (tenant_id, id);
ALTER TABLE notes ADD CONSTRAINT notes_ticket_id_fkey FOREIGN KEY (tenant_id, ticket_id) REFERENCES tickets (tenant_id, id);
ALTER TABLE notes ADD CONSTRAINT notes_incident_id_fkey FOREIGN KEY (tenant_id, incident_id) REFERENCES incidents (tenant_id, id);
ALTER TABLE booking_groups ADD CONSTRAINT booking_groups_series_id_fkey FOREIGN KEY (tenant_id, series_id) REFERENCES booking_series (tenant_id, id);
ALTER TABLE stock_transactions ADD CONSTRAINT stock_transactions_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id);
ALTER TABLE stock_transactions ADD CONSTRAINT stock_transactions_request_id_fkey FOREIGN KEY (tenant_id, request_id) REFERENCES stock_requests (tenant_id, id);
ALTER TABLE stock_transactions ADD CONSTRAINT stock_transactions_purchase_line_id_fkey FOREIGN KEY (tenant_id, purchase_line_id) REFERENCES purchase_order_lines (tenant_id, id);
ALTER TABLE stock_serials ADD CONSTRAINT stock_serials_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id);
ALTER TABLE stock_requests ADD CONSTRAINT stock_requests_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id);
ALTER TABLE stock_reservations ADD CONSTRAINT stock_reservations_job_id_fkey FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id);
ALTER TABLE payments ADD CONSTRAINT payments_gateway_id_fkey FOREIGN KEY (tenant_id, gateway_id) REFERENCES payment_gateways (tenant_id, id);
ALTER TABLE pending_payments ADD CONSTRAINT pending_payments_gateway_id_fkey FOREIGN KEY (tenant_id, gateway_id) REFERENCES payment_gateways (tenant_id, id);

-- The one row of the installation.
INSERT INTO installation (id, application, schema_epoch, created_at)
VALUES (1, 'headend', 1, now());

-- A device is never reached through itself; the lock keeps two that move at once from closing a circle.
CREATE FUNCTION refuse_parent_cycle() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    device uuid;
BEGIN
    IF TG_TABLE_NAME = 'device_parents' THEN
        device := NEW.device_id;
    ELSE
        device := NEW.id;
    END IF;
    IF TG_TABLE_NAME = 'devices' AND TG_OP = 'UPDATE' AND NEW.parent_id IS NOT DISTINCT FROM OLD.parent_id THEN
        RETURN NEW;
    END IF;
    -- Nothing hangs yet below a device that is only now made.
    IF TG_TABLE_NAME = 'device_parents' OR TG_OP = 'UPDATE' THEN
        PERFORM pg_advisory_xact_lock(hashtextextended('headend.devices.parent ' || NEW.tenant_id, 0));
    END IF;
    IF device = NEW.parent_id OR (TG_TABLE_NAME = 'device_parents' OR TG_OP = 'UPDATE') AND EXISTS (
        WITH RECURSIVE above (id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT e.parent_id FROM above CROSS JOIN LATERAL (
                SELECT d.parent_id FROM devices d
                WHERE d.tenant_id = NEW.tenant_id AND d.id = above.id AND d.parent_id IS NOT NULL
                UNION ALL
                SELECT p.parent_id FROM device_parents p WHERE p.tenant_id = NEW.tenant_id AND p.device_id = above.id
            ) e
        )
        SELECT FROM above WHERE id = device
    ) THEN
        RAISE EXCEPTION 'devices_parent_cycle'
            USING ERRCODE = 'check_violation', TABLE = TG_TABLE_NAME, CONSTRAINT = 'devices_parent_cycle';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER devices_parent_cycle
BEFORE INSERT OR UPDATE OF parent_id ON devices
FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
EXECUTE FUNCTION refuse_parent_cycle();

CREATE TRIGGER device_parents_cycle BEFORE INSERT OR UPDATE OF device_id, parent_id ON device_parents
FOR EACH ROW EXECUTE FUNCTION refuse_parent_cycle();

-- A device is never booked twice for one time: [start, end) of the bookings that count never overlap.
ALTER TABLE bookings ADD CONSTRAINT bookings_overlap EXCLUDE USING gist (
    tenant_id WITH =, device_id WITH =, tstzrange(start_time, end_time) WITH &&
) WHERE (status IN ('pending', 'confirmed', 'active'));

-- Tiers of one product, period and currency never overlap; their ends belong to them.
ALTER TABLE price_tiers ADD CONSTRAINT price_tiers_overlap EXCLUDE USING gist (
    tenant_id WITH =, product_id WITH =, period WITH =, currency WITH =,
    int8range(min_quantity, max_quantity, '[]') WITH &&
);

-- What a ledger says is left is what is left.
CREATE FUNCTION check_stock_transaction() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.quantity_after IS DISTINCT FROM
        (SELECT i.quantity FROM stock_items i WHERE i.tenant_id = NEW.tenant_id AND i.id = NEW.item_id)
    THEN
        RAISE EXCEPTION 'stock_transactions_quantity'
            USING ERRCODE = 'check_violation', TABLE = 'stock_transactions', CONSTRAINT = 'stock_transactions_quantity';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER stock_transactions_quantity AFTER INSERT ON stock_transactions
FOR EACH ROW EXECUTE FUNCTION check_stock_transaction();

CREATE FUNCTION check_wallet_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.balance_after IS DISTINCT FROM
        (SELECT c.wallet_balance FROM customers c WHERE c.tenant_id = NEW.tenant_id AND c.id = NEW.customer_id)
    THEN
        RAISE EXCEPTION 'wallet_entries_balance'
            USING ERRCODE = 'check_violation', TABLE = 'wallet_entries', CONSTRAINT = 'wallet_entries_balance';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER wallet_entries_balance AFTER INSERT ON wallet_entries
FOR EACH ROW EXECUTE FUNCTION check_wallet_entry();

-- Double entry: the lines come first, then the entry, which is refused where they do not balance.
CREATE FUNCTION refuse_late_line() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM journal_entries e WHERE e.tenant_id = NEW.tenant_id AND e.id = NEW.entry_id) THEN
        RAISE EXCEPTION 'journal_lines_closed'
            USING ERRCODE = 'check_violation', TABLE = 'journal_lines', CONSTRAINT = 'journal_lines_closed';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER journal_lines_closed BEFORE INSERT ON journal_lines
FOR EACH ROW EXECUTE FUNCTION refuse_late_line();

CREATE FUNCTION check_journal_entry() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF (SELECT count(*) FROM journal_lines l WHERE l.tenant_id = NEW.tenant_id AND l.entry_id = NEW.id) < 2
        OR EXISTS (
            SELECT FROM journal_lines l WHERE l.tenant_id = NEW.tenant_id AND l.entry_id = NEW.id
            GROUP BY l.currency HAVING sum(l.debit) <> sum(l.credit)
        )
    THEN
        RAISE EXCEPTION 'journal_entries_balance'
            USING ERRCODE = 'check_violation', TABLE = 'journal_entries', CONSTRAINT = 'journal_entries_balance';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER journal_entries_balance BEFORE INSERT ON journal_entries
FOR EACH ROW EXECUTE FUNCTION check_journal_entry();

-- An address is one of its pool.
CREATE FUNCTION check_allocation() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    -- The lock keeps the pool from shrinking meanwhile.
    PERFORM FROM ip_pools p
    WHERE p.tenant_id = NEW.tenant_id AND p.id = NEW.pool_id
        AND p.first_key <= NEW.ip_address_key AND p.last_key >= NEW.ip_address_key
    FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'ip_allocations_inside'
            USING ERRCODE = 'check_violation', TABLE = 'ip_allocations', CONSTRAINT = 'ip_allocations_inside';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER ip_allocations_inside BEFORE INSERT OR UPDATE OF pool_id, ip_address_key ON ip_allocations
FOR EACH ROW EXECUTE FUNCTION check_allocation();

CREATE FUNCTION check_pool() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ip_allocations a
        WHERE a.tenant_id = NEW.tenant_id AND a.pool_id = NEW.id AND a.status <> 'released'
            AND (a.ip_address_key < NEW.first_key OR a.ip_address_key > NEW.last_key)
    ) THEN
        RAISE EXCEPTION 'ip_pools_shrink'
            USING ERRCODE = 'check_violation', TABLE = 'ip_pools', CONSTRAINT = 'ip_pools_shrink';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER ip_pools_shrink BEFORE UPDATE OF first_key, last_key ON ip_pools
FOR EACH ROW EXECUTE FUNCTION check_pool();

-- Search: trigrams that begin with the tenant, behind functions that say which tenant it is.
CREATE INDEX search_documents_text_gin ON search_documents USING gin (tenant_id, kind, text gin_trgm_ops,
    part_1 gin_trgm_ops, part_2 gin_trgm_ops, part_3 gin_trgm_ops, part_4 gin_trgm_ops,
    part_5 gin_trgm_ops, part_6 gin_trgm_ops, part_7 gin_trgm_ops, part_8 gin_trgm_ops, part_9 gin_trgm_ops)
    WITH (gin_pending_list_limit = 1024);  -- a search reads the pending list too: keep it short

-- The conditions of every pattern, each on its own: the index knows no LIKE ALL. In one part, or where it is null in any.
CREATE FUNCTION search_condition(part int, patterns text[]) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(string_agg(format(' AND %I LIKE %L', coalesce('part_' || part, 'text'), p), ''), '')
    FROM unnest(patterns) AS p
$$;

-- Records of one kind that hold all patterns (LIKE, escaped with a backslash), at most `cap`.
-- Planned with the values each time, and by bitmap alone: for two letters, whose rarity it cannot know, the planner
-- would walk the whole table instead.
CREATE FUNCTION search_ids(kind text, part int, patterns text[], cap int) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER ROWS 100
SET search_path = pg_catalog, public, pg_temp SET enable_seqscan = off SET enable_indexscan = off AS $$
DECLARE
    tenant uuid := nullif(current_setting('headend.tenant', true), '')::uuid;
BEGIN
    RETURN QUERY EXECUTE 'SELECT record_id FROM search_documents WHERE tenant_id = $1 AND kind = $2'
        || search_condition(part, patterns) || ' LIMIT $3'
        USING tenant, kind, cap;
END
$$;

-- How many records of a kind hold all patterns, counted no further than `cap`. A bitmap is whole before its first row is
-- read: of what is common, pages from all over the table tell sooner that it is.
CREATE FUNCTION search_count(kind text, part int, patterns text[], cap int) RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pages CONSTANT int := 16;
    table_pages bigint := pg_relation_size('search_documents') / current_setting('block_size')::int;
    tenant uuid := nullif(current_setting('headend.tenant', true), '')::uuid;
    held bigint;
BEGIN
    IF table_pages > 100 * pages THEN
        EXECUTE format('SELECT count(*) FROM search_documents TABLESAMPLE SYSTEM (%s) WHERE tenant_id = $1 AND kind = $2',
            100.0 * pages / table_pages) || search_condition(part, patterns)
            INTO held USING tenant, kind;
        -- Ten of what the pages hold are no chance: there are about so many times as many as there are times the pages.
        IF held >= 10 AND held * table_pages / pages >= 4 * cap THEN
            RETURN cap;
        END IF;
    END IF;
    SELECT count(*) INTO held FROM search_ids(kind, part, patterns, cap);
    RETURN held;
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
        || search_condition(NULL, patterns) || ' LIMIT $2'
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

-- A document's parts stand in one text, with unit separators between them.
CREATE FUNCTION search_put_many(kind text, ids uuid[], documents text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    tenant uuid := nullif(current_setting('headend.tenant', true), '')::uuid;
BEGIN
    IF tenant IS NULL THEN
        RAISE EXCEPTION 'headend.tenant is not set' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO search_documents AS d (tenant_id, kind, record_id, text,
        part_1, part_2, part_3, part_4, part_5, part_6, part_7, part_8, part_9)
    SELECT tenant, search_put_many.kind, n.id, array_to_string(n.parts, E'\x1f'),
        coalesce(n.parts[1], ''), coalesce(n.parts[2], ''), coalesce(n.parts[3], ''), coalesce(n.parts[4], ''), coalesce(n.parts[5], ''),
        coalesce(n.parts[6], ''), coalesce(n.parts[7], ''), coalesce(n.parts[8], ''), coalesce(n.parts[9], '')
    FROM (
        SELECT u.id, string_to_array(u.document, E'\x1f') AS parts FROM unnest(ids, documents) AS u (id, document)
    ) n
    ON CONFLICT ON CONSTRAINT search_documents_pkey DO UPDATE SET text = excluded.text,
        part_1 = excluded.part_1, part_2 = excluded.part_2, part_3 = excluded.part_3, part_4 = excluded.part_4, part_5 = excluded.part_5,
        part_6 = excluded.part_6, part_7 = excluded.part_7, part_8 = excluded.part_8, part_9 = excluded.part_9
        WHERE (d.part_1, d.part_2, d.part_3, d.part_4, d.part_5, d.part_6, d.part_7, d.part_8, d.part_9)
            <> (excluded.part_1, excluded.part_2, excluded.part_3, excluded.part_4, excluded.part_5, excluded.part_6, excluded.part_7, excluded.part_8, excluded.part_9);
END
$$;

CREATE FUNCTION search_put(kind text, record_id uuid, document text) RETURNS void
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

-- The tenant of an invitation: whoever accepts it has no session yet.
CREATE FUNCTION invitation_tenant(token_hash bytea) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT i.tenant_id FROM invitations i WHERE i.token_hash = $1
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

-- Drops the partitions of a table of observed rows that hold nothing from `before` on; returns how many. The audit log
-- is not among them, and nothing of the last 30 days goes, whoever asks.
CREATE FUNCTION drop_partitions(parent text, before timestamptz) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    part record;
    dropped int := 0;
BEGIN
    IF parent NOT IN ('device_health_snapshots', 'device_logs', 'notification_log', 'sms_log', 'radius_session_archive') THEN
        RAISE EXCEPTION 'drop_partitions: % is kept', parent USING ERRCODE = 'invalid_parameter_value';
    END IF;
    before := least(before, now() - interval '30 days');
    PERFORM pg_advisory_xact_lock(hashtextextended('headend.ensure_partitions', 0));
    FOR part IN
        SELECT c.relname AS name, to_date(right(c.relname, 7), 'YYYY_MM') AS month
        FROM pg_inherits i
        JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = to_regclass('public.' || quote_ident(parent)) AND c.relname ~ '_[0-9]{4}_[0-9]{2}$'
    LOOP
        CONTINUE WHEN (part.month + interval '1 month')::timestamptz > before;
        EXECUTE format('DROP TABLE public.%I', part.name);
        dropped := dropped + 1;
    END LOOP;
    -- What came from before there were partitions.
    PERFORM set_config('headend.retention', parent, true);
    EXECUTE format('DELETE FROM %I WHERE %I < $1', parent || '_default', (
        SELECT a.attname FROM pg_partitioned_table p
        JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
        WHERE p.partrelid = to_regclass('public.' || quote_ident(parent))
    )) USING before;
    PERFORM set_config('headend.retention', '', true);
    RETURN dropped;
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
REVOKE ALL ON FUNCTION check_stock_transaction FROM PUBLIC;
REVOKE ALL ON FUNCTION check_wallet_entry FROM PUBLIC;
REVOKE ALL ON FUNCTION refuse_late_line FROM PUBLIC;
REVOKE ALL ON FUNCTION check_journal_entry FROM PUBLIC;
REVOKE ALL ON FUNCTION check_allocation FROM PUBLIC;
REVOKE ALL ON FUNCTION check_pool FROM PUBLIC;
REVOKE ALL ON FUNCTION search_condition FROM PUBLIC;
REVOKE ALL ON FUNCTION search_ids FROM PUBLIC;
REVOKE ALL ON FUNCTION search_count FROM PUBLIC;
REVOKE ALL ON FUNCTION search_any FROM PUBLIC;
REVOKE ALL ON FUNCTION search_matches FROM PUBLIC;
REVOKE ALL ON FUNCTION search_put_many FROM PUBLIC;
REVOKE ALL ON FUNCTION search_put FROM PUBLIC;
REVOKE ALL ON FUNCTION search_remove FROM PUBLIC;
REVOKE ALL ON FUNCTION login_tenant FROM PUBLIC;
REVOKE ALL ON FUNCTION session_tenant FROM PUBLIC;
REVOKE ALL ON FUNCTION invitation_tenant FROM PUBLIC;
REVOKE ALL ON FUNCTION tenant_count FROM PUBLIC;
REVOKE ALL ON FUNCTION active_tenants FROM PUBLIC;
REVOKE ALL ON FUNCTION ensure_partitions FROM PUBLIC;
REVOKE ALL ON FUNCTION drop_partitions FROM PUBLIC;
REVOKE ALL ON FUNCTION seal_partition FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_ids TO headend_app;
GRANT EXECUTE ON FUNCTION search_count TO headend_app;
GRANT EXECUTE ON FUNCTION search_any TO headend_app;
GRANT EXECUTE ON FUNCTION search_matches TO headend_app;
GRANT EXECUTE ON FUNCTION search_put_many TO headend_app;
GRANT EXECUTE ON FUNCTION search_put TO headend_app;
GRANT EXECUTE ON FUNCTION search_remove TO headend_app;
GRANT EXECUTE ON FUNCTION login_tenant TO headend_app;
GRANT EXECUTE ON FUNCTION session_tenant TO headend_app;
GRANT EXECUTE ON FUNCTION invitation_tenant TO headend_app;
GRANT EXECUTE ON FUNCTION tenant_count TO headend_app;
GRANT EXECUTE ON FUNCTION active_tenants TO headend_app;
GRANT EXECUTE ON FUNCTION ensure_partitions TO headend_app;
GRANT EXECUTE ON FUNCTION drop_partitions TO headend_app;

SELECT ensure_partitions(3);
