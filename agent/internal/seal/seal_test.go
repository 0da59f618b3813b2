package seal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// newStore returns a key folder and a data folder beside it.
func newStore(t *testing.T) (Keystore, string) {
	t.Helper()
	root := t.TempDir()
	data := filepath.Join(root, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv(KeysEnv, filepath.Join(root, "keys"))
	ks, err := OpenKeystore(data)
	if err != nil {
		t.Fatal(err)
	}
	return ks, data
}

func mustOpen(t *testing.T, ks Keystore, data string, sealed bool) *Sealer {
	t.Helper()
	s, err := Open(ks, data, sealed)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestARoundTripSurvivesARestart(t *testing.T) {
	ks, data := newStore(t)
	s := mustOpen(t, ks, data, false)
	k, wrapped, err := s.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	sealed := k.Seal([]byte("张三"), []byte("label 1"))
	if bytes.Contains(sealed, []byte("张三")) {
		t.Error("the sealed bytes contain the plain text")
	}
	again, err := mustOpen(t, ks, data, true).Unwrap(wrapped)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := again.Open(sealed, []byte("label 1"))
	if err != nil || string(plain) != "张三" {
		t.Errorf("Open = %q, %v", plain, err)
	}
}

func TestSealingTwiceGivesDifferentBytes(t *testing.T) {
	ks, data := newStore(t)
	k, _, err := mustOpen(t, ks, data, false).NewKey()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(k.Seal([]byte("a"), nil), k.Seal([]byte("a"), nil)) {
		t.Error("equal plain texts can be told from their sealed bytes")
	}
}

func TestOpenRefuses(t *testing.T) {
	ks, data := newStore(t)
	s := mustOpen(t, ks, data, false)
	k, wrapped, err := s.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := s.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	aad := []byte("label 1")
	sealed := k.Seal([]byte("李䶮"), aad)
	flip := func(i int) []byte {
		b := bytes.Clone(sealed)
		b[i] ^= 1
		return b
	}
	for _, c := range []struct {
		name string
		key  Key
		b    []byte
		aad  []byte
	}{
		{"another row", k, sealed, []byte("label 2")},
		{"no row", k, sealed, nil},
		{"another label's key", other, sealed, aad},
		{"format byte changed", k, flip(0), aad},
		{"nonce changed", k, flip(1), aad},
		{"text changed", k, flip(14), aad},
		{"tag changed", k, flip(len(sealed) - 1), aad},
		{"cut short", k, sealed[:len(sealed)-1], aad},
		{"lengthened", k, append(bytes.Clone(sealed), 0), aad},
		{"empty", k, nil, aad},
	} {
		if plain, err := c.key.Open(c.b, c.aad); !errors.Is(err, ErrTampered) || plain != nil {
			t.Errorf("%s: Open = %q, %v, want ErrTampered", c.name, plain, err)
		}
	}
	wrapped[len(wrapped)-1] ^= 1
	if _, err := s.Unwrap(wrapped); !errors.Is(err, ErrTampered) {
		t.Errorf("Unwrap of a changed key = %v, want ErrTampered", err)
	}
}

func TestTheKeyIsProvedBeforeAnythingIsOpened(t *testing.T) {
	remove := func(t *testing.T, ks Keystore, _ string) {
		if err := ks.Delete(kekName); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name   string
		damage func(t *testing.T, ks Keystore, data string)
		sealed bool
		code   notice.Code
		is     error
	}{
		{"all in order", func(*testing.T, Keystore, string) {}, true, "", nil},
		{"no key, sealed data", remove, true, "key-missing", ErrKeyMissing},
		{"no key, nothing sealed", remove, false, "", nil},
		{"another key", func(t *testing.T, ks Keystore, _ string) {
			if err := ks.Set(kekName, bytes.Repeat([]byte{7}, keySize)); err != nil {
				t.Fatal(err)
			}
		}, true, "key-wrong", ErrWrongKey},
		{"another key, nothing sealed", func(t *testing.T, ks Keystore, _ string) {
			if err := ks.Set(kekName, bytes.Repeat([]byte{7}, keySize)); err != nil {
				t.Fatal(err)
			}
		}, false, "key-wrong", ErrWrongKey},
		{"key cut short", func(t *testing.T, ks Keystore, _ string) {
			if err := ks.Set(kekName, []byte("short")); err != nil {
				t.Fatal(err)
			}
		}, true, "keystore-failed", nil},
		{"no proof, sealed data", func(t *testing.T, _ Keystore, data string) {
			if err := os.Remove(proofPath(data)); err != nil {
				t.Fatal(err)
			}
		}, true, "key-check-missing", nil},
		{"proof damaged", func(t *testing.T, _ Keystore, data string) {
			if err := os.WriteFile(proofPath(data), []byte("{"), 0o600); err != nil {
				t.Fatal(err)
			}
		}, true, "key-check-damaged", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			ks, data := newStore(t)
			mustOpen(t, ks, data, false)
			c.damage(t, ks, data)
			before := snapshot(t, filepath.Dir(data))
			_, err := Open(ks, data, c.sealed)
			if c.code == "" {
				if err != nil {
					t.Fatalf("Open = %v", err)
				}
				return
			}
			if notice.CodeOf(err) != c.code || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("Open = %v (%s), want %s", err, notice.CodeOf(err), c.code)
			}
			if after := snapshot(t, filepath.Dir(data)); after != before {
				t.Errorf("a refusal changed the disk:\nbefore %s\nafter  %s", before, after)
			}
		})
	}
}

// snapshot lists every file under root with its content.
func snapshot(t *testing.T, root string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(&b, "%s=%x\n", path, content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestFingerprint(t *testing.T) {
	ks, data := newStore(t)
	s := mustOpen(t, ks, data, false)
	parts := func(s ...string) (b [][]byte) {
		for _, p := range s {
			b = append(b, []byte(p))
		}
		return b
	}
	base := s.Fingerprint(parts("ab", "c")...)
	if again := mustOpen(t, ks, data, true).Fingerprint(parts("ab", "c")...); !bytes.Equal(base, again) {
		t.Error("the fingerprint changed over a restart")
	}
	for _, c := range [][]string{{"a", "bc"}, {"abc"}, {"ab", "c", ""}, {"c", "ab"}, {}} {
		if bytes.Equal(base, s.Fingerprint(parts(c...)...)) {
			t.Errorf("%q has the fingerprint of [ab c]", c)
		}
	}
	ks2, data2 := newStore(t)
	if bytes.Equal(base, mustOpen(t, ks2, data2, false).Fingerprint(parts("ab", "c")...)) {
		t.Error("two keys give one fingerprint")
	}
}

func TestSecrets(t *testing.T) {
	ks, data := newStore(t)
	s := mustOpen(t, ks, data, false)
	if _, err := s.Secret(secret.JDAppSecret); notice.CodeOf(err) != "secret-missing" || !errors.Is(err, ErrNotFound) {
		t.Errorf("Secret before it was set = %v", err)
	}
	if err := s.SetSecret(secret.JDAppSecret, secret.New("app secret")); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Secret(secret.JDAppSecret); err != nil || !got.Equal(secret.New("app secret")) {
		t.Errorf("Secret = %v, %v", got, err)
	}
	if err := s.SetSecret(secret.JDAppSecret, secret.Token{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Secret(secret.JDAppSecret); !errors.Is(err, ErrNotFound) {
		t.Errorf("Secret after it was deleted = %v", err)
	}
	if err := ks.Set("../escape", []byte("x")); err == nil {
		t.Error("a name with a path in it was taken")
	}
}

func TestBootCount(t *testing.T) {
	ks, data := newStore(t)
	s := mustOpen(t, ks, data, false)
	for _, n := range []uint64{0, 1, 2, 2, 7} {
		if err := s.SetBootCount(n); err != nil {
			t.Fatal(err)
		}
		if got, err := mustOpen(t, ks, data, true).BootCount(); err != nil || got != n {
			t.Fatalf("BootCount = %d, %v, want %d", got, err, n)
		}
	}
	if err := s.SetBootCount(6); err == nil {
		t.Error("the counter went back")
	}
	if err := ks.Set(bootName, []byte("x")); err != nil {
		t.Fatal(err)
	}
	var n *notice.Error
	if _, err := s.BootCount(); !errors.As(err, &n) || n.Code != "keystore-failed" || strings.ContainsAny(n.Text(notice.Chinese), "abcdefghijklmnopqrstuvwxyz") {
		t.Errorf("BootCount over nonsense = %v, want keystore-failed, in either language", err)
	}
}

func TestNothingPrintsAKey(t *testing.T) {
	ks, data := newStore(t)
	s := mustOpen(t, ks, data, false)
	k, _, err := s.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	kek, err := ks.Get(kekName)
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprintf("%v %+v %#v %v %v %+v %#v %v", k, k, k, struct{ k Key }{k}, s, s, s, struct{ s *Sealer }{s})
	for _, secret := range [][]byte{kek, s.print} {
		if strings.Contains(out, fmt.Sprintf("%x", secret)) || strings.Contains(out, fmt.Sprint(secret)) {
			t.Errorf("a key came out: %s", out)
		}
	}
}

func TestAFileThatOthersMayReadIsRefused(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("file modes: Windows has none")
	}
	ks, data := newStore(t)
	mustOpen(t, ks, data, false)
	keys := os.Getenv(KeysEnv)
	file := filepath.Join(keys, kekName)
	for _, c := range []struct {
		name string
		path string
		mode os.FileMode
		want string
	}{
		{"group may read the key", file, 0o640, "600"},
		{"all may read the key", file, 0o604, "600"},
		{"all may enter the folder", keys, 0o755, "700"},
	} {
		t.Run(c.name, func(t *testing.T) {
			info, err := os.Stat(c.path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.Chmod(c.path, c.mode); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(c.path, info.Mode())
			ks, err := OpenKeystore(data)
			if err == nil {
				_, err = Open(ks, data, true)
			}
			var n *notice.Error
			if !errors.As(err, &n) || n.Code != "key-file-mode" {
				t.Fatalf("Open = %v, want key-file-mode", err)
			}
			if text := n.Text(notice.English); !strings.Contains(text, "chmod "+c.want) {
				t.Errorf("the sentence %q does not say chmod %s", text, c.want)
			}
		})
	}
}

func TestTheKeyFolderIsPrivateAndOutside(t *testing.T) {
	ks, data := newStore(t)
	mustOpen(t, ks, data, false)
	if runtime.GOOS != "windows" {
		for path, want := range map[string]os.FileMode{
			os.Getenv(KeysEnv):                         0o700,
			filepath.Join(os.Getenv(KeysEnv), kekName): 0o600,
			proofPath(data):                            0o600,
		} {
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if got := info.Mode().Perm(); got != want {
				t.Errorf("mode of %s = %o, want %o", path, got, want)
			}
		}
	}
	for _, dir := range []string{data, filepath.Join(data, "keys")} {
		t.Setenv(KeysEnv, dir)
		if _, err := OpenKeystore(data); notice.CodeOf(err) != "key-folder-inside" {
			t.Errorf("OpenKeystore with keys in %s = %v, want key-folder-inside", dir, err)
		}
	}
}

func TestAKeyFolderGoesBeforeTheSystemsStore(t *testing.T) {
	root := t.TempDir()
	for _, v := range []string{"XDG_CONFIG_HOME", "HOME", "AppData"} {
		t.Setenv(v, root)
	}
	t.Setenv(KeysEnv, "")
	dir, err := defaultFolder(filepath.Join(root, "data"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, kekName), make([]byte, keySize), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(root, "no-bus"))
	ks, err := OpenKeystore(filepath.Join(root, "data"))
	if err != nil || ks.Kind() != "file" {
		t.Errorf("OpenKeystore = %v, %v, want the key folder", ks, err)
	}
}

func FuzzOpen(f *testing.F) {
	a, err := newAEAD(make([]byte, keySize))
	if err != nil {
		f.Fatal(err)
	}
	k := Key{aead: a}
	f.Add([]byte{}, []byte{})
	f.Add([]byte{format}, []byte("x"))
	f.Add(make([]byte, 64), []byte(nil))
	f.Fuzz(func(t *testing.T, b, aad []byte) {
		if plain, err := k.Open(b, aad); err == nil {
			t.Errorf("forged %q opens to %q", b, plain)
		}
		sealed := k.Seal(b, aad)
		if plain, err := k.Open(sealed, aad); err != nil || !bytes.Equal(plain, b) {
			t.Errorf("Open(Seal(%q)) = %q, %v", b, plain, err)
		}
	})
}
