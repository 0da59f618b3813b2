package webtest

import (
	"context"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/web"
)

// Serve serves the page with what s says, and where s has no station, with one
// that shows apitest.Bench. It ends with the test, or when stop is called.
func Serve(t *testing.T, s api.Server) (url string, station *apitest.Station, stop func()) {
	t.Helper()
	l, err := api.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if s.Station == nil {
		s.Station = apitest.New(apitest.Bench(time.Now()))
	}
	station, _ = s.Station.(*apitest.Station)
	if station != nil { // what every station serves
		if s.Desk == nil {
			s.Desk = station
		}
		if s.Waves == nil {
			s.Waves = station
		}
		if s.Rules == nil {
			s.Rules = station
		}
	}
	s.Pages, s.Language = web.Handler, notice.Chinese
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- api.Serve(ctx, s, l, nil) }()
	stop = func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Serve ended with %v", err)
		}
		done <- nil
	}
	t.Cleanup(stop)
	return "http://" + l.Addr().String() + "/", station, stop
}
