package sf

import (
	"strings"

	"miandan/agent/internal/jos"
	"miandan/templates/waybill"
)

// routeLabel is what SF has printed of an order, 路由标签.
type routeLabel struct {
	Code jos.Text   `json:"code"` // 1000 is a label
	Data *routeData `json:"routeLabelData"`
}

// routeData is the part of it that is printed. There is more, of SF's own use.
type routeData struct {
	Number       jos.Text `json:"waybillNo"`
	Route        jos.Text `json:"destRouteLabel"`
	Inbound      jos.Text `json:"codingMapping"`
	Outbound     jos.Text `json:"codingMappingOut"`
	QR           jos.Text `json:"twoDimensionCode"`
	Product      jos.Text `json:"proName"`
	ProductCode  jos.Text `json:"proCode"`
	Icons        jos.Text `json:"printIcon"`
	AB           jos.Text `json:"abFlag"`
	XB           jos.Text `json:"xbFlag"`
	Shown        jos.Text `json:"printFlag"`
	SourceBranch jos.Text `json:"sourceDeptCode"`
}

const labelled = "1000"

// icons are what printIcon's digits stand for, in their order; the last stands
// for nothing yet.
var icons = []waybill.Handling{waybill.Heavy, "蟹类", waybill.Fresh, waybill.Fragile, waybill.Medicine, "Z", waybill.Liquor}

// The digits of printFlag that are about the receiver.
const (
	flags       = 9
	showName    = 5
	showPhone   = 6
	showAddress = 8
)

// apply puts onto a waybill what SF says of it.
func (p placed) apply(w *waybill.Waybill) {
	w.SignReturnNumber = p.receipt()
	if d := p.label(w.Number); d != nil {
		d.apply(w)
	}
}

// label returns the data of a number, or of the order if none is named for it.
func (p placed) label(n waybill.Number) *routeData {
	var first *routeData
	for _, l := range p.Labels {
		if l.Data == nil || l.Code != labelled && l.Code != "" {
			continue
		}
		if string(l.Data.Number) == string(n) {
			return l.Data
		}
		if first == nil && l.Data.Number == "" {
			first = l.Data
		}
	}
	return first
}

func (d *routeData) apply(w *waybill.Waybill) {
	w.Routing = waybill.Routing{
		Code: string(d.Route), Inbound: string(d.Inbound), Outbound: string(d.Outbound), Mark: string(d.AB),
		QR: string(d.QR), OriginBranch: string(d.SourceBranch),
	}
	w.Product = strings.TrimSpace(string(d.ProductCode) + " " + string(d.Product))
	for at, icon := range icons {
		if at < len(d.Icons) && d.Icons[at] == '1' {
			w.Handling = append(w.Handling, icon)
		}
	}
	if d.XB != "" && d.XB != "0" {
		w.Handling = append(w.Handling, "XB")
	}
	w.HideName, w.HidePhone = hidden(string(d.Shown))
}

// hidden reads printFlag, 丰密面单: a 0 hides. The building and the room are
// hidden with name and phone together, so an address that must be hidden hides
// both. No flags at all say nothing.
func hidden(shown string) (name, phone bool) {
	if shown == "" {
		return false, false
	}
	shows := func(at int) bool { return len(shown) == flags && shown[at] == '1' }
	return !shows(showName) || !shows(showAddress), !shows(showPhone) || !shows(showAddress)
}
