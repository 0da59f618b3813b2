package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/canary"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/practice"
	"miandan/templates/pii"
)

var (
	canaries   = flag.Int("canary", 0, "how many people the agent is taken through its life with; 0 leaves it out (24 take a minute)")
	canarySeed = flag.Uint64("canaryseed", 0, "seed of the people; 0 takes one from the clock")
	canaryDir  = flag.String("canarydir", "", "empty folder in which everything stays, to look at what was found; it names the people")
)

// TestCanary takes the real agent through everything that may happen to it,
// with orders for people who exist nowhere else, and then looks for them in
// everything that it has left, said and shown. Where they may be stands in the
// list lawful.
func TestCanary(t *testing.T) {
	if *canaries == 0 {
		t.Skip("only with -canary N")
	}
	seed := *canarySeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("replay with: go test ./agent -run TestCanary -canary %d -canaryseed %d", *canaries, seed)
	a := openAviary(t, practice.Own, canary.People(seed, *canaries))
	began := time.Now()
	lap := func(what string) {
		t.Logf("%s after %.1f s", what, time.Since(began).Seconds())
	}

	// Half of the orders wait from the beginning, the rest come in later; a few
	// are kept for the moment of the crash.
	last := max(len(a.orders)/20, 3)
	early, late, crash := a.orders[:len(a.orders)/2], a.orders[len(a.orders)/2:len(a.orders)-last], a.orders[len(a.orders)-last:]
	a.world.Gateway.AddOrder(early...)
	letCoresBe(t)
	agent, log := a.run()
	page := a.ready(log)
	stopProcesses := a.watchProcesses(agent.Process.Pid)
	if limit, err := coreLimit(agent.Process.Pid); err != nil || limit != "0" {
		t.Errorf("a crash of the agent may leave a core of %s bytes with everybody in it, %v", limit, err)
	}
	stopWire := a.wire(page)
	stopPage := a.watchPage(page)
	a.world.Printer.DropAfter(40_000) // the line breaks within a label: nobody knows
	a.world.Gateway.AddOrder(late...)
	a.settle(log, len(early)+len(late))
	lap("settled")
	a.handIn()
	a.staff()
	a.layouts()
	lap("commands done")
	a.settle(log, len(early)+len(late))
	stopPage()
	stopWire()
	a.search("while the agent runs")
	lap("searched")
	a.delete()

	// A crash shows the stack of every goroutine, with what was in hand.
	a.fresh(crash)
	time.Sleep(1200 * time.Millisecond)
	a.crash(agent, log)
	stopProcesses()

	agent, log = a.run()
	a.ready(log)
	a.settle(log, len(a.orders))
	if err := endAgent(agent); err != nil {
		t.Errorf("the agent did not end well: %v", err)
	}
	a.heard("errors of run", []byte(log.String()))
	known := a.search("after its end")
	lap("done")

	// Where people may be they must be, or the search has seen nothing.
	for _, place := range []string{"output of orders reveal", "out/virtual.csv", "in/label.json", "keys/jd.app_secret", "keys/kek"} {
		if known[place] == 0 {
			t.Errorf("nobody was found in %s: the search is blind, or the scenario did not happen", place)
		}
	}
	a.plants()
	if list := a.tattler.untold(); len(list) > 0 && *canaries >= 30 {
		t.Errorf("the gateway never answered with: %s", strings.Join(list, "; "))
	}
	if a.echo.bytes() == 0 {
		t.Error("the printer that echoes was sent nothing")
	}
	if a.world.Printer.Err() != nil {
		t.Error(a.world.Printer.Err())
	}
}

// fresh hands orders in now.
func (a *aviary) fresh(orders []jdsim.Order) {
	for i := range orders {
		orders[i].Modified = time.Now()
	}
	a.world.Gateway.AddOrder(orders...)
}

// settle waits until the agent has done all that it can do by itself.
func (a *aviary) settle(log *output, orders int) {
	a.t.Helper()
	var last string
	quiet := time.Now()
	deadline := quiet.Add(time.Minute + time.Duration(orders)*300*time.Millisecond) // on a machine that has much else to do
	for time.Now().Before(deadline) {
		states, known := map[string]int{}, map[string]bool{}
		moving, inHand := 0, 0
		for _, r := range readRows(a.t, a.world) {
			state := string(r.OrderState) + "/" + string(r.Label)
			states[state]++
			known[r.Order.ID] = true
			done := r.LabelID == 0 && slices.Contains([]string{"refused/", "skipped/", "cancelled/", "issue-unknown/", "changed/"}, state) ||
				r.LabelID != 0 && (r.Label.Ended() || r.Label == "unknown" || r.Problem.Code == "label-does-not-fit")
			if !done {
				moving++
			}
			if slices.Contains([]ledger.LabelState{ledger.Claimed, ledger.Rendered, ledger.Intent, ledger.Sending}, r.Label) {
				inHand++ // to read a ready file takes long on such a machine
			}
		}
		now := fmt.Sprint(states)
		if now != last {
			last, quiet = now, time.Now()
		}
		still := time.Since(quiet)
		if len(known) >= orders && (moving == 0 && still > time.Second || still > 10*time.Second && inHand == 0 || still > 45*time.Second) {
			a.t.Logf("settled: %s", now)
			return
		}
		time.Sleep(200 * time.Millisecond)
	}
	a.t.Errorf("the agent does not come to rest: %s\n%s", last, a.masked(log.String()))
}

// staff does what people at the bench do, right and wrong.
func (a *aviary) staff() {
	t := a.t
	var waybill, unknown, refused string
	for _, r := range a.rows("queue") {
		switch {
		case r.State == "printed" || r.State == "done" || r.State == "confirmed":
			waybill = r.Waybill
		case r.State == "unknown":
			unknown = r.Label
		case r.State == "refused":
			refused = r.Order
		}
	}
	if waybill == "" || unknown == "" || refused == "" {
		t.Errorf("the queue shows no printed waybill (%q), no unknown label (%q) or no refused order (%q)", waybill, unknown, refused)
	}
	fails := func(args ...string) {
		t.Helper()
		if out, err := a.command(args...); err == nil {
			t.Errorf("%v succeeded: %s", args[:min(2, len(args))], a.masked(out))
		}
	}
	works := func(args ...string) {
		t.Helper()
		if _, err := a.command(args...); err != nil {
			t.Errorf("%v: %v: %s", args[:min(2, len(args))], err, a.masked(string(a.said["errors of "+strings.Join(args[:min(2, len(args))], " ")])))
		}
	}
	works("queue")
	works("orders", "list")
	works("reprint", waybill, "--reason", "torn")
	fails("reprint", waybill)
	works("resolve", unknown, "not-printed", "--cleared")
	fails("resolve", unknown+"999", "printed")
	fails("print", refused, "999999999999")
	works("scan", waybill)
	works("pause", "on")
	works("pause", "off")
	for _, o := range a.orders[:min(len(a.orders), 10)] {
		a.command("orders", "reveal", o.ID) // of some there is no number to show
		a.command("orders", "reveal", o.ID, "--json")
	}
	works("orders", "export", "--form", "none", "-o", a.out("none.csv"))
	works("orders", "export", "--form", "masked", "-o", a.out("masked.csv"))
	works("orders", "export", "--form", "virtual", "-o", a.out("virtual.csv"))
	works("printers")
	a.command("printers", "status")
	a.command("doctor")
	a.command("doctor", "--json")
	a.command("audit", "verify")
	works("config", "check")
	a.command("config", "check", a.badSettings("phone = \"021-80000001\"", "phone = %[2]s"))
	a.command("config", "check", a.badSettings("phone = \"021-80000001\"", "phone = [\"%[2]s\", \"%[1]s\"]"))
	a.command("config", "check", a.badSettings("name = \"演示仓\"", "name = \"%[1]s"))
	a.command("config", "check", a.badSettings("address = \"演示路1号 3号库\"", "addres = \"%[3]s\""))
	a.support()
}

// delete deletes an order, and then tries the key-encryption key against every
// byte of the data folder.
func (a *aviary) delete() {
	t := a.t
	t.Helper()
	key := func(r apiRow) string {
		var raw string
		a.eachRow(`SELECT key FROM orders WHERE platform_id = '`+r.Order+`' AND key IS NOT NULL`, func(wrapped []byte) {
			thief, err := canary.NewThief(a.world.Data)
			a.must(err)
			raw, err = thief.Unwrap(wrapped)
			a.must(err)
		})
		return raw
	}
	var gone, kept string
	for _, r := range a.rows("queue") {
		if r.State != "printed" && r.State != "done" && r.State != "confirmed" {
			continue
		}
		if kept == "" {
			kept = key(r)
			continue
		}
		gone = key(r)
		if _, err := a.command("delete", r.Order, "--reason", "asked for it"); err != nil {
			t.Errorf("delete: %v: %s", err, a.masked(string(a.said["errors of delete "+r.Order])))
		}
		break
	}
	thief, err := canary.NewThief(a.world.Data)
	a.must(err)
	found := thief.Keys()
	if files := found[gone]; gone == "" || len(files) > 0 {
		t.Errorf("the key of a deleted order opens from %v", files)
	}
	if kept == "" || len(found[kept]) == 0 {
		t.Error("the key of an order that stays was not found: the search is blind")
	}
	if n, err := thief.Opens([]string{gone}); err != nil || n > 0 {
		t.Errorf("%d sealed texts of a deleted order are left, %v", n, err)
	}
	if n, err := thief.Opens([]string{kept}); err != nil || n == 0 {
		t.Errorf("an order that stays opens %d times, %v: the search is blind", n, err)
	}
}

// support makes the bundle that is sent to whoever helps, if this program has
// one.
func (a *aviary) support() {
	help, _ := a.command("help")
	if !regexp.MustCompile(`(?m)^\s+support\b`).MatchString(help) {
		a.t.Log("there is no support bundle to look into")
		return
	}
	if _, err := a.command("support", "-o", a.out("support.zip")); err != nil {
		a.t.Errorf("support: %v: %s", err, a.masked(string(a.said["errors of support -o"])))
	}
}

// badSettings writes the settings with something in them replaced by one of the
// people: whoever sends is a business and stands in the settings in clear, but
// a sentence about a mistake goes on to whoever helps.
func (a *aviary) badSettings(old, format string) string {
	b, err := os.ReadFile(a.world.Config)
	a.must(err)
	p := a.people[1]
	bad := fmt.Sprintf(format+"%.0[1]s%.0[2]s%.0[3]s", p.Name, p.Mobile, p.Address)
	text := strings.Replace(string(b), old, bad, 1)
	if text == string(b) {
		a.t.Fatalf("the settings have no %s", old)
	}
	return a.file(fmt.Sprintf("bad-%d.toml", time.Now().UnixNano()), text)
}

// layouts draws labels that somebody asks for, well and badly.
func (a *aviary) layouts() {
	p := a.people[2]
	good := map[string]any{
		"version": 1, "printed_at": "2026-11-25T09:30:00+08:00",
		"waybill": map[string]any{
			"carrier": "ZTO", "carrier_name": "中通快递", "number": "73000000000001", "order": "312045870039",
			"sender":     map[string]any{"name": "演示仓", "phone": "021-80000001", "address": map[string]any{"province": "上海", "city": "上海市", "district": "闵行区", "detail": "演示路1号"}},
			"receiver":   map[string]any{"name": p.Name, "phone": p.Mobile, "address": map[string]any{"province": "浙江", "city": "杭州市", "district": "西湖区", "detail": p.Address}},
			"phone_kind": "real", "remark": p.Remark, "routing": map[string]any{"code": "300-B12-005", "name": "演示转运中心"},
			"items":   []any{map[string]any{"name": "演示商品", "quantity": 1}},
			"parcels": []any{map[string]any{"barcode": "73000000000001", "index": 1, "count": 1}},
		},
	}
	b, err := json.Marshal(good)
	a.must(err)
	text := string(b)
	label := a.file("label.json", text)
	tight := filepath.Join(a.dir, "in", "layouts", "tight.yaml")
	for _, out := range []string{"label.pdf", "label.png"} {
		if _, err := a.command("render", "--template", "wujie-76x130", "--data", label, "-o", a.out(out)); err != nil {
			a.t.Errorf("render: %v: %s", err, a.masked(string(a.said["errors of render --template"])))
		}
	}
	a.command("templates", "preview", tight, "--data", label, "--once", "-o", a.out("label.preview.png"))
	a.command("templates", "check", tight, "--data", label)
	a.command("render", "--template", "tight", "--layouts", filepath.Dir(tight), "--data", label, "-o", a.out("label.tight.pdf"))
	quoted := func(s string) string { b, _ := json.Marshal(s); return string(b) }
	for i, bad := range []string{
		strings.Replace(text, quoted(p.Mobile), p.Mobile, 1),                      // a number
		strings.Replace(text, quoted(p.Name), "["+quoted(p.Name)+"]", 1),          // a list
		strings.Replace(text, `"version":1`, `"version":`+quoted(p.Name), 1),      // in a number's place
		strings.Replace(text, `"2026-11-25T09:30:00+08:00"`, quoted(about(p)), 1), // in a time's place
		strings.Replace(text, `"quantity":1`, `"quantity":`+p.Mobile+".5", 1),
		strings.Replace(text, `"quantity":1`, `"quantity":`+p.Mobile+"00000000000", 1),
		strings.Replace(text, `"real"`, quoted(p.Mobile), 1),
		strings.Replace(text, `"73000000000001","index"`, quoted(p.Name)+`,"index"`, 1), // a barcode
		text[:len(text)-40],
		p.Name + text,
		strings.Replace(text, p.Address, p.Address+"\U000F0000"+strings.Repeat(p.Address, 30), 1),
	} {
		a.command("render", "--template", "wujie-76x130", "--data", a.file(fmt.Sprintf("bad-label-%d.json", i), bad), "-o", a.out(fmt.Sprintf("label.bad-%d.pdf", i)))
	}
	for i, bad := range []string{
		"title: " + p.Name + "\npage: {w: 76, h: " + p.Mobile + "}\n",
		"title: x\npage: {w: 76, h: 130}\nelements:\n- {text: \"{receiver.nam}" + p.Name + "\", at: {x: 1}}\n",
		"title: x\n" + p.Name + ": [\n",
	} {
		// Who writes a person into a layout reads her in the excerpt; that is the
		// writer's own screen. It must not go anywhere else.
		cmd := exec.Command("miandan", "templates", "check", a.file(fmt.Sprintf("bad-layout-%d.yaml", i), bad))
		if err := cmd.Run(); err == nil {
			a.t.Errorf("layout %d is in order", i)
		}
	}
}

// wire listens to the loopback from and to the agent's page.
func (a *aviary) wire(page string) (stop func()) {
	u, err := url.Parse(page)
	a.must(err)
	port, err := strconv.Atoi(u.Port())
	a.must(err)
	captured, ok := capture(a.t, port)
	if !ok {
		if os.Getenv("MIANDAN_CI") == "1" && runtime.GOOS == "linux" {
			a.t.Error("this account may not listen to the loopback")
		}
		a.t.Log("skipped: this account may not listen to the loopback")
		return func() {}
	}
	return func() {
		total := 0
		for way, b := range captured() {
			a.heard("loopback "+way, b)
			total += len(b)
		}
		if total == 0 {
			a.t.Error("nothing went over the loopback: the search proves nothing")
		}
	}
}

// watchPage is a browser that opens the page and everything that it can reach,
// again and again, and also what is none of its business.
func (a *aviary) watchPage(page string) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var work sync.WaitGroup
	client := &http.Client{Timeout: 2 * time.Minute}
	get := func(path string) (int, string) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, page+path, nil)
		a.must(err)
		r.Header.Set("Accept-Language", "zh-CN")
		return a.ask(client, r, "page GET "+path)
	}
	_, text := get("/")
	token := regexp.MustCompile(`name="miandan-token" content="([^"]+)"`).FindStringSubmatch(text)
	if token == nil {
		a.t.Fatal("the page has no token")
	}
	post := func(path string, body any) int {
		b, err := json.Marshal(body)
		a.must(err)
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, page+path, strings.NewReader(string(b)))
		a.must(err)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", page)
		r.Header.Set("Miandan-Token", token[1])
		status, _ := a.ask(client, r, "page POST "+path)
		return status
	}
	work.Go(func() { // the stream of changes
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, page+"/api/v1/events", nil)
		a.must(err)
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			return
		}
		defer resp.Body.Close()
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
			a.heard("page events", lines.Bytes())
		}
	})
	work.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			for _, path := range []string{"/", "/api/v1/queue", "/api/v1/orders", "/api/v1/version", "/openapi.json", "/metrics", "/debug/pprof/heap?debug=1", "/debug/pprof/goroutine?debug=2", "/debug/vars", "/api/v1/reveal", "/api/v1/export", "/api/v1/log", "/nothing"} {
				get(path)
			}
			if i == 0 {
				o := a.orders[i].ID
				for _, path := range []string{"/api/v1/reveal", "/api/v1/orders/reveal", "/api/v1/export", "/api/v1/orders/export"} {
					if status := post(path, map[string]any{"order": o, "form": "virtual"}); status > 0 && status < 400 { // 0 is an answer that nobody waited for any more
						a.t.Errorf("a page that posts to %s is answered %d", path, status)
					}
				}
				post("/api/v1/print", map[string]any{"orders": []string{o, "nobody"}})
				post("/api/v1/reprint", map[string]any{"waybill": "nothing", "reason": "torn"})
				post("/api/v1/print", map[string]any{"orders": 7})
			}
			select {
			case <-ctx.Done():
			case <-time.After(700*time.Millisecond + time.Duration(len(a.orders))*3*time.Millisecond): // each answer holds all orders
			}
		}
	})
	return func() {
		cancel()
		work.Wait()
	}
}

// ask sends a request and keeps the whole answer.
func (a *aviary) ask(client *http.Client, r *http.Request, where string) (int, string) {
	resp, err := client.Do(r)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			a.t.Errorf("%s: %v", where, err)
		}
		return 0, ""
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil && !errors.Is(err, context.Canceled) {
		a.t.Errorf("%s: %v", where, err)
	}
	a.heard(where, fmt.Appendf(nil, "%s %v\n%s", resp.Status, resp.Header, b))
	return resp.StatusCode, string(b)
}

// crash makes the agent show the stacks of all its goroutines and end, as a
// panic that nobody recovers does.
func (a *aviary) crash(agent *exec.Cmd, log *output) {
	a.t.Helper()
	if runtime.GOOS == "windows" {
		a.must(agent.Process.Kill())
		agent.Wait()
		return
	}
	a.must(agent.Process.Signal(syscall.SIGQUIT))
	agent.Wait() // it ends badly
	text := log.String()
	if !strings.Contains(text, "SIGQUIT") || !regexp.MustCompile(`goroutine \d+ `).MatchString(text) {
		a.t.Errorf("the crash left no stacks: the search proves nothing of it: %s", a.masked(text))
	}
	a.heard("errors of run that crashed", []byte(text))
}

// TestPeopleAreMaskedHere holds the invented people against the masks: a mask
// that showed what is looked for would be a hit everywhere.
func TestPeopleAreMaskedHere(t *testing.T) {
	people := canary.People(1, 100)
	s := canary.New(people)
	var text strings.Builder
	for _, p := range people {
		fmt.Fprintln(&text, pii.NewName(p.Name), pii.NewPhone(p.Mobile), pii.NewPhone(p.Landline), pii.NewPhone(p.Virtual),
			pii.NewAddress(pii.Region{Province: "浙江", City: "杭州市", District: "西湖区"}, p.Address))
	}
	hits, err := s.Bytes("masks", []byte(text.String()))
	if err != nil || len(hits) > 0 {
		t.Errorf("%v %v", hits, err)
	}
}
