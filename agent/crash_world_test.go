package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"miandan/agent/internal/config"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/practice"
	"miandan/agent/internal/seal"
	"miandan/printer/virtual"
)

// crashWorld is what lies beyond the agent's sockets in one run of the crash
// campaign. Between the agent and everybody else stands somebody who can end it
// at a named moment: a gate before the gateway, a wire before each printer.
type crashWorld struct {
	dir, data, keys string
	gateway         *jdsim.Gateway
	gate            *gate
	server          *http.Server
	benches         []*bench
	inFleet         bool
	platforms       []*platformDoor // the carriers with whom the shop has a contract of its own

	mu      sync.Mutex
	orders  []*crashOrder // those that have come in
	waiting []*crashOrder
}

// crashOrder is an order and what becomes of it.
type crashOrder struct {
	jdsim.Order
	fate    string // "", "cancelled", "changed", "touched"
	happens int    // in which life
	done    bool
}

// platformDoor is a carrier's own platform with the gate before it.
type platformDoor struct {
	*practice.Platform
	gate *gate
}

// given are the numbers that the carrier gave for an order, whoever was told.
func (p *platformDoor) given(order string) []string {
	for reference, numbers := range p.Given() {
		if of(reference) == order {
			return numbers
		}
	}
	return nil
}

// of is the order that a reference stands for: the account's prefix goes before
// it, and at Deppon what every reference begins with.
func of(reference string) string { return reference[strings.LastIndexByte(reference, 'P')+1:] }

// before is the gate's way to stand before somebody.
func (g *gate) before(next http.Handler) http.Handler { g.next = next; return g }

// bench is a printer with the wire to it.
type bench struct {
	name, language string
	mute           bool // says nothing, ever
	printer        *virtual.Printer
	wire           *wire
}

// cutPower switches the printer off and on, and waits until paper that was under
// the head has been torn off. With the power goes what its network card held.
func (b *bench) cutPower() {
	b.wire.cut()
	b.wire.drop()
	b.printer.CutPower(false)
	b.wire.drop()
	time.Sleep(80 * time.Millisecond)
}

// fleet is which printers a run has: each language in turn beside ESC/POS, a
// sister with the same paper, and one that never says a word.
func fleetOf(seed uint64) []bench {
	second := []string{"zpl", "tspl", "cpcl", "escpos"}[seed%4]
	third := []string{"escpos", "tspl"}[seed/4%2]
	return []bench{{name: "bench-1", language: "escpos"}, {name: "bench-2", language: second}, {name: "bench-3", language: third, mute: true}}
}

// secrets are put into key stores that are named by the environment, one run at
// a time.
var secretsMu sync.Mutex

func newCrashWorld(dir string, seed uint64, random *rand.Rand, edit func(string) string) (w *crashWorld, err error) {
	w = &crashWorld{dir: dir, data: filepath.Join(dir, "data"), keys: filepath.Join(dir, "keys")}
	defer func() {
		if err != nil {
			err = errors.Join(err, w.close())
		}
	}()
	for _, d := range []string{w.data, filepath.Join(dir, "gateway")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return w, err
		}
	}
	contracts := jdsim.DefaultContracts()
	for i := range contracts {
		contracts[i].NewNumberEachTime = contracts[i].ProviderCode == "YTO"
	}
	if w.gateway, err = jdsim.New(jdsim.Config{JournalDir: filepath.Join(dir, "gateway"), Contracts: contracts, Seed: seed, Faults: []jdsim.Fault{
		{Kind: jdsim.Twice, Method: daySearch, Percent: 10},
		{Kind: jdsim.Shift, Method: daySearch, Percent: 20},
		{Kind: jdsim.Delay, Late: true, Wait: 5 * time.Millisecond, Percent: 50},
		{Kind: jdsim.Cut, Late: true, Method: dayWujie, Percent: 5},
		{Kind: jdsim.Cut, Late: true, Method: dayExpress, Percent: 5},
	}}); err != nil {
		return w, err
	}
	for _, p := range practice.Platforms() {
		w.platforms = append(w.platforms, &platformDoor{p, &gate{name: p.Name}})
	}
	w.writeOrders(random)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return w, err
	}
	w.gate = &gate{next: w.gateway.All()}
	w.server = &http.Server{Handler: w.gate, ReadHeaderTimeout: 5 * time.Second}
	go w.server.Serve(listener)
	for _, p := range w.platforms {
		if err := p.On(p.gate.before); err != nil {
			return w, err
		}
	}
	for _, b := range fleetOf(seed) {
		if err := w.add(&b); err != nil {
			return w, err
		}
	}
	settings, err := w.settings("http://" + listener.Addr().String() + jdsim.Path)
	if err != nil {
		return w, err
	}
	settings = edit(settings)
	if err := os.WriteFile(filepath.Join(w.data, config.FileName), []byte(settings), 0o600); err != nil {
		return w, err
	}
	secretsMu.Lock()
	defer secretsMu.Unlock()
	if err := os.Setenv(seal.KeysEnv, w.keys); err != nil {
		return w, err
	}
	return w, practice.PutSecrets(w.data)
}

func (w *crashWorld) add(b *bench) error {
	var err error
	b.printer, err = virtual.Start(virtual.Config{
		Name: b.name, Language: virtual.Language(b.language), DotsPerMM: 8, Speed: 600, Folder: filepath.Join(w.dir, b.name),
	})
	if err != nil {
		return err
	}
	b.printer.Mute(b.mute)
	if b.wire, err = newWire(b.printer); err != nil {
		return errors.Join(err, b.printer.Close())
	}
	w.benches = append(w.benches, b)
	return nil
}

// settings are those of the practice station with these printers. One carrier
// gives a new number each time it is asked, and the agent is told so.
func (w *crashWorld) settings(gateway string) (string, error) {
	first := w.benches[0]
	text := practice.Settings(gateway, first.wire.url(), first.language)
	before, after, _ := strings.Cut(text, `provider_code = "YTO"`)
	text = before + `provider_code = "YTO"` + strings.Replace(after, "same_number_again = true", "same_number_again = false", 1)
	var more strings.Builder
	for _, b := range w.benches[1:] {
		fmt.Fprintf(&more, "[[printer]]\nname = %q\nurl = %q\nlanguage = %q\ndots_per_mm = 8\nmedia = \"label\"\npaper = \"76x130\"\nconfirm_timeout = \"3s\"\n\n", b.name, b.wire.url(), b.language)
	}
	text = strings.Replace(text, "[print]\n", more.String()+"[print]\n", 1)
	var platforms []*practice.Platform
	for _, p := range w.platforms {
		platforms = append(platforms, p.Platform)
	}
	return practice.WithAccounts(text, platforms)
}

// writeOrders makes up the orders of the run, and what happens to them later.
func (w *crashWorld) writeOrders(random *rand.Rand) {
	const n = 14 * 12
	now := time.Now()
	w.gateway.AddPlan(jdsim.DemoPlan(n, now))
	demo := jdsim.Demo(n, now)[:n]
	random.Shuffle(len(demo), func(i, j int) { demo[i], demo[j] = demo[j], demo[i] })
	for i, o := range demo {
		c := &crashOrder{Order: o}
		if o.VenderRemark == "" && random.IntN(4) == 0 {
			c.VenderRemark = jdsim.DemoInTwo
		}
		c.Twice = c.Twice || random.IntN(10) == 0
		if p := w.platforms[random.IntN(len(w.platforms))].Platform; c.VenderRemark == "" && c.PayType != jdsim.PayOnDelivery && c.Plan == "" && random.IntN(2) == 0 {
			c.VenderRemark = p.Note() // it goes to the shop's own contract
		}
		switch die := random.IntN(20); {
		case i < 2: // something must come out
		case strings.HasPrefix(c.VenderRemark, "发:"): // the journals of the carriers' own platforms do not tell of what was given back
			if die < 4 {
				c.fate = "touched"
			}
		case die < 2:
			c.fate = "cancelled"
		case die < 4:
			c.fate = "changed"
		case die < 7:
			c.fate = "touched" // the platform tells of it once more, unchanged
		}
		w.waiting = append(w.waiting, c)
	}
}

// come makes n more orders come in, in this life of the agent.
func (w *crashWorld) come(n, life int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for ; n > 0 && len(w.waiting) > 0; n-- {
		o := w.waiting[0]
		w.waiting = w.waiting[1:]
		o.Modified, o.happens = time.Now(), life+len(o.ID+o.Receiver.Name)%2
		w.orders = append(w.orders, o)
		w.gateway.AddOrder(o.Order)
	}
}

// happen lets happen what is to happen to orders by this life of the agent.
func (w *crashWorld) happen(life int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, o := range w.orders {
		if o.done || o.happens > life {
			continue
		}
		o.done = true
		switch o.fate {
		case "cancelled":
			w.gateway.Update(o.ID, func(g *jdsim.Order) {
				if g.State == "" || g.State == jdsim.ToShip {
					g.State = jdsim.Cancelled
				}
			})
		case "changed":
			w.gateway.Update(o.ID, func(g *jdsim.Order) { g.Receiver.Address += "8号" })
		case "touched":
			w.gateway.Update(o.ID, func(*jdsim.Order) {})
		}
	}
}

func (w *crashWorld) all() []*crashOrder {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*crashOrder(nil), w.orders...)
}

func (w *crashWorld) bench(name string) *bench {
	for _, b := range w.benches {
		if b.name == name {
			return b
		}
	}
	return nil
}

// calm puts right whatever is the matter with anything out here.
func (w *crashWorld) calm() {
	w.gateway.Behave()
	w.gate.set(nil)
	w.gate.down.Store(false)
	for _, p := range w.platforms {
		p.Fail("")
		p.gate.set(nil)
	}
	for _, b := range w.benches {
		b.wire.set(nil)
		b.printer.Set(virtual.CoverOpen|virtual.PaperOut|virtual.HeadHot|virtual.Paused, false)
		b.printer.LoadPaper(-1)
		b.printer.Hang(false)
		b.printer.Mute(b.mute)
	}
}

func (w *crashWorld) close() error {
	var errs []error
	if w.server != nil {
		errs = append(errs, w.server.Close())
	}
	for _, p := range w.platforms {
		errs = append(errs, p.Off())
	}
	for _, b := range w.benches {
		b.wire.close()
		errs = append(errs, b.printer.Close())
	}
	if w.gateway != nil {
		errs = append(errs, w.gateway.Close())
	}
	return errors.Join(errs...)
}
