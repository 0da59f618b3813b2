package worked

import (
	"time"

	"golang.org/x/sys/windows"
)

// Here is what this process has had of the cores so far; 0 if nobody knows.
func Here() time.Duration {
	used, _ := By(windows.CurrentProcess())
	return used
}

// By is what a process has had of the cores so far.
func By(process windows.Handle) (used time.Duration, ok bool) {
	var made, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(process, &made, &ended, &kernel, &user) != nil {
		return 0, false
	}
	// Not Nanoseconds, which takes it for a date.
	ticks := func(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 + int64(t.LowDateTime) }
	return time.Duration(100 * (ticks(kernel) + ticks(user))), true
}

// Children is not known on Windows.
func Children() time.Duration { return 0 }
