package apitest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/templates"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

var _ api.Desk = (*Station)(nil)

// Goods says which pieces are in an order's parcel, by SKU.
func (s *Station) Goods(order string, skus ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.goods == nil {
		s.goods = map[string][]string{}
	}
	slices.Sort(skus)
	s.goods[order] = skus
}

// ScanPrint prints the order of that number, or the first that waits and has
// exactly these goods.
func (s *Station) ScanPrint(_ context.Context, a api.ScanPrint) (r api.Scanned, err error) {
	err = s.act(fmt.Sprintf("scan-print %s by %s", strings.Join(a.Codes, "+"), a.Who), func() error {
		if row := s.row(func(r api.Row) bool {
			return len(a.Codes) == 1 && (r.Order == a.Codes[0] || strings.EqualFold(r.Waybill, a.Codes[0]))
		}); row != nil {
			r = s.scanned(row)
			return nil
		}
		r = s.matched(a.Codes)
		return nil
	})
	return r, err
}

func (s *Station) matched(codes []string) api.Scanned {
	codes = slices.Clone(codes)
	slices.Sort(codes)
	more := 0
	for i := range s.queue.Rows {
		row := &s.queue.Rows[i]
		if row.State != api.Waiting {
			continue
		}
		goods := s.goods[row.Order]
		if slices.Equal(goods, codes) {
			return s.scanned(row)
		}
		if within(codes, goods) {
			more++
		}
	}
	if more > 0 {
		return api.Scanned{Result: api.ScanMore, Matching: more}
	}
	return api.Scanned{Result: api.ScanNotFound, Refusal: &api.Refusal{Code: "order-not-found", Args: []any{strings.Join(codes, " ")}}}
}

// within reports whether all of few are among many, each as often as it is there.
func within(few, many []string) bool {
	left := slices.Clone(many)
	for _, f := range few {
		i := slices.Index(left, f)
		if i < 0 {
			return false
		}
		left = slices.Delete(left, i, i+1)
	}
	return true
}

// scanned prints what waits and says of the rest where it stands.
func (s *Station) scanned(row *api.Row) api.Scanned {
	r := api.Scanned{Order: row.Order, Waybill: row.Waybill, Label: row.Label, Refusal: row.Refusal}
	switch row.State {
	case api.Waiting:
		row.State, row.Attempts = api.Printing, row.Attempts+1
		r.Result = api.ScanPrinting
	case api.Printing:
		r.Result = api.ScanPrinting
	case api.Done:
		r.Result = api.ScanPrinted
	case api.Cancelled:
		r.Result, r.Refusal = api.ScanCancelled, &api.Refusal{Code: "order-cancelled", Args: []any{row.Order}}
	case api.Refused:
		r.Result = api.ScanRefused
	default:
		r.Result = api.ScanUnknown
	}
	return r
}

// PrintNext prints the first that waits by its deadline.
func (s *Station) PrintNext(_ context.Context, who string) (r api.Scanned, err error) {
	err = s.act("print-next by "+who, func() error {
		var next *api.Row
		for i := range s.queue.Rows {
			if row := &s.queue.Rows[i]; row.State == api.Waiting && (next == nil || row.Deadline.Before(next.Deadline)) {
				next = row
			}
		}
		if next == nil {
			r = api.Scanned{Result: api.ScanNotFound}
			return nil
		}
		r = s.scanned(next)
		return nil
	})
	return r, err
}

// Latest returns the latest row that is done.
func (s *Station) Latest(context.Context) (api.Row, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var latest api.Row
	for _, r := range s.queue.Rows {
		if r.State == api.Done && r.Since.After(latest.Since) {
			latest = r
		}
	}
	if latest.Order == "" {
		return latest, notice.New("label-not-found", api.ErrNotFound, "")
	}
	return latest, nil
}

// Preview draws the sample of a carrier's layout, with nobody on it.
func (s *Station) Preview(_ context.Context, label string) ([]byte, error) {
	s.mu.Lock()
	row := s.row(func(r api.Row) bool { return r.Label == label })
	var carrier string
	if row != nil {
		carrier = row.Carrier
	}
	s.mu.Unlock()
	layout := map[string]string{"JD": "jd-express-76x130", "ZTO": "zto-76x130"}[carrier]
	if layout == "" {
		return nil, notice.New("label-purged", api.ErrNotFound, label)
	}
	sample, _, err := templates.Sample(layout)
	if err != nil {
		return nil, err
	}
	sample.Screen = true
	library, err := templates.Builtin()
	if err != nil {
		return nil, err
	}
	t, err := library.Get(layout)
	if err != nil {
		return nil, err
	}
	page, err := t.Compose(sample, scene.DPI203)
	if err != nil {
		return nil, err
	}
	m, err := raster.Render(page)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = m.EncodePNG(&b)
	return b.Bytes(), err
}
