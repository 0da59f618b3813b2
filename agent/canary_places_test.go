package main

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"database/sql"
	"encoding/base64"
	"fmt"
	"image"
	"image/gif"
	"io"
	"io/fs"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"miandan/agent/internal/canary"
	"miandan/agent/internal/store"
	"miandan/printer"
	"miandan/printer/bitmap"
	"miandan/printer/cpcl"
	"miandan/printer/escpos"
	"miandan/printer/tspl"
	"miandan/printer/zpl"
)

// lawful is where people may be seen, what of them, and why. A place is a path
// below the aviary or what was heard, up to a star. Everything else is to name
// nobody.
var lawful = []struct {
	place  string
	fields []canary.Field // nil: all
	why    string
}{
	{"world/gateway*", nil, "the platform and the carriers know whom parcels go to; what the agent sends there is their address and nobody else's business"},
	{"world/printer*", nil, "paper: what the printer was sent is a label"},
	{"in/*", nil, "what a person handed over: the test wrote it"},
	{"keys/jd*", []canary.Field{canary.Secret}, "the key store keeps the secrets, and nothing of people"},
	{"keys/kek", []canary.Field{canary.Secret}, "and the key of all that is sealed"},
	{"out/reveal*", []canary.Field{canary.Name, canary.Street, canary.Room, canary.Virtual}, "a click shows name, address and virtual number, never the real one"},
	{"output of orders reveal", []canary.Field{canary.Name, canary.Street, canary.Room, canary.Virtual}, "the same, on the terminal of whoever asked"},
	{"out/virtual.csv", []canary.Field{canary.Name, canary.Street, canary.Room, canary.Virtual}, "the form of export that names people, for shops with the number package"},
	{"out/label.*", nil, "a label that was drawn because somebody asked for it as a file"},
}

// allowed reports whether a hit is where it may be.
func allowed(h canary.Hit) bool {
	for _, l := range lawful {
		prefix, open := strings.CutSuffix(l.place, "*")
		if (h.Where == l.place || open && strings.HasPrefix(h.Where, prefix)) && (l.fields == nil || slices.Contains(l.fields, h.Field)) {
			return true
		}
	}
	return false
}

// search looks through everything and reports who is where she may not be. It
// returns how many hits were lawful, by place.
func (a *aviary) search(when string) map[string]int {
	a.t.Helper()
	hits, size := a.hits()
	a.pictures(when)
	known, leaks := map[string]int{}, map[string]int{}
	for _, h := range hits {
		if allowed(h) {
			known[h.Where]++
			continue
		}
		// Of what leaks in the same way three are enough.
		kind := fmt.Sprintf("%s %s %s", h.Where, h.Field, h.Encoding)
		if leaks[kind]++; leaks[kind] <= 3 {
			a.t.Errorf("%s: LEAK in %v", when, h)
		}
	}
	a.t.Logf("%s: %.1f MB searched, %d hits, %d places where they are lawful, %d kinds of leak", when, float64(size)/1e6, len(hits), len(known), len(leaks))
	return known
}

// hits returns everybody who is found in any file, in what was heard, and in
// any value of the database.
func (a *aviary) hits() (hits []canary.Hit, size int64) {
	a.t.Helper()
	hits, size, err := a.scanner.Tree(a.dir, func(path string) bool {
		return path == "world/gateway" || path == "world/printer" || path == "world/component" // lawful, and large
	})
	a.must(err)
	a.mu.Lock()
	defer a.mu.Unlock()
	for where, b := range a.said {
		h, err := a.scanner.Bytes(where, b)
		a.must(err)
		hits, size = append(hits, h...), size+int64(len(b))
	}
	return append(hits, a.database()...), size
}

// plants puts people where they may not be, one into each place in a way in
// which that place would hold them, and wants each of them found: a search that
// finds nothing proves nothing unless it would have.
func (a *aviary) plants() {
	t := a.t
	t.Helper()
	n := 0
	want := map[string]string{} // field and person by place
	next := func(place string, f canary.Field) canary.Person {
		n++
		p := a.people[n%len(a.people)]
		want[place] = fmt.Sprintf("%s of %d", f, p.Index)
		return p
	}
	put := func(place string, b []byte) {
		t.Helper()
		f, err := os.OpenFile(filepath.Join(a.dir, filepath.FromSlash(place)), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		a.must(err)
		_, err = f.Write(b)
		a.must(err)
		a.must(f.Close())
	}
	packed := func(text string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, err := w.Write([]byte(text))
		a.must(err)
		a.must(w.Close())
		return b.Bytes()
	}
	put("world/data/logs/agent.log", fmt.Appendf(nil, "level=DEBUG body=%q\n", url.QueryEscape(next("world/data/logs/agent.log", canary.Name).Name)))
	put("world/data/logs/agent.log.1", packed(next("world/data/logs/agent.log.1", canary.Mobile).Mobile))
	put("tmp/label-123", []byte(next("tmp/label-123", canary.Street).Address))
	put("home/.cache", []byte(base64.StdEncoding.EncodeToString([]byte("x"+next("home/.cache", canary.Room).Address))))
	put("keys/jd.app_secret", []byte(next("keys/jd.app_secret", canary.Landline).Landline))
	put("out/masked.csv", []byte(next("out/masked.csv", canary.Virtual).Virtual))
	p := next("out/virtual.csv", canary.Mobile) // names are lawful there, real numbers are not
	put("out/virtual.csv", []byte(p.Mobile[:3]+" "+p.Mobile[3:7]+" "+p.Mobile[7:]))
	put("world/data/agent.lock", fmt.Appendf(nil, "%x", next("world/data/agent.lock", canary.Remark).Remark))
	put("world/data/key-check", fmt.Appendf(nil, "%X", a.secrets[0].Text))
	want["world/data/key-check"] = "secret of -1"
	for _, place := range []string{"arguments of print", "process cmdline", "process environ", "errors of run that crashed", "page events", "loopback from the agent's page", "output of orders list"} {
		a.heard(place, []byte("NAME="+next(place, canary.Name).Name))
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(a.world.Data, store.FileName))
	a.must(err)
	defer db.Close()
	p = next("database orders.problem_detail", canary.Room)
	want["world/data/miandan.db-wal"] = want["database orders.problem_detail"]
	_, err = db.Exec(`UPDATE orders SET problem_detail = ? WHERE id = (SELECT min(id) FROM orders)`, p.Address)
	a.must(err)

	hits, _ := a.hits()
	found := map[string]bool{}
	for _, h := range hits {
		if !allowed(h) {
			found[h.Where+" "+fmt.Sprintf("%s of %d", h.Field, h.Person)] = true
		}
	}
	for place, who := range want {
		if !found[place+" "+who] {
			t.Errorf("a leak was planted in %s (%s) and not seen", place, who)
		}
	}
	t.Logf("%d leaks planted", len(want))
}

// eachValue calls f with every text and blob of the database. It reads it as
// any program with the file could.
func (a *aviary) eachValue(f func(table, column string, value []byte)) {
	a.t.Helper()
	u := readOnly(a.world.Data)
	db, err := sql.Open("sqlite", u.String())
	a.must(err)
	defer db.Close()
	names, err := db.Query(`SELECT name FROM sqlite_schema WHERE type = 'table'`)
	a.must(err)
	var tables []string
	for names.Next() {
		var n string
		a.must(names.Scan(&n))
		tables = append(tables, n)
	}
	a.must(names.Err())
	for _, table := range tables {
		rows, err := db.Query(`SELECT * FROM "` + table + `"`)
		a.must(err)
		columns, err := rows.Columns()
		a.must(err)
		for rows.Next() {
			values := make([]sql.RawBytes, len(columns))
			into := make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			a.must(rows.Scan(into...))
			for i, v := range values {
				f(table, columns[i], v)
			}
		}
		a.must(rows.Err())
		a.must(rows.Close())
	}
}

// eachRow calls f with the first column of every row that a query gives.
func (a *aviary) eachRow(query string, f func([]byte)) {
	a.t.Helper()
	u := readOnly(a.world.Data)
	db, err := sql.Open("sqlite", u.String())
	a.must(err)
	defer db.Close()
	rows, err := db.Query(query)
	a.must(err)
	defer rows.Close()
	for rows.Next() {
		var b []byte
		a.must(rows.Scan(&b))
		f(b)
	}
	a.must(rows.Err())
}

// readOnly is how SQLite is told to open the database in a folder without changing it.
func readOnly(folder string) *url.URL {
	path := filepath.ToSlash(filepath.Join(folder, store.FileName))
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // before the letter of a drive, or it would be a host (sqlite.org/uri.html)
	}
	return &url.URL{Scheme: "file", Path: path, RawQuery: "mode=ro"}
}

// database searches the values of the database one by one. In the file a long
// value is cut into pages, and a name may be cut with it.
func (a *aviary) database() (hits []canary.Hit) {
	all := map[string][]byte{}
	a.eachValue(func(table, column string, v []byte) {
		where := "database " + table + "." + column
		all[where] = append(append(all[where], v...), '\n')
	})
	for where, b := range all {
		h, err := a.scanner.Bytes(where, b)
		if err != nil {
			a.t.Error(err)
		}
		hits = append(hits, h...)
	}
	return hits
}

// smallest is less than any picture of a label takes: 50 × 50 mm are 20,000
// dots' bytes, and half a page of them is still more than this.
const smallest = 2 << 10

// signatures begin files that hold pictures and pages, and printer languages. What is
// sealed is as good as random and holds any four bytes sooner or later: so what must
// stand behind them is looked at too.
var signatures = map[string]struct {
	mark string
	rest *regexp.Regexp // nil: the mark is long enough
}{
	"PNG":     {mark: "\x89PNG\r\n\x1a\n"},
	"PDF":     {mark: "%PDF-1."},
	"JPEG":    {mark: "\xff\xd8\xff\xe0\x00\x10JFIF"},
	"TIFF":    {"II*\x00", regexp.MustCompile(`(?s)^..[\x00-\x0f]\x00`)}, // its first directory is within 1 MB
	"GIF":     {"GIF8", regexp.MustCompile(`^[79]a`)},
	"ESC/POS": {"\x1dv0", regexp.MustCompile(`(?s)^[\x00-\x03].\x00.[\x00-\x0f]`)}, // of no head are there 256 bytes to a line, of no label 4,096 lines to a band
	"TSPL":    {mark: "BITMAP "},
	"ZPL":     {"^GFA", regexp.MustCompile(`^,\d+,\d+,\d+,`)},
	"CPCL":    {"\nCG ", regexp.MustCompile(`^\d+ \d+ `)},
}

// holds returns what of a picture bytes hold, and where.
func holds(b []byte) (what []string) {
	for name, s := range signatures {
		for at := 0; ; {
			i := bytes.Index(b[at:], []byte(s.mark))
			if i < 0 {
				break
			}
			if at += i + len(s.mark); s.rest == nil || s.rest.Match(b[at:]) {
				what = append(what, fmt.Sprintf("%s at byte %d", name, at-len(s.mark)))
				break
			}
		}
	}
	return what
}

// pictures looks for labels: they name people to everybody with eyes, and to no
// search for text. No file of the agent's may hold a picture, and no value of
// the database may be as large as one unless it is sealed.
func (a *aviary) pictures(when string) {
	a.t.Helper()
	err := filepath.WalkDir(a.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(a.dir, path)
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		rel = filepath.ToSlash(rel)
		if allowed(canary.Hit{Where: rel, Field: canary.Room}) || strings.HasPrefix(rel, "world/data/cache/") { // code, compiled
			return nil
		}
		b, err := os.ReadFile(path)
		for _, what := range holds(b) {
			a.t.Errorf("%s: %s holds %s", when, rel, what)
		}
		return err
	})
	if err != nil {
		a.t.Errorf("%s: %v", when, err)
	}
	sealed := 0
	a.eachValue(func(table, column string, v []byte) {
		if strings.HasPrefix(column, "sealed_") {
			if len(v) > 0 {
				sealed++
				if !looksSealed(v) {
					a.t.Errorf("%s: %s.%s is not sealed", when, table, column)
				}
			}
			return
		}
		if len(v) > smallest {
			a.t.Errorf("%s: %s.%s holds %d bytes that are not sealed", when, table, column, len(v))
		}
	})
	if sealed == 0 {
		a.t.Errorf("%s: nothing is sealed: the search proves nothing", when)
	}
}

// looksSealed reports whether bytes have the form of what package seal makes,
// and are as hard to compress as what it makes is.
func looksSealed(b []byte) bool {
	if len(b) < 29 || b[0] != 1 {
		return false
	}
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		return false
	}
	if _, err := w.Write(b); err != nil || w.Close() != nil {
		return false
	}
	return packed.Len() >= len(b)
}

// TestPicturesAreSeen: what draws labels makes what is looked for, and what is sealed,
// which is as good as random, is not taken for it.
func TestPicturesAreSeen(t *testing.T) {
	label := bitmap.New(608, 1040)
	label.FillRect(40, 40, 400, 600, true)
	seen := map[string]bool{}
	see := func(name string, b []byte) {
		t.Helper()
		for _, what := range holds(b) {
			kind, _, _ := strings.Cut(what, " ")
			seen[kind] = true
			if kind != name {
				t.Errorf("%s is taken for %s", name, what)
			}
		}
		if !seen[name] {
			t.Errorf("%s is not seen", name)
		}
	}
	for name, d := range map[string]printer.Driver{"ESC/POS": escpos.Driver{}, "TSPL": tspl.Driver{}, "ZPL": zpl.Driver{}, "CPCL": cpcl.Driver{}} {
		var b bytes.Buffer
		if err := d.Encode(&b, printer.Job{Image: label}); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		see(name, b.Bytes())
	}
	for name, encode := range map[string]func(io.Writer) error{
		"PNG":  label.EncodePNG,
		"GIF":  func(w io.Writer) error { return gif.Encode(w, image.NewGray(image.Rect(0, 0, 60, 40)), nil) },
		"TIFF": func(w io.Writer) error { return tiff.Encode(w, image.NewGray(image.Rect(0, 0, 60, 40)), nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		see(name, b.Bytes())
	}
	see("PDF", []byte("%PDF-1.3\n"))
	see("JPEG", []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"))
	sealed := make([]byte, 32<<20)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(sealed) // which never fails
	if what := holds(sealed); len(what) > 0 {
		t.Errorf("nothing but noise holds %v", what)
	}
}

// TestWhatIsLawful: the list lets through what it says and no more.
func TestWhatIsLawful(t *testing.T) {
	for _, l := range lawful {
		if l.why == "" {
			t.Errorf("%s stands on the list without a reason", l.place)
		}
	}
	for _, c := range []struct {
		where string
		field canary.Field
		want  bool
	}{
		{"world/gateway/journal", canary.Mobile, true},
		{"world/data/logs/agent.log", canary.Name, false},
		{"out/reveal.txt", canary.Virtual, true},
		{"out/reveal.txt", canary.Mobile, false},
		{"output of orders reveal", canary.Landline, false},
		{"errors of orders reveal", canary.Name, false},
		{"keys/jd.app_secret", canary.Secret, true},
		{"keys/jd.app_secret", canary.Name, false},
		{"keys/kek", canary.Name, false},
		{"keys/boot-count", canary.Secret, false},
		{"world/data/key-check", canary.Secret, false},
		{"out/masked.csv", canary.Name, false},
		{"database orders.problem_detail", canary.Street, false},
	} {
		if got := allowed(canary.Hit{Where: c.where, Field: c.field}); got != c.want {
			t.Errorf("%s in %s: allowed = %v, want %v", c.field, c.where, got, c.want)
		}
	}
}
