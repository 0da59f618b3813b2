-- Membership, the beat, and what is known of the server itself.

CREATE FUNCTION _mark(station text, starts bigint, OUT generation bigint, OUT mark text) LANGUAGE sql STABLE AS $$
    SELECT f.generation, miandan._mark_of(f.secret, station, f.generation, starts) FROM miandan.fleet f
$$;

CREATE FUNCTION _mark_of(secret bytea, station text, generation bigint, starts bigint) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT encode(sha256(secret || int8send(generation) || int8send(starts) || convert_to(station, 'UTF8')), 'hex')
$$;

-- Everything that has not ended stands for a person: this database is an old copy, and what it
-- calls queued may lie on paper. Numbers jump ahead of all that the lost time may have given.
CREATE FUNCTION _doubt(seen bigint) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    UPDATE labels SET state = 'unknown', epoch = epoch + (1 << 20), wanted = false, mover = 'fleet', who = NULL, why = 'restored'
        WHERE state IN ('queued', 'claimed', 'started');
    UPDATE labels SET epoch = epoch + (1 << 20) WHERE state NOT IN ('queued', 'claimed', 'started');
    UPDATE orders SET state = 'issue-unknown', epoch = epoch + (1 << 20), station = NULL, why = 'restored', moved = clock_timestamp() WHERE state IN ('accepted', 'issuing');
    PERFORM setval(pg_get_serial_sequence('miandan.labels', 'id'), nextval(pg_get_serial_sequence('miandan.labels', 'id')) + (1::bigint << 32));
    PERFORM setval(pg_get_serial_sequence('miandan.deletions', 'id'), nextval(pg_get_serial_sequence('miandan.deletions', 'id')) + (1::bigint << 32));
    UPDATE fleet SET generation = greatest(generation, seen) + 1, raised = clock_timestamp(), restored = clock_timestamp();
    INSERT INTO alarms (kind) VALUES ('restored');
END $$;

-- What a station remembers of the database, against what the database knows.
CREATE FUNCTION _remember(me stations, seen bigint, seen_starts bigint, seen_mark text) RETURNS boolean LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    f    fleet;
    had  bigint;
    lost boolean := false;
BEGIN
    SELECT * INTO f FROM fleet;
    IF seen_mark = _mark_of(f.secret, me.name, seen, seen_starts) AND (seen > f.generation OR seen_starts > me.starts) THEN
        SELECT * INTO f FROM fleet FOR UPDATE; -- the first that says so; others then find it done
        SELECT starts INTO had FROM stations WHERE name = me.name FOR UPDATE;
        IF seen > f.generation OR seen_starts > had THEN
            PERFORM _doubt(seen);
            UPDATE stations SET starts = greatest(starts, seen_starts) + 1 WHERE name = me.name;
            lost := true;
        END IF;
    END IF;
    UPDATE stations SET ready = _life() WHERE name = me.name AND ready <> _life();
    RETURN lost;
END $$;

CREATE FUNCTION remember(seen bigint, seen_starts bigint, seen_mark text) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _durably();
    RETURN _remember(_caller(), seen, seen_starts, seen_mark);
END $$;

-- Whether a station has been silent for too long. After an outage of the server itself everybody
-- was silent, and gets as long again.
CREATE FUNCTION _dead(station_name text) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM stations s, fleet f WHERE s.name = station_name AND s.revoked IS NULL AND s.gone IS NULL
        AND greatest(s.beat, s.joined, f.grace, pg_postmaster_start_time()) >= clock_timestamp() - _setting('dead_after')::integer * interval '1 second')
$$;

-- What dead stations have claimed and not started waits for others.
CREATE FUNCTION _reclaim() RETURNS integer LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE n integer;
BEGIN
    WITH dead AS MATERIALIZED (SELECT name FROM stations WHERE beat IS NOT NULL AND beat < clock_timestamp() - _setting('dead_after')::integer * interval '1 second' AND _dead(name)
        OR (revoked IS NOT NULL OR gone IS NOT NULL)),
    lost AS (SELECT l.id FROM labels l JOIN dead ON dead.name = l.station WHERE l.state = 'claimed' ORDER BY l.id FOR UPDATE OF l SKIP LOCKED)
    UPDATE labels l SET state = 'queued', station = NULL, epoch = l.epoch + 1, printer = '', wanted = false, mover = 'fleet', who = NULL, why = 'dead'
        FROM lost WHERE l.id = lost.id;
    GET DIAGNOSTICS n = ROW_COUNT;
    IF n > 0 THEN
        PERFORM pg_notify('miandan_work', '');
    END IF;
    RETURN n;
END $$;

-- "I am alive", and what each side must know of the other.
CREATE FUNCTION beat(list text, ids bigint[], epochs bigint[], seen bigint, seen_starts bigint, seen_mark text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me       stations := _caller();
    f        fleet;
    lost     boolean;
    dead     interval := _setting('dead_after')::integer * interval '1 second';
    answer   jsonb;
BEGIN
    PERFORM _durably();
    lost := _remember(me, seen, seen_starts, seen_mark);
    UPDATE stations SET beat = clock_timestamp() WHERE name = me.name RETURNING * INTO me;
    SELECT * INTO f FROM fleet;
    IF f.heard < clock_timestamp() - least(dead / 4, interval '2 seconds') THEN
        PERFORM FROM fleet FOR UPDATE SKIP LOCKED; -- one of the stations is enough
        IF FOUND THEN
            UPDATE fleet SET grace = CASE WHEN heard < clock_timestamp() - greatest(dead / 2, interval '10 seconds') THEN clock_timestamp() ELSE grace END,
                heard = clock_timestamp(),
                generation = generation + CASE WHEN raised < clock_timestamp() - interval '10 seconds' THEN 1 ELSE 0 END,
                raised = CASE WHEN raised < clock_timestamp() - interval '10 seconds' THEN clock_timestamp() ELSE raised END;
            PERFORM _reclaim();
        END IF;
    END IF;
    DELETE FROM printers p WHERE p.station = me.name AND p.name NOT IN (SELECT x.name FROM jsonb_to_recordset(list::jsonb) AS x(name text));
    INSERT INTO printers AS p (station, name, grp, paper, ready, trouble, queue, at)
        SELECT me.name, x.name, coalesce(x."group", ''), coalesce(x.paper, ''), coalesce(x.ready, false), coalesce(x.trouble, ''), coalesce(x."left", 0), clock_timestamp()
        FROM jsonb_to_recordset(list::jsonb) AS x(name text, "group" text, paper text, ready boolean, trouble text, "left" integer) LIMIT 100
        ON CONFLICT (station, name) DO UPDATE SET grp = excluded.grp, paper = excluded.paper, ready = excluded.ready, trouble = excluded.trouble,
            queue = excluded.queue, at = excluded.at
            WHERE (p.grp, p.paper, p.ready, p.trouble, p.queue) IS DISTINCT FROM (excluded.grp, excluded.paper, excluded.ready, excluded.trouble, excluded.queue);
    SELECT jsonb_build_object('now', clock_timestamp(),
        'back', (SELECT coalesce(jsonb_agg(jsonb_build_array(l.id, l.epoch) ORDER BY l.id), '[]') FROM labels l
            WHERE l.station = me.name AND l.state IN ('claimed', 'started') AND l.wanted),
        'void', (SELECT coalesce(jsonb_agg(jsonb_build_array(a.id, a.epoch) ORDER BY a.id), '[]') FROM unnest(ids, epochs) a(id, epoch)
            WHERE NOT EXISTS (SELECT FROM labels l WHERE l.id = a.id AND l.epoch = a.epoch AND l.station = me.name AND l.state IN ('claimed', 'started'))),
        'deletions', (SELECT coalesce(max(id), 0) FROM deletions),
        'starts', me.starts, 'generation', m.generation, 'mark', m.mark,
        'restored', lost, 'offline', _setting('lot_max')::integer, 'dead', _setting('dead_after')::integer, 'durability', durability()::jsonb)
        INTO answer FROM _mark(me.name, me.starts) m;
    RETURN answer::text;
END $$;

-- What a commit is worth. With failover and no standby that must have it, a label may print twice.
CREATE FUNCTION durability() RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
    SELECT jsonb_build_object('standbys', r.n, 'synchronous', sync, 'failover', failover,
        'why', CASE WHEN current_setting('fsync') = 'off' OR current_setting('full_page_writes') = 'off' THEN 'fleet-not-durable'
            WHEN failover AND NOT named THEN 'fleet-not-synchronous'
            WHEN named AND NOT sync THEN 'fleet-no-standby' ELSE '' END)::text
    FROM (SELECT count(*) n, coalesce(bool_or(sync_state IN ('sync', 'quorum')), false) sync FROM pg_stat_replication
            WHERE state IN ('streaming', 'catchup') AND application_name <> 'pg_basebackup') r,
        LATERAL (SELECT current_setting('synchronous_standby_names') <> '' named) s,
        LATERAL (SELECT named OR r.n > 0 OR _setting('failover') = 'true' failover) f
$$;

CREATE FUNCTION me() RETURNS TABLE (name text, zone text, platform boolean) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
    SELECT me.name, me.zone, me.platform FROM _caller() me
$$;

-- For whoever keeps the database: a role that cannot be guessed into, and the row for it.
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
    END IF;
    EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS INHERIT CONNECTION LIMIT 40 PASSWORD %L VALID UNTIL %L', role_name, verifier, until);
    EXECUTE format('ALTER ROLE %I SET statement_timeout = ''30s''', role_name);
    EXECUTE format('ALTER ROLE %I SET idle_in_transaction_session_timeout = ''30s''', role_name);
    EXECUTE format('GRANT miandan_bench TO %I', role_name);
    IF its_platform THEN
        EXECUTE format('GRANT miandan_platform TO %I', role_name);
    ELSE
        EXECUTE format('REVOKE miandan_platform FROM %I', role_name);
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
-- others, what it started stands for a person.
CREATE FUNCTION _end_membership(station_name text, by_whom text, person text, reason text, kind text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    DELETE FROM label_wraps WHERE station = station_name;
    DELETE FROM order_wraps WHERE station = station_name;
    DELETE FROM printers WHERE station = station_name;
    PERFORM FROM labels WHERE station = station_name AND state = 'claimed' ORDER BY id FOR UPDATE;
    UPDATE labels SET state = 'queued', station = NULL, epoch = epoch + 1, printer = '', wanted = false, mover = by_whom, who = NULL, why = kind
        WHERE station = station_name AND state = 'claimed';
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

GRANT EXECUTE ON FUNCTION remember, beat, durability, me, join_fleet, leave_fleet TO miandan_bench;

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
