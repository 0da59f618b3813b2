package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/audit"
)

// Auditor proves the record of what was done. It needs the agent's own key, which
// of a service nobody else can open.
type Auditor interface {
	// VerifyAudit reads the whole record, and says where it is not as it was written.
	VerifyAudit(ctx context.Context) (audit.Report, error)
}

// audit serves it, on the unix socket or pipe alone: to read all of it takes a while.
func (s *Server) audit(api huma.API) {
	if s.Auditor == nil {
		return
	}
	register(api, http.MethodGet, "audit", "Prove that no record of the audit was changed, moved or removed: on the unix socket only", func(ctx context.Context, _ *struct{}) (*answer[audit.Report], error) {
		r, err := s.Auditor.VerifyAudit(ctx)
		if err != nil {
			return nil, s.fail(ctx, "audit", err)
		}
		return &answer[audit.Report]{r}, nil
	}, commandLine("audit-refused"))
}

// VerifyAudit has the agent prove its record. It is answered on the unix socket only.
func (c *Client) VerifyAudit(ctx context.Context) (r audit.Report, err error) {
	return r, c.call(ctx, http.MethodGet, "audit", nil, &r)
}
