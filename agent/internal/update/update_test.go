package update

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/seal"
	"miandan/agent/internal/update/manifest"
)

var now = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

const platform = "linux/amd64"

// release is a folder of updates and the key that signs for it.
type release struct {
	t   *testing.T
	dir string
	key ed25519.PrivateKey
}

func newRelease(t *testing.T) release {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	return release{t, t.TempDir(), key}
}

// put lays out a version and returns its list.
func (r release) put(version, installer string, change func(*manifest.Manifest)) []byte {
	r.t.Helper()
	sum := sha256.Sum256([]byte(installer))
	m := manifest.Manifest{Version: version, Released: now, Expires: now.AddDate(0, 1, 0), Files: []manifest.File{
		{Platform: platform, Name: "miandan.deb", Size: int64(len(installer)), SHA256: hex.EncodeToString(sum[:])},
	}}
	if change != nil {
		change(&m)
	}
	b, err := manifest.Sign(m, r.key)
	if err != nil {
		r.t.Fatal(err)
	}
	r.write(manifest.FileName, b)
	r.write("miandan.deb", []byte(installer))
	return b
}

func (r release) write(name string, b []byte) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.dir, name), b, 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r release) updater() *Updater {
	return &Updater{
		From: Folder(r.dir), Keys: []ed25519.PublicKey{r.key.Public().(ed25519.PublicKey)}, Data: r.t.TempDir(),
		Running: "1.0.0", Platform: platform, Now: func() time.Time { return now },
	}
}

// fetch does what an update does up to the hand-over.
func fetch(u *Updater) (*Ready, error) {
	m, newer, err := u.Check(context.Background())
	if err != nil {
		return nil, err
	}
	if !newer {
		return nil, errors.New("not newer")
	}
	return u.Fetch(context.Background(), m)
}

func TestUpdate(t *testing.T) {
	r := newRelease(t)
	r.put("1.1.0", "an installer", nil)
	u := r.updater()
	got, err := fetch(u)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(got.Path)
	if err != nil || string(b) != "an installer" {
		t.Errorf("the installer is %q, %v", b, err)
	}
	if err := got.Close(); err != nil {
		t.Error(err)
	}
	nothingLies(t, u)
	u.Running = "1.1.0"
	if _, newer, err := u.Check(t.Context()); newer || err != nil {
		t.Errorf("the version that runs is newer: %v, %v", newer, err)
	}
}

// nothingLies sees that no installer is left.
func nothingLies(t *testing.T, u *Updater) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(u.Data, folder)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder of updates is still there: %v", err)
	}
}

// TestHostile is what somebody may do who has the server, the share or the line.
func TestHostile(t *testing.T) {
	for _, tt := range []struct {
		name string
		do   func(r release, u *Updater)
		want error
	}{
		{"rollback", func(r release, u *Updater) {
			old := r.put("1.1.0", "old", nil)
			r.put("1.2.0", "new", nil)
			u.Check(context.Background())
			r.write(manifest.FileName, old)
			r.write("miandan.deb", []byte("old"))
		}, ErrOlder},
		{"freeze", func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			u.Now = func() time.Time { return now.AddDate(0, 1, 0) }
		}, manifest.ErrExpired},
		{"a list of the future", func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			u.Now = func() time.Time { return now.AddDate(0, 0, -2) }
		}, manifest.ErrEarly},
		{"mix and match", func(r release, u *Updater) {
			r.put("1.1.0", "old", nil)
			r.put("1.2.0", "new", nil)
			r.write("miandan.deb", []byte("old"))
		}, ErrDiffers},
		{"another release's list under this one's signature", func(r release, u *Updater) {
			a, b := r.put("1.1.0", "a", nil), r.put("1.2.0", "b", nil)
			lineA, lineB := strings.SplitN(string(a), "\n", 3), strings.SplitN(string(b), "\n", 3)
			r.write(manifest.FileName, []byte(lineA[0]+"\n"+lineA[1]+"\n"+lineB[2]))
		}, manifest.ErrSignature},
		{"wrong key", func(r release, u *Updater) {
			_, r.key, _ = ed25519.GenerateKey(nil)
			r.put("1.1.0", "x", nil)
		}, manifest.ErrSignature},
		{"no key", func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			u.Keys = nil
		}, manifest.ErrSignature},
		{"truncated", func(r release, u *Updater) {
			r.put("1.1.0", "a whole installer", nil)
			r.write("miandan.deb", []byte("a whole"))
		}, ErrDiffers},
		{"a list cut off", func(r release, u *Updater) {
			b := r.put("1.1.0", "x", nil)
			r.write(manifest.FileName, b[:len(b)-2])
		}, manifest.ErrSignature},
		{"longer", func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			r.write("miandan.deb", []byte("xy"))
		}, ErrDiffers},
		{"of the length, another content", func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			r.write("miandan.deb", []byte("y"))
		}, ErrDiffers},
		{"for another computer", func(r release, u *Updater) {
			r.put("1.1.0", "x", func(m *manifest.Manifest) { m.Files[0].Platform = "windows/amd64" })
		}, ErrPlatform},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRelease(t)
			u := r.updater()
			tt.do(r, u)
			got, err := fetch(u)
			if !errors.Is(err, tt.want) || got != nil {
				t.Errorf("fetched %v, %v, want %v", got, err, tt.want)
			}
			nothingLies(t, u)
		})
	}
}

// endless never ends: of the list, or of the installer.
type endless struct {
	Folder
	which string
	read  *int64
}

func (e endless) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	if name != e.which {
		return e.Folder.Open(ctx, name)
	}
	return io.NopCloser(e), nil
}

func (e endless) Read(b []byte) (int, error) { *e.read += int64(len(b)); return len(b), nil }

func TestEndless(t *testing.T) {
	for which, most := range map[string]int64{manifest.FileName: 2 * manifest.MaxSize, "miandan.deb": 64 << 10} {
		r := newRelease(t)
		r.put("1.1.0", "x", nil)
		u := r.updater()
		read := new(int64)
		u.From = endless{Folder(r.dir), which, read}
		if got, err := fetch(u); err == nil || got != nil {
			t.Errorf("endless %s: %v, %v", which, got, err)
		}
		if *read == 0 || *read > most {
			t.Errorf("endless %s: %d bytes were read, want at most %d", which, *read, most)
		}
		nothingLies(t, u)
	}
}

// TestSwapped puts another file in the place of one that was checked.
func TestSwapped(t *testing.T) {
	r := newRelease(t)
	r.put("1.1.0", "an installer", nil)
	u := r.updater()
	got, err := fetch(u)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	other := filepath.Join(u.Data, "other")
	if err := os.WriteFile(other, []byte("an installeR"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(other, got.Path); err != nil {
		if err := got.Verify(); err != nil {
			t.Errorf("nobody could swap it, and yet: %v", err)
		}
		return // Windows lets nobody
	}
	if err := u.Install(t.Context(), got); !errors.Is(err, ErrDiffers) {
		t.Errorf("a file that was swapped is handed on: %v", err)
	}
}

func TestWrittenTo(t *testing.T) {
	r := newRelease(t)
	r.put("1.1.0", "an installer", nil)
	u := r.updater()
	got, err := fetch(u)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Close()
	if err := os.WriteFile(got.Path, []byte("an installeR"), 0o600); err != nil {
		return // Windows lets nobody
	}
	if err := u.Install(t.Context(), got); !errors.Is(err, ErrDiffers) {
		t.Errorf("a file that was written to is handed on: %v", err)
	}
}

// TestHighestIsInBothPlaces takes back one of them.
func TestHighestIsInBothPlaces(t *testing.T) {
	for _, lost := range []string{"data folder", "key store"} {
		t.Run(lost, func(t *testing.T) {
			t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
			r := newRelease(t)
			u := r.updater()
			keys, err := seal.OpenKeystore(u.Data)
			if err != nil {
				t.Fatal(err)
			}
			u.Secrets = keys
			old := r.put("1.1.0", "old", nil)
			r.put("1.2.0", "new", nil)
			if _, _, err := u.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
			if lost == "data folder" {
				err = os.Remove(filepath.Join(u.Data, seenFile))
			} else {
				err = keys.Delete(seenSecret)
			}
			if err != nil {
				t.Fatal(err)
			}
			r.write(manifest.FileName, old)
			if _, _, err := u.Check(t.Context()); !errors.Is(err, ErrOlder) {
				t.Errorf("without the %s: %v", lost, err)
			}
		})
	}
}

func TestFrom(t *testing.T) {
	for _, bad := range []string{"http://updates.example.com", "https://", "ftp://updates.example.com/x", "https://a:b@updates.example.com", "https://updates.example.com/?x=1"} {
		if s, err := From(bad); err == nil {
			t.Errorf("%s is %v", bad, s)
		}
	}
	if s, err := From("https://updates.example.com/miandan"); err != nil || s == nil {
		t.Error(err)
	}
	if s, err := From("folder"); err != nil || !filepath.IsAbs(string(s.(Folder))) {
		t.Error(s, err)
	}
}
