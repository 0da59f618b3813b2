-- What a bench does with labels. Every function is one transaction of its caller, and every
-- rule is in the WHERE of an UPDATE: who is too late changes nothing.

-- A standby that must have the commit. A station's own setting cannot make less of it.
CREATE FUNCTION _durably() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('synchronous_commit') IN ('off', 'local', 'remote_write') THEN
        PERFORM set_config('synchronous_commit', 'on', true);
    END IF;
END $$;

-- The labels that are due first for a printer, among those that may print there. They are
-- looked up without a lock and then locked in order, passing over those that somebody else is
-- just taking: nobody waits for anybody.
CREATE FUNCTION _due(targets text[], stock text, n integer) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
    look integer := 2 * n + 8;
    seen bigint[];
    got  bigint[];
BEGIN
    LOOP
        SELECT array_agg(c.id ORDER BY c.turn, c.wave, c.position, c.deadline, c.id) INTO seen FROM unnest(targets) t(target), LATERAL (
            SELECT l.id, l.turn, l.wave, l.position, l.deadline FROM miandan.labels l
            WHERE l.state = 'queued' AND l.target = t.target AND l.paper = stock
            ORDER BY l.turn, l.wave, l.position, l.deadline, l.id LIMIT look) c;
        SELECT array_agg(x.id) INTO got FROM (
            SELECT l.id FROM miandan.labels l WHERE l.id = ANY (seen) AND l.state = 'queued'
            ORDER BY l.turn, l.wave, l.position, l.deadline, l.id LIMIT n FOR UPDATE SKIP LOCKED) x;
        EXIT WHEN coalesce(cardinality(got), 0) >= n OR coalesce(cardinality(seen), 0) < look OR look > 20000;
        look := look * 8;
    END LOOP;
    RETURN got;
END $$;

-- wants: [{"printer":…, "group":…, "paper":…, "n":…}]
--
-- Its columns are written out: a migration that adds one to the table must not fail who is just
-- claiming.
CREATE FUNCTION claim(wants text) RETURNS TABLE (id bigint, epoch bigint, state text, source text, order_id text, issuer text, waybill text, template text,
        paper text, target text, printer text, parcel integer, copy integer, deadline timestamptz, turn integer, wave bigint, "position" integer, lot boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me   stations := _worker();
    w    record;
    room integer;
    n    integer;
    due  bigint[];
BEGIN
    SELECT _setting('claims_max')::integer - count(*) INTO room FROM labels WHERE station = me.name AND state = 'claimed';
    FOR w IN SELECT * FROM jsonb_to_recordset(wants::jsonb) AS x(printer text, "group" text, paper text, n integer) LOOP
        CONTINUE WHEN coalesce(w.n, 0) <= 0;
        IF room <= 0 THEN
            RAISE EXCEPTION 'holds too many' USING ERRCODE = 'MD004';
        END IF;
        due := _due(array_remove(ARRAY['', nullif('zone:' || me.zone, 'zone:'), nullif('group:' || coalesce(w."group", ''), 'group:'),
            'station:' || me.name, 'printer:' || me.name || '/' || w.printer], NULL), coalesce(w.paper, ''), least(w.n, room));
        -- By an array, here and below: of a join the planner believes that it is worth reading
        -- the whole table for.
        RETURN QUERY
            WITH took AS (UPDATE labels l SET state = 'claimed', station = me.name, epoch = l.epoch + 1, printer = w.printer, lot = false, wanted = false,
                    mover = me.name, who = NULL, why = NULL
                WHERE l.id = ANY (due) AND l.state = 'queued' RETURNING l.*)
            SELECT t.id, t.epoch, t.state, t.source, t.order_id, t.issuer, t.waybill, t.template, t.paper, t.target, t.printer, t.parcel, t.copy,
                t.deadline, t.turn, t.wave, t.position, t.lot FROM took t ORDER BY t.turn, t.wave, t.position, t.deadline, t.id;
        GET DIAGNOSTICS n = ROW_COUNT;
        room := room - n;
    END LOOP;
END $$;

-- The fence. It always writes, also for a label that this station has started before: only so
-- does its commit wait for the standby each time, and a station that did not hear the first
-- answer learns nothing from one that was never safe. A label that somebody wants back is not
-- started any more: its station lets go of it, and gives it back at its next beat.
CREATE FUNCTION start(label bigint, claim_epoch bigint, OUT starts bigint, OUT generation bigint, OUT mark text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _worker();
BEGIN
    PERFORM _durably();
    -- The row lock also makes it wait for a revocation that is under way.
    UPDATE stations s SET starts = s.starts + 1 WHERE s.name = me.name AND s.revoked IS NULL AND s.gone IS NULL RETURNING s.starts INTO starts;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not a member' USING ERRCODE = 'MD003';
    END IF;
    UPDATE labels l SET state = 'started', starts = l.starts + 1, started = coalesce(l.started, clock_timestamp()), mover = me.name, who = NULL, why = NULL
        WHERE l.id = label AND l.state IN ('claimed', 'started') AND l.station = me.name AND l.epoch = claim_epoch AND NOT l.wanted;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not yours any more' USING ERRCODE = 'MD001';
    END IF;
    SELECT m.generation, m.mark INTO generation, mark FROM _mark(me.name, starts) m;
END $$;

CREATE FUNCTION lot(ids bigint[], epochs bigint[]) RETURNS TABLE (id bigint, epoch bigint, starts bigint, generation bigint, mark text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me   stations := _worker();
    mine bigint;
    n    integer;
BEGIN
    PERFORM _durably();
    UPDATE stations s SET starts = s.starts + 1 WHERE s.name = me.name AND s.revoked IS NULL AND s.gone IS NULL RETURNING s.starts INTO mine;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not a member' USING ERRCODE = 'MD003';
    END IF;
    SELECT count(*) INTO n FROM labels l WHERE l.station = me.name AND l.state = 'started' AND l.lot AND l.id <> ALL (ids);
    IF n + coalesce(cardinality(ids), 0) > _setting('lot_max')::integer THEN
        RAISE EXCEPTION 'the lot is full' USING ERRCODE = 'MD004';
    END IF;
    RETURN QUERY
        WITH asked AS (SELECT l.id FROM labels l JOIN unnest(ids, epochs) a(id, epoch) ON l.id = a.id AND l.epoch = a.epoch
                WHERE l.id = ANY (ids) AND l.station = me.name AND l.state IN ('claimed', 'started') AND NOT l.wanted ORDER BY l.id FOR UPDATE OF l),
        put AS (UPDATE labels l SET state = 'started', lot = true, starts = l.starts + 1, started = coalesce(l.started, clock_timestamp()),
                mover = me.name, who = NULL, why = 'lot'
            FROM asked WHERE l.id = ANY (ids) AND l.id = asked.id RETURNING l.id, l.epoch)
        SELECT put.id, put.epoch, mine, m.generation, m.mark FROM put, _mark(me.name, mine) m;
END $$;

-- claimed → queued, by the station that holds it.
CREATE FUNCTION release(ids bigint[], epochs bigint[]) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE me stations := _caller();
BEGIN
    WITH asked AS (SELECT l.id FROM labels l JOIN unnest(ids, epochs) a(id, epoch) ON l.id = a.id AND l.epoch = a.epoch
        WHERE l.id = ANY (ids) AND l.station = me.name AND l.state = 'claimed' ORDER BY l.id FOR UPDATE OF l)
    UPDATE labels l SET state = 'queued', station = NULL, epoch = l.epoch + 1, printer = '', wanted = false, mover = me.name, who = NULL, why = 'released'
        FROM asked WHERE l.id = ANY (ids) AND l.id = asked.id;
    IF FOUND THEN
        PERFORM pg_notify('miandan_work', '');
    END IF;
END $$;

-- started → queued: only by the station that started it, only at a person's request, and the
-- station says with it that no byte has left and that its own ledger has let go.
CREATE FUNCTION give_back(label bigint, claim_epoch bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE me stations := _caller();
BEGIN
    PERFORM _durably();
    UPDATE labels l SET state = 'queued', station = NULL, epoch = l.epoch + 1, printer = '', lot = false, wanted = false, started = NULL,
            mover = me.name, who = NULL, why = 'given back'
        WHERE l.id = label AND l.state = 'started' AND l.wanted AND l.station = me.name AND l.epoch = claim_epoch;
    IF FOUND THEN
        PERFORM pg_notify('miandan_work', '');
    ELSIF EXISTS (SELECT FROM labels l WHERE l.id = label AND l.station = me.name AND l.epoch = claim_epoch) THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    ELSIF NOT EXISTS (SELECT FROM audit a WHERE a.label_id = label AND a.mover = me.name AND a.to_state = 'queued' AND a.from_state = 'started'
            AND a.epoch = claim_epoch + 1) THEN -- said twice is said once
        RAISE EXCEPTION 'not yours any more' USING ERRCODE = 'MD001';
    END IF;
END $$;

CREATE FUNCTION mine() RETURNS TABLE (id bigint, epoch bigint, state text, lot boolean, wanted boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
    SELECT l.id, l.epoch, l.state, l.lot, l.wanted FROM _caller() me JOIN labels l ON l.station = me.name
        WHERE l.state IN ('claimed', 'started', 'unknown') ORDER BY l.id
$$;

-- What a station needs to draw a label that it holds. Every fetch is on record, since what was
-- fetched can be read for ever.
CREATE FUNCTION payload(ids bigint[], epochs bigint[]) RETURNS TABLE (id bigint, epoch bigint, state text, source text, order_id text, issuer text,
        waybill text, template text, paper text, target text, printer text, parcel integer, copy integer, deadline timestamptz, turn integer,
        wave bigint, "position" integer, lot boolean, sealed bytea, wrap bytea)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
#variable_conflict use_column
DECLARE me stations := _caller();
BEGIN
    RETURN QUERY
        WITH got AS (SELECT l.*, d.sealed, w.wrap FROM unnest(ids, epochs) a(id, epoch) JOIN labels l ON l.id = a.id AND l.epoch = a.epoch
                JOIN label_data d ON d.label_id = l.id JOIN label_wraps w ON w.label_id = l.id AND w.station = me.name
            WHERE l.id = ANY (ids) AND d.label_id = ANY (ids) AND w.label_id = ANY (ids) AND l.station = me.name AND l.state IN ('claimed', 'started')),
        kept AS (INSERT INTO audit (kind, label_id, source, order_id, station, mover, epoch)
            SELECT 'fetch', g.id, g.source, g.order_id, me.name, me.name, g.epoch FROM got g)
        SELECT g.id, g.epoch, g.state, g.source, g.order_id, g.issuer, g.waybill, g.template, g.paper, g.target, g.printer, g.parcel, g.copy,
            g.deadline, g.turn, g.wave, g.position, g.lot, g.sealed, g.wrap FROM got g ORDER BY g.id;
END $$;

-- For platform stations: labels for the benches.
CREATE FUNCTION publish(list text) RETURNS SETOF bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me  stations := _platform_caller();
    n   record;
    new bigint;
BEGIN
    FOR n IN SELECT * FROM jsonb_to_recordset(list::jsonb) AS x(source text, order_id text, parcel integer, waybill text, issuer text, template text,
            paper text, target text, deadline timestamptz, turn integer, wave bigint, "position" integer, sealed text, wraps jsonb) LOOP
        INSERT INTO labels (source, order_id, parcel, waybill, issuer, template, paper, target, deadline, turn, wave, position, mover)
            VALUES (n.source, n.order_id, n.parcel, n.waybill, coalesce(n.issuer, ''), coalesce(n.template, ''), coalesce(n.paper, ''), coalesce(n.target, ''),
                n.deadline, n.turn, n.wave, n.position, me.name)
            ON CONFLICT (source, order_id, parcel, waybill) DO NOTHING RETURNING id INTO new;
        IF FOUND THEN
            INSERT INTO label_data VALUES (new, decode(n.sealed, 'base64'));
            INSERT INTO label_wraps SELECT new, key, decode(value, 'base64') FROM jsonb_each_text(n.wraps);
        ELSE
            SELECT id INTO new FROM labels WHERE source = n.source AND order_id = n.order_id AND parcel = n.parcel AND waybill = n.waybill;
        END IF;
        RETURN NEXT new;
    END LOOP;
    PERFORM pg_notify('miandan_work', '');
END $$;

-- Who must be able to open a label with this target.
CREATE FUNCTION recipients(target text) RETURNS TABLE (name text, public_key bytea) LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    RETURN QUERY SELECT s.name, s.public_key FROM stations s WHERE s.joined IS NOT NULL AND s.revoked IS NULL AND s.gone IS NULL
        AND (s.platform OR _may_print(s, target));
END $$;

CREATE FUNCTION _may_print(s stations, target text) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT target = '' OR target = 'zone:' || s.zone OR target = 'station:' || s.name OR starts_with(target, 'printer:' || s.name || '/')
        OR EXISTS (SELECT FROM printers p WHERE p.station = s.name AND target = 'group:' || p.grp)
$$;

GRANT EXECUTE ON FUNCTION claim, start, lot, release, give_back, mine, payload TO miandan_bench;
GRANT EXECUTE ON FUNCTION publish, recipients TO miandan_platform;
