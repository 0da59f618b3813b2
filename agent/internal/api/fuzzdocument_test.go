package api

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier/component/cainiao"
	"miandan/agent/internal/hostile"
	"miandan/agent/internal/notice"
	"miandan/printer"
)

// FuzzDocument reads a sealed label as it is handed in, in every shape: what passes
// is one that the platform's driver takes as it is, and what does not is told in
// words that are none of its own.
func FuzzDocument(f *testing.F) {
	const good = `{"dialect":"DIALECT","contents":[{"encryptedData":"AES:canary","signature":"MD:x","templateURL":"https://template.example/a?b=<1>","ver":"3"},{"data":{"a":"canary"},"templateURL":"https://template.example/b"}],"beside":{"waybillCode":"canary","ksOrderFlag":true},"id":"1","size":"76x130","waybill":"75300000000001","order":"1","key":"2","carrier":"ZTO","paid_at":"2026-11-28T10:00:00+08:00"}`
	for _, d := range cainiao.Dialects() {
		body := strings.Replace(good, "DIALECT", d.Name, 1)
		f.Add([]byte(body))
		for _, b := range hostile.JSON(body) {
			if len(b) <= maxBody {
				f.Add(b)
			}
		}
	}
	now := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, body []byte) {
		d, refusal := readDocument(body, now)
		if refusal != nil {
			for _, l := range []notice.Language{notice.English, notice.Chinese} {
				if strings.Contains(refusal.Text(l), "canary") || refusal.Code != "document-form" {
					t.Errorf("%s: %s", refusal.Code, refusal.Text(l))
				}
			}
			return
		}
		dialect, ok := cainiao.DialectOf(d.Dialect)
		var out bytes.Buffer
		if err := (cainiao.Driver{Dialect: dialect}).Encode(&out, printer.Job{Sealed: d.Sealed}); !ok || err != nil || !bytes.Equal(out.Bytes(), d.Sealed) {
			t.Errorf("the driver of %q: %v, %q of %q", d.Dialect, err, out.Bytes(), d.Sealed)
		}
		if d.Key == "" || d.Order == "" || d.Waybill == "" || d.Carrier == "" || sizeOf(d.Size) != d.Size {
			t.Errorf("%q %q %q %q %q", d.Key, d.Order, d.Waybill, d.Carrier, d.Size)
		}
	})
}
