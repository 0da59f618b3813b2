package spool

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/OpenPrinting/goipp"

	"miandan/printer"
)

var update = flag.Bool("update", false, "write the golden files anew")

func smallJob() printer.Job {
	return printer.Job{Name: "label-7", PDF: small, Width: 76_000, Height: 130_000}
}

func TestRequestsGolden(t *testing.T) {
	f := &fake{}
	transport := f.start(t)
	transport.user = "packer"
	c := begin(t, transport, smallJob())
	if _, err := c.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	text := goipp.NewFormatter()
	for _, m := range f.requests {
		text.FmtRequest(m)
	}
	got := strings.ReplaceAll(text.String(), transport.host, "localhost")
	golden := filepath.Join("testdata", "requests.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the requests are\n%s\nwant\n%s", got, want)
	}
	if !bytes.Equal(f.document, small) {
		t.Errorf("the document is %q, want %q", f.document, small)
	}
}

// The codec is not ours, so the size is also compared with bytes that were put
// together by hand from RFC 8010 §3.1.6.
func TestPaperBytes(t *testing.T) {
	m := goipp.NewRequest(goipp.DefaultVersion, goipp.OpCreateJob, 1)
	m.Job.Add(mediaCol(hundredths(76_000), hundredths(130_000)))
	got, err := m.EncodeBytes()
	if err != nil {
		t.Fatal(err)
	}
	want := "\x34\x00\x09media-col\x00\x00" +
		"\x4a\x00\x00\x00\x0amedia-size" + "\x34\x00\x00\x00\x00" +
		"\x4a\x00\x00\x00\x0bx-dimension" + "\x21\x00\x00\x00\x04\x00\x00\x1d\xb0" +
		"\x4a\x00\x00\x00\x0by-dimension" + "\x21\x00\x00\x00\x04\x00\x00\x32\xc8" +
		"\x37\x00\x00\x00\x00"
	if !bytes.Contains(got, []byte(want)) {
		t.Errorf("media-col is\n%q\nwant in it\n%q", got, want)
	}
}

func TestFollow(t *testing.T) {
	tests := []struct {
		name   string
		states []goipp.Attributes
		gone   bool
		err    error
		text   string
	}{
		{"straight through", []goipp.Attributes{job(Pending, untouched), job(Processing, begun), job(Completed, begun)}, false, nil, ""},
		{"over at the first look", []goipp.Attributes{job(Completed, begun)}, false, nil, ""},
		{"held and stopped on the way", []goipp.Attributes{job(Held, untouched), job(Stopped, begun), job(Completed, begun)}, false, nil, ""},
		{"canceled before it began", []goipp.Attributes{job(Pending, untouched), job(Canceled, untouched)}, true, ErrEnded, "printed nothing"},
		{"canceled on the way", []goipp.Attributes{job(Processing, begun), job(Canceled, begun)}, false, ErrEnded, "job 17 is canceled and may have printed in part"},
		{"aborted on the way", []goipp.Attributes{job(Processing, begun), job(Aborted, begun)}, false, ErrEnded, "job 17 is aborted and may have printed in part"},
		{"canceled, and the service does not say whether it began", []goipp.Attributes{job(Canceled, untouched)[:3]}, false, ErrEnded, "may have printed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &fake{states: tt.states}
			c := begin(t, f.start(t), smallJob())
			got, err := c.Finish(t.Context())
			if !errors.Is(err, tt.err) || !strings.Contains(fmt.Sprint(err), tt.text) {
				t.Errorf("Finish = %v, want %v with %q", err, tt.err, tt.text)
			}
			if tt.err == nil && (got.Method != "spooler" || got.Detail != "job 17 completed") {
				t.Errorf("Finish = %+v, want job 17 completed", got)
			}
			if _, gone := errors.AsType[*GoneError](err); gone != tt.gone {
				t.Errorf("Finish = %v, gone %v, want %v", err, gone, tt.gone)
			}
			if err := c.Close(); err != nil {
				t.Errorf("Close = %v", err)
			}
			want := []goipp.Op{goipp.OpValidateJob, goipp.OpCreateJob, goipp.OpSendDocument}
			if got := f.seen(); !slices.Equal(got, want) {
				t.Errorf("the service was asked for %v, want %v", got, want)
			}
		})
	}
}

func TestFollowKeepsAsking(t *testing.T) {
	t.Parallel()
	looks := 0
	f := &fake{states: []goipp.Attributes{job(Processing, begun), job(Completed, begun)}}
	f.answer = func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
		if goipp.Op(m.Code) != goipp.OpGetJobAttributes {
			return false
		}
		looks++
		switch looks {
		case 1:
			hangUp(t, w)
		case 2:
			http.Error(w, "busy", http.StatusServiceUnavailable)
		}
		return looks <= 2
	}
	if _, err := begin(t, f.start(t), smallJob()).Finish(t.Context()); err != nil {
		t.Errorf("Finish = %v", err)
	}
}

func TestFollowShowsTheFault(t *testing.T) {
	t.Parallel()
	f := &fake{states: []goipp.Attributes{job(Stopped, begun)}}
	transport := f.start(t)
	c := begin(t, transport, smallJob())
	f.mu.Lock()
	f.queue = replace(f.queue, goipp.MakeAttr("printer-state-reasons", goipp.TagKeyword, goipp.String("media-empty-error")))
	f.mu.Unlock()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	_, err := c.Finish(ctx)
	const want = "job 17 is stopped and still in the queue, the printer reports media-empty: context deadline exceeded"
	if fmt.Sprint(err) != want {
		t.Errorf("Finish = %v, want %s", err, want)
	}
	if s, status := c.Job(); s.State != Stopped || !slices.Equal(status.Reasons, []printer.Reason{printer.MediaEmpty}) {
		t.Errorf("Job = %v, %v, want it stopped by %s", s, status, printer.MediaEmpty)
	}
	if err := c.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
	if slices.Contains(f.seen(), goipp.OpCancelJob) {
		t.Error("a job that was sent was canceled")
	}
}

func TestFollowLosesTheJob(t *testing.T) {
	tests := []struct {
		name   string
		answer func(*testing.T) func(http.ResponseWriter, *http.Request, *goipp.Message) bool
	}{
		{"forgotten", func(t *testing.T) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
			return refuse(t, goipp.OpGetJobAttributes, goipp.StatusErrorNotFound)
		}},
		{"its number belongs to another", func(t *testing.T) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
			return func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
				if goipp.Op(m.Code) != goipp.OpGetJobAttributes {
					return false
				}
				reply := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, m.RequestID)
				reply.Job = append(job(Completed, begun), goipp.MakeAttr("job-name", goipp.TagName, goipp.String("report")))
				send(t, w, reply)
				return true
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{answer: tt.answer(t)}
			_, err := begin(t, f.start(t), smallJob()).Finish(t.Context())
			if _, gone := errors.AsType[*GoneError](err); gone || !errors.Is(err, ErrNoJob) {
				t.Errorf("Finish = %v, want %v, and not surely gone", err, ErrNoJob)
			}
		})
	}
}

func TestSendDocumentFails(t *testing.T) {
	const cancel = goipp.OpCancelJob
	broken := func(t *testing.T) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
		return func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
			if goipp.Op(m.Code) == goipp.OpSendDocument {
				hangUp(t, w)
				return true
			}
			return false
		}
	}
	tests := []struct {
		name   string
		answer func(*testing.T) func(http.ResponseWriter, *http.Request, *goipp.Message) bool
		state  goipp.Attributes // after the cancel
		gone   bool
		text   string
	}{
		{"disconnected in the middle", broken, job(Canceled, untouched), true, "EOF; job 17 has ended and printed nothing"},
		{"disconnected after it arrived", broken, job(Canceled, begun), false, "job 17 is canceled and may have printed"},
		{"disconnected, and it printed", broken, job(Completed, begun), false, "job 17 is completed and may have printed"},
		{"refused", func(t *testing.T) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
			return refuse(t, goipp.OpSendDocument, goipp.StatusErrorDocumentFormatNotSupported)
		}, job(Aborted, untouched), true, "send-document: the queue takes no PDF (client-error-document-format-not-supported); job 17 has ended"},
		{"disconnected for good", func(t *testing.T) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
			return func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
				op := goipp.Op(m.Code)
				if op == goipp.OpSendDocument || op == cancel {
					hangUp(t, w)
					return true
				}
				return false
			}
		}, job(Processing, begun), false, "job 17 may still be in the queue"},
		{"cannot be canceled", func(t *testing.T) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
			lost := broken(t)
			no := refuse(t, cancel, goipp.StatusErrorNotPossible)
			return func(w http.ResponseWriter, r *http.Request, m *goipp.Message) bool {
				return lost(w, r, m) || no(w, r, m)
			}
		}, job(Processing, begun), false, "job 17 may still be in the queue: cancel-job: the print service refuses with client-error-not-possible"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := &fake{states: []goipp.Attributes{tt.state}, answer: tt.answer(t)}
			c := begin(t, f.start(t), smallJob())
			_, err := c.Finish(t.Context())
			if !strings.Contains(fmt.Sprint(err), tt.text) {
				t.Errorf("Finish = %v, want %q in it", err, tt.text)
			}
			if _, gone := errors.AsType[*GoneError](err); gone != tt.gone {
				t.Errorf("Finish = %v, gone %v, want %v", err, gone, tt.gone)
			}
			want := []goipp.Op{goipp.OpValidateJob, goipp.OpCreateJob, goipp.OpSendDocument, cancel}
			if got := f.seen(); !slices.Equal(got, want) {
				t.Errorf("the service was asked for %v, want %v", got, want)
			}
			if err := c.Close(); err != nil {
				t.Errorf("Close = %v", err)
			}
		})
	}
}

func TestStartRefuses(t *testing.T) {
	with := func(change func(*printer.Job)) printer.Job {
		j := smallJob()
		change(&j)
		return j
	}
	tests := []struct {
		name string
		job  printer.Job
		err  error
		text string
	}{
		{"no name", with(func(j *printer.Job) { j.Name = "" }), nil, "a job's name"},
		{"no PDF", with(func(j *printer.Job) { j.PDF = nil }), nil, "has no PDF"},
		{"a printer language", with(func(j *printer.Job) { j.PDF = []byte("\x1b@") }), nil, "has no PDF"},
		{"no paper", with(func(j *printer.Job) { j.Height = 0 }), nil, "how large its paper is"},
		{"too wide", with(func(j *printer.Job) { j.Width = 110_100 }), ErrNoPaper, "of 110.1 × 130 mm"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{}
			conn, err := f.start(t).Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			err = conn.(*Conn).Start(t.Context(), tt.job)
			if err == nil || tt.err != nil && !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("Start = %v, want %v with %q", err, tt.err, tt.text)
			}
			if got := f.seen(); len(got) > 0 {
				t.Errorf("the service was asked for %v", got)
			}
		})
	}
}

func TestStartHeedsUnsupportedPaper(t *testing.T) {
	f := &fake{}
	f.answer = func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
		if goipp.Op(m.Code) != goipp.OpValidateJob {
			return false
		}
		reply := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOkIgnoredOrSubstituted, m.RequestID)
		reply.Unsupported.Add(goipp.MakeAttrCollection("media-col",
			goipp.MakeAttrCollection("media-size", goipp.MakeAttr("x-dimension", goipp.TagInteger, goipp.Integer(7600)))))
		send(t, w, reply)
		return true
	}
	conn, err := f.start(t).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*Conn).Start(t.Context(), smallJob()); !errors.Is(err, ErrNoPaper) {
		t.Errorf("Start = %v, want %v", err, ErrNoPaper)
	}
	if slices.Contains(f.seen(), goipp.OpCreateJob) {
		t.Error("the job was created on other paper")
	}
}

// A reply that is lost leaves an empty job behind, which prints nothing; a
// second one would be no better.
func TestCreateJobIsSentOnce(t *testing.T) {
	f := &fake{}
	f.answer = func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
		if goipp.Op(m.Code) == goipp.OpCreateJob {
			hangUp(t, w)
			return true
		}
		return false
	}
	conn, err := f.start(t).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*Conn).Start(t.Context(), smallJob()); err == nil {
		t.Error("Start = nil, want the lost connection")
	}
	if got, want := f.seen(), []goipp.Op{goipp.OpValidateJob, goipp.OpCreateJob}; !slices.Equal(got, want) {
		t.Errorf("the service was asked for %v, want %v", got, want)
	}
	if err := conn.Close(); err != nil {
		t.Errorf("Close = %v", err)
	}
}

func TestWriteTakesOnlyPDF(t *testing.T) {
	tests := []struct {
		name   string
		writes []string
		ok     bool
	}{
		{"in one piece", []string{"%PDF-1.4\n"}, true},
		{"byte by byte", []string{"%", "P", "D", "F", "-", "1"}, true},
		{"a printer language", []string{"\x1b@\x1dv0"}, false},
		{"a late surprise", []string{"%PD", "X"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{states: []goipp.Attributes{job(Canceled, untouched)}}
			conn, err := f.start(t).Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := conn.(*Conn).Start(t.Context(), smallJob()); err != nil {
				t.Fatal(err)
			}
			for _, w := range tt.writes {
				var n int
				if n, err = conn.Write([]byte(w)); n != len(w) && err == nil {
					t.Errorf("Write = %d without an error, want %d", n, len(w))
				}
			}
			if (err == nil) != tt.ok {
				t.Errorf("Write = %v, want success %v", err, tt.ok)
			}
			if err := conn.Close(); err != nil {
				t.Errorf("Close = %v", err)
			}
			if !slices.Contains(f.seen(), goipp.OpCancelJob) {
				t.Error("the job that was given up was not canceled")
			}
		})
	}
}

func TestWriteNeedsStart(t *testing.T) {
	f := &fake{}
	conn, err := f.start(t).Dial(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if n, err := conn.Write(small); n != 0 || err == nil {
		t.Errorf("Write = %d, %v, want an error", n, err)
	}
	if _, err := conn.(*Conn).Finish(t.Context()); err == nil {
		t.Error("Finish = nil, want an error")
	}
}
