package line

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/coder/websocket"
)

// Why there is no line. Nothing was sent.
var (
	ErrOff      = errors.New("the print component does not answer: is it installed and running?")
	ErrNotLocal = errors.New("the print component is not on this computer: add ?remote=allowed to its address if that is meant")
)

// Dial connects to the component. Every error carries ErrOff or ErrNotLocal.
func (a Address) Dial(ctx context.Context) (*Line, error) {
	written := new(atomic.Int64)
	dialer := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		// "localhost" is what the system's files make of it.
		if at, err := netip.ParseAddrPort(address); !a.Remote && (err != nil || !at.Addr().Unmap().IsLoopback()) {
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
	ws, _, err := websocket.Dial(ctx, a.Target, &websocket.DialOptions{HTTPClient: client, CompressionMode: websocket.CompressionDisabled})
	switch {
	case errors.Is(err, ErrNotLocal):
		return nil, ErrNotLocal
	case err != nil:
		return nil, Off(err)
	}
	return newLine(ws, written), nil
}

// Off makes of an error one that is ErrOff and carries no URL.
func Off(err error) error {
	var (
		u  *url.Error
		op *net.OpError
	)
	switch {
	case errors.As(err, &u):
		err = u.Err
	case errors.As(err, &op):
		err = op
	case errors.Is(err, ErrDropped):
	default:
		err = errors.New("what answered is no WebSocket server")
	}
	return fmt.Errorf("%w (%w)", ErrOff, err)
}

// NewKey returns the key of a request. It is never used again, so that a reply
// which comes late cannot pass for another's.
func NewKey() string {
	var b [12]byte
	rand.Read(b[:])
	return strings.ToUpper(hex.EncodeToString(b[:]))
}
