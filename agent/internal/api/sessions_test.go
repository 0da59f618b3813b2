package api

import (
	"context"
	"testing"
	"time"

	"miandan/agent/internal/notice"
)

// pins is a Doorkeeper with one PIN for both roles.
type pins string

func (pins) Pins(context.Context) ([]Role, error) { return []Role{Lead, Admin}, nil }
func (p pins) Match(_ context.Context, _ Role, pin, _ string) (bool, error) {
	return pin == string(p), nil
}
func (pins) Locked(context.Context, Role, string) error { return nil }

// clocked are sessions whose time the test sets.
func clocked() (*sessions, *time.Time) {
	at := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	a := newSessions(NewToken(), pins("482913"))
	a.url, a.now = "http://127.0.0.1:1", func() time.Time { return at }
	return a, &at
}

func TestRoleEndsTenMinutesAfterTheLastAct(t *testing.T) {
	a, at := clocked()
	who := caller{channel: page, session: a.begin()}
	other := a.begin()
	if err := a.unlock(t.Context(), who, Lead, "482913", "page"); err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		after time.Duration
		act   bool
		want  Role
	}{{0, false, Lead}, {9 * time.Minute, true, Lead}, {9 * time.Minute, false, Lead}, {2 * time.Minute, true, Packer}, {0, false, Packer}}
	for i, s := range steps {
		*at = at.Add(s.after)
		if s.act {
			a.acted(who.session)
		}
		if got, _ := a.role(t.Context(), who.session); got != s.want {
			t.Errorf("step %d: %s, want %s", i, got, s.want)
		}
		if got, _ := a.role(t.Context(), other); got != Packer {
			t.Errorf("step %d: another page is %s, want packer", i, got)
		}
	}
}

func TestWhoGuessesWaits(t *testing.T) {
	a, at := clocked()
	try := func(pin string) notice.Code {
		who := caller{channel: page, session: a.begin()} // a new page does not help
		if err := a.unlock(t.Context(), who, Admin, pin, "page"); err != nil {
			return notice.CodeOf(err)
		}
		return ""
	}
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		for i := range pinTries {
			if got := try("000001"); got != pinWrong {
				t.Fatalf("try %d: %q, want pin-wrong", i, got)
			}
		}
		if got := try("482913"); got != pinWait {
			t.Errorf("the right PIN after five wrong ones: %q, want pin-wait", got)
		}
		*at = at.Add(wait - time.Second)
		if got := try("482913"); got != pinWait {
			t.Errorf("a second before %v: %q, want pin-wait", wait, got)
		}
		*at = at.Add(time.Second)
	}
	if got := try("482913"); got != "" {
		t.Errorf("after the wait: %q", got)
	}
	for range 100 {
		if try("000001"); a.wait(Admin) > 0 {
			*at = at.Add(a.wait(Admin))
		}
	}
	for range pinTries {
		try("000001")
	}
	if w := a.wait(Admin); w != longWait {
		t.Errorf("after a hundred wrong PINs one waits %v, want %v", w, longWait)
	}
}

func TestLinkOpensOnceWithinHalfAMinute(t *testing.T) {
	a, at := clocked()
	first, second := a.link(), a.link()
	if first.Code == second.Code || len(first.Code) != 14 || first.URL != "http://127.0.0.1:1/enter#"+first.Code {
		t.Errorf("links %+v and %+v", first, second)
	}
	if a.enter("") || a.enter("AAAA-AAAA-AAAA") {
		t.Error("a code that nobody gave opens")
	}
	typed := " " + first.Code[:4] + " " + string(first.Code[5]|0x20) + first.Code[6:]
	if !a.enter(typed) || a.enter(first.Code) {
		t.Error("a code opens once, however it is typed")
	}
	*at = at.Add(linkLives)
	if a.enter(second.Code) {
		t.Error("a code opens after half a minute")
	}
	for range 1000 {
		a.link()
	}
	if n := len(a.links); n > mostLinks {
		t.Errorf("%d codes are kept, want at most %d", n, mostLinks)
	}
}

func TestSessionIsOfThisRunAndThisPort(t *testing.T) {
	a, _ := clocked()
	session := a.begin()
	if a.token(session) == a.token(a.begin()) || a.token(session) == a.derive("cookie", session) {
		t.Error("two things derive to the same")
	}
	b, _ := clocked()
	if a.token(session) == b.token(session) {
		t.Error("another run derives the same token")
	}
}
