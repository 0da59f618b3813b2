// Package journal is what a simulator has done, an entry a line, in memory and, with
// a folder, on disk.
//
// It exists for tests that kill processes: an entry is durable before the client hears
// of it, so that afterwards the simulator's word stands against the program's.
package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// ErrShut reports a journal that takes no more entries.
var ErrShut = errors.New("the journal is closed or damaged")

// Journal is safe for use by several at once.
type Journal[E any] struct {
	number func(*E, int)

	mu      sync.Mutex
	entries []E
	file    *os.File // nil without a folder
	shut    bool
}

// Open goes on with a journal in a folder, or without one if dir is empty. A last line
// that a crash cut short is cut off. number writes an entry's place in it, from 1 and
// without gaps.
func Open[E any](dir, name string, number func(e *E, seq int)) (*Journal[E], error) {
	j := &Journal[E]{number: number}
	if dir == "" {
		return j, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	path := filepath.Join(dir, name)
	length, err := j.read(path)
	if err != nil {
		return nil, err
	}
	// Cut by name and before opening: Windows cuts no file opened for appending.
	if err := os.Truncate(path, length); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	if j.file, err = os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600); err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	return j, nil
}

// Read returns the entries in a folder that a simulator writes to or has written to;
// none if there is no journal. A last line that a crash cut short is left out: nobody
// was told of it.
func Read[E any](dir, name string) ([]E, error) {
	var j Journal[E]
	_, err := j.read(filepath.Join(dir, name))
	return j.entries, err
}

// read returns the length of the whole lines.
func (j *Journal[E]) read(path string) (int64, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	b = b[:bytes.LastIndexByte(b, '\n')+1]
	for lines := bufio.NewScanner(bytes.NewReader(b)); lines.Scan(); {
		var e E
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return 0, fmt.Errorf("read %s: line %d: %w", filepath.Base(path), len(j.entries)+1, err)
		}
		j.entries = append(j.entries, e)
	}
	return int64(len(b)), nil
}

// Append numbers the entries and makes them durable. After a failure nobody knows what
// is on disk, so the journal takes no more.
func (j *Journal[E]) Append(entries ...E) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.shut {
		return ErrShut
	}
	for i := range entries {
		j.number(&entries[i], len(j.entries)+i+1)
	}
	if err := j.write(entries); err != nil {
		j.shut = true
		return fmt.Errorf("write the journal: %w", err)
	}
	j.entries = append(j.entries, entries...)
	return nil
}

func (j *Journal[E]) write(entries []E) error {
	if j.file == nil || len(entries) == 0 {
		return nil
	}
	var b bytes.Buffer
	lines := json.NewEncoder(&b)
	for _, e := range entries {
		if err := lines.Encode(e); err != nil {
			return err
		}
	}
	if _, err := j.file.Write(b.Bytes()); err != nil {
		return err
	}
	return j.file.Sync()
}

// Entries returns what has been written, oldest first, to be read and not changed.
func (j *Journal[E]) Entries() []E {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.entries[:len(j.entries):len(j.entries)]
}

// Close closes the file. Nothing is taken any more.
func (j *Journal[E]) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.shut {
		return nil
	}
	j.shut = true
	if j.file == nil {
		return nil
	}
	return j.file.Close()
}
