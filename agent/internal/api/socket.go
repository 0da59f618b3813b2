package api

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/pairing"
)

// Times and sizes of a guest's socket.
const (
	helloTime = 5 * time.Second // within which it shows its token
	helloSize = 1 << 10
	watched   = 200 // of a caller's latest jobs
)

// socket tells a paired page what becomes of its jobs. The first message shows the
// token, since a browser lets no script set a header here and an address is no
// place for one; after it the page only listens. It is told at once how its latest
// jobs stand, and then each that changes.
type socket struct {
	server  *Server
	changes *changes
	limits  *limits
}

// told is what a socket says.
type told struct {
	Event string `json:"event"` // "job" or "refused"
	Job   *Job   `json:"job,omitempty"`
	Code  string `json:"code,omitempty"`
}

func (s socket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	who := callerOf(r.Context())
	if !s.limits.open(who.origin) {
		w.Header().Set("Retry-After", "60")
		refuse(w, r, s.server.Language, http.StatusTooManyRequests, tooManySockets)
		return
	}
	defer s.limits.shut(who.origin)
	// The library compares Origin with Host, which a rebound name passes; the gates
	// have compared both with what they must be.
	c, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		return // it has answered
	}
	defer c.CloseNow()
	c.SetReadLimit(helloSize)
	if !s.hello(r.Context(), c, who.origin) {
		s.say(r.Context(), c, told{Event: "refused", Code: string(callerToken)})
		c.Close(websocket.StatusPolicyViolation, string(callerToken))
		return
	}
	ctx := c.CloseRead(r.Context()) // ends when the page goes, or says anything more
	s.follow(ctx, c, who)
}

func (s socket) hello(ctx context.Context, c *websocket.Conn, o pairing.Origin) bool {
	ctx, cancel := context.WithTimeout(ctx, helloTime)
	defer cancel()
	kind, message, err := c.Read(ctx)
	var in struct {
		Token string `json:"token"`
	}
	return err == nil && kind == websocket.MessageText && json.Unmarshal(message, &in) == nil && s.server.Callers.Knows(o, in.Token)
}

// follow tells what changes until the page goes or is no longer paired.
func (s socket) follow(ctx context.Context, c *websocket.Conn, who caller) {
	known := map[string]string{}
	alive := time.NewTicker(heartbeat)
	defer alive.Stop()
	for {
		_, changed := s.changes.now()
		if s.server.Callers.Stand(who.origin) != nil {
			c.Close(websocket.StatusPolicyViolation, string(callerRefused))
			return
		}
		jobs, err := s.server.Jobs.Jobs(ctx, who.id(), watched)
		if err != nil {
			s.server.Log.Error("request failed", "route", "ws", "err", err)
			return
		}
		now := map[string]string{}
		for _, j := range slices.Backward(jobs) { // the oldest change first
			v := j.in(context.WithValue(ctx, callerKey{}, who))
			line, err := json.Marshal(v)
			if err != nil {
				return
			}
			if now[j.Key] = string(line); known[j.Key] != string(line) && !s.say(ctx, c, told{Event: "job", Job: &v}) {
				return
			}
		}
		known = now
		for same := true; same; {
			select {
			case <-changed:
				same = false
			case <-alive.C:
				ping, cancel := context.WithTimeout(ctx, 10*time.Second)
				err := c.Ping(ping)
				cancel()
				if err != nil || s.server.Callers.Stand(who.origin) != nil {
					return
				}
			case <-ctx.Done():
				return
			case <-s.changes.done:
				c.Close(websocket.StatusGoingAway, "")
				return
			}
		}
		select {
		case <-time.After(calm):
		case <-ctx.Done():
			return
		}
	}
}

func (s socket) say(ctx context.Context, c *websocket.Conn, t told) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	line, err := json.Marshal(t)
	return err == nil && c.Write(ctx, websocket.MessageText, line) == nil
}
