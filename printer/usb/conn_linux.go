package usb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"miandan/printer"
)

const (
	linger       = 2 * time.Second
	departure    = 300 * time.Millisecond // within which the kernel sees that a device is gone
	nothingToSay = 50 * time.Millisecond  // before a printer that says nothing is read again
)

var (
	_ printer.Conn     = (*conn)(nil)
	_ printer.Sensor   = (*conn)(nil)
	_ printer.ReadConn = duplex{}
)

// conn is an open printer. usblp does not buffer as a line does: each write is one
// transfer, the next has to wait until the printer has taken it, and closing
// throws away one that it has not. Write therefore returns when the printer has
// taken its bytes, and what it says is what it knows.
//
// But for one thing: opened without blocking, without which there are no
// deadlines, usblp tells of a transfer that failed only if the printer is gone. One
// that a printer refuses and survives is in the kernel's log and nowhere else.
type conn struct {
	file  *os.File
	raw   syscall.RawConn
	ioctl func(fd int, request uint, answer []byte) error

	mu       sync.Mutex
	deadline time.Time
	given    bool // bytes were given to the kernel
	pending  bool // and the printer had not taken them when Write ended
}

func (c *conn) Write(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		n, err := c.transfer(b[sent:])
		sent += n
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// transfer gives the kernel what it takes in one transfer and waits until the
// printer has it. Bytes that the kernel has are counted, whatever comes of them.
func (c *conn) transfer(b []byte) (n int, err error) {
	given := false
	waiting := c.raw.Write(func(fd uintptr) bool {
		if !given {
			n, err = write(int(fd), b)
			if errors.Is(err, unix.EAGAIN) {
				n, err = 0, nil
				return false
			}
			if err != nil || n == 0 {
				return true
			}
			given = true
		}
		var taken bool
		taken, err = room(int(fd))
		return taken || err != nil
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	c.given, c.pending = c.given || n > 0, given && waiting != nil
	switch {
	case waiting != nil:
		return n, waiting
	case err == nil && n == 0:
		err = unix.EIO
	}
	return n, gone(err)
}

// write gives bytes to the kernel with all signals held back. usblp looks for a
// pending signal after it has submitted a transfer, and then says EINTR as if it
// had not; the same bytes would be sent again.
func write(fd int, b []byte) (int, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var all, before unix.Sigset_t
	for i := range all.Val {
		all.Val[i] = ^all.Val[i]
	}
	if err := unix.PthreadSigmask(unix.SIG_SETMASK, &all, &before); err != nil {
		return 0, err
	}
	n, err := unix.Write(fd, b)
	if e := unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil); e != nil {
		runtime.LockOSThread() // a thread without signals is not given back
		return len(b), e
	}
	if errors.Is(err, unix.EINTR) {
		return len(b), err // it may have left
	}
	return max(n, 0), err
}

// room reports whether the printer has taken what it was given.
func room(fd int) (bool, error) {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}
	for {
		_, err := unix.Poll(fds, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err == nil && fds[0].Revents&(unix.POLLHUP|unix.POLLERR) != 0 {
			err = unix.ENODEV
		}
		return fds[0].Revents&unix.POLLOUT != 0, err
	}
}

// gone gives the kernel's word for a device that went away its name.
func gone(err error) error {
	if errors.Is(err, unix.ENODEV) || errors.Is(err, unix.ENXIO) {
		return fmt.Errorf("%w: %w", ErrUnplugged, err)
	}
	return err
}

func (c *conn) SetDeadline(t time.Time) error {
	c.mu.Lock()
	c.deadline = t
	c.mu.Unlock()
	return c.file.SetDeadline(t)
}

// Sense reads the port's status. It is answered by the printer's USB controller,
// also when its firmware is busy.
func (c *conn) Sense(context.Context) (printer.Status, error) {
	var answer [4]byte // an int; usblp fills in a byte's worth
	if err := c.control(getPort, answer[:]); err != nil {
		return printer.Status{}, err
	}
	return statusOf(answer[0] | answer[3]) // one of them, by the machine's byte order
}

func (c *conn) control(request uint, answer []byte) error {
	var err error
	if e := c.raw.Control(func(fd uintptr) { err = c.ioctl(int(fd), request, answer) }); e != nil {
		return e
	}
	return gone(err)
}

// Close waits for what a Write that ran out of time has left behind.
func (c *conn) Close() error {
	c.mu.Lock()
	until, given, pending := c.deadline, c.given, c.pending
	c.mu.Unlock()
	if until.IsZero() {
		until = time.Now().Add(linger)
	}
	if !given || !time.Now().Before(until) {
		return c.file.Close()
	}
	err := c.file.SetWriteDeadline(until)
	if err == nil && pending {
		if err = c.drain(); errors.Is(err, os.ErrDeadlineExceeded) {
			err = fmt.Errorf("the printer has not taken the end of what it was sent: %w", err)
		}
	}
	if err == nil {
		err = c.there()
	}
	return errors.Join(err, c.file.Close())
}

func (c *conn) drain() error {
	var err error
	waiting := c.raw.Write(func(fd uintptr) bool {
		var taken bool
		taken, err = room(int(fd))
		return taken || err != nil
	})
	return errors.Join(waiting, gone(err))
}

// there sees that the printer is still there. A transfer that broke because the
// cable was pulled ends like one that was taken, and the kernel learns the reason
// a moment later; a printer that answers its port's status was not unplugged.
func (c *conn) there() error {
	var answer [4]byte
	err := c.control(getPort, answer[:])
	if err == nil {
		return nil
	}
	for end := time.Now().Add(departure); ; time.Sleep(10 * time.Millisecond) {
		over := !time.Now().Before(end) // a busy computer looks once more all the same
		if c.hungUp() {
			return gone(unix.ENODEV)
		}
		if over {
			return nil
		}
	}
}

func (c *conn) hungUp() bool {
	var err error
	if e := c.raw.Control(func(fd uintptr) { _, err = room(int(fd)) }); e != nil {
		return true
	}
	return err != nil
}

// duplex is a printer with a way back.
type duplex struct{ *conn }

// Read waits for what the printer says. One that has nothing to say may say so
// by empty transfers, as often as it is asked.
func (c duplex) Read(b []byte) (n int, err error) {
	for {
		waiting := c.raw.Read(func(fd uintptr) bool {
			n, err = unix.Read(int(fd), b)
			return !errors.Is(err, unix.EAGAIN)
		})
		switch {
		case waiting != nil:
			return 0, waiting
		case n > 0:
			return n, nil
		case errors.Is(err, unix.EINTR):
			continue
		case c.hungUp():
			return 0, gone(unix.ENODEV)
		case errors.Is(err, unix.EINVAL): // usblp does not read from printers known to be confused by it
		case errors.Is(err, unix.EIO): // a transfer that failed; usblp has begun the next
		case err != nil:
			return 0, gone(err)
		case len(b) == 0:
			return 0, nil
		}
		time.Sleep(nothingToSay)
	}
}

func (c duplex) SetReadDeadline(t time.Time) error { return c.file.SetReadDeadline(t) }
