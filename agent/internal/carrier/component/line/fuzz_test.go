package line

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
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
)

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
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
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
			c := make(chan []byte, 4)
			l.Hear(c, "OURS")
			if _, err := l.Send(ctx, []byte(`{}`)); err != nil {
				close(replies)
				return
			}
			if r, err := l.Wait(ctx, c); err == nil {
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
			if json.Unmarshal(r, &head) != nil || !bytes.Contains(r, []byte("OURS")) && !bytes.Contains(r, []byte(`\u`)) {
				t.Errorf("heard %.200q as the reply", r)
			}
		}
		l.Close()
		if ctx.Err() != nil {
			t.Error("the line does not end")
		}
	})
}

// speak opens a line to a component that sends said, after a good handshake or
// instead of it, and hangs up.
func speak(ctx context.Context, said []byte, instead bool) (*Line, error) {
	written := new(atomic.Int64)
	ours, theirs := net.Pipe()
	go component(theirs, said, instead)
	client := &http.Client{Transport: &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return counted{ours, written}, nil }}}
	defer client.CloseIdleConnections()
	ws, _, err := websocket.Dial(ctx, "ws://127.0.0.1:9113", &websocket.DialOptions{HTTPClient: client, CompressionMode: websocket.CompressionDisabled})
	if err != nil {
		ours.Close()
		return nil, Off(err)
	}
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
