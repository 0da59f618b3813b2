package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

// Speaker keeps what the station has said lately, for those who were not looking
// at its console: on a packing bench nobody does.
type Speaker interface {
	// Said returns the last notices, the newest first; each once, however often it
	// was said.
	Said(ctx context.Context) ([]Said, error)
}

// Said is something that the station has said.
type Said struct {
	At      time.Time   `json:"at" doc:"When it was last said"`
	Code    notice.Code `json:"code"`
	Message string      `json:"message" doc:"The code's sentence in the asker's language; the server writes it"`
	Args    []any       `json:"-"` // what the sentence's verbs take
}

type saidList struct {
	Said []Said `json:"said" nullable:"false"`
}

func (s *Server) said(api huma.API) {
	if s.Speaker == nil {
		return
	}
	register(api, http.MethodGet, "said", "What the station has said lately, the newest first", func(ctx context.Context, _ *struct{}) (*answer[saidList], error) {
		list, err := s.Speaker.Said(ctx)
		if err != nil {
			return nil, s.fail(ctx, "said", err)
		}
		told := make([]Said, len(list))
		for i, n := range list {
			n.Message = notice.Text(callerOf(ctx).language, n.Code, n.Args...)
			told[i] = n
		}
		return &answer[saidList]{saidList{told}}, nil
	})
}

// Said returns what the station has said lately, the newest first.
func (c *Client) Said(ctx context.Context) ([]Said, error) {
	var l saidList
	err := c.call(ctx, http.MethodGet, "said", nil, &l)
	return l.Said, err
}

// Unserved reports that a client's error means that the agent does not serve this
// at all, as an older one may not.
func Unserved(err error) bool {
	p, ok := errors.AsType[*Problem](err)
	return ok && p.Code == noSuchRoute
}
