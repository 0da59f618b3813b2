package deppon

import "testing"

func TestVectors(t *testing.T) {
	got := digest(`{"companyCode":"TESTCO","logisticID":"TSTT20261123001","custOrderNo":"T20261123001"}`, "fakeDepponAppKey", "1795392000000")
	if got != "ZDY1OTVjOGQyODQxZjM4NzQxNzNhNTMyMTRhNTAyNzI=" {
		t.Errorf("digest %s", got)
	}
}
