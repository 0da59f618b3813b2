// Package tcp reaches printers that listen on a TCP port, as nearly every
// network printer does on 9100.
//
// The port is a bare pipe with a back channel: no frames, no end of job but the
// end of the connection, and one caller at a time.
package tcp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"time"

	"miandan/printer"
)

// Port is where printers listen if nothing else is said.
const Port = "9100"

// linger is how long Close lets bytes leave when no deadline says otherwise.
const linger = 2 * time.Second

// Transport is a way to one printer.
type Transport struct {
	Address string // host:port
}

var (
	_ printer.Transport = Transport{}
	_ printer.ReadConn  = (*conn)(nil)
)

// Open reads tcp://host[:port].
func Open(u *url.URL) (printer.Transport, error) {
	switch {
	case u.Hostname() == "", strings.ContainsAny(u.Hostname(), "[]"):
		return nil, errors.New("a tcp printer needs a host, as in tcp://10.0.0.9:9100")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Path != "" && u.Path != "/":
		return nil, errors.New("a tcp printer has a host and a port and nothing else, as in tcp://10.0.0.9:9100")
	}
	port := u.Port()
	if port == "" {
		port = Port
	}
	return Transport{Address: net.JoinHostPort(u.Hostname(), port)}, nil
}

// Dial connects. A printer that is switched off is an error here.
func (t Transport) Dial(ctx context.Context) (printer.Conn, error) {
	var dialer net.Dialer
	c, err := dialer.DialContext(ctx, "tcp", t.Address)
	if err != nil {
		return nil, err
	}
	tc, ok := c.(*net.TCPConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("dial tcp: got a %T", c), c.Close())
	}
	return &conn{tcp: tc}, nil
}

type conn struct {
	tcp *net.TCPConn

	mu       sync.Mutex
	deadline time.Time
}

func (c *conn) Read(b []byte) (int, error) { return c.tcp.Read(b) }

func (c *conn) Write(b []byte) (int, error) {
	c.mu.Lock()
	over := !c.deadline.IsZero() && !time.Now().Before(c.deadline)
	c.mu.Unlock()
	if over { // asked here, since below Windows cannot tell it from a write that was cut off
		return 0, os.ErrDeadlineExceeded
	}
	n, err := c.tcp.Write(b)
	// Windows cancels a write that is under way and then reports none of it,
	// though a part may have left.
	if n == 0 && runtime.GOOS == "windows" && errors.Is(err, os.ErrDeadlineExceeded) {
		n = len(b)
	}
	return n, err
}

func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	c.deadline = t
	c.mu.Unlock()
	return c.tcp.SetDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error { return c.tcp.SetReadDeadline(t) }

// Close says that no more will come and waits until the printer hangs up too. A
// plain close with a status byte unread would reset the connection, and a reset
// throws away the end of a label that has not left yet.
func (c *conn) Close() error {
	c.mu.Lock()
	until := c.deadline
	c.mu.Unlock()
	if until.IsZero() {
		until = time.Now().Add(linger)
	}
	if !time.Now().Before(until) {
		return c.tcp.Close()
	}
	err := c.tcp.CloseWrite()
	if err == nil {
		if err = c.tcp.SetReadDeadline(until); err == nil {
			_, err = io.Copy(io.Discard, c.tcp)
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil // few printers hang up by themselves
	}
	return errors.Join(err, c.tcp.Close())
}
