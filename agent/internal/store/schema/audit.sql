-- The audit is a chain: each record's mac is over the mac before it and all that
-- it says, under a key that is not in this file. Numbers have no gaps. The head
-- holds how many there are and the last mac, under a mac of its own.
CREATE TABLE audit (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	at       INTEGER NOT NULL,
	who      TEXT NOT NULL,
	what     TEXT NOT NULL,
	order_id INTEGER,
	label_id INTEGER,
	why      TEXT NOT NULL,
	subject  TEXT NOT NULL DEFAULT '',          -- the order, as its platform knows it: jd:3120…
	prev     BLOB,
	mac      BLOB
) STRICT;
CREATE INDEX audit_runs ON audit (id) WHERE what IN ('started', 'stopped');
-- Who has seen receivers within the hour is counted in the record itself.
CREATE INDEX audit_reveals ON audit (what, at) WHERE what = 'revealed' OR what = 'reveals-exceeded';

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
