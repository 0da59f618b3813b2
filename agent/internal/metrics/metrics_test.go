package metrics_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/metrics"
)

func serve(t *testing.T, r metrics.Reading) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- metrics.Serve(ctx, l, func(context.Context) metrics.Reading { return r }) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return "http://" + l.Addr().String() + "/metrics"
}

func get(t *testing.T, url string, change func(*http.Request)) (int, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	change(r)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a.StatusCode, string(b)
}

func TestWhatIsRead(t *testing.T) {
	alone := metrics.Reading{
		Database: true, Oldest: 90 * time.Second, Labels: map[string]int{"waiting": 3, "unknown": 1},
		Printers: []metrics.Printer{{Name: "left", Ready: true}, {Name: "right", Reason: "media-empty"}},
	}
	shared := alone
	shared.FleetUp, shared.Untold = true, 2
	shared.Fleet = &fleet.Room{
		Labels: map[string]int{"queued": 7}, Late: 4, StuckMore: 1, Stuck: make([]fleet.RoomLabel, 2),
		Stations:   []fleet.RoomStation{{Name: "bench-1", Zone: "east", Alive: true, DoneHour: 12}, {Name: "bench-2"}},
		Durability: fleet.Durability{Why: "fleet-not-synchronous"},
	}
	away := shared
	away.FleetUp = false
	for _, test := range []struct {
		name    string
		reading metrics.Reading
		want    []string
		without string
	}{
		{"alone", alone, []string{
			`miandan_labels{state="waiting"} 3`, `miandan_labels{state="unknown"} 1`, `miandan_oldest_wait_seconds 90`, `miandan_database_up 1`,
			`miandan_printer_ready{printer="left",reason=""} 1`, `miandan_printer_ready{printer="right",reason="media-empty"} 0`, "miandan_goroutines",
		}, "fleet"},
		{"in a fleet", shared, []string{
			`miandan_fleet_up 1`, `miandan_fleet_labels{state="queued"} 7`, `miandan_fleet_labels_late 4`, `miandan_fleet_labels_stuck 3`, `miandan_fleet_untold 2`,
			`miandan_fleet_station_up{station="bench-1",zone="east"} 1`, `miandan_fleet_station_up{station="bench-2",zone=""} 0`,
			`miandan_fleet_station_labels_last_hour{station="bench-1"} 12`, `miandan_fleet_durable{reason="fleet-not-synchronous"} 0`,
		}, "nothing is without"},
		{"its database is away", away, []string{`miandan_fleet_up 0`, `miandan_fleet_untold 2`}, "miandan_fleet_labels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, body := get(t, serve(t, test.reading), func(*http.Request) {})
			if status != http.StatusOK {
				t.Fatalf("status %d", status)
			}
			for _, want := range test.want {
				if !strings.Contains(body, want) {
					t.Errorf("it does not say %s", want)
				}
			}
			if strings.Contains(body, test.without) {
				t.Errorf("it says %s", test.without)
			}
		})
	}
}

func TestOnlyAScraperIsAnswered(t *testing.T) {
	url := serve(t, metrics.Reading{})
	for name, change := range map[string]func(*http.Request){
		"a foreign name":         func(r *http.Request) { r.Host = "attacker.example" },
		"a page":                 func(r *http.Request) { r.Header.Set("Origin", "https://attacker.example") },
		"a page of this machine": func(r *http.Request) { r.Header.Set("Origin", url) },
	} {
		if status, body := get(t, url, change); status != http.StatusMisdirectedRequest || strings.Contains(body, "miandan_") {
			t.Errorf("%s is answered with %d", name, status)
		}
	}
	if a, err := http.Post(url, "text/plain", strings.NewReader("x")); err != nil || a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a POST is answered with %v, %v", a, err)
	}
}

// TestPrometheusReadsIt has Prometheus' own parser read names that are hard to write.
func TestPrometheusReadsIt(t *testing.T) {
	name := "左 \"1\" \\ \n{}, x=\"y\""
	_, body := get(t, serve(t, metrics.Reading{Database: true, Printers: []metrics.Printer{{Name: name, Ready: true}, {Name: "b\xffd"}}}), func(*http.Request) {})
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatalf("%v in\n%s", err, body)
	}
	var names []string
	for _, m := range families["miandan_printer_ready"].GetMetric() {
		names = append(names, m.GetLabel()[0].GetValue())
	}
	slices.Sort(names)
	if want := []string{"b\uFFFDd", name}; !slices.Equal(names, want) {
		t.Errorf("printers %q, want %q", names, want)
	}
	if families["miandan_heap_bytes"].GetMetric()[0].GetGauge().GetValue() <= 0 {
		t.Error("the agent takes no memory")
	}
}
