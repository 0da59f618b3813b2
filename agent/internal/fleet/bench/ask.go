package bench

import (
	"context"
	"errors"
	"slices"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/notice"
)

// Ask gets the labels of an order into this station's queue, because a person here
// wants it printed. Where that is not to be had it returns a notice that says why.
func (b *Bench) Ask(ctx context.Context, order, who string) error {
	switch {
	case b.isRevoked():
		return notice.New("fleet-revoked", nil, b.Station)
	case b.isAway(), !b.compared():
		return notice.New("fleet-order-away", nil, order)
	}
	err := b.ask(ctx, order, who)
	if errors.Is(err, fleet.ErrAway) || errors.Is(err, fleet.ErrRevoked) {
		b.heard(ctx, err)
		return notice.New("fleet-order-away", err, order)
	}
	if errors.Is(err, fleet.ErrLimit) {
		return notice.New("fleet-order-many", err, order)
	}
	return err
}

func (b *Bench) ask(ctx context.Context, order, who string) error {
	b.turn.Lock()
	defer b.turn.Unlock()
	printers := make([]fleet.Want, len(b.Printers))
	for i, p := range b.Printers {
		printers[i] = fleet.Want{Printer: p.Name, Group: p.Group, Paper: p.Paper, N: 1}
	}
	labels, err := b.DB.AskLabel(ctx, order, printers, who)
	if err != nil {
		return err
	}
	if len(labels) > 0 {
		return b.takeIn(ctx, labels)
	}
	all, err := b.DB.RoomLabels(ctx, order)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(l fleet.RoomLabel) bool { return l.Order != order })
	switch {
	case len(all) == 0:
		return notice.New("fleet-order-none", nil, order)
	case slices.ContainsFunc(all, func(l fleet.RoomLabel) bool { return l.Station == b.Station && l.State != string(fleet.Queued) }):
		return nil // here already
	case all[0].State == string(fleet.Queued):
		return notice.New("fleet-order-not-here", nil, order)
	}
	return notice.New("fleet-order-elsewhere", nil, order, all[0].Station)
}
