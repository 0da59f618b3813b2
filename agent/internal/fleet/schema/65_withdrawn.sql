-- The parcel of an order that was cancelled is packed all the same.

CREATE FUNCTION _withdrawn(src text, oid text) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT coalesce((SELECT o.alarm FROM orders o WHERE o.source = src AND o.order_id = oid), (SELECT p.alarm FROM _past_order(src, oid) p)) = 'order-cancelled-too-late'
$$;

-- As before, but its platform is not told that it has left: people are, once more.
CREATE OR REPLACE FUNCTION scanned(ids bigint[], person text, said timestamptz) RETURNS void
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
        ELSIF _setting('shipped') <> 'never' THEN
            PERFORM _ship(l.source, l.order_id);
        END IF;
    END LOOP;
END $$;

-- And if that was taken back, it is told what was scanned meanwhile.
CREATE FUNCTION _order_ships_after_all() RETURNS trigger LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF _setting('shipped') <> 'never' AND EXISTS (SELECT FROM _labels_of(NEW) l JOIN scans s ON s.label_id = l.id) THEN
        PERFORM _ship(NEW.source, NEW.order_id);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER order_ships_after_all AFTER UPDATE OF alarm ON orders FOR EACH ROW
    WHEN (OLD.alarm = 'order-cancelled-too-late' AND NEW.alarm IN ('', 'order-changed-too-late') AND NEW.state = 'issued')
    EXECUTE FUNCTION _order_ships_after_all();
