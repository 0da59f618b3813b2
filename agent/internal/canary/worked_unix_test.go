//go:build unix

package canary

import (
	"syscall"
	"time"
)

// worked is what this process has had of the cores so far; 0 if nobody knows.
func worked() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
