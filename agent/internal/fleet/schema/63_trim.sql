-- What stands beside orders and labels grows no older than they do.

-- Up to n rows of each kind, of the oldest ones: they lie at the beginning of an index.
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

CREATE OR REPLACE FUNCTION tidy_months() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    PERFORM _months_ahead();
    PERFORM _trim(10000);
    RETURN QUERY SELECT _drop_months();
END $$;
