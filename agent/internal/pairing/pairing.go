// Package pairing keeps which web pages may have labels printed here.
//
// A browser tells every page's origin and no page can lie about it, but any
// program on the computer can. So an origin alone opens nothing: a person at the
// station is asked once, and the page is given a token that only it has. Kept is a
// hash of it. A person is asked one question at a time, and a page that was refused
// three times is not heard for an hour, since a page that may ask as often as it
// likes gets its yes by tiring people out.
//
// The computer's administrator may answer beforehand in a policy file.
package pairing

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"slices"
	"sync"
	"time"
)

// Times of a pairing.
const (
	Patience  = 60 * time.Second    // how long a page waits for a person
	Lives     = 90 * 24 * time.Hour // after it was last used
	onceLives = 12 * time.Hour
	grantTime = time.Minute // within which a page that was let in takes its token
	deaf      = time.Hour   // after three refusals
	refusals  = 3
	perOrigin = 8  // tokens: browsers and profiles
	inLine    = 16 // pages that wait at once
)

// What an origin is told.
var (
	ErrBlocked = errors.New("the page is blocked")
	ErrRefused = errors.New("the page was refused, or nobody has answered")
	ErrUnknown = errors.New("the page is not paired")
)

// Answer is what a person says to a page's question.
type Answer string

// Once holds until the agent ends, at most for half a day; No for now.
const (
	Once   Answer = "once"
	Always Answer = "always"
	Block  Answer = "block"
	No     Answer = "no"
)

// Caller is an origin that somebody has decided about.
type Caller struct {
	Origin  Origin
	Blocked bool
	Policy  bool      // by the administrator's policy
	Once    bool      // ends with the agent
	By      string    // who decided
	Since   time.Time // when
	Used    time.Time
}

// Question is a page that waits for a person.
type Question struct {
	Origin Origin
	Since  time.Time
	Until  time.Time
}

// Book is who may call this station.
type Book struct {
	path    string
	policy  Policy
	now     func() time.Time
	note    func(ctx context.Context, what, who string, o Origin) error
	changed func()

	mu      sync.Mutex
	entries map[Origin]*entry
	asked   *question
	waiting int
	refused map[Origin]*refusal
	grants  map[Origin]time.Time // one token may be taken until
}

type question struct {
	Question
	done chan struct{}
	err  error // once done
}

type refusal struct {
	n     int
	until time.Time
}

// Options are what a Book needs besides its file.
type Options struct {
	Policy Policy
	Now    func() time.Time
	// Note puts on record what was decided: audit.Paired, Unpaired or Blocked. What
	// cannot be recorded is not done.
	Note func(ctx context.Context, what, who string, o Origin) error
	// Changed is called when a question comes or goes.
	Changed func()
}

// Question returns what a person is asked now; ok is false if nothing.
func (b *Book) Question() (q Question, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.asked == nil {
		return Question{}, false
	}
	return b.asked.Question, true
}

// OnChange has f called when a question comes or goes.
func (b *Book) OnChange(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.changed = f
}

// Stand returns how an origin stands without asking anybody: nil, ErrBlocked or
// ErrUnknown.
func (b *Book) Stand(o Origin) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.stand(o)
}

func (b *Book) stand(o Origin) error {
	if allow, known := b.policy.rule(o); known {
		if allow {
			return nil
		}
		return ErrBlocked
	}
	e := b.alive(o)
	switch {
	case !b.policy.Ask: // also who was let in before that was laid down
		return ErrBlocked
	case e != nil && e.Blocked:
		return ErrBlocked
	case e != nil: // whoever else asks under its name: it goes on
		return nil
	case b.deaf(o):
		return ErrBlocked
	}
	return ErrUnknown
}

// deaf reports whether an origin has asked so often that nobody is asked about it.
func (b *Book) deaf(o Origin) bool {
	r := b.refused[o]
	return r != nil && r.n >= refusals && b.now().Before(r.until)
}

// alive returns an origin's entry unless it has lapsed.
func (b *Book) alive(o Origin) *entry {
	e := b.entries[o]
	if e == nil {
		return nil
	}
	if !e.Blocked && (b.now().Sub(e.Used) > Lives || e.Once && b.now().Sub(e.Since) > onceLives) {
		return nil
	}
	return e
}

// Admit waits until a person lets the origin in: nil, ErrRefused, ErrBlocked or the
// context's. A page that is let in already is asked about again only if again is
// true: it wants a token and another one holds the old.
func (b *Book) Admit(ctx context.Context, o Origin, again bool) error {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	for {
		b.mu.Lock()
		err := b.stand(o)
		_, policy := b.policy.rule(o)
		if err == nil && again && !policy && b.deaf(o) && !b.now().Before(b.grants[o]) {
			err = ErrBlocked // the asking, not the page
		}
		if err == nil && (!again || policy || b.now().Before(b.grants[o])) || errors.Is(err, ErrBlocked) {
			b.mu.Unlock()
			return err
		}
		if b.waiting >= inLine {
			b.mu.Unlock()
			return ErrRefused
		}
		q := b.asked
		ours := q == nil
		if ours {
			q = &question{Question: Question{o, b.now(), b.now().Add(Patience)}, done: make(chan struct{})}
			b.asked = q
		}
		b.waiting++
		b.mu.Unlock()
		if ours {
			b.tell()
		}
		select {
		case <-q.done:
		case <-ctx.Done():
		}
		b.mu.Lock()
		b.waiting--
		if ours && b.asked == q { // nobody has answered, or the page has gone
			b.asked = nil
			q.err = ErrRefused
			if errors.Is(ctx.Err(), context.DeadlineExceeded) {
				b.refuse(o)
			}
			close(q.done)
			b.mu.Unlock()
			b.tell()
			return ErrRefused
		}
		b.mu.Unlock()
		if ctx.Err() != nil {
			return ErrRefused
		}
		if q.Origin == o {
			return q.err
		}
	}
}

func (b *Book) refuse(o Origin) {
	r := b.refused[o]
	if r == nil || b.now().Sub(r.until) > 0 {
		if len(b.refused) > 1000 {
			clear(b.refused)
		}
		r = &refusal{}
		b.refused[o] = r
	}
	r.n++
	r.until = b.now().Add(deaf)
}

func (b *Book) tell() {
	b.mu.Lock()
	f := b.changed
	b.mu.Unlock()
	if f != nil {
		f()
	}
}

// Token gives a page that was just let in its token, once for each yes. A page that
// the policy lets in may take one whenever it asks.
func (b *Book) Token(o Origin) (string, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.stand(o); err != nil {
		return "", err
	}
	_, policy := b.policy.rule(o)
	if !policy && !b.now().Before(b.grants[o]) {
		return "", ErrUnknown
	}
	delete(b.grants, o)
	e := b.entries[o]
	if e == nil {
		e = &entry{Origin: o, By: "policy", Since: b.now()}
		b.entries[o] = e
	}
	raw := make([]byte, 32)
	rand.Read(raw) // never fails: it ends the program instead
	token := base64.RawURLEncoding.EncodeToString(raw)
	e.Used = b.now()
	e.Tokens = append(e.Tokens, hashOf(token))
	if n := len(e.Tokens); n > perOrigin {
		e.Tokens = e.Tokens[n-perOrigin:]
	}
	return token, b.save()
}

func hashOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// Knows reports whether a token is one of the origin's, and that it may still call.
func (b *Book) Knows(o Origin, token string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.entries[o]
	if b.stand(o) != nil || e == nil {
		return false
	}
	found := 0
	for _, h := range e.Tokens {
		found |= subtle.ConstantTimeCompare([]byte(h), []byte(hashOf(token)))
	}
	if found == 0 {
		return false
	}
	if b.now().Sub(e.Used) > time.Hour { // every request would be a write
		e.Used = b.now()
		_ = b.save() // the pairing ends some hours earlier, at worst
	}
	return true
}

// Callers lists whom somebody has decided about, the policy's first.
func (b *Book) Callers() []Caller {
	b.mu.Lock()
	defer b.mu.Unlock()
	var list []Caller
	for _, r := range b.policy.Origins {
		c := Caller{Origin: r.Origin, Blocked: !r.Allow, Policy: true, By: "policy"}
		if e := b.entries[r.Origin]; e != nil {
			c.Used = e.Used
		}
		list = append(list, c)
	}
	var own []Caller
	for o, e := range b.entries {
		if _, known := b.policy.rule(o); !known && b.alive(o) != nil {
			own = append(own, Caller{o, e.Blocked || !b.policy.Ask, !b.policy.Ask, e.Once, e.By, e.Since, e.Used})
		}
	}
	slices.SortFunc(own, func(a, c Caller) int { return -a.Since.Compare(c.Since) })
	return append(list, own...)
}
