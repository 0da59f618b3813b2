package app_test

import (
	"strings"
	"testing"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// TestAClickAsksThePlatformAnew reveals a virtual number, lets JD end it before
// its time and reveals it again.
func TestAClickAsksThePlatformAnew(t *testing.T) {
	const id = "312045870118"
	s := open(t, 9, func(c string) string { return strings.Replace(c, "auto = true", "auto = false", 1) })
	s.until(t, "nine orders wait", func(rows []ledger.Row) bool { return len(rows) == 9 })
	key, who := order.Key{Source: "jd", ID: id}, ledger.Person{Who: "tester"}
	click := func() string {
		t.Helper()
		r, err := s.Station.Reveal(t.Context(), key, who, ledger.Unlimited)
		if err != nil || r.Call == nil || r.Name != "冯一二" || r.Until.IsZero() {
			t.Fatalf("Reveal = %+v, %v", r, err)
		}
		return r.Call.Main + " " + r.Call.Extension
	}
	first := click()
	if !s.world.Gateway.LapseVirtual(id) {
		t.Fatal("there was no number to end: this test proves nothing")
	}
	if second := click(); second == first || !strings.HasPrefix(second, "17000000000 ") {
		t.Errorf("after %s lapsed a click shows %s", first, second)
	}

	stop := s.world.Gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Method: "jingdong.jos.order.oaid.decrypt"})
	if r, err := s.Station.Reveal(t.Context(), key, who, ledger.Unlimited); notice.CodeOf(err) != "jd-unreachable" || r.Name != "" || r.Call != nil {
		t.Errorf("when JD does not answer: %+v, %v; want jd-unreachable and nobody named", r, err)
	}
	stop()
	s.world.Gateway.SetMode(id, jdsim.MaskedOAID)
	s.world.Gateway.Update(id, func(o *jdsim.Order) { o.Virtual = "" }) // JD gives the real number from now on
	r, err := s.Station.Reveal(t.Context(), key, who, ledger.Unlimited)
	if err != nil || r.Call != nil || r.Why != "number-not-virtual" {
		t.Errorf("of a real number a click shows %+v, %v", r, err)
	}
}
