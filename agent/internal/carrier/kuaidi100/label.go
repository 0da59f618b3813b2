package kuaidi100

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// Drawn is an Issuer whose labels Kuaidi100 draws. Where a label lies is told
// with its number, as a short address behind which the picture appears a little
// later. It is remembered while the program runs; after a restart a Find of the
// order brings it back, within the 48 hours.
type Drawn struct {
	*Issuer
	hosts []string // that labels may be fetched from
}

var _ carrier.Documents = (*Drawn)(nil)

const labelCall = "label"

// Document implements carrier.Documents. Where the labels of an order's further
// parcels lie is not documented.
func (d *Drawn) Document(ctx context.Context, w waybill.Waybill, parcel int) (carrier.Document, error) {
	at := d.memory.of(w.Number).label
	if at == "" || parcel != 0 {
		return carrier.Document{}, notice.New("gateway-no-label", nil, d.account.Name, string(w.Number))
	}
	address, ok := d.address(at)
	if !ok {
		return carrier.Document{}, d.client.Broken(labelCall, "a label at an address that label_hosts does not name")
	}
	body, err := d.client.Get(ctx, labelCall, address, nil, d.hosts...)
	switch {
	case notice.CodeOf(err) == "gateway-answer": // nothing there; when there will be is not told
		return carrier.Document{}, carrier.ErrLater
	case err != nil:
		return carrier.Document{}, err
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		return carrier.Document{PNG: body}, nil
	case bytes.HasPrefix(body, []byte("%PDF-")):
		return carrier.Document{PDF: body}, nil
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		return carrier.Document{}, d.client.Broken(labelCall, "a JPEG, whose bars are not sharp")
	}
	return carrier.Document{}, carrier.ErrLater
}

// address makes an address that may be asked of what Kuaidi100 says, which is
// plain http in the samples that are public: a label shows a person and is
// fetched by https.
func (d *Drawn) address(said string) (string, bool) {
	u, err := url.Parse(said)
	if err != nil || u.Host == "" || u.User != nil {
		return "", false
	}
	if base, err := url.Parse(d.client.Base); err == nil && u.Scheme == base.Scheme && u.Host == base.Host {
		return said, true
	}
	if u.Scheme == "http" && (u.Port() == "" || u.Port() == "80") {
		u.Scheme, u.Host = "https", u.Hostname()
	}
	return u.String(), u.Scheme == "https" && slices.ContainsFunc(d.hosts, func(h string) bool {
		return u.Hostname() == h || strings.HasSuffix(u.Hostname(), "."+h)
	})
}
