//go:build !notray && !race

package tray

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// onScreen takes a picture of the screen, keeps it, and looks for a colour of
// the icon.
func onScreen(t *testing.T, name string, want color.NRGBA) string {
	t.Helper()
	m := shot(t)
	keepAs(t, filepath.Join(os.Getenv(inDesktop), name+".png"), m)
	if n := count(m, want); n < 10 {
		return fmt.Sprintf("%d dots of %v", n, want)
	}
	return "shown"
}

// shot takes a picture of the screen.
func shot(t *testing.T) *image.NRGBA {
	t.Helper()
	b, err := exec.Command("import", "-window", "root", "png:-").Output()
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	to := image.NewNRGBA(m.Bounds())
	draw.Draw(to, to.Bounds(), m, m.Bounds().Min, draw.Src)
	return to
}

func keepAs(t *testing.T, file string, m image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
}

func alike(a, b color.NRGBA) bool {
	d := func(a, b uint8) int { return max(int(a), int(b)) - min(int(a), int(b)) }
	return d(a.R, b.R) < 12 && d(a.G, b.G) < 12 && d(a.B, b.B) < 12
}

func count(m *image.NRGBA, want color.NRGBA) (n int) { return len(dots(m, want)) }

func dots(m *image.NRGBA, want color.NRGBA) (at []image.Point) {
	for y := m.Rect.Min.Y; y < m.Rect.Max.Y; y++ {
		for x := m.Rect.Min.X; x < m.Rect.Max.X; x++ {
			if alike(m.NRGBAAt(x, y), want) {
				at = append(at, image.Pt(x, y))
			}
		}
	}
	return at
}

// screen is a person with eyes and a mouse.
type screen struct {
	t      *testing.T
	colour color.NRGBA // of the icon's badge
	menu   image.Rectangle
	rows   []int // the middle of each entry
	seen   *image.NRGBA
}

func (s *screen) mouse(x, y int, more ...string) {
	s.t.Helper()
	args := append([]string{"mousemove", strconv.Itoa(x), strconv.Itoa(y)}, more...)
	if out, err := exec.Command("xdotool", args...).CombinedOutput(); err != nil {
		s.t.Fatalf("xdotool %v: %v\n%s", args, err, out)
	}
}

// open clicks on the icon and finds the menu that opens: it must have as many
// entries as are wanted.
func (s *screen) open(want []string) {
	s.t.Helper()
	s.mouse(790, 590)
	var before *image.NRGBA
	var badge []image.Point
	until(s.t, "an icon that stands still", func() string { // a panel may just be laying out what it shows
		now := shot(s.t)
		still := before != nil && bytes.Equal(before.Pix, now.Pix)
		before, badge = now, dots(now, s.colour)
		return fmt.Sprint(still && len(badge) > 0)
	}, "true")
	middle := badge[len(badge)/2]
	s.find(before, len(want), image.Rectangle{}, func() { s.mouse(middle.X, middle.Y, "click", "1") })
}

// into opens the menu behind an entry, which has so many entries.
func (s *screen) into(row, entries int) {
	s.t.Helper()
	before, x, y := shot(s.t), (s.menu.Min.X+s.menu.Max.X)/2, s.rows[row]
	s.find(before, entries, s.menu, func() { s.mouse(x, y, "click", "1") })
}

// click clicks on an entry of the open menu.
func (s *screen) click(row int) {
	s.t.Helper()
	s.mouse((s.menu.Min.X+s.menu.Max.X)/2, s.rows[row], "click", "1")
}

// find waits for a menu that was not there before and stands still, beside the
// one from which it opens. What opens it is done once more where nothing has come of
// it: GTK shuts a menu again that has opened under the mouse half a second before the
// click.
func (s *screen) find(before *image.NRGBA, entries int, beside image.Rectangle, open func()) {
	s.t.Helper()
	var last *image.NRGBA
	var opened time.Time
	until(s.t, "the menu on the screen", func() string {
		if time.Since(opened) > 20*time.Second && !(last != nil && different(before, last, beside).Dy() > 20) {
			open()
			opened = time.Now()
		}
		now := shot(s.t)
		defer func() { last = now }()
		if last == nil || !bytes.Equal(last.Pix, now.Pix) {
			return "nothing stands still"
		}
		menu := different(before, now, beside)
		rows := rowsOf(now, menu)
		if len(rows) == entries {
			s.seen, s.menu, s.rows = now, menu, rows
		}
		return fmt.Sprintf("%d entries", len(rows))
	}, fmt.Sprintf("%d entries", entries))
}

// close closes what is open.
func (s *screen) close() {
	s.t.Helper()
	open := s.seen
	until(s.t, "the closed menu", func() string {
		s.mouse(790, 590, "key", "Escape", "key", "Escape")
		return fmt.Sprint(different(open, shot(s.t), image.Rectangle{}).Dy() > 40)
	}, "true")
}

// keep writes the menus and the panel above them to the file that is asked for.
func (s *screen) keep(menus image.Rectangle) {
	s.t.Helper()
	keepAs(s.t, filepath.Join(os.Getenv(inDesktop), "menu.png"), s.seen)
	if *keepPicture != "" {
		keepAs(s.t, *keepPicture, s.seen.SubImage(image.Rect(0, 0, menus.Max.X+12, menus.Max.Y+12)))
	}
}

// different is the largest block of rows in which two pictures differ by much: a
// menu, and not the icon that is lit. What changes in the menu beside it, whose
// entry is lit, does not count.
func different(a, b *image.NRGBA, beside image.Rectangle) (r image.Rectangle) {
	for y := a.Rect.Min.Y; y < a.Rect.Max.Y; y++ {
		var line image.Rectangle
		n := 0
		for x := a.Rect.Min.X; x < a.Rect.Max.X; x++ {
			if a.NRGBAAt(x, y) != b.NRGBAAt(x, y) && !image.Pt(x, y).In(beside.Inset(-2)) {
				line = line.Union(image.Rect(x, y, x+1, y+1))
				n++
			}
		}
		if n > 70 {
			r = r.Union(line)
		}
	}
	return r
}

// rowsOf finds the entries of a menu: lines of writing, each between bare ground;
// what is lower than writing is a line between groups.
func rowsOf(m *image.NRGBA, menu image.Rectangle) (middles []int) {
	menu = menu.Inset(4)
	if menu.Dx() < 40 || menu.Dy() < 20 {
		return nil
	}
	begin := -1
	for y := menu.Min.Y; y <= menu.Max.Y; y++ {
		ground, bare := m.NRGBAAt(menu.Min.X, y), true
		for x := menu.Min.X; x < menu.Max.X && y < menu.Max.Y; x++ {
			bare = bare && alike(m.NRGBAAt(x, y), ground)
		}
		switch {
		case !bare && begin < 0:
			begin = y
		case bare && begin >= 0:
			if y-begin > 6 {
				middles = append(middles, (begin+y)/2)
			}
			begin = -1
		}
	}
	return middles
}

// notifications is a notification server that keeps what it is told.
type notifications struct {
	mu   sync.Mutex
	told []string
	n    uint32
}

// listen takes the notification server's place on the session's bus.
func listen(t *testing.T) *notifications {
	t.Helper()
	bus, err := openBus()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bus.Close() })
	s := &notifications{}
	if err := bus.Export(s, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	reply, err := bus.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue)
	if err != nil || reply != dbus.RequestNameReplyPrimaryOwner {
		t.Fatalf("the server's name: %v, %v", reply, err)
	}
	return s
}

func (s *notifications) GetCapabilities() ([]string, *dbus.Error) {
	return []string{"body", "body-markup"}, nil
}

func (s *notifications) Notify(app string, replaces uint32, icon, summary, body string, actions []string, hints map[string]dbus.Variant, expire int32) (uint32, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := hints["image-data"].Value().([]any); !ok || app != "面单" || summary != "面单" {
		body = fmt.Sprintf("%s without a picture or a name: %v, %v", body, hints["image-data"], summary)
	}
	s.told = append(s.told, body)
	if replaces == 0 {
		s.n++
		replaces = s.n
	}
	return replaces, nil
}

// texts returns the last n texts.
func (s *notifications) texts(n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.told[max(0, len(s.told)-n):], " | ")
}
