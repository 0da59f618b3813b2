package campaign

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/ledger"
)

// job is a label as the warehouse ordered it.
type job struct {
	id     int64 // in the fleet; 0 until it is there
	code   string
	target string
}

// plan makes the day's labels: most for a zone, some for anybody, and some for one
// printer, which nobody else may take. The stations at the end get none of those.
func (w *world) plan(r *rand.Rand, n, spared int) []job {
	jobs := make([]job, n)
	for i := range jobs {
		j := &jobs[i]
		_, bill := fleettest.Order(fmt.Sprint(i + 1))
		j.code = string(bill.Number)
		switch r.IntN(8) {
		case 0:
		case 1:
			s := w.stations[r.IntN(len(w.stations)-spared)]
			j.target = fleet.ToPrinter(s.name, "p")
		default:
			j.target = fleet.ToZone(zoneOf(r.IntN(min(zones, len(w.stations)-spared))))
		}
	}
	return jobs
}

// publish puts jobs before the benches, a few at a time, as the numbers come in. What
// the database did not take, or did not say that it took, is put there again.
func (w *world) publish(ctx context.Context, jobs []job) {
	const batch, backlog = 40, 400
	for len(jobs) > 0 && ctx.Err() == nil {
		if labels, _, _ := w.trays.state(); w.sent-labels > backlog {
			time.Sleep(50 * time.Millisecond)
			continue
		}
		n := min(batch, len(jobs))
		if err := w.put(ctx, jobs[:n]); err != nil {
			time.Sleep(200 * time.Millisecond)
			continue
		}
		w.sent += n
		jobs = jobs[n:]
	}
}

func (w *world) put(ctx context.Context, jobs []job) error {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	to := map[string]map[string]fleet.PublicKey{}
	list := make([]fleet.New, len(jobs))
	for i, j := range jobs {
		if to[j.target] == nil {
			stations, err := fleet.Recipients(ctx, w.platform.Pool(), j.target)
			if err != nil {
				return err
			}
			to[j.target] = stations
		}
		o, bill := fleettest.Order(j.code[len("JDX"):])
		plain, err := ledger.Pack(o, bill)
		if err != nil {
			return err
		}
		sealed, err := fleet.Seal(plain, fleet.Place{Order: o.Key, Waybill: j.code}, to[j.target])
		if err != nil {
			return err
		}
		list[i] = fleet.New{Order: o.Key, Waybill: j.code, Issuer: "practice", Template: "generic", Paper: paper, Target: j.target,
			Deadline: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), Turn: 2, Sealed: sealed}
	}
	ids, err := fleet.Publish(ctx, w.platform.Pool(), list)
	if err != nil {
		return err
	}
	for i, id := range ids {
		jobs[i].id = id
	}
	return nil
}
