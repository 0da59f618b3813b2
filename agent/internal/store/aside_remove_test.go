package store

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

func TestWhatWasSetAsideGoes(t *testing.T) {
	dir, now := t.TempDir(), time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	db, err := Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	folder, err := SetAside(dir, now)
	if err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "damaged-by-the-forklift")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		before time.Time
		want   []string
	}{{now, nil}, {now.Add(time.Second), []string{folder}}, {now.Add(time.Hour), nil}} {
		if got, err := RemoveAside(dir, c.before); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("before %v: %q, %v, want %q", c.before, got, err, c.want)
		}
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a folder that is not ours is gone")
	}
}
