// Package serial reaches printers on a serial line: RS-232, an adapter on USB, or
// a Bluetooth port.
//
//	serial:///dev/ttyUSB0?baud=115200&flow=rtscts
//	serial:///dev/serial/by-id/usb-…?baud=9600&parity=even
//	serial://COM3?baud=9600
//
// baud has to be said, for at a wrong speed a printer prints rubbish. The rest is
// what most printers are set to: data=8, parity=none, stop=1, flow=none. With
// flow=rtscts the printer holds us up by a wire, with flow=xonxoff by a character,
// which then cannot be told from the same byte in what the printer says of itself.
// Without either a printer whose buffer is full loses the end of a label.
//
// A line is slow: at 9600 baud a label takes half a minute. What was written is in
// no hurry to leave the system, and a printer that is waited for must be known to
// have it. So Write returns when its bytes are nearly out, and Close waits for the
// last.
//
// go.bug.st/serial opens and sets the port, but knows no flow control, no deadline
// of a write, and no way to either from outside. Bytes therefore take a descriptor
// of our own, and on Windows, where there can be but one, we set the port too.
package serial

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"miandan/printer"
)

// Scheme is what its URLs begin with.
const Scheme = "serial"

var (
	// ErrAbsent reports a port that is not there.
	ErrAbsent = errors.New("there is no such serial port; is the adapter plugged in?")
	// ErrBroken reports a line that went away while it was in use.
	ErrBroken = errors.New("the serial line broke; was the adapter unplugged?")
)

// Flow is how a printer says that it takes no more for now.
type Flow string

const (
	NoFlow  Flow = "none"
	RTSCTS  Flow = "rtscts"  // by a wire
	XONXOFF Flow = "xonxoff" // by a character
)

// Transport is a way to one printer.
type Transport struct {
	Port   string // /dev/ttyUSB0, COM3
	Baud   int
	Data   int    // bits of a character: 7 or 8
	Parity string // "none", "even", "odd"
	Stop   int    // bits between characters: 1 or 2
	Flow   Flow
}

var _ printer.Transport = Transport{}

const want = "as in serial:///dev/ttyUSB0?baud=115200&flow=rtscts or serial://COM3?baud=9600"

// Bauds are the speeds that printers have. A slower line would need more than half
// a minute for what is written at once (printer.Timeouts.Write).
var Bauds = []int{2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600}

var comName = regexp.MustCompile(`^(?i:COM)[1-9][0-9]{0,2}$`)

// Open reads serial:///dev/PORT?baud=… and serial://COMn?baud=….
func Open(u *url.URL) (printer.Transport, error) {
	if u.User != nil || u.Opaque != "" || u.Fragment != "" {
		return nil, errors.New("a serial printer has a port and settings after a ?, " + want)
	}
	t := Transport{Data: 8, Parity: "none", Stop: 1, Flow: NoFlow}
	switch {
	case comName.MatchString(u.Host) && strings.Trim(u.Path, "/") == "":
		t.Port = strings.ToUpper(u.Host)
	case u.Host == "" && len(u.Path) > 1 && path.Clean(u.Path) == u.Path && !strings.ContainsFunc(u.Path, func(r rune) bool { return r < ' ' }):
		t.Port = u.Path
	case u.Host != "":
		return nil, errors.New("a serial port is a path after three slashes, or COM and a number after two, " + want)
	default:
		return nil, errors.New("a serial printer needs a port, " + want)
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return nil, errors.New("the settings of a serial printer cannot be read, " + want)
	}
	if err := t.set(query); err != nil {
		return nil, err
	}
	return t, nil
}

// set takes the settings of a URL.
func (t *Transport) set(query url.Values) error {
	for key, values := range query {
		if !slices.Contains([]string{"baud", "data", "parity", "stop", "flow"}, key) {
			return errors.New("a serial printer is set by baud, data, parity, stop and flow and nothing else, " + want)
		}
		if len(values) != 1 {
			return fmt.Errorf("%s is said %d times, want once", key, len(values))
		}
	}
	if !query.Has("baud") {
		return errors.New("a serial printer needs its speed, " + want)
	}
	var err error
	pick := func(key string, of ...string) string {
		value := query.Get(key)
		if err == nil && !slices.Contains(of, value) {
			err = fmt.Errorf("%s must be one of %s", key, strings.Join(of, ", "))
		}
		return value
	}
	number := func(key string, of ...int) int {
		words := make([]string, len(of))
		for i, n := range of {
			words[i] = strconv.Itoa(n)
		}
		n, _ := strconv.Atoi(pick(key, words...)) // pick has seen that it is one
		return n
	}
	t.Baud = number("baud", Bauds...)
	if query.Has("data") {
		t.Data = number("data", 7, 8)
	}
	if query.Has("stop") {
		t.Stop = number("stop", 1, 2)
	}
	if query.Has("parity") {
		t.Parity = pick("parity", "none", "even", "odd")
	}
	if query.Has("flow") {
		t.Flow = Flow(pick("flow", string(NoFlow), string(RTSCTS), string(XONXOFF)))
	}
	return err
}

// Dial opens and sets the port. A printer that is switched off is none the wiser,
// and neither are we.
func (t Transport) Dial(context.Context) (printer.Conn, error) {
	return t.open()
}

// perSecond is how many bytes leave in a second.
func (t Transport) perSecond() int {
	bits := 1 + t.Data + t.Stop
	if t.Parity != "none" {
		bits++
	}
	return max(t.Baud/bits, 1)
}
