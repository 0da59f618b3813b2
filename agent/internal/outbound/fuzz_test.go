package outbound_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"miandan/agent/internal/hostile"
	"miandan/agent/internal/outbound"
)

// FuzzWords makes a foreign message fit for a log.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"收件人 演示张三 138 0000 1234 超区", "+86-138-0000-1234", "１３８００００１２３４", "token ffffffffffffffffffffffff0001", "A\n\x00\u202e\u2028B", "138****1234", strings.Repeat("长", 500), "\xff\xfe", "1380000\u200b1234", "a1380000b1234", "tel13800001234", "TEL8613800001234x"} {
		f.Add(s, hostile.Name)
	}
	f.Fuzz(func(t *testing.T, message, name string) {
		said := outbound.Words(message, name)
		if utf8.RuneCountInString(said) > 130 || strings.ContainsFunc(said, unicode.IsControl) || !utf8.ValidString(said) {
			t.Errorf("Words(%q) = %q", message, said)
		}
		hostile.Silent(t, errors.New(strings.ReplaceAll(said, hostile.Name, "")))
		if n := strings.TrimSpace(name); len(n) >= 6 && !strings.Contains(outbound.Mask, n) && strings.ToValidUTF8(n, "") == n && strings.Contains(said, n) && strings.Contains(message, name) && name == n {
			t.Errorf("Words(%q) = %q, with the name %q", message, said, n)
		}
		code := outbound.Code(message)
		if strings.ContainsFunc(strings.ReplaceAll(code, outbound.Mask, ""), func(r rune) bool { return r > unicode.MaxASCII && r != '…' }) {
			t.Errorf("Code(%q) = %q", message, code)
		}
		hostile.Silent(t, errors.New(code))
	})
}

// FuzzAnswer gives a client the bytes of a server that may not speak HTTP.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n",
		"HTTP/1.1 302 Found\r\nLocation: http://evil.example/\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "13800001234\r\n\r\n", "HTTP/1.1 200 13800001234\r\nX: \x00\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc", "HTTP/1.1 307 \r\nLocation: /x\r\n\r\n", "HTTP/2 200\r\n\r\n", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		n := 0
		c := outbound.Client{Timeout: time.Minute, MaxAnswer: 1000, Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(_ context.Context, _, address string) (net.Conn, error) {
			n++
			if address != "gateway.example:80" {
				t.Errorf("dials %s", address)
			}
			ours, theirs := net.Pipe()
			go func() {
				defer theirs.Close()
				if r, err := http.ReadRequest(bufio.NewReader(theirs)); err == nil {
					io.Copy(io.Discard, r.Body)
				}
				theirs.Write(said)
			}()
			return ours, nil
		}}}
		req, err := http.NewRequest(http.MethodPost, "http://gateway.example/routerjson?access_token=T0PS3CRET", strings.NewReader("phone=13800001234"))
		if err != nil {
			t.Fatal(err)
		}
		hostile.Bounded(t, len(said), func() {
			answer, err := c.Do(req)
			if err == nil {
				if len(answer.Body) > 1000 {
					t.Errorf("%d bytes", len(answer.Body))
				}
				return
			}
			var e *outbound.Error
			if !errors.As(err, &e) || e.Unsent {
				t.Errorf("Do = %v: that the request left is not known", err)
			}
			hostile.Silent(t, err, "T0PS3CRET", "access_token")
		})
		if n > 1 {
			t.Errorf("a POST was made %d times", n)
		}
	})
}
