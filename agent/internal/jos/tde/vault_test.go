package tde

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

const demoVoucherData = `{"act":"demo","effective":1790000000000,"expired":1890000000000,"id":"demo-tid","key":"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=","service":"svc-demo","stype":1}`

const demoKeysAnswer = `{"jingdong_jos_master_key_get_responce":{"code":"0","response":{"status_code":0,"status_message":"Success.","tid":"demo-tid","ts":1795422600000,"enc_service":"svc-demo","key_cache_disabled":0,"key_backup_disabled":0,"service_key_list":[{"service":"svc-demo","current_key_version":0,"grant_usage":"ED","keys":[{"id":"haTjORUf5DKvoWRJjR3NqQ==","key_string":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=","key_digest":"Yw3NKWbEM2aRElRIu7JbT/QSpJxzLbLIq8G4WBvXEN0=","key_type":"0","key_effective":1790000000000,"key_exp":1890000000000,"version":0,"key_status":0}]}]}}}`

func voucherAnswer(data, sig string) string {
	v := base64.StdEncoding.EncodeToString([]byte(`{"sig":"` + sig + `","data":` + data + `,"externalData":{"zone":"CN-0"}}`))
	return `{"jingdong_jos_voucher_info_get_responce":{"code":"0","response":{"errorCode":"0","errorMsg":"","data":{"voucher":"` + v + `"}}}}`
}

// keyServer is a gateway that gives one voucher and one set of keys.
type keyServer struct {
	voucher, keys string
	asked         []string // methods
	params        []string // of each
}

func (s *keyServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(b))
	method := r.URL.Query().Get("method")
	s.asked = append(s.asked, strings.TrimPrefix(method, "jingdong.jos."))
	s.params = append(s.params, form.Get("360buy_param_json"))
	if method == methodVoucher {
		io.WriteString(w, s.voucher)
		return
	}
	io.WriteString(w, s.keys)
}

func newVault(t *testing.T, s *keyServer, now *time.Time) *Vault {
	t.Helper()
	if s.voucher == "" {
		s.voucher = voucherAnswer(demoVoucherData, "bm90IGNoZWNrZWQ=")
	}
	if s.keys == "" {
		s.keys = demoKeysAnswer
	}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	clock := func() time.Time { return *now }
	return &Vault{
		Gateway: &jos.Client{Gateway: server.URL, AppKey: "K", AppSecret: secret.New("S"), AccessToken: secret.New("TOKEN1"), Now: clock},
		Now:     clock,
	}
}

func demoTime() *time.Time {
	t := time.UnixMilli(1795422600000)
	return &t
}

func TestVaultFetchesKeysOnce(t *testing.T) {
	s, now := &keyServer{}, demoTime()
	v := newVault(t, s, now)
	for _, c := range []string{cipherPhone, cipherName, cipherAddress} {
		if _, err := v.Decrypt(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := fmt.Sprint(s.asked), "[voucher.info.get master.key.get]"; got != want {
		t.Errorf("asked %s, want %s", got, want)
	}
	if got, want := s.params[0], `{"access_token":"TOKEN1"}`; got != want {
		t.Errorf("voucher asked with %s, want %s", got, want)
	}
	var p map[string]any
	if err := json.Unmarshal([]byte(s.params[1]), &p); err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(p["sig"], " ", p["tid"]), "yRoqT8mIFxs04flP2bNoaOxTBmH9/tMuVoSkragTOjU= demo-tid"; got != want {
		t.Errorf("keys asked with %s, want %s", got, want)
	}

	*now = now.Add(KeyLife)
	got, err := v.Decrypt(t.Context(), cipherPhone)
	if err != nil || got != "13800001234" || len(s.asked) != 4 {
		t.Errorf("after %v: Decrypt = %q, %v, asked %d times in all, want 4", KeyLife, got, err, len(s.asked))
	}
}

func TestVaultAsksOnceForAnUnknownKey(t *testing.T) {
	s, now := &keyServer{}, demoTime()
	v := newVault(t, s, now)
	if _, err := v.Decrypt(t.Context(), cipherPhone); err != nil {
		t.Fatal(err)
	}
	next, other := idOf("svc-demo", 1), idOf("svc-other", 0)
	for range 3 {
		_, err := v.Decrypt(t.Context(), sealRegular(t, other, demoKey(t), "x"))
		if notice.CodeOf(err) != NoticeNoKey || !Permanent(err) {
			t.Errorf("Decrypt = %v, want jd-tde-no-key for good", err)
		}
	}
	if len(s.asked) != 4 {
		t.Errorf("asked %d times for a key that does not exist, want 4 (twice two calls)", len(s.asked))
	}
	*now = now.Add(MissingFor)
	if _, err := v.Decrypt(t.Context(), sealRegular(t, other, demoKey(t), "x")); notice.CodeOf(err) != NoticeNoKey || len(s.asked) != 6 {
		t.Errorf("%v later: %v, asked %d times in all, want 6", MissingFor, err, len(s.asked))
	}

	s.keys = strings.Replace(demoKeysAnswer, `"haTjORUf5DKvoWRJjR3NqQ=="`, `"`+base64.StdEncoding.EncodeToString(next[:])+`"`, 1)
	got, err := v.Decrypt(t.Context(), sealRegular(t, next, demoKey(t), "李䶮"))
	if err != nil || got != "李䶮" {
		t.Errorf("the key's next version: Decrypt = %q, %v", got, err)
	}
}

func TestVaultFaults(t *testing.T) {
	for _, test := range []struct {
		name, voucher, keys string
		want                notice.Code
	}{
		{"voucher refused", `{"x":{"code":"0","response":{"errorCode":"101","errorMsg":"none"}}}`, "", NoticeVoucher},
		{"voucher is no base64", `{"x":{"code":"0","response":{"errorCode":"0","data":{"voucher":"*"}}}}`, "", jos.NoticeAnswer},
		{"voucher missing", `{"x":{"code":"0","response":{"errorCode":0}}}`, "", jos.NoticeAnswer},
		{"voucher without key", voucherAnswer(`{"id":"x","effective":1790000000000,"expired":1890000000000}`, ""), "", jos.NoticeAnswer},
		{"not valid yet", voucherAnswer(strings.Replace(demoVoucherData, "1790000000000", "1795423201000", 1), ""), "", NoticeVoucher},
		{"ten minutes early", voucherAnswer(strings.Replace(demoVoucherData, "1790000000000", "1795423200000", 1), ""), "", ""},
		{"expired a day ago", voucherAnswer(strings.Replace(demoVoucherData, "1890000000000", "1795336200000", 1), ""), "", ""},
		{"expired 31 days ago", voucherAnswer(strings.Replace(demoVoucherData, "1890000000000", "1792744200000", 1), ""), "", NoticeVoucher},
		{"keys: signature", "", `{"x":{"code":"0","response":{"status_code":305}}}`, NoticeKeys},
		{"keys: frozen", "", `{"x":{"code":"0","response":{"status_code":"307","errorMsg":"frozen"}}}`, NoticeKeys},
		{"keys: none", "", `{"x":{"code":"0","response":{"status_code":0,"service_key_list":[]}}}`, NoticeNoKey},
		{"keys: encrypt only", "", strings.Replace(demoKeysAnswer, `"ED"`, `"E"`, 1), NoticeNoKey},
		{"keys: revoked", "", strings.Replace(demoKeysAnswer, `"key_status":0`, `"key_status":2`, 1), NoticeNoKey},
		{"keys: wrong digest", "", strings.Replace(demoKeysAnswer, `"Yw3N`, `"Zw3N`, 1), jos.NoticeAnswer},
		{"keys: short", "", strings.Replace(demoKeysAnswer, "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "AAEC", 1), jos.NoticeAnswer},
		{"token expired", `{"error_response":{"code":"19"}}`, "", jos.NoticeToken},
		{"numbers as strings", "", strings.NewReplacer(`"version":0`, `"version":"0"`, `"status_code":0`, `"status_code":"0"`).Replace(demoKeysAnswer), ""},
		{"ids left out", "", strings.Replace(demoKeysAnswer, `"haTjORUf5DKvoWRJjR3NqQ=="`, `""`, 1), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVault(t, &keyServer{voucher: test.voucher, keys: test.keys}, demoTime())
			got, err := v.Decrypt(t.Context(), cipherPhone)
			if test.want == "" {
				if err != nil || got != "13800001234" {
					t.Errorf("Decrypt = %q, %v, want success", got, err)
				}
				return
			}
			if code := notice.CodeOf(err); code != test.want {
				t.Errorf("Decrypt = %v, want %s", err, test.want)
			}
		})
	}
}

// For thirty days after its end a voucher serves, and people are told so each
// time that it does.
func TestVoucherThatEnds(t *testing.T) {
	ended := demoTime().Add(-time.Hour)
	s := &keyServer{voucher: voucherAnswer(strings.Replace(demoVoucherData, "1890000000000", fmt.Sprint(ended.UnixMilli()), 1), "")}
	now := demoTime()
	v := newVault(t, s, now)
	var told []string
	v.Trouble = func(err error) {
		var n *notice.Error
		if errors.As(err, &n) && n.Code == NoticeEnds {
			told = append(told, fmt.Sprint(n.Args...))
		}
	}
	for _, step := range []struct {
		after time.Duration
		told  int
		want  notice.Code
	}{{0, 1, ""}, {time.Minute, 1, ""}, {KeyLife, 2, ""}, {30*24*time.Hour - time.Hour, 3, ""}, {30*24*time.Hour + KeyLife, 3, NoticeVoucher}} {
		*now = demoTime().Add(step.after)
		_, err := v.Decrypt(t.Context(), cipherPhone)
		if len(told) != step.told || step.want == "" && err != nil || step.want != "" && notice.CodeOf(err) != step.want {
			t.Errorf("after %v: told %v, %v", step.after, told, err)
		}
	}
	if want := ended.Add(30 * 24 * time.Hour).In(jos.Beijing).Format(time.DateOnly); told[0] != want {
		t.Errorf("until %s, want %s", told[0], want)
	}
	told = nil
	if fresh := newVault(t, &keyServer{}, demoTime()); fresh != nil {
		fresh.Trouble = v.Trouble
		if _, err := fresh.Decrypt(t.Context(), cipherPhone); err != nil || told != nil {
			t.Errorf("a voucher that has not ended: %v, told %v", err, told)
		}
	}
}

func TestVoucherSignature(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(demoVoucherData))
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	good := base64.StdEncoding.EncodeToString(sig)
	spaced := strings.ReplaceAll(demoVoucherData, ",", ", ") // the signature is over the compact form
	for _, test := range []struct {
		name, voucher string
		want          bool
	}{
		{"signed", voucherAnswer(demoVoucherData, good), true},
		{"signed, spaces added", voucherAnswer(spaced, good), true},
		{"changed", voucherAnswer(strings.Replace(demoVoucherData, "svc-demo", "svc-evil", 1), good), false},
		{"not signed", voucherAnswer(demoVoucherData, ""), false},
	} {
		t.Run(test.name, func(t *testing.T) {
			v := newVault(t, &keyServer{voucher: test.voucher}, demoTime())
			v.Issuer = &key.PublicKey
			_, err := v.Decrypt(t.Context(), cipherPhone)
			if (err == nil) != test.want || err != nil && notice.CodeOf(err) != NoticeVoucher {
				t.Errorf("Decrypt = %v, want success %v", err, test.want)
			}
		})
	}
}
