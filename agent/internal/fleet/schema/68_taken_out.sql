-- An order that was cancelled when its label had begun: its parcel is to be taken out.

-- As before, but not of such an order: its label comes out, and its parcel does not leave.
CREATE OR REPLACE FUNCTION _ship(src text, oid text) RETURNS void LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
DECLARE
    k orders;
BEGIN
    SELECT * INTO k FROM orders o WHERE o.source = src AND o.order_id = oid;
    IF NOT FOUND THEN
        PERFORM _recall_order(src, oid);
        SELECT * INTO k FROM orders o WHERE o.source = src AND o.order_id = oid;
    END IF;
    IF NOT FOUND OR k.alarm = 'order-cancelled-too-late' THEN
        RETURN;
    END IF;
    IF k.parcels > 1 THEN -- two last labels of one order at once: the second must see the first
        SELECT * INTO k FROM orders o WHERE o.id = k.id FOR NO KEY UPDATE;
    END IF;
    IF NOT EXISTS (SELECT FROM labels l WHERE l.source = src AND l.order_id = oid AND l.waybill = ANY (k.waybills)
            AND l.state NOT IN ('confirmed', 'printed') AND NOT EXISTS (SELECT FROM scans s WHERE s.label_id = l.id))
        AND (k.parcels = 1 OR NOT EXISTS (SELECT FROM _labels_of(k) l WHERE l.waybill = ANY (k.waybills)
            AND l.state NOT IN ('confirmed', 'printed') AND NOT EXISTS (SELECT FROM scans s WHERE s.label_id = l.id))) THEN
        PERFORM _post(k, 'shipped', k.waybills[1]);
    END IF;
END $$;

-- As before, and where the device's word is enough, of what was printed meanwhile.
CREATE OR REPLACE FUNCTION _order_ships_after_all() RETURNS trigger LANGUAGE plpgsql SET search_path = miandan, pg_temp AS $$
BEGIN
    IF _setting('shipped') = 'confirmed' AND EXISTS (SELECT FROM _labels_of(NEW) l WHERE l.waybill = ANY (NEW.waybills))
        OR _setting('shipped') <> 'never' AND EXISTS (SELECT FROM _labels_of(NEW) l JOIN scans s ON s.label_id = l.id) THEN
        PERFORM _ship(NEW.source, NEW.order_id);
    END IF;
    RETURN NULL;
END $$;

-- As before, but a platform's no does not take the place of what a parcel is to be stopped for.
CREATE OR REPLACE FUNCTION message_refused(of bigint, code text, args text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
DECLARE
    x outbox;
BEGIN
    PERFORM _platform_caller();
    UPDATE outbox SET done_at = now(), why = code WHERE id = of AND done_at IS NULL RETURNING * INTO x;
    IF FOUND THEN
        UPDATE orders SET alarm = CASE WHEN alarm IN ('order-cancelled-too-late', 'order-changed-too-late') THEN alarm ELSE code END,
            why = code, detail = args WHERE id = x.order_id;
    END IF;
END $$;

-- As before. Whoever sweeps an order away in the moment in which its last parcel is packed
-- does not see that there is something to tell: the order comes back for that.
CREATE OR REPLACE FUNCTION tidy_months() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER SET search_path = miandan, pg_temp AS $$
BEGIN
    PERFORM _platform_caller();
    PERFORM _months_ahead();
    PERFORM _trim(10000);
    PERFORM _recall_order(k.source, k.order_id) FROM (SELECT DISTINCT p.source, p.order_id FROM outbox x JOIN orders_past p ON p.id = x.order_id WHERE x.done_at IS NULL) k;
    RETURN QUERY SELECT _drop_months();
END $$;
