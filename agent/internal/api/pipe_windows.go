package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"sync"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// pipeBuffer is how much of either direction Windows keeps: an answer in one piece,
// mostly.
const pipeBuffer = 64 << 10

// pipeConn is one end of a named pipe.
type pipeConn struct {
	*os.File
	name pipeName
}

type pipeName string

func (pipeName) Network() string  { return "pipe" }
func (p pipeName) String() string { return string(p) }

func (c *pipeConn) LocalAddr() net.Addr  { return c.name }
func (c *pipeConn) RemoteAddr() net.Addr { return c.name }

// Read and Write fail in the words of package net. What package os says is no
// net.Error: the HTTP server takes the end of its own waiting for a client that has
// gone, and calls off whatever is asked on that pipe from then on.
func (c *pipeConn) Read(b []byte) (int, error) {
	n, err := c.File.Read(b)
	return n, asNet("read", err)
}

func (c *pipeConn) Write(b []byte) (int, error) {
	n, err := c.File.Write(b)
	return n, asNet("write", err)
}

func asNet(op string, err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return &net.OpError{Op: op, Net: "pipe", Err: p.Err}
	}
	return err
}

// on calls do with the pipe's handle, which stays open meanwhile.
func (c *pipeConn) on(do func(windows.Handle) error) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return err
	}
	controlErr := raw.Control(func(fd uintptr) { err = do(windows.Handle(fd)) })
	return errors.Join(controlErr, err)
}

// pipeListener waits on one instance of the pipe at a time. The next is there
// before the last is given out, so that nobody else can take the name.
type pipeListener struct {
	name   pipeName
	rights *windows.SecurityAttributes
	closed windows.Handle // an event

	accepting sync.Mutex
	next      windows.Handle
	once      sync.Once
}

// listenPipe makes the pipe, or returns ErrInUse if there is one of the name.
func listenPipe(name, sddl string) (*pipeListener, error) {
	// Windows itself makes the first instance or none; Wine knows no such flag.
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	if c, err := dialPipe(ctx, name); err == nil {
		c.Close()
		return nil, ErrInUse
	} else if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, windows.ERROR_ACCESS_DENIED) {
		return nil, ErrInUse
	}
	sd, err := windows.SecurityDescriptorFromString(sddl)
	if err != nil {
		return nil, fmt.Errorf("access list: %w", err)
	}
	l := &pipeListener{name: pipeName(name), rights: &windows.SecurityAttributes{SecurityDescriptor: sd}}
	l.rights.Length = uint32(unsafe.Sizeof(*l.rights))
	if l.next, err = l.instance(windows.FILE_FLAG_FIRST_PIPE_INSTANCE); err != nil {
		if errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_PIPE_BUSY) {
			err = ErrInUse
		}
		return nil, err
	}
	if l.closed, err = windows.CreateEvent(nil, 1, 0, nil); err != nil {
		windows.CloseHandle(l.next)
		return nil, err
	}
	return l, nil
}

func (l *pipeListener) instance(first uint32) (windows.Handle, error) {
	name, err := windows.UTF16PtrFromString(string(l.name))
	if err != nil {
		return 0, err
	}
	const mode = windows.PIPE_TYPE_BYTE | windows.PIPE_READMODE_BYTE | windows.PIPE_WAIT | windows.PIPE_REJECT_REMOTE_CLIENTS
	return windows.CreateNamedPipe(name, windows.PIPE_ACCESS_DUPLEX|windows.FILE_FLAG_OVERLAPPED|first, mode,
		windows.PIPE_UNLIMITED_INSTANCES, pipeBuffer, pipeBuffer, 0, l.rights)
}

// Accept waits for a client.
func (l *pipeListener) Accept() (net.Conn, error) {
	l.accepting.Lock()
	defer l.accepting.Unlock()
	for {
		if l.next == 0 {
			return nil, net.ErrClosed
		}
		switch err := l.connect(l.next); {
		case errors.Is(err, net.ErrClosed):
			windows.CloseHandle(l.next)
			l.next = 0
			return nil, err
		case errors.Is(err, windows.ERROR_NO_DATA): // it came and went
			windows.DisconnectNamedPipe(l.next)
			continue
		case err != nil:
			return nil, fmt.Errorf("accept on pipe: %w", err)
		}
		h := l.next
		var err error
		if l.next, err = l.instance(0); err != nil {
			l.next = h
			windows.DisconnectNamedPipe(h)
			return nil, fmt.Errorf("accept on pipe: %w", err)
		}
		return &pipeConn{os.NewFile(uintptr(h), string(l.name)), l.name}, nil
	}
}

// connect waits until a client is at an instance, or the listener is closed.
func (l *pipeListener) connect(h windows.Handle) error {
	came, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return err
	}
	defer windows.CloseHandle(came)
	o := &windows.Overlapped{HEvent: came}
	switch err := windows.ConnectNamedPipe(h, o); {
	case err == nil, errors.Is(err, windows.ERROR_PIPE_CONNECTED):
		return nil
	case !errors.Is(err, windows.ERROR_IO_PENDING):
		return err
	}
	which, err := windows.WaitForMultipleObjects([]windows.Handle{l.closed, came}, false, windows.INFINITE)
	if err == nil && which == windows.WAIT_OBJECT_0 {
		err = net.ErrClosed
	}
	if err != nil {
		windows.CancelIoEx(h, o)
	}
	var n uint32
	done := windows.GetOverlappedResult(h, o, &n, true) // o is the system's until then
	if err != nil {
		return err
	}
	return done
}

// Close ends Accept. Clients that were accepted stay.
func (l *pipeListener) Close() error {
	err := net.ErrClosed
	l.once.Do(func() {
		windows.SetEvent(l.closed)
		l.accepting.Lock()
		defer l.accepting.Unlock()
		if l.next != 0 {
			windows.CloseHandle(l.next)
			l.next = 0
		}
		err = windows.CloseHandle(l.closed)
	})
	return err
}

func (l *pipeListener) Addr() net.Addr { return l.name }

// dialPipe opens a pipe, and lets who made it see who opens it, but not act in that
// name. It waits while every instance has a client.
func dialPipe(ctx context.Context, path string) (*pipeConn, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	const identification = 0x00110000 // SECURITY_SQOS_PRESENT and SECURITY_IDENTIFICATION
	for {
		h, err := windows.CreateFile(name, pipeAccess, 0, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_OVERLAPPED|identification, 0)
		if err == nil {
			return &pipeConn{os.NewFile(uintptr(h), path), pipeName(path)}, nil
		}
		if !errors.Is(err, windows.ERROR_PIPE_BUSY) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}
