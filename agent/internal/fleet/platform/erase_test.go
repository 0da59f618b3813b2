package platform_test

import (
	"errors"
	"testing"

	"miandan/agent/internal/fleet"
)

// left is what is left of an order.
func (b *book) left(t *testing.T, name string) string {
	t.Helper()
	return value[string](t, b, `SELECT coalesce((SELECT state || ' ' || why || CASE WHEN ended IS NULL THEN '' ELSE ' ended' END FROM miandan.orders WHERE order_id = $1), 'past')
		|| coalesce((SELECT ', label ' || state || CASE WHEN wanted THEN ' wanted' ELSE '' END FROM miandan.labels WHERE order_id = $1), '')
		|| CASE WHEN EXISTS (SELECT FROM miandan.orders WHERE order_id = $1 AND hash IS NOT NULL) OR EXISTS (SELECT FROM miandan.orders_past WHERE order_id = $1 AND hash IS NOT NULL) THEN ', hash' ELSE '' END`, name)
}

// A person asks that an order's data be deleted, wherever that order stands. What has not
// started does not print, and nobody takes the order up again.
func TestErase(t *testing.T) {
	b := newBook(t)
	b.SQL(t, `INSERT INTO miandan.cursors VALUES ('practice', '')`)
	for _, c := range []struct {
		name  string
		begin func(name string)
		want  fleet.Erased
		left  string
		told  string
	}{
		{"accepted", func(n string) { b.order(t, n, "accepted") }, fleet.Erased{}, "cancelled order-deleted ended", ""},
		{"refused", func(n string) { b.order(t, n, "refused") }, fleet.Erased{}, "cancelled order-deleted ended", ""},
		{"asking", func(n string) { asks(t, b.one, b.order(t, n, "accepted"), "accepted") }, fleet.Erased{Busy: true}, "issuing , hash", ""},
		{"doubt", func(n string) { b.order(t, n, "issue-unknown") }, fleet.Erased{}, "issue-unknown ", ""},
		{"queued", func(n string) { b.issued(t, n, "Q1") }, fleet.Erased{Cancelled: 1, Returned: 1}, "cancelled order-deleted ended, label cancelled", "cancel Q1"},
		{"claimed", func(n string) { b.moves(t, b.issued(t, n, "C1")[0], "claimed") }, fleet.Erased{Cancelled: 1, Returned: 1}, "cancelled order-deleted ended, label cancelled", "cancel C1"},
		{"started", func(n string) { b.moves(t, b.issued(t, n, "S1")[0], "claimed", "started") }, fleet.Erased{Unknown: 1}, "issued , label started wanted", ""},
		{"unknown", func(n string) { b.moves(t, b.issued(t, n, "U1")[0], "claimed", "started", "unknown") }, fleet.Erased{Unknown: 1}, "issued , label unknown", ""},
		{"printed", func(n string) { b.moves(t, b.issued(t, n, "P1")[0], "claimed", "started", "confirmed") }, fleet.Erased{}, "issued , label confirmed", ""},
		{"past", func(n string) {
			b.moves(t, b.issued(t, n, "P2")[0], "claimed", "started", "confirmed")
			b.upkeep(t)
			b.ages(t, n, 30)
			b.upkeep(t)
		}, fleet.Erased{}, "past", ""},
	} {
		c.begin(c.name)
		got, err := b.one.Erase(t.Context(), c.name, "lead", "13800000001 asked")
		c.want.Found = 1
		if !c.want.Busy {
			c.want.Source, c.want.Order = "practice", c.name
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.name, got, err, c.want)
		}
		if got := b.left(t, c.name); got != c.left || b.outbox(t, c.name) != c.told {
			t.Errorf("%s: left is %q, want %q; told is %q, want %q", c.name, got, c.left, b.outbox(t, c.name), c.told)
		}
		if c.want.Busy {
			continue
		}
		for _, said := range []string{"to-ship", "cancelled", "to-ship"} {
			if v := b.accepts(t, c.name, said, "accepted", false); v != "same" {
				t.Errorf("%s: read again as %s: %s", c.name, said, v)
			}
		}
		if b.hasData(t, c.name) || value[bool](t, b, `SELECT EXISTS (SELECT FROM miandan.labels l JOIN miandan.label_data d ON d.label_id = l.id WHERE l.order_id = $1)`, c.name) ||
			value[bool](t, b, `SELECT EXISTS (SELECT FROM miandan.labels l JOIN miandan.label_wraps d ON d.label_id = l.id WHERE l.order_id = $1)`, c.name) {
			t.Errorf("%s: data is left", c.name)
		}
		if n := value[int](t, b, `SELECT count(*) FROM miandan.audit WHERE order_id = $1 AND to_state = 'deleted' AND who = 'lead' AND why LIKE '%asked' AND why NOT LIKE '%13800000001%'`, c.name); n != 1 {
			t.Errorf("%s: %d times on record", c.name, n)
		}
		list, _, err := b.bench.Deletions(t.Context(), 0)
		if err != nil || len(list) == 0 || list[len(list)-1].Order.ID != c.name {
			t.Errorf("%s: the stations hear of %v, %v", c.name, list, err)
		}
		if again, err := b.two.Erase(t.Context(), "practice:"+c.name, "lead", "asked for"); err != nil || !again.Already || again.Returned != 0 {
			t.Errorf("%s, a second time: %+v, %v", c.name, again, err)
		}
	}
	if n := value[int](t, b, `SELECT count(*) FROM miandan.orders WHERE state = 'accepted'`); n != 0 {
		t.Errorf("%d orders wait", n)
	}

	// A person says that the carrier gave no number, and it does not begin anew.
	id := value[int64](t, b, `SELECT id FROM miandan.orders WHERE order_id = 'doubt'`)
	b.does(t, `SELECT miandan.order_no_number($1, 0, 'lead', 'looked')`, id)
	if got := b.left(t, "doubt"); got != "cancelled order-deleted ended" {
		t.Errorf("without a number: %q", got)
	}
	// What its station gives back goes to nobody.
	label := value[int64](t, b, `SELECT id FROM miandan.labels WHERE order_id = 'started'`)
	if err := b.bench.GiveBack(t.Context(), fleet.Ref{ID: label, Epoch: value[int64](t, b, `SELECT epoch FROM miandan.labels WHERE id = $1`, label)}); err != nil {
		t.Fatal(err)
	}
	if got := b.left(t, "started"); got != "issued , label not-printed" {
		t.Errorf("given back: %q", got)
	}
	if _, err := b.bench.Erase(t.Context(), "printed", "lead", "asked for"); !errors.Is(err, fleet.ErrDenied) {
		t.Errorf("at a bench: %v", err)
	}
	if got, err := b.one.Erase(t.Context(), "nobody", "lead", "asked for"); err != nil || got.Found != 0 {
		t.Errorf("of nothing: %+v, %v", got, err)
	}
	b.SQL(t, `INSERT INTO miandan.cursors VALUES ('other', '')`, `INSERT INTO miandan.orders (source, order_id, state) VALUES ('other', 'printed', 'accepted')`)
	if got, err := b.one.Erase(t.Context(), "printed", "lead", "asked for"); err != nil || got != (fleet.Erased{Found: 2}) {
		t.Errorf("of two: %+v, %v", got, err)
	}
	if _, err := b.one.Erase(t.Context(), "other:printed", "lead", ""); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("without a reason: %v", err)
	}
}
