package zto

import (
	"testing"

	"miandan/agent/internal/secret"
)

// TestVectors signs what the reference has signed.
func TestVectors(t *testing.T) {
	const body = `{"partnerType":"2","orderType":"1","partnerOrderCode":"T20261123001","remark":"测试"}`
	app := secret.New("fakeZtoAppSecret0001")
	for _, test := range []struct {
		name        string
		digest      digest
		stamp, body string
		want        string
	}{
		{"MD5, Base64", digest{algorithm: "md5"}, "", body, "FaJURvO15uN15OeO0hlc2g=="},
		{"MD5, hex", digest{algorithm: "md5", hex: true}, "", body, "15a25446f3b5e6e375e4e78ed2195cda"},
		{"with a timestamp", digest{algorithm: "md5"}, "1795392000000", body, "B1JwMjqr1my+C2zMY3J2tw=="},
		{"SHA256", digest{algorithm: "sha256"}, "", body, "Uz2O9IldnvWuF/xP2jMdgSPE1YUXbFHtTmugQe4lUxc="},
		{"HmacSHA256", digest{algorithm: "hmac-sha256", key: secret.New("fakeZtoHmacKey")}, "", body, "SPIoXpdx2YQw4QUkB8HCLqcuw5dXVESCHvjQnqTHtkQ="},
		{"a form, not encoded", digest{algorithm: "md5"}, "", `company_id=TESTCOMPANY&data={"a":"测试"}`, "GavWn1XAmj+XDWX/jccmFg=="},
	} {
		test.digest.secret = app
		if got := test.digest.sign(test.stamp, test.body); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}
