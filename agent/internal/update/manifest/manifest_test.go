package manifest

import (
	"crypto/ed25519"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

func sample() Manifest {
	return Manifest{Version: "1.4.2", Released: at, Expires: at.AddDate(0, 3, 0), Files: []File{
		{Platform: "windows/amd64", Name: "miandan-1.4.2.msi", Size: 3, SHA256: strings.Repeat("0a", 32)},
		{Platform: "linux/amd64", Name: "miandan_1.4.2_amd64.deb", Size: 4, SHA256: strings.Repeat("0b", 32)},
	}}
}

func key(seed byte) ed25519.PrivateKey {
	b := make([]byte, ed25519.SeedSize)
	b[0] = seed
	return ed25519.NewKeyFromSeed(b)
}

func public(k ed25519.PrivateKey) ed25519.PublicKey { return k.Public().(ed25519.PublicKey) }

func TestSignAndOpen(t *testing.T) {
	b, err := Sign(sample(), key(1))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Open(b, []ed25519.PublicKey{public(key(2)), public(key(1))}, at)
	if err != nil || !reflect.DeepEqual(got, sample()) {
		t.Errorf("Open = %+v, %v", got, err)
	}
	for i := range b { // no byte may be another
		c := append([]byte{}, b...)
		c[i] ^= 1
		if m, err := Open(c, []ed25519.PublicKey{public(key(1))}, at); err == nil {
			t.Fatalf("byte %d changed: %+v", i, m)
		}
	}
}

func TestWhatIsSignedMustHold(t *testing.T) {
	for name, change := range map[string]func(*Manifest){
		"no version":           func(m *Manifest) { m.Version = "newest" },
		"no file":              func(m *Manifest) { m.Files = nil },
		"a name with a folder": func(m *Manifest) { m.Files[0].Name = "../miandan.msi" },
		"a program":            func(m *Manifest) { m.Files[0].Name = "miandan.exe" },
		"no length":            func(m *Manifest) { m.Files[0].Size = 0 },
		"too long":             func(m *Manifest) { m.Files[0].Size = MaxFile + 1 },
		"half a hash":          func(m *Manifest) { m.Files[0].SHA256 = "0a" },
		"one platform twice":   func(m *Manifest) { m.Files[1].Platform = m.Files[0].Platform },
		"expired at once":      func(m *Manifest) { m.Expires = m.Released },
	} {
		m := sample()
		change(&m)
		if _, err := Sign(m, key(1)); !errors.Is(err, ErrBroken) {
			t.Errorf("%s is signed: %v", name, err)
		}
	}
}

func TestNewer(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"1.10.0", "1.9.9", true}, {"1.9.9", "1.10.0", false}, {"1.0.0", "1.0.0", false}, {"2.0.0", "v1.9.9", true},
		{"0.0.1", "", true}, {"0.0.1", "6b7a1c540e0c", true}, {"", "0.0.1", false}, {"x", "y", false}, {"01.0.0", "", false}, {"1.0", "", false},
	} {
		if got := Newer(c.a, c.b); got != c.want {
			t.Errorf("Newer(%q, %q) = %v", c.a, c.b, got)
		}
	}
}

// FuzzOpen reads lists as they come, and their bodies as if they were signed.
func FuzzOpen(f *testing.F) {
	b, err := Sign(sample(), key(1))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(strings.SplitN(string(b), "\n", 3)[2]))
	keys := []ed25519.PublicKey{public(key(1))}
	f.Fuzz(func(t *testing.T, b []byte) {
		if m, err := Open(b, keys, at); err == nil && !reflect.DeepEqual(m, sample()) {
			t.Errorf("a list that nobody signed: %+v", m)
		}
		if m, err := read(b, at); err == nil {
			again, err := Sign(m, key(1))
			if err != nil {
				t.Fatalf("what was read cannot be signed: %v", err)
			}
			if _, err := Open(again, keys, at); err != nil && len(again) <= MaxSize {
				t.Errorf("what was signed is not read: %v", err)
			}
		}
	})
}
