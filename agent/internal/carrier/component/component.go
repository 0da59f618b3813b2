// Package component hands a label to JD's own print component, 京东云打印组件,
// which listens on this computer and alone can open JD's sealed print data.
//
// To the rest of the program it is a way to a printer. The document that is
// sent is sealed, so nothing of it can be drawn, checked or kept here; what is
// kept is that it was handed over, and what the component said.
//
// The component says when it has given a label to the system's queue and
// never that it is on paper. So its word is presumed evidence, no more. And it
// has no way to ask later what became of a task: a reply that is lost is lost,
// and then only a person may print again.
//
// The protocol has no caller authentication on either side. Whoever took the
// port first gets the sealed data, which is of no use without JD's key.
package component

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/coder/websocket"

	"miandan/printer"
)

// Scheme is the scheme of the component's printers.
const Scheme = "jd-component"

// DefaultPort is where the component listens. No TLS port is known.
const DefaultPort = "9113"

// DefaultPatience is how long the component may take to reply to a label.
const DefaultPatience = time.Minute

const (
	maxReply    = 4 << 20 // bytes
	maxDocument = 4 << 20
)

// Why a component takes no label. Whatever carries one of these was not sent.
var (
	ErrOff       = errors.New("the print component does not answer: is it installed and running?")
	ErrNotLocal  = errors.New("the print component is not on this computer: add ?remote=allowed to its address if that is meant")
	ErrNoPrinter = errors.New("the print component has no such printer")
)

// ErrNoReply reports a label that was handed over and to which no usable reply
// came: it may be on paper.
var ErrNoReply = errors.New("the print component took the label and gave no reply")

// Transport is the way to one printer of a component. It may be used by several
// goroutines.
type Transport struct {
	printer  string
	target   string // ws://host:port
	remote   bool   // the component may stand on another computer
	patience time.Duration
	speak    protocol
}

var _ printer.Transport = (*Transport)(nil)

// Open returns the way that the URL names; it connects to nothing.
//
//	jd-component://127.0.0.1:9113/PRINTER NAME
//	jd-component:///PRINTER NAME        the same
//
// What may stand behind a question mark:
//
//	version=1|2|3       of the component's protocol; 2, known since component 3.3.2.7
//	patience=60s        how long it may take to reply to a label
//	remote=allowed      the component stands on another computer
//	tls=yes             wss in place of ws; no public source knows such a port
//	system, location, operator   what version 3 calls callSystem, printLocation and operator
func Open(u *url.URL) (printer.Transport, error) {
	t, err := open(u)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func open(u *url.URL) (*Transport, error) {
	if u.Scheme != Scheme || u.Opaque != "" {
		return nil, errors.New("a printer of JD's component is written jd-component://127.0.0.1:9113/PRINTER NAME")
	}
	if u.User != nil {
		return nil, errors.New("the component's address carries no user and no password")
	}
	if u.Fragment != "" {
		return nil, errors.New("write %23 for a # in the name of the component's printer")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("the part of the component's address after ? cannot be read; write %3F for a ? in the printer's name")
	}
	for key := range query {
		if !slices.Contains([]string{"version", "patience", "remote", "tls", "system", "location", "operator"}, key) {
			return nil, fmt.Errorf("the component's address knows no ?%.20q", key)
		}
	}
	t := &Transport{printer: strings.TrimPrefix(u.Path, "/"), patience: DefaultPatience}
	if t.printer == "" {
		return nil, errors.New("the component's address names no printer: jd-component://127.0.0.1:9113/PRINTER NAME")
	}
	switch v := query.Get("version"); v {
	case "1", "2", "":
		t.speak = classic{second: v != "1"}
	case "3":
		t.speak = third{query.Get("system"), query.Get("location"), query.Get("operator")}
	default:
		return nil, fmt.Errorf("the component's protocol has the versions 1, 2 and 3, not %.20q", v)
	}
	if v := query.Get("patience"); v != "" {
		if t.patience, err = time.ParseDuration(v); err != nil || t.patience <= 0 {
			return nil, fmt.Errorf("patience is a time such as 60s, not %.20q", v)
		}
	}
	if t.remote, err = yes(query, "remote", "allowed"); err != nil {
		return nil, err
	}
	secure, err := yes(query, "tls", "yes")
	if err != nil {
		return nil, err
	}
	host, port := u.Hostname(), u.Port()
	if host == "" {
		host = "127.0.0.1"
	}
	if port == "" {
		port = DefaultPort
	}
	if ip, err := netip.ParseAddr(host); !t.remote && host != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
		return nil, ErrNotLocal
	}
	scheme := "ws"
	if secure {
		scheme = "wss"
	}
	t.target = (&url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port)}).String()
	return t, nil
}

// yes reads a setting that is either absent or has its one value.
func yes(query url.Values, name, value string) (bool, error) {
	switch query.Get(name) {
	case "":
		return false, nil
	case value:
		return true, nil
	}
	return false, fmt.Errorf("the component's address knows ?%s=%s and no other value for it", name, value)
}

// Dial connects to the component. Every error carries ErrOff or ErrNotLocal.
func (t *Transport) Dial(ctx context.Context) (printer.Conn, error) {
	l, err := t.dial(ctx)
	if err != nil {
		return nil, err
	}
	return &Conn{t: t, line: l}, nil
}

func (t *Transport) dial(ctx context.Context) (*line, error) {
	written := new(atomic.Int64)
	dialer := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		// "localhost" is what the system's files make of it.
		if at, err := netip.ParseAddrPort(address); !t.remote && (err != nil || !at.Addr().Unmap().IsLoopback()) {
			return ErrNotLocal
		}
		return nil
	}}
	client := &http.Client{
		// No proxy: nothing stands between a program and its own computer.
		Transport: &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			if err != nil {
				return nil, err
			}
			return counted{c, written}, nil
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	defer client.CloseIdleConnections() // of a server that speaks HTTP and no WebSocket
	ws, _, err := websocket.Dial(ctx, t.target, &websocket.DialOptions{HTTPClient: client, CompressionMode: websocket.CompressionDisabled})
	switch {
	case errors.Is(err, ErrNotLocal):
		return nil, ErrNotLocal
	case err != nil:
		return nil, fmt.Errorf("%w (%w)", ErrOff, cause(err))
	}
	ws.SetReadLimit(maxReply)
	return newLine(ws, written), nil
}

// cause takes the URL off an error.
func cause(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op
	}
	return errors.New("what answered is no WebSocket server")
}

// Printers returns the names of the component's printers. It is a question:
// nothing is printed.
func (t *Transport) Printers(ctx context.Context) ([]string, error) {
	l, err := t.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer l.close()
	return t.printers(ctx, l)
}

func (t *Transport) printers(ctx context.Context, l *line) ([]string, error) {
	key := newKey()
	frame, err := json.Marshal(t.speak.list(key))
	if err != nil {
		return nil, err
	}
	replies, _, err := l.send(ctx, key, frame)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrOff, cause(err))
	}
	defer l.forget(key)
	reply, err := l.wait(ctx, replies)
	if err != nil {
		return nil, fmt.Errorf("%w (no list of printers: %w)", ErrOff, err)
	}
	return t.speak.printers(reply)
}

// Status asks the component whether it has the printer, which is all it knows
// of one. The error carries ErrNoPrinter, with the names that there are, if
// not; it carries ErrOff if the component does not answer.
func (t *Transport) Status(ctx context.Context) (printer.Status, error) {
	l, err := t.dial(ctx)
	if err != nil {
		return printer.Status{}, err
	}
	defer l.close()
	return t.status(ctx, l)
}

func (t *Transport) status(ctx context.Context, l *line) (printer.Status, error) {
	names, err := t.printers(ctx, l)
	if err != nil {
		return printer.Status{}, err
	}
	if !slices.Contains(names, t.printer) {
		return printer.Status{}, &UnknownPrinterError{Name: t.printer, Known: names}
	}
	return printer.Status{}, nil
}

// UnknownPrinterError is a printer that the component does not have. It is
// ErrNoPrinter.
type UnknownPrinterError struct {
	Name  string
	Known []string
}

func (e *UnknownPrinterError) Error() string {
	return fmt.Sprintf("%v: %q, it has %q", ErrNoPrinter, e.Name, e.Known)
}

func (e *UnknownPrinterError) Unwrap() error { return ErrNoPrinter }

// newKey returns a task's key. It is never used again, so that a reply which
// comes late cannot pass for another's.
func newKey() string {
	var b [12]byte
	rand.Read(b[:])
	return strings.ToUpper(hex.EncodeToString(b[:]))
}
