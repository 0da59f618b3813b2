-- The room: the whole fleet at one look, and what a person decides there. Who the
-- person is, and that a lead may, the station knows whose page it is; it stands in
-- the record with the station. Every station may look. Only a platform station may
-- decide: a bench that was carried away could say that paper does not exist.

CREATE FUNCTION _room_label(l labels) RETURNS jsonb LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT jsonb_build_object('ID', l.id, 'Epoch', l.epoch, 'source', l.source, 'order', l.order_id, 'waybill', l.waybill, 'state', l.state,
        'station', coalesce(l.station, ''), 'printer', l.printer, 'copy', l.copy, 'lot', l.lot, 'wanted', l.wanted, 'since', l.moved,
        'deadline', coalesce(l.deadline, '0001-01-01T00:00:00Z'::timestamptz), 'evidence', l.evidence)
$$;

CREATE FUNCTION room() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    r jsonb;
BEGIN
    PERFORM _caller();
    WITH held AS MATERIALIZED (
        SELECT station, count(*) FILTER (WHERE state = 'claimed') claimed, count(*) FILTER (WHERE state = 'started' AND NOT lot) started,
            count(*) FILTER (WHERE state = 'started' AND lot) lot, count(*) FILTER (WHERE state = 'unknown') unknown
        FROM labels WHERE state IN ('claimed', 'started', 'unknown') GROUP BY station),
    done AS MATERIALIZED (
        SELECT station, count(*) FILTER (WHERE ended > now() - interval '1 hour') n
        FROM labels WHERE ended > now() - interval '1 hour' AND state IN ('confirmed', 'presumed', 'printed') GROUP BY station)
    SELECT jsonb_build_object(
        'now', clock_timestamp(),
        'stations', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', s.name, 'zone', s.zone, 'platform', s.platform, 'alive', NOT _dead(s.name),
                'silent', extract(epoch FROM clock_timestamp() - s.beat)::integer,
                'claimed', coalesce(h.claimed, 0), 'started', coalesce(h.started, 0), 'lot', coalesce(h.lot, 0), 'unknown', coalesce(h.unknown, 0),
                'done_hour', coalesce(d.n, 0),
                'printers', (SELECT coalesce(jsonb_agg(jsonb_build_object('name', p.name, 'group', p.grp, 'paper', p.paper, 'ready', p.ready,
                    'trouble', p.trouble, 'left', p.queue) ORDER BY p.name), '[]') FROM printers p WHERE p.station = s.name)) ORDER BY s.zone, s.name), '[]')
            FROM stations s LEFT JOIN held h ON h.station = s.name LEFT JOIN done d ON d.station = s.name
            WHERE s.joined IS NOT NULL AND s.revoked IS NULL AND s.gone IS NULL),
        'waves', (SELECT coalesce(jsonb_agg(jsonb_build_object('wave', w.wave, 'waiting', w.waiting, 'going', w.going, 'unknown', w.unknown) ORDER BY w.wave), '[]')
            FROM (SELECT wave, count(*) FILTER (WHERE state = 'queued') waiting, count(*) FILTER (WHERE state IN ('claimed', 'started')) going,
                count(*) FILTER (WHERE state = 'unknown') unknown FROM labels WHERE ended IS NULL AND wave > 0 GROUP BY wave ORDER BY wave LIMIT 50) w),
        'waiting', (SELECT coalesce(jsonb_agg(jsonb_build_object('target', q.target, 'paper', q.paper, 'n', q.n, 'deadline', coalesce(q.deadline, '0001-01-01T00:00:00Z'::timestamptz)) ORDER BY q.deadline), '[]')
            FROM (SELECT target, paper, count(*) n, min(deadline) deadline FROM labels WHERE state = 'queued' GROUP BY target, paper) q),
        'stuck', (SELECT coalesce(jsonb_agg(_room_label(x) ORDER BY x.moved), '[]') FROM (SELECT l.* FROM labels l
            WHERE l.state = 'unknown' OR l.state = 'started' AND _dead(l.station) ORDER BY l.moved LIMIT 100) x),
        'stuck_more', (SELECT greatest(0, count(*) - 100) FROM labels l WHERE l.state = 'unknown' OR l.state = 'started' AND _dead(l.station)),
        'orders', (SELECT coalesce(jsonb_object_agg(o.state, o.n), '{}') FROM (SELECT state, count(*) n FROM orders WHERE ended IS NULL AND (state <> 'issued' OR NOT labelled) GROUP BY state) o),
        'labels', (SELECT coalesce(jsonb_object_agg(l.state, l.n), '{}') FROM (SELECT state, count(*) n FROM labels WHERE ended IS NULL GROUP BY state) l),
        'late', (SELECT count(*) FROM labels WHERE ended IS NULL AND deadline < now()),
        'soon', (SELECT count(*) FROM labels WHERE ended IS NULL AND deadline >= now() AND deadline < now() + interval '4 hours'),
        'done_hour', (SELECT coalesce(sum(n), 0) FROM done),
        'done_today', (SELECT count(*) FROM labels WHERE ended >= date_trunc('day', now(), 'Asia/Shanghai') AND state IN ('confirmed', 'presumed', 'printed'))
            + (SELECT count(*) FROM labels_past WHERE ended >= date_trunc('day', now(), 'Asia/Shanghai') AND state IN ('confirmed', 'presumed', 'printed')),
        'alarms', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'at', a.at, 'kind', a.kind, 'label', coalesce(a.label_id, 0), 'order', coalesce(a.order_id, ''),
                'station', coalesce(a.station, ''), 'state', coalesce(a.state, ''), 'why', coalesce(a.why, '')) ORDER BY a.id), '[]')
            FROM (SELECT * FROM alarms WHERE seen IS NULL ORDER BY id LIMIT 50) a),
        'durability', durability()::jsonb) INTO r;
    RETURN r::text;
END $$;

CREATE FUNCTION room_labels(find text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _caller();
    RETURN (SELECT coalesce(jsonb_agg(_room_label(x) ORDER BY x.deadline, x.id), '[]')::text FROM (
        SELECT l.* FROM labels l WHERE l.ended IS NULL
            AND (find = '' OR l.order_id = find OR l.waybill = find OR l.station = find OR l.target = find OR l.id::text = find)
        ORDER BY l.deadline, l.id LIMIT 200) x);
END $$;

CREATE FUNCTION room_audit(find text) RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _caller();
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('at', x.at, 'kind', x.kind, 'label', coalesce(x.label_id, 0), 'order', coalesce(x.order_id, ''),
            'station', coalesce(x.station, ''), 'mover', x.mover, 'epoch', coalesce(x.epoch, 0), 'from', coalesce(x.from_state, ''), 'to', coalesce(x.to_state, ''),
            'copy', coalesce(x.copy, 0), 'who', coalesce(x.who, ''), 'why', coalesce(x.why, '')) ORDER BY x.at DESC, x.id DESC), '[]')::text
        FROM (SELECT a.* FROM audit a WHERE find = '' AND a.at > now() - interval '1 day'
                OR find <> '' AND a.at > now() - interval '90 days' AND (a.order_id = find OR a.label_id::text = find OR a.mover = find OR a.station = find)
            ORDER BY a.at DESC, a.id DESC LIMIT 200) x);
END $$;

CREATE FUNCTION room_decide(label bigint, claim_epoch bigint, word text, person text, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    PERFORM _decide(label, claim_epoch, word, me.name, person, reason);
END $$;

CREATE FUNCTION room_again(label bigint, person text, reason text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    PERFORM _print_again(label, me.name, person, reason);
END $$;

-- A waiting label goes to another place at once. One that a station holds is wanted
-- back from it, and waits for everybody when it has let go.
CREATE FUNCTION room_move(ids bigint[], to_target text, person text, reason text, OUT moved integer, OUT wanted integer)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
    l  labels;
BEGIN
    moved := 0;
    wanted := 0;
    IF coalesce(person, '') = '' OR coalesce(reason, '') = '' OR to_target !~ '^(|zone:.{1,40}|group:.{1,160}|station:[a-z][a-z0-9-]{0,23}|printer:[a-z][a-z0-9-]{0,23}/.{1,160})$' THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    FOR l IN SELECT * FROM labels x WHERE x.id = ANY (ids) ORDER BY x.id FOR UPDATE LOOP
        IF l.state IN ('queued', 'claimed', 'started') THEN
            UPDATE labels x SET target = to_target WHERE x.id = l.id;
        END IF;
        IF l.state = 'queued' THEN
            moved := moved + 1;
            INSERT INTO audit (kind, label_id, source, order_id, station, mover, epoch, who, why)
                VALUES ('target', l.id, l.source, l.order_id, l.station, me.name, l.epoch, person, reason);
        ELSIF l.state IN ('claimed', 'started') THEN
            wanted := wanted + 1;
            PERFORM _want_back(l.id, me.name, person, reason);
        END IF;
    END LOOP;
    PERFORM pg_notify('miandan_work', '');
END $$;

CREATE FUNCTION room_seen(alarm bigint, person text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    UPDATE alarms SET seen = clock_timestamp(), seen_by = me.name || ': ' || person WHERE id = alarm AND seen IS NULL AND coalesce(person, '') <> '';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
END $$;

GRANT EXECUTE ON FUNCTION room, room_labels, room_audit TO miandan_bench;
GRANT EXECUTE ON FUNCTION room_decide, room_again, room_move, room_seen TO miandan_platform;
