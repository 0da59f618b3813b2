package app_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
)

// handed is an order as a program writes it.
func handed(id, name, more string) string {
	return fmt.Sprintf(`{"id":%q,"receiver":{"name":%q,"phone":"13800001234","address":"浙江省杭州市西湖区演示路1号"},"items":[{"name":"茶"}]%s}`, id, name, more)
}

func (s *station) add(t *testing.T, orders ...string) []api.Added {
	t.Helper()
	path, err := host.SocketPath(s.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	added, err := api.Local(path, notice.English).AddOrders(t.Context(), []byte("["+strings.Join(orders, ",")+"]"))
	if err != nil || len(added) != len(orders) {
		t.Fatalf("%d of %d orders, %v", len(added), len(orders), err)
	}
	return added
}

func verdicts(added []api.Added) (list []string) {
	for _, a := range added {
		v := string(a.Verdict) + " " + string(a.State)
		if a.Refusal != nil {
			v += " " + string(a.Refusal.Code)
		}
		list = append(list, v)
	}
	return list
}

func (s *station) handedIn(t *testing.T) map[string]ledger.Row {
	t.Helper()
	rows := map[string]ledger.Row{}
	for _, r := range s.rows(t) {
		if r.Order.Source == "api" {
			rows[r.Order.ID] = r
		}
	}
	return rows
}

// Orders that are handed in are the same orders over a restart, change while they
// may, print when they are asked for, and alarm somebody when it is too late.
func TestHandedInOrders(t *testing.T) {
	s := open(t, 0, func(c string) string {
		c = strings.Replace(c, "auto = true", "auto = false", 1)
		return strings.Replace(c, "[[route]]", "[[route]]\nwhen = { source = \"api\" }\ncarrier = \"wujie/ZTO\"\n\n[[route]]", 1)
	})
	expect := func(added []api.Added, want ...string) {
		t.Helper()
		if got := verdicts(added); !slices.Equal(got, want) {
			t.Errorf("the verdicts are %q, want %q", got, want)
		}
	}
	short := strings.Replace(handed("A-3", "演示丙", ""), "演示路1号", "", 1)
	expect(s.add(t, handed("A-1", "演示甲", ""), handed("A-2", "演示乙", `,"after_sales":true`), short, `{"id":"A-4","state":"cancelled"}`),
		"new waiting", "new waiting", "new refused address-region-only", "new cancelled order-cancelled")
	expect(s.add(t, handed("A-1", "演示甲", ""), handed("A-2", "演示丁", `,"after_sales":true`), handed("A-3", "演示丙", "")),
		"same waiting", "replaced waiting", "replaced waiting")
	s.stop()
	s.start(t)
	expect(s.add(t, handed("A-1", "演示甲", ""), handed("A-2", "演示丁", `,"after_sales":true`), handed("A-2", "演示丁", `,"state":"cancelled"`), handed("A-2", "演示丁", "")),
		"same waiting", "same waiting", "withdrawn cancelled order-cancelled", "replaced waiting")
	o, _, err := s.Ledger.Order(t.Context(), order.Key{Source: "api", ID: "A-2"})
	if err != nil || o.Receiver.Name.Reveal() != "演示丁" {
		t.Errorf("the order goes to %s, %v", o.Receiver.Name.Reveal(), err)
	}

	path, err := host.SocketPath(s.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	agent := api.Local(path, notice.English)
	taken, err := agent.Print(t.Context(), []string{"A-1", "A-9"}, "root")
	if err != nil || taken[0].Refusal != nil || taken[0].State != api.Waiting || taken[1].Refusal == nil || taken[1].Refusal.Code != "order-not-found" {
		t.Fatalf("print: %+v, %v", taken, err)
	}
	for deadline := time.Now().Add(time.Minute); s.handedIn(t)["A-1"].Label != ledger.Confirmed; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the order is %+v", s.handedIn(t)["A-1"])
		}
	}
	if r := s.handedIn(t)["A-1"]; r.Carrier != "ZTO" {
		t.Errorf("the route gave it to %s", r.Carrier)
	}
	expect(s.add(t, handed("A-1", "演示甲", "")), "same done")
	expect(s.add(t, handed("A-1", "演示戊", "")), "too-late done order-changed-too-late")
	s.stop()
	s.start(t)
	expect(s.add(t, handed("A-1", "演示甲", "")), "same done order-changed-too-late")
	if err := agent.Resolve(t.Context(), api.Resolution{Label: "A-1", Answer: api.Seen}); err != nil {
		t.Errorf("seen to: %v", err)
	}
	var p *api.Problem
	if err := agent.Resolve(t.Context(), api.Resolution{Label: "A-1", Answer: api.Seen}); !errors.As(err, &p) || p.Code != "alarm-none" {
		t.Errorf("seen to once more: %v", err)
	}
	expect(s.add(t, handed("A-1", "演示戊", "")), "same done order-changed-too-late")
	if r := s.handedIn(t)["A-1"]; !r.AlarmSeen {
		t.Errorf("what was seen to stands again: %+v", r)
	}
	expect(s.add(t, handed("A-1", "演示己", "")), "too-late done order-changed-too-late")
	if r := s.handedIn(t)["A-1"]; r.AlarmSeen {
		t.Error("another change counts as seen to")
	}
	if taken, err = agent.Print(t.Context(), []string{"A-1"}, "root"); err != nil || taken[0].Refusal == nil || taken[0].Refusal.Code != "order-printed" {
		t.Errorf("print again: %+v, %v", taken, err)
	}

	logs, err := filepath.Glob(filepath.Join(s.world.Data, "logs", "*"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, log := range logs {
		b, err := os.ReadFile(log)
		if err != nil {
			t.Fatal(err)
		}
		for _, person := range []string{"演示", "1380000", "西湖"} {
			if strings.Contains(string(b), person) {
				t.Errorf("%s says %s", log, person)
			}
		}
		if !strings.Contains(string(b), "A-2") {
			t.Errorf("%s says nothing of the orders", log)
		}
	}
}
