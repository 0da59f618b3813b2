package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

// Deleter deletes what names people.
type Deleter interface {
	// Delete deletes an order's personal data at once. What is under way with it
	// at this moment is refused with ErrConflict.
	Delete(ctx context.Context, d Delete) (Deleted, error)
}

// Delete asks for an order's personal data to be deleted.
type Delete struct {
	Order  string `json:"order" minLength:"1" maxLength:"64" doc:"The platform's order number"`
	Reason string `json:"reason" minLength:"1" maxLength:"200" doc:"For the record"`
	Who    string `json:"who,omitempty" maxLength:"64"`
}

// Deleted says what became of the order.
type Deleted struct {
	Order     string `json:"order"`
	Cancelled int    `json:"cancelled" doc:"Labels that were taken out of the queue"`
	Returned  int    `json:"returned" doc:"Numbers that go back to their carrier"`
	Unknown   int    `json:"unknown" doc:"Labels that may be on paper and stay unknown"`
	Already   bool   `json:"already" doc:"It had been deleted before"`
	Emptied   bool   `json:"emptied" doc:"False while somebody's reading holds old pages; they go within minutes"`
	Fleet     bool   `json:"fleet,omitempty" doc:"It is gone from the fleet's database; each station deletes what it has of it as it hears of that"`
}

// deletion serves it, on the unix socket alone: what is gone, a page that was
// led astray could not bring back.
func (s *Server) deletion(api huma.API) {
	register(api, http.MethodPost, "delete", "Delete an order's personal data at once: on the unix socket only, one record in the audit", func(ctx context.Context, in *struct{ Body Delete }) (*answer[Deleted], error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		d, err := s.Station.Delete(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "delete", err)
		}
		return &answer[Deleted]{d}, nil
	}, commandLine("delete-refused"))
}

// commandLine lets pass an administrator who came by the unix socket or pipe, and
// tells others why not.
func commandLine(refusal notice.Code) capability {
	return func(ctx huma.Context, next func(huma.Context)) {
		who := callerOf(ctx.Context())
		if who.channel == local && who.role == Admin {
			next(ctx)
			return
		}
		forbid(ctx, refusal)
	}
}

// Delete deletes an order's personal data. It is answered on the unix socket only.
func (c *Client) Delete(ctx context.Context, d Delete) (v Deleted, err error) {
	return v, c.call(ctx, http.MethodPost, "delete", d, &v)
}
