package platform

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/notice"
)

// unended are the states in which a job keeps another one like it from being made.
var unended = []rivertype.JobState{
	rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRetryable, rivertype.JobStateRunning, rivertype.JobStateScheduled,
}

type reclaimArgs struct{}

func (reclaimArgs) Kind() string { return "reclaim" }

// tidyAtOnce is how many rows are moved or deleted in one go.
const tidyAtOnce = 1000

// reclaim gives what silent stations have claimed to others, and takes what has
// ended out of the way.
func (w *worker) reclaim(ctx context.Context, _ *river.Job[reclaimArgs]) error {
	n, err := w.count(ctx, "reclaim", `SELECT miandan.tidy($1)`, tidyAtOnce)
	if n > 0 {
		w.log.Info("tidied", "rows", n)
	}
	return w.untilNext(ctx, err)
}

type purgeArgs struct{}

func (purgeArgs) Kind() string { return "purge" }

// purge deletes personal data that is no longer needed; each station hears of it.
func (w *worker) purge(ctx context.Context, _ *river.Job[purgeArgs]) error {
	if err := w.DB.Call(ctx, "months", `SELECT miandan.tidy_months()`, nil, nil); err != nil {
		return w.untilNext(ctx, err)
	}
	for ctx.Err() == nil {
		n, err := w.count(ctx, "purge", `SELECT miandan.end_orders($1)`, tidyAtOnce)
		if n > 0 {
			w.log.Info("orders ended, or their personal data deleted", "at most", n)
		}
		if err != nil || n < tidyAtOnce {
			return w.untilNext(ctx, err)
		}
	}
	return nil
}

func (w *worker) count(ctx context.Context, op, query string, args ...any) (n int, err error) {
	err = w.DB.Call(ctx, op, query, args, func(r pgx.Rows) error { return r.Scan(&n) })
	return n, err
}

type wrapArgs struct{}

func (wrapArgs) Kind() string { return "wrap" }

// missing is a key that a station has not got yet.
type missing struct {
	kind    string // label, order, content
	id      int64
	place   fleet.Place
	wrap    []byte // this station's own
	station string
	public  []byte
}

// wrapAtOnce is how many wraps are made in one job.
const wrapAtOnce = 500

// wrap gives stations that have joined the keys of what still waits.
func (w *worker) wrap(ctx context.Context, _ *river.Job[wrapArgs]) error {
	var list []missing
	err := w.DB.Call(ctx, "wraps", `SELECT kind, id, source, order_id, waybill, parcel, wrap, station, public_key FROM miandan.wraps_missing($1)`, []any{wrapAtOnce}, func(r pgx.Rows) error {
		var m missing
		err := r.Scan(&m.kind, &m.id, &m.place.Order.Source, &m.place.Order.ID, &m.place.Waybill, &m.place.Parcel, &m.wrap, &m.station, &m.public)
		list = append(list, m)
		return err
	})
	if err != nil {
		return w.untilNext(ctx, err)
	}
	for _, m := range list {
		if err := w.wrapOne(ctx, m); err != nil && !errors.Is(err, fleet.ErrMove) { // it has left meanwhile, or was sealed anew
			return w.untilNext(ctx, err)
		}
	}
	if len(list) > 0 {
		w.log.Info("keys given to stations that have joined", "keys", len(list))
	}
	return nil
}

func (w *worker) wrapOne(ctx context.Context, m missing) error {
	if m.kind == "content" {
		return w.shareContentKey(ctx, m)
	}
	b, err := w.DB.WrapFor(m.wrap, m.place, m.station, m.public)
	if err != nil {
		return err
	}
	return w.DB.Call(ctx, "wrap", `SELECT miandan.wrap_put($1, $2, $3, $4, $5)`, []any{m.kind, m.id, m.station, b, m.wrap}, nil)
}

func (w *worker) shareContentKey(ctx context.Context, m missing) error {
	w.mu.Lock()
	key := w.content
	w.mu.Unlock()
	s, err := fleet.Seal(key, keyPlace, map[string]fleet.PublicKey{m.station: m.public})
	if err != nil {
		return err
	}
	b, err := json.Marshal(contentSeal{s.Data, s.Wraps[m.station]})
	if err != nil {
		return err
	}
	return w.DB.Call(ctx, "content key", `SELECT miandan.content_key_for($1, $2)`, []any{m.station, b}, nil)
}

// again is when a job is done again that failed.
const again = 2 * time.Second

// failed tells people what has failed and has the job done again soon. River's own
// patience grows to hours, and a job that waits keeps another one like it from being
// made.
func (w *worker) failed(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	w.report(ctx, err)
	return river.JobSnooze(again)
}

// untilNext is failed for what is done again and again by itself.
func (w *worker) untilNext(ctx context.Context, err error) error {
	if err != nil {
		w.report(ctx, err)
	}
	return nil
}

func away(err error) *notice.Error                 { return notice.New("fleet-away", err) }
func revoked(err error, name string) *notice.Error { return notice.New("fleet-revoked", err, name) }

func seconds(d time.Duration) string {
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " seconds"
}

// quiet passes on what River says of itself, without its attributes: its errors
// name servers, and its jobs are no news.
type quiet struct{ slog.Handler }

func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	return q.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "river: "+r.Message, r.PC))
}

func (q quiet) WithAttrs([]slog.Attr) slog.Handler { return q }
func (q quiet) WithGroup(string) slog.Handler      { return q }

func hours(d time.Duration) string { return strconv.Itoa(max(1, int(d.Hours()))) }
