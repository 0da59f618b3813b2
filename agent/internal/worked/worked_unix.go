//go:build unix

package worked

import (
	"syscall"
	"time"
)

// Here is what this process has had of the cores so far; 0 if nobody knows.
func Here() time.Duration { return used(syscall.RUSAGE_SELF) }

// Children is what the programs have had that this one has started and seen end; 0 if
// nobody knows.
func Children() time.Duration { return used(syscall.RUSAGE_CHILDREN) }

func used(by int) time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(by, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
