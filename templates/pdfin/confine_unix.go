//go:build unix

package pdfin

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// confine gives up for ever, for the whole process, whatever reading a
// document does not need: no file can be opened any more and no connection
// made, for both need a descriptor; nothing can be written to a file, and what
// is in memory gets into no core dump. It may take more bytes of memory than it has.
func confine(more int, limit time.Duration) error {
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
		has, err := held()
		if err != nil {
			return err
		}
		rights[unix.RLIMIT_DATA] = has + uint64(more)
	}
	for what, most := range rights {
		if err := unix.Setrlimit(what, &unix.Rlimit{Cur: most, Max: most}); err != nil {
			return err
		}
	}
	return nil
}

// held is how many bytes the process may write to. A reader that has compiled PDFium
// has half as much again as one that found it compiled, which Go keeps and uses anew.
func held() (uint64, error) {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, err
	}
	var size, resident, shared, text, library, data uint64 // pages
	_, err = fmt.Sscan(string(b), &size, &resident, &shared, &text, &library, &data)
	return data * uint64(os.Getpagesize()), err
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
