//go:build unix

package host

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// FreeSpace returns how many bytes this user may still write to the disk that
// holds a folder.
func FreeSpace(dir string) (uint64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, fmt.Errorf("ask for free space: %w", err)
	}
	return uint64(s.Bavail) * uint64(s.Bsize), nil
}
