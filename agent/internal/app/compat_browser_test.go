package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/web/webtest"
)

// clientLibrary are the scripts of ec-print, a published client of Cainiao's component,
// and of what it connects by. They come from npm; without them the test is skipped,
// and fails in CI.
func clientLibrary(t *testing.T) (scripts []string) {
	t.Helper()
	root, err := exec.Command("npm", "root", "-g").Output()
	for _, file := range []string{"reconnecting-websocket/dist/reconnecting-websocket-iife.js", "ec-print/dist/ec-print.umd.js"} {
		var script []byte
		for _, folder := range []string{"", "ec-print/node_modules"} {
			if err == nil && script == nil {
				script, _ = os.ReadFile(filepath.Join(strings.TrimSpace(string(root)), folder, file))
			}
		}
		if script == nil {
			if os.Getenv("MIANDAN_CI") == "1" {
				t.Fatalf("ec-print is not installed: %s", file)
			}
			t.Skipf("ec-print is not installed: %s", file)
		}
		scripts = append(scripts, string(script))
	}
	return scripts
}

// TestAPublishedClientPrints opens a page of another origin in a real Chromium that
// prints by a published client library, which knows nothing of this agent: it lists
// the printers, looks at its label and prints it, after one yes of a person.
func TestAPublishedClientPrints(t *testing.T) {
	scripts := clientLibrary(t)
	s, port := openCompat(t, "cainiao", "")
	const template = `<page width=\"76\" height=\"130\"><layout left=\"3\" top=\"3\" width=\"70\" height=\"20\"><barcode type=\"code128\"><![CDATA[<%=_data.n%>]]></barcode></layout></page>`
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/0.js", "/1.js":
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, scripts[r.URL.Path[1]-'0'])
		case "/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<!doctype html><meta charset="utf-8"><script src="/0.js"></script><script src="/1.js"></script><script>
const said = {notices: []};
async function go() {
	const cainiao = new ecPrint.Providers.Cainiao({url: "ws://localhost:%d"});
	await cainiao.connect();
	cainiao.notifyPrintResult((n) => said.notices.push(n));
	said.agent = await cainiao.getAgentInfo();
	said.printers = await cainiao.getPrinters();
	said.config = await cainiao.getPrinterConfig(said.printers.defaultPrinter);
	const task = {task: {taskID: "B1", printer: said.printers.defaultPrinter, documents: [{documentID: "TT0000000021", contents: [{data: {n: "TT0000000021"}, templateURL: "%s"}]}]}};
	said.shown = await cainiao.printPreview(task);
	said.reply = await cainiao.print(task);
}
go().catch((e) => { said.error = String(e); });
</script>`, port, template)
		default:
			http.NotFound(w, r)
		}
	}))
	defer page.Close()
	s.decide(t, page.URL, "once")
	b := webtest.OpenBrowser(t)
	b.Open(page.URL, webtest.Light(800, 600, "zh-CN"))
	b.Wait(`said.error !== undefined || said.notices.length >= 2`)
	var said struct {
		Error    string
		Agent    struct{ Version string }
		Printers struct{ Printers []struct{ Name string } }
		Config   struct {
			Printer struct {
				PaperSize struct{ Width, Height float64 }
			}
		}
		Shown   struct{ Success bool }
		Reply   struct{ Success bool }
		Notices []struct{ TaskStatus string }
	}
	if err := json.Unmarshal([]byte(b.Eval(`JSON.stringify(said)`)), &said); err != nil {
		t.Fatal(err)
	}
	if said.Error != "" || said.Agent.Version != "1.5.3.0" || len(said.Printers.Printers) != 1 || said.Config.Printer.PaperSize.Width != 76 ||
		!said.Shown.Success || !said.Reply.Success || len(said.Notices) != 2 || said.Notices[1].TaskStatus != "printed" {
		t.Errorf("the page has heard %+v", said)
	}
	shown := b.Eval(`new Promise((done) => { const i = new Image(); i.onload = () => done(i.naturalWidth + "x" + i.naturalHeight); i.onerror = () => done("none"); i.src = said.shown.previewURL; })`)
	if shown != "608x1040" {
		t.Errorf("the preview is %s, want the paper's dots", shown)
	}
	if n := s.came("TT0000000021"); n != 1 {
		t.Errorf("the label came out %d times, want once", n)
	}
}
