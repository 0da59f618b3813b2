package port

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
)

func TestATakenPortIsNotTaken(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0"} {
		other, err := alone(at)
		if err != nil {
			t.Logf("%s: %v", at, err)
			continue
		}
		all, err := Listen(portOf(other))
		var taken *TakenError
		if !errors.As(err, &taken) || len(all) != 0 || taken.Port != portOf(other) {
			t.Errorf("beside a listener on %s: %v, %v", at, all, err)
		} else if runtime.GOOS == "linux" && (taken.Holder.PID != os.Getpid() || taken.Holder.Name == "") {
			t.Errorf("who has it: %v, want this process %d", taken.Holder, os.Getpid())
		}
		if c, err := net.Dial("tcp", other.Addr().String()); err != nil {
			t.Error("the other no longer answers", err)
		} else {
			c.Close()
		}
		other.Close()
	}
}

// alone listens where no other program has the port on another address.
func alone(at string) (net.Listener, error) {
	for {
		l, err := net.Listen("tcp", at)
		if err != nil || at != "[::1]:0" {
			return l, err
		}
		if v4, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", portOf(l))); err == nil {
			return l, v4.Close()
		}
		defer l.Close() // or the next might be the same
	}
}

func TestListensOnTheLoopbackAlone(t *testing.T) {
	all, err := Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range all {
		defer l.Close()
		if !l.Addr().(*net.TCPAddr).IP.IsLoopback() || portOf(l) != portOf(all[0]) {
			t.Errorf("listens on %v", l.Addr())
		}
	}
	beyond, err := Beyond()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("the system does not tell who listens")
	}
	if h, ok := Find(portOf(all[0])); ok && h.PID != os.Getpid() && runtime.GOOS == "windows" {
		t.Skip("Wine does not tell whose a listener is")
	}
	if err != nil || len(beyond) != 0 {
		t.Errorf("beyond the loopback: %v, %v", beyond, err)
	}
	wide, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Skip(err)
	}
	defer wide.Close()
	if beyond, err := Beyond(); err != nil || len(beyond) != 1 || netip.MustParseAddrPort(beyond[0]).Port() != uint16(portOf(wide)) {
		t.Errorf("a listener on every address is not seen: %v, %v", beyond, err)
	}
}
