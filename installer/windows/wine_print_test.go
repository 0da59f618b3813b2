//go:build linux

package windows

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"miandan/printer/bitmap"
	"miandan/printer/spool/spooltest"
	"miandan/printer/virtual"
	"miandan/printer/winspool/winetest"
)

// What IT puts into the settings: a contract with a carrier, whose secret comes
// later, and a printer.
const (
	account = `[sender]
name = "演示仓"
phone = "02780000000"
province = "湖北"
city = "武汉市"
address = "演示区演示路1号"

[[account]]
carrier = "sf"
name = "sf"
[account.settings]
partner_id = "TESTPARTNER"
express_type = "2"

[[route]]
carrier = "sf"

`
	raw = "[[printer]]\nname = \"bench\"\nurl = \"winspool:///raw\"\nlanguage = \"tspl\"\npaper = \"76x130\"\n"

	secretName, secretValue = "account.sf.check_word", "typed-on-wine-0123456789"
	// origin is the page that the policy lets print.
	origin = "https://erp.example.com"
)

// queues starts a CUPS, whose queues are those of Wine: raw in front of a socket,
// and driven with a driver for labels at 203 dpi.
func queues(t *testing.T) *spooltest.Server {
	asked(t)
	cups := spooltest.Start(t)
	cups.Command(t, "lpadmin", "-p", "driven", "-v", "socket://"+cups.Printer()+"/?waiteof=false&snmp=false",
		"-P", "../../printer/winspool/testdata/label203.ppd", "-E")
	t.Setenv("CUPS_SERVER", cups.TCP("raw").Host)
	return cups
}

// finished is a finished label of somebody who does not exist.
type finished struct {
	carrier, number string
	png             []byte
}

func demoLabel(t *testing.T, file, carrier, number string) finished {
	t.Helper()
	return finished{carrier, number, []byte(read(t, "../../templates/testdata/"+file))}
}

func freePort(t *testing.T) string {
	t.Helper()
	_, port, err := net.SplitHostPort(spooltest.FreeAddress(t))
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// program runs the program that was installed, as an administrator types it.
func (p pc) program(args ...string) string {
	p.t.Helper()
	return p.must(`C:\Program Files\Miandan\miandan.exe`, args...)
}

// givesSecret types the secret that the service waits for. That it then works
// shows that the service took it: what another process puts into the key store it
// would not notice.
func (p pc) givesSecret() {
	p.t.Helper()
	log := p.file(data + "started.log")
	p.soon("what the service waits for", func() bool {
		b, err := os.ReadFile(log)
		return err == nil && strings.Contains(string(b), secretName)
	})
	typed := filepath.Join(p.t.TempDir(), "typed")
	if err := os.WriteFile(typed, []byte(secretValue+"\n"), 0o600); err != nil {
		p.t.Fatal(err)
	}
	script := filepath.Join(p.Folder(), "secret.bat")
	text := `"C:\Program Files\Miandan\miandan.exe" config secret ` + secretName + " < " + p.Path(typed) + "\r\n"
	if err := os.WriteFile(script, []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
	if out := p.must("cmd", "/c", p.Path(script)); strings.Contains(out, secretValue) {
		p.t.Errorf("the secret is shown:\n%s", out)
	}
	p.soon("the service's start", func() bool { return strings.Contains(read(p.t, log), "ready http://127.0.0.1:") })
	err := filepath.WalkDir(p.file(""), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.Contains(path, "/windows/system32/") || strings.Contains(path, "/windows/syswow64/") {
			return unlessGone(err)
		}
		if b, err := os.ReadFile(path); err == nil && bytes.Contains(b, []byte(secretValue)) {
			p.t.Errorf("the secret lies in %s", path)
		}
		return nil
	})
	if err != nil {
		p.t.Error(err)
	}
}

// caller is a page that prints through an agent.
type caller struct {
	t           *testing.T
	base, token string
}

// pair waits for an agent and has it know the page.
func pair(t *testing.T, port string) caller {
	t.Helper()
	c := caller{t: t, base: "http://127.0.0.1:" + port + "/api/v1/"}
	var err error
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(300 * time.Millisecond) {
		var paired struct{ Token string }
		if err = c.ask(http.MethodPost, "pair", struct{}{}, &paired); err == nil {
			c.token = paired.Token
			return c
		}
	}
	t.Fatalf("the page is not let in: %v", err)
	return c
}

func (c caller) ask(method, name string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, c.base+name, body)
	if err != nil {
		return err
	}
	req.Header.Set("Origin", origin)
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.token != "" {
		req.Header.Set("Miandan-Token", c.token)
	}
	resp, err := (&http.Client{Timeout: time.Minute}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s is answered with %d: %s (%v)", name, resp.StatusCode, b, err)
	}
	return json.Unmarshal(b, out)
}

// hand hands a finished label in.
func (c caller) hand(key string, label finished) {
	c.t.Helper()
	in := map[string]any{"key": key, "kind": "file", "file": label.png, "size": "76x130", "waybill": label.number, "carrier": label.carrier}
	var taken struct{ State string }
	if err := c.ask(http.MethodPost, "jobs", in, &taken); err != nil {
		c.t.Fatal(err)
	}
}

// state is how a label stands that was handed in.
func (c caller) state(key string) string {
	c.t.Helper()
	var list struct {
		Jobs []struct{ Key, State string }
	}
	if err := c.ask(http.MethodGet, "jobs", nil, &list); err != nil {
		c.t.Fatal(err)
	}
	for _, j := range list.Jobs {
		if j.Key == key {
			return j.State
		}
	}
	return ""
}

func (c caller) until(key, want string) {
	c.t.Helper()
	var got string
	for deadline := time.Now().Add(2 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Second) {
		if got = c.state(key); got == want {
			return
		}
	}
	c.t.Fatalf("%s is %q, want %s", key, got, want)
}

// rawIsTheDriver holds what came out of the socket against what the same program
// writes into a file on this system, byte for byte, and against the label, dot for
// dot, as another's reading of the language has it.
func rawIsTheDriver(t *testing.T, got []byte, label finished) {
	t.Helper()
	if want := writtenHere(t, label); !bytes.Equal(got, want) {
		t.Errorf("the socket received %d bytes, which are not the %d that the driver writes", len(got), len(want))
	}
	v, err := virtual.Start(virtual.Config{Language: virtual.TSPL})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	line, err := net.Dial("tcp", v.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer line.Close()
	if _, err := line.Write(got); err != nil {
		t.Fatal(err)
	}
	want := dotsOf(t, label)
	for range 3000 {
		if prints := v.Prints(); len(prints) > 0 {
			if p := prints[0]; len(prints) != 1 || !p.Image.Equal(want) || p.Garbage != "" || p.Partial {
				t.Errorf("the printer printed %d labels, the first with %d × %d dots and garbage %q, want the label", len(prints), p.Width, p.Height, p.Garbage)
			}
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("what the socket received prints nothing")
}

// pageIsTheLabel holds what the queue's driver made against the label: dot for dot
// as it lies in the page, and as a viewer draws it but for its edges.
func pageIsTheLabel(t *testing.T, document []byte, label finished) {
	t.Helper()
	if !bytes.HasPrefix(document, []byte("%PDF-")) {
		t.Errorf("the driver wrote %.20q, want a PDF", document)
		return
	}
	stored, drawn := winetest.Pictures(t, document)
	want := dotsOf(t, label)
	if n := winetest.Differ(stored, want); n > 0 {
		t.Errorf("the page holds %d × %d dots, %d of which differ from the label's", stored.Width, stored.Height, n)
	}
	if n := winetest.Differ(drawn, want); n > want.Width*want.Height/100 {
		t.Errorf("as a viewer draws it %d of %d dots differ from the label's", n, want.Width*want.Height)
	}
}

func dotsOf(t *testing.T, label finished) *bitmap.Image {
	t.Helper()
	m, err := bitmap.DecodePNG(bytes.NewReader(label.png))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// writtenHere is what the program for this system writes for a label into the file
// of a printer that is a folder.
func writtenHere(t *testing.T, label finished) []byte {
	t.Helper()
	dir, err := os.MkdirTemp("", "agent") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	exe, out := filepath.Join(dir, "miandan"), filepath.Join(dir, "out")
	build := exec.Command("go", "build", "-o", exe, "miandan/agent")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	if err := os.Mkdir(out, 0o700); err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	settings := strings.Replace(raw, "winspool:///raw", "file://"+out, 1) + "[listen]\naddress = \"127.0.0.1:" + port + "\"\n"
	if err := os.WriteFile(filepath.Join(dir, "miandan.toml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	command := func(args ...string) *exec.Cmd {
		cmd := exec.Command(exe, append(args, "--data", filepath.Join(dir, "data"), "--config", filepath.Join(dir, "miandan.toml"))...)
		cmd.Env = append(os.Environ(), "MIANDAN_KEYS="+filepath.Join(dir, "keys"))
		return cmd
	}
	var said bytes.Buffer
	agent := command("run", "--no-tray")
	agent.Stdout, agent.Stderr = &said, &said
	if err := agent.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { agent.Process.Signal(syscall.SIGTERM); agent.Wait() }()
	for deadline := time.Now().Add(2 * time.Minute); command("pair", "approve", origin).Run() != nil; time.Sleep(300 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the agent on this system does not let the page in")
		}
	}
	page := pair(t, port)
	page.hand("A-1", label)
	page.until("A-1", "done")
	files, err := filepath.Glob(filepath.Join(out, "*"))
	if err != nil || len(files) != 1 {
		t.Fatalf("the printer that is a folder holds %v, want one file", files)
	}
	return []byte(read(t, files[0]))
}

// demo has the installed program print between its simulated gateway and printer.
func (p pc) demo() {
	p.t.Helper()
	out := filepath.Join(p.Folder(), "demo-out")
	p.program("demo", "--once", "--orders", "1", "--out", p.Path(out))
	pictures, err := filepath.Glob(filepath.Join(out, "*.png"))
	if err != nil || len(pictures) == 0 {
		p.t.Fatalf("the demo printed %v", pictures)
	}
	if report := read(p.t, filepath.Join(out, "report.json")); !strings.Contains(report, `"state": "confirmed"`) {
		p.t.Errorf("the demo's report:\n%s", report)
	}
}
