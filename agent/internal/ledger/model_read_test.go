package ledger

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"

	"miandan/printer"
)

// book reads the tables as the model's book.
func (d *real) book() book {
	d.tallied()
	d.t.Helper()
	var b book
	var state, number, ring string
	var content []byte
	var numbered bool
	err := d.query(`SELECT state, content, read_at = 0, key IS NOT NULL, waybill, labelled AND waybill <> '', alarm, doubted, deleted_at > 0 FROM orders`).QueryRow().
		Scan(&state, &content, &b.Stale, &b.Data, &number, &numbered, &ring, &b.Doubted, &b.Deleted)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		d.t.Fatal(err)
	}
	b.Order = named1(d.t, state, cancelled)
	if b.Deleted {
		b.Stale = false // it is read again by nobody
	}
	if bytes.Equal(content, d.contents[1]) {
		b.Content = 1
	}
	b.Number, b.Labelled = lastDigit(number), numbered
	b.Alarm = map[string]alarm{"": quiet, "order-changed-too-late": changedTooLate, "order-cancelled-too-late": cancelledTooLate}[ring]
	d.each(`SELECT waybill, what, done_at > 0 FROM outbox`, func(scan func(...any)) {
		var what string
		var done uint8
		scan(&number, &what, &done)
		if what == "cancel" {
			b.Back[lastDigit(number)-1] = 1 + done
		} else if lastDigit(number) == b.Number {
			b.Shipped = true
		}
	})
	d.ids = [labels]int64{}
	d.each(`SELECT id, waybill, parcel, state, printer, copy, attempt, scanned_at > 0 FROM labels ORDER BY id`, func(scan func(...any)) {
		var id int64
		var parcel int
		var at string
		var e entry
		scan(&id, &number, &parcel, &state, &at, &e.Copy, &e.Tries, &e.Scanned)
		e.State, e.Printer = named1(d.t, state, superseded), lastDigit(at)
		slot := d.slots(lastDigit(number))[parcel]
		b.Labels[slot], d.ids[slot] = e, id
	})
	d.each(`SELECT label_id, n, state, mark FROM attempts ORDER BY label_id, n`, func(scan func(...any)) {
		var id int64
		var n int
		var mark string
		scan(&id, &n, &state, &mark)
		for slot, has := range d.ids {
			if has == id {
				b.Labels[slot].Tried[n-1] = named1(d.t, state, superseded)
				b.Labels[slot].Mark = d.mark(mark)
			}
		}
	})
	d.each(`SELECT name, value FROM meta WHERE name IN ('mark', 'restored')`, func(scan func(...any)) {
		var name string
		var n int64
		scan(&name, &n)
		if name == "restored" {
			b.Lost = true
		} else {
			b.Marks = d.counted(n)
		}
	})
	return b
}

// life is where process IDs began anew, far from those that the database which is
// no more may have used.
type life struct {
	real  int64
	model uint8
}

// markLeap is the least that a restored copy leaves out.
const markLeap = 1_000_000

// counted is a process ID in the model.
func (d *real) counted(n int64) uint8 {
	for _, l := range d.lives {
		if n >= l.real && n < l.real+lives {
			return l.model + uint8(n-l.real)
		}
	}
	d.t.Fatalf("process ID %d is none that the model knows", n)
	return 0
}

// begins notes that process IDs begin anew.
func (d *real) begins(before, after int64) {
	d.t.Helper()
	if after < before+markLeap {
		d.t.Errorf("process IDs go on at %d after a restored copy that was at %d", after, before)
	}
	d.lives = append(d.lives, life{after, d.counted(before) + lives})
}

func (d *real) lastMark() (n int64) {
	d.each(`SELECT value FROM meta WHERE name = 'mark'`, func(scan func(...any)) { scan(&n) })
	return n
}

func (d *real) mark(text string) uint8 {
	for _, l := range d.lives {
		for n := range int64(lives) {
			if printer.MarkAt(uint64(l.real+n)).String() == text {
				return l.model + uint8(n)
			}
		}
	}
	d.t.Fatalf("process ID %s is none that the model knows", text)
	return 0
}

// query is prepared once: the books are read some ten thousand times.
func (d *real) query(text string) *sql.Stmt {
	d.t.Helper()
	if d.queries == nil {
		d.queries = map[string]*sql.Stmt{}
	}
	if d.queries[text] == nil {
		stmt, err := d.db.Read.Prepare(text)
		d.do(err)
		d.queries[text] = stmt
	}
	return d.queries[text]
}

func (d *real) each(query string, row func(scan func(...any))) {
	d.t.Helper()
	rows, err := d.query(query).Query()
	d.do(err)
	defer rows.Close()
	for rows.Next() {
		row(func(into ...any) { d.t.Helper(); d.do(rows.Scan(into...)) })
	}
	d.do(rows.Err())
}

// named1 is the model's state of that name.
func named1[S interface {
	~uint8
	fmt.Stringer
}](t *testing.T, name string, last S) S {
	t.Helper()
	for s := range last + 1 {
		if s.String() == name {
			return s
		}
	}
	t.Fatalf("the model knows no state %q", name)
	return 0
}

func lastDigit(s string) uint8 {
	if s == "" {
		return 0
	}
	return s[len(s)-1] - '0'
}

// tables are all that is on disk of orders and labels, and how long the audit is.
func (d *real) tables() string {
	var s strings.Builder
	for _, table := range kept {
		columns := d.columns(table)
		d.each(`SELECT `+columns+` FROM `+table, func(scan func(...any)) {
			values := make([]any, 1+strings.Count(columns, ","))
			into := make([]any, len(values))
			for i := range values {
				into[i] = &values[i]
			}
			scan(into...)
			fmt.Fprintln(&s, table, values)
		})
	}
	d.each(`SELECT count(*) FROM audit`, func(scan func(...any)) {
		var n int
		scan(&n)
		fmt.Fprintln(&s, "audit", n)
	})
	return s.String()
}

var kept = []string{"orders", "labels", "attempts", "outbox", "meta"}
