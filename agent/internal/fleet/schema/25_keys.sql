-- Who can open what: the content key, the wraps of orders and labels, and what goes when
-- nobody can open it any more.

-- The key of the content hashes, wrapped to each platform station.
CREATE TABLE content_keys (
    station text PRIMARY KEY,
    wrap    bytea NOT NULL
);

-- The content key: the first platform station makes it; each next one gets it
-- wrapped by one that has it. Where the last that had it is lost, its computer broken and
-- its membership revoked, the next makes it anew.
CREATE FUNCTION content_key() RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _platform_caller();
BEGIN
    RETURN (SELECT wrap FROM content_keys WHERE station = me.name);
END $$;

-- _forget_unreadable deletes what no office can open any more; the platforms are read from
-- their beginning, and labels that are before the benches print. Of an order that has its
-- number and no label a person gives the number back.
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

CREATE FUNCTION content_key_first(first_wrap bytea) RETURNS boolean
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

CREATE FUNCTION _wrap_put(kind text, of bigint, other text, other_wrap bytea) RETURNS void
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

-- wrap_put keeps a wrap only while the caller's own is the one by which it made the other:
-- what was sealed anew meanwhile has another key. The row of the order or label holds that
-- off.
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
    PERFORM _wrap_put(kind, of, other, other_wrap);
END $$;

GRANT EXECUTE ON FUNCTION content_key, content_key_first, content_key_for, platforms, wraps_missing, wrap_put TO miandan_platform;
