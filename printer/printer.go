// Package printer puts dots on paper and says what is known about it.
//
// A write is not a print. Whatever a transport accepts may lie in a buffer, a
// spooler or a cable, so sending has two halves with the caller's ledger
// between them: Begin prepares everything and reads the baseline that will
// later prove what happened, without a print byte leaving; Send sends, and
// its Outcome says what is known, also when it fails.
//
// The package knows dots, bytes and devices. It has never heard of waybills.
package printer

import (
	"context"
	"io"
	"slices"
	"time"

	"miandan/printer/bitmap"
)

// Job is one label for one printer.
type Job struct {
	// Name goes to spoolers as the document's name. It is opaque: names of
	// documents end up in logs.
	Name string
	// Mark is the process ID that comes back when the label has been printed;
	// the zero Mark asks for none. The caller never uses one again within 90 days.
	Mark Mark
	// Image is the label, for drivers of printer languages and queues of Windows.
	Image *bitmap.Image
	// PDF is the same label for printers that only the system's own driver can
	// drive. Width and Height are its paper in micrometres.
	PDF           []byte
	Width, Height int
	// Sealed is the same label as a vendor's own document, for printers that only
	// the vendor's component can drive. Nobody here can open it.
	Sealed []byte
}

// Driver turns a job into the bytes of one printer language. It is pure: the
// same job gives the same bytes.
type Driver interface {
	Encode(w io.Writer, j Job) error
}

// StatusReader is a Driver whose printers can be asked how they are.
type StatusReader interface {
	// ReadStatus asks and waits for the answer until rw's deadline. ErrMute
	// reports that nothing came back at all.
	ReadStatus(ctx context.Context, rw io.ReadWriter) (Status, error)
}

// Confirmer is a Driver whose printers can say that a label is out.
type Confirmer interface {
	// Confirm listens, from before the job's first byte until the context ends,
	// for the printer's word that the job with this mark has been printed.
	//
	// While the job is being written Confirm only listens: a question would land
	// in the middle of a picture. Afterwards rw's reads end now and then with
	// os.ErrDeadlineExceeded, and each such moment is one to ask in. Whatever
	// condition the printer reports goes to heard at once, for a printer that
	// waits for paper deserves more patience than one that is silent.
	//
	// ErrPresumed, with the Evidence of it, reports a printer that is ready again
	// and was never seen at work on the job.
	Confirm(ctx context.Context, rw io.ReadWriter, m Mark, heard func(Status)) (Evidence, error)
}

// Prober is a Confirmer that can ask for a process ID without printing.
type Prober interface {
	Confirmer
	EncodeProbe(w io.Writer, m Mark) error
}

// Counter is a Driver whose printers count the labels of their life.
type Counter interface {
	// ReadOdometer asks for the count and waits for it until rw's deadline.
	// ErrMute reports a printer that keeps none.
	ReadOdometer(ctx context.Context, rw io.ReadWriter) (int64, error)
	// Since is what confirms a job before which the count was n: labels that have
	// been counted since are out. An rw that is also Company may hold the next label.
	Since(n int64) Confirmer
	// Counts is by how much a job adds to the count.
	Counts() int64
}

// Resyncer is a Driver that can bring a printer out of the middle of a label that
// broke off: the printer is not told that the line did, and would take the next
// label for the rest of that one.
type Resyncer interface {
	// EncodeResync writes what does that before the job, and prints nothing.
	EncodeResync(w io.Writer, j Job) error
}

// Announcer is a Confirmer whose printers can speak up for each label that is
// out, one after the other.
type Announcer interface {
	Confirmer
	// Announces reports whether these do.
	Announces() bool
}

// Company is a connection on which the next label may follow while one is being
// confirmed.
type Company interface {
	// Followed reports whether it does: the printer then holds a label besides.
	Followed() bool
	// Unread gives back what has been read of the next label's proof.
	Unread(b []byte)
}

// Transport is a way to a device.
type Transport interface {
	// Dial connects. The context covers dialling only.
	Dial(ctx context.Context) (Conn, error)
}

// Conn is an open way to a device. Those that can be read are also ReadConns.
//
// What Write returns is taken as proof: with n == 0 nothing has left. A Conn
// that cannot know counts what it was given as written.
type Conn interface {
	io.Writer
	SetDeadline(time.Time) error
	// Close lets what was written leave, and may wait for that until the
	// deadline; with a deadline in the past it does not wait.
	Close() error
}

// ReadConn is a Conn with a back channel. One goroutine may read while another
// writes.
type ReadConn interface {
	Conn
	io.Reader
	SetReadDeadline(time.Time) error
}

// Follower is a Conn to a spooler, which takes a document whole and can be
// asked what became of it.
type Follower interface {
	// Start opens the document on the spooler; the job's name and paper go
	// with it. It is called once, before the first Write.
	Start(ctx context.Context, j Job) error
	// Finish ends the document and follows the job until the spooler has let
	// go of it. A nil error means that the spooler says it was delivered; one that
	// is ErrUnprinted, that nothing of the document was or will be printed. Close
	// without Finish gives the document up.
	Finish(ctx context.Context) (Evidence, error)
}

// Reporter is a Conn that knows how its printer is without speaking the
// printer's language, as a spooler does. It may be asked while Finish runs.
type Reporter interface {
	Status(ctx context.Context) (Status, error)
}

// Outcome is what is known about paper.
type Outcome uint8

const (
	NotSent   Outcome = iota // no print byte has left: it may be tried again
	Uncertain                // a byte may have left: only a person may try again
	Sent                     // a wire or a spooler took it all
	Confirmed                // the device says it is printed
)

func (o Outcome) String() string {
	return [...]string{"not sent", "uncertain", "sent", "confirmed"}[o]
}

// Evidence is what an Outcome rests on.
type Evidence struct {
	// Method is, from the strongest to the weakest: "process-id" (it named this
	// label), "odometer" (it counted it), "response" (it reported a label printed),
	// "status" (it was at work and then had nothing left to do); these make an
	// Outcome Confirmed. "ready" (nothing left to do, never seen at work),
	// "spooler", "component", "file" and "wire" say who took it.
	Method string    `json:"method"`
	Detail string    `json:"detail,omitempty"` // the process ID, the spooler's job, the bytes accepted
	At     time.Time `json:"at"`
}

// Baseline is the printer's state before the first byte, written down with the
// intent to print.
type Baseline struct {
	Printer  string  `json:"printer"`
	Mark     string  `json:"mark,omitempty"`     // the process ID that will come back
	Odometer *int64  `json:"odometer,omitempty"` // labels printed in the device's life
	Status   *Status `json:"status,omitempty"`   // nil if the printer did not answer
	Bytes    int     `json:"bytes"`              // how much will be sent
	// Follows is the mark of the label ahead, whose proof is still waited for and
	// cannot be taken for this one's; "" if there is none.
	Follows string `json:"follows,omitempty"`
}

// Reason is a printer's condition in the words of IPP (RFC 8011 §5.4.12).
type Reason string

const (
	MediaEmpty  Reason = "media-empty"
	MediaLow    Reason = "media-low"
	MediaJam    Reason = "media-jam"
	CoverOpen   Reason = "cover-open"
	Offline     Reason = "offline"
	Paused      Reason = "paused"
	RibbonEmpty Reason = "marker-supply-empty"
	OutputFull  Reason = "output-area-full" // the last label waits to be taken off
	CutterFail  Reason = "cutter-unrecoverable-failure"
	Overheated  Reason = "fuser-over-temp" // IPP's word for a hot head
	OtherFault  Reason = "other"
)

// Status is a printer's condition. No reasons means that it is ready.
type Status struct {
	Reasons []Reason `json:"reasons,omitempty"`
}

// urgency is the order in which a person has to see to a printer's troubles.
var urgency = []Reason{CoverOpen, MediaEmpty, MediaJam, RibbonEmpty, CutterFail, Overheated, OtherFault, OutputFull, Paused, Offline, MediaLow}

// StatusOf is the condition of these reasons: each once, in the order in which a
// person has to see to them.
func StatusOf(reasons ...Reason) Status {
	var s Status
	for _, r := range urgency {
		if slices.Contains(reasons, r) {
			s.Reasons = append(s.Reasons, r)
		}
	}
	return s
}

// Ready reports whether a label may be sent: nothing worse than a roll that
// runs low.
func (s Status) Ready() bool {
	for _, r := range s.Reasons {
		if r != MediaLow {
			return false
		}
	}
	return true
}
