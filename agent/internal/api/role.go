package api

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

// Role is what a caller may do at this station. Each may do what the one before
// it may.
type Role string

// A Packer prints, scans, reprints with a reason and says what came out. A Lead
// looks after the bench: waves, printers, rules, layouts. An Admin may have what
// leaves the house: exports that name people, settings, who may call. Whoever
// comes by the unix socket or pipe is an Admin if the system says that it is the
// agent's own account or one that administers this computer; another user, whom
// only the pipe of a service lets in, is what a page without a PIN is.
const (
	Packer Role = "packer"
	Lead   Role = "lead"
	Admin  Role = "admin"
)

// Roles lists them, the least first.
func Roles() []Role { return []Role{Packer, Lead, Admin} }

// may reports whether a role is enough.
func (r Role) may(least Role) bool {
	return slices.Index(Roles(), r) >= slices.Index(Roles(), least)
}

// atLeast lets pass who has a role, and tells others whom to ask.
func atLeast(least Role) capability {
	return func(ctx huma.Context, next func(huma.Context)) {
		who := callerOf(ctx.Context())
		if who.role.may(least) {
			next(ctx)
			return
		}
		code := leadRefused
		if least == Admin {
			code = adminRefused
		}
		forbid(ctx, code)
	}
}

// forbid answers that a caller may not do what it asks.
func forbid(ctx huma.Context, code notice.Code) {
	ctx.SetHeader("Content-Type", "application/json")
	ctx.SetStatus(http.StatusForbidden)
	json.NewEncoder(ctx.BodyWriter()).Encode(Problem{Code: code, Message: sentence(callerOf(ctx.Context()).language, code)})
}
