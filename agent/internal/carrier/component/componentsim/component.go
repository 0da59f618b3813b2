// Package componentsim is JD's local print component (京东云打印组件) as a real
// WebSocket server, for practice and for tests.
//
// The component is a program of JD's on the packing PC that alone opens sealed
// print data and puts it on paper. This one speaks its protocols 1, 2 and 3 as
// far as they have been described, shares nothing with the agent's client, opens
// the simulated gateway's sealed data alone, and keeps a journal of what it
// printed whatever the client was told. It misbehaves on demand: a component
// that answers late, twice, out of order or not at all is the rule on real PCs.
//
// Where nobody outside JD knows the answer the choice made here is marked
// "guessed".
package componentsim

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/jos/jdsim/journal"
	"miandan/agent/internal/jos/jdsim/sheet"
)

// Address is where the real component listens. A simulated one had better
// listen on port 0.
const Address = "127.0.0.1:9113"

// Config is a component on a PC. Its zero value has two printers, opens
// nothing that is sealed and throws its paper away.
type Config struct {
	Printers []string         // the first is the system's default
	Key      sheet.Key        // of the sealed print data: the gateway's PrintKey
	Style    sheet.Style      // of previews and files
	Clock    func() time.Time // time.Now if nil

	// Paper is handed every label that is printed, before it is journalled: see
	// Tray. An error is a printer that failed and put nothing out. It is called
	// for one label at a time.
	Paper func(Paper) error
	// Folder takes the files of protocol 3; without one they are refused.
	Folder string
	// JournalDir is the folder of the journal file; empty keeps the journal in
	// memory alone.
	JournalDir string

	UpperID bool    // replies of protocol 3 write requestID; both have been seen
	Faults  []Fault // in force from the start
}

// Component is the simulated component. Its methods may be called at any time,
// those that only look also by Config.Paper.
type Component struct {
	config  Config
	journal *journal.Journal[Entry]

	printing sync.Mutex // one request at a time

	mu     sync.Mutex
	faults []*fault
	served int
	closed bool

	life   context.Context
	end    context.CancelFunc
	server *http.Server
	work   sync.WaitGroup // lines and requests
}

// New makes a component. It fails when a fault makes no sense or the journal
// cannot be opened.
func New(c Config) (*Component, error) {
	if c.Printers == nil {
		c.Printers = []string{"HPRT R42D", "Microsoft Print to PDF"}
	}
	if c.Clock == nil {
		c.Clock = time.Now
	}
	s := &Component{config: c}
	for _, f := range c.Faults {
		if err := f.check(); err != nil {
			return nil, err
		}
		s.faults = append(s.faults, &fault{Fault: f})
	}
	var err error
	if s.journal, err = openJournal(c.JournalDir); err != nil {
		return nil, err
	}
	s.life, s.end = context.WithCancel(context.Background())
	return s, nil
}

// Listen serves on a TCP address and returns the URL, "ws://127.0.0.1:9113".
// It may be called once.
func (c *Component) Listen(address string) (string, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("start the print component: %w", err)
	}
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: 5 * time.Second}
	c.work.Go(func() { _ = c.server.Serve(l) })
	return "ws://" + l.Addr().String(), nil
}

// Close switches the component off: all lines end, what still waits is not
// printed, and the journal is closed.
func (c *Component) Close() error {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.end()
	var err error
	if c.server != nil {
		err = c.server.Close()
	}
	c.work.Wait()
	return errors.Join(err, c.journal.Close())
}

// Served returns how many requests were understood.
func (c *Component) Served() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.served
}

// Journal returns everything that came out, oldest first.
func (c *Component) Journal() []Entry { return slices.Clone(c.journal.Entries()) }

// largestFrame bounds one message.
const largestFrame = 16 << 20

// ServeHTTP takes a connection at any path and from any origin, as the real
// component does, and serves it to its end.
func (c *Component) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		http.Error(w, "", http.StatusServiceUnavailable)
		return
	}
	c.work.Add(1)
	c.mu.Unlock()
	defer c.work.Done()
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	conn.SetReadLimit(largestFrame)
	ctx, cancel := context.WithCancel(c.life)
	defer cancel()
	l := &line{component: c, conn: conn, hangUp: cancel}
	for {
		_, message, err := conn.Read(ctx)
		if err != nil {
			return
		}
		// Each request for itself: a slow one holds no other up. And what has
		// been asked for is printed though the client may have gone (guessed).
		c.work.Go(func() { l.serve(ctx, message) })
	}
}

// line is one connection.
type line struct {
	component *Component
	conn      *websocket.Conn
	hangUp    func()

	mu   sync.Mutex
	held [][]byte // replies that wait for another to go first
}

// serve answers one message. The context is the line's.
func (l *line) serve(ctx context.Context, message []byte) {
	c := l.component
	q := parse(message)
	plan := c.plan(q.kind())
	if !sleep(c.life, plan.before) {
		return
	}
	if plan.fault == DropBefore {
		l.hangUp()
		return
	}
	reply, err := c.do(q)
	if err != nil {
		// The journal may lack what is on paper, so nothing true can be said.
		l.hangUp()
		return
	}
	if !sleep(c.life, plan.after) {
		return
	}
	switch plan.fault {
	case DropAfter:
		l.hangUp()
	case Silent:
	case HoldBack:
		l.mu.Lock()
		l.held = append(l.held, encode(reply))
		l.mu.Unlock()
	case Malformed:
		whole := encode(reply)
		l.send(ctx, whole[:len(whole)/2])
	case Twice:
		l.send(ctx, encode(reply), encode(reply))
	case Denies:
		l.send(ctx, encode(denied(reply)))
	case Recants:
		l.send(ctx, encode(refusal(reply)), encode(reply))
	default:
		l.send(ctx, encode(reply))
	}
}

// send writes replies and after them those that were held back.
func (l *line) send(ctx context.Context, replies ...[]byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range append(replies, l.held...) {
		if l.conn.Write(ctx, websocket.MessageText, r) != nil {
			return // the client has gone; there is nobody to tell
		}
	}
	l.held = nil
}

// sleep waits and reports whether the component is still on.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
