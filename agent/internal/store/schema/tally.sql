-- How many stand where, counted in the transaction that moves them: labels that
-- wait by carrier, those that are done by the quarter of an hour in which they
-- ended, from which a day begins in every time zone.
CREATE TABLE tally (
	what TEXT NOT NULL,
	slot ANY NOT NULL,
	n    INTEGER NOT NULL,
	PRIMARY KEY (what, slot)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER labels_tally_insert AFTER INSERT ON labels BEGIN
	INSERT INTO tally VALUES ('label ' || NEW.stand, CASE NEW.stand WHEN 'waiting' THEN NEW.carrier WHEN 'done' THEN NEW.ended_at / 900000 ELSE '' END, 1)
		ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER labels_tally_update AFTER UPDATE OF state, ended_at, carrier ON labels
	WHEN OLD.stand <> NEW.stand OR OLD.ended_at <> NEW.ended_at OR OLD.carrier <> NEW.carrier BEGIN
	UPDATE tally SET n = n - 1 WHERE what = 'label ' || OLD.stand
		AND slot = CASE OLD.stand WHEN 'waiting' THEN OLD.carrier WHEN 'done' THEN OLD.ended_at / 900000 ELSE '' END;
	INSERT INTO tally VALUES ('label ' || NEW.stand, CASE NEW.stand WHEN 'waiting' THEN NEW.carrier WHEN 'done' THEN NEW.ended_at / 900000 ELSE '' END, 1)
		ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER labels_tally_delete AFTER DELETE ON labels BEGIN
	UPDATE tally SET n = n - 1 WHERE what = 'label ' || OLD.stand
		AND slot = CASE OLD.stand WHEN 'waiting' THEN OLD.carrier WHEN 'done' THEN OLD.ended_at / 900000 ELSE '' END;
END;

CREATE TRIGGER orders_tally_insert AFTER INSERT ON orders WHEN NEW.stand IS NOT NULL BEGIN
	INSERT INTO tally VALUES ('order ' || NEW.stand, '', 1) ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER orders_tally_update AFTER UPDATE OF state, labelled ON orders WHEN OLD.stand IS NOT NEW.stand BEGIN
	UPDATE tally SET n = n - 1 WHERE what = 'order ' || OLD.stand AND slot = '';
	INSERT INTO tally SELECT 'order ' || NEW.stand, '', 1 WHERE NEW.stand IS NOT NULL ON CONFLICT DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER orders_tally_delete AFTER DELETE ON orders WHEN OLD.stand IS NOT NULL BEGIN
	UPDATE tally SET n = n - 1 WHERE what = 'order ' || OLD.stand AND slot = '';
END;
