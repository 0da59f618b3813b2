//go:build !linux

package fleettest

import "net"

// keepPort takes a port that is free. Only Linux lets it be kept.
func keepPort() (port int, letGo func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, nil, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, func() {}, nil
}
