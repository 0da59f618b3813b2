package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// BeatEvery is how often a station says that it is alive.
const BeatEvery = 5 * time.Second

// Beat says that this station is alive. Whoever is silent for half a minute, by the
// database's clock, loses what it has claimed and not started.
//
// What the answer says of Memory must be on disk before it is believed: a database
// that knows less than a station remembers is an old copy. The first station that
// says so turns everything that has not ended into a person's question, since what
// the copy calls queued may lie on paper.
func (d *DB) Beat(ctx context.Context, r Report) (Beaten, error) {
	d.learn(r.Memory)
	memory := d.Remembers()
	printers, err := json.Marshal(r.Printers)
	if err != nil {
		return Beaten{}, fmt.Errorf("beat: %w", err)
	}
	if r.Printers == nil {
		printers = []byte("[]")
	}
	ids, epochs := split(r.Holds)
	var text []byte
	err = d.ask(ctx, "beat", `SELECT miandan.beat($1, $2, $3, $4, $5, $6)`,
		[]any{string(printers), ids, epochs, memory.Generation, memory.Starts, memory.Mark}, func(rows pgx.Rows) error { return rows.Scan(&text) })
	if err != nil {
		return Beaten{}, err
	}
	var said struct {
		Now       time.Time  `json:"now"`
		Back      [][2]int64 `json:"back"`
		Void      [][2]int64 `json:"void"`
		Deletions int64      `json:"deletions"`
		Memory
		Restored   bool       `json:"restored"`
		Offline    int        `json:"offline"`
		Dead       int        `json:"dead"` // seconds
		Durability Durability `json:"durability"`
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return Beaten{}, fmt.Errorf("beat: %w", err)
	}
	d.learn(said.Memory)
	return Beaten{Now: said.Now, Back: refs(said.Back), Void: refs(said.Void), Deletions: said.Deletions, Memory: d.Remembers(),
		Restored: said.Restored, Offline: said.Offline, Dead: time.Duration(said.Dead) * time.Second, Durability: said.Durability}, nil
}

// Durability says what a commit is worth now.
func (d *DB) Durability(ctx context.Context) (Durability, error) {
	var text []byte
	err := d.ask(ctx, "durability", `SELECT miandan.durability()`, nil, func(rows pgx.Rows) error { return rows.Scan(&text) })
	if err != nil {
		return Durability{}, err
	}
	var dur Durability
	if err := json.Unmarshal(text, &dur); err != nil {
		return Durability{}, fmt.Errorf("durability: %w", err)
	}
	return dur, nil
}

// Remembers returns what this station must keep of the database.
func (d *DB) Remembers() Memory {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.memory
}

func (d *DB) learn(m Memory) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if m.after(d.memory) {
		d.memory = m
	}
}

// remember tells a server that has just begun its life what this station remembers.
func (d *DB) remember(ctx context.Context) error {
	m := d.Remembers()
	return d.once(ctx, "remember", `SELECT miandan.remember($1, $2, $3)`, []any{m.Generation, m.Starts, m.Mark}, nil)
}

func refs(pairs [][2]int64) []Ref {
	var list []Ref
	for _, p := range pairs {
		list = append(list, Ref{p[0], p[1]})
	}
	return list
}
