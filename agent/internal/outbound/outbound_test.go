package outbound

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const secretQuery = "?access_token=TOPSECRET&phone=13800001234"

func post(t *testing.T, target string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, target+secretQuery, strings.NewReader("phone=13800001234"))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// raw answers every connection with what f does to it.
func raw(t *testing.T, f func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			f(c)
			c.Close()
		}
	}()
	return "http://" + l.Addr().String() + "/routerjson"
}

func readHead(c net.Conn) { c.Read(make([]byte, 4096)) }

func TestErrorsTellWhetherTheRequestLeft(t *testing.T) {
	wrongCert := httptest.NewTLSServer(http.NotFoundHandler())
	defer wrongCert.Close()
	wrongCert.Config.ErrorLog = nil

	for _, test := range []struct {
		name   string
		target string
		unsent bool
		is     error
	}{
		{"nobody listens", "http://127.0.0.1:1/routerjson", true, nil},
		{"no such host", "http://gateway.invalid/routerjson", true, nil},
		{"no scheme", "gateway/routerjson", true, ErrBadTarget},
		{"a certificate of somebody else", wrongCert.URL, true, nil},
		{"TLS asked of a plain port", strings.Replace(raw(t, func(c net.Conn) { readHead(c); io.WriteString(c, "HTTP/1.1 400 Bad\r\n\r\n") }), "http:", "https:", 1), true, nil},
		{"hung up after the request", raw(t, readHead), false, nil},
		{"garbage for an answer", raw(t, func(c net.Conn) { readHead(c); io.WriteString(c, "13800001234 TOPSECRET\r\n\r\n") }), false, ErrNotHTTP},
		{"half an answer", raw(t, func(c net.Conn) {
			readHead(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"code")
		}), false, io.ErrUnexpectedEOF},
		{"an answer without end", raw(t, func(c net.Conn) {
			readHead(c)
			io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 2000))
		}), false, ErrTooLong},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &Client{Timeout: time.Minute, MaxAnswer: 1000}
			_, err := c.Do(post(t, test.target))
			fails(t, err, test.unsent, test.is)
		})
	}
	t.Run("no answer in time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) { // where time passes only when all that can be done is done: the request has left
			ours, theirs := net.Pipe()
			defer theirs.Close()
			go io.Copy(io.Discard, theirs)
			dial := func(context.Context, string, string) (net.Conn, error) { return ours, nil }
			c := &Client{Timeout: time.Minute, MaxAnswer: 1000, Transport: &http.Transport{DisableKeepAlives: true, DialContext: dial}}
			_, err := c.Do(post(t, "http://gateway.example/routerjson"))
			fails(t, err, false, context.DeadlineExceeded)
		})
	})
}

// fails wants an error that says whether the request left, and nothing of what stood in it.
func fails(t *testing.T, err error, unsent bool, is error) {
	t.Helper()
	if err == nil {
		t.Fatal("Do succeeded, want an error")
	}
	if got := Unsent(err); got != unsent {
		t.Errorf("Unsent(%v) = %v, want %v", err, got, unsent)
	}
	if is != nil && !errors.Is(err, is) {
		t.Errorf("error is %v, want %v", err, is)
	}
	for _, leak := range []string{"TOPSECRET", "13800001234", "routerjson", "access_token"} {
		if strings.Contains(err.Error(), leak) {
			t.Errorf("error tells %q: %v", leak, err)
		}
	}
}

func TestCancelledBeforeDialIsUnsent(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := new(Client).Do(post(t, "http://127.0.0.1:1/").WithContext(ctx))
	if !Unsent(err) || !errors.Is(err, context.Canceled) {
		t.Errorf("Do = %v (unsent %v), want an unsent context.Canceled", err, Unsent(err))
	}
}

func TestCertificateIsRecognised(t *testing.T) {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	_, err := new(Client).Do(post(t, s.URL))
	if !Certificate(err) {
		t.Errorf("Certificate(%v) = false, want true", err)
	}
}

func TestAnswerOfAnyStatus(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusBadGateway)
		io.WriteString(w, "busy")
	}))
	defer s.Close()
	got, err := new(Client).Do(post(t, s.URL))
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != http.StatusBadGateway || string(got.Body) != "busy" {
		t.Errorf("Do = %d %q, want 502 busy", got.Status, got.Body)
	}
}

func TestRedirects(t *testing.T) {
	var reached []string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reached = append(reached, "other")
	}))
	defer other.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/away", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL, http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/near", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/here", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/round", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/round", http.StatusFound)
	})
	mux.HandleFunc("/here", func(w http.ResponseWriter, r *http.Request) { reached = append(reached, "here") })
	s := httptest.NewServer(mux)
	defer s.Close()

	for _, test := range []struct {
		name, verb, path string
		status           int
		reached          string
	}{
		{"a read to another host", http.MethodGet, "/away", http.StatusTemporaryRedirect, ""},
		{"a write to another host", http.MethodPost, "/away", http.StatusTemporaryRedirect, ""},
		{"a write to the same host", http.MethodPost, "/near", http.StatusTemporaryRedirect, ""},
		{"a read to the same host", http.MethodGet, "/near", http.StatusOK, "here"},
		{"round and round", http.MethodGet, "/round", http.StatusFound, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			reached = nil
			req, err := http.NewRequest(test.verb, s.URL+test.path, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := new(Client).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			if got.Status != test.status || strings.Join(reached, " ") != test.reached {
				t.Errorf("Do = %d, reached %q; want %d, %q", got.Status, reached, test.status, test.reached)
			}
		})
	}
}

func TestWords(t *testing.T) {
	for _, test := range []struct {
		name, in, want string
		private        []string
	}{
		{"plain", "库存不足", "库存不足", nil},
		{"a mobile number", "手机号13800001234有误", "手机号••••有误", nil},
		{"a starred number", "号码138****1234", "号码••••", nil},
		{"a parted number", "tel 020-8888 7777 x", "tel •••• x", nil},
		{"full-width digits", "１３８００００１２３４", "••••", nil},
		{"a code stays", "code 100 failed", "code 100 failed", nil},
		{"a token", "token ffffffffffffffffffffffff0001 bad", "token •••• bad", nil},
		{"a cipher text", "x AASFpOM5FR/kMq+hZEmNHc2pEBES= y", "x •••• y", nil},
		{"the receiver", "张三 演示路1号 不可达", "•••• •••• 不可达", []string{"张三", "演示路1号", ""}},
		{"the longer text first", "演示路1号2室", "••••", []string{"演示路1号", "演示路1号2室"}},
		{"line breaks", "a\r\nb", "a  b", nil},
		{"long", strings.Repeat("长", 200), strings.Repeat("长", 120) + "…", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Words(test.in, test.private...); got != test.want {
				t.Errorf("Words(%q) = %q, want %q", test.in, got, test.want)
			}
		})
	}
}
