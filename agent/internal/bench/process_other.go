//go:build !linux && !windows

package bench

import "time"

func resident(int) (mb float64, ok bool) { return 0, false }

func coreTime(int) (time.Duration, bool) { return 0, false }

// familyTime is known on Linux.
func familyTime(int) time.Duration { return 0 }
