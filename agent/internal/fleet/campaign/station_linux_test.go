package campaign

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/app"
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/bench"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/order"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/agent/internal/store"
)

// stationEnv makes the test binary be a station; it names the file of its settings.
const stationEnv = "MIANDAN_CAMPAIGN_STATION"

func TestMain(m *testing.M) {
	if file := os.Getenv(stationEnv); file != "" {
		if err := beStation(file); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	fleettest.Main(m)
}

// settings are what a station has besides its data.
type settings struct {
	Name     string
	Data     string
	Layouts  string
	DSN      string
	Password string
	Printer  string // its URL
	Ahead    int
	Lot      int
	Beat     time.Duration
}

const paper = "60x40"

// layout is that of the labels: a code to know them by.
const layout = `title: 演示
page: {w: 60, h: 40}
elements:
- barcode: "{parcel.barcode}"
  at: {x: 2, y: 5, w: 56, h: 25}
  module: 0.25
- text: "{copy}"
  at: {x: 2, y: 32, w: 20, h: 5}
  size: 4
`

// beStation is a station until its standard input ends: the program's own parts,
// without its page.
func beStation(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var c settings
	if err := json.Unmarshal(text, &c); err != nil {
		return err
	}
	ctx := context.Background()
	keys, err := seal.OpenKeystore(c.Data)
	if err != nil {
		return err
	}
	sealer, err := seal.Open(keys, c.Data, store.Exists(c.Data))
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, c.Data)
	if err != nil {
		return err
	}
	defer db.Close()
	l := ledger.New(db, sealer, time.Now)
	if _, err := l.Recover(ctx); err != nil {
		return err
	}
	work, b, err := assemble(ctx, c, l, keys)
	if err != nil {
		return err
	}
	defer b.DB.Close()
	ctx, cancel := context.WithCancel(ctx)
	var loops sync.WaitGroup
	loops.Go(func() { work.Run(ctx) })
	loops.Go(func() { b.Run(ctx) })
	p := person{l, work}
	err = p.listen(ctx, os.Stdin, os.Stdout)
	cancel()
	loops.Wait()
	return err
}

func assemble(ctx context.Context, c settings, l *ledger.Ledger, keys seal.Keystore) (*dispatch.Station, *bench.Bench, error) {
	key, err := fleet.KeyFrom(keys, false)
	if err != nil {
		return nil, nil, err
	}
	memory, err := bench.Memory(ctx, l)
	if err != nil {
		return nil, nil, err
	}
	layouts, err := app.Templates(c.Layouts)
	if err != nil {
		return nil, nil, err
	}
	way, err := fleet.Open(ctx, fleet.Config{DSN: c.DSN, Password: secret.New(c.Password), Station: c.Name, Key: key, Memory: memory, MaxConns: 3})
	if err != nil {
		return nil, nil, err
	}
	p, err := app.OpenPrinter(config.Printer{
		Name: "p", URL: c.Printer, Language: "escpos", Status: "ask", Confirm: "process-id", DotsPerMM: 8, BandRows: 128, Media: "label", Gap: 2,
		Paper: config.Paper{Width: 60_000, Height: 40_000}, DialTimeout: config.Duration{Duration: 5 * time.Second},
		SendTimeout: config.Duration{Duration: 30 * time.Second}, ConfirmTimeout: config.Duration{Duration: 20 * time.Second},
	})
	if err != nil {
		return nil, nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	say := func(n *notice.Error) { log.Info("said", "code", n.Code) }
	b := &bench.Bench{DB: way, Ledger: l, Station: c.Name, Printers: []*dispatch.Printer{p}, Ahead: c.Ahead, Lot: c.Lot, Log: log, Say: say, Every: c.Beat}
	work := &dispatch.Station{
		Ledger: l, Templates: layouts, Log: log, Clock: time.Now, Say: say, Printers: []*dispatch.Printer{p}, Fence: b,
		Sources: map[string]platform.Source{}, Issuers: map[string]carrier.Issuer{},
		Rules: dispatch.Rules{
			Route: func(order.Order) (string, bool) { return "", false }, Template: func(string) string { return "" }, Shipped: "never",
			Retention: ledger.Retention{Ended: time.Hour, Unknown: time.Hour}, PollEvery: time.Hour,
		},
	}
	work.Watch(p)
	return work, b, nil
}

// person does at a station what its packer does. The questions come in lines, and so
// do the answers: what is said, then "ok" or what is wrong.
type person struct {
	ledger *ledger.Ledger
	work   *dispatch.Station
}

// Open is a label that a person is asked about.
type Open struct {
	ID   int64
	Code string
}

func (p person) listen(ctx context.Context, questions io.Reader, answers io.Writer) error {
	lines := bufio.NewScanner(questions)
	for lines.Scan() {
		what, rest, _ := strings.Cut(lines.Text(), " ")
		var id int64
		_, _ = fmt.Sscan(rest, &id)
		who := ledger.Person{Who: "packer", Why: "looked at the tray"}
		var err error
		switch what {
		case "unknown":
			err = p.unknown(ctx, answers)
		case "printed":
			err = p.ledger.ResolvePrinted(ctx, id, who)
		case "not-printed":
			err = p.work.ResolveNotPrinted(ctx, id, who, true)
		default:
			err = fmt.Errorf("no such question: %s", what)
		}
		said := "ok"
		if err != nil {
			said = strings.ReplaceAll(err.Error(), "\n", " ")
		}
		if _, err := fmt.Fprintln(answers, said); err != nil {
			return err
		}
	}
	return lines.Err()
}

// unknown says what the packer is asked about, one JSON line each.
func (p person) unknown(ctx context.Context, out io.Writer) error {
	rows, err := p.ledger.Rows(ctx, ledger.Filter{Limit: -1})
	if err != nil {
		return err
	}
	for _, r := range rows {
		if r.Label != ledger.Unknown {
			continue
		}
		if err := json.NewEncoder(out).Encode(Open{r.LabelID, string(r.Own)}); err != nil {
			return err
		}
	}
	return nil
}
