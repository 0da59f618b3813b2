package spool

import (
	"context"
	"errors"
	"net/url"

	"github.com/OpenPrinting/goipp"
)

// Queue is what a print service says of one of its queues.
type Queue struct {
	Name   string
	Driver string // maker and model, by its driver
	// Device is where the queue sends to: usb://Gprinter/GP-1324D?serial=1 or
	// socket://10.0.0.9. Without a name and a password in it; "" if it is not said.
	Device        string
	Width, Height int     // of its usual paper in micrometres; 0 if it is not said
	DotsPerMM     float64 // its usual resolution; 0 if it is not said
}

// maxQueues bounds the list of a service gone mad.
const maxQueues = 200

// Queues lists the queues of a print service. The URL is one of a queue there,
// or the service's own, cups:/// for this system's.
func Queues(ctx context.Context, u *url.URL) ([]Queue, error) {
	if u.Scheme != "cups" || u.Opaque != "" || u.User != nil {
		return nil, errors.New("a print service is written cups:/// or cups://HOST/")
	}
	t, err := server(u, "")
	if err != nil {
		return nil, err
	}
	m := goipp.NewRequest(goipp.DefaultVersion, goipp.OpCupsGetPrinters, t.requests.Add(1))
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttr("requesting-user-name", goipp.TagName, goipp.String(t.user)))
	m.Operation.Add(goipp.MakeAttr("limit", goipp.TagInteger, goipp.Integer(maxQueues)))
	m.Operation.Add(keywords("requested-attributes",
		"printer-name", "printer-make-and-model", "device-uri", "media-col-default", "printer-resolution-default"))
	reply, err := t.call(ctx, m, nil)
	var no *refusal
	if errors.As(err, &no) && no.status == goipp.StatusErrorNotFound {
		return nil, nil // that is how CUPS says that there is none
	}
	if err != nil {
		return nil, err
	}
	var all []Queue
	for _, g := range reply.AttrGroups() {
		if g.Tag != goipp.TagPrinterGroup || len(all) == maxQueues {
			continue
		}
		if q := readListed(g.Attrs); checkQueue(q.Name) == nil {
			all = append(all, q)
		}
	}
	return all, nil
}

func readListed(attrs goipp.Attributes) Queue {
	text := func(name string) string {
		s, _ := first[goipp.String](attrs, name)
		return string(s)
	}
	q := Queue{Name: text("printer-name"), Driver: text("printer-make-and-model")}
	if u, err := url.Parse(text("device-uri")); err == nil {
		u.User = nil
		q.Device = u.String()
	}
	if media, ok := first[goipp.Collection](attrs, "media-col-default"); ok {
		if size, ok := first[goipp.Collection](goipp.Attributes(media), "media-size"); ok {
			w, _ := first[goipp.Integer](goipp.Attributes(size), "x-dimension")
			h, _ := first[goipp.Integer](goipp.Attributes(size), "y-dimension")
			q.Width, q.Height = int(w)*10, int(h)*10
		}
	}
	if r, ok := first[goipp.Resolution](attrs, "printer-resolution-default"); ok {
		switch r.Units {
		case goipp.UnitsDpi:
			q.DotsPerMM = float64(r.Xres) / 25.4
		case goipp.UnitsDpcm:
			q.DotsPerMM = float64(r.Xres) / 10
		}
	}
	return q
}
