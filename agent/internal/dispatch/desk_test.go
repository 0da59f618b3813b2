package dispatch

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/privacy"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// desk is a station with a real ledger and nobody at the other end of its lines.
type desk struct {
	*Station
	t    *testing.T
	db   *store.DB
	now  time.Time
	said []notice.Code
	log  strings.Builder
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	d := &desk{t: t, now: time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC)}
	dir := t.TempDir()
	keys, err := seal.OpenKeystore(dir)
	d.do(err)
	sealer, err := seal.Open(keys, dir, false)
	d.do(err)
	d.db, err = store.Open(t.Context(), dir)
	d.do(err)
	t.Cleanup(func() { d.db.Close() })
	clock := func() time.Time { return d.now }
	d.Station = &Station{
		Ledger: ledger.New(d.db, sealer, clock), Clock: clock, Sources: map[string]platform.Source{}, Issuers: map[string]carrier.Issuer{},
		Log: slog.New(slog.NewTextHandler(&d.log, nil)), Say: func(n *notice.Error) { d.said = append(d.said, n.Code) },
		Rules: Rules{WarnAhead: 6 * time.Hour, Shipped: "scan"},
	}
	_, err = d.Ledger.Recover(t.Context())
	d.do(err)
	return d
}

func (d *desk) do(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) accept(id string, change func(*order.Order)) order.Order {
	d.t.Helper()
	o := order.Order{
		Key: order.Key{Source: "jd", ID: id}, State: order.ToShip, Merchant: order.SOP, PhoneKind: waybill.PhoneReal, PaidAt: d.now, ReadAt: d.now, Price: 5900,
		Receiver: waybill.Party{Name: pii.NewName("张三丰年"), Phone: pii.NewPhone("13800000001"),
			Address: pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市", District: "西湖区"}, "演示路1号2幢301室")},
	}
	if change != nil {
		change(&o)
	}
	_, err := d.Ledger.Accept(d.t.Context(), o, ledger.Plan{Issuer: "wujie/ZTO", Wanted: true})
	d.do(err)
	return o
}

func (d *desk) records(what string) (n int) {
	d.t.Helper()
	d.do(d.db.Read.QueryRow(`SELECT count(*) FROM audit WHERE what = ? AND who = 'tester'`, what).Scan(&n))
	return n
}

var tester = ledger.Person{Who: "tester"}

func TestEachDeadlineIsToldOnce(t *testing.T) {
	d := newDesk(t)
	d.accept("1", func(o *order.Order) { o.PaidAt = d.now.Add(-41 * time.Hour) })
	d.accept("2", func(o *order.Order) { o.PaidAt = d.now.Add(-49 * time.Hour) })
	for _, test := range []struct {
		after time.Duration
		want  []notice.Code
	}{
		{0, []notice.Code{"order-is-late"}},
		{30 * time.Minute, nil},
		{time.Hour, []notice.Code{"order-late-cost"}},
		{time.Hour, nil},
		{5 * time.Hour, []notice.Code{"order-is-late"}},
		{48 * time.Hour, nil},
	} {
		d.now, d.said = d.now.Add(test.after), nil
		for range 2 {
			d.do(d.warnLate(t.Context()))
		}
		if !slices.Equal(d.said, test.want) {
			t.Errorf("at %v: told %q, want %q", d.now, d.said, test.want)
		}
	}
}

// opens is a platform that answers a click in one way.
type opens struct {
	platform.Source
	answer func(order.Order) (order.Order, error)
}

func (s opens) Reveal(_ context.Context, o order.Order) (order.Order, error) { return s.answer(o) }

func TestReveal(t *testing.T) {
	const number = "17000000000-4740"
	virtual := func(phone string, until time.Duration) func(*desk, *order.Order) {
		return func(d *desk, o *order.Order) {
			o.PhoneKind, o.Receiver.Phone, o.ReadAt = waybill.PhoneVirtual, pii.NewPhone(phone), d.now
			if o.VirtualUntil = d.now.Add(until); until == 0 {
				o.VirtualUntil = time.Time{}
			}
		}
	}
	broken := notice.New("jd-unreachable", errors.New("no route"))
	for name, test := range map[string]struct {
		kept   func(*desk, *order.Order)
		asked  func(d *desk, o order.Order) (order.Order, error) // nil: the platform cannot be asked
		number string
		why    notice.Code
		fails  error
	}{
		"bound anew": {
			virtual(number, -time.Hour),
			func(d *desk, o order.Order) (order.Order, error) {
				virtual("17000000000-5977", time.Hour)(d, &o)
				return o, nil
			}, "17000000000 5977", "", nil,
		},
		"what it gives has lapsed": {
			virtual(number, time.Hour),
			func(d *desk, o order.Order) (order.Order, error) { virtual(number, -time.Second)(d, &o); return o, nil },
			"", privacy.NoticeLapsed, nil,
		},
		"a real number": {nil, func(_ *desk, o order.Order) (order.Order, error) { return o, nil }, "", privacy.NoticeNotVirtual, nil},
		"nothing stands for the receiver": {
			nil, func(_ *desk, o order.Order) (order.Order, error) {
				return o, notice.New(privacy.NoticeNotVirtual, nil, o.ID)
			}, "", privacy.NoticeNotVirtual, nil,
		},
		"completed four months ago": {
			func(d *desk, o *order.Order) {
				virtual(number, 0)(d, o)
				o.EndedAt = d.now.AddDate(0, -4, 0)
			},
			func(_ *desk, o order.Order) (order.Order, error) {
				return o, notice.New(privacy.NoticeTooOld, nil, o.ID)
			}, "", privacy.NoticeTooOld, nil,
		},
		"the platform does not answer": {
			virtual(number, time.Hour), func(_ *desk, o order.Order) (order.Order, error) { return o, broken }, "", "", broken,
		},
		"nobody to ask, and alive":  {virtual(number, time.Hour), nil, "17000000000 4740", "", nil},
		"nobody to ask, and lapsed": {virtual(number, -time.Hour), nil, "", privacy.NoticeLapsed, nil},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			o := d.accept("1", func(o *order.Order) {
				if test.kept != nil {
					test.kept(d, o)
				}
			})
			recorded := -1
			if test.asked != nil {
				d.Sources["jd"] = opens{answer: func(o order.Order) (order.Order, error) {
					recorded = d.records("revealed")
					return test.asked(d, o)
				}}
			}
			got, err := d.Reveal(t.Context(), o.Key, tester, ledger.Unlimited)
			if !errors.Is(err, test.fails) {
				t.Fatalf("Reveal: %v, want %v", err, test.fails)
			}
			if test.asked != nil && recorded != 1 {
				t.Errorf("%d records when the platform was asked, want 1", recorded)
			}
			if n := d.records("revealed"); n != 1 {
				t.Errorf("%d records of one click", n)
			}
			if test.fails == nil && (got.Name != "张三丰年" || !strings.Contains(got.Address, "演示路1号2幢301室")) {
				t.Errorf("shows %q at %q", got.Name, got.Address)
			}
			number := ""
			if got.Call != nil {
				number = got.Call.Main + " " + got.Call.Extension
			}
			if number != test.number || got.Why != test.why {
				t.Errorf("shows %q, %q; want %q, %q", number, got.Why, test.number, test.why)
			}
			for _, canary := range []string{"张三", "13800000001", "演示路", "17000000000"} {
				if strings.Contains(d.log.String(), canary) {
					t.Errorf("the log names %s", canary)
				}
			}
		})
	}
}

func TestRevealOfNothing(t *testing.T) {
	d := newDesk(t)
	if _, err := d.Reveal(t.Context(), order.Key{Source: "jd", ID: "9"}, tester, ledger.Unlimited); !errors.Is(err, ledger.ErrNoOrder) {
		t.Errorf("Reveal of nothing: %v", err)
	}
	o := d.accept("1", nil)
	purged := 0
	for range 31 { // a month that is gone in one go is a clock that jumped
		d.now = d.now.Add(24 * time.Hour)
		n, err := d.Ledger.Purge(t.Context(), ledger.Retention{Ended: time.Hour, Unknown: time.Hour})
		d.do(err)
		purged += n
	}
	if purged != 1 {
		t.Fatalf("%d purged, want 1", purged)
	}
	if _, err := d.Reveal(t.Context(), o.Key, tester, ledger.Unlimited); !errors.Is(err, ledger.ErrPurged) || d.records("revealed") != 0 {
		t.Errorf("Reveal of a purged order: %v, %d records", err, d.records("revealed"))
	}
}

// gives is a carrier that takes numbers over, and knows some of them.
type gives struct {
	carrier.Issuer
	knows []waybill.Number
}

func (g gives) Adopt(o order.Order, numbers []waybill.Number) (waybill.Waybill, error) {
	if len(numbers) != o.Boxes() {
		return waybill.Waybill{}, notice.New("parcel-count", nil, o.ID, o.Boxes(), len(numbers))
	}
	return waybill.Waybill{Carrier: "ZTO", Number: numbers[0], Receiver: o.Receiver, Parcels: carrier.Numbered(numbers)}, nil
}

func (g gives) Prove(_ context.Context, n waybill.Number) error {
	if slices.Contains(g.knows, n) {
		return nil
	}
	return notice.New("number-not-known", nil, string(n), "查无此单")
}

func TestAdopt(t *testing.T) {
	for name, test := range map[string]struct {
		typed   []string
		issuer  carrier.Issuer
		refusal notice.Code
	}{
		"one":                       {[]string{" 75300000000021 "}, gives{knows: []waybill.Number{"75300000000021"}}, ""},
		"by a scanner in small":     {[]string{"yt0000000000023"}, gives{knows: []waybill.Number{"YT0000000000023"}}, ""},
		"one that nobody knows":     {[]string{"75300000000022"}, gives{knows: []waybill.Number{"75300000000021"}}, "number-not-known"},
		"none":                      {nil, gives{}, "parcel-count"},
		"too many":                  {[]string{"75300000000021", "75300000000022"}, gives{}, "parcel-count"},
		"the same twice":            {[]string{"75300000000021", "75300000000021"}, gives{}, "number-form"},
		"no number":                 {[]string{"on the desk"}, gives{}, "number-form"},
		"another order's":           {[]string{"75300000000099"}, gives{knows: []waybill.Number{"75300000000099"}}, "number-taken"},
		"a carrier that takes none": {[]string{"75300000000021"}, struct{ carrier.Issuer }{}, "number-by-carrier"},
		"a carrier that is gone":    {[]string{"75300000000021"}, nil, "carrier-unknown"},
		"a carrier that proves nothing": {[]string{"75300000000021"}, struct {
			carrier.Issuer
			carrier.Adopter
		}{Adopter: gives{}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			ask := func(o order.Order) {
				n, err := d.Ledger.Next(t.Context())
				d.do(err)
				if n.Order.ID != o.ID {
					t.Fatalf("order %s is next", n.Order.ID)
				}
				d.do(d.Ledger.Issuing(t.Context(), n))
			}
			other := d.accept("2", nil)
			ask(other)
			d.do(d.Ledger.Issued(t.Context(), other.Key, waybill.Waybill{Carrier: "ZTO", Number: "75300000000099", Parcels: make([]waybill.Parcel, 1)}, 0))
			d.do(d.Ledger.Enqueue(t.Context(), other.Key, waybill.Waybill{Carrier: "ZTO", Number: "75300000000099", Parcels: make([]waybill.Parcel, 1)}, ledger.Paper{}, 0))
			o := d.accept("1", nil)
			ask(o)
			d.do(d.Ledger.IssueLost(t.Context(), o.Key, lost(o), time.Hour))
			if test.issuer != nil {
				d.Issuers["wujie/ZTO"] = test.issuer
			}
			err := d.Adopt(t.Context(), o.Key, test.typed, tester)
			_, state, _ := d.Ledger.Order(t.Context(), o.Key)
			switch {
			case test.refusal == "":
				if err != nil || state != ledger.Issued || d.records("adopted-number") != 1 {
					t.Errorf("Adopt: %v; the order is %s, %d records", err, state, d.records("adopted-number"))
				}
			case err == nil || notice.CodeOf(err) != test.refusal || state != ledger.IssueUnknown || d.records("adopted-number") != 0:
				t.Errorf("Adopt: %v (%s), want %s; the order is %s", err, notice.CodeOf(err), test.refusal, state)
			}
		})
	}
}
