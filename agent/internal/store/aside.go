package store

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"miandan/agent/internal/host"
)

// SetAside moves a damaged database, with its WAL and whatever else belongs to
// it, into a folder of its own in dir, as it is, and returns that folder. What
// can be read of it can still be read there by somebody who knows how.
//
// The database's own file goes first: a WAL without it is seen for what it is
// if the power goes in between, but not a database without its WAL.
func SetAside(dir string, now time.Time) (string, error) {
	folder := filepath.Join(dir, "damaged-"+now.UTC().Format("20060102-150405.000"))
	if err := host.MakeDirs(folder, 0o700); err != nil {
		return "", fmt.Errorf("set the damaged database aside: %w", err)
	}
	for _, end := range []string{"", "-journal", "-wal", "-shm"} {
		err := host.Move(filepath.Join(dir, FileName+end), filepath.Join(folder, FileName+end))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("set the damaged database aside: %w", err)
		}
	}
	return folder, nil
}
