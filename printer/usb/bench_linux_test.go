package usb

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"miandan/printer/transport/transporttest"
)

// bench is a machine with printers: the folders that the kernel would show, and a
// pseudo-terminal for each device node. No kernel here has USB.
type bench struct {
	*bus
	devices map[string]io.ReadWriteCloser // by their nodes

	mu     sync.Mutex
	status byte   // what the ports say
	id     string // what printers say that they are when they are asked
	asked  int
	last   io.Closer // is closed once a port does not answer
}

// plug describes one interface of one printer.
type plug struct {
	port, face, class, protocol string
	vendor, product             string
	maker, name, serial         string
	id                          string // sysfs's; "" for none
	node                        string // lp0; "" while another driver has it
	driver                      string
}

func newBench(t *testing.T, plugs ...plug) *bench {
	t.Helper()
	b := &bench{devices: map[string]io.ReadWriteCloser{}, status: 0x18}
	root := t.TempDir()
	b.bus = &bus{sysfs: filepath.Join(root, "sys"), dev: filepath.Join(root, "dev"), ioctl: b.ioctl}
	for _, p := range plugs {
		b.plug(t, p)
	}
	return b
}

func (b *bench) plug(t *testing.T, p plug) {
	t.Helper()
	put := func(name, text string) {
		if text == "" {
			return
		}
		path := filepath.Join(b.sysfs, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(p.port+"/idVendor", p.vendor+"\n")
	put(p.port+"/idProduct", p.product+"\n")
	put(p.port+"/manufacturer", p.maker+"\n")
	put(p.port+"/product", p.name+"\n")
	if p.serial != "" {
		put(p.port+"/serial", p.serial+"\n")
	}
	face := p.port + ":" + p.face
	put(face+"/bInterfaceClass", p.class+"\n")
	put(face+"/bInterfaceProtocol", p.protocol+"\n")
	put(face+"/ieee1284_id", p.id)
	if p.driver != "" {
		if err := os.Symlink("../../drivers/"+p.driver, filepath.Join(b.sysfs, face, "driver")); err != nil {
			t.Fatal(err)
		}
	}
	if p.node == "" {
		return
	}
	put(face+"/usbmisc/"+p.node+"/dev", "180:0\n")
	device, path := transporttest.Terminal(t)
	if err := os.MkdirAll(filepath.Join(b.dev, "usb"), 0o700); err != nil {
		t.Fatal(err)
	}
	node := filepath.Join(b.dev, "usb", p.node)
	if err := os.Symlink(path, node); err != nil {
		t.Fatal(err)
	}
	b.devices[node] = device
}

// unplug takes the printer at a port away.
func (b *bench) unplug(t *testing.T, port string) {
	t.Helper()
	faces, err := filepath.Glob(filepath.Join(b.sysfs, port+"*"))
	if err != nil || len(faces) == 0 {
		t.Fatalf("nothing is at %s: %v", port, err)
	}
	for _, f := range faces {
		nodes, _ := filepath.Glob(filepath.Join(f, "usbmisc", "lp*"))
		for _, n := range nodes {
			node := filepath.Join(b.dev, "usb", filepath.Base(n))
			b.devices[node].Close()
			delete(b.devices, node)
			if err := os.Remove(node); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.RemoveAll(f); err != nil {
			t.Fatal(err)
		}
	}
}

// ioctl answers for usblp.
func (b *bench) ioctl(_ int, request uint, answer []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked++
	switch request {
	case getPort:
		if b.status == 0 {
			if b.last != nil {
				b.last.Close()
			}
			return unix.EIO
		}
		binary.NativeEndian.PutUint32(answer, uint32(b.status))
	case getDeviceID:
		if b.id == "" || len(answer) < 2+len(b.id) {
			return unix.EIO
		}
		binary.BigEndian.PutUint16(answer, uint16(2+len(b.id)))
		copy(answer[2:], b.id)
	default:
		return unix.ENOTTY
	}
	return nil
}

// leaves has the kernel learn that a device is gone after its port was asked.
func (b *bench) leaves(device io.Closer) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last = device
}

func (b *bench) says(status byte) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.status = status
}

// munbyn is a printer as one was seen.
var munbyn = plug{
	port: "1-2", face: "1.0", class: "07", protocol: "02", vendor: "0416", product: "5011",
	maker: "STMicroelectronics", name: "POS58 Printer USB", serial: "A1B2C3",
	id: "MFG:Munbyn;CMD:TSPL;MDL:RW403B;CMT:Label Printer;", node: "lp0", driver: "usblp",
}
