package serial

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"miandan/printer"
	"miandan/printer/transport/transporttest"
)

func at(port string) Transport {
	return Transport{Port: port, Baud: 115200, Data: 8, Parity: "none", Stop: 1, Flow: NoFlow}
}

func dial(t *testing.T, w Transport) *conn {
	t.Helper()
	c, err := w.Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.SetDeadline(time.Unix(1, 0)); c.Close() })
	return c.(*conn)
}

func TestTransport(t *testing.T) {
	for _, flow := range []Flow{NoFlow, RTSCTS} {
		t.Run(string(flow), func(t *testing.T) {
			transporttest.Run(t, transporttest.Way{Open: func(t *testing.T) transporttest.Line {
				device, path := transporttest.Terminal(t)
				way := at(path)
				way.Flow = flow
				return transporttest.Line{Conn: dial(t, way), Device: device}
			}})
		})
	}
}

func TestSettings(t *testing.T) {
	for _, r := range []struct {
		name string
		way  func(*Transport)
		is   func(*unix.Termios) bool
	}{
		{"raw", func(*Transport) {}, func(s *unix.Termios) bool {
			return s.Lflag&(unix.ICANON|unix.ECHO|unix.ISIG) == 0 && s.Iflag&(unix.IXON|unix.IXOFF|unix.ICRNL|unix.ISTRIP) == 0 && s.Oflag&unix.OPOST == 0 && s.Cflag&unix.CRTSCTS == 0
		}},
		{"speed", func(w *Transport) { w.Baud = 9600 }, func(s *unix.Termios) bool { return s.Cflag&unix.CBAUD == unix.B9600 }},
		{"another speed", func(w *Transport) { w.Baud = 921600 }, func(s *unix.Termios) bool { return s.Cflag&unix.CBAUD == unix.B921600 }},
		{"stop bits", func(w *Transport) { w.Stop = 2 }, func(s *unix.Termios) bool { return s.Cflag&unix.CSTOPB != 0 }},
		{"by a wire", func(w *Transport) { w.Flow = RTSCTS }, func(s *unix.Termios) bool { return s.Cflag&unix.CRTSCTS != 0 && s.Iflag&unix.IXON == 0 }},
		{"by a character", func(w *Transport) { w.Flow = XONXOFF }, func(s *unix.Termios) bool {
			return s.Iflag&unix.IXON != 0 && s.Iflag&(unix.IXOFF|unix.IXANY) == 0 && s.Cflag&unix.CRTSCTS == 0 && s.Cc[unix.VSTOP] == 0x13
		}},
	} {
		_, path := transporttest.Terminal(t)
		// Whoever had the port before left it otherwise.
		fd, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY, 0)
		if err != nil {
			t.Fatal(err)
		}
		before, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		before.Iflag |= unix.ICRNL | unix.IXON | unix.IXOFF | unix.ISTRIP
		before.Lflag |= unix.ICANON | unix.ECHO
		before.Oflag |= unix.OPOST | unix.ONLCR
		before.Cflag |= unix.CRTSCTS
		if err := unix.IoctlSetTermios(fd, unix.TCSETS, before); err != nil {
			t.Fatal(err)
		}
		way := at(path)
		r.way(&way)
		dial(t, way)
		got, err := unix.IoctlGetTermios(fd, unix.TCGETS)
		if err != nil || !r.is(got) {
			t.Errorf("%s: the port is set to %+v, %v", r.name, got, err)
		}
		unix.Close(fd)
	}
}

func TestDialSays(t *testing.T) {
	_, path := transporttest.Terminal(t)
	even, seven := at(path), at(path)
	even.Parity, seven.Data = "even", 7
	plain := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		name string
		way  Transport
		want error
		says string
	}{
		{"no port", at("/dev/ttyUSB99"), ErrAbsent, ""},
		{"a file", at(plain), nil, "is no serial port"},
		{"Windows' name", at("COM3"), nil, "serial:///dev/ttyUSB0"},
		// Pseudo-terminals have no parity and no seven bits, and say so to nobody.
		{"parity", even, nil, "cannot do parity=even"},
		{"seven bits", seven, nil, "cannot do data=7"},
	} {
		_, err := r.way.Dial(t.Context())
		if err == nil || r.want != nil && !errors.Is(err, r.want) || !strings.Contains(err.Error(), r.says) {
			t.Errorf("%s: Dial = %v, want %v, %q", r.name, err, r.want, r.says)
		}
	}
	c := dial(t, at(path))
	if _, err := at(path).Dial(t.Context()); !errors.Is(err, printer.ErrHeld) {
		t.Errorf("a second Dial = %v, want %v", err, printer.ErrHeld)
	}
	c.Close()
	dial(t, at(path))
}

func TestWhatWasSaidBeforeIsNotHeard(t *testing.T) {
	device, path := transporttest.Terminal(t)
	keep, err := unix.Open(path, unix.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(keep)
	device.Write([]byte("old"))
	for n := 0; n < len("old"); time.Sleep(time.Millisecond) { // until the kernel has moved it
		if n, err = unix.IoctlGetInt(keep, unix.TIOCINQ); err != nil {
			t.Fatal(err)
		}
	}
	c := dial(t, at(path))
	device.Write([]byte("new"))
	c.SetDeadline(time.Now().Add(time.Minute))
	buf := make([]byte, 8)
	if n, err := io.ReadAtLeast(c, buf, 3); string(buf[:n]) != "new" {
		t.Errorf("Read %q, %v, want %q", buf[:n], err, "new")
	}
}

// slow is a line on which bytes leave at a speed, as the kernel counts them: a
// pseudo-terminal has none, it holds back or gives on.
type slow struct {
	perSecond int

	mu    sync.Mutex
	given int
	since time.Time
	held  bool
}

func (s *slow) waiting() (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held {
		return s.given, nil
	}
	return max(0, s.given-int(time.Since(s.since).Seconds()*float64(s.perSecond))), nil
}

// A label takes half a minute at 9600 baud. Whoever waits for a printer has to know
// what is out: a Write that came back at once would have it wait for a printer's
// word on bytes that are still to leave.
func TestWriteWaitsForTheLine(t *testing.T) {
	var took time.Duration
	for range 5 { // a busy machine may take longer, but not every time
		device, path := transporttest.Terminal(t)
		go io.Copy(io.Discard, device)
		way := at(path)
		way.Baud = 9600
		c := dial(t, way)
		line := &slow{perSecond: 9600, given: 4096, since: time.Now()} // ten times as fast as it says
		c.waiting = line.waiting
		if n, err := c.Write(make([]byte, 4096)); n != 4096 || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
		took = time.Since(line.since)
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if n, _ := line.waiting(); n != 0 {
			t.Errorf("Close left %d bytes behind", n)
		}
		if took < 2*time.Second {
			break
		}
	}
	if took < 350*time.Millisecond || took > 2*time.Second {
		t.Errorf("Write took %v, want until all but 64 bytes are out, 420 ms", took)
	}
}

func TestALineThatIsHeldUp(t *testing.T) {
	device, path := transporttest.Terminal(t)
	go io.Copy(io.Discard, device)
	c := dial(t, at(path))
	line := &slow{perSecond: 1, given: 4096, held: true}
	c.waiting = line.waiting
	const soon = time.Second // not over before a busy machine has written
	c.SetDeadline(time.Now().Add(soon))
	began := time.Now()
	n, err := c.Write(make([]byte, 4096))
	if n != 4096 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write = %d, %v, want 4096, for all of it may have left, and %v", n, err, os.ErrDeadlineExceeded)
	}
	c.SetDeadline(time.Time{})
	time.AfterFunc(soon, func() { c.SetDeadline(time.Unix(1, 0)) })
	if n, err := c.Write([]byte("x")); n != 1 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a Write that was called off = %d, %v", n, err)
	}
	c.SetDeadline(time.Now().Add(soon))
	if err := c.Close(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Close = %v, want an error: the end of the label was thrown away", err)
	}
	if took := time.Since(began); took > time.Minute {
		t.Errorf("all that took %v", took)
	}
}

// A line whose adapter is pulled out is an error whoever waits, and never silence.
func TestBrokenIsNoSilence(t *testing.T) {
	device, path := transporttest.Terminal(t)
	c := dial(t, at(path))
	time.AfterFunc(50*time.Millisecond, func() { device.Close() })
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, ErrBroken) || errors.Is(err, io.EOF) {
		t.Errorf("Read = %v, want %v", err, ErrBroken)
	}
	if n, err := c.Write([]byte("x")); n != 0 || !errors.Is(err, ErrBroken) {
		t.Errorf("Write = %d, %v, want %v", n, err, ErrBroken)
	}
}

// With flow=xonxoff the printer stops a label by a character and lets it go on.
func TestHeldUpByACharacter(t *testing.T) {
	device, path := transporttest.Terminal(t)
	way := at(path)
	way.Flow = XONXOFF
	c := dial(t, way)
	if _, err := device.Write([]byte{0x13}); err != nil {
		t.Fatal(err)
	}
	time.Sleep(500 * time.Millisecond) // until the kernel has moved it, which nobody can ask
	c.SetDeadline(time.Now().Add(100 * time.Millisecond))
	if n, err := c.Write([]byte("held")); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write after XOFF = %d, %v, want 0, %v", n, err, os.ErrDeadlineExceeded)
	}
	if _, err := device.Write([]byte{0x11}); err != nil {
		t.Fatal(err)
	}
	c.SetDeadline(time.Now().Add(time.Minute))
	label := slices.Repeat([]byte{0x11, 0x13, 'x'}, 100) // such bytes in a label hold up nobody
	if n, err := c.Write(label); n != len(label) || err != nil {
		t.Fatalf("Write after XON = %d, %v", n, err)
	}
	got := make([]byte, len(label))
	if _, err := io.ReadFull(device, got); err != nil || !bytes.Equal(got, label) {
		t.Errorf("%q arrived, %v", got, err)
	}
}
