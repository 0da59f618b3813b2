package update_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/update/manifest"
	"miandan/printer/virtual"
)

var inDebian = flag.Bool("debian", false, "update the real program in a clean Debian, which takes some minutes and root")

// debian makes a Debian that has nothing else, and nothing of this computer's but
// proc and the network.
func debian(t *testing.T) (root string) {
	t.Helper()
	if !*inDebian {
		t.Skip("not asked for by -debian")
	}
	if _, err := exec.LookPath("mmdebstrap"); err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("mmdebstrap is not installed")
		}
		t.Skip("mmdebstrap is not installed")
	}
	if os.Geteuid() != 0 {
		t.Skip("only root may change its root")
	}
	root = filepath.Join(t.TempDir(), "root")
	t.Cleanup(func() {
		exec.Command("umount", filepath.Join(root, "proc")).Run()
		os.RemoveAll(root)
	})
	mirror := output(t, "sh", "-c", `apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' | awk '$2 == "bookworm" { print $1; exit }'`)
	if mirror = strings.TrimSpace(mirror); mirror == "" {
		t.Fatal("this computer has no source of Debian 12")
	}
	output(t, "mmdebstrap", "--variant=minbase", "bookworm", root, mirror)
	output(t, "mount", "-t", "proc", "proc", filepath.Join(root, "proc"))
	return root
}

func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command("timeout", append([]string{"600", name}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// shelf is a server of updates of its own, by https with a certificate of its own.
type shelf struct {
	*httptest.Server
	key   ed25519.PrivateKey
	mu    sync.Mutex
	files map[string]http.HandlerFunc
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	_, key, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{key: key, files: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		f := s.files[r.URL.Path]
		s.mu.Unlock()
		if f == nil {
			http.NotFound(w, r)
			return
		}
		f(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *shelf) public() string {
	return base64.StdEncoding.EncodeToString(s.key.Public().(ed25519.PublicKey))
}

// put lays out what the server answers at a path.
func (s *shelf) put(path string, f http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[path] = f
}

func bytesOf(b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write(b) }
}

// release lays out a version in the channel "early" and returns its list.
func (s *shelf) release(t *testing.T, version string, deb []byte, key ed25519.PrivateKey, expires time.Time) []byte {
	t.Helper()
	sum := sha256.Sum256(deb)
	list, err := manifest.Sign(manifest.Manifest{Version: version, Released: time.Now().Add(-48 * time.Hour), Expires: expires, Files: []manifest.File{
		{Platform: "linux/amd64", Name: "miandan.deb", Size: int64(len(deb)), SHA256: hex.EncodeToString(sum[:])},
	}}, key)
	if err != nil {
		t.Fatal(err)
	}
	s.put("/early/"+manifest.FileName, bytesOf(list))
	s.put("/early/miandan.deb", bytesOf(deb))
	return list
}

// built makes the package of a version as a release does, for updates that the
// shelf's key has signed.
func built(t *testing.T, version, keys string) string {
	t.Helper()
	out := t.TempDir()
	cmd := exec.Command("go", "run", "./installer/build", "-version", version, "-only", "linux/amd64", "-update-keys", keys, "-out", out)
	cmd.Dir = "../../.."
	cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1700000000")
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return filepath.Join(out, "miandan_"+version+"_amd64.deb")
}

// TestInDebianUpdates has an agent with a label in hand updated from one version to
// the next, in a clean Debian, after everybody who has the server has tried to have
// something else installed.
func TestInDebianUpdates(t *testing.T) {
	root := debian(t)
	s := newShelf(t)
	old, next := built(t, "1.0.0", s.public()), built(t, "1.1.0", s.public())
	deb, err := os.ReadFile(next)
	if err != nil {
		t.Fatal(err)
	}
	output(t, "cp", old, filepath.Join(root, "tmp/old.deb"))
	// The authority that this computer is told to trust stands in the setting that
	// programs of Go and OpenSSL read; the real ones stand in the system.
	if err := os.WriteFile(filepath.Join(root, "tmp/ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	w := station(t, root, s.URL)
	in := func(args ...string) *exec.Cmd {
		cmd := exec.Command("chroot", append([]string{root, "timeout", "300"}, args...)...)
		cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "LANG=en_US.UTF-8", "HOME=/root", "SSL_CERT_FILE=/tmp/ca.pem", "DEBIAN_FRONTEND=noninteractive", seal.KeysEnv + "=/srv/keys"}
		return cmd
	}
	must := func(args ...string) string {
		t.Helper()
		b, err := in(args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %v\n%s", args, err, b)
		}
		return string(b)
	}
	installed := func() string { return strings.TrimSpace(must("dpkg-query", "-W", "-f", "${Version}", "miandan")) }
	update := []string{"miandan", "--data", "/srv/data", "update", "install"}
	must("dpkg", "-i", "/tmp/old.deb")

	later := time.Now().AddDate(0, 0, 30)
	_, strangers, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	plain := httptest.NewServer(bytesOf(deb))
	defer plain.Close()
	for _, tt := range []struct {
		name, says string
		lay        func()
	}{
		{"wrong key", "not signed", func() { s.release(t, "1.1.0", deb, strangers, later) }},
		{"freeze", "does not hold today", func() { s.release(t, "1.1.0", deb, s.key, time.Now().Add(-time.Hour)) }},
		{"truncated", "not the one", func() {
			s.release(t, "1.1.0", deb, s.key, later)
			s.put("/early/miandan.deb", bytesOf(deb[:len(deb)-7]))
		}},
		{"another file", "not the one", func() {
			s.release(t, "1.1.0", deb, s.key, later)
			other := append([]byte(nil), deb...)
			other[len(other)/2] ^= 1
			s.put("/early/miandan.deb", bytesOf(other))
		}},
		{"redirect to http", "cannot be read", func() {
			s.release(t, "1.1.0", deb, s.key, later)
			s.put("/early/miandan.deb", http.RedirectHandler(plain.URL, http.StatusFound).ServeHTTP)
		}},
		{"endless list", "not signed", func() {
			s.put("/early/"+manifest.FileName, func(w http.ResponseWriter, r *http.Request) {
				for chunk := make([]byte, 64<<10); r.Context().Err() == nil; {
					if _, err := w.Write(chunk); err != nil {
						return
					}
				}
			})
		}},
		{"rollback", "older", func() {
			list := s.release(t, "1.0.1", deb, s.key, later)
			s.release(t, "1.1.0", deb, s.key, later)
			must("miandan", "--data", "/srv/data", "update", "check")
			s.put("/early/"+manifest.FileName, bytesOf(list))
		}},
	} {
		tt.lay()
		said, err := in(update...).CombinedOutput()
		if err == nil || !strings.Contains(string(said), tt.says) {
			t.Errorf("%s: %v, says %q, want %q", tt.name, err, said, tt.says)
		}
		if v := installed(); v != "1.0.0" {
			t.Fatalf("%s: %s is installed", tt.name, v)
		}
	}

	// The agent prints, slowly, while the real one is fetched.
	agent := exec.Command("chroot", root, "miandan", "--data", "/srv/data", "run", "--no-tray")
	agent.Env = in().Env
	log, err := os.Create(filepath.Join(t.TempDir(), "agent"))
	if err != nil {
		t.Fatal(err)
	}
	agent.Stdout, agent.Stderr = log, log
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- agent.Wait() }()
	defer func() {
		agent.Process.Signal(os.Interrupt)
		if err := <-ended; err != nil {
			b, _ := os.ReadFile(log.Name())
			t.Errorf("the agent ended with %v:\n%s", err, b)
		}
	}()
	data := filepath.Join(root, "srv/data")
	client := func() *api.Client {
		path, err := host.SocketPath(data)
		if err != nil {
			t.Fatal(err)
		}
		return api.Local(path, notice.English)
	}
	waitFor(t, "a label in hand", func() bool {
		q, err := client().Queue(t.Context())
		return err == nil && q.Counts.Printing > 0
	})
	s.release(t, "1.1.0", deb, s.key, later)
	began := time.Now()
	if said := must(update...); !strings.Contains(said, "newer 1.1.0") {
		t.Errorf("update says %s", said)
	}
	t.Logf("updated with a label in hand in %v", time.Since(began).Round(10*time.Millisecond))
	if v := installed(); v != "1.1.0" {
		t.Errorf("%s is installed", v)
	}
	// The agent that was there is the new version, in the same process, and prints on.
	waitFor(t, "the agent as version 1.1.0", func() bool {
		v, err := client().Version(t.Context())
		return err == nil && v.Program == "1.1.0"
	})
	waitFor(t, "every label on paper", func() bool {
		q, err := client().Queue(t.Context())
		return err == nil && !q.Paused && q.Counts.Waiting+q.Counts.Printing == 0 && q.Counts.Done >= orders
	})
	q, err := client().Queue(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if q.Counts.Unknown != 0 || len(w.Printer.Prints()) != q.Counts.Done {
		t.Errorf("%d labels are done and %d unknown, %d came out of the printer", q.Counts.Done, q.Counts.Unknown, len(w.Printer.Prints()))
	}
	if b, err := os.ReadFile(filepath.Join(data, "logs/update.log")); err != nil || !strings.Contains(string(b), "1.1.0") {
		t.Errorf("the installer's log: %q, %v", b, err)
	}
	if _, err := os.Stat(filepath.Join(data, "updates")); err == nil {
		t.Error("the installer's file is still there")
	}
	if said := must(update...); !strings.Contains(said, "current 1.1.0") {
		t.Errorf("once more: %s", said)
	}
}

const orders = 4

// station puts a practice station's settings, secrets and place of updates into a
// root, with a printer that takes seconds for a label.
func station(t *testing.T, root, updates string) *practice.World {
	t.Helper()
	w, err := practice.Open(t.TempDir(), practice.Config{Orders: orders, Speed: 25, Language: string(virtual.TSPL)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	data := filepath.Join(root, "srv/data")
	settings, err := os.ReadFile(w.Config)
	if err == nil {
		err = os.MkdirAll(data, 0o700)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(data, "miandan.toml"), append(settings, "\n[update]\nfrom = \""+updates+"\"\nchannel = \"early\"\n"...), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv(seal.KeysEnv, filepath.Join(root, "srv/keys"))
	if err := practice.PutSecrets(data); err != nil {
		t.Fatal(err)
	}
	return w
}

func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !is(); time.Sleep(100 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}
