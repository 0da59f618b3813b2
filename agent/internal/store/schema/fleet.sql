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
	problem  TEXT NOT NULL DEFAULT ''           -- why the fleet would not hear it
) STRICT;
CREATE INDEX fleet_news_due ON fleet_news (id) WHERE told_at = 0;
CREATE INDEX fleet_news_of ON fleet_news (fleet_id);
CREATE INDEX fleet_news_told ON fleet_news (told_at) WHERE told_at > 0;

-- What this station remembers of the database, so that it finds an old copy of it.
CREATE TABLE fleet_kept (
	name  TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
