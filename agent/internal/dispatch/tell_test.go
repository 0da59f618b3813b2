package dispatch

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// withdrawn returns a ledger with an order that was cancelled after it had got a
// number, and its clock.
func withdrawn(t *testing.T) (*ledger.Ledger, order.Key, *time.Time) {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	keys, err := seal.OpenKeystore(dir)
	must(err)
	sealer, err := seal.Open(keys, dir, false)
	must(err)
	db, err := store.Open(ctx, dir)
	must(err)
	t.Cleanup(func() { db.Close() })
	now := time.Now()
	l := ledger.New(db, sealer, func() time.Time { return now })
	_, err = l.Recover(ctx)
	must(err)

	plan := ledger.Plan{Issuer: "wujie/ZTO", Wanted: true}
	o := order.Order{
		Key: order.Key{Source: "jd", ID: "1"}, State: order.ToShip, PhoneKind: waybill.PhoneReal, PaidAt: now, ReadAt: now,
		Receiver: waybill.Party{Name: pii.NewName("张三"), Phone: pii.NewPhone("13800000001"), Address: pii.NewAddress(pii.Region{}, "演示路1号")},
	}
	_, err = l.Accept(ctx, o, plan)
	must(err)
	n, err := l.Next(ctx)
	must(err)
	must(l.Issuing(ctx, n))
	must(l.Issued(ctx, o.Key, waybill.Waybill{Carrier: "ZTO", Number: "731"}, 0))
	o.State, plan.Refusal = order.Cancelled, "order-cancelled"
	_, err = l.Accept(ctx, o, plan)
	must(err)
	return l, o.Key, &now
}

func TestANumberOfACarrierThatIsGoneIsNotGivenBack(t *testing.T) {
	ctx := t.Context()
	l, _, now := withdrawn(t)
	s := &Station{Ledger: l, Log: slog.New(slog.DiscardHandler), Say: func(*notice.Error) {}}
	if err := s.tellNext(ctx); err != nil && !errors.Is(err, ledger.ErrNothing) {
		t.Fatal(err)
	}
	*now = now.Add(time.Hour)
	if m, err := l.NextMessage(ctx); err != nil || m.What != "cancel" {
		t.Errorf("NextMessage = %+v, %v; the number counts as given back, and nobody was asked", m, err)
	}
}

// keeper is a carrier that takes no number back, and says whose it is.
type keeper struct{ carrier.Issuer }

func (keeper) Cancel(_ context.Context, n waybill.Number) error {
	return carrier.NotTaken(n, "张三（演示路1号）的订单已揽收")
}

func TestACarrierThatKeepsANumberNamesNobody(t *testing.T) {
	l, key, _ := withdrawn(t)
	var said, logged strings.Builder
	s := &Station{Ledger: l, Log: slog.New(slog.NewTextHandler(&logged, nil)), Issuers: map[string]carrier.Issuer{"wujie/ZTO": keeper{}},
		Say: func(n *notice.Error) { fmt.Fprint(&said, n.Code, n, n.Text(notice.Chinese)) }}
	if err := s.tellNext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "cancel-refused") || !strings.Contains(said.String(), "731") || !strings.Contains(said.String(), "已揽收") {
		t.Errorf("said %s", said.String())
	}
	for _, private := range []string{"张三", "演示路"} {
		if strings.Contains(said.String()+logged.String(), private) {
			t.Errorf("%s of %s stands in %s, or in %s", private, key.ID, said.String(), logged.String())
		}
	}
}
