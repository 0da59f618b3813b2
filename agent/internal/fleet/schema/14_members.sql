-- Membership, and the roles that go with it.

-- Roles from PostgreSQL 16 on: who may create roles changes only those on which it has
-- ADMIN OPTION, which it has on the ones that it has made itself. So miandan_gate, by
-- which a station sets its own password, is given it with each station's role; it gets
-- nothing else of them. Up to 15 the same grant is not needed and does no harm, and a
-- server that is brought to 16 later has it.
CREATE FUNCTION _to_gate(role_name text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    EXECUTE format('GRANT %I TO miandan_gate WITH ', role_name)
        || CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'ADMIN TRUE, INHERIT FALSE, SET FALSE' ELSE 'ADMIN OPTION' END;
END $$;

-- For whoever keeps the database: a role that cannot be guessed into, and the row for it. Who
-- creates roles may not say of one that it is no superuser, or does not replicate, in any
-- version: that is looked at instead.
CREATE FUNCTION invite(station text, role_name text, its_zone text, its_platform boolean, verifier text, good_for interval) RETURNS void
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

CREATE FUNCTION join_fleet(key bytea, verifier text) RETURNS TABLE (name text, zone text, platform boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
#variable_conflict use_column
DECLARE me text;
BEGIN
    IF length(key) <> 32 OR verifier NOT LIKE 'SCRAM-SHA-256$%' THEN
        RAISE EXCEPTION 'no key' USING ERRCODE = 'MD002';
    END IF;
    UPDATE stations s SET public_key = key, joined = clock_timestamp(), beat = clock_timestamp(), ready = _life()
        WHERE s.role = session_user AND s.joined IS NULL AND s.revoked IS NULL AND s.invite_until > clock_timestamp() RETURNING s.name INTO me;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'used or too old' USING ERRCODE = 'MD003';
    END IF;
    PERFORM _own_password(verifier);
    INSERT INTO audit (kind, station, mover) VALUES ('join', me, me);
    RETURN QUERY SELECT m.name, m.zone, m.platform FROM me() m;
END $$;

-- Takes a membership: nothing is wrapped for the station any more, what it claimed waits for
-- others, what it started stands for a person. An office that goes may not have given the keys of
-- all orders to the one that has come in its place. Where none is left they wait for the next, see
-- content_key_first.
CREATE FUNCTION _end_membership(station_name text, by_whom text, person text, reason text, kind text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    DELETE FROM label_wraps WHERE station = station_name;
    DELETE FROM order_wraps WHERE station = station_name;
    DELETE FROM printers WHERE station = station_name;
    PERFORM FROM labels WHERE station = station_name AND state = 'claimed' ORDER BY id FOR UPDATE;
    UPDATE labels SET state = 'queued', station = NULL, epoch = epoch + 1, printer = '', wanted = false, mover = by_whom, who = NULL, why = kind
        WHERE station = station_name AND state = 'claimed';
    IF EXISTS (SELECT FROM stations s WHERE s.name = station_name AND s.platform) AND EXISTS (SELECT FROM content_keys) THEN
        PERFORM _forget_unreadable(by_whom);
    END IF;
    INSERT INTO audit (kind, station, mover, who, why) VALUES (kind, station_name, by_whom, person, reason);
    PERFORM pg_notify('miandan_work', '');
END $$;

CREATE FUNCTION revoke_station(station_name text, person text, reason text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE its name;
BEGIN
    UPDATE stations SET revoked = clock_timestamp(), invite_until = clock_timestamp() WHERE name = station_name RETURNING role INTO its;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such station' USING ERRCODE = 'MD003';
    END IF;
    EXECUTE format('ALTER ROLE %I NOLOGIN PASSWORD NULL', its);
    PERFORM _end_membership(station_name, session_user, person, reason, 'revoke');
END $$;

-- After the revocation is committed, so that no connection begins after the last was cut.
CREATE FUNCTION cut_off(station_name text) RETURNS integer LANGUAGE sql SET search_path = miandan, pg_temp AS $$
    SELECT count(pg_terminate_backend(a.pid, 5000))::integer FROM pg_stat_activity a JOIN stations s ON a.usename = s.role WHERE s.name = station_name
$$;

-- What a station has had the keys of: it can read that for ever.
CREATE FUNCTION fetched_by(station_name text) RETURNS TABLE (label_id bigint, order_id text, first timestamptz, settled boolean)
    LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT a.label_id, min(a.order_id), min(a.at), NOT EXISTS (SELECT FROM labels l WHERE l.id = a.label_id AND l.ended IS NULL)
    FROM audit a WHERE a.kind = 'fetch' AND a.mover = station_name GROUP BY a.label_id ORDER BY a.label_id
$$;

-- The station's own farewell.
CREATE FUNCTION leave_fleet() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE me stations := _caller();
BEGIN
    UPDATE stations SET gone = clock_timestamp() WHERE name = me.name;
    PERFORM FROM labels WHERE station = me.name AND state IN ('started', 'unknown');
    IF FOUND THEN
        RAISE EXCEPTION 'not settled' USING ERRCODE = 'MD002';
    END IF;
    PERFORM _end_membership(me.name, me.name, NULL, NULL, 'leave');
    PERFORM _no_login();
END $$;

GRANT EXECUTE ON FUNCTION join_fleet, leave_fleet TO miandan_bench;

-- The only two functions that change a role, and only the caller's own. They belong to a role
-- of their own, since that one may change roles.
RESET ROLE;
CREATE FUNCTION miandan._own_password(verifier text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER ROLE %I PASSWORD %L VALID UNTIL ''infinity''', session_user, verifier);
END $$;
CREATE FUNCTION miandan._no_login() RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    EXECUTE format('ALTER ROLE %I NOLOGIN', session_user);
END $$;
REVOKE ALL ON FUNCTION miandan._own_password, miandan._no_login FROM PUBLIC;
GRANT EXECUTE ON FUNCTION miandan._own_password, miandan._no_login TO miandan_owner;
GRANT CREATE ON SCHEMA miandan TO miandan_gate;
ALTER FUNCTION miandan._own_password OWNER TO miandan_gate;
ALTER FUNCTION miandan._no_login OWNER TO miandan_gate;
REVOKE CREATE ON SCHEMA miandan FROM miandan_gate;
SET LOCAL ROLE miandan_owner;
