package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/api"
)

const sealedOfPDD = `{"dialect":"pdd","contents":[ {"encryptedData":"AES:secret<1>","signature":"MD:x","templateUrl":"https:\/\/template.example\/a?b=1&c=<2>","ver":"3"} ],"size":"76.0x130","waybill":"75300000000001","order":"220101-1","carrier":"ZTO"}`

func TestASealedLabelIsHandedIn(t *testing.T) {
	r := start(t)
	v, err := r.local.AddDocument(t.Context(), []byte(sealedOfPDD))
	if err != nil || v.Verdict != "new" || v.Key != "220101-1" || v.State != api.Waiting {
		t.Fatalf("%+v, %v", v, err)
	}
	keyed := strings.Replace(sealedOfPDD, `"size"`, `"key":"K.1","id":"D1","beside":{"waybillCode":"75300000000001"},"paid_at":null,"size"`, 1)
	if _, err := r.local.AddDocument(t.Context(), []byte(keyed)); err != nil {
		t.Error(err)
	}
	acts := r.station.Acts()
	if len(acts) != 2 || !strings.HasPrefix(acts[0], "document pdd 76x130 220101-1 220101-1 ZTO 75300000000001 ") || !strings.HasPrefix(acts[1], "document pdd 76x130 K.1 220101-1 ") {
		t.Errorf("%q", acts)
	}
}

// Whatever is wrong with it is a 400 that says which part, and repeats nothing of
// what stands there, to nobody and in no log.
func TestASealedLabelThatIsWrong(t *testing.T) {
	r := start(t)
	with := func(old, new string) string { return strings.Replace(sealedOfPDD, old, new, 1) }
	for name, test := range map[string]struct{ body, says string }{
		"nothing":         {``, ""},
		"no JSON":         {`{"contents":[{"encryptedData":"AES:secret`, "JSON"},
		"a list":          {`[` + sealedOfPDD + `]`, "JSON"},
		"more behind":     {sealedOfPDD + `{}`, "behind"},
		"unknown field":   {with(`"size"`, `"AES:secret":1,"size"`), "JSON"},
		"no dialect":      {with(`"pdd"`, `""`), "dialect"},
		"a scheme":        {with(`"pdd"`, `"pdd-component"`), "dialect"},
		"another vendor":  {with(`"pdd"`, `"secret"`), "dialect"},
		"no size":         {with(`76.0x130`, ``), "size"},
		"a size in words": {with(`76.0x130`, `secret`), "size"},
		"no waybill":      {with(`"75300000000001"`, `"secret!"`), "waybill"},
		"no carrier":      {with(`"ZTO"`, `"secret"`), "carrier"},
		"no order":        {with(`"220101-1"`, `"secret of 张三丰"`), "order"},
		"wrong key":       {with(`"size"`, `"key":"secret\n","size"`), "key"},
		"an old order":    {with(`"size"`, `"paid_at":"2001-01-01T00:00:00Z","size"`), "paid_at"},
		"no contents":     {`{"dialect":"pdd","contents":null,"size":"76x130","waybill":"75300000000001","order":"1","carrier":"ZTO"}`, "contents"},
		"a name twice":    {with(`"ver":"3"`, `"ver":"3","ver":"secret"`), "contents"},
		"not sealed":      {with(`"encryptedData"`, `"secretData"`), "contents"},
		"no template":     {with(`"templateUrl"`, `"secretUrl"`), "contents"},
		"a local address": {with(`https:\/\/template.example`, `file:\/\/secret`), "contents"},
		"two copies":      {with(`"size"`, `"beside":{"copies":2},"size"`), "contents"},
		"a long name":     {with(`"size"`, `"id":"`+strings.Repeat("secret", 20)+`","size"`), "contents"},
	} {
		_, err := r.local.AddDocument(t.Context(), []byte(test.body))
		var p *api.Problem
		if !errors.As(err, &p) || p.Status != http.StatusBadRequest {
			t.Errorf("%s: %v, want a 400", name, err)
			continue
		}
		if test.body != "" && (p.Code != "document-form" || !strings.Contains(p.Message, test.says)) || strings.Contains(p.Message, "secret") || strings.Contains(p.Message, "张三") {
			t.Errorf("%s: %s: %s", name, p.Code, p.Message)
		}
	}
	var p *api.Problem
	if _, err := r.local.AddDocument(t.Context(), []byte(with("AES:secret", strings.Repeat("secret", 11<<10)))); !errors.As(err, &p) || p.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("66 KiB: %v, want a 413", err)
	}
	unchanged(t, r)
	if log := r.log.String(); strings.Contains(log, "secret") || strings.Contains(log, "张三") {
		t.Errorf("log: %s", log)
	}
}

// No page hands in labels, its own neither, and none learns whether one is right.
func TestNoPageHandsInSealedLabels(t *testing.T) {
	r := start(t)
	for _, body := range []string{sealedOfPDD, `{}`, `{"dialect":`} {
		status, _, said := r.raw(t, lines("POST /api/v1/documents", r.good(), body))
		if status != http.StatusForbidden || !strings.Contains(said, "document-refused") {
			t.Errorf("%s: %d %s", body, status, said)
		}
	}
	unchanged(t, r)
}

func TestADocumentPrintsWithoutItsData(t *testing.T) {
	d := api.Document{Dialect: "pdd", Key: "1", Sealed: []byte("AES:secret")}
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{d, &d, []api.Document{d}} {
			if s := fmt.Sprintf(format, v); strings.Contains(s, "secret") || strings.Contains(s, "736563") || strings.Contains(s, "115 101") {
				t.Errorf("%s: %s", format, s)
			}
		}
	}
	if !slices.Contains([]string{"sealed label of pdd, 10 bytes"}, d.LogValue().String()) {
		t.Error(d.LogValue())
	}
}
