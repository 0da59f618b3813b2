package ledger

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/seal"
	"miandan/printer"
)

// thief has the data folder and the key-encryption key, and tries every byte:
// each may be where a wrapped key begins, each may be where sealed data begins.
// It knows the form of both and nothing of SQLite's pages, so that it also
// finds what the database has given up.
type thief struct {
	wrap  cipher.AEAD
	files map[string][]byte
	raw   [32]byte // the last key
}

const (
	nonceSize   = 12
	wrappedSize = nonceSize + 32 + 16 // behind the byte of the format, which is not needed
)

func newThief(t *testing.T, dir string) *thief {
	t.Helper()
	keys, err := seal.OpenKeystore(dir)
	if err != nil {
		t.Fatal(err)
	}
	kek, err := keys.Get("kek")
	if err != nil {
		t.Fatal(err)
	}
	wrapping, err := hkdf.Key(sha256.New, kek, nil, "miandan wrap v1", 32)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(wrapping)
	if err != nil {
		t.Fatal(err)
	}
	th := &thief{files: map[string][]byte{}}
	if th.wrap, err = cipher.NewGCM(block); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) < 2 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, f := range files {
		if th.files[filepath.Base(f)], err = os.ReadFile(f); err != nil {
			t.Fatal(err)
		}
	}
	return th
}

// unwrap opens the wrapped key at the beginning of b, if there is one.
func (th *thief) unwrap(b []byte) (raw []byte, ok bool) {
	if len(b) < wrappedSize || binary.LittleEndian.Uint64(b) == 0 { // no nonce is eight zeros: nothing was ever here
		return nil, false
	}
	raw, err := th.wrap.Open(th.raw[:0], b[:nonceSize], b[nonceSize:wrappedSize], []byte("miandan label key"))
	return raw, err == nil
}

// keys returns every key that opens anywhere, and in which files it lies.
func (th *thief) keys() map[string][]string {
	found := map[string][]string{}
	for name, b := range th.files {
		for i := range b {
			if raw, ok := th.unwrap(b[i:]); ok {
				found[string(raw)] = append(found[string(raw)], name)
			}
		}
	}
	return found
}

// opens counts the places at which one of the keys opens sealed data. How long
// the data is need not be known: its first sixteen bytes show whether it opens.
func (th *thief) opens(t *testing.T, keys []string) int {
	t.Helper()
	var blocks []cipher.Block
	for _, k := range keys {
		block, err := aes.NewCipher([]byte(k))
		if err != nil {
			t.Fatal(err)
		}
		blocks = append(blocks, block)
	}
	n := 0
	for _, b := range th.files {
		for i := 0; i+nonceSize+16 <= len(b); i++ {
			var counter, pad [16]byte
			if binary.LittleEndian.Uint64(b[i:]) == 0 {
				continue
			}
			copy(counter[:], b[i:i+nonceSize])
			binary.BigEndian.PutUint32(counter[nonceSize:], 2) // where GCM begins
			text := b[i+nonceSize : i+nonceSize+16]
			for _, block := range blocks {
				block.Encrypt(pad[:], counter[:])
				if pad[0]^text[0] != '{' || pad[1]^text[1] != '"' {
					continue
				}
				for j := range pad {
					pad[j] ^= text[j]
				}
				if s := string(pad[:]); strings.HasPrefix(s, `{"state":"`) || strings.HasPrefix(s, `{"waybill":{`) {
					n++
				}
			}
		}
	}
	return n
}

var purged = flag.Int("purged", 30, "orders in the search for purged keys")

// busy is a database with a life behind it: orders of many sizes, read again
// and again, some printed, so that pages were split, joined and given up. It
// returns the raw keys of those orders that are due to be purged, and of those
// that are not.
func busy(t *testing.T, b *bench, orders int) (due, live []string) {
	t.Helper()
	var dueID, liveID []string
	for i := range orders {
		id := fmt.Sprint(1000 + i)
		o := b.order(id)
		o.Remark = strings.Repeat("放门口。", i*37%700) // up to two pages
		b.accept(o)
		o.ReadAt = b.now.Add(time.Second)
		o.Remark = strings.Repeat("再读。", i*53%600)
		b.accept(o)
		if i%3 == 2 { // these wait
			liveID = append(liveID, id)
			continue
		}
		dueID = append(dueID, id)
		b.enqueue(o, 1+i%2)
		for range 1 + i%2 {
			b.settle(b.print(Sending), printer.Confirmed)
		}
	}
	th := newThief(t, b.dir)
	raw := func(ids []string) (keys []string) {
		for _, id := range ids {
			var wrapped []byte
			b.do(b.db.Read.QueryRow(`SELECT key FROM orders WHERE platform_id = ?`, id).Scan(&wrapped))
			k, ok := th.unwrap(wrapped[1:])
			if !ok {
				t.Fatalf("the key of order %s does not open; has its form changed?", id)
			}
			keys = append(keys, string(k))
		}
		return keys
	}
	return raw(dueID), raw(liveID)
}

var soon = Retention{Ended: time.Hour, Unknown: time.Hour}

// found counts those keys that the thief finds.
func (th *thief) found(keys []string) (n int) {
	all := th.keys()
	for _, k := range keys {
		if len(all[k]) > 0 {
			n++
		}
	}
	return n
}

// TestNoPurgedLabelOpens has the key in hand and tries every byte that is left.
func TestNoPurgedLabelOpens(t *testing.T) {
	b := newBench(t)
	due, live := busy(t, b, *purged)
	for _, k := range [][]string{due, live} {
		if n := newThief(t, b.dir).opens(t, k[:10]); n < 10 {
			t.Fatalf("before the purge ten keys open %d sealed texts: the search is blind", n)
		}
	}
	b.now = b.now.Add(2 * time.Hour)
	if n, err := b.Purge(t.Context(), soon); n != len(due) || err != nil {
		t.Fatalf("Purge = %d, %v, want %d", n, err, len(due))
	}
	check := func(when string) {
		t.Helper()
		th := newThief(t, b.dir)
		all := th.keys()
		for _, k := range due {
			if files := all[k]; len(files) > 0 {
				t.Errorf("%s: a purged key lies in %v", when, files)
			}
			delete(all, k)
		}
		for _, k := range live {
			if len(all[k]) == 0 {
				t.Errorf("%s: the key of an order that waits was not found: the search is blind", when)
			}
			delete(all, k)
		}
		if len(all) > 0 {
			t.Errorf("%s: %d keys of nobody's", when, len(all))
		}
		if n := th.opens(t, live[:10]); n < 10 {
			t.Errorf("%s: ten orders that wait open %d times: the search is blind", when, n)
		}
		// More than is promised: what the purged keys would open is gone too.
		if n := th.opens(t, due); n > 0 {
			t.Errorf("%s: %d sealed texts of purged orders are left", when, n)
		}
	}
	check("while the agent runs")
	b.crash()
	check("after a restart")
}

// The guards one by one: without any of them the search above finds keys.
func TestPurgeNeedsEachOfItsGuards(t *testing.T) {
	const forget = `UPDATE orders SET key = NULL, sealed_order = NULL, sealed_waybill = NULL WHERE ended_at > 0`
	for _, c := range []struct {
		without string
		purge   func(t *testing.T, b *bench)
	}{
		{"the purge", func(*testing.T, *bench) {}},
		{"secure_delete", func(t *testing.T, b *bench) {
			_, err := b.db.Write.Exec(`PRAGMA secure_delete = OFF`)
			b.do(err)
			_, err = b.Purge(t.Context(), soon)
			b.do(err)
		}},
		{"emptying the WAL", func(t *testing.T, b *bench) {
			_, err := b.db.Write.Exec(forget)
			b.do(err)
		}},
	} {
		t.Run(c.without, func(t *testing.T) {
			b := newBench(t)
			due, _ := busy(t, b, 12)
			b.now = b.now.Add(2 * time.Hour)
			c.purge(t, b)
			if n := newThief(t, b.dir).found(due); n == 0 {
				t.Errorf("without %s no purged key is found: TestNoPurgedLabelOpens proves nothing of it", c.without)
			}
		})
	}
}

// TestPurgeMakesUpForReaders: somebody who reads keeps the WAL from being
// emptied. The next purge must make up for it though it finds nobody to purge.
func TestPurgeMakesUpForReaders(t *testing.T) {
	b := newBench(t)
	due, _ := busy(t, b, 9)
	b.now = b.now.Add(2 * time.Hour)
	_, err := b.db.Write.Exec(`PRAGMA busy_timeout = 50`)
	b.do(err)
	reader, err := b.db.Read.BeginTx(context.Background(), nil)
	b.do(err)
	var n int
	b.do(reader.QueryRow(`SELECT count(*) FROM orders`).Scan(&n))
	if n, err := b.Purge(t.Context(), soon); n != len(due) {
		t.Fatalf("Purge = %d, %v, want %d", n, err, len(due))
	}
	if newThief(t, b.dir).found(due) == 0 {
		t.Fatal("the reader held up nothing: the test proves nothing")
	}
	b.do(reader.Rollback())
	if n, err := b.Purge(t.Context(), soon); n != 0 || err != nil {
		t.Fatalf("Purge = %d, %v, want 0", n, err)
	}
	if n := newThief(t, b.dir).found(due); n > 0 {
		t.Errorf("%d purged keys are left after the reader has gone", n)
	}
}

// TestACrashBeforeTheWALIsEmptied leaves it to the next run.
func TestACrashBeforeTheWALIsEmptied(t *testing.T) {
	b := newBench(t)
	due, _ := busy(t, b, 9)
	b.now = b.now.Add(2 * time.Hour)
	// What a purge commits; the crash comes here.
	_, err := b.db.Write.Exec(`UPDATE orders SET key = NULL, sealed_order = NULL, sealed_waybill = NULL WHERE ended_at > 0`)
	b.do(err)
	if newThief(t, b.dir).found(due) == 0 {
		t.Fatal("nothing is left to be emptied: the test proves nothing")
	}
	if n, err := b.Purge(t.Context(), soon); n != 0 || err != nil {
		t.Fatalf("Purge = %d, %v, want 0", n, err)
	}
	if n := newThief(t, b.dir).found(due); n > 0 {
		t.Errorf("%d purged keys are left", n)
	}
}
