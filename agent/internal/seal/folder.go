package seal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
)

// folder keeps each secret in a file of its own, readable by its owner only.
// It protects against a stolen copy of the data folder, not against a stolen
// computer; `miandan doctor` says so.
type folder struct{ dir string }

var _ Keystore = folder{}

func openFolder(dir, absDataDir string) (Keystore, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("key folder: %w", err)
	}
	if inside(abs, absDataDir) {
		return nil, notice.New("key-folder-inside", nil, abs)
	}
	if err := host.MakeDirs(abs, 0o700); err != nil {
		return nil, notice.New("keystore-failed", fmt.Errorf("make key folder: %w", err), called(folder{}))
	}
	if err := checkMode(abs, 0o700); err != nil {
		return nil, err
	}
	return folder{dir: abs}, nil
}

func (f folder) Kind() string { return "file" }

func (f folder) Get(name string) ([]byte, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	path := filepath.Join(f.dir, name)
	if err := checkMode(path, 0o600); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", name, ErrNotFound)
	}
	return b, err
}

func (f folder) Set(name string, value []byte) error {
	if err := checkName(name); err != nil {
		return err
	}
	return host.AtomicWrite(filepath.Join(f.dir, name), value, 0o600)
}

func (f folder) Delete(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	return host.Remove(filepath.Join(f.dir, name))
}

// checkMode refuses a file or folder that others than its owner may open. A
// missing one is in order. On Windows the folder lies in the user's profile,
// which the system keeps closed; file modes mean nothing there.
func checkMode(path string, allowed fs.FileMode) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if mode := info.Mode().Perm(); mode&^allowed != 0 {
		return notice.New("key-file-mode", nil, path, fmt.Sprintf("%04o", mode), fmt.Sprintf("%03o", allowed))
	}
	return nil
}

func inside(path, dir string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
