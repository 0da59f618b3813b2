package outbound

import "context"

// Pace waits until one more request may be made on an account, or says why it may
// not be. Its error must name no address, token or person.
type Pace func(ctx context.Context, account string) error

type paceKey struct{}

// Paced returns a context whose requests keep to a pace. What platforms and carriers
// count is requests, and how many of them one question takes only its client knows:
// so it is here that they wait, each for itself. A request that was not allowed is
// one that was never sent.
func Paced(ctx context.Context, p Pace) context.Context { return context.WithValue(ctx, paceKey{}, p) }

func keepPace(ctx context.Context, account string) error {
	if p, ok := ctx.Value(paceKey{}).(Pace); ok && account != "" {
		return p(ctx, account)
	}
	return nil
}
