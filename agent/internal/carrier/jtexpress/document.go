package jtexpress

import (
	"bytes"
	"context"
	"encoding/base64"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/templates/waybill"
)

// unprintable is the code of an order whose label is not there yet, as it is known
// from other countries.
const unprintable = "121003006"

// Document implements carrier.Documents. The call is known from other countries
// only, where the label comes within the answer or as an address; type 1 is
// their usual paper.
func (i *Issuer) Document(ctx context.Context, w waybill.Waybill, parcel int) (carrier.Document, error) {
	if parcel != 0 {
		return carrier.Document{}, i.client.Broken(printOrder, "a parcel that the waybill does not have")
	}
	f, err := i.look(ctx, byNumber, string(w.Number), w.Receiver)
	switch {
	case err != nil:
		return carrier.Document{}, err
	case f == nil:
		return carrier.Document{}, carrier.ErrLater
	}
	var data struct {
		Content string `json:"base64EncodeContent"`
		Address string `json:"urlContent"`
	}
	a, err := i.ask(ctx, printOrder, struct {
		customer
		Reference string `json:"txlogisticId"`
		Number    string `json:"billCode"`
		Type      string `json:"type"`
	}{i.customer(), f.Reference, string(w.Number), "1"}, &data)
	switch {
	case err != nil:
		return carrier.Document{}, err
	case a.Code == unprintable, a.Code == notFound:
		return carrier.Document{}, carrier.ErrLater
	case a.Code != done:
		return carrier.Document{}, i.client.Failed(printOrder, string(a.Code), carrier.Words(a.Words, w.Receiver))
	}
	var pdf []byte
	switch {
	case data.Content != "":
		pdf, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data.Content), ""))
	case data.Address != "":
		pdf, err = i.client.Get(ctx, printOrder, data.Address, nil, strings.FieldsFunc(i.account.Values["file_hosts"], func(r rune) bool { return r == ',' || r == ' ' })...)
		if err != nil {
			return carrier.Document{}, err
		}
	default:
		return carrier.Document{}, carrier.ErrLater
	}
	if err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		return carrier.Document{}, i.client.Broken(printOrder, "no PDF")
	}
	return carrier.Document{PDF: pdf}, nil
}
