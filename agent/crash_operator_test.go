package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/jos/jdsim"
)

// deed is what the person at the bench has told the agent, and what was true
// when it was said.
type deed struct {
	key     string // number and parcel
	label   string
	order   string
	what    string // an api.Answer, "reprint" or "scan"
	cleared bool
	at      time.Time
	on      int   // sheets with this barcode at that moment
	err     error // nil: the agent has said yes; after any other the agent may have heard it or not
}

// authorises reports whether the person may have let the label be printed once
// more.
func (d deed) authorises() bool { return d.what == "reprint" || d.what == string(api.NotPrinted) }

func keyOf(number string, parcel int) string { return fmt.Sprintf("%s/%d", number, parcel) }

// isOf reports whether a barcode is that of a parcel of a number.
func isOf(code, number string, parcel int) bool {
	return code == number || yundas(code, number) || strings.HasPrefix(code, fmt.Sprintf("%s-%d-", number, parcel))
}

// sheets counts the whole labels of a parcel that lie in the printers' trays.
func (r *crashRun) sheets(number string, parcel int) int {
	n := 0
	for _, b := range r.world.benches {
		for _, p := range r.papers.of(b) {
			if p.whole && isOf(p.barcode, number, parcel) {
				n++
			}
		}
	}
	return n
}

// used is how many sheets there were when somebody last let it be printed.
func (r *crashRun) used(key string) int {
	n := 0
	for _, d := range r.deeds {
		if d.key == key && d.authorises() && d.err == nil {
			n = d.on
		}
	}
	return n
}

// tell says something to the agent and keeps what came of it.
func (r *crashRun) tell(d deed, say func(context.Context, *api.Client) error) bool {
	client, err := r.world.client()
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	d.at = time.Now()
	d.err = say(ctx, client)
	r.deeds = append(r.deeds, d)
	return d.err == nil
}

// look asks the agent for its queue.
func (r *crashRun) look() (api.Queue, error) {
	client, err := r.world.client()
	if err != nil {
		return api.Queue{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	return client.Queue(ctx)
}

// lookAtOrders asks it for all orders that have not shipped.
func (r *crashRun) lookAtOrders() ([]api.Row, error) {
	client, err := r.world.client()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 4*time.Second)
	defer cancel()
	return client.Orders(ctx)
}

// operate is one round of the person at the bench. While the campaign goes on
// much is left lying; at its end everything is seen to.
func (r *crashRun) operate(all bool) {
	q, err := r.look()
	if err != nil {
		return
	}
	if r.accident == "waves" {
		r.lead(q, all)
	}
	for _, row := range q.Rows {
		if !all && r.whim.IntN(3) == 0 {
			continue
		}
		switch {
		case row.State == api.Unknown:
			r.answer(row, all)
		case row.State == api.NumberUnknown && row.Step == "issue-unknown":
			r.number(row)
		case row.State == api.Done && row.Evidence == api.Presumed && all:
			r.presumed(row)
		case row.State == api.Done && !all && r.whim.IntN(12) == 0 && r.reprints < 2:
			r.reprints++
			r.reprint(row, "the first one got wet")
		}
	}
}

// answer is the answer to "is it on paper?". The person looks; where there is
// none, the printer is switched off and on before that is said, so that none can
// come, or the agent is left to find out whether one still might.
func (r *crashRun) answer(row api.Row, all bool) {
	key := keyOf(row.Waybill, row.Parcel)
	d := deed{key: key, label: row.Label, order: row.Order, what: string(api.Printed)}
	if d.on = r.sheets(row.Waybill, row.Parcel); d.on <= r.used(key) {
		d.what = string(api.NotPrinted)
		b := r.world.bench(row.Printer)
		careful := 2 // times of three
		if r.accident == "paper" {
			careful = 0 // there is something in the printer, and the agent must find that out
		}
		if d.cleared = b != nil && (all || r.whim.IntN(3) < careful); d.cleared {
			r.clear(b)
		}
		if d.on = r.sheets(row.Waybill, row.Parcel); d.on > r.used(key) {
			d.what = string(api.Printed)
		}
		if b == nil { // an old copy does not know where it went
			r.clear(nil)
			d.cleared = true
			if d.on = r.sheets(row.Waybill, row.Parcel); d.on > r.used(key) {
				d.what = string(api.Printed)
			}
		}
	}
	r.tell(d, func(ctx context.Context, c *api.Client) error {
		return c.Resolve(ctx, api.Resolution{Label: row.Label, Answer: api.Answer(d.what), Who: "demo", Cleared: d.cleared})
	})
}

// clear switches a printer off and on; after an old copy was restored all of them,
// for since then the label may have gone to another one.
func (r *crashRun) clear(b *bench) {
	for _, other := range r.world.benches {
		if other == b || b == nil || r.accident == "restore" {
			other.cutPower()
		}
	}
}

func (r *crashRun) reprint(row api.Row, why string) {
	r.tell(deed{key: keyOf(row.Waybill, row.Parcel), label: row.Label, order: row.Order, what: "reprint", on: r.sheets(row.Waybill, row.Parcel)},
		func(ctx context.Context, c *api.Client) error {
			number := row.Waybill
			if code := r.barcodeOf(row); code != "" {
				number = code // the label, not all that its number is on
			}
			_, err := c.Reprint(ctx, api.Reprint{Waybill: number, Reason: why, Who: "demo"})
			return err
		})
}

// barcodeOf is what a scanner reads from the label, if it is on paper.
func (r *crashRun) barcodeOf(row api.Row) string {
	for _, b := range r.world.benches {
		for _, p := range r.papers.of(b) {
			if p.whole && isOf(p.barcode, row.Waybill, row.Parcel) {
				return p.barcode
			}
		}
	}
	return ""
}

// presumed looks whether a label that a wire has taken is there: then it is
// scanned on its parcel, otherwise printed once more.
func (r *crashRun) presumed(row api.Row) {
	key := keyOf(row.Waybill, row.Parcel)
	if row.Refusal != nil || slices.ContainsFunc(r.deeds, func(d deed) bool { return d.key == key && d.what == "scan" && d.err == nil }) {
		return
	}
	if r.sheets(row.Waybill, row.Parcel) <= r.used(key) {
		if b := r.world.bench(row.Printer); b != nil && time.Since(row.Since) > 2*time.Second {
			b.cutPower()
			r.reprint(row, "it never came out")
		}
		return
	}
	code := r.barcodeOf(row)
	r.tell(deed{key: key, label: row.Label, order: row.Order, what: "scan"}, func(ctx context.Context, c *api.Client) error {
		_, err := c.Scan(ctx, api.Scan{Waybill: code, Who: "demo"})
		return err
	})
}

// scan has the packer scan whatever lies in the trays, once.
func (r *crashRun) scan() {
	q, err := r.look()
	if err != nil {
		return
	}
	for _, row := range q.Rows {
		if code := r.barcodeOf(row); code != "" && row.State == api.Done && !r.scanned(row) {
			r.tell(deed{key: keyOf(row.Waybill, row.Parcel), label: row.Label, order: row.Order, what: "scan"}, func(ctx context.Context, c *api.Client) error {
				_, err := c.Scan(ctx, api.Scan{Waybill: code, Who: "demo"})
				return err
			})
		}
	}
}

// number is the answer to "did the carrier give one?": the person finds what
// stands in the carrier's console.
func (r *crashRun) number(row api.Row) {
	if r.seenOpen[row.Order]++; r.seenOpen[row.Order] < 3 {
		return // the agent may find out by itself
	}
	r.seenOpen[row.Order] = 0
	has := r.numbersOf(row.Order)
	d := deed{order: row.Order, what: string(api.NoNumber)}
	if len(has) > 0 {
		d.what = string(api.NumberFound)
	}
	r.tell(d, func(ctx context.Context, c *api.Client) error {
		return c.Resolve(ctx, api.Resolution{Label: row.Order, Answer: api.Answer(d.what), Numbers: has, Who: "demo"})
	})
}

// numbersOf are the numbers that an order has by the gateway's journal, or by its
// carrier's own.
func (r *crashRun) numbersOf(order string) []string {
	var has []string
	for _, p := range r.world.platforms {
		has = append(has, p.given(order)...)
	}
	for _, e := range r.world.gateway.Journal() {
		if e.Refused != "" {
			continue
		}
		switch {
		case e.Event == jdsim.Number && e.Order == order:
			has = append(has, e.Number)
		case e.Event == jdsim.Unbound:
			has = slices.DeleteFunc(has, func(n string) bool { return n == e.Number })
		}
	}
	return has
}
