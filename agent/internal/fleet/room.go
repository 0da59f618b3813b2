package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"miandan/agent/internal/logging"
)

// ErrDenied reports something that only a platform station may do.
var ErrDenied = errors.New("only a platform station may do that")

func denied(err error) error {
	if err != nil && strings.HasSuffix(err.Error(), "SQLSTATE 42501") { // insufficient_privilege
		return fmt.Errorf("%w: %w", ErrDenied, err)
	}
	return err
}

// reason is what a person gave as one, without the phones of others in it: it stands in
// the record of all stations when the order's data has long gone.
func reason(why string) string { return logging.MaskPhones(why) }

// Room is what the whole fleet looks like at one moment. It holds numbers of orders
// and labels, and nothing of a person.
type Room struct {
	Now        time.Time      `json:"now"` // by the database's clock
	Stations   []RoomStation  `json:"stations"`
	Waves      []RoomWave     `json:"waves"`
	Waiting    []RoomWaiting  `json:"waiting"`
	Stuck      []RoomLabel    `json:"stuck"` // a person must say what became of them
	StuckMore  int            `json:"stuck_more"`
	Orders     map[string]int `json:"orders"` // that have not ended, by state
	Labels     map[string]int `json:"labels"` // that have not ended, by state
	Late       int            `json:"late"`   // labels that wait beyond their deadline
	Soon       int            `json:"soon"`   // and within the next four hours
	DoneHour   int            `json:"done_hour"`
	DoneToday  int            `json:"done_today"`
	Alarms     []RoomAlarm    `json:"alarms"`
	Durability Durability     `json:"durability"`
}

// RoomStation is a member.
type RoomStation struct {
	Name     string        `json:"name"`
	Zone     string        `json:"zone"`
	Platform bool          `json:"platform"`
	Alive    bool          `json:"alive"`
	Silent   int           `json:"silent"` // seconds since it was heard
	Claimed  int           `json:"claimed"`
	Started  int           `json:"started"`
	Lot      int           `json:"lot"`
	Unknown  int           `json:"unknown"`
	DoneHour int           `json:"done_hour"`
	Printers []RoomPrinter `json:"printers"`
}

// RoomPrinter is a printer of a member.
type RoomPrinter struct {
	Name    string `json:"name"`
	Group   string `json:"group"`
	Paper   string `json:"paper"`
	Ready   bool   `json:"ready"`
	Trouble string `json:"trouble"`
	Left    int    `json:"left"` // labels in its station's own queue
}

// RoomWave is a wave that has not ended.
type RoomWave struct {
	Wave    int64 `json:"wave"`
	Waiting int   `json:"waiting"`
	Going   int   `json:"going"` // claimed or started
	Unknown int   `json:"unknown"`
}

// RoomWaiting is how many labels wait for one place.
type RoomWaiting struct {
	Target   string    `json:"target"`
	Paper    string    `json:"paper"`
	N        int       `json:"n"`
	Deadline time.Time `json:"deadline"` // the nearest
}

// RoomLabel is a label that needs a person.
type RoomLabel struct {
	Ref
	Source   string    `json:"source"`
	Order    string    `json:"order"`
	Waybill  string    `json:"waybill"`
	State    string    `json:"state"`
	Station  string    `json:"station"`
	Printer  string    `json:"printer"`
	Copy     int       `json:"copy"`
	Lot      bool      `json:"lot"`
	Wanted   bool      `json:"wanted"`
	Since    time.Time `json:"since"`
	Deadline time.Time `json:"deadline"`
	Evidence string    `json:"evidence"`
}

// RoomAlarm is something that nothing does anything about by itself.
type RoomAlarm struct {
	ID      int64     `json:"id"`
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Label   int64     `json:"label"`
	Order   string    `json:"order"`
	Station string    `json:"station"`
	State   string    `json:"state"`
	Why     string    `json:"why"`
}

// Room looks at the fleet.
func (d *DB) Room(ctx context.Context) (r Room, err error) {
	err = d.oneJSON(ctx, "room", `SELECT miandan.room()`, &r)
	return r, err
}

// RoomLabels lists labels that have not ended, those of one order or station, or with
// a part of a number.
func (d *DB) RoomLabels(ctx context.Context, find string) (list []RoomLabel, err error) {
	err = d.oneJSON(ctx, "room labels", `SELECT miandan.room_labels($1)`, &list, find)
	return list, err
}

// RoomRecord is one line of the record across stations.
type RoomRecord struct {
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"`
	Label   int64     `json:"label"`
	Order   string    `json:"order"`
	Station string    `json:"station"`
	Mover   string    `json:"mover"`
	Epoch   int64     `json:"epoch"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	Copy    int       `json:"copy"`
	Who     string    `json:"who"`
	Why     string    `json:"why"`
}

// RoomAudit returns what happened to an order, a label or at a station, the newest
// first.
func (d *DB) RoomAudit(ctx context.Context, find string) (list []RoomRecord, err error) {
	err = d.oneJSON(ctx, "room audit", `SELECT miandan.room_audit($1)`, &list, find)
	return list, err
}

// Decide is a person's word on a label that nobody else can settle: printed or
// not-printed. The database refuses it (ErrMove) for a label that a living station
// still has in hand.
func (d *DB) Decide(ctx context.Context, r Ref, word State, who, why string) error {
	return denied(d.ask(ctx, "decide", `SELECT miandan.room_decide($1, $2, $3, $4, $5)`, []any{r.ID, r.Epoch, string(word), who, reason(why)}, nil))
}

// PrintAgain puts an ended label before the benches once more, as a further copy.
func (d *DB) PrintAgain(ctx context.Context, id int64, who, why string) error {
	return denied(d.ask(ctx, "print again", `SELECT miandan.room_again($1, $2, $3)`, []any{id, who, reason(why)}, nil))
}

// Move sends waiting labels to another place, and asks the station that holds one
// to let go of it. It returns how many were moved and how many are wanted back.
func (d *DB) Move(ctx context.Context, ids []int64, target, who, why string) (moved, wanted int, err error) {
	err = d.ask(ctx, "move", `SELECT moved, wanted FROM miandan.room_move($1, $2, $3, $4)`, []any{ids, target, who, reason(why)}, func(r pgx.Rows) error {
		return r.Scan(&moved, &wanted)
	})
	return moved, wanted, denied(err)
}

// Seen takes an alarm from the wall.
func (d *DB) Seen(ctx context.Context, alarm int64, who string) error {
	return denied(d.ask(ctx, "seen", `SELECT miandan.room_seen($1, $2)`, []any{alarm, who}, nil))
}

// Scanned says that the packer has scanned finished labels. It returns which orders of
// them were cancelled: their parcels are to be stopped.
func (d *DB) Scanned(ctx context.Context, ids []int64, who string, at time.Time) (cancelled []string, err error) {
	err = d.ask(ctx, "scanned", `SELECT * FROM miandan.scanned($1, $2, $3)`, []any{ids, who, at}, func(r pgx.Rows) error {
		var order string
		err := r.Scan(&order)
		cancelled = append(cancelled, order)
		return err
	})
	return cancelled, err
}

func (d *DB) oneJSON(ctx context.Context, op, query string, into any, args ...any) error {
	var b string
	if err := d.ask(ctx, op, query, args, func(r pgx.Rows) error { return r.Scan(&b) }); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(b), into); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	return nil
}
