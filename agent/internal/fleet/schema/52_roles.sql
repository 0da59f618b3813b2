-- Roles from PostgreSQL 16 on: who may create roles changes only those on which it has
-- ADMIN OPTION, which it has on the ones that it has made itself. So miandan_gate, by
-- which a station sets its own password, is given it with each station's role; it gets
-- nothing else of them. Up to 15 the same grant is not needed and does no harm, and a
-- server that is brought to 16 later has it.
--
-- Nor may who creates roles say of one that it is no superuser, or does not replicate,
-- in any version: that is looked at instead.

CREATE FUNCTION _to_gate(role_name text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    EXECUTE format('GRANT %I TO miandan_gate WITH ', role_name)
        || CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'ADMIN TRUE, INHERIT FALSE, SET FALSE' ELSE 'ADMIN OPTION' END;
END $$;

CREATE OR REPLACE FUNCTION invite(station text, role_name text, its_zone text, its_platform boolean, verifier text, good_for interval) RETURNS void
    LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE until timestamptz := clock_timestamp() + good_for;
BEGIN
    PERFORM FROM stations WHERE name = station AND joined IS NOT NULL AND revoked IS NULL AND gone IS NULL FOR UPDATE;
    IF FOUND THEN
        RAISE EXCEPTION 'a member already' USING ERRCODE = 'MD002';
    END IF;
    INSERT INTO stations (name, role, zone, platform, invite_until) VALUES (station, role_name, its_zone, its_platform, until)
        ON CONFLICT (name) DO UPDATE SET zone = excluded.zone, platform = excluded.platform, invite_until = excluded.invite_until, invited = clock_timestamp(),
            public_key = NULL, joined = NULL, revoked = NULL, gone = NULL, ready = '';
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
        EXECUTE format('CREATE ROLE %I', role_name);
    ELSIF EXISTS (SELECT FROM pg_roles WHERE rolname = role_name AND (rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls)) THEN
        RAISE EXCEPTION 'the role % may more than a station', role_name USING ERRCODE = '42501';
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN INHERIT CONNECTION LIMIT 40 PASSWORD %L VALID UNTIL %L', role_name, verifier, until);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''30s''', role_name);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''30s''', role_name);
    PERFORM _to_gate(role_name);
    EXECUTE format('GRANT miandan_bench TO %I', role_name);
    IF its_platform THEN
        EXECUTE format('GRANT miandan_platform TO %I', role_name);
    ELSIF pg_has_role(role_name, 'miandan_platform', 'MEMBER') THEN
        EXECUTE format('REVOKE miandan_platform FROM %I', role_name);
        IF pg_has_role(role_name, 'miandan_platform', 'MEMBER') THEN -- from 16 on each grantor's own grant stands by itself
            RAISE EXCEPTION 'somebody else has granted miandan_platform to %', role_name USING ERRCODE = '42501';
        END IF;
    END IF;
    INSERT INTO audit (kind, station, mover, why) VALUES ('invite', station, session_user, CASE WHEN its_platform THEN 'platform' END);
END $$;

-- For the stations that were there before.
RESET ROLE;
SELECT miandan._to_gate(s.role) FROM miandan.stations s JOIN pg_roles r ON r.rolname = s.role;
SET LOCAL ROLE miandan_owner;
