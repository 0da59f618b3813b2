package folder

import (
	"slices"
	"strings"
	"testing"
)

type crash struct{ op string }

// runUntil polls until the n-th step, counted from 1, and crashes before it. It
// returns the step, or "" if there are fewer.
func (s *station) runUntil(n int) (op string) {
	s.t.Helper()
	steps := 0
	s.stop = func(op string) {
		if steps++; steps == n {
			panic(crash{op})
		}
	}
	s.start()
	defer func() {
		s.stop = nil
		if r := recover(); r != nil {
			c, ok := r.(crash)
			if !ok {
				panic(r)
			}
			op = c.op
		}
	}()
	s.polls()
	return ""
}

func newCrash(t *testing.T) *station {
	s := newStation(t)
	s.put("a.csv", []byte(plainCSV))
	s.put("b.csv", []byte(head+"B1,演示王五,13800001111,,演示路7号,茶,1,,,,\nB2,演示王五,1.38E+10,,演示路8号,茶,1,,,,\n"))
	s.put("c.csv", []byte(head+"C1,\"演示王五,13800001111,,演示路9号,茶,1,,,,\n"))
	return s
}

// settled checks what must hold however often it crashed: every good row is an
// order with what the file says, the wrong one is listed, the unreadable file has
// its reason, and nothing else is left.
func (s *station) settled(where string) {
	s.t.Helper()
	want := plainOrders + "\nB1 演示王五 13800001111 real|//|演示路7号|to-ship| 茶×1"
	if got := s.texts(); got != want {
		s.t.Errorf("%s: the ledger has\n%s\nwant\n%s", where, got, want)
	}
	if len(s.accepted) != 3 {
		s.t.Errorf("%s: orders came with other contents: %v", where, s.accepted)
	}
	for folder, want := range map[string][]string{".": nil, taking: nil, done: {"b.csv", "b.csv.errors.csv"}, failed: {"c.csv", "c.csv.reason.txt"}} {
		got := s.whole(folder)
		if !slices.Equal(got, want) {
			s.t.Errorf("%s: %s holds %v, want %v", where, folder, got, want)
		}
	}
	if list := s.list(); !strings.Contains(list, "\r\n1,3,B2,") || strings.Count(list, "\r\n") != 2 {
		s.t.Errorf("%s: the list is %q", where, list)
	}
}

// whole lists the files of a folder without the lists that a crash has left half
// written, which name nobody and go after a while.
func (s *station) whole(folder string) []string {
	return slices.DeleteFunc(s.files(folder), func(name string) bool { return strings.HasPrefix(name, halfBegin) })
}

func TestCrashAtEveryStep(t *testing.T) {
	steps := 0
	for n := 1; ; n++ {
		s := newCrash(t)
		op := s.runUntil(n)
		if op == "" {
			s.settled("without a crash")
			break
		}
		steps++
		s.start()
		s.polls()
		s.settled("a crash before: " + op)
	}
	if steps < 15 {
		t.Errorf("only %d steps were found", steps)
	}
}

// TestCrashAgainAndAgain crashes at every step of what follows a crash.
func TestCrashAgainAndAgain(t *testing.T) {
	for _, first := range []int{5, 12, 19} {
		for n := 1; ; n++ {
			s := newCrash(t)
			where := s.runUntil(first)
			op := s.runUntil(n)
			if op == "" {
				s.settled("a crash before: " + where)
				break
			}
			s.start()
			s.polls()
			s.settled("crashes before: " + where + ", " + op)
		}
	}
}

// TestCrashWithAMappingPutRight: between two readings of a file its rows may
// become right or wrong. What is listed is what the ledger was not given.
func TestCrashWithAMappingPutRight(t *testing.T) {
	for n := 1; ; n++ {
		s := newStation(t)
		s.put("a.csv", []byte(head+"A1,演示张三,13800001234,,演示路1号,茶,1,,,,\nA2,演示李四,13800005678,,演示路2号,茶,1,,,,已审核\n"))
		op := s.runUntil(n)
		if op == "" {
			break
		}
		s.put("mapping.toml", []byte("[states]\n\"已审核\" = \"to-ship\"\n"))
		s.start()
		s.polls()
		_, taken := s.orders["A2"]
		if listed := slices.Contains(s.files(done), "a.csv.errors.csv"); taken == listed || len(s.whole(taking)) > 0 {
			t.Errorf("a crash before %s: the order was taken: %v, and its row listed: %v; taking/ %v", op, taken, listed, s.files(taking))
		}
	}
}
