package audit_test

import (
	"os"
	"path/filepath"
	"testing"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/seal"
)

// strip makes of a chain records that are none.
func (c *chain) strip() {
	c.Helper()
	for _, q := range []string{`UPDATE audit SET prev = NULL, mac = NULL, subject = ''`, `DELETE FROM audit WHERE id = 3`, `DELETE FROM audit_head`} {
		_, err := c.db.Write.Exec(q)
		c.must(err)
	}
}

func (c *chain) restart() {
	c.Helper()
	l := ledger.New(c.db, c.seal, c.clock)
	_, err := l.Recover(c.Context())
	c.must(err)
	c.ledger = l
}

// Who makes a chain look as if it had not begun does not have it begun anew: the
// key store knows better, and if that has forgotten, what stands there is no chain.
// The agent starts all the same and goes on recording.
func TestAChainDoesNotBeginTwice(t *testing.T) {
	for name, forgotten := range map[string]bool{"anchored": false, "forgotten": true} {
		t.Run(name, func(t *testing.T) {
			keys := filepath.Join(t.TempDir(), "keys")
			c := newChain(t, keys, 3)
			c.strip()
			if forgotten {
				c.must(os.Remove(filepath.Join(keys, "audit-anchor")))
			}
			c.restart()
			c.must(c.ledger.SetPaused(t.Context(), true, ledger.Person{Who: "local:tester"}))
			r := c.verify(c.db.Write)
			if len(r.Breaks) == 0 || r.Breaks[0] != (audit.Break{Fault: audit.Edited, From: 1, To: 1}) {
				t.Errorf("%+v", r)
			}
			var broken, paused, begun int
			c.must(c.db.Read.QueryRow(`SELECT sum(what = 'chain-broken'), sum(what = 'paused'), sum(what = 'chain-begun' AND id > 1) FROM audit WHERE id > ?`, len(c.ids)-1).Scan(&broken, &paused, &begun))
			if broken != 1 || paused != 1 || begun != 0 {
				t.Errorf("%d times broken, %d times paused, %d times begun", broken, paused, begun)
			}
		})
	}
}

// What is done while somebody edits is still recorded, and the edit found.
func TestTheAgentOutlivesAnEdit(t *testing.T) {
	for _, q := range []string{
		`DELETE FROM audit_head`, `UPDATE audit_head SET count = 3`, `UPDATE audit_head SET mac = x'00'`, `DELETE FROM audit`, `DELETE FROM audit WHERE id > 5`,
		`INSERT INTO audit (id, at, who, what, why) VALUES (1000, 1, 'x', 'x', 'x')`, `UPDATE audit SET id = id + 5000 WHERE id = (SELECT max(id) FROM audit)`,
	} {
		c := newChain(t, filepath.Join(t.TempDir(), "keys"), 2)
		_, err := c.db.Write.Exec(q)
		c.must(err)
		first := c.verify(c.db.Write)
		for range 2 {
			c.must(c.ledger.SetPaused(t.Context(), true, ledger.Person{Who: "local:tester"}))
		}
		c.must(c.ledger.Anchor())
		c.restart()
		last := c.verify(c.db.Write)
		if len(first.Breaks) == 0 || len(last.Breaks) == 0 || last.Since.IsZero() {
			t.Errorf("%s: %+v, then %+v", q, first.Breaks, last)
		}
	}
}

func TestAnchorText(t *testing.T) {
	a := audit.Anchor{Count: 12, Last: []byte{1, 2, 0xff}}
	b, err := audit.ParseAnchor(a.String())
	if err != nil || b.String() != a.String() || b.Count != 12 {
		t.Errorf("%v, %v", b, err)
	}
	for _, s := range []string{"", "x", "-1 00", "1 zz"} {
		if _, err := audit.ParseAnchor(s); err == nil {
			t.Errorf("%q was taken", s)
		}
	}
	if _, err := ledger.AuditAnchor(fresh(t)); err != nil {
		t.Errorf("no anchor: %v", err)
	}
}

// fresh is a sealer whose key store knows of no chain.
func fresh(t *testing.T) *seal.Sealer {
	t.Helper()
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	dir := t.TempDir()
	keys, err := seal.OpenKeystore(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := seal.Open(keys, dir, false)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
