package transporttest

import (
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// victim is an honest line with one vice.
type victim struct {
	*net.TCPConn
	vice     string
	writes   int
	deadline time.Time
}

func (v *victim) SetDeadline(t time.Time) error {
	v.deadline = t
	return v.TCPConn.SetDeadline(t)
}

func (v *victim) Write(b []byte) (int, error) {
	v.writes++
	switch {
	case v.vice == "loses" && v.writes == 7:
		return len(b), nil
	case v.vice == "doubles" && v.writes == 7:
		v.TCPConn.Write(b)
	case v.vice == "mixes" && len(b) > 1 && v.writes == 7:
		v.TCPConn.Write(b[1:2])
		v.TCPConn.Write(b[:1])
		v.TCPConn.Write(b[2:])
		return len(b), nil
	case v.vice == "denies" && v.deadline.Equal(longAgo):
		v.TCPConn.SetDeadline(time.Time{})
		v.TCPConn.Write(b)
		v.TCPConn.SetDeadline(longAgo)
		return 0, os.ErrDeadlineExceeded
	}
	n, err := v.TCPConn.Write(b)
	switch {
	case v.vice == "undercounts" && err != nil && v.writes > 1:
		n -= 4096 // of what an earlier call had sent
	case v.vice == "takes a break for silence" && err != nil:
		err = os.ErrDeadlineExceeded
	}
	return n, err
}

func (v *victim) Read(b []byte) (int, error) {
	n, err := v.TCPConn.Read(b)
	switch {
	case v.vice == "says the end is silence" && errors.Is(err, io.EOF):
		err = os.ErrDeadlineExceeded
	case v.vice == "eats a word" && n > 1:
		n--
	}
	return n, err
}

func (v *victim) Close() error {
	if !v.deadline.Equal(longAgo) {
		v.CloseWrite()
		io.Copy(io.Discard, v.TCPConn)
	}
	return v.TCPConn.Close()
}

// TestVictim tries the line; without a vice all is well.
func TestVictim(t *testing.T) {
	Run(t, Way{Open: func(t *testing.T) Line {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		near, err := net.Dial("tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		far, err := listener.Accept()
		if err != nil {
			t.Fatal(err)
		}
		return Line{Conn: &victim{TCPConn: near.(*net.TCPConn), vice: os.Getenv("TRANSPORTTEST_VICE")}, Device: far}
	}})
}

// Each vice of a transport must be found, or the suite proves nothing.
func TestVicesAreFound(t *testing.T) {
	for _, r := range []struct{ vice, by string }{
		{"loses", "bytes arrive once and in order"},
		{"doubles", "bytes arrive once and in order"},
		{"mixes", "bytes arrive once and in order"},
		{"denies", "nothing leaves after a deadline"},
		{"undercounts", "a write that is stuck ends with its deadline"},
		{"takes a break for silence", "a device that goes away is an error of a write"},
		{"says the end is silence", "a device that goes away is an error of a read"},
		{"eats a word", "reads while writing"},
	} {
		t.Run(r.vice, func(t *testing.T) {
			t.Parallel()
			by := strings.ReplaceAll(r.by, " ", "_")
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestVictim$/^"+by+"$", "-test.timeout=5m")
			cmd.Env = append(os.Environ(), "TRANSPORTTEST_VICE="+r.vice)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestVictim/"+by) {
				t.Errorf("it was not found: %v\n%s", err, out)
			}
		})
	}
}
