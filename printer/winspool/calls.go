package winspool

// calls are what Windows is asked for. Their errors carry the sentinels of this
// package, or what Windows says.
type calls interface {
	// names lists the queues by name and attributes only.
	names() ([]Queue, error)
	open(name string) (queue, error)
}

// queue is an open queue (a HANDLE of winspool).
type queue interface {
	state() (state, error)
	// xps reports whether the driver is one of version 4, made for XPS.
	xps() (bool, error)
	// startDoc opens a document and returns the job's number. From here to endDoc
	// the handle is used by one goroutine.
	startDoc(name, datatype string) (id uint32, err error)
	startPage() error
	write([]byte) (int, error)
	endPage() error
	endDoc() error
	// abort ends a document that is being written and deletes its job.
	abort() error
	job(id uint32) (job, error)
	jobs() ([]job, error)
	command(id uint32, c command) error
	// papers are the driver's own sizes of paper.
	papers() ([]paper, error)
	// canvas opens the driver for drawing on a paper. It and its canvas belong
	// to one thread.
	canvas(size setting) (canvas, error)
	close() error
}

// canvas is a page of a driver (a printer's device context of GDI).
type canvas interface {
	caps() caps
	startDoc(name string) (id uint32, err error)
	startPage() error
	// draw puts a picture at x, y, one of its dots on one of the head's.
	draw(p picture, x, y int) error
	endPage() error
	endDoc() error
	abortDoc() error
	close() error
}

// command is what a job is told (SetJob, JOB_CONTROL_…).
type command uint32

const (
	pause     command = 1
	deleteNow command = 5
)
