package sf

import (
	"crypto/md5"
	"encoding/base64"
	"testing"

	"miandan/agent/internal/carrier/sf/sfsim"
)

// The vectors of the reference to SF's platform.
func TestDigest(t *testing.T) {
	const timestamp, word = "1795392000000", "fakeCheckWord00000000000000000001"
	for _, test := range []struct {
		text string
		raw  bool
		want string
	}{
		{`{"language":"zh-CN","orderId":"T20261123001"}`, false, "mKg8BvFGT+X3TzP5l+nV0g=="},
		{`{"language":"zh-CN","orderId":"T20261123001"}`, true, "PxAIzd5WN7uIPLEYNE3uOQ=="},
		{`{"orderId":"T 1*~+/=&","name":"测试"}`, false, "pA5JUAXnPiA7lKzD8+dsCw=="},
		{`{"orderId":"T 1*~+/=&","name":"测试"}`, true, "WXbycSD0z+r2AZvTSdaGPA=="},
	} {
		if got := digest(test.text+timestamp+word, test.raw); got != test.want {
			t.Errorf("digest(%s, raw %t) = %s, want %s", test.text, test.raw, got, test.want)
		}
		if got := sfsim.Digest(test.text + timestamp + word); !test.raw && got != test.want {
			t.Errorf("the simulator's digest of %s is %s, want %s", test.text, got, test.want)
		}
	}
}

// What other escapes sign, Go's and PHP's: SF refuses it, and only texts with these
// signs in them tell.
func TestDigestOfOtherEscapes(t *testing.T) {
	for _, wrong := range []string{"Uhcc9aBcFemgfYQSseWNdw==", "J9boo3dPq/et3noGGJn/Ww=="} {
		if digest(`{"orderId":"T 1*~+/=&","name":"测试"}`+"1795392000000"+"fakeCheckWord00000000000000000001", false) == wrong {
			t.Errorf("digest = %s", wrong)
		}
	}
}

func TestEncode(t *testing.T) {
	const text = `{"language":"zh-CN","orderId":"T20261123001"}1795392000000fakeCheckWord00000000000000000001`
	const want = `%7B%22language%22%3A%22zh-CN%22%2C%22orderId%22%3A%22T20261123001%22%7D1795392000000fakeCheckWord00000000000000000001`
	if got := encode(text); got != want {
		t.Errorf("encode = %s, want %s", got, want)
	}
	if got := encode(" *~.-_+"); got != "+*%7E.-_%2B" {
		t.Errorf("encode = %s", got)
	}
}

// The old XML platform signs the bare text with the check word behind it. It is
// not spoken here; its vector holds the digest's arithmetic.
func TestVerifyCode(t *testing.T) {
	sum := md5.Sum([]byte(`<Request service='RouteService' lang='zh-CN'><Head>TESTPARTNER</Head></Request>` + "fakeCheckWord00000000000000000001"))
	const want = "O//Ehwtv8x1+T8FGV5T5UQ=="
	if got := base64.StdEncoding.EncodeToString(sum[:]); got != want {
		t.Errorf("verifyCode = %s", got)
	}
	if got := digest(`<Request service='RouteService' lang='zh-CN'><Head>TESTPARTNER</Head></Request>`+"fakeCheckWord00000000000000000001", true); got != want {
		t.Errorf("digest = %s", got)
	}
}
