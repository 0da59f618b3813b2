-- What a person has found out about an order's number in the carrier's console.

-- Orders of whose number only a person can say something, the oldest first.
CREATE FUNCTION room_orders() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _caller();
    RETURN (SELECT coalesce(jsonb_agg(jsonb_build_object('id', o.id, 'epoch', o.epoch, 'source', o.source, 'order', o.order_id, 'state', o.state, 'issuer', o.issuer,
            'why', o.why, 'since', o.moved, 'numbers', o.waybills,
            'late', (SELECT coalesce(jsonb_agg(n.number ORDER BY n.at), '[]') FROM late_numbers n WHERE n.order_id = o.id AND n.settled = '')) ORDER BY o.moved, o.id), '[]')::text
        FROM (SELECT * FROM orders WHERE ended IS NULL AND state IN ('issue-unknown', 'changed') ORDER BY moved, id LIMIT 200) o);
END $$;

-- An order in doubt as the caller can open it.
CREATE FUNCTION order_in_doubt(of bigint, asked_epoch bigint)
RETURNS TABLE (source text, order_id text, state text, content bytea, sealed bytea, wrap bytea, issuer text, renewed int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    RETURN QUERY SELECT o.source, o.order_id, o.state, o.hash, d.sealed, w.wrap, o.issuer, o.renewed
        FROM orders o LEFT JOIN order_data d ON d.order_id = o.id LEFT JOIN order_wraps w ON w.order_id = o.id AND w.station = me.name
        WHERE o.id = of AND o.epoch = asked_epoch AND o.state IN ('issue-unknown', 'changed');
END $$;

CREATE FUNCTION _by_hand(k orders, me text, word text, person text, reason text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF coalesce(person, '') = '' OR coalesce(reason, '') = '' THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    INSERT INTO audit (kind, source, order_id, mover, epoch, from_state, to_state, who, why)
        VALUES ('order', k.source, k.order_id, me, k.epoch, k.state, word, person, reason);
END $$;

-- order_adopted keeps a number that a person has found, as if the carrier had been
-- asked and had answered. Who looked at the order when it stood otherwise is refused.
-- It returns the order that has the number already, and then keeps nothing.
CREATE FUNCTION order_adopted(of bigint, asked_epoch bigint, hashed bytea, data text, wraps jsonb, bill text, all_numbers text[], by_carrier text, person text, reason text)
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

-- order_no_number takes a person's word that the carrier has given no number, or that
-- the number of a changed order was given back: it may get one, and first of all. One that
-- was deleted at somebody's request gets no other number.
CREATE FUNCTION order_no_number(of bigint, asked_epoch bigint, person text, reason text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
    k  orders;
BEGIN
    SELECT * INTO k FROM orders o WHERE o.id = of AND o.epoch = asked_epoch AND o.state IN ('issue-unknown', 'changed') FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the order has changed since it was read' USING ERRCODE = 'MD002';
    END IF;
    PERFORM _by_hand(k, me.name, 'no-number', person, reason);
    IF _is_erased(k.source, k.order_id) THEN
        UPDATE orders SET state = 'cancelled', epoch = epoch + 1, why = 'order-deleted', alarm = '', ended = now() WHERE id = of RETURNING * INTO k;
        PERFORM _settle_late(k);
        RETURN;
    END IF;
    UPDATE orders SET state = 'accepted', epoch = epoch + 1, station = NULL, why = '', detail = '', alarm = '', tries = 0, next_try = '-infinity',
        waybills = '{}', carrier = '', labelled = false, wanted = true, turn = CASE WHEN turn = 2 THEN 0 ELSE turn END,
        renewed = renewed + CASE WHEN k.state = 'changed' THEN 1 ELSE 0 END, moved = now(), ended = NULL
    WHERE id = of RETURNING * INTO k;
    PERFORM _want_number(k);
END $$;

GRANT EXECUTE ON FUNCTION room_orders TO miandan_bench;
GRANT EXECUTE ON FUNCTION order_in_doubt, order_adopted, order_no_number TO miandan_platform;
