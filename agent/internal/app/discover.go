package app

import (
	"context"
	"net/url"
	"time"

	"go.bug.st/serial"

	"miandan/printer"
	"miandan/printer/discover"
	"miandan/printer/transport"
	"miandan/printer/usb"
	"miandan/printer/winspool"
)

// Ways are the ways of finding printers that ask nobody.
func Ways() []discover.Way {
	return []discover.Way{
		discover.Plugged(usb.List),
		discover.SerialPorts(serial.GetPortsList),
		discover.Announced(),
		discover.Queues(&url.URL{Scheme: "cups", Path: "/"}),
		discover.WindowsQueues(winspool.Queues),
	}
}

// Ask asks an unknown device in printers' languages what it is. A device that
// none of them fits may print the questions.
func Ask(ctx context.Context, address string) (discover.Answer, error) {
	way, err := transport.Basic().Open(address) // a queue answers no questions
	if err != nil {
		return discover.Answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, err := way.Dial(ctx)
	if err != nil {
		return discover.Answer{}, err
	}
	defer conn.Close()
	line, ok := conn.(printer.ReadConn)
	if !ok {
		return discover.Answer{}, printer.ErrMute
	}
	answer, err := discover.Ask(ctx, line)
	conn.SetDeadline(time.Now().Add(time.Second))
	return answer, err
}
