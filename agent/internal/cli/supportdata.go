package cli

import (
	"context"
	"database/sql"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"time"

	"miandan/agent/internal/audit"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
)

// look asks the database something, whether an agent is at work on it or not.
func (c *command) look(ctx context.Context, ask func(context.Context, *sql.DB) (any, error)) ([]byte, error) {
	db, err := store.OpenRead(ctx, c.data)
	if err != nil {
		return nil, readNotice(err, c.data)
	}
	defer db.Close()
	v, err := ask(ctx, db)
	if err != nil {
		return nil, readNotice(store.Explain(err), c.data)
	}
	return maskedJSON(v)
}

// tally is how many of one kind there are.
type tally struct {
	Of      string `json:"of"`
	State   string `json:"state"`
	Problem string `json:"problem,omitempty"`
	Count   int    `json:"count"`
}

// queueNow counts orders, labels and messages by where they stand and the code of
// what keeps them.
func queueNow(ctx context.Context, db *sql.DB) (any, error) {
	rows, err := db.QueryContext(ctx, `
		SELECT 'orders', state, problem, count(*) FROM orders GROUP BY 2, 3 UNION ALL
		SELECT 'alarms', '', alarm, count(*) FROM orders WHERE alarm <> '' GROUP BY 3 UNION ALL
		SELECT 'labels', state, problem, count(*) FROM labels GROUP BY 2, 3 UNION ALL
		SELECT 'messages', iif(done_at > 0, 'done', 'waiting') || ' ' || what, problem, count(*) FROM outbox GROUP BY 2, 3`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	all := []tally{}
	for rows.Next() {
		var t tally
		if err := rows.Scan(&t.Of, &t.State, &t.Problem, &t.Count); err != nil {
			return nil, err
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// timing is how long the last labels of a printer took, in milliseconds.
type timing struct {
	Printer string             `json:"printer"`
	Labels  int                `json:"labels"`
	Half    map[string]float64 `json:"half_took_at_most_ms"`
	Most    map[string]float64 `json:"of_100_99_took_at_most_ms"`
}

func timings(ctx context.Context, db *sql.DB) (any, error) {
	rows, err := db.QueryContext(ctx, `SELECT printer, timing FROM attempts WHERE timing <> '' ORDER BY intent_at DESC LIMIT 1000`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	took := map[string]map[string][]float64{}
	for rows.Next() {
		var (
			printer, text string
			t             ledger.Timing
		)
		if err := rows.Scan(&printer, &text); err != nil {
			return nil, err
		}
		if json.Unmarshal([]byte(text), &t) != nil {
			continue
		}
		if took[printer] == nil {
			took[printer] = map[string][]float64{}
		}
		for step, d := range map[string]time.Duration{"compose": t.Compose, "render": t.Render, "send": t.Send} {
			took[printer][step] = append(took[printer][step], float64(d.Microseconds())/1000)
		}
	}
	all := []timing{}
	for printer, steps := range took {
		t := timing{Printer: printer, Half: map[string]float64{}, Most: map[string]float64{}}
		for step, list := range steps {
			slices.Sort(list)
			t.Labels, t.Half[step], t.Most[step] = len(list), list[len(list)/2], list[len(list)*99/100]
		}
		all = append(all, t)
	}
	return all, rows.Err()
}

// auditSummary counts the records of each kind; who did what and why stays here.
func (c *command) auditSummary(ctx context.Context) ([]byte, error) {
	report, err := c.verifyAudit(ctx)
	if err != nil {
		return nil, err
	}
	db, err := store.OpenRead(ctx, c.data)
	if err != nil {
		return nil, readNotice(err, c.data)
	}
	defer db.Close()
	records, err := audit.List(db, time.Time{}, "")
	if err != nil {
		return nil, readNotice(store.Explain(err), c.data)
	}
	kinds := map[string]int{}
	for _, r := range records {
		kinds[r.What]++
	}
	return maskedJSON(map[string]any{"verified": report, "says": auditSentence(report, notice.English), "kinds": kinds})
}

// databaseShape tells the sizes of the database. It says as much as it can of
// one that is damaged.
func (c *command) databaseShape(ctx context.Context) ([]byte, error) {
	shape := map[string]any{}
	for _, name := range []string{store.FileName, store.FileName + "-wal", store.FileName + "-shm", seal.ProofFile} {
		if info, err := os.Stat(filepath.Join(c.data, name)); err == nil {
			shape[name] = map[string]any{"bytes": info.Size(), "changed": info.ModTime().Format(time.RFC3339), "mode": info.Mode().String()}
		}
	}
	db, err := store.OpenRead(ctx, c.data)
	if err != nil {
		shape["says"], shape["error"] = c.sentence(readNotice(err, c.data)), err.Error()
		return maskedJSON(shape)
	}
	defer db.Close()
	for _, pragma := range []string{"user_version", "page_count", "page_size", "freelist_count", "journal_mode", "quick_check(5)"} {
		var v any
		if err := db.QueryRowContext(ctx, "PRAGMA "+pragma).Scan(&v); err != nil {
			v = err.Error()
		}
		shape[pragma] = v
	}
	rows := map[string]any{}
	for _, table := range []string{"orders", "labels", "attempts", "outbox", "audit", "settings", "meta"} {
		var n int64
		if err := db.QueryRowContext(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			rows[table] = err.Error()
			continue
		}
		rows[table] = n
	}
	shape["rows"] = rows
	return maskedJSON(shape)
}
