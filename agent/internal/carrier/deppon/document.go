package deppon

import (
	"bytes"
	"context"
	"errors"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/templates/waybill"
)

// printed is the answer about drawn labels.
type printed struct {
	answer
	Files []struct {
		Address string `json:"fileUrl"`
		Number  string `json:"waybillNumber"`
	} `json:"data"`
}

// Document implements carrier.Documents. Deppon draws a label some seconds or
// minutes after the order, on 76 × 130 mm and on no other size.
func (i *Issuer) Document(ctx context.Context, w waybill.Waybill, parcel int) (carrier.Document, error) {
	if parcel < 0 || parcel >= max(len(w.Parcels), 1) {
		return carrier.Document{}, i.query.Broken(billPrint, "a parcel that the waybill does not have")
	}
	n := waybill.Label{Waybill: w, Parcel: parcel}.Own()
	address, err := i.file(ctx, n, w.Receiver)
	switch {
	case errors.Is(err, errEarly):
		return carrier.Document{}, carrier.ErrLater
	case err != nil:
		return carrier.Document{}, err
	}
	pdf, err := i.query.Get(ctx, billPrint, address, nil,
		strings.FieldsFunc(i.account.Values["file_hosts"], func(r rune) bool { return r == ',' || r == ' ' })...)
	switch {
	case err != nil:
		return carrier.Document{}, err
	case !bytes.HasPrefix(pdf, []byte("%PDF-")):
		return carrier.Document{}, i.query.Broken(billPrint, "no PDF")
	}
	return carrier.Document{PDF: pdf}, nil
}

// file returns where the label of a number lies, or errEarly. What is asked for
// goes by the customer's code; by the company's Deppon knows no label at all.
func (i *Issuer) file(ctx context.Context, n waybill.Number, receiver waybill.Party) (string, error) {
	var a printed
	err := i.ask(ctx, i.query, billPrint, i.queries(billPrint),
		map[string]string{"customerCode": i.account.Values["customer_code"], "waybillNos": string(n)}, &a)
	switch {
	case err != nil:
		return "", err
	case !a.ok() && unknown.MatchString(a.words()):
		return "", errEarly
	case !a.ok():
		return "", i.failed(billPrint, a.answer, receiver)
	}
	for _, f := range a.Files {
		if f.Number == string(n) && f.Address != "" {
			return f.Address, nil
		}
	}
	return "", errEarly
}
