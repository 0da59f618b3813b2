package spool

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"

	"github.com/OpenPrinting/goipp"
)

// fake is a print service that can be made to misbehave. It has one queue and
// one job, number 17.
type fake struct {
	t *testing.T

	mu       sync.Mutex
	requests []*goipp.Message
	document []byte // of the last Send-Document
	name     string // of the job

	queue  goipp.Attributes
	states []goipp.Attributes // what each look at the job says; the last one stays
	// answer, if set, may answer instead; false leaves it to the fake. It is
	// called for one request at a time.
	answer func(w http.ResponseWriter, r *http.Request, m *goipp.Message) bool
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m := new(goipp.Message)
	// Decode stops where the attributes end and the document begins.
	if err := m.Decode(r.Body); err != nil {
		http.Error(w, "no IPP", http.StatusBadRequest)
		return
	}
	// Whoever hangs up on what has not been read resets the line, and the client
	// says something else.
	document, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, m)
	if f.answer != nil && f.answer(w, r, m) {
		return
	}
	reply := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, m.RequestID)
	reply.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	reply.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	switch goipp.Op(m.Code) {
	case goipp.OpGetPrinterAttributes:
		reply.Printer = f.queue
	case goipp.OpCreateJob:
		name, _ := first[goipp.String](m.Operation, "job-name")
		f.name = string(name)
		reply.Job = job(Held, untouched)
	case goipp.OpSendDocument:
		f.document = document
		reply.Job = job(Pending, untouched)
	case goipp.OpGetJobAttributes:
		reply.Job = append(goipp.Attributes{goipp.MakeAttr("job-name", goipp.TagName, goipp.String(f.name))}, f.states[0]...)
		if len(f.states) > 1 {
			f.states = f.states[1:]
		}
	}
	send(f.t, w, reply)
}

// seen returns the operations that were asked for, without the questions.
func (f *fake) seen() []goipp.Op {
	f.mu.Lock()
	defer f.mu.Unlock()
	var ops []goipp.Op
	for _, m := range f.requests {
		switch op := goipp.Op(m.Code); op {
		case goipp.OpGetJobAttributes, goipp.OpGetPrinterAttributes:
		default:
			ops = append(ops, op)
		}
	}
	return ops
}

func send(t *testing.T, w http.ResponseWriter, m *goipp.Message) {
	data, err := m.EncodeBytes()
	if err != nil {
		t.Errorf("the fake's reply: %v", err)
	}
	w.Header().Set("Content-Type", goipp.ContentType)
	w.Write(data)
}

// refuse answers one operation with a status, and everything else as usual.
func refuse(t *testing.T, op goipp.Op, status goipp.Status) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
	return func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
		if goipp.Op(m.Code) != op {
			return false
		}
		reply := goipp.NewResponse(goipp.DefaultVersion, status, m.RequestID)
		reply.Operation.Add(goipp.MakeAttr("status-message", goipp.TagText, goipp.String("secret 张三 ipp://secret/")))
		send(t, w, reply)
		return true
	}
}

const (
	untouched = false
	begun     = true
)

// job is what the service says of job 17.
func job(s State, begun bool) goipp.Attributes {
	attrs := goipp.Attributes{
		goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(17)),
		goipp.MakeAttr("job-state", goipp.TagEnum, goipp.Integer(s)),
		goipp.MakeAttr("job-impressions-completed", goipp.TagInteger, goipp.Integer(0)),
	}
	if begun {
		return append(attrs, goipp.MakeAttr("time-at-processing", goipp.TagInteger, goipp.Integer(1795590622)))
	}
	return append(attrs, goipp.MakeAttr("time-at-processing", goipp.TagNoValue, goipp.Void{}))
}

// healthy is a queue with the papers 100 × 150 mm and 10 to 110 × 10 to 300 mm.
func healthy() goipp.Attributes {
	size := func(x, y goipp.Value, tag goipp.Tag) goipp.Collection {
		return goipp.Collection{goipp.MakeAttr("x-dimension", tag, x), goipp.MakeAttr("y-dimension", tag, y)}
	}
	return goipp.Attributes{
		goipp.MakeAttr("printer-state", goipp.TagEnum, goipp.Integer(3)),
		goipp.MakeAttr("printer-state-reasons", goipp.TagKeyword, goipp.String("none")),
		goipp.MakeAttr("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(true)),
		goipp.MakeAttr("document-format-supported", goipp.TagMimeType, goipp.String("text/plain"), goipp.String("application/pdf")),
		goipp.MakeAttr("media-size-supported", goipp.TagBeginCollection,
			size(goipp.Integer(10000), goipp.Integer(15000), goipp.TagInteger),
			size(goipp.Range{Lower: 1000, Upper: 11000}, goipp.Range{Lower: 1000, Upper: 30000}, goipp.TagRange)),
	}
}

// replace returns the attributes with one of them replaced.
func replace(attrs goipp.Attributes, a goipp.Attribute) goipp.Attributes {
	attrs = attrs.Clone()
	for i := range attrs {
		if attrs[i].Name == a.Name {
			attrs[i] = a
		}
	}
	return attrs
}

// start serves the fake and returns the way to its queue.
func (f *fake) start(t *testing.T) *Transport {
	t.Helper()
	f.t = t
	if f.queue == nil {
		f.queue = healthy()
	}
	if f.states == nil {
		f.states = []goipp.Attributes{job(Completed, begun)}
	}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return mustOpen(t, &url.URL{Scheme: "cups", Host: u.Host, Path: "/zebra"})
}

// hangUp breaks the connection off.
func hangUp(t *testing.T, w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Errorf("hijack: %v", err)
		return
	}
	conn.Close()
}

var small = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
