package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"

	"miandan/agent/internal/notice"
)

// DataEnv is the environment variable that names the data folder where
// --data does not.
const DataEnv = "MIANDAN_DATA"

// DataFolder returns the absolute path of the data folder: what --data says,
// else MIANDAN_DATA, else this user's own:
//
//	Linux    $XDG_DATA_HOME/miandan, ~/.local/share/miandan
//	macOS    ~/Library/Application Support/miandan/data
//	Windows  %LocalAppData%\Miandan
//
// On a Windows PC whose agent is a service it is the service's, under
// %ProgramData%: that is the agent that a user's command is meant for. The folder
// need not exist yet.
func DataFolder(flag string) (string, error) {
	for _, dir := range []string{flag, os.Getenv(DataEnv)} {
		if dir != "" {
			return filepath.Abs(dir)
		}
	}
	if dir, ok := installedFolder(); ok {
		return dir, nil
	}
	dir, err := ownFolder()
	if err != nil {
		return "", notice.New("data-folder-failed", err, notice.Phrase{"of this user", "（当前用户的）"})
	}
	return dir, nil
}

func ownFolder() (string, error) {
	switch runtime.GOOS {
	case "windows":
		dir, err := os.UserCacheDir()
		return filepath.Join(dir, "Miandan"), err
	case "darwin":
		// Not the folder itself: the key file lies under it, and the keys must
		// not lie inside the data folder.
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "miandan", "data"), err
	}
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "miandan"), nil
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".local", "share", "miandan"), err
}

// MakeFolder makes the data folder, or another one in it, readable by this
// user alone, and sees that it can be written to. Its error is a
// *notice.Error: data-folder-failed or disk-full.
func MakeFolder(dir string) error {
	err := MakeDirs(dir, 0o700)
	if err == nil {
		err = tryWrite(dir)
	}
	switch {
	case IsDiskFull(err):
		return notice.New("disk-full", err, dir)
	case err != nil:
		return notice.New("data-folder-failed", err, dir)
	}
	return nil
}

func tryWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// CheckFolder returns a *notice.Error, data-folder-open, if others than its
// owner may read or enter the folder. It is a warning: what is in the folder
// that concerns people is sealed. On Windows the folder's access list decides,
// which file modes do not show.
func CheckFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look at data folder: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return notice.New("data-folder-open", nil, dir, fmt.Sprintf("%04o", mode))
	}
	return nil
}
