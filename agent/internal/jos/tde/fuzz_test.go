package tde

import (
	"encoding/base64"
	"net/http"
	"testing"
	"time"

	"miandan/agent/internal/hostile"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// FuzzVault reads the voucher and the keys that JD hands out. Whatever they
// are, a field opens to what was closed in it or not at all.
func FuzzVault(f *testing.F) {
	good := voucherAnswer(demoVoucherData, "bm90IGNoZWNrZWQ=")
	for _, s := range hostile.JSON(good) {
		f.Add(s, []byte(demoVoucherData), []byte(demoKeysAnswer))
	}
	for _, s := range hostile.JSON(demoVoucherData) {
		f.Add([]byte{}, s, []byte(demoKeysAnswer))
	}
	for _, s := range hostile.JSON(demoKeysAnswer) {
		f.Add([]byte{}, []byte(demoVoucherData), s)
	}
	f.Fuzz(func(t *testing.T, answer, data, keys []byte) {
		if !hostile.Short(answer, data, keys) {
			return
		}
		if len(answer) == 0 { // the envelope is good, what it holds is not
			answer = []byte(`{"x_responce":{"code":"0","response":{"errorCode":"0","data":{"voucher":"` +
				base64.StdEncoding.EncodeToString([]byte(`{"sig":"bm90","data":`+string(data)+`}`)) + `"}}}}`)
		}
		gateway := hostile.Platform(func(r *http.Request) []byte {
			if r.URL.Query().Get("method") == methodVoucher {
				return answer
			}
			return keys
		})
		clock := func() time.Time { return *demoTime() }
		v := &Vault{Now: clock, Trouble: func(err error) { hostile.Silent(t, err) }, Gateway: &jos.Client{
			AppKey: "K", AppSecret: secret.New("S3CRET"), AccessToken: secret.New("T0K3N1"), Now: clock, Backoff: time.Nanosecond, HTTP: &outbound.Client{Transport: gateway},
		}}
		hostile.Bounded(t, len(answer)+len(data)+len(keys), func() {
			plain, err := v.Decrypt(t.Context(), cipherPhone)
			switch code := notice.CodeOf(err); {
			case err == nil && plain != "13800001234":
				t.Errorf("another key opened it to %q", plain)
			case err != nil && (plain != "" || code == notice.Internal || !notice.Known(code)):
				t.Errorf("Decrypt = %q, %v", plain, err)
			}
			hostile.Silent(t, err, "S3CRET", "T0K3N1", "AAECAwQFBgcI", "MDEyMzQ1Njc4")
		})
	})
}
