package faulty

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// plate is a disk in memory.
type plate struct{ data []byte }

func (p *plate) read(b []byte, off int64) int32 {
	clear(b)
	if off < int64(len(p.data)) {
		copy(b, p.data[off:])
	}
	return 0
}

func (p *plate) write(b []byte, off int64) int32 {
	if end := int(off) + len(b); end > len(p.data) {
		p.truncate(int64(end))
	}
	copy(p.data[off:], b)
	return 0
}

func (p *plate) truncate(size int64) int32 {
	for int64(len(p.data)) < size {
		p.data = append(p.data, 0)
	}
	p.data = p.data[:size]
	return 0
}

// TestInode holds a file over a disk against a file that is only bytes: what
// is read is what was written; what is flushed is on the disk; what was not is
// gone after the loss of power, and of every sector there is one whole state.
func TestInode(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		disk, want := &plate{}, &plate{} // want is what should be seen
		i := newInode(WAL, 0)
		flushed := []byte{}
		for range 40 {
			switch off := int64(random.IntN(6000)); random.IntN(5) {
			case 0, 1:
				b := make([]byte, 1+random.IntN(2000))
				for j := range b {
					b[j] = byte(random.Uint32())
				}
				i.write(disk, b, off)
				want.write(b, off)
			case 2:
				i.truncate(disk, off)
				want.truncate(off)
			case 3:
				i.flush(disk)
				flushed = bytes.Clone(want.data)
				if !bytes.Equal(disk.data, flushed) {
					t.Fatal("the flush did not bring what was written")
				}
			case 4:
				if !bytes.Equal(disk.data, flushed) {
					t.Fatal("something has reached the disk without a flush")
				}
				if random.IntN(4) == 0 {
					i.forget()
					want.data = bytes.Clone(flushed)
				}
			}
			got := make([]byte, len(want.data)+700)
			n, _ := i.read(disk, got, 0)
			if n != len(want.data) || !bytes.Equal(got[:n], want.data) || i.size != int64(n) {
				t.Fatalf("read %d bytes, want %d, or others", n, len(want.data))
			}
			part := make([]byte, 100)
			off := int64(random.IntN(6000))
			n, _ = i.read(disk, part, off)
			if wanted := want.data[min(int(off), len(want.data)):min(int(off)+100, len(want.data))]; !bytes.Equal(part[:n], wanted) {
				t.Fatal("a part reads otherwise than the whole")
			}
		}
	}
}

// TestGhost is the flush that fails: what it was to bring is still read, and
// comes to the disk only if it is written again.
func TestGhost(t *testing.T) {
	disk := &plate{}
	i := newInode(WAL, 0)
	i.write(disk, bytes.Repeat([]byte("a"), 1024), 0)
	i.lose()
	i.write(disk, []byte("b"), 0)
	i.flush(disk)
	got := make([]byte, 1024)
	if i.read(disk, got, 0); string(got[:2]) != "ba" || got[1023] != 'a' {
		t.Errorf("read %q", got[:4])
	}
	if string(disk.data[:2]) != "ba" || disk.data[1023] != 0 {
		t.Error("a sector that a flush has lost reached the disk by itself")
	}
}

func TestNames(t *testing.T) {
	dir := t.TempDir() + string(filepath.Separator)
	n := names{notes: map[string][]note{}}
	put := func(name, text string) {
		t.Helper()
		if !exists(dir + name) {
			if err := n.add(dir+name, "create"); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(dir+name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(name string) {
		t.Helper()
		if err := n.remove(dir + name); err != nil {
			t.Fatal(err)
		}
	}
	put("kept", "1")
	put("again", "old")
	put("gone", "1")
	if err := n.flushed(dir); err != nil {
		t.Fatal(err)
	}
	remove("gone") // comes back
	remove("again")
	put("again", "new") // the old one comes back
	put("lost", "1")
	put("short", "1")
	remove("short")
	if exists(dir+"gone") || exists(dir+"short") || !exists(dir+"lost") {
		t.Error("the folder is not seen as it was left")
	}
	if err := Reboot(dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"kept": "1", "again": "old", "gone": "1"} {
		if b, err := os.ReadFile(dir + name); err != nil || string(b) != want {
			t.Errorf("%s: %q, %v, want %q", name, b, err, want)
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil || len(left) != 3 {
		t.Errorf("%d files are left (%v): %v", len(left), err, left)
	}
}

func TestParse(t *testing.T) {
	c, err := parse("power,seed=7; full,op=write,file=wal,from=12,times=3; io,op=sync,odds=0.5; kill,step=40,before")
	if err != nil {
		t.Fatal(err)
	}
	if c.Power != Scatter || c.Seed != 7 || c.At == nil || len(c.Faults) != 2 ||
		c.Faults[0] != (Fault{Op: Write, File: WAL, Kind: Full, From: 12, Times: 3}) || c.Faults[1] != (Fault{Op: Sync, Kind: IO, Odds: 0.5}) {
		t.Errorf("%+v", c)
	}
	for _, bad := range []string{"powr", "power,sed=1", "full,op=wirte", "kill", "kill,step=x", "io,from=", "full,file=dbb"} {
		if _, err := parse(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
