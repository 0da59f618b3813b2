// Package folder takes orders out of a hot folder: the CSV and XLSX files that
// an ERP exports, or that a person drops there.
//
// A file is renamed into taking/ before it is read, and leaves it only when the
// ledger has committed the cursor that names it. Renaming is the one thing that
// is whole on every disk and share: of several stations with one folder a single
// one gets the file, and whatever happens in between, the file stands in taking/
// and is read again; the ledger knows its orders.
//
// A good row goes on, a wrong one is named in done/NAME.errors.csv with what to
// put right, and nobody's name stands there. A file that says nothing readable
// goes to failed/ with the reason beside it. The files themselves name people in
// the clear, so a file is deleted once all of its orders lie sealed in the
// ledger, unless it is to be kept. One with wrong rows is the only place where
// these stand: it stays in done/ for a while.
//
// Nobody can be asked how an order stands that came from a file. What was read
// last is the last word: a new file with the same order changes or cancels it.
package folder

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
)

// Source is one hot folder. Its fields must not change once it is in use.
type Source struct {
	Name string // the source's name in order.Key
	Path string // the folder; it must exist
	// Shop is the shop whose orders are taken. A row whose column of the shop says
	// another one is wrong; empty takes all.
	Shop string
	// AfterSales says that all orders are after-sales service orders, 售后服务单.
	AfterSales bool
	Merchant   order.Merchant // of orders whose row does not say it; SOP if empty
	Keep       bool           // files stay in done/ with the people in them
	// KeepWrong is how long a file with wrong rows stays in done/ without Keep;
	// DefaultKeepWrong if 0.
	KeepWrong time.Duration
	// Quiet is for how long a file must not change before it is taken;
	// DefaultQuiet if 0.
	Quiet time.Duration

	// Trouble is told, as a *notice.Error, of what holds up single files and rows
	// and not the reading. It may be nil.
	Trouble func(error)
	Now     func() time.Time

	mu     sync.Mutex
	before func(op string) // tests: is called before every change to the disk
}

var _ platform.Source = (*Source)(nil)

// What a Source does unless it is told otherwise.
const (
	DefaultQuiet     = 3 * time.Second
	DefaultKeepWrong = 7 * 24 * time.Hour
)

// enough orders for one reading: the next one goes on with the other files.
const enough = 5000

// Orders implements platform.Source. The cursor says whose the station's files
// in taking/ are and which of them the ledger has: these are put away first.
// The first call only chooses the mark that the station's files carry, since a
// file that is marked must be known again after a crash.
//
// While files lie there that may still be written, a call takes as long as Quiet.
func (s *Source) Orders(ctx context.Context, after platform.Cursor) ([]order.Order, platform.Cursor, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	root, err := os.OpenRoot(s.Path)
	if err != nil {
		return nil, after, s.away(err)
	}
	defer root.Close()
	d := disk{root, s.before}
	if err := d.folders(); err != nil {
		return nil, after, s.away(err)
	}
	c := readCursor(after)
	if c.mark == "" {
		return nil, cursor{mark: newMark()}.text(), nil
	}
	next := cursor{mark: c.mark, taken: s.putAway(d, c)}
	s.sweep(d, c.mark)
	m, err := s.mapping(root)
	if err != nil {
		return nil, after, err
	}
	if err := s.claim(ctx, d, c.mark); err != nil {
		return nil, after, err
	}
	files, err := s.claimed(d, next)
	if err != nil {
		return nil, after, s.away(err)
	}
	var orders []order.Order
	for _, f := range files {
		if len(orders) >= enough || ctx.Err() != nil {
			break
		}
		list, ok := s.take(d, f, m)
		if !ok {
			continue
		}
		orders = append(orders, list...)
		next.taken = append(next.taken, f.stamp)
	}
	return lastOf(orders), next.text(), nil
}

// Order implements platform.Source. A file says what it says once: nobody can
// be asked how an order stands now, and that is what ErrNoOrder means to those
// who ask before paper.
func (s *Source) Order(context.Context, string) (order.Order, error) {
	return order.Order{}, platform.ErrNoOrder
}

// take reads a file. ok reports that its orders are to go into the ledger and
// that what is wrong with the others is on disk.
func (s *Source) take(d disk, f file, m *mapping) (orders []order.Order, ok bool) {
	b, err := d.read(f)
	young := f.young(s.Now(), s.quiet())
	if err == nil && young && f.cutShort(b) {
		return nil, false
	}
	var wrong []wrongRow
	if err == nil {
		orders, wrong, err = s.safely(b, f, m)
	}
	var unreadable *notice.Error
	switch {
	case errors.As(err, &unreadable) && young:
		return nil, false
	case errors.As(err, &unreadable):
		if err := s.fail(d, f, unreadable); err != nil {
			s.tell(notice.New("folder-file-stuck", err, f.shown()))
		}
		return nil, false
	case err != nil:
		s.tell(notice.New("folder-file-stuck", err, f.shown()))
		return nil, false
	}
	if err := d.putErrors(f, wrong); err != nil {
		s.tell(notice.New("folder-file-stuck", err, f.shown()))
		return nil, false
	}
	return orders, true
}

// safely reads a file's orders. A file that brought down the program would do
// so again at every start.
func (s *Source) safely(b []byte, f file, m *mapping) (orders []order.Order, wrong []wrongRow, err error) {
	defer func() {
		if recover() != nil {
			orders, wrong, err = nil, nil, notice.New("folder-file-broken", nil, f.shown())
		}
	}()
	sheets, err := readSheets(b, f, m)
	if err != nil {
		return nil, nil, err
	}
	orders, wrong = s.orders(sheets, f, m)
	return orders, wrong, nil
}

// lastOf leaves of an order that stands in several files the last one: in
// between it was never so.
func lastOf(orders []order.Order) []order.Order {
	last := map[string]int{}
	for i, o := range orders {
		last[o.ID] = i
	}
	var once []order.Order
	for i, o := range orders {
		if last[o.ID] == i {
			once = append(once, o)
		}
	}
	return slices.Clip(once)
}

func (s *Source) away(err error) error { return notice.New("folder-away", err, s.Path) }

func (s *Source) tell(err error) {
	if s.Trouble != nil {
		s.Trouble(err)
	}
}

func (s *Source) quiet() time.Duration {
	if s.Quiet <= 0 {
		return DefaultQuiet
	}
	return s.Quiet
}

func newMark() string {
	var b [4]byte
	rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
