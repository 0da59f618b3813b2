package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"math"
	"slices"
	"sync"

	"miandan/agent/internal/api"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// previews keeps the latest pictures: people look at the same few labels again and
// again, and one costs some 10 ms. Nobody can be made out on them. Its zero value
// is ready.
type previews struct {
	mu   sync.Mutex
	kept []picture // the latest at the end
}

type picture struct {
	print [sha256.Size]byte
	png   []byte
}

// mostKept is some 400 KB.
const mostKept = 40

// get returns a picture, from make if it is not kept.
func (p *previews) get(print [sha256.Size]byte, make func() ([]byte, error)) ([]byte, error) {
	p.mu.Lock()
	defer p.mu.Unlock() // also while it is drawn: two at a time would take a packer's label its processor
	if i := slices.IndexFunc(p.kept, func(k picture) bool { return k.print == print }); i >= 0 {
		return p.kept[i].png, nil
	}
	png, err := make()
	if err != nil {
		return nil, err
	}
	if len(p.kept) >= mostKept {
		p.kept = slices.Delete(p.kept, 0, 1)
	}
	p.kept = append(p.kept, picture{print, png})
	return png, nil
}

// Preview implements api.Desk.
func (d *desk) Preview(ctx context.Context, label string) ([]byte, error) {
	id, err := labelID(label)
	if err != nil {
		return nil, err
	}
	v, err := d.Station.Preview(ctx, id)
	var n *notice.Error
	switch {
	case errors.Is(err, ledger.ErrNoLabel):
		return nil, notice.New("label-not-found", api.ErrNotFound, label)
	case errors.Is(err, ledger.ErrPurged):
		return nil, notice.New("preview-gone", api.ErrNotFound, label)
	case errors.As(err, &n):
		return nil, notice.New(n.Code, errors.Join(api.ErrNotFound, n.Err), n.Args...)
	case err != nil:
		return nil, d.told(err)
	}
	return d.previews.get(v.Print, func() ([]byte, error) {
		m, err := v.Draw()
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		m.PerMetre = int(math.Round(float64(v.Grid) * 1000))
		err = m.EncodePNG(&b)
		return b.Bytes(), err
	})
}
