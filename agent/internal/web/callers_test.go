package web_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/pairing"
	"miandan/agent/internal/web/webtest"
)

// callersDesk is a page at which other pages may ask to print.
func callersDesk(t *testing.T, ask bool) (url string, station *apitest.Station, book *pairing.Book, jobs *apitest.Jobs) {
	t.Helper()
	book, err := pairing.Open(t.TempDir(), pairing.Options{Policy: pairing.Policy{Ask: ask}, Now: time.Now, Note: func(context.Context, string, string, pairing.Origin) error { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	station = apitest.New(apitest.Bench(time.Now()))
	jobs = &apitest.Jobs{Changed: func() { station.Change(func(*api.Queue) {}) }}
	url, _, _ = webtest.Serve(t, api.Server{Station: station, Callers: book, Jobs: jobs})
	return url, station, book, jobs
}

// hostile are the ways in which a page can make a browser ask something of another
// server, each a promise of what the page has learnt: nothing, where it is "".
const hostile = `async (agent) => {
	const learnt = [];
	const reads = ["", "api/v1/queue", "api/v1/orders", "api/v1/version", "api/v1/jobs", "api/v1/callers", "api/v1/openapi.json", "static/core.js", "docs/miandan.js", "docs", "enter"];
	const acts = [["api/v1/print", {orders: ["1004200023"]}], ["api/v1/pause", {}], ["api/v1/scan", {waybill: "JDVA00000000011"}], ["api/v1/reveal", {order: "1004200026"}], ["api/v1/callers/answer", {origin: location.origin, answer: "always"}], ["api/v1/session/enter", {code: "AAAA-AAAA-AAAA"}]];
	const tell = (what, said) => { if (said) learnt.push(what + ": " + said); };
	const soon = (p) => Promise.race([p, new Promise((done) => setTimeout(done, 1500))]);
	for (const path of reads) {
		if (path !== "api/v1/jobs") await soon(fetch(agent + path).then((a) => a.text()).then((t) => tell("fetch " + path, t), () => {}));
		await soon(fetch(agent + path, {mode: "no-cors", credentials: "include"}).then((a) => a.text()).then((t) => tell("no-cors " + path, t), () => {}));
		await soon(new Promise((done) => { const e = new Image(); e.onload = () => { tell("img " + path, "loads"); done(); }; e.onerror = done; e.src = agent + path; }));
		await soon(new Promise((done) => { const e = document.createElement("script"); e.onload = () => { tell("script " + path, "loads"); done(); }; e.onerror = done; e.src = agent + path; document.head.append(e); }));
		await soon(new Promise((done) => { const e = document.createElement("link"); e.rel = "stylesheet"; e.onload = () => { tell("style " + path, "loads"); done(); }; e.onerror = done; e.href = agent + path; document.head.append(e); }));
	}
	for (const [path, body] of acts) {
		for (const type of ["application/json", "text/plain", "application/x-www-form-urlencoded"]) {
			for (const mode of ["cors", "no-cors"]) await soon(fetch(agent + path, {method: "POST", mode, headers: {"Content-Type": type}, credentials: "include", body: JSON.stringify(body)}).then((a) => a.text()).then((t) => tell(mode + " " + path, t), () => {}));
			navigator.sendBeacon(agent + path, new Blob([JSON.stringify(body)], {type}));
		}
		for (const enctype of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
			const frame = document.createElement("iframe");
			frame.name = "f" + Math.random();
			document.body.append(frame);
			const form = document.createElement("form");
			Object.assign(form, {method: "post", action: agent + path, target: frame.name, enctype});
			const field = document.createElement("input");
			field.name = JSON.stringify(body).slice(0, -1) + ',"x":"';
			field.value = '"}';
			form.append(field);
			document.body.append(form);
			form.submit();
		}
	}
	await soon(new Promise((done) => { const e = new EventSource(agent + "api/v1/events"); e.onopen = () => { tell("EventSource", "opens"); done(); }; e.onerror = done; }));
	for (const path of ["", "api/v1/events", "api/v1/queue"]) await soon(new Promise((done) => { const s = new WebSocket(agent.replace("http", "ws") + path); s.onopen = () => { tell("WebSocket " + path, "opens"); done(); }; s.onerror = done; }));
	const frame = document.createElement("iframe");
	frame.src = agent;
	document.body.append(frame);
	await new Promise((done) => setTimeout(done, 1000));
	return learnt.join("\n");
}`

// TestHostilePageDoesAndLearnsNothing has a real browser try, from another origin and
// under a name that was bound to this computer.
func TestHostilePageDoesAndLearnsNothing(t *testing.T) {
	url, station, book, jobs := callersDesk(t, true)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>evil</title><body>")
	}))
	defer elsewhere.Close()
	_, port, _ := net.SplitHostPort(strings.TrimPrefix(elsewhere.URL, "http://"))
	_, ours, _ := net.SplitHostPort(strings.Trim(strings.TrimPrefix(url, "http://"), "/"))
	b := webtest.OpenBrowser(t, "--host-resolver-rules=MAP evil.example 127.0.0.1")
	look := webtest.Light(1280, 800, "en")
	for _, from := range []string{elsewhere.URL, "http://evil.example:" + port, "http://localhost:" + port} {
		b.Open(from, look)
		b.Wait("document.title === 'evil'")
		if learnt := b.Eval("(" + hostile + ")('" + url + "')"); learnt != "" {
			t.Errorf("from %s a page learns %s", from, learnt)
		}
	}
	if learnt := b.Eval("(" + hostile + ")(location.origin + '/')"); !strings.Contains(learnt, "fetch") || !strings.Contains(learnt, "no-cors") {
		t.Errorf("of its own server a page learns only %q: this test cannot fail", learnt)
	}
	// A name that is bound to this computer once the page is loaded (DNS rebinding).
	b.Open("http://evil.example:"+ours+"/", look)
	b.Wait("document.body")
	for _, js := range []string{
		`fetch('/api/v1/queue').then(async (a) => a.status + await a.text())`, `fetch('/').then(async (a) => a.status + await a.text())`,
		`fetch('/api/v1/pause', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'}).then(async (a) => a.status + await a.text())`,
	} {
		if said := b.Eval(js); !strings.HasPrefix(said, "421") || !strings.Contains(said, "host-refused") {
			t.Errorf("under a rebound name %s: %.200s", js, said)
		}
	}
	if acts := station.Acts(); len(acts) > 0 {
		t.Errorf("the station was asked to %q", acts)
	}
	if q, asked := book.Question(); asked {
		t.Errorf("somebody is asked about %s, whose page could read no answer", q.Origin)
	}
	if n := jobs.Count(); n > 0 || len(book.Callers()) > 0 {
		t.Errorf("%d jobs, callers %v", n, book.Callers())
	}
}

// TestPageOfAnotherOriginPrints is the whole way: the example page asks, a person at
// our page says yes, a label is printed and the page is told.
func TestPageOfAnotherOriginPrints(t *testing.T) {
	url, _, book, jobs := callersDesk(t, true)
	shop := httptest.NewServer(http.FileServerFS(os.DirFS("../api/docs")))
	defer shop.Close()
	agent := strings.TrimSuffix(url, "/")

	theirs, ours := webtest.OpenBrowser(t), webtest.OpenBrowser(t)
	theirs.Open(shop.URL+"/example.html#"+agent, webtest.Light(1280, 800, "en"))
	theirs.Wait("document.getElementById('pair').onclick")
	ours.Open(url, webtest.Light(1280, 800, "zh-CN"))
	ours.Wait("document.querySelector('#counts .some, #counts dd')?.textContent !== '–'")
	var work sync.WaitGroup
	defer work.Wait()
	theirs.Click("#pair")
	ours.Wait("document.getElementById('asking').open")
	if host := ours.Eval("document.querySelector('#asking [data-is=host]').textContent"); host != strings.TrimPrefix(shop.URL, "http://") {
		t.Errorf("asked about %q, want %s", host, shop.URL)
	}
	ours.Picture("asking zh light 1280")
	ours.Press("Enter") // a scanner's
	time.Sleep(700 * time.Millisecond)
	if len(book.Callers()) > 0 || ours.Eval("document.getElementById('asking').open") != "true" {
		t.Fatal("a scanner answers the question")
	}
	ours.Click(`#asking [data-answer="always"]`)
	ours.Wait("!document.getElementById('asking').open")
	theirs.Wait("document.getElementById('says').textContent.includes('76x130')")

	theirs.Click("#print")
	theirs.Wait("document.querySelectorAll('#jobs li').length === 1")
	if line := theirs.Eval("document.querySelector('#jobs li').textContent"); !strings.Contains(line, " · waiting") {
		t.Errorf("the page is told %q", line)
	}
	jobs.Done(theirs.Eval("document.querySelector('#jobs li').id"))
	theirs.Wait("document.querySelector('#jobs li').textContent.includes('done · confirmed')")
	theirs.Open("about:blank", webtest.Light(1280, 800, "en"))
	theirs.Open(shop.URL+"/example.html#"+agent, webtest.Light(1280, 800, "en"))
	theirs.Wait("document.querySelector('#jobs li')?.textContent.includes('done · confirmed')") // opened again it need not ask

	for _, l := range []struct {
		name string
		webtest.Look
	}{{"callers zh light 1280", webtest.Light(1280, 800, "zh-CN")}, {"callers en dark 1024", webtest.Dark(1024, 768, "en")}} {
		ours.Open("about:blank", l.Look)
		ours.Open(url+"#callers", l.Look)
		ours.Wait("document.querySelectorAll('#callers-list li').length === 1")
		if got := ours.Eval("document.documentElement.scrollWidth"); got != ours.Eval("innerWidth") {
			t.Errorf("%s: the page is %s wide", l.name, got)
		}
		ours.Picture(l.name)
	}
	ours.Click(`#callers-list [data-act="revoke"]`)
	ours.Wait("document.querySelectorAll('#callers-list li').length === 0")
	theirs.Click("#print") // and waits, since a person is asked anew
	ours.Wait("document.getElementById('asking').open")
	time.Sleep(700 * time.Millisecond)
	ours.Click(`#asking [data-answer="no"]`)
	theirs.Wait("document.getElementById('says').textContent.length > 0")
	if jobs.Count() != 1 {
		t.Errorf("%d jobs, want the one from before the pairing ended", jobs.Count())
	}
}
