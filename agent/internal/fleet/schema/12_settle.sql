-- What came of labels, as the stations tell it.

CREATE FUNCTION _alarm(what text, l labels, by_station text, claim_epoch bigint, said_state text, said_evidence text, said_printer text, said_copy integer, said_at timestamptz)
    RETURNS void LANGUAGE sql SET search_path = miandan, pg_temp AS $$
    INSERT INTO alarms (kind, label_id, source, order_id, station, epoch, state, evidence, printer, copy, said)
        VALUES (what, l.id, l.source, l.order_id, by_station, claim_epoch, said_state, said_evidence, said_printer, said_copy, said_at)
        ON CONFLICT (station, label_id, epoch, state, copy) WHERE label_id IS NOT NULL DO NOTHING
$$;

-- said: [{"id":…, "epoch":…, "state":…, "evidence":…, "printer":…, "at":…, "copy":…, "who":…, "why":…}]
--
-- A word may be said any number of times. One that comes too late, or contradicts what is known,
-- changes nothing that a person has decided, and stands as an alarm: it may be about paper.
CREATE FUNCTION settle(said text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _caller();
    s  record;
    l  labels;
BEGIN
    FOR s IN SELECT id, epoch, state, coalesce(evidence, '') evidence, coalesce(printer, '') printer, at, coalesce(copy, 0) copy, nullif(who, '') who, why
            FROM jsonb_to_recordset(said::jsonb) AS x(id bigint, epoch bigint, state text, evidence text, printer text, at timestamptz, copy integer, who text, why text)
            ORDER BY id, copy LOOP
        IF s.state NOT IN ('confirmed', 'presumed', 'unknown', 'printed', 'not-printed') OR s.state IN ('printed', 'not-printed') AND s.who IS NULL THEN
            RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
        END IF;
        SELECT * INTO l FROM labels WHERE id = s.id FOR UPDATE;
        IF NOT FOUND THEN
            l := _recall(s.id);
        END IF;
        IF l.id IS NULL THEN
            -- Not even a tombstone: perhaps of a time that a restored copy does not know.
            l.id := s.id;
            PERFORM _alarm('no-label', l, me.name, s.epoch, s.state, s.evidence, s.printer, s.copy, s.at);
        ELSIF l.station = me.name AND l.epoch = s.epoch THEN
            PERFORM _settle_own(me.name, l, s.state, s.evidence, s.printer, s.copy, s.who, s.why, s.at);
        ELSIF _said_before(me.name, s.id, s.epoch, s.state, s.copy) THEN
            NULL;
        ELSIF EXISTS (SELECT FROM audit a WHERE a.label_id = s.id AND a.station = me.name AND a.epoch = s.epoch AND a.to_state IN ('claimed', 'started')) THEN
            PERFORM _alarm('old-epoch', l, me.name, s.epoch, s.state, s.evidence, s.printer, s.copy, s.at);
            -- There may be paper, and somebody is about to make more of it.
            IF s.state <> 'not-printed' THEN
                UPDATE labels SET state = 'unknown', epoch = epoch + 1, wanted = false, mover = me.name, who = NULL, why = 'old-epoch'
                    WHERE id = s.id AND state IN ('queued', 'claimed');
            END IF;
        ELSE
            PERFORM _alarm('foreign', l, me.name, s.epoch, s.state, s.evidence, s.printer, s.copy, s.at);
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION _said_before(by_station text, label bigint, claim_epoch bigint, said_state text, said_copy integer) RETURNS boolean
    LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM miandan.audit a WHERE a.label_id = label AND a.mover = by_station AND a.epoch = claim_epoch AND a.to_state = said_state AND a.copy >= said_copy)
$$;

CREATE FUNCTION _settle_own(me text, l labels, said_state text, said_evidence text, said_printer text, said_copy integer, person text, reason text, said_at timestamptz)
    RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF said_state = l.state AND said_copy <= l.copy OR _said_before(me, l.id, l.epoch, said_state, said_copy) THEN
        RETURN;
    END IF;
    IF l.state = 'claimed' THEN
        -- It did not pass the fence, and paper may exist all the same.
        PERFORM _alarm('not-started', l, me, l.epoch, said_state, said_evidence, said_printer, said_copy, said_at);
        UPDATE labels SET state = 'unknown', evidence = said_evidence, mover = me, who = NULL, why = 'not-started' WHERE id = l.id;
        RETURN;
    END IF;
    -- A copy that the station made by itself for a person of its own.
    IF said_copy > l.copy AND person IS NULL OR l.state IN ('cancelled', 'superseded')
        OR said_copy <= l.copy AND NOT (l.state = 'started' OR l.state = 'unknown' AND said_state <> 'unknown' OR l.state = 'presumed' AND said_state IN ('confirmed', 'printed')) THEN
        PERFORM _alarm('contradiction', l, me, l.epoch, said_state, said_evidence, said_printer, said_copy, said_at);
        RETURN;
    END IF;
    UPDATE labels SET state = said_state, evidence = said_evidence, printer = coalesce(nullif(said_printer, ''), printer), copy = greatest(copy, said_copy),
            lot = false, wanted = false, mover = me, who = person, why = reason
        WHERE id = l.id;
END $$;

-- A person's word on a label, wherever it stands. The functions below have no rights of their
-- own: whoever grants a person the word checks who that is.
CREATE FUNCTION _decide(label bigint, claim_epoch bigint, word text, by_station text, person text, reason text) RETURNS void
    LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF word NOT IN ('printed', 'not-printed') OR coalesce(person, '') = '' OR coalesce(reason, '') = '' THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    UPDATE labels SET state = word, wanted = false, lot = false, mover = by_station, who = person, why = reason
        WHERE id = label AND epoch = claim_epoch AND (state = 'unknown' OR state = 'started' AND _dead(station));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
END $$;

-- A copy of a label that waited for its wave, and then was in doubt, prints where the wave does:
-- the wave may have ended long ago.
CREATE FUNCTION _print_again(label bigint, by_station text, person text, reason text) RETURNS void
    LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF coalesce(person, '') = '' OR coalesce(reason, '') = '' THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    PERFORM _recall(label);
    IF NOT EXISTS (SELECT FROM label_data WHERE label_id = label) THEN
        RAISE EXCEPTION 'its data is gone' USING ERRCODE = 'MD006';
    END IF;
    UPDATE labels SET state = 'queued', station = NULL, epoch = epoch + 1, copy = copy + 1, turn = 0, lot = false, wanted = false, started = NULL, evidence = '',
            target = CASE WHEN starts_with(target, 'wave:') THEN coalesce((SELECT w.target FROM waves w WHERE w.id = labels.wave), '') ELSE target END,
            mover = by_station, who = person, why = reason
        WHERE id = label AND state IN ('not-printed', 'confirmed', 'presumed', 'printed');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    PERFORM pg_notify('miandan_work', '');
END $$;

-- Asks the station that holds labels to let go of them.
CREATE FUNCTION _want_back(label bigint, by_station text, person text, reason text) RETURNS void
    LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE l labels;
BEGIN
    UPDATE labels SET wanted = true WHERE id = label AND state IN ('claimed', 'started') RETURNING * INTO l;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    INSERT INTO audit (kind, label_id, source, order_id, station, mover, epoch, who, why)
        VALUES ('wanted', l.id, l.source, l.order_id, l.station, by_station, l.epoch, person, reason);
END $$;

-- The order was cancelled or has changed: what has not started does not print. It returns the
-- labels for which that comes too late.
CREATE FUNCTION _withdraw(order_source text, order_number text, to_state text, by_station text) RETURNS SETOF labels
    LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF to_state NOT IN ('cancelled', 'superseded') THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    PERFORM FROM labels WHERE source = order_source AND order_id = order_number ORDER BY id FOR UPDATE;
    UPDATE labels SET state = to_state, epoch = epoch + 1, wanted = false, mover = by_station, who = NULL, why = NULL
        WHERE source = order_source AND order_id = order_number AND state IN ('queued', 'claimed');
    RETURN QUERY SELECT * FROM labels WHERE source = order_source AND order_id = order_number AND state NOT IN ('cancelled', 'superseded', 'not-printed');
END $$;

-- An order whose data must go at every station.
CREATE FUNCTION _delete(order_source text, order_number text) RETURNS bigint LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE new bigint;
BEGIN
    LOCK TABLE deletions IN SHARE ROW EXCLUSIVE MODE; -- see the table
    INSERT INTO deletions (source, order_id) VALUES (order_source, order_number) RETURNING id INTO new;
    DELETE FROM label_data USING labels l WHERE label_id = l.id AND l.source = order_source AND l.order_id = order_number;
    DELETE FROM label_wraps USING labels l WHERE label_id = l.id AND l.source = order_source AND l.order_id = order_number;
    DELETE FROM order_data d USING orders o WHERE d.order_id = o.id AND o.source = order_source AND o.order_id = order_number;
    DELETE FROM order_wraps d USING orders o WHERE d.order_id = o.id AND o.source = order_source AND o.order_id = order_number;
    RETURN new;
END $$;

-- Without those that have come to life again since: their new data is not to go at a station
-- that hears of the old one's end only now.
CREATE FUNCTION deletions_since(after bigint) RETURNS SETOF deletions LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _caller();
    RETURN QUERY SELECT d.* FROM deletions d WHERE d.id > after
        AND NOT EXISTS (SELECT FROM orders o JOIN order_data x ON x.order_id = o.id WHERE o.source = d.source AND o.order_id = d.order_id)
        ORDER BY d.id LIMIT 1000;
END $$;

GRANT EXECUTE ON FUNCTION settle, deletions_since TO miandan_bench;
