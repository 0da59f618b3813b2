package jtexpress

import "testing"

func TestVectors(t *testing.T) {
	const key = "fakeJtPrivateKey"
	if got := headerDigest(`{"customerCode":"J0000000000","txlogisticId":"T20261123001"}`, key); got != "sbuegssTRm6dZl3L8Q5k/A==" {
		t.Errorf("header %s", got)
	}
	if got := passwordHash("fakePwd123"); got != "DB33A285E7D4002F71032A20936B8373" {
		t.Errorf("password %s", got)
	}
	if got := bodyDigest("J0000000000", "fakePwd123", key); got != "QQRnu6jExvOhiKnvpa0+4g==" {
		t.Errorf("body %s", got)
	}
}
