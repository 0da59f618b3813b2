package component

import (
	"context"
	"encoding/json"
	"errors"
	"net"
	"sync"
	"sync/atomic"

	"github.com/coder/websocket"

	"miandan/agent/internal/jos"
)

// line is an open WebSocket to a component. One goroutine reads it until it is
// closed and gives each reply to whoever waits for its key: replies come out of
// order, late and twice. It also notices a line that was dropped before
// anything was sent, which is then known not to have printed.
type line struct {
	ws      *websocket.Conn
	written *atomic.Int64 // bytes that went into the connection
	broken  chan struct{} // closed once nothing can be read any more

	mu      sync.Mutex
	waiting map[string]chan []byte
}

func newLine(ws *websocket.Conn, written *atomic.Int64) *line {
	l := &line{ws: ws, written: written, broken: make(chan struct{}), waiting: map[string]chan []byte{}}
	go l.read()
	return l
}

var errDropped = errors.New("the component dropped the line")

func (l *line) read() {
	defer close(l.broken)
	for {
		_, frame, err := l.ws.Read(context.Background()) // ended by close
		if err != nil {
			return
		}
		var head struct {
			Key     jos.Text `json:"key"`
			Request jos.Text `json:"requestId"` // requestID too: case does not count
		}
		if json.Unmarshal(frame, &head) != nil {
			continue // nobody's reply
		}
		l.mu.Lock()
		for _, key := range []jos.Text{head.Key, head.Request} {
			if replies := l.waiting[string(key)]; replies != nil {
				select {
				case replies <- frame:
				default: // said often enough
				}
			}
		}
		l.mu.Unlock()
	}
}

// send writes a frame and returns where the replies to its key arrive. left
// tells whether any byte may have left, also when err is not nil.
func (l *line) send(ctx context.Context, key string, frame []byte) (replies <-chan []byte, left bool, err error) {
	select {
	case <-l.broken:
		return nil, false, errDropped
	default:
	}
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	c := make(chan []byte, 4)
	l.mu.Lock()
	l.waiting[key] = c
	l.mu.Unlock()
	before := l.written.Load()
	if err := l.ws.Write(ctx, websocket.MessageText, frame); err != nil {
		l.forget(key)
		return nil, l.written.Load() != before, err
	}
	return c, true, nil
}

// wait returns the next reply. One that came before the line broke counts.
func (l *line) wait(ctx context.Context, replies <-chan []byte) ([]byte, error) {
	var why error
	select {
	case r := <-replies:
		return r, nil
	case <-l.broken:
		why = errDropped
	case <-ctx.Done():
	}
	if ctx.Err() != nil { // which may be what broke the line
		why = context.Cause(ctx)
	}
	select {
	case r := <-replies:
		return r, nil
	default:
		return nil, why
	}
}

func (l *line) forget(key string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.waiting, key)
}

// close hangs up and waits for the reader. It does not wait for the other side
// to say goodbye.
func (l *line) close() error {
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
