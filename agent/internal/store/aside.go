package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"miandan/agent/internal/host"
)

// The folder of a database that was set aside is named after the moment.
const (
	asideName = "damaged-"
	asideTime = "20060102-150405.000"
)

// SetAside moves a damaged database, with its WAL and whatever else belongs to
// it, into a folder of its own in dir, as it is, and returns that folder. What
// can be read of it can still be read there by somebody who knows how.
//
// The database's own file goes first: a WAL without it is seen for what it is
// if the power goes in between, but not a database without its WAL.
func SetAside(dir string, now time.Time) (string, error) {
	folder := filepath.Join(dir, asideName+now.UTC().Format(asideTime))
	if err := host.MakeDirs(folder, 0o700); err != nil {
		return "", fmt.Errorf("set the damaged database aside: %w", err)
	}
	for _, end := range []string{"", "-journal", "-wal", "-shm", checkMark} {
		err := host.Move(filepath.Join(dir, FileName+end), filepath.Join(folder, FileName+end))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("set the damaged database aside: %w", err)
		}
	}
	return folder, nil
}

// RemoveAside removes the databases in dir that were set aside before a time, and
// returns their folders. Keys lie in them that no purge reaches.
func RemoveAside(dir string, before time.Time) ([]string, error) {
	folders, err := filepath.Glob(filepath.Join(dir, asideName+"*"))
	if err != nil {
		return nil, err
	}
	var removed []string
	for _, folder := range folders {
		at, err := time.Parse(asideTime, strings.TrimPrefix(filepath.Base(folder), asideName))
		if err != nil || !at.Before(before) { // not one of ours, or not yet
			continue
		}
		if err := os.RemoveAll(folder); err != nil {
			return removed, fmt.Errorf("remove the database that was set aside: %w", err)
		}
		removed = append(removed, folder)
	}
	return removed, nil
}
