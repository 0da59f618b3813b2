// Package audit is the record of what was done with orders and labels, by whom
// and why. It names nobody but those who acted: orders stand in it by their
// platform's number.
//
// A record that somebody can change proves nothing, and whoever would want to
// change it sits at the computer that keeps it. So the records are a chain: each
// carries an authentication code over the code before it and over all that it
// says, and its number, which has no gaps. The key is derived from the one in
// the key store, so who has the database alone can add, change, move and remove
// nothing that Verify would not find.
//
// The end of a chain can be cut off without a trace in what is left. Two things
// are held against that: the head, how many records there are, in the database
// in the same transaction; and the anchor, the same in the key store. An older
// head can be had from an older copy of the database, an older anchor cannot.
// The anchor is written at start, at stop and at once after a record, but not
// more often than once a second (a key file: 3 ms to write and sync) or
// once in 15 s (a system's key store, which may rewrite a file of its own and
// ask over a bus). So what remains is this: whoever holds an older copy of the
// database can take back the records of the last second, or of the last 15.
//
// Who has the key, which is whoever is this user, can forge all of it. Nothing
// that stays on one computer helps against that.
package audit

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strconv"
	"strings"
	"time"
)

// What was done. The words stand in databases and are never changed.
const (
	Begun    = "chain-begun"      // the chain begins
	Broken   = "chain-broken"     // the chain did not end where it should; it goes on behind the gap
	Started  = "started"          // the agent
	Stopped  = "stopped"          // the agent, in good order
	Restored = "restored"         // an old copy of the database was put back
	Settings = "settings"         // the settings are not those of the last run
	Printed  = "print-confirmed"  // the device says so
	Presumed = "print-presumed"   // a wire or a spooler took it
	Unknown  = "print-unknown"    // a byte may have left
	Unread   = "print-unread"     // its platform could not be asked whether it still ships
	Deleted  = "deleted"          // personal data, at once, because a person said so
	Purged   = "purged"           // personal data, in its time
	Paired   = "paired"           // a page may call
	Unpaired = "unpaired"         // a page may call no more
	Revealed = "revealed"         // a person saw whom an order goes to
	Exceeded = "reveals-exceeded" // more receivers were asked for within an hour than may be seen; once an hour
	Exported = "exported"         // a list of orders
)

// Record is one record.
type Record struct {
	Seq     int64     `json:"seq"` // from 1, without gaps
	At      time.Time `json:"at"`
	Who     string    `json:"who"` // "local:NAME", "page:NAME", "agent", "platform": a claim, not a proof
	What    string    `json:"what"`
	Subject string    `json:"order,omitempty"` // the order by its platform: jd:3120…
	Label   int64     `json:"label,omitempty"` // the ledger's; 0 for none
	Why     string    `json:"why,omitempty"`
	Order   int64     `json:"-"` // the ledger's; 0 for none
	prev    []byte
	mac     []byte
	null    [2]bool // order and label; a nought that somebody put there is no NULL
}

// MAC makes an authentication code: seal.Sealer.AuditMAC.
type MAC func(parts ...[]byte) []byte

func (m MAC) record(r Record) []byte {
	var order, label []byte
	if !r.null[0] {
		order = number(r.Order)
	}
	if !r.null[1] {
		label = number(r.Label)
	}
	return m([]byte("record"), r.prev, number(r.Seq), number(r.At.UnixMilli()), []byte(r.Who), []byte(r.What),
		order, []byte(r.Subject), label, []byte(r.Why))
}

func (m MAC) head(a Anchor) []byte { return m([]byte("head"), number(a.Count), a.Last) }

func number(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

// Anchor is where a chain ends.
type Anchor struct {
	Count int64
	Last  []byte // the last record's code
}

// String is what the key store keeps.
func (a Anchor) String() string {
	return strconv.FormatInt(a.Count, 10) + " " + hex.EncodeToString(a.Last)
}

// ParseAnchor reads what String wrote.
func ParseAnchor(s string) (Anchor, error) {
	count, last, _ := strings.Cut(s, " ")
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil || n < 0 {
		return Anchor{}, errors.New("the audit's anchor is not a number")
	}
	mac, err := hex.DecodeString(last)
	return Anchor{n, mac}, err
}

func (a Anchor) equal(b Anchor) bool { return a.Count == b.Count && bytes.Equal(a.Last, b.Last) }
