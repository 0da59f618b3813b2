package deppon

import (
	"encoding/base64"
	"testing"
)

func TestVectors(t *testing.T) {
	got := digest(`{"companyCode":"TESTCO","logisticID":"TSTT20261123001","custOrderNo":"T20261123001"}`, "fakeDepponAppKey", "1795392000000")
	if got != "ZDY1OTVjOGQyODQxZjM4NzQxNzNhNTMyMTRhNTAyNzI=" {
		t.Errorf("digest %s", got)
	}
	if text, err := base64.StdEncoding.DecodeString(got); err != nil || string(text) != "d6595c8d2841f3874173a53214a50272" {
		t.Errorf("it encodes %s, %v", text, err)
	}
}
