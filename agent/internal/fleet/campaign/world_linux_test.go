package campaign

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"miandan/agent/internal/fleet"
	"miandan/agent/internal/fleet/fleettest"
	"miandan/agent/internal/seal"
	"miandan/agent/internal/secret"
	"miandan/printer/virtual"
	"miandan/templates/barcode"
	"miandan/templates/scene"
)

// world is the warehouse.
type world struct {
	t        *testing.T
	dir      string
	network  *network
	db       *fleettest.Database // on the primary
	standby  *fleettest.Server   // nil once it has taken over
	platform *fleettest.Member
	stations []*station
	trays    trays
	mu       sync.Mutex
	spans    []span
	sent     int // labels that were published
}

// station is one bench: its printer stands beside it, and its process comes and goes.
type station struct {
	world    *world
	index    int
	name     string
	zone     string
	settings string // its file
	printer  *virtual.Printer

	mu      sync.Mutex
	process *exec.Cmd // nil while it is off
	asks    io.WriteCloser
	answers *bufio.Scanner
	gone    chan struct{}
}

// zones is how many parts the room has.
const zones = 3

// openWorld makes a warehouse whose standby has each commit, or is behind.
func openWorld(t *testing.T, stations int, synchronous bool) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), network: openNetwork(t, stations)}
	w.trays.papers = map[string][]piece{}
	primary := fleettest.Start(t)
	certificate := primary.OnNetwork(t, net.ParseIP(atSwitch), everybody)
	w.db = primary.Database(t)
	w.db.Setting(t, "dead_after", "4")
	w.standby = primary.Standby(t, synchronous)
	dsn := fmt.Sprintf("postgres://%s,%s/%s?sslmode=verify-full&sslrootcert=%s",
		primary.NetworkAddress(), w.standby.NetworkAddress(), w.db.Name, certificate)
	if err := os.WriteFile(filepath.Join(w.dir, "generic.yaml"), []byte(layout), 0o600); err != nil {
		t.Fatal(err)
	}
	w.platform = w.db.Join(t, fleet.Station{Name: "platform", Platform: true})
	config := w.platform.Config
	config.DSN = w.db.DSN(w.standby)
	w.platform = fleettest.Open(t, config)
	for i := range stations {
		w.stations = append(w.stations, w.station(i, dsn))
	}
	return w
}

func (w *world) station(i int, dsn string) *station {
	w.t.Helper()
	s := &station{world: w, index: i, name: fmt.Sprintf("bench-%d", i+1), zone: zoneOf(i)}
	listener, err := w.network.listenAt(i)
	if err != nil {
		w.t.Fatal(err)
	}
	s.printer, err = virtual.StartOn(listener, virtual.Config{Language: virtual.ESCPOS, DotsPerMM: 8, Buffer: 64 << 10, Speed: 200, OnPrint: func(p virtual.Print) { w.trays.take(s.name, p) }})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.printer.Close() })
	data := filepath.Join(w.dir, s.name)
	if err := os.Mkdir(data, 0o700); err != nil {
		w.t.Fatal(err)
	}
	c := settings{Name: s.name, Data: data, Layouts: w.dir, DSN: dsn, Password: "password of " + s.name, Printer: s.printer.URL(), Ahead: 3, Lot: 2, Beat: 700 * time.Millisecond}
	w.join(s, c)
	text, err := json.Marshal(c)
	if err != nil {
		w.t.Fatal(err)
	}
	s.settings = data + ".json"
	if err := os.WriteFile(s.settings, text, 0o600); err != nil {
		w.t.Fatal(err)
	}
	return s
}

func zoneOf(i int) string { return string(rune('a' + i%zones)) }

func (w *world) join(s *station, c settings) {
	w.t.Helper()
	w.t.Setenv(seal.KeysEnv, c.Data+"-keys")
	keys, err := seal.OpenKeystore(c.Data)
	if err != nil {
		w.t.Fatal(err)
	}
	key, err := fleet.KeyFrom(keys, true)
	if err != nil {
		w.t.Fatal(err)
	}
	w.db.Admin(w.t, func(ctx context.Context, a *fleet.Admin) error {
		code, err := a.Invite(ctx, fleet.Station{Name: s.name, Zone: s.zone})
		if err != nil {
			return err
		}
		_, err = fleet.Join(ctx, w.db.DSN(), code, secret.New(c.Password), key.Public())
		return err
	})
}

// on starts the station's process.
func (s *station) on() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		return nil
	}
	log, err := os.OpenFile(s.settings+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command("ip", "netns", "exec", s.world.network.space(s.index), os.Args[0])
	cmd.Env = append(os.Environ(), stationEnv+"="+s.settings, seal.KeysEnv+"="+s.settings[:len(s.settings)-len(".json")]+"-keys", "GOMAXPROCS=1", "GOGC=50")
	cmd.Stderr = log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if s.asks, err = cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	s.answers = bufio.NewScanner(out)
	if err := cmd.Start(); err != nil {
		return err
	}
	s.process, s.gone = cmd, make(chan struct{})
	go func(gone chan struct{}) { defer close(gone); _ = cmd.Wait() }(s.gone)
	return nil
}

func (s *station) isOn() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.process != nil
}

// kill ends the process between two instructions.
func (s *station) kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return
	}
	_ = syscall.Kill(-s.process.Process.Pid, syscall.SIGKILL)
	<-s.gone
	s.process = nil
}

// freeze stops the process where it is; thaw lets it go on, and it does not know.
func (s *station) freeze() { s.signal(syscall.SIGSTOP) }
func (s *station) thaw()   { s.signal(syscall.SIGCONT) }

func (s *station) signal(what syscall.Signal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		_ = syscall.Kill(-s.process.Process.Pid, what)
	}
}

// ask asks what the packer at the station is asked, and returns what is said.
func (s *station) ask(question string) (lines []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil, errors.New("the station is off")
	}
	if _, err := fmt.Fprintln(s.asks, question); err != nil {
		return nil, err
	}
	for s.answers.Scan() {
		line := s.answers.Text()
		switch {
		case line == "ok":
			return lines, nil
		case line[0] != '{':
			return lines, errors.New(line)
		}
		lines = append(lines, line)
	}
	return nil, fmt.Errorf("the station has fallen: see %s.log", s.settings)
}

// piece is a piece of paper in a tray.
type piece struct {
	station string
	number  int // over all trays, as they came out
	at      time.Time
}

func (p piece) String() string {
	return fmt.Sprintf("%s, as number %d, at %s", p.station, p.number, p.at.Format("15:04:05.000"))
}

// trays are what has come out of all printers, by what the codes on it say.
type trays struct {
	mu     sync.Mutex
	papers map[string][]piece
	count  int
	bad    []string
	last   time.Time
}

// take takes a piece of paper out of a printer. One that was torn off in the middle is
// no label: whoever finds it throws it away.
func (t *trays) take(station string, p virtual.Print) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = time.Now()
	if p.Partial {
		return
	}
	text, err := barcode.Read(p.Image, scene.Code128)
	if err != nil {
		t.bad = append(t.bad, fmt.Sprintf("%s: %v", station, err))
		return
	}
	t.count++
	t.papers[text] = append(t.papers[text], piece{station, t.count, t.last})
}

func (t *trays) of(code string) []piece {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.papers[code]
}

// state returns how many labels there are, and since when none has come.
func (t *trays) state() (labels, pieces int, quiet time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.papers), t.count, time.Since(t.last)
}
