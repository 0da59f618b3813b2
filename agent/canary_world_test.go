package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/canary"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
)

// aviary is a station whose orders are all for canaries, with everything that
// it leaves in one folder:
//
//	world/data     the agent's data          world/gateway, world/printer   beyond it
//	keys           the key store             tmp, home                      TMPDIR and HOME
//	in             what people hand over     out, said                      what they get; what was printed to a terminal
type aviary struct {
	t       *testing.T
	dir     string
	people  []canary.Person
	orders  []jdsim.Order
	world   *practice.World
	tattler *tattler
	echo    *echoPrinter
	scanner *canary.Scanner
	secrets []canary.KeyText

	mu   sync.Mutex
	said map[string][]byte // what is not a file: by where it was seen
	once map[string]bool   // what has been kept
}

// regions are where orders go to: each to another carrier.
var regions = []jdsim.Person{
	{Province: "江苏", City: "南京市", County: "玄武区", Town: "新街口街道", ProvinceID: 12, CityID: 904, CountyID: 50648, TownID: 50700},
	{Province: "浙江", City: "杭州市", County: "西湖区", Town: "北山街道", ProvinceID: 15, CityID: 1213, CountyID: 50142, TownID: 50150},
	{Province: "广东", City: "广州市", County: "海珠区", Town: "赤岗街道", ProvinceID: 19, CityID: 1601, CountyID: 3634, TownID: 63199},
	{Province: "四川", City: "成都市", County: "武侯区", Town: "浆洗街街道", ProvinceID: 22, CityID: 1930, CountyID: 50947, TownID: 50960},
	{Province: "山东", City: "青岛市", County: "市南区", Town: "香港中路街道", ProvinceID: 13, CityID: 1007, CountyID: 3522, TownID: 3530},
	{Province: "西藏", City: "拉萨市", County: "城关区", ProvinceID: 26, CityID: 3970, CountyID: 3972},
}

// Those of the regions whose labels have no room for a name, and where nobody
// has a contract.
const tightRegion, nowhere = 3, 5

// orderOf makes the i-th person's order; what the platform shows of her, how
// she is called and where she lives all change from one to the next.
func orderOf(p canary.Person, now time.Time) jdsim.Order {
	i := p.Index
	to := regions[i%len(regions)]
	// A label that does not fit holds its printer up for a second, and where no
	// carrier goes nothing is printed: a few of each are enough.
	if few := i > 60; few && (i%len(regions) == tightRegion || i%len(regions) == nowhere) || i%10 > 6 && i%len(regions) == nowhere {
		to = regions[i%3]
	}
	to.Name, to.Address, to.Mobile = p.Name, p.Address, p.Mobile
	o := jdsim.Order{
		ID: fmt.Sprint(312_100_000_000 + 7919*i), Mode: []jdsim.Mode{jdsim.Sealed, jdsim.Plain, jdsim.Virtual, jdsim.MaskedOAID, jdsim.Plain}[i%5],
		Items:   []jdsim.Item{{SKU: "100381120045", Name: "演示马克杯", Price: "59.00", Count: 1}},
		Payment: "59.00", Freight: "0.00", Remark: p.Remark, Paid: now.Add(-time.Duration(i%40) * time.Hour), Modified: now,
	}
	o.Started = o.Paid
	switch {
	case o.Mode == jdsim.Virtual || i%7 == 3:
		o.Virtual = p.Virtual
	case i%10 == 1:
		to.Mobile, to.Telephone = "", p.Landline
	}
	if i%4 == 0 {
		o.Shipment = jdsim.ShipJDExpress
		o.HideName, o.HideNumber = i%8 == 0, i%12 == 0
	}
	switch i % 25 {
	case 7: // refused: nobody can open her
		o.Mode, o.Virtual = jdsim.MaskedOnly, ""
	case 16: // does not fit on the label
		if i < 100 {
			to.Address += strings.Repeat(p.Address, 12)
		}
	case 21:
		o.State = jdsim.Cancelled
	case 23: // in two parcels
		o.VenderRemark = jdsim.DemoInTwo
	default: // some go to a contract of the shop's own
		if all := practice.Platforms(); i%3 == 2 {
			o.VenderRemark = all[i/3%len(all)].Note()
		}
	}
	o.Receiver = to
	return o
}

// openAviary makes the station with n people.
func openAviary(t *testing.T, way practice.Way, people []canary.Person) *aviary {
	t.Helper()
	a := &aviary{t: t, dir: *canaryDir, people: people, said: map[string][]byte{}, once: map[string]bool{}}
	if a.dir == "" {
		a.dir = t.TempDir()
	}
	for _, d := range []string{"tmp", "home", "in", "out"} {
		a.must(os.Mkdir(filepath.Join(a.dir, d), 0o700))
	}
	t.Setenv(seal.KeysEnv, filepath.Join(a.dir, "keys"))
	t.Setenv("TMPDIR", filepath.Join(a.dir, "tmp"))
	t.Setenv("HOME", filepath.Join(a.dir, "home"))
	t.Setenv("LANG", "C")
	var err error
	a.world, err = practice.Open(filepath.Join(a.dir, "world"), practice.Config{Way: way, Carriers: way == practice.Own})
	a.must(err)
	t.Cleanup(func() { a.world.Close() })
	a.must(practice.PutSecrets(a.world.Data))
	for name, token := range practice.Secrets() {
		a.secrets = append(a.secrets, canary.KeyText{Name: name, Text: token.Reveal()})
	}
	a.scanner = canary.New(people, a.secrets...)
	for _, p := range people {
		a.orders = append(a.orders, orderOf(p, time.Now()))
	}
	a.tattler = newTattler(a.world.Gateway, people, 1+len(people)/200)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	a.must(err)
	server := &http.Server{Handler: a.tattler, ReadHeaderTimeout: 5 * time.Second}
	go server.Serve(listener)
	t.Cleanup(func() { server.Close() })
	a.echo = newEchoPrinter(t)
	a.settings(way, listener.Addr().String())
	return a
}

// settings puts the tattler before the gateway and a second printer beside the
// first, and has one carrier's labels drawn by a layout that has no room for a
// name.
func (a *aviary) settings(way practice.Way, tattler string) {
	b, err := os.ReadFile(a.world.Config)
	a.must(err)
	text := string(b)
	_, rest, _ := strings.Cut(text, `gateway = "http://`)
	at, _, _ := strings.Cut(rest, "/")
	text = strings.ReplaceAll(text, at, tattler)
	text = strings.Replace(text, "regular_plans = true", "regular_plans = true\nnumber_package = true", 1)
	text = strings.Replace(text, "[[route]]\nwhen = { province = \"浙江\" }", "[[route]]\nwhen = { province = \"西藏\" }\ncarrier = \"wujie/JTSD\"\n\n[[route]]\nwhen = { province = \"浙江\" }", 1)
	text = strings.Replace(text, "[[service]]", "[[wujie]]\nprovider_code = \"JTSD\"\nprovider_name = \"极兔速递\"\nprovider_id = 9999\nbranch_code = \"57199\"\n\n[[service]]", 1)
	if way == practice.Own { // the others are drawn elsewhere
		text = strings.Replace(text, "provider_code = \"STO\"\n", "provider_code = \"STO\"\ntemplate = \"tight\"\n", 1)
	}
	text += fmt.Sprintf("\n[labels]\nlayouts = %q\n\n[[printer]]\nname = \"bench-2\"\nurl = \"tcp://%s\"\nlanguage = \"escpos\"\ndots_per_mm = 8\nmedia = \"label\"\npaper = \"76x130\"\n",
		filepath.Join(a.dir, "in", "layouts"), a.echo.address)
	a.must(os.WriteFile(a.world.Config, []byte(text), 0o600))
	a.must(os.Mkdir(filepath.Join(a.dir, "in", "layouts"), 0o700))
	a.file("layouts/tight.yaml", "title: 演示窄版\npage: {w: 76, h: 130}\nelements:\n"+
		"- {include: number, at: {x: 2, y: 10, w: 72, h: 18}}\n"+
		"- {text: \"重印 {copy}\", at: {x: 60, y: 2, w: 14, h: 4}, size: 3}\n"+
		"- {text: \"{receiver.name} {receiver.phone} {receiver.address}\", at: {x: 2, y: 40, w: 9, h: 3}, size: 3, floor: 2.8, lines: 1, required: true}\n")
}

func (a *aviary) must(err error) {
	a.t.Helper()
	if err != nil {
		a.t.Fatal(err)
	}
}

// file writes what somebody hands over and returns its path.
func (a *aviary) file(name, text string) string {
	a.t.Helper()
	path := filepath.Join(a.dir, "in", name)
	a.must(os.WriteFile(path, []byte(text), 0o600))
	return path
}

func (a *aviary) out(name string) string { return filepath.Join(a.dir, "out", name) }

// heard keeps what was seen and is no file. It may be called from several
// goroutines.
func (a *aviary) heard(where string, b []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if key := where + "\x00" + string(b); a.once[key] {
		return
	} else {
		a.once[key] = true
	}
	a.said[where] = append(append(a.said[where], b...), '\n')
}

// command runs the program, keeps what it says, and returns its standard
// output.
func (a *aviary) command(args ...string) (string, error) {
	cmd := exec.Command("miandan", args...)
	cmd.Env = append(os.Environ(), "MIANDAN_DATA="+a.world.Data)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	name := strings.Join(args[:min(2, len(args))], " ")
	a.heard("arguments of "+name, []byte(strings.Join(cmd.Args, "\x00")))
	a.heard("output of "+name, []byte(out.String()))
	a.heard("errors of "+name, []byte(errs.String()))
	return out.String(), err
}

// run starts the agent. What it says is kept when it has ended.
func (a *aviary) run() (*exec.Cmd, *output) {
	log := &output{}
	cmd := startAgent(a.t, a.world, log)
	a.t.Cleanup(func() { cmd.Process.Kill() }) // if the test fails before it ends the agent
	return cmd, log
}

// ready returns the address of the agent's page.
func (a *aviary) ready(log *output) string {
	a.t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if _, rest, ok := strings.Cut(log.String(), "ready "); ok {
			if url, _, ok := strings.Cut(rest, "\n"); ok {
				a.knowKey()
				return strings.TrimSpace(url)
			}
		}
	}
	a.t.Fatalf("the agent is not ready: %s", a.masked(log.String()))
	return ""
}

// knowKey has the key-encryption key looked for too. The agent has made it.
func (a *aviary) knowKey() {
	a.t.Helper()
	kek, err := os.ReadFile(filepath.Join(a.dir, "keys", "kek"))
	a.must(err)
	a.scanner = canary.New(a.people, append(a.secrets, canary.KeyText{Name: "the key-encryption key", Text: string(kek)})...)
}

// masked is text as the test itself may print it.
func (a *aviary) masked(text string) string {
	if hits, _ := a.scanner.Bytes("output", []byte(text)); len(hits) > 0 {
		return fmt.Sprintf("(names somebody: %v)", hits[0])
	}
	return text[max(0, len(text)-1000):]
}

// apiRow is what the test reads of a row of the queue.
type apiRow struct {
	Label   string `json:"label"`
	Order   string `json:"order"`
	State   string `json:"state"`
	Waybill string `json:"waybill"`
}

func (a *aviary) rows(args ...string) (rows []apiRow) {
	text, err := a.command(append(args, "--json")...)
	if err != nil {
		return nil // the agent is on its way
	}
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		err = json.Unmarshal([]byte(text), &rows)
	} else {
		var q struct {
			Rows []apiRow `json:"rows"`
		}
		err = json.Unmarshal([]byte(text), &q)
		rows = q.Rows
	}
	a.must(err)
	return rows
}

// echoPrinter sends back every byte that it is sent, and never says that
// anything was printed: its labels end in unknown.
type echoPrinter struct {
	address string
	mu      sync.Mutex
	got     int
}

func newEchoPrinter(t *testing.T) *echoPrinter {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	e := &echoPrinter{address: l.Addr().String()}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				defer conn.Close()
				conn.SetDeadline(time.Now().Add(10 * time.Second))
				n, _ := io.Copy(conn, conn) // ends when the agent hangs up
				e.mu.Lock()
				e.got += int(n)
				e.mu.Unlock()
			})
		}
	})
	t.Cleanup(func() { l.Close(); work.Wait() })
	return e
}

func (e *echoPrinter) bytes() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.got
}
