// Package fleet is what the stations of a warehouse share, as one station sees
// it: labels that wait, the claim of a label, the fence before its first byte,
// what came of it, and the keys that open it. All of it lies in one PostgreSQL.
//
// The rules are SQL functions in the database (folder schema), not Go: they must
// hold against a station that is slow, was asleep for an hour, runs an old
// program or was stolen. This package asks and believes the answer; what it
// cannot hear counts as no. A station's role in the database may call the
// functions and nothing else.
//
// A station executes from its own ledger as ever. The database decides only who
// may start a label, and Start is the point of no return: after it, nobody but a
// person moves the label to another station.
package fleet

import (
	"errors"
	"time"

	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// The answers that callers decide by.
var (
	// ErrTaken is the database's own no: the label is not this station's under
	// that epoch. Nothing of it may be printed.
	ErrTaken = errors.New("the label is not this station's any more")
	// ErrMove reports a move that the label's state does not allow.
	ErrMove = errors.New("the label's state does not allow it")
	// ErrAway means that nothing is known: the database was not reached, its
	// answer was lost, or it could not say that a standby has the commit. What was
	// asked may have happened; it may be asked again.
	ErrAway = errors.New("the fleet's database is away")
	// ErrRevoked means that this station is no member, or no more.
	ErrRevoked = errors.New("this station is not a member of the fleet")
	// ErrGone reports a label whose data was deleted: it must be asked for again
	// before the label can print once more.
	ErrGone = errors.New("the label's data is gone")
	// ErrLimit reports more labels than a station may hold at once.
	ErrLimit = errors.New("more than a station may hold")
)

// Ref is a label as one claim of it. The epoch rises with every claim, so what an
// earlier holder still has is worth nothing.
type Ref struct{ ID, Epoch int64 }

// Station is a member.
type Station struct {
	Name     string // lower-case letters, digits and dashes
	Zone     string // the part of the room it stands in; empty for none
	Platform bool   // it holds platform secrets: it polls and takes numbers
}

// State is how far a label has come, as the fleet sees it.
type State string

const (
	Queued     State = "queued"
	Claimed    State = "claimed" // a station holds it and has not started
	Started    State = "started" // the point of no return is behind it
	Confirmed  State = "confirmed"
	Presumed   State = "presumed"
	Unknown    State = "unknown"
	Printed    State = "printed"
	NotPrinted State = "not-printed"
	Cancelled  State = "cancelled"
	Superseded State = "superseded"
)

// States lists every state.
func States() []State {
	return []State{Queued, Claimed, Started, Confirmed, Presumed, Unknown, Printed, NotPrinted, Cancelled, Superseded}
}

// Printer is a printer of this station as the room shows it.
type Printer struct {
	Name    string `json:"name"`
	Group   string `json:"group,omitempty"`
	Paper   string `json:"paper"`
	Ready   bool   `json:"ready"`
	Trouble string `json:"trouble,omitempty"` // a word of package printer, "media-empty"
	Left    int    `json:"left"`              // labels of the station's own queue that wait for it
}

// Want is what one printer could print now.
type Want struct {
	Printer string `json:"printer"`
	Group   string `json:"group,omitempty"`
	Paper   string `json:"paper"`
	N       int    `json:"n"` // how many; the database has a limit of its own
}

// Where a label may print: Target's forms. The empty target is anybody's.
func ToZone(zone string) string                { return "zone:" + zone }
func ToGroup(group string) string              { return "group:" + group }
func ToStation(station string) string          { return "station:" + station }
func ToPrinter(station, printer string) string { return "printer:" + station + "/" + printer }

// Label is a label that this station has claimed. It holds nothing of a person.
type Label struct {
	Ref
	State    State
	Order    order.Key
	Issuer   string
	Waybill  string // the parcel's number
	Template string
	Paper    string
	Target   string
	Printer  string // for whose want it was claimed
	Parcel   int    // from 0
	Copy     int    // 0 for the first print
	Deadline time.Time
	Turn     int // as in package ledger: asked for, wave, other
	Wave     int64
	Position int
	Lot      bool
}

// Held is a label of this station that is not settled.
type Held struct {
	Ref
	State  State // claimed, started or unknown
	Lot    bool
	Wanted bool // a person wants it back
}

// Opened is a claimed label with what this station's key opened.
type Opened struct {
	Label
	Content order.Order
	Number  waybill.Waybill
}

// Settled says what came of a label that this station started.
type Settled struct {
	Ref
	State    State // confirmed, presumed, unknown, printed or not-printed
	Evidence string
	Printer  string
	At       time.Time
	Copy     int    // above that of the claim if a person printed it again here
	Who, Why string // the person's word, where a person decided
}

// Deletion is an order whose personal data must go, everywhere.
type Deletion struct {
	Order  order.Key
	At     time.Time
	Cursor int64 // behind it
}

// Durability is what a commit is worth.
type Durability struct {
	Standbys    int  `json:"standbys"`    // connected now
	Synchronous bool `json:"synchronous"` // a commit waits for one of them
	Failover    bool `json:"failover"`    // somebody may promote a standby
	// Why says, as a code of package notice, that a label may print twice after a
	// failover or a power cut. Empty is as promised.
	Why string `json:"why"`
}

// Memory is what a station remembers of the database between two beats, and must
// keep on its own disk: a database that knows less than this is an old copy, or a
// standby that lost commits.
type Memory struct {
	Generation int64 `json:"generation"`
	Starts     int64 `json:"starts"` // how often this station's starts were committed
	// Mark proves that the database itself said so: a station that could make up a
	// generation could stop everybody.
	Mark string `json:"mark"`
}

// after reports whether m is the later memory.
func (m Memory) after(o Memory) bool {
	return m.Generation > o.Generation || m.Generation == o.Generation && m.Starts > o.Starts
}

// Report is what a station says of itself with each beat.
type Report struct {
	Printers []Printer
	Holds    []Ref // claimed here and not started
	Memory   Memory
}

// Beaten is the database's answer to a beat.
type Beaten struct {
	Now        time.Time // by the database's clock, the only one that counts
	Back       []Ref     // labels that a person wants back from this station
	Void       []Ref     // of those held: not this station's any more
	Deletions  int64     // the newest deletion's cursor; see DB.Deletions
	Durability Durability
	Memory     Memory // to be kept before anything is started after this beat
	// Restored says that this very beat found the database to be an old copy:
	// everything that had not ended now stands for a person.
	Restored bool
	// Offline is how many labels a station may hold in its offline lot.
	Offline int
	// Dead is after how long a silence others may have what this station holds.
	Dead time.Duration
}
