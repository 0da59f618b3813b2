package host

import (
	"errors"
	"os"
	"time"

	"golang.org/x/sys/windows"
)

// replace moves a file over another. Virus scanners and indexers hold a new
// file open for some milliseconds, in which Windows refuses to move it.
func replace(from, to string) error {
	f, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	t, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	const flags = windows.MOVEFILE_REPLACE_EXISTING | windows.MOVEFILE_WRITE_THROUGH
	for wait := 5 * time.Millisecond; ; wait *= 2 {
		err = windows.MoveFileEx(f, t, flags)
		held := errors.Is(err, windows.ERROR_SHARING_VIOLATION) || errors.Is(err, windows.ERROR_ACCESS_DENIED)
		if !held || wait > time.Second {
			break
		}
		time.Sleep(wait)
	}
	if err != nil {
		return &os.LinkError{Op: "rename", Old: from, New: to, Err: err}
	}
	return nil
}

// syncDir has nothing to do: Windows has no flush of a folder, and the move
// above is written through.
func syncDir(string) error { return nil }

// IsDiskFull reports whether err says that the disk or the user's share of it
// is full.
func IsDiskFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) ||
		errors.Is(err, windows.ERROR_HANDLE_DISK_FULL) ||
		errors.Is(err, windows.ERROR_DISK_QUOTA_EXCEEDED)
}
