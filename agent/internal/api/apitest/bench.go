package apitest

import (
	"fmt"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/templates/pii"
)

// Bench returns the queue of a busy bench: late and early orders, an unknown
// label, refused orders, evidence of every kind, a printer out of paper.
func Bench(now time.Time) api.Queue {
	rows := []sample{
		row("1004200017", "JD", "京东快递", "JDVA00000000017", "张三", "13800001234", guangdong()).in(3*time.Hour).at(api.Unknown, "unknown", "zebra-2", 1),
		row("1004200021", "ZTO", "中通快递", "75300000000021", "李䶮", "15900005678", zhejiang()).in(-50*time.Minute).at(api.Waiting, "queued", "", 0).costs("50.40").warned("order-goods-none"),
		row("1004200022", "JD", "京东快递", "JDVA00000000022", "王五", "13100002222", beijing()).in(2*time.Hour+20*time.Minute).at(api.Printing, "sending", "escpos-1", 1).costs("17.70"),
		row("1004200023", "YTO", "圆通速递", "YT0000000000023", "赵六", "18600003333", sichuan()).in(5*time.Hour).at(api.Waiting, "queued", "", 0).costs("5.00"),
		row("1004200024", "JD", "京东快递", "JDVA00000000024", "欧阳七", "13900004444", guangdong()).in(9*time.Hour).at(api.Waiting, "queued", "", 0),
		row("1004200025", "ZTO", "中通快递", "75300000000025", "钱八", "0571-80000000", zhejiang()).in(21*time.Hour).at(api.Waiting, "queued", "", 0),
		row("1004200026", "JD", "京东快递", "JDVA00000000026", "Smith", "17000000000-4740", beijing()).in(30*time.Hour).at(api.Waiting, "queued", "", 0),
		row("1004200027", "YTO", "圆通速递", "YT0000000000027", "孙九", "18800006666", sichuan()).in(44*time.Hour).at(api.Waiting, "issued", "", 0).warned("order-book-subscription"),
		row("1004200028", "", "", "", "何二", "15100007777", zhejiang()).in(40*time.Minute).at(api.NumberUnknown, "issue-unknown", "", 0).because("carrier-answer-unknown"),
		row("1004200031", "", "", "", "周十", "13700007777", beijing()).in(11 * time.Hour).refused("phone-masked").helps(api.Ask),
		row("1004200032", "", "", "", "吴一", "13600008888", sichuan()).in(26 * time.Hour).refused("order-locked").helps(api.Ask),
		row("1004200011", "JD", "京东快递", "JDVA00000000011", "郑二", "13500009999", guangdong()).in(20*time.Hour).at(api.Done, "confirmed", "escpos-1", 1).by(api.Confirmed),
		row("1004200012", "ZTO", "中通快递", "75300000000012", "冯三", "13400001111", zhejiang()).in(22*time.Hour).at(api.Done, "presumed", "cups-office", 1).by(api.Presumed),
		row("1004200013", "YTO", "圆通速递", "YT0000000000013", "陈四", "13300002222", sichuan()).in(23*time.Hour).at(api.Done, "printed", "zebra-2", 2).by(api.ByOperator),
	}
	q := api.Queue{
		Counts: api.Counts{Waiting: 6, Printing: 1, Unknown: 2, Done: 148, Refused: 2},
		Printers: []api.Printer{
			{Name: "escpos-1", State: api.Processing, Current: "JDVA00000000022"},
			{Name: "zebra-2", State: api.Stopped, Reasons: []string{"media-empty"}},
			{Name: "cups-office", State: api.Idle, Reasons: []string{"media-low"}},
		},
	}
	for i, r := range rows {
		r.row.Label = fmt.Sprint(100 + i)
		if r.row.State == api.Refused || r.row.State == api.NumberUnknown {
			r.row.Label = ""
		}
		r.row.Deadline = now.Add(r.left)
		r.late(now)
		r.row.Since = now.Add(-time.Duration(i) * 7 * time.Minute)
		q.Rows = append(q.Rows, r.row)
	}
	return q
}

type sample struct {
	row  api.Row
	left time.Duration
}

// The districts that the samples live in.
func guangdong() pii.Region {
	return pii.Region{Province: "广东省", City: "深圳市", District: "南山区"}
}
func zhejiang() pii.Region {
	return pii.Region{Province: "浙江省", City: "杭州市", District: "余杭区"}
}
func beijing() pii.Region {
	return pii.Region{Province: "北京市", City: "北京市", District: "朝阳区"}
}
func sichuan() pii.Region {
	return pii.Region{Province: "四川省", City: "成都市", District: "武侯区"}
}

func row(order, carrier, carrierName, waybill, name, phone string, r pii.Region) sample {
	return sample{row: api.Row{
		Order: order, Carrier: carrier, CarrierName: carrierName, Waybill: waybill, Parcel: 1, Parcels: 1,
		Receiver: api.Mask(pii.NewName(name)),
		Phone:    api.Mask(pii.NewPhone(phone)),
		Address:  api.Mask(pii.NewAddress(r, "测试路1号")),
	}}
}

func (s sample) in(left time.Duration) sample { s.left = left; return s }

func (s sample) at(state api.State, step, printer string, attempts int) sample {
	s.row.State, s.row.Step, s.row.Printer, s.row.Attempts = state, step, printer, attempts
	return s
}

func (s sample) by(e api.Evidence) sample { s.row.Evidence = e; return s }

func (s sample) refused(c notice.Code) sample {
	s.row.State, s.row.Step = api.Refused, "refused"
	return s.because(c)
}

func (s sample) because(c notice.Code) sample {
	s.row.Refusal = &api.Refusal{Code: c, Args: []any{s.row.Order}}
	return s
}

// costs says what it costs if the order is late.
func (s sample) costs(yuan string) sample {
	s.row.Lateness = &api.Lateness{Cost: yuan}
	return s
}

func (s sample) late(now time.Time) {
	if l := s.row.Lateness; l != nil {
		l.Late = s.left <= 0
		if l.Code = "order-late-cost"; l.Late {
			l.Code = "order-is-late"
		}
		l.Args = []any{s.row.Order, now.Add(s.left).Format("01-02 15:04"), l.Cost}
	}
}

func (s sample) warned(codes ...notice.Code) sample {
	for _, c := range codes {
		s.row.Cautions = append(s.row.Cautions, api.Refusal{Code: c, Args: []any{s.row.Order}})
	}
	return s
}

func (s sample) helps(a api.Action) sample {
	s.row.Refusal.Action = a
	return s
}
