-- A label that somebody wants back is not started any more: its station lets go of it, and gives
-- it back at its next beat. As before otherwise.
CREATE OR REPLACE FUNCTION start(label bigint, claim_epoch bigint, OUT starts bigint, OUT generation bigint, OUT mark text)
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    me stations := _worker();
BEGIN
    PERFORM _durably();
    -- The row lock also makes it wait for a revocation that is under way.
    UPDATE stations s SET starts = s.starts + 1 WHERE s.name = me.name AND s.revoked IS NULL AND s.gone IS NULL RETURNING s.starts INTO starts;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not a member' USING ERRCODE = 'MD003';
    END IF;
    UPDATE labels l SET state = 'started', starts = l.starts + 1, started = coalesce(l.started, clock_timestamp()), mover = me.name, who = NULL, why = NULL
        WHERE l.id = label AND l.state IN ('claimed', 'started') AND l.station = me.name AND l.epoch = claim_epoch AND NOT l.wanted;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not yours any more' USING ERRCODE = 'MD001';
    END IF;
    SELECT m.generation, m.mark INTO generation, mark FROM _mark(me.name, starts) m;
END $$;
