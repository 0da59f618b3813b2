package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// rules are the settings' rules by which orders print by themselves.
type rules struct{ *station }

var _ api.AutoRules = rules{}

// autoRule is what the settings say of an order, as the station asks it; nil if
// they have no rules.
func autoRule(c *config.Config) func(order.Order, string, time.Time) (dispatch.Rule, bool) {
	if len(c.Auto) == 0 {
		return nil
	}
	return func(o order.Order, issuer string, at time.Time) (dispatch.Rule, bool) {
		a, ok := c.AutoRule(o, issuer, at)
		return dispatch.Rule{Name: a.Name, Target: a.Printer, Open: ok && a.Open(at)}, ok
	}
}

// Rules implements api.AutoRules.
func (s rules) Rules(ctx context.Context) ([]api.Rule, error) {
	now := s.options.Clock()
	today, err := s.Ledger.PrintedBy(ctx, startOfDay(now))
	if err != nil {
		return nil, s.told(err)
	}
	off, err := s.Ledger.RulesOff(ctx)
	if err != nil {
		return nil, s.told(err)
	}
	list := make([]api.Rule, len(s.config.Auto))
	for i, a := range s.config.Auto {
		on := !slices.Contains(off, a.Name)
		list[i] = api.Rule{
			Name: a.Name, On: on, Works: on && a.Open(now), When: s.condition(a),
			Hours: strings.TrimSpace(strings.Join(a.Days, " ") + " " + strings.ReplaceAll(a.Hours, "-", "–")), Printer: a.Printer, Today: today[a.Name],
		}
	}
	return list, nil
}

// SwitchRule implements api.AutoRules.
func (s rules) SwitchRule(ctx context.Context, name string, on bool, who string) error {
	var names []string
	for _, a := range s.config.Auto {
		names = append(names, a.Name)
	}
	if !slices.Contains(names, name) {
		return notice.New("rule-unknown", api.ErrNotFound, name, strings.Join(names, ", "))
	}
	return s.told(s.Station.SwitchRule(ctx, name, on, ledger.Person{Who: who}))
}

// condition says in words what an order must be.
func (s rules) condition(a config.Auto) string {
	chinese := s.options.Language == notice.Chinese
	var parts []string
	add := func(english, chineseWord string, values ...string) {
		values = slices.DeleteFunc(values, func(v string) bool { return v == "" })
		switch {
		case len(values) == 0:
		case chinese:
			parts = append(parts, chineseWord+" "+strings.Join(values, "、"))
		default:
			parts = append(parts, english+" "+strings.Join(values, " or "))
		}
	}
	w := a.When
	add("source", "来源", w.Source)
	add("shipment", "配送方式", w.Shipment)
	add("merchant", "商家类型", w.Merchant)
	add("shop", "店铺", w.Shop...)
	add("carrier", "快递", a.Carrier...)
	add("province", "省份", w.Province...)
	add("note contains", "备注含", w.NoteContains...)
	add("only goods", "仅含商品", w.SKU...)
	add("with goods", "含商品", w.HasSKU...)
	if d := a.DeadlineWithin.Duration; d > 0 {
		hours := fmt.Sprintf("%g h", d.Hours())
		add("to ship within", "距发货时限", hours)
	}
	if len(parts) == 0 {
		return map[bool]string{true: "所有订单", false: "every order"}[chinese]
	}
	return strings.Join(parts, map[bool]string{true: "；", false: "; "}[chinese])
}
