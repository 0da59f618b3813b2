package jd

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/compat"
	"miandan/agent/internal/compat/lpml"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
	"miandan/templates/scene"
)

// shelf is a station that keeps what it is given.
type shelf struct{ labels map[string]compat.Label }

func (s *shelf) Printers(context.Context) ([]compat.Printer, error) {
	paper := lpml.Paper{Grid: scene.DPI203, Width: scene.MM(76), Height: scene.MM(130)}
	return []compat.Printer{{Name: "bench-1", Ready: true, Size: "76x130", Paper: paper}, {Name: "Q", Dialect: dialect, Size: "76x130", Paper: paper}}, nil
}

func (s *shelf) Add(_ context.Context, l compat.Label) (api.Job, error) {
	s.labels[l.Key] = l
	return api.Job{Key: l.Key, State: api.Done}, nil
}

func (s *shelf) Job(_ context.Context, _, key string) (api.Job, error) {
	if _, ok := s.labels[key]; !ok {
		return api.Job{}, api.ErrNotFound
	}
	return api.Job{Key: key, State: api.Done}, nil
}

func (s *shelf) Jobs(context.Context, string, int) ([]api.Job, error) { return nil, nil }

// page is a page that says one thing and listens.
type page struct {
	messages chan []byte
	heard    []string
}

func (p *page) ID() string                          { return "0123456789abcdef" }
func (p *page) Language() notice.Language           { return notice.English }
func (p *page) Messages() <-chan []byte             { return p.messages }
func (p *page) Admit(context.Context, []byte) error { return nil }
func (p *page) Spend() *notice.Error                { return nil }
func (p *page) Changed() <-chan struct{}            { return nil }
func (p *page) Say(_ context.Context, m any) error {
	b, err := json.Marshal(m)
	p.heard = append(p.heard, string(b))
	return err
}

// FuzzEnvelope says anything to the server: it has one answer, which is JSON, and what
// is kept has a name and a number.
func FuzzEnvelope(f *testing.F) {
	b, err := os.ReadFile("testdata/two.txt")
	if err != nil {
		f.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if text, ok := strings.CutPrefix(line, "> "); ok {
			f.Add([]byte(text))
			for _, b := range hostile.JSON(text) {
				f.Add(b)
			}
		}
	}
	f.Fuzz(func(t *testing.T, message []byte) {
		if !hostile.Short(message) || len(message) > 16<<10 {
			return
		}
		hostile.Bounded(t, 4<<20, func() {
			s := &shelf{map[string]compat.Label{}}
			p := &page{messages: make(chan []byte, 1)}
			p.messages <- message
			close(p.messages)
			server := &Server{Station: s, Templates: &compat.Templates{Setting: "compat.jd"}, Preview: true, Patience: time.Second, Log: slog.New(slog.DiscardHandler)}
			server.Speak(t.Context(), p)
			if len(p.heard) != 1 || !json.Valid([]byte(p.heard[0])) {
				t.Fatalf("answers: %q", p.heard)
			}
			for key, l := range s.labels {
				task, _, ok := compat.Names(key)
				if !ok || !compat.Named(task) || len(l.Number) < 6 || l.Picture == nil && l.Sealed == nil {
					t.Errorf("kept as %q: %q", key, l.Number)
				}
			}
		})
	})
}
