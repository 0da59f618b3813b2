-- Roles belong to the whole server, so this runs at every migration and changes nothing the
-- second time. Two databases of one server may be made at the same moment.
DO $$
DECLARE r text;
BEGIN
    FOREACH r IN ARRAY ARRAY['miandan_owner', 'miandan_bench', 'miandan_platform', 'miandan_gate'] LOOP
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
                EXECUTE format('CREATE ROLE %I NOLOGIN', r);
            END IF;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END LOOP;
    IF NOT (SELECT rolcreaterole FROM pg_roles WHERE rolname = 'miandan_gate') THEN
        ALTER ROLE miandan_gate CREATEROLE;
    END IF;
    -- The owner reads whether standbys are connected.
    IF NOT pg_has_role('miandan_owner', 'pg_read_all_stats', 'MEMBER') THEN
        GRANT pg_read_all_stats TO miandan_owner;
    END IF;
    IF NOT pg_has_role(current_user, 'miandan_owner', 'MEMBER') THEN
        EXECUTE format('GRANT miandan_owner, miandan_gate TO %I', current_user);
    END IF;
    -- Nobody but the stations connects, and they make no tables, not even temporary ones.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO miandan_bench, miandan_owner', current_database());
    REVOKE CREATE ON SCHEMA public FROM PUBLIC;
    IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'miandan') THEN
        CREATE SCHEMA miandan AUTHORIZATION miandan_owner;
        GRANT USAGE ON SCHEMA miandan TO miandan_bench, miandan_platform;
        ALTER DEFAULT PRIVILEGES FOR ROLE miandan_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
        CREATE TABLE miandan.migrations (name text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now());
        ALTER TABLE miandan.migrations OWNER TO miandan_owner;
    END IF;
END $$;
