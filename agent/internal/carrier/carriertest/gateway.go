package carriertest

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"miandan/templates/waybill"
)

// fault is what happens to the first request for a number.
type fault int

const (
	lostRequest fault = iota + 1 // the line breaks before the carrier has done anything
	lostAnswer                   // the carrier gives a number, then the line breaks
)

// gateway is a carrier that gives the same number to the same key. Its journal
// is what really happened, whatever the issuer was told.
type gateway struct {
	*httptest.Server
	subject Subject
	first   fault
	answer  func(http.ResponseWriter) // to everything, in place of a number

	mu       sync.Mutex
	requests int
	taken    []string // the keys of requests for a number
	numbers  map[string]waybill.Number
}

func (s Subject) gateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{subject: s, numbers: map[string]waybill.Number{}}
	g.Server = httptest.NewServer(g)
	t.Cleanup(g.Close)
	return g
}

func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.requests++
	if g.answer != nil {
		g.answer(w)
		return
	}
	key, count := g.subject.Key(r, body)
	if key == "" {
		http.NotFound(w, r)
		return
	}
	g.taken = append(g.taken, key)
	first := len(g.taken) == 1
	if first && g.first == lostRequest {
		panic(http.ErrAbortHandler)
	}
	if g.numbers[key] == "" {
		g.numbers[key] = waybill.Number(fmt.Sprintf("T%013d", len(g.numbers)+1))
	}
	if first && g.first == lostAnswer {
		panic(http.ErrAbortHandler)
	}
	fmt.Fprint(w, g.subject.Given(string(g.numbers[key]), count))
}

// cut answers with half of what it announces.
func cut(answer string) func(http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", fmt.Sprint(len(answer)))
		fmt.Fprint(w, answer[:len(answer)/2])
		_ = http.NewResponseController(w).Flush() // or the half goes down with the line
		panic(http.ErrAbortHandler)
	}
}

func (g *gateway) number(key string) waybill.Number {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.numbers[key]
}

func (g *gateway) count() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.numbers)
}

func (g *gateway) keys() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return append([]string(nil), g.taken...)
}

func (g *gateway) asked() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests
}

// untouched wants nobody to have been asked.
func (g *gateway) untouched(t *testing.T) {
	t.Helper()
	if n := g.asked(); n != 0 {
		t.Errorf("the carrier was asked %d times", n)
	}
}
