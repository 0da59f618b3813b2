package dispatch

import (
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/templates/pii"
	"miandan/templates/waybill"
)

func TestANumberOfACarrierThatIsGoneIsNotGivenBack(t *testing.T) {
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
	defer db.Close()
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

	s := &Station{Ledger: l, Log: slog.New(slog.DiscardHandler), Say: func(*notice.Error) {}}
	if err := s.tellNext(ctx); err != nil && !errors.Is(err, ledger.ErrNothing) {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if m, err := l.NextMessage(ctx); err != nil || m.What != "cancel" {
		t.Errorf("NextMessage = %+v, %v; the number counts as given back, and nobody was asked", m, err)
	}
}
