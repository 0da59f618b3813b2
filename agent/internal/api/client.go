package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"miandan/agent/internal/notice"
)

// Client asks a running agent. Its methods return a *Problem where the agent
// gave one, with the sentence in the client's language, and a *notice.Error
// where there is no agent to ask.
type Client struct {
	base     string // http://host, no slash at the end
	token    string
	language notice.Language
	http     *http.Client
}

// ErrNoAgent reports that no agent answers: it does not run, or it belongs to
// another user. The *notice.Error around it says which.
var ErrNoAgent = errors.New("no agent answers")

// Local returns a client over the unix socket or the named pipe at path.
func Local(path string, l notice.Language) *Client {
	return &Client{base: "http://local", language: l, http: &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return dialLocal(ctx, path)
		},
		MaxIdleConns: 2, IdleConnTimeout: 30 * time.Second,
	}}}
}

// Loopback returns a client over TCP, for a caller that holds the token. The
// address is that of the listener.
func Loopback(addr net.Addr, token string, l notice.Language) *Client {
	return &Client{base: "http://" + addr.String(), token: token, language: l, http: &http.Client{
		// No proxy: an environment's http_proxy must never see the token.
		Transport: &http.Transport{MaxIdleConns: 2, IdleConnTimeout: 30 * time.Second},
	}}
}

// Queue returns the queue, with at most a thousand rows of each kind.
func (c *Client) Queue(ctx context.Context) (q Queue, err error) {
	return q, c.call(ctx, http.MethodGet, "queue?limit=1000", nil, &q)
}

// QueueOf returns what fits of the queue.
func (c *Client) QueueOf(ctx context.Context, ask QueueQuery) (q Queue, err error) {
	v := url.Values{}
	if ask.Find != "" {
		v.Set("find", ask.Find)
	}
	if ask.Carrier != "" {
		v.Set("carrier", ask.Carrier)
	}
	if ask.Limit > 0 {
		v.Set("limit", strconv.Itoa(ask.Limit))
	}
	return q, c.call(ctx, http.MethodGet, "queue?"+v.Encode(), nil, &q)
}

// Version returns which program answers.
func (c *Client) Version(ctx context.Context) (v Version, err error) {
	return v, c.call(ctx, http.MethodGet, "version", nil, &v)
}

// Print asks for orders to be printed now. Who is the name of the person who
// asks and may be empty, here and below.
func (c *Client) Print(ctx context.Context, orders []string, who string) ([]Taken, error) {
	var t takenList
	in := struct {
		Orders []string `json:"orders"`
		Asked
	}{orders, Asked{who}}
	err := c.call(ctx, http.MethodPost, "print", in, &t)
	return t.Orders, err
}

// Reprint asks for a waybill once more and returns the labels' IDs.
func (c *Client) Reprint(ctx context.Context, r Reprint) ([]string, error) {
	var l labelList
	err := c.call(ctx, http.MethodPost, "reprint", r, &l)
	return l.Labels, err
}

// Resolve settles an unknown label or number.
func (c *Client) Resolve(ctx context.Context, r Resolution) error {
	return c.call(ctx, http.MethodPost, "resolve", r, nil)
}

// Scan reports that a finished label was scanned on its parcel.
func (c *Client) Scan(ctx context.Context, s Scan) (p Packed, err error) {
	return p, c.call(ctx, http.MethodPost, "scan", s, &p)
}

// Pause holds printing.
func (c *Client) Pause(ctx context.Context, who string) error {
	return c.call(ctx, http.MethodPost, "pause", Asked{who}, nil)
}

// Resume goes on printing.
func (c *Client) Resume(ctx context.Context, who string) error {
	return c.call(ctx, http.MethodPost, "resume", Asked{who}, nil)
}

// Watch calls changed once when it is connected and after every change, until
// the line breaks or ctx ends. It always returns an error.
func (c *Client) Watch(ctx context.Context, changed func()) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	resp, err := c.do(ctx, http.MethodGet, "events", nil)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	silence := time.AfterFunc(3*heartbeat, func() { cancel(ErrNoAgent) })
	defer silence.Stop()
	lines := bufio.NewScanner(resp.Body)
	var seen string
	for lines.Scan() {
		silence.Reset(3 * heartbeat)
		if id, ok := strings.CutPrefix(lines.Text(), "id: "); ok && id != seen {
			seen = id
			changed()
		}
	}
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return ErrNoAgent
}

// call sends in, if there is one, and reads the answer into out, if one is
// wanted.
func (c *Client) call(ctx context.Context, method, name string, in, out any) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := c.do(ctx, method, name, in)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", name, dialled(ctx.Err()))
		}
		// What encoding/json and time say may quote the answer, and that a person.
		return fmt.Errorf("%s: the agent's answer is not understood", name)
	}
	return nil
}

func (c *Client) do(ctx context.Context, method, name string, in any) (*http.Response, error) {
	var body io.Reader
	if b, ok := in.(raw); ok {
		body = bytes.NewReader(b)
	} else if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+prefix+name, body)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	req.Header.Set("Accept-Language", header(c.language))
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("Origin", c.base)
		req.Header.Set(TokenHeader, c.token)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, dialled(err))
	}
	if resp.StatusCode/100 == 2 {
		return resp, nil
	}
	defer resp.Body.Close()
	p := &Problem{Status: resp.StatusCode}
	if err := json.NewDecoder(io.LimitReader(resp.Body, maxBody)).Decode(p); err != nil || p.Code == "" {
		return nil, fmt.Errorf("%s: the agent answered with status %d", name, resp.StatusCode)
	}
	return nil, p
}

// dialled keeps what a person needs of a transport's error: not the URL.
func dialled(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		err = u.Err
	}
	switch op, dial := errors.AsType[*net.OpError](err); {
	case errors.Is(err, context.DeadlineExceeded):
		return notice.New("agent-silent", err)
	case !dial || op.Op != "dial":
		return err
	case errors.Is(err, fs.ErrPermission):
		return notice.New("agent-refused", fmt.Errorf("%w: %w", ErrNoAgent, op.Err))
	default:
		return notice.New("not-running", fmt.Errorf("%w: %w", ErrNoAgent, op.Err))
	}
}
