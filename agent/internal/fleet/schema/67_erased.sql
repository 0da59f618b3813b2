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

-- As before, but what was deleted gets no other number.
CREATE OR REPLACE FUNCTION order_no_number(of bigint, asked_epoch bigint, person text, reason text) RETURNS void
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

-- As before, but what was deleted is not taken up again, and a cancellation that was heard after
-- the purge can be taken back.
CREATE OR REPLACE FUNCTION order_accept(j jsonb) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me        stations := _platform_caller();
    k         orders;
    said      text := j->>'said';        -- the platform's word: to-ship, cancelled, locked ...
    refusal   text := j->>'refusal';
    to_state  text := j->>'state';       -- accepted, refused or skipped, by the settings
    is_same   boolean := (j->>'same')::boolean;
    by_person boolean := (j->>'asked')::boolean;
    read_now  timestamptz := (j->>'read_at')::timestamptz;
    hashed    bytea := decode(j->>'content', 'base64');
    cancelled boolean := said IN ('cancelled', 'locked');
    begun     boolean;
    back      boolean;
    word      text;
    n         text;
BEGIN
    IF to_state NOT IN ('accepted', 'refused', 'skipped') THEN
        RAISE EXCEPTION 'no such beginning' USING ERRCODE = 'MD002';
    END IF;
    PERFORM _order_lock(j->>'source', j->>'id');
    IF _is_erased(j->>'source', j->>'id') THEN
        RETURN 'same';
    END IF;
    IF NOT EXISTS (SELECT FROM orders o WHERE o.source = j->>'source' AND o.order_id = j->>'id') THEN
        SELECT p.state, p.state = 'issued' AND _may_be_here(p.id, p.deadline) AND CASE p.alarm WHEN 'order-cancelled-too-late'
                THEN NOT cancelled AND said IN ('to-ship', 'shipped') AND p.hash = hashed ELSE cancelled END
            INTO word, back FROM _past_order(j->>'source', j->>'id') p;
        IF NOT coalesce(back, false) AND (word IN ('issued', 'changed', 'issue-unknown') OR word IS NOT NULL AND (cancelled OR refusal <> '')) THEN
            RETURN 'same'; -- it has come to its end
        ELSIF word IS NOT NULL THEN
            PERFORM _recall_order(j->>'source', j->>'id');
        END IF;
    END IF;
    SELECT * INTO k FROM orders o WHERE o.source = j->>'source' AND o.order_id = j->>'id' FOR NO KEY UPDATE;
    IF NOT FOUND THEN
        INSERT INTO orders (source, order_id, state, hash, issuer, wanted, target, rule, why, deadline, read_at, ended)
        VALUES (j->>'source', j->>'id', to_state, hashed, j->>'issuer', (j->>'wanted')::boolean, j->>'target', j->>'rule', refusal,
            (j->>'deadline')::timestamptz, read_now, CASE WHEN to_state = 'skipped' THEN now() END)
        RETURNING * INTO k;
        PERFORM _seal_order(k.id, decode(j->>'sealed', 'base64'), j->'wraps');
        PERFORM _want_number(k);
        RETURN 'new';
    END IF;
    is_same := is_same OR NOT _has_data(k) AND coalesce(k.hash = hashed, false); -- it was not there to be compared
    IF k.read_at > read_now AND k.read_at < read_now + interval '2 minutes' THEN
        RETURN 'same'; -- it was under way while somebody else read it again
    END IF;
    -- What was read counts as the platform's last word only if the order still
    -- stands as it is known here.
    UPDATE orders SET read_at = CASE WHEN is_same AND said = 'to-ship' THEN read_now ELSE 'epoch' END WHERE id = k.id;
    IF k.state IN ('accepted', 'refused', 'skipped') THEN
        IF _has_data(k) AND is_same AND k.issuer = j->>'issuer' AND (to_state = k.state
            OR k.state = 'refused' AND k.detail <> '' AND k.next_try > now() AND NOT by_person AND to_state <> 'skipped') THEN
            RETURN 'same';
        END IF;
        PERFORM _seal_order(k.id, decode(j->>'sealed', 'base64'), j->'wraps');
        UPDATE orders SET state = to_state, hash = hashed, read_at = read_now, why = refusal, detail = '', issuer = j->>'issuer',
            wanted = CASE WHEN k.turn = 2 THEN (j->>'wanted')::boolean ELSE k.wanted END,
            target = CASE WHEN k.turn = 2 THEN j->>'target' ELSE k.target END,
            rule = CASE WHEN k.turn = 2 THEN j->>'rule' ELSE k.rule END,
            deadline = (j->>'deadline')::timestamptz, tries = 0, next_try = '-infinity',
            moved = now(), ended = CASE WHEN to_state = 'skipped' THEN now() END
        WHERE id = k.id RETURNING * INTO k;
        PERFORM _want_number(k);
        RETURN CASE WHEN to_state = 'skipped' THEN 'withdrawn' ELSE 'replaced' END;
    END IF;
    IF k.state = 'cancelled' THEN
        IF cancelled OR refusal <> '' THEN
            RETURN 'same';
        END IF;
        -- Once its numbers have been given back, and the carrier has taken them, it is
        -- as good as new; until then a second number would be a guess.
        back := cardinality(k.waybills) > 0 AND NOT EXISTS (SELECT 1 FROM unnest(k.waybills) AS u(number)
            WHERE NOT EXISTS (SELECT 1 FROM outbox x WHERE x.order_id = k.id AND x.waybill = u.number AND x.what = 'cancel' AND x.done_at IS NOT NULL AND x.why = ''));
        PERFORM _seal_order(k.id, decode(j->>'sealed', 'base64'), j->'wraps');
        IF NOT back THEN
            UPDATE orders SET state = 'changed', why = 'order-changed', hash = hashed, read_at = read_now, ended = NULL WHERE id = k.id;
            RETURN 'overtaken';
        END IF;
        UPDATE orders SET state = 'accepted', why = '', detail = '', alarm = '', tries = 0, next_try = '-infinity', waybills = '{}',
            carrier = '', labelled = false, renewed = renewed + 1, hash = hashed, read_at = read_now, ended = NULL,
            issuer = j->>'issuer', deadline = (j->>'deadline')::timestamptz
        WHERE id = k.id RETURNING * INTO k;
        PERFORM _want_number(k);
        RETURN 'replaced';
    END IF;
    IF k.state = 'changed' AND is_same AND NOT cancelled THEN
        RETURN 'same';
    END IF;
    begun := _labels_begun(k);
    IF NOT _has_data(k) AND NOT (begun AND k.state = 'issued' AND _may_be_here(k.id, k.deadline)
            AND (cancelled OR is_same AND k.alarm = 'order-cancelled-too-late')) THEN
        RETURN 'same'; -- it has had its number, and its data is no more
    END IF;
    IF is_same AND NOT cancelled THEN
        IF k.alarm = 'order-cancelled-too-late' AND said IN ('to-ship', 'shipped') THEN -- taken back
            -- What was kept in when it was cancelled a person puts back.
            UPDATE orders SET alarm = CASE WHEN _labels_stopped(k) THEN 'order-changed-too-late' ELSE '' END WHERE id = k.id;
        END IF;
        IF j ? 'sealed' AND (j->>'keep')::boolean THEN -- a number that was bound anew, or shown otherwise
            PERFORM _seal_order(k.id, decode(j->>'sealed', 'base64'), j->'wraps');
            UPDATE orders SET hash = hashed WHERE id = k.id;
        END IF;
        RETURN 'same';
    END IF;
    IF begun OR k.state IN ('issuing', 'issue-unknown') THEN
        word := CASE WHEN cancelled THEN 'order-cancelled-too-late' ELSE 'order-changed-too-late' END;
        IF begun AND said = 'cancelled' THEN
            PERFORM _stop_labels(me.name, k, 'cancelled');
        END IF;
        IF k.alarm = word THEN
            RETURN 'same';
        END IF;
        UPDATE orders SET alarm = word WHERE id = k.id;
        PERFORM _record_order(me.name, word, k, '');
        PERFORM _alarm_order(me.name, 'too-late', k, word);
        RETURN 'too-late';
    END IF;
    IF cancelled THEN
        PERFORM _stop_labels(me.name, k, 'cancelled');
        FOREACH n IN ARRAY k.waybills LOOP
            PERFORM _post(k, 'cancel', n);
        END LOOP;
        UPDATE orders SET state = 'cancelled', why = 'order-cancelled', ended = now(),
            alarm = CASE WHEN k.alarm = 'order-cancelled-too-late' THEN '' ELSE k.alarm END
        WHERE id = k.id RETURNING * INTO k;
        PERFORM _settle_late(k);
        PERFORM _record_order(me.name, 'withdrawn', k, '');
        RETURN 'withdrawn';
    END IF;
    PERFORM _stop_labels(me.name, k, 'superseded');
    PERFORM _seal_order(k.id, decode(j->>'sealed', 'base64'), j->'wraps');
    UPDATE orders SET state = 'changed', why = 'order-changed', hash = hashed, read_at = read_now WHERE id = k.id;
    PERFORM _record_order(me.name, 'overtaken', k, '');
    RETURN 'overtaken';
END $$;

-- As before, and it returns which orders of them were cancelled: who has scanned one holds the parcel.
DROP FUNCTION scanned(bigint[], text, timestamptz);
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

GRANT EXECUTE ON FUNCTION scanned TO miandan_bench;
