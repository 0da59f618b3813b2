package spool

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/OpenPrinting/goipp"
)

func TestRefusals(t *testing.T) {
	const ask, create = goipp.OpGetPrinterAttributes, goipp.OpCreateJob
	status := func(code int) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ *goipp.Message) bool {
			http.Error(w, "secret 张三", code)
			return true
		}
	}
	raw := func(body string) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
		return func(w http.ResponseWriter, _ *http.Request, _ *goipp.Message) bool {
			w.Write([]byte(body))
			return true
		}
	}
	tests := []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request, *goipp.Message) bool
		queue  goipp.Attributes
		err    error
		text   string
	}{
		{"no such queue", refuse(t, ask, goipp.StatusErrorNotFound), nil, ErrNoQueue, "client-error-not-found"},
		{"the queue went away", refuse(t, create, goipp.StatusErrorNotFound), nil, ErrNoQueue, "create-job"},
		{"rejecting", nil, replace(healthy(), goipp.MakeAttr("printer-is-accepting-jobs", goipp.TagBoolean, goipp.Boolean(false))), ErrRejecting, "zebra"},
		{"rejecting since a moment", refuse(t, create, goipp.StatusErrorNotAcceptingJobs), nil, ErrRejecting, "cupsaccept"},
		{"no PDF", nil, replace(healthy(), goipp.MakeAttr("document-format-supported", goipp.TagMimeType, goipp.String("text/plain"))), ErrNoPDF, "zebra"},
		{"no PDF after all", refuse(t, goipp.OpValidateJob, goipp.StatusErrorDocumentFormatNotSupported), nil, ErrNoPDF, "validate-job"},
		{"forbidden", refuse(t, create, goipp.StatusErrorForbidden), nil, ErrNotAllowed, "create-job"},
		{"too many jobs", refuse(t, create, goipp.StatusErrorTooManyJobs), nil, nil, "server-error-too-many-jobs"},
		{"a status of its own", refuse(t, create, 0x0bad), nil, nil, "0x0bad"},
		{"HTTP 401", status(401), nil, ErrNotAllowed, "401"},
		{"HTTP 403", status(403), nil, ErrNotAllowed, "403"},
		{"HTTP 404", status(404), nil, nil, "404"},
		{"HTTP 426", status(426), nil, nil, "encryption"},
		{"a redirection", func(w http.ResponseWriter, r *http.Request, _ *goipp.Message) bool {
			http.Redirect(w, r, "http://127.0.0.1:1/secret", http.StatusTemporaryRedirect)
			return true
		}, nil, nil, "HTTP 307"},
		{"another request's answer", func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
			send(t, w, goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, m.RequestID+1))
			return true
		}, nil, nil, "answers request 2, not 1"},
		{"a web page", raw("<!doctype html>secret"), nil, nil, "reply is broken"},
		{"nothing", raw(""), nil, nil, "reply is broken"},
		{"too much", raw(strings.Repeat("x", maxReply+1)), nil, nil, "too long"},
		{"a job without a number", func(w http.ResponseWriter, _ *http.Request, m *goipp.Message) bool {
			if goipp.Op(m.Code) == create {
				send(t, w, goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, m.RequestID))
				return true
			}
			return false
		}, nil, nil, "no number"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &fake{answer: tt.answer, queue: tt.queue}
			conn, err := f.start(t).Dial(t.Context())
			if err == nil {
				err = conn.(*Conn).Start(t.Context(), smallJob())
			}
			if err == nil || tt.err != nil && !errors.Is(err, tt.err) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("Dial and Start = %v, want %v with %q", err, tt.err, tt.text)
			}
			for _, secret := range []string{"secret", "张三", "://", "label-7"} {
				if strings.Contains(fmt.Sprint(err), secret) {
					t.Errorf("the error %q holds %q", err, secret)
				}
			}
		})
	}
}

func TestNoSpooler(t *testing.T) {
	const closed = "127.0.0.1:1" // a port that nobody is given
	tests := []struct {
		name string
		url  url.URL
	}{
		{"connection refused", url.URL{Scheme: "cups", Host: closed, Path: "/zebra"}},
		{"no socket", url.URL{Scheme: "cups", Path: "/zebra", RawQuery: "socket=/nonexistent/cups.sock"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if runtime.GOOS == "windows" && tt.url.Host == "" {
				t.Skip("windows has no CUPS socket")
			}
			_, err := mustOpen(t, &tt.url).Dial(t.Context())
			if !errors.Is(err, ErrNoSpooler) || strings.Contains(err.Error(), "http://") {
				t.Errorf("Dial = %v, want %v without an address", err, ErrNoSpooler)
			}
		})
	}
}

// Over the socket the kernel vouches for us, so a demand for a password can be
// met; over TCP nothing is sent.
func TestPeerCred(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux's cupsd knows PeerCred")
	}
	demand := func(headers *[]string) func(http.ResponseWriter, *http.Request, *goipp.Message) bool {
		return func(w http.ResponseWriter, r *http.Request, _ *goipp.Message) bool {
			*headers = append(*headers, r.Header.Get("Authorization"))
			if r.Header.Get("Authorization") == "" {
				w.WriteHeader(http.StatusUnauthorized)
				return true
			}
			return false
		}
	}

	t.Run("socket", func(t *testing.T) {
		dir, err := os.MkdirTemp("", "ipp") // short: a socket's path has 107 bytes
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.RemoveAll(dir) })
		path := filepath.Join(dir, "sock")
		l, err := net.Listen("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		var headers []string
		f := &fake{t: t, queue: healthy(), answer: demand(&headers)}
		server := httptest.NewUnstartedServer(f)
		server.Listener.Close()
		server.Listener = l
		server.Start()
		t.Cleanup(server.Close)
		transport := mustOpen(t, &url.URL{Scheme: "cups", Path: "/zebra", RawQuery: "socket=" + path})
		if _, err := transport.Dial(t.Context()); err != nil {
			t.Errorf("Dial = %v", err)
		}
		if want := []string{"", "PeerCred " + transport.user}; fmt.Sprint(headers) != fmt.Sprint(want) {
			t.Errorf("Authorization was %q, want %q", headers, want)
		}
	})

	t.Run("tcp", func(t *testing.T) {
		var headers []string
		f := &fake{answer: demand(&headers)}
		if _, err := f.start(t).Dial(t.Context()); !errors.Is(err, ErrNotAllowed) {
			t.Errorf("Dial = %v, want %v", err, ErrNotAllowed)
		}
		if len(headers) != 1 || headers[0] != "" {
			t.Errorf("Authorization was %q, want one request without it", headers)
		}
	})
}

func TestFindJob(t *testing.T) {
	named := func(name string, id int, s State, begun bool) goipp.Group {
		attrs := replace(job(s, begun), goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(id)))
		if name != "" {
			attrs = append(attrs, goipp.MakeAttr("job-name", goipp.TagName, goipp.String(name)))
		}
		return goipp.Group{Tag: goipp.TagJobGroup, Attrs: attrs}
	}
	tests := []struct {
		name   string
		groups goipp.Groups
		want   JobState
		absent bool
	}{
		{"completed", goipp.Groups{named("other", 3, Pending, untouched), named("label-7", 4, Completed, begun)},
			JobState{ID: 4, State: Completed, Begun: true}, false},
		{"still waiting", goipp.Groups{named("label-7", 4, Pending, untouched)}, JobState{ID: 4, State: Pending}, false},
		{"the newest of two", goipp.Groups{named("label-7", 9, Pending, untouched), named("label-7", 4, Completed, begun)},
			JobState{ID: 9, State: Pending}, false},
		{"found though others are hidden", goipp.Groups{named("", 3, Pending, untouched), named("label-7", 4, Canceled, untouched)},
			JobState{ID: 4, State: Canceled}, false},
		{"absent", goipp.Groups{named("label-70", 3, Pending, untouched)}, JobState{}, true},
		{"no jobs", nil, JobState{}, true},
		{"cannot be said, for a name is hidden", goipp.Groups{named("", 3, Pending, untouched)}, JobState{}, false},
		{"not a job", goipp.Groups{{Tag: goipp.TagPrinterGroup, Attrs: named("label-7", 4, Completed, begun).Attrs}}, JobState{}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := findJob(tt.groups, "label-7")
			if got != tt.want || errors.Is(err, ErrNoJob) != tt.absent || (err == nil) != (tt.want.ID != 0) {
				t.Errorf("findJob = %+v, %v, want %+v, absent %v", got, err, tt.want, tt.absent)
			}
		})
	}
}

func TestCancelOfAnUnknownJob(t *testing.T) {
	f := &fake{answer: refuse(t, goipp.OpCancelJob, goipp.StatusErrorNotFound)}
	if _, err := f.start(t).Cancel(t.Context(), 17); !errors.Is(err, ErrNoJob) {
		t.Errorf("Cancel = %v, want %v", err, ErrNoJob)
	}
}

// goipp reads a collection inside a collection by calling itself.
func TestDeepReply(t *testing.T) {
	body := []byte{2, 0, 0, 0, 0, 0, 0, 1, byte(goipp.TagPrinterGroup)}
	body = append(body, "\x34\x00\x01a\x00\x00"...)
	level := []byte("\x4a\x00\x00\x00\x01a\x34\x00\x00\x00\x00")
	body = append(body, bytes.Repeat(level, (maxReply-len(body))/len(level))...)
	if _, err := decode(body, 1); err == nil {
		t.Error("decode of collections that never end succeeded")
	}
}

func FuzzReply(f *testing.F) {
	for _, attrs := range []goipp.Attributes{healthy(), job(Completed, begun), job(Canceled, untouched)} {
		m := goipp.NewResponse(goipp.DefaultVersion, goipp.StatusOk, 1)
		m.Printer, m.Job = attrs, append(attrs, goipp.MakeAttr("job-name", goipp.TagName, goipp.String("label-7")))
		data, err := m.EncodeBytes()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decode(data, 1)
		if err != nil {
			return
		}
		q := readQueue(m.Printer)
		for _, r := range q.status().Reasons {
			if strings.ContainsFunc(string(r), func(r rune) bool { return r != '-' && (r < 'a' || r > 'z') }) {
				t.Errorf("the reason %q is none of ours", r)
			}
		}
		fitOf(q.papers, 7600, 13000)
		for _, g := range m.AttrGroups() {
			if u, err := url.Parse(readListed(g.Attrs).Device); err == nil && u.User != nil {
				t.Error("the device's address carries a name")
			}
		}
		has(m.Unsupported, "media-col")
		if s, err := readJob(m.Job); err == nil && s.Gone() && (s.State == Completed || s.Begun) {
			t.Errorf("%+v is gone", s)
		}
		if s, err := findJob(m.Groups, "label-7"); err == nil && s.ID <= 0 {
			t.Errorf("findJob = %+v without an error", s)
		}
	})
}
