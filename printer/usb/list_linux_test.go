package usb

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"miandan/printer"
)

func TestList(t *testing.T) {
	b := newBench(t,
		munbyn,
		// CUPS has taken the driver away and holds the device.
		plug{port: "1-3", face: "1.0", class: "07", protocol: "02", vendor: "0a5f", product: "0080", maker: "Zebra", name: "GK420d", serial: "29J", driver: "usbfs"},
		// A storage device, and the same device's printer; one that says what it is only
		// when it is asked.
		plug{port: "2-1.4", face: "1.0", class: "08", protocol: "50", vendor: "0416", product: "5012", maker: "x", name: "y"},
		plug{port: "2-1.4", face: "1.1", class: "07", protocol: "01", vendor: "0416", product: "5012", maker: "x", name: "y", node: "lp3", driver: "usblp"},
		// IPP over USB is no stream of bytes.
		plug{port: "3-1", face: "1.1", class: "07", protocol: "04", vendor: "03f0", product: "1234", maker: "HP", name: "M1"},
		// Not of the class, but usblp knows it.
		plug{port: "3-2", face: "1.0", class: "ff", protocol: "ff", vendor: "04b8", product: "0202", maker: "EPSON", name: "M129C", node: "lp1", driver: "usblp", id: "MFG:EPSON;MDL:TM-T88II;SN:X9;"},
		plug{port: "4-1", face: "1.0", class: "03", protocol: "01", vendor: "046d", product: "c31c", maker: "a keyboard", name: "k"},
	)
	b.id = "MFG:Deli;MDL:DL-888D;CMD:TSPL;"
	all, err := b.list()
	if err != nil {
		t.Fatal(err)
	}
	type brief struct{ port, maker, model, serial, node, driver string }
	var got []brief
	for _, d := range all {
		got = append(got, brief{d.Port, d.ID.Maker, d.ID.Model, d.Serial, strings.TrimPrefix(d.Node, b.dev), d.Driver})
	}
	want := []brief{
		{"1-2", "Munbyn", "RW403B", "A1B2C3", "/usb/lp0", "usblp"},
		{"1-3", "", "", "29J", "", "usbfs"},
		{"2-1.4", "Deli", "DL-888D", "", "/usb/lp3", "usblp"},
		{"3-2", "EPSON", "TM-T88II", "X9", "/usb/lp1", "usblp"},
	}
	if len(got) != len(want) {
		t.Fatalf("list = %+v, want %+v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("list[%d] = %+v, want %+v", i, got[i], want[i])
		}
	}
	if d := all[0]; d.Vendor != 0x0416 || d.Product != 0x5011 || d.Maker != "STMicroelectronics" || d.Name != "POS58 Printer USB" {
		t.Errorf("list[0] = %+v", d)
	}
	if b.asked != 1 {
		t.Errorf("%d printers were asked, want the one that the kernel knows nothing of", b.asked)
	}
}

func TestNoUSB(t *testing.T) {
	b := &bus{sysfs: filepath.Join(t.TempDir(), "none")}
	if all, err := b.list(); len(all) != 0 || err != nil {
		t.Errorf("list = %v, %v on a machine without USB", all, err)
	}
	if _, err := List(); err != nil {
		t.Errorf("List: %v", err)
	}
}

func TestDialSays(t *testing.T) {
	held, orphan := munbyn, munbyn
	held.node, held.driver = "", "usbfs"
	orphan.node, orphan.driver = "", ""
	for _, r := range []struct {
		name string
		plug plug
		want error
		says string
	}{
		{"held", held, printer.ErrHeld, "usbfs"},
		{"without a driver", orphan, nil, "usblp"},
	} {
		_, err := Transport{Maker: "STMicroelectronics", Model: "POS58 Printer USB", on: newBench(t, r.plug, plug{port: "9-9", face: "1.0", class: "07", protocol: "02", maker: "z"}).bus}.Dial(t.Context())
		if err == nil || r.want != nil && !errors.Is(err, r.want) || !strings.Contains(err.Error(), r.says) {
			t.Errorf("%s: Dial = %v, want %v, %q", r.name, err, r.want, r.says)
		}
	}
	for errno, want := range map[error]error{unix.EBUSY: printer.ErrHeld, unix.EACCES: printer.ErrDenied, unix.ENODEV: ErrAbsent, unix.ENOENT: ErrAbsent} {
		if err := refused("/dev/usb/lp0", errno); !errors.Is(err, want) {
			t.Errorf("open with %v = %v, want %v", errno, err, want)
		}
	}
}
