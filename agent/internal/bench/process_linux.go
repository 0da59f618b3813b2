package bench

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// resident is how much memory a process has, in MB.
func resident(pid int) (mb float64, ok bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, false
	}
	_, rest, found := bytes.Cut(text, []byte("VmRSS:"))
	if !found {
		return 0, false
	}
	var kb float64
	_, err = fmt.Sscan(string(rest), &kb)
	return kb / 1024, err == nil
}

// coreTime is what a process has had of the cores so far.
func coreTime(pid int) (time.Duration, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, false
	}
	// Behind the name, which may hold anything, user and system time are fields 12
	// and 13, in ticks of 10 ms (proc(5); USER_HZ is 100 on all of Linux).
	i := bytes.LastIndexByte(text, ')')
	fields := bytes.Fields(text[i+1:])
	if i < 0 || len(fields) < 13 {
		return 0, false
	}
	var user, system int64
	if _, err := fmt.Sscan(string(fields[11]), &user); err != nil {
		return 0, false
	}
	if _, err := fmt.Sscan(string(fields[12]), &system); err != nil {
		return 0, false
	}
	return time.Duration(user+system) * 10 * time.Millisecond, true
}

// familyTime is what a process and those that it has started, and these, have had of
// the cores so far; nought if that cannot be read.
func familyTime(pid int) (sum time.Duration) {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	children := map[int][]int{}
	for _, name := range all {
		text, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended
		}
		var child, parent int
		var state string
		i := bytes.LastIndexByte(text, ')')
		if _, err := fmt.Sscan(string(text), &child); err != nil {
			continue
		}
		if _, err := fmt.Sscan(string(text[i+1:]), &state, &parent); err != nil {
			continue
		}
		children[parent] = append(children[parent], child)
	}
	for family := []int{pid}; len(family) > 0; {
		next := family[0]
		family = append(family[1:], children[next]...)
		took, _ := coreTime(next)
		sum += took
	}
	return sum
}
