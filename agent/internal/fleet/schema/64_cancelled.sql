-- A label is printed the day before its parcel leaves, and its data is deleted meanwhile:
-- people are told of a cancellation as long as the parcel may be here.

-- _may_be_here says whether nobody has said of an order that it has left, and it may not
-- have left without that either.
CREATE FUNCTION _may_be_here(of bigint, until timestamptz) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT coalesce(until, now()) > now() - interval '1 day' AND NOT EXISTS (SELECT FROM outbox x WHERE x.order_id = of AND x.what = 'shipped')
$$;

-- As before, but for that.
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
    IF NOT EXISTS (SELECT FROM orders o WHERE o.source = j->>'source' AND o.order_id = j->>'id') THEN
        SELECT p.state, cancelled AND p.state = 'issued' AND p.alarm <> 'order-cancelled-too-late' AND _may_be_here(p.id, p.deadline) INTO word, back FROM _past_order(j->>'source', j->>'id') p;
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
    IF NOT _has_data(k) AND NOT (cancelled AND begun AND k.state = 'issued' AND _may_be_here(k.id, k.deadline)) THEN
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
