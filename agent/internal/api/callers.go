package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// Callers are the web pages that may print here, and the one that asks to.
type Callers struct {
	Asking  *Asking  `json:"asking,omitempty" doc:"The page that waits for an answer; one at a time"`
	Callers []Caller `json:"callers" nullable:"false"`
	Policy  string   `json:"policy,omitempty" doc:"The administrator's policy file, if there is one"`
	Ask     bool     `json:"ask" doc:"Whether people here are asked about pages that nobody has decided about"`
}

// Asking is a page that waits for a person.
type Asking struct {
	Origin string    `json:"origin"`
	Until  time.Time `json:"until"`
	Left   int       `json:"left_seconds"`
}

// Caller is a page that somebody has decided about.
type Caller struct {
	Origin  string    `json:"origin"`
	Blocked bool      `json:"blocked,omitempty"`
	Policy  bool      `json:"policy,omitempty" doc:"Decided by the administrator; nobody here changes it"`
	Once    bool      `json:"once,omitempty" doc:"Until the agent ends, at most half a day"`
	By      string    `json:"by,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Used    time.Time `json:"used,omitzero"`
	Labels  int       `json:"labels_this_hour"`
	Waits   bool      `json:"waits,omitempty" doc:"It has printed as many labels as it may within an hour, and needs somebody's click for more"`
}

// CallerAnswer is a person's answer to a page's question, or about one beforehand.
type CallerAnswer struct {
	Origin string         `json:"origin" minLength:"1" maxLength:"255"`
	Answer pairing.Answer `json:"answer" enum:"once,always,block,no"`
	Who    string         `json:"who,omitempty" maxLength:"64"`
}

const (
	callerBlocked   notice.Code = "caller-blocked"
	callerRefused   notice.Code = "caller-refused"
	callerToken     notice.Code = "caller-token"
	tooManyRequests notice.Code = "too-many-requests"
	tooManyLabels   notice.Code = "too-many-labels"
	tooManySockets  notice.Code = "too-many-sockets"
)

// callers serves who may call, to our own page and the command line.
func (s *Server) callers(api huma.API, l *limits) {
	if s.Callers == nil {
		return
	}
	register(api, http.MethodGet, "callers", "The web pages that may print here, and the one that asks to", func(context.Context, *struct{}) (*answer[Callers], error) {
		return &answer[Callers]{s.whoCalls(l)}, nil
	})
	register(api, http.MethodPost, "callers/answer", "Answer a page's question; of a page that does not ask, decide beforehand", func(ctx context.Context, in *struct{ Body CallerAnswer }) (*answer[Callers], error) {
		o, ok := pairing.ParseOrigin(in.Body.Origin)
		if !ok {
			return nil, s.fail(ctx, "callers/answer", notice.New("caller-unknown", ErrNotFound))
		}
		who := callerOf(ctx)
		if q, asked := s.Callers.Question(); (!asked || q.Origin != o) && !who.role.may(Admin) {
			return nil, &Problem{Status: http.StatusForbidden, Code: adminRefused, Message: sentence(who.language, adminRefused)}
		}
		if err := s.Callers.Decide(ctx, o, in.Body.Answer, who.who(in.Body.Who)); err != nil {
			return nil, s.fail(ctx, "callers/answer", decided(err))
		}
		return &answer[Callers]{s.whoCalls(l)}, nil
	}, atLeast(Lead))
	type one struct {
		Body struct {
			Origin string `json:"origin" minLength:"1" maxLength:"255"`
			Who    string `json:"who,omitempty" maxLength:"64"`
		}
	}
	register(api, http.MethodPost, "callers/revoke", "Forget what was decided about a page; its tokens open nothing any more", func(ctx context.Context, in *one) (*answer[Callers], error) {
		if err := s.Callers.Revoke(ctx, pairing.Origin(in.Body.Origin), callerOf(ctx).who(in.Body.Who)); err != nil {
			return nil, s.fail(ctx, "callers/revoke", decided(err))
		}
		return &answer[Callers]{s.whoCalls(l)}, nil
	}, atLeast(Lead))
	register(api, http.MethodPost, "callers/allow", "Let a page print another lot of labels within this hour", func(ctx context.Context, in *one) (*answer[Callers], error) {
		o, ok := pairing.ParseOrigin(in.Body.Origin)
		if !ok || s.Callers.Stand(o) != nil {
			return nil, s.fail(ctx, "callers/allow", notice.New("caller-unknown", ErrNotFound))
		}
		if err := s.Callers.Allowed(ctx, o, callerOf(ctx).who(in.Body.Who)); err != nil {
			return nil, s.fail(ctx, "callers/allow", err)
		}
		l.allow(o)
		return &answer[Callers]{s.whoCalls(l)}, nil
	}, atLeast(Lead))
}

func decided(err error) error {
	switch {
	case errors.Is(err, pairing.ErrPolicy):
		return notice.New("caller-policy", ErrConflict)
	case errors.Is(err, pairing.ErrUnknown):
		return notice.New("caller-unknown", ErrNotFound)
	}
	return err
}

func (s *Server) whoCalls(l *limits) Callers {
	p := s.Callers.Policy()
	all := Callers{Callers: []Caller{}, Policy: p.Path, Ask: p.Ask}
	if q, ok := s.Callers.Question(); ok {
		all.Asking = &Asking{string(q.Origin), q.Until, max(0, int(time.Until(q.Until)/time.Second))}
	}
	for _, c := range s.Callers.Callers() {
		v := Caller{Origin: string(c.Origin), Blocked: c.Blocked, Policy: c.Policy, Once: c.Once, By: c.By, Since: c.Since, Used: c.Used}
		if !c.Blocked {
			v.Labels, v.Waits = l.waits(c.Origin)
		}
		all.Callers = append(all.Callers, v)
	}
	return all
}

// asking is the page that waits for an answer; empty if none does.
func (s *Server) asking() string {
	if s.Callers == nil {
		return ""
	}
	q, _ := s.Callers.Question()
	return string(q.Origin)
}

// Callers returns the pages that may print here, and the one that asks to.
func (c *Client) Callers(ctx context.Context) (v Callers, err error) {
	return v, c.call(ctx, http.MethodGet, "callers", nil, &v)
}

// AnswerCaller answers a page's question, or decides beforehand.
func (c *Client) AnswerCaller(ctx context.Context, a CallerAnswer) (v Callers, err error) {
	return v, c.call(ctx, http.MethodPost, "callers/answer", a, &v)
}

// RevokeCaller forgets what was decided about a page.
func (c *Client) RevokeCaller(ctx context.Context, origin, who string) (v Callers, err error) {
	in := struct {
		Origin string `json:"origin"`
		Asked
	}{origin, Asked{who}}
	return v, c.call(ctx, http.MethodPost, "callers/revoke", in, &v)
}
