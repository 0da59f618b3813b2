package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/privacy"
)

// shown is row with what the rules of the trade say of the order.
func (s *station) shown(r ledger.Row) api.Row {
	v := row(r)
	if v.Refusal != nil {
		v.Refusal.Action = action(r, v.Refusal.Code)
	}
	if r.Purged || v.State == api.Cancelled || s.shipped(r, v.State) || r.Order.Given() { // of a document nobody here knows the goods or the platform's rules
		return v
	}
	for _, code := range r.Kept.Cautions() {
		v.Cautions = append(v.Cautions, api.Refusal{Code: notice.Code(code), Args: []any{r.Order.ID}})
	}
	if r.LabelID != 0 && r.Unsorted && dispatch.DrawnHere(r.Template) {
		v.Cautions = append(v.Cautions, api.Refusal{Code: "label-unsorted", Args: []any{r.Order.ID, r.CarrierName}})
	}
	now := s.Station.Clock()
	if code, args := r.Kept.Lateness(now, s.Station.Rules.WarnAhead); code != "" {
		v.Lateness = &api.Lateness{Code: notice.Code(code), Args: args, Late: !now.Before(r.Kept.Deadline()), Cost: r.Kept.LateCost().Yuan()}
	}
	return v
}

// action is what helps. Of what ails a label beyond its making nothing is known
// here; its sentence says what to do.
func action(r ledger.Row, code notice.Code) api.Action {
	a := carrier.ActionOf(code)
	if a == carrier.Ask && r.LabelID != 0 && r.Alarm == "" {
		return ""
	}
	return api.Action(a.String())
}

// shipped reports whether nothing is left to be done about an order's deadline.
func (s *station) shipped(r ledger.Row, state api.State) bool {
	return r.Away || s.Station.Rules.Shipped == "never" && state == api.Done
}

// Orders implements api.Viewer. An order that is on paper has not shipped until
// it is scanned; once its personal data is gone, nobody is asked for that any more.
func (s *station) Orders(ctx context.Context, q api.OrdersQuery) ([]api.Row, bool, error) {
	found, more, err := s.Ledger.Unsent(ctx, ledger.Unsent{
		Find: q.Find, Carrier: q.Carrier, Paper: s.Station.Rules.Shipped == "never", Limit: q.Limit,
	})
	if err != nil {
		return nil, false, err
	}
	list := slices.DeleteFunc(s.each(found), func(o oneOrder) bool { return o.State == api.Cancelled })
	rows := make([]api.Row, len(list))
	for i, o := range list {
		rows[i] = o.Row
	}
	return rows, more, nil
}

// oneOrder is an order with the row of it that most wants a person.
type oneOrder struct {
	api.Row
	ledger ledger.Row
}

// wants lists the states, the one first that most wants a person.
var wants = []api.State{api.Unknown, api.NumberUnknown, api.Refused, api.Printing, api.Waiting, api.Done, api.Cancelled}

// orders lists the orders that have not ended or ended since, the most urgent
// first, each once.
func (s *station) orders(ctx context.Context, since time.Time) ([]oneOrder, error) {
	rows, err := s.Ledger.Rows(ctx, ledger.Filter{Since: since, Limit: -1})
	if err != nil {
		return nil, err
	}
	return s.each(rows), nil
}

// each returns one row for each order.
func (s *station) each(rows []ledger.Row) []oneOrder {
	rank := func(state api.State) int { return slices.Index(wants, state) }
	var list []oneOrder
	at := map[order.Key]int{}
	for _, r := range rows {
		o := oneOrder{s.shown(r), r}
		o.Label, o.Parcel, o.Waybill = "", 0, string(r.Number)
		i, known := at[r.Order]
		switch {
		case !known:
			at[r.Order] = len(list)
			list = append(list, o)
		case rank(o.State) < rank(list[i].State):
			list[i] = o
		}
	}
	slices.SortStableFunc(list, func(a, b oneOrder) int {
		return cmp.Or(a.Deadline.Compare(b.Deadline), cmp.Compare(a.Order, b.Order))
	})
	return list
}

// find returns the order that people name by a number, and of its labels the one
// that most wants a person. Where two platforms have the number it is the one that
// stands as is asked for, if one alone does: otherwise nobody guesses.
func (s *station) find(ctx context.Context, id string, as api.State) (ledger.Row, error) {
	rows, err := s.Ledger.Rows(ctx, ledger.Filter{Order: id, Limit: -1})
	if err != nil {
		return ledger.Row{}, err
	}
	all := s.each(rows)
	if len(all) > 1 {
		if some := slices.DeleteFunc(slices.Clone(all), func(o oneOrder) bool { return o.State != as }); len(some) > 0 {
			all = some
		}
	}
	switch len(all) {
	case 0:
		return ledger.Row{}, notice.New("order-not-found", api.ErrNotFound, id)
	case 1:
		return all[0].ledger, nil
	}
	return ledger.Row{}, notice.New("order-ambiguous", api.ErrConflict, id)
}

// Reveal implements api.Discloser.
func (s *station) Reveal(ctx context.Context, a api.Reveal) (api.Revealed, error) {
	r, err := s.find(ctx, a.Order, api.Waiting)
	if err != nil {
		return api.Revealed{}, err
	}
	may := s.allowance(a.Role)
	v, err := s.Station.Reveal(ctx, r.Order, ledger.Person{Who: a.Who}, may)
	switch {
	case errors.Is(err, ledger.ErrPurged):
		return api.Revealed{}, notice.New("order-purged", api.ErrConflict, a.Order)
	case errors.Is(err, ledger.ErrTooMany):
		s.Station.Say(notice.New("reveal-alarm", nil, roleNamed(a.Role), may.Most))
		return api.Revealed{}, notice.New("reveal-limit", errors.Join(api.ErrConflict, err), may.Most, roleNamed(a.Role))
	case err != nil:
		return api.Revealed{}, s.told(err)
	}
	shown := api.Revealed{Order: a.Order, Name: v.Name, Address: v.Address, Call: v.Call, Until: v.Until, Life: v.Life}
	if v.Why != "" {
		shown.Refusal = &api.Refusal{Code: v.Why, Args: []any{a.Order}}
	}
	return shown, nil
}

// allowance is how many receivers a role may see within an hour. What names no
// role is given the least.
func (s *station) allowance(r api.Role) ledger.Allowance {
	most := s.config.Privacy.Reveals
	switch r {
	case api.Admin:
		return ledger.Allowance{Role: string(r), Most: most.Admin}
	case api.Lead:
		return ledger.Allowance{Role: string(r), Most: most.Lead}
	}
	return ledger.Allowance{Role: string(api.Packer), Most: most.Packer}
}

// roleNamed is what people call a role.
func roleNamed(r api.Role) notice.Phrase {
	switch r {
	case api.Admin:
		return notice.Phrase{"administrator", "管理员"}
	case api.Lead:
		return notice.Phrase{"lead", "组长"}
	}
	return notice.Phrase{"packer", "打包员"}
}

func formNamed(f privacy.Form) notice.Phrase {
	switch f {
	case privacy.WithVirtual:
		return notice.Phrase{"with virtual numbers", "含虚拟号码"}
	case privacy.Masked:
		return notice.Phrase{"masked", "脱敏"}
	}
	return notice.Phrase{"without receivers", "不含收件人"}
}

// Export implements api.Discloser.
func (s *station) Export(ctx context.Context, a api.Export) ([]api.Exported, error) {
	if err := a.Form.May(s.config.JD.NumberPackage); err != nil {
		return nil, err
	}
	now := s.Station.Clock()
	orders, err := s.orders(ctx, now.AddDate(0, 0, -a.Days))
	if err != nil {
		return nil, err
	}
	switch most := s.config.Privacy.ExportMost; {
	case len(orders) > mostExported:
		return nil, notice.New("export-sheet-long", nil, len(orders), mostExported)
	case len(orders) > most && a.Role != api.Admin:
		return nil, notice.New("export-too-many", nil, len(orders), most)
	case len(orders) > most:
		s.Station.Say(notice.New("export-bulk", nil, len(orders), formNamed(a.Form)))
	}
	if err := s.Ledger.Exporting(ctx, string(a.Form), len(orders), ledger.Person{Who: a.Who}); err != nil {
		return nil, s.told(err)
	}
	s.log.Info("exported", "form", a.Form, "orders", len(orders))
	list := make([]api.Exported, len(orders))
	for i, o := range orders {
		list[i] = api.Exported{
			Order: o.Order, Merchant: string(o.ledger.Merchant), State: o.State, Carrier: o.Carrier, CarrierName: o.CarrierName,
			Waybill: o.Waybill, Parcels: o.Parcels, Deadline: o.Deadline, Receiver: receiver(a.Form, o.ledger, now),
		}
	}
	return list, nil
}

// mostExported is how many orders one list holds: all of it is in memory once.
const mostExported = 50_000

// receiver is an order's receiver as a form of export has it.
func receiver(f privacy.Form, r ledger.Row, now time.Time) *api.Receiver {
	if f == privacy.WithoutReceiver || r.Purged {
		return nil
	}
	v := f.Row(r.Kept, privacy.SituationOf(r.Kept), now)
	to := &api.Receiver{Name: v.Name, Phone: v.Phone, Address: v.Address, Until: v.Until}
	if v.Why != "" {
		to.Refusal = &api.Refusal{Code: v.Why, Args: []any{r.Order.ID}}
	}
	return to
}

// adopt takes the numbers that a person found for an order.
func (s *station) adopt(ctx context.Context, a api.Resolution) error {
	r, err := s.find(ctx, a.Label, api.NumberUnknown)
	if err != nil {
		return err
	}
	err = s.Station.Adopt(ctx, r.Order, a.Numbers, ledger.Person{Who: a.Who})
	var move *ledger.MoveError
	switch {
	case errors.As(err, &move), errors.Is(err, ledger.ErrStale):
		return notice.New("number-not-asked", api.ErrConflict, a.Label)
	case errors.Is(err, ledger.ErrPurged):
		return notice.New("order-purged", api.ErrConflict, a.Label)
	}
	return err
}
