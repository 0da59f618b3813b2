-- Times are milliseconds since 1970; 0 is never. The sealed columns hold everything
-- about a person and open only with the order's own key; when that key is set to NULL
-- nobody is named in the row any more. What stays serves duplicates and the audit.

CREATE TABLE meta (
	name  TEXT PRIMARY KEY,
	value INTEGER NOT NULL
) STRICT;

-- How far each platform has been read.
CREATE TABLE cursors (
	source TEXT PRIMARY KEY,
	cursor TEXT NOT NULL
) STRICT;

CREATE TABLE orders (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	source          TEXT NOT NULL,
	platform_id     TEXT NOT NULL,
	state           TEXT NOT NULL,
	content         BLOB NOT NULL,              -- keyed hash of what makes it the same order
	merchant        TEXT NOT NULL,
	parent          TEXT NOT NULL DEFAULT '',
	issuer          TEXT NOT NULL,              -- who gives the number: jd-express, wujie/ZTO
	wanted          INTEGER NOT NULL,           -- 1: take a number and print without being asked
	deadline        INTEGER NOT NULL,
	read_at         INTEGER NOT NULL,           -- when the platform last told us of it
	created_at      INTEGER NOT NULL,
	key             BLOB,                       -- wrapped; NULL once purged
	sealed_order    BLOB,
	sealed_waybill  BLOB,
	-- A label that another platform has sealed, as it was handed in: sealed once more
	-- with the order's key, for nobody could fetch it again.
	sealed_document BLOB,
	carrier         TEXT NOT NULL DEFAULT '',
	waybill         TEXT NOT NULL DEFAULT '',
	phone_kind      TEXT NOT NULL DEFAULT '',
	issue_ms        REAL NOT NULL DEFAULT 0,
	problem         TEXT NOT NULL DEFAULT '',   -- a code of package notice
	problem_detail  TEXT NOT NULL DEFAULT '',
	alarm           TEXT NOT NULL DEFAULT '',   -- a code: something came too late to be acted on
	alarm_about     BLOB,                       -- keyed hash of what had changed
	alarm_seen      INTEGER NOT NULL DEFAULT 0, -- when a person said that it was seen to
	tries           INTEGER NOT NULL DEFAULT 0,
	next_try        INTEGER NOT NULL DEFAULT 0,
	ended_at        INTEGER NOT NULL DEFAULT 0,

	doubted  INTEGER NOT NULL DEFAULT 0,        -- 1: an older copy of the database was restored, and a number or a label that it knows nothing of may be out
	labelled INTEGER NOT NULL DEFAULT 0,        -- 1: the labels of its waybill have been made
	warned   TEXT NOT NULL DEFAULT '',          -- the last code that people were told of its deadline by
	exactly  TEXT NOT NULL DEFAULT '',          -- a fingerprint of all its goods with how many there are of each; empty if one of them has no SKU

	-- How often it has given its number back, since a carrier that never forgets an
	-- order's number would give the one that was given back again; and under which
	-- reference its carrier was asked, empty where that is the order's own number.
	renewed   INTEGER NOT NULL DEFAULT 0,
	reference TEXT NOT NULL DEFAULT '',

	-- deleted_at: a person had it deleted at once; it is not taken up again. Since when
	-- its data is superfluous, by the station's own count of time, why, and by which
	-- time stamp that was found.
	deleted_at INTEGER NOT NULL DEFAULT 0,
	kept_from  INTEGER NOT NULL DEFAULT 0,
	kept_why   TEXT NOT NULL DEFAULT '',
	kept_stamp INTEGER NOT NULL DEFAULT 0,

	-- Who goes first, to a number and to paper: 0 somebody has asked for it now, 1 it is
	-- in its wave, 2 all others, by deadline. wave is that in whose order it goes.
	turn     INTEGER NOT NULL DEFAULT 2,
	wave     INTEGER NOT NULL DEFAULT 0,
	position INTEGER NOT NULL DEFAULT 0,
	target   TEXT NOT NULL DEFAULT '',          -- the printer or group that it must print on
	rule     TEXT NOT NULL DEFAULT '',          -- the rule of the settings that it prints by

	-- Where people see it stand, in a word; none once its labels speak for it.
	stand TEXT GENERATED ALWAYS AS (CASE
		WHEN state IN ('accepted', 'issuing') OR (state = 'issued' AND labelled = 0) THEN 'waiting'
		WHEN state IN ('issue-unknown', 'changed') THEN 'unknown'
		WHEN state = 'refused' THEN 'refused'
		WHEN state IN ('skipped', 'cancelled') AND labelled = 0 THEN 'cancelled' END) VIRTUAL,
	UNIQUE (source, platform_id)
) STRICT;

-- What is asked after every commit, and what lists and counts ask, must not walk
-- through all that was ever done.
CREATE INDEX orders_by_state ON orders (state, next_try);
CREATE INDEX orders_by_number ON orders (platform_id);
CREATE INDEX orders_by_waybill ON orders (waybill) WHERE waybill <> '';
CREATE INDEX orders_by_rule ON orders (rule, ended_at) WHERE rule <> '';
CREATE INDEX orders_due ON orders (turn, wave, position, deadline, id) WHERE state = 'accepted' OR state = 'issue-unknown' OR (state = 'issued' AND labelled = 0);
CREATE INDEX orders_to_warn ON orders (deadline) WHERE key IS NOT NULL AND warned <> 'order-is-late';
CREATE INDEX orders_stand ON orders (stand, deadline, carrier) WHERE stand IS NOT NULL;
CREATE INDEX orders_stand_taken ON orders (stand, created_at, carrier) WHERE stand IS NOT NULL;
CREATE INDEX orders_open ON orders (platform_id, waybill) WHERE ended_at = 0;
CREATE INDEX orders_ended ON orders (ended_at, stand);
CREATE INDEX orders_unsent ON orders (deadline, state, carrier, waybill, labelled) WHERE key IS NOT NULL;
-- Those that wait for somebody's word, and those whose goods may be in a packer's hand.
CREATE INDEX orders_unasked ON orders (deadline, id) WHERE state = 'accepted' AND wanted = 0 AND key IS NOT NULL;
CREATE INDEX orders_by_goods ON orders (exactly, deadline, id) WHERE turn <> 0 AND ended_at = 0 AND key IS NOT NULL AND exactly <> '';
-- Those with an alarm that nobody has seen to: their parcels may be here still.
CREATE INDEX orders_alarmed ON orders (deadline) WHERE alarm <> '' AND alarm_seen = 0;
-- The labels that pages and programs have handed in, by whose they are.
CREATE INDEX orders_by_caller ON orders (source, id) WHERE source GLOB 'documents/*';
-- What a purge and a trim look for.
CREATE INDEX orders_kept ON orders (id) WHERE key IS NOT NULL;
CREATE INDEX orders_left ON orders (kept_from) WHERE key IS NULL AND kept_why = 'history';
CREATE INDEX orders_unmarked ON orders (id) WHERE key IS NULL AND kept_why <> 'history';

-- The goods of an order by which people look for it and pick it. They name nobody;
-- they go with the order's key all the same.
CREATE TABLE order_goods (
	order_id INTEGER NOT NULL REFERENCES orders,
	sku      TEXT NOT NULL,
	quantity INTEGER NOT NULL,
	PRIMARY KEY (order_id, sku)
) STRICT, WITHOUT ROWID;
CREATE INDEX order_goods_by_sku ON order_goods (sku, order_id);

-- Every SKU that an order has ever had: such a code is never looked for elsewhere
-- as the number of an order.
CREATE TABLE skus (sku TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- The rules of the settings that somebody has switched off.
CREATE TABLE rules_off (
	name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What the platform is still to be told, and the numbers that go back.
CREATE TABLE outbox (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	order_id INTEGER NOT NULL REFERENCES orders,
	waybill  TEXT NOT NULL,
	what     TEXT NOT NULL,                     -- shipped: tell the platform; cancel: give the number back
	tries    INTEGER NOT NULL DEFAULT 0,
	next_try INTEGER NOT NULL DEFAULT 0,
	problem  TEXT NOT NULL DEFAULT '',
	done_at  INTEGER NOT NULL DEFAULT 0,
	renewed  INTEGER NOT NULL DEFAULT 0,        -- that of the order when this was posted: under which reference its carrier knows the number that is meant
	UNIQUE (order_id, waybill, what)
) STRICT;
CREATE INDEX outbox_due ON outbox (id) WHERE done_at = 0;
