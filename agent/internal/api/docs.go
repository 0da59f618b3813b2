package api

import (
	"bytes"
	"embed"
	"html/template"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

//go:embed docs
var docFiles embed.FS

// docs serves what a programmer needs: the routes as the OpenAPI document describes
// them, a client for pages with an example, and the self-test. All of it stands
// here, so that a warehouse without the internet can read it too.
func (s *Server) docs(mux *http.ServeMux, api huma.API) {
	for _, name := range []string{"miandan.js", "docs.css", "selftest.js", "example.html", "example.js"} {
		mux.HandleFunc("GET /docs/"+name, func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(name, "example.") { // it belongs on the caller's server
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			}
			http.ServeFileFS(w, r, docFiles, "docs/"+name)
		})
	}
	pages := template.Must(template.ParseFS(docFiles, "docs/*.tmpl"))
	for path, name := range map[string]string{"GET /docs": "docs.tmpl", "GET /selftest": "selftest.tmpl"} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			var b bytes.Buffer
			view := docView{language: LanguageOf(r, s.Language), Address: "http://" + r.Host}
			if name == "docs.tmpl" {
				view.Groups = described(api.OpenAPI())
			}
			if err := pages.ExecuteTemplate(&b, name, view); err != nil {
				s.Log.Error("request failed", "route", path, "err", err)
				http.Error(w, "the page's template failed", http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Write(b.Bytes())
		})
	}
}

// docView is what the templates see.
type docView struct {
	language notice.Language
	Address  string
	Groups   []docGroup
}

// Lang is the value of the lang attribute.
func (v docView) Lang() string { return header(v.language) }

// Say returns the one of two texts that is in the reader's language.
func (v docView) Say(english, chinese string) string {
	return [2]string{english, chinese}[v.language]
}

// docGroup are routes that the same callers have.
type docGroup struct {
	Guests bool
	Routes []docRoute
}

// docRoute is one route.
type docRoute struct {
	Method, Path, Summary, About string
	Takes, Gives                 []docField
}

// docField is one field of what is sent or answered, by its path.
type docField struct {
	Name, Type, About string
	Required          bool
}

// described makes of the OpenAPI document what people read.
func described(o *huma.OpenAPI) []docGroup {
	groups := []docGroup{{Guests: true}, {}}
	for path, item := range o.Paths {
		for _, m := range []struct {
			name string
			op   *huma.Operation
		}{{"GET", item.Get}, {"POST", item.Post}} {
			if m.op == nil {
				continue
			}
			r := docRoute{Method: m.name, Path: path, Summary: m.op.Summary, About: m.op.Description}
			for _, p := range m.op.Parameters {
				r.Takes = append(r.Takes, docField{Name: p.Name, Type: "in " + p.In, About: p.Description, Required: p.Required})
			}
			if m.op.RequestBody != nil {
				r.Takes = append(r.Takes, fields(o, m.op.RequestBody.Content)...)
			}
			for status, answer := range m.op.Responses {
				if strings.HasPrefix(status, "2") {
					r.Gives = append(r.Gives, fields(o, answer.Content)...)
				}
			}
			g := 1
			if path == pairRoute || path == socketRoute || strings.HasPrefix(path, jobsRoute) || path == prefix+"job-printers" {
				g = 0
			}
			groups[g].Routes = append(groups[g].Routes, r)
		}
	}
	for _, g := range groups {
		slices.SortFunc(g.Routes, func(a, b docRoute) int { return strings.Compare(a.Path+a.Method, b.Path+b.Method) })
	}
	return groups
}

func fields(o *huma.OpenAPI, content map[string]*huma.MediaType) []docField {
	for _, m := range content {
		if m.Schema != nil {
			return schemaFields(o, m.Schema, "", 0)
		}
	}
	return nil
}

// schemaFields lists a schema's fields, down to the third step.
func schemaFields(o *huma.OpenAPI, s *huma.Schema, at string, depth int) (list []docField) {
	if s.Ref != "" {
		s = o.Components.Schemas.SchemaFromRef(s.Ref)
	}
	if s == nil || depth > 3 {
		return nil
	}
	if s.Items != nil {
		return schemaFields(o, s.Items, at+"[]", depth)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		full := strings.TrimPrefix(at+"."+name, ".")
		inner := schemaFields(o, p, full, depth+1)
		f := docField{Name: full, Type: typeOf(o, p), About: p.Description, Required: slices.Contains(s.Required, name)}
		list = append(append(list, f), inner...)
	}
	return list
}

// typeOf says what may stand in a field.
func typeOf(o *huma.OpenAPI, s *huma.Schema) string {
	if s.Ref != "" {
		s = o.Components.Schemas.SchemaFromRef(s.Ref)
	}
	var words []string
	for _, v := range s.Enum {
		if text, ok := v.(string); ok {
			words = append(words, text)
		}
	}
	switch {
	case len(words) > 0:
		return strings.Join(words, " | ")
	case s.Items != nil:
		return typeOf(o, s.Items) + "[]"
	case s.Format != "":
		return s.Type + " " + s.Format
	}
	return s.Type
}
