package winspool

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/windows"
)

// explainJob is explain for a job. One that is gone is an invalid parameter; Wine
// gives no reason at all.
func explainJob(call string, err error) error {
	if errors.Is(err, windows.ERROR_INVALID_PARAMETER) || errors.Is(err, windows.ERROR_SUCCESS) {
		return fmt.Errorf("%w (%s)", ErrNoJob, call)
	}
	return explain(call, err)
}

// jobInfo1 is JOB_INFO_1.
type jobInfo1 struct {
	id                                                     uint32
	printer, machine, user, document, datatype, statusText *uint16
	status, priority, position, pages, pagesPrinted        uint32
	submitted                                              windows.Systemtime
}

func (i *jobInfo1) job() job {
	return job{id: i.id, document: windows.UTF16PtrToString(i.document), status: i.status, pages: i.pagesPrinted}
}

func (h *handle) job(id uint32) (job, error) {
	buf, err := fill(func(b *uint64, size uint32, need *uint32) error {
		ok, _, err := procGetJob.Call(uintptr(h.h), uintptr(id), 1, uintptr(unsafe.Pointer(b)), uintptr(size), uintptr(unsafe.Pointer(need)))
		return result(ok, err)
	})
	if err != nil {
		return job{}, explainJob("GetJob", err)
	}
	infos, err := records[jobInfo1](buf, 1)
	if err != nil {
		return job{}, explain("GetJob", err)
	}
	j := infos[0].job()
	runtime.KeepAlive(buf)
	return j, nil
}

func (h *handle) jobs() ([]job, error) {
	const all = 0xFFFFFFFF
	var n uint32
	buf, err := fill(func(b *uint64, size uint32, need *uint32) error {
		ok, _, err := procEnumJobs.Call(uintptr(h.h), 0, all, 1, uintptr(unsafe.Pointer(b)), uintptr(size), uintptr(unsafe.Pointer(need)), uintptr(unsafe.Pointer(&n)))
		return result(ok, err)
	})
	if err != nil {
		return nil, explain("EnumJobs", err)
	}
	infos, err := records[jobInfo1](buf, n)
	if err != nil {
		return nil, explain("EnumJobs", err)
	}
	found := make([]job, 0, n)
	for i := range infos {
		found = append(found, infos[i].job())
	}
	runtime.KeepAlive(buf)
	return found, nil
}

func (h *handle) command(id uint32, c command) error {
	if ok, _, err := procSetJob.Call(uintptr(h.h), uintptr(id), 0, 0, uintptr(c)); ok == 0 {
		return explainJob("SetJob", err)
	}
	return nil
}
