package pdfin

import (
	"errors"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// confine puts the process into a job of its own, with a limit of memory and
// of processor time, which starts no other process. It may take more bytes of memory
// than it has.
func confine(more int, limit time.Duration) error {
	has, err := held()
	if err != nil {
		return err
	}
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return err
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{ProcessMemoryLimit: has + uintptr(more)}
	limits.BasicLimitInformation = windows.JOBOBJECT_BASIC_LIMIT_INFORMATION{
		LimitFlags: windows.JOB_OBJECT_LIMIT_PROCESS_MEMORY | windows.JOB_OBJECT_LIMIT_ACTIVE_PROCESS |
			windows.JOB_OBJECT_LIMIT_PROCESS_TIME | windows.JOB_OBJECT_LIMIT_DIE_ON_UNHANDLED_EXCEPTION,
		PerProcessUserTimeLimit: int64(cpuTime(limit)) * 1e7, // units of 100 ns
		ActiveProcessLimit:      1,
	}
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation,
		uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		return err
	}
	return windows.AssignProcessToJobObject(job, windows.CurrentProcess())
}

var memoryInfo = windows.NewLazySystemDLL("kernel32.dll").NewProc("K32GetProcessMemoryInfo")

// held is how many bytes the process has that no file stands for. A reader that has
// compiled PDFium has half as much again as one that found it compiled, which Go keeps
// and uses anew.
func held() (uintptr, error) {
	// PROCESS_MEMORY_COUNTERS of psapi.h.
	var counters struct {
		size, faults                           uint32
		peakResident, resident                 uintptr
		peakPaged, paged, peakUnpaged, unpaged uintptr
		committed, peakCommitted               uintptr
	}
	counters.size = uint32(unsafe.Sizeof(counters))
	ok, _, err := memoryInfo.Call(uintptr(windows.CurrentProcess()), uintptr(unsafe.Pointer(&counters)), uintptr(counters.size))
	if ok == 0 {
		return 0, err
	}
	return counters.committed, nil
}

// ownFolder makes the folder. Who may write to it is what its parent's access
// list says: it lies in the data folder.
func ownFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return errors.New("it cannot be made")
	}
	return nil
}
