-- What an empty PostgreSQL database needs before the migrations; may be run again at any time.
--
-- Run as the role that migrates: the owner of the database with CREATEROLE, or any role once an
-- administrator has done what the messages below ask for. Afterwards the program does
-- SET ROLE headend_owner and migrates, so that everything belongs to headend_owner; when it works it
-- does SET ROLE headend_app, which owns nothing and passes no row-level security by.
DO $$
DECLARE
    role text;
    extension text;
BEGIN
    -- One at a time: two programs may start together.
    PERFORM pg_advisory_xact_lock(hashtextextended('headend.bootstrap', 0));

    FOREACH role IN ARRAY ARRAY['headend_owner', 'headend_app'] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS', role);
            EXCEPTION
                WHEN duplicate_object OR unique_violation THEN
                    NULL; -- made for another database of this server in the meantime
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'the role % is missing and % may not create it', role, current_user
                        USING ERRCODE = 'insufficient_privilege', HINT = format(
                            'As an administrator: CREATE ROLE headend_owner NOLOGIN; CREATE ROLE headend_app NOLOGIN; '
                            'GRANT headend_owner, headend_app TO %I;', current_user);
            END;
        END IF;
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = role AND (rolsuper OR rolbypassrls)) THEN
            RAISE EXCEPTION 'the role % is a superuser or bypasses row-level security: tenants would not be apart', role
                USING ERRCODE = 'invalid_grant_operation',
                      HINT = format('As an administrator: ALTER ROLE %I NOSUPERUSER NOBYPASSRLS;', role);
        END IF;
        IF NOT pg_has_role(current_user, role, 'MEMBER') THEN
            BEGIN
                EXECUTE format('GRANT %I TO %I', role, current_user);
            EXCEPTION WHEN insufficient_privilege THEN
                RAISE EXCEPTION '% is no member of the role % and may not make itself one', current_user, role
                    USING ERRCODE = 'insufficient_privilege',
                          HINT = format('As an administrator: GRANT %I TO %I;', role, current_user);
            END;
        END IF;
    END LOOP;

    IF pg_has_role('headend_app', 'headend_owner', 'MEMBER') THEN
        RAISE EXCEPTION 'headend_app is a member of headend_owner: the program could undo its own limits'
            USING ERRCODE = 'invalid_grant_operation', HINT = 'REVOKE headend_owner FROM headend_app;';
    END IF;

    IF NOT has_schema_privilege('headend_owner', 'public', 'CREATE')
        OR NOT has_schema_privilege('headend_owner', 'public', 'USAGE')
        OR NOT has_schema_privilege('headend_app', 'public', 'USAGE')
    THEN
        BEGIN
            GRANT CREATE, USAGE ON SCHEMA public TO headend_owner;
            GRANT USAGE ON SCHEMA public TO headend_app;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE EXCEPTION '% may not give rights on the schema public of database %', current_user, current_database()
                USING ERRCODE = 'insufficient_privilege',
                      HINT = 'As the owner of the database: GRANT CREATE, USAGE ON SCHEMA public TO headend_owner; '
                             'GRANT USAGE ON SCHEMA public TO headend_app;';
        END;
    END IF;

    -- Functions that run with the owner's rights look in this schema: nobody else may put things there.
    IF has_schema_privilege('public', 'public', 'CREATE') THEN
        BEGIN
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
        EXCEPTION WHEN insufficient_privilege THEN
            NULL; -- judged below
        END;
    END IF;
    IF has_schema_privilege('headend_app', 'public', 'CREATE') THEN
        RAISE EXCEPTION 'everybody may create things in the schema public of database %', current_database()
            USING ERRCODE = 'invalid_grant_operation',
                  HINT = 'As the owner of the database: REVOKE CREATE ON SCHEMA public FROM PUBLIC, headend_app;';
    END IF;

    FOREACH extension IN ARRAY ARRAY['pg_trgm', 'btree_gin', 'btree_gist'] LOOP
        IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = extension) THEN
            BEGIN
                EXECUTE format('CREATE EXTENSION IF NOT EXISTS %I WITH SCHEMA public', extension);
            EXCEPTION
                WHEN insufficient_privilege THEN
                    RAISE EXCEPTION 'the extension % is not installed and % may not install it', extension, current_user
                        USING ERRCODE = 'insufficient_privilege',
                              HINT = format('As the owner of the database: CREATE EXTENSION %I WITH SCHEMA public;', extension);
                WHEN undefined_file OR feature_not_supported THEN
                    RAISE EXCEPTION 'the extension % is not on this server', extension
                        USING ERRCODE = 'feature_not_supported',
                              HINT = 'Install the package with PostgreSQL''s contributed modules (postgresql-contrib).';
            END;
        END IF;
    END LOOP;
END
$$;
