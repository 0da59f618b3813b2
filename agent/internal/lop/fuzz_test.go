package lop_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"

	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/agent/internal/secret"
)

// always is a platform that gives one answer, without a network.
type always []byte

func (a always) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Lop-Trace-Id": {string(a)}}, Body: io.NopCloser(bytes.NewReader(a)), Request: r}, nil
}

// FuzzCall holds that no answer makes a call fail without a sentence, or say
// more than it may.
func FuzzCall(f *testing.F) {
	for _, s := range []string{
		`{"error_response":{"en_desc":"Invalid signature","zh_desc":"无效签名","code":12}}`, `{"error_response":null}`, `{"error_response":{"code":{}}}`,
		`{"error_response":{"code":"13800001234"}}`, `{"success":true,"code":0,"data":{}}`, `{"code":`, `[]`, `null`, `"x"`, ``, "\x00", `{"error_response":{"code":1e999}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c := &lop.Client{AppKey: "K", AppSecret: secret.New("S"), HTTP: &outbound.Client{Transport: always(body)}}
		var result struct {
			Code int    `json:"code"`
			Data []byte `json:"data"`
		}
		err := c.Call(t.Context(), pullData, exampleArgument(), &result)
		if err == nil {
			return
		}
		if code := notice.CodeOf(err); code == notice.Internal || !notice.Known(code) {
			t.Errorf("no sentence for %v", err)
		}
		if strings.ContainsAny(err.Error(), "\n\x00") {
			t.Errorf("the answer shows through: %q", err)
		}
	})
}
