package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// Protocol is the local protocol of another vendor's print component, spoken on a
// port of its own, so that a page which was written for that component prints here
// unchanged.
//
// Its pages have no token and cannot be given one. Who calls is told by the origin,
// which a browser writes and no page can lie about, and by a person's word: the
// first message of an unknown page is held while somebody at the station is asked,
// and goes on unchanged. Whoever says no origin, or "null", is refused: that may be
// any program of any user of this computer.
type Protocol struct {
	Name      string         // of the log
	Listeners []net.Listener // on the loopback
	// Speak serves one connection until the visitor leaves or ctx ends.
	Speak func(ctx context.Context, v *Visitor)
}

// Bounds of a visitor.
const (
	mostMessage = 4 << 20 // bytes of one message
	mostWaiting = 8 << 20 // bytes that wait while a person is asked
	inWaiting   = 32      // messages
	sayTime     = 10 * time.Second
)

// errGone reports a visitor that has left or was sent away.
var errGone = errors.New("the page has gone")

// Visitor is a page of another origin on one connection of a Protocol.
type Visitor struct {
	origin   pairing.Origin
	language notice.Language
	conn     *websocket.Conn
	server   *Server
	limits   *limits
	changes  *changes
	messages chan []byte
	waiting  atomic.Int64 // bytes in messages
	admitted bool
}

// ID is what the visitor's jobs are kept under.
func (v *Visitor) ID() string { return v.origin.ID() }

// Language is the station's: vendors' protocols name none.
func (v *Visitor) Language() notice.Language { return v.language }

// Changed is closed when something at the station has changed. It is taken before
// one looks.
func (v *Visitor) Changed() <-chan struct{} {
	_, changed := v.changes.now()
	return changed
}

// Messages are what the visitor says, in order; it ends when the visitor leaves.
// What comes out of it must go through Admit before anything is done about it.
func (v *Visitor) Messages() <-chan []byte { return v.messages }

// Admit waits until a person lets the visitor in, and is asked before each message
// is heard: who was let in may have been turned away since.
func (v *Visitor) Admit(ctx context.Context, message []byte) error {
	v.waiting.Add(-int64(len(message)))
	if !v.limits.request(v.origin) {
		v.conn.Close(websocket.StatusTryAgainLater, string(tooManyRequests))
		return errGone
	}
	err := v.server.Callers.Stand(v.origin)
	if errors.Is(err, pairing.ErrUnknown) && !v.admitted {
		err = v.server.Callers.Admit(ctx, v.origin, false)
	}
	if err != nil {
		v.conn.Close(websocket.StatusPolicyViolation, string(callerRefused))
		return err
	}
	v.admitted = true
	v.server.Callers.Used(v.origin)
	return nil
}

// Spend counts a label against the visitor's limits; nil if it may come.
func (v *Visitor) Spend() *notice.Error {
	switch fast, many := v.limits.job(v.origin); {
	case fast:
		return notice.New("compat-too-fast", nil)
	case many:
		return notice.New("compat-too-many", nil)
	}
	return nil
}

// Say tells the visitor something, unless it may no longer be told anything.
func (v *Visitor) Say(ctx context.Context, message any) error {
	if v.server.Callers.Stand(v.origin) != nil {
		v.conn.Close(websocket.StatusPolicyViolation, string(callerRefused))
		return errGone
	}
	line, err := json.Marshal(message)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sayTime)
	defer cancel()
	return v.conn.Write(ctx, websocket.MessageText, line)
}

// read takes in what the visitor says. It goes on while a person is asked, so that
// a page which was closed is asked about no longer.
func (v *Visitor) read(ctx context.Context, gone context.CancelFunc) {
	defer close(v.messages)
	defer gone()
	for {
		kind, message, err := v.conn.Read(ctx)
		if err != nil {
			return
		}
		if kind != websocket.MessageText {
			v.conn.Close(websocket.StatusUnsupportedData, "")
			return
		}
		if v.waiting.Add(int64(len(message))) > mostWaiting {
			v.conn.Close(websocket.StatusMessageTooBig, "")
			return
		}
		select {
		case v.messages <- message:
		case <-ctx.Done():
			return
		}
	}
}

// neighbour stands in front of a Protocol: the same gates in the same order as
// before every other listener, and nothing but a WebSocket behind them.
type neighbour struct {
	protocol Protocol
	hosts    []string
	server   *Server
	limits   *limits
	changes  *changes
	log      *slog.Logger
	speaking *sync.WaitGroup
}

func (n *neighbour) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(w.Header())
	o, status, code := n.pass(r)
	if code != "" {
		n.log.Info("request refused", "gate", string(code), "channel", n.protocol.Name)
		w.Header().Set("Connection", "close")
		refuse(w, r, n.server.Language, status, code)
		return
	}
	if !n.limits.open(o) {
		w.Header().Set("Retry-After", "60")
		refuse(w, r, n.server.Language, http.StatusTooManyRequests, tooManySockets)
		return
	}
	defer n.limits.shut(o)
	n.speaking.Add(1) // a connection that was taken over is nobody else's to wait for
	defer n.speaking.Done()
	// The gates have compared Host and Origin with what they must be.
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // it has answered
	}
	defer c.CloseNow()
	c.SetReadLimit(mostMessage)
	ctx, gone := context.WithCancel(r.Context())
	defer gone()
	go func() {
		select {
		case <-n.changes.done: // the agent ends
			gone()
		case <-ctx.Done():
		}
	}()
	v := &Visitor{
		origin: o, language: n.server.Language, conn: c, server: n.server, limits: n.limits, changes: n.changes, messages: make(chan []byte, inWaiting),
	}
	go v.read(ctx, gone)
	n.protocol.Speak(ctx, v)
	c.Close(websocket.StatusGoingAway, "")
}

// pass asks gate after gate. Nobody is asked anything about who does not pass.
func (n *neighbour) pass(r *http.Request) (pairing.Origin, int, notice.Code) {
	if !addressed(r, n.hosts) {
		return "", http.StatusMisdirectedRequest, hostRefused
	}
	values := r.Header.Values("Origin")
	if len(values) != 1 {
		return "", http.StatusForbidden, originRefused
	}
	o, ok := pairing.ParseOrigin(values[0])
	if !ok {
		return "", http.StatusForbidden, originRefused
	}
	if status, code := (*guests)(nil).fetched(r); code != "" {
		return "", status, code
	}
	switch {
	case r.Method != http.MethodGet || !strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		return "", http.StatusMethodNotAllowed, methodRefused
	case r.URL.Path != "/" || r.ContentLength != 0:
		return "", http.StatusNotFound, noSuchRoute
	case errors.Is(n.server.Callers.Stand(o), pairing.ErrBlocked):
		return "", http.StatusForbidden, callerBlocked
	case !n.limits.request(o):
		return "", http.StatusTooManyRequests, tooManyRequests
	}
	return o, 0, ""
}

// neighbours returns the handlers of the protocols' listeners, each with the names
// that its port answers to.
func (s *Server) neighbours(c *changes, l *limits, speaking *sync.WaitGroup) (map[net.Listener]*neighbour, error) {
	all := map[net.Listener]*neighbour{}
	for _, p := range s.Protocols {
		for _, listener := range p.Listeners {
			hosts, err := namesOf(listener.Addr())
			if err != nil {
				return nil, err
			}
			all[listener] = &neighbour{protocol: p, hosts: hosts, server: s, limits: l, changes: c, log: s.Log, speaking: speaking}
		}
	}
	return all, nil
}
