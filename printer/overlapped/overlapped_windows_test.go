package overlapped

import (
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/windows"

	"miandan/printer"
	"miandan/printer/transport/transporttest"
)

var _ printer.ReadConn = (*File)(nil)

var pipes atomic.Int32

// pair returns both ends of a named pipe, which takes 4 kB from a side before it
// waits for the other.
func pair(t *testing.T) (near, far *File) {
	t.Helper()
	path := fmt.Sprintf(`\\.\pipe\miandan-%d-%d`, os.Getpid(), pipes.Add(1))
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		t.Fatal(err)
	}
	const size = 4096
	h, err := windows.CreateNamedPipe(name, windows.PIPE_ACCESS_DUPLEX|windows.FILE_FLAG_OVERLAPPED, windows.PIPE_TYPE_BYTE|windows.PIPE_WAIT, 1, size, size, 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if near, err = New(h); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { near.Close() })
	if far, err = Open(path, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { far.Close() })
	return near, far
}

// end is a device's end, to which a pipe that was closed ends.
type end struct{ *File }

func (e end) Read(b []byte) (int, error) {
	n, err := e.File.Read(b)
	if errors.Is(err, windows.ERROR_BROKEN_PIPE) {
		err = io.EOF
	}
	return n, err
}

func TestTransport(t *testing.T) {
	transporttest.Run(t, transporttest.Way{Open: func(t *testing.T) transporttest.Line {
		near, far := pair(t)
		return transporttest.Line{Conn: near, Device: end{far}}
	}})
}

// A write that was cut short is counted whole: nobody knows what of it has left.
func TestAWriteThatWasCutIsCounted(t *testing.T) {
	near, _ := pair(t)
	near.SetDeadline(time.Now().Add(time.Second))
	if n, err := near.Write(make([]byte, 1<<20)); n != 1<<20 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("Write = %d, %v, want all of it and %v", n, err, os.ErrDeadlineExceeded)
	}
}

func TestCloseEndsWhatIsUnderWay(t *testing.T) {
	near, _ := pair(t)
	time.AfterFunc(50*time.Millisecond, func() { near.Close() })
	if _, err := near.Read(make([]byte, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Read = %v, want %v", err, os.ErrClosed)
	}
	if _, err := near.Write([]byte("x")); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Write = %v, want %v", err, os.ErrClosed)
	}
	if err := near.SetDeadline(time.Time{}); !errors.Is(err, os.ErrClosed) {
		t.Errorf("SetDeadline = %v, want %v", err, os.ErrClosed)
	}
}
