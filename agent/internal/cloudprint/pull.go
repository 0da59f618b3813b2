package cloudprint

import (
	"context"
	"errors"
	"slices"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

const (
	pullJOS = "jingdong.printing.printData.pullData"
	pullLOP = "/PullDataService/pullData"
)

// maxPull is how many waybills one call takes; a reseller of the same call
// speaks of 100, JD's own page of 10.
const maxPull = 10

// done is the code of success in this family.
const done = "1"

var errNoParcel = errors.New("the label names no parcel of its waybill")

// Sealed implements Documents.
func (c *Client) Sealed(ctx context.Context, l waybill.Label) ([]byte, error) {
	p := c.Pull(ctx, []waybill.Label{l})[0]
	return p.Sealed, p.Err
}

// CanSeal says what the settings lack for sealed labels; nil if nothing. JD is
// not asked.
func (c *Client) CanSeal() error {
	if c.JOS == nil && c.LOP == nil {
		return notice.New("cloudprint-not-set-up", nil)
	}
	return nil
}

// Pulled is what JD gave for one label.
type Pulled struct {
	Sealed []byte // for a printer.Job
	Err    error
}

// Pull gets the sealed data of several labels, in as few calls as JD allows.
// The answers stand as the labels do; one that is refused spoils no other.
func (c *Client) Pull(ctx context.Context, labels []waybill.Label) []Pulled {
	all := make([]Pulled, len(labels))
	waiting := map[waybill.Carrier][]int{}
	var carriers []waybill.Carrier
	for i, l := range labels {
		_, err := parcel(l)
		if err == nil {
			err = c.CanSeal()
		}
		if err != nil {
			all[i].Err = err
			continue
		}
		if waiting[l.Carrier] == nil {
			carriers = append(carriers, l.Carrier)
		}
		waiting[l.Carrier] = append(waiting[l.Carrier], i)
	}
	for _, code := range carriers {
		t, err := c.choose(ctx, code)
		if err != nil {
			for _, i := range waiting[code] {
				all[i].Err = err
			}
			continue
		}
		for batch := range slices.Chunk(waiting[code], maxPull) {
			some := make([]waybill.Label, len(batch))
			for k, i := range batch {
				some[k] = labels[i]
			}
			answer, err := c.pull(ctx, code, some)
			for k, i := range batch {
				if all[i].Err = err; err == nil {
					all[i].Sealed, all[i].Err = seal(answer, some[k], t)
				}
			}
		}
	}
	return all
}

// numberOf is the number that a label's data is asked for. Of JD's own
// carriers a waybill has one for all parcels; elsewhere each parcel has its
// own, unless all share the waybill's.
func numberOf(l waybill.Label) string {
	if isJD(l.Carrier) {
		return string(l.Number)
	}
	return string(l.Own())
}

// pulled is the answer, in JD's spelling.
type pulled struct {
	Code     jos.Text `json:"code"`
	Words    string   `json:"message"`
	ObjectID string   `json:"objectId"`
	Data     []sealed `json:"prePrintDatas"`
}

type sealed struct {
	Number  string   `json:"wayBillNo"`
	Package string   `json:"packageCode"`
	Code    jos.Text `json:"code"`
	Words   string   `json:"msg"`
	Data    string   `json:"perPrintData"`
}

func (c *Client) pull(ctx context.Context, code waybill.Carrier, labels []waybill.Label) (pulled, error) {
	customer, number, ours := "eCustomerCode", "wayBillCode", c.VendorCode
	if isJD(code) {
		customer, number, ours = "ewCustomerCode", "jdWayBillCode", c.CustomerCode
	}
	pop := 0
	if c.POP {
		pop = 1
	}
	var infos []map[string]any
	seen := map[string]bool{}
	for _, l := range labels {
		if n := numberOf(l); !seen[n] { // one answer has all parcels of a waybill
			seen[n] = true
			infos = append(infos, map[string]any{"orderNo": l.Order, "popFlag": pop, number: n})
		}
	}
	id := newID()
	param := map[string]any{
		"objectId": id, "cpCode": string(code), "parameters": map[string]string{customer: ours}, "wayBillInfos": infos,
	}
	var answer pulled
	var err error
	switch {
	case c.JOS != nil:
		var wrapped struct {
			Return *pulled `json:"returnType"`
		}
		err = c.JOS.Read(ctx, pullJOS, map[string]any{"param1": param}, &wrapped)
		if err == nil && wrapped.Return == nil {
			err = jos.Broken(pullJOS, "no returnType")
		}
		if err == nil {
			answer = *wrapped.Return
		}
	default:
		err = c.LOP.Call(ctx, pullLOP, param, &answer)
	}
	if err == nil && answer.ObjectID != "" && answer.ObjectID != id {
		err = jos.Broken(pullJOS, "the answer to another call")
	}
	return answer, err
}

// seal finds a label's data in an answer and puts it together with its template.
func seal(answer pulled, l waybill.Label, t Template) ([]byte, error) {
	box, err := parcel(l)
	if err != nil {
		return nil, err
	}
	number := numberOf(l)
	refuse := func(words string, err error) error {
		return notice.New("sealed-refused", err, number, carrier.Words(words, l.Receiver))
	}
	var found []sealed
	for _, d := range answer.Data {
		switch {
		case d.Number != number:
		case d.Code != done:
			return nil, refuse(d.Words, nil)
		case !isJD(l.Carrier) && box.Number != "", len(l.Parcels) == 1, d.Package == box.Barcode:
			found = append(found, d)
		}
	}
	switch {
	case len(found) == 0 && answer.Code != done:
		return nil, refuse(answer.Words, nil)
	case len(found) != 1 || found[0].Data == "":
		return nil, refuse(answer.Words, errors.New("the answer has not just one piece of data for this parcel"))
	}
	b, err := component.Document{
		TemplateURL: t.address(), TemplateCode: t.Code, TemplateVersion: t.Version, CustomURL: t.CustomURL, Custom: t.custom(l), Data: found[0].Data,
	}.Encode()
	if err != nil {
		return nil, notice.New("template-unusable", err, string(l.Carrier))
	}
	return b, nil
}
