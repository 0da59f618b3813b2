package api_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// kept is a key store that remembers what it was given.
type kept struct{ acts []string }

func (k *kept) SetSecret(ctx context.Context, name string, t secret.Token, who string) (api.Kept, error) {
	if ctx.Err() != nil { // on a line that was used before
		return api.Kept{}, ctx.Err()
	}
	if !strings.HasPrefix(name, "jd.") {
		return api.Kept{}, notice.New("config-no-such-secret", api.ErrNotFound, name, "jd.app_secret")
	}
	k.acts = append(k.acts, name+" "+t.Reveal()+" by "+who)
	return api.Kept{Restart: true}, nil
}

func (k *kept) Authorise(ctx context.Context, platform, code, who string) (api.Kept, error) {
	if ctx.Err() != nil {
		return api.Kept{}, ctx.Err()
	}
	k.acts = append(k.acts, platform+" "+code+" by "+who)
	return api.Kept{}, nil
}

func TestOnlyTheSocketTakesSecrets(t *testing.T) {
	const value = "0123456789abcdef-not-a-real-one"
	r, ctx := start(t), t.Context()
	k := r.secrets
	if got, err := r.local.SetSecret(ctx, "jd.app_secret", value, "root"); err != nil || !got.Restart {
		t.Errorf("SetSecret = %+v, %v", got, err)
	}
	if got, err := r.local.Authorise(ctx, "jd", "code", "root"); err != nil || got.Restart {
		t.Errorf("Authorise = %+v, %v", got, err)
	}
	var p *api.Problem
	if _, err := r.tcp.SetSecret(ctx, "jd.app_secret", value, ""); !errors.As(err, &p) || p.Status != 403 || p.Code != "secret-refused" {
		t.Errorf("SetSecret from a page: %v", err)
	}
	if _, err := r.tcp.Authorise(ctx, "jd", "code", ""); !errors.As(err, &p) || p.Status != 403 || p.Code != "secret-refused" {
		t.Errorf("Authorise from a page: %v", err)
	}
	if _, err := r.local.SetSecret(ctx, "other", value, ""); !errors.As(err, &p) || p.Status != 404 {
		t.Errorf("SetSecret of a name that is none: %v", err)
	}
	for _, bad := range []string{secret.Mask, strings.Repeat(value, 5000)} {
		if _, err := r.local.SetSecret(ctx, "jd.app_secret", bad, ""); !errors.As(err, &p) || strings.Contains(err.Error(), bad) {
			t.Errorf("SetSecret of %d bytes that are none: %.200v", len(bad), err)
		}
	}
	if _, err := r.local.Authorise(ctx, "other", "code", ""); !errors.As(err, &p) || p.Code != "bad-request" {
		t.Errorf("Authorise at another platform: %v", err)
	}
	if want := []string{"jd.app_secret " + value + " by local:root", "jd code by local:root"}; !slices.Equal(k.acts, want) {
		t.Errorf("done: %q, want %q", k.acts, want)
	}
	if log := r.log.String(); strings.Contains(log, value) {
		t.Error("a secret is in the log")
	}
}

// TestServeSecrets asks an agent that waits for secrets.
func TestServeSecrets(t *testing.T) {
	dir, err := os.MkdirTemp("", "api")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := localName(filepath.Join(dir, "agent.sock"))
	socket, err := api.ListenLocal(path)
	if err != nil {
		t.Fatal(err)
	}
	k := new(kept)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	served := make(chan error, 1)
	go func() { served <- api.ServeSecrets(ctx, k, notice.English, nil, socket) }()
	agent := api.Local(path, notice.English)
	if _, err := agent.SetSecret(ctx, "jd.app_secret", "0123456789abcdef", "root"); err != nil || len(k.acts) != 1 {
		t.Errorf("SetSecret: %v, done: %q", err, k.acts)
	}
	var p *api.Problem
	if _, err := agent.Queue(ctx); !errors.As(err, &p) || p.Status != 503 || p.Code != "secrets-awaited" {
		t.Errorf("Queue: %v", err)
	}
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
	if _, err := agent.Queue(t.Context()); !errors.Is(err, api.ErrNoAgent) {
		t.Errorf("when it has ended: %v", err)
	}
}
