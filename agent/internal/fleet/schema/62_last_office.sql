-- The last station that takes numbers is lost: its computer is broken, and it was revoked.

-- content_key_first makes the key anew when nobody has it any more. What nobody can open
-- goes, and the platforms are read from their beginning; labels that are before the benches
-- print. Of an order that has its number and no label a person gives the number back.
CREATE OR REPLACE FUNCTION content_key_first(first_wrap bytea) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
    k  orders;
BEGIN
    LOCK TABLE content_keys IN SHARE ROW EXCLUSIVE MODE;
    IF EXISTS (SELECT 1 FROM content_keys) THEN
        RETURN false;
    END IF;
    INSERT INTO content_keys VALUES (me.name, first_wrap);
    UPDATE cursors SET cursor = '', at = now();
    FOR k IN SELECT o.* FROM orders o JOIN order_data d ON d.order_id = o.id
            WHERE NOT EXISTS (SELECT FROM order_wraps w JOIN platforms() p ON p.name = w.station WHERE w.order_id = o.id) ORDER BY o.id FOR UPDATE OF o LOOP
        DELETE FROM order_wraps WHERE order_id = k.id;
        DELETE FROM order_data WHERE order_id = k.id;
        IF k.state = 'issued' AND NOT k.labelled AND k.ended IS NULL THEN
            UPDATE orders SET state = 'changed', why = 'order-changed' WHERE id = k.id;
            PERFORM _record_order(me.name, 'unreadable', k, '');
        END IF;
    END LOOP;
    RETURN true;
END $$;

-- As before. A copy of a label that waited for its wave, and then was in doubt, prints where
-- the wave does: the wave may have ended long ago.
CREATE OR REPLACE FUNCTION _print_again(label bigint, by_station text, person text, reason text) RETURNS void
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
