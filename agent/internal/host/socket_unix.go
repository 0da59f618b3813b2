//go:build !windows

package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const (
	socketName = "agent.sock"
	// socketNote names the socket where it does not lie in the data folder.
	socketNote = "agent.sock-path"
	// maxSocketPath is what every system takes: a socket's address has 104 bytes
	// on macOS and 108 elsewhere, its end included.
	maxSocketPath = 103
)

// MakeSocketPath returns where the agent is to open its unix socket: in the
// data folder, or, where that path is too long for a socket, in a new folder
// among the temporary ones, whose name a note in the data folder tells. It is
// for the process that holds the lock.
func MakeSocketPath(dataDir string) (string, error) {
	note := filepath.Join(dataDir, socketNote)
	if err := forget(note); err != nil {
		return "", err
	}
	path := filepath.Join(dataDir, socketName)
	if len(path) <= maxSocketPath {
		return path, nil
	}
	// A name that nobody can have guessed: other users may write there too.
	dir, err := os.MkdirTemp(shortTemp(), "miandan-")
	if err != nil {
		return "", fmt.Errorf("make folder for the local socket: %w", err)
	}
	path = filepath.Join(dir, socketName)
	if len(path) > maxSocketPath {
		os.Remove(dir)
		return "", errors.New("no folder on this computer has a path short enough for a socket; choose a shorter data folder")
	}
	if err := AtomicWrite(note, []byte(path+"\n"), 0o600); err != nil {
		os.Remove(dir)
		return "", fmt.Errorf("note the local socket's path: %w", err)
	}
	return path, nil
}

// SocketPath returns where the running agent has its unix socket. It returns a
// path also when no agent runs.
func SocketPath(dataDir string) (string, error) {
	b, err := os.ReadFile(filepath.Join(dataDir, socketNote))
	if errors.Is(err, fs.ErrNotExist) {
		return filepath.Join(dataDir, socketName), nil
	}
	if err != nil {
		return "", fmt.Errorf("read the local socket's path: %w", err)
	}
	return strings.TrimSpace(string(b)), nil
}

// forget removes what an agent left behind that was killed.
func forget(note string) error {
	b, err := os.ReadFile(note)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the local socket's path: %w", err)
	}
	if old := strings.TrimSpace(string(b)); filepath.Base(old) == socketName && strings.HasPrefix(filepath.Base(filepath.Dir(old)), "miandan-") {
		os.Remove(old)
		os.Remove(filepath.Dir(old))
	}
	return os.Remove(note)
}

func shortTemp() string {
	if dir := os.TempDir(); len(dir) < 60 {
		return dir
	}
	return "/tmp"
}
