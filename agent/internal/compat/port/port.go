// Package port takes the ports of other vendors' print components, if nobody has them.
//
// A page that was written for such a component calls a fixed port, and the component
// itself may be the one that listens there. So a port is never shared or taken over:
// who has it is found first, by any address and not only the loopback's, because some
// systems let two programs listen on one port and hand the pages of one to the other.
// Then it is a person's to decide which of the two is to go.
package port

import (
	"context"
	"fmt"
	"net"
	"strconv"
)

// Holder is the program that listens on a port.
type Holder struct {
	PID  int    // 0 if the system does not tell: another user's
	Name string // of its file, without the folder; "" if the system does not tell
}

func (h Holder) String() string {
	switch {
	case h.PID == 0:
		return "?"
	case h.Name == "":
		return fmt.Sprintf("PID %d", h.PID)
	}
	return fmt.Sprintf("%s (PID %d)", h.Name, h.PID)
}

// TakenError reports a port that somebody has.
type TakenError struct {
	Port   int
	Holder Holder
	err    error
}

func (e *TakenError) Error() string { return fmt.Sprintf("port %d is taken by %v", e.Port, e.Holder) }
func (e *TakenError) Unwrap() error { return e.err }

// Find returns who listens on a TCP port of this computer, on whatever address; ok is
// false if nobody does, or if the system tells nothing of it.
func Find(port int) (Holder, bool) { return find(port) }

// Listen opens a port on 127.0.0.1, and on ::1 where the computer has it. Port 0
// picks a free one. A port that somebody has is a *TakenError; then nothing is open.
func Listen(port int) (all []net.Listener, err error) {
	for range 20 {
		// What is free on one address may be somebody's on the other.
		if all, err = listen(port); err == nil || port != 0 {
			break
		}
	}
	return all, err
}

func listen(port int) ([]net.Listener, error) {
	if port != 0 {
		if h, ok := Find(port); ok {
			return nil, &TakenError{Port: port, Holder: h}
		}
	}
	c := net.ListenConfig{Control: exclusive}
	first, err := c.Listen(context.Background(), "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		h, _ := Find(port)
		return nil, &TakenError{port, h, err}
	}
	all := []net.Listener{first}
	if second, err := c.Listen(context.Background(), "tcp6", net.JoinHostPort("::1", strconv.Itoa(portOf(first)))); err == nil {
		return append(all, second), nil
	} else if probe, none := net.Listen("tcp6", "[::1]:0"); none == nil {
		// The computer has ::1 and somebody has the port on it.
		probe.Close()
		first.Close()
		h, _ := Find(port)
		return nil, &TakenError{port, h, err}
	}
	return all, nil
}

func portOf(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }

// Beyond names where this process listens and is reached from other computers. Its
// error is errors.ErrUnsupported on a system that does not tell.
func Beyond() (beyond []string, err error) {
	all, err := own()
	for _, a := range all {
		if !a.Addr().IsLoopback() {
			beyond = append(beyond, a.String())
		}
	}
	return beyond, err
}
