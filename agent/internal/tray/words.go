package tray

import (
	"fmt"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// look is all that a person sees at first. What is empty is hidden.
type look struct {
	picture                                           picture
	tooltip, status, settle, asking, next, last, hold string
}

// words are the tray's own, in its language.
type words struct{ language notice.Language }

func (w words) in(p notice.Phrase, args ...any) string { return fmt.Sprintf(p[w.language], args...) }

func (w words) name() string { return w.in(notice.Phrase{"Miandan", "面单"}) }
func (w words) open() string { return w.in(notice.Phrase{"Open page", "打开页面"}) }
func (w words) doctor() string {
	return w.in(notice.Phrase{"Find what is wrong", "检查问题"})
}
func (w words) next() string     { return w.in(notice.Phrase{"Print next", "打印下一单"}) }
func (w words) pause() string    { return w.in(notice.Phrase{"Pause printing", "暂停打印"}) }
func (w words) resume() string   { return w.in(notice.Phrase{"Resume printing", "继续打印"}) }
func (w words) printers() string { return w.in(notice.Phrase{"Printers", "打印机"}) }
func (w words) lost() string {
	return w.in(notice.Phrase{"No connection to the agent", "与程序失去连接"})
}
func (w words) waiting(n, done int) string {
	return w.in(notice.Phrase{"%d waiting, %d printed today", "待打印 %d 张，今日已打 %d 张"}, n, done)
}
func (w words) paused(n int) string {
	return w.in(notice.Phrase{"Paused: %d waiting", "已暂停，待打印 %d 张"}, n)
}
func (w words) settle(n int) string {
	return w.in(notice.Phrase{"Needs your word: %d – open the page", "%d 张面单等您确认：打开页面"}, n)
}
func (w words) asking() string {
	return w.in(notice.Phrase{"Another program asks to print: open the page", "有其他程序请求打印：打开页面"})
}
func (w words) again(waybill string) string {
	return w.in(notice.Phrase{"Reprint last (…%s)", "补打上一张（…%s）"}, ending(waybill))
}
func (w words) noneWaits() string {
	return w.in(notice.Phrase{"Nothing waits to be printed.", "没有等待打印的订单。"})
}

// oneNumber is what is said with every second copy.
func (w words) oneNumber() string {
	return w.in(notice.Phrase{
		"It prints once more. Destroy the old label: one number must not travel on two parcels.",
		"正在补打。请销毁旧面单，避免同一单号贴在两个包裹上。",
	})
}

func (w words) quit(beside bool) string {
	if beside {
		return w.in(notice.Phrase{"Close this icon (printing goes on)", "关闭图标（打印继续）"})
	}
	return w.in(notice.Phrase{"Quit", "退出"})
}

func (w words) quitSure(n int) string {
	return w.in(notice.Phrase{"Quit all the same (%d printing)", "仍要退出（%d 张正在打印）"}, n)
}

func (w words) quitAsks(n int) string {
	return w.in(notice.Phrase{
		"Labels are printing: %d. To end all the same, choose Quit once more.",
		"%d 张面单正在打印。如仍要退出，请再点一次“退出”。",
	}, n)
}

// reasons are why a label is printed again. The chosen one goes on record as it
// is read.
func (w words) reasons() []string {
	return []string{
		w.in(notice.Phrase{"Torn or jammed", "撕坏或卡纸"}),
		w.in(notice.Phrase{"Print too faint, barcode unreadable", "打印不清、条码扫不出"}),
		w.in(notice.Phrase{"Label is lost", "面单丢失"}),
	}
}

// ending is how people tell one number from another: its last characters.
func ending(number string) string { return number[max(0, len(number)-6):] }

// printer is one printer's line.
func (w words) printer(p api.Printer, held bool) string {
	state := ""
	switch {
	case held:
		state = w.in(notice.Phrase{"stopped by hand", "已停用"})
	case p.State == api.Stopped:
		state = w.ails(p)
	case p.State == api.Processing:
		state = w.in(notice.Phrase{"printing", "正在打印"})
	case len(p.Reasons) > 0:
		state = w.ails(p)
	default:
		state = w.in(notice.Phrase{"ready", "就绪"})
	}
	line := w.in(notice.Phrase{"%s: %s", "%s：%s"}, p.Name, state)
	if p.Left != nil {
		line += w.in(notice.Phrase{", %d left on the roll", "，余 %d 张"}, *p.Left)
	}
	return line
}

func (w words) turnPrinter(held bool) string {
	if held {
		return w.in(notice.Phrase{"Let it print again", "恢复打印"})
	}
	return w.in(notice.Phrase{"Stop this printer", "停用这台打印机"})
}

// ails is what ails a printer, in words.
func (w words) ails(p api.Printer) string {
	var all []string
	for _, r := range p.Reasons {
		if said, ok := ailments[r]; ok {
			all = append(all, said[w.language])
		}
	}
	if len(all) == 0 {
		return w.in(notice.Phrase{"stopped", "已停止"})
	}
	return strings.Join(all, w.in(notice.Phrase{", ", "、"}))
}

// ailments are IPP's words for what ails a printer (RFC 8011 §5.4.12).
var ailments = map[string]notice.Phrase{
	"media-empty":                  {"out of paper", "缺纸"},
	"media-low":                    {"paper is low", "纸快用完"},
	"media-jam":                    {"paper jam", "卡纸"},
	"cover-open":                   {"cover is open", "盖子未合上"},
	"offline":                      {"not connected", "未连接"},
	"paused":                       {"paused at the printer", "打印机已暂停"},
	"marker-supply-empty":          {"ribbon is out", "碳带用完"},
	"output-area-full":             {"take the label off", "请取走面单"},
	"cutter-unrecoverable-failure": {"cutter fault", "切刀故障"},
	"fuser-over-temp":              {"head too hot", "打印头过热"},
}

// look puts what is seen into words. What needs a person comes first: the icon
// has room for one thing.
func (w words) look(s seen) look {
	if s.lost {
		return look{picture: lost, status: w.lost(), tooltip: w.name() + " – " + w.lost(), hold: w.pause()}
	}
	c := s.queue.Counts
	l := look{picture: ready, status: w.waiting(c.Waiting, c.Done), hold: w.pause()}
	if s.queue.Paused {
		l.picture, l.status, l.hold = paused, w.paused(c.Waiting), w.resume()
	}
	if s.prints {
		l.next = w.next()
	}
	if s.latest != nil && s.latest.Waybill != "" {
		l.last = w.again(s.latest.Waybill)
	}
	if s.asking != "" {
		l.picture, l.asking = question, w.asking()
	}
	if c.Unknown > 0 {
		l.picture, l.settle = question, w.settle(c.Unknown)
	}
	if len(stopped(s)) > 0 {
		l.picture = attention
	}
	l.tooltip = strings.TrimSpace(w.name()+" "+s.queue.Station) + " – " + l.status
	return l
}

// stopped are the printers that somebody must look at: not those that somebody
// stopped.
func stopped(s seen) (list []api.Printer) {
	for _, p := range s.queue.Printers {
		if p.State == api.Stopped && !s.devices[p.Name].Held {
			list = append(list, p)
		}
	}
	return list
}
