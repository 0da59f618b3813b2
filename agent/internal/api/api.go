// Package api is the local interface of the agent: HTTP and JSON on loopback
// for the page, and the same on a unix socket for the command line and the
// tray.
//
// Every browser tab on the PC can send requests to a loopback port, and every
// page can make its own name point there. So nothing is routed, no file and no
// stream, before the gates of gates.go have passed it; a browser's word alone
// never changes anything. On the unix socket the system's file permission
// takes the place of those gates: a browser cannot open it and other users of
// the PC may not.
//
// Whatever names a person leaves here masked. The types have no field that
// could carry a whole name, number or address, so no handler and no page can
// show one by mistake. The two exceptions stand together in disclose.go: they
// are for a person at our own page or at the command line, of a role that may,
// and each is a record in the audit. Whole names come in by orders.go, by the same socket, and
// no answer there repeats what came.
package api

import "context"

// Station is what the interface needs of the agent.
//
// Errors that people should understand are *notice.Error; what they wrap
// decides the status: ErrNotFound (404), ErrConflict (409), ErrFull (507),
// ErrUnready (503); any other notice is a refusal (422). Whatever is no notice
// is answered as internal (500) and its text goes to the log alone.
type Station interface {
	Viewer
	Operator
	Discloser
	Deleter
	Carder
	Roller
	Documenter
	Adder
}

// Viewer shows the queue.
type Viewer interface {
	// Queue returns the queue as it is now: what needs a person first, then what
	// waits by its deadline, then what is refused, then the latest of today's
	// finished ones. Of each of these at most q.Limit.
	Queue(ctx context.Context, q QueueQuery) (Queue, error)
	// Orders returns one row for each order that has not shipped, the most urgent
	// first. Its state is the one that most wants a person, of those that its
	// labels stand in. more says that there are others beyond the limit.
	Orders(ctx context.Context, q OrdersQuery) (rows []Row, more bool, err error)
	// Subscribe returns a channel that receives after each change that Queue
	// would show, until ctx ends. Receives may be merged: a receiver reads the
	// whole queue anyway. Serve calls it once.
	Subscribe(ctx context.Context) <-chan struct{}
}

// Operator does what the staff asks. Who is "page" or "local", followed by
// ":" and a name where one was given; it goes into the audit and is a claim,
// not a proof.
type Operator interface {
	// Print takes orders for printing now, each on its own: one that is
	// refused does not hold up the others. An order that is already on its way
	// or printed is answered with its state and not printed again.
	Print(ctx context.Context, orders []string, who string) ([]Taken, error)
	// Reprint opens a new attempt for every label of a waybill and returns the
	// labels' IDs.
	Reprint(ctx context.Context, r Reprint) ([]string, error)
	// Resolve settles an unknown label, or an order in NumberUnknown, by a
	// person's word: there is no number, or these are its numbers. NotPrinted is refused with ErrConflict while the spooler
	// or the printer may still hold the label.
	Resolve(ctx context.Context, r Resolution) error
	// Scan takes the packer's scan of a finished label: the parcel is packed,
	// and the platform may be told. A second scan changes nothing.
	Scan(ctx context.Context, s Scan) (Packed, error)
	// Pause holds all printing after the label in hand; Resume goes on.
	Pause(ctx context.Context, who string) error
	Resume(ctx context.Context, who string) error
}

// Discloser shows whom orders go to. What it returns is the one thing here that
// names people, each call is one record in the audit with who asked, and what
// cannot be recorded is not shown. A real telephone number is never in it.
type Discloser interface {
	// Reveal shows one order's receiver as its platform opens it now.
	Reveal(ctx context.Context, r Reveal) (Revealed, error)
	// Export lists orders in one of the forms that the platform allows.
	Export(ctx context.Context, e Export) ([]Exported, error)
}
