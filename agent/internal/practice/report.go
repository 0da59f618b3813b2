package practice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/printer/virtual"
	"miandan/templates/scene"
)

// Report is what came of the orders.
type Report struct {
	Labels  []Label   `json:"labels"`
	Refused []Refused `json:"refused"`
	Skipped []Skipped `json:"skipped"`
}

// Label is a label that has ended, or that stands in unknown.
type Label struct {
	Order     string `json:"order"`
	Carrier   string `json:"carrier"`
	Waybill   string `json:"waybill"` // the number that the parcel travels under
	Barcode   string `json:"barcode"` // what the main barcode says
	Parcel    int    `json:"parcel"`  // from 1
	Parcels   int    `json:"parcels"`
	Template  string `json:"template"`
	PhoneKind string `json:"phone_kind"`
	State     string `json:"state"`
	Evidence  string `json:"evidence"`
	Printer   string `json:"printer"`
	PDF       string `json:"pdf"`
	PNG       string `json:"png"`
	MS        MS     `json:"ms"`
}

// MS is what the agent spent on the label, in milliseconds. Total is the sum;
// waiting in the queue is in none of them.
type MS struct {
	Issue   float64 `json:"issue"`
	Compose float64 `json:"compose"`
	Render  float64 `json:"render"`
	Send    float64 `json:"send"`
	Total   float64 `json:"total"`
}

// Refused is an order for which no number was taken, and what must be put right.
type Refused struct {
	Order   string `json:"order"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Skipped is an order that by the platform's own word does not ship.
type Skipped struct {
	Order   string `json:"order"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// patience is how long nothing may come to an end before it is given up.
const patience = 60 * time.Second

// Follow waits until every order has ended, been refused or been skipped, and
// collects the report.
func (w *World) Follow(ctx context.Context, l *ledger.Ledger, s *dispatch.Station, out string) (Report, error) {
	deadline, last := time.Now().Add(patience), -1
	for {
		began := time.Now()
		rows, err := l.Rows(ctx, ledger.Filter{Limit: 5000})
		if err != nil {
			return Report{}, err
		}
		ended := w.ended(rows)
		if ended >= w.listed {
			return w.Collect(ctx, l, s, out)
		}
		if ended != last {
			deadline, last = time.Now().Add(patience), ended
		}
		if time.Now().After(deadline) {
			return Report{}, fmt.Errorf("%d of %d orders came to an end, and none within the last %v", ended, w.listed, patience)
		}
		select {
		// Reading thousands of orders takes a while: the agent has the better part of the time.
		case <-time.After(max(50*time.Millisecond, 4*time.Since(began))):
		case <-ctx.Done():
			return w.Collect(context.WithoutCancel(ctx), l, s, out)
		}
	}
}

// ended counts the orders that have come to an end with all their labels, and
// of which the gateway knows if it is to.
func (w *World) ended(rows []ledger.Row) int {
	all, open := map[string]bool{}, map[string]bool{}
	for _, r := range rows {
		id := r.Order.ID
		all[id] = true
		switch {
		case r.LabelID == 0:
			open[id] = r.OrderState != ledger.Refused && r.OrderState != ledger.Skipped && r.OrderState != ledger.Cancelled && r.OrderState != ledger.IssueUnknown
		case !r.Label.Ended() && r.Label != ledger.Unknown, r.Label == ledger.Confirmed && !w.told(id):
			open[id] = true
		}
	}
	n := 0
	for id := range all {
		if !open[id] {
			n++
		}
	}
	return n
}

// told reports whether the gateway knows that an order has shipped.
func (w *World) told(id string) bool {
	o, ok := w.Gateway.Order(id)
	return !ok || o.State == jdsim.Shipped || o.State == jdsim.Finished
}

// Collect writes every label's two files and returns the report.
func (w *World) Collect(ctx context.Context, l *ledger.Ledger, s *dispatch.Station, out string) (Report, error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return Report{}, err
	}
	rows, err := l.Rows(ctx, ledger.Filter{Limit: 5000})
	if err != nil {
		return Report{}, err
	}
	report := Report{Labels: []Label{}, Refused: []Refused{}, Skipped: []Skipped{}}
	prints := w.Printer.Prints()
	for _, r := range rows {
		switch {
		case r.LabelID != 0:
			label, err := w.writeFiles(ctx, s, r, prints, out)
			if err != nil {
				return Report{}, fmt.Errorf("label %d: %w", r.LabelID, err)
			}
			report.Labels = append(report.Labels, label)
		case r.OrderState == ledger.Refused:
			report.Refused = append(report.Refused, Refused{r.Order.ID, r.Problem.Code, message(r)})
		default:
			report.Skipped = append(report.Skipped, Skipped{r.Order.ID, r.Problem.Code, message(r)})
		}
	}
	return report, nil
}

func message(r ledger.Row) string {
	args := r.Problem.Args
	if args == nil {
		args = []any{r.Order.ID}
	}
	return notice.Text(notice.English, notice.Code(r.Problem.Code), args...)
}

// writeFiles writes what the printer put on paper and the same label as PDF.
func (w *World) writeFiles(ctx context.Context, s *dispatch.Station, r ledger.Row, prints []virtual.Print, out string) (Label, error) {
	name := strings.Trim(r.Barcode, "-") // no other parcel has the same
	if r.Copy > 0 {
		name = fmt.Sprintf("%s-copy-%d", name, r.Copy)
	}
	v := Label{
		Order: r.Order.ID, Carrier: string(r.Carrier), Waybill: string(r.Own), Barcode: r.Barcode,
		Parcel: r.Parcel + 1, Parcels: r.Parcels, Template: r.Template, PhoneKind: string(r.PhoneKind),
		State: string(r.Label), Printer: r.Printer,
		MS: MS{Issue: ms(r.Issue), Compose: ms(r.LastTiming.Compose), Render: ms(r.LastTiming.Render), Send: ms(r.LastTiming.Send)},
	}
	v.MS.Total = ms(r.Issue + r.LastTiming.Compose + r.LastTiming.Render + r.LastTiming.Send)
	if r.LastEvidence != nil {
		v.Evidence = r.LastEvidence.Method
	}
	if r.Template == dispatch.SealedLabel {
		return v, w.writeSealed(r, name, out, &v)
	}
	picture, pdf, err := s.Picture(ctx, r.LabelID, scene.DPI203)
	if err != nil {
		return v, err
	}
	v.PDF = name + ".pdf"
	if err := os.WriteFile(filepath.Join(out, v.PDF), pdf, 0o644); err != nil {
		return v, err
	}
	for _, p := range prints {
		if p.Image == nil || string(p.Mark) != r.LastMark && !(p.Mark == "" && p.Image.Equal(picture)) {
			continue // languages without process IDs are known by their dots, on which number and time stand
		}
		var b bytes.Buffer
		if err := p.Image.EncodePNG(&b); err != nil {
			return v, err
		}
		v.PNG = name + ".png"
		return v, os.WriteFile(filepath.Join(out, v.PNG), b.Bytes(), 0o644)
	}
	if r.Label == ledger.Confirmed {
		return v, errors.New("it is confirmed, and the printer's own record has no such label")
	}
	return v, nil
}

// writeSealed writes what the print component put on paper. Its journal, not the
// agent's word, says whether it did.
func (w *World) writeSealed(r ledger.Row, name, out string, v *Label) error {
	sheets := w.Paper.Of(string(r.Number), r.Parcel+1)
	if len(sheets) == 0 {
		sheets = w.Paper.Of(string(r.Own), 1) // a parcel with a number of its own
	}
	if len(sheets) != r.Copy+1 {
		return fmt.Errorf("%d sheets came out of the component for copy %d", len(sheets), r.Copy)
	}
	v.PDF, v.PNG = name+".pdf", name+".png"
	return sheets[r.Copy].WriteFiles(filepath.Join(out, name), w.style)
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
