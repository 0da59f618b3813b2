// Package platform is what the stations do that hold platform secrets: they read
// orders, take numbers, put labels before the benches and tell platforms what has
// left.
//
// Several of them share the work through River on PostgreSQL. River says who does
// what when, and after a crash or a long pause it may say the same to two at once;
// a worker may also go on when it has long been given up. So nothing rests on
// River. Each step is one compare-and-set of the database (schema/20_platform.sql)
// on the order's state and epoch, that a carrier is about to be asked is committed
// before it is asked, and what comes too late is put on record and not used.
package platform

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
)

// Asking is after how long a question to a carrier counts as lost, whoever asked
// it. The question itself is broken off after two thirds of it, by the clock of who
// asks.
const Asking = time.Minute

// Options say how a platform station works.
type Options struct {
	DB *fleet.DB
	// Station gives the sources, the carriers and the rules of this station's
	// settings, and says what is wrong. Its ledger is not used.
	Station *dispatch.Station
	// Rates is the least time between two calls on an account, by all stations
	// together; one that is not named is called as often as there is something to ask.
	Rates map[string]time.Duration
	// Accounts names the account of issuers whose own name is not that of one.
	Accounts map[string]string
	// Asking is the constant if zero.
	Asking time.Duration
	// Tick is how often the net under River looks for what has fallen through; two
	// seconds if zero.
	Tick time.Duration
}

// worker is one platform station at work.
type worker struct {
	Options
	log    *slog.Logger
	client *river.Client[pgx.Tx]

	mu      sync.Mutex
	content []byte // the key of the content hashes, once it is known
	said    map[string]time.Time
}

// Run works until ctx ends and the questions in hand are settled. That the database
// is away ends nothing.
func Run(ctx context.Context, o Options) error {
	w, err := open(o)
	if err != nil {
		return err
	}
	began := false // of a client that was never started nobody says that it has stopped
	for ctx.Err() == nil {
		err := w.begin(ctx)
		if began = err == nil; began {
			break
		}
		w.report(ctx, err)
		if errors.Is(err, fleet.ErrRevoked) {
			return err
		}
		wait(ctx, time.Second)
	}
	w.sweepOn(ctx)
	if began {
		<-w.client.Stopped()
	}
	return nil
}

func open(o Options) (*worker, error) {
	if o.Asking == 0 {
		o.Asking = Asking
	}
	if o.Tick == 0 {
		o.Tick = 2 * time.Second
	}
	w := &worker{Options: o, log: o.Station.Log, said: map[string]time.Time{}}
	workers := river.NewWorkers()
	for _, err := range []error{
		river.AddWorkerSafely(workers, river.WorkFunc(w.poll)),
		river.AddWorkerSafely(workers, river.WorkFunc(w.number)),
		river.AddWorkerSafely(workers, river.WorkFunc(w.tell)),
		river.AddWorkerSafely(workers, river.WorkFunc(w.giveBack)),
		river.AddWorkerSafely(workers, river.WorkFunc(w.reclaim)),
		river.AddWorkerSafely(workers, river.WorkFunc(w.purge)),
		river.AddWorkerSafely(workers, river.WorkFunc(w.wrap)),
	} {
		if err != nil {
			return nil, err
		}
	}
	client, err := river.NewClient(riverpgxv5.New(o.DB.Pool()), &river.Config{
		Schema: riverSchema, Workers: workers, Logger: slog.New(quiet{o.Station.Log.Handler()}),
		Queues:       map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 8}},
		PeriodicJobs: w.periodic(), JobTimeout: o.Asking, RescueStuckJobsAfter: 2 * o.Asking,
		SoftStopTimeout: o.Asking, CompletedJobRetentionPeriod: time.Hour,
		FetchPollInterval: o.Tick,
	})
	w.client = client
	return w, err
}

// periodic are the jobs that River's elected leader makes.
func (w *worker) periodic() []*river.PeriodicJob {
	once := &river.InsertOpts{UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: unended}}
	every := func(d time.Duration, args river.JobArgs) *river.PeriodicJob {
		return river.NewPeriodicJob(river.PeriodicInterval(d), func() (river.JobArgs, *river.InsertOpts) { return args, once }, &river.PeriodicJobOpts{RunOnStart: true})
	}
	list := []*river.PeriodicJob{
		every(5*time.Second, reclaimArgs{}),
		every(time.Minute, purgeArgs{}),
		every(5*time.Second, wrapArgs{}),
	}
	for name := range w.Station.Sources {
		d := w.Station.Rules.PollEvery
		if own, ok := w.Station.Rules.PollEach[name]; ok {
			d = own
		}
		list = append(list, every(max(d, time.Second), pollArgs{name}))
	}
	return list
}

// begin makes this station's settings known and starts River.
func (w *worker) begin(ctx context.Context) error {
	me, err := w.DB.Me(ctx)
	switch {
	case err != nil:
		return err
	case !me.Platform:
		return fleet.ErrRevoked
	}
	if err := w.contentKey(ctx); err != nil {
		return err
	}
	rules := w.Station.Rules
	settings := map[string]string{"asking": seconds(w.Asking), "shipped": rules.Shipped}
	if rules.Retention.Ended > 0 {
		settings["keep_data"], settings["keep_data_unknown"] = hours(rules.Retention.Ended), hours(rules.Retention.Unknown)
	}
	for name, value := range settings {
		if value == "" {
			continue
		}
		if err := w.DB.Call(ctx, "settings", `SELECT miandan.platform_set($1, $2)`, []any{name, value}, nil); err != nil {
			return err
		}
	}
	if err := w.setRates(ctx); err != nil {
		return err
	}
	if err := w.client.Start(ctx); err != nil {
		return fleet.ErrAway // River's own error names the server
	}
	return nil
}

// sweepOn looks for what has fallen through, until ctx ends. It does not wait for
// River's leader: that may be the station that has just died. Nor does it leave it at
// rest: whoever may connect may send notices, and by one a bench that was stolen could
// pause every station's work until they are started again.
func (w *worker) sweepOn(ctx context.Context) {
	for ctx.Err() == nil {
		given := 0
		err := w.DB.Call(ctx, "sweep", `SELECT miandan.sweep()`, nil, func(r pgx.Rows) error { return r.Scan(&given) })
		if err != nil {
			w.report(ctx, err)
		}
		if err := w.DB.Call(ctx, "waves", `SELECT miandan.waves_advance()`, nil, nil); err != nil {
			w.report(ctx, err)
		}
		if err := w.DB.Call(ctx, "resume", `SELECT pg_notify($1, '{"action": "resume", "queue": "*"}')`, []any{riverSchema + ".river_control"}, nil); err != nil {
			w.report(ctx, err)
		}
		if given > 0 {
			w.log.Warn("questions to carriers given up", "orders", given)
		}
		wait(ctx, w.Tick)
	}
}

// report logs a failure, once a minute if it goes on, and tells people.
func (w *worker) report(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	n := dispatch.Notice(err)
	switch {
	case errors.Is(err, fleet.ErrAway):
		n = away(err)
	case errors.Is(err, fleet.ErrRevoked):
		n = revoked(err, w.DB.Name())
	}
	w.mu.Lock()
	news := time.Since(w.said[err.Error()]) > time.Minute
	if news {
		w.said[err.Error()] = time.Now()
	}
	w.mu.Unlock()
	if news {
		w.log.Warn("fleet", "code", n.Code, "error", err)
	}
	w.Station.Say(n)
}

func wait(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
