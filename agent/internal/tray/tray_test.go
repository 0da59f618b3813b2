package tray

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/notice"
)

// fake is a desk that keeps what it is told.
type fake struct {
	mu       sync.Mutex
	entries  []*shownEntry
	told     []notification
	picture  picture
	tooltip  string
	quit     chan struct{}
	quitOnce sync.Once
}

// shownEntry is an entry of the fake's menu.
type shownEntry struct {
	desk            *fake
	title           string
	hidden, blocked bool
	clicks          chan struct{}
	entries         []*shownEntry
}

func newFake() *fake { return &fake{quit: make(chan struct{})} }

func (f *fake) Loop(ready func())        { ready(); <-f.quit }
func (f *fake) Quit()                    { f.quitOnce.Do(func() { close(f.quit) }) }
func (f *fake) Separator()               {}
func (f *fake) SetIcon(p picture)        { f.do(func() { f.picture = p }) }
func (f *fake) SetTooltip(s string)      { f.do(func() { f.tooltip = s }) }
func (f *fake) Notify(n ...notification) { f.do(func() { f.told = append(f.told, n...) }) }
func (f *fake) do(change func())         { f.mu.Lock(); defer f.mu.Unlock(); change() }

func (f *fake) Item(title string) (item, <-chan struct{}) { return f.add(&f.entries, title) }
func (e *shownEntry) Item(title string) (item, <-chan struct{}) {
	if e.hidden {
		panic("Windows hangs no menu on what is hidden: " + title)
	}
	return e.desk.add(&e.entries, title)
}

func (f *fake) add(to *[]*shownEntry, title string) (item, <-chan struct{}) {
	e := &shownEntry{desk: f, title: title, clicks: make(chan struct{})}
	f.do(func() { *to = append(*to, e) })
	return e, e.clicks
}

func (e *shownEntry) SetTitle(s string) { e.desk.do(func() { e.title = s; e.hidden = false }) } // as on GTK and Windows
func (e *shownEntry) Enable()           { e.desk.do(func() { e.blocked = false; e.hidden = false }) }
func (e *shownEntry) Disable()          { e.desk.do(func() { e.blocked = true; e.hidden = false }) }
func (e *shownEntry) Show()             { e.desk.do(func() { e.hidden = false }) }
func (e *shownEntry) Hide()             { e.desk.do(func() { e.hidden = true }) }

// menu returns what a person would read; what cannot be pressed is in brackets,
// and in braces what opens from an entry.
func (f *fake) menu() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return read(f.entries)
}

func read(entries []*shownEntry) string {
	var lines []string
	for _, e := range entries {
		if e.hidden {
			continue
		}
		title := e.title
		if e.blocked {
			title = "[" + title + "]"
		}
		if inner := read(e.entries); inner != "" {
			title += " {" + inner + "}"
		}
		lines = append(lines, title)
	}
	return strings.Join(lines, " | ")
}

func (f *fake) icon() picture { f.mu.Lock(); defer f.mu.Unlock(); return f.picture }

// heard returns the texts of all notifications.
func (f *fake) heard() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []string
	for _, n := range f.told {
		all = append(all, n.text)
	}
	return strings.Join(all, " | ")
}

// click clicks through menus: "打印机", "zebra-2", "停用".
func (f *fake) click(t *testing.T, path ...string) {
	t.Helper()
	f.mu.Lock()
	entries := f.entries
	var e *shownEntry
	for _, title := range path {
		i := slices.IndexFunc(entries, func(e *shownEntry) bool { return strings.Contains(e.title, title) && !e.hidden && !e.blocked })
		if i < 0 {
			f.mu.Unlock()
			t.Fatalf("no entry %q in: %s", title, f.menu())
		}
		e, entries = entries[i], entries[i].entries
	}
	f.mu.Unlock()
	select {
	case e.clicks <- struct{}{}:
	case <-time.After(time.Minute):
		t.Fatalf("nobody takes the click on %q", path)
	}
}

// counter is the packer's part of the double.
type counter struct {
	*apitest.Station
	mu     sync.Mutex
	latest api.Row
	next   api.Scanned
	said   []api.Said
	slow   bool // the next question for the queue is answered when nobody waits any more
}

func (c *counter) Queue(ctx context.Context, ask api.QueueQuery) (api.Queue, error) {
	c.mu.Lock()
	slow := c.slow
	c.slow = false
	c.mu.Unlock()
	if slow {
		time.Sleep(patience + time.Second)
	}
	return c.Station.Queue(ctx, ask)
}

func (c *counter) ScanPrint(context.Context, api.ScanPrint) (r api.Scanned, err error) {
	return r, errors.ErrUnsupported
}

func (c *counter) Preview(context.Context, string) ([]byte, error) { return nil, errors.ErrUnsupported }

func (c *counter) PrintNext(ctx context.Context, who string) (api.Scanned, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next.Result == api.ScanPrinting {
		_, err := c.Print(ctx, []string{c.next.Order}, who)
		return c.next, err
	}
	return c.next, nil
}

func (c *counter) Latest(context.Context) (api.Row, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.latest.Waybill == "" {
		return c.latest, notice.New("label-not-found", api.ErrNotFound, "")
	}
	return c.latest, nil
}

func (c *counter) Said(context.Context) ([]api.Said, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.said), nil
}

// agent is a running agent with a bench behind it, on a socket of its own.
type agent struct {
	station *counter
	path    string
	stop    func()
}

func startAgent(t *testing.T, q api.Queue) agent {
	t.Helper()
	dir, err := os.MkdirTemp("", "tray") // t.TempDir's path may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	a := agent{station: &counter{Station: apitest.New(q)}, path: localName(dir)}
	a.stop = a.serve(t)
	return a
}

// serve answers on the socket until it is stopped.
func (a agent) serve(t *testing.T) (stop func()) {
	t.Helper()
	l, err := api.ListenLocal(a.path)
	if err != nil {
		t.Fatal(err)
	}
	page, err := api.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- api.Serve(ctx, api.Server{Station: a.station, Desk: a.station, Devices: a.station, Speaker: a.station}, page, l)
	}()
	stop = sync.OnceFunc(func() {
		end()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}

// until waits for what a person would see.
func until(t *testing.T, what string, got func() string, want string) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); got() != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: %s, want %s", what, got(), want)
		}
	}
}

// shows starts a tray on a fake desk.
func shows(t *testing.T, a agent, o Options) (f *fake, ended chan struct{}) {
	f, ended = newFake(), make(chan struct{})
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(func() { stop(); <-ended })
	go func() {
		run(ctx, f, api.Local(a.path, o.Language), o)
		close(ended)
	}()
	return f, ended
}

const (
	rest     = "打开页面 | 检查问题 | 退出"
	onceMore = "补打上一张（…000011） {撕坏或卡纸 | 打印不清、条码扫不出 | 面单丢失}"
)

// localName is where an agent of a folder listens: on Windows a pipe, which is in none.
func localName(dir string) string {
	if runtime.GOOS == "windows" {
		return `\\.\pipe\` + filepath.Base(dir)
	}
	return filepath.Join(dir, "agent.sock")
}

func TestMenuFollowsTheAgent(t *testing.T) {
	a := startAgent(t, api.Queue{Station: "打包台 3", Counts: api.Counts{Waiting: 6, Done: 3}})
	pages, quits := make(chan string, 4), make(chan struct{}, 1)
	f, ended := shows(t, a, Options{
		Open: func(url string) { pages <- url }, Quit: func() { quits <- struct{}{} }, Language: notice.Chinese,
	})
	until(t, "at first", f.menu, "[待打印 6 张，今日已打 3 张] | 打印下一单 | 暂停打印 | "+rest)
	if f.icon() != ready {
		t.Errorf("icon %d, want ready", f.icon())
	}
	until(t, "over the icon", func() string { f.mu.Lock(); defer f.mu.Unlock(); return f.tooltip }, "面单 打包台 3 – 待打印 6 张，今日已打 3 张")

	f.click(t, "暂停打印")
	until(t, "paused", f.menu, "[已暂停，待打印 0 张] | [打印下一单] | 继续打印 | "+rest)
	if f.icon() != paused {
		t.Errorf("icon %d, want paused", f.icon())
	}
	f.click(t, "继续打印")
	until(t, "resumed", f.menu, "[待打印 0 张，今日已打 3 张] | [打印下一单] | 暂停打印 | "+rest)
	if got, want := a.station.Acts(), []string{"pause by local", "resume by local"}; !slices.Equal(got, want) {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}

	a.station.Change(func(q *api.Queue) {
		q.Counts = api.Counts{Waiting: 2, Unknown: 1}
		q.Printers = []api.Printer{{Name: "zebra-2", State: api.Stopped, Reasons: []string{"media-empty"}}, {Name: "escpos-1", State: api.Idle}}
	})
	until(t, "in trouble", f.menu, "[待打印 2 张，今日已打 0 张] | 1 张面单等您确认：打开页面 | 打印下一单 | 暂停打印 | "+
		"打印机 {escpos-1：就绪 {停用这台打印机} | zebra-2：缺纸 {停用这台打印机}} | "+rest)
	if f.icon() != attention {
		t.Errorf("icon %d, want attention", f.icon())
	}
	f.click(t, "打印机", "zebra-2", "停用")
	until(t, "held", f.menu, "[待打印 0 张，今日已打 0 张] | [打印下一单] | 暂停打印 | "+
		"打印机 {escpos-1：就绪 {停用这台打印机} | zebra-2：已停用 {恢复打印}} | "+rest)
	if f.icon() != ready {
		t.Errorf("icon %d, want ready: a person stopped that printer", f.icon())
	}
	f.click(t, "打印机", "zebra-2", "恢复")
	until(t, "released", f.menu, "[待打印 0 张，今日已打 0 张] | [打印下一单] | 暂停打印 | "+
		"打印机 {escpos-1：就绪 {停用这台打印机} | zebra-2：缺纸 {停用这台打印机}} | "+rest)

	a.station.Change(func(q *api.Queue) { *q = api.Queue{Counts: api.Counts{Unknown: 2}} })
	until(t, "to settle", f.menu, "[待打印 0 张，今日已打 0 张] | 2 张面单等您确认：打开页面 | [打印下一单] | 暂停打印 | "+rest)
	f.click(t, "等您确认")
	if url := opened(t, pages); !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/enter#[A-Z0-9-]+$`).MatchString(url) {
		t.Errorf("opens %s, want a link that works once", url)
	}
	doctor := ""
	until(t, "the page of what is wrong", func() string { // a second click on the heels of the first is the same
		f.click(t, "检查问题")
		select {
		case doctor = <-pages:
			return "opened"
		case <-time.After(time.Second):
			return "not opened"
		}
	}, "opened")
	if url := doctor; !regexp.MustCompile(`^http://127\.0\.0\.1:\d+/enter#doctor/[A-Z0-9-]+$`).MatchString(url) {
		t.Errorf("opens %s, want a link to a place", url)
	}

	a.station.Fail(notice.New("disk-full", api.ErrFull, "D:"))
	f.click(t, "暂停打印")
	until(t, "refused", func() string { _, last, _ := cutLast(f.heard()); return last }, notice.Text(notice.Chinese, "disk-full", "D:"))

	f.click(t, "退出")
	<-quits
	select {
	case <-ended:
	case <-time.After(time.Minute):
		t.Fatal("Run does not end")
	}
}

// opened returns the page that was opened.
func opened(t *testing.T, pages <-chan string) string {
	t.Helper()
	select {
	case url := <-pages:
		return url
	case <-time.After(time.Minute):
		t.Fatal("no page is opened")
		return ""
	}
}

func cutLast(s string) (before, last string, ok bool) {
	i := strings.LastIndex(s, " | ")
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+3:], true
}

func TestPrintNextAndTheLastAgain(t *testing.T) {
	a := startAgent(t, apitest.Bench(time.Now()))
	a.station.Change(func(q *api.Queue) { q.Printers = nil })
	a.station.latest = api.Row{Waybill: "JDVA00000000011", Label: "111", State: api.Done}
	a.station.next = api.Scanned{Result: api.ScanPrinting, Order: "1004200023"}
	f, _ := shows(t, a, Options{Language: notice.Chinese})
	first := "[待打印 6 张，今日已打 148 张] | 2 张面单等您确认：打开页面 | 打印下一单 | " + onceMore + " | 暂停打印 | " + rest
	until(t, "at first", f.menu, first)

	f.click(t, "打印下一单")
	until(t, "printing", f.menu, strings.Replace(first, "待打印 6", "待打印 5", 1))
	f.click(t, "补打上一张", "打印不清")
	until(t, "waiting again", f.menu, strings.Replace(first, "待打印 6", "待打印 6", 1))
	if got, want := a.station.Acts(), []string{
		"print [1004200023] by local", `reprint JDVA00000000011, label 111, because "打印不清、条码扫不出" by local`,
	}; !slices.Equal(got, want) {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}

	for _, tt := range []struct {
		answer api.Scanned
		want   string
	}{
		{api.Scanned{Result: api.ScanNotFound}, "没有等待打印的订单。"},
		{api.Scanned{Result: api.ScanUnknown}, "1 张面单等您确认：打开页面"},
		{api.Scanned{Result: api.ScanRefused, Refusal: &api.Refusal{Code: "order-locked", Args: []any{"1004200031"}}}, notice.Text(notice.Chinese, "order-locked", "1004200031")},
	} {
		a.station.mu.Lock()
		a.station.next = tt.answer
		a.station.mu.Unlock()
		until(t, "answer to "+string(tt.answer.Result), func() string {
			f.click(t, "打印下一单")
			time.Sleep(20 * time.Millisecond)
			_, last, _ := cutLast(f.heard())
			return last
		}, tt.want)
	}
}

func TestQuitAsksWhileLabelsPrint(t *testing.T) {
	for name, tt := range map[string]struct {
		beside bool
		click  []string
		menu   string
	}{
		"the agent ends too": {false, []string{"退出", "仍要退出"}, "[待打印 0 张，今日已打 0 张] | [打印下一单] | 暂停打印 | 打开页面 | 检查问题 | 退出"},
		"the agent goes on":  {true, []string{"关闭图标"}, "[待打印 0 张，今日已打 0 张] | [打印下一单] | 暂停打印 | 打开页面 | 检查问题 | 关闭图标（打印继续）"},
	} {
		t.Run(name, func(t *testing.T) {
			a := startAgent(t, api.Queue{Counts: api.Counts{Printing: 2}})
			quits := make(chan struct{}, 1)
			f, ended := shows(t, a, Options{Quit: func() { quits <- struct{}{} }, Beside: tt.beside, Language: notice.Chinese})
			until(t, "at first", f.menu, tt.menu)
			for i, title := range tt.click {
				if len(quits) > 0 {
					t.Fatalf("it ends after %d clicks", i)
				}
				f.click(t, title)
				if i+1 < len(tt.click) {
					until(t, "asked", f.menu, "[待打印 0 张，今日已打 0 张] | [打印下一单] | 暂停打印 | 打开页面 | 检查问题 | 仍要退出（2 张正在打印）")
				}
			}
			<-quits
			<-ended
		})
	}
}

func TestLostAgentIsSaidAndFoundAgain(t *testing.T) {
	a := startAgent(t, api.Queue{Counts: api.Counts{Waiting: 1}})
	f, _ := shows(t, a, Options{Language: notice.English})
	const rest = "Open page | [Find what is wrong] | Quit"
	until(t, "at first", f.menu, "[1 waiting, 0 printed today] | Print next | Pause printing | Open page | Find what is wrong | Quit")
	a.stop()
	until(t, "lost", f.menu, "[No connection to the agent] | [Pause printing] | "+rest)
	if f.icon() != lost {
		t.Errorf("icon %d, want lost", f.icon())
	}
	a.station.Change(func(q *api.Queue) { q.Paused = true })
	a.serve(t)
	until(t, "again", f.menu, "[Paused: 1 waiting] | Print next | Resume printing | Open page | Find what is wrong | Quit")
}

// An agent that is slow to answer is busy, and not lost: its line stands.
func TestABusyAgentIsNotLost(t *testing.T) {
	a := startAgent(t, api.Queue{})
	f, _ := shows(t, a, Options{Language: notice.English})
	const rest = " | Pause printing | Open page | Find what is wrong | Quit"
	until(t, "at first", f.menu, "[0 waiting, 0 printed today] | [Print next]"+rest)
	a.station.mu.Lock()
	a.station.slow = true
	a.station.mu.Unlock()
	a.station.Change(func(q *api.Queue) { q.Counts.Waiting = 1 })
	until(t, "once it has answered", func() string {
		if f.icon() == lost {
			t.Fatal("a busy agent is shown as lost")
		}
		return f.menu()
	}, "[1 waiting, 0 printed today] | Print next"+rest)
}

func TestAnOlderAgentIsShownAsFarAsItGoes(t *testing.T) {
	a := startAgent(t, api.Queue{})
	a.stop()
	l, err := api.ListenLocal(a.path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	t.Cleanup(func() {
		stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	station := apitest.New(api.Queue{Printers: []api.Printer{{Name: "escpos-1", State: api.Processing}}})
	go func() { served <- api.Serve(ctx, api.Server{Station: station}, nil, l) }()
	f, _ := shows(t, a, Options{Language: notice.English})
	until(t, "the menu", f.menu, "[0 waiting, 0 printed today] | Pause printing | Printers {[escpos-1: printing]} | Open page | Find what is wrong | Quit")
}

func TestRunEndsBeforeTheTrayIsReady(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	run(ctx, &mute{*newFake()}, api.Local("nowhere", notice.English), Options{})
}

// mute is a desk that is never ready.
type mute struct{ fake }

func (m *mute) Loop(func()) { <-m.quit }

func TestPlacesStandBeforeTheCode(t *testing.T) {
	for _, tt := range [][3]string{
		{"http://127.0.0.1:7/", "", "http://127.0.0.1:7/"},
		{"http://127.0.0.1:7/", "doctor", "http://127.0.0.1:7/#doctor"},
		{"http://127.0.0.1:7/enter#ABC", "", "http://127.0.0.1:7/enter#ABC"},
		{"http://127.0.0.1:7/enter#ABC", "doctor", "http://127.0.0.1:7/enter#doctor/ABC"},
	} {
		if got := at(tt[0], tt[1]); got != tt[2] {
			t.Errorf("at(%q, %q) = %q, want %q", tt[0], tt[1], got, tt[2])
		}
	}
}
