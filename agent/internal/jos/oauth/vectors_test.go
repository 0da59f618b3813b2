package oauth_test

import (
	"net/url"
	"testing"
	"time"

	"miandan/agent/internal/jos/oauth"
)

// published is a token as the reference to JD's interfaces writes one out.
const published = `{"access_token":"ffffffffffffffffffffffffffffffff0001","expires_in":31535999,"refresh_token":"eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee0001","scope":"snsapi_base","open_id":"o-demo-0001","uid":"1234567890","time":1795422600000,"token_type":"bearer","code":0}`

func TestPublishedToken(t *testing.T) {
	var seen url.URL
	got, err := oauth.JOS{App: app(t, &seen, 200, published)}.Exchange(t.Context(), "C")
	if err != nil {
		t.Fatal(err)
	}
	if got.Access.Reveal() != "ffffffffffffffffffffffffffffffff0001" || got.Refresh.Reveal() != "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee0001" {
		t.Errorf("access %q, refresh %q", got.Access.Reveal(), got.Refresh.Reveal())
	}
	if !got.Expires.Equal(now.Add(31535999*time.Second)) || !got.Due().Equal(got.Expires.Add(-7*day)) {
		t.Errorf("ends %v, is renewed %v", got.Expires, got.Due())
	}
	again, err := oauth.Unpack(got.Pack())
	if err != nil || !again.Access.Equal(got.Access) || !again.Refresh.Equal(got.Refresh) || !again.Expires.Equal(got.Expires) {
		t.Errorf("packed and unpacked: %+v, %v", again, err)
	}
}
