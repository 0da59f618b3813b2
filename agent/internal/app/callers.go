package app

import (
	"context"
	"errors"
	"os"

	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
)

// openCallers reads who may call. A policy that cannot be read lets nobody in, and
// people are told.
func (a *App) openCallers() (*pairing.Book, error) {
	policy, err := pairing.ReadPolicy(pairing.PolicyPath(os.Getenv))
	var n *notice.Error
	if errors.As(err, &n) {
		a.options.Say(n)
	}
	book, err := pairing.Open(a.options.Data, pairing.Options{
		Policy: policy, Now: a.options.Clock,
		Note: func(ctx context.Context, what, who string, o pairing.Origin) error {
			return a.Ledger.Note(ctx, what, ledger.Person{Who: who, Why: string(o)})
		},
	})
	if err != nil {
		return nil, notice.New("data-folder-failed", err, a.options.Data)
	}
	return book, nil
}
