package carriertest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/notice"
)

// mustBe holds an error against the one class that fits, and against what it
// may say.
func mustBe(t *testing.T, err, class error, private ...string) {
	t.Helper()
	var r *carrier.Refusal
	if !errors.Is(err, class) || errors.As(err, &r) || errors.Is(err, carrier.ErrUnsent) == errors.Is(err, carrier.ErrUnknown) {
		t.Fatalf("err = %v, want: %v", err, class)
	}
	silent(t, err, private...)
}

// refused wants a definite no, with a code if one is named.
func refused(t *testing.T, err error, code string, private ...string) *carrier.Refusal {
	t.Helper()
	var r *carrier.Refusal
	if !errors.As(err, &r) || errors.Is(err, carrier.ErrUnsent) || errors.Is(err, carrier.ErrUnknown) || code != "" && r.Code != code {
		t.Fatalf("err = %v, want a refusal %s", err, code)
	}
	if !notice.Known(notice.Code(r.Code)) {
		t.Errorf("%s has no sentence", r.Code)
	}
	silent(t, err, private...)
	return r
}

// mustHelp holds what helps against an error against what is known to.
func mustHelp(t *testing.T, err error, actions ...carrier.Action) {
	t.Helper()
	code := notice.CodeOf(err)
	if !notice.Known(code) || !slices.Contains(actions, carrier.ActionOf(code)) {
		t.Errorf("%s is to %v, want %v", code, carrier.ActionOf(code), actions)
	}
}

// silent finds a person, a token or a URL in an error, whoever shows it how.
func silent(t *testing.T, err error, private ...string) {
	t.Helper()
	said := fmt.Sprintf("%v %+v", err, err)
	var n *notice.Error
	if errors.As(err, &n) {
		said += n.Text(notice.Chinese) + n.Text(notice.English)
	}
	for _, p := range append([]string{name, phone, phone[:7], address, oaid, Secret, Token, "http:", "?"}, private...) {
		if strings.Contains(said, p) {
			t.Errorf("%q stands in %q", p, said)
		}
	}
}
