//go:build unix

package pdfin

import (
	"errors"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// beside is what the child needs beside PDFium's own memory: the program, the
// document and the picture that is drawn.
const beside = 192 << 20

// confine gives up for ever, for the whole process, whatever reading a
// document does not need: no file can be opened any more and no connection
// made, for both need a descriptor; nothing can be written to a file, and what
// is in memory gets into no core dump.
func confine(memory int, limit time.Duration) error {
	debug.SetMemoryLimit(int64(memory + beside/2))
	// With its first timer, and not before, Go opens the descriptor that it waits at.
	time.Sleep(time.Microsecond)
	rights := map[int]uint64{
		unix.RLIMIT_NOFILE: 0,
		unix.RLIMIT_FSIZE:  0,
		unix.RLIMIT_CORE:   0,
		unix.RLIMIT_CPU:    cpuTime(limit),
	}
	if runtime.GOOS == "linux" {
		// Not RLIMIT_AS: Go reserves addresses that it never uses.
		rights[unix.RLIMIT_DATA] = uint64(memory + beside)
	}
	for what, most := range rights {
		if err := unix.Setrlimit(what, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}

// ownFolder makes a folder that nobody else can write to or read, or sees that
// it is one: what lies in it is run.
func ownFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return errors.New("it cannot be made")
	}
	info, err := os.Lstat(path)
	if err != nil {
		return errors.New("it cannot be looked at")
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || info.Mode().Perm()&0o077 != 0 || int(s.Uid) != os.Geteuid() {
		return errors.New("others can read or write it, or it is not this user's")
	}
	return nil
}
