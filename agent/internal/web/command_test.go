package web_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/web"
	"miandan/agent/internal/web/webtest"
)

// The sheet as it comes out of a printer is read by a scanner's software, and
// what was read is obeyed.
func TestCommandsFromTheSheet(t *testing.T) {
	t.Parallel()
	zbar, err := exec.LookPath("zbarimg")
	if err != nil {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("zbarimg is not installed")
		}
		t.Skip("zbarimg is not installed")
	}
	station := apitest.New(apitest.Bench(time.Now()))
	station.Goods("1004200024", "6900000000241", "6900000000242")
	url, _, _ := webtest.Serve(t, api.Server{Station: station})
	b := webtest.OpenBrowser(t)
	b.Open(url+"sheet", webtest.Dark(820, 1160, "zh-CN"))
	b.Wait("document.querySelectorAll('svg').length > 0")
	b.Picture("sheet")
	file := filepath.Join(t.TempDir(), "sheet.png")
	if err := os.WriteFile(file, b.Shot(3), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(zbar, "--raw", "-q", "-Sdisable", "-Scode128.enable", file).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	codes := strings.Fields(string(out))
	var want []string
	for _, c := range web.Commands() {
		want = append(want, c.Text())
	}
	slices.Sort(codes)
	slices.Sort(want)
	if !slices.Equal(codes, want) {
		t.Fatalf("read from the sheet: %q, want %q", codes, want)
	}

	b.Open(url, webtest.Light(1280, 800, "zh-CN"))
	b.Wait("document.querySelectorAll('#queue > li').length === 7")
	checked := func(mode string) string {
		return "document.querySelector('#scan [data-mode=" + mode + "]').getAttribute('aria-checked') === 'true'"
	}
	does := map[string]struct {
		until string
		acts  []string
	}{
		"CONFIRM": {checked("confirm"), nil},
		"PRINT":   {checked("print"), nil},
		"NEXT":    {"document.getElementById('scan').dataset.result === 'printing'", []string{"print-next by page"}},
		"CLEAR":   {"document.getElementById('collecting').hidden", []string{"scan-print 6900000000241 by page"}},
		"YES":     {"document.querySelectorAll('#questions > li').length === 0", []string{"resolve 100 printed by page"}},
		"NO":      {"document.querySelector('#questions > .is-sure, #numbers > .is-sure')", nil},
		"PAUSE":   {"document.body.classList.contains('is-paused')", []string{"pause by page"}},
		"RESUME":  {"!document.body.classList.contains('is-paused')", []string{"resume by page"}},
		"TORN":    {"document.getElementById('scan').dataset.result === 'printing'", []string{`reprint JDVA00000000017, label 100, because "撕坏或卡纸" by page`}},
		"FAINT":   {"document.getElementById('scan').dataset.result === 'printing'", []string{`reprint JDVA00000000017, label 100, because "打印不清" by page`}},
		"LOST":    {"document.getElementById('scan').dataset.result === 'printing'", []string{`reprint JDVA00000000017, label 100, because "面单丢失" by page`}},
		"PLACE":   {"document.getElementById('waves').checkVisibility()", nil},
	}
	for _, c := range web.Commands() { // in the order of the sheet: each leaves what the next needs
		d, ok := does[c.Code]
		if !ok {
			t.Errorf("nobody has said what %s does", c.Code)
			continue
		}
		steps(t, b)(c.Code, func(t *testing.T) {
			if c.Code == "CLEAR" {
				b.Scan(web.CommandPrefix + "PRINT")
				b.Scan("6900000000241")
				b.Wait("!document.getElementById('collecting').hidden")
			}
			if c.Code == "PRINT" {
				b.Scan(web.CommandPrefix + "CONFIRM")
				b.Wait(checked("confirm"))
			}
			if c.Code == "NO" {
				time.Sleep(1600 * time.Millisecond) // a scanner that reads twice has not answered twice
			}
			b.Eval("document.getElementById('scan').dataset.result = ''")
			b.Scan(c.Text())
			b.Wait(d.until)
			if strings.HasPrefix(strings.Join(d.acts, ""), "reprint ") { // until it is out, "the last" is no other label
				b.Eval("document.getElementById('scan').dataset.result = ''")
				b.Scan(c.Text())
				b.Wait(d.until)
				station.Change(func(q *api.Queue) { q.Rows[0].State = api.Done })
			}
			wantActs(t, station, d.acts...)
		})
	}
	if len(b.Errors) > 0 {
		t.Errorf("the console shows %q", b.Errors)
	}
}
