package host

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strings"
)

// MakeSocketPath returns the name of the pipe that the agent is to open. There is
// nothing to make: a pipe is no file.
func MakeSocketPath(dataDir string) (string, error) { return SocketPath(dataDir) }

// SocketPath returns the name of the running agent's pipe. It follows from the
// data folder's name alone, since a service's folder is closed to whom its trays
// belong to.
func SocketPath(dataDir string) (string, error) {
	abs, err := filepath.Abs(dataDir)
	if err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	sum := sha256.Sum256([]byte(strings.ToLower(filepath.Clean(abs))))
	return `\\.\pipe\Miandan-` + hex.EncodeToString(sum[:8]), nil
}
