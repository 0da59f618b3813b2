// Package spool prints through the system's queue: CUPS, on Linux and macOS,
// spoken to in IPP.
//
// It is the way to printers that only the system's own driver can drive. Where
// a label printer can be reached directly it should be: a queue says when it
// has let go of a job and nothing more, and CUPS has announced that drivers
// and raw queues will go. A raw queue hands the PDF to the device as it is.
//
// What a queue calls completed is presumed, never confirmed. The state means
// that the last byte has left the backend. Behind it lie the printer's buffer
// and a motor that may be out of paper, and CUPS has been seen to call jobs
// completed that no printer ever printed.
//
// A queue may also print twice by itself: under the error policies retry-job
// (Debian's default) and retry-current-job CUPS starts a job again from its
// first byte when the backend failed. A job cannot forbid it; the queue of a
// label printer should be set to abort-job or stop-printer.
//
// The document's name, its size and what the queue says of itself cross the
// wire in the clear, and so does the label: cups://HOST is for this machine
// and for networks that may see it.
package spool

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os/user"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/OpenPrinting/goipp"

	"miandan/printer"
)

// Why a queue takes no label. Whatever carries one of these was not sent.
var (
	ErrNoSpooler  = errors.New("no print service answers: is CUPS installed and running?")
	ErrNoQueue    = errors.New("the print service has no such queue")
	ErrRejecting  = errors.New("the queue rejects jobs: allow them with cupsaccept")
	ErrNoPDF      = errors.New("the queue takes no PDF")
	ErrNoPaper    = errors.New("the queue has no such paper")
	ErrNotAllowed = errors.New("the print service does not allow it to this user")
)

// ErrNoJob reports a job that the spooler does not know.
var ErrNoJob = errors.New("the print service knows no such job")

// defaultPort is IPP's (RFC 8010 §4).
const defaultPort = "631"

// Transport is the way to one queue. It may be used by several goroutines.
type Transport struct {
	queue    string
	host     string // authority of the URIs, as cupsd knows itself
	uri      string // of the queue
	user     string
	peerCred bool // the socket tells cupsd who we are
	client   *http.Client
	requests atomic.Uint32
	doubt    doubt
}

var _ printer.Transport = (*Transport)(nil)

// StatusTransport is a printer.Transport that can be asked how its printer is
// without a job. A caller finds it by assertion.
type StatusTransport interface {
	Status(context.Context) (printer.Status, error)
}

var _ StatusTransport = (*Transport)(nil)

// Open returns the way to the queue that the URL names; it connects to nothing.
//
//	cups:///QUEUE                 the system's own CUPS, by its socket
//	cups:///QUEUE?socket=/PATH    the same by another socket
//	cups://HOST[:PORT]/QUEUE      CUPS over TCP, port 631 if none is given
//
// The error wraps errors.ErrUnsupported on Windows, whose CUPS, where there is
// one, has no socket.
func Open(u *url.URL) (printer.Transport, error) {
	t, err := open(u)
	if err != nil {
		return nil, err
	}
	return t, nil
}

func open(u *url.URL) (*Transport, error) {
	if u.Scheme != "cups" || u.Opaque != "" {
		return nil, errors.New("a print queue is written cups:///QUEUE or cups://HOST/QUEUE")
	}
	if u.User != nil {
		return nil, errors.New("a cups address carries no user and no password")
	}
	queue := strings.TrimPrefix(u.Path, "/")
	if err := checkQueue(queue); err != nil {
		return nil, err
	}
	return server(u, queue)
}

// server is the way to a print service, and to one of its queues unless queue is "".
func server(u *url.URL, queue string) (*Transport, error) {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("the part of the cups address after ? cannot be read")
	}
	socket, overridden := query.Get("socket"), query.Has("socket")
	for key := range query {
		if key != "socket" {
			return nil, fmt.Errorf("a cups address knows ?socket=, not ?%.20q", key)
		}
	}

	t := &Transport{queue: queue, user: userName()}
	var network, address string
	switch {
	case u.Hostname() == "" && u.Port() != "":
		return nil, errors.New("the cups address has a port and no host")
	case u.Host != "" && overridden:
		return nil, errors.New("a cups address has a host or a socket, not both")
	case u.Host != "":
		port := u.Port()
		if port == "" {
			port = defaultPort
		}
		network, address = "tcp", net.JoinHostPort(u.Hostname(), port)
		t.host = address
	case runtime.GOOS == "windows":
		return nil, fmt.Errorf("windows has no CUPS socket: write cups://HOST/QUEUE, or use the Windows queue itself: %w", errors.ErrUnsupported)
	default:
		network, address = "unix", defaultSocket()
		if overridden {
			address = socket
		}
		if !strings.HasPrefix(address, "/") {
			return nil, errors.New("the socket of a cups address is an absolute path")
		}
		// cupsd answers only to names it knows; over the socket it knows this one.
		t.host = "localhost"
		t.peerCred = runtime.GOOS == "linux"
	}
	t.uri = "ipp://" + t.host + t.path()
	t.client = newClient(network, address)
	return t, nil
}

// newClient speaks HTTP/1.1 to one address. Every request has a connection of
// its own: net/http sends a request again when a kept connection turns out to
// be closed, and a job must never be created twice.
func newClient(network, address string) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
				return dialer.DialContext(ctx, network, address)
			},
			DisableKeepAlives:  true,
			DisableCompression: true,
		},
		// A label follows no redirection.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// checkQueue holds to the names that lpadmin accepts.
func checkQueue(name string) error {
	if name == "" {
		return errors.New("the cups address names no queue")
	}
	bad := func(r rune) bool { return r <= ' ' || r == 0x7F || strings.ContainsRune(`/\?'"#`, r) }
	if len(name) > 127 || strings.ContainsFunc(name, bad) {
		return errors.New(`a queue's name has at most 127 bytes and none of space / \ ? ' " #`)
	}
	return nil
}

func defaultSocket() string {
	if runtime.GOOS == "darwin" {
		return "/private/var/run/cupsd"
	}
	return "/run/cups/cups.sock"
}

// userName is whom the jobs belong to: cupsd lets their owner cancel them.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return "miandan"
	}
	// Windows writes DOMAIN\name.
	return u.Username[strings.LastIndexByte(u.Username, '\\')+1:]
}

func (t *Transport) path() string {
	if t.queue == "" {
		return "/"
	}
	return "/printers/" + url.PathEscape(t.queue)
}

// Dial asks the queue whether it takes labels. The error carries ErrNoSpooler,
// ErrNoQueue, ErrRejecting, ErrNoPDF or ErrNotAllowed where one of them is the
// reason. A stopped queue is no error: it takes jobs and prints them later.
func (t *Transport) Dial(ctx context.Context) (printer.Conn, error) {
	q, err := t.ask(ctx)
	if err != nil {
		return nil, err
	}
	if !q.accepting {
		return nil, fmt.Errorf("queue %s: %w", t.queue, ErrRejecting)
	}
	if !q.takesPDF() {
		return nil, fmt.Errorf("queue %s: %w", t.queue, ErrNoPDF)
	}
	return &Conn{t: t, papers: q.papers}, nil
}

// Status reads the condition of the queue and of the printer behind it, as far
// as the queue knows it. A stopped queue and one that rejects jobs are Paused.
// What an idle queue says of its printer is what it heard during the last job.
func (t *Transport) Status(ctx context.Context) (printer.Status, error) {
	q, err := t.ask(ctx)
	if err != nil {
		return printer.Status{}, err
	}
	return q.status(), nil
}

// ask reads what must be known of the queue.
func (t *Transport) ask(ctx context.Context) (queue, error) {
	m := t.request(goipp.OpGetPrinterAttributes, 0)
	m.Operation.Add(keywords("requested-attributes",
		"printer-state", "printer-state-reasons", "printer-is-accepting-jobs",
		"document-format-supported", "media-size-supported"))
	reply, err := t.call(ctx, m, nil)
	if err != nil {
		return queue{}, err
	}
	return readQueue(reply.Printer), nil
}
