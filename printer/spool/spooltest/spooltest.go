// Package spooltest starts a real CUPS for tests, on files, a port and a socket
// of its own, beside whatever the machine's own CUPS is doing.
//
// A simulated print service agrees with whoever wrote it. What CUPS makes of a
// paper size, of margins and of a canceled job is only seen on CUPS.
package spooltest

import (
	"bytes"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"
)

// The queues that Start makes. Those that print, print into the same sink.
const (
	// Label has a driver that takes PDF and any paper from half an inch to 209 × 299 mm:
	// the sink receives what CUPS's filters made of the PDF.
	Label = "label"
	// Zebra has CUPS's own driver for ZPL printers at 203 dpi.
	Zebra = "zebra"
	// Raw has no driver: the sink receives the PDF untouched.
	Raw = "raw"
	// Off is Raw with a printer that is switched off.
	Off = "off"
	// Moody is Raw with a printer that does what SetMood says.
	Moody = "moody"
)

// Server is a running CUPS. The test that started it ends it.
type Server struct {
	address string
	socket  string
	mood    string // the file of the moody printer's script
	sink    *sink
}

//go:embed label.ppd
var labelPPD []byte

// Start starts CUPS and makes its queues, which takes about a second. Without
// CUPS on the machine the test is skipped, or fails where MIANDAN_CI is 1.
// Debian has what is needed in cups, cups-client and cups-filters.
func Start(t testing.TB) *Server {
	t.Helper()
	if runtime.GOOS != "linux" {
		missing(t, "cupsd with Linux's folders")
	}
	cupsd := Program(t, "cupsd")
	for _, part := range []string{"drv/sample.drv", "mime/cupsfilters.convs"} {
		if _, err := os.Stat(filepath.Join(dataDir, part)); err != nil {
			missing(t, "cups-filters with CUPS's sample drivers")
		}
	}

	// Not t.TempDir, which lets nobody else in: filters run as another user.
	dir, err := os.MkdirTemp("", "cups")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	s := &Server{address: FreeAddress(t), socket: filepath.Join(dir, "sock"), mood: filepath.Join(dir, "mood"), sink: newSink(t)}
	s.SetMood(t, "cat >/dev/null")
	configure(t, dir, s)
	addMoody(t, dir, s.mood)
	s.run(t, cupsd, dir)

	ppd := filepath.Join(dir, "label.ppd")
	if err := os.WriteFile(ppd, labelPPD, 0o644); err != nil {
		t.Fatal(err)
	}
	// With waiteof the backend would wait for the printer to hang up, with snmp
	// four seconds for an answer about its supplies.
	const options = "/?waiteof=false&snmp=false"
	device := "socket://" + s.sink.address() + options
	for _, args := range [][]string{
		{"-p", Label, "-v", device, "-P", ppd},
		{"-p", Zebra, "-v", device, "-m", "drv:///sample.drv/zebra.ppd"},
		{"-p", Raw, "-v", device, "-m", "raw"},
		{"-p", Off, "-v", "socket://127.0.0.1:1" + options, "-m", "raw"}, // a port that nobody is given
		{"-p", Moody, "-v", "moody:/", "-m", "raw"},
	} {
		s.Command(t, "lpadmin", append(args, "-E", "-o", "printer-error-policy=abort-job")...)
	}
	return s
}

// TCP returns the address of a queue for spool.Open, over TCP.
func (s *Server) TCP(queue string) *url.URL {
	return &url.URL{Scheme: "cups", Host: s.address, Path: "/" + queue}
}

// Socket returns the address of a queue for spool.Open, over the socket.
func (s *Server) Socket(queue string) *url.URL {
	return &url.URL{Scheme: "cups", Path: "/" + queue, RawQuery: url.Values{"socket": {s.socket}}.Encode()}
}

// Printer returns host:port of the printer behind the queues, for more of them.
func (s *Server) Printer() string { return s.sink.address() }

// SetMood changes what the printer behind Moody does with each job: a script
// of sh, which gets the document on standard input and tells CUPS of its
// printer in lines such as "STATE: +media-empty-error" on standard error.
func (s *Server) SetMood(t testing.TB, script string) {
	t.Helper()
	if err := os.WriteFile(s.mood, []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Received waits until the printer behind the queues has received n documents
// and returns all of them in their order. It fails the test after a minute.
func (s *Server) Received(t testing.TB, n int) [][]byte {
	t.Helper()
	for range 3000 {
		if got := s.sink.documents(); len(got) >= n {
			return got
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatalf("the printer received %d documents, want %d", len(s.sink.documents()), n)
	return nil
}

// Command runs one of CUPS's own commands (cupsdisable, cupsreject, cancel …)
// on this server. It fails the test if the command does.
func (s *Server) Command(t testing.TB, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(Program(t, name), args...)
	cmd.Env = append(os.Environ(), "CUPS_SERVER="+s.socket, "LC_ALL=C")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
}

const (
	dataDir   = "/usr/share/cups"
	serverBin = "/usr/lib/cups"
)

// configure writes a CUPS that asks nobody who he is and listens to nobody else.
func configure(t testing.TB, dir string, s *Server) {
	t.Helper()
	for name, mode := range map[string]os.FileMode{
		"root": 0o755, "spool": 0o710, "cache": 0o770, "state": 0o755, "tmp": os.ModeSticky | 0o770, "log": 0o755,
	} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
		// The umask would keep the group out.
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	var files bytes.Buffer
	if os.Geteuid() == 0 {
		// As root cupsd runs filters and backends as somebody else, who must get
		// at the documents and nothing more.
		lp, err := user.LookupGroup("lp")
		if err != nil {
			missing(t, "the group lp")
		}
		gid, err := strconv.Atoi(lp.Gid)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"root", "spool", "cache", "state", "tmp"} {
			if err := os.Chown(filepath.Join(dir, name), 0, gid); err != nil {
				t.Fatal(err)
			}
		}
		fmt.Fprintln(&files, "User lp\nGroup lp")
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&files, "ServerRoot %[1]s/root\nRequestRoot %[1]s/spool\nCacheDir %[1]s/cache\n"+
		"StateDir %[1]s/state\nTempDir %[1]s/tmp\nAccessLog %[1]s/log/access\n"+
		"ErrorLog %[1]s/log/error\nPageLog %[1]s/log/page\nDataDir %[2]s\nServerBin %[1]s/bin\n", dir, dataDir)
	config := fmt.Sprintf(`LogLevel info
MaxLogSize 0
Listen %s
Listen %s
Browsing Off
WebInterface No
DefaultAuthType None
PreserveJobHistory Yes
PreserveJobFiles No
<Location />
Order allow,deny
</Location>
<Policy default>
JobPrivateAccess all
JobPrivateValues none
SubscriptionPrivateAccess all
SubscriptionPrivateValues none
<Limit All>
Order deny,allow
</Limit>
</Policy>
`, s.address, s.socket)
	for name, text := range map[string]string{"cups-files.conf": files.String(), "cupsd.conf": config} {
		if err := os.WriteFile(filepath.Join(dir, "root", name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

// addMoody makes cupsd's folder of programs: the system's own, and the backend
// that does what the file of the mood says.
func addMoody(t testing.TB, dir, mood string) {
	t.Helper()
	bin := filepath.Join(dir, "bin")
	links := map[string]string{}
	for _, of := range []string{"", "backend"} {
		if err := os.Mkdir(filepath.Join(bin, of), 0o755); err != nil {
			t.Fatal(err)
		}
		entries, err := os.ReadDir(filepath.Join(serverBin, of))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			links[filepath.Join(bin, of, e.Name())] = filepath.Join(serverBin, of, e.Name())
		}
	}
	delete(links, filepath.Join(bin, "backend"))
	for link, to := range links {
		if err := os.Symlink(to, link); err != nil {
			t.Fatal(err)
		}
	}
	// Without arguments a backend is asked which devices it finds.
	script := fmt.Sprintf("#!/bin/sh\n[ $# -gt 0 ] || exit 0\n. %s\n", mood)
	if err := os.WriteFile(filepath.Join(bin, "backend", "moody"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
}

// run starts cupsd, waits until it answers, and ends it with the test.
func (s *Server) run(t testing.TB, cupsd, dir string) {
	t.Helper()
	var output bytes.Buffer
	root := filepath.Join(dir, "root")
	cmd := exec.Command(cupsd, "-f", "-c", filepath.Join(root, "cupsd.conf"), "-s", filepath.Join(root, "cups-files.conf"))
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		if lpstat, err := exec.LookPath("lpstat"); err == nil && t.Failed() {
			state := exec.Command(lpstat, "-l", "-t", "-W", "all")
			state.Env = append(os.Environ(), "CUPS_SERVER="+s.socket, "LC_ALL=C")
			out, err := state.CombinedOutput()
			t.Logf("lpstat: %v\n%s", err, out)
		}
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(time.Minute):
			cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log", "error"))
			t.Logf("cupsd's log ends with\n%s", log[max(0, len(log)-8000):])
		}
	})
	// It listens at the one before it has made the other.
	for _, at := range [][2]string{{"tcp", s.address}, {"unix", s.socket}} {
		s.answers(t, at[0], at[1], ended, &output)
	}
}

// answers waits until cupsd takes connections at an address.
func (s *Server) answers(t testing.TB, network, address string, ended <-chan struct{}, output *bytes.Buffer) {
	t.Helper()
	for range 3000 {
		conn, err := net.Dial(network, address)
		if err == nil {
			conn.Close()
			return
		}
		select {
		case <-ended:
			t.Fatalf("cupsd ended at once: %s", output.String())
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.Fatal("cupsd does not answer")
}

// FreeAddress returns an address on loopback on which nobody listens, for a program
// that must be told its port. The system gives such a port to nobody who asks for any,
// so that it is still free when the program comes to it.
func FreeAddress(t testing.TB) string {
	t.Helper()
	for range 1000 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10_000+rand.IntN(20_000)))
		if err == nil {
			defer l.Close()
			return l.Addr().String()
		}
	}
	t.Fatal("every port is taken")
	return ""
}

// Program returns the path of a program that a test needs. Without it the test
// is skipped, or fails where MIANDAN_CI is 1.
func Program(t testing.TB, name string) string {
	t.Helper()
	// Administrators' programs are in no user's path.
	for _, place := range []string{name, filepath.Join("/usr/sbin", name)} {
		if path, err := exec.LookPath(place); err == nil {
			return path
		}
	}
	missing(t, name)
	return ""
}

// missing skips the test, or fails it where everything must be there.
func missing(t testing.TB, component string) {
	t.Helper()
	if os.Getenv("MIANDAN_CI") == "1" {
		t.Fatalf("%s is not installed", component)
	}
	t.Skipf("%s is not installed", component)
}
