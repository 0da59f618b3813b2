package component

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"miandan/agent/internal/hostile"
	"miandan/printer"
)

// FuzzDocument reads the sealed document of a job, which was put together of
// JD's answers.
func FuzzDocument(f *testing.F) {
	good, err := json.Marshal(Document{TemplateURL: "https://template-content.jd.com/template-oss?tempCode=jdkd76x130", TemplateCode: "jdkd76x130", CustomURL: "https://example.com/a", Custom: map[string]any{"a": 1}, Data: "SEALED0DATA"})
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range hostile.JSON(string(good)) {
		f.Add(s)
	}
	f.Add([]byte(`{"data":"x","template_url":"file:///etc/passwd"}`))
	f.Add([]byte(`{"data":"x","template_url":"https://user:pw@example.com"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		hostile.Bounded(t, len(b), func() {
			d, err := decode(b)
			hostile.Silent(t, err)
			var out bytes.Buffer
			if e := (Driver{}).Encode(&out, printer.Job{Sealed: b}); (e == nil) != (err == nil) || e != nil && out.Len() > 0 {
				t.Errorf("decode says %v, Encode %v with %d bytes out", err, e, out.Len())
			}
			if err != nil {
				return
			}
			if d.Data == "" || !webOrNone(d.TemplateURL) || !webOrNone(d.CustomURL) {
				t.Errorf("passes: %q, %q", d.TemplateURL, d.CustomURL)
			}
			again, err := d.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if second, err := decode(again); err != nil || second.Data != d.Data || second.TemplateURL != d.TemplateURL {
				t.Errorf("it does not come back: %v", err)
			}
			for _, p := range []protocol{classic{}, classic{second: true}, third{}} {
				task, err := p.print("KEY", "P", "name", d)
				if err != nil {
					continue
				}
				if frame, err := json.Marshal(task); err != nil || !json.Valid(frame) {
					t.Errorf("no task of it: %v", err)
				}
			}
		})
	})
}

func webOrNone(s string) bool {
	return s == "" || strings.HasPrefix(strings.ToLower(s), "http://") || strings.HasPrefix(strings.ToLower(s), "https://")
}

// FuzzAddress reads a printer's URL from the settings: without remote=allowed
// none leads off this computer.
func FuzzAddress(f *testing.F) {
	for _, s := range []string{
		"jd-component://127.0.0.1:9113/HPRT R42D", "jd-component:///P?version=3&patience=60s&tls=yes", "jd-component://10.0.0.1/P", "jd-component://[::1]:1/P",
		"jd-component://[::ffff:10.0.0.1]/P", "jd-component://localhost/P?remote=allowed", "jd-component://127.0.0.1:9113/P?patience=-1s", "jd-component://user:pw@127.0.0.1/P",
		"jd-component://127.0.0.1.evil.example/P", "jd-component://[::1%25lo]/P", "jd-component://127.0.0.1:99999999/P", "jd-component://2130706433/P", "jd-component:opaque", "//:911@",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, address string) {
		u, err := url.Parse(address)
		if err != nil {
			return
		}
		way, err := open(u)
		if err != nil {
			if u.User != nil { // what is said does not depend on who that is
				u.User = url.UserPassword("another", "one")
				if _, other := open(u); other == nil || other.Error() != err.Error() {
					t.Errorf("%v, and for somebody else %v", err, other)
				}
			}
			return
		}
		to, err := url.Parse(way.target)
		if err != nil || way.printer == "" || way.patience <= 0 {
			t.Fatalf("%q leads to %+v", address, way)
		}
		ip, err := netip.ParseAddr(to.Hostname())
		if !way.remote && to.Hostname() != "localhost" && (err != nil || !ip.Unmap().IsLoopback()) {
			t.Errorf("%q leads to %s", address, to.Host)
		}
	})
}

// FuzzLine puts the frames of a component, split as a fuzzer likes, through a
// real WebSocket: a reply comes to whoever waits for its key, and to no other.
func FuzzLine(f *testing.F) {
	oursSaid := []byte("\x81\x10{\"key\":\"OURS\"}  ")
	f.Add(oursSaid, false)
	f.Add([]byte("\x81\x14{\"requestId\":\"OTHER\"}"), false)
	f.Add([]byte("\x01\x05{\"key\x80\x08\":\"OURS\"\x80\x01}"), false)
	f.Add([]byte("\x89\x00\x88\x02\x03\xe8"), false)
	f.Add([]byte("\x82\x7f\x7f\xff\xff\xff\xff\xff\xff\xff{}"), false)
	f.Add([]byte("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), true)
	f.Add([]byte("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n"), true)
	f.Fuzz(func(t *testing.T, said []byte, instead bool) {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		l, err := speak(ctx, said, instead)
		if err != nil {
			if !errors.Is(err, ErrOff) {
				t.Errorf("dial: %v", err)
			}
			return
		}
		replies := make(chan []byte, 1)
		go func() {
			c, _, err := l.send(ctx, "OURS", []byte(`{}`))
			if err != nil {
				close(replies)
				return
			}
			if r, err := l.wait(ctx, c); err == nil {
				replies <- r
			}
			close(replies)
		}()
		r, ok := <-replies
		if !ok && bytes.Equal(said, oursSaid) && !instead {
			t.Error("the reply was not heard")
		}
		if ok {
			var head map[string]any
			if json.Unmarshal(r, &head) != nil || !strings.Contains(strings.ToLower(string(r)), "key") && !strings.Contains(strings.ToLower(string(r)), "requestid") {
				t.Errorf("heard %.200q as the reply", r)
			}
			third{}.verdict(r)
			classic{}.verdict(r)
		}
		l.close()
		if ctx.Err() != nil {
			t.Error("the line does not end")
		}
	})
}

// speak opens a line to a component that sends said, after a good handshake or
// instead of it, and hangs up.
func speak(ctx context.Context, said []byte, instead bool) (*line, error) {
	written := new(atomic.Int64)
	ours, theirs := net.Pipe()
	go component(theirs, said, instead)
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return counted{ours, written}, nil }}}
	defer client.CloseIdleConnections()
	ws, _, err := websocket.Dial(ctx, "ws://127.0.0.1:9113", &websocket.DialOptions{HTTPClient: client, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		ours.Close()
		return nil, fmt.Errorf("%w (%w)", ErrOff, cause(err))
	}
	ws.SetReadLimit(maxReply)
	return newLine(ws, written), nil
}

func component(c net.Conn, said []byte, instead bool) {
	defer c.Close()
	request, err := http.ReadRequest(bufio.NewReader(c))
	if err != nil {
		return
	}
	if !instead {
		sum := sha1.Sum([]byte(request.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) // RFC 6455 §1.3
		fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
		c.Read(make([]byte, 1024)) // the question, so that somebody waits
	}
	go io.Copy(io.Discard, c)
	half := len(said) / 2
	c.Write(said[:half])
	c.Write(said[half:])
}
