package spool_test

import (
	"net"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/printer/discover"
	"miandan/printer/spool"
)

// TestAnnouncedByAvahi finds a printer of another author's that another author's
// responder announces.
func TestAnnouncedByAvahi(t *testing.T) {
	if _, err := os.Stat("/run/avahi-daemon/socket"); err == nil {
		t.Skip("this machine's own avahi does not announce on the loopback")
	}
	loopback, err := net.InterfaceByName("lo")
	if err != nil {
		t.Skip("this system has no loopback called lo")
	}
	spool.Everywhere(t, t.TempDir())
	var found []discover.Device
	for range 30 { // an announcement is in force a second after it was made
		devices, troubles := discover.Find(t.Context(), 2*time.Second, discover.AnnouncedOn(*loopback))
		if len(troubles) > 0 {
			t.Fatal(troubles)
		}
		found = devices
		if slices.ContainsFunc(devices, func(d discover.Device) bool {
			return strings.Contains(d.Note, "IPP at 127.0.0.1") && d.URL == "" && d.Says != ""
		}) {
			return
		}
	}
	t.Errorf("found %+v, want the printer that speaks IPP", found)
}
