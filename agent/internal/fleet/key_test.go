package fleet_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
)

func TestSeal(t *testing.T) {
	one, two := newKey(t), newKey(t)
	place := fleet.Place{Order: order.Key{Source: "jd", ID: "1"}, Waybill: "JDX1"}
	s, err := fleet.Seal([]byte("演示"), place, map[string]fleet.PublicKey{"one": one.Public(), "two": two.Public()})
	if err != nil {
		t.Fatal(err)
	}
	for name, k := range map[string]fleet.PrivateKey{"one": one, "two": two} {
		if plain, err := k.Open(s.Data, s.Wraps[name], place, name); err != nil || string(plain) != "演示" {
			t.Errorf("station %s opens %q, %v", name, plain, err)
		}
	}
	moved := place
	moved.Parcel = 1
	other, err := fleet.Seal([]byte("演示二"), moved, map[string]fleet.PublicKey{"one": one.Public()})
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), s.Data...)
	flipped[len(flipped)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another station's key":     func() ([]byte, error) { return newKey(t).Open(s.Data, s.Wraps["one"], place, "one") },
		"another station's wrap":    func() ([]byte, error) { return one.Open(s.Data, s.Wraps["two"], place, "one") },
		"a wrap under another name": func() ([]byte, error) { return one.Open(s.Data, s.Wraps["one"], place, "two") },
		"a payload that was moved":  func() ([]byte, error) { return one.Open(s.Data, s.Wraps["one"], moved, "one") },
		"another label's wrap":      func() ([]byte, error) { return one.Open(s.Data, other.Wraps["one"], place, "one") },
		"another label's data":      func() ([]byte, error) { return one.Open(other.Data, s.Wraps["one"], place, "one") },
		"data that was changed":     func() ([]byte, error) { return one.Open(flipped, s.Wraps["one"], place, "one") },
		"data that was cut":         func() ([]byte, error) { return one.Open(s.Data[:5], s.Wraps["one"], place, "one") },
		"no wrap":                   func() ([]byte, error) { return one.Open(s.Data, nil, place, "one") },
		"no key":                    func() ([]byte, error) { return fleet.PrivateKey{}.Open(s.Data, s.Wraps["one"], place, "one") },
		"an order's data as a label": func() ([]byte, error) {
			return one.Open(s.Data, s.Wraps["one"], fleet.Place{Order: place.Order}, "one")
		},
	} {
		if plain, err := open(); !errors.Is(err, fleet.ErrSealed) {
			t.Errorf("%s opens: %q, %v", name, plain, err)
		}
	}
	third := newKey(t)
	w, err := one.Rewrap(s.Wraps["one"], place, "one", "three", third.Public())
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := third.Open(s.Data, w, place, "three"); err != nil || string(plain) != "演示" {
		t.Errorf("a station that came later opens %q, %v", plain, err)
	}
	if _, err := fleet.Seal(nil, place, map[string]fleet.PublicKey{"x": fleet.PublicKey("short")}); err == nil {
		t.Error("a public key that is none is taken")
	}
}

func TestKeyIsKept(t *testing.T) {
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	ks, err := seal.OpenKeystore(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fleet.KeyFrom(ks, false); !errors.Is(err, seal.ErrNotFound) {
		t.Errorf("no key: %v", err)
	}
	k, err := fleet.KeyFrom(ks, true)
	if err != nil {
		t.Fatal(err)
	}
	again, err := fleet.KeyFrom(ks, true)
	if err != nil || string(again.Public()) != string(k.Public()) {
		t.Errorf("the key store has another key: %v", err)
	}
	raw, err := ks.Get("fleet-private-key")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s %x", k, k, k, k, k), fmt.Sprintf("%+v", struct{ k fleet.PrivateKey }{k})} {
		if strings.Contains(text, fmt.Sprintf("%x", raw)[:16]) || strings.Contains(text, string(raw)) || strings.Contains(text, fmt.Sprint(raw)[1:20]) {
			t.Error("the key prints")
		}
	}
	if err := fleet.ForgetKey(ks); err != nil {
		t.Fatal(err)
	}
	if _, err := fleet.KeyFrom(ks, false); !errors.Is(err, seal.ErrNotFound) {
		t.Errorf("a forgotten key: %v", err)
	}
}

// TestPayload: a bench opens what it has claimed, and nothing before or after.
func TestPayload(t *testing.T) {
	w, ctx := newWorld(t), t.Context()
	id, printer := w.queued(t)
	asked := func(m *fleettest.Member, r fleet.Ref) int {
		t.Helper()
		got, err := m.Payload(ctx, r)
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	if n := asked(w.one, fleet.Ref{ID: id}); n != 0 {
		t.Error("a bench opens what it has not claimed")
	}
	l := claimOne(t, w.one, printer)
	got, err := w.one.Payload(ctx, l.Ref)
	if err != nil || len(got) != 1 {
		t.Fatalf("%d, %v", len(got), err)
	}
	o, number := fleettest.Order(printer + "-1")
	if g := got[0]; g.Content.Key != o.Key || !g.Content.Receiver.Phone.Equal(o.Receiver.Phone) || g.Number.Number != number.Number || g.Label.Waybill != l.Waybill {
		t.Errorf("opened %+v", g)
	}
	if n := asked(w.two, l.Ref); n != 0 {
		t.Error("a bench opens what another has claimed")
	}
	if n := asked(w.one, fleet.Ref{ID: l.ID, Epoch: l.Epoch - 1}); n != 0 {
		t.Error("a bench opens under an old epoch")
	}
	if err := w.one.Start(ctx, l.ID, l.Epoch); err != nil {
		t.Fatal(err)
	}
	if n := asked(w.one, l.Ref); n != 1 {
		t.Error("a bench does not open what it has started")
	}
	if err := w.one.Settle(ctx, []fleet.Settled{word(l.Ref, fleet.Confirmed)}); err != nil {
		t.Fatal(err)
	}
	if n := asked(w.one, l.Ref); n != 0 {
		t.Error("a bench opens what it has settled")
	}
	if n := w.Value(t, `SELECT count(*) FROM miandan.audit WHERE kind = 'fetch' AND mover = 'bench-1' AND label_id = $1`, id); n != "2" {
		t.Errorf("%s fetches are on record, want 2", n)
	}
	// Somebody with the database moves one label's data to another.
	r, s := w.claimed(t), w.claimed(t)
	w.SQL(t, fmt.Sprintf(`UPDATE miandan.label_data d SET sealed = (SELECT sealed FROM miandan.label_data WHERE label_id = %d) WHERE label_id = %d`, r.ID, s.ID))
	if _, err := w.one.Payload(ctx, s); !errors.Is(err, fleet.ErrSealed) {
		t.Errorf("a payload that was moved: %v", err)
	}
}
