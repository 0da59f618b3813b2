package app

import (
	"context"
	"slices"
	"sync"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// mostSaid is how many notices are kept.
const mostSaid = 50

// said keeps what the station says, for the tray and the page. It is not on disk:
// what still holds after a restart is said again.
type said struct {
	now func() time.Time

	mu   sync.Mutex
	list []api.Said // the oldest first
	text []string   // of each, to know it again
	news int        // how often something was said that had not been said for a while
}

var _ api.Speaker = (*said)(nil)

// before returns a function that keeps what it then passes on.
func (s *said) before(say func(*notice.Error)) func(*notice.Error) {
	return func(n *notice.Error) {
		s.keep(n)
		say(n)
	}
}

// while is after how long the same is news again: what fails is said each second.
const while = time.Minute

// keep notes that n was said.
func (s *said) keep(n *notice.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := n.Text(notice.English)
	i := slices.Index(s.text, text)
	if i < 0 || s.now().Sub(s.list[i].At).Abs() > while {
		s.news++
	}
	if i >= 0 {
		s.list, s.text = slices.Delete(s.list, i, i+1), slices.Delete(s.text, i, i+1)
	}
	s.list = append(s.list, api.Said{At: s.now(), Code: n.Code, Args: n.Args})
	s.text = append(s.text, text)
	if extra := len(s.list) - mostSaid; extra > 0 {
		s.list, s.text = slices.Delete(s.list, 0, extra), slices.Delete(s.text, 0, extra)
	}
}

// heard counts what was news.
func (s *said) heard() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.news
}

// Said returns what was kept, the newest first.
func (s *said) Said(context.Context) ([]api.Said, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := slices.Clone(s.list)
	slices.Reverse(list)
	return list, nil
}
