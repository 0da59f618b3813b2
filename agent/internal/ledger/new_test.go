package ledger

import (
	"context"
	"database/sql"
	"errors"
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/store"
)

// loseKeys makes the index by which orders are known forget all of them, as damage
// would that nobody notices.
func (b *bench) loseKeys() {
	b.t.Helper()
	raw, err := sql.Open("sqlite", filepath.Join(b.dir, store.FileName))
	if err != nil {
		b.t.Fatal(err)
	}
	defer raw.Close()
	raw.SetMaxOpenConns(1)
	for _, q := range []string{
		`CREATE TABLE lost (source TEXT NOT NULL, platform_id TEXT NOT NULL, UNIQUE (source, platform_id)) STRICT`,
		`PRAGMA writable_schema = ON`,
		`UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'sqlite_autoindex_lost_1') WHERE name = 'sqlite_autoindex_orders_1'`,
		`PRAGMA schema_version = 1000`,
	} {
		if _, err := raw.Exec(q); err != nil {
			b.t.Fatal(q, err)
		}
	}
}

func TestWhatIsInDoubtWaitsUntilTheDatabaseHasBeenRead(t *testing.T) {
	b := newBench(t)
	b.accept(b.order("1"))
	b.loseKeys()
	read := make(chan struct{})
	b.Ledger.sound = read
	if v := b.accept(b.order("2")); v != Fresh {
		t.Errorf("an order that no index knows is %s, want new", v)
	}
	if v := b.accept(b.order("2")); v != Same {
		t.Errorf("a known order is %s, want same", v)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := b.Accept(short, b.order("1"), plan); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an order that one of two indexes knows did not wait: %v", err)
	}
	d := b.document("3", "7530000000003", "document")
	d.Order = b.order("1").Key
	if _, err := b.AcceptDocument(short, d); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a document that one of two indexes knows did not wait: %v", err)
	}
}
