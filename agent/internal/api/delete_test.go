package api_test

import (
	"errors"
	"slices"
	"testing"

	"miandan/agent/internal/api"
)

func TestOnlyTheSocketDeletes(t *testing.T) {
	r, ctx := start(t), t.Context()
	d, err := r.local.Delete(ctx, api.Delete{Order: "1004200026", Reason: "asked for", Who: "root"})
	if err != nil || d.Order != "1004200026" || !d.Emptied {
		t.Errorf("Delete = %+v, %v", d, err)
	}
	var p *api.Problem
	if _, err := r.tcp.Delete(ctx, api.Delete{Order: "1004200026", Reason: "asked for"}); !errors.As(err, &p) || p.Status != 403 || p.Code != "delete-refused" {
		t.Errorf("Delete from a page: %v", err)
	}
	if _, err := r.local.Delete(ctx, api.Delete{Order: "1004200026"}); !errors.As(err, &p) || p.Code != "bad-request" {
		t.Errorf("Delete without a reason: %v", err)
	}
	if got, want := r.station.Acts(), []string{"delete 1004200026 by local:root: asked for"}; !slices.Equal(got, want) {
		t.Errorf("done: %q, want %q", got, want)
	}
}
