package tray

import (
	"context"
	"net"
	"os"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

// What TestOnWine tells the test program in its Windows.
const (
	windowsAgent = "MIANDAN_TEST_AGENT"
	windowsToken = "MIANDAN_TEST_TOKEN"
)

// TestInWindows is the part of TestOnWine that runs in its Windows.
func TestInWindows(t *testing.T) {
	if os.Getenv(windowsAgent) == "" {
		t.Skip("TestOnWine runs it")
	}
	addr, err := net.ResolveTCPAddr("tcp", os.Getenv(windowsAgent))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	if err := Run(ctx, api.Loopback(addr, os.Getenv(windowsToken), notice.English), Options{Open: func(string) {}, Quit: func() {}, Language: notice.English}); err != nil {
		t.Error(err)
	}
}
