package pairing_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

const (
	erp   = pairing.Origin("https://erp.example.com")
	other = pairing.Origin("http://127.0.0.1:8080")
)

// open returns a book whose records are kept, and the records.
func open(t *testing.T, dir string, p pairing.Policy) (*pairing.Book, func() string) {
	t.Helper()
	var mu sync.Mutex
	var log []string
	b, err := pairing.Open(dir, pairing.Options{Policy: p, Now: time.Now, Note: func(_ context.Context, what, who string, o pairing.Origin) error {
		mu.Lock()
		defer mu.Unlock()
		log = append(log, fmt.Sprintf("%s %s by %s", what, o, who))
		return nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	return b, func() string { mu.Lock(); defer mu.Unlock(); return strings.Join(log, "\n") }
}

func TestOriginHasOneWayOfWriting(t *testing.T) {
	for _, good := range []string{"https://erp.example.com", "http://erp.lan", "http://localhost:8080", "https://10.0.0.5:8443", "http://[::1]:3000", "https://xn--fiq228c.example"} {
		if _, ok := pairing.ParseOrigin(good); !ok {
			t.Errorf("%q is refused", good)
		}
	}
	for _, bad := range []string{
		"", "null", "*", "file://", "https://", "ftp://erp.example.com", "https://ERP.example.com", "HTTPS://erp.example.com", "https://erp.example.com/", "https://erp.example.com:443",
		"http://erp.example.com:80", "https://erp.example.com:0443", "https://erp.example.com:", "https://erp.example.com:99999", "https://user@erp.example.com", "https://erp.example.com?x",
		"https://erp.example.com#x", "https://erp.example.com.", "https://.example.com", "https://erp..example.com", "https://erp.example.com evil.example", "https://erp.example.com,https://evil.example",
		"https://例.example", "https://[::1", "https://[0:0:0:0:0:0:0:1]", "chrome-extension://abcdef", " https://erp.example.com", "https://erp.example.com\n", "https://erp.example.com%2e", "https://" + strings.Repeat("a", 300),
		"https:erp.example.com", "https:///erp.example.com", "//erp.example.com",
	} {
		if o, ok := pairing.ParseOrigin(bad); ok {
			t.Errorf("%q is taken as %q", bad, o)
		}
	}
}

func TestPageWaitsForAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, log := open(t, t.TempDir(), pairing.Policy{Ask: true})
		if _, err := b.Token(erp); !errors.Is(err, pairing.ErrUnknown) {
			t.Errorf("a token for nobody: %v", err)
		}
		for _, c := range []struct {
			answer pairing.Answer
			want   error
		}{{pairing.No, pairing.ErrRefused}, {pairing.Always, nil}} {
			done := make(chan error, 1)
			go func() { done <- b.Admit(t.Context(), erp, false) }()
			synctest.Wait()
			if q, ok := b.Question(); !ok || q.Origin != erp {
				t.Fatalf("asked: %v %v", q, ok)
			}
			if err := b.Decide(t.Context(), erp, c.answer, "page"); err != nil {
				t.Fatal(err)
			}
			if err := <-done; !errors.Is(err, c.want) {
				t.Errorf("after %s: %v, want %v", c.answer, err, c.want)
			}
		}
		token, err := b.Token(erp)
		if err != nil || len(token) != 43 {
			t.Fatalf("token %q, %v", token, err)
		}
		if _, err := b.Token(erp); !errors.Is(err, pairing.ErrUnknown) {
			t.Errorf("a second token for one yes: %v", err)
		}
		if !b.Knows(erp, token) || b.Knows(other, token) || b.Knows(erp, token+"A") || b.Knows(erp, "") {
			t.Error("the token is the origin's and nobody else's")
		}
		// Whoever has lost its token is asked about again, though it is paired.
		done := make(chan error, 1)
		go func() { done <- b.Admit(t.Context(), erp, true) }()
		synctest.Wait()
		if _, ok := b.Question(); !ok {
			t.Error("nobody is asked about a second token")
		}
		if err := b.Decide(t.Context(), erp, pairing.Once, "local:演示"); err != nil || <-done != nil {
			t.Error("the second yes is not taken")
		}
		if want := "paired https://erp.example.com by page\npaired https://erp.example.com by local:演示"; log() != want {
			t.Errorf("on record: %s, want %s", log(), want)
		}
	})
}

func TestNobodyAnswersThreeTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := open(t, t.TempDir(), pairing.Policy{Ask: true})
		for range 3 {
			began := time.Now()
			if err := b.Admit(t.Context(), erp, false); !errors.Is(err, pairing.ErrRefused) || time.Since(began) != pairing.Patience {
				t.Fatalf("%v after %v, want refused after a minute", err, time.Since(began))
			}
		}
		began := time.Now()
		if err := b.Admit(t.Context(), erp, false); !errors.Is(err, pairing.ErrBlocked) || time.Since(began) != 0 {
			t.Errorf("the fourth time: %v after %v, want blocked at once", err, time.Since(began))
		}
		time.Sleep(time.Hour)
		done := make(chan error, 1)
		go func() { done <- b.Admit(t.Context(), erp, false) }()
		synctest.Wait()
		if _, ok := b.Question(); !ok {
			t.Error("nobody is asked after an hour")
		}
		b.Decide(t.Context(), erp, pairing.Block, "page")
		if err := <-done; !errors.Is(err, pairing.ErrBlocked) {
			t.Error(err)
		}
		time.Sleep(1000 * time.Hour)
		if err := b.Stand(erp); !errors.Is(err, pairing.ErrBlocked) {
			t.Errorf("blocked for good: %v", err)
		}
	})
}

func TestOneQuestionAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := open(t, t.TempDir(), pairing.Policy{Ask: true})
		gone, leave := context.WithCancel(t.Context())
		first, second, third := make(chan error, 1), make(chan error, 1), make(chan error, 1)
		go func() { first <- b.Admit(gone, erp, false) }()
		synctest.Wait()
		go func() { second <- b.Admit(t.Context(), other, false) }()
		go func() { third <- b.Admit(t.Context(), other, false) }()
		synctest.Wait()
		if q, _ := b.Question(); q.Origin != erp {
			t.Errorf("asked about %s, want the first", q.Origin)
		}
		leave() // its page was closed
		if err := <-first; !errors.Is(err, pairing.ErrRefused) {
			t.Error(err)
		}
		synctest.Wait()
		if q, _ := b.Question(); q.Origin != other {
			t.Errorf("asked about %s, want the second", q.Origin)
		}
		b.Decide(t.Context(), other, pairing.Once, "page")
		if err1, err2 := <-second, <-third; err1 != nil || err2 != nil {
			t.Error(err1, err2)
		}
		full := make(chan error, 100)
		for i := range 100 {
			go func() { full <- b.Admit(t.Context(), pairing.Origin(fmt.Sprintf("https://p%d.example", i)), false) }()
		}
		synctest.Wait()
		if n := len(full); n < 80 {
			t.Errorf("%d of 100 pages are turned away at once, want all but the few in line", n)
		}
	})
}

func TestPairingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		b, log := open(t, dir, pairing.Policy{Ask: true})
		pair := func(b *pairing.Book, o pairing.Origin, a pairing.Answer) string {
			if err := b.Decide(t.Context(), o, a, "local"); err != nil {
				t.Fatal(err)
			}
			token, err := b.Token(o)
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		always, once := pair(b, erp, pairing.Always), pair(b, other, pairing.Once)
		file, err := os.ReadFile(filepath.Join(dir, pairing.FileName))
		if err != nil || strings.Contains(string(file), always) || strings.Contains(string(file), string(other)) {
			t.Errorf("kept: %s, %v", file, err)
		}
		again, _ := open(t, dir, pairing.Policy{Ask: true})
		if !again.Knows(erp, always) || again.Knows(other, once) {
			t.Error("what holds for always holds after a restart, and what holds once does not")
		}
		time.Sleep(13 * time.Hour)
		if b.Knows(other, once) || !b.Knows(erp, always) {
			t.Error("once is at most half a day")
		}
		for range 3 { // used every two months it does not end
			time.Sleep(60 * 24 * time.Hour)
			if !b.Knows(erp, always) {
				t.Fatal("it ends although it is used")
			}
		}
		time.Sleep(91 * 24 * time.Hour)
		if b.Knows(erp, always) || !errors.Is(b.Stand(erp), pairing.ErrUnknown) {
			t.Error("it does not end after 90 days")
		}
		token := pair(b, erp, pairing.Always)
		if err := b.Revoke(t.Context(), erp, "local"); err != nil || b.Knows(erp, token) {
			t.Error("a revoked token opens", err)
		}
		if err := b.Revoke(t.Context(), "https://nobody.example", "local"); !errors.Is(err, pairing.ErrUnknown) {
			t.Error(err)
		}
		if !strings.HasSuffix(log(), "unpaired https://erp.example.com by local") {
			t.Errorf("on record: %s", log())
		}
	})
}

func TestPolicyDecides(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.toml")
	write := func(text string, mode os.FileMode) (pairing.Policy, error) {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return pairing.ReadPolicy(path)
	}
	p, err := write("ask = false\n[[origin]]\norigin = \"https://erp.example.com\"\nallow = true\n[[origin]]\norigin = \"http://127.0.0.1:8080\"\nallow = false\n", 0o644)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := open(t, t.TempDir(), p)
	if err := b.Admit(t.Context(), erp, true); err != nil {
		t.Error(err)
	}
	token, err := b.Token(erp)
	if err != nil || !b.Knows(erp, token) {
		t.Error("whom the policy lets in gets a token", err)
	}
	if err := b.Admit(t.Context(), other, false); !errors.Is(err, pairing.ErrBlocked) {
		t.Error(err)
	}
	if err := b.Admit(t.Context(), "https://nobody.example", false); !errors.Is(err, pairing.ErrBlocked) {
		t.Error("a page that nobody may be asked about:", err)
	}
	for _, o := range []pairing.Origin{erp, other} {
		if b.Decide(t.Context(), o, pairing.Always, "page") != pairing.ErrPolicy || b.Revoke(t.Context(), o, "page") != pairing.ErrPolicy {
			t.Errorf("a person overrules the policy about %s", o)
		}
	}
	if list := b.Callers(); len(list) != 2 || !slices.ContainsFunc(list, func(c pairing.Caller) bool { return c.Blocked && c.Policy }) {
		t.Errorf("callers: %+v", list)
	}

	for text, want := range map[string]notice.Code{
		"ask = maybe": "policy-broken", "[[origin]]\norigin = \"https://*.example.com\"\nallow = true": "policy-origin", "[[orign]]": "policy-broken",
	} {
		p, err := write(text, 0o644)
		if notice.CodeOf(err) != want || p.Ask || len(p.Origins) > 0 && want == "policy-broken" {
			t.Errorf("%q: %+v, %v, want %s and nobody let in", text, p, err, want)
		}
	}
	if _, err := write("", 0o666); notice.CodeOf(err) != "policy-open" && runtime.GOOS != "windows" { // where modes say nothing
		t.Errorf("a policy that everybody may write: %v", err)
	}
	if p, err := pairing.ReadPolicy(filepath.Join(t.TempDir(), "none.toml")); err != nil || !p.Ask {
		t.Errorf("no policy: %+v, %v", p, err)
	}
}

// TestPageGoesOnWhileAnotherAsksInItsName has somebody ask for a token again and again
// under the name of a page that prints here. That asking is not heard any more; the
// page goes on.
func TestPageGoesOnWhileAnotherAsksInItsName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := open(t, t.TempDir(), pairing.Policy{Ask: true})
		if err := b.Decide(t.Context(), erp, pairing.Always, "local"); err != nil {
			t.Fatal(err)
		}
		token, err := b.Token(erp)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := b.Admit(t.Context(), erp, true); !errors.Is(err, pairing.ErrRefused) {
				t.Fatal(err)
			}
		}
		began := time.Now()
		if err := b.Admit(t.Context(), erp, true); !errors.Is(err, pairing.ErrBlocked) || time.Since(began) != 0 {
			t.Errorf("the fourth time: %v after %v, want blocked at once", err, time.Since(began))
		}
		if !b.Knows(erp, token) || b.Admit(t.Context(), erp, false) != nil {
			t.Error("the page that was let in is out")
		}
		if err := b.Decide(t.Context(), erp, pairing.Always, "local"); err != nil || b.Admit(t.Context(), erp, true) != nil {
			t.Error("a person's yes does not count", err)
		}
	})
}

// TestNobodyIsAsked lays down that nobody is asked: who was let in before is out too,
// and nobody at the station lets anybody in. So it is where the policy is broken.
func TestNobodyIsAsked(t *testing.T) {
	dir := t.TempDir()
	b, _ := open(t, dir, pairing.Policy{Ask: true})
	if err := b.Decide(t.Context(), erp, pairing.Always, "local"); err != nil {
		t.Fatal(err)
	}
	token, err := b.Token(erp)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "policy.toml")
	if err := os.WriteFile(broken, []byte("ask = maybe"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := pairing.ReadPolicy(broken)
	if err == nil {
		t.Fatal("a broken policy is read")
	}
	for _, p := range []pairing.Policy{{Ask: false}, p} {
		b, _ := open(t, dir, p)
		if b.Knows(erp, token) || !errors.Is(b.Stand(erp), pairing.ErrBlocked) {
			t.Error("who was let in before still prints")
		}
		if list := b.Callers(); len(list) != 1 || !list[0].Blocked || !list[0].Policy {
			t.Errorf("it is shown as %+v", list)
		}
		if err := b.Decide(t.Context(), other, pairing.Always, "local"); !errors.Is(err, pairing.ErrPolicy) {
			t.Errorf("a person lets somebody in: %v", err)
		}
	}
	if b, _ := open(t, dir, pairing.Policy{Ask: true}); !b.Knows(erp, token) {
		t.Error("what people had decided is forgotten")
	}
}

// So many pages wait that no more may, and the first is answered: who comes in just then
// is turned away, and nobody is asked about it for ever.
func TestNobodyIsAskedForAPageThatWasTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _ := open(t, t.TempDir(), pairing.Policy{Ask: true})
		for i := range 16 {
			go func() { _ = b.Admit(t.Context(), pairing.Origin(fmt.Sprintf("https://erp%d.example.com", i)), false) }()
		}
		synctest.Wait()
		q, _ := b.Question()
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // those who wait do not go on before the next comes
		if err := b.Decide(t.Context(), q.Origin, pairing.Block, "page"); err != nil {
			t.Fatal(err)
		}
		late, cancel := context.WithCancel(t.Context())
		cancel()
		_ = b.Admit(late, other, false)
		time.Sleep(17 * pairing.Patience)
		if q, ok := b.Question(); ok {
			t.Errorf("people are asked about %s, and nobody waits", q.Origin)
		}
	})
}
