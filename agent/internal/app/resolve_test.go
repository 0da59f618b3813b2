package app_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// TestNoNumberIsTakenForWhatDoesNotShip loses the question for a number, and a
// person says that there is none. What has become of the order meanwhile is
// known to JD alone.
func TestNoNumberIsTakenForWhatDoesNotShip(t *testing.T) {
	const take, read = "jingdong.ldop.waybill.receive", "jingdong.pop.order.enGet"
	s := open(t, 0, func(c string) string {
		return strings.ReplaceAll(c, "same_number_again = true", "same_number_again = false")
	})
	gateway := s.world.Gateway
	gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Method: take, Times: 1})
	o := jdsim.Demo(1, time.Now())[0]
	o.Modified = time.Now()
	gateway.AddOrder(o)
	unknown := func(rows []ledger.Row) bool { return len(rows) == 1 && rows[0].OrderState == ledger.IssueUnknown }
	s.until(t, "it waits for a person", unknown)
	resolve := func() error {
		return s.Operator().Resolve(t.Context(), api.Resolution{Label: o.ID, Answer: api.NoNumber, Who: "tester"})
	}
	for state, want := range map[string]notice.Code{
		jdsim.Locked: "order-locked", jdsim.Paused: "order-paused", jdsim.Shipped: "order-not-to-ship",
	} {
		gateway.SetState(o.ID, state)
		if err := resolve(); notice.CodeOf(err) != want || !errors.Is(err, api.ErrConflict) || !unknown(s.rows(t)) {
			t.Errorf("JD says %s: %v, want %s and the order as it is", state, err, want)
		}
	}
	gateway.SetState(o.ID, jdsim.ToShip)
	stop := gateway.Misbehave(jdsim.Fault{Kind: jdsim.Fail, Code: "67", Method: read})
	if err := resolve(); notice.CodeOf(err) != "jd-back-end" || !unknown(s.rows(t)) {
		t.Errorf("JD says nothing: %v, want jd-back-end and the order as it is", err)
	}
	stop()
	if n := gateway.Calls(take); n > 1 {
		t.Errorf("JD was asked for %d numbers by then", n)
	}
	gateway.Update(o.ID, func(o *jdsim.Order) { o.Receiver.Address = "演示路99号" })
	if err := resolve(); err != nil {
		t.Fatal(err)
	}
	row := s.until(t, "it ships after all", all(ledger.Confirmed))[0]
	if !strings.HasSuffix(row.Kept.Receiver.Address.Reveal(), "演示路99号") {
		t.Error("the carrier was told of the address before the last")
	}
	if err := resolve(); notice.CodeOf(err) != "label-not-unknown" {
		t.Errorf("once more: %v, want label-not-unknown", err)
	}
}

// TestACancelledOrderWithoutANumberIsDoneWith loses the question for a number,
// and the buyer cancels. A person who finds no number at the carrier ends it.
func TestACancelledOrderWithoutANumberIsDoneWith(t *testing.T) {
	s := open(t, 0, func(c string) string {
		return strings.ReplaceAll(c, "same_number_again = true", "same_number_again = false")
	})
	s.world.Gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Method: "jingdong.ldop.waybill.receive", Times: 1})
	o := jdsim.Demo(1, time.Now())[0]
	o.Modified = time.Now()
	s.world.Gateway.AddOrder(o)
	s.until(t, "it waits for a person", func(rows []ledger.Row) bool { return len(rows) == 1 && rows[0].OrderState == ledger.IssueUnknown })
	s.world.Gateway.Update(o.ID, func(o *jdsim.Order) { o.State, o.Modified = jdsim.Cancelled, time.Now() })
	s.until(t, "people are told of it", func(rows []ledger.Row) bool { return rows[0].Alarm == "order-cancelled-too-late" })
	if err := s.Operator().Resolve(t.Context(), api.Resolution{Label: o.ID, Answer: api.NoNumber, Who: "tester"}); err != nil {
		t.Fatal(err)
	}
	if r := s.rows(t)[0]; r.OrderState != ledger.Skipped || r.Problem.Code != "order-cancelled" || r.Alarm != "" {
		t.Errorf("it is %s %s, alarm %q", r.OrderState, r.Problem.Code, r.Alarm)
	}
}
