package app

import (
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/agent/internal/privacy"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func at(now time.Time, shipped string) *station {
	return &station{&App{Station: &dispatch.Station{
		Clock: func() time.Time { return now }, Rules: dispatch.Rules{WarnAhead: 6 * time.Hour, Shipped: shipped},
	}}}
}

func TestWhatIsSaidOfAnOrder(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	kept := func(ago time.Duration) order.Order {
		return order.Order{
			Key: order.Key{Source: "jd", ID: "1"}, State: order.ToShip, Merchant: order.SOP, Price: 5900, PaidAt: now.Add(-ago),
			Items: []waybill.Item{{Name: "杯子"}},
		}
	}
	with := func(o order.Order, change func(*order.Order)) order.Order { change(&o); return o }
	for name, test := range map[string]struct {
		row      ledger.Row
		when     string
		late     string // code and cost
		cautions int
		action   api.Action
	}{
		"time enough": {ledger.Row{OrderState: ledger.Accepted, Kept: kept(41 * time.Hour)}, "scan", "", 0, ""},
		"soon":        {ledger.Row{OrderState: ledger.Accepted, Kept: kept(43 * time.Hour)}, "scan", "order-late-cost 17.70", 0, ""},
		"to the second": {ledger.Row{OrderState: ledger.Accepted, Kept: kept(48 * time.Hour)}, "scan",
			"late order-is-late 17.70", 0, ""},
		"late at the factory": {ledger.Row{OrderState: ledger.Accepted, Kept: with(kept(50*time.Hour), func(o *order.Order) { o.Merchant = order.FCS })},
			"scan", "late order-is-late 5.00", 0, ""},
		"on paper and not scanned": {ledger.Row{OrderState: ledger.Issued, LabelID: 1, Label: ledger.Confirmed, Kept: kept(50 * time.Hour)},
			"scan", "late order-is-late 17.70", 0, ""},
		"on paper where nobody scans": {ledger.Row{OrderState: ledger.Issued, LabelID: 1, Label: ledger.Confirmed, Kept: kept(50 * time.Hour)}, "never", "", 0, ""},
		"told":                        {ledger.Row{OrderState: ledger.Issued, LabelID: 1, Label: ledger.Confirmed, Kept: kept(50 * time.Hour), Away: true}, "scan", "", 0, ""},
		"cancelled":                   {ledger.Row{OrderState: ledger.Cancelled, Kept: kept(50 * time.Hour)}, "scan", "", 0, ""},
		"purged":                      {ledger.Row{OrderState: ledger.Refused, Purged: true, Problem: ledger.Problem{Code: "phone-masked"}}, "scan", "", 0, api.Ask},
		"a periodical of nothing": {ledger.Row{OrderState: ledger.Accepted, Kept: with(kept(0), func(o *order.Order) { o.Items, o.Subscription = nil, true })},
			"scan", "", 2, ""},
		"no sort code": {ledger.Row{OrderState: ledger.Issued, LabelID: 1, Label: ledger.Queued, Template: "yto-76x130", Unsorted: true, Kept: kept(0)}, "scan", "", 1, ""},
		"no sort code, drawn elsewhere": {ledger.Row{OrderState: ledger.Issued, LabelID: 1, Label: ledger.Queued, Template: dispatch.RenderedLabel, Unsorted: true, Kept: kept(0)},
			"scan", "", 0, ""},
		"no sort code yet": {ledger.Row{OrderState: ledger.Issued, Unsorted: true, Kept: kept(0)}, "scan", "", 0, ""},
		"no numbers left":  {ledger.Row{OrderState: ledger.Accepted, Problem: ledger.Problem{Code: "stock-out"}, Kept: kept(0)}, "scan", "", 0, api.Wait},
		"no paper":         {ledger.Row{OrderState: ledger.Issued, LabelID: 1, Label: ledger.Queued, Problem: ledger.Problem{Code: "paper-out"}, Kept: kept(0)}, "scan", "", 0, ""},
		"too late":         {ledger.Row{OrderState: ledger.Issued, LabelID: 1, Label: ledger.Confirmed, Alarm: "order-changed-too-late", Kept: kept(0)}, "scan", "", 0, api.Ask},
		"no rule for it":   {ledger.Row{OrderState: ledger.Refused, Problem: ledger.Problem{Code: "no-route"}, Kept: kept(0)}, "scan", "", 0, api.Fix},
	} {
		t.Run(name, func(t *testing.T) {
			v := at(now, test.when).shown(test.row)
			late := ""
			if v.Lateness != nil {
				if late = string(v.Lateness.Code) + " " + v.Lateness.Cost; v.Lateness.Late {
					late = "late " + late
				}
			}
			action := api.Action("")
			if v.Refusal != nil {
				action = v.Refusal.Action
			}
			if late != test.late || len(v.Cautions) != test.cautions || action != test.action {
				t.Errorf("%q, %d cautions, %q helps; want %q, %d, %q", late, len(v.Cautions), action, test.late, test.cautions, test.action)
			}
		})
	}
}

func TestFormsOfExport(t *testing.T) {
	now := time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)
	to := func(kind waybill.PhoneKind, phone string, until time.Duration) ledger.Row {
		o := order.Order{Key: order.Key{Source: "jd", ID: "1"}, PhoneKind: kind, ReadAt: now, VirtualUntil: now.Add(until), Receiver: waybill.Party{
			Name: pii.NewName("张三丰年"), Phone: pii.NewPhone(phone), Address: pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市"}, "演示路1号"),
		}}
		return ledger.Row{Order: o.Key, Kept: o}
	}
	given, lives := to(waybill.PhoneReal, "13800000001", 0), to(waybill.PhoneVirtual, "17000000000-4740", time.Hour)
	lapsed := to(waybill.PhoneVirtual, "17000000000-4740", -time.Hour)
	for name, test := range map[string]struct {
		form  privacy.Form
		row   ledger.Row
		name  string
		phone string
		why   string
	}{
		"masked":            {privacy.Masked, lives, "张••", pii.NewPhone("17000000000-4740").String(), ""},
		"masked, real":      {privacy.Masked, given, "张••", "138••••0001", ""},
		"virtual":           {privacy.WithVirtual, lives, "张三丰年", "17000000000-4740", ""},
		"virtual, lapsed":   {privacy.WithVirtual, lapsed, "张三丰年", pii.NewPhone("17000000000-4740").String(), "number-not-alive"},
		"virtual, but real": {privacy.WithVirtual, given, "张三丰年", "138••••0001", "number-not-virtual"},
	} {
		v := receiver(test.form, test.row, now)
		why := ""
		if v.Refusal != nil {
			why = string(v.Refusal.Code)
		}
		if v.Name != test.name || v.Phone != test.phone || why != test.why {
			t.Errorf("%s: %s, %s, %q; want %s, %s, %q", name, v.Name, v.Phone, why, test.name, test.phone, test.why)
		}
	}
	if receiver(privacy.WithoutReceiver, lives, now) != nil || receiver(privacy.WithVirtual, ledger.Row{Purged: true}, now) != nil {
		t.Error("a receiver stands where none may")
	}
}
