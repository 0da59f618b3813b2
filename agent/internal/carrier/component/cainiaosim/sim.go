// Package cainiaosim is a platform's local print component, 菜鸟云打印 and those of
// Pinduoduo, Douyin, Kuaishou and Xiaohongshu that speak its protocol, as a real
// WebSocket server, for practice and for tests.
//
// Such a component is a program on the packing PC that alone opens the platform's
// sealed waybills, puts them on paper and says so by notices of its own. This one
// speaks the protocol as far as it has been described, in the order of the older
// and of the newer programs, shares nothing with the agent's client, opens only
// what its own key has sealed, and keeps a journal of what it printed whatever
// the client was told. It misbehaves on demand.
//
// Where nobody outside the platforms knows the answer the choice made here is
// marked "guessed".
package cainiaosim

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// Config is a component on a PC. Its zero value is Cainiao's older one with two
// printers, opens what the zero Key sealed and throws its paper away.
type Config struct {
	Style    Style
	Printers []Printer // the first is the system's default
	Key      Key
	// Paper is handed every label before it is journalled. An error is a printer
	// that put nothing out. It is called for one label at a time.
	Paper  func(Entry) error
	Faults []Fault // in force from the start
}

// Printer is one that the component knows.
type Printer struct {
	Name     string
	Disabled bool
}

// Component is the simulated component. Its methods may be called at any time.
type Component struct {
	config  Config
	journal journal

	printing sync.Mutex // one document at a time

	mu     sync.Mutex
	faults []*fault
	tasks  map[string]*task
	lines  map[*line]bool
	served map[string]int
	down   time.Time // until when nobody answers
	closed bool

	life   context.Context
	end    context.CancelFunc
	server *http.Server
	work   sync.WaitGroup // lines and requests
}

// New makes a component. It fails when a fault makes no sense.
func New(c Config) (*Component, error) {
	if c.Printers == nil {
		c.Printers = []Printer{{Name: "HPRT R42D"}, {Name: "Microsoft Print to PDF"}}
	}
	if c.Style == (Style{}) {
		c.Style = CainiaoOld
	}
	s := &Component{config: c, tasks: map[string]*task{}, lines: map[*line]bool{}, served: map[string]int{}}
	for _, f := range c.Faults {
		if err := f.check(); err != nil {
			return nil, err
		}
		s.faults = append(s.faults, &fault{Fault: f})
	}
	s.life, s.end = context.WithCancel(context.Background())
	return s, nil
}

// Listen serves on a TCP address and returns the URL, "ws://127.0.0.1:13528".
// It may be called once.
func (c *Component) Listen(address string) (string, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", fmt.Errorf("start the print component: %w", err)
	}
	c.server = &http.Server{Handler: c, ReadHeaderTimeout: 5 * time.Second}
	c.work.Go(func() { _ = c.server.Serve(l) })
	return "ws://" + l.Addr().String() + c.config.Style.Path, nil
}

// Close switches the component off: all lines end and what still waits is not
// printed.
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
	return err
}

// Journal returns everything that came out, oldest first.
func (c *Component) Journal() []Entry { return c.journal.all() }

// Served returns how many requests with this cmd were understood.
func (c *Component) Served(command string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.served[command]
}

// crash is a program that dies and is there again after a while: every line
// breaks, and what it knew of its tasks is gone. The journal is paper and stays.
func (c *Component) crash(away time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.down = time.Now().Add(away)
	clear(c.tasks)
	for l := range c.lines {
		l.hangUp()
	}
}

// largestFrame bounds one message.
const largestFrame = 16 << 20

// ServeHTTP takes a connection from any origin, as the real components do, and
// serves it to its end.
func (c *Component) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	if c.closed || time.Now().Before(c.down) || c.config.Style.Path != "" && r.URL.Path != c.config.Style.Path {
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
	c.mu.Lock()
	c.lines[l] = true
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.lines, l)
		c.mu.Unlock()
	}()
	for {
		_, message, err := conn.Read(ctx)
		if err != nil {
			return
		}
		// Each request for itself: a slow one holds no other up. And what has been
		// asked for is printed though the client may have gone (guessed).
		c.work.Go(func() { l.serve(ctx, message) })
	}
}

// line is one connection.
type line struct {
	component *Component
	conn      *websocket.Conn
	hangUp    func()

	mu sync.Mutex
}

// serve does what one message asks. The context is the line's.
func (l *line) serve(ctx context.Context, message []byte) {
	c := l.component
	q, ok := parse(message)
	if !ok {
		l.send(ctx, object{"cmd": q.Command, "requestID": q.Request, "status": "failed", "msg": "数据格式错误", "errorCode": 1})
		return
	}
	p := c.plan(q.Command)
	if !sleep(c.life, p.before) {
		return
	}
	switch p.fault {
	case DropBefore:
		l.hangUp()
		return
	case CrashBefore:
		c.crash(p.away)
		return
	}
	if q.Command == "print" {
		l.print(ctx, q, p)
		return
	}
	answer := c.answer(q)
	if sleep(c.life, p.after) {
		l.tell(ctx, p, answer)
	}
}

// send writes frames, each an object or raw bytes.
func (l *line) send(ctx context.Context, frames ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, f := range frames {
		if l.conn.Write(ctx, websocket.MessageText, encode(f)) != nil {
			return // the client has gone; there is nobody to tell
		}
	}
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
