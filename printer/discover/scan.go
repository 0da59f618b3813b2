package discover

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

// maxScan is how many addresses may be tried: those of a /22.
const maxScan = 1024

// CheckScan says whether a network may be scanned. Only networks of one's own,
// and no more than a building's worth.
func CheckScan(network netip.Prefix) error {
	switch a := network.Masked().Addr(); {
	case !a.Is4():
		return fmt.Errorf("a network to scan is written 192.168.1.0/24")
	case network.Bits() < 22:
		return fmt.Errorf("a network to scan has at most %d addresses, a /22", maxScan)
	case !near(a):
		return fmt.Errorf("only a network of one's own may be scanned, such as 192.168.1.0/24")
	}
	return nil
}

// Scan tries the raw printing port of every address of a network. It connects and
// hangs up; no byte is sent. Only for a network that a person has named.
func Scan(network netip.Prefix, port uint16) Way {
	return Way{"scan", func(ctx context.Context) ([]Device, error) {
		if err := CheckScan(network); err != nil {
			return nil, err
		}
		var (
			mu   sync.Mutex
			all  []Device
			work sync.WaitGroup
		)
		places := make(chan struct{}, 128)
		for a := network.Masked().Addr(); network.Contains(a) && ctx.Err() == nil; a = a.Next() {
			places <- struct{}{}
			work.Go(func() {
				defer func() { <-places }()
				to := netip.AddrPortFrom(a, port)
				if !open(ctx, to) {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				all = append(all, Device{
					URL: "tcp://" + to.String(), host: a,
					Note: "something listens there; what it is only a question tells (--ask), or a test card",
				})
			})
		}
		work.Wait()
		return all, nil
	}}
}

func open(ctx context.Context, to netip.AddrPort) bool {
	d := net.Dialer{Timeout: 700 * time.Millisecond}
	c, err := d.DialContext(ctx, "tcp4", to.String())
	if err != nil {
		return false
	}
	return c.Close() == nil
}
