package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"miandan/agent/internal/notice"
)

// Keystore keeps small secrets outside the data folder, so that a copy of the
// data folder alone opens nothing. Names are lower-case letters, digits,
// points, dashes and underscores.
type Keystore interface {
	// Get returns a secret, or an error that is ErrNotFound.
	Get(name string) ([]byte, error)
	// Set keeps a secret. When it returns nil the secret survives a power cut.
	Set(name string, value []byte) error
	// Delete forgets a secret; one that is not there is no error.
	Delete(name string) error
	// Kind says where the secrets are: "system" or "file".
	Kind() string
}

// ErrNotFound reports that the key store works and has no such secret.
var ErrNotFound = errors.New("not in the key store")

// KeysEnv is the environment variable that names the folder of the key file.
// Setting it also says that the system's key store is not to be used.
const KeysEnv = "MIANDAN_KEYS"

// OpenKeystore returns the key store for a data folder: the folder that
// MIANDAN_KEYS names, else a key folder that already holds this data folder's
// key, else the system's own key store if it works, else a new key folder.
//
// An existing key folder goes before the system's store because a station that
// was set up without a desktop must find its key again when somebody logs in
// at one.
func OpenKeystore(dataDir string) (Keystore, error) {
	abs, err := filepath.Abs(dataDir)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if dir := os.Getenv(KeysEnv); dir != "" {
		return openFolder(dir, abs)
	}
	dir, err := defaultFolder(abs)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, kekName)); err == nil {
		return openFolder(dir, abs)
	}
	if s, ok := openSystem(abs); ok {
		return s, nil
	}
	return openFolder(dir, abs)
}

func defaultFolder(absDataDir string) (string, error) {
	base, err := os.UserConfigDir()
	if err != nil {
		return "", notice.New("key-folder-none", err, KeysEnv)
	}
	return filepath.Join(base, "miandan", "keys", shortHash(absDataDir)), nil
}

// shortHash tells the data folders of one computer apart.
func shortHash(absDataDir string) string {
	h := sha256.Sum256([]byte(filepath.Clean(absDataDir)))
	return hex.EncodeToString(h[:6])
}

func checkName(name string) error {
	ok := name != "" && name[0] != '.'
	for _, r := range name {
		ok = ok && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' || r == '_')
	}
	if !ok {
		return fmt.Errorf("%q is no name for a secret", name)
	}
	return nil
}
