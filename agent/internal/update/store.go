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
	"miandan/agent/internal/update/manifest"
)

// ErrPlain reports an address that is no https URL and no folder.
var ErrPlain = errors.New("updates come by https or from a folder")

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
	return &web{base: u, client: &outbound.Client{Timeout: 10 * time.Minute, MaxAnswer: manifest.MaxFile}}, nil
}

// Folder is a store that IT has laid out on a disk or a share.
type Folder string

// Open opens a file.
func (f Folder) Open(_ context.Context, name string) (io.ReadCloser, error) {
	r, err := os.Open(filepath.Join(string(f), name))
	if err != nil {
		return nil, fmt.Errorf("folder of updates: %w", err)
	}
	return r, nil
}

type web struct {
	base   *url.URL
	client *outbound.Client
}

func (w *web) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base.JoinPath(name).String(), nil)
	if err != nil {
		return nil, ErrPlain
	}
	a, err := w.client.Do(req)
	if err != nil {
		return nil, err
	}
	if a.Status != http.StatusOK {
		return nil, fmt.Errorf("the server of updates answered with status %d", a.Status)
	}
	return io.NopCloser(bytes.NewReader(a.Body)), nil
}
