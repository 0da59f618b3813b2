package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Desk is what a packer does with a scanner and one key.
type Desk interface {
	// ScanPrint prints what the codes name: an order by its number or its waybill,
	// or the most urgent waiting order whose goods are exactly those SKUs, each
	// scanned as often as it is in the parcel. Nothing that was printed is printed
	// again.
	ScanPrint(ctx context.Context, s ScanPrint) (Scanned, error)
	// PrintNext prints the most urgent order that waits for somebody's word, and
	// answers as ScanPrint does.
	PrintNext(ctx context.Context, who string) (Scanned, error)
	// Latest returns the label that was last put on paper at this station;
	// ErrNotFound if there is none.
	Latest(ctx context.Context) (Row, error)
	// Preview returns a label as the dots of its printer's head, with the receiver
	// masked, in PNG of one bit a dot. Of one that another made, or whose data is
	// gone, there is none: ErrNotFound.
	Preview(ctx context.Context, label string) ([]byte, error)
}

// ScanPrint are the codes that a scanner has read for one parcel.
type ScanPrint struct {
	Codes []string `json:"codes" minItems:"1" maxItems:"200" nullable:"false" doc:"One order's or waybill's number, or the SKU of each piece in the parcel"`
	Who   string   `json:"who,omitempty" maxLength:"64"`
}

// Scanned is what a scan has come to.
type Scanned struct {
	Result  ScanResult `json:"result" enum:"printing,printed,cancelled,refused,unknown,not-found,more"`
	Order   string     `json:"order,omitempty"`
	Waybill string     `json:"waybill,omitempty"`
	Label   string     `json:"label,omitempty" doc:"For its preview; none before a number was taken"`
	Refusal *Refusal   `json:"refusal,omitempty" doc:"Why nothing is printed"`
	// Matching is how many waiting orders contain the goods scanned so far.
	Matching int `json:"matching,omitempty" doc:"For more: how many waiting orders have these goods and others besides"`
}

// ScanResult is one word for what a scan has come to.
type ScanResult string

// ScanPrinting: it prints now, or already did by an earlier scan of the same
// minute. ScanPrinted: it was on paper before; a second copy is a reprint, with a
// reason. ScanUnknown: a person must first say what came of it. ScanMore: orders
// have these goods and others besides, so the next piece is to be scanned.
const (
	ScanPrinting  ScanResult = "printing"
	ScanPrinted   ScanResult = "printed"
	ScanCancelled ScanResult = "cancelled"
	ScanRefused   ScanResult = "refused"
	ScanUnknown   ScanResult = "unknown"
	ScanNotFound  ScanResult = "not-found"
	ScanMore      ScanResult = "more"
)

func (s *Server) desk(api huma.API) {
	if s.Desk == nil {
		return
	}
	said := func(ctx context.Context, r Scanned) *answer[Scanned] {
		r.Refusal = r.Refusal.in(callerOf(ctx).language)
		return &answer[Scanned]{r}
	}
	register(api, http.MethodPost, "scan-print", "Print what was scanned: an order, or the order that has these goods", func(ctx context.Context, in *struct{ Body ScanPrint }) (*answer[Scanned], error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		r, err := s.Desk.ScanPrint(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "scan-print", err)
		}
		return said(ctx, r), nil
	})
	register(api, http.MethodPost, "print-next", "Print the most urgent order that waits", func(ctx context.Context, in *struct{ Body Asked }) (*answer[Scanned], error) {
		r, err := s.Desk.PrintNext(ctx, callerOf(ctx).who(in.Body.Who))
		if err != nil {
			return nil, s.fail(ctx, "print-next", err)
		}
		return said(ctx, r), nil
	})
	register(api, http.MethodGet, "latest", "The label that was last put on paper", func(ctx context.Context, _ *struct{}) (*answer[Row], error) {
		r, err := s.Desk.Latest(ctx)
		if err != nil {
			return nil, s.fail(ctx, "latest", err)
		}
		return &answer[Row]{finished(ctx, []Row{r})[0]}, nil
	})
	type dots struct {
		Type string `header:"Content-Type"`
		Body []byte
	}
	register(api, http.MethodGet, "labels/{picture}", "A label as the dots of its print head, with the receiver masked: ID.png", func(ctx context.Context, in *struct {
		Picture string `path:"picture" maxLength:"70" doc:"ID.png"`
	}) (*dots, error) {
		id, ok := strings.CutSuffix(in.Picture, ".png")
		if _, err := strconv.ParseInt(id, 10, 64); !ok || err != nil {
			return nil, &Problem{Status: http.StatusNotFound, Code: noSuchRoute, Message: sentence(callerOf(ctx).language, noSuchRoute)}
		}
		png, err := s.Desk.Preview(ctx, id)
		if err != nil {
			return nil, s.fail(ctx, "labels/picture", err)
		}
		return &dots{"image/png", png}, nil
	})
}

// ScanPrint prints what was scanned.
func (c *Client) ScanPrint(ctx context.Context, p ScanPrint) (r Scanned, err error) {
	return r, c.call(ctx, http.MethodPost, "scan-print", p, &r)
}

// PrintNext prints the most urgent order that waits.
func (c *Client) PrintNext(ctx context.Context, who string) (r Scanned, err error) {
	return r, c.call(ctx, http.MethodPost, "print-next", Asked{who}, &r)
}

// Latest returns the label that was last put on paper.
func (c *Client) Latest(ctx context.Context) (r Row, err error) {
	return r, c.call(ctx, http.MethodGet, "latest", nil, &r)
}
