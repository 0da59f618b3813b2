-- How the fleet grows old: what has ended leaves the tables that are worked in, into partitions
-- by month, and whole months are dropped. The cost of a label does not depend on how many there
-- have been.

CREATE TABLE labels_past (LIKE labels INCLUDING DEFAULTS) PARTITION BY RANGE (ended);
CREATE INDEX labels_past_id ON labels_past (id);
CREATE INDEX labels_past_order ON labels_past (source, order_id);

-- An order that was seen is known for at least ninety days after it has ended.
CREATE TABLE orders_past (LIKE orders INCLUDING DEFAULTS) PARTITION BY RANGE (ended);
CREATE INDEX orders_past_number ON orders_past (id);
CREATE INDEX orders_past_order ON orders_past (source, order_id);

INSERT INTO settings VALUES
    ('keep_data', '24'),           -- hours after its end that a label's data can still be read
    ('keep_data_unknown', '72'),   -- hours that the data of an unknown label can still be read
    ('keep_data_stale', '720'),    -- hours that the data of an order stays that never came to a number, and of which its platform speaks no more
    ('keep_months', '4'),          -- whole months of ended labels and orders; never under four: ninety days are promised
    ('keep_audit_months', '13');

-- Makes the partitions of this month and the next ones. The default partition only catches what
-- a server with a wrong clock writes.
CREATE FUNCTION _months_ahead() RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    t text;
    m timestamptz;
BEGIN
    FOREACH t IN ARRAY ARRAY['audit', 'labels_past', 'orders_past'] LOOP
        FOR m IN SELECT generate_series(date_trunc('month', now(), 'UTC') - interval '1 month', now() + interval '2 months', '1 month') LOOP
            IF to_regclass(format('miandan.%I', t || to_char(m AT TIME ZONE 'UTC', '_YYYY_MM'))) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', t || to_char(m AT TIME ZONE 'UTC', '_YYYY_MM'), t, m, m + interval '1 month');
            END IF;
        END LOOP;
    END LOOP;
END $$;

CREATE TABLE audit_else PARTITION OF audit DEFAULT;
CREATE TABLE labels_past_else PARTITION OF labels_past DEFAULT;
CREATE TABLE orders_past_else PARTITION OF orders_past DEFAULT;

-- Drops the months that are past keeping.
CREATE FUNCTION _drop_months() RETURNS SETOF text LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    p record;
BEGIN
    FOR p IN SELECT c.relname part, to_date(right(c.relname, 7), 'YYYY_MM') AS month, parent.relname AS of FROM pg_inherits i
            JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_class parent ON parent.oid = i.inhparent
            WHERE parent.relnamespace = 'miandan'::regnamespace AND parent.relname IN ('audit', 'labels_past', 'orders_past') AND c.relname ~ '_\d{4}_\d\d$' LOOP
        IF p.month < date_trunc('month', now(), 'UTC') - make_interval(months => CASE WHEN p.of = 'audit' THEN _setting('keep_audit_months')::integer
                ELSE greatest(4, _setting('keep_months')::integer) END) THEN
            EXECUTE format('DROP TABLE %I', p.part);
            RETURN NEXT p.part;
        END IF;
    END LOOP;
END $$;

-- What stands beside orders and labels grows no older than they do. Up to n rows of each kind go, of
-- the oldest ones: they lie at the beginning of an index.
CREATE FUNCTION _trim(n integer) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    before timestamptz := now() - make_interval(months => greatest(4, _setting('keep_months')::integer) + 1);
    long   timestamptz := now() - make_interval(months => _setting('keep_audit_months')::integer);
BEGIN
    DELETE FROM order_numbers WHERE number IN (SELECT x.number FROM order_numbers x ORDER BY x.order_id LIMIT n) AND at < before;
    DELETE FROM late_numbers WHERE order_id IN (SELECT x.order_id FROM late_numbers x ORDER BY x.order_id LIMIT n) AND at < before AND settled <> '';
    DELETE FROM outbox WHERE id IN (SELECT x.id FROM outbox x ORDER BY x.id LIMIT n) AND done_at < before;
    DELETE FROM scans WHERE label_id IN (SELECT x.label_id FROM scans x ORDER BY x.label_id LIMIT n) AND at < before;
    DELETE FROM deletions WHERE id IN (SELECT x.id FROM deletions x ORDER BY x.id LIMIT n) AND at < before;
    DELETE FROM wave_orders m USING waves w WHERE w.id = m.wave AND w.id IN (SELECT x.id FROM waves x ORDER BY x.id LIMIT 20) AND w.state = 'closed' AND w.closed < before;
    DELETE FROM waves WHERE id IN (SELECT x.id FROM waves x ORDER BY x.id LIMIT 20) AND state = 'closed' AND closed < before;
    DELETE FROM alarms WHERE id IN (SELECT x.id FROM alarms x ORDER BY x.id LIMIT n) AND seen < long;
END $$;

-- Moves up to n labels that ended long enough ago, and their orders, out of the way, and returns
-- how many. Their data goes with it: what stays is a row that names nobody. An order stays as
-- long as its platform or carrier has not been told, and until end_orders has deleted its data, of
-- which every station is to hear.
CREATE FUNCTION _sweep(n integer) RETURNS integer LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    done  timestamptz := clock_timestamp() - _setting('keep_data')::integer * interval '1 hour';
    doubt timestamptz := clock_timestamp() - _setting('keep_data_unknown')::integer * interval '1 hour';
    gone  bigint[];
    count integer := 0;
BEGIN
    WITH old AS (SELECT id FROM labels WHERE ended < done ORDER BY ended LIMIT n FOR UPDATE SKIP LOCKED),
    went AS (DELETE FROM labels l USING old WHERE l.id = old.id RETURNING l.*),
    kept AS (INSERT INTO labels_past SELECT * FROM went RETURNING id)
    SELECT array_agg(id) INTO gone FROM kept;
    count := coalesce(cardinality(gone), 0);
    -- An unknown label stays, and stays unknown; only what it says of a person goes.
    gone := gone || ARRAY(SELECT l.id FROM labels l JOIN label_data d ON d.label_id = l.id
        WHERE l.station IS NOT NULL AND l.state IN ('started', 'unknown') AND l.moved < doubt LIMIT n);
    DELETE FROM label_wraps WHERE label_id = ANY (gone);
    DELETE FROM label_data WHERE label_id = ANY (gone);

    WITH old AS (SELECT o.id FROM orders o WHERE o.ended < done AND NOT EXISTS (SELECT FROM labels l WHERE l.source = o.source AND l.order_id = o.order_id)
            AND NOT EXISTS (SELECT FROM order_data d WHERE d.order_id = o.id)
            AND NOT EXISTS (SELECT FROM outbox x WHERE x.order_id = o.id AND x.done_at IS NULL)
        ORDER BY o.ended LIMIT n FOR UPDATE SKIP LOCKED),
    went AS (DELETE FROM orders o USING old WHERE o.id = old.id RETURNING o.*),
    kept AS (INSERT INTO orders_past SELECT * FROM went RETURNING id)
    SELECT array_agg(id) INTO gone FROM kept;
    DELETE FROM order_wraps WHERE order_id = ANY (gone);
    RETURN count + coalesce(cardinality(gone), 0);
END $$;

-- Brings an ended label back to where work is done, locked; a row of NULLs if there is none.
CREATE FUNCTION _recall(label bigint) RETURNS labels LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE l labels;
BEGIN
    SELECT * INTO l FROM labels WHERE id = label FOR UPDATE;
    IF NOT FOUND THEN
        WITH back AS (DELETE FROM labels_past WHERE id = label RETURNING *)
        INSERT INTO labels SELECT * FROM back RETURNING * INTO l;
    END IF;
    RETURN l;
END $$;

-- A label whose data is gone cannot be printed again until a platform station has asked for the
-- data once more and given it here.
CREATE FUNCTION refill(label bigint, sealed text, wraps text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE l labels;
BEGIN
    PERFORM _platform_caller();
    l := _recall(label);
    IF l.id IS NULL OR l.state IN ('cancelled', 'superseded') THEN
        RAISE EXCEPTION 'no such move' USING ERRCODE = 'MD002';
    END IF;
    INSERT INTO label_data VALUES (label, decode(refill.sealed, 'base64')) ON CONFLICT (label_id) DO UPDATE SET sealed = excluded.sealed;
    DELETE FROM label_wraps WHERE label_id = label;
    INSERT INTO label_wraps SELECT label, key, decode(value, 'base64') FROM jsonb_each_text(wraps::jsonb);
END $$;

-- Whether an order is known, in work or ended, and if ended, since when. Whoever accepts an order
-- asks under _order_lock.
CREATE FUNCTION _past_order(order_source text, order_number text) RETURNS SETOF orders_past LANGUAGE sql STABLE SET search_path = miandan, pg_temp AS $$
    SELECT * FROM orders_past WHERE source = order_source AND order_id = order_number ORDER BY ended DESC LIMIT 1
$$;

-- One order is accepted by one station at a time, across the tables that it may be in.
CREATE FUNCTION _order_lock(order_source text, order_number text) RETURNS void LANGUAGE sql SET search_path = miandan, pg_temp AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(order_source || chr(31) || order_number, 20))
$$;

-- Housekeeping, for a platform station's jobs, often and a little at a time.
CREATE FUNCTION tidy(n integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    PERFORM _reclaim();
    RETURN _sweep(least(n, 5000));
END $$;

-- Whoever sweeps an order away in the moment in which its last parcel is packed does not see that
-- there is something to tell: the order comes back for that.
CREATE FUNCTION tidy_months() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    PERFORM _months_ahead();
    PERFORM _trim(10000);
    PERFORM _recall_order(k.source, k.order_id) FROM (SELECT DISTINCT p.source, p.order_id FROM outbox x JOIN orders_past p ON p.id = x.order_id WHERE x.done_at IS NULL) k;
    RETURN QUERY SELECT _drop_months();
END $$;

GRANT EXECUTE ON FUNCTION tidy, tidy_months, refill TO miandan_platform;
SELECT _months_ahead();
