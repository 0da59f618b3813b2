package jtexpress_test

import (
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/outbound"
	"miandan/templates/waybill"
)

// FuzzAnswer lets J&T answer everything with the same bytes, and its look-up
// with others.
func FuzzAnswer(f *testing.F) {
	for _, good := range []string{given, known, off, none, `{"code":"145003101","msg":"李䶮 13800001234 已存在"}`, `{"code":"1","data":{"base64EncodeContent":"JVBERi0xLjQK"}}`} {
		for _, s := range hostile.JSON(good) {
			f.Add(s, []byte(none))
			f.Add(s, []byte(known))
			f.Add([]byte(given), s)
		}
	}
	f.Fuzz(func(t *testing.T, answer, look []byte) {
		p := &platform{says: map[string]string{"addOrder": string(answer), "cancelOrder": string(answer), "printOrder": string(answer), "getOrders": string(look)}}
		i, o := p.issuer(t), demo()
		hostile.Bounded(t, len(answer)+len(look), func() {
			w, err := i.Issue(t.Context(), o)
			judge(t, w, err)
			w, err = i.Find(t.Context(), o)
			judge(t, w, err)
			w = waybill.Waybill{Number: "JT3000000000001", Order: o.ID, Receiver: o.Receiver}
			said(t, i.Route(t.Context(), &w))
			said(t, i.Prove(t.Context(), w.Number))
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
func judge(t *testing.T, w waybill.Waybill, err error) {
	t.Helper()
	var no *carrier.Refusal
	switch {
	case err == nil && (carrier.Sound("1", w) != nil || len(w.Parcels) != 1):
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
	for _, private := range []string{"13800001234", "fakeJtPrivateKey", "fakePwd123", "海珠区演示路2号"} {
		if strings.Contains(strings.ReplaceAll(err.Error(), outbound.Mask, ""), private) {
			t.Errorf("the error says %q: %.300s", private, err)
		}
	}
}
