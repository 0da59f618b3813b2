//go:build unix

package host

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// lockFile takes the lock that belongs to the open file, without waiting. The
// kernel lets go of it when the process dies; child processes do not inherit
// it, since Go opens files close-on-exec.
func lockFile(f *os.File) error {
	for {
		err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		switch {
		case errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.EWOULDBLOCK):
			return ErrRunning
		}
		return err
	}
}
