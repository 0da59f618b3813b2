package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// guests stands in front of what pages of other origins may ask. They have a table
// of routes of their own, so that a route which was not meant for them does not
// exist there: nobody has to remember to close one.
//
// A page that nobody here has decided about waits at the gate while a person is
// asked, so that a page written for another component works after one click. Only
// a request that a script could read the answer of makes anybody be asked: an
// image, a form or a beacon does not.
type guests struct {
	next     http.Handler
	known    func(path string) bool // a route for guests is at this path
	book     *pairing.Book
	limits   *limits
	hosts    []string
	language notice.Language
	log      *slog.Logger
}

const (
	pairRoute   = prefix + "pair"
	socketRoute = prefix + "ws"
	jobsRoute   = prefix + "jobs"
)

// foreign reports whether a request says that it comes from a page of another
// origin, as a browser writes one.
func (g *guests) foreign(r *http.Request) (pairing.Origin, bool) {
	values := r.Header.Values("Origin")
	if len(values) != 1 {
		return "", false
	}
	o, ok := pairing.ParseOrigin(values[0])
	if !ok || slices.ContainsFunc(g.hosts, func(h string) bool { return string(o) == "http://"+h }) {
		return "", false
	}
	return o, true
}

func (g *guests) serve(w http.ResponseWriter, r *http.Request, o pairing.Origin) {
	r, cancel := g.patient(w, r)
	defer cancel()
	status, code := g.pass(r, o)
	if code == "" || g.book.Stand(o) == nil {
		w.Header().Set("Access-Control-Allow-Origin", string(o))
		w.Header().Set("Access-Control-Expose-Headers", "Retry-After")
	}
	w.Header().Add("Vary", "Origin")
	if code != "" {
		g.log.Info("request refused", "gate", string(code), "channel", guest)
		w.Header().Set("Connection", "close")
		if status == http.StatusTooManyRequests {
			w.Header().Set("Retry-After", "60")
		}
		refuse(w, r, g.language, status, code)
		return
	}
	if r.Method == http.MethodOptions {
		g.preflight(w, r)
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, g.most(r))
	who := caller{channel: guest, origin: o, language: LanguageOf(r, g.language)}
	g.next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), callerKey{}, who)))
}

// patient lets a request wait longer than others may take.
func (g *guests) patient(w http.ResponseWriter, r *http.Request) (*http.Request, context.CancelFunc) {
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(pairing.Patience + 15*time.Second)) // a test's recorder has none
	ctx, cancel := context.WithCancel(r.Context())
	return r.WithContext(ctx), cancel
}

// pass asks gate after gate. A person is asked only when all else is in order.
func (g *guests) pass(r *http.Request, o pairing.Origin) (int, notice.Code) {
	for _, pass := range []gate{g.fetched, g.route, g.form} {
		if status, code := pass(r); code != "" {
			return status, code
		}
	}
	pairs := r.URL.Path == pairRoute && r.Method == http.MethodPost
	admit := func() error { return g.book.Admit(r.Context(), o, pairs) }
	if r.URL.Path == socketRoute { // a page calls again by itself, also one that was just forgotten: that asks nobody
		admit = func() error { return g.book.Stand(o) }
	}
	if err := admit(); err != nil {
		if errors.Is(err, pairing.ErrBlocked) {
			return http.StatusForbidden, callerBlocked
		}
		return http.StatusForbidden, callerRefused
	}
	if !g.limits.request(o) {
		return http.StatusTooManyRequests, tooManyRequests
	}
	if pairs || r.Method == http.MethodOptions || r.URL.Path == socketRoute {
		return 0, "" // which asks for the token in its first message
	}
	if t := r.Header.Values(TokenHeader); len(t) != 1 || !g.book.Knows(o, t[0]) {
		return http.StatusUnauthorized, callerToken
	}
	return 0, ""
}

// fetched lets pass what a script asked for and may read. Old shells say nothing of
// how they ask.
func (g *guests) fetched(r *http.Request) (int, notice.Code) {
	for name, allowed := range map[string][]string{"Sec-Fetch-Site": {"cross-site", "same-site"}, "Sec-Fetch-Mode": {"cors", "websocket"}, "Sec-Fetch-Dest": {"empty", "websocket"}} {
		for _, v := range r.Header.Values(name) {
			if !slices.Contains(allowed, v) {
				return http.StatusForbidden, originRefused
			}
		}
	}
	return 0, ""
}

// route knows the paths for guests and no others, and the methods that they have.
func (g *guests) route(r *http.Request) (int, notice.Code) {
	if !g.known(r.URL.Path) {
		return http.StatusForbidden, originRefused
	}
	upgrade := strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
	switch asks := r.Header.Values("Access-Control-Request-Method"); {
	case r.Method == http.MethodOptions && len(asks) == 1 && (asks[0] == http.MethodGet || asks[0] == http.MethodPost):
		return 0, ""
	case (r.Method == http.MethodGet || r.Method == http.MethodPost) && upgrade == (r.URL.Path == socketRoute):
		return 0, ""
	}
	return http.StatusMethodNotAllowed, methodRefused
}

// form lets pass only what a browser asks about first: JSON, or a question with
// our own header.
func (g *guests) form(r *http.Request) (int, notice.Code) {
	switch r.Method {
	case http.MethodOptions:
		if r.ContentLength != 0 {
			return http.StatusBadRequest, badRequest
		}
	case http.MethodPost:
		if t := r.Header.Values("Content-Type"); len(t) != 1 || t[0] != "application/json" || r.Header.Get("Content-Encoding") != "" {
			return http.StatusUnsupportedMediaType, notJSON
		}
		if r.ContentLength > g.most(r) {
			return http.StatusRequestEntityTooLarge, bodyTooLarge
		}
	default:
		if r.ContentLength != 0 {
			return http.StatusBadRequest, badRequest
		}
		if r.URL.Path != socketRoute && len(r.Header.Values(TokenHeader)) == 0 {
			return http.StatusUnauthorized, callerToken
		}
	}
	return 0, ""
}

// most is the largest body of a guest.
func (g *guests) most(r *http.Request) int64 {
	if r.URL.Path == jobsRoute {
		return mostJob
	}
	return maxBody
}

// preflight tells a browser that the page may send what it is about to. Chrome's
// Private Network Access asked for one header more, on its way to the permission
// that a person now gives; shells with an older Chromium still ask.
func (g *guests) preflight(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("Vary", "Access-Control-Request-Method, Access-Control-Request-Headers")
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Allow-Headers", "content-type, "+strings.ToLower(TokenHeader))
	h.Set("Access-Control-Max-Age", "600")
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
	w.WriteHeader(http.StatusNoContent)
}

// guests puts the guests' table of routes together; nil if no page may print.
func (s *Server) guests(c *changes, l *limits, hosts []string) *guests {
	if s.Callers == nil || s.Jobs == nil {
		return nil
	}
	mux := http.NewServeMux()
	table := humago.New(mux, s.guestConfig())
	s.jobs(table, l)
	s.pair(table)
	mux.Handle("GET "+socketRoute, socket{s, c, l})
	known := func(at string) bool {
		if path.Clean(at) != at {
			return false
		}
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			if _, pattern := mux.Handler(&http.Request{Method: method, URL: &url.URL{Path: at}}); pattern != "" {
				return true
			}
		}
		return false
	}
	return &guests{next: mux, known: known, book: s.Callers, limits: l, hosts: hosts, language: s.Language, log: s.Log}
}

// describeGuests puts what only the guests' table serves into the one document that
// describes all.
func (s *Server) describeGuests(api huma.API) {
	if s.Callers == nil || s.Jobs == nil {
		return
	}
	table := humago.New(http.NewServeMux(), s.guestConfig())
	s.pair(table)
	pair := table.OpenAPI().Paths[pairRoute].Post
	pair.RequestBody.Content["application/json"].Schema = api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Asked](), true, "Asked")
	for status, r := range pair.Responses {
		if strings.HasPrefix(status, "2") {
			r.Content["application/json"].Schema = api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[paired](), true, "Paired")
		}
	}
	api.OpenAPI().AddOperation(pair)
	api.OpenAPI().AddOperation(&huma.Operation{
		OperationID: "ws", Method: http.MethodGet, Path: socketRoute,
		Summary:   "A WebSocket that tells the caller of its jobs. The first message is {\"token\": …} within 5 s; each of the agent's is {\"event\": \"job\", \"job\": {…}}",
		Responses: map[string]*huma.Response{"101": {Description: "Events"}, "default": failure(api)},
	})
}
