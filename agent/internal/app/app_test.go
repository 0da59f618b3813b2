package app_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/app"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/templates/scene"
)

// station is the whole agent in this process, with a world around it.
type station struct {
	*app.App
	world *practice.World
	stop  func()
	apart bool

	mu   sync.Mutex
	said map[notice.Code]bool
}

func open(t *testing.T, orders int, change func(settings string) string) *station {
	t.Helper()
	return openWay(t, practice.Own, orders, change)
}

func openWay(t *testing.T, way practice.Way, orders int, change func(settings string) string) *station {
	t.Helper()
	return openWorld(t, practice.Config{Orders: orders, Way: way}, change)
}

func openWorld(t *testing.T, c practice.Config, change func(settings string) string) *station {
	t.Helper()
	dir := t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(dir, "keys"))
	world, err := practice.Open(filepath.Join(dir, "world"), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { world.Close() })
	if err := practice.PutSecrets(world.Data); err != nil {
		t.Fatal(err)
	}
	change = inFleet(t, change)
	if change != nil {
		b, err := os.ReadFile(world.Config)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(world.Config, []byte(change(string(b))), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := &station{world: world, said: map[notice.Code]bool{}, apart: inFleetToo()}
	s.start(t)
	return s
}

func (s *station) start(t *testing.T) {
	t.Helper()
	a, err := app.Open(t.Context(), app.Options{Data: s.world.Data, Config: s.world.Config, Apart: s.apart, Say: func(n *notice.Error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.said[n.Code] = true
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.App = a
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx) }()
	var once sync.Once
	s.stop = func() {
		once.Do(func() {
			cancel()
			if err := <-done; err != nil {
				t.Error(err)
			}
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	t.Cleanup(s.stop)
}

func (s *station) heard(c notice.Code) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said[c]
}

func (s *station) rows(t *testing.T) []ledger.Row {
	t.Helper()
	rows, err := s.Ledger.Rows(t.Context(), ledger.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// until waits for the rows to be as they should.
func (s *station) until(t *testing.T, what string, ok func([]ledger.Row) bool) []ledger.Row {
	t.Helper()
	for range 2400 {
		if rows := s.rows(t); ok(rows) {
			return rows
		}
		time.Sleep(25 * time.Millisecond)
	}
	for _, r := range s.rows(t) {
		t.Logf("%s %s %s %s %v", r.Order.ID, r.OrderState, r.Label, r.Number, r.Problem)
	}
	t.Fatalf("never: %s", what)
	return nil
}

func all(states ...ledger.LabelState) func([]ledger.Row) bool {
	return func(rows []ledger.Row) bool {
		n := 0
		for _, r := range rows {
			for _, s := range states {
				if r.Label == s {
					n++
				}
			}
		}
		return n == len(rows) && n > 0
	}
}

func TestOneNumberAndOneLabelForEachOrder(t *testing.T) {
	const ship = practice.Orders
	s := open(t, ship, nil)
	report, err := s.world.Follow(t.Context(), s.Ledger, s.Station, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]int{}
	for _, l := range report.Labels {
		labels[l.Order]++
		if l.State != "confirmed" || l.Evidence != "process-id" {
			t.Errorf("%s is %s by %s", l.Order, l.State, l.Evidence)
		}
	}
	if len(labels) != ship {
		t.Errorf("%d orders are on paper, want %d", len(labels), ship)
	}
	if r := report.Refused; len(r) != 1 || r[0].Code != "phone-masked" {
		t.Errorf("refused: %+v, want one phone-masked", r)
	}
	skipped := map[string]bool{}
	for _, v := range report.Skipped {
		skipped[v.Code] = true
	}
	if len(report.Skipped) != 2 || !skipped["order-cancelled"] || !skipped["order-is-parent"] {
		t.Errorf("skipped: %+v, want a cancelled order and a void parent", report.Skipped)
	}
	taken, told := map[string]int{}, map[string]int{}
	for _, e := range s.world.Gateway.Journal() {
		switch {
		case e.Refused != "":
			t.Errorf("the gateway refuses %s of %s: %s", e.Event, e.Order, e.Refused)
		case e.Event == jdsim.Number:
			taken[e.Order] += max(e.Packages, 1)
		case e.Event == jdsim.Ship:
			told[e.Order]++
		}
	}
	for id, n := range labels {
		if taken[id] != n || told[id] != 1 {
			t.Errorf("order %s: %d labels, %d parcels numbered, the platform told %d times", id, n, taken[id], told[id])
		}
	}
	if len(taken) != ship || len(told) != ship {
		t.Errorf("numbers were taken for %d orders and %d are told to have shipped, want %d", len(taken), len(told), ship)
	}
}

// TestWhatIsSpecialReachesJD looks into the gateway's journal for what an order
// asks for beside being carried, after it has been through the ledger.
func TestWhatIsSpecialReachesJD(t *testing.T) {
	s := open(t, practice.Orders, nil)
	if _, err := s.world.Follow(t.Context(), s.Ledger, s.Station, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	orders := map[string]jdsim.Order{}
	for _, o := range jdsim.Demo(practice.Orders, time.Now()) {
		orders[o.ID] = o
	}
	collects, inTwo, deliveries := 0, 0, 0
	for _, e := range s.world.Gateway.Journal() {
		o := orders[e.Order]
		switch e.Event {
		case jdsim.Number:
			want := ""
			if o.PayType == jdsim.PayOnDelivery {
				want = strings.TrimSuffix(o.Payment, ".00") // as a number says it
				collects++
			}
			if e.Collect != want {
				t.Errorf("the carrier is to collect %q for order %s by %q, want %q", e.Collect, o.ID, o.PayType, want)
			}
			if o.VenderRemark == jdsim.DemoInTwo {
				inTwo += max(e.Packages, 1)
			}
		case jdsim.Ship:
			if plan := strings.Contains(e.Method, "regular.plan"); plan != (o.Plan != "") {
				t.Errorf("order %s of plan %q is told by %s", o.ID, o.Plan, e.Method)
			} else if plan {
				deliveries++
			}
		}
	}
	if collects != 1 || inTwo != 4 || deliveries != 2 {
		t.Errorf("%d orders collect, %d parcels for the orders in two, %d deliveries of a plan; want 1, 4, 2", collects, inTwo, deliveries)
	}
	if s.world.Gateway.Calls("jingdong.jos.order.oaid.decrypt") == 0 {
		t.Error("no receiver was opened by its oaid")
	}
}

func TestPaperIsThePicture(t *testing.T) {
	s := open(t, 3, nil)
	for _, r := range s.until(t, "three labels are out", func(rows []ledger.Row) bool { return len(rows) == 3 && all(ledger.Confirmed)(rows) }) {
		want, _, err := s.Station.Picture(t.Context(), r.LabelID, scene.DPI203)
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, p := range s.world.Printer.Prints() {
			found = found || p.Mark == r.LastMark && p.Image.Equal(want)
		}
		if !found {
			t.Errorf("order %s: what came out is not the picture", r.Order.ID)
		}
	}
}

func TestARestartPrintsNothingTwice(t *testing.T) {
	s := open(t, 3, nil)
	s.until(t, "three labels are out", func(rows []ledger.Row) bool { return len(rows) == 3 && all(ledger.Confirmed)(rows) })
	s.stop()
	s.start(t)
	time.Sleep(1500 * time.Millisecond) // another poll, with all three orders in it
	if n := len(s.world.Printer.Prints()); n != 3 {
		t.Errorf("%d labels after a restart, want 3", n)
	}
}

func TestAnOldOrderIsReadAgainBeforePaper(t *testing.T) {
	s := open(t, 1, func(c string) string {
		return strings.Replace(c, "auto = true", "auto = false\nfresh = \"1s\"", 1)
	})
	row := s.until(t, "the order waits to be asked for", func(rows []ledger.Row) bool { return len(rows) == 1 })[0]
	time.Sleep(1100 * time.Millisecond)
	if s.world.Gateway.Calls("jingdong.pop.order.enGet") != 0 {
		t.Fatal("it was read again before anybody asked for it")
	}
	if err := s.Ledger.Want(t.Context(), row.Order); err != nil {
		t.Fatal(err)
	}
	s.until(t, "the label is out", all(ledger.Confirmed))
	if s.world.Gateway.Calls("jingdong.pop.order.enGet") == 0 {
		t.Error("it went to paper without being read again")
	}
}

func TestCancelledInTimeNeverPrints(t *testing.T) {
	s := open(t, 0, nil)
	person := ledger.Person{Who: "tester"}
	if err := s.Ledger.SetPaused(t.Context(), true, person); err != nil {
		t.Fatal(err)
	}
	o := jdsim.Demo(1, time.Now())[0]
	o.Modified = time.Now()
	s.world.Gateway.AddOrder(o)
	number := s.until(t, "the label waits", func(rows []ledger.Row) bool { return len(rows) == 1 && all(ledger.Queued)(rows) })[0].Number
	s.world.Gateway.Update(o.ID, func(o *jdsim.Order) { o.State, o.Modified = jdsim.Cancelled, time.Now() })
	s.until(t, "the label is dropped", all(ledger.Dropped))
	if err := s.Ledger.SetPaused(t.Context(), false, person); err != nil {
		t.Fatal(err)
	}
	s.until(t, "the number is given back", func([]ledger.Row) bool {
		for _, e := range s.world.Gateway.Journal() {
			if e.Event == jdsim.Unbound && e.Number == string(number) && e.Refused == "" {
				return true
			}
		}
		return false
	})
	if n := len(s.world.Printer.Prints()); n != 0 {
		t.Errorf("%d labels came out", n)
	}
}

func TestALostAnswerTakesNoSecondNumber(t *testing.T) {
	for _, again := range []bool{true, false} {
		s := open(t, 0, func(c string) string {
			if again {
				return c
			}
			return strings.ReplaceAll(c, "same_number_again = true", "same_number_again = false")
		})
		stop := s.world.Gateway.Misbehave(jdsim.Fault{Kind: jdsim.Cut, Late: true, Method: "jingdong.ldop.waybill.receive", Times: 1})
		o := jdsim.Demo(1, time.Now())[0]
		o.Modified = time.Now()
		s.world.Gateway.AddOrder(o)
		if again {
			s.until(t, "it is found again and printed", all(ledger.Confirmed))
		} else {
			s.until(t, "it waits for a person", func(rows []ledger.Row) bool { return len(rows) == 1 && rows[0].OrderState == ledger.IssueUnknown })
			s.until(t, "somebody is told", func([]ledger.Row) bool {
				return s.heard("carrier-answer-unknown") || s.heard("jd-unreachable") || s.heard("jd-answer")
			})
			time.Sleep(1500 * time.Millisecond)
		}
		stop()
		n := 0
		for _, e := range s.world.Gateway.Journal() {
			if e.Event == jdsim.Number {
				n++
			}
		}
		if n != 1 {
			t.Errorf("same number again %v: %d numbers were taken, want 1", again, n)
		}
		s.stop()
	}
}

func TestAQuestionWaitsForTheLabelInHand(t *testing.T) {
	s := open(t, 0, nil)
	s.world.Printer.DropAfter(20_000)
	orders := jdsim.Demo(2, time.Now())
	s.world.Gateway.AddOrder(orders[0])
	lost := s.until(t, "the line drops in the middle of a label", all(ledger.Unknown))[0].LabelID
	s.world.Printer.LateMark(8 * time.Second)
	orders[1].Modified = time.Now()
	s.world.Gateway.AddOrder(orders[1])
	s.until(t, "the next label waits for its process ID", func(rows []ledger.Row) bool {
		return len(rows) == 2 && (rows[0].Label == ledger.Sending || rows[1].Label == ledger.Sending)
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := s.Station.ResolveNotPrinted(ctx, lost, ledger.Person{Who: "tester"}, false)
	if ctx.Err() != nil || notice.CodeOf(err) != "buffer-not-clear" {
		t.Errorf("ResolveNotPrinted: %v; want to be told at once that the printer is at work", err)
	}
}
