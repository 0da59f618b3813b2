package api

import (
	"encoding/json"
	"io"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
)

var problemType = reflect.TypeFor[Problem]()

// config makes huma describe and check our types and nothing more: no pages
// with scripts from elsewhere, no links in answers, one form of error.
func (s *Server) config() huma.Config {
	c := huma.DefaultConfig("Miandan", strconv.Itoa(apiVersion))
	c.Info.Description = "The local interface of the print agent. On TCP every request needs the exact Host, " +
		"and every POST the page's Origin and its token (" + TokenHeader + ")."
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[huma.ErrorModel](), problemType)
	c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", nil
	c.OpenAPIPath = prefix + "openapi"
	plain := huma.Format{
		Marshal:   func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) },
		Unmarshal: json.Unmarshal,
	}
	c.Formats = map[string]huma.Format{"application/json": plain, "application/problem+json": plain}
	c.Transformers = []huma.Transformer{ours}
	return c
}

// ours replaces huma's own errors. They are English and repeat the values
// that they complain of.
func ours(ctx huma.Context, _ string, v any) (any, error) {
	if e, ok := v.(*huma.ErrorModel); ok {
		code := badRequest
		if e.Status == 413 {
			code = bodyTooLarge
			if ctx.Operation().Path == ordersRoute {
				code = ordersTooLarge
			}
		}
		ctx.SetHeader("Content-Type", "application/json")
		return Problem{Code: code, Message: sentence(callerOf(ctx.Context()).language, code)}, nil
	}
	return v, nil
}

// guestConfig is that of the table for pages of other origins, which is described
// with all others in one document, and serves none.
func (s *Server) guestConfig() huma.Config {
	c := s.config()
	c.OpenAPIPath = ""
	return c
}
