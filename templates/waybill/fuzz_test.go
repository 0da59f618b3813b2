package waybill_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"miandan/templates/waybill"
)

const phone, name = "13800001234", "演示张三"

// FuzzReadFile reads the JSON of a label: it is one whose parcel there is, or an
// error that quotes nobody.
func FuzzReadFile(f *testing.F) {
	samples, err := filepath.Glob("../layouts/samples/*.json")
	if err != nil || len(samples) == 0 {
		f.Fatalf("no samples: %v", err)
	}
	for _, path := range samples {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	const good = `{"version":1,"parcel":1,"printed_at":"2026-11-23T10:00:00+08:00","waybill":{"carrier":"JD","number":"JDVA00000000011","receiver":{"name":"演示张三","phone":"13800001234","address":{"province":"江苏","detail":"演示路1号"}},"phone_kind":"real","collect":5900,"parcels":[{"barcode":"JDVA00000000011-1-1-","index":1,"count":1}],"items":[{"name":"茶","quantity":2}]}}`
	for _, change := range [][2]string{
		{"", ""}, {`"parcel":1`, `"parcel":13800001234.5`}, {`"parcel":1`, `"parcel":-1`}, {`"parcel":1`, `"parcel":"13800001234"`}, {`"2026-11-23T10:00:00+08:00"`, `"13800001234"`},
		{`"演示张三"`, `13800001234`}, {`"演示张三"`, `{"演示张三":1}`}, {`"演示张三"`, `"\ud800\u0000"`}, {`"演示张三"`, `"演••"`}, {`"13800001234"`, `1e999`}, {`"index":1`, `"index":99999999999999999999`},
		{`5900`, `-9223372036854775808`}, {`5900`, `"13800001234"`}, {`"quantity":2`, `"quantity":1.5`}, {`"version":1,`, `"version":1,"version":1,`}, {`}]}}`, `}]}}{}`}, {`"演示路1号"`, strings.Repeat("[", 9000)},
		{`"茶"`, strings.Repeat("[", 9000) + strings.Repeat("]", 9000)},
	} {
		f.Add([]byte(strings.Replace(good, change[0], change[1], 1)))
	}
	money := regexp.MustCompile(`^-?[0-9]+\.[0-9]{2}$`)
	f.Fuzz(func(t *testing.T, b []byte) {
		began := time.Now()
		l, err := waybill.ReadFile(bytes.NewReader(b))
		if took := time.Since(began); took > 10*time.Second {
			t.Errorf("%d bytes took %v", len(b), took)
		}
		if err != nil {
			says := err.Error()
			if unknown := strings.Contains(says, "unknown field"); !unknown && (strings.Contains(says, phone) || strings.Contains(says, name)) {
				t.Errorf("the error names somebody: %s", says)
			}
			return
		}
		if l.Parcel < 0 || l.Parcel >= len(l.Parcels) {
			t.Errorf("parcel %d of %d", l.Parcel, len(l.Parcels))
		}
		for _, m := range []waybill.Fen{l.Collect, l.Insured, l.Freight} {
			if !money.MatchString(m.String()) {
				t.Errorf("%d is %s", int64(m), m)
			}
		}
		for _, n := range l.Numbers()[1:] {
			if n == "" {
				t.Error("a number that is none")
			}
		}
		if shown := fmt.Sprintf("%v %+v", l.Receiver, l.Sender); strings.Contains(shown, phone) || strings.Contains(shown, name) {
			t.Errorf("it prints whom it goes to: %s", shown)
		}
	})
}
