package host

import (
	"os"
	"path/filepath"
	"testing"
)

func TestMakeDirsAndRemove(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b", "c")
	for range 2 { // made, and there already
		if err := MakeDirs(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		t.Fatalf("%v, %v", info, err)
	}
	path := filepath.Join(dir, "file")
	if err := AtomicWrite(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := MakeDirs(filepath.Join(path, "below-a-file"), 0o700); err == nil {
		t.Error("a folder was made below a file")
	}
	for range 2 {
		if err := Remove(path); err != nil {
			t.Error(err)
		}
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the file is still there: %v", err)
	}
}
