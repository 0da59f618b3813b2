package folder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
)

var now = time.Date(2026, 11, 23, 18, 0, 0, 0, beijing)

// station is a source with a ledger as it is seen from here: it keeps orders by
// their numbers, and a cursor, and both survive a crash.
type station struct {
	*Source
	t        *testing.T
	dir      string
	orders   map[string]order.Order
	accepted map[string]int // how often each content came, by what stands on the label
	cursor   platform.Cursor
	said     []*notice.Error
	now      time.Time
	// stop is called before every step of the ledger; it panics to crash.
	stop func(op string)
}

func newStation(t *testing.T) *station {
	t.Helper()
	s := &station{t: t, dir: t.TempDir(), orders: map[string]order.Order{}, accepted: map[string]int{}, now: now}
	s.start()
	return s
}

// start begins anew, as after a crash: only the ledger and the disk are left.
func (s *station) start() {
	s.Source = &Source{
		Name: "erp", Path: s.dir, Quiet: time.Millisecond,
		Trouble: func(err error) {
			var n *notice.Error
			if !errors.As(err, &n) {
				s.t.Errorf("told of %v, which is no sentence", err)
				return
			}
			s.said = append(s.said, n)
		},
		Now: func() time.Time { return s.now },
	}
	s.Source.before = s.stop
}

func (s *station) step(op string) {
	if s.stop != nil {
		s.stop(op)
	}
}

// poll is what dispatch does.
func (s *station) poll() error {
	orders, cursor, err := s.Orders(context.Background(), s.cursor)
	if err != nil {
		return err
	}
	for _, o := range orders {
		s.step("accept " + o.ID)
		s.orders[o.ID] = o
		s.accepted[o.ID+" "+o.Receiver.Address.Reveal()]++
	}
	s.step("before advance")
	s.cursor = cursor
	s.step("after advance")
	return nil
}

// polls reads until nothing is left to do.
func (s *station) polls() {
	s.t.Helper()
	for range 4 {
		if err := s.poll(); err != nil {
			s.t.Fatal(err)
		}
	}
}

// put puts a file there that was written a minute ago.
func (s *station) put(name string, b []byte) {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.age(name, time.Minute)
}

func (s *station) age(name string, d time.Duration) {
	s.t.Helper()
	at := s.now.Add(-d)
	if err := os.Chtimes(filepath.Join(s.dir, name), at, at); err != nil {
		s.t.Fatal(err)
	}
}

// files lists what is in a folder of the hot folder, without what was added to
// the names.
func (s *station) files(folder string) (names []string) {
	s.t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.dir, folder))
	if err != nil {
		s.t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		name := e.Name()
		for _, end := range []string{errorsEnd, reasonEnd, ""} {
			if base, ok := strings.CutSuffix(name, end); ok {
				if m := marked.FindStringSubmatch(base); m != nil {
					name = strings.Replace(base, "."+m[1], "", 1) + end
				}
				break
			}
		}
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// list returns the rows of the one list of errors in done/.
func (s *station) list() string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.dir, done, "*"+errorsEnd))
	if err != nil || len(found) != 1 {
		s.t.Fatalf("%d lists of errors, %v; %s", len(found), err, sentences(s.said))
	}
	b, err := os.ReadFile(found[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return string(b)
}

// codes are what people were told.
func (s *station) codes() (list []notice.Code) {
	for _, n := range s.said {
		list = append(list, n.Code)
	}
	return list
}

func sentences(said []*notice.Error) string {
	var b strings.Builder
	for _, n := range said {
		fmt.Fprintln(&b, n.Text(notice.English))
	}
	return b.String()
}

// text is an order as one line, with the person in it.
func text(o order.Order) string {
	r := o.Receiver.Address.Region()
	line := fmt.Sprintf("%s %s %s %s|%s|%s|%s", o.ID, o.Receiver.Name.Reveal(), o.Receiver.Phone.Reveal(), o.PhoneKind, r.Province+"/"+r.City+"/"+r.District, o.Receiver.Address.Reveal(), o.State)
	for _, i := range o.Items {
		line += fmt.Sprintf("|%s %s×%d", i.SKU, i.Name, i.Quantity)
	}
	return line
}

func (s *station) texts() string {
	var lines []string
	for _, o := range s.orders {
		lines = append(lines, text(o))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
