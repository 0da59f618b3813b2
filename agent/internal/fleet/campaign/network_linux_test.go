package campaign

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// network is a switch with a cable to each station. A station is a namespace of its
// own: it reaches the switch and itself, and nothing else.
type network struct {
	name     string // of the switch
	stations int
}

// most is how many stations there may be.
const most = 60

// The addresses of the switch, where PostgreSQL answers, and of everybody.
const (
	everybody = "10.77.0.0/16"
	atSwitch  = "10.77.0.1"
)

// openNetwork makes the switch and n cables. That takes root.
func openNetwork(t testing.TB, n int) *network {
	t.Helper()
	if _, err := exec.LookPath("ip"); err != nil || os.Geteuid() != 0 {
		if os.Getenv("MIANDAN_CI") == "1" {
			t.Fatal("network namespaces take iproute2 and root")
		}
		t.Skip("needs iproute2 and root, for network namespaces")
	}
	w := &network{name: "mdfleet", stations: n}
	w.remove() // what a run that was killed has left; two would have the same addresses
	t.Cleanup(w.remove)
	batch := []string{
		"link add " + w.name + " type bridge",
		"addr add " + atSwitch + "/16 dev " + w.name,
		"link set " + w.name + " up",
	}
	for i := range n {
		batch = append(batch,
			"netns add "+w.space(i),
			fmt.Sprintf("link add %s type veth peer name eth0 netns %s", w.cable(i), w.space(i)),
			fmt.Sprintf("link set %s master %s up", w.cable(i), w.name),
		)
	}
	if err := ip(batch...); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		err := ipIn(w.space(i), fmt.Sprintf("addr add 10.77.%d.%d/16 dev eth0", 1+i/200, 1+i%200), "link set eth0 up", "link set lo up")
		if err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *network) space(i int) string { return fmt.Sprintf("%s-%d", w.name, i) }
func (w *network) cable(i int) string { return fmt.Sprintf("%sv%d", w.name, i) }

// remove removes what there is of it. A cable does not always go with its namespace,
// which lasts as long as a connection in it that still waits for an answer.
func (w *network) remove() {
	batch := []string{"link del " + w.name}
	for i := range max(w.stations, most) {
		batch = append(batch, "netns del "+w.space(i), "link del "+w.cable(i))
	}
	cmd := exec.Command("ip", "-force", "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join(batch, "\n") + "\n")
	_ = cmd.Run() // most of it is not there
}

// cut pulls a station's cable: what is on its way is lost, and nobody is told.
func (w *network) cut(i int) error { return ip("link set " + w.cable(i) + " down") }

func (w *network) mend(i int) error { return ip("link set " + w.cable(i) + " up") }

func ip(batch ...string) error { return ipIn("", batch...) }

func ipIn(space string, batch ...string) error {
	args := []string{"-batch", "-"}
	if space != "" {
		args = append([]string{"-n", space}, args...)
	}
	cmd := exec.Command("ip", args...)
	cmd.Stdin = strings.NewReader(strings.Join(batch, "\n") + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("ip %s: %v: %s", batch[0], err, out)
	}
	return nil
}

// listenAt listens on the loopback of a station, from out here: what stands beside it
// does not fall when the station does.
func (w *network) listenAt(i int) (net.Listener, error) {
	type result struct {
		net.Listener
		error
	}
	done := make(chan result)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends in the other namespace
		space, err := os.Open("/run/netns/" + w.space(i))
		if err != nil {
			done <- result{nil, err}
			return
		}
		defer space.Close()
		if err := unix.Setns(int(space.Fd()), unix.CLONE_NEWNET); err != nil {
			done <- result{nil, fmt.Errorf("enter %s: %w", w.space(i), err)}
			return
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		done <- result{l, err}
	}()
	r := <-done
	return r.Listener, r.error
}
