package api

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestStreamBeatsAndMergesChanges(t *testing.T) {
	c, source := newChanges(), make(chan struct{})
	go c.follow(t.Context(), source)
	srv := httptest.NewServer(stream{changes: c, places: make(chan struct{}, 1), beat: 30 * time.Millisecond})
	defer srv.Close()
	defer close(c.done)
	resp, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func() string {
		for lines.Scan() {
			if e, ok := strings.CutPrefix(lines.Text(), "event: "); ok && lines.Scan() {
				return e + " " + lines.Text()
			}
		}
		return "end"
	}
	if got, want := next(), "changed id: 1"; got != want {
		t.Fatalf("first %q, want %q", got, want)
	}
	if got, want := next(), "alive id: 1"; got != want {
		t.Fatalf("then %q, want %q", got, want)
	}
	began := time.Now()
	for range 50 {
		source <- struct{}{}
	}
	changed := 0
	for e := ""; e != "changed id: 51"; {
		if e = next(); e == "end" {
			t.Fatal("the stream ends before the last change")
		}
		if strings.HasPrefix(e, "changed") {
			changed++
		}
	}
	if most := 2 + int(time.Since(began)/calm); changed > most { // the first comes at once
		t.Errorf("%d messages for 50 changes, want at most %d", changed, most)
	}
}
