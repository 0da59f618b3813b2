-- Orders before they are labels: what the stations share that hold platform
-- secrets. They read orders, take numbers and tell platforms; River (schema river)
-- says who does what when, and may say it twice or to two at once. So nothing
-- rests on River: each step is a compare-and-set here.

-- A number is one order's for 90 days. Carriers give old ones out again, after half
-- a year at the earliest.
CREATE TABLE order_numbers (
    number   text PRIMARY KEY,
    order_id bigint NOT NULL,
    at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX order_numbers_of ON order_numbers (order_id);

-- The answers of workers that had been given up when they came.
CREATE TABLE late_numbers (
    order_id bigint NOT NULL,
    number   text NOT NULL,
    station  text NOT NULL,
    epoch    bigint NOT NULL,
    renewed  int NOT NULL,
    at       timestamptz NOT NULL DEFAULT now(),
    settled  text NOT NULL DEFAULT '' CHECK (settled IN ('', 'same', 'given-back')),
    PRIMARY KEY (order_id, number)
);

CREATE TABLE outbox (
    id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    order_id bigint NOT NULL,
    what     text NOT NULL CHECK (what IN ('shipped', 'cancel')),
    waybill  text NOT NULL,
    renewed  int NOT NULL,
    late     boolean NOT NULL DEFAULT false, -- of a worker that had been given up
    tries    int NOT NULL DEFAULT 0,
    next_try timestamptz NOT NULL DEFAULT '-infinity',
    why      text NOT NULL DEFAULT '',
    at       timestamptz NOT NULL DEFAULT now(),
    done_at  timestamptz,
    UNIQUE (order_id, waybill, what)
);
CREATE INDEX outbox_due ON outbox (next_try) WHERE done_at IS NULL;

CREATE TABLE cursors (
    source text PRIMARY KEY,
    cursor text NOT NULL,
    at     timestamptz NOT NULL DEFAULT now()
);

INSERT INTO settings VALUES
    ('shipped', 'never'),        -- when platforms are told: scan, confirmed, never
    ('asking', '60 seconds');    -- after which a question to a carrier is given up

-- enqueue makes a job of River's, unless there is one that has not ended. Where
-- River's tables are missing nothing is lost: sweep makes it later.
CREATE FUNCTION _enqueue(kind text, args jsonb, priority int) RETURNS void
LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF to_regclass('river.river_job') IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO river.river_job (kind, args, max_attempts, priority, queue, unique_key, unique_states)
    VALUES (_enqueue.kind, _enqueue.args, 25, _enqueue.priority, 'default',
        sha256(convert_to(_enqueue.kind || ' ' || _enqueue.args::text, 'UTF8')), B'11110001') -- scheduled, running, retryable, pending, available
    ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL AND unique_states IS NOT NULL AND river.river_job_state_in_bitmask(unique_states, state)
    DO NOTHING;
    IF FOUND THEN
        PERFORM pg_notify('river.river_insert', '{"queue": "default"}');
    END IF;
END $$;

-- What is recorded of an order's moves, and what a person must look into.
CREATE FUNCTION _record_order(me text, what text, of orders, reason text) RETURNS void LANGUAGE sql SET search_path = miandan, pg_temp AS $$
    INSERT INTO audit (kind, source, order_id, station, mover, epoch, from_state, to_state, why)
    VALUES ('order', of.source, of.order_id, of.station, me, of.epoch, of.state, what, nullif(reason, ''))
$$;
CREATE FUNCTION _alarm_order(me text, sort text, of orders, reason text) RETURNS void LANGUAGE sql SET search_path = miandan, pg_temp AS $$
    INSERT INTO alarms (kind, source, order_id, station, epoch, state, why) VALUES (sort, of.source, of.order_id, me, of.epoch, of.state, reason)
$$;

-- The labels of an order, also those that have left the tables that are worked in.
CREATE FUNCTION _labels_of(of orders) RETURNS TABLE (id bigint, waybill text, state text, copy integer, parcel integer)
LANGUAGE plpgsql STABLE SET search_path = miandan, pg_temp AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT l.id, l.waybill, l.state, l.copy, l.parcel FROM labels l WHERE l.source = of.source AND l.order_id = of.order_id
        UNION ALL SELECT l.id, l.waybill, l.state, l.copy, l.parcel FROM labels_past l WHERE l.source = of.source AND l.order_id = of.order_id;
END $$;
CREATE FUNCTION _labels_begun(of orders) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM _labels_of(of) l WHERE l.state NOT IN ('queued', 'claimed', 'cancelled', 'superseded') OR l.copy > 0)
$$;
CREATE FUNCTION _labels_stopped(of orders) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM _labels_of(of) l WHERE l.waybill = ANY (of.waybills) AND l.state = 'cancelled')
$$;
CREATE FUNCTION _labels_known(of orders, numbers text[]) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM _labels_of(of) l WHERE l.waybill = ANY (numbers))
$$;

-- _stop_labels takes the labels of an order out of the queue of which nothing has been
-- out; not a second copy, whose first one is. Who has claimed one finds its epoch past.
CREATE FUNCTION _stop_labels(me text, of orders, to_state text) RETURNS void LANGUAGE sql SET search_path = miandan, pg_temp AS $$
    UPDATE labels SET state = to_state, epoch = epoch + 1, wanted = false, mover = me, who = NULL, why = NULL
    WHERE source = of.source AND order_id = of.order_id AND state IN ('queued', 'claimed') AND copy = 0
$$;

-- _recall_order brings an order that has ended back to where work is done. A station may have
-- told of one that the fleet had read and left before (had_before): then there are two rows.
CREATE FUNCTION _recall_order(src text, oid text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    p orders_past;
BEGIN
    SELECT * INTO p FROM orders_past x WHERE x.source = src AND x.order_id = oid ORDER BY x.ended DESC LIMIT 1 FOR UPDATE;
    IF FOUND THEN
        DELETE FROM orders_past x WHERE x.source = src AND x.order_id = oid;
        INSERT INTO orders SELECT p.*;
    END IF;
END $$;

CREATE FUNCTION _has_data(of orders) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT EXISTS (SELECT FROM order_data d WHERE d.order_id = of.id)
$$;

-- post makes a message to the outside, once, with the job that delivers it.
CREATE FUNCTION _post(of orders, what text, number text, late boolean DEFAULT false) RETURNS void
LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    made bigint;
BEGIN
    INSERT INTO outbox (order_id, what, waybill, renewed, late) VALUES (of.id, _post.what, _post.number, of.renewed, _post.late)
    ON CONFLICT DO NOTHING RETURNING id INTO made;
    IF made IS NOT NULL THEN
        PERFORM _enqueue(CASE _post.what WHEN 'cancel' THEN 'giveback' ELSE 'tell' END, jsonb_build_object('message', made), 2);
    END IF;
END $$;

CREATE FUNCTION _want_number(of orders) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF _has_data(of) AND (of.state = 'accepted' AND of.wanted OR of.state = 'issue-unknown' OR of.state = 'issued' AND NOT of.labelled) THEN
        PERFORM _enqueue('number', jsonb_build_object('order', of.id), least(of.turn, 2) + 1);
    END IF;
END $$;

-- seal_order keeps an order's payload with its wraps.
CREATE FUNCTION _seal_order(of bigint, data bytea, wraps jsonb) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    INSERT INTO order_data VALUES (of, data) ON CONFLICT (order_id) DO UPDATE SET sealed = data;
    DELETE FROM order_wraps WHERE order_id = of;
    INSERT INTO order_wraps (order_id, station, wrap)
    SELECT of, w.key, decode(w.value, 'base64') FROM jsonb_each_text(wraps) w;
END $$;

-- settle_late gives back what a worker took that had been given up: once it is
-- known that the order does not travel under it.
CREATE FUNCTION _settle_late(of orders) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    l late_numbers;
BEGIN
    FOR l IN SELECT * FROM late_numbers x WHERE x.order_id = of.id AND x.settled = '' LOOP
        IF l.number = ANY (of.waybills) THEN
            UPDATE late_numbers SET settled = 'same' WHERE order_id = of.id AND number = l.number;
        ELSE
            UPDATE late_numbers SET settled = 'given-back' WHERE order_id = of.id AND number = l.number;
            PERFORM _post(of, 'cancel', l.number, true);
        END IF;
    END LOOP;
END $$;

-- order_known returns what is known of an order, locked until the transaction ends.
CREATE FUNCTION order_known(src text, oid text, OUT id bigint, OUT state text, OUT content bytea, OUT sealed bytea, OUT wrap bytea, OUT waybill text, OUT labelled boolean)
RETURNS SETOF record LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me stations := _platform_caller();
BEGIN
    PERFORM _order_lock(src, oid);
    RETURN QUERY SELECT o.id, o.state, o.hash, d.sealed, w.wrap, coalesce(o.waybills[1], ''), o.labelled
        FROM orders o LEFT JOIN order_data d ON d.order_id = o.id LEFT JOIN order_wraps w ON w.order_id = o.id AND w.station = me.name
        WHERE o.source = src AND o.order_id = oid FOR NO KEY UPDATE OF o;
END $$;

-- _may_be_here says whether nobody has said of an order that it has left, and it may not
-- have left without that either. A label is printed the day before its parcel leaves, and
-- its data may be deleted meanwhile: people are told of a cancellation as long as the
-- parcel may be here.
CREATE FUNCTION _may_be_here(of bigint, until timestamptz) RETURNS boolean LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT coalesce(until, now()) > now() - interval '1 day' AND NOT EXISTS (SELECT FROM outbox x WHERE x.order_id = of AND x.what = 'shipped')
$$;

-- order_accept applies the rules of acceptance. j.same says that it goes to whom it
-- went before; only who can open both can tell. What was deleted at somebody's request is
-- not taken up again. A cancellation that was heard after the data had gone can be taken
-- back like any other.
CREATE FUNCTION order_accept(j jsonb) RETURNS text
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

GRANT EXECUTE ON FUNCTION order_known, order_accept TO miandan_platform;
