package tray

import (
	"context"
	"os"
	"path/filepath"
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
	entries  []*entry
	picture  picture
	tooltip  string
	quit     chan struct{}
	quitOnce sync.Once
}

type entry struct {
	desk            *fake
	title           string
	hidden, blocked bool
	clicks          chan struct{}
}

func (f *fake) Loop(ready func())   { ready(); <-f.quit }
func (f *fake) Quit()               { f.quitOnce.Do(func() { close(f.quit) }) }
func (f *fake) Separator()          {}
func (f *fake) SetIcon(p picture)   { f.do(func() { f.picture = p }) }
func (f *fake) SetTooltip(s string) { f.do(func() { f.tooltip = s }) }
func (f *fake) do(change func())    { f.mu.Lock(); defer f.mu.Unlock(); change() }

func (f *fake) Item(title string) (item, <-chan struct{}) {
	e := &entry{desk: f, title: title, clicks: make(chan struct{})}
	f.do(func() { f.entries = append(f.entries, e) })
	return e, e.clicks
}

func (e *entry) SetTitle(s string) { e.desk.do(func() { e.title = s }) }
func (e *entry) Enable()           { e.desk.do(func() { e.blocked = false }) }
func (e *entry) Disable()          { e.desk.do(func() { e.blocked = true }) }
func (e *entry) Show()             { e.desk.do(func() { e.hidden = false }) }
func (e *entry) Hide()             { e.desk.do(func() { e.hidden = true }) }

// menu returns what a person would read; what cannot be pressed is in
// brackets.
func (f *fake) menu() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	var lines []string
	for _, e := range f.entries {
		switch {
		case e.hidden:
		case e.blocked:
			lines = append(lines, "["+e.title+"]")
		default:
			lines = append(lines, e.title)
		}
	}
	return strings.Join(lines, " | ")
}

func (f *fake) icon() picture { f.mu.Lock(); defer f.mu.Unlock(); return f.picture }

func (f *fake) click(t *testing.T, title string) {
	t.Helper()
	f.mu.Lock()
	i := slices.IndexFunc(f.entries, func(e *entry) bool { return strings.Contains(e.title, title) && !e.hidden && !e.blocked })
	if i < 0 {
		f.mu.Unlock()
		t.Fatalf("no entry %q in: %s", title, f.menu())
	}
	clicks := f.entries[i].clicks
	f.mu.Unlock()
	select {
	case clicks <- struct{}{}:
	case <-time.After(2 * time.Second):
		t.Fatalf("nobody takes the click on %q", title)
	}
}

// agent is a running agent with a bench behind it, on a socket of its own.
type agent struct {
	station *apitest.Station
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
	a := agent{station: apitest.New(q), path: filepath.Join(dir, "agent.sock")}
	l, err := api.ListenLocal(a.path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- api.Serve(ctx, api.Server{Station: a.station}, nil, l) }()
	a.stop = sync.OnceFunc(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(a.stop)
	return a
}

// until waits for what a person would see.
func until(t *testing.T, what string, got func() string, want string) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); got() != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: %s, want %s", what, got(), want)
		}
	}
}

func TestMenuFollowsTheAgent(t *testing.T) {
	a := startAgent(t, api.Queue{Counts: api.Counts{Waiting: 6}})
	f := &fake{quit: make(chan struct{})}
	pages, quits := make(chan struct{}, 4), make(chan struct{}, 1)
	ended := make(chan struct{})
	go func() {
		run(t.Context(), f, api.Local(a.path, notice.Chinese), Options{
			OpenPage: func() { pages <- struct{}{} }, Quit: func() { quits <- struct{}{} }, Language: notice.Chinese,
		})
		close(ended)
	}()
	until(t, "at first", f.menu, "[待打印 6 张] | 打开页面 | 暂停打印 | 退出")
	if f.icon() != ready {
		t.Errorf("icon %d, want ready", f.icon())
	}

	f.click(t, "暂停打印")
	until(t, "paused", f.menu, "[已暂停，待打印 0 张] | 打开页面 | 继续打印 | 退出")
	if f.icon() != paused {
		t.Errorf("icon %d, want paused", f.icon())
	}
	f.click(t, "继续打印")
	until(t, "resumed", f.menu, "[待打印 0 张] | 打开页面 | 暂停打印 | 退出")
	if got, want := a.station.Acts(), []string{"pause by local", "resume by local"}; !slices.Equal(got, want) {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}

	a.station.Change(func(q *api.Queue) {
		q.Counts = api.Counts{Waiting: 2, Unknown: 1}
		q.Printers = []api.Printer{{Name: "zebra-2", State: api.Stopped}, {Name: "a", State: api.Idle}, {Name: "escpos-1", State: api.Stopped}}
	})
	until(t, "in trouble", f.menu, "[待打印 2 张] | 待确认 1 项：请打开页面处理 | [已停止：escpos-1, zebra-2] | 打开页面 | 暂停打印 | 退出")
	if f.icon() != attention {
		t.Errorf("icon %d, want attention", f.icon())
	}
	f.click(t, "待确认")
	f.click(t, "打开页面")
	<-pages
	<-pages
	a.station.Change(func(q *api.Queue) { *q = api.Queue{} })
	until(t, "settled", f.menu, "[待打印 0 张] | 打开页面 | 暂停打印 | 退出")

	a.station.Fail(notice.New("disk-full", api.ErrFull, "D:"))
	f.click(t, "暂停打印")
	until(t, "refused", f.menu, "["+notice.Text(notice.Chinese, "disk-full", "D:")+"] | 打开页面 | 暂停打印 | 退出")

	f.click(t, "退出")
	<-quits
	select {
	case <-ended:
	case <-time.After(3 * time.Second):
		t.Fatal("Run does not end")
	}
}

func TestLostAgentIsSaidAndFoundAgain(t *testing.T) {
	a := startAgent(t, api.Queue{Counts: api.Counts{Waiting: 1}})
	f := &fake{quit: make(chan struct{})}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		run(ctx, f, api.Local(a.path, notice.English), Options{Language: notice.English})
		close(ended)
	}()
	until(t, "at first", f.menu, "[1 waiting] | Open page | Pause printing | Quit")
	a.stop()
	until(t, "lost", f.menu, "[No connection to the agent] | Open page | [Pause printing] | Quit")
	if f.icon() != lost {
		t.Errorf("icon %d, want lost", f.icon())
	}
	l, err := api.ListenLocal(a.path)
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() {
		served <- api.Serve(ctx, api.Server{Station: apitest.New(api.Queue{Paused: true})}, nil, l)
	}()
	until(t, "again", f.menu, "[Paused, 0 waiting] | Open page | Resume printing | Quit")
	stop()
	<-ended
	if err := <-served; err != nil {
		t.Error(err)
	}
}

func TestRunEndsBeforeTheTrayIsReady(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	f := &mute{fake{quit: make(chan struct{})}}
	run(ctx, f, api.Local("nowhere", notice.English), Options{})
}

// mute is a desk that is never ready.
type mute struct{ fake }

func (m *mute) Loop(func()) { <-m.quit }
