package api

import (
	"context"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// Jobs prints labels for pages and programs that have them. A job belongs to the
// caller that handed it in: nobody else can ask for it, see it or name it.
type Jobs interface {
	// AddJob puts a label on disk and into the queue: when it returns, the label is
	// not lost. The same content under the same key is the same label.
	AddJob(ctx context.Context, j NewJob) (Job, error)
	// Job returns one job of a caller; ErrNotFound if it has none under that key.
	Job(ctx context.Context, caller, key string) (Job, error)
	// Jobs returns a caller's latest jobs, the newest first.
	Jobs(ctx context.Context, caller string, limit int) ([]Job, error)
	// Looks returns the label of a job with the receiver masked, as PNG of one bit a
	// dot; ErrNotFound where there is none to show.
	Looks(ctx context.Context, caller, key string) ([]byte, error)
	// JobPrinters lists what labels can be printed on, and the layouts.
	JobPrinters(ctx context.Context) (JobPrinters, error)
}

// JobKind is what a caller hands in.
type JobKind string

// A WaybillJob is drawn here, a FileJob is a ready label, a SealedJob is opened by
// its platform's component alone.
const (
	WaybillJob JobKind = "waybill"
	FileJob    JobKind = "file"
	SealedJob  JobKind = "sealed"
)

// NewJob is a label that a caller hands in and has the right form.
type NewJob struct {
	Caller string // whose it is: an origin's ID, or "local"
	Key    string
	Kind   JobKind
	Label  waybill.Label // of a file what is said of it: numbers, no receiver
	Layout string        // of a waybill
	Size   string        // of a file, in millimetres: "76x130"
	Raw    []byte        // the waybill's JSON or the file
	Sealed Document      // of a sealed label
	PaidAt time.Time
	// Printer is the one that it prints on; empty for any that has the paper.
	Printer string
}

// Job is how a label stands.
type Job struct {
	Key      string    `json:"key"`
	Kind     JobKind   `json:"kind" enum:"waybill,file,sealed"`
	Waybill  string    `json:"waybill"`
	Label    string    `json:"label,omitempty" doc:"The label's number at this station, as its page shows it"`
	Verdict  string    `json:"verdict,omitempty" enum:"new,same,replaced" doc:"Of a job that was just handed in. same: it was known; replaced: it took the place of another one that had not begun"`
	State    State     `json:"state" enum:"waiting,printing,unknown,number-unknown,done,refused,cancelled" doc:"unknown: it may be on paper, and a person at the station decides; do not hand it in under another key"`
	Step     string    `json:"step,omitempty" doc:"The ledger's own word for the state"`
	Evidence Evidence  `json:"evidence,omitempty" enum:"confirmed,presumed,operator" doc:"Who says that it is done: the device, a wire or spooler that took it, a person"`
	Printer  string    `json:"printer,omitempty"`
	Since    time.Time `json:"since,omitzero" doc:"When it came into its state"`
	Refusal  *Refusal  `json:"refusal,omitempty" doc:"What it waits for, or what a person must decide"`
}

// JobPrinters are what labels can be printed on.
type JobPrinters struct {
	Printers []JobPrinter `json:"printers" nullable:"false"`
	Layouts  []string     `json:"layouts" nullable:"false" doc:"Of waybills that are drawn here"`
}

// JobPrinter is a printer as callers see it.
type JobPrinter struct {
	Name    string       `json:"name"`
	State   PrinterState `json:"state" enum:"idle,processing,stopped"`
	Reasons []string     `json:"reasons,omitempty" doc:"RFC 8011 words: media-empty, cover-open, offline …"`
	Paper   string       `json:"paper" doc:"76x130"`
	DPI     int          `json:"dpi"`
}

type jobList struct {
	Jobs []Job `json:"jobs" nullable:"false"`
}

// jobs serves them to whoever has passed the gates of its listener. On the guests'
// table these are all the routes that there are.
func (s *Server) jobs(api huma.API, l *limits) {
	if s.Jobs == nil {
		return
	}
	body := &huma.RequestBody{Required: true, Description: "One label, of at most 4 MiB"}
	huma.Register(api, huma.Operation{
		OperationID: "add-job", Method: http.MethodPost, Path: jobsRoute, Summary: "Print a label",
		Description: "The label is on disk before the answer says that it was taken. The same content under the same key is the same label for 90 days, " +
			"however often it is handed in: after a lost answer send the same again. Another content takes its place as long as nothing of it can have " +
			"left for the printer; afterwards it is answered with 409.",
		MaxBodyBytes: mostJob, SkipValidateBody: true, RequestBody: body,
		Responses: map[string]*huma.Response{"default": failure(api)},
	}, func(ctx context.Context, in *struct {
		RawBody []byte `contentType:"application/json"`
	}) (*answer[Job], error) {
		j, refusal := readJob(in.RawBody, time.Now())
		if refusal != nil {
			p := problem(refusal, callerOf(ctx).language)
			p.Status = http.StatusBadRequest
			return nil, p
		}
		if p := s.spend(ctx, l); p != nil {
			return nil, p
		}
		j.Caller = callerOf(ctx).id()
		done, err := s.Jobs.AddJob(ctx, j)
		if err != nil {
			return nil, s.fail(ctx, "jobs", err)
		}
		return &answer[Job]{done.in(ctx)}, nil
	})
	body.Content["application/json"].Schema = api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[jobBody](), true, "NewJob")
	register(api, http.MethodGet, "jobs", "The caller's own jobs, the newest first: what became of those whose events it has missed", func(ctx context.Context, in *struct {
		Limit int `query:"limit" minimum:"1" maximum:"500" default:"100"`
	}) (*answer[jobList], error) {
		list, err := s.Jobs.Jobs(ctx, callerOf(ctx).id(), in.Limit)
		if err != nil {
			return nil, s.fail(ctx, "jobs", err)
		}
		all := jobList{[]Job{}}
		for _, j := range list {
			all.Jobs = append(all.Jobs, j.in(ctx))
		}
		return &answer[jobList]{all}, nil
	})
	type named struct {
		Key string `path:"key" maxLength:"70"`
	}
	type either struct {
		Type string `header:"Content-Type"`
		Body []byte
	}
	register(api, http.MethodGet, "jobs/{key}", "One job of the caller's own", func(ctx context.Context, in *named) (*answer[Job], error) {
		j, err := s.Jobs.Job(ctx, callerOf(ctx).id(), in.Key)
		if err != nil {
			return nil, s.fail(ctx, "jobs/key", err)
		}
		return &answer[Job]{j.in(ctx)}, nil
	})
	register(api, http.MethodGet, "jobs/{key}/picture", "The label of a job with the receiver masked, as PNG", func(ctx context.Context, in *named) (*either, error) {
		png, err := s.Jobs.Looks(ctx, callerOf(ctx).id(), in.Key)
		if err != nil {
			return nil, s.fail(ctx, "jobs/key/picture", err)
		}
		return &either{"image/png", png}, nil
	})
	register(api, http.MethodGet, "job-printers", "What labels can be printed on", func(ctx context.Context, _ *struct{}) (*answer[JobPrinters], error) {
		p, err := s.Jobs.JobPrinters(ctx)
		if err != nil {
			return nil, s.fail(ctx, "job-printers", err)
		}
		p.Printers, p.Layouts = append([]JobPrinter{}, p.Printers...), append([]string{}, p.Layouts...)
		return &answer[JobPrinters]{p}, nil
	})
}

// spend counts a job against its caller's limits.
func (s *Server) spend(ctx context.Context, l *limits) *Problem {
	who := callerOf(ctx)
	if who.channel != guest {
		return nil
	}
	fast, many := l.job(who.origin)
	code := tooManyRequests
	if many {
		code = tooManyLabels
	}
	if fast || many {
		return &Problem{Status: http.StatusTooManyRequests, Code: code, Message: sentence(who.language, code)}
	}
	return nil
}

func (j Job) in(ctx context.Context) Job {
	j.Refusal = j.Refusal.in(callerOf(ctx).language)
	return j
}

// id is what a caller's jobs are kept under.
func (c caller) id() string {
	if c.channel == guest {
		return c.origin.ID()
	}
	return local
}

// paired is the answer to a page that was let in.
type paired struct {
	Token string   `json:"token" doc:"To be sent as Miandan-Token with everything that follows, and kept where only the page reads it"`
	May   []string `json:"may" nullable:"false" doc:"What the page may do"`
}

// pair serves a page its token.
func (s *Server) pair(api huma.API) {
	register(api, http.MethodPost, "pair", "Ask to print here. The answer comes when a person at the station has said yes, at most a minute later", func(ctx context.Context, _ *struct{ Body Asked }) (*answer[paired], error) {
		token, err := s.Callers.Token(callerOf(ctx).origin)
		if err != nil {
			return nil, &Problem{Status: http.StatusForbidden, Code: callerRefused, Message: sentence(callerOf(ctx).language, callerRefused)}
		}
		return &answer[paired]{paired{token, []string{"print", "job-status", "job-picture", "printers"}}}, nil
	})
}

const jobForm notice.Code = "job-form"

// wrongJob says what is wrong with a job, and nothing of what stands there.
func wrongJob(english, chinese string) *notice.Error {
	return notice.New(jobForm, nil, notice.Phrase{english, chinese})
}

// upper is how carriers write their numbers.
func upper(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }

// AddJob hands in a label, as JSON, byte for byte.
func (c *Client) AddJob(ctx context.Context, job []byte) (v Job, err error) {
	return v, c.call(ctx, http.MethodPost, "jobs", raw(job), &v)
}

// Jobs returns what was handed in by the command line, the newest first.
func (c *Client) Jobs(ctx context.Context) ([]Job, error) {
	var l jobList
	err := c.call(ctx, http.MethodGet, "jobs", nil, &l)
	return l.Jobs, err
}
