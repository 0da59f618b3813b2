//go:build unix

package bench

import (
	"syscall"
	"time"
)

// cpuTime is what this process has had of the cores so far.
func cpuTime() time.Duration { return used(syscall.RUSAGE_SELF) }

// childTime is what the programs have had that this one has started and seen end.
func childTime() time.Duration { return used(syscall.RUSAGE_CHILDREN) }

func used(by int) time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(by, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
