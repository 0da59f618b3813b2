package fleet_test

import (
	"testing"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

func TestMain(m *testing.M) { fleettest.Main(m) }

func TestJoin(t *testing.T) {
	d := fleettest.New(t)
	s := d.Join(t, fleet.Station{Name: "bench-1", Zone: "north"})
	me, err := s.Me(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Log(me)
	b, err := s.Beat(t.Context(), fleet.Report{})
	t.Log(b, err)
}
