-- How an order gets its number: who asks its carrier, and what comes of it.

-- A source is read by one transaction at a time: who comes second with the same
-- cursor finds it moved.
CREATE FUNCTION source_cursor(src text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    RETURN coalesce((SELECT cursor FROM cursors WHERE source = src), '');
END $$;

CREATE FUNCTION source_lock(src text, expected text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    stands text;
BEGIN
    PERFORM _platform_caller();
    INSERT INTO cursors (source, cursor) VALUES (src, '') ON CONFLICT DO NOTHING;
    SELECT cursor INTO stands FROM cursors WHERE source = src FOR UPDATE;
    RETURN stands = expected;
END $$;

CREATE FUNCTION source_advance(src text, expected text, to_cursor text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    UPDATE cursors SET cursor = to_cursor, at = now() WHERE source = src AND cursor = expected;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the cursor has moved' USING ERRCODE = 'MD001';
    END IF;
END $$;

-- order_due returns an order if there is something to do about its number.
CREATE FUNCTION order_due(of bigint)
RETURNS TABLE (source text, order_id text, state text, content bytea, sealed bytea, wrap bytea, issuer text, tries int, renewed int, reference text,
    wait interval, target text, turn int, wave bigint, "position" int, deadline timestamptz)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    RETURN QUERY SELECT o.source, o.order_id, o.state, o.hash, d.sealed, w.wrap, o.issuer, o.tries, o.renewed, o.reference,
        greatest(CASE WHEN o.next_try = '-infinity' THEN interval '0' ELSE o.next_try - now() END, interval '0'), o.target, o.turn, o.wave, o.position, o.deadline
    FROM orders o JOIN order_data d ON d.order_id = o.id LEFT JOIN order_wraps w ON w.order_id = o.id AND w.station = me.name
    WHERE o.id = of AND (o.state = 'accepted' AND o.wanted OR o.state = 'issue-unknown' OR o.state = 'issued' AND NOT o.labelled);
END $$;

-- order_issuing writes down that the carrier is about to be asked. When it has
-- committed the carrier may be asked once, under the epoch that it returns.
CREATE FUNCTION order_issuing(of bigint, from_state text, hashed bytea, ref text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
    now_epoch bigint;
BEGIN
    UPDATE orders SET state = 'issuing', station = me.name, epoch = epoch + 1, asked = clock_timestamp(), reference = ref
    WHERE id = of AND state = from_state AND state IN ('accepted', 'issue-unknown') AND hash = hashed AND _has_data(orders)
    RETURNING epoch INTO now_epoch;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the order has changed since it was read' USING ERRCODE = 'MD002';
    END IF;
    RETURN now_epoch;
END $$;

-- _number_of_other returns whose number it is, also if that order has ended long ago. Who
-- asks of the same number meanwhile waits until this transaction has kept it.
CREATE FUNCTION _number_of_other(of bigint, all_numbers text[]) RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x.key) FROM (SELECT DISTINCT hashtextextended(u.number, 21) AS key FROM unnest(all_numbers) AS u(number) ORDER BY 1) x;
    RETURN (SELECT coalesce(o.order_id, p.order_id) FROM order_numbers x LEFT JOIN orders o ON o.id = x.order_id LEFT JOIN orders_past p ON p.id = x.order_id
        WHERE x.number = ANY (all_numbers) AND x.order_id <> of AND x.at > now() - interval '90 days' AND (o.id IS NOT NULL OR p.id IS NOT NULL) LIMIT 1);
END $$;

-- order_issued keeps the number. Who has been given up meanwhile is refused (MD001),
-- and tells it to order_late. It returns the order that has the number already, if
-- another one has. What the platform has said of the order while its carrier was asked
-- counts now, before there is a label.
CREATE FUNCTION order_issued(of bigint, asked_epoch bigint, data text, wraps jsonb, bill text, all_numbers text[], by_carrier text) RETURNS text
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

-- order_late keeps a number that came when its worker had been given up. It is not
-- used. It is given back when it is known that the order does not travel under it.
CREATE FUNCTION order_late(of bigint, asked_epoch bigint, all_numbers text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
    k  orders;
    n  text;
BEGIN
    SELECT * INTO k FROM orders WHERE id = of FOR NO KEY UPDATE;
    IF NOT FOUND OR k.epoch <= asked_epoch AND k.state = 'issuing' THEN
        RAISE EXCEPTION 'not late' USING ERRCODE = 'MD002';
    END IF;
    IF k.waybills @> all_numbers THEN
        PERFORM _record_order(me.name, 'late-same', k, '');
        RETURN;
    END IF;
    FOREACH n IN ARRAY all_numbers LOOP
        INSERT INTO late_numbers (order_id, number, station, epoch, renewed) VALUES (of, n, me.name, asked_epoch, k.renewed) ON CONFLICT DO NOTHING;
    END LOOP;
    UPDATE orders SET alarm = 'number-late' WHERE id = of AND alarm = '';
    PERFORM _record_order(me.name, 'number-late', k, '');
    PERFORM _alarm_order(me.name, 'late-number', k, array_to_string(all_numbers, ','));
    IF k.state NOT IN ('issuing', 'issue-unknown') THEN
        PERFORM _settle_late(k);
    END IF;
END $$;

-- order_outcome writes down why there is no number: accepted, to be tried again;
-- refused, by the carrier's definite no; issue-unknown, when the answer was lost.
CREATE FUNCTION order_outcome(of bigint, asked_epoch bigint, to_state text, code text, args text, wait interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
    k  orders;
BEGIN
    UPDATE orders SET state = to_state, why = code, detail = args, tries = tries + 1, next_try = now() + wait, station = NULL
    WHERE id = of AND state = 'issuing' AND station = me.name AND epoch = asked_epoch AND to_state IN ('accepted', 'refused', 'issue-unknown')
    RETURNING * INTO k;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'given up meanwhile' USING ERRCODE = 'MD001';
    END IF;
    PERFORM _record_order(me.name, to_state, k, code);
END $$;

-- order_unasked is the same where the carrier was not asked: it is unknown here, or
-- only a person may say what became of the last question, or the routing is not
-- there yet.
CREATE FUNCTION order_unasked(of bigint, from_state text, to_state text, code text, args text, wait interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    UPDATE orders SET state = to_state, why = code, detail = args, tries = tries + 1, next_try = now() + wait
    WHERE id = of AND state = from_state AND (from_state, to_state) IN (('accepted', 'refused'), ('accepted', 'accepted'), ('issue-unknown', 'issue-unknown'), ('issued', 'issued'));
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
END $$;

-- order_labelled says that the labels of an order follow in this transaction.
CREATE FUNCTION order_labelled(of bigint, hashed bytea, data text, wraps jsonb, n integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    UPDATE orders SET labelled = true, parcels = n, why = '', detail = '', tries = 0, next_try = '-infinity'
    WHERE id = of AND state = 'issued' AND NOT labelled AND hash = hashed AND _has_data(orders);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    PERFORM _seal_order(of, decode(data, 'base64'), wraps);
END $$;

GRANT EXECUTE ON FUNCTION source_cursor, source_lock, source_advance, order_due, order_issuing, order_issued, order_late, order_outcome, order_unasked, order_labelled TO miandan_platform;
