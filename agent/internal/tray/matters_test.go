package tray

import (
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// TestWhatIsToldAndHowOften leads the tray through a bad quarter of an hour.
func TestWhatIsToldAndHowOften(t *testing.T) {
	now := time.Date(2026, 11, 11, 9, 0, 0, 0, time.UTC)
	m := newMatters(words{notice.Chinese}, func() time.Time { return now })
	ok := func(name string) api.Printer { return api.Printer{Name: name, State: api.Idle} }
	out := func(name string) api.Printer {
		return api.Printer{Name: name, State: api.Stopped, Reasons: []string{"media-empty"}}
	}
	printers := func(p ...api.Printer) seen { return seen{queue: api.Queue{Printers: p}} }
	rows := func(r ...api.Row) seen { return seen{queue: api.Queue{Rows: r}} }
	doubt := func(id string) api.Row { return api.Row{Order: "1", Label: id, State: api.Unknown} }
	due := func(order string, late bool) api.Row {
		return api.Row{Order: order, State: api.Waiting, Lateness: &api.Lateness{Late: late}}
	}
	said := func(code notice.Code, text string) seen {
		return seen{said: []api.Said{{Code: code, Message: text}}}
	}
	held := printers(out("b"))
	held.devices = map[string]api.Device{"b": {Held: true}}

	for i, step := range []struct {
		after time.Duration
		seen  seen
		want  string
	}{
		{0, printers(ok("a"), ok("b")), ""},
		{time.Second, printers(out("b"), out("a")), "a：缺纸\nb：缺纸"}, // together
		{time.Second, printers(out("b"), out("a")), ""},           // and once
		{time.Second, printers(ok("a"), out("b")), "a 已恢复打印。"},
		{time.Second, printers(out("a"), out("b")), ""}, // within the minute
		{time.Second, printers(ok("a"), out("b")), ""},
		{time.Second, printers(ok("a"), ok("b")), ""},
		{time.Minute, printers(ok("a"), ok("b")), "b 已恢复打印。"}, // later, but not lost
		{time.Minute, held, ""},                               // somebody did it
		{time.Minute, rows(doubt("1"), doubt("2")), "有 2 张面单需要您确认是否已经打出，请打开页面。"},
		{time.Second, rows(doubt("1"), doubt("2"), doubt("3")), ""},
		{time.Minute, rows(doubt("1"), doubt("2"), doubt("3")), "有 1 张面单需要您确认是否已经打出，请打开页面。"},
		{time.Minute, rows(due("1", true), due("2", false), due("3", false)), "有 1 个订单已超过发货时限，仍未打印。 | 有 2 个订单即将超过发货时限，仍未打印。"},
		{time.Minute, rows(due("1", true), due("2", false), due("3", false)), ""},
		{time.Minute, said("stock-low", "面单只剩 9 个"), "面单只剩 9 个"},
		{time.Minute, said("stock-low", "面单只剩 8 个"), ""}, // only another figure
		{time.Minute, said("roll-low", "纸快用完"), "纸快用完"},
		{time.Minute, said("number-taken", "已取号"), ""}, // nobody needs to look
		{time.Minute, seen{asking: "https://erp.example"}, "有其他程序请求打印：打开页面"},
		{time.Minute, seen{lost: true}, ""}, // a restart
		{missing, seen{lost: true}, "面单程序没有应答，恢复之前不会打印。"},
		{time.Minute, seen{lost: true}, ""},
		{time.Minute, seen{}, ""},
	} {
		now = now.Add(step.after)
		for j := range step.seen.said {
			step.seen.said[j].At = now
		}
		var texts []string
		for _, n := range m.fresh(step.seen) {
			if n.title != "面单" || n.kind == answers || n.look == 0 {
				t.Errorf("step %d: %+v", i, n)
			}
			texts = append(texts, n.text)
		}
		if got := strings.Join(texts, " | "); got != step.want {
			t.Errorf("step %d tells %q, want %q", i, got, step.want)
		}
	}
}
