//go:build linux || darwin || freebsd || openbsd

package serial

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"

	"go.bug.st/serial"
	"golang.org/x/sys/unix"

	"miandan/printer"
)

// linger is how long Close lets bytes leave when no deadline says otherwise.
const linger = 2 * time.Second

func (t Transport) open() (printer.Conn, error) {
	if !strings.HasPrefix(t.Port, "/") {
		return nil, errors.New("on this system a serial port is a path, as in serial:///dev/ttyUSB0?baud=115200")
	}
	// Without O_NONBLOCK the system would wait for a carrier here.
	fd, err := unix.Open(t.Port, unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, refused(t.Port, err)
	}
	file := os.NewFile(uintptr(fd), t.Port)
	port, err := t.prepare(fd)
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, port.Close(), file.Close())
	}
	c := &conn{file: file, port: port, perSecond: t.perSecond()}
	c.waiting = func() (n int, err error) {
		e := raw.Control(func(fd uintptr) { n, err = unix.IoctlGetInt(int(fd), unix.TIOCOUTQ) })
		return n, errors.Join(e, err)
	}
	return c, nil
}

// prepare keeps other programs out and sets the port.
func (t Transport) prepare(fd int) (serial.Port, error) {
	// The port's own lock does not stop the administrator, and lies on the port.
	if err := unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, printer.ErrHeld
		}
		return nil, fmt.Errorf("lock %s: %w", t.Port, err)
	}
	mode := &serial.Mode{BaudRate: t.Baud, DataBits: t.Data}
	mode.Parity = map[string]serial.Parity{"even": serial.EvenParity, "odd": serial.OddParity}[t.Parity]
	if t.Stop == 2 {
		mode.StopBits = serial.TwoStopBits
	}
	port, err := serial.Open(t.Port, mode)
	if err != nil {
		return nil, refused(t.Port, err)
	}
	if err := t.flow(fd); err != nil {
		return nil, errors.Join(err, port.Close())
	}
	// What the printer said before nobody has asked.
	if err := port.ResetInputBuffer(); err != nil {
		return nil, errors.Join(refused(t.Port, err), port.Close())
	}
	return port, nil
}

// flow sets how the printer holds us up, and sees that the port took all of its
// settings: drivers pass over what their chips cannot do.
func (t Transport) flow(fd int) error {
	s, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return refused(t.Port, err)
	}
	if t.Flow == RTSCTS {
		s.Cflag |= unix.CRTSCTS
	}
	if t.Flow == XONXOFF {
		// IXOFF would have the system put such characters into a label.
		s.Iflag |= unix.IXON
		s.Cc[unix.VSTART], s.Cc[unix.VSTOP] = 0x11, 0x13
	}
	if err := unix.IoctlSetTermios(fd, setTermios, s); err != nil {
		return refused(t.Port, err)
	}
	got, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return refused(t.Port, err)
	}
	for _, x := range []struct {
		name string
		same bool
	}{
		{"flow=" + string(t.Flow), got.Cflag&unix.CRTSCTS == s.Cflag&unix.CRTSCTS && got.Iflag&unix.IXON == s.Iflag&unix.IXON},
		{"parity=" + t.Parity, got.Cflag&unix.PARENB != 0 == (t.Parity != "none")},
		{fmt.Sprintf("data=%d", t.Data), got.Cflag&unix.CSIZE == unix.CS8 == (t.Data == 8)},
		{fmt.Sprintf("stop=%d", t.Stop), got.Cflag&unix.CSTOPB != 0 == (t.Stop == 2)},
	} {
		if !x.same {
			return fmt.Errorf("the serial port %s cannot do %s", t.Port, x.name)
		}
	}
	return nil
}

// refused says why a port could not be opened or set.
func refused(port string, err error) error {
	var e *serial.PortError
	code := serial.PortErrorCode(-1)
	if errors.As(err, &e) {
		code = e.Code()
	}
	switch {
	case errors.Is(err, unix.EBUSY) || code == serial.PortBusy:
		return printer.ErrHeld
	case errors.Is(err, fs.ErrPermission) || code == serial.PermissionDenied:
		return fmt.Errorf("%w: add it to the group of %s, which is dialout or uucp on most systems", printer.ErrDenied, port)
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENODEV), errors.Is(err, unix.ENXIO), code == serial.PortNotFound:
		return ErrAbsent
	case errors.Is(err, unix.ENOTTY), code == serial.InvalidSerialPort:
		return fmt.Errorf("%s is no serial port: %w", port, err)
	}
	return fmt.Errorf("open %s: %w", port, err)
}

var _ printer.ReadConn = (*conn)(nil)

// conn is an open port.
type conn struct {
	file      *os.File    // what is written and read by
	port      serial.Port // the same port, as its settings are known by
	perSecond int
	waiting   func() (int, error) // bytes that the system has and that have not left

	mu       sync.Mutex
	deadline time.Time
}

// Write gives b to the system and waits until nearly all of it has left: so much is
// still to leave that the line does not stand idle until the next.
func (c *conn) Write(b []byte) (int, error) {
	n, err := c.file.Write(b)
	if err == nil {
		err = c.leave(max(64, c.perSecond/20))
	}
	return n, broken(err)
}

// leave waits until no more than so many bytes wait in the system.
func (c *conn) leave(most int) error {
	for {
		c.mu.Lock()
		until := c.deadline
		c.mu.Unlock()
		n, err := c.waiting()
		if err != nil || n <= most {
			return err
		}
		if !until.IsZero() && !time.Now().Before(until) {
			return os.ErrDeadlineExceeded
		}
		pause := time.Duration(n-most) * time.Second / time.Duration(c.perSecond)
		time.Sleep(min(max(pause, time.Millisecond), 20*time.Millisecond))
	}
}

func (c *conn) Read(b []byte) (int, error) {
	n, err := c.file.Read(b)
	return n, broken(err)
}

func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	c.deadline = t
	c.mu.Unlock()
	return c.file.SetDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error { return c.file.SetReadDeadline(t) }

// Close waits for what has not left. What has not when the time is over is thrown
// away, or the system would wait for it in our place, and for longer.
func (c *conn) Close() error {
	c.mu.Lock()
	patient := c.deadline.IsZero() || time.Now().Before(c.deadline)
	if c.deadline.IsZero() {
		c.deadline = time.Now().Add(linger)
	}
	c.mu.Unlock()
	var err error
	if patient {
		if err = broken(c.leave(0)); errors.Is(err, os.ErrDeadlineExceeded) {
			err = fmt.Errorf("the printer has not taken the end of what it was sent: %w", err)
		}
	}
	if err != nil || !patient {
		c.port.ResetOutputBuffer() // of a line that is gone nothing is left
	}
	return errors.Join(err, c.port.Close(), c.file.Close())
}

// broken gives the system's words for a line that went away its name.
func broken(err error) error {
	for _, e := range []error{io.EOF, syscall.EIO, syscall.ENXIO, syscall.ENODEV} {
		if errors.Is(err, e) {
			return fmt.Errorf("%w (%v)", ErrBroken, e)
		}
	}
	return err
}
