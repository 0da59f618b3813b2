package store

// migrations bring a database from one schema to the next; their number is the
// schema's. A migration that has been released is never edited.
//
// Times are milliseconds since 1970. The sealed columns hold everything about
// a person and open only with the order's own key; when that key is set to
// NULL nobody is named in the row any more. What stays serves duplicates and
// the audit.
var migrations = []string{`
CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT;

CREATE TABLE orders (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	source         TEXT NOT NULL,
	platform_id    TEXT NOT NULL,
	state          TEXT NOT NULL,
	content        BLOB NOT NULL,            -- keyed hash of what makes it the same order
	merchant       TEXT NOT NULL,
	parent         TEXT NOT NULL DEFAULT '',
	issuer         TEXT NOT NULL,            -- who gives the number: jd-express, wujie/ZTO
	wanted         INTEGER NOT NULL,         -- 1: take a number and print without being asked
	deadline       INTEGER NOT NULL,
	read_at        INTEGER NOT NULL,         -- when the platform last told us of it
	created_at     INTEGER NOT NULL,
	key            BLOB,                     -- wrapped; NULL once purged
	sealed_order   BLOB,
	sealed_waybill BLOB,
	carrier        TEXT NOT NULL DEFAULT '',
	waybill        TEXT NOT NULL DEFAULT '',
	phone_kind     TEXT NOT NULL DEFAULT '',
	issue_ms       REAL NOT NULL DEFAULT 0,
	problem        TEXT NOT NULL DEFAULT '', -- a code of package notice
	problem_detail TEXT NOT NULL DEFAULT '',
	alarm          TEXT NOT NULL DEFAULT '', -- a code: something came too late to be acted on
	tries          INTEGER NOT NULL DEFAULT 0,
	next_try       INTEGER NOT NULL DEFAULT 0,
	ended_at       INTEGER NOT NULL DEFAULT 0,
	UNIQUE (source, platform_id)
) STRICT;
CREATE INDEX orders_by_state ON orders (state, next_try);
CREATE INDEX orders_by_waybill ON orders (waybill) WHERE waybill <> '';

CREATE TABLE labels (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	order_id INTEGER NOT NULL REFERENCES orders,
	waybill  TEXT NOT NULL,
	parcel   INTEGER NOT NULL,
	state    TEXT NOT NULL,
	template TEXT NOT NULL,
	paper    TEXT NOT NULL,
	printer  TEXT NOT NULL DEFAULT '',
	deadline INTEGER NOT NULL,
	copy     INTEGER NOT NULL DEFAULT 0,     -- reprints that a person has authorised
	attempt  INTEGER NOT NULL DEFAULT 0,     -- attempts begun
	printed_at INTEGER NOT NULL DEFAULT 0,   -- the time that stands on the paper
	problem  TEXT NOT NULL DEFAULT '',
	problem_detail TEXT NOT NULL DEFAULT '',
	next_try INTEGER NOT NULL DEFAULT 0,
	ended_at INTEGER NOT NULL DEFAULT 0,
	UNIQUE (order_id, waybill, parcel)
) STRICT;
CREATE INDEX labels_queue ON labels (state, paper, deadline, id);

CREATE TABLE attempts (
	label_id   INTEGER NOT NULL REFERENCES labels,
	n          INTEGER NOT NULL,
	copy       INTEGER NOT NULL,
	printer    TEXT NOT NULL,
	mark       TEXT NOT NULL,
	document   TEXT NOT NULL,                -- the spooler's name for it
	payload    BLOB NOT NULL,                -- SHA-256 of the dots
	baseline   TEXT NOT NULL,
	state      TEXT NOT NULL,
	evidence   TEXT NOT NULL DEFAULT '',
	timing     TEXT NOT NULL DEFAULT '',
	intent_at  INTEGER NOT NULL,
	settled_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (label_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	order_id INTEGER NOT NULL REFERENCES orders,
	waybill  TEXT NOT NULL,
	what     TEXT NOT NULL,                  -- shipped: tell the platform; cancel: give the number back
	tries    INTEGER NOT NULL DEFAULT 0,
	next_try INTEGER NOT NULL DEFAULT 0,
	problem  TEXT NOT NULL DEFAULT '',
	done_at  INTEGER NOT NULL DEFAULT 0,
	UNIQUE (order_id, waybill, what)
) STRICT;

CREATE TABLE cursors (
	source TEXT PRIMARY KEY,
	cursor TEXT NOT NULL
) STRICT;

CREATE TABLE audit (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	at       INTEGER NOT NULL,
	who      TEXT NOT NULL,
	what     TEXT NOT NULL,
	order_id INTEGER,
	label_id INTEGER,
	why      TEXT NOT NULL
) STRICT;
`, `
-- 1: an older copy of the database was restored, and a number or a label that
-- it knows nothing of may be out.
ALTER TABLE orders ADD COLUMN doubted INTEGER NOT NULL DEFAULT 0;
`, `
-- 1: the labels of its waybill have been made. The queries that are asked after
-- every commit must not walk through all that was ever done.
ALTER TABLE orders ADD COLUMN labelled INTEGER NOT NULL DEFAULT 0;
UPDATE orders SET labelled = 1 WHERE EXISTS (SELECT 1 FROM labels WHERE order_id = orders.id AND labels.waybill = orders.waybill);
CREATE INDEX orders_due ON orders (deadline, id) WHERE state = 'accepted' OR state = 'issue-unknown' OR (state = 'issued' AND labelled = 0);
CREATE INDEX outbox_due ON outbox (id) WHERE done_at = 0;
`, `
-- What a scanner reads from the label, and the number that its parcel travels
-- under; scanned_at is when the packer scanned it.
ALTER TABLE labels ADD COLUMN own TEXT NOT NULL DEFAULT '';
ALTER TABLE labels ADD COLUMN barcode TEXT NOT NULL DEFAULT '';
ALTER TABLE labels ADD COLUMN scanned_at INTEGER NOT NULL DEFAULT 0;
UPDATE labels SET own = waybill, barcode = waybill;
CREATE INDEX labels_by_barcode ON labels (barcode);
CREATE INDEX labels_by_own ON labels (own);
CREATE INDEX labels_by_waybill ON labels (waybill);
`, `
-- The last code that people were told of its deadline by; of what is late there
-- is nothing more to tell.
ALTER TABLE orders ADD COLUMN warned TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_to_warn ON orders (deadline) WHERE key IS NOT NULL AND warned <> 'order-is-late';
`, `
-- The audit is a chain: each record's mac is over the mac before it and all that
-- it says, under a key that is not in this file. Numbers have no gaps. The head
-- holds how many there are and the last mac, under a mac of its own.
ALTER TABLE audit ADD COLUMN subject TEXT NOT NULL DEFAULT ''; -- the order, as its platform knows it: jd:3120…
ALTER TABLE audit ADD COLUMN before INTEGER NOT NULL DEFAULT 0; -- 1: written before there was a chain
ALTER TABLE audit ADD COLUMN prev BLOB;
ALTER TABLE audit ADD COLUMN mac BLOB;
CREATE TABLE audit_head (
	one   INTEGER PRIMARY KEY CHECK (one = 1),
	count INTEGER NOT NULL,
	last  BLOB NOT NULL,
	mac   BLOB NOT NULL
) STRICT;
-- Keyed hashes of the settings of the last run, to see which have changed.
CREATE TABLE settings (
	name  TEXT PRIMARY KEY,
	print BLOB NOT NULL
) STRICT, WITHOUT ROWID;
`, `
-- A person had it deleted at once; 0 for never. It is not taken up again.
ALTER TABLE orders ADD COLUMN deleted_at INTEGER NOT NULL DEFAULT 0;
-- Since when its data is superfluous, by the station's own count of time, why,
-- and by which time stamp that was found.
ALTER TABLE orders ADD COLUMN kept_from INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN kept_why TEXT NOT NULL DEFAULT '';
ALTER TABLE orders ADD COLUMN kept_stamp INTEGER NOT NULL DEFAULT 0;
CREATE INDEX orders_kept ON orders (id) WHERE key IS NOT NULL;
`, `
-- How often the order has given its number back. A carrier that never forgets an
-- order's number would give the one that was given back again.
ALTER TABLE orders ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0;
`, `
-- A label that another platform has sealed, as it was handed in: sealed once more
-- with the order's key, for nobody could fetch it again.
ALTER TABLE orders ADD COLUMN sealed_document BLOB;
`, `
-- How often the order had given its number back when the message was posted: under
-- which reference its carrier knows the number that is meant.
ALTER TABLE outbox ADD COLUMN renewed INTEGER NOT NULL DEFAULT 0;
-- Under which reference its carrier was asked for the order; empty where that is
-- the order's own number.
ALTER TABLE orders ADD COLUMN reference TEXT NOT NULL DEFAULT '';
`, `
-- The goods of an order by which people look for it and pick it. They name nobody;
-- they go with the order's key all the same.
CREATE TABLE order_goods (
	order_id INTEGER NOT NULL REFERENCES orders,
	sku      TEXT NOT NULL,
	quantity INTEGER NOT NULL,
	PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_goods_by_sku ON order_goods (sku, order_id);
-- 0: its goods are in its seal only, for it is older than that table.
ALTER TABLE orders ADD COLUMN goods INTEGER NOT NULL DEFAULT 0;
CREATE INDEX orders_without_goods ON orders (id) WHERE goods = 0 AND key IS NOT NULL;
`, `
-- Who has seen receivers within the hour is counted in the record itself.
CREATE INDEX audit_reveals ON audit (what, at) WHERE what = 'revealed' OR what = 'reveals-exceeded';
`, `
-- Where people see it stand, in a word: lists and counts must not walk through all
-- that was ever done. An order has none once its labels speak for it.
ALTER TABLE orders ADD COLUMN stand TEXT GENERATED ALWAYS AS (CASE
	WHEN state IN ('accepted', 'issuing') OR (state = 'issued' AND labelled = 0) THEN 'waiting'
	WHEN state IN ('issue-unknown', 'changed') THEN 'unknown'
	WHEN state = 'refused' THEN 'refused'
	WHEN state IN ('skipped', 'cancelled') AND labelled = 0 THEN 'cancelled' END) VIRTUAL;
ALTER TABLE labels ADD COLUMN stand TEXT GENERATED ALWAYS AS (CASE
	WHEN state = 'queued' THEN 'waiting'
	WHEN state IN ('claimed', 'rendered', 'intent', 'sending', 'sent') THEN 'printing'
	WHEN state IN ('unknown', 'not-printed') THEN 'unknown'
	WHEN state IN ('confirmed', 'presumed', 'printed') THEN 'done'
	ELSE 'cancelled' END) VIRTUAL;
-- Its order's carrier and when that was taken up, as they were when it was made.
ALTER TABLE labels ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE labels ADD COLUMN taken INTEGER NOT NULL DEFAULT 0;
UPDATE labels SET carrier = o.carrier, taken = o.created_at FROM orders o WHERE o.id = labels.order_id;
CREATE INDEX orders_stand ON orders (stand, deadline, carrier) WHERE stand IS NOT NULL;
CREATE INDEX orders_stand_taken ON orders (stand, created_at, carrier) WHERE stand IS NOT NULL;
CREATE INDEX orders_open ON orders (platform_id, waybill) WHERE ended_at = 0;
CREATE INDEX orders_by_number ON orders (platform_id);
CREATE INDEX orders_ended ON orders (ended_at, stand);
CREATE INDEX orders_unsent ON orders (deadline, state, carrier, waybill, labelled) WHERE key IS NOT NULL;
CREATE INDEX labels_open ON labels (stand, deadline, carrier, own, order_id) WHERE ended_at = 0;
CREATE INDEX labels_ended ON labels (ended_at, stand, carrier);
CREATE INDEX labels_by_taken ON labels (taken);
CREATE INDEX labels_by_stand ON labels (stand, taken, carrier, printer);
CREATE INDEX labels_by_carrier ON labels (carrier, taken, stand, printer);
CREATE INDEX labels_by_printer ON labels (printer, taken, stand, carrier);
-- How many stand where, counted in the transaction that moves them: labels that
-- wait by carrier, those that are done by the quarter of an hour in which they
-- ended, from which a day begins in every time zone.
CREATE TABLE tally (
	what TEXT NOT NULL,
	slot ANY NOT NULL,
	n    INTEGER NOT NULL,
	PRIMARY KEY (what, slot)
) STRICT, WITHOUT ROWID;
INSERT INTO tally SELECT 'label ' || stand, CASE stand WHEN 'waiting' THEN carrier WHEN 'done' THEN ended_at / 900000 ELSE '' END, count(*) FROM labels GROUP BY 1, 2;
INSERT INTO tally SELECT 'order ' || stand, '', count(*) FROM orders WHERE stand IS NOT NULL GROUP BY 1;
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
`, `
-- A fingerprint of all goods of an order with how many there are of each; empty
-- if one of them has no SKU. By it a parcel is found whose goods were scanned.
ALTER TABLE orders ADD COLUMN exactly TEXT NOT NULL DEFAULT '';
UPDATE orders SET goods = 0 WHERE key IS NOT NULL;
-- Those that wait for somebody's word.
CREATE INDEX orders_unasked ON orders (deadline, id) WHERE state = 'accepted' AND wanted = 0 AND key IS NOT NULL;
CREATE INDEX orders_unasked_goods ON orders (exactly, deadline, id) WHERE state = 'accepted' AND wanted = 0 AND key IS NOT NULL;
-- Every SKU that an order has ever had: such a code is never looked for elsewhere
-- as the number of an order.
CREATE TABLE skus (sku TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
`, `
-- A wave is printed in the order of its positions. A printed one is not told from
-- one at work here: that is seen by its labels.
CREATE TABLE waves (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL,
	state      TEXT NOT NULL,               -- working, stopped, closed
	target     TEXT NOT NULL,               -- the printer or group that it prints on; empty for any with the paper
	separator  INTEGER NOT NULL,            -- 1: a separator before it and between places
	who        TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	closed_at  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX waves_open ON waves (id) WHERE state <> 'closed';
CREATE TABLE wave_orders (
	wave_id  INTEGER NOT NULL REFERENCES waves,
	position INTEGER NOT NULL,              -- from 1
	order_id INTEGER NOT NULL REFERENCES orders,
	place    TEXT NOT NULL,                 -- where its first goods lie; empty if nobody says
	PRIMARY KEY (wave_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX wave_orders_by_order ON wave_orders (order_id);
-- Before which place each printer has last put a separator.
CREATE TABLE wave_places (
	wave_id INTEGER NOT NULL REFERENCES waves,
	printer TEXT NOT NULL,
	place   TEXT NOT NULL,
	PRIMARY KEY (wave_id, printer)
) STRICT, WITHOUT ROWID;
-- Who goes first, to a number and to paper: 0 somebody has asked for it now, 1 it is
-- in its wave, 2 all others, by deadline. wave is that in whose order it goes.
ALTER TABLE orders ADD COLUMN turn INTEGER NOT NULL DEFAULT 2;
ALTER TABLE orders ADD COLUMN wave INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN target TEXT NOT NULL DEFAULT ''; -- the printer or group that it must print on
ALTER TABLE orders ADD COLUMN rule TEXT NOT NULL DEFAULT '';   -- the rule of the settings that it prints by
ALTER TABLE labels ADD COLUMN turn INTEGER NOT NULL DEFAULT 2;
ALTER TABLE labels ADD COLUMN wave INTEGER NOT NULL DEFAULT 0;
ALTER TABLE labels ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
ALTER TABLE labels ADD COLUMN target TEXT NOT NULL DEFAULT '';
UPDATE labels SET turn = 0 WHERE copy > 0;
DROP INDEX orders_due;
CREATE INDEX orders_due ON orders (turn, wave, position, deadline, id) WHERE state = 'accepted' OR state = 'issue-unknown' OR (state = 'issued' AND labelled = 0);
DROP INDEX labels_queue;
CREATE INDEX labels_queue ON labels (state, paper, turn, wave, position, deadline, id);
CREATE INDEX orders_by_rule ON orders (rule, ended_at) WHERE rule <> '';
-- The rules of the settings that somebody has switched off.
CREATE TABLE rules_off (
	name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
`, `
-- Goods may be in a packer's hand of whatever waits and was not asked for yet.
DROP INDEX orders_unasked_goods;
CREATE INDEX orders_by_goods ON orders (exactly, deadline, id) WHERE turn <> 0 AND ended_at = 0 AND key IS NOT NULL AND exactly <> '';
`, `
-- The labels that pages and programs have handed in, by whose they are.
CREATE INDEX orders_by_caller ON orders (source, id) WHERE source GLOB 'documents/*';
`, `
-- What a start, a purge and a trim look for among all that was ever done.
CREATE INDEX attempts_open ON attempts (state) WHERE settled_at = 0;
CREATE INDEX audit_runs ON audit (id) WHERE what IN ('started', 'stopped');
CREATE INDEX orders_left ON orders (kept_from) WHERE key IS NULL AND kept_why = 'history';
CREATE INDEX orders_unmarked ON orders (id) WHERE key IS NULL AND kept_why <> 'history';
`, `
-- The labels that this station has claimed from its fleet: as which label of the
-- database, by which claim, which copy that was for, and whether it may
-- print while the database is away (lot).
CREATE TABLE fleet_labels (
	label_id INTEGER PRIMARY KEY REFERENCES labels,
	fleet_id INTEGER NOT NULL UNIQUE,
	epoch    INTEGER NOT NULL,
	copy     INTEGER NOT NULL,
	lot      INTEGER NOT NULL DEFAULT 0
) STRICT;
-- What became of them, for the fleet, in its order. It names nobody but those who
-- acted, and is kept until it is told, however long the database is away.
CREATE TABLE fleet_news (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	fleet_id INTEGER NOT NULL,
	epoch    INTEGER NOT NULL,
	state    TEXT NOT NULL,
	copy     INTEGER NOT NULL,
	printer  TEXT NOT NULL,
	evidence TEXT NOT NULL,
	at       INTEGER NOT NULL,
	who      TEXT NOT NULL,
	why      TEXT NOT NULL,
	told_at  INTEGER NOT NULL DEFAULT 0,
	problem  TEXT NOT NULL DEFAULT ''         -- why the fleet would not hear it
) STRICT;
-- What this station remembers of the database, so that it finds an old copy of it.
CREATE TABLE fleet_kept (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX fleet_news_due ON fleet_news (id) WHERE told_at = 0;
CREATE INDEX fleet_news_of ON fleet_news (fleet_id);
CREATE INDEX fleet_news_told ON fleet_news (told_at) WHERE told_at > 0;
`, `
-- The labels that went to paper although their platform could not be asked whether
-- the order still ships, by attempt; seen_at is when it had been asked since.
CREATE TABLE unread (
	label_id INTEGER NOT NULL REFERENCES labels,
	attempt  INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	read_at  INTEGER NOT NULL,               -- when the platform had told of the order last
	seen_at  INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (label_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX unread_yet ON unread (label_id, attempt) WHERE seen_at = 0;
`, `
-- The orders with an alarm whose parcels may be here still.
CREATE INDEX orders_alarmed ON orders (deadline) WHERE alarm <> '';
`}
