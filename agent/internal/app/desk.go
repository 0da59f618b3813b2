package app

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// desk is what a packer does with a scanner and one key.
type desk struct {
	*station
	previews previews

	mu   sync.Mutex
	last goods // the goods that were scanned last, and for which order
}

var _ api.Desk = (*desk)(nil)

// goods are what was scanned for an order.
type goods struct {
	pieces map[string]int
	order  string
	at     time.Time
}

// sameScan is how long goods that were scanned again, with no other order left
// that has them, are the same parcel still.
const sameScan = time.Minute

// ScanPrint implements api.Desk. A code is first what the ledger knows: an order,
// its waybill, goods. Only one that is none of these is asked for on the platforms,
// as the number of an order, and goods never are.
func (d *desk) ScanPrint(ctx context.Context, s api.ScanPrint) (api.Scanned, error) {
	codes := cleaned(s.Codes)
	if len(codes) == 0 {
		return api.Scanned{Result: api.ScanNotFound}, nil
	}
	who := ledger.Person{Who: s.Who}
	last := codes[len(codes)-1]
	pieces, strange, err := d.goods(ctx, codes)
	if err != nil {
		return api.Scanned{}, d.told(err)
	}
	if len(codes) == 1 || strange != "" { // who gives up on the goods scans the order's own sheet
		b, err := d.Ledger.Find(ctx, last)
		switch {
		case err == nil:
			return d.ask(ctx, b, who)
		case !errors.Is(err, ledger.ErrNoOrder):
			return api.Scanned{}, d.told(err)
		case len(codes) == 1 && strange != "":
			return d.elsewhere(ctx, last, who)
		case strange != "":
			return unfound("goods-not-found", strange), nil
		}
	}
	return d.askFor(ctx, pieces, last, who)
}

// goods counts the pieces that were scanned. strange is a code that is no SKU, if
// there is one.
func (d *desk) goods(ctx context.Context, codes []string) (pieces map[string]int, strange string, err error) {
	pieces = map[string]int{}
	known := map[string]string{}
	for _, code := range codes {
		sku, ok := known[code]
		if !ok {
			sku, err = d.Ledger.SKU(ctx, code)
			if errors.Is(err, ledger.ErrNoGoods) {
				strange = code
				continue
			}
			if err != nil {
				return nil, "", err
			}
			known[code] = sku
		}
		pieces[sku]++
	}
	return pieces, strange, nil
}

func unfound(code notice.Code, args ...any) api.Scanned {
	return api.Scanned{Result: api.ScanNotFound, Refusal: &api.Refusal{Code: code, Args: args}}
}

// elsewhere looks on the platforms for an order that is not known here.
func (d *desk) elsewhere(ctx context.Context, code string, who ledger.Person) (api.Scanned, error) {
	var n *notice.Error
	if err := d.fetch(ctx, code, who.Who); errors.As(err, &n) {
		return api.Scanned{Result: api.ScanRefused, Order: code, Refusal: &api.Refusal{Code: n.Code, Args: n.Args}}, nil
	} else if err != nil {
		return api.Scanned{}, d.told(err)
	}
	b, err := d.Ledger.Find(ctx, code)
	switch {
	case errors.Is(err, ledger.ErrNoOrder):
		return unfound("order-not-found", code), nil
	case err != nil:
		return api.Scanned{}, d.told(err)
	}
	return d.ask(ctx, b, who)
}

// ask prints an order, if it is one that may be printed now. One that was refused
// is read again first: a person who scans it may have put it right.
func (d *desk) ask(ctx context.Context, b ledger.Brief, who ledger.Person) (api.Scanned, error) {
	key := b.Rows[0].Order
	if b.Rows[0].OrderState == ledger.Refused && !d.Station.Shared {
		if _, ok := d.Station.Sources[key.Source]; ok {
			if err := d.Station.Fetch(ctx, key); err != nil && !errors.Is(err, ledger.ErrNoOrder) && !errors.As(err, new(*notice.Error)) {
				return api.Scanned{}, d.told(err)
			}
		}
		var err error
		if b, err = d.Ledger.Find(ctx, key.ID); err != nil {
			return api.Scanned{}, d.told(err)
		}
	}
	r := scanned(b)
	if r.Result != api.ScanPrinting || !waits(b) {
		return r, nil
	}
	b, err := d.Ledger.Ask(ctx, key, who)
	if err != nil {
		return api.Scanned{}, d.told(err)
	}
	return scanned(b), nil
}

// askFor prints the order that has just these goods.
func (d *desk) askFor(ctx context.Context, pieces map[string]int, code string, who ledger.Person) (api.Scanned, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, err := d.Ledger.AskFor(ctx, pieces, who)
	if err == nil {
		d.last = goods{pieces, b.Rows[0].Order.ID, d.Station.Clock()}
		return scanned(b), nil
	}
	if !errors.Is(err, ledger.ErrNothing) {
		return api.Scanned{}, d.told(err)
	}
	n, err := d.Ledger.Matching(ctx, pieces)
	switch {
	case err != nil:
		return api.Scanned{}, d.told(err)
	case n > 0:
		return api.Scanned{Result: api.ScanMore, Matching: n}, nil
	}
	if age := d.Station.Clock().Sub(d.last.at); age >= 0 && age < sameScan && sameGoods(d.last.pieces, pieces) {
		if b, err := d.Ledger.Find(ctx, d.last.order); err == nil {
			return scanned(b), nil
		}
	}
	return unfound("goods-not-waiting", code), nil
}

func sameGoods(a, b map[string]int) bool {
	for sku, n := range a {
		if b[sku] != n {
			return false
		}
	}
	return len(a) == len(b)
}

// PrintNext implements api.Desk. What is refused does not wait for anybody's word.
func (d *desk) PrintNext(ctx context.Context, who string) (api.Scanned, error) {
	b, err := d.Ledger.AskNext(ctx, ledger.Person{Who: who})
	switch {
	case errors.Is(err, ledger.ErrNothing):
		return unfound("nothing-waits"), nil
	case err != nil:
		return api.Scanned{}, d.told(err)
	}
	return scanned(b), nil
}

// Latest implements api.Desk.
func (d *desk) Latest(ctx context.Context) (api.Row, error) {
	id, order, err := d.Ledger.Latest(ctx)
	if errors.Is(err, ledger.ErrNoLabel) {
		return api.Row{}, notice.New("nothing-printed", api.ErrNotFound)
	}
	if err != nil {
		return api.Row{}, d.told(err)
	}
	rows, err := d.Ledger.Rows(ctx, ledger.Filter{Order: order})
	if err != nil {
		return api.Row{}, d.told(err)
	}
	i := slices.IndexFunc(rows, func(r ledger.Row) bool { return r.LabelID == id })
	if i < 0 {
		return api.Row{}, notice.New("nothing-printed", api.ErrNotFound)
	}
	return d.shown(rows[i]), nil
}

// scanned says where an order stands, of the whole of which the worst decides.
func scanned(b ledger.Brief) api.Scanned {
	r := b.Rows[0]
	for _, other := range b.Rows[1:] {
		if slices.Index(worst, standing(other)) < slices.Index(worst, standing(r)) {
			r = other
		}
	}
	v := row(r)
	s := api.Scanned{Result: standing(r), Order: v.Order, Waybill: string(r.Number), Label: v.Label, Refusal: v.Refusal}
	if s.Refusal != nil {
		s.Refusal.Action = action(r, s.Refusal.Code)
	}
	switch {
	case s.Refusal != nil:
	case s.Result == api.ScanPrinted:
		s.Refusal = &api.Refusal{Code: "order-printed", Args: []any{v.Order}}
	case s.Result == api.ScanCancelled:
		s.Refusal = &api.Refusal{Code: "order-cancelled", Args: []any{v.Order}}
	}
	return s
}

// worst lists what a label of an order may have come to, the worst first: an order
// is printed when all its labels are.
var worst = []api.ScanResult{api.ScanCancelled, api.ScanRefused, api.ScanUnknown, api.ScanPrinting, api.ScanPrinted}

// standing is what a scan of one label of an order, or of one that has none, comes
// to.
func standing(r ledger.Row) api.ScanResult {
	if r.Alarm == "order-cancelled-too-late" {
		return api.ScanCancelled
	}
	switch r.OrderState {
	case ledger.Cancelled, ledger.Skipped:
		return api.ScanCancelled
	case ledger.Refused:
		return api.ScanRefused
	case ledger.Changed, ledger.IssueUnknown:
		return api.ScanUnknown
	}
	switch state, _ := seen(r); state {
	case api.Done:
		return api.ScanPrinted
	case api.Unknown:
		return api.ScanUnknown
	case api.Cancelled:
		return api.ScanCancelled
	}
	return api.ScanPrinting
}

// waits reports whether an order has still to be asked for, or could go ahead of
// others.
func waits(b ledger.Brief) bool {
	return !b.Wanted || slices.ContainsFunc(b.Rows, func(r ledger.Row) bool {
		return r.LabelID == 0 || r.Label == ledger.Queued
	})
}

// cleaned is what a scanner meant: it ends a code with a key, and types into
// whatever the keyboard is set to; a Chinese input method makes its letters and
// digits wide and its hyphens long.
func cleaned(codes []string) []string {
	var list []string
	for _, code := range codes {
		if code = clean(code); code != "" {
			list = append(list, code)
		}
	}
	return list
}

// symbology is what some scanners put before a code to say of which kind it is:
// ]C1 for Code 128 (ISO/IEC 15424).
var symbology = regexp.MustCompile(`^\][A-Za-z][0-9A-Za-z]`)

func clean(code string) string {
	code = strings.Map(func(r rune) rune {
		switch {
		case r >= '！' && r <= '～':
			return r - '！' + '!'
		case r == '。':
			return '.'
		case strings.ContainsRune("‐‑‒–—―−", r):
			return '-'
		case r == unicode.ReplacementChar, !unicode.IsPrint(r) && !unicode.IsSpace(r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, code)
	return symbology.ReplaceAllString(strings.Join(strings.Fields(code), " "), "")
}

// Scan implements api.Operator.
func (s *station) Scan(ctx context.Context, r api.Scan) (api.Packed, error) {
	code := clean(r.Waybill)
	p, err := s.Ledger.Scanned(ctx, code, ledger.Person{Who: r.Who})
	switch {
	case errors.Is(err, ledger.ErrNotOnPaper):
		return api.Packed{}, notice.New("label-not-on-paper", api.ErrConflict, code)
	case errors.Is(err, ledger.ErrWithdrawn):
		return api.Packed{}, notice.New("waybill-withdrawn", api.ErrConflict, code)
	case errors.Is(err, ledger.ErrNoLabel):
		return api.Packed{}, s.noWaybill(code)
	case err != nil:
		return api.Packed{}, s.told(err)
	}
	v := api.Packed{Order: p.Order.ID, Waybill: p.Waybill, Left: p.Left, Already: p.Already}
	if p.Wave != 0 {
		v.Wave = ledger.WaveID(p.Wave)
	}
	return v, nil
}

// labelID reads the ID of a label.
func labelID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, notice.New("label-not-found", api.ErrNotFound, text)
	}
	return id, nil
}
