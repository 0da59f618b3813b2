// Package update brings a new version to the system's own installer: it reads the
// signed list of a release, fetches this platform's file, and hands it on if it is
// byte for byte what the list says.
//
// The highest version that was ever read is kept, in the data folder and in the key
// store, so that an old list, however well signed, takes no PC back to a version
// with a known fault. What is handed on is what was hashed: the file lies in a
// folder of this account alone, is hashed by a handle that stays open, on Windows
// so that nobody may write to it or put another in its place, and is hashed again
// before the installer gets its name.
package update

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"miandan/agent/internal/host"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/update/manifest"
)

// Errors besides those of package manifest.
var (
	ErrOlder    = errors.New("the list is older than one that was read before")
	ErrPlatform = errors.New("the list has no installer for this computer")
	ErrDiffers  = errors.New("the file is not the one that the list names")
	ErrKey      = errors.New("not an Ed25519 key in base64")
)

const (
	seenFile   = "update.seen"
	seenSecret = "update-seen"
	folder     = "updates"
)

// Store is where updates come from: a web server or a folder.
type Store interface {
	// Open returns a file by its name, which has no folder in it. It may refuse one
	// that is longer than so many bytes with ErrLong.
	Open(ctx context.Context, name string, most int64) (io.ReadCloser, error)
}

// Updater knows what is trusted and what runs.
type Updater struct {
	From     Store
	Keys     []ed25519.PublicKey
	Data     string        // the data folder
	Secrets  seal.Keystore // nil: there is none
	Running  string        // the version of this program
	Platform string        // empty: this computer's
	Now      func() time.Time
}

// ParseKey reads a public key: 32 bytes in base64.
func ParseKey(text string) (ed25519.PublicKey, error) {
	b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(b) != ed25519.PublicKeySize {
		return nil, ErrKey
	}
	return b, nil
}

// Check reads the list, keeps its version as the highest seen, and returns it, and
// whether it is above the version that runs.
func (u *Updater) Check(ctx context.Context) (m manifest.Manifest, newer bool, err error) {
	r, err := u.From.Open(ctx, manifest.FileName, manifest.MaxSize)
	if errors.Is(err, ErrLong) {
		return m, false, manifest.ErrBroken
	}
	if err != nil {
		return m, false, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, manifest.MaxSize+1))
	if err != nil {
		return m, false, fmt.Errorf("read list of updates: %w", err)
	}
	if m, err = manifest.Open(b, u.Keys, u.Now()); err != nil {
		return m, false, err
	}
	highest, err := u.highest()
	if err != nil {
		return m, false, err
	}
	if manifest.Newer(highest, m.Version) {
		return m, false, ErrOlder
	}
	if manifest.Newer(m.Version, highest) {
		if err := u.keep(m.Version); err != nil {
			return m, false, err
		}
	}
	return m, manifest.Newer(m.Version, u.Running), nil
}

// highest is the highest version that was seen here, by the data folder or the key
// store: whoever can put an old file back into one has not got the other.
func (u *Updater) highest() (string, error) {
	b, err := os.ReadFile(filepath.Join(u.Data, seenFile))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the highest version: %w", err)
	}
	highest := strings.TrimSpace(string(b))
	if u.Secrets != nil {
		s, err := u.Secrets.Get(seenSecret)
		if err != nil && !errors.Is(err, seal.ErrNotFound) {
			return "", fmt.Errorf("read the highest version: %w", err)
		}
		if manifest.Newer(string(s), highest) {
			highest = string(s)
		}
	}
	return highest, nil
}

func (u *Updater) keep(version string) error {
	err := host.AtomicWrite(filepath.Join(u.Data, seenFile), []byte(version+"\n"), 0o600)
	if err == nil && u.Secrets != nil {
		err = u.Secrets.Set(seenSecret, []byte(version))
	}
	if err != nil {
		return fmt.Errorf("keep the highest version: %w", err)
	}
	return nil
}

// Ready is an installer that was fetched and found to be what the list says. It is
// open until Close, which removes it.
type Ready struct {
	Path string
	file *os.File
	want manifest.File
}

// Fetch brings this platform's installer into the data folder.
func (u *Updater) Fetch(ctx context.Context, m manifest.Manifest) (r *Ready, err error) {
	platform := u.Platform
	if platform == "" {
		platform = runtime.GOOS + "/" + runtime.GOARCH
	}
	want, ok := m.Of(platform)
	if !ok {
		return nil, ErrPlatform
	}
	dir := filepath.Join(u.Data, folder)
	// What lies there is of an attempt that broke off.
	if err := errors.Join(os.RemoveAll(dir), host.MakeFolder(dir)); err != nil {
		return nil, err
	}
	from, err := u.From.Open(ctx, want.Name, want.Size)
	if errors.Is(err, ErrLong) {
		err = ErrDiffers
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	defer from.Close()
	path := filepath.Join(dir, want.Name)
	defer func() {
		if err != nil {
			if r != nil {
				r.file.Close()
			}
			r, err = nil, errors.Join(err, os.RemoveAll(dir))
		}
	}()
	if err := fill(path, io.LimitReader(from, want.Size+1)); err != nil {
		return nil, err
	}
	f, err := openClosed(path)
	if err != nil {
		return nil, fmt.Errorf("read installer: %w", err)
	}
	r = &Ready{Path: path, file: f, want: want}
	return r, r.Verify()
}

func fill(path string, from io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write installer: %w", err)
	}
	if _, err := io.Copy(f, from); err != nil {
		f.Close()
		return fmt.Errorf("fetch installer: %w", err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write installer: %w", err)
	}
	return nil
}

// Verify reads the file by the handle that is open, and sees that its name still
// means that file.
func (r *Ready) Verify() error {
	h := sha256.New()
	n, err := io.Copy(h, io.NewSectionReader(r.file, 0, r.want.Size+1))
	if err != nil {
		return fmt.Errorf("read installer: %w", err)
	}
	want, err := hex.DecodeString(r.want.SHA256)
	if err != nil || n != r.want.Size || subtle.ConstantTimeCompare(h.Sum(nil), want) != 1 {
		return ErrDiffers
	}
	open, err := r.file.Stat()
	if err != nil {
		return fmt.Errorf("read installer: %w", err)
	}
	named, err := os.Lstat(r.Path)
	if err != nil || !os.SameFile(open, named) {
		return ErrDiffers
	}
	return nil
}

// Close removes the file.
func (r *Ready) Close() error { return errors.Join(r.file.Close(), os.RemoveAll(filepath.Dir(r.Path))) }

// Install verifies the file once more and hands it to the system's installer, whose
// log is beside the agent's.
func (u *Updater) Install(ctx context.Context, r *Ready) error {
	logs := filepath.Join(u.Data, "logs") // who installs may be somebody whose agent has never run
	if err := host.MakeFolder(logs); err != nil {
		return err
	}
	if err := r.Verify(); err != nil {
		return err
	}
	return install(ctx, r.Path, filepath.Join(logs, "update.log"))
}
