package journal

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

type entry struct {
	Seq  int
	What string
}

func TestALineThatWasCutShortIsNotThere(t *testing.T) {
	dir := t.TempDir()
	open := func() *Journal[entry] {
		t.Helper()
		j, err := Open(dir, "j.jsonl", func(e *entry, seq int) { e.Seq = seq })
		if err != nil {
			t.Fatal(err)
		}
		return j
	}
	j := open()
	if err := errors.Join(j.Append(entry{What: "a"}, entry{What: "b"}), j.Close()); err != nil {
		t.Fatal(err)
	}
	if err := j.Append(entry{What: "late"}); !errors.Is(err, ErrShut) {
		t.Errorf("an entry after the end: %v", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "j.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"Seq":3,"What":"c`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	j = open()
	defer j.Close()
	if err := j.Append(entry{What: "d"}); err != nil {
		t.Fatal(err)
	}
	want := []entry{{1, "a"}, {2, "b"}, {3, "d"}}
	onDisk, err := Read[entry](dir, "j.jsonl")
	if err != nil || !slices.Equal(onDisk, want) || !slices.Equal(j.Entries(), want) {
		t.Errorf("on disk %v, in memory %v, %v; want %v", onDisk, j.Entries(), err, want)
	}
}
