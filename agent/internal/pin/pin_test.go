package pin_test

import (
	"errors"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/pin"
	"miandan/agent/internal/secret"
)

func TestHash(t *testing.T) {
	kept, err := pin.Hash("482913")
	if err != nil {
		t.Fatal(err)
	}
	other, err := pin.Hash("482913")
	if err != nil || other == kept {
		t.Errorf("the same PIN twice is kept as %q and %q (%v), want two salts", kept, other, err)
	}
	if strings.Contains(kept, "482913") {
		t.Errorf("kept as %q", kept)
	}
	for try, want := range map[string]bool{"482913": true, "482914": false, "": false, "4829130": false} {
		if got, err := pin.Match(secret.New(kept), try); got != want || err != nil {
			t.Errorf("Match(%q) = %v, %v, want %v", try, got, err, want)
		}
	}
	for _, broken := range []string{"", "482913", "pbkdf2-sha256$1$AAAA$AAAA", "pbkdf2-sha256$600000$$", strings.Replace(kept, "$600000$", "$1$", 1), kept + "$"} {
		if ok, err := pin.Match(secret.New(broken), "482913"); ok || !errors.Is(err, pin.ErrForm) {
			t.Errorf("Match of %q = %v, %v, want ErrForm", broken, ok, err)
		}
	}
}

func TestCheck(t *testing.T) {
	for _, bad := range []string{"", "12345", "12345a", "１２３４５６", "111111", strings.Repeat("12", 17), " 123456"} {
		if err := pin.Check(bad); notice.CodeOf(err) != "pin-form" {
			t.Errorf("Check(%q) = %v, want pin-form", bad, err)
		}
	}
	if err := pin.Check("0482913"); err != nil {
		t.Error(err)
	}
}
