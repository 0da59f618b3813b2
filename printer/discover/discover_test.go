package discover

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/printer"
	"miandan/printer/model"
	"miandan/printer/serial"
	"miandan/printer/spool"
	"miandan/printer/spool/spooltest"
	"miandan/printer/tcp"
	"miandan/printer/usb"
	"miandan/printer/virtual"
	"miandan/printer/winspool"
)

var builtin = model.Builtin()

func TestFindWaitsForNobody(t *testing.T) {
	hangs := make(chan struct{})
	defer close(hangs)
	broken := errors.New("broken")
	devices, troubles := Find(t.Context(), 3*time.Second,
		Way{"good", func(context.Context) ([]Device, error) {
			return []Device{{URL: "tcp://192.0.2.1:9100"}, {URL: "tcp://192.0.2.1:9100", Says: "better\x1b known"}}, nil
		}},
		Way{"half", func(context.Context) ([]Device, error) { return []Device{{URL: "tcp://192.0.2.2:9100"}}, broken }},
		Way{"hangs", func(context.Context) ([]Device, error) { <-hangs; return nil, nil }},
		Way{"panics", func(context.Context) ([]Device, error) { panic("on foreign text") }},
	)
	if len(devices) != 2 || devices[0].Way != "good" || devices[0].Says != "better known" || devices[1].Way != "half" {
		t.Errorf("found %+v", devices)
	}
	var names []string
	for _, x := range troubles {
		names = append(names, x.Way)
	}
	if strings.Join(names, " ") != "half hangs panics" || !errors.Is(troubles[0].Err, broken) || !errors.Is(troubles[1].Err, errLate) {
		t.Errorf("troubles %v", troubles)
	}
}

func TestPropose(t *testing.T) {
	for _, c := range []struct {
		name   string
		device Device
		want   Proposal
	}{
		{"by its device ID", Device{Way: "usb", Identity: model.ParseID("MFG:Munbyn;CMD:TSPL;MDL:RW403B;")},
			Proposal{Model: "munbyn-rw403b", Language: "tspl", DotsPerMM: 8, Media: "label", Status: "never"}},
		{"300 dpi by its name", Device{Way: "mdns", Identity: model.ParseID("MFG:Zebra;MDL:ZD421-300dpi;CMD:ZPL;")},
			Proposal{Model: "zebra-zpl-300", Language: "zpl", DotsPerMM: 11.811, Media: "label"}},
		{"its word against its maker's habit", Device{Way: "usb", Identity: model.ParseID("MFG:Deli;CMD:CPCL;MDL:DL-720;")},
			Proposal{Model: "generic-cpcl", Language: "cpcl", DotsPerMM: 8, Media: "label"}},
		{"a receipt printer", Device{Way: "usb", Identity: model.ParseID("MFG:EPSON;CMD:ESC/POS;MDL:TM-T88VI;")},
			Proposal{Model: "epson-tm", Language: "escpos", DotsPerMM: 8, Media: "continuous-cut"}},
		{"a language that its model has not", Device{Way: "usb", Identity: model.ParseID("MFG:Nobody;CMD:EPL2;MDL:X;")},
			Proposal{Language: "tspl", DotsPerMM: 8, Media: "label"}},
		{"a queue", Device{URL: "cups:///Q", DotsPerMM: 7.992, Identity: model.Identity{Queue: "Zebra ZPL Label Printer"}},
			Proposal{Model: "zebra-zpl", Language: "page", DotsPerMM: 8}},
		{"12 dots a millimetre are 300 dpi", Device{Way: "scan", DotsPerMM: 12}, Proposal{Language: "tspl", DotsPerMM: 11.811, Media: "label"}},
		{"nothing at all", Device{}, Proposal{Language: "tspl", DotsPerMM: 8, Media: "label"}},
	} {
		got := Propose(c.device, builtin)
		why := map[string]bool{}
		for _, w := range got.Why {
			why[w.Setting] = w.Because != "" && w.Confidence != ""
		}
		if !why["language"] || !why["dots_per_mm"] || got.Model != "" && !why["model"] {
			t.Errorf("%s: it does not say why: %+v", c.name, got.Why)
		}
		got.Why = nil
		if got.Model != c.want.Model || got.Language != c.want.Language || got.DotsPerMM != c.want.DotsPerMM || got.Media != c.want.Media || got.Status != c.want.Status {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestSnippetNames(t *testing.T) {
	taken := []string{"gp-1324d", "GP-1324D-2"}
	got := Snippet(Device{URL: `usb://a"b\c`, Identity: model.Identity{Model: "GP-1324D"}}, Proposal{Language: "tspl", DotsPerMM: 11.811}, taken)
	for _, want := range []string{"name = \"gp-1324d-3\"\n", `url = "usb://a\"b\\c"` + "\n", "dots_per_mm = 11.811\n", `paper = "100x150" #`} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nhas no %s", got, want)
		}
	}
}

// TestQueues finds the queues of a real print service.
func TestQueues(t *testing.T) {
	server := spooltest.Start(t)
	devices, troubles := Find(t.Context(), time.Minute, Queues(server.TCP(spooltest.Zebra)))
	if len(troubles) > 0 {
		t.Fatal(troubles)
	}
	for _, d := range devices {
		if !strings.HasSuffix(d.URL, "/"+spooltest.Zebra) {
			continue
		}
		p := Propose(d, builtin)
		if p.Language != "page" || p.Model != "zebra-zpl" || p.DotsPerMM != 8 || !strings.HasPrefix(d.Direct, "tcp://127.0.0.1:") || d.Width == 0 {
			t.Errorf("%+v is proposed as %+v", d, p)
		}
		return
	}
	t.Errorf("found %+v, want the queue %s", devices, spooltest.Zebra)
}

func TestScan(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.3:0")
	if err != nil {
		t.Skip("this system has one loopback address only")
	}
	defer l.Close()
	port := uint16(l.Addr().(*net.TCPAddr).Port)
	devices, troubles := Find(t.Context(), time.Minute, Scan(netip.MustParsePrefix("127.0.0.2/31"), port))
	if len(troubles) > 0 || len(devices) != 1 || devices[0].URL != "tcp://"+l.Addr().String() {
		t.Errorf("found %+v, troubles %v", devices, troubles)
	}
	for _, bad := range []string{"8.8.8.0/24", "10.0.0.0/8", "fe80::/120"} {
		if CheckScan(netip.MustParsePrefix(bad)) == nil {
			t.Errorf("%s may be scanned", bad)
		}
	}
}

// TestAsk asks virtual printers of every language what they are.
func TestAsk(t *testing.T) {
	for _, c := range []struct{ language virtual.Language }{{virtual.ESCPOS}, {virtual.TSPL}, {virtual.ZPL}, {virtual.CPCL}} {
		t.Run(string(c.language), func(t *testing.T) {
			t.Parallel()
			v, err := virtual.Start(virtual.Config{Name: "BENCH", Language: c.language, DotsPerMM: 12, PerMetre: 11811})
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			conn, err := tcp.Transport{Address: v.Addr()}.Dial(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			got, err := ask(t.Context(), conn.(printer.ReadConn), 2*time.Second) // for each question
			if err != nil || got.Language != string(c.language) || !strings.Contains(got.Model, "BENCH") {
				t.Errorf("Ask = %+v, %v", got, err)
			}
			if c.language == virtual.ZPL {
				if p := Propose((Device{URL: "tcp://192.0.2.1:9100"}).Learn(got), builtin); p.Language != "zpl" || p.DotsPerMM != 11.811 {
					t.Errorf("%+v is proposed as %+v", got, p)
				}
			}
			// A mobile printer puts on paper what it does not know: the two letters of
			// the question before its own. The others print nothing.
			if n := len(v.Prints()); n != 0 && (c.language != virtual.CPCL || n > 1) {
				t.Errorf("asking has printed %d labels", n)
			}
			v.Mute(true)
			if got, err := ask(t.Context(), conn.(printer.ReadConn), 150*time.Millisecond); !errors.Is(err, printer.ErrMute) {
				t.Errorf("Ask of a mute printer = %+v, %v, want %v", got, err, printer.ErrMute)
			}
		})
	}
}

func FuzzQueue(f *testing.F) {
	for _, device := range []string{"socket://10.0.0.9", "usb://Gprinter/GP-1324D?serial=1", "socket://[fe80::1]:9101/x", "ipp://somebody:word@x/", "usb://%zz/%00"} {
		f.Add("Q", "Zebra ZPL Label Printer", device)
	}
	service := &url.URL{Scheme: "cups", Path: "/"}
	f.Fuzz(func(t *testing.T, name, driver, device string) {
		d := queued(service, spool.Queue{Name: name, Driver: driver, Device: device}).clean()
		if d.Direct != "" {
			if u, err := url.Parse(d.Direct); err == nil && (u.Scheme != "tcp" || u.User != nil) {
				t.Errorf("the way behind the queue is %q", d.Direct)
			}
		}
		if s := Snippet(d, Propose(d, builtin), nil); strings.Count(s, "\n") != strings.Count(s, " = ")+1 && !strings.Contains(name+device, "=") {
			t.Errorf("the section is\n%s", s)
		}
	})
}

func TestPlugged(t *testing.T) {
	list := func() ([]usb.Device, error) {
		return []usb.Device{
			{Vendor: 0x0416, Product: 0x5011, Serial: "A1", Port: "1-1", Node: "/dev/usb/lp0", Driver: "usblp", ID: usb.ParseID("MFG:Munbyn;CMD:TSPL;MDL:RW403B;")},
			{Vendor: 0x0416, Product: 0x5011, Port: "1-2", Driver: "usbfs"},
		}, errors.New("a third could not be read")
	}
	devices, troubles := Find(t.Context(), time.Minute, Plugged(list))
	if len(troubles) != 1 || len(devices) != 2 {
		t.Fatalf("found %+v, troubles %v", devices, troubles)
	}
	for _, d := range devices {
		u, err := url.Parse(d.URL)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := usb.Open(u); err != nil {
			t.Errorf("%s is no address: %v", d.URL, err)
		}
		switch d.Identity.Model {
		case "RW403B":
			if p := Propose(d, builtin); p.Model != "munbyn-rw403b" || d.URL != "usb://Munbyn/RW403B?serial=A1" || d.Note != "" {
				t.Errorf("%+v is proposed as %+v", d, p)
			}
		default:
			if !strings.Contains(d.Note, "usbfs") {
				t.Errorf("nothing is said of who holds it: %+v", d)
			}
		}
	}
}

func TestWindowsQueues(t *testing.T) {
	list := func(context.Context, time.Duration) ([]winspool.Queue, error) {
		return []winspool.Queue{
			{Name: "Xprinter XP-420B", Driver: "Xprinter XP-420B", Port: "USB001", Answered: true},
			{Name: `\\packing-2\Labels`},
		}, nil
	}
	devices, troubles := Find(t.Context(), time.Minute, WindowsQueues(list))
	if len(troubles) != 0 || len(devices) != 2 {
		t.Fatalf("found %+v, troubles %v", devices, troubles)
	}
	for _, d := range devices {
		u, err := url.Parse(d.URL)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := winspool.QueueName(u); err != nil {
			t.Errorf("%s is no address: %v", d.URL, err)
		}
		if p := Propose(d, builtin); p.Language != "page" || (p.Model == "xprinter-tspl") != (d.Note == "") {
			t.Errorf("%+v is proposed as %+v", d, p)
		}
	}
	elsewhere := func(context.Context, time.Duration) ([]winspool.Queue, error) { return nil, errors.ErrUnsupported }
	if devices, troubles := Find(t.Context(), time.Minute, WindowsQueues(elsewhere)); len(devices)+len(troubles) > 0 {
		t.Errorf("a system without them: %v, %v", devices, troubles)
	}
}

func TestSerialPorts(t *testing.T) {
	devices, _ := Find(t.Context(), time.Minute, SerialPorts(func() ([]string, error) { return []string{"/dev/ttyUSB0", "COM3"}, nil }))
	var got []string
	for _, d := range devices {
		u, err := url.Parse(d.URL)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := serial.Open(u); err != nil {
			t.Errorf("%s is no address: %v", d.URL, err)
		}
		got = append(got, d.URL)
	}
	if strings.Join(got, " ") != "serial:///dev/ttyUSB0?baud=9600 serial://COM3?baud=9600" {
		t.Errorf("found %q", got)
	}
}

func TestAddressesStayWhole(t *testing.T) {
	service := &url.URL{Scheme: "cups", Path: "/"}
	name := strings.Repeat("打", 42)
	for _, c := range []struct {
		device Device
		want   string
	}{
		{queued(service, spool.Queue{Name: name}), "cups:///" + url.PathEscape(name)},
		{Device{URL: "usb://佳博/GP-1324D?serial=1"}, "usb://佳博/GP-1324D?serial=1"},
		{Device{URL: "usb://A\u202e/B"}, ""},
		{Device{URL: "tcp://192.0.2.1:9100/\x1b[31m"}, ""},
		{Device{URL: "usb://A/B?serial=" + strings.Repeat("1", 5000)}, ""},
	} {
		if got := c.device.clean().URL; got != c.want {
			t.Errorf("%.60q becomes %.60q, want %.60q", c.device.URL, got, c.want)
		}
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte("\x02ZD421-300dpi,V93.21,12,8192KB,X\x03\r\n"))
	f.Add([]byte("\x02,,\x03"))
	f.Fuzz(func(t *testing.T, said []byte) {
		name, pitch, ok := readHI(said)
		if pitch != 0 && !(pitch >= 5 && pitch <= 50) || !ok && (name != "" || pitch != 0) {
			t.Errorf("%q is read as %q, %g, %v", said, name, pitch, ok)
		}
		Propose(Device{}.Learn(Answer{"zpl", name, pitch}).clean(), builtin)
	})
}
