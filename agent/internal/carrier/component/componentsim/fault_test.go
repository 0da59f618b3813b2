package componentsim

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

const soon = 150 * time.Millisecond

// TestFaults prints one label with each fault, and then asks for the printers
// on the same line, whose answer shows that no more was said of the label.
func TestFaults(t *testing.T) {
	good := func(t *testing.T, replies []string) {
		for _, r := range replies {
			if !strings.Contains(r, `"status":"500"`) || !strings.Contains(r, "A1B2C3D6") {
				t.Errorf("replied %s", r)
			}
		}
	}
	for _, row := range []struct {
		fault   Fault
		out     int // labels
		replies int
		drops   bool
		check   func(*testing.T, []string)
	}{
		{Fault{Kind: DropBefore}, 0, 0, true, good},
		{Fault{Kind: DropAfter}, 1, 0, true, good},
		{Fault{Kind: Silent}, 1, 0, false, good},
		{Fault{Kind: Twice}, 1, 2, false, good},
		{Fault{Kind: HoldBack}, 1, 0, false, good},
		{Fault{Kind: Slow, Wait: 2 * soon}, 0, 0, false, good},
		{Fault{Kind: Slow, Wait: 2 * soon, Late: true}, 1, 0, false, good},
		{Fault{Kind: Malformed}, 1, 1, false, func(t *testing.T, r []string) {
			if !strings.HasPrefix(r[0], "{") || strings.HasSuffix(r[0], "}") {
				t.Errorf("replied %s", r)
			}
		}},
		{Fault{Kind: Denies}, 1, 1, false, func(t *testing.T, r []string) {
			if v := decode(t, r[0]); dig(v, "success") != "false" || dig(v, "detailinfo", "total") != nil {
				t.Errorf("replied %s", r)
			}
		}},
		{Fault{Kind: Recants}, 1, 2, false, func(t *testing.T, r []string) {
			if v := decode(t, r[0]); dig(v, "success") != "false" || dig(v, "detailinfo", "total") != "0-1" {
				t.Errorf("replied first %s", r[0])
			}
			good(t, r[1:])
		}},
	} {
		t.Run(fmt.Sprintf("%s late=%v", row.fault.Kind, row.fault.Late), func(t *testing.T) {
			t.Parallel()
			row.fault.Request = "PRINT"
			s := start(t, Config{Faults: []Fault{row.fault}})
			c := s.dial(t)
			began := time.Now()
			// A machine may take longer than the component is slow: then it is not.
			over := func() bool { return row.fault.Kind == Slow && time.Since(began) >= row.fault.Wait }
			c.say(printTwo)
			// Reading with a deadline ends a line in this client, so all is read by one.
			type word struct {
				text string
				err  error
			}
			heard := make(chan word, 9)
			go func() {
				for {
					_, b, err := c.ws.Read(t.Context())
					heard <- word{string(b), err}
					if err != nil {
						return
					}
				}
			}()
			next := func() (w word) {
				t.Helper()
				select {
				case w = <-heard:
				case <-time.After(time.Minute):
					t.Fatal("nothing more is said")
				}
				return w
			}
			var replies []string
			dropped := false
			for !dropped && (row.drops || len(replies) < row.replies) {
				if w := next(); w.err != nil {
					dropped = true
				} else {
					replies = append(replies, w.text)
				}
			}
			for end := time.Now().Add(time.Minute); len(s.Journal()) < row.out && time.Now().Before(end); {
				time.Sleep(time.Millisecond) // the paper may come without a word
			}
			out, papers := len(s.Journal()), len(s.Papers())
			if !over() && (len(replies) != row.replies || dropped != row.drops || out != row.out || papers != row.out) {
				t.Fatalf("%d replies, dropped: %v, %d labels; want %d, %v, %d: %s", len(replies), dropped, out, row.replies, row.drops, row.out, replies)
			}
			row.check(t, replies)
			if dropped {
				return
			}
			c.say(printers)
			list := next()
			if row.fault.Kind == HoldBack || row.fault.Kind == Slow {
				inTurn := over()
				label := next()
				if inTurn && strings.Contains(list.text, "A1B2C3D6") {
					list, label = label, list
				}
				if !strings.Contains(label.text, "A1B2C3D6") {
					t.Errorf("out of order came %s, %v", label.text, label.err)
				}
				if len(s.Journal()) != 1 {
					t.Errorf("%d labels came out, want 1", len(s.Journal()))
				}
			}
			if !strings.Contains(list.text, "A1B2C3D4") {
				t.Errorf("the next question's reply is %s, %v", list.text, list.err)
			}
		})
	}
}

// TestFaultsOfThree wants the failures in protocol 3's own words.
func TestFaultsOfThree(t *testing.T) {
	s := start(t, Config{})
	c := s.dial(t)
	frame := ofThree(`{"outputType":0}`, `{"templateCode":"x","printData":"BLOB"}`)
	s.Misbehave(Fault{Kind: Denies, Request: "print", Times: 1})
	if got := c.ask(frame); got["code"] != 4000.0 || got["requestId"] != "r" {
		t.Errorf("replied %v", got)
	}
	s.Misbehave(Fault{Kind: Recants, Times: 1})
	if got := c.ask(frame); got["code"] != 2002.0 {
		t.Errorf("replied first %v", got)
	}
	if r, err := c.hear(time.Minute); err != nil || !strings.Contains(r, `"code":1000`) {
		t.Errorf("replied then %s, %v", r, err)
	}
	if len(s.Papers()) != 2 {
		t.Errorf("%d labels, want 2", len(s.Papers()))
	}
}

func TestWhenFaultsHappen(t *testing.T) {
	s := start(t, Config{Faults: []Fault{{Kind: Denies, Request: "print", After: 1, Times: 2}}})
	c := s.dial(t)
	wants := func(want ...string) {
		t.Helper()
		for i, status := range want {
			if got := c.ask(printTwo); got["status"] != status {
				t.Errorf("label %d: the status is %v, want %s", i, got["status"], status)
			}
		}
	}
	wants("500", "502", "502", "500")
	stop := s.Misbehave(Fault{Kind: Denies})
	s.Misbehave(Fault{Kind: Silent, Times: 1}) // never its turn while an older one strikes
	wants("502")
	stop()
	s.Behave()
	wants("500")
	if got := c.ask(printers); got["status"] != "500" {
		t.Errorf("the list: %v", got)
	}
	if _, err := New(Config{Faults: []Fault{{Kind: "odd"}}}); err == nil {
		t.Error("a fault of no kind is taken")
	}
}

// TestPrintsWithoutTheClient hangs up while the component takes its time.
func TestPrintsWithoutTheClient(t *testing.T) {
	s := start(t, Config{Faults: []Fault{{Kind: Slow, Wait: soon}}})
	c := s.dial(t)
	c.say(printTwo)
	c.ws.Close(websocket.StatusNormalClosure, "")
	for range 3000 {
		if len(s.Journal()) == 1 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("what was asked for never came out")
}

// TestOff switches the component off while a label waits.
func TestOff(t *testing.T) {
	s := start(t, Config{Faults: []Fault{{Kind: Slow, Wait: time.Hour}}})
	c := s.dial(t)
	c.say(printTwo)
	time.Sleep(20 * time.Millisecond)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.hear(time.Minute); err == nil {
		t.Error("the line still stands")
	}
	if len(s.Journal()) != 0 {
		t.Error("the label came out")
	}
	if _, err := http.Get("http" + strings.TrimPrefix(s.url, "ws")); err == nil {
		t.Error("the port still answers")
	}
}

// TestTakesAnyOrigin connects as any page can.
func TestTakesAnyOrigin(t *testing.T) {
	s := start(t, Config{})
	ws, _, err := websocket.Dial(t.Context(), s.url+"/any/path", &websocket.DialOptions{HTTPHeader: http.Header{"Origin": {"https://erp.test"}}})
	if err != nil {
		t.Fatal(err)
	}
	if got := (client{t, ws}).ask(printers); got["success"] != "true" {
		t.Errorf("replied %v", got)
	}
	ws.CloseNow()
}

// TestPaperMayLook lets the paper ask for the journal, which must not wait.
func TestPaperMayLook(t *testing.T) {
	var s station
	s = start(t, Config{Paper: func(Paper) error {
		if len(s.Journal()) != 0 || s.Served() != 1 {
			return errors.New("journalled before it was printed")
		}
		return nil
	}})
	if got := s.dial(t).ask(printTwo); got["status"] != "500" {
		t.Errorf("replied %v", got)
	}
}
