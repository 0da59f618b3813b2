package privacy_test

import (
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/privacy"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

const day = 24 * time.Hour

var (
	bought = time.Date(2026, 11, 1, 10, 0, 0, 0, time.UTC)
	ended  = time.Date(2026, 11, 10, 10, 0, 0, 0, time.UTC)
)

func TestWhenANumberMayBeFetched(t *testing.T) {
	open, done := privacy.Situation{}, privacy.Situation{Ended: ended}
	lost := privacy.Situation{Ended: ended, Uncollected: true}
	service := privacy.Situation{Ended: ended, AfterSales: true}
	for _, test := range []struct {
		name    string
		s       privacy.Situation
		now     time.Time
		lives   time.Duration // 0: until the order is completed
		refusal notice.Code
	}{
		{"open", open, bought, 0, ""},
		{"before the end that is known", done, bought, 0, ""},
		{"at the end", done, ended, 2 * day, ""},
		{"a month after", done, ended.AddDate(0, 1, 0), 2 * day, ""},
		{"the last moment", done, ended.AddDate(0, 3, 0).Add(-time.Second), 2 * day, ""},
		{"three months after", done, ended.AddDate(0, 3, 0), 0, privacy.NoticeTooOld},
		{"not collected, and late", lost, ended.AddDate(0, 4, 0), 2 * day, ""},
		{"after-sales", service, ended.AddDate(0, 1, 0), 15 * day, ""},
		{"after-sales, a year later", service, ended.AddDate(1, 0, 0), 15 * day, ""},
	} {
		until, refusal := test.s.Fetch(test.now)
		var want time.Time
		if test.lives > 0 {
			want = test.now.Add(test.lives)
		}
		if !until.Equal(want) || refusal != test.refusal {
			t.Errorf("%s: until %v, %q; want %v, %q", test.name, until, refusal, want, test.refusal)
		}
	}
}

func TestAlive(t *testing.T) {
	done := privacy.Situation{Ended: ended}
	for _, test := range []struct {
		name           string
		s              privacy.Situation
		fetched, until time.Time
		last           time.Time // the first moment at which it is dead; zero for never
	}{
		{"open, nobody says", privacy.Situation{}, bought, time.Time{}, time.Time{}},
		{"open, the platform says", privacy.Situation{}, bought, bought.Add(3 * day), bought.Add(3 * day)},
		{"until the order is completed", done, bought, time.Time{}, ended},
		{"the order is completed before the platform's word", done, bought, ended.Add(30 * day), ended},
		{"fetched again", done, ended.Add(5 * day), time.Time{}, ended.Add(7 * day)},
		{"fetched again, and the platform says less", done, ended.Add(5 * day), ended.Add(6 * day), ended.Add(6 * day)},
		{"after-sales", privacy.Situation{Ended: ended, AfterSales: true}, ended.Add(day), time.Time{}, ended.Add(16 * day)},
		{"not collected", privacy.Situation{Ended: ended, Uncollected: true}, bought, time.Time{}, ended},
		{"not collected, bound again", privacy.Situation{Ended: ended, Uncollected: true}, ended.Add(day), time.Time{}, ended.Add(3 * day)},
		{"fetched too late by a clock that was wrong", done, ended.AddDate(0, 4, 0), time.Time{}, ended},
	} {
		v, _ := privacy.Parse("17000000000-4740")
		v.Fetched, v.Until = test.fetched, test.until
		if test.last.IsZero() {
			if !test.s.Alive(v, test.fetched.AddDate(1, 0, 0)) {
				t.Errorf("%s: dead after a year", test.name)
			}
			continue
		}
		if test.s.Alive(v, test.last) || test.last.After(test.fetched) && !test.s.Alive(v, test.last.Add(-time.Second)) {
			t.Errorf("%s: alive at the end %v or dead before it", test.name, test.s.Alive(v, test.last))
		}
	}
	if (privacy.Situation{}).Alive(privacy.Virtual{}, bought) {
		t.Error("no number is alive")
	}
}

func receiver(phone string, kind waybill.PhoneKind) order.Order {
	return order.Order{
		Key: order.Key{Source: "jd", ID: "1"}, PhoneKind: kind, ReadAt: bought,
		Receiver: waybill.Party{Name: pii.NewName("张三"), Phone: pii.NewPhone(phone),
			Address: pii.NewAddress(pii.Region{Province: "广东", City: "广州市", District: "海珠区"}, "演示路1号")},
	}
}

func TestAClickNeverShowsTheRealNumber(t *testing.T) {
	done := privacy.Situation{Ended: ended}
	for _, test := range []struct {
		name  string
		phone string
		kind  waybill.PhoneKind
		s     privacy.Situation
		now   time.Time
		main  string
		why   notice.Code
	}{
		{"virtual", "17000000000-4740", waybill.PhoneVirtual, privacy.Situation{}, bought, "17000000000", ""},
		{"real", "13800001234", waybill.PhoneReal, privacy.Situation{}, bought, "", privacy.NoticeNotVirtual},
		{"a real one with an extension", "02180000001-123", waybill.PhoneVirtual, privacy.Situation{}, bought, "", privacy.NoticeNotVirtual},
		{"masked", "138****1234", waybill.PhoneMasked, privacy.Situation{}, bought, "", privacy.NoticeNotVirtual},
		{"none", "", waybill.PhoneSealed, privacy.Situation{}, bought, "", privacy.NoticeNotVirtual},
		{"virtual without extension", "17000000000", waybill.PhoneVirtual, privacy.Situation{}, bought, "", privacy.NoticeNotVirtual},
		{"lapsed", "17000000000-4740", waybill.PhoneVirtual, done, ended.Add(day), "", privacy.NoticeLapsed},
		{"lapsed for good", "17000000000-4740", waybill.PhoneVirtual, done, ended.AddDate(0, 3, 0), "", privacy.NoticeTooOld},
	} {
		shown := privacy.Click(receiver(test.phone, test.kind), test.s, test.now)
		main := ""
		if shown.Call != nil {
			main = shown.Call.Main
		}
		if shown.Name != "张三" || !strings.HasSuffix(shown.Address, "演示路1号") || main != test.main || shown.Why != test.why {
			t.Errorf("%s: %+v, number %q", test.name, shown, main)
		}
		if shown.Why != "" && (!notice.Known(shown.Why) || notice.Places(shown.Why) != 1) {
			t.Errorf("%s has no sentence that takes the order's number", shown.Why)
		}
	}
}

func TestExport(t *testing.T) {
	for _, test := range []struct {
		form                 privacy.Form
		name                 string
		o                    order.Order
		now                  time.Time
		person, phone, where string
		why                  notice.Code
	}{
		{privacy.WithoutReceiver, "none", receiver("17000000000-4740", waybill.PhoneVirtual), bought, "", "", "", ""},
		{privacy.Masked, "real, masked", receiver("13800001234", waybill.PhoneReal), bought, "张••", "138••••1234", "广东广州市海珠区••••", ""},
		{privacy.Masked, "virtual, masked", receiver("17000000000-4740", waybill.PhoneVirtual), bought, "张••", "170••••0000-••••", "广东广州市海珠区••••", ""},
		{privacy.WithVirtual, "virtual", receiver("17000000000-4740", waybill.PhoneVirtual), bought, "张三", "17000000000-4740", "广东广州市海珠区演示路1号", ""},
		{privacy.WithVirtual, "real", receiver("13800001234", waybill.PhoneReal), bought, "张三", "138••••1234", "广东广州市海珠区演示路1号", privacy.NoticeNotVirtual},
		{privacy.WithVirtual, "lapsed", receiver("17000000000-4740", waybill.PhoneVirtual), ended, "张三", "170••••0000-••••", "广东广州市海珠区演示路1号", privacy.NoticeLapsed},
	} {
		if test.name == "lapsed" {
			test.o.EndedAt = ended
		}
		got := test.form.Row(test.o, privacy.SituationOf(test.o), test.now)
		if got.Name != test.person || got.Phone != test.phone || got.Address != test.where || got.Why != test.why {
			t.Errorf("%s: %+v", test.name, got)
		}
	}
	for _, f := range privacy.Forms() {
		if got, err := privacy.ParseForm(string(f)); err != nil || got != f {
			t.Errorf("ParseForm(%q) = %q, %v", f, got, err)
		}
		if err := f.May(true); err != nil {
			t.Errorf("%s with the package: %v", f, err)
		}
		if err := f.May(false); (notice.CodeOf(err) == privacy.NoticePackage) != (f == privacy.WithVirtual) || (err == nil) == (f == privacy.WithVirtual) {
			t.Errorf("%s without the package: %v", f, err)
		}
	}
	if _, err := privacy.ParseForm("plain"); err == nil {
		t.Error("there is no plain form")
	}
}
