package preview

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"slices"
	"strconv"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/templates"
	"miandan/templates/scene"
)

//go:embed preview.html preview.css preview.js
var files embed.FS

// often is how long a saved file waits at most before it is noticed.
const often = 250 * time.Millisecond

// Serve shows the preview to browsers of this machine until ctx ends. The grid
// is the one that is shown first. Changed is called after every change, and may
// be nil.
func (p *Preview) Serve(ctx context.Context, l net.Listener, grid scene.Grid, language notice.Language, changed func()) error {
	s := &http.Server{
		Handler:           Handler(p, l.Addr(), grid, language),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	ended := make(chan error, 1)
	go func() { ended <- s.Serve(l) }()
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			grace, stop := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer stop()
			if s.Shutdown(grace) != nil {
				s.Close()
			}
			return nil
		case err := <-ended:
			if errors.Is(err, http.ErrServerClosed) {
				return nil
			}
			return fmt.Errorf("serve the preview: %w", err)
		case <-tick.C:
			if p.Refresh() && changed != nil {
				changed()
			}
		}
	}
}

// Handler is the page, its files, the state of a view and its pictures, behind
// the gates.
func Handler(p *Preview, addr net.Addr, grid scene.Grid, station notice.Language) http.Handler {
	page := template.Must(template.ParseFS(files, "preview.html"))
	mux := http.NewServeMux()
	for _, name := range []string{"preview.css", "preview.js"} {
		mux.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) })
	}
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_ = page.Execute(w, p.face(api.LanguageOf(r, station), grid)) // the browser has gone
	})
	mux.HandleFunc("/state", func(w http.ResponseWriter, r *http.Request) {
		v, ok := viewOf(r, grid)
		if !ok {
			http.Error(w, "no such view", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(stateOf(p.Show(v), v, api.LanguageOf(r, station))) // the browser has gone
	})
	mux.HandleFunc("/picture.png", func(w http.ResponseWriter, r *http.Request) {
		v, ok := viewOf(r, grid)
		n, err := strconv.Atoi(r.FormValue("page"))
		if !ok || err != nil {
			http.Error(w, "no such view", http.StatusBadRequest)
			return
		}
		pic := p.Show(v)
		if n < 0 || n >= len(pic.Pages) {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "image/png")
		w.Write(pic.Pages[n])
	})
	return &gates{mux, hostsOf(addr)}
}

// viewOf reads a view. What a page may ask for is a closed set, so that pages
// asking for ever others do not fill the memory.
func viewOf(r *http.Request, first scene.Grid) (View, bool) {
	dpmm, err := strconv.ParseFloat(r.FormValue("dpmm"), 64)
	v := View{Grid: scene.Grid(dpmm), Case: r.FormValue("case"), Sample: r.FormValue("sample")}
	known := slices.Contains(grids(first), dpmm) && slices.Contains([]string{"plain", "hidden", "long"}, v.Case) &&
		(v.Sample == "" || slices.Contains(templates.SampleNames(), v.Sample))
	return v, err == nil && known
}

// grids are the heads of 203 and 300 dpi, and the one that was asked for.
func grids(first scene.Grid) []float64 {
	all := []float64{8, 11.811}
	if !slices.Contains(all, float64(first)) {
		all = append(all, float64(first))
	}
	return all
}

// state is what the page asks for again and again.
type state struct {
	Version  int       `json:"version"`
	Title    string    `json:"title"`
	Width    int       `json:"width"`
	Height   int       `json:"height"`
	Pages    int       `json:"pages"`
	Stale    bool      `json:"stale"` // the pages are older than the file
	Problem  string    `json:"problem"`
	Sample   string    `json:"sample"`
	Tear     int       `json:"tear"` // dots from above; 0 for none
	Safe     int       `json:"safe"` // dots from the edge that stay white
	Findings []finding `json:"findings"`
}

type finding struct {
	Severity string `json:"severity"`
	Text     string `json:"text"`
	Excerpt  string `json:"excerpt"`
}

func stateOf(p Picture, v View, language notice.Language) state {
	chinese := language == notice.Chinese
	s := state{
		Version: p.Version, Title: p.Title, Width: p.Width, Height: p.Height, Pages: len(p.Pages),
		Problem: p.Problem.English, Sample: p.Sample,
		Tear: v.Grid.Dots(scene.MM(p.Tear)), Safe: v.Grid.Dots(scene.MM(2)), Findings: []finding{},
	}
	if chinese {
		s.Problem = p.Problem.Chinese
	}
	s.Stale = s.Problem != ""
	for _, f := range p.Findings {
		s.Findings = append(s.Findings, finding{f.Severity.String(), f.Text(chinese), f.Place.Excerpt})
	}
	return s
}
