package deppon_test

import (
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/hostile"
	"miandan/templates/waybill"
)

// FuzzAnswer lets Deppon answer every order with the same bytes, and every
// look-up with others.
func FuzzAnswer(f *testing.F) {
	for _, good := range []string{given, known, twice, none, `{"result":"false","reason":"李䶮 13800001234 超区","resultCode":"1"}`,
		`{"result":true,"data":[{"fileName":"b.pdf","fileUrl":"https://demo.myhuaweicloud.com/b.pdf","waybillNumber":"DPK3600000000001"}]}`} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, []byte(none), uint8(1))
			f.Add([]byte(twice), s, uint8(1))
			f.Add(s, s, uint8(3))
		}
	}
	f.Fuzz(func(t *testing.T, answer, look []byte, parcels uint8) {
		a, l := []string{string(answer)}, []string{string(look)}
		p := &platform{says: map[string][]string{create: a, cancel: a, query: l, bill: l, "b.pdf": {"%PDF-1.4"}}}
		change := []string{}
		if parcels > 1 {
			change = []string{"several", "true"}
		}
		i, o := p.issuer(t, change...), demo()
		i.Pauses = nil
		o.Parcels = int(parcels % 31)
		hostile.Bounded(t, len(answer)+len(look), func() {
			w, err := i.Issue(t.Context(), o)
			judge(t, o.Boxes(), w, err)
			w, err = i.Find(t.Context(), o)
			judge(t, o.Boxes(), w, err)
			w = waybill.Waybill{Number: "DPK3600000000001", Order: o.ID, Receiver: o.Receiver}
			said(t, i.Cancel(t.Context(), w.Number))
			d, err := i.Document(t.Context(), w, 0)
			if (err == nil) != strings.HasPrefix(string(d.PDF), "%PDF-") {
				t.Errorf("%q, %v", d.PDF, err)
			}
			said(t, err)
		})
	})
}

// judge holds a number or an error against what may come of one question.
func judge(t *testing.T, boxes int, w waybill.Waybill, err error) {
	t.Helper()
	var no *carrier.Refusal
	switch {
	case err == nil && (carrier.Sound("1", w) != nil || len(w.Parcels) != boxes):
		t.Errorf("number %q with %+v", w.Number, w.Parcels)
	case err != nil && w.Number != "":
		t.Errorf("number %q with %v", w.Number, err)
	case err != nil && !errors.As(err, &no) && errors.Is(err, carrier.ErrUnsent) == errors.Is(err, carrier.ErrUnknown):
		t.Errorf("nobody knows whether a number was taken: %v", err)
	}
	if err != nil && strings.Contains(err.Error(), "李䶮") {
		t.Errorf("the error says too much: %v", err)
	}
	said(t, err)
}

func said(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, private := range []string{"13800001234", "fakeDepponAppKey", "海珠区赤岗街道演示路2号"} {
		if strings.Contains(err.Error(), private) {
			t.Errorf("the error says %q: %.300s", private, err)
		}
	}
}
