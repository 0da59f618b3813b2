//go:build linux

package windows

import (
	"bufio"
	"flag"
	"image"
	"image/color"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

var pictureFile = flag.String("picture", "", "file for a picture of the tray's menu on Wine, PNG")

// processes are those of this Windows, with their command lines.
func (p pc) processes() map[string]string {
	p.t.Helper()
	found := map[string]string{}
	ours := "WINEPREFIX=" + filepath.Join(p.Folder(), "prefix")
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		p.t.Fatal(err)
	}
	for _, dir := range all {
		env, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil || !strings.Contains("\x00"+string(env), "\x00"+ours+"\x00") {
			continue // it has ended, or is another's
		}
		line, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err == nil {
			found[dir] = strings.TrimSpace(strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// listeners are the addresses that this Windows' processes listen on, over TCP, as
// the kernel writes them.
func (p pc) listeners() map[string]bool {
	p.t.Helper()
	sockets := map[string]bool{}
	for dir := range p.processes() {
		fds, _ := filepath.Glob(filepath.Join(dir, "fd/*"))
		for _, fd := range fds {
			if to, err := os.Readlink(fd); err == nil {
				sockets[to] = true
			}
		}
	}
	found := map[string]bool{}
	for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
		f, err := os.Open(table)
		if err != nil {
			continue // no IPv6 here
		}
		for lines := bufio.NewScanner(f); lines.Scan(); {
			const local, state, inode, listens = 1, 3, 9, "0A"
			w := strings.Fields(lines.Text())
			if len(w) > inode && w[state] == listens && sockets["socket:["+w[inode]+"]"] {
				found[w[local]] = true
			}
		}
		f.Close()
	}
	return found
}

// onlyHere sees that what runs listens on a port, and on nothing that another
// computer reaches.
func (p pc) onlyHere(who, port string) {
	p.t.Helper()
	n, err := strconv.Atoi(port)
	if err != nil {
		p.t.Fatal(err)
	}
	const four, six = "0100007F:", "00000000000000000000000001000000:" // 127.0.0.1 and ::1
	there := false
	for where := range p.listeners() {
		if !strings.HasPrefix(where, four) && !strings.HasPrefix(where, six) {
			p.t.Errorf("%s listens on %s, which is not this computer alone", who, where)
		}
		at, err := strconv.ParseUint(where[strings.LastIndexByte(where, ':')+1:], 16, 16)
		there = there || err == nil && int(at) == n
	}
	if !there {
		p.t.Errorf("%s does not listen on port %s", who, port)
	}
}

// tray shows the tray that the installation starts at log-in, in the notification
// area of a desktop, and opens its menu.
func (p pc) tray() {
	p.t.Helper()
	for _, name := range []string{"Xvfb", "xdotool", "import"} {
		needs(p.t, name)
	}
	display := startDisplay(p.t)
	// The services' desktop stays without a screen.
	p.must("reg", "delete", `HKCU\Software\Wine\Drivers`, "/v", "Graphics", "/f")
	go p.Run(p.t, []string{"DISPLAY=" + display, "LANG=en_US.UTF-8"}, "explorer", "/desktop=shell,800x600", `C:\Program Files\Miandan\miandanw.exe`, "start")
	var icon, menu image.Image
	at := image.Point{}
	p.soon("the tray's icon", func() bool {
		icon = screen(p.t, display)
		var n int
		n, at = ground(icon)
		return n >= 40 // of the 256 dots of an icon
	})
	looks := 0
	p.soon("the tray's menu", func() bool {
		menu = screen(p.t, display)
		if changed(icon, menu) > 5000 {
			return true
		}
		// A click that comes before anybody listens is lost, on a busy computer.
		if looks++; looks%30 == 1 {
			click := exec.Command("xdotool", "mousemove", strconv.Itoa(at.X), strconv.Itoa(at.Y), "click", "1")
			click.Env = append(os.Environ(), "DISPLAY="+display)
			if out, err := click.CombinedOutput(); err != nil {
				p.t.Fatalf("xdotool: %v\n%s", err, out)
			}
		}
		return false
	})
	time.Sleep(time.Second) // until it is drawn whole; nothing else hangs on it
	menu = screen(p.t, display)
	if n, _ := ground(menu); n < 40 {
		p.t.Errorf("the tray has lost the service: %d dots of its icon are blue", n)
	}
	if *pictureFile == "" {
		return
	}
	f, err := os.Create(*pictureFile)
	if err != nil {
		p.t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, menu); err != nil {
		p.t.Fatal(err)
	}
}

// soon waits for something that a busy computer may take its time for.
func (p pc) soon(what string, is func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(300 * time.Millisecond) {
		if is() {
			return
		}
	}
	p.t.Fatalf("%s does not come", what)
}

// startDisplay starts a screen that nobody sees.
func startDisplay(t *testing.T) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(func() { x.Process.Signal(os.Interrupt); x.Wait() })
	number, err := bufio.NewReader(io.LimitReader(r, 8)).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb names no display: %v", err)
	}
	return ":" + strings.TrimSpace(number)
}

func screen(t *testing.T, display string) image.Image {
	t.Helper()
	shot := exec.Command("import", "-display", display, "-window", "root", "png:-")
	out, err := shot.StdoutPipe()
	if err == nil {
		err = shot.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	m, err := png.Decode(out)
	if waited := shot.Wait(); err != nil || waited != nil {
		t.Fatalf("picture of the screen: %v, %v", err, waited)
	}
	return m
}

// ground counts the dots of the colour that the icon stands on, and names one in
// their middle.
func ground(m image.Image) (n int, middle image.Point) {
	want := color.NRGBA{0x1c, 0x5d, 0x99, 0xff}
	var found []image.Point
	for y := m.Bounds().Min.Y; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			if color.NRGBAModel.Convert(m.At(x, y)) == want {
				found = append(found, image.Pt(x, y))
			}
		}
	}
	if len(found) > 0 {
		middle = found[len(found)/2]
	}
	return len(found), middle
}

func changed(a, b image.Image) int {
	n := 0
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				n++
			}
		}
	}
	return n
}
