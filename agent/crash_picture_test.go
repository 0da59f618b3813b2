package main

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/store"
	"miandan/printer/bitmap"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// picture is what stands in the database at one moment. It is read in plain SQL
// from a copy of the files: the ledger's own code is what is being judged, and
// whoever opens a database mends it.
type picture struct {
	at       time.Time
	check    string // what SQLite says of the file
	boot     int64
	restored int64
	orders   map[int64]*pOrder
	labels   map[int64]*pLabel
	attempts []pAttempt // by label and number
	audit    []pAudit
	messages []pMessage
}

type pOrder struct {
	id                                int64
	platform, state, issuer           string
	waybill, alarm, problem           string
	purged, doubted, labelled, wanted bool
}

type pLabel struct {
	id, order              int64
	waybill, own, barcode  string
	state, printer         string
	parcel, copy, attempts int
	ended                  int64
}

type pAttempt struct {
	label           int64
	n, copy         int
	printer, mark   string
	state, evidence string
	baseline        string
	intent, settled int64
}

// follows is the process ID of the label that it was sent behind.
func (a pAttempt) follows() string {
	var b struct{ Follows string }
	// A baseline that does not read follows nothing.
	_ = json.Unmarshal([]byte(a.baseline), &b)
	return b.Follows
}

// method is what the evidence is.
func (a pAttempt) method() string {
	var e struct{ Method string }
	// Evidence that does not read is none.
	_ = json.Unmarshal([]byte(a.evidence), &e)
	return e.Method
}

type pAudit struct {
	id, at, order, label int64
	who, what, why       string
}

type pMessage struct {
	order         int64
	waybill, what string
	problem       string
	done          int64
}

// authorises reports whether a record lets a label be printed once more.
func (a pAudit) authorises() bool { return a.what == "reprint" || a.what == "resolved-not-printed" }

func (p *picture) ended(l *pLabel) bool { return ledger.LabelState(l.state).Ended() }

// labelsOf returns an order's labels by parcel.
func (p *picture) labelsOf(order int64) []*pLabel {
	var list []*pLabel
	for _, l := range p.labels {
		if l.order == order {
			list = append(list, l)
		}
	}
	slices.SortFunc(list, func(a, b *pLabel) int { return int(a.id - b.id) })
	return list
}

// databaseFiles are what a database is, while nobody has it open. The index of
// the WAL is made anew by whoever opens it.
var databaseFiles = []string{store.FileName, store.FileName + "-wal"}

// copyDatabase copies the files of a database that nobody has open.
func copyDatabase(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	for _, name := range databaseFiles {
		in, err := os.Open(filepath.Join(from, name))
		if errors.Is(err, fs.ErrNotExist) {
			if err := os.Remove(filepath.Join(to, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			continue
		}
		if err != nil {
			return err
		}
		out, err := os.OpenFile(filepath.Join(to, name), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
		if err == nil {
			_, err = io.Copy(out, in)
			err = errors.Join(err, out.Close())
		}
		if err := errors.Join(err, in.Close()); err != nil {
			return err
		}
	}
	err := os.Remove(filepath.Join(to, store.FileName+"-shm"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// take reads the database of an agent that is dead.
func take(data string) (*picture, error) {
	dir, err := os.MkdirTemp(filepath.Dir(data), "picture-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := copyDatabase(data, dir); err != nil {
		return nil, err
	}
	p := &picture{at: time.Now(), orders: map[int64]*pOrder{}, labels: map[int64]*pLabel{}}
	if !store.Exists(dir) {
		return p, nil
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, store.FileName))
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := db.QueryRow(`PRAGMA integrity_check(1)`).Scan(&p.check); err != nil {
		return nil, fmt.Errorf("the database cannot be checked: %w", err)
	}
	var made bool
	if err := db.QueryRow(`SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = 'orders')`).Scan(&made); err != nil || !made {
		return p, err
	}
	if err := p.read(db); err != nil && !strings.Contains(err.Error(), "no such column") { // it died before the schema was whole
		return nil, err
	}
	return p, nil
}

func (p *picture) read(db *sql.DB) error {
	if err := db.QueryRow(`SELECT coalesce((SELECT value FROM meta WHERE name='boot'),0), coalesce((SELECT value FROM meta WHERE name='restored'),0)`).Scan(&p.boot, &p.restored); err != nil {
		return err
	}
	return errors.Join(
		each(db, `SELECT id, platform_id, state, issuer, waybill, alarm, problem, key IS NULL, doubted, labelled, wanted FROM orders ORDER BY id`, func(scan scanner) error {
			o := &pOrder{}
			err := scan(&o.id, &o.platform, &o.state, &o.issuer, &o.waybill, &o.alarm, &o.problem, &o.purged, &o.doubted, &o.labelled, &o.wanted)
			p.orders[o.id] = o
			return err
		}),
		each(db, `SELECT id, order_id, waybill, own, barcode, state, printer, parcel, copy, attempt, ended_at FROM labels ORDER BY id`, func(scan scanner) error {
			l := &pLabel{}
			err := scan(&l.id, &l.order, &l.waybill, &l.own, &l.barcode, &l.state, &l.printer, &l.parcel, &l.copy, &l.attempts, &l.ended)
			p.labels[l.id] = l
			return err
		}),
		each(db, `SELECT label_id, n, copy, printer, mark, state, evidence, baseline, intent_at, settled_at FROM attempts ORDER BY label_id, n`, func(scan scanner) error {
			var a pAttempt
			err := scan(&a.label, &a.n, &a.copy, &a.printer, &a.mark, &a.state, &a.evidence, &a.baseline, &a.intent, &a.settled)
			p.attempts = append(p.attempts, a)
			return err
		}),
		each(db, `SELECT id, at, who, what, coalesce(order_id, 0), coalesce(label_id, 0), why FROM audit ORDER BY id`, func(scan scanner) error {
			var a pAudit
			err := scan(&a.id, &a.at, &a.who, &a.what, &a.order, &a.label, &a.why)
			p.audit = append(p.audit, a)
			return err
		}),
		each(db, `SELECT order_id, waybill, what, problem, done_at FROM outbox ORDER BY id`, func(scan scanner) error {
			var m pMessage
			err := scan(&m.order, &m.waybill, &m.what, &m.problem, &m.done)
			p.messages = append(p.messages, m)
			return err
		}))
}

type scanner func(...any) error

func each(db *sql.DB, query string, row func(scanner) error) error {
	rows, err := db.Query(query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// sheet is a piece of paper that came out of a printer, with the barcode that a
// reader finds on its dots.
type paper struct {
	bench   *bench
	barcode string
	whole   bool
	mark    string
	began   time.Time
	at      time.Time
	seq     int
	garbage bool
}

// papers reads what came out of the printers. Reading dots takes a while, so
// what was read before is kept.
type papers struct {
	mu   sync.Mutex
	read map[string]string
}

func (r *papers) of(b *bench) []paper {
	var list []paper
	for _, p := range b.printer.Prints() {
		q := paper{bench: b, whole: !p.Partial, mark: p.Mark, began: p.Began, at: p.At, seq: p.Seq, garbage: p.Garbage != "" && !ofAQuestion(p.Garbage)}
		if q.whole && p.Image != nil {
			q.barcode = r.barcode(fmt.Sprint(b.name, p.Seq), p.Image)
		}
		list = append(list, q)
	}
	return list
}

// ofAQuestion reports whether what a printer did not know may be the rest of a
// question of ours that a broken line or a power cut has halved. Printers of ZPL
// pass over it between two labels.
func ofAQuestion(garbage string) bool {
	return strings.Contains("~HQES~HS! U1 getvar \"odometer.total_label_count\"", garbage)
}

func (r *papers) barcode(key string, img *bitmap.Image) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read == nil {
		r.read = map[string]string{}
	}
	text, ok := r.read[key]
	if !ok {
		// Paper without a readable barcode is for the judge to see.
		text, _ = readInStrips(img)
		r.read[key] = text
	}
	return text
}

// readInStrips reads the main barcode of a label: the first from the top that
// reads.
func readInStrips(img *bitmap.Image) (string, error) {
	var last error
	for y := 0; y+160 <= img.Height; y += 40 {
		strip := bitmap.New(img.Width, 160)
		copy(strip.Bits, img.Bits[y*img.Stride:(y+160)*img.Stride])
		text, err := barcode.Read(strip, scene.Code128)
		if err == nil {
			return text, nil
		}
		last = err
	}
	return "", last
}
