//go:build !notray && !race

package tray

import (
	"context"
	"flag"
	"image"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/printer/winspool/winetest"
)

var onWine = flag.Bool("wine", false, "show the tray of Windows on Wine, which takes half a minute")

// TestOnWine shows the tray that is shipped for Windows in a shell's notification
// area. Wine 8 has no unix sockets, so it asks the agent by the loopback port.
func TestOnWine(t *testing.T) {
	if !*onWine {
		t.Skip("not asked for by -wine")
	}
	windows := winetest.Start(t)
	exe := windows.Build(t, "miandan/agent/internal/tray", true)
	display := startDisplay(t)
	t.Setenv("DISPLAY", display)

	station := &counter{Station: apitest.New(apitest.Bench(time.Now()))}
	station.next = api.Scanned{Result: api.ScanPrinting, Order: "1004200023"}
	listener, err := api.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	token := api.NewToken()
	go func() {
		served <- api.Serve(ctx, api.Server{Station: station, Desk: station, Devices: station, Token: token}, listener, nil)
	}()
	env := []string{
		"DISPLAY=" + display, windowsAgent + "=" + listener.Addr().String(), windowsToken + "=" + token, "LANG=zh_CN.UTF-8",
	}
	// It ends with its Windows.
	go windows.Run(t, env, "explorer", "/desktop=shell,800x600", windows.Path(exe), "-test.run=^TestInWindows$")
	folder := t.ArtifactDir()
	t.Setenv(inDesktop, folder)
	until(t, "the icon", func() string { return onScreen(t, "wine", red) }, "shown")
	time.Sleep(2 * time.Second) // the balloon, which a picture keeps
	onScreen(t, "wine-told", red)

	s := screen{t: t, colour: red}
	acts := func() string { return strings.Join(station.Acts(), " | ") }
	before := shot(t)
	badge := dots(before, red)
	s.find(before, 8, image.Rectangle{}, func() { s.mouse(badge[len(badge)/2].X, badge[len(badge)/2].Y, "click", "1") })
	keepAs(t, filepath.Join(folder, "wine-menu.png"), s.seen)
	s.click(2)
	until(t, "print next", acts, "print [1004200023] by page")
	stop()
	if err := <-served; err != nil {
		t.Error(err)
	}
}
