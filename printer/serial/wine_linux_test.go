package serial

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"miandan/printer/virtual"
	"miandan/printer/winspool/winetest"
)

var onWine = flag.Bool("wine", false, "print through Wine, which takes half a minute")

// TestWine runs the tests of what is Windows' own on Wine: reads and writes of
// devices with deadlines, the list of printers on USB, and a label that goes down
// a COM port to a virtual printer.
func TestWine(t *testing.T) {
	if !*onWine {
		t.Skip("not asked for by -wine")
	}
	device, err := virtual.Start(virtual.Config{Language: virtual.TSPL, Head: 608, Speed: 10})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { device.Close() })
	tty := plugIn(t, device, 11_520)
	windows := winetest.Start(t)
	com := filepath.Join(windows.Folder(), "prefix/dosdevices/com33")
	if err := os.Symlink(tty, com); err != nil {
		t.Fatal(err)
	}
	for _, pkg := range []string{"overlapped", "usb", "serial"} {
		exe := windows.Build(t, "miandan/printer/"+pkg, true)
		out, err := windows.Run(t, []string{"MIANDAN_SERIAL_TSPL=COM33"}, exe, "-test.v", "-test.timeout=10m")
		t.Logf("%s on Wine:\n%s", pkg, out)
		if err != nil || !strings.Contains(out, "\nPASS") {
			t.Errorf("%s on Wine: %v", pkg, err)
		}
		if pkg == "serial" && strings.Contains(out, "--- SKIP: TestLive") {
			t.Error("no label went down the port")
		}
	}
	if n := len(device.Prints()); n != 1 {
		t.Errorf("%d labels came out, want 1", n)
	}
}
