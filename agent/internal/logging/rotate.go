package logging

import (
	"fmt"
	"os"
	"sync"
)

// rotating is a file that moves itself aside when it is full.
type rotating struct {
	mu      sync.Mutex
	path    string
	maxSize int64
	files   int
	closed  bool
	f       *os.File // nil if it could not be opened again
	size    int64
}

func openRotating(path string, maxSize int64, files int) (*rotating, error) {
	r := &rotating{path: path, maxSize: maxSize, files: files}
	return r, r.open()
}

func (r *rotating) open() error {
	f, err := os.OpenFile(r.path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	r.f, r.size = f, info.Size()
	return nil
}

// Write writes one line. A log that cannot be written must not stop a label:
// slog drops the error, and the next line is tried anew.
func (r *rotating) Write(line []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return 0, os.ErrClosed
	}
	if r.f == nil {
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	if r.size > 0 && r.size+int64(len(line)) > r.maxSize {
		if err := r.rotate(); err != nil {
			return 0, err
		}
	}
	n, err := r.f.Write(line)
	r.size += int64(n)
	return n, err
}

// rotate moves agent.log to agent.log.1 and so on. On Windows a move fails
// while somebody reads the file; it is then written on and tried again when
// as much again has come.
func (r *rotating) rotate() error {
	r.f.Close()
	for i := r.files; i > 0; i-- {
		from := fmt.Sprintf("%s.%d", r.path, i-1)
		if i == 1 {
			from = r.path
		}
		os.Rename(from, fmt.Sprintf("%s.%d", r.path, i))
	}
	if err := r.open(); err != nil {
		r.f = nil
		return err
	}
	if r.size >= r.maxSize {
		r.size = 0
	}
	return nil
}

func (r *rotating) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.f == nil {
		r.closed = true
		return nil
	}
	r.closed = true
	return r.f.Close()
}
