package jdsim

import (
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func events(g *Gateway, kind Event) int {
	n := 0
	for _, e := range g.Journal() {
		if e.Event == kind {
			n++
		}
	}
	return n
}

func TestMisbehaviour(t *testing.T) {
	var take = object{"content": content("1")}
	for _, row := range []struct {
		name  string
		fault Fault
		err   string // in the transport's error
		body  string // in the answer
		taken int
	}{
		{"lost request", Fault{Kind: Cut}, "EOF", "", 0},
		{"lost reply", Fault{Kind: Cut, Late: true}, "EOF", "", 1},
		{"error inside", Fault{Kind: Fail, Code: "66"}, "", `"code":"66"`, 0},
		{"unlisted error inside", Fault{Kind: Fail, Code: "99"}, "", `"code":"99"`, 0},
		{"error after the effect", Fault{Kind: Fail, Code: "67", Late: true}, "", `"code":"67"`, 1},
		{"refusal", Fault{Kind: Refuse, Code: "-1", Message: "忙"}, "", `{"statusCode":-1,"statusMessage":"忙"}`, 0},
		{"garbage", Fault{Kind: Garbage}, "", "jingdong", 0},
		{"garbage after the effect", Fault{Kind: Garbage, Late: true}, "", "jingdong", 1},
		{"truncated", Fault{Kind: Truncate}, "unexpected EOF", `{"data":`, 1},
		{"bad gateway", Fault{Kind: BadGateway}, "502", "<html>", 0},
		{"bad gateway after the effect", Fault{Kind: BadGateway, Late: true}, "502", "<html>", 1},
		{"another method's", Fault{Kind: Cut, Method: enSearch}, "", `"statusCode":0`, 1},
		{"delay", Fault{Kind: Delay, Wait: time.Millisecond}, "", `"statusCode":0`, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			g := open(t, Config{Faults: []Fault{row.fault}})
			do := serve(t, g)
			body, err := do(receive, take)
			if (err == nil) != (row.err == "") || err != nil && !strings.Contains(err.Error(), row.err) {
				t.Errorf("error %v, want %q", err, row.err)
			}
			if !strings.Contains(body, row.body) {
				t.Errorf("answer %q, want %q in it", body, row.body)
			}
			if row.fault.Kind == Garbage && json.Valid([]byte(body)) {
				t.Errorf("the garbage %q is JSON", body)
			}
			if got := events(g, Number); got != row.taken {
				t.Errorf("%d numbers taken, want %d", got, row.taken)
			}
			g.Behave()
			if body, err := do(receive, take); err != nil || !strings.Contains(body, `"statusCode":0`) {
				t.Errorf("after Behave: %q, %v", body, err)
			}
			if got := events(g, Number); got != 1 {
				t.Errorf("asked again: %d numbers taken, want 1", got)
			}
		})
	}
}

func TestFaultTimes(t *testing.T) {
	g := open(t, Config{Seed: 7})
	codes := func(n int) string {
		var s []string
		for range n {
			code := gatewayCode(t, signed(t, g, enSearch, object{}))
			if code == "" {
				code = "0"
			}
			s = append(s, code)
		}
		return strings.Join(s, " ")
	}
	g.Misbehave(Fault{Kind: Fail, Code: "66", Times: 2})
	if got := codes(4); got != "66 66 0 0" {
		t.Errorf("twice: %s", got)
	}
	stop := g.Misbehave(Fault{Kind: Fail, Code: "2", After: 2})
	if got := codes(4); got != "0 0 2 2" {
		t.Errorf("after a quota of two: %s", got)
	}
	stop()
	if got := codes(1); got != "0" {
		t.Errorf("stopped: %s", got)
	}
	g.Misbehave(Fault{Kind: Fail, Code: "66", Percent: 30})
	if n := strings.Count(codes(400), "66"); n < 80 || n > 160 {
		t.Errorf("30 %% of 400: %d", n)
	}
	g.Misbehave(Fault{Kind: Fail, Code: "19"})
	g.Misbehave(Fault{Kind: Fail, Code: "43"})
	if got := codes(50); strings.Contains(got, "43") || !strings.Contains(got, "19") {
		t.Errorf("the oldest fault that strikes answers: %s", got)
	}
}

// Every method says no in its own words.
func TestRefuse(t *testing.T) {
	g := open(t, Config{})
	g.Misbehave(Fault{Kind: Refuse, Code: "5", Message: "拒绝"})
	for _, name := range g.Methods() {
		body := signed(t, g, name, object{})
		if !strings.Contains(body, "拒绝") || !strings.Contains(body, `:5`) && !strings.Contains(body, `:"5"`) {
			t.Errorf("%s: %s", name, body)
		}
	}
}

func TestTwiceFault(t *testing.T) {
	g := open(t, Config{})
	g.AddOrder(Order{ID: "1", Paid: noon}, Order{ID: "2", Paid: noon})
	g.Misbehave(Fault{Kind: Twice, Times: 1})
	if got, _ := ids(t, g, object{}); !slices.Equal(got, []string{"1", "2", "1", "2"}) {
		t.Errorf("got %v", got)
	}
	if got, _ := ids(t, g, object{}); !slices.Equal(got, []string{"1", "2"}) {
		t.Errorf("afterwards %v", got)
	}
}

func TestMisbehaveRefusesNonsense(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a fault of no kind was taken")
		}
	}()
	open(t, Config{}).Misbehave(Fault{})
}

// A client that hangs up does not undo what it asked for, nor hold the
// gateway up.
func TestHangUp(t *testing.T) {
	g := open(t, Config{Faults: []Fault{{Kind: Delay, Wait: time.Hour}}})
	p := system(receive, string(encode(object{"content": content("1")})))
	p["sign"] = sign(p, DefaultAppSecret)
	hangUp(t, g, form(p))
	for end := time.Now().Add(time.Minute); events(g, Number) == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the number was not taken")
		}
	}
}

func TestAllAtOnce(t *testing.T) {
	g := open(t, Config{JournalDir: t.TempDir()})
	g.AddOrder(Demo(14, noon)...)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for _, o := range []string{"1", "2", "3"} {
				signed(t, g, receive, object{"content": content(o)})
				signed(t, g, enSearch, object{"order_state": ToShip})
				g.SetMode("312045870013", Plain)
				g.Journal()
			}
		})
	}
	wg.Wait()
	if got := events(g, Number); got != 3 {
		t.Errorf("%d numbers for three orders", got)
	}
	for i, e := range g.Journal() {
		if e.Seq != i+1 {
			t.Fatalf("entry %d has the number %d", i+1, e.Seq)
		}
	}
}
