package platform

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/templates/waybill"
)

type tellArgs struct {
	Message int64 `json:"message"`
}

func (tellArgs) Kind() string { return "tell" }

type giveBackArgs struct {
	Message int64 `json:"message"`
}

func (giveBackArgs) Kind() string { return "giveback" }

// message is something that must be told to the outside, however long it takes.
type message struct {
	id           int64
	what         string
	waybill      waybill.Number
	renewed      int
	late         bool // a number that a worker took which had been given up
	tries        int
	wait         time.Duration
	order        order.Key
	issuer       string
	carrier      waybill.Carrier
	inUse        []string // what the order travels under now
	nowRenewed   int
	sealed, wrap []byte
}

func (w *worker) message(ctx context.Context, id int64) (*message, error) {
	var m *message
	err := w.DB.Call(ctx, "message", `SELECT what, waybill, renewed, late, tries, wait, source, order_id, issuer, carrier, in_use, now_renewed, sealed, wrap FROM miandan.message($1)`,
		[]any{id}, func(r pgx.Rows) error {
			m = &message{id: id}
			return r.Scan(&m.what, &m.waybill, &m.renewed, &m.late, &m.tries, &m.wait, &m.order.Source, &m.order.ID, &m.issuer, &m.carrier,
				&m.inUse, &m.nowRenewed, &m.sealed, &m.wrap)
		})
	return m, err
}

// tell tells a platform what has left.
func (w *worker) tell(ctx context.Context, job *river.Job[tellArgs]) error {
	return w.deliver(ctx, job.Args.Message, func(ctx context.Context, m message) error {
		switch p := w.Station.Sources[m.order.Source].(type) {
		case platform.Shipper:
			return p.Shipped(ctx, m.order, m.carrier, m.waybill)
		case nil:
			return notice.New("source-unknown", nil, m.order.ID, m.order.Source)
		}
		return nil
	})
}

// giveBack gives a number back to its carrier.
func (w *worker) giveBack(ctx context.Context, job *river.Job[giveBackArgs]) error {
	return w.deliver(ctx, job.Args.Message, func(ctx context.Context, m message) error {
		switch i := w.Station.Issuers[m.issuer].(type) {
		case carrier.Returner:
			// Such a carrier takes back what is under the order's number: that would be the
			// number in use.
			if m.late && len(m.inUse) > 0 && m.renewed == m.nowRenewed {
				return notice.New("fleet-late-by-hand", nil, m.order.ID, string(m.waybill))
			}
			return i.Return(ctx, order.Order{Key: m.order, Renewed: m.renewed}, m.waybill)
		case carrier.Issuer:
			return i.Cancel(ctx, m.waybill)
		}
		return notice.New("carrier-unknown", nil, m.order.ID, m.issuer)
	})
}

// final are the answers after which asking again would bring the same.
var final = map[notice.Code]bool{"cancel-refused": true, "shipped-refused": true, "fleet-late-by-hand": true}

// deliver delivers a message once more if need be, and writes down what came of it.
func (w *worker) deliver(ctx context.Context, id int64, do func(context.Context, message) error) error {
	m, err := w.message(ctx, id)
	switch {
	case err != nil:
		return w.failed(ctx, err)
	case m == nil:
		return nil
	case m.wait > 0:
		return later(m.wait)
	}
	err = do(w.paced(ctx, nil), *m)
	if err == nil {
		w.log.Info("told", "what", m.what, "order", m.order.ID)
		return w.persist(ctx, func(ctx context.Context) error {
			return w.DB.Call(ctx, "told", `SELECT miandan.message_told($1)`, []any{id}, nil)
		})
	}
	if s, ok := held(err); ok {
		return river.JobSnooze(s.snooze())
	}
	said := w.unnamed(*m, dispatch.Notice(err))
	wait := dispatch.Backoff(m.tries)
	notHere := said.Code == "source-unknown" || said.Code == "carrier-unknown"
	if notHere {
		wait = elsewhere(m.tries)
	}
	if !notHere || m.tries >= elsewhereTries {
		w.Station.Say(said)
		w.log.Warn("not told", "what", m.what, "order", m.order.ID, "error", said)
	}
	if final[said.Code] {
		args, err := argsOf(dispatch.ProblemOf(said, m.order.ID))
		if err != nil {
			return err
		}
		return w.persist(ctx, func(ctx context.Context) error {
			return w.DB.Call(ctx, "refused", `SELECT miandan.message_refused($1, $2, $3)`, []any{id, string(said.Code), args}, nil)
		})
	}
	err = w.persist(ctx, func(ctx context.Context) error {
		return w.DB.Call(ctx, "not told", `SELECT miandan.message_later($1, $2, $3)`, []any{id, string(said.Code), wait}, nil)
	})
	if err != nil {
		return w.failed(ctx, err)
	}
	return later(wait)
}

// unnamed takes the receiver out of the words with which a carrier answered: only
// the order knows whom they may not name.
func (w *worker) unnamed(m message, said *notice.Error) *notice.Error {
	if m.sealed == nil || m.wrap == nil {
		return said
	}
	o, _, err := w.openOrder(m.sealed, m.wrap, m.order)
	if err != nil {
		return said
	}
	return dispatch.Unnamed(said, o.Receiver, string(m.waybill), m.order.ID)
}
