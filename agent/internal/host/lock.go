package host

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/notice"
)

// LockFile is the lock's name in the data folder. The file stays when the
// agent ends; the lock on it does not.
const LockFile = "agent.lock"

// ErrRunning reports that another agent has the data folder.
var ErrRunning = errors.New("another agent has the data folder")

// Holder is who has the data folder.
type Holder struct {
	PID   int
	Since time.Time
}

// Lock is the right to a data folder.
type Lock struct{ f *os.File }

// TakeLock takes the data folder for this process until Release, or until the
// process dies in whatever way. If another process has it, the error is a
// *notice.Error, second-instance, that names it and is ErrRunning.
func TakeLock(dir string) (*Lock, error) {
	f, err := os.OpenFile(filepath.Join(dir, LockFile), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, notice.New("data-folder-failed", err, dir)
	}
	err = lockFile(f)
	// Running holds the lock for a moment, which is no other agent.
	for i := 0; i < 4 && errors.Is(err, ErrRunning); i++ {
		time.Sleep(25 * time.Millisecond)
		err = lockFile(f)
	}
	switch {
	case errors.Is(err, ErrRunning):
		h := readHolder(f)
		f.Close()
		return nil, notice.New("second-instance", ErrRunning, orDash(h.PID), sinceText(h.Since))
	case err != nil:
		f.Close()
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	text := fmt.Sprintf("%d\n%s\n", os.Getpid(), time.Now().Format(time.RFC3339))
	if err := errors.Join(f.Truncate(0), writeAt(f, text), f.Sync()); err != nil {
		f.Close()
		if IsDiskFull(err) {
			return nil, notice.New("disk-full", err, dir)
		}
		return nil, fmt.Errorf("write lock file: %w", err)
	}
	return &Lock{f: f}, nil
}

// Release gives the data folder back.
func (l *Lock) Release() error { return l.f.Close() }

// Running returns who has the data folder, or false if nobody has. It takes
// the lock for a moment to find out.
func Running(dir string) (Holder, bool, error) {
	f, err := os.OpenFile(filepath.Join(dir, LockFile), os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return Holder{}, false, nil
	}
	if err != nil {
		return Holder{}, false, fmt.Errorf("open lock file: %w", err)
	}
	defer f.Close()
	switch err := lockFile(f); {
	case errors.Is(err, ErrRunning):
		return readHolder(f), true, nil
	case err != nil:
		return Holder{}, false, fmt.Errorf("try lock file: %w", err)
	}
	return Holder{}, false, nil
}

func writeAt(f *os.File, text string) error {
	_, err := f.WriteAt([]byte(text), 0)
	return err
}

// readHolder returns what the file says; it may be read before the other
// process has written it.
func readHolder(f *os.File) Holder {
	b, _ := io.ReadAll(io.NewSectionReader(f, 0, 200))
	pid, since, _ := strings.Cut(string(b), "\n")
	var h Holder
	h.PID, _ = strconv.Atoi(pid)
	h.Since, _ = time.Parse(time.RFC3339, strings.TrimSpace(since))
	return h
}

func orDash(pid int) any {
	if pid == 0 {
		return "–"
	}
	return pid
}

func sinceText(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.Local().Format(time.DateTime)
}
