package bench

import (
	"time"
	"unsafe"

	"golang.org/x/sys/windows"

	"miandan/agent/internal/worked"
)

var memoryInfo = kernel32.NewProc("K32GetProcessMemoryInfo")

// memoryCounters is PROCESS_MEMORY_COUNTERS of psapi.h.
type memoryCounters struct {
	size, pageFaults           uint32
	peakWorkingSet, workingSet uintptr
	peakPaged, paged           uintptr
	peakNonPaged, nonPaged     uintptr
	pageFile, peakPageFile     uintptr
}

// resident is how much memory a process has, in MB.
func resident(pid int) (mb float64, ok bool) {
	const queryAndRead = windows.PROCESS_QUERY_LIMITED_INFORMATION | windows.PROCESS_VM_READ
	p, err := windows.OpenProcess(queryAndRead, false, uint32(pid))
	if err != nil {
		return 0, false
	}
	defer windows.CloseHandle(p)
	var m memoryCounters
	m.size = uint32(unsafe.Sizeof(m))
	done, _, _ := memoryInfo.Call(uintptr(p), uintptr(unsafe.Pointer(&m)), uintptr(m.size))
	return float64(m.workingSet) / (1 << 20), done != 0
}

// coreTime is what a process has had of the cores so far.
func coreTime(pid int) (time.Duration, bool) {
	p, err := windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION, false, uint32(pid))
	if err != nil {
		return 0, false
	}
	defer windows.CloseHandle(p)
	return worked.By(p)
}

// familyTime is known on Linux.
func familyTime(int) time.Duration { return 0 }
