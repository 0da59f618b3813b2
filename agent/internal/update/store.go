package update

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"miandan/agent/internal/outbound"
)

// Errors of a Store.
var (
	ErrPlain = errors.New("updates come by https or from a folder") // an address is neither
	ErrLong  = errors.New("the file is longer than it may be")
	ErrNone  = errors.New("the server of updates does not give the file") // or it sends elsewhere, which is not followed to another server
)

// From returns the store at an https URL or in a folder, which may be a share.
func From(address string) (Store, error) {
	if !strings.Contains(address, "://") {
		dir, err := filepath.Abs(address)
		return Folder(dir), err
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, ErrPlain
	}
	return &web{base: u}, nil
}

// Folder is a store that IT has laid out on a disk or a share.
type Folder string

// Open opens a file. Whoever reads it stops where it becomes too long.
func (f Folder) Open(_ context.Context, name string, _ int64) (io.ReadCloser, error) {
	r, err := os.Open(filepath.Join(string(f), name))
	if err != nil {
		return nil, fmt.Errorf("folder of updates: %w", err)
	}
	return r, nil
}

type web struct {
	base      *url.URL
	transport http.RoundTripper // nil: over the network, by the system's authorities
}

// Open fetches a file whole, so that the length that it is allowed is also the
// memory that a server may have.
func (w *web) Open(ctx context.Context, name string, most int64) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base.JoinPath(name).String(), nil)
	if err != nil {
		return nil, ErrPlain
	}
	client := &outbound.Client{Timeout: 10 * time.Minute, MaxAnswer: most, Transport: w.transport}
	a, err := client.Do(req)
	if errors.Is(err, outbound.ErrTooLong) {
		return nil, ErrLong
	}
	if err != nil {
		return nil, err
	}
	if a.Status != http.StatusOK {
		return nil, fmt.Errorf("%w: status %d", ErrNone, a.Status)
	}
	return io.NopCloser(bytes.NewReader(a.Body)), nil
}
