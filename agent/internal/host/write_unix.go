//go:build unix

package host

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func replace(from, to string) error { return os.Rename(from, to) }

// syncDir makes a rename durable: without it the new name may be gone after a
// power cut although the file's content was flushed.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil {
		return fmt.Errorf("flush folder to disk: %w", err)
	}
	return nil
}

// IsDiskFull reports whether err says that the disk or the user's share of it
// is full.
func IsDiskFull(err error) bool {
	return errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT)
}
