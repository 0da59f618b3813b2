package jd

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/privacy"
	"miandan/templates/waybill"
)

// Opening a receiver costs of a quota, and each reading sees the orders of the
// last minutes again. So what was opened is known again for an hour, as long as
// JD says the same of the order; what cannot be opened is not asked for again
// for a while.
const (
	knownFor   = time.Hour
	refusedFor = 10 * time.Minute
	knownMost  = 4096
)

// How long nothing is opened after JD has said that it is enough for now.
const (
	shortestRest = time.Minute
	longestRest  = time.Hour
)

// mark tells what JD says of an order's receiver, without holding it.
type mark [sha256.Size]byte

func markOf(id string, c *consignee, texts ...string) mark {
	texts = append(texts, id, string(c.OAID), string(c.Index), string(c.PhoneIndex))
	return sha256.Sum256([]byte(strings.Join(texts, "\x00")))
}

func (m mark) String() string { return hex.EncodeToString(m[:]) }

// opener remembers what was opened. It is in memory only.
type opener struct {
	mu        sync.Mutex
	known     map[mark]receiver
	restUntil time.Time
	rest      time.Duration
	noDecrypt time.Time // when the app was found to lack the right to it
}

type receiver struct {
	party waybill.Party // empty: it was refused
	kind  waybill.PhoneKind
	until time.Time
	at    time.Time
}

// recall puts what is known of an order into it. asked is false if JD is to be
// asked.
func (k *opener) recall(o *order.Order, m mark, now time.Time) (asked bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	r, ok := k.known[m]
	age := now.Sub(r.at).Abs()
	switch {
	case !ok || age >= knownFor || r.kind == "" && age >= refusedFor:
		return false
	case r.kind == "":
		return true
	case !r.until.IsZero() && !now.Before(r.until):
		return false
	}
	o.Receiver, o.PhoneKind, o.VirtualUntil, o.ReceiverMark = r.party, r.kind, r.until, m.String()
	return true
}

// kept puts what is kept here of an order into it, if that was opened from what
// JD says of it now.
func (s *Source) kept(ctx context.Context, r *reading, now time.Time) bool {
	if s.Kept == nil {
		return false
	}
	k, err := s.Kept(ctx, r.Key)
	if err != nil || k.ReceiverMark != r.mark.String() {
		return false // JD knows in any case
	}
	if k.PhoneKind == waybill.PhoneVirtual && (k.VirtualUntil.IsZero() || !now.Before(k.VirtualUntil)) {
		return false
	}
	s.opener.keep(r.mark, receiver{k.Receiver, k.PhoneKind, k.VirtualUntil, now})
	r.Receiver, r.PhoneKind, r.VirtualUntil, r.ReceiverMark = k.Receiver, k.PhoneKind, k.VirtualUntil, k.ReceiverMark
	return true
}

func (k *opener) keep(m mark, r receiver) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.known) >= knownMost {
		for m, old := range k.known {
			if r.at.Sub(old.at).Abs() >= knownFor/2 {
				delete(k.known, m)
			}
		}
		if len(k.known) >= knownMost {
			clear(k.known)
		}
	}
	if k.known == nil {
		k.known = map[mark]receiver{}
	}
	k.known[m] = r
}

func (k *opener) resting(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	left := k.restUntil.Sub(now)
	return left > 0 && left <= longestRest // a clock may be set back
}

// rested begins or ends a rest.
func (k *opener) rested(now time.Time, enough bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !enough {
		k.rest, k.restUntil = 0, time.Time{}
		return
	}
	k.rest = min(max(2*k.rest, shortestRest), longestRest)
	k.restUntil = now.Add(k.rest)
}

// reading is an order on its way out of the source.
type reading struct {
	order.Order
	mark     mark
	regular  bool // it bears the mark of a regular purchase
	keyless  bool // a field is sealed by a key that JD has not given
	unlisted bool // no search has listed it, only the plan it is a delivery of
}

// closed reports whether a receiver is to be opened: it would ship but for
// that, and JD has given what stands for it.
func (s *Source) closed(o *order.Order) bool {
	return !s.OAID.Off && o.Consignee != "" && o.State == order.ToShip && !o.IsParent &&
		(o.PhoneKind == waybill.PhoneMasked || o.PhoneKind == waybill.PhoneSealed)
}

// open opens the receivers of orders that are closed, in place. It returns
// those that stay closed for now, and why; what JD refuses for good stays as it
// is and is no error.
func (s *Source) open(ctx context.Context, list []*reading) (waiting []*reading, err error) {
	now := s.Now()
	var ask []*reading
	for _, r := range list {
		if s.closed(&r.Order) && !s.opener.recall(&r.Order, r.mark, now) && !s.kept(ctx, r, now) {
			ask = append(ask, r)
		}
	}
	if len(ask) == 0 {
		return nil, nil
	}
	if s.opener.resting(now) {
		return ask, notice.New(noticeQuota, errors.New("JD has said that it is enough for now"), len(ask))
	}
	slices.SortStableFunc(ask, func(a, b *reading) int {
		return cmp.Compare(s.OAID.orderType(&a.Order), s.OAID.orderType(&b.Order))
	})
	for len(ask) > 0 {
		n := 1
		for n < len(ask) && n < s.batch() && s.OAID.orderType(&ask[n].Order) == s.OAID.orderType(&ask[0].Order) {
			n++
		}
		if err := s.openBatch(ctx, ask[:n]); err != nil {
			s.opener.rested(now, true)
			var r *refusal
			if errors.As(err, &r) || notice.CodeOf(err) == jos.NoticeQuota {
				err = notice.New(noticeQuota, err, len(ask))
			}
			// What was opened of a batch that failed half way is open.
			return slices.DeleteFunc(ask, func(r *reading) bool { return !s.closed(&r.Order) }), err
		}
		ask = ask[n:]
	}
	s.opener.rested(now, false)
	return nil, nil
}

func (s *Source) batch() int {
	if s.OAID.Batch <= 0 {
		return DefaultBatch
	}
	return s.OAID.Batch
}

// openBatch opens the receivers of orders of one type. JD refuses a whole batch
// for one order in it, so a batch that is refused is asked for in halves. The
// error is about JD or the way to it; trying again later may help.
func (s *Source) openBatch(ctx context.Context, batch []*reading) error {
	found, err := s.ask(ctx, batch, s.OAID.Scene)
	var r *refusal
	switch {
	case errors.As(err, &r) && !r.passes() && len(batch) > 1:
		if err := s.openBatch(ctx, batch[:len(batch)/2]); err != nil {
			return err
		}
		return s.openBatch(ctx, batch[len(batch)/2:])
	case errors.As(err, &r) && !r.passes():
		s.refuse(batch[0], closedNotice(&batch[0].Order, err))
		return nil
	case lacksRight(err):
		s.refuse(batch[0], err)
		for _, o := range batch[1:] {
			s.opener.keep(o.mark, receiver{at: s.Now()})
		}
		return nil
	case err != nil:
		return err
	}
	now := s.Now()
	for _, o := range batch {
		answer, ok := found[o.ID]
		why := errors.New("JD does not speak of it")
		if ok {
			why = answer.into(&o.Order, now)
		}
		if why != nil {
			s.refuse(o, closedNotice(&o.Order, why))
			continue
		}
		o.ReceiverMark = o.mark.String()
		s.opener.keep(o.mark, receiver{o.Receiver, o.PhoneKind, o.VirtualUntil, now})
	}
	return nil
}

// refuse leaves an order closed and says so.
func (s *Source) refuse(o *reading, why error) {
	s.opener.keep(o.mark, receiver{at: s.Now()})
	s.tell(why)
}

// lacksRight reports whether the app may not use a call, or JD does not know it.
func lacksRight(err error) bool {
	c := notice.CodeOf(err)
	return c == jos.NoticePermission || c == jos.NoticeMethod
}

// ask asks for receivers by the call that the app has a right to. Numbers that
// come without their extension are asked for again, a little later.
func (s *Source) ask(ctx context.Context, batch []*reading, scene string) (map[string]opened, error) {
	orders := make([]*order.Order, len(batch))
	for i, r := range batch {
		orders[i] = &r.Order
	}
	found := map[string]opened{}
	for try := 1; ; try++ {
		answers, err := s.askOnce(ctx, orders, scene)
		if err != nil {
			return nil, err
		}
		var bare []*order.Order
		for _, o := range orders {
			a, ok := answers[o.ID]
			if !ok || a.stranger(o) {
				continue // nothing, or somebody else's
			}
			found[o.ID] = a
			scratch := *o
			if errors.Is(a.into(&scratch, time.Time{}), errNoExtension) {
				bare = append(bare, o)
			}
		}
		if len(bare) == 0 || try == bindTries {
			return found, nil
		}
		orders = bare
		select {
		case <-time.After(cmp.Or(s.OAID.BindWait, DefaultBindWait)):
		case <-ctx.Done():
			return nil, notice.New(jos.NoticeUnreachable, ctx.Err())
		}
	}
}

func (s *Source) askOnce(ctx context.Context, orders []*order.Order, scene string) (map[string]opened, error) {
	if s.OAID.By != ByMobileList && !s.opener.without(s.Now()) {
		found, err := s.decrypt(ctx, orders, scene)
		if s.OAID.By == ByDecrypt || !lacksRight(err) {
			return found, err
		}
		s.opener.lack(s.Now())
		s.tell(err)
	}
	return s.mobileList(ctx, orders)
}

// without reports whether the app lacked the right to decrypt lately.
func (k *opener) without(now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return now.Sub(k.noDecrypt).Abs() < longestRest
}

func (k *opener) lack(now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.noDecrypt = now
}

func (s *Source) tell(err error) {
	if s.Trouble != nil {
		s.Trouble(err)
	}
}

// Reveal implements platform.Revealer. It asks JD anew, since a click may be
// about a number that has lapsed.
func (s *Source) Reveal(ctx context.Context, o order.Order) (order.Order, error) {
	rule, refused := privacy.SituationOf(o).Fetch(s.Now())
	switch {
	case refused != "":
		return o, notice.New(refused, nil, o.ID)
	case o.Consignee == "":
		return o, notice.New(privacy.NoticeNotVirtual, errors.New("JD has given nothing that stands for the receiver"), o.ID)
	}
	found, err := s.ask(ctx, []*reading{{Order: o}}, cmp.Or(s.OAID.ClickScene, s.OAID.Scene))
	var r *refusal
	switch {
	case errors.As(err, &r) && r.passes():
		return o, notice.New(noticeQuota, err, 1)
	case errors.As(err, &r):
		return o, closedNotice(&o, err)
	case err != nil:
		return o, err
	}
	answer, ok := found[o.ID]
	if !ok {
		return o, closedNotice(&o, errors.New("JD does not speak of it"))
	}
	if err := answer.into(&o, s.Now()); err != nil {
		return o, closedNotice(&o, err)
	}
	if o.PhoneKind == waybill.PhoneVirtual && !rule.IsZero() && (o.VirtualUntil.IsZero() || rule.Before(o.VirtualUntil)) {
		o.VirtualUntil = rule
	}
	return o, nil
}
