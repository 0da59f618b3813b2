// Package app puts the program together: the data folder, the settings, the
// key, the ledger, the carriers and the printers become one station with its
// local interface.
//
// It is one readable function, Open, because the order matters and should be
// seen: the lock before anything is read, the key before the database, the
// recovery before anything is claimed.
package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/component"
	"miandan/agent/internal/carrier/component/cainiao"
	"miandan/agent/internal/config"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/host"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/logging"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/pairing"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/platform/localapi"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/store"
	"miandan/agent/internal/web"
	"miandan/printer"
	"miandan/printer/discover"
	"miandan/printer/page"
	"miandan/printer/spool"
	"miandan/printer/transport"
	"miandan/printer/winspool"
	"miandan/templates"
	"miandan/templates/scene"
)

// Options say what to run.
type Options struct {
	Data     string // the data folder, which host.MakeFolder has made
	Config   string // the settings file
	Listen   string // overrules listen.address if set
	Language notice.Language
	Version  string
	Clock    func() time.Time // nil is time.Now
	// Say tells people what is wrong and what to do. It may be called from
	// several goroutines and is not called twice in a row with the same.
	Say func(*notice.Error)
	// Log gets the log beside its file; nil for none.
	Log io.Writer
	// Ways are those of finding printers; nil for Ways().
	Ways []discover.Way
	// Token is what sessions of the page derive from: with that of the run before,
	// pages that are open stay so. Empty makes a new one.
	Token string
	// Apart keeps a fleet's member at its own orders, and lets a bench hold the
	// secrets for them: tests of a station that stands alone run with it beside the
	// fleet's loops.
	Apart bool
}

// App is the program, put together.
type App struct {
	Station *dispatch.Station
	Ledger  *ledger.Ledger

	options Options
	config  *config.Config
	log     *logging.Log
	lock    *host.Lock
	db      *store.DB
	seal    *seal.Sealer
	tcp     net.Listener
	local   net.Listener
	layouts *Layouts
	callers *pairing.Book
	said    *said
	offsets offsets
	started time.Time

	protocols []api.Protocol // other components', with their listeners
	fleet     *fleetMember   // nil for a station that stands alone

	aside     bool // the database was damaged, and this is a new one
	recovered bool // the run is on record as begun
}

// Open puts the program together and recovers what the last run left half
// done. Its errors are *notice.Error or config.Problems.
func Open(ctx context.Context, o Options) (a *App, err error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	words := &said{now: o.Clock}
	o.Say = words.before(o.Say)
	a = &App{options: o, said: words, started: time.Now()}
	defer func() {
		if err != nil {
			a.Close()
			a = nil
		}
	}()
	if a.config, err = Settings(o.Config); err != nil {
		return a, err
	}
	a.options.Language = Language(a.config, o.Language, os.Getenv) // another run may have been told of another
	if a.lock, err = host.TakeLock(o.Data); err != nil {
		return a, err
	}
	if a.log, err = openLog(o, a.config.Log); err != nil {
		return a, notice.New("data-folder-failed", err, o.Data)
	}
	keys, err := seal.OpenKeystore(o.Data)
	if err != nil {
		return a, err
	}
	if a.seal, err = seal.Open(keys, o.Data, store.Exists(o.Data)); err != nil { // the key, before the database
		return a, err
	}
	if a.db, err = a.openStore(ctx); err != nil {
		return a, storeNotice(err, o.Data)
	}
	a.Ledger = ledger.New(a.db, a.seal, o.Clock)
	a.Ledger.ShipOnPaper = a.config.Shipped.When == "confirmed"
	a.Ledger.WavePatience = cmp.Or(a.config.Print.WavePatience.Duration, -1)
	found, err := a.Ledger.Recover(ctx) // before anything is claimed
	if err != nil {
		return a, storeNotice(err, o.Data)
	}
	a.recovered = true
	if err := a.recordSettings(ctx); err != nil {
		return a, storeNotice(err, o.Data)
	}
	if a.Station, err = a.station(keys); err != nil {
		return a, err
	}
	if err := a.openFleet(ctx, keys); err != nil {
		return a, err
	}
	if a.callers, err = a.openCallers(); err != nil {
		return a, err
	}
	if err := a.Station.ReadSwitches(ctx); err != nil {
		return a, storeNotice(err, o.Data)
	}
	if err := a.markBroken(ctx, found.Restored); err != nil {
		return a, storeNotice(err, o.Data)
	}
	a.tellRecovered(found)
	return a, a.listen()
}

// readAtOnce is how large a database may be that is read whole before anything
// else: that takes a fifth of a second.
const readAtOnce = 8 << 20

// openStore opens the database. Nothing is sent by the word of a damaged one: it
// is set aside, whole, and a new one begun, which by the boot counter is behind
// as an old copy is. So every order that was paid before is in doubt, and a
// person settles it; what comes in later goes its way. A key store that has
// counted no run could not tell: then nothing is begun.
func (a *App) openStore(ctx context.Context) (*store.DB, error) {
	db, damage := store.OpenSoon(ctx, a.options.Data, readAtOnce)
	if !errors.Is(damage, store.ErrDamaged) {
		return db, damage
	}
	if runs, err := a.seal.BootCount(); err != nil || runs == 0 {
		return nil, errors.Join(damage, err)
	}
	folder, err := store.SetAside(a.options.Data, a.options.Clock())
	if err != nil {
		return nil, errors.Join(damage, err)
	}
	a.aside = true
	a.log.Error("the database is damaged and was set aside", "folder", folder, "error", damage)
	a.options.Say(notice.New("database-set-aside", damage, folder))
	return store.Open(ctx, a.options.Data)
}

// removeAside removes a database that was set aside when the last of those in it
// would have been purged.
func (a *App) removeAside(ctx context.Context) {
	kept := max(a.config.Privacy.PurgeAfter.Duration, a.config.Privacy.PurgeUnknownAfter.Duration)
	for ctx.Err() == nil {
		removed, err := store.RemoveAside(a.options.Data, a.options.Clock().Add(-kept))
		if len(removed) > 0 {
			a.log.Info("databases that were set aside are removed", "folders", removed)
		}
		if err != nil {
			a.log.Error("a database that was set aside is not removed", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Hour):
		}
	}
}

// URL is where the page is.
func (a *App) URL() string { return "http://" + a.tcp.Addr().String() }

// Run works until ctx ends and the labels in hand are settled. It ends with ErrAgain
// if somebody at the page asked for a new start.
func (a *App) Run(ctx context.Context) error {
	useLittleMemory()
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	upkeep := a.upkeep()
	starter := starter{upkeep, new(sync.Mutex), func() { stop(ErrAgain) }}
	var work sync.WaitGroup
	work.Go(func() { a.Station.Run(ctx) })
	work.Go(func() {
		a.Ledger.KeepAnchor(ctx, func(err error) { a.log.Error("the audit's end is not in the key store", "error", err) })
	})
	work.Go(func() { a.removeAside(ctx) })
	work.Go(func() { giveBack(ctx, a.Ledger.Changes) })
	work.Go(func() { a.runMetrics(ctx) })
	work.Go(func() { a.runFleet(ctx) })
	work.Go(func() { a.followUpdates(ctx) })
	err := api.Serve(ctx, api.Server{
		Station:   &station{App: a},
		Layouts:   a.layouts,
		History:   &station{App: a},
		Desk:      &desk{station: &station{App: a}},
		Waves:     waves{&station{App: a}},
		Rules:     rules{&station{App: a}},
		Speaker:   a.said,
		Devices:   &station{App: a},
		Upkeep:    upkeep,
		Starter:   starter,
		Fitter:    starter,
		Secrets:   a.keyring(),
		Auditor:   &station{App: a},
		Room:      a.wallRoom(),
		Drafts:    a.drafts(),
		Pages:     web.Handler,
		Door:      web.Door(a.options.Language),
		Closed:    !a.config.Listen.Open,
		Keeper:    doorkeeper{a.Ledger, a.seal},
		Callers:   a.callers,
		Protocols: a.protocols,
		Jobs:      jobs{&desk{station: &station{App: a}}},
		Token:     a.options.Token,
		Language:  a.options.Language,
		Version:   a.options.Version,
		Log:       a.log.Logger,
	}, a.tcp, a.local)
	work.Wait()
	if err == nil && errors.Is(context.Cause(ctx), ErrAgain) {
		return ErrAgain
	}
	return err
}

// Close gives everything back. It is safe after a failed Open.
func (a *App) Close() error {
	var errs []error
	for _, l := range []net.Listener{a.tcp, a.local} {
		if l != nil {
			l.Close() // Serve has closed it already if it ran
		}
	}
	a.closeCompat()
	a.closeFleet()
	if a.recovered {
		errs = append(errs, a.Ledger.Stop(context.Background()))
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	if a.log != nil {
		errs = append(errs, a.log.Close())
	}
	if a.lock != nil {
		errs = append(errs, a.lock.Release())
	}
	return errors.Join(errs...)
}

func openLog(o Options, c config.Log) (*logging.Log, error) {
	level, err := logging.ParseLevel(c.Level)
	if err != nil {
		return nil, err
	}
	return logging.Open(logging.Options{
		Dir: filepath.Join(o.Data, "logs"), Level: level, JSON: c.Format == "json",
		MaxSize: int64(c.MaxSizeMB) << 20, Files: c.Files, Console: o.Log,
	})
}

func (a *App) station(keys seal.Keystore) (*dispatch.Station, error) {
	c := a.config
	library, err := stationTemplates(c.Labels.Layouts)
	if err != nil {
		return nil, err
	}
	layouts, err := chooseLayouts(c, library)
	if err != nil {
		return nil, err
	}
	a.layouts = NewLayouts(library, c.Labels.Layouts, layouts)
	s := &dispatch.Station{
		Ledger: a.Ledger, Templates: library, Log: a.log.Logger, Clock: a.options.Clock, Say: a.say(),
		Sources: map[string]platform.Source{}, Issuers: map[string]carrier.Issuer{},
		Rules: dispatch.Rules{
			Route: c.Carrier, Serve: c.Serve, Template: func(issuer string) string { return layouts[issuer] }, Ways: ways(c), Auto: c.Print.Auto, Rule: autoRule(c), Fresh: c.Print.Fresh.Duration, Offline: c.Print.Offline == "print", Phone: c.Phone,
			PollEvery: c.JD.PollEvery.Duration, Shipped: c.Shipped.When, Stock: stock(c),
			WarnAhead: c.Print.WarnAhead.Duration,
			Retention: ledger.Retention{Ended: c.Privacy.PurgeAfter.Duration, Unknown: c.Privacy.PurgeUnknownAfter.Duration}, History: c.Privacy.History.Duration,
		},
	}
	if err := addJD(s, c, keys, a.options.Data); err != nil {
		return nil, err
	}
	if err := addContracts(s, c, keys); err != nil {
		return nil, err
	}
	addFolders(s, c)
	s.Sources[localapi.Name] = localapi.Source{}
	s.Reader = reader(a.options.Data)
	for _, pc := range c.Printers {
		p, err := OpenPrinter(pc)
		if err != nil {
			return nil, err
		}
		s.Watch(p)
		s.Printers = append(s.Printers, p)
	}
	if len(s.Printers) == 0 {
		s.Say(notice.New("printer-none", nil))
	}
	a.layouts.tellBroken(s.Say)
	return s, nil
}

// chooseLayouts returns the layout of each carrier whose labels are drawn here.
func chooseLayouts(c *config.Config, library *templates.Library) (map[string]string, error) {
	chosen := map[string]string{}
	for _, carrier := range c.Carriers() {
		if _, made := ways(c)[carrier]; made {
			continue
		}
		names := c.Layouts(carrier)
		i := slices.IndexFunc(names, func(name string) bool { return slices.Contains(library.Names(), name) })
		if i < 0 {
			return nil, notice.New("layout-missing", nil, names[len(names)-1], library.Names())
		}
		if _, err := library.Get(names[i]); err != nil {
			return nil, layoutNotice(library, names[i], err)
		}
		chosen[carrier] = names[i]
	}
	return chosen, nil
}

// Templates returns the built-in layouts and those of a folder, if it is not "".
func Templates(folder string) (*templates.Library, error) {
	library, err := templates.Builtin()
	if err == nil && folder != "" {
		library, err = library.With(folder)
	}
	var broken *templates.LayoutError
	if errors.As(err, &broken) {
		return nil, notice.New("layout-broken", err, broken.File, notice.Phrase{broken.Error(), broken.Chinese()})
	}
	if err != nil {
		return nil, notice.New("file-not-found", err, folder)
	}
	return library, nil
}

// OpenPrinter makes a printer of its settings. It does not reach for it.
func OpenPrinter(c config.Printer) (*dispatch.Printer, error) {
	registry := transport.Basic()
	registry["cups"] = func(u *url.URL) (printer.Transport, error) { return spool.Open(u) }
	registry[winspool.Scheme] = func(u *url.URL) (printer.Transport, error) {
		if c.Language == "page" {
			return winspool.Open(u, winspool.Page)
		}
		return winspool.Open(u, winspool.Raw)
	}
	registry[component.Scheme] = component.Open
	for _, d := range cainiao.Dialects() {
		registry[d.Scheme()] = d.Open
	}
	way, err := registry.Open(c.URL)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, notice.New("printer-other-system", err, c.Name)
	}
	if err != nil {
		return nil, fmt.Errorf("printer %s: %w", c.Name, err) // the settings were checked: a scheme that config knows and we do not
	}
	p := &dispatch.Printer{
		Printer: &printer.Printer{
			Name: c.Name, Transport: way, Confirm: printer.Confirmation(c.Confirm), OneByOne: c.OneByOne,
			Timeouts: printer.Timeouts{Dial: c.DialTimeout.Duration, Write: c.SendTimeout.Duration, Confirm: c.ConfirmTimeout.Duration},
		},
		Grid:  scene.Grid(c.DotsPerMM),
		Width: scene.Length(c.Paper.Width), Height: scene.Length(c.Paper.Height),
		Keeps: c.KeepsBuffer, Roll: c.Roll, Group: c.Group,
	}
	p.Paper = dispatch.Size(p.Width, p.Height)
	switch c.Language {
	case "page":
		p.PDF, p.Driver = true, page.Driver{}
		if _, ok := way.(*winspool.Transport); ok { // whose drivers draw and read no PDF
			p.PDF, p.Driver = false, page.Bitmap{}
		}
	case "sealed":
		p.Paper, p.Sealed, p.Driver = sealedPaper(&c, p.Paper), true, component.Driver{}
		if t, ok := way.(*cainiao.Transport); ok {
			p.Driver = cainiao.Driver{Dialect: t.Dialect()}
		}
	default:
		p.Driver = driverOf(c)
	}
	if p.Printer.Confirm == "status" { // what these languages are asked for anyway
		p.Printer.Confirm = ""
	}
	return p, nil
}

// say passes a notice on unless it is the last one again: a printer that is
// off says so every second.
func (a *App) say() func(*notice.Error) {
	var (
		mu   sync.Mutex
		last = map[string]time.Time{}
	)
	return func(n *notice.Error) {
		mu.Lock()
		defer mu.Unlock()
		if len(last) > 1000 {
			clear(last)
		}
		text := n.Text(notice.English)
		if time.Since(last[text]) < 30*time.Second {
			return
		}
		last[text] = time.Now()
		a.options.Say(n)
	}
}

// markBroken tells the printers in which half a label may lie: of an old copy of
// the database that is any.
func (a *App) markBroken(ctx context.Context, any bool) error {
	broken, err := a.Ledger.Broken(ctx)
	if err != nil {
		return err
	}
	for _, p := range a.Station.Printers {
		if any || slices.Contains(broken, p.Name) {
			p.BrokeOff()
		}
	}
	return nil
}

func (a *App) tellRecovered(r ledger.Recovered) {
	a.log.Info("recovered", "released", r.Released, "unknown", r.Unknown, "issue_unknown", r.IssueUnknown, "restored", r.Restored)
	if r.Restored && !a.aside {
		a.options.Say(notice.New("database-restored", nil, r.Unknown))
	}
}

func (a *App) listen() error {
	address := a.config.Listen.Address
	if a.options.Listen != "" {
		address = a.options.Listen
	}
	var err error
	if a.tcp, err = api.Listen(address); err != nil {
		return err
	}
	path, err := host.MakeSocketPath(a.options.Data)
	if err != nil {
		return err
	}
	if a.local, err = api.ListenLocal(path); err != nil {
		return notice.New("data-folder-failed", err, a.options.Data)
	}
	return a.listenCompat()
}

func storeNotice(err error, data string) error {
	switch err = store.Explain(err); {
	case errors.Is(err, store.ErrFull), host.IsDiskFull(err):
		return notice.New("disk-full", err, data)
	case errors.Is(err, store.ErrDisk):
		return notice.New("disk-failed", err, data)
	case errors.Is(err, store.ErrDamaged):
		return notice.New("database-damaged", err, filepath.Join(data, store.FileName))
	case errors.Is(err, store.ErrNewer):
		return notice.New("database-newer", err, filepath.Join(data, store.FileName))
	}
	return err
}
