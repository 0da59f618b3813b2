package lop_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/lop"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

func TestReadsThatAreLostAreRepeated(t *testing.T) {
	for _, test := range []struct {
		name       string
		fault      jdsim.Fault
		read       int32 // requests
		lost, call notice.Code
	}{
		{"the request is lost twice", jdsim.Fault{Kind: jdsim.Cut, Times: 2}, 3, "", lop.NoticeUnreachable},
		{"half an answer", jdsim.Fault{Kind: jdsim.Truncate, Times: 1}, 2, "", lop.NoticeUnreachable},
		{"status 502, three times", jdsim.Fault{Kind: jdsim.BadGateway, Times: 3}, 4, "", lop.NoticeAnswer},
		{"lost for ever", jdsim.Fault{Kind: jdsim.Cut}, 4, lop.NoticeUnreachable, lop.NoticeUnreachable},
		{"garbage", jdsim.Fault{Kind: jdsim.Garbage}, 1, lop.NoticeAnswer, lop.NoticeAnswer},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, how := range []struct {
				name  string
				ask   func(*lop.Client, any) error
				asked int32
				code  notice.Code
			}{
				{"Read", func(c *lop.Client, result any) error { return c.Read(t.Context(), pullData, exampleArgument(), result) }, test.read, test.lost},
				{"Call", func(c *lop.Client, result any) error { return c.Call(t.Context(), pullData, exampleArgument(), result) }, 1, test.call},
			} {
				gateway, err := jdsim.New(jdsim.Config{Faults: []jdsim.Fault{test.fault}})
				if err != nil {
					t.Fatal(err)
				}
				var asked atomic.Int32
				platform := gateway.LOP()
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					asked.Add(1)
					platform.ServeHTTP(w, r)
				}))
				t.Cleanup(server.Close)
				c := &lop.Client{
					Gateway: server.URL, AppKey: jdsim.DefaultLOPAppKey, AppSecret: secret.New(jdsim.DefaultLOPAppSecret),
					AccessToken: secret.New(jdsim.DefaultLOPAccessToken), Backoff: time.Millisecond,
				}
				var answer struct {
					Code any `json:"code"`
				}
				err = how.ask(c, &answer)
				if asked.Load() != how.asked || how.code == "" && err != nil || how.code != "" && notice.CodeOf(err) != how.code {
					t.Errorf("%s = %v after %d requests, want %q after %d", how.name, err, asked.Load(), how.code, how.asked)
				}
			}
		})
	}
}
