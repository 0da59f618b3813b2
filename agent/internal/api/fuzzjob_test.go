package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/hostile"
)

// FuzzJob reads labels as pages hand them in: what is taken has the form that is
// promised, and what is refused is never quoted.
func FuzzJob(f *testing.F) {
	now := time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)
	for _, good := range []string{
		`{"key":"F1","kind":"file","file":"iVBORw0KGgo=","size":"76x130","waybill":"75300000000099","carrier":"ZTO"}`,
		`{"key":"W1","kind":"waybill","layout":"zto-76x130","label":{"version":1,"waybill":{"carrier":"ZTO","number":"75300000000098","receiver":{"name":"演示张三","phone":"13800001234"},"parcels":[{"barcode":"75300000000098","index":1,"count":1}]}}}`,
		`{"key":"S1","kind":"sealed","sealed":{"dialect":"cainiao","contents":[{"templateURL":"https://example.com/t","encryptedData":"AES:x"}],"size":"76x130","waybill":"75300000000097","order":"A-1","carrier":"ZTO"}}`,
	} {
		for _, body := range hostile.JSON(good) {
			if len(body) < 20<<10 {
				f.Add(body)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		j, refusal := readJob(body, now)
		if refusal != nil {
			if said := refusal.Error() + fmt.Sprint(refusal.Args...); strings.Contains(said, "张三") || strings.Contains(said, "13800001234") {
				t.Errorf("the refusal quotes: %s", said)
			}
			return
		}
		if !documentKey.MatchString(j.Key) {
			t.Errorf("key %q is taken", j.Key)
		}
		switch j.Kind {
		case WaybillJob:
			if len(j.Label.Parcels) != 1 || j.Layout == "" || len(j.Raw) == 0 {
				t.Errorf("a waybill of %d parcels for layout %q is taken", len(j.Label.Parcels), j.Layout)
			}
		case FileJob:
			if sizeOf(j.Size) != j.Size || len(j.Raw) == 0 || !documentNumber.MatchString(string(j.Label.Number)) {
				t.Errorf("a file of size %q and number %q is taken", j.Size, j.Label.Number)
			}
		case SealedJob:
			if j.Sealed.Key != j.Key || len(j.Sealed.Sealed) == 0 {
				t.Error("a sealed label without a key or data is taken")
			}
		default:
			t.Errorf("kind %q is taken", j.Kind)
		}
	})
}
