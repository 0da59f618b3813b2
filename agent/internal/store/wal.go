package store

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// SQLite takes the first frame of a WAL that does not add up for the place
// where the power went, and forgets what is behind it. After a flush that was
// answered this is right only for the last transaction: whatever stood behind
// one bad byte is lost without a word, and labels that are on paper are in the
// queue again. Two witnesses tell the difference. The WAL's index in shared
// memory outlives a killed process and says how far it went. And each commit is
// flushed before the next begins, so that one whose successor has begun cannot
// be torn.
//
// The formats are those of https://www.sqlite.org/walformat.html.

const (
	walHeader   = 32
	frameHeader = 24
	walMagic    = 0x377F0682 // the last bit: words of check sums are big-endian
	shmVersion  = 3007000
)

// checkWAL returns ErrDamaged if commits that were flushed are missing from
// the WAL of the database at path, and else whether it ends in the middle of
// one. Call it before SQLite sees the files.
func checkWAL(path string) (torn bool, err error) {
	lost, torn, err := lostCommits(path)
	if err != nil || lost == "" {
		return torn, err
	}
	// An agent may be at work on the database, and a frame was seen half
	// written. Damage stays.
	time.Sleep(20 * time.Millisecond)
	if lost, torn, err = lostCommits(path); err != nil || lost == "" {
		return torn, err
	}
	return false, fmt.Errorf("%w: %s", ErrDamaged, lost)
}

func lostCommits(path string) (lost string, torn bool, err error) {
	index, err := readIfThere(path + "-shm") // first: the WAL may only be ahead of it
	if err != nil {
		return "", false, err
	}
	wal, err := readIfThere(path + "-wal")
	if err != nil || len(wal) == 0 { // emptied, or taken away after the last checkpoint
		return "", false, err
	}
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return "there is a WAL and no database", false, nil // SQLite would delete the WAL
	}
	salt, last, kept, ok := readIndex(index)
	if len(wal) < walHeader { // the first frames of a WAL that was emptied are begun
		if ok && kept < last {
			return "the WAL is cut short in its header", false, nil
		}
		return "", true, nil
	}
	w := scanWAL(wal)
	if ok && (w.headless || bytes.Equal(salt, w.salt)) && last > w.committed && kept < last {
		return fmt.Sprintf("the WAL reads to frame %d and went to %d", w.committed, last), false, nil
	}
	if w.behind > 1 {
		return fmt.Sprintf("the WAL breaks off at frame %d, and %d commits follow", w.committed+1, w.behind), false, nil
	}
	return "", w.behind > 0, nil
}

func readIfThere(path string) ([]byte, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDisk, err)
	}
	return b, nil
}

type scanned struct {
	headless  bool   // its header does not add up, and SQLite will read nothing
	salt      []byte // of this generation of frames
	committed uint32 // the last frame of what SQLite will read
	behind    int    // commits of the same generation behind that
}

func scanWAL(b []byte) (w scanned) {
	order := binary.ByteOrder(binary.LittleEndian)
	magic := binary.BigEndian.Uint32(b)
	if magic&1 != 0 {
		order = binary.BigEndian
	}
	page := int(binary.BigEndian.Uint32(b[8:]))
	sum := checksum(order, [2]uint32{}, b[:24])
	good := magic&^1 == walMagic && sum == sumAt(b[24:])
	w.headless, w.salt = !good, b[16:24]
	if !good || page < 512 || page > 65536 { // then it is what ours always is
		page = 4096
	}
	size := frameHeader + page
	if !good {
		w.salt = saltOfFrames(b, size)
	}
	for n := uint32(1); walHeader+int(n)*size <= len(b); n++ {
		f := b[walHeader+int(n-1)*size:][:size]
		same := bytes.Equal(f[8:16], w.salt)
		commit := same && binary.BigEndian.Uint32(f[4:]) != 0
		if good {
			sum = checksum(order, checksum(order, sum, f[:8]), f[frameHeader:])
			good = same && sum == sumAt(f[16:]) && binary.BigEndian.Uint32(f) != 0
		}
		switch {
		case good && commit:
			w.committed = n
		case commit:
			w.behind++
		}
	}
	return w
}

// saltOfFrames returns the salt of a WAL whose header is lost: that of its frames. The
// first sector has both the header and the beginning of the first frame.
func saltOfFrames(b []byte, size int) []byte {
	for at := walHeader; at+size <= len(b); at += size {
		if salt := b[at+8 : at+16]; !bytes.Equal(salt, make([]byte, 8)) {
			return salt
		}
	}
	return nil
}

// readIndex returns what the WAL's index says: the generation, its last
// committed frame, and up to which frame all is in the database's own file.
func readIndex(b []byte) (salt []byte, last, kept uint32, ok bool) {
	const size = 48
	if len(b) < 2*size+4 || !bytes.Equal(b[:size], b[size:2*size]) {
		return nil, 0, 0, false
	}
	order := binary.NativeEndian
	sum := checksum(order, [2]uint32{}, b[:40])
	if order.Uint32(b) != shmVersion || b[12] == 0 || sum != [2]uint32{order.Uint32(b[40:]), order.Uint32(b[44:])} {
		return nil, 0, 0, false
	}
	return b[32:40], order.Uint32(b[16:]), order.Uint32(b[2*size:]), true
}

func sumAt(b []byte) [2]uint32 {
	return [2]uint32{binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])}
}

// checksum is the WAL's running check sum over a multiple of eight bytes.
func checksum(order interface{ Uint32([]byte) uint32 }, s [2]uint32, b []byte) [2]uint32 {
	for ; len(b) >= 8; b = b[8:] {
		s[0] += order.Uint32(b) + s[1]
		s[1] += order.Uint32(b[4:]) + s[0]
	}
	return s
}
