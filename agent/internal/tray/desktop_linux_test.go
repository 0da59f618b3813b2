//go:build !notray && !race

// fyne.io/systray v1.12.2 counts its menu's versions under two different locks
// (GetLayout, refresh), which the race detector holds against us.

package tray

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
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
	"miandan/agent/internal/notice"
)

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
	for _, name := range []string{"Xvfb", "dbus-run-session", "xfce4-panel", "import"} {
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
	display := startDisplay(t)
	ctx, stop := context.WithTimeout(t.Context(), 90*time.Second)
	defer stop()
	inside := exec.CommandContext(ctx, "dbus-run-session", "--", os.Args[0], "-test.run=^TestOnADesktop$", "-test.v")
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
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "640x480x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { x.Process.Signal(os.Interrupt); x.Wait() })
	r.SetReadDeadline(time.Now().Add(10 * time.Second))
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

	a := startAgent(t, api.Queue{Counts: api.Counts{Waiting: 6}})
	quits, ended := make(chan struct{}, 1), make(chan error, 1)
	go func() {
		ended <- Run(t.Context(), api.Local(a.path, notice.Chinese), Options{
			OpenPage: func() {}, Quit: func() { quits <- struct{}{} }, Language: notice.Chinese,
		})
	}()

	labels := func() string { _, all := layout(menuOf(bus)); return strings.Join(all, " | ") }
	until(t, "the menu on the bus", labels, "待打印 6 张 | 打开页面 | 暂停打印 | 退出")
	until(t, "the icon on the panel", func() string { return onScreen(t, "waiting", blue) }, "shown")

	click := func(label string) {
		t.Helper()
		menu := menuOf(bus)
		ids, all := layout(menu)
		i := slices.Index(all, label)
		if i < 0 {
			t.Fatalf("no entry %q in %q", label, all)
		}
		if call := menu.Call("com.canonical.dbusmenu.Event", 0, ids[i], "clicked", dbus.MakeVariant(""), uint32(0)); call.Err != nil {
			t.Fatal(call.Err)
		}
	}
	click("暂停打印")
	until(t, "paused", labels, "已暂停，待打印 0 张 | 打开页面 | 继续打印 | 退出")
	until(t, "the icon when paused", func() string { return onScreen(t, "paused", amber) }, "shown")
	if got, want := a.station.Acts(), []string{"pause by local"}; !slices.Equal(got, want) {
		t.Errorf("asked of the station: %q, want %q", got, want)
	}
	a.station.Change(func(q *api.Queue) { q.Counts.Unknown = 1 })
	until(t, "the icon when somebody must look", func() string { return onScreen(t, "attention", red) }, "shown")

	click("退出")
	<-quits
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

// onScreen takes a picture of the screen, keeps it, and looks for a colour of
// the icon.
func onScreen(t *testing.T, name string, want color.NRGBA) string {
	t.Helper()
	b, err := exec.Command("import", "-window", "root", "png:-").Output()
	if err != nil {
		return err.Error()
	}
	os.WriteFile(filepath.Join(os.Getenv(inDesktop), name+".png"), b, 0o600)
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return err.Error()
	}
	if n := count(m, want); n < 10 {
		return fmt.Sprintf("%d dots of %v", n, want)
	}
	return "shown"
}

func count(m image.Image, want color.NRGBA) (n int) {
	near := func(a uint32, b uint8) bool { return max(int(a>>8), int(b))-min(int(a>>8), int(b)) < 12 }
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			if r, g, b, _ := m.At(x, y).RGBA(); near(r, want.R) && near(g, want.G) && near(b, want.B) {
				n++
			}
		}
	}
	return n
}
