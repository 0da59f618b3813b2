-- The beat, and what is known of the server itself.

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

GRANT EXECUTE ON FUNCTION remember, beat, durability, me TO miandan_bench;
