package componentsim

import (
	"time"

	"miandan/agent/internal/jos/jdsim/journal"
)

// Entry is a label that came out, written down before the client hears of it.
// It names no person.
type Entry struct {
	Seq     int       `json:"seq"` // from 1, without gaps
	At      time.Time `json:"at"`
	Task    string    `json:"task"` // the client's key or requestId
	Waybill string    `json:"waybill"`
	Package string    `json:"package,omitempty"`
	Printer string    `json:"printer,omitempty"`
	File    string    `json:"file,omitempty"` // instead of a printer
}

// journalFile is the journal's name in its folder: one entry a line.
const journalFile = "componentsim-journal.jsonl"

// ReadJournal returns the entries in a folder that a component writes to or has written
// to; none if there is no journal.
func ReadJournal(dir string) ([]Entry, error) { return journal.Read[Entry](dir, journalFile) }

func openJournal(dir string) (*journal.Journal[Entry], error) {
	return journal.Open(dir, journalFile, func(e *Entry, seq int) { e.Seq = seq })
}
