-- What a station had before it joined. The fleet reads the same platforms, which know of
-- a number only when they are told "shipped", and so would take a second one.

-- had_before hears which orders have their number from this station's own ledger, or were
-- deleted there: they have come to their end and nobody asks a carrier for them. What the fleet has read
-- of one, and taken no number for, is taken out. Where it may have taken one a person has
-- to look. It is heard in the hour after joining alone: a bench that is carried away later
-- must not keep orders from being printed.
CREATE FUNCTION had_before(list jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me      stations := _caller();
    h       record;
    k       orders;
    word    text;
    numbers text[];
    twice   integer := 0;
BEGIN
    IF me.joined < clock_timestamp() - interval '1 hour' THEN
        RAISE EXCEPTION 'joined too long ago' USING ERRCODE = 'MD002';
    END IF;
    FOR h IN SELECT x.source, x.id, x.number FROM jsonb_to_recordset(list) AS x(source text, id text, number text) ORDER BY 1, 2 LOOP
        PERFORM _order_lock(h.source, h.id);
        SELECT p.state, p.waybills INTO word, numbers FROM _past_order(h.source, h.id) p;
        SELECT * INTO k FROM orders o WHERE o.source = h.source AND o.order_id = h.id FOR UPDATE;
        IF FOUND THEN
            word := k.state;
            numbers := k.waybills;
            IF word IN ('accepted', 'refused', 'skipped') AND numbers = '{}' THEN
                DELETE FROM order_wraps WHERE order_id = k.id;
                DELETE FROM order_data WHERE order_id = k.id;
                DELETE FROM orders WHERE id = k.id;
                word := NULL;
            END IF;
        ELSIF word IN ('accepted', 'refused', 'skipped') AND numbers = '{}' THEN
            word := NULL;
        END IF;
        IF word IS NULL THEN
            INSERT INTO orders_past (id, source, order_id, state, waybills, station, ended)
            VALUES (nextval(pg_get_serial_sequence('miandan.orders', 'id')), h.source, h.id, CASE h.number WHEN '' THEN 'issue-unknown' ELSE 'issued' END,
                array_remove(ARRAY[h.number], ''), me.name, clock_timestamp());
        ELSIF NOT h.number = ANY (numbers) AND NOT (h.number = '' AND numbers = '{}' AND k.id IS NULL) THEN
            twice := twice + 1;
            INSERT INTO alarms (kind, source, order_id, station, state, why) VALUES ('had-before', h.source, h.id, me.name, word, h.number);
        END IF;
    END LOOP;
    RETURN twice;
END $$;

GRANT EXECUTE ON FUNCTION had_before TO miandan_bench;
