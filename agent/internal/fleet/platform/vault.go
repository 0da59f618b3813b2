package platform

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/templates/waybill"
)

// place is what an order's payload belongs to. Its labels have places of their own.
func place(key order.Key) fleet.Place { return fleet.Place{Order: key} }

// platforms returns the stations that may open orders.
func (w *worker) platforms(ctx context.Context) (map[string]fleet.PublicKey, error) {
	to := map[string]fleet.PublicKey{}
	err := w.DB.Call(ctx, "platforms", `SELECT name, public_key FROM miandan.platforms()`, nil, func(r pgx.Rows) error {
		var name string
		var key []byte
		err := r.Scan(&name, &key)
		to[name] = key
		return err
	})
	return to, err
}

// sealOrder seals an order, with its waybill if it has one, for the platform
// stations.
func sealOrder(o order.Order, bill *waybill.Waybill, to map[string]fleet.PublicKey) (fleet.Sealed, error) {
	var plain []byte
	var err error
	if bill == nil {
		plain, err = ledger.PackOrder(o)
	} else {
		plain, err = ledger.Pack(o, *bill)
	}
	if err != nil {
		return fleet.Sealed{}, err
	}
	return fleet.Seal(plain, place(o.Key), to)
}

// sealBill seals an order with its waybill, as the database's functions take it: the
// data in base64, the wraps as JSON.
func (w *worker) sealBill(ctx context.Context, o order.Order, bill waybill.Waybill) (data, wraps string, err error) {
	to, err := w.platforms(ctx)
	if err != nil {
		return "", "", err
	}
	s, err := sealOrder(o, &bill, to)
	if err != nil {
		return "", "", err
	}
	b, err := json.Marshal(s.Wraps)
	return base64.StdEncoding.EncodeToString(s.Data), string(b), err
}

// openOrder opens an order. A wrap that is missing is one that is still to be made
// for this station.
func (w *worker) openOrder(data, wrap []byte, key order.Key) (order.Order, []byte, error) {
	if wrap == nil {
		return order.Order{}, nil, errNotWrapped
	}
	plain, err := w.DB.Unseal(data, wrap, place(key))
	if err != nil {
		return order.Order{}, nil, err
	}
	o, err := ledger.UnpackOrder(plain, key)
	return o, plain, err
}

// errNotWrapped reports an order that a station with an older membership must wrap
// for this one first.
var errNotWrapped = errors.New("the order is not wrapped for this station yet")

// errNoContentKey reports that no other platform station has given this one the key
// of the content hashes yet.
var errNoContentKey = notice.New("fleet-not-ready", nil)

// keyPlace is what the key of the content hashes belongs to.
var keyPlace = fleet.Place{Order: order.Key{Source: "fleet", ID: "content-key"}}

// contentSeal is that key as one station has it.
type contentSeal struct{ Data, Wrap []byte }

// contentKey finds the key by which contents are compared, or makes it if this is
// the first platform station.
func (w *worker) contentKey(ctx context.Context) error {
	kept, err := w.keptContentKey(ctx)
	if err == nil && kept == nil {
		if err = w.firstContentKey(ctx); err == nil {
			kept, err = w.keptContentKey(ctx)
		}
	}
	switch {
	case err != nil:
		return err
	case kept == nil:
		return errNoContentKey
	}
	key, err := w.DB.Unseal(kept.Data, kept.Wrap, keyPlace)
	if err != nil {
		return fmt.Errorf("content key: %w", err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.content = key
	return nil
}

func (w *worker) keptContentKey(ctx context.Context) (*contentSeal, error) {
	var b []byte
	err := w.DB.Call(ctx, "content key", `SELECT miandan.content_key()`, nil, func(r pgx.Rows) error { return r.Scan(&b) })
	if err != nil || b == nil {
		return nil, err
	}
	var kept contentSeal
	return &kept, json.Unmarshal(b, &kept)
}

func (w *worker) firstContentKey(ctx context.Context) error {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	b, err := w.contentFor(ctx, key, w.DB.Name())
	if err != nil {
		return err
	}
	return w.DB.Call(ctx, "content key", `SELECT miandan.content_key_first($1)`, []any{b}, nil)
}

func (w *worker) contentFor(ctx context.Context, key []byte, station string) ([]byte, error) {
	all, err := w.platforms(ctx)
	if err != nil {
		return nil, err
	}
	s, err := fleet.Seal(key, keyPlace, map[string]fleet.PublicKey{station: all[station]})
	if err != nil {
		return nil, err
	}
	return json.Marshal(contentSeal{s.Data, s.Wraps[station]})
}

// contentOf is what makes an order the same order.
func (w *worker) contentOf(o order.Order) []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return ledger.Content(w.content, o)
}
