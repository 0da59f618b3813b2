-- A wave is printed in the order of its positions. A printed one is not told from
-- one at work here: that is seen by its labels.
CREATE TABLE waves (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	name       TEXT NOT NULL,
	state      TEXT NOT NULL,                   -- working, stopped, closed
	target     TEXT NOT NULL,                   -- the printer or group that it prints on; empty for any with the paper
	separator  INTEGER NOT NULL,                -- 1: a separator before it and between places
	who        TEXT NOT NULL,
	started_at INTEGER NOT NULL,
	closed_at  INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX waves_open ON waves (id) WHERE state <> 'closed';

CREATE TABLE wave_orders (
	wave_id  INTEGER NOT NULL REFERENCES waves,
	position INTEGER NOT NULL,                  -- from 1
	order_id INTEGER NOT NULL REFERENCES orders,
	place    TEXT NOT NULL,                     -- where its first goods lie; empty if nobody says
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
