package api

import (
	"context"
	"errors"
	"net"
	"sync"
)

// ErrInUse reports that another agent answers on the unix socket or pipe.
var ErrInUse = errors.New("another agent answers there")

// peer is who is at the other end of the local channel, by the system's word.
type peer struct {
	user  string // empty if it is the agent's own account, which may call itself what it likes
	admin bool   // the agent's own account, or one that administers this computer
}

type peerKey struct{}

// withPeer has a connection's requests know whose they are. The system is asked
// with the first of them: Windows answers once something was read.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, peerKey{}, sync.OnceValue(func() peer { return identify(c) }))
}

func peerOf(ctx context.Context) peer {
	if ask, ok := ctx.Value(peerKey{}).(func() peer); ok {
		return ask()
	}
	return peer{user: "unknown"}
}
