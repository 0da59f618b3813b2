package overlapped

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sys/windows"
)

// File is a device that was opened with FILE_FLAG_OVERLAPPED.
type File struct {
	handle windows.Handle

	mu     sync.Mutex
	open   bool
	users  sync.WaitGroup
	reader side
	writer side
}

// side is one direction of a File.
type side struct {
	one      sync.Mutex // held by whoever reads or writes
	moved    windows.Handle
	deadline time.Time
	// waits is here and not on a stack, which may move while the system looks at it.
	waits [2]windows.Handle
}

// Open opens a device by its path for reading and writing. Others may open it at
// the same time as far as share says.
func Open(path string, share uint32) (*File, error) {
	name, err := windows.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := windows.CreateFile(name, windows.GENERIC_READ|windows.GENERIC_WRITE, share, nil, windows.OPEN_EXISTING, windows.FILE_FLAG_OVERLAPPED, 0)
	if err != nil {
		return nil, err
	}
	return New(h)
}

// New takes a handle over.
func New(h windows.Handle) (*File, error) {
	f := &File{handle: h, open: true}
	for _, s := range []*side{&f.reader, &f.writer} {
		moved, err := windows.CreateEvent(nil, 0, 0, nil)
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		s.moved = moved
	}
	return f, nil
}

// Handle is for calls that neither read nor write.
func (f *File) Handle() windows.Handle { return f.handle }

// Read reads what is there, waiting for the first byte. Zero bytes without an
// error are the device's word for nothing.
func (f *File) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	n, _, err := f.do(&f.reader, b, windows.ReadFile)
	return n, err
}

// Write writes all of b. Of a write that was cut short nobody knows what has left,
// and all of it is counted as written.
func (f *File) Write(b []byte) (int, error) {
	sent := 0
	for sent < len(b) {
		n, begun, err := f.do(&f.writer, b[sent:], windows.WriteFile)
		if err != nil && begun {
			n = len(b) - sent
		}
		sent += n
		switch {
		case err != nil:
			return sent, err
		case n == 0:
			return sent, errors.New("the device took nothing")
		}
	}
	return sent, nil
}

// do begins a transfer and waits for its end or for the deadline. begun is false
// if the device has not been given anything.
func (f *File) do(s *side, b []byte, call func(windows.Handle, []byte, *uint32, *windows.Overlapped) error) (n int, begun bool, err error) {
	s.one.Lock()
	defer s.one.Unlock()
	f.mu.Lock()
	if !f.open {
		f.mu.Unlock()
		return 0, false, os.ErrClosed
	}
	f.users.Add(1)
	f.mu.Unlock()
	defer f.users.Done()
	if _, over := f.left(s); over {
		return 0, false, os.ErrDeadlineExceeded
	}
	done, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return 0, false, err
	}
	defer windows.CloseHandle(done)
	o := &windows.Overlapped{HEvent: done}
	var pinned runtime.Pinner
	pinned.Pin(o)
	pinned.Pin(&b[0])
	defer pinned.Unpin()
	var moved uint32
	err = call(f.handle, b, &moved, o)
	if err != nil && !errors.Is(err, windows.ERROR_IO_PENDING) {
		return 0, false, err
	}
	ended := f.wait(s, done)
	if ended != nil {
		// Not found says that it has ended by itself.
		if err := windows.CancelIoEx(f.handle, o); err != nil && !errors.Is(err, windows.ERROR_NOT_FOUND) {
			ended = fmt.Errorf("%w, and it cannot be cancelled: %w", ended, err)
		}
	}
	err = windows.GetOverlappedResult(f.handle, o, &moved, true)
	if errors.Is(err, windows.ERROR_OPERATION_ABORTED) && ended != nil {
		err = ended
	}
	return int(moved), true, err
}

// wait waits for the end of a transfer.
func (f *File) wait(s *side, done windows.Handle) error {
	s.waits = [2]windows.Handle{done, s.moved}
	for {
		wait, over := f.left(s)
		if over {
			return os.ErrDeadlineExceeded
		}
		event, err := windows.WaitForMultipleObjects(s.waits[:], false, wait)
		switch {
		case err != nil:
			return err
		case event == windows.WAIT_OBJECT_0:
			return nil
		}
		f.mu.Lock()
		open := f.open
		f.mu.Unlock()
		if !open {
			return os.ErrClosed
		}
	}
}

// left is how many milliseconds there are until the deadline.
func (f *File) left(s *side) (ms uint32, over bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if s.deadline.IsZero() {
		return windows.INFINITE, false
	}
	d := time.Until(s.deadline)
	// An hour at a time, and no less than a millisecond.
	return uint32(min(d, time.Hour).Milliseconds()) + 1, d <= 0
}

// SetDeadline ends reads and writes at t, also those under way.
func (f *File) SetDeadline(t time.Time) error {
	return errors.Join(f.SetReadDeadline(t), f.set(&f.writer, t))
}

// SetReadDeadline ends reads at t.
func (f *File) SetReadDeadline(t time.Time) error { return f.set(&f.reader, t) }

func (f *File) set(s *side, t time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.open {
		return os.ErrClosed
	}
	s.deadline = t
	return windows.SetEvent(s.moved)
}

// Close ends what is under way and closes the device.
func (f *File) Close() error {
	f.mu.Lock()
	if !f.open {
		f.mu.Unlock()
		return os.ErrClosed
	}
	f.open = false
	for _, s := range []*side{&f.reader, &f.writer} {
		if s.moved != 0 {
			windows.SetEvent(s.moved)
		}
	}
	f.mu.Unlock()
	f.users.Wait()
	err := windows.CloseHandle(f.handle)
	for _, s := range []*side{&f.reader, &f.writer} {
		if s.moved != 0 {
			err = errors.Join(err, windows.CloseHandle(s.moved))
		}
	}
	return err
}

// Control asks the device something else, such as its state, and returns what it
// answers. It waits at most for limit.
func (f *File) Control(code uint32, answer []byte, limit time.Duration) (int, error) {
	f.mu.Lock()
	if !f.open {
		f.mu.Unlock()
		return 0, os.ErrClosed
	}
	f.users.Add(1)
	f.mu.Unlock()
	defer f.users.Done()
	done, err := windows.CreateEvent(nil, 1, 0, nil)
	if err != nil {
		return 0, err
	}
	defer windows.CloseHandle(done)
	o := &windows.Overlapped{HEvent: done}
	var pinned runtime.Pinner
	pinned.Pin(o)
	pinned.Pin(&answer[0])
	defer pinned.Unpin()
	var n uint32
	err = windows.DeviceIoControl(f.handle, code, nil, 0, &answer[0], uint32(len(answer)), &n, o)
	if err != nil && !errors.Is(err, windows.ERROR_IO_PENDING) {
		return 0, err
	}
	if event, err := windows.WaitForSingleObject(done, uint32(limit.Milliseconds())); err != nil || event != windows.WAIT_OBJECT_0 {
		windows.CancelIoEx(f.handle, o)
	}
	err = windows.GetOverlappedResult(f.handle, o, &n, true)
	if errors.Is(err, windows.ERROR_OPERATION_ABORTED) {
		err = os.ErrDeadlineExceeded
	}
	return int(n), err
}
