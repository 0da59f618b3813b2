CREATE TABLE labels (
	id             INTEGER PRIMARY KEY AUTOINCREMENT,
	order_id       INTEGER NOT NULL REFERENCES orders,
	waybill        TEXT NOT NULL,
	parcel         INTEGER NOT NULL,
	state          TEXT NOT NULL,
	template       TEXT NOT NULL,
	paper          TEXT NOT NULL,
	printer        TEXT NOT NULL DEFAULT '',
	deadline       INTEGER NOT NULL,
	copy           INTEGER NOT NULL DEFAULT 0,  -- reprints that a person has authorised
	attempt        INTEGER NOT NULL DEFAULT 0,  -- attempts begun
	printed_at     INTEGER NOT NULL DEFAULT 0,  -- the time that stands on the paper
	problem        TEXT NOT NULL DEFAULT '',
	problem_detail TEXT NOT NULL DEFAULT '',
	next_try       INTEGER NOT NULL DEFAULT 0,
	ended_at       INTEGER NOT NULL DEFAULT 0,
	own            TEXT NOT NULL DEFAULT '',    -- the number that its parcel travels under
	barcode        TEXT NOT NULL DEFAULT '',    -- what a scanner reads from it
	scanned_at     INTEGER NOT NULL DEFAULT 0,  -- when the packer scanned it
	-- Its order's carrier and when that was taken up, as they were when it was made.
	carrier        TEXT NOT NULL DEFAULT '',
	taken          INTEGER NOT NULL DEFAULT 0,
	-- As those of its order.
	turn           INTEGER NOT NULL DEFAULT 2,
	wave           INTEGER NOT NULL DEFAULT 0,
	position       INTEGER NOT NULL DEFAULT 0,
	target         TEXT NOT NULL DEFAULT '',
	-- Where people see it stand, in a word.
	stand TEXT GENERATED ALWAYS AS (CASE
		WHEN state = 'queued' THEN 'waiting'
		WHEN state IN ('claimed', 'rendered', 'intent', 'sending', 'sent') THEN 'printing'
		WHEN state IN ('unknown', 'not-printed') THEN 'unknown'
		WHEN state IN ('confirmed', 'presumed', 'printed') THEN 'done'
		ELSE 'cancelled' END) VIRTUAL,
	UNIQUE (order_id, waybill, parcel)
) STRICT;
CREATE INDEX labels_queue ON labels (state, paper, turn, wave, position, deadline, id);
CREATE INDEX labels_by_barcode ON labels (barcode);
CREATE INDEX labels_by_own ON labels (own);
CREATE INDEX labels_by_waybill ON labels (waybill);
CREATE INDEX labels_open ON labels (stand, deadline, carrier, own, order_id) WHERE ended_at = 0;
CREATE INDEX labels_ended ON labels (ended_at, stand, carrier);
CREATE INDEX labels_by_taken ON labels (taken);
CREATE INDEX labels_by_stand ON labels (stand, taken, carrier, printer);
CREATE INDEX labels_by_carrier ON labels (carrier, taken, stand, printer);
CREATE INDEX labels_by_printer ON labels (printer, taken, stand, carrier);

-- Each time that a label was meant to come out. Its intent is on disk before the
-- printer gets a byte.
CREATE TABLE attempts (
	label_id   INTEGER NOT NULL REFERENCES labels,
	n          INTEGER NOT NULL,
	copy       INTEGER NOT NULL,
	printer    TEXT NOT NULL,
	mark       TEXT NOT NULL,
	document   TEXT NOT NULL,                   -- the spooler's name for it
	payload    BLOB NOT NULL,                   -- SHA-256 of the dots
	baseline   TEXT NOT NULL,
	state      TEXT NOT NULL,
	evidence   TEXT NOT NULL DEFAULT '',
	timing     TEXT NOT NULL DEFAULT '',
	intent_at  INTEGER NOT NULL,
	settled_at INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (label_id, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_open ON attempts (state) WHERE settled_at = 0;

-- The labels that went to paper although their platform could not be asked whether
-- the order still ships, by attempt; seen_at is when it had been asked since.
CREATE TABLE unread (
	label_id INTEGER NOT NULL REFERENCES labels,
	attempt  INTEGER NOT NULL,
	at       INTEGER NOT NULL,
	read_at  INTEGER NOT NULL,                  -- when the platform had told of the order last
	seen_at  INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (label_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX unread_yet ON unread (label_id, attempt) WHERE seen_at = 0;
