package tray

import (
	"context"
	"errors"
	"time"

	"miandan/agent/internal/api"
)

// seen is what was last known of the agent. What it does not serve is empty.
type seen struct {
	lost    bool
	queue   api.Queue
	latest  *api.Row // the label that was put on paper last
	devices map[string]api.Device
	said    []api.Said
	asking  string // the page that waits for a person's answer
	prints  bool
}

const (
	// again is how long the tray waits before it looks for a lost agent.
	again = 2 * time.Second
	// calm is the least time from one look at the agent to the next: a shift
	// changes the queue several times a second, and nobody reads so fast.
	calm = 300 * time.Millisecond
	// tick is how often it looks unasked: a deadline comes near without a change.
	tick = time.Minute
	// patience is how long an answer may take before the menu stops waiting.
	patience = 5 * time.Second
	// atMost is how many answers in a row may take longer before the agent is lost.
	atMost = 2
	// rows is how many rows of each kind are read; those of the nearest deadline.
	rows = 200
)

// watch keeps to the newest state that there is. Whoever sends on look has it
// look at once.
func watch(ctx context.Context, c *api.Client, to chan seen, look chan struct{}) {
	tell := func(s seen) {
		select {
		case <-to: // an older one that nobody has taken
		default:
		}
		to <- s // room for one, and nobody else sends
	}
	for ctx.Err() == nil {
		follow(ctx, c, tell, look)
		tell(seen{lost: true})
		pause(ctx, again)
	}
}

// follow tells of each change until the line to the agent breaks.
func follow(ctx context.Context, c *api.Client, tell func(seen), look chan struct{}) {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	defer func() { stop(); <-ended }()
	go func() {
		defer close(ended)
		_ = c.Watch(ctx, func() { nudge(look) }) // its error always means the same: lost
	}()
	unasked := time.NewTicker(tick)
	defer unasked.Stop()
	e := eyes{client: c}
	slow := 0
	for {
		select {
		case <-ended:
			return
		case <-look:
		case <-unasked.C:
		}
		s, err := e.look(ctx)
		if errors.Is(err, context.DeadlineExceeded) && slow < atMost { // it is busy, and the line stands
			slow++
			nudge(look)
			continue
		}
		slow = 0
		tell(s)
		pause(ctx, calm)
	}
}

// nudge asks for a look, unless one is asked for already.
func nudge(look chan<- struct{}) {
	select {
	case look <- struct{}{}:
	default:
	}
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// eyes read the agent. What it once said it does not serve is not asked for again
// while the line stands.
type eyes struct {
	client                               *api.Client
	noDesk, noDevices, noSaid, noCallers bool
}

// look reads what the menu shows; without a queue it shows that the agent is lost.
func (e *eyes) look(ctx context.Context) (s seen, err error) {
	ctx, done := context.WithTimeout(ctx, patience)
	defer done()
	if s.queue, err = e.client.QueueOf(ctx, api.QueueQuery{Limit: rows}); err != nil {
		return seen{lost: true}, err
	}
	if !e.noDesk {
		r, err := e.client.Latest(ctx)
		if e.noDesk = api.Unserved(err); err == nil {
			s.latest = &r
		}
	}
	s.prints = !e.noDesk
	if !e.noDevices {
		list, err := e.client.Devices(ctx)
		if e.noDevices = api.Unserved(err); err == nil {
			s.devices = map[string]api.Device{}
			for _, d := range list {
				s.devices[d.Name] = d
			}
		}
	}
	if !e.noSaid {
		s.said, err = e.client.Said(ctx)
		e.noSaid = api.Unserved(err)
	}
	if !e.noCallers {
		c, err := e.client.Callers(ctx)
		if e.noCallers = api.Unserved(err); err == nil && c.Asking != nil {
			s.asking = c.Asking.Origin
		}
	}
	return s, nil
}
