package fleet_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
)

// These measure, and take minutes and gigabytes:
//
//	go test ./agent/internal/fleet -run TestManyStations -stations 200 -v
//	go test ./agent/internal/fleet -run TestLongHistory -rows 10000000 -v -timeout 60m
var (
	stationsFlag = flag.Int("stations", 0, "how many stations work at once in TestManyStations")
	labelsFlag   = flag.Int("labels", 20000, "how many labels they work")
	rowsFlag     = flag.Int("rows", 0, "rows of history in TestLongHistory")
)

// waiting fills the queue without sealing anything: what is measured never opens a label.
func waiting(t *testing.T, d *fleettest.Database, from, n int) {
	t.Helper()
	d.SQL(t, fmt.Sprintf(`INSERT INTO miandan.labels (source, order_id, parcel, waybill, template, paper, deadline, mover)
		SELECT 'size', 'o' || i, 0, 'JDX' || i, 'generic', '76x130', now() + interval '1 day' + i * interval '1 second', 'platform' FROM generate_series(%d, %d) i`, from+1, from+n),
		`ANALYZE miandan.labels`)
}

// TestManyStations is how many labels a second go from claimed to settled.
func TestManyStations(t *testing.T) {
	if *stationsFlag == 0 {
		t.Skip("needs -stations")
	}
	server := fleettest.Start(t)
	d := server.Database(t)
	d.Setting(t, "dead_after", "600")
	members := make([]*fleettest.Member, *stationsFlag)
	for i := range members {
		members[i] = d.Join(t, fleet.Station{Name: fmt.Sprintf("bench-%d", i+1), Zone: fmt.Sprintf("zone-%d", i%10)})
		c := members[i].Config
		c.Patience = time.Minute // of a busy machine it is not the question
		members[i].Close()
		members[i] = fleettest.Open(t, c)
		if _, err := members[i].Beat(t.Context(), fleet.Report{}); err != nil {
			t.Fatal(err)
		}
	}
	waiting(t, d, 0, *labelsFlag)
	var done atomic.Int64
	var all sync.WaitGroup
	var mu sync.Mutex
	var rounds []time.Duration
	began := time.Now()
	for _, m := range members {
		all.Go(func() {
			for {
				start := time.Now()
				n, err := round(t.Context(), m, 5)
				if err != nil {
					t.Errorf("%s: %v", m.Name(), err)
					return
				}
				if n == 0 {
					return
				}
				done.Add(int64(n))
				mu.Lock()
				rounds = append(rounds, time.Since(start))
				mu.Unlock()
			}
		})
	}
	all.Wait()
	took := time.Since(began)
	slices.Sort(rounds)
	t.Logf("%d stations, %d labels in %v: %.0f labels a second; a round of claim, lot and settle takes %v, the slowest of a hundred %v",
		len(members), done.Load(), took.Round(time.Millisecond), float64(done.Load())/took.Seconds(), rounds[len(rounds)/2].Round(time.Millisecond), rounds[len(rounds)*99/100].Round(time.Millisecond))
	if done.Load() != int64(*labelsFlag) {
		t.Errorf("%d labels were settled of %d", done.Load(), *labelsFlag)
	}
	if n := d.Value(t, `SELECT count(*) FROM miandan.labels WHERE state <> 'presumed' OR starts <> 1`); n != "0" {
		t.Errorf("%s labels are not settled after one start", n)
	}
}

// longPast writes labels that have ended in the last ninety days, with their records.
func longPast(t *testing.T, d *fleettest.Database, n int) {
	t.Helper()
	d.SQL(t, `SELECT miandan._months_ahead()`)
	for m := 2; m <= 3; m++ { // the months before the last, as they would have been made
		for _, table := range []string{"labels_past", "audit"} {
			d.SQL(t, fmt.Sprintf(`DO $$ DECLARE m timestamptz := date_trunc('month', now(), 'UTC') - interval '%d months'; BEGIN
				EXECUTE format('CREATE TABLE IF NOT EXISTS miandan.%%I PARTITION OF miandan.%s FOR VALUES FROM (%%L) TO (%%L)', '%s' || to_char(m AT TIME ZONE 'UTC', '_YYYY_MM'), m, m + interval '1 month'); END $$`, m, table, table))
		}
	}
	const at = 500_000
	for from := 0; from < n; from += at {
		to := min(from+at, n)
		d.SQL(t, fmt.Sprintf(`INSERT INTO miandan.labels_past (id, source, order_id, parcel, waybill, template, paper, state, station, epoch, printer, starts, ended, published, mover)
			SELECT -i, 'size', 'p' || i, 0, 'JDP' || i, 'generic', '76x130', 'confirmed', 'bench-1', 1, 'p', 1, now() - i * (interval '89 days' / %d), now() - interval '90 days', 'bench-1' FROM generate_series(%d, %d) i`, n, from+1, to),
			fmt.Sprintf(`INSERT INTO miandan.audit (at, kind, label_id, source, order_id, station, mover, epoch, from_state, to_state, copy)
			SELECT now() - i * (interval '89 days' / %d), 'move', -i, 'size', 'p' || i, 'bench-1', 'bench-1', 1, 'started', 'confirmed', 0 FROM generate_series(%d, %d) i`, n, from+1, to))
	}
	d.SQL(t, `ANALYZE miandan.labels_past`, `ANALYZE miandan.audit`, `CHECKPOINT`)
}

// TestLongHistory is what a label costs when there have been many, against few: claim,
// start and settle of one label at a time, in turns, by the processor time of the
// server's process for the station.
func TestLongHistory(t *testing.T) {
	if *rowsFlag == 0 {
		t.Skip("needs -rows")
	}
	server := fleettest.Start(t)
	few, many := server.Database(t), server.Database(t)
	const rounds, each = 30, 40
	member := map[*fleettest.Database]*fleettest.Member{}
	for d, n := range map[*fleettest.Database]int{few: 10_000, many: *rowsFlag} {
		began := time.Now()
		longPast(t, d, n)
		t.Logf("%d rows of history in %v, %s", n, time.Since(began).Round(time.Second), d.Value(t, `SELECT pg_size_pretty(pg_database_size(current_database()))`))
		d.Setting(t, "dead_after", "86400")
		member[d] = d.Join(t, fleet.Station{Name: "bench-1"})
		waiting(t, d, 0, rounds*each+1000)
	}
	work := func(d *fleettest.Database) {
		for range each {
			if n, err := round(t.Context(), member[d], 1); err != nil || n != 1 {
				t.Fatalf("%d labels, %v", n, err)
			}
		}
	}
	before := map[*fleettest.Database]time.Duration{}
	for i := range rounds + 1 {
		if i == 1 { // the first is to warm up
			before[few], before[many] = cpu(t, few), cpu(t, many)
		}
		order := []*fleettest.Database{few, many}
		if i%2 == 1 {
			slices.Reverse(order)
		}
		for _, d := range order {
			work(d)
		}
	}
	sum := func(d *fleettest.Database) time.Duration { return (cpu(t, d) - before[d]) / (rounds * each) }
	ratio := float64(sum(many)) / float64(sum(few))
	t.Logf("a label costs the server %v with 10,000 rows of history and %v with %d: %.2f times as much", sum(few), sum(many), *rowsFlag, ratio)
	if ratio > 1.3 {
		t.Errorf("%.2f times as much, want at most 1.3", ratio)
	}
}

// cpu is the processor time that the station's process at the server has used.
func cpu(t *testing.T, d *fleettest.Database) time.Duration {
	t.Helper()
	var total time.Duration
	for _, pid := range strings.Split(d.Value(t, `SELECT string_agg(pid::text, ',') FROM pg_stat_activity WHERE datname = current_database() AND usename LIKE 'station_%'`), ",") {
		b, err := os.ReadFile("/proc/" + pid + "/stat")
		if err != nil {
			t.Skip("needs Linux")
		}
		f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
		for _, ticks := range f[11:13] { // of a hundredth of a second: in user mode, in the kernel
			n, err := strconv.Atoi(ticks)
			if err != nil {
				t.Fatal(err)
			}
			total += time.Duration(n) * 10 * time.Millisecond
		}
	}
	return total
}
