package jdsim

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// hangUp sends a call and goes away as soon as it has arrived.
func hangUp(t *testing.T, g *Gateway, f url.Values) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("the call did not arrive: %v", err)
		}
		r.Body = io.NopCloser(bytes.NewReader(b))
		cancel()
		g.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	r, err := http.NewRequestWithContext(ctx, "POST", s.URL+Path, strings.NewReader(f.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if resp, err := s.Client().Do(r); err == nil {
		resp.Body.Close()
		t.Fatal("the gateway did not wait")
	}
}

func TestJournalGoesOn(t *testing.T) {
	dir := t.TempDir()
	g := open(t, Config{JournalDir: dir})
	g.AddOrder(Order{ID: "1", Paid: noon}, Order{ID: "2", Paid: noon})
	first := numbersOf(t, ask(t, g, receive, object{"content": content("1")}))[0]
	second := numbersOf(t, ask(t, g, receive, object{"content": content("2")}))[0]
	ask(t, g, unbind, object{"waybillCode": second, "providerCode": "YTO"})
	ask(t, g, shipCall, object{"orderId": "1", "logiCoprId": "463", "logiNo": first})
	before := g.Journal()
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if got := gatewayCode(t, signed(t, g, receive, object{"content": content("3")})); got != "43" {
		t.Errorf("a closed journal: code %q, want 43", got)
	}

	// A crash has cut the last line short.
	name := filepath.Join(dir, journalFile)
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, append(b, `{"seq":5,"event":"num`...), 0o600); err != nil {
		t.Fatal(err)
	}
	read, err := ReadJournal(dir)
	if err != nil || len(read) != 4 {
		t.Fatalf("ReadJournal = %d entries, %v; want 4", len(read), err)
	}

	g = open(t, Config{JournalDir: dir})
	g.AddOrder(Order{ID: "1", Paid: noon}, Order{ID: "2", Paid: noon})
	if o, _ := g.Order("1"); o.State != Shipped || o.Waybill != first {
		t.Errorf("order 1 is %s with %q after reopening", o.State, o.Waybill)
	}
	if got := g.Stock("YTO"); got != 986 {
		t.Errorf("stock %d after reopening, want 986", got)
	}
	if got := numbersOf(t, ask(t, g, receive, object{"content": content("1")}))[0]; got != first {
		t.Errorf("order 1 got %s, had %s", got, first)
	}
	if got := numbersOf(t, ask(t, g, receive, object{"content": content("2")}))[0]; got == first || got == second {
		t.Errorf("order 2 got %s, which had been given out", got)
	}
	if got := dig(t, ask(t, g, bigShot, object{"waybillCode": first, "providerCode": "YTO"}), "resultInfo.data.bigShotName"); got != "广州转运中心" {
		t.Errorf("routing after reopening: %v", got)
	}
	after := g.Journal()
	if len(after) != len(before)+2 || !slices.EqualFunc(after[:len(before)], before, func(a, b Entry) bool {
		same := a.At.Equal(b.At)
		a.At = b.At
		return same && a == b
	}) {
		t.Errorf("the journal changed:\n%+v\n%+v", before, after)
	}
	onDisk, err := ReadJournal(dir)
	if err != nil || len(onDisk) != len(after) || onDisk[5].Number != after[5].Number || onDisk[5].Seq != 6 {
		t.Errorf("on disk %+v, %v", onDisk, err)
	}
	if text, _ := os.ReadFile(name); strings.Contains(string(text), "张三") || strings.Contains(string(text), "13800001234") {
		t.Error("the journal names a person")
	}
}

// The entry is on disk when the reply is lost.
func TestJournalBeforeReply(t *testing.T) {
	dir := t.TempDir()
	g := open(t, Config{JournalDir: dir, Faults: []Fault{{Kind: Cut, Late: true}}})
	if _, err := serve(t, g)(receive, object{"content": content("1")}); err == nil {
		t.Fatal("the reply was not lost")
	}
	entries, err := ReadJournal(dir)
	if err != nil || len(entries) != 1 || entries[0].Event != Number || entries[0].Order != "1" || entries[0].Method != receive {
		t.Errorf("on disk %+v, %v", entries, err)
	}
}

func TestJournalDamaged(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, journalFile), []byte("{}\nnot JSON\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{JournalDir: dir}); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("New on a damaged journal: %v, want one that names line 2", err)
	}
	if entries, err := ReadJournal(t.TempDir()); err != nil || entries != nil {
		t.Errorf("ReadJournal of nothing = %v, %v", entries, err)
	}
}

// A longest order and longest places still make a line that reads back.
func TestJournalLongLine(t *testing.T) {
	dir := t.TempDir()
	g := open(t, Config{JournalDir: dir})
	c := content(strings.Repeat("<", longest))
	c = with(c, "toAddress.cityName", strings.Repeat("\u2028", 1<<14))
	if got := ask(t, g, receive, object{"content": c}); got["statusCode"] != 0.0 {
		t.Fatalf("%v", got)
	}
	if entries, err := ReadJournal(dir); err != nil || len(entries) != 1 {
		t.Errorf("%d entries, %v", len(entries), err)
	}
}
