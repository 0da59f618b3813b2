package campaign

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// row is a label as the database has it.
type row struct {
	ID      int64
	Waybill string
	State   string
	Station string
	Epoch   int64
	Dead    bool // it was started at a station that is silent
}

func (w *world) rows(where string) []row {
	w.t.Helper()
	list, err := w.query(`SELECT id, waybill, state, coalesce(station, ''), epoch, state = 'started' AND miandan._dead(station) FROM miandan.labels WHERE ` + where)
	if err != nil {
		w.t.Fatal(err)
	}
	return list
}

func (w *world) query(q string) (list []row, err error) {
	err = w.db.Ask(w.t, func(rows pgx.Rows) error {
		var r row
		if err := rows.Scan(&r.ID, &r.Waybill, &r.State, &r.Station, &r.Epoch, &r.Dead); err != nil {
			return err
		}
		list = append(list, r)
		return nil
	}, q)
	return list, err
}

// settled are the states in which a label is on paper.
const settled = `('confirmed', 'presumed', 'printed')`

// quiet is how long no paper must have come before anybody looks.
const quiet = 3 * time.Second

// round has people look at trays until each label is on paper by the fleet's own word.
// Packers answer at the stations that are on; for the others the lead does. It returns
// how often each was asked.
func (w *world) round(limit time.Duration) (packers, lead int) {
	w.t.Helper()
	asked := map[int64]time.Time{} // since when the lead has been asked about a label
	for end := time.Now().Add(limit); ; time.Sleep(500 * time.Millisecond) {
		open := w.rows(`state NOT IN ` + settled)
		if len(open) == 0 {
			return packers, lead
		}
		if time.Now().After(end) {
			w.t.Errorf("%d labels are not on paper in %v after the last misfortune, among them %+v", len(open), limit, open[:min(5, len(open))])
			w.lastWords()
			return packers, lead
		}
		if _, _, since := w.trays.state(); since < quiet {
			continue
		}
		for _, s := range w.stations {
			packers += w.packer(s)
		}
		for _, r := range open {
			if r.State != "unknown" && r.State != "not-printed" && !r.Dead {
				delete(asked, r.ID)
				continue
			}
			if asked[r.ID].IsZero() {
				asked[r.ID] = time.Now()
			}
			if r.Dead || time.Since(asked[r.ID]) > 10*time.Second { // nobody at its station says anything
				w.lead(r)
				lead++
				delete(asked, r.ID)
			}
		}
	}
}

// lastWords shows how the stations' logs end.
func (w *world) lastWords() {
	for _, s := range w.stations {
		log, _ := os.ReadFile(s.settings + ".log")
		w.t.Logf("%s, on: %v: …%s", s.name, s.isOn(), log[max(0, len(log)-3000):])
	}
}

// packer answers what a station asks.
func (w *world) packer(s *station) (n int) {
	lines, err := s.ask("unknown")
	if err != nil {
		return 0
	}
	for _, line := range lines {
		var o Open
		if err := json.Unmarshal([]byte(line), &o); err != nil {
			w.t.Fatal(err)
		}
		word := "not-printed"
		if len(w.trays.of(o.Code)) > 0 {
			word = "printed"
		}
		if _, err := s.ask(fmt.Sprintf("%s %d", word, o.ID)); err != nil {
			w.t.Logf("%s: %s %s: %v", s.name, word, o.Code, err)
		}
		n++
	}
	return n
}

// lead decides about a label in the room.
func (w *world) lead(r row) {
	if r.State != "not-printed" {
		word := "not-printed"
		if len(w.trays.of(r.Waybill)) > 0 {
			word = "printed"
		}
		if err := w.db.Exec(w.t, `SELECT miandan._decide($1, $2, $3, 'room', 'lead', 'looked at the tray')`, r.ID, r.Epoch, word); err != nil {
			w.t.Logf("lead: %s %s: %v", word, r.Waybill, err)
			return
		}
		if word == "printed" {
			return
		}
	}
	if err := w.db.Exec(w.t, `SELECT miandan._print_again($1, 'room', 'lead', 'there is none')`, r.ID); err != nil {
		w.t.Logf("lead: again %s: %v", r.Waybill, err)
	}
}

// doubles are the labels of which there is more than one.
func (w *world) doubles() (list []string) {
	w.trays.mu.Lock()
	defer w.trays.mu.Unlock()
	for code, pieces := range w.trays.papers {
		if len(pieces) > 1 {
			list = append(list, fmt.Sprint(code, pieces))
		}
	}
	slices.Sort(list)
	return list
}

// judge looks at all paper there is.
func (w *world) judge(jobs []job) {
	w.t.Helper()
	if list := w.doubles(); len(list) > 0 {
		w.t.Errorf("%d labels are there more than once: %s", len(list), strings.Join(list[:min(5, len(list))], ", "))
	}
	lost := 0
	for _, j := range jobs {
		if len(w.trays.of(j.code)) == 0 {
			lost++
		}
	}
	if lost > 0 {
		w.t.Errorf("%d of %d labels are lost", lost, len(jobs))
	}
	if labels, _, _ := w.trays.state(); labels > len(jobs) {
		w.t.Errorf("%d labels are there, and %d were ordered", labels, len(jobs))
	}
	if len(w.trays.bad) > 0 {
		w.t.Errorf("%d pieces of paper do not read: %s", len(w.trays.bad), w.trays.bad[0])
	}
	w.judgeOrder(jobs)
}

// judgeOrder looks at the labels that only one printer may print: they lie in its tray
// as they were ordered. Those to which something happened on their way are left out, and
// shortly after a trouble others may pass what it has put back.
func (w *world) judgeOrder(jobs []job) {
	w.t.Helper()
	odd := map[int64]bool{}
	for _, r := range w.rows(`id IN (SELECT label_id FROM miandan.audit WHERE from_state IS NOT NULL AND (to_state NOT IN ('claimed', 'started', 'confirmed') OR from_state = to_state))
			OR epoch > 1 OR starts > 1 OR copy > 0`) {
		odd[r.ID] = true
	}
	last, pairs := map[string]piece{}, 0
	for _, j := range jobs {
		if !strings.HasPrefix(j.target, "printer:") || odd[j.id] {
			continue
		}
		for _, p := range w.trays.of(j.code) {
			before, some := last[p.station]
			if some {
				pairs++
			}
			if some && before.number > p.number && !w.wasUpset(number(p.station), p.at) {
				w.t.Errorf("%s came out of %s before what was ordered earlier", j.code, p.station)
			}
			last[p.station] = p
		}
	}
	if pairs == 0 && len(jobs) >= 1000 {
		w.t.Error("no two labels came to one printer undisturbed: nothing is known of their order")
	}
	w.t.Logf("%d labels for one printer stand behind another in its tray, as ordered", pairs)
}

// number is a station's by its name.
func number(name string) (n int) {
	_, _ = fmt.Sscanf(name, "bench-%d", &n)
	return n - 1
}
