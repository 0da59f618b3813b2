package api

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"miandan/agent/internal/notice"
)

// The stream of changes.
const (
	heartbeat   = 15 * time.Second
	calm        = 100 * time.Millisecond // at most ten messages a second to a watcher
	maxWatchers = 16                     // per listener: pages cannot starve the tray
)

// changes counts the changes of a station and tells everybody who watches.
type changes struct {
	seq  atomic.Uint64
	done chan struct{} // closed when the server stops

	mu      sync.Mutex
	changed chan struct{} // closed and renewed at each change
}

func newChanges() *changes {
	c := &changes{done: make(chan struct{}), changed: make(chan struct{})}
	c.seq.Store(1)
	return c
}

// follow counts until the source closes or the context ends.
func (c *changes) follow(ctx context.Context, source <-chan struct{}) {
	for {
		select {
		case <-ctx.Done():
			return
		case _, ok := <-source:
			if !ok {
				return
			}
			c.bump()
		}
	}
}

// bump counts one change.
func (c *changes) bump() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seq.Add(1)
	close(c.changed)
	c.changed = make(chan struct{})
}

// now returns the count and a channel that closes when it is out of date.
func (c *changes) now() (uint64, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seq.Load(), c.changed
}

// stream serves the changes as server-sent events: "changed" with the count,
// once at the start and after each change, and "alive" every 15 s with the
// same, so that a watcher notices both a dead line and a message it missed.
type stream struct {
	changes *changes
	places  chan struct{}
	station notice.Language
	beat    time.Duration
}

func (s stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	select {
	case s.places <- struct{}{}:
		defer func() { <-s.places }()
	default:
		w.Header().Set("Retry-After", "5")
		refuse(w, r, s.station, http.StatusServiceUnavailable, tooManyEvents)
		return
	}
	line := http.NewResponseController(w)
	line.SetReadDeadline(time.Time{}) // the server's own would end the stream
	w.Header().Set("Content-Type", "text/event-stream")
	if r.Method == http.MethodHead {
		return
	}

	send := func(event string, seq uint64) error {
		line.SetWriteDeadline(time.Now().Add(10 * time.Second))
		fmt.Fprintf(w, "event: %s\nid: %d\ndata: {\"seq\":%d}\n\n", event, seq, seq)
		return line.Flush()
	}
	alive := time.NewTicker(s.beat)
	defer alive.Stop()
	for {
		seq, changed := s.changes.now()
		if send("changed", seq) != nil {
			return
		}
		for same := true; same; {
			select {
			case <-changed:
				same = false
			case <-alive.C:
				if send("alive", seq) != nil {
					return
				}
			case <-r.Context().Done():
				return
			case <-s.changes.done:
				return
			}
		}
		select {
		case <-time.After(calm):
		case <-r.Context().Done():
			return
		case <-s.changes.done:
			return
		}
	}
}
