// Package line is what the print components of all vendors have in common: a
// WebSocket server on this computer that takes a task and says what became of
// it, now or later.
//
// It stands by itself because it decides two things that must hold for every
// vendor: sealed data goes to no other computer unless the settings allow it,
// and whether any of a task has left is known, for only a task that never left
// may be sent again.
package line

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"

	"miandan/agent/internal/jos"
)

// Line is an open WebSocket to a component. One goroutine reads it until it is
// closed and gives each frame to whoever listens for its keys: replies come out
// of order, late and twice. It also notices a line that was dropped before
// anything was sent, which is then known not to have printed.
type Line struct {
	ws      *websocket.Conn
	written *atomic.Int64 // bytes that went into the connection
	broken  chan struct{} // closed once nothing can be read any more

	mu      sync.Mutex
	waiting map[string]chan<- []byte
}

func newLine(ws *websocket.Conn, written *atomic.Int64) *Line {
	ws.SetReadLimit(maxFrame)
	l := &Line{ws: ws, written: written, broken: make(chan struct{}), waiting: map[string]chan<- []byte{}}
	go l.read()
	return l
}

// maxFrame is the largest frame that is read, in bytes. A larger one breaks the line.
const maxFrame = 4 << 20

// ErrDropped reports a line that the component has hung up on.
var ErrDropped = errors.New("the component dropped the line")

func (l *Line) read() {
	defer close(l.broken)
	for {
		_, frame, err := l.ws.Read(context.Background()) // ended by Close
		if err != nil {
			return
		}
		l.give(frame)
	}
}

// give hands a frame to those who listen for the task or the request that it
// is about: once to each, and never waiting for anybody.
func (l *Line) give(frame []byte) {
	var head struct {
		Key     jos.Text `json:"key"`
		Request jos.Text `json:"requestId"` // requestID too: case does not count
		Task    jos.Text `json:"taskId"`
	}
	if json.Unmarshal(frame, &head) != nil {
		return // nobody's
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	var given []chan<- []byte
	for _, key := range []jos.Text{head.Key, head.Request, head.Task} {
		c := l.waiting[string(key)]
		if c == nil || slices.Contains(given, c) {
			continue
		}
		given = append(given, c)
		select {
		case c <- frame:
		default: // said often enough
		}
	}
}

// Hear has the frames that carry a key, as that of a request or of a task, put
// into a channel from now on. What does not fit into the channel is dropped.
func (l *Line) Hear(c chan<- []byte, key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.waiting[key] = c
}

// Forget ends what Hear has begun.
func (l *Line) Forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, key)
}

// Send writes a frame. left tells whether any byte of it may have left, also
// when err is not nil.
func (l *Line) Send(ctx context.Context, frame []byte) (left bool, err error) {
	if l.Broken() {
		return false, ErrDropped
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	before := l.written.Load()
	if err := l.ws.Write(ctx, websocket.MessageText, frame); err != nil {
		return l.written.Load() != before, err
	}
	return true, nil
}

// Wait returns the next frame of a channel that hears. One that came before the
// line broke counts. The error is ErrDropped or the context's cause.
func (l *Line) Wait(ctx context.Context, c <-chan []byte) ([]byte, error) {
	var why error
	select {
	case frame := <-c:
		return frame, nil
	case <-l.broken:
		why = ErrDropped
	case <-ctx.Done():
	}
	if ctx.Err() != nil { // which may be what broke the line
		why = context.Cause(ctx)
	}
	select {
	case frame := <-c:
		return frame, nil
	default:
		return nil, why
	}
}

// Broken reports whether nothing can be sent or heard any more.
func (l *Line) Broken() bool {
	select {
	case <-l.broken:
		return true
	default:
		return false
	}
}

// Close hangs up and waits for the reader. It does not wait for the other side
// to say goodbye.
func (l *Line) Close() error {
	err := l.ws.CloseNow()
	<-l.broken
	return err
}

// counted counts what is given to the connection, before it is known whether
// it arrives.
type counted struct {
	net.Conn
	n *atomic.Int64
}

func (c counted) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.n.Add(int64(n))
	return n, err
}
