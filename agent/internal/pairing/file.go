package pairing

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"miandan/agent/internal/host"
)

// FileName is the file in the data folder. Who can write it can do all that the
// agent's user can.
const FileName = "callers.json"

// entry is what is kept of an origin.
type entry struct {
	Origin  Origin    `json:"origin"`
	Blocked bool      `json:"blocked,omitempty"`
	By      string    `json:"by"`
	Since   time.Time `json:"since"`
	Used    time.Time `json:"used"`
	Tokens  []string  `json:"tokens,omitempty"` // SHA-256 of each; they are 256 random bits
	Once    bool      `json:"-"`                // such an entry is not kept
}

// Open reads the book of a data folder; there may be none yet.
func Open(folder string, o Options) (*Book, error) {
	b := &Book{
		path: filepath.Join(folder, FileName), policy: o.Policy, now: o.Now, note: o.Note, changed: o.Changed,
		entries: map[Origin]*entry{}, refused: map[Origin]*refusal{}, grants: map[Origin]time.Time{},
	}
	file, err := os.ReadFile(b.path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read who may call: %w", err)
	}
	var list []*entry
	if err := json.Unmarshal(file, &list); err != nil {
		return nil, fmt.Errorf("read who may call: %s is not what was written: %w", FileName, err)
	}
	for _, e := range list {
		if o, ok := ParseOrigin(string(e.Origin)); ok {
			b.entries[o] = e
		}
	}
	return b, nil
}

// save keeps what is to be kept. What has lapsed is forgotten.
func (b *Book) save() error {
	list := []*entry{}
	for o, e := range b.entries {
		_, policy := b.policy.rule(o)
		if !e.Once && (policy || b.alive(o) != nil) {
			list = append(list, e)
		}
	}
	file, err := json.MarshalIndent(list, "", " ")
	if err == nil {
		err = host.AtomicWrite(b.path, file, 0o600)
	}
	if err != nil {
		return fmt.Errorf("keep who may call: %w", err)
	}
	return nil
}
