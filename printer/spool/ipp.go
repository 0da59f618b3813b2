package spool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/OpenPrinting/goipp"
)

const (
	// patience is how long the spooler may take over one request. cupsd has
	// one thread and answers nobody while it looks up a name.
	patience = 30 * time.Second
	// maxReply is the longest reply that is read, in bytes: some four thousand
	// jobs. goipp reads nested collections by recursion, which this bounds too.
	maxReply = 1 << 20
)

// refusal is the spooler's no.
type refusal struct {
	op     goipp.Op
	status goipp.Status
	reason error // one of the package's, or nil
}

// Error leaves the spooler's status-message out: it may hold addresses and
// names.
func (e *refusal) Error() string {
	op := strings.ToLower(e.op.String())
	if e.reason != nil {
		return fmt.Sprintf("%s: %v (%v)", op, e.reason, e.status)
	}
	return fmt.Sprintf("%s: the print service refuses with %v", op, e.status)
}

func (e *refusal) Unwrap() error { return e.reason }

// reason says what a status means in the answer to op.
func reason(op goipp.Op, status goipp.Status) error {
	switch status {
	case goipp.StatusErrorNotFound, goipp.StatusErrorGone:
		switch op {
		case goipp.OpGetJobAttributes, goipp.OpCancelJob, goipp.OpSendDocument:
			return ErrNoJob
		}
		return ErrNoQueue
	case goipp.StatusErrorNotAcceptingJobs, goipp.StatusErrorPrinterIsDeactivated:
		return ErrRejecting
	case goipp.StatusErrorDocumentFormatNotSupported:
		return ErrNoPDF
	case goipp.StatusErrorForbidden, goipp.StatusErrorNotAuthenticated, goipp.StatusErrorNotAuthorized:
		return ErrNotAllowed
	}
	return nil
}

// request begins a request to the queue, or to one of its jobs if job is not 0.
// The order of these attributes is the protocol's (RFC 8011 §4.1.4, §4.1.5).
func (t *Transport) request(op goipp.Op, job int) *goipp.Message {
	m := goipp.NewRequest(goipp.DefaultVersion, op, t.requests.Add(1))
	m.Operation.Add(goipp.MakeAttr("attributes-charset", goipp.TagCharset, goipp.String("utf-8")))
	m.Operation.Add(goipp.MakeAttr("attributes-natural-language", goipp.TagLanguage, goipp.String("en")))
	m.Operation.Add(goipp.MakeAttr("printer-uri", goipp.TagURI, goipp.String(t.uri)))
	if job != 0 {
		m.Operation.Add(goipp.MakeAttr("job-id", goipp.TagInteger, goipp.Integer(job)))
	}
	m.Operation.Add(goipp.MakeAttr("requesting-user-name", goipp.TagName, goipp.String(t.user)))
	return m
}

// call sends a request, followed by a document if there is one, and reads the
// reply. It never sends a request again that the spooler may have acted on.
func (t *Transport) call(ctx context.Context, m *goipp.Message, document []byte) (*goipp.Message, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	op := goipp.Op(m.Code)
	head, err := m.EncodeBytes()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.ToLower(op.String()), err)
	}
	status, body, err := t.post(ctx, append(head, document...), "")
	if err == nil && status == http.StatusUnauthorized && t.peerCred {
		// Not a secret: cupsd compares the name with whom the kernel says is at
		// the other end of the socket.
		status, body, err = t.post(ctx, append(head, document...), "PeerCred "+t.user)
	}
	if err == nil {
		err = checkHTTP(status)
	}
	var reply *goipp.Message
	if err == nil {
		reply, err = decode(body, m.RequestID)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.ToLower(op.String()), err)
	}
	// Everything below 0100h is some kind of success (RFC 8011 §B.1).
	if code := goipp.Status(reply.Code); code >= 0x0100 {
		return reply, &refusal{op, code, reason(op, code)}
	}
	return reply, nil
}

// post sends one HTTP request and returns the answer's status and at most
// maxReply bytes of it.
func (t *Transport) post(ctx context.Context, body []byte, authorization string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+t.host+t.path(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, bare(err)
	}
	req.Header.Set("Content-Type", goipp.ContentType)
	req.Header.Set("Accept", goipp.ContentType)
	if authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	resp, err := t.client.Do(req)
	if err != nil {
		return 0, nil, connection(bare(err))
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	if err != nil {
		return 0, nil, err
	}
	if len(reply) > maxReply {
		return 0, nil, errors.New("the print service's reply is too long")
	}
	return resp.StatusCode, reply, nil
}

// bare takes the address off an error of net/http.
func bare(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// connection says in words why there is no connection.
func connection(err error) error {
	e, ok := errors.AsType[*net.OpError](err)
	if !ok || e.Op != "dial" {
		return err
	}
	if errors.Is(err, fs.ErrPermission) {
		return fmt.Errorf("%w: %w", ErrNotAllowed, err)
	}
	return fmt.Errorf("%w: %w", ErrNoSpooler, err)
}

func checkHTTP(status int) error {
	switch status {
	case http.StatusOK:
		return nil
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Errorf("%w (HTTP %d)", ErrNotAllowed, status)
	case http.StatusUpgradeRequired:
		return errors.New("the print service demands encryption, which cups addresses do not offer (HTTP 426)")
	}
	return fmt.Errorf("the print service answers HTTP %d", status)
}

// decode reads a reply to the request of the given number.
func decode(body []byte, id uint32) (*goipp.Message, error) {
	m := new(goipp.Message)
	if err := m.DecodeBytes(body); err != nil {
		return nil, fmt.Errorf("the print service's reply is broken: %w", err)
	}
	if m.RequestID != id {
		return nil, fmt.Errorf("the print service answers request %d, not %d", m.RequestID, id)
	}
	return m, nil
}

func keywords(name string, words ...string) goipp.Attribute {
	a := goipp.Attribute{Name: name}
	for _, w := range words {
		a.Values.Add(goipp.TagKeyword, goipp.String(w))
	}
	return a
}

// values returns the attribute's values that are of type T: what a spooler
// sends under a name may be of any type.
func values[T goipp.Value](attrs goipp.Attributes, name string) []T {
	var list []T
	for _, a := range attrs {
		if a.Name != name {
			continue
		}
		for _, v := range a.Values {
			if v, ok := v.V.(T); ok {
				list = append(list, v)
			}
		}
	}
	return list
}

func first[T goipp.Value](attrs goipp.Attributes, name string) (T, bool) {
	var none T
	if list := values[T](attrs, name); len(list) > 0 {
		return list[0], true
	}
	return none, false
}

func texts(attrs goipp.Attributes, name string) []string {
	var list []string
	for _, s := range values[goipp.String](attrs, name) {
		list = append(list, string(s))
	}
	return list
}
