//go:build !notray && !race

// fyne.io/systray v1.12.2 counts its menu's versions under two different locks
// (GetLayout, refresh), which the race detector holds against us.

package tray

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/notice"
	"miandan/templates/fonts"
	"miandan/templates/scene"
)

var keepPicture = flag.String("picture", "", "write what the panel and the open menu look like to this file")

// inDesktop tells the test that it is the one inside, and where its pictures go.
const inDesktop = "MIANDAN_TEST_DESKTOP"

// watcher is the panel's name on the bus.
const watcher = "org.kde.StatusNotifierWatcher"

// panelSettings make a panel with nothing on it but the notification area.
const panelSettings = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="40"/>
      <property name="plugin-ids" type="array"><value type="int" value="6"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-6" type="string" value="systray"/>
  </property>
</channel>
`

// TestOnADesktop shows the tray on a panel of a desktop of its own: a display,
// a session bus and a user who has nothing. It runs itself again inside.
func TestOnADesktop(t *testing.T) {
	if os.Getenv(inDesktop) != "" {
		showOnPanel(t)
		return
	}
	for _, name := range []string{"Xvfb", "dbus-run-session", "xfce4-panel", "import", "xdotool"} {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("MIANDAN_CI") == "1" {
				t.Fatalf("no %s on this computer", name)
			}
			t.Skipf("no %s on this computer", name)
		}
	}
	home := t.TempDir()
	settings := filepath.Join(home, ".config/xfce4/xfconf/xfce-perchannel-xml")
	if err := os.MkdirAll(settings, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(settings, "xfce4-panel.xml"), []byte(panelSettings), 0o600); err != nil {
		t.Fatal(err)
	}
	letters, err := fonts.TrueType(scene.Regular) // or a desktop without any shows boxes
	if err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(home, ".local/share/fonts")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "letters.ttf"), letters, 0o600); err != nil {
		t.Fatal(err)
	}
	display := startDisplay(t)
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	defer stop()
	inside := exec.CommandContext(ctx, "dbus-run-session", "--", os.Args[0], "-test.run=^TestOnADesktop$", "-test.v")
	picture := *keepPicture
	if picture != "" {
		var err error
		if picture, err = filepath.Abs(picture); err != nil {
			t.Fatal(err)
		}
	}
	inside.Args = append(inside.Args, "-picture="+picture)
	inside.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + home, "XDG_RUNTIME_DIR=" + home, "DISPLAY=" + display, "NO_AT_BRIDGE=1",
		"LANG=C.UTF-8", inDesktop + "=" + t.ArtifactDir(),
	}
	out, err := inside.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("--- PASS: TestOnADesktop")) {
		t.Errorf("%v\n%s", err, out)
	}
}

// startDisplay starts an X server and returns the display that it chose.
func startDisplay(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-wr", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { x.Process.Signal(os.Interrupt); x.Wait() })
	r.SetReadDeadline(time.Now().Add(time.Minute))
	number, err := io.ReadAll(io.LimitReader(r, 8))
	if n, _, ok := strings.Cut(string(number), "\n"); ok {
		return ":" + n
	}
	t.Fatalf("Xvfb names no display: %q, %v", number, err)
	return ""
}

// showOnPanel is what runs inside.
func showOnPanel(t *testing.T) {
	panel := exec.Command("xfce4-panel", "--disable-wm-check")
	if err := panel.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { panel.Process.Signal(os.Interrupt); panel.Wait() }()
	if err := Available(); err != nil {
		t.Fatalf("Available() on a desktop: %v", err)
	}
	bus, err := dbus.ConnectSessionBus()
	if err != nil {
		t.Fatal(err)
	}
	defer bus.Close()

	// GTK's indicator takes an older way while there is no watcher, and then
	// shows two icons.
	until(t, "the panel's watcher", func() string {
		var there bool
		err := bus.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, watcher).Store(&there)
		return fmt.Sprint(there, err)
	}, "true <nil>")

	server := listen(t)
	a := startAgent(t, apitest.Bench(time.Now()))
	a.station.latest = api.Row{Waybill: "JDVA00000000011", State: api.Done}
	a.station.next = api.Scanned{Result: api.ScanPrinting, Order: "1004200023"}
	pages, quits, ended := make(chan string, 1), make(chan struct{}, 1), make(chan error, 1)
	go func() {
		ended <- Run(t.Context(), api.Local(a.path, notice.Chinese), Options{
			Open: func(url string) { pages <- url },
			Quit: func() { quits <- struct{}{} }, Language: notice.Chinese,
		})
	}()

	labels := func() string { _, all := layout(menuOf(bus)); return strings.Join(all, " | ") }
	menu := []string{
		"待打印 6 张，今日已打 148 张", "2 张面单等您确认：打开页面", "打印下一单", "补打上一张（…000011）", "暂停打印", "打印机", "打开页面", "检查问题", "退出",
	}
	until(t, "the menu on the bus", labels, strings.Join(menu, " | "))
	until(t, "the icon on the panel", func() string { return onScreen(t, "attention", red) }, "shown")
	until(t, "notifications", func() string { return server.texts(4) },
		"zebra-2：缺纸 | 有 2 张面单需要您确认是否已经打出，请打开页面。 | 有 1 个订单已超过发货时限，仍未打印。 | 有 1 个订单即将超过发货时限，仍未打印。")

	s := screen{t: t, colour: red}
	acts := func() string { return strings.Join(a.station.Acts(), " | ") }
	s.open(menu)
	s.click(2)
	until(t, "print next", acts, "print [1004200023] by local")
	s.open(menu)
	whole := s.menu
	s.into(5, 3)
	s.keep(whole.Union(s.menu))
	s.close()
	s.open(menu)
	s.click(4)
	until(t, "pause", acts, "print [1004200023] by local | pause by local")
	a.station.Change(func(q *api.Queue) { q.Printers[1].State, q.Printers[1].Reasons = api.Idle, nil })
	until(t, "the word that it prints again", func() string { return server.texts(1) }, "zebra-2 已恢复打印。")
	until(t, "the icon when something is asked", func() string { return onScreen(t, "question", plum) }, "shown")

	s.colour = plum
	s.open(menu)
	s.into(3, 3)
	s.click(0)
	until(t, "the last again", acts, `print [1004200023] by local | pause by local | reprint JDVA00000000011 because "撕坏或卡纸" by local`)
	s.open(menu)
	s.click(6)
	if url := opened(t, pages); !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("opens %s", url)
	}

	a.station.Change(func(q *api.Queue) { q.Counts, q.Rows = api.Counts{}, nil })
	until(t, "the icon when paused", func() string { return onScreen(t, "paused", amber) }, "shown")
	s.colour = amber
	menu = slices.Delete(menu, 1, 2)
	s.open(menu)
	s.click(7)
	select {
	case <-quits:
	case <-time.After(time.Minute):
		t.Fatal("the click on “quit” ends nothing")
	}
	if err := <-ended; err != nil {
		t.Errorf("Run() = %v", err)
	}
}

// menuOf finds the menu of the one tray there is as the panel does, whichever
// library shows it: the watcher names the icon, and the icon its menu.
func menuOf(bus *dbus.Conn) dbus.BusObject {
	var icons []string
	if bus.Object(watcher, "/StatusNotifierWatcher").StoreProperty(watcher+".RegisteredStatusNotifierItems", &icons) != nil || len(icons) != 1 {
		return nil
	}
	name, path, _ := strings.Cut(icons[0], "/")
	var menu dbus.ObjectPath
	if bus.Object(name, dbus.ObjectPath("/"+path)).StoreProperty("org.kde.StatusNotifierItem.Menu", &menu) != nil {
		return nil
	}
	return bus.Object(name, menu)
}

// layout returns the entries that the menu shows, by ID and label.
func layout(menu dbus.BusObject) (ids []int32, labels []string) {
	type node struct {
		ID       int32
		Props    map[string]dbus.Variant
		Children []dbus.Variant
	}
	var revision uint32
	var root node
	if menu == nil || menu.Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &root) != nil {
		return nil, nil
	}
	for _, child := range root.Children {
		var n node
		if dbus.Store([]any{child.Value()}, &n) != nil {
			continue
		}
		label, _ := n.Props["label"].Value().(string)
		if visible, ok := n.Props["visible"].Value().(bool); label != "" && (!ok || visible) {
			ids, labels = append(ids, n.ID), append(labels, label)
		}
	}
	return ids, labels
}
