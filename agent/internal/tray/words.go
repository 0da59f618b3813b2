package tray

import (
	"fmt"
	"slices"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// look is all that a person sees.
type look struct {
	picture                          picture
	tooltip, status, settle, trouble string // the last two are hidden if empty
	hold                             string
	holdable                         bool
}

// words are the tray's own, in its language.
type words struct{ language notice.Language }

func (w words) in(p notice.Phrase, args ...any) string { return fmt.Sprintf(p[w.language], args...) }

func (w words) name() string   { return w.in(notice.Phrase{"Miandan", "面单"}) }
func (w words) open() string   { return w.in(notice.Phrase{"Open page", "打开页面"}) }
func (w words) pause() string  { return w.in(notice.Phrase{"Pause printing", "暂停打印"}) }
func (w words) resume() string { return w.in(notice.Phrase{"Resume printing", "继续打印"}) }
func (w words) quit() string   { return w.in(notice.Phrase{"Quit", "退出"}) }
func (w words) lost() string {
	return w.in(notice.Phrase{"No connection to the agent", "与程序失去连接"})
}
func (w words) waiting(n int) string { return w.in(notice.Phrase{"%d waiting", "待打印 %d 张"}, n) }
func (w words) paused(n int) string {
	return w.in(notice.Phrase{"Paused, %d waiting", "已暂停，待打印 %d 张"}, n)
}
func (w words) settle(n int) string {
	return w.in(notice.Phrase{"%d to settle: open the page", "待确认 %d 项：请打开页面处理"}, n)
}
func (w words) stopped(printers string) string {
	return w.in(notice.Phrase{"Stopped: %s", "已停止：%s"}, printers)
}

// look puts what is seen into words. What needs a person comes first: the icon
// has room for one thing.
func (w words) look(s seen) look {
	if s.lost {
		return look{picture: lost, status: w.lost(), tooltip: w.name() + " – " + w.lost(), hold: w.pause()}
	}
	l := look{picture: ready, status: w.waiting(s.queue.Counts.Waiting), hold: w.pause(), holdable: true}
	if s.queue.Paused {
		l.picture, l.status, l.hold = paused, w.paused(s.queue.Counts.Waiting), w.resume()
	}
	var stopped []string
	for _, p := range s.queue.Printers {
		if p.State == api.Stopped {
			stopped = append(stopped, p.Name)
		}
	}
	if len(stopped) > 0 {
		slices.Sort(stopped)
		l.picture, l.trouble = attention, w.stopped(strings.Join(stopped, ", "))
	}
	if n := s.queue.Counts.Unknown; n > 0 {
		l.picture, l.settle = attention, w.settle(n)
	}
	l.tooltip = w.name() + " – " + l.status
	return l
}
