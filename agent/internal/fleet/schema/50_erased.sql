-- A person asks to be forgotten: an order's data goes at once, everywhere.

-- What was deleted at somebody's request. It names nobody and stays, so that the order is not
-- taken up again however often its platform speaks of it.
CREATE TABLE erased (
    source   text NOT NULL,
    order_id text NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, order_id)
);

CREATE FUNCTION _is_erased(src text, oid text) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM erased e WHERE e.source = src AND e.order_id = oid)
$$;

-- room_erase deletes an order's data in the database and leaves the deletion that every station
-- does when it hears of it. What has not started does not print, and where nothing has, the
-- numbers go back. What has started is wanted back from its station, which gives it if no byte
-- has left; else it stays for a person. While a carrier is asked it is refused as busy.
CREATE FUNCTION room_erase(name text, person text, reason text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me        stations := _platform_caller();
    k         orders;
    n         integer;
    src       text;
    oid       text;
    number    text;
    had       boolean;
    begun     boolean;
    cancelled integer := 0;
    returned  integer := 0;
    open      integer := 0;
BEGIN
    SELECT count(*), min(c.source), min(c.order_id) INTO n, src, oid
        FROM (SELECT x.source, room_erase.name AS order_id FROM cursors x
            UNION SELECT split_part(room_erase.name, ':', 1), substr(room_erase.name, strpos(room_erase.name, ':') + 1) WHERE strpos(room_erase.name, ':') > 0) c
        WHERE EXISTS (SELECT FROM orders o WHERE o.source = c.source AND o.order_id = c.order_id)
            OR EXISTS (SELECT FROM orders_past p WHERE p.source = c.source AND p.order_id = c.order_id);
    IF n <> 1 THEN
        RETURN jsonb_build_object('found', n)::text;
    END IF;
    PERFORM _order_lock(src, oid);
    SELECT * INTO k FROM orders o WHERE o.source = src AND o.order_id = oid FOR UPDATE;
    IF NOT FOUND THEN
        SELECT * INTO k FROM _past_order(src, oid);
    END IF;
    IF k.state = 'issuing' THEN
        RETURN jsonb_build_object('found', 1, 'busy', true)::text;
    END IF;
    PERFORM _by_hand(k, me.name, 'deleted', person, reason);
    had := _is_erased(src, oid);
    begun := _labels_begun(k);
    INSERT INTO erased (source, order_id) VALUES (src, oid) ON CONFLICT DO NOTHING;

    PERFORM FROM labels l WHERE l.source = src AND l.order_id = oid ORDER BY l.id FOR UPDATE;
    UPDATE labels l SET state = 'cancelled', epoch = l.epoch + 1, wanted = false, mover = me.name, who = person, why = 'deleted'
        WHERE l.source = src AND l.order_id = oid AND l.state IN ('queued', 'claimed');
    GET DIAGNOSTICS cancelled = ROW_COUNT;
    UPDATE labels l SET wanted = true WHERE l.source = src AND l.order_id = oid AND l.state = 'started';
    SELECT count(*) INTO open FROM labels l WHERE l.source = src AND l.order_id = oid AND l.state IN ('started', 'unknown');

    IF NOT begun AND k.state IN ('issued', 'changed') AND NOT had THEN
        FOREACH number IN ARRAY k.waybills LOOP
            PERFORM _post(k, 'cancel', number);
            returned := returned + 1;
        END LOOP;
    END IF;
    -- Of one in doubt nobody knows whether it has a number: it stays before people.
    UPDATE orders o SET hash = NULL, detail = '', wanted = false,
            state = CASE WHEN begun OR k.state = 'issue-unknown' THEN k.state ELSE 'cancelled' END,
            why = CASE WHEN begun OR k.state = 'issue-unknown' THEN k.why ELSE 'order-deleted' END,
            ended = CASE WHEN k.state = 'issue-unknown' OR begun AND k.state = 'issued' AND k.labelled THEN k.ended ELSE coalesce(k.ended, now()) END
        WHERE o.source = src AND o.order_id = oid RETURNING * INTO k;
    IF FOUND AND k.state = 'cancelled' THEN
        PERFORM _settle_late(k);
    END IF;
    UPDATE orders_past p SET hash = NULL, detail = '' WHERE p.source = src AND p.order_id = oid;
    PERFORM _delete(src, oid);
    PERFORM pg_notify('miandan_work', '');
    RETURN jsonb_build_object('found', 1, 'source', src, 'order', oid, 'cancelled', cancelled, 'returned', returned, 'unknown', open, 'already', had)::text;
END $$;

GRANT EXECUTE ON FUNCTION room_erase TO miandan_platform;

-- A label of it that its station gives back goes to nobody else. It fires before label_moves.
CREATE FUNCTION _label_erased() RETURNS trigger LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF _is_erased(NEW.source, NEW.order_id) THEN
        NEW.state := 'not-printed';
        NEW.why := 'deleted';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER label_erased BEFORE UPDATE OF state ON labels FOR EACH ROW
    WHEN (OLD.state = 'started' AND NEW.state = 'queued') EXECUTE FUNCTION _label_erased();
