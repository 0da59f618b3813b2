package winspool

import (
	"errors"
	"io"
	"sync"

	"miandan/printer"
)

// fake is a print service with one queue, whose jobs do what a script says.
type fake struct {
	mu       sync.Mutex
	is       state
	openErr  error
	v4       bool
	startErr error
	most     int   // bytes that one call takes; 0 is all
	failAt   int   // the byte at which writing fails; 0 is never
	drawErr  error // of drawing and of a page's end
	frozen   bool  // no command reaches a job
	deaf     bool  // a job that is told to pause does not
	// life is what a job's status is at each look at it; after the last it is gone.
	// A nil life never ends.
	life []uint32
	// pausedIs is its status beside paused once it is told to pause.
	pausedIs uint32
	// last is what it is, once, after it was deleted.
	last uint32
	// down is how many looks at a job fail before the service is there again, and
	// other whether it then has another's job of that number.
	down     int
	other    bool
	own      []paper
	canvases map[setting]caps // what the driver makes of each setting

	opened, closed int
	looks          int
	told           []command
	id             uint32
	document       string
	datatype       string
	got            []byte
	pages, ended   int
	aborted        int
	drawn          [][2]int
	paused, gone   bool
}

var (
	errWrite = errors.New("the disk of the spooler is full")
	errDown  = errors.New("the handle is invalid")
)

func (f *fake) transport(form Form) *Transport {
	return &Transport{queue: "Labels", form: form, calls: f}
}

func (f *fake) names() ([]Queue, error) { return []Queue{{Name: "Labels"}}, f.openErr }

func (f *fake) open(string) (queue, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.openErr != nil {
		return nil, f.openErr
	}
	f.opened++
	return &fakeQueue{f}, nil
}

type fakeQueue struct{ *fake }

func (q *fakeQueue) close() error { q.mu.Lock(); defer q.mu.Unlock(); q.closed++; return nil }

func (q *fakeQueue) state() (state, error) { q.mu.Lock(); defer q.mu.Unlock(); return q.is, nil }
func (q *fakeQueue) xps() (bool, error)    { return q.v4, nil }

func (q *fakeQueue) startDoc(name, datatype string) (uint32, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.startErr != nil {
		return 0, q.startErr
	}
	q.id, q.document, q.datatype = q.id+7, name, datatype
	return q.id, nil
}

func (q *fakeQueue) startPage() error { q.pages++; return nil }
func (q *fakeQueue) endPage() error   { return nil }
func (q *fakeQueue) endDoc() error    { q.ended++; return nil }
func (q *fakeQueue) abort() error     { q.aborted++; return nil }

func (q *fakeQueue) write(b []byte) (int, error) {
	if q.failAt > 0 && len(q.got)+len(b) >= q.failAt {
		return 0, errWrite
	}
	if q.most > 0 {
		b = b[:min(len(b), q.most)]
	}
	q.got = append(q.got, b...)
	return len(b), nil
}

func (q *fakeQueue) job(id uint32) (job, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.down > 0:
		q.down--
		return job{}, errDown
	case q.gone && q.last != 0:
		j := job{id: id, document: q.document, status: q.last}
		q.last = 0
		return j, nil
	case q.gone || id != q.id || id == 0:
		return job{}, ErrNoJob
	case q.paused:
		return job{id: id, document: q.document, status: q.pausedIs | jobPaused}, nil
	case q.life == nil:
		return job{id: id, document: q.document}, nil
	case q.looks >= len(q.life):
		return job{}, ErrNoJob
	}
	q.looks++
	j := job{id: id, document: q.document, status: q.life[q.looks-1]}
	if q.other {
		j.document = "report.docx"
	}
	return j, nil
}

func (q *fakeQueue) jobs() ([]job, error) {
	if q.id == 0 || q.gone {
		return nil, nil
	}
	// A print server adds something of its own to names.
	return []job{{id: q.id, document: "smb " + q.document, status: q.pausedIs}, {id: q.id + 1, document: "report.docx"}}, nil
}

func (q *fakeQueue) command(id uint32, c command) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.told = append(q.told, c)
	switch {
	case q.frozen:
		return printer.ErrDenied
	case id != q.id:
		return ErrNoJob
	case c == pause && !q.deaf:
		q.paused = true
	case c == deleteNow:
		q.gone = true
	}
	return nil
}

func (q *fakeQueue) papers() ([]paper, error) { return q.own, nil }

func (q *fakeQueue) canvas(s setting) (canvas, error) {
	c, ok := q.canvases[s]
	if !ok {
		return nil, errors.New("the driver does not know such a paper")
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.opened++
	return &fakeCanvas{q, c}, nil
}

type fakeCanvas struct {
	*fakeQueue
	is caps
}

func (c *fakeCanvas) caps() caps                           { return c.is }
func (c *fakeCanvas) startDoc(name string) (uint32, error) { return c.fakeQueue.startDoc(name, "GDI") }
func (c *fakeCanvas) abortDoc() error                      { c.aborted++; return nil }

func (c *fakeCanvas) draw(p picture, x, y int) error {
	c.drawn = append(c.drawn, [2]int{x, y})
	c.got = p.bits
	return c.drawErr
}

// leaks is how many handles and canvases are still open.
func (f *fake) leaks() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.opened - f.closed
}

// text is a driver of a language.
type text string

func (s text) Encode(w io.Writer, _ printer.Job) error {
	_, err := io.WriteString(w, string(s))
	return err
}
