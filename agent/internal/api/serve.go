package api

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// Server is what Serve needs. Station is required.
type Server struct {
	Station Station
	// What of these is nil is not served.
	Layouts Layouts
	Drafts  Drafts
	Waves   Waves
	Desk    Desk
	History Historian
	Rules   AutoRules
	Devices Devices
	Upkeep  Upkeep
	Starter Starter
	Fitter  Fitter
	Secrets Secrets
	Auditor Auditor
	Room    Room // of a station in a fleet
	Speaker Speaker
	// Pages makes the handler of the page from the token that it must send
	// and the station's language: web.Handler. Nil serves no page.
	Pages func(token string, station notice.Language) http.Handler
	// Door is the page before the page, at /enter and where there is no session:
	// it takes the code of a link. Nil serves none.
	Door http.Handler
	// Closed serves the page to who comes by a link, and not to who types its
	// address.
	Closed bool
	Keeper Doorkeeper // nil: there are no PINs, and a page is a Lead
	// Callers and Jobs let pages of other origins print. Without both none may.
	Callers *pairing.Book
	Jobs    Jobs
	// Protocols are other components' own, for pages that were written for those.
	// Serve closes their listeners. Without Callers none is spoken.
	Protocols []Protocol
	Token     string // from NewToken; empty makes a new one, from which sessions derive theirs
	Language  notice.Language
	Version   string       // of the program
	Log       *slog.Logger // nil logs nothing
}

// errNotLoopback is the cause under notice listen-not-loopback.
var errNotLoopback = errors.New("not a loopback address")

// Listen opens a TCP listener on 127.0.0.1 or ::1 and refuses anything else;
// "localhost" is taken as 127.0.0.1, whatever the hosts file says. Port 0 picks
// a free one. Errors are *notice.Error.
func Listen(addr string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, notice.New("listen-not-loopback", err, addr)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if host != "127.0.0.1" && host != "::1" {
		return nil, notice.New("listen-not-loopback", errNotLoopback, addr)
	}
	l, err := net.Listen("tcp", net.JoinHostPort(host, port))
	if err != nil {
		return nil, notice.New("port-in-use", err, addr)
	}
	return l, nil
}

// Serve answers on both listeners until ctx ends, then lets requests in hand
// finish for five seconds. Either listener may be nil. It closes both.
//
// On tcp every gate stands. The unix socket or pipe is a gate by itself: the system
// lets in whom its access list names, and says who that is, so Host, Origin and
// token are not asked for; what keeps requests well-formed is.
func Serve(ctx context.Context, s Server, tcp, socket net.Listener) error {
	if s.Token == "" {
		s.Token = NewToken()
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	c := newChanges()
	var servers []*http.Server
	var work sync.WaitGroup
	failed := make(chan error, 2+2*len(s.Protocols))
	changed := s.Station.Subscribe(ctx) // before the first watcher is told where things stand
	work.Go(func() { c.follow(ctx, changed) })
	all := newSessions(s.Token, s.Keeper)
	l := newLimits()
	if s.Callers != nil {
		s.Callers.OnChange(c.bump)
	}
	listen := func(listener net.Listener, handler http.Handler) {
		h := &http.Server{
			Handler:                      handler,
			DisableGeneralOptionsHandler: true, // OPTIONS * goes through the gates too
			ReadHeaderTimeout:            5 * time.Second,
			ReadTimeout:                  10 * time.Second,
			IdleTimeout:                  time.Minute,
			MaxHeaderBytes:               maxHeader,
			ErrorLog:                     slog.NewLogLogger(s.Log.Handler(), slog.LevelWarn),
			ConnContext:                  withPeer, // who is at the other end of the local channel
		}
		servers = append(servers, h)
		work.Go(func() {
			if err := h.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve: %w", err)
			}
		})
	}
	start := func(listener net.Listener, g *gates) {
		g.next, g.token, g.language, g.log = s.routes(c, all, l), s.Token, s.Language, s.Log
		g.sessions, g.closed = all, s.Closed
		listen(listener, g)
	}
	if tcp != nil {
		hosts, err := namesOf(tcp.Addr())
		if err != nil {
			tcp.Close()
			if socket != nil {
				socket.Close()
			}
			return err
		}
		_, port, _ := net.SplitHostPort(tcp.Addr().String())
		all.name, all.url = "miandan-"+port, "http://"+tcp.Addr().String()
		start(tcp, &gates{hosts: hosts, channel: page, guests: s.guests(c, l, hosts)})
	}
	if socket != nil {
		start(socket, &gates{channel: local})
	}
	var speaking sync.WaitGroup
	others, err := s.neighbours(c, l, &speaking)
	for listener, n := range others {
		if s.Callers == nil {
			listener.Close()
			continue
		}
		listen(listener, n)
	}
	if err != nil {
		failed <- err
	}

	select {
	case <-ctx.Done():
	case err = <-failed:
	}
	close(c.done)
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	for _, h := range servers {
		if h.Shutdown(grace) != nil {
			h.Close()
		}
	}
	stop()
	speaking.Wait()
	work.Wait()
	return err
}

// namesOf returns the only Hosts that a listener answers to.
func namesOf(a net.Addr) ([]string, error) {
	t, ok := a.(*net.TCPAddr)
	if !ok || !t.IP.IsLoopback() {
		return nil, notice.New("listen-not-loopback", errNotLoopback, a)
	}
	port := strconv.Itoa(t.Port)
	return []string{"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port}, nil
}
