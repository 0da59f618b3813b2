package fleet

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// WaveState is what people have said of a wave.
type WaveState string

// The states of a wave.
const (
	WaveWorking WaveState = "working"
	WaveStopped WaveState = "stopped" // nothing of it starts, and no number is taken
	WaveClosed  WaveState = "closed"  // nor does it go on
)

// RoomBatch is a wave that a lead has begun, with how far it is.
type RoomBatch struct {
	ID      int64     `json:"id"`
	Name    string    `json:"name"`
	State   WaveState `json:"state"`
	Target  string    `json:"target"`
	Who     string    `json:"who"`
	Began   time.Time `json:"began"`
	Orders  int       `json:"orders"`
	Without int       `json:"without"` // orders that have no label yet
	Waiting int       `json:"waiting"` // labels
	Going   int       `json:"going"`   // claimed or started
	Unknown int       `json:"unknown"`
}

// RoomCandidate is an order that a wave can begin with.
type RoomCandidate struct {
	ID       int64     `json:"id"`
	Source   string    `json:"source"`
	Order    string    `json:"order"`
	State    string    `json:"state"`
	Issuer   string    `json:"issuer"`
	Target   string    `json:"target"`
	Deadline time.Time `json:"deadline"`
}

// RoomWaves lists the waves that are open, and those that were closed today.
func (d *DB) RoomWaves(ctx context.Context) (list []RoomBatch, err error) {
	err = d.oneJSON(ctx, "room waves", `SELECT miandan.room_waves()`, &list)
	return list, err
}

// RoomWaiting lists orders that a wave can begin with, the most urgent first.
func (d *DB) RoomWaiting(ctx context.Context) (list []RoomCandidate, err error) {
	err = d.oneJSON(ctx, "room waiting", `SELECT miandan.room_waiting()`, &list)
	return list, err
}

// BeginWave begins a wave with those of the orders that still wait, in their sequence,
// for a zone, a group or a printer. It returns its number and how many those were;
// ErrMove if none.
func (d *DB) BeginWave(ctx context.Context, name string, orders []int64, target, who, why string) (wave int64, joined int, err error) {
	err = d.ask(ctx, "begin a wave", `SELECT wave, joined FROM miandan.room_wave_begin($1, $2, $3, $4, $5)`, []any{name, orders, target, who, reason(why)}, func(r pgx.Rows) error {
		return r.Scan(&wave, &joined)
	})
	return wave, joined, denied(err)
}

// TurnWave stops a wave, goes on with it or closes it. When it has returned for one
// that is stopped or closed, no label of it starts that had not.
func (d *DB) TurnWave(ctx context.Context, wave int64, to WaveState, who, why string) error {
	return denied(d.ask(ctx, "turn a wave", `SELECT miandan.room_wave_turn($1, $2, $3, $4)`, []any{wave, string(to), who, reason(why)}, nil))
}
