//go:build !windows

package bench

import "time"

var started = time.Now()

// clock is a time that only goes forwards, to be compared with another of its own.
func clock() time.Duration { return time.Since(started) }
