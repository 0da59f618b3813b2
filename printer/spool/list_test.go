package spool

import (
	"context"
	"errors"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/printer/spool/spooltest"
)

func TestQueues(t *testing.T) {
	server := spooltest.Start(t)
	for _, u := range []*url.URL{server.TCP(spooltest.Label), server.Socket(spooltest.Label)} {
		all, err := Queues(t.Context(), u)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(all, func(q Queue) bool { return q.Name == spooltest.Zebra })
		if i < 0 {
			t.Fatalf("Queues(%s) = %+v, want %s among them", u.Scheme, all, spooltest.Zebra)
		}
		q := all[i]
		if !strings.Contains(q.Driver, "Zebra") || !strings.HasPrefix(q.Device, "socket://127.0.0.1") || q.Width == 0 || q.DotsPerMM < 7.9 || q.DotsPerMM > 8.1 {
			t.Errorf("the queue is %+v", q)
		}
	}
}

func TestQueuesOfNoService(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	u := &url.URL{Scheme: "cups", Path: "/", RawQuery: "socket=" + url.QueryEscape(t.TempDir()+"/none")}
	if _, err := Queues(ctx, u); !errors.Is(err, ErrNoSpooler) && runtime.GOOS != "windows" { // which has no such socket
		t.Errorf("Queues = %v, want %v", err, ErrNoSpooler)
	}
	for _, bad := range []string{"http://127.0.0.1/", "cups://somebody:word@127.0.0.1/"} {
		u, _ := url.Parse(bad)
		if _, err := Queues(ctx, u); err == nil || strings.Contains(err.Error(), "word") {
			t.Errorf("Queues(%s) = %v", u.Scheme, err)
		}
	}
}
