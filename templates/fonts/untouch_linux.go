package fonts

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// untouch gives back the memory pages of a part of the program's file that is not
// needed again soon. Who reads it has it from the file once more.
func untouch(s string) {
	page := uintptr(os.Getpagesize())
	at := uintptr(unsafe.Pointer(unsafe.StringData(s)))
	from, to := (at+page-1)/page*page, (at+uintptr(len(s)))/page*page
	if from >= to {
		return
	}
	b := unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(unsafe.StringData(s)), from-at)), to-from)
	_ = unix.Madvise(b, unix.MADV_DONTNEED) // advice
}
