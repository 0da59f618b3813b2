package platform_test

import (
	"errors"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
)

// What the room shows and what a person decides there, of labels that came from a
// simulated JD.
func TestTheRoom(t *testing.T) {
	w := newWorld(t, 4)
	w.run(t, "office-1")
	bench := w.db.Join(t, fleet.Station{Name: "bench-1", Zone: "east"})
	until(t, "labels", func() bool {
		return query[int](t, w.db, `SELECT count(*) FROM miandan.labels l JOIN miandan.label_wraps x ON x.label_id = l.id WHERE x.station = 'bench-1'`) >= 4
	})
	office := fleetOf(t, w, "office-1")
	if _, err := bench.Beat(t.Context(), fleet.Report{Printers: []fleet.Printer{{Name: "left", Paper: "76x130", Ready: true}}}); err != nil {
		t.Fatal(err)
	}
	got, err := bench.Claim(t.Context(), []fleet.Want{{Printer: "left", Paper: "76x130", N: 2}})
	if err != nil || len(got) != 2 {
		t.Fatalf("Claim = %v, %v; want two labels", got, err)
	}
	if err := bench.Start(t.Context(), got[0].ID, got[0].Epoch); err != nil {
		t.Fatal(err)
	}
	if opened, err := bench.Payload(t.Context(), got[0].Ref); err != nil || len(opened) != 1 || opened[0].Content.Receiver.Name.Empty() {
		t.Errorf("Payload = %d labels, %v; want the receiver of one", len(opened), err)
	}
	if err := bench.Settle(t.Context(), []fleet.Settled{{Ref: got[0].Ref, State: fleet.Unknown, Printer: "left", At: time.Now()}}); err != nil {
		t.Fatal(err)
	}
	r, err := bench.Room(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Stations) != 2 || len(r.Stuck) != 1 || r.Stuck[0].ID != got[0].ID || r.Labels["claimed"] != 1 || r.Labels["unknown"] != 1 {
		t.Errorf("Room = %d stations, %d stuck, %v", len(r.Stations), len(r.Stuck), r.Labels)
	}
	for _, s := range r.Stations {
		if s.Name == "bench-1" && (!s.Alive || s.Zone != "east" || len(s.Printers) != 1 || s.Claimed != 1 || s.Unknown != 1) {
			t.Errorf("bench-1 is %+v", s)
		}
	}
	for name, do := range map[string]func() error{
		"decides":       func() error { return bench.Decide(t.Context(), got[0].Ref, fleet.NotPrinted, "lead", "looked") },
		"prints again":  func() error { return bench.PrintAgain(t.Context(), got[0].ID, "lead", "looked") },
		"sees an alarm": func() error { return bench.Seen(t.Context(), 1, "lead") },
		"moves": func() error {
			_, _, err := bench.Move(t.Context(), []int64{got[0].ID}, "", "lead", "looked")
			return err
		},
	} {
		if err := do(); !errors.Is(err, fleet.ErrDenied) {
			t.Errorf("a bench %s: %v, want ErrDenied", name, err)
		}
	}
	moved, wanted, err := office.Move(t.Context(), []int64{got[1].ID}, fleet.ToZone("west"), "lead", "east is full")
	if err != nil || moved != 0 || wanted != 1 {
		t.Errorf("Move of what a bench holds = %d, %d, %v; want it wanted back", moved, wanted, err)
	}
	beaten, err := bench.Beat(t.Context(), fleet.Report{Holds: []fleet.Ref{got[1].Ref}})
	if err != nil || len(beaten.Back) != 1 || beaten.Back[0] != got[1].Ref {
		t.Errorf("the bench hears of %v, %v; want that label", beaten.Back, err)
	}
	if err := office.Decide(t.Context(), got[0].Ref, fleet.NotPrinted, "lead", ""); !errors.Is(err, fleet.ErrMove) {
		t.Errorf("a decision without a reason: %v, want ErrMove", err)
	}
	if err := office.Decide(t.Context(), got[0].Ref, fleet.NotPrinted, "lead", "no paper came"); err != nil {
		t.Fatal(err)
	}
	if err := office.PrintAgain(t.Context(), got[0].ID, "lead", "no paper came"); err != nil {
		t.Fatal(err)
	}
	records, err := office.RoomAudit(t.Context(), got[0].Order.ID)
	said := map[string]bool{}
	for _, r := range records {
		said[r.Kind+" "+r.To+" "+r.Who] = true
	}
	for _, want := range []string{"move started ", "fetch  ", "move not-printed lead", "move queued lead", "order issued "} {
		if !said[want] {
			t.Errorf("the record does not say %q: %v, %v", want, said, err)
		}
	}
}
