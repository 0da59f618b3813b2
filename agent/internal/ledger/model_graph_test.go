package ledger

import (
	"database/sql"
	"math/rand/v2"
	"testing"
	"time"

	"miandan/agent/internal/ledger/explore"
)

// snapshot is what the tables held when the ledger stood somewhere.
type snapshot map[string][][]any

func (d *real) save() snapshot {
	s := snapshot{}
	for _, table := range kept {
		rows, err := d.db.Read.Query(`SELECT ` + d.columns(table) + ` FROM ` + table)
		d.do(err)
		names, err := rows.Columns()
		d.do(err)
		for rows.Next() {
			values := make([]any, len(names))
			into := make([]any, len(values))
			for i := range values {
				into[i] = &values[i]
			}
			d.do(rows.Scan(into...))
			for i, v := range values {
				if b, ok := v.([]byte); ok && b == nil { // bytes, but none; written as it is read it would be NULL
					values[i] = []byte{}
				}
			}
			if table != "meta" || values[0] == "mark" || values[0] == "restored" { // starts and the audit are counted on
				s[table] = append(s[table], values)
			}
		}
		d.do(rows.Err())
		d.do(rows.Close())
	}
	return s
}

// columns are those that a row is written with; the others follow from them.
func (d *real) columns(table string) string {
	if d.names[table] == "" {
		var names string
		d.do(d.db.Read.QueryRow(`SELECT group_concat(name) FROM pragma_table_info(?)`, table).Scan(&names))
		if d.names == nil {
			d.names = map[string]string{}
		}
		d.names[table] = names
	}
	return d.names[table]
}

func (d *real) restore(s snapshot) {
	d.do(d.db.Tx(d.t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DELETE FROM outbox; DELETE FROM attempts; DELETE FROM labels; DELETE FROM orders; DELETE FROM meta WHERE name IN ('mark', 'restored')`); err != nil {
			return err
		}
		for _, table := range kept {
			for _, row := range s[table] {
				if _, err := tx.Exec(`INSERT INTO `+table+` (`+d.columns(table)+`) VALUES (`+placeholders(len(row))+`)`, row...); err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

// graph is the explored world as the ledger sees it: books, and the calls that
// were made of each. Papers, carriers and people are outside of it. Of the calls that
// lead where another one has led, it has a third, and with -model=full all.
type graph struct {
	books []book // by distance from the start
	calls map[book][]call
	ways  map[book][]string // the shortest
}

func (r rules) graph(t *testing.T) graph {
	g := graph{calls: map[book][]call{}, ways: map[book][]string{{}: nil}, books: []book{{}}}
	type edge struct {
		b book
		c call
	}
	seen := map[edge]bool{}
	sys := r.system("none of them")
	sys.Edges = append(sys.Edges, edgeCheck{Holds: func(from world, by event, _ world) string {
		if b := onDisk(from.Book); by.Call.What != "" && !seen[edge{b, by.Call}] {
			seen[edge{b, by.Call}] = true
			g.calls[b] = append(g.calls[b], by.Call)
		}
		return ""
	}})
	if _, err := explore.Run(sys); err != nil {
		t.Fatal(err)
	}
	seed := *walkSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("-model.seed=%d", seed)
	luck := rand.New(rand.NewPCG(seed, 0))
	for i := 0; i < len(g.books); i++ {
		b := g.books[i]
		way, calls := g.ways[b], []call(nil)
		for _, c := range g.calls[b] {
			to, _, _ := r.apply(b, c)
			to = onDisk(to)
			if _, found := g.ways[to]; !found {
				g.ways[to] = append(way[:len(way):len(way)], c.String())
				g.books = append(g.books, to)
			} else if *modelSize != "full" && luck.IntN(3) > 0 {
				continue
			}
			calls = append(calls, c)
		}
		g.calls[b] = calls
	}
	return g
}

// onDisk leaves out the oracle's own notes.
func onDisk(b book) book {
	for i := range b.Labels {
		b.Labels[i].Serial = 0
	}
	return b
}
