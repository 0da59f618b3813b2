package serial

import (
	"net/url"
	"strings"
	"testing"
)

func TestOpen(t *testing.T) {
	plain := func(port string, baud int) Transport {
		return Transport{Port: port, Baud: baud, Data: 8, Parity: "none", Stop: 1, Flow: NoFlow}
	}
	for _, r := range []struct {
		url  string
		want Transport
		err  string
	}{
		{url: "serial:///dev/ttyUSB0?baud=9600", want: plain("/dev/ttyUSB0", 9600)},
		{url: "serial:///dev/serial/by-id/usb-1a86_USB2.0-Ser_-if00-port0?baud=115200", want: plain("/dev/serial/by-id/usb-1a86_USB2.0-Ser_-if00-port0", 115200)},
		{url: "serial://COM3?baud=9600", want: plain("COM3", 9600)},
		{url: "serial://com12/?baud=921600", want: plain("COM12", 921600)},
		{url: "serial:///dev/ttyS0?baud=19200&data=7&parity=even&stop=2&flow=xonxoff", want: Transport{"/dev/ttyS0", 19200, 7, "even", 2, XONXOFF}},
		{url: "serial:///dev/ttyS0?baud=38400&parity=odd&flow=rtscts", want: Transport{"/dev/ttyS0", 38400, 8, "odd", 1, RTSCTS}},
		{url: "serial:///dev/ttyUSB0", err: "needs its speed"},
		{url: "serial://COM3?parity=none", err: "needs its speed"},
		{url: "serial:///dev/ttyUSB0?baud=115220", err: "baud must be one of 2400, 4800, 9600"},
		{url: "serial:///dev/ttyUSB0?baud=1200", err: "baud must be one of"},
		{url: "serial:///dev/ttyUSB0?baud=", err: "baud must be one of"},
		{url: "serial:///dev/ttyUSB0?baud=9600&baud=9600", err: "baud is said 2 times"},
		{url: "serial:///dev/ttyUSB0?baud=9600&data=9", err: "data must be one of 7, 8"},
		{url: "serial:///dev/ttyUSB0?baud=9600&stop=1.5", err: "stop must be one of 1, 2"},
		{url: "serial:///dev/ttyUSB0?baud=9600&parity=n", err: "parity must be one of none, even, odd"},
		{url: "serial:///dev/ttyUSB0?baud=9600&flow=hard", err: "flow must be one of none, rtscts, xonxoff"},
		{url: "serial:///dev/ttyUSB0?baud=9600&flow=", err: "flow must be one of"},
		{url: "serial:///dev/ttyUSB0?bauds=9600", err: "by baud, data, parity, stop and flow and nothing else"},
		{url: "serial:///dev/ttyUSB0?baud=9600;flow=none", err: "cannot be read"},
		{url: "serial://dev/ttyUSB0?baud=9600", err: "a path after three slashes"},
		{url: "serial://COM0?baud=9600", err: "a path after three slashes"},
		{url: "serial://COM3/x?baud=9600", err: "a path after three slashes"},
		{url: "serial:///?baud=9600", err: "needs a port"},
		{url: "serial://?baud=9600", err: "needs a port"},
		{url: "serial:///dev/../etc/x?baud=9600", err: "needs a port"},
		{url: "serial:///dev/tty%00S0?baud=9600", err: "needs a port"},
		{url: "serial://user:S3CRET@COM3?baud=9600", err: "a port and settings"},
		{url: "serial://COM3?baud=9600#x", err: "a port and settings"},
	} {
		u, err := url.Parse(r.url)
		if err != nil {
			t.Fatal(err)
		}
		got, err := Open(u)
		switch {
		case r.err == "" && (err != nil || got != r.want):
			t.Errorf("Open(%s) = %+v, %v, want %+v", r.url, got, err, r.want)
		case r.err != "" && (err == nil || got != nil || !strings.Contains(err.Error(), r.err) || strings.Contains(err.Error(), "S3CRET")):
			t.Errorf("Open(%s) = %v, %v, want an error with %q", r.url, got, err, r.err)
		}
	}
}

func TestPerSecond(t *testing.T) {
	for _, r := range []struct {
		t    Transport
		want int
	}{
		{Transport{Baud: 9600, Data: 8, Parity: "none", Stop: 1}, 960},
		{Transport{Baud: 115200, Data: 8, Parity: "even", Stop: 2}, 9600},
		{Transport{Baud: 9600, Data: 7, Parity: "none", Stop: 1}, 1066},
	} {
		if got := r.t.perSecond(); got != r.want {
			t.Errorf("perSecond(%+v) = %d, want %d", r.t, got, r.want)
		}
	}
	// What package printer writes at once must be out before it takes the printer for
	// one that has stopped.
	slowest := Transport{Baud: Bauds[0], Data: 8, Parity: "even", Stop: 2}
	if seconds := 4096 / slowest.perSecond(); seconds >= 30 {
		t.Errorf("4096 bytes take %d s at %d baud", seconds, slowest.Baud)
	}
}
