package app

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// AddDocument implements api.Documenter. One that no printer in the settings could
// take is not taken: whoever hands it in can still send it elsewhere.
func (s *station) AddDocument(ctx context.Context, d api.Document) (api.DocumentTaken, error) {
	paper := dispatch.SealedPaperOf(d.Size, d.Dialect)
	if !slices.ContainsFunc(s.Station.Printers, func(p *dispatch.Printer) bool { return p.Paper == paper }) {
		return api.DocumentTaken{}, notice.New(ledger.NoPrinter, nil, paper)
	}
	verdict, err := s.Station.AddDocument(ctx, s.document(d, paper))
	switch {
	case notice.CodeOf(err) == "number-taken", notice.CodeOf(err) == "document-in-hand":
		n := (*notice.Error)(nil)
		errors.As(err, &n)
		return api.DocumentTaken{}, notice.New(n.Code, errors.Join(api.ErrConflict, err), n.Args...)
	case err != nil:
		return api.DocumentTaken{}, s.told(err)
	case verdict == ledger.TooLate:
		return api.DocumentTaken{}, notice.New("document-too-late", api.ErrConflict, d.Key)
	}
	return s.documentTaken(ctx, order.OfDocument(d.Dialect, d.Key), verdict)
}

func (s *station) document(d api.Document, paper string) ledger.Document {
	of := ledger.Document{
		Order: order.OfDocument(d.Dialect, d.Key), Sealed: d.Sealed, Paper: ledger.Paper{Size: paper}, PaidAt: d.PaidAt,
		Waybill: waybill.Waybill{
			Carrier: waybill.Carrier(d.Carrier), CarrierName: d.Carrier, Number: waybill.Number(d.Waybill), Order: d.Order,
			PhoneKind: waybill.PhoneSealed, IssuedAt: s.options.Clock(), Parcels: []waybill.Parcel{{Barcode: d.Waybill, Index: 1, Count: 1}},
		},
	}
	if d.Order != d.Key {
		of.Parent = d.Order
	}
	return of
}

// documentTaken says how a document stands.
func (s *station) documentTaken(ctx context.Context, key order.Key, verdict ledger.Verdict) (api.DocumentTaken, error) {
	rows, err := s.Ledger.Rows(ctx, ledger.Filter{Key: key})
	if err != nil {
		return api.DocumentTaken{}, s.told(err)
	}
	for _, r := range rows {
		if r.Order != key {
			continue
		}
		v := row(r)
		return api.DocumentTaken{
			Key: key.ID, Waybill: v.Waybill, Label: strconv.FormatInt(r.LabelID, 10), Verdict: string(verdict), State: v.State, Refusal: v.Refusal,
		}, nil
	}
	return api.DocumentTaken{}, ledger.ErrNoOrder
}
