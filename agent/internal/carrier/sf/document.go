package sf

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// files is below whose host SF keeps the labels that it draws.
const files = "sf-express.com"

// standard begins the code of SF's own template of 76×130, which ends in the
// partner's.
const standard = "fm_76130_standard_"

// document is a label that SF is asked to draw. The receipt that comes back has
// one of its own, which is not asked for: one parcel is one page.
type document struct {
	Mother waybill.Number `json:"masterWaybillNo"`
	Child  waybill.Number `json:"branchWaybillNo,omitempty"`
	Index  string         `json:"seq,omitempty"`
	Count  string         `json:"sum,omitempty"`
}

type file struct {
	URL    string         `json:"url"`
	Token  string         `json:"token"`
	Number waybill.Number `json:"waybillNo"`
}

// Document implements carrier.Documents. SF hides in it what its template
// hides; that cannot be chosen.
func (i *Issuer) Document(ctx context.Context, w waybill.Waybill, parcel int) (carrier.Document, error) {
	if parcel < 0 || parcel >= len(w.Parcels) {
		return carrier.Document{}, notice.New(notice.Internal, fmt.Errorf("parcel %d of %d", parcel, len(w.Parcels)), draw)
	}
	template := i.account.Values["template"]
	if template == "" {
		template = standard + i.account.Values["partner_id"]
	}
	d := document{Mother: w.Number}
	own := w.Number
	if p := w.Parcels[parcel]; len(w.Parcels) > 1 {
		d.Index, d.Count = strconv.Itoa(p.Index), strconv.Itoa(p.Count)
		if p.Number != "" && p.Number != w.Number {
			d.Child, own = p.Number, p.Number
		}
	}
	r, err := i.call(ctx, draw, map[string]any{
		"templateCode": template, "version": "2.0", "fileType": "pdf", "sync": true, "documents": []document{d},
	}, w.Receiver)
	if err != nil {
		return carrier.Document{}, err
	}
	if r.refused() {
		if notYet(r.words()) {
			return carrier.Document{}, carrier.ErrLater
		}
		return carrier.Document{}, i.client.Failed(draw, string(r.Code), carrier.Words(r.words(), w.Receiver))
	}
	f, err := i.file(r, own)
	if err != nil {
		return carrier.Document{}, err
	}
	return i.fetch(ctx, f)
}

// notYet reports whether cloud print does not know the number. It is told of an
// order some time after the order system; its code for that is not public.
func notYet(words string) bool {
	for _, said := range []string{"不存在", "未找到", "找不到", "查询不到", "查不到", "未查询到", "稍后"} {
		if strings.Contains(words, said) {
			return true
		}
	}
	return false
}

// file finds the file of a number in the answer, whose object stands by itself
// or within msgData.
func (i *Issuer) file(r result, own waybill.Number) (file, error) {
	object := r.Object
	if len(object) == 0 || string(object) == "null" {
		var within struct {
			Object json.RawMessage `json:"obj"`
		}
		if len(r.Data) > 0 {
			if err := i.client.Read(draw, r.Data, &within); err != nil {
				return file{}, err
			}
		}
		object = within.Object
	}
	var drawn struct {
		Files []file `json:"files"`
	}
	if len(object) > 0 {
		if err := i.client.Read(draw, object, &drawn); err != nil {
			return file{}, err
		}
	}
	for _, f := range drawn.Files {
		if f.Number == own && f.URL != "" {
			return f, nil
		}
	}
	switch {
	case len(drawn.Files) == 0, drawn.Files[0].URL == "":
		return file{}, carrier.ErrLater
	case len(drawn.Files) == 1 && drawn.Files[0].Number == "":
		return drawn.Files[0], nil
	}
	return file{}, i.client.Broken(draw, "the label of another number")
}

// fetch gets a file. Without the token, or with it anywhere else, SF says that
// there is none.
func (i *Issuer) fetch(ctx context.Context, f file) (carrier.Document, error) {
	header := http.Header{}
	header.Set("X-Auth-token", f.Token)
	body, err := i.client.Get(ctx, draw, f.URL, header, files)
	if err != nil {
		return carrier.Document{}, err
	}
	if !bytes.HasPrefix(body, []byte("%PDF-")) {
		return carrier.Document{}, i.client.Broken(draw, "the label is no PDF")
	}
	return carrier.Document{PDF: body}, nil
}
