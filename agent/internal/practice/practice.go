// Package practice is a packing station to practise on: a simulated JD gateway
// and simulated thermal printers on this computer's loopback, with settings
// for the real agent between them.
//
// The agent is the real one, from its settings file to its ledger; only what
// lies beyond its sockets is simulated. So what is seen here, and tested here,
// is what a warehouse gets, and the invented orders are the only ones in it.
package practice

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"miandan/agent/internal/carrier/component/componentsim"
	"miandan/agent/internal/config"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/jos/jdsim/sheet"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/printer/virtual"
)

// Orders is how many orders there are to practise on if nobody says.
const Orders = 14

// World is everything outside the agent.
type World struct {
	Data    string // the agent's data folder
	Config  string // its settings file
	Gateway *jdsim.Gateway
	Printer *virtual.Printer
	// Platforms are the carriers' own; there are some if Config.Carriers says so.
	Platforms []*Platform
	// Component is JD's print component, and Paper what came out of it; they are
	// there when labels are Sealed.
	Component *componentsim.Component
	Paper     *componentsim.Tray

	way                  Way
	style                sheet.Style // how JD draws
	server               *http.Server
	printer              virtual.Config
	gatewayAt, printerAt string
	listed               int // orders that the gateway lists
}

// Config says what the world is like.
type Config struct {
	Orders int // that ship, of those that wait on the gateway from the beginning; see jdsim.Demo
	Way    Way // Own if empty
	// Carriers adds an account of the merchant's own with every carrier, and an order
	// for each.
	Carriers bool
	// Language is what the printer understands, as the settings name it; "escpos"
	// if empty.
	Language string
	Speed    int // of the print head in mm/s; 0 prints at once, if the language needs no label to be seen at work
}

// Open makes the world in dir: orders wait on the gateway, the printer is on,
// and a settings file for the agent lies in its place. The gateway's and the
// printer's journals lie in dir/gateway and dir/printer. The secrets are put
// into the key store by PutSecrets.
func Open(dir string, c Config) (*World, error) {
	if c.Way != "" && !slices.Contains(Ways(), c.Way) {
		return nil, fmt.Errorf("practice: nothing makes labels by the way %q", c.Way)
	}
	w := &World{Data: filepath.Join(dir, "data"), way: c.Way}
	w.printer = virtual.Config{Name: "practice", Language: virtual.Language(cmp.Or(c.Language, "escpos")), DotsPerMM: 8, Speed: c.Speed, Folder: filepath.Join(dir, "printer")}
	if c.Speed == 0 && (c.Language == "tspl" || c.Language == "cpcl") { // they are believed once they were seen at work
		w.printer.Speed = 152
	}
	for _, d := range []string{w.Data, filepath.Join(dir, "gateway")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if w.style, err = styleOf(c.Way); err != nil {
		return nil, err
	}
	if w.Gateway, err = jdsim.New(jdsim.Config{JournalDir: filepath.Join(dir, "gateway"), PrintFonts: w.style.Fonts}); err != nil {
		return nil, err
	}
	now, ships := time.Now(), c.Orders
	if c.Carriers {
		ships += len(Platforms())
	}
	orders := jdsim.Demo(ships, now)
	if c.Carriers {
		send(orders[c.Orders:])
	}
	w.Gateway.AddPlan(jdsim.DemoPlan(ships, now))
	w.Gateway.AddOrder(orders...)
	w.listed = len(orders)
	if err := errors.Join(w.GatewayOn(), w.PrinterOn()); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	component := ""
	if c.Way == Sealed {
		if component, err = w.componentOn(filepath.Join(dir, "component")); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	w.Config = filepath.Join(w.Data, config.FileName)
	settings := c.Way.settings(Settings("http://"+w.gatewayAt+jdsim.Path, w.Printer.URL(), cmp.Or(c.Language, "escpos")), "http://"+w.gatewayAt, component)
	if c.Carriers {
		if settings, err = w.platformsOn(settings); err != nil {
			return nil, errors.Join(err, w.Close())
		}
	}
	if err := os.WriteFile(w.Config, []byte(settings), 0o600); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// GatewayOn puts the gateway on the network, at the same address every time.
func (w *World) GatewayOn() error {
	listener, err := listen(w.gatewayAt)
	if err != nil {
		return err
	}
	w.gatewayAt = listener.Addr().String()
	w.server = &http.Server{Handler: w.Gateway.All(), ReadHeaderTimeout: 5 * time.Second}
	go w.server.Serve(listener)
	return nil
}

// listen listens at an address, or where none was had yet at one that is free. What
// is switched off and on has the same again only if nobody has taken it meanwhile:
// so it is none of those that systems give to whoever wants any, for a line as well,
// which begin at 32768.
func listen(at string) (net.Listener, error) {
	if at != "" {
		return net.Listen("tcp", at)
	}
	for range 100 {
		if l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 20_000+rand.IntN(12_000))); err == nil {
			return l, nil
		}
	}
	return net.Listen("tcp", "127.0.0.1:0")
}

// GatewayOff takes the gateway off the network.
func (w *World) GatewayOff() error { return w.server.Close() }

// PrinterOn switches the printer on, at the same address every time.
func (w *World) PrinterOn() error {
	listener, err := listen(w.printerAt)
	if err != nil {
		return err
	}
	w.printerAt = listener.Addr().String()
	w.Printer, err = virtual.StartOn(listener, w.printer)
	return err
}

// PrinterOff switches the printer off.
func (w *World) PrinterOff() error { return w.Printer.Close() }

// Close ends the world.
func (w *World) Close() error {
	var errs []error
	if w.Printer != nil {
		errs = append(errs, w.Printer.Close())
	}
	if w.Component != nil {
		errs = append(errs, w.Component.Close())
	}
	for _, p := range w.Platforms {
		errs = append(errs, p.Off())
	}
	if w.server != nil {
		errs = append(errs, w.server.Close())
	}
	return errors.Join(append(errs, w.Gateway.Close())...)
}

// Secrets are what the simulated gateway wants, by the name in the key store.
func Secrets() map[string]secret.Token {
	return map[string]secret.Token{
		secret.JDAppSecret:   secret.New("TESTSECRET0123456789abcdef012345"),
		secret.JDAccessToken: secret.New("ffffffffffffffffffffffffffffffff0001"),

		secret.JDLAppSecret:   secret.New(jdsim.DefaultLOPAppSecret),
		secret.JDLAccessToken: secret.New(jdsim.DefaultLOPAccessToken),
	}
}

// PutSecrets puts them into the key store of a data folder.
func PutSecrets(data string) error {
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return err
	}
	all := Secrets()
	maps.Copy(all, carrierSecrets())
	for name, token := range all {
		if err := seal.SetSecret(keys, name, token); err != nil {
			return err
		}
	}
	return nil
}
