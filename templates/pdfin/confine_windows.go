package pdfin

import (
	"errors"
	"os"
	"runtime/debug"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// beside is what the child needs beside PDFium's own memory: the program, the
// document and the picture that is drawn.
const beside = 192 << 20

// confine puts the process into a job of its own, with a limit of memory and
// of processor time, which starts no other process.
func confine(memory int, limit time.Duration) error {
	debug.SetMemoryLimit(int64(memory + beside/2))
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return err
	}
	limits := windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION{ProcessMemoryLimit: uintptr(memory + beside)}
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

// ownFolder makes the folder. Who may write to it is what its parent's access
// list says: it lies in the data folder.
func ownFolder(path string) error {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return errors.New("it cannot be made")
	}
	return nil
}
