package discover

import (
	"context"
	"encoding/binary"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"
)

// responder is a device on the loopback that announces itself.
type responder struct {
	conn  net.PacketConn
	zone  []record
	terse bool // sends of each question just what was asked for, as some do
}

func respond(t *testing.T, terse bool, zone ...record) netip.AddrPort {
	t.Helper()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil && runtime.GOOS == "windows" && strings.Contains(err.Error(), "10045") {
		t.Skipf("Wine 8 has no UDP for Go: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	r := &responder{conn: conn, zone: zone, terse: terse}
	done := make(chan struct{})
	go func() { defer close(done); r.serve() }()
	t.Cleanup(func() { conn.Close(); <-done })
	return conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

func (r *responder) serve() {
	packet := make([]byte, 9000)
	for {
		n, from, err := r.conn.ReadFrom(packet)
		if err != nil {
			return
		}
		r.conn.WriteTo([]byte("\x00garbage"), from)
		r.conn.WriteTo(r.answer(packet[:n]), from)
	}
}

// answer writes names without compression, but for those of services.
func (r *responder) answer(q []byte) []byte {
	asked := map[string]bool{}
	at := 12
	for range int(binary.BigEndian.Uint16(q[4:])) {
		name, next, err := readName(q, at)
		if err != nil || next+4 > len(q) {
			break
		}
		asked[key(name)+string(q[next:next+2])] = true
		at = next + 4
	}
	m := make([]byte, 12)
	m[2] = 0x84
	n := 0
	for _, rec := range r.zone {
		kind := binary.BigEndian.AppendUint16(nil, rec.kind)
		if r.terse && !asked[key(rec.name)+string(kind)] {
			continue
		}
		m = appendRecord(m, rec)
		n++
	}
	binary.BigEndian.PutUint16(m[6:], uint16(n))
	return m
}

func appendName(b []byte, labels []string) []byte {
	for _, l := range labels {
		b = append(append(b, byte(len(l))), l...)
	}
	return append(b, 0)
}

func appendRecord(m []byte, r record) []byte {
	m = appendName(m, r.name)
	m = binary.BigEndian.AppendUint16(m, r.kind)
	m = binary.BigEndian.AppendUint16(m, 0x8001)
	m = binary.BigEndian.AppendUint32(m, 120)
	var data []byte
	switch r.kind {
	case typePTR:
		data = appendName(nil, r.target)
	case typeSRV:
		data = appendName(binary.BigEndian.AppendUint16(make([]byte, 4), r.port), r.target)
	case typeTXT:
		for _, t := range r.texts {
			data = append(append(data, byte(len(t))), t...)
		}
	case typeA:
		data = r.addr[:]
	}
	m = binary.BigEndian.AppendUint16(m, uint16(len(data)))
	return append(m, data...)
}

// printerAt is a printer's records.
func printerAt(instance, service, host string, addr [4]byte, port uint16, texts ...string) []record {
	s := []string{service, "_tcp", "local"}
	name := append([]string{instance}, s...)
	return []record{
		{name: s, kind: typePTR, target: name},
		{name: name, kind: typeSRV, target: []string{host, "local"}, port: port},
		{name: name, kind: typeTXT, texts: texts},
		{name: []string{host, "local"}, kind: typeA, addr: addr},
	}
}

func TestAnnounced(t *testing.T) {
	var zone []record
	for _, p := range [][]record{
		// A point in its name, as owners like to have it.
		printerAt("Bench No. 1 (v1.2)", "_pdl-datastream", "gp", [4]byte{127, 0, 0, 1}, 9100, "txtvers=1", "ty=Gprinter GP-1324D", "usb_MFG=Gprinter", "USB_MDL=GP-1324D", "usb_CMD=TSPL,EPL", "pdl=application/octet-stream"),
		printerAt("Bench No. 1 (v1.2)", "_ipp", "gp", [4]byte{127, 0, 0, 1}, 631, "ty=Gprinter GP-1324D"),
		printerAt("office", "_ipp", "office", [4]byte{10, 1, 2, 3}, 631, "ty=HP LaserJet", "product=(HP LaserJet)", "pdl=application/pdf"),
		printerAt("old", "_printer", "old", [4]byte{192, 168, 7, 8}, 515, "product=(Zebra ZT230-300dpi)"),
		printerAt("elsewhere", "_pdl-datastream", "far", [4]byte{8, 8, 8, 8}, 9100, "ty=A printer on the internet"),
		printerAt("\x1b[31mred\u202e", "_pdl-datastream", "red", [4]byte{169, 254, 1, 1}, 9100),
	} {
		zone = append(zone, p...)
	}
	zone = append(zone, record{name: []string{"_ssh", "_tcp", "local"}, kind: typePTR, target: []string{"x", "_ssh", "_tcp", "local"}})
	for _, terse := range []bool{false, true} {
		to := respond(t, terse, zone...)
		way := Way{"mdns", func(ctx context.Context) ([]Device, error) {
			return (&browser{lines: []line{{to, nil}}}).browse(ctx)
		}}
		const within = 3 * time.Second
		began := time.Now()
		devices, troubles := Find(t.Context(), within, way)
		if took := time.Since(began); took > within+10*time.Second {
			t.Errorf("it took %v", took)
		}
		if len(troubles) != 0 {
			t.Errorf("terse %v: troubles %v", terse, troubles)
		}
		var got []string
		for _, d := range devices {
			got = append(got, d.URL+"|"+d.Says+"|"+d.Identity.Maker+"|"+d.Identity.Model+"|"+strings.Join(d.Identity.Commands, ","))
		}
		want := []string{
			"|HP LaserJet||HP LaserJet|",
			"|Zebra ZT230-300dpi||Zebra ZT230-300dpi|",
			"tcp://127.0.0.1:9100|Gprinter GP-1324D|Gprinter|GP-1324D|TSPL,EPL",
			"tcp://169.254.1.1:9100|[31mred|||",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("terse %v: found\n%s\nwant\n%s", terse, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for _, d := range devices {
			if (d.URL == "") != (d.Note != "") {
				t.Errorf("%s has no way to it and no word on it, or both", d.Says)
			}
		}
	}
}

func TestReadNameEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		m    string
	}{
		{"points at itself", "\xc0\x00"},
		{"points ahead", "\x01a\xc0\x09\x01b\x00"},
		{"ends within a label", "\x05ab"},
		{"of an unknown form", "\x80ab"},
		{"too many labels", strings.Repeat("\x01a", 100) + "\x00"},
		{"no end", "\x01a"},
	} {
		if labels, _, err := readName([]byte(c.m), 0); err == nil {
			t.Errorf("a name that %s is read as %q", c.name, labels)
		}
	}
}

func FuzzAnnouncement(f *testing.F) {
	m := make([]byte, 12)
	m[2], m[7] = 0x84, 4
	for _, r := range printerAt("bench", "_pdl-datastream", "gp", [4]byte{10, 0, 0, 1}, 9100, "ty=A", "usb_CMD=TSPL") {
		m = appendRecord(m, r)
	}
	f.Add(m)
	f.Add([]byte("\x00\x00\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00\xc0\x0c"))
	f.Fuzz(func(t *testing.T, packet []byte) {
		h := newHeard()
		for range 2 {
			h.take(packet, netip.MustParseAddr("192.0.2.1"))
		}
		if len(h.missing()) > 12 {
			t.Error("more is asked for than fits")
		}
		question(h.missing()...)
		for _, d := range h.devices() {
			d = d.clean()
			if d.URL != "" && !strings.HasPrefix(d.URL, "tcp://") {
				t.Errorf("the way to it is %q", d.URL)
			}
			Snippet(d, Propose(d, builtin), nil)
		}
	})
}
