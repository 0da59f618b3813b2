package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"miandan/printer/virtual"
)

// headSpeed is how fast the paper moves under a usual head, in mm/s.
const headSpeed = 152

// head measures how long a head of the usual speed stands still between the labels
// of a wave. The first two are left out: with them the printer shows that it says
// what came out, and from then on the next label is sent beforehand.
func (b *bench) head(ctx context.Context) (err error) {
	orders := 30
	if b.Quick {
		orders = 4
	}
	s, err := b.openStation("head", orders, []roll{{config: virtual.Config{Speed: headSpeed, Buffer: 64 << 10}}}, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	b.Tell(fmt.Sprintf("%d orders on a printer at %d mm/s", orders, headSpeed))
	if _, err := s.start(ctx); err != nil {
		return err
	}
	client, err := s.client()
	if err != nil {
		return err
	}
	if _, _, err := s.settled(ctx, client, orders, 0); err != nil {
		return err
	}
	prints := s.printers[0].Prints()
	if len(prints) < 4 {
		return fmt.Errorf("%d labels came out", len(prints))
	}
	var longest time.Duration
	for i := 2; i < len(prints); i++ {
		longest = max(longest, virtual.Standing(prints[i-1], prints[i]))
	}
	b.add(Line{
		Name: "head", Part: Agent, Runs: len(prints) - 2, Value: ms(longest), Unit: "ms",
		What: fmt.Sprintf("head standing still between two labels of a wave at most, %d mm/s, 64 kB buffer", headSpeed),
	}, Reach{Figure: "value", Want: 20, Most: true})
	return nil
}
