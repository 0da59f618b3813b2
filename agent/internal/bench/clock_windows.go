package bench

import (
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

var (
	kernel32  = windows.NewLazySystemDLL("kernel32.dll")
	counter   = kernel32.NewProc("QueryPerformanceCounter")
	frequency = kernel32.NewProc("QueryPerformanceFrequency")
)

// clock is a time that only goes forwards, to be compared with another of its own.
// It is not Go's, which on Windows goes on every 0.5 to 16 ms: most stages of a label
// would take no time at all. Neither call fails since Windows XP.
func clock() time.Duration {
	var n, second int64
	frequency.Call(uintptr(unsafe.Pointer(&second)))
	counter.Call(uintptr(unsafe.Pointer(&n)))
	return time.Duration(n/second)*time.Second + time.Duration(n%second*int64(time.Second)/second)
}
