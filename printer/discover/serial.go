package discover

import (
	"context"
	"net/url"
	"strings"

	"miandan/printer/serial"
)

// SerialPorts looks at the serial ports that there are, as list names them. What
// is on a port, and at which speed it listens, nobody can see.
func SerialPorts(list func() ([]string, error)) Way {
	return Way{"serial", func(context.Context) ([]Device, error) {
		ports, err := list()
		var all []Device
		for _, port := range ports {
			all = append(all, Device{
				URL:  (&url.URL{Scheme: serial.Scheme, Host: host(port), Path: path(port), RawQuery: "baud=9600"}).String(),
				Says: "serial port " + port,
				Note: "whether a printer is on it cannot be seen; set baud and flow to what the printer's own test page says (9600 is where many come from the factory)",
			})
		}
		return all, err
	}}
}

// A port is a file on some systems, and a name on Windows.

func host(port string) string {
	if strings.HasPrefix(port, "/") {
		return ""
	}
	return port
}

func path(port string) string {
	if strings.HasPrefix(port, "/") {
		return port
	}
	return ""
}
