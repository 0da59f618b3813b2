-- ask_label claims the labels of one order for a printer of the caller, before all others, where a
-- person at a bench has asked for it. It gives nothing that could not be claimed in turn: what is
-- meant for another place only a platform station moves.
CREATE FUNCTION ask_label(number text, wants text, person text) RETURNS TABLE (id bigint, epoch bigint, state text, source text, order_id text, issuer text,
        waybill text, template text, paper text, target text, printer text, parcel integer, copy integer, deadline timestamptz, turn integer, wave bigint,
        "position" integer, lot boolean)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
#variable_conflict use_column
DECLARE
    me   stations := _worker();
    room integer;
    l    labels;
    at   text;
BEGIN
    SELECT _setting('claims_max')::integer - count(*) INTO room FROM labels WHERE station = me.name AND state = 'claimed';
    FOR l IN SELECT x.* FROM labels x WHERE x.source = ANY (ARRAY(SELECT c.source FROM cursors c)) AND x.order_id = number AND x.state = 'queued'
            ORDER BY x.parcel, x.id FOR UPDATE SKIP LOCKED LOOP
        SELECT w.printer INTO at FROM jsonb_to_recordset(wants::jsonb) AS w(printer text, "group" text, paper text)
            WHERE w.paper = l.paper AND l.target = ANY (ARRAY['', 'zone:' || nullif(me.zone, ''), 'group:' || nullif(w."group", ''),
                'station:' || me.name, 'printer:' || me.name || '/' || w.printer]) LIMIT 1;
        CONTINUE WHEN NOT FOUND;
        IF room <= 0 THEN
            RAISE EXCEPTION 'holds too many' USING ERRCODE = 'MD004';
        END IF;
        room := room - 1;
        RETURN QUERY
            UPDATE labels t SET state = 'claimed', station = me.name, epoch = t.epoch + 1, printer = at, turn = 0, wave = 0, position = 0, lot = false, wanted = false,
                mover = me.name, who = person, why = 'asked'
            WHERE t.id = l.id RETURNING t.id, t.epoch, t.state, t.source, t.order_id, t.issuer, t.waybill, t.template, t.paper, t.target, t.printer, t.parcel, t.copy,
                t.deadline, t.turn, t.wave, t.position, t.lot;
    END LOOP;
END $$;

GRANT EXECUTE ON FUNCTION ask_label TO miandan_bench;
