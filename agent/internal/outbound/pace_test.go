package outbound

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestPace(t *testing.T) {
	reached := 0
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ }))
	defer server.Close()
	var asked []string
	stop := errors.New("not yet")
	var answer error
	paced := Paced(t.Context(), func(_ context.Context, account string) error {
		asked = append(asked, account)
		return answer
	})
	counted, free := &Client{Account: "sf"}, &Client{}
	for _, c := range []*Client{counted, free} {
		if _, err := c.Do(post(t, server.URL).WithContext(paced)); err != nil {
			t.Error(err)
		}
	}
	if _, err := counted.Do(post(t, server.URL)); err != nil { // outside the pace
		t.Error(err)
	}
	answer = stop
	_, err := counted.Do(post(t, server.URL).WithContext(paced))
	if !errors.Is(err, stop) || !Unsent(err) {
		t.Errorf("a request that may not be made: %v, unsent %v", err, Unsent(err))
	}
	if len(asked) != 2 || asked[0] != "sf" || asked[1] != "sf" || reached != 3 {
		t.Errorf("the pace was asked for %v, %d requests arrived; want sf twice and three", asked, reached)
	}
}
