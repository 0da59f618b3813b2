package dispatch

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/platform"
)

// A label's order is read again before paper if the platform's last word on it is
// old: a cancelled order on paper is a parcel on its way. While the network is away
// nobody can be asked. Then the settings decide: labels wait, or those print whose
// orders were well when they were read last. Each that does is put on record as such
// with its intent, people are told which they are, and as soon as the platform can be
// asked it is: one that was cancelled meanwhile stands as an alarm until somebody has
// taken the parcel out.

// unreadEvery is how often a platform that could not be asked is asked again.
const unreadEvery = 20 * time.Second

// unreadMost is how many orders of a platform are read again at once.
const unreadMost = 200

// absent remembers which platforms could not be reached a moment ago: with each label
// to wait for no answer would take longer than to print it.
type absent struct {
	mu    sync.Mutex
	since map[string]time.Time
}

func (a *absent) is(source string, now time.Time) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	at, ok := a.since[source]
	gone := now.Sub(at)
	return ok && gone >= 0 && gone < unreadEvery
}

func (a *absent) note(source string, now time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.since == nil {
		a.since = map[string]time.Time{}
	}
	a.since[source] = now
}

// away reports whether an error says that the way to a platform is broken, and not
// that it had something to say.
func away(err error) bool {
	c := notice.CodeOf(err)
	return c == "jd-unreachable" || c == "gateway-unreachable" || c == "no-network"
}

// unread lets a label print whose platform cannot be asked, if the settings want that.
func (s *Station) unread(label *ledger.Label, cause error) error {
	if !s.Rules.Offline {
		return cause
	}
	label.Unread = true
	return nil
}

// readUnread asks about the orders of labels that printed while nobody could be asked. Of a
// platform that is in the settings no more nobody can, and of one that is away not yet:
// neither keeps the others waiting.
func (s *Station) readUnread(ctx context.Context) error {
	var left []string
	for _, name := range slices.Sorted(maps.Keys(s.Sources)) {
		list, err := s.Ledger.Unread(ctx, name, unreadMost)
		if err != nil {
			return err
		}
		gone := false
		for _, u := range list {
			var err error
			if !gone {
				err = s.readLate(ctx, s.Sources[name], u)
				gone = err != nil && away(err)
			}
			if err != nil && !gone {
				s.Log.Warn("not read after it printed", "order", u.Order.ID, "error", err)
			}
			if err != nil || gone {
				left = append(left, u.Order.ID)
			}
		}
	}
	if len(left) > 0 {
		s.Say(notice.New("labels-unread", nil, len(left), strings.Join(left[:min(len(left), 10)], ", ")))
	}
	return nil
}

// readLate accepts what the platform says of an order whose label is out.
func (s *Station) readLate(ctx context.Context, source platform.Source, u ledger.Unread) error {
	o, err := source.Order(ctx, u.Order.ID)
	if err != nil && !errors.Is(err, platform.ErrNoOrder) { // the platform forgets orders; that cancels nothing
		return err
	}
	if err == nil {
		verdict, err := s.take(ctx, o)
		if err != nil {
			return err
		}
		if verdict == ledger.TooLate {
			s.Say(notice.New("printed-and-changed", nil, u.Order.ID, string(u.Number)))
		}
		s.Log.Info("read after it printed", "order", u.Order.ID, "label", u.Label, "verdict", verdict, "state", o.State)
	}
	return s.Ledger.ReadSince(ctx, u.Label)
}
