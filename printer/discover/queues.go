package discover

import (
	"context"
	"errors"
	"net/url"
	"runtime"
	"strings"
	"time"

	"miandan/printer/model"
	"miandan/printer/spool"
	"miandan/printer/winspool"
)

// Queues looks at the queues of CUPS. The URL is that of the print service,
// cups:/// for this system's; a system without one has none.
func Queues(service *url.URL) Way {
	return Way{"cups", func(ctx context.Context) ([]Device, error) {
		if service.Host == "" && runtime.GOOS == "windows" {
			return nil, nil
		}
		queues, err := spool.Queues(ctx, service)
		if errors.Is(err, spool.ErrNoSpooler) {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		var all []Device
		for _, q := range queues {
			all = append(all, queued(service, q))
		}
		return all, nil
	}}
}

func queued(service *url.URL, q spool.Queue) Device {
	u := *service
	u.Path, u.RawPath = "/"+q.Name, ""
	d := Device{
		URL: u.String(), Says: q.Name, Identity: model.Identity{Queue: q.Driver},
		Width: q.Width, Height: q.Height, DotsPerMM: q.DotsPerMM,
	}
	if q.Driver != "" {
		d.Says += ", " + q.Driver
	}
	behind, err := url.Parse(q.Device)
	if err != nil {
		return d
	}
	switch behind.Scheme {
	case "socket":
		if behind.Hostname() != "" {
			port := behind.Port()
			if port == "" {
				port = "9100"
			}
			host := behind.Hostname()
			if strings.Contains(host, ":") {
				host = "[" + host + "]"
			}
			d.Direct = "tcp://" + host + ":" + port
		}
	case "usb":
		d.Identity.Maker, d.Identity.Model = behind.Host, strings.Trim(behind.Path, "/")
		if u, err := url.PathUnescape(behind.Host); err == nil {
			d.Identity.Maker = u
		}
	}
	if strings.Contains(strings.ToLower(q.Driver), "raw") {
		d.Note = "a raw queue hands what it is given to the printer as it is, and this program gives it PDF: use the printer's own address"
	}
	return d
}

// WindowsQueues looks at the queues of Windows, as list tells them; another system
// has none.
func WindowsQueues(list func(context.Context, time.Duration) ([]winspool.Queue, error)) Way {
	return Way{"winspool", func(ctx context.Context) ([]Device, error) {
		wait := Patience
		if end, ok := ctx.Deadline(); ok {
			wait = max(time.Until(end)*9/10, 50*time.Millisecond)
		}
		queues, err := list(ctx, wait)
		if errors.Is(err, errors.ErrUnsupported) {
			return nil, nil
		}
		var all []Device
		for _, q := range queues {
			d := Device{URL: q.URL(), Says: q.Name, Identity: model.Identity{Queue: q.Driver}}
			switch {
			case q.Driver != "":
				d.Says += ", " + q.Driver
			case !q.Answered:
				d.Note = "the computer that shares it does not answer"
			}
			all = append(all, d)
		}
		return all, err
	}}
}
