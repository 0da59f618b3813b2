-- What two stations do in the same moment, and an office that is replaced.

-- As before, and who asks of the same number meanwhile waits until this transaction has kept it.
CREATE OR REPLACE FUNCTION _number_of_other(of bigint, all_numbers text[]) RETURNS text LANGUAGE plpgsql VOLATILE SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x.key) FROM (SELECT DISTINCT hashtextextended(u.number, 21) AS key FROM unnest(all_numbers) AS u(number) ORDER BY 1) x;
    RETURN (SELECT coalesce(o.order_id, p.order_id) FROM order_numbers x LEFT JOIN orders o ON o.id = x.order_id LEFT JOIN orders_past p ON p.id = x.order_id
        WHERE x.number = ANY (all_numbers) AND x.order_id <> of AND x.at > now() - interval '90 days' AND (o.id IS NOT NULL OR p.id IS NOT NULL) LIMIT 1);
END $$;

-- As before, and only while the caller's own wrap is the one by which it made the other: what
-- was sealed anew meanwhile has another key. The row of the order or label holds that off. The
-- older function stays for stations that run an earlier program.
CREATE FUNCTION wrap_put(kind text, of bigint, other text, other_wrap bytea, by_wrap bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    IF kind = 'label' THEN
        PERFORM FROM labels l WHERE l.id = of FOR SHARE;
        PERFORM FROM label_wraps w WHERE w.label_id = of AND w.station = me.name AND w.wrap = by_wrap;
    ELSE
        PERFORM FROM orders o WHERE o.id = of FOR SHARE;
        PERFORM FROM order_wraps w WHERE w.order_id = of AND w.station = me.name AND w.wrap = by_wrap;
    END IF;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'sealed anew meanwhile' USING ERRCODE = 'MD002';
    END IF;
    PERFORM wrap_put(kind, of, other, other_wrap);
END $$;

GRANT EXECUTE ON FUNCTION wrap_put(text, bigint, text, bytea, bytea) TO miandan_platform;

-- What no office can open any more goes, and the platforms are read from their beginning; labels
-- that are before the benches print. Of an order that has its number and no label a person gives
-- the number back.
CREATE FUNCTION _forget_unreadable(me text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    k        orders;
    any_gone boolean := false;
BEGIN
    FOR k IN SELECT o.* FROM orders o JOIN order_data d ON d.order_id = o.id
            WHERE NOT EXISTS (SELECT FROM order_wraps w JOIN stations s ON s.name = w.station
                WHERE w.order_id = o.id AND s.platform AND s.joined IS NOT NULL AND s.revoked IS NULL AND s.gone IS NULL) ORDER BY o.id FOR UPDATE OF o LOOP
        any_gone := true;
        DELETE FROM order_wraps WHERE order_id = k.id;
        DELETE FROM order_data WHERE order_id = k.id;
        IF k.state = 'issued' AND NOT k.labelled AND k.ended IS NULL THEN
            UPDATE orders SET state = 'changed', why = 'order-changed' WHERE id = k.id;
            PERFORM _record_order(me, 'unreadable', k, '');
        END IF;
    END LOOP;
    IF any_gone THEN
        UPDATE cursors SET cursor = '', at = now();
    END IF;
END $$;

CREATE OR REPLACE FUNCTION content_key_first(first_wrap bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    LOCK TABLE content_keys IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT 1 FROM content_keys) THEN
        RETURN false;
    END IF;
    INSERT INTO content_keys VALUES (me.name, first_wrap);
    UPDATE cursors SET cursor = '', at = now();
    PERFORM _forget_unreadable(me.name);
    RETURN true;
END $$;

-- As before. An office that goes may not have given the keys of all orders to the one that has
-- come in its place. Where none is left they wait for the next, see content_key_first.
CREATE OR REPLACE FUNCTION _end_membership(station_name text, by_whom text, person text, reason text, kind text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    DELETE FROM label_wraps WHERE station = station_name;
    DELETE FROM order_wraps WHERE station = station_name;
    DELETE FROM printers WHERE station = station_name;
    PERFORM FROM labels WHERE station = station_name AND state = 'claimed' ORDER BY id FOR UPDATE;
    UPDATE labels SET state = 'queued', station = NULL, epoch = epoch + 1, printer = '', wanted = false, mover = by_whom, who = NULL, why = kind
        WHERE station = station_name AND state = 'claimed';
    IF EXISTS (SELECT FROM stations s WHERE s.name = station_name AND s.platform) AND EXISTS (SELECT FROM content_keys) THEN
        PERFORM _forget_unreadable(by_whom);
    END IF;
    INSERT INTO audit (kind, station, mover, who, why) VALUES (kind, station_name, by_whom, person, reason);
    PERFORM pg_notify('miandan_work', '');
END $$;

-- What is read anew because it was forgotten, for those that were revoked before.
DO $$ BEGIN
    IF EXISTS (SELECT FROM miandan.content_keys) THEN
        PERFORM miandan._forget_unreadable('fleet');
    END IF;
END $$;
