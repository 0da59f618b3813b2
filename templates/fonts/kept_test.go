package fonts

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"miandan/templates/scene"
)

// same compares a few glyphs of each face, among them one of a rare hanzi.
func same(t *testing.T, s *Set) {
	t.Helper()
	memory, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, face := range []scene.Face{scene.Regular, scene.Bold} {
		for _, r := range "面单J0• 㐂𠮷" {
			a, ok, err := s.Find(face, r)
			b, ok2, err2 := memory.Find(face, r)
			if err != nil || err2 != nil || ok != ok2 {
				t.Fatalf("Find(%v, %q) = %v, %v, want %v, %v", face, r, ok, err, ok2, err2)
			}
			var ax, bx [4]int
			ax[0], ax[1], ax[2], ax[3] = a.Box(24)
			bx[0], bx[1], bx[2], bx[3] = b.Box(24)
			if a.ID != b.ID || a.Advance() != b.Advance() || ax != bx {
				t.Fatalf("%q of face %v: %d %d %v, want %d %d %v", r, face, a.ID, a.Advance(), ax, b.ID, b.Advance(), bx)
			}
			if p, q := a.record(24), b.record(24); !bytes.Equal(p.data, q.data) {
				t.Fatalf("%q of face %v has another outline", r, face)
			}
		}
	}
}

func files(t *testing.T, folder string) (names []string) {
	t.Helper()
	all, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		names = append(names, filepath.Join(folder, f.Name()))
	}
	return names
}

func open(t *testing.T, folder string) *Set {
	t.Helper()
	s, err := load(folder)
	if err != nil {
		t.Fatal(err)
	}
	closing(t, s.regular, s.bold)
	if f, err := s.rare(); err == nil {
		closing(t, f)
	}
	return s
}

func closing(t *testing.T, fonts ...*Font) {
	for _, f := range fonts {
		if k, ok := f.file.(*keptFont); ok {
			t.Cleanup(func() { k.Close() })
		}
	}
}

func isKept(f *Font) bool {
	_, ok := f.file.(*keptFont)
	return ok
}

func TestKept(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data", "fonts")
	s := open(t, folder)
	same(t, s)
	names := files(t, folder)
	if len(names) != 3 || !isKept(s.regular) || !isKept(s.bold) {
		t.Fatalf("kept: %v", names)
	}
	for _, n := range names {
		if info, err := os.Stat(n); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
			t.Errorf("%s: %v, %v", n, info.Mode(), err)
		}
	}

	// The same files serve the next run.
	before, err := os.Stat(names[0])
	if err != nil {
		t.Fatal(err)
	}
	same(t, open(t, folder))
	if after, err := os.Stat(names[0]); err != nil || !os.SameFile(before, after) {
		t.Errorf("a sound file was written anew: %v", err)
	}
}

// TestWrongFiles spoils what is kept of one face.
func TestWrongFiles(t *testing.T) {
	memory, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	sound := func() (f *Font) {
		t.Helper()
		f, err := bold.open(folder)
		if err != nil {
			t.Fatal(err)
		}
		closing(t, f)
		id := f.index('面')
		if got, want := f.data(id), memory.bold.data(id); id == 0 || !bytes.Equal(got, want) {
			t.Fatal("another outline")
		}
		return f
	}
	sound()
	name := files(t, folder)[0]
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	left := []string{"noto-sans-sc-700-00000000.ttf", ".noto-sans-sc-700-00000000.ttf-1"} // by another version, by a crash
	for _, spoil := range []struct {
		what string
		do   func() error
	}{
		{"one bit is another", func() error {
			b := bytes.Clone(whole)
			b[len(b)/2] ^= 1
			return os.WriteFile(name, b, 0o600)
		}},
		{"cut short", func() error { return os.WriteFile(name, whole[:1000], 0o600) }},
		{"gone", func() error { return nil }},
	} {
		t.Run(spoil.what, func(t *testing.T) {
			if err := os.Remove(name); err != nil {
				t.Skip(err) // Windows, where an open file stays
			}
			if err := spoil.do(); err != nil {
				t.Fatal(err)
			}
			for _, l := range left {
				if err := os.WriteFile(filepath.Join(folder, l), []byte("old"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if f := sound(); !isKept(f) || len(files(t, folder)) != 1 {
				t.Errorf("kept: %v", files(t, folder))
			}
		})
	}
	t.Run("a folder is in its place", func(t *testing.T) {
		if err := os.Remove(name); err != nil {
			t.Skip(err)
		}
		if err := os.MkdirAll(filepath.Join(name, "more"), 0o700); err != nil {
			t.Fatal(err)
		}
		if f := sound(); isKept(f) {
			t.Error("kept in a folder's place")
		}
	})
}

// TestNowhere has no folder to keep anything in.
func TestNowhere(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, filepath.Join(file, "fonts"))
	same(t, s)
	if isKept(s.regular) {
		t.Error("kept within a file")
	}
}

// TestLostWhileRunning takes the files away from under an open font.
func TestLostWhileRunning(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	for _, name := range files(t, folder) {
		if err := os.Truncate(name, 4096); err != nil {
			t.Skip(err) // Windows, where an open file stays
		}
	}
	same(t, s)
}

func TestUntouchedIsStillThere(t *testing.T) {
	before := bytes.Clone(bold.bytes())
	untouch(bold.data)
	if !bytes.Equal(before, bold.bytes()) {
		t.Error("a font is another after it was given back")
	}
}
