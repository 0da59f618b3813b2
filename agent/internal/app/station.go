package app

import (
	"context"
	"errors"
	"path/filepath"
	"strconv"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/store"
)

// station shows the program to the local interface.
type station struct{ *App }

var _ api.Station = (*station)(nil)

// Print implements api.Operator. An order that the ledger does not know is
// asked for on the platform.
func (s *station) Print(ctx context.Context, orders []string, who string) ([]api.Taken, error) {
	return s.PrintOn(ctx, orders, "", who)
}

// PrintOn implements api.Director.
func (s *station) PrintOn(ctx context.Context, orders []string, printer, who string) ([]api.Taken, error) {
	if err := s.target(printer); err != nil {
		return nil, err
	}
	var taken []api.Taken
	for _, id := range orders {
		t, err := s.printOne(ctx, id, printer, who)
		if err != nil {
			return taken, s.told(err)
		}
		taken = append(taken, t)
	}
	return taken, nil
}

func (s *station) printOne(ctx context.Context, id, printer, who string) (api.Taken, error) {
	taken := api.Taken{Order: id}
	refuse := func(code notice.Code, args ...any) (api.Taken, error) {
		taken.State, taken.Refusal = api.Refused, &api.Refusal{Code: code, Args: args}
		return taken, nil
	}
	var n *notice.Error
	if err := s.fetch(ctx, id, who); errors.As(err, &n) {
		return refuse(n.Code, n.Args...)
	} else if err != nil {
		return taken, err
	}
	r, err := s.find(ctx, id, api.Waiting)
	if errors.As(err, &n) {
		return refuse(n.Code, n.Args...)
	}
	if err != nil {
		return taken, err
	}
	taken.State = row(r).State
	if taken.State == api.Done {
		return refuse("order-printed", id)
	}
	if refusal := row(r).Refusal; taken.State == api.Refused || taken.State == api.Cancelled {
		taken.Refusal = refusal
		return taken, nil
	}
	return taken, s.Ledger.WantOn(ctx, r.Order, printer)
}

// fetch reads an order anew where it came from, or looks for it everywhere. What
// one platform has is no matter of another one that cannot be asked. A fleet's orders
// come by its database alone.
func (s *station) fetch(ctx context.Context, id, who string) error {
	keys, err := s.Ledger.Named(ctx, id)
	if err != nil {
		return err
	}
	known := len(keys) > 0
	if s.Station.Shared {
		err := s.fleet.bench.Ask(ctx, id, who)
		if n := (*notice.Error)(nil); known && errors.As(err, &n) {
			return nil // where it stands here says more
		}
		return err
	}
	for name := range s.Station.Sources {
		if !known {
			keys = append(keys, order.Key{Source: name, ID: id})
		}
	}
	var failed error
	for _, key := range keys {
		if _, has := s.Station.Sources[key.Source]; !has {
			continue
		}
		switch err := s.Station.Fetch(ctx, key); {
		case err == nil && known: // each of them, where two platforms have the number
		case err == nil:
			return nil
		case !errors.Is(err, ledger.ErrNoOrder):
			failed = errors.Join(failed, err)
		}
	}
	return failed
}

// Reprint implements api.Operator.
func (s *station) Reprint(ctx context.Context, r api.Reprint) ([]string, error) {
	who := ledger.Person{Who: r.Who, Why: r.Reason}
	var (
		n   []int64
		err error
	)
	if r.Label != "" {
		id, bad := labelID(r.Label)
		if bad != nil {
			return nil, bad
		}
		n, err = s.Ledger.ReprintLabel(ctx, id, who)
	} else {
		n, err = s.Ledger.Reprint(ctx, clean(r.Waybill), who)
	}
	var move *ledger.MoveError
	switch {
	case errors.Is(err, ledger.ErrWhy):
		return nil, notice.New("reprint-reason-missing", err)
	case errors.Is(err, ledger.ErrNoLabel):
		return nil, s.noWaybill(r.Waybill)
	case errors.Is(err, ledger.ErrPurged):
		return nil, notice.New("label-purged", api.ErrConflict, r.Waybill)
	case errors.As(err, &move):
		return nil, notice.New("reprint-not-ended", api.ErrConflict, r.Waybill)
	case err != nil:
		return nil, s.told(err)
	}
	ids := make([]string, len(n))
	for i, id := range n {
		ids[i] = strconv.FormatInt(id, 10)
	}
	return ids, nil
}

// noWaybill says that a waybill is not known here. In a fleet that is no wonder.
func (s *station) noWaybill(number string) error {
	if s.Station.Shared {
		return notice.New("fleet-waybill-elsewhere", api.ErrNotFound, number)
	}
	return notice.New("waybill-not-found", api.ErrNotFound, number)
}

// Resolve implements api.Operator.
func (s *station) Resolve(ctx context.Context, r api.Resolution) error {
	who := ledger.Person{Who: r.Who}
	switch r.Answer {
	case api.NoNumber:
		return s.resolveOrder(ctx, r.Label, who)
	case api.NumberFound:
		return s.adopt(ctx, r)
	case api.Seen:
		return s.seenTo(ctx, r.Label, who)
	}
	id, err := strconv.ParseInt(r.Label, 10, 64)
	if err != nil {
		return notice.New("label-not-found", api.ErrNotFound, r.Label)
	}
	if r.Answer == api.Printed {
		err = s.Ledger.ResolvePrinted(ctx, id, who)
	} else {
		err = s.Station.ResolveNotPrinted(ctx, id, who, r.Cleared)
	}
	var move *ledger.MoveError
	switch {
	case errors.Is(err, ledger.ErrNoLabel):
		return notice.New("label-not-found", api.ErrNotFound, r.Label)
	case errors.Is(err, ledger.ErrPurged):
		return notice.New("label-purged", api.ErrConflict, r.Label)
	case errors.As(err, &move):
		return notice.New("label-not-unknown", api.ErrConflict, r.Label)
	}
	return s.told(err)
}

// resolveOrder takes a person's word that the carrier gave an order no number.
func (s *station) resolveOrder(ctx context.Context, id string, who ledger.Person) error {
	r, err := s.find(ctx, id, api.NumberUnknown)
	if err != nil {
		return err
	}
	err = s.Station.NoNumber(ctx, r.Order, who)
	var move *ledger.MoveError
	switch {
	case errors.As(err, &move):
		return notice.New("label-not-unknown", api.ErrConflict, id)
	case errors.Is(err, dispatch.ErrNotToShip):
		return notice.New(notice.CodeOf(err), api.ErrConflict, id)
	}
	return s.told(err)
}

// seenTo takes a person's word that the parcel of an order with an alarm was seen to.
func (s *station) seenTo(ctx context.Context, id string, who ledger.Person) error {
	r, err := s.find(ctx, id, api.Done)
	if err != nil {
		return err
	}
	err = s.Ledger.SeenTo(ctx, r.Order, who)
	if errors.Is(err, ledger.ErrNoAlarm) {
		return notice.New("alarm-none", api.ErrConflict, id)
	}
	return s.told(err)
}

// Pause implements api.Operator.
func (s *station) Pause(ctx context.Context, who string) error {
	return s.told(s.Ledger.SetPaused(ctx, true, ledger.Person{Who: who}))
}

// Resume implements api.Operator.
func (s *station) Resume(ctx context.Context, who string) error {
	return s.told(s.Ledger.SetPaused(ctx, false, ledger.Person{Who: who}))
}

// told gives the disk's refusals their sentence and their status.
func (s *station) told(err error) error {
	switch explained := store.Explain(err); {
	case errors.Is(explained, store.ErrFull):
		return notice.New("disk-full", errors.Join(api.ErrFull, err), s.options.Data)
	case errors.Is(explained, store.ErrDisk):
		return notice.New("disk-failed", errors.Join(api.ErrFull, err), s.options.Data)
	case errors.Is(explained, store.ErrDamaged):
		return notice.New("database-damaged", errors.Join(api.ErrUnready, err), filepath.Join(s.options.Data, store.FileName))
	}
	return err
}

// row shows one line of the ledger as the staff sees it.
func row(r ledger.Row) api.Row {
	v := api.Row{
		Order: r.Order.ID, Carrier: string(r.Carrier), CarrierName: r.CarrierName, Waybill: string(r.Number),
		Receiver: api.Mask(r.Receiver.Name), Phone: api.Mask(r.Receiver.Phone), Address: api.Mask(r.Receiver.Address),
		Deadline: r.Deadline, Printer: r.Printer, Attempts: r.Attempts, Step: string(r.OrderState),
	}
	if r.LabelID != 0 {
		v.Label, v.Step, v.Parcel, v.Parcels = strconv.FormatInt(r.LabelID, 10), string(r.Label), r.Parcel+1, r.Parcels
		if r.Own != "" {
			v.Waybill = string(r.Own)
		}
	}
	v.State, v.Evidence = seen(r)
	if v.Since = r.EndedAt; v.Since.IsZero() {
		v.Since = r.IntentAt
	}
	if r.Problem.Code != "" {
		v.Refusal = &api.Refusal{Code: notice.Code(r.Problem.Code), Args: problemArgs(r)}
	}
	if r.Alarm != "" {
		v.Alarm = !r.AlarmSeen
		v.Refusal = &api.Refusal{Code: notice.Code(r.Alarm), Args: []any{r.Order.ID}}
		if r.Alarm == r.Problem.Code {
			v.Refusal.Args = problemArgs(r)
		}
	}
	return v
}

// problemArgs are what the sentence takes; a problem that was written down
// without them speaks of the label, or of the order.
func problemArgs(r ledger.Row) []any {
	switch {
	case r.Problem.Args != nil:
		return r.Problem.Args
	case r.Problem.Code == "label-unknown":
		return []any{r.Printer, r.LabelID}
	}
	return []any{r.Order.ID}
}

func seen(r ledger.Row) (api.State, api.Evidence) {
	switch r.Label {
	case ledger.Queued:
		return api.Waiting, ""
	case ledger.Claimed, ledger.Rendered, ledger.Intent, ledger.Sending, ledger.Sent:
		return api.Printing, ""
	case ledger.Confirmed:
		return api.Done, api.Confirmed
	case ledger.Presumed:
		return api.Done, api.Presumed
	case ledger.Printed:
		return api.Done, api.ByOperator
	case ledger.Unknown, ledger.NotPrinted:
		return api.Unknown, ""
	case ledger.Dropped, ledger.Superseded:
		if r.OrderState != ledger.Changed { // an order that waits for a person, whatever became of its labels
			return api.Cancelled, ""
		}
	}
	switch r.OrderState {
	case ledger.IssueUnknown, ledger.Changed:
		return api.NumberUnknown, ""
	case ledger.Refused:
		return api.Refused, ""
	case ledger.Skipped, ledger.Cancelled:
		return api.Cancelled, ""
	}
	return api.Waiting, ""
}
