package api

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"miandan/agent/internal/notice"
)

// apiVersion rises when a program written for the one before would break.
const apiVersion = 1

type answer[T any] struct{ Body T }

// routes returns everything that is served behind the gates of one listener.
func (s *Server) routes(c *changes, all *sessions, l *limits) http.Handler {
	mux := http.NewServeMux()
	api := humago.New(mux, s.config())
	register(api, http.MethodGet, "queue", "The queue as it is now", func(ctx context.Context, in *QueueQuery) (*answer[Queue], error) {
		seq := c.seq.Load() // before reading: a change in between makes this answer old, not new
		q, err := s.Station.Queue(ctx, *in)
		if err != nil {
			return nil, s.fail(ctx, "queue", err)
		}
		s.finish(ctx, &q, seq)
		return &answer[Queue]{q}, nil
	})
	s.session(api, all)
	s.callers(api, l)
	s.jobs(api, l)
	s.disclose(api)
	s.deletion(api)
	s.cards(api)
	s.rolls(api)
	s.documents(api)
	s.add(api)
	s.layouts(api)
	s.drafts(api)
	s.waves(api)
	s.desk(api)
	s.history(api)
	s.rules(api)
	s.devices(api)
	s.upkeep(api)
	s.starts(api)
	s.secrets(api)
	s.audit(api)
	s.said(api)
	s.room(api)
	register(api, http.MethodGet, "version", "Which program answers", func(context.Context, *struct{}) (*answer[Version], error) {
		return &answer[Version]{Version{Program: s.Version, API: apiVersion}}, nil
	})
	register(api, http.MethodPost, "print", "Print orders now", func(ctx context.Context, in *struct {
		Body struct {
			Orders  []string `json:"orders" minItems:"1" maxItems:"500" nullable:"false"`
			Printer string   `json:"printer,omitempty" maxLength:"160" doc:"The printer or the group that they print on; none: any with their paper"`
			Who     string   `json:"who,omitempty" maxLength:"64"`
		}
	}) (*answer[takenList], error) {
		taken, err := s.print(ctx, in.Body.Orders, in.Body.Printer, callerOf(ctx).who(in.Body.Who))
		if err != nil {
			return nil, s.fail(ctx, "print", err)
		}
		for i := range taken {
			taken[i].Refusal = taken[i].Refusal.in(callerOf(ctx).language)
		}
		return &answer[takenList]{takenList{taken}}, nil
	})
	register(api, http.MethodPost, "reprint", "Print a waybill once more", func(ctx context.Context, in *struct{ Body Reprint }) (*answer[labelList], error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		labels, err := s.Station.Reprint(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "reprint", err)
		}
		return &answer[labelList]{labelList{labels}}, nil
	})
	register(api, http.MethodPost, "resolve", "Settle an unknown label or number by a person's word", func(ctx context.Context, in *struct{ Body Resolution }) (*struct{}, error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		return nil, s.fail(ctx, "resolve", s.Station.Resolve(ctx, in.Body))
	})
	register(api, http.MethodPost, "scan", "A finished label was scanned: the parcel is packed", func(ctx context.Context, in *struct{ Body Scan }) (*answer[Packed], error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		p, err := s.Station.Scan(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "scan", err)
		}
		return &answer[Packed]{p}, nil
	})
	register(api, http.MethodPost, "pause", "Hold all printing after the label in hand", func(ctx context.Context, in *struct{ Body Asked }) (*struct{}, error) {
		return nil, s.fail(ctx, "pause", s.Station.Pause(ctx, callerOf(ctx).who(in.Body.Who)))
	})
	register(api, http.MethodPost, "resume", "Go on printing", func(ctx context.Context, in *struct{ Body Asked }) (*struct{}, error) {
		return nil, s.fail(ctx, "resume", s.Station.Resume(ctx, callerOf(ctx).who(in.Body.Who)))
	})

	mux.Handle("GET "+prefix+"events", stream{
		changes: c, places: make(chan struct{}, maxWatchers), station: s.Language, beat: heartbeat,
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "events", Method: http.MethodGet, Path: prefix + "events",
		Summary: "Changes as server-sent events: \"changed\" at the start and after each change, \"alive\" every 15 s, both with {\"seq\": n}",
		Responses: map[string]*huma.Response{
			"200":     {Description: "The stream", Content: map[string]*huma.MediaType{"text/event-stream": {}}},
			"default": failure(api),
		},
	})
	s.describeGuests(api)
	for path := range api.OpenAPI().Paths {
		mux.HandleFunc(path, s.wrongMethod)
	}
	s.docs(mux, api)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, r, s.Language, http.StatusNotFound, noSuchRoute)
	})
	if s.Pages != nil {
		mux.Handle("GET /{$}", front{s, all})
		mux.Handle("GET /static/", s.Pages("", s.Language))
		mux.Handle("GET /sheet", s.Pages("", s.Language)) // of command barcodes: it shows nobody
	}
	if s.Door != nil {
		mux.Handle("GET /enter", s.Door)
		mux.Handle("GET /enter/", s.Door)
	}
	return mux
}

const prefix = "/api/v1/"

// Asked is the body of a request that says no more than who asks.
type Asked struct {
	Who string `json:"who,omitempty" maxLength:"64"`
}

type takenList struct {
	Orders []Taken `json:"orders" nullable:"false"`
}

type labelList struct {
	Labels []string `json:"labels" nullable:"false"`
}

func register[I, O any](api huma.API, method, name, summary string, f func(context.Context, *I) (*O, error), gates ...capability) {
	id := name
	if api.OpenAPI().Paths[prefix+name] != nil { // reading has the plain name
		id = strings.ToLower(method) + "-" + name
	}
	o := huma.Operation{
		OperationID: id, Method: method, Path: prefix + name, Summary: summary,
		MaxBodyBytes: maxBody, Responses: map[string]*huma.Response{"default": failure(api)},
	}
	for _, g := range gates {
		o.Middlewares = append(o.Middlewares, g)
	}
	huma.Register(api, o, f)
}

// failure describes our form of error.
func failure(api huma.API) *huma.Response {
	return &huma.Response{
		Description: "What is wrong, as a code for programs and a sentence for people",
		Content: map[string]*huma.MediaType{"application/json": {
			Schema: api.OpenAPI().Components.Schemas.Schema(problemType, true, "Problem"),
		}},
	}
}

// wrongMethod answers at a route that exists for another method. It stands
// behind the same gates, so it tells nobody of routes who may not know.
func (s *Server) wrongMethod(w http.ResponseWriter, r *http.Request) {
	refuse(w, r, s.Language, http.StatusMethodNotAllowed, methodRefused)
}

// finish fills in what depends on the asker: the time and the language.
func (s *Server) finish(ctx context.Context, q *Queue, seq uint64) {
	q.Seq = seq
	q.Asking = s.asking()
	q.Rows = finished(ctx, q.Rows)
	if q.Printers == nil {
		q.Printers = []Printer{}
	}
}

// finished does so for rows; what it is given stays as it is.
func finished(ctx context.Context, rows []Row) []Row {
	now, l := time.Now(), callerOf(ctx).language
	list := make([]Row, 0, len(rows))
	for _, r := range rows {
		if !r.Deadline.IsZero() {
			r.Left = int64(r.Deadline.Sub(now) / time.Second)
		}
		r.Refusal = r.Refusal.in(l)
		cautions := r.Cautions
		r.Cautions = nil
		for _, c := range cautions {
			r.Cautions = append(r.Cautions, *c.in(l))
		}
		if late := r.Lateness; late != nil {
			r.Lateness = &Lateness{Code: late.Code, Message: sentence(l, late.Code, late.Args...), Late: late.Late, Cost: late.Cost}
		}
		list = append(list, r)
	}
	return list
}

// in returns the refusal with its sentence.
func (r *Refusal) in(l notice.Language) *Refusal {
	if r == nil {
		return nil
	}
	return &Refusal{Code: r.Code, Message: sentence(l, r.Code, r.Args...), Action: r.Action}
}

// fail turns a station's error into an answer and logs what nobody will see
// otherwise.
func (s *Server) fail(ctx context.Context, route string, err error) error {
	if err == nil {
		return nil
	}
	p := problem(err, callerOf(ctx).language)
	if p.Code == notice.Internal && !errors.Is(err, context.Canceled) {
		s.Log.Error("request failed", "route", route, "err", err)
	}
	return p
}
