//go:build !windows && !linux

package api

import "net"

// identify knows that the socket's mode lets in nobody but its owner.
func identify(net.Conn) peer { return peer{admin: true} }
