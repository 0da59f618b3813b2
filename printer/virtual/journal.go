package virtual

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// JournalFile is the journal's name in the printer's folder: one JSON object a
// line, appended and synced before the host can learn of what it tells.
const JournalFile = "journal.jsonl"

// event says what a line of the journal tells.
type event string

const (
	started event = "start" // the first row is about to be printed
	printed event = "print" // the paper has stopped, the picture is on disk
	marked  event = "mark"  // the process ID after it is about to be returned
)

type record struct {
	Event event `json:"event"`
	Print
}

type journal struct {
	folder string
	mu     sync.Mutex
	file   *os.File
}

// openJournal opens or makes the folder's journal and returns the last sequence
// number in it.
func openJournal(folder string) (*journal, int, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, 0, err
	}
	prints, err := ReadJournal(folder)
	if err != nil {
		return nil, 0, err
	}
	last := 0
	for _, p := range prints {
		last = max(last, p.Seq)
	}
	f, err := os.OpenFile(filepath.Join(folder, JournalFile), os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, 0, err
	}
	data, err := io.ReadAll(f)
	if err == nil {
		err = f.Truncate(int64(len(whole(data))))
	}
	if err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	return &journal{folder: folder, file: f}, last, nil
}

// whole leaves out a last line whose writing was cut short. Nobody has learnt
// of what it would have told.
func whole(data []byte) []byte { return data[:bytes.LastIndexByte(data, '\n')+1] }

func (j *journal) write(r record) error {
	line, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if _, err := j.file.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	if err := j.file.Sync(); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// print writes the picture, then the line that names it.
func (j *journal) print(p *Print) error {
	if p.Width > 0 && p.Height > 0 {
		p.PNG = fmt.Sprintf("%06d.png", p.Seq)
		if err := j.picture(p); err != nil {
			return fmt.Errorf("journal: %w", err)
		}
	}
	return j.write(record{Event: printed, Print: *p})
}

func (j *journal) picture(p *Print) error {
	f, err := os.OpenFile(filepath.Join(j.folder, p.PNG), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(p.Image.EncodePNG(f), f.Sync(), f.Close())
}

func (j *journal) close() error { return j.file.Close() }

// ReadJournal reads what a printer with this folder has printed, in order, also
// while it is printing. A label that was begun and of which nothing more is
// known is partial. A folder without a journal has no prints.
func ReadJournal(folder string) ([]Print, error) {
	data, err := os.ReadFile(filepath.Join(folder, JournalFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	var prints []Print
	at := map[int]int{} // where a sequence number is in prints
	lines := bufio.NewScanner(bytes.NewReader(whole(data)))
	for n := 1; lines.Scan(); n++ {
		var r record
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return nil, fmt.Errorf("journal, line %d: %w", n, err)
		}
		i, known := at[r.Seq]
		switch {
		case r.Event == started && !known:
			at[r.Seq] = len(prints)
			r.Partial = true
			prints = append(prints, r.Print)
		case r.Event == printed && known:
			prints[i] = r.Print
		case r.Event == marked && known:
			prints[i].Mark = r.Mark
		default:
			return nil, fmt.Errorf("journal, line %d: %q of print %d does not follow from what is above", n, r.Event, r.Seq)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("journal: %w", err)
	}
	return prints, nil
}
