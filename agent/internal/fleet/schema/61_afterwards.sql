-- What is still to be done about orders whose labels have ended, and about those that
-- never come to one.

-- moved is since when an order stands as it does. While a carrier is asked again and again
-- what became of the first question, it stands in the same doubt.
CREATE FUNCTION _order_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.moved := clock_timestamp();
    RETURN NEW;
END $$;
CREATE TRIGGER order_moves BEFORE UPDATE OF state ON orders FOR EACH ROW
    WHEN (OLD.state <> NEW.state AND NOT (OLD.state IN ('issuing', 'issue-unknown') AND NEW.state IN ('issuing', 'issue-unknown')))
    EXECUTE FUNCTION _order_moves();

-- A station may have told of one that the fleet had read and left before: then there are two rows.
CREATE OR REPLACE FUNCTION _recall_order(src text, oid text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    p orders_past;
BEGIN
    SELECT * INTO p FROM orders_past x WHERE x.source = src AND x.order_id = oid ORDER BY x.ended DESC LIMIT 1 FOR UPDATE;
    IF FOUND THEN
        DELETE FROM orders_past x WHERE x.source = src AND x.order_id = oid;
        INSERT INTO orders SELECT p.*;
    END IF;
END $$;

-- As before, but an order stays as long as its platform or carrier has not been told, and
-- until end_orders has deleted its data, of which every station is to hear.
CREATE OR REPLACE FUNCTION _sweep(n integer) RETURNS integer LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    done  timestamptz := clock_timestamp() - _setting('keep_data')::integer * interval '1 hour';
    doubt timestamptz := clock_timestamp() - _setting('keep_data_unknown')::integer * interval '1 hour';
    gone  bigint[];
    count integer := 0;
BEGIN
    WITH old AS (SELECT id FROM labels WHERE ended < done ORDER BY ended LIMIT n FOR UPDATE SKIP LOCKED),
    went AS (DELETE FROM labels l USING old WHERE l.id = old.id RETURNING l.*),
    kept AS (INSERT INTO labels_past SELECT * FROM went RETURNING id)
    SELECT array_agg(id) INTO gone FROM kept;
    count := coalesce(cardinality(gone), 0);
    -- An unknown label stays, and stays unknown; only what it says of a person goes.
    gone := gone || ARRAY(SELECT l.id FROM labels l JOIN label_data d ON d.label_id = l.id
        WHERE l.station IS NOT NULL AND l.state IN ('started', 'unknown') AND l.moved < doubt LIMIT n);
    DELETE FROM label_wraps WHERE label_id = ANY (gone);
    DELETE FROM label_data WHERE label_id = ANY (gone);

    WITH old AS (SELECT o.id FROM orders o WHERE o.ended < done AND NOT EXISTS (SELECT FROM labels l WHERE l.source = o.source AND l.order_id = o.order_id)
            AND NOT EXISTS (SELECT FROM order_data d WHERE d.order_id = o.id)
            AND NOT EXISTS (SELECT FROM outbox x WHERE x.order_id = o.id AND x.done_at IS NULL)
        ORDER BY o.ended LIMIT n FOR UPDATE SKIP LOCKED),
    went AS (DELETE FROM orders o USING old WHERE o.id = old.id RETURNING o.*),
    kept AS (INSERT INTO orders_past SELECT * FROM went RETURNING id)
    SELECT array_agg(id) INTO gone FROM kept;
    DELETE FROM order_wraps WHERE order_id = ANY (gone);
    RETURN count + coalesce(cardinality(gone), 0);
END $$;

-- As before, also for an order that has left the tables that are worked in: a parcel that
-- was printed on Friday is packed on Monday.
CREATE OR REPLACE FUNCTION _ship(src text, oid text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    k orders;
BEGIN
    SELECT * INTO k FROM orders o WHERE o.source = src AND o.order_id = oid;
    IF NOT FOUND THEN
        PERFORM _recall_order(src, oid);
        SELECT * INTO k FROM orders o WHERE o.source = src AND o.order_id = oid;
    END IF;
    IF NOT FOUND THEN
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

-- What was swept away with a message that nobody had heard.
SELECT _recall_order(k.source, k.order_id) FROM (SELECT DISTINCT p.source, p.order_id FROM outbox x JOIN orders_past p ON p.id = x.order_id WHERE x.done_at IS NULL) k;

-- As before. What nobody wants yet is not looked at: a morning's orders that wait for their
-- wave stood before all that a job was missing for.
CREATE OR REPLACE FUNCTION sweep() RETURNS int
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

-- Whose number it is, also if that order has ended long ago.
CREATE INDEX orders_past_number ON orders_past (id);
CREATE FUNCTION _number_of_other(of bigint, all_numbers text[]) RETURNS text LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT coalesce(o.order_id, p.order_id) FROM order_numbers x LEFT JOIN orders o ON o.id = x.order_id LEFT JOIN orders_past p ON p.id = x.order_id
    WHERE x.number = ANY (all_numbers) AND x.order_id <> of AND x.at > now() - interval '90 days' AND (o.id IS NOT NULL OR p.id IS NOT NULL) LIMIT 1
$$;

-- As before. What the platform has said of the order while its carrier was asked counts
-- now, before there is a label.
CREATE OR REPLACE FUNCTION order_issued(of bigint, asked_epoch bigint, data text, wraps jsonb, bill text, all_numbers text[], by_carrier text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me    stations := _platform_caller();
    k     orders;
    word  text;
    other text;
    n     text;
BEGIN
    SELECT * INTO k FROM orders WHERE id = of FOR NO KEY UPDATE;
    IF NOT FOUND OR k.state <> 'issuing' OR k.station IS DISTINCT FROM me.name OR k.epoch <> asked_epoch THEN
        RAISE EXCEPTION 'given up meanwhile' USING ERRCODE = 'MD001';
    END IF;
    other := _number_of_other(of, all_numbers);
    IF other IS NOT NULL THEN
        UPDATE orders SET state = 'issue-unknown', why = 'number-taken', detail = jsonb_build_array(bill, other)::text, tries = tries + 1,
            next_try = now() + interval '1 hour' WHERE id = of;
        PERFORM _record_order(me.name, 'number-taken', k, '');
        RETURN other;
    END IF;
    INSERT INTO order_numbers (number, order_id) SELECT DISTINCT u.number, of FROM unnest(all_numbers) AS u(number)
        ON CONFLICT (number) DO UPDATE SET order_id = of, at = now();
    word := CASE WHEN _labels_known(k, all_numbers) THEN 'changed'
        WHEN k.alarm = 'order-cancelled-too-late' AND NOT _labels_begun(k) THEN 'cancelled'
        WHEN k.alarm = 'order-changed-too-late' AND NOT _labels_begun(k) THEN 'changed'
        ELSE 'issued' END;
    UPDATE orders SET state = word, why = CASE word WHEN 'issued' THEN '' ELSE 'order-' || word END, ended = CASE word WHEN 'cancelled' THEN now() END,
        alarm = CASE WHEN word <> 'issued' AND k.alarm IN ('order-cancelled-too-late', 'order-changed-too-late') THEN '' ELSE k.alarm END,
        detail = '', tries = 0, next_try = '-infinity', waybills = all_numbers, carrier = by_carrier, labelled = false, station = NULL
    WHERE id = of RETURNING * INTO k;
    IF _has_data(k) THEN
        PERFORM _seal_order(of, decode(data, 'base64'), wraps);
    END IF;
    IF word = 'cancelled' THEN
        FOREACH n IN ARRAY all_numbers LOOP
            PERFORM _post(k, 'cancel', n);
        END LOOP;
    END IF;
    PERFORM _settle_late(k);
    PERFORM _record_order(me.name, word, k, '');
    RETURN '';
END $$;

CREATE OR REPLACE FUNCTION order_adopted(of bigint, asked_epoch bigint, hashed bytea, data text, wraps jsonb, bill text, all_numbers text[], by_carrier text, person text, reason text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me    stations := _platform_caller();
    k     orders;
    other text;
BEGIN
    SELECT * INTO k FROM orders o WHERE o.id = of AND o.epoch = asked_epoch AND o.state = 'issue-unknown' AND o.hash = hashed AND _has_data(o) FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the order has changed since it was read' USING ERRCODE = 'MD002';
    END IF;
    other := _number_of_other(of, all_numbers);
    IF other IS NOT NULL THEN
        RETURN other;
    END IF;
    PERFORM _by_hand(k, me.name, 'adopted', person, reason);
    UPDATE orders SET state = 'issuing', station = me.name, epoch = epoch + 1 WHERE id = of;
    RETURN order_issued(of, asked_epoch + 1, data, wraps, bill, all_numbers, by_carrier);
END $$;

-- Hours after which the data of an order goes that never came to a number, and of which its
-- platform speaks no more.
INSERT INTO settings VALUES ('keep_data_stale', '720');

-- As before, and such orders have ended. It returns n if there may be more to do.
CREATE OR REPLACE FUNCTION end_orders(n integer) RETURNS integer
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

-- As before, without those that have come to life again since: their new data is not to go
-- at a station that hears of the old one's end only now.
CREATE OR REPLACE FUNCTION deletions_since(after bigint) RETURNS SETOF deletions LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _caller();
    RETURN QUERY SELECT d.* FROM deletions d WHERE d.id > after
        AND NOT EXISTS (SELECT FROM orders o JOIN order_data x ON x.order_id = o.id WHERE o.source = d.source AND o.order_id = d.order_id)
        ORDER BY d.id LIMIT 1000;
END $$;
