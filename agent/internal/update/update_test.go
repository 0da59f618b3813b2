package update

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/outbound"
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

// TestHostile is what somebody may do who has the server, the share, the line or,
// once it was checked, the file.
func TestHostile(t *testing.T) {
	for _, tt := range []struct {
		name  string
		do    func(r release, u *Updater)
		after func(got *Ready) error // of an installer that was fetched; its error says that the system has refused it
		want  error
	}{
		{name: "rollback", want: ErrOlder, do: func(r release, u *Updater) {
			old := r.put("1.1.0", "old", nil)
			r.put("1.2.0", "new", nil)
			u.Check(context.Background())
			r.write(manifest.FileName, old)
			r.write("miandan.deb", []byte("old"))
		}},
		{name: "freeze", want: manifest.ErrExpired, do: func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			u.Now = func() time.Time { return now.AddDate(0, 1, 0) }
		}},
		{name: "a list of the future", want: manifest.ErrEarly, do: func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			u.Now = func() time.Time { return now.AddDate(0, 0, -2) }
		}},
		{name: "mix and match", want: ErrDiffers, do: func(r release, u *Updater) {
			r.put("1.1.0", "old", nil)
			r.put("1.2.0", "new", nil)
			r.write("miandan.deb", []byte("old"))
		}},
		{name: "another release's list under this one's signature", want: manifest.ErrSignature, do: func(r release, u *Updater) {
			a, b := r.put("1.1.0", "a", nil), r.put("1.2.0", "b", nil)
			lineA, lineB := strings.SplitN(string(a), "\n", 3), strings.SplitN(string(b), "\n", 3)
			r.write(manifest.FileName, []byte(lineA[0]+"\n"+lineA[1]+"\n"+lineB[2]))
		}},
		{name: "wrong key", want: manifest.ErrSignature, do: func(r release, u *Updater) {
			_, r.key, _ = ed25519.GenerateKey(nil)
			r.put("1.1.0", "x", nil)
		}},
		{name: "no key", want: manifest.ErrSignature, do: func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			u.Keys = nil
		}},
		{name: "truncated", want: ErrDiffers, do: func(r release, u *Updater) {
			r.put("1.1.0", "a whole installer", nil)
			r.write("miandan.deb", []byte("a whole"))
		}},
		{name: "a list cut off", want: manifest.ErrSignature, do: func(r release, u *Updater) {
			b := r.put("1.1.0", "x", nil)
			r.write(manifest.FileName, b[:len(b)-2])
		}},
		{name: "longer", want: ErrDiffers, do: func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			r.write("miandan.deb", []byte("xy"))
		}},
		{name: "of the length, another content", want: ErrDiffers, do: func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			r.write("miandan.deb", []byte("y"))
		}},
		{name: "for another computer", want: ErrPlatform, do: func(r release, u *Updater) {
			r.put("1.1.0", "x", func(m *manifest.Manifest) { m.Files[0].Platform = "windows/amd64" })
		}},
		{name: "endless list", want: manifest.ErrBroken, do: func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			u.From = &endless{Folder: Folder(r.dir), t: r.t, name: manifest.FileName, most: 2 * manifest.MaxSize}
		}},
		{name: "endless installer", want: ErrDiffers, do: func(r release, u *Updater) {
			r.put("1.1.0", "x", nil)
			u.From = &endless{Folder: Folder(r.dir), t: r.t, name: "miandan.deb", most: 64 << 10}
		}},
		{name: "another file in its place", want: ErrDiffers, do: func(r release, u *Updater) { r.put("1.1.0", "an installer", nil) }, after: func(got *Ready) error {
			other := filepath.Join(filepath.Dir(filepath.Dir(got.Path)), "other")
			return errors.Join(os.WriteFile(other, []byte("an installeR"), 0o600), os.Rename(other, got.Path))
		}},
		{name: "written to", want: ErrDiffers, do: func(r release, u *Updater) { r.put("1.1.0", "an installer", nil) }, after: func(got *Ready) error {
			return os.WriteFile(got.Path, []byte("an installeR"), 0o600)
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRelease(t)
			u := r.updater()
			tt.do(r, u)
			got, err := fetch(u)
			if tt.after != nil && err == nil {
				if refused := tt.after(got); refused != nil { // Windows lets nobody
					tt.want = nil
					err = got.Verify()
				} else {
					err = u.Install(t.Context(), got)
				}
				err = errors.Join(err, got.Close())
				got = nil
			}
			if !errors.Is(err, tt.want) || got != nil {
				t.Errorf("fetched %v, %v, want %v", got, err, tt.want)
			}
			nothingLies(t, u)
		})
	}
}

// endless is a store with one file that never ends.
type endless struct {
	Folder
	t          *testing.T
	name       string
	most, read int64
}

func (e *endless) Open(ctx context.Context, name string, most int64) (io.ReadCloser, error) {
	if name != e.name {
		return e.Folder.Open(ctx, name, most)
	}
	return e, nil
}

func (e *endless) Read(b []byte) (int, error) { e.read += int64(len(b)); return len(b), nil }

func (e *endless) Close() error {
	if e.read == 0 || e.read > e.most {
		e.t.Errorf("%d bytes of %s were read, want at most %d", e.read, e.name, e.most)
	}
	return nil
}

// TestWeb reads from a server, which may say where else to look, and how much.
func TestWeb(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "elsewhere") }))
	defer plain.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/x/short", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "12345678") })
	mux.Handle("/x/plain", http.RedirectHandler(plain.URL, http.StatusFound))
	mux.HandleFunc("/x/endless", func(w http.ResponseWriter, r *http.Request) {
		for chunk := make([]byte, 4<<10); r.Context().Err() == nil; {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	server := httptest.NewTLSServer(mux)
	defer server.Close()
	store, err := From(server.URL + "/x")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), "short", 8); !outbound.Certificate(err) {
		t.Errorf("a server that nobody vouches for: %v", err)
	}
	store.(*web).transport = server.Client().Transport
	for _, tt := range []struct {
		name string
		most int64
		want bool
		is   error
	}{{"short", 8, true, nil}, {"short", 7, false, ErrLong}, {"endless", 64 << 10, false, ErrLong}, {"plain", 100, false, ErrNone}, {"none", 100, false, ErrNone}} {
		r, err := store.Open(t.Context(), tt.name, tt.most)
		if (err == nil) != tt.want || tt.is != nil && !errors.Is(err, tt.is) {
			t.Errorf("%s, %d bytes at most: %v", tt.name, tt.most, err)
		}
		if r != nil {
			r.Close()
		}
	}
}

// TestBuilt says where updates are by what the settings say of it.
func TestBuilt(t *testing.T) {
	was := builtFrom
	defer func() { builtFrom = was }()
	builtFrom = "https://updates.example.com/miandan"
	for _, tt := range [][3]string{
		{"", "", "https://updates.example.com/miandan"},
		{"", "early", "https://updates.example.com/miandan/early"},
		{"https://other.example.com", "early", "https://other.example.com/early"},
		{"share", "early", filepath.Join("share", "early")},
	} {
		if got := Built(tt[0], tt[1]).From; got != tt[2] {
			t.Errorf("%q with channel %q is %s, want %s", tt[0], tt[1], got, tt[2])
		}
	}
	u := new(Updater)
	if err := u.At(Place{From: "folder"}); !errors.Is(err, ErrNowhere) {
		t.Errorf("nobody is trusted: %v", err)
	}
	if err := u.At(Place{From: "folder", Keys: "x"}); !errors.Is(err, ErrKey) {
		t.Errorf("no key: %v", err)
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
