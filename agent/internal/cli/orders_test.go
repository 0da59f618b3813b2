package cli

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/privacy"
)

func TestTheListOfOrders(t *testing.T) {
	var out bytes.Buffer
	c := &command{Environment: Environment{Out: &out}}
	rows := []api.Row{
		{Order: "1004200021", State: api.Refused, Left: -3000, Deadline: time.Now(), Refusal: &api.Refusal{Message: "No rule.", Action: api.Fix},
			Lateness: &api.Lateness{Message: "It is late."}, Cautions: []api.Refusal{{Message: "No goods."}, {Message: "Later issues."}}},
		{Order: "22", State: api.Waiting, Left: 8*3600 + 59, Deadline: time.Now()},
		{Order: "23", State: api.Waiting},
	}
	if err := c.listOrders(rows); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	for i, want := range []string{"LEFT", "-50m ", "  It is late.", "  No rule. (change the settings)", "  No goods.", "  Later issues.", "8h0m ", "- "} {
		if i >= len(lines) || !strings.HasPrefix(lines[i], want) {
			t.Fatalf("line %d does not begin %q:\n%s", i, want, out.String())
		}
	}
	if at := strings.Index(lines[0], "ORDER"); !strings.HasPrefix(lines[1][at:], "1004200021") || !strings.HasPrefix(lines[6][at:], "22 ") {
		t.Errorf("the columns are crooked:\n%s", out.String())
	}
}

func TestWithoutANumberRevealFails(t *testing.T) {
	var out, errs bytes.Buffer
	c := &command{Environment: Environment{Out: &out, Err: &errs}}
	r := api.Revealed{Name: "张三", Address: "演示路1号", Call: &privacy.Call{Tel: "tel:1", SMSBegin: "#4740#", SMS: "sms:1"}, Dial: "dial 1"}
	if err := c.showReceiver(r); err != nil || !strings.Contains(out.String(), "tel:1") || !strings.Contains(out.String(), "#4740#") || errs.Len() > 0 {
		t.Errorf("with a number: %v, %q, %q", err, out.String(), errs.String())
	}
	r.Call, r.Refusal = nil, &api.Refusal{Message: "None."}
	if err := c.showReceiver(r); !errors.Is(err, errSaid) || errs.String() != "None.\n" {
		t.Errorf("without: %v, %q", err, errs.String())
	}
}
