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
)

// Server is a running CUPS. The test that started it ends it.
type Server struct {
	address string
	socket  string
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
	s := &Server{address: freeAddress(t), socket: filepath.Join(dir, "sock"), sink: newSink(t)}
	configure(t, dir, s)
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
		{"-p", Off, "-v", "socket://" + freeAddress(t) + options, "-m", "raw"},
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

// Received waits until the printer behind the queues has received n documents
// and returns all of them in their order. It fails the test after 10 s.
func (s *Server) Received(t testing.TB, n int) [][]byte {
	t.Helper()
	for range 500 {
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

const dataDir = "/usr/share/cups"

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
		"ErrorLog %[1]s/log/error\nPageLog %[1]s/log/page\nDataDir %[2]s\n", dir, dataDir)
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
		cmd.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(5 * time.Second):
			cmd.Process.Kill()
			<-ended
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "log", "error"))
			t.Logf("cupsd's log ends with\n%s", log[max(0, len(log)-8000):])
		}
	})
	for range 250 {
		conn, err := net.Dial("tcp", s.address)
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

// freeAddress returns an address on loopback on which nobody listens.
func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
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
