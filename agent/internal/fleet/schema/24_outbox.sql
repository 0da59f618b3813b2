-- What is told to the outside, what is made up for later, and what is deleted.

-- message returns a message that is to be delivered.
CREATE FUNCTION message(of bigint)
RETURNS TABLE (what text, waybill text, renewed int, late boolean, tries int, wait interval, source text, order_id text, issuer text, carrier text, in_use text[], now_renewed int, sealed bytea, wrap bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    RETURN QUERY SELECT x.what, CASE WHEN x.what = 'shipped' THEN array_to_string(o.waybills, ',') ELSE x.waybill END, x.renewed, x.late, x.tries,
        greatest(CASE WHEN x.next_try = '-infinity' THEN interval '0' ELSE x.next_try - now() END, interval '0'),
        o.source, o.order_id, o.issuer, o.carrier, CASE WHEN o.state IN ('issued', 'changed', 'issuing', 'issue-unknown') THEN o.waybills ELSE '{}' END, o.renewed, d.sealed, w.wrap
    FROM outbox x JOIN orders o ON o.id = x.order_id LEFT JOIN order_data d ON d.order_id = o.id LEFT JOIN order_wraps w ON w.order_id = o.id AND w.station = me.name
    WHERE x.id = of AND x.done_at IS NULL;
END $$;

CREATE FUNCTION message_told(of bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    x outbox;
BEGIN
    PERFORM _platform_caller();
    UPDATE outbox SET done_at = now(), why = '' WHERE id = of AND done_at IS NULL RETURNING * INTO x;
    IF FOUND AND x.what = 'cancel' THEN
        DELETE FROM order_numbers WHERE number = x.waybill AND order_id = x.order_id; -- its carrier may give it again
    END IF;
END $$;

-- A platform's no does not take the place of what a parcel is to be stopped for.
CREATE FUNCTION message_refused(of bigint, code text, args text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    x outbox;
BEGIN
    PERFORM _platform_caller();
    UPDATE outbox SET done_at = now(), why = code WHERE id = of AND done_at IS NULL RETURNING * INTO x;
    IF FOUND THEN
        UPDATE orders SET alarm = CASE WHEN alarm IN ('order-cancelled-too-late', 'order-changed-too-late') THEN alarm ELSE code END,
            why = code, detail = args WHERE id = x.order_id;
    END IF;
END $$;

CREATE FUNCTION message_later(of bigint, code text, wait interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    UPDATE outbox SET tries = tries + 1, why = code, next_try = now() + wait WHERE id = of AND done_at IS NULL;
END $$;

-- sweep is the net under River: questions whose worker is gone, and whatever is due
-- and has no job. What nobody wants yet is not looked at: a morning's orders that wait for
-- their wave would stand before all that a job is missing for. It returns how many questions
-- it has given up.
CREATE FUNCTION sweep() RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
    k  orders;
    x  outbox;
    n  int := 0;
BEGIN
    FOR k IN SELECT * FROM orders WHERE state = 'issuing' AND asked < clock_timestamp() - _setting('asking')::interval FOR NO KEY UPDATE SKIP LOCKED LOOP
        UPDATE orders SET state = 'issue-unknown', epoch = epoch + 1, station = NULL, why = 'carrier-answer-unknown',
            detail = jsonb_build_array(k.order_id)::text, next_try = '-infinity' WHERE id = k.id;
        PERFORM _record_order(me.name, 'given-up', k, k.station);
        n := n + 1;
    END LOOP;
    FOR k IN SELECT * FROM orders o WHERE o.next_try <= now() AND (o.state IN ('accepted', 'issuing', 'issue-unknown') OR o.state = 'issued' AND NOT o.labelled)
        AND o.state <> 'issuing' AND (o.state <> 'accepted' OR o.wanted) AND EXISTS (SELECT FROM order_data d WHERE d.order_id = o.id)
        ORDER BY o.turn, o.wave, o.position, o.deadline, o.id LIMIT 500 LOOP
        PERFORM _want_number(k);
    END LOOP;
    FOR x IN SELECT * FROM outbox WHERE done_at IS NULL AND next_try <= now() ORDER BY id LIMIT 500 LOOP
        PERFORM _enqueue(CASE x.what WHEN 'cancel' THEN 'giveback' ELSE 'tell' END, jsonb_build_object('message', x.id), 2);
    END LOOP;
    IF to_regclass('river.river_job') IS NOT NULL THEN -- jobs of workers that are gone: River itself waits longer
        UPDATE river.river_job j SET state = 'available', scheduled_at = now() WHERE j.state = 'running'
            AND j.attempted_at < clock_timestamp() - 1.2 * _setting('asking')::interval;
    END IF;
    RETURN n;
END $$;

CREATE FUNCTION platform_set(what text, to_value text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    UPDATE settings SET value = to_value WHERE name = what AND name IN ('shipped', 'asking', 'keep_data', 'keep_data_unknown');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such setting' USING ERRCODE = 'MD002';
    END IF;
END $$;

-- end_orders ends the orders of which every label has ended, and deletes the data of
-- those whose time has come; each station hears of that. One that never came to a number,
-- and of which its platform speaks no more, ends with its data. It returns n if there may be
-- more to do.
CREATE FUNCTION end_orders(n integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    ended_for interval := _setting('keep_data')::integer * interval '1 hour';
    doubt_for interval := _setting('keep_data_unknown')::integer * interval '1 hour';
    stale_for interval := _setting('keep_data_stale')::integer * interval '1 hour';
    k orders;
    done integer := 0;
    more integer;
BEGIN
    PERFORM _platform_caller();
    UPDATE orders o SET ended = now() WHERE o.id IN (SELECT g.id FROM orders g WHERE g.ended IS NULL AND g.state = 'issued' AND g.labelled
        AND NOT EXISTS (SELECT FROM labels l WHERE l.source = g.source AND l.order_id = g.order_id AND l.ended IS NULL) LIMIT n FOR NO KEY UPDATE SKIP LOCKED);
    GET DIAGNOSTICS more = ROW_COUNT;
    -- One of which a label is to print again has not ended.
    UPDATE orders o SET ended = NULL FROM labels l WHERE l.ended IS NULL AND l.copy > 0 AND o.source = l.source AND o.order_id = l.order_id AND o.ended IS NOT NULL;
    FOR k IN SELECT o.* FROM orders o JOIN order_data d ON d.order_id = o.id
        WHERE o.ended < now() - ended_for
            OR o.ended IS NULL AND o.state IN ('changed', 'issue-unknown') AND o.moved < now() - doubt_for
            OR o.ended IS NULL AND o.state IN ('accepted', 'refused') AND greatest(o.accepted, o.moved, o.read_at) < now() - stale_for
            OR o.ended IS NULL AND o.state = 'issued' AND o.labelled AND NOT EXISTS (SELECT FROM labels l WHERE l.source = o.source AND l.order_id = o.order_id
                AND l.ended IS NULL AND NOT (l.state IN ('unknown', 'started') AND l.moved < now() - doubt_for))
        ORDER BY o.id LIMIT n LOOP
        PERFORM _delete(k.source, k.order_id);
        UPDATE orders o SET ended = now() WHERE o.id = k.id AND o.ended IS NULL AND o.state IN ('accepted', 'refused');
        done := done + 1;
    END LOOP;
    RETURN greatest(done, more);
END $$;

CREATE TABLE scans (
    label_id bigint PRIMARY KEY,
    station  text NOT NULL,
    who      text NOT NULL DEFAULT '',
    at       timestamptz NOT NULL
);

-- _ship posts "shipped" once every label of the order is on paper by the device's or a
-- person's word, or its parcel was scanned. A presumed label is not enough: a false
-- "shipped" hides a parcel that nobody has packed. The order may have left the tables that
-- are worked in: a parcel that was printed on Friday is packed on Monday. Nothing is posted
-- of one that was cancelled when its label had begun: its label comes out, and its parcel
-- does not leave.
CREATE FUNCTION _ship(src text, oid text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    k orders;
BEGIN
    SELECT * INTO k FROM orders o WHERE o.source = src AND o.order_id = oid;
    IF NOT FOUND THEN
        PERFORM _recall_order(src, oid);
        SELECT * INTO k FROM orders o WHERE o.source = src AND o.order_id = oid;
    END IF;
    IF NOT FOUND OR k.alarm = 'order-cancelled-too-late' THEN
        RETURN;
    END IF;
    IF k.parcels > 1 THEN -- two last labels of one order at once: the second must see the first
        SELECT * INTO k FROM orders o WHERE o.id = k.id FOR NO KEY UPDATE;
    END IF;
    IF NOT EXISTS (SELECT FROM labels l WHERE l.source = src AND l.order_id = oid AND l.waybill = ANY (k.waybills)
            AND l.state NOT IN ('confirmed', 'printed') AND NOT EXISTS (SELECT FROM scans s WHERE s.label_id = l.id))
        AND (k.parcels = 1 OR NOT EXISTS (SELECT FROM _labels_of(k) l WHERE l.waybill = ANY (k.waybills)
            AND l.state NOT IN ('confirmed', 'printed') AND NOT EXISTS (SELECT FROM scans s WHERE s.label_id = l.id))) THEN
        PERFORM _post(k, 'shipped', k.waybills[1]);
    END IF;
END $$;

CREATE FUNCTION _label_on_paper() RETURNS trigger LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF _setting('shipped') = 'confirmed' THEN
        PERFORM _ship(NEW.source, NEW.order_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER label_on_paper AFTER UPDATE OF state ON labels FOR EACH ROW
    WHEN (NEW.state IN ('confirmed', 'printed') AND OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION _label_on_paper();

-- Where a cancellation is taken back, its platform is told after all what was scanned
-- meanwhile, and, where the device's word is enough, what was printed meanwhile.
CREATE FUNCTION _order_ships_after_all() RETURNS trigger LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF _setting('shipped') = 'confirmed' AND EXISTS (SELECT FROM _labels_of(NEW) l WHERE l.waybill = ANY (NEW.waybills))
        OR _setting('shipped') <> 'never' AND EXISTS (SELECT FROM _labels_of(NEW) l JOIN scans s ON s.label_id = l.id) THEN
        PERFORM _ship(NEW.source, NEW.order_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER order_ships_after_all AFTER UPDATE OF alarm ON orders FOR EACH ROW
    WHEN (OLD.alarm = 'order-cancelled-too-late' AND NEW.alarm IN ('', 'order-changed-too-late') AND NEW.state = 'issued')
    EXECUTE FUNCTION _order_ships_after_all();

CREATE FUNCTION _withdrawn(src text, oid text) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT coalesce((SELECT o.alarm FROM orders o WHERE o.source = src AND o.order_id = oid), (SELECT p.alarm FROM _past_order(src, oid) p)) = 'order-cancelled-too-late'
$$;

-- scanned says that the packer has scanned finished labels. Any station may scan: a
-- parcel walks. It returns the orders that were cancelled and are packed all the same: their
-- platform is not told that they have left, but people are, once more, and who has scanned
-- one holds the parcel.
CREATE FUNCTION scanned(ids bigint[], person text, said timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _caller();
    l  record;
BEGIN
    FOR l IN SELECT x.id, x.source, x.order_id, x.station, x.epoch, x.state, x.copy FROM labels x WHERE x.id = ANY (ids)
        UNION ALL SELECT x.id, x.source, x.order_id, x.station, x.epoch, x.state, x.copy FROM labels_past x WHERE x.id = ANY (ids) ORDER BY id LOOP
        CONTINUE WHEN l.state NOT IN ('started', 'confirmed', 'presumed', 'printed', 'unknown', 'not-printed');
        INSERT INTO scans VALUES (l.id, me.name, coalesce(person, ''), coalesce(said, now())) ON CONFLICT DO NOTHING;
        CONTINUE WHEN NOT FOUND;
        INSERT INTO audit (kind, label_id, source, order_id, station, mover, epoch, to_state, copy, who)
            VALUES ('scan', l.id, l.source, l.order_id, l.station, me.name, l.epoch, 'scanned', l.copy, person);
        IF _withdrawn(l.source, l.order_id) THEN
            INSERT INTO alarms (kind, source, order_id, station, state, why) VALUES ('too-late', l.source, l.order_id, me.name, 'issued', 'order-cancelled-too-late');
            RETURN NEXT l.order_id;
        ELSIF _setting('shipped') <> 'never' THEN
            PERFORM _ship(l.source, l.order_id);
        END IF;
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION message, message_told, message_refused, message_later, sweep, platform_set, end_orders TO miandan_platform;
GRANT EXECUTE ON FUNCTION scanned TO miandan_bench;
