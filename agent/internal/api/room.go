package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/notice"
)

// Room is the fleet at one look, and what somebody who leads decides about the
// labels of other stations. Only a station that is in a fleet has one. It holds
// numbers of orders and labels, and nothing of a person.
type Room interface {
	Room(ctx context.Context) (fleet.Room, error)
	// RoomLabels lists labels that have not ended: of an order, a waybill, a station,
	// a target; all without find.
	RoomLabels(ctx context.Context, find string) ([]fleet.RoomLabel, error)
	// RoomAudit is the record across stations, the newest first.
	RoomAudit(ctx context.Context, find string) ([]fleet.RoomRecord, error)
	// RoomDecide takes a person's word on a stuck label. It is refused with
	// ErrConflict while a living station has it in hand.
	RoomDecide(ctx context.Context, d RoomDecision) error
	RoomAgain(ctx context.Context, a RoomAgain) error
	RoomMove(ctx context.Context, m RoomMove) (RoomMoved, error)
	RoomSeen(ctx context.Context, alarm int64, who string) error
	// RoomOrders lists orders of whose number only a person can say something.
	RoomOrders(ctx context.Context) ([]fleet.RoomOrder, error)
	// RoomNumber takes what a person has found out about one. It is refused with
	// ErrConflict if the order has moved since it was shown.
	RoomNumber(ctx context.Context, n RoomNumber) error
	// RoomWaves lists the waves of the fleet, RoomWaiting the orders that one can begin
	// with.
	RoomWaves(ctx context.Context) ([]fleet.RoomBatch, error)
	RoomWaiting(ctx context.Context) ([]fleet.RoomCandidate, error)
	RoomWaveBegin(ctx context.Context, n RoomWaveNew) (RoomWaveBegun, error)
	// RoomWaveTurn stops a wave, goes on with it or closes it. When it has returned,
	// no label of a stopped one starts that had not.
	RoomWaveTurn(ctx context.Context, t RoomWaveTurn) error
}

// RoomWaveNew is a wave that is to be.
type RoomWaveNew struct {
	Name   string  `json:"name,omitempty" maxLength:"64"`
	Orders []int64 `json:"orders" minItems:"1" maxItems:"1000" nullable:"false" doc:"In the sequence in which they print"`
	Target string  `json:"target" minLength:"1" maxLength:"200" doc:"zone:Z, group:G or printer:S/P"`
	Reason string  `json:"reason" minLength:"1" maxLength:"200"`
	Who    string  `json:"who,omitempty" maxLength:"64"`
}

// RoomWaveBegun is what became of it.
type RoomWaveBegun struct {
	Wave   int64 `json:"wave"`
	Joined int   `json:"joined" doc:"Orders; the others do not wait any more, or are in another wave"`
}

// RoomWaveTurn is what a lead does with a wave.
type RoomWaveTurn struct {
	Wave   int64           `json:"wave" minimum:"1"`
	To     fleet.WaveState `json:"to" enum:"working,stopped,closed"`
	Reason string          `json:"reason" minLength:"1" maxLength:"200"`
	Who    string          `json:"who,omitempty" maxLength:"64"`
}

// RoomNumber is what a person has found in the carrier's console: an order's number,
// or one for each of its parcels; none says that the carrier has given it no number,
// or that the number of a changed order has been given back.
type RoomNumber struct {
	Order   int64    `json:"id" minimum:"1"`
	Epoch   int64    `json:"epoch" minimum:"0" doc:"As it was shown: an order that has moved since is left alone"`
	Numbers []string `json:"numbers" maxItems:"50" nullable:"false" doc:"Empty: it has none"`
	Reason  string   `json:"reason" minLength:"1" maxLength:"200"`
	Who     string   `json:"who,omitempty" maxLength:"64"`
}

// RoomDecision is a person's word on a label that nobody else can settle.
type RoomDecision struct {
	Label  int64  `json:"label" minimum:"1"`
	Epoch  int64  `json:"epoch" minimum:"0" doc:"As it was shown: a label that has moved since is left alone"`
	Word   string `json:"word" enum:"printed,not-printed"`
	Reason string `json:"reason" minLength:"1" maxLength:"200"`
	Who    string `json:"who,omitempty" maxLength:"64"`
}

// RoomAgain puts an ended label before the benches once more.
type RoomAgain struct {
	Label  int64  `json:"label" minimum:"1"`
	Reason string `json:"reason" minLength:"1" maxLength:"200"`
	Who    string `json:"who,omitempty" maxLength:"64"`
}

// RoomMove sends labels to another place.
type RoomMove struct {
	Labels []int64 `json:"labels" minItems:"1" maxItems:"500" nullable:"false"`
	Target string  `json:"target" maxLength:"200" doc:"zone:Z, group:G, station:S, printer:S/P; empty for anybody"`
	Reason string  `json:"reason" minLength:"1" maxLength:"200"`
	Who    string  `json:"who,omitempty" maxLength:"64"`
}

// RoomMoved is what became of them.
type RoomMoved struct {
	Moved  int `json:"moved" doc:"They waited, and wait there now"`
	Wanted int `json:"wanted" doc:"A station holds them and was asked to let go"`
}

type roomLabels struct {
	Labels []fleet.RoomLabel `json:"labels" nullable:"false"`
}

type roomOrders struct {
	Orders []fleet.RoomOrder `json:"orders" nullable:"false"`
}

type roomWaves struct {
	Waves []fleet.RoomBatch `json:"waves" nullable:"false"`
}

type roomCandidates struct {
	Orders []fleet.RoomCandidate `json:"orders" nullable:"false"`
}

type roomRecords struct {
	Records []fleet.RoomRecord `json:"records" nullable:"false"`
}

type roomFind struct {
	Find string `query:"find" maxLength:"64" doc:"An order's, a waybill's or a label's number, a station, a target"`
}

// room serves it.
func (s *Server) room(api huma.API) {
	if s.Room == nil {
		return
	}
	register(api, http.MethodGet, "room", "The fleet at one look", func(ctx context.Context, _ *struct{}) (*answer[roomView], error) {
		r, err := s.Room.Room(ctx)
		if err != nil {
			return nil, s.fail(ctx, "room", err)
		}
		v := roomView{Room: r}
		if r.Durability.Why != "" {
			v.Warning = sentence(callerOf(ctx).language, notice.Code(r.Durability.Why))
		}
		return &answer[roomView]{v}, nil
	})
	register(api, http.MethodGet, "room/labels", "Labels of the fleet that have not ended", func(ctx context.Context, in *roomFind) (*answer[roomLabels], error) {
		list, err := s.Room.RoomLabels(ctx, in.Find)
		if err != nil {
			return nil, s.fail(ctx, "room/labels", err)
		}
		return &answer[roomLabels]{roomLabels{append([]fleet.RoomLabel{}, list...)}}, nil
	}, atLeast(Lead))
	register(api, http.MethodGet, "room/audit", "What happened at all stations", func(ctx context.Context, in *roomFind) (*answer[roomRecords], error) {
		list, err := s.Room.RoomAudit(ctx, in.Find)
		if err != nil {
			return nil, s.fail(ctx, "room/audit", err)
		}
		return &answer[roomRecords]{roomRecords{append([]fleet.RoomRecord{}, list...)}}, nil
	}, atLeast(Lead))
	register(api, http.MethodPost, "room/decide", "Settle a stuck label of any station by a person's word", func(ctx context.Context, in *struct{ Body RoomDecision }) (*struct{}, error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		return nil, s.fail(ctx, "room/decide", s.Room.RoomDecide(ctx, in.Body))
	}, atLeast(Lead))
	register(api, http.MethodPost, "room/again", "Print an ended label once more, at any station", func(ctx context.Context, in *struct{ Body RoomAgain }) (*struct{}, error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		return nil, s.fail(ctx, "room/again", s.Room.RoomAgain(ctx, in.Body))
	}, atLeast(Lead))
	register(api, http.MethodPost, "room/move", "Send labels to another place", func(ctx context.Context, in *struct{ Body RoomMove }) (*answer[RoomMoved], error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		m, err := s.Room.RoomMove(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "room/move", err)
		}
		return &answer[RoomMoved]{m}, nil
	}, atLeast(Lead))
	register(api, http.MethodGet, "room/orders", "Orders of whose number only a person can say something", func(ctx context.Context, _ *struct{}) (*answer[roomOrders], error) {
		list, err := s.Room.RoomOrders(ctx)
		if err != nil {
			return nil, s.fail(ctx, "room/orders", err)
		}
		return &answer[roomOrders]{roomOrders{append([]fleet.RoomOrder{}, list...)}}, nil
	}, atLeast(Lead))
	register(api, http.MethodPost, "room/number", "Say which number an order has, or that it has none", func(ctx context.Context, in *struct{ Body RoomNumber }) (*struct{}, error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		return nil, s.fail(ctx, "room/number", s.Room.RoomNumber(ctx, in.Body))
	}, atLeast(Lead))
	s.roomWaves(api)
	register(api, http.MethodPost, "room/seen", "Take an alarm from the wall", func(ctx context.Context, in *struct {
		Body struct {
			Alarm int64  `json:"alarm" minimum:"1"`
			Who   string `json:"who,omitempty" maxLength:"64"`
		}
	}) (*struct{}, error) {
		return nil, s.fail(ctx, "room/seen", s.Room.RoomSeen(ctx, in.Body.Alarm, callerOf(ctx).who(in.Body.Who)))
	}, atLeast(Lead))
}

func (s *Server) roomWaves(api huma.API) {
	register(api, http.MethodGet, "room/waves", "The waves of the fleet", func(ctx context.Context, _ *struct{}) (*answer[roomWaves], error) {
		list, err := s.Room.RoomWaves(ctx)
		if err != nil {
			return nil, s.fail(ctx, "room/waves", err)
		}
		return &answer[roomWaves]{roomWaves{append([]fleet.RoomBatch{}, list...)}}, nil
	})
	register(api, http.MethodGet, "room/waiting", "Orders that a wave can begin with", func(ctx context.Context, _ *struct{}) (*answer[roomCandidates], error) {
		list, err := s.Room.RoomWaiting(ctx)
		if err != nil {
			return nil, s.fail(ctx, "room/waiting", err)
		}
		return &answer[roomCandidates]{roomCandidates{append([]fleet.RoomCandidate{}, list...)}}, nil
	}, atLeast(Lead))
	register(api, http.MethodPost, "room/wave", "Begin a wave of the fleet", func(ctx context.Context, in *struct{ Body RoomWaveNew }) (*answer[RoomWaveBegun], error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		b, err := s.Room.RoomWaveBegin(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "room/wave", err)
		}
		return &answer[RoomWaveBegun]{b}, nil
	}, atLeast(Lead))
	register(api, http.MethodPost, "room/wave/turn", "Stop a wave of the fleet, go on with it or close it", func(ctx context.Context, in *struct{ Body RoomWaveTurn }) (*struct{}, error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		return nil, s.fail(ctx, "room/wave/turn", s.Room.RoomWaveTurn(ctx, in.Body))
	}, atLeast(Lead))
}

// roomView is the room with the sentence about what a commit is worth.
type roomView struct {
	fleet.Room
	Warning string `json:"warning,omitempty" doc:"What is wrong with the database's durability"`
}
