package bench

import (
	"time"

	"golang.org/x/sys/windows"
)

// cpuTime is what this process has had of the cores so far.
func cpuTime() time.Duration {
	used, _ := usedBy(windows.CurrentProcess())
	return used
}

func usedBy(process windows.Handle) (used time.Duration, ok bool) {
	var made, ended, kernel, user windows.Filetime
	if windows.GetProcessTimes(process, &made, &ended, &kernel, &user) != nil {
		return 0, false
	}
	// Not Nanoseconds, which takes it for a date.
	ticks := func(t windows.Filetime) int64 { return int64(t.HighDateTime)<<32 + int64(t.LowDateTime) }
	return time.Duration(100 * (ticks(kernel) + ticks(user))), true
}

// childTime is not known on Windows.
func childTime() time.Duration { return 0 }
