package folder

import (
	"path/filepath"
	"testing"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/order"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// TestWithTheLedger: the real one knows an order that comes again, takes a
// change, and withdraws what a later file has cancelled.
func TestWithTheLedger(t *testing.T) {
	t.Setenv(seal.KeysEnv, filepath.Join(t.TempDir(), "keys"))
	data := t.TempDir()
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := seal.Open(keys, data, false)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), data)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s := newStation(t)
	l := ledger.New(db, sealer, func() time.Time { return s.now })
	poll := func() (verdicts []ledger.Verdict) {
		t.Helper()
		after, err := l.Cursor(t.Context(), s.Name)
		if err != nil {
			t.Fatal(err)
		}
		orders, cursor, err := s.Orders(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range orders {
			v, err := l.Accept(t.Context(), o, ledger.Plan{Issuer: "wujie/ZTO", Refusal: o.NumberAsked()})
			if err != nil {
				t.Fatal(err)
			}
			verdicts = append(verdicts, v)
		}
		if err := l.Advance(t.Context(), s.Name, cursor); err != nil {
			t.Fatal(err)
		}
		s.now = s.now.Add(30 * time.Second)
		return verdicts
	}
	poll()
	key := order.Key{Source: s.Name, ID: "A1"}
	const begin = "订单号,收件人,手机,地址,付款时间,订单状态\n"
	for _, step := range []struct {
		name, row string
		verdict   ledger.Verdict
		state     ledger.OrderState
	}{
		{"new", "A1,演示张三,13800001234,演示路1号,2026-11-23,待发货\n", ledger.Fresh, ledger.Accepted},
		{"the same file", "A1,演示张三,13800001234,演示路1号,2026-11-23,待发货\n", ledger.Same, ledger.Accepted},
		{"the same order in another form", "A1,演示张三,138-0000-1234,\"演示路1号\",2026/11/23,\n", ledger.Same, ledger.Accepted},
		{"another address", "A1,演示张三,13800001234,演示路2号,2026-11-23,\n", ledger.Replaced, ledger.Accepted},
		{"cancelled", "A1,,,,,已取消\n", ledger.Withdrawn, ledger.Skipped},
	} {
		s.put("a.csv", []byte(begin+step.row))
		verdicts := poll()
		poll()
		_, state, err := l.Order(t.Context(), key)
		if err != nil || len(verdicts) != 1 || verdicts[0] != step.verdict || state != step.state {
			t.Errorf("%s: %v and the order is %s, %v; want %s, %s", step.name, verdicts, state, err, step.verdict, step.state)
		}
	}
	if left := len(s.files(".")) + len(s.files(taking)) + len(s.files(done)) + len(s.files(failed)); left > 0 {
		t.Errorf("%d files are left", left)
	}
}
