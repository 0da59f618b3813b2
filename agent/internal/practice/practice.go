// Package practice is a packing station to practise on: a simulated JD gateway
// and simulated thermal printers on this computer's loopback, with settings
// for the real agent between them.
//
// The agent is the real one, from its settings file to its ledger; only what
// lies beyond its sockets is simulated. So what is seen here, and tested here,
// is what a warehouse gets, and the invented orders are the only ones in it.
package practice

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"miandan/agent/internal/config"
	"miandan/agent/internal/jos/jdsim"
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

	server               *http.Server
	printer              virtual.Config
	gatewayAt, printerAt string
	listed               int // orders that the gateway lists as waiting to be shipped
}

// Config says what the world is like.
type Config struct {
	Orders int // that wait on the gateway from the beginning
	Speed  int // of the print head in mm/s; 0 prints at once
}

// Open makes the world in dir: orders wait on the gateway, the printer is on,
// and a settings file for the agent lies in its place. The gateway's and the
// printer's journals lie in dir/gateway and dir/printer. The secrets are put
// into the key store by PutSecrets.
func Open(dir string, c Config) (*World, error) {
	w := &World{Data: filepath.Join(dir, "data"), gatewayAt: "127.0.0.1:0", printerAt: "127.0.0.1:0"}
	w.printer = virtual.Config{Name: "practice", DotsPerMM: 8, Speed: c.Speed, Folder: filepath.Join(dir, "printer")}
	for _, d := range []string{w.Data, filepath.Join(dir, "gateway")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	var err error
	if w.Gateway, err = jdsim.New(jdsim.Config{JournalDir: filepath.Join(dir, "gateway")}); err != nil {
		return nil, err
	}
	orders := jdsim.Demo(c.Orders, time.Now())
	w.Gateway.AddOrder(orders...)
	for _, o := range orders {
		if o.State == "" || o.State == jdsim.ToShip {
			w.listed++
		}
	}
	if err := errors.Join(w.GatewayOn(), w.PrinterOn()); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	w.Config = filepath.Join(w.Data, config.FileName)
	settings := Settings("http://"+w.gatewayAt+jdsim.Path, w.Printer.URL())
	if err := os.WriteFile(w.Config, []byte(settings), 0o600); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

// GatewayOn puts the gateway on the network, at the same address every time.
func (w *World) GatewayOn() error {
	listener, err := net.Listen("tcp", w.gatewayAt)
	if err != nil {
		return err
	}
	w.gatewayAt = listener.Addr().String()
	w.server = &http.Server{Handler: w.Gateway, ReadHeaderTimeout: 5 * time.Second}
	go w.server.Serve(listener)
	return nil
}

// GatewayOff takes the gateway off the network.
func (w *World) GatewayOff() error { return w.server.Close() }

// PrinterOn switches the printer on, at the same address every time.
func (w *World) PrinterOn() error {
	listener, err := net.Listen("tcp", w.printerAt)
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
	}
}

// PutSecrets puts them into the key store of a data folder.
func PutSecrets(data string) error {
	keys, err := seal.OpenKeystore(data)
	if err != nil {
		return err
	}
	for name, token := range Secrets() {
		if err := seal.SetSecret(keys, name, token); err != nil {
			return err
		}
	}
	return nil
}

// Settings returns a settings file for the simulated gateway's account, with
// one ESC/POS printer.
func Settings(gateway, printer string) string {
	var carriers strings.Builder
	for _, c := range []struct {
		code, name, branch, settlement string
		id                             int
	}{
		{"ZTO", "中通快递", "57101", "", 1499},
		{"YTO", "圆通速递", "210001", "", 463},
		{"STO", "申通快递", "200240", "", 470},
		{"YUNDA", "韵达快递", "201100", "", 1327},
		{"SF", "顺丰速运", "", "0210000001", 467},
	} {
		fmt.Fprintf(&carriers, "\n[[wujie]]\nprovider_code = %q\nprovider_name = %q\nprovider_id = %d\nbranch_code = %q\nsettlement_code = %q\nsame_number_again = true\n",
			c.code, c.name, c.id, c.branch, c.settlement)
	}
	return fmt.Sprintf(`station = "practice"

[jd]
enabled = true
gateway = %q
app_key = "0123456789ABCDEF0123456789ABCDEF"
vender_id = "10000001"
shop = "演示旗舰店"
poll_every = "1s"

[sender]
name = "演示仓"
phone = "021-80000001"
province = "上海"
city = "上海市"
district = "闵行区"
address = "演示路1号 3号库"
province_id = 2
city_id = 2817
district_id = 51973

[express]
enabled = true
customer_code = "010K0000000"
same_number_again = true
%s
[[route]]
when = { shipment = "jd-express" }
carrier = "jd-express"

[[route]]
when = { province = "浙江" }
carrier = "wujie/ZTO"

[[route]]
when = { province = ["广东", "湖南"] }
carrier = "wujie/YTO"

[[route]]
when = { province = ["四川", "陕西"] }
carrier = "wujie/STO"

[[route]]
when = { province = "山东" }
carrier = "wujie/SF"

[[route]]
carrier = "wujie/YUNDA"

[[printer]]
name = "bench-1"
url = %q
language = "escpos"
dots_per_mm = 8
media = "label"
confirm = "process-id"
paper = "76x130"

[print]
auto = true
phone = "virtual"

[shipped]
when = "confirmed"

[listen]
address = "127.0.0.1:0"

[log]
level = "debug"
`, gateway, carriers.String(), printer)
}
