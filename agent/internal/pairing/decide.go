package pairing

import (
	"context"
	"errors"

	"miandan/agent/internal/audit"
)

// ErrPolicy reports that the administrator's policy has decided.
var ErrPolicy = errors.New("the policy decides about this page")

// Decide takes a person's answer to a page's question, or about a page beforehand.
func (b *Book) Decide(ctx context.Context, o Origin, a Answer, who string) error {
	if _, known := b.policy.rule(o); known || !b.policy.Ask {
		return ErrPolicy
	}
	if what := map[Answer]string{Once: audit.Paired, Always: audit.Paired, Block: audit.Blocked}[a]; what != "" {
		if err := b.note(ctx, what, who, o); err != nil {
			return err
		}
	}
	b.mu.Lock()
	answered := error(nil)
	switch a {
	case Once, Always:
		delete(b.refused, o)
		b.grants[o] = b.now().Add(grantTime)
		e := b.alive(o)
		if e == nil || e.Blocked {
			e = &entry{Origin: o, Once: a == Once}
			b.entries[o] = e
		}
		e.Once = e.Once && a == Once // one answer for always is not taken back by one for now
		e.By, e.Since, e.Used = who, b.now(), b.now()
	case Block:
		answered = ErrBlocked
		b.entries[o] = &entry{Origin: o, Blocked: true, By: who, Since: b.now(), Used: b.now()}
		delete(b.grants, o)
	default:
		answered = ErrRefused
		b.refuse(o)
	}
	err := b.save()
	if b.asked != nil && b.asked.Origin == o {
		b.asked.err = answered
		close(b.asked.done)
		b.asked = nil
	}
	b.mu.Unlock()
	b.tell()
	return err
}

// Allowed puts on record that a person lets an origin print another lot.
func (b *Book) Allowed(ctx context.Context, o Origin, who string) error {
	return b.note(ctx, audit.CallerAllowed, who, o)
}

// Revoke forgets what was decided about an origin: its tokens open nothing any
// more, and a person is asked when it comes again.
func (b *Book) Revoke(ctx context.Context, o Origin, who string) error {
	if _, known := b.policy.rule(o); known {
		return ErrPolicy
	}
	b.mu.Lock()
	_, ok := b.entries[o]
	b.mu.Unlock()
	if !ok {
		return ErrUnknown
	}
	if err := b.note(ctx, audit.Unpaired, who, o); err != nil {
		return err
	}
	b.mu.Lock()
	delete(b.entries, o)
	delete(b.grants, o)
	delete(b.refused, o)
	err := b.save()
	b.mu.Unlock()
	b.tell()
	return err
}
