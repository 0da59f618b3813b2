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

CREATE FUNCTION message_refused(of bigint, code text, args text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    x outbox;
BEGIN
    PERFORM _platform_caller();
    UPDATE outbox SET done_at = now(), why = code WHERE id = of AND done_at IS NULL RETURNING * INTO x;
    IF FOUND THEN
        UPDATE orders SET alarm = code, why = code, detail = args WHERE id = x.order_id;
    END IF;
END $$;

CREATE FUNCTION message_later(of bigint, code text, wait interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    UPDATE outbox SET tries = tries + 1, why = code, next_try = now() + wait WHERE id = of AND done_at IS NULL;
END $$;

-- sweep is the net under River: questions whose worker is gone, and whatever is due
-- and has no job. It returns how many questions it has given up.
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
    FOR k IN SELECT * FROM orders WHERE next_try <= now()
        AND (state IN ('accepted', 'issuing', 'issue-unknown') OR state = 'issued' AND NOT labelled)
        ORDER BY turn, wave, position, deadline, id LIMIT 500 LOOP
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

-- The content key: the first platform station makes it; each next one gets it
-- wrapped by one that has it.
CREATE FUNCTION content_key() RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    RETURN (SELECT wrap FROM content_keys WHERE station = me.name);
END $$;

CREATE FUNCTION content_key_first(first_wrap bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    LOCK TABLE content_keys IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT 1 FROM content_keys) OR EXISTS (SELECT 1 FROM orders) THEN
        RETURN false;
    END IF;
    INSERT INTO content_keys VALUES (me.name, first_wrap);
    RETURN true;
END $$;

CREATE FUNCTION content_key_for(other text, other_wrap bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    IF NOT EXISTS (SELECT 1 FROM content_keys WHERE station = me.name) OR NOT EXISTS (SELECT 1 FROM platforms() p WHERE p.name = other) THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    INSERT INTO content_keys VALUES (other, other_wrap) ON CONFLICT DO NOTHING;
END $$;

-- Who may open orders.
CREATE FUNCTION platforms() RETURNS TABLE (name text, public_key bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    RETURN QUERY SELECT s.name, s.public_key FROM stations s WHERE s.platform AND s.joined IS NOT NULL AND s.revoked IS NULL AND s.gone IS NULL;
END $$;

CREATE FUNCTION _content_key_ends() RETURNS trigger LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    DELETE FROM content_keys WHERE station = NEW.name;
    RETURN NULL;
END $$;
CREATE TRIGGER content_key_ends AFTER UPDATE OF revoked, gone ON stations FOR EACH ROW
    WHEN (NEW.revoked IS NOT NULL OR NEW.gone IS NOT NULL) EXECUTE FUNCTION _content_key_ends();

-- Wraps that are missing: a station has joined, or may print in one more place.
-- wrap is the caller's own, by which it can make the others.
CREATE FUNCTION wraps_missing(at_most integer)
RETURNS TABLE (kind text, id bigint, source text, order_id text, waybill text, parcel integer, wrap bytea, station text, public_key bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    RETURN QUERY
    (SELECT 'label', l.id, l.source, l.order_id, l.waybill, l.parcel, m.wrap, s.name, s.public_key
    FROM labels l JOIN label_wraps m ON m.label_id = l.id AND m.station = me.name CROSS JOIN stations s
    WHERE l.ended IS NULL AND s.joined IS NOT NULL AND s.revoked IS NULL AND s.gone IS NULL AND (s.platform OR _may_print(s, l.target))
        AND NOT EXISTS (SELECT FROM label_wraps x WHERE x.label_id = l.id AND x.station = s.name) LIMIT at_most)
    UNION ALL
    (SELECT 'order', o.id, o.source, o.order_id, '', 0, m.wrap, s.name, s.public_key
    FROM orders o JOIN order_wraps m ON m.order_id = o.id AND m.station = me.name CROSS JOIN stations s
    WHERE s.platform AND s.joined IS NOT NULL AND s.revoked IS NULL AND s.gone IS NULL
        AND NOT EXISTS (SELECT FROM order_wraps x WHERE x.order_id = o.id AND x.station = s.name) LIMIT at_most)
    UNION ALL
    (SELECT 'content', 0, '', '', '', 0, m.wrap, s.name, s.public_key
    FROM content_keys m CROSS JOIN stations s
    WHERE m.station = me.name AND s.platform AND s.joined IS NOT NULL AND s.revoked IS NULL AND s.gone IS NULL
        AND NOT EXISTS (SELECT FROM content_keys x WHERE x.station = s.name));
END $$;

CREATE FUNCTION wrap_put(kind text, of bigint, other text, other_wrap bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    s stations;
BEGIN
    PERFORM _platform_caller();
    SELECT * INTO s FROM stations x WHERE x.name = other AND x.joined IS NOT NULL AND x.revoked IS NULL AND x.gone IS NULL FOR SHARE; -- a revocation waits for this, or this for it
    IF NOT FOUND OR kind = 'order' AND NOT s.platform OR kind = 'label' AND NOT (s.platform OR EXISTS (SELECT FROM labels l WHERE l.id = of AND _may_print(s, l.target))) THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    IF kind = 'label' THEN
        INSERT INTO label_wraps SELECT of, other, other_wrap WHERE EXISTS (SELECT FROM label_data d WHERE d.label_id = of) ON CONFLICT DO NOTHING;
    ELSIF kind = 'order' THEN
        INSERT INTO order_wraps SELECT of, other, other_wrap WHERE EXISTS (SELECT FROM order_data d WHERE d.order_id = of) ON CONFLICT DO NOTHING;
    END IF;
END $$;

-- end_orders ends the orders of which every label has ended, and deletes the data of
-- those whose time has come; each station hears of that. It returns how many those were.
CREATE FUNCTION end_orders(n integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    ended_for interval := _setting('keep_data')::integer * interval '1 hour';
    doubt_for interval := _setting('keep_data_unknown')::integer * interval '1 hour';
    k orders;
    done integer := 0;
BEGIN
    PERFORM _platform_caller();
    UPDATE orders o SET ended = now() WHERE o.id IN (SELECT g.id FROM orders g WHERE g.ended IS NULL AND g.state = 'issued' AND g.labelled
        AND NOT EXISTS (SELECT FROM labels l WHERE l.source = g.source AND l.order_id = g.order_id AND l.ended IS NULL) LIMIT n FOR NO KEY UPDATE SKIP LOCKED);
    -- One of which a label is to print again has not ended.
    UPDATE orders o SET ended = NULL FROM labels l WHERE l.ended IS NULL AND l.copy > 0 AND o.source = l.source AND o.order_id = l.order_id AND o.ended IS NOT NULL;
    FOR k IN SELECT o.* FROM orders o JOIN order_data d ON d.order_id = o.id
        WHERE o.ended < now() - ended_for
            OR o.ended IS NULL AND o.state IN ('changed', 'issue-unknown') AND o.moved < now() - doubt_for
            OR o.ended IS NULL AND o.state = 'issued' AND o.labelled AND NOT EXISTS (SELECT FROM labels l WHERE l.source = o.source AND l.order_id = o.order_id
                AND l.ended IS NULL AND NOT (l.state IN ('unknown', 'started') AND l.moved < now() - doubt_for))
        ORDER BY o.id LIMIT n LOOP
        PERFORM _delete(k.source, k.order_id);
        done := done + 1;
    END LOOP;
    RETURN done;
END $$;

-- _ship posts "shipped" once every label of the order is on paper by the device's or a
-- person's word, or its parcel was scanned. A presumed label is not enough: a false
-- "shipped" hides a parcel that nobody has packed.
CREATE FUNCTION _ship(src text, oid text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    k orders;
BEGIN
    SELECT * INTO k FROM orders o WHERE o.source = src AND o.order_id = oid;
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

CREATE FUNCTION _label_on_paper() RETURNS trigger LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF _setting('shipped') = 'confirmed' THEN
        PERFORM _ship(NEW.source, NEW.order_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER label_on_paper AFTER UPDATE OF state ON labels FOR EACH ROW
    WHEN (NEW.state IN ('confirmed', 'printed') AND OLD.state IS DISTINCT FROM NEW.state) EXECUTE FUNCTION _label_on_paper();

-- scanned says that the packer has scanned finished labels. Any station may scan: a
-- parcel walks.
CREATE FUNCTION scanned(ids bigint[], person text, said timestamptz) RETURNS void
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
        IF _setting('shipped') <> 'never' THEN
            PERFORM _ship(l.source, l.order_id);
        END IF;
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION message, message_told, message_refused, message_later, sweep, platform_set, content_key, content_key_first, content_key_for, platforms, wraps_missing, wrap_put, end_orders TO miandan_platform;
GRANT EXECUTE ON FUNCTION scanned TO miandan_bench;
