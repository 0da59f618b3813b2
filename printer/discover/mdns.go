package discover

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/ipv4"

	"miandan/printer/model"
)

// Services are what printers announce (RFC 6763): raw ports, LPD, IPP.
var services = []string{"_pdl-datastream", "_printer", "_ipp"}

// group is where announcements are asked for (RFC 6762).
var group = netip.MustParseAddrPort("224.0.0.251:5353")

// Announced looks for printers that announce themselves on the networks that this
// computer is on.
//
// It asks as one who keeps no record of others does (RFC 6762 §5.1), from a port
// of its own: answers come to it alone, nothing is bound that belongs to the
// system's own service, and what is not answered within the time is not there.
func Announced() Way {
	return Way{"mdns", func(ctx context.Context) ([]Device, error) {
		interfaces, err := net.Interfaces()
		if err != nil {
			return nil, err
		}
		var on []net.Interface
		for _, i := range interfaces {
			if i.Flags&(net.FlagUp|net.FlagMulticast) == net.FlagUp|net.FlagMulticast && i.Flags&net.FlagPointToPoint == 0 {
				on = append(on, i)
			}
		}
		if len(on) == 0 {
			return nil, errors.New("this computer is on no network that announcements reach")
		}
		return AnnouncedOn(on...).Find(ctx)
	}}
}

// AnnouncedOn is Announced on these interfaces and no other.
func AnnouncedOn(interfaces ...net.Interface) Way {
	return Way{"mdns", func(ctx context.Context) ([]Device, error) {
		b := browser{}
		for _, i := range interfaces {
			b.lines = append(b.lines, line{group, &i})
		}
		return b.browse(ctx)
	}}
}

// line is where to ask: the group on an interface, or one responder.
type line struct {
	to    netip.AddrPort
	iface *net.Interface
}

type browser struct {
	lines []line

	mu    sync.Mutex
	heard heard
}

// again is when a question is repeated: a packet may be lost, and answers wait up
// to half a second so that they do not collide.
var again = []time.Duration{0, 700 * time.Millisecond, 1500 * time.Millisecond}

// browse asks on every line until the context ends, and never for longer than a
// way may take.
func (b *browser) browse(ctx context.Context) ([]Device, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	b.heard = newHeard()
	errs := make([]error, len(b.lines))
	var work sync.WaitGroup
	for i, l := range b.lines {
		work.Go(func() { errs[i] = b.ask(ctx, l) })
	}
	work.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	devices := b.heard.devices()
	if len(devices) == 0 && !slices.Contains(errs, nil) {
		return nil, errors.Join(errs...) // not one question has left
	}
	return devices, nil
}

func (b *browser) ask(ctx context.Context, l line) error {
	conn, err := net.ListenPacket("udp4", ":0")
	if err != nil {
		return err
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Unix(1, 0)) })
	defer stop()
	if l.iface != nil {
		p := ipv4.NewPacketConn(conn)
		if err := errors.Join(p.SetMulticastInterface(l.iface), p.SetMulticastTTL(255)); err != nil {
			return err
		}
	}
	began := time.Now()
	round, more := 0, 20         // questions that answers have led to; packets that breed packets must end
	packet := make([]byte, 9000) // RFC 6762 §17
	for ctx.Err() == nil {
		if round < len(again) && time.Since(began) >= again[round] {
			if _, err := conn.WriteTo(b.wanted(), net.UDPAddrFromAddrPort(l.to)); err != nil && round == 0 {
				return err
			}
			round++
		}
		wait := 200 * time.Millisecond
		if round < len(again) {
			wait = min(wait, max(time.Until(began.Add(again[round])), time.Millisecond))
		}
		if conn.SetReadDeadline(time.Now().Add(wait)); ctx.Err() != nil {
			return nil
		}
		n, from, err := conn.ReadFrom(packet)
		if err != nil {
			continue // no word, or the system's word of a closed port
		}
		sender, ok := from.(*net.UDPAddr)
		if !ok {
			continue
		}
		b.mu.Lock()
		news := b.heard.take(packet[:n], sender.AddrPort().Addr().Unmap())
		b.mu.Unlock()
		if news && more > 0 { // what is still missing is asked for at once
			more--
			conn.WriteTo(b.wanted(), net.UDPAddrFromAddrPort(l.to))
		}
	}
	return nil
}

// wanted is the question for all that is not known yet.
func (b *browser) wanted() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	var asked []asking
	for _, s := range services {
		asked = append(asked, asking{[]string{s, "_tcp", "local"}, typePTR})
	}
	return question(append(asked, b.heard.missing()...)...)
}

// maxInstances bounds what is kept of a network gone mad.
const maxInstances = 300

// heard is what has been announced so far.
type heard struct {
	instances map[string][]string // key to name
	servers   map[string]record   // SRV, by the instance's key
	texts     map[string]record   // TXT
	addresses map[string]netip.Addr
}

func newHeard() heard {
	return heard{map[string][]string{}, map[string]record{}, map[string]record{}, map[string]netip.Addr{}}
}

// take takes in a packet and reports whether something new has to be asked for.
func (h *heard) take(packet []byte, from netip.Addr) (news bool) {
	records, _ := readMessage(packet) // what could be read of a broken one counts
	for _, r := range records {
		k := key(r.name)
		switch r.kind {
		case typePTR:
			if !isService(r.name) || len(r.target) != len(r.name)+1 || len(h.instances) >= maxInstances || !isService(r.target[1:]) {
				continue
			}
			if _, known := h.instances[key(r.target)]; !known {
				h.instances[key(r.target)] = r.target
				news = true
			}
		case typeSRV:
			if len(h.servers) < maxInstances {
				h.servers[k] = r
				news = news || !h.addresses[key(r.target)].IsValid()
			}
		case typeTXT:
			if len(h.texts) < maxInstances {
				h.texts[k] = r
			}
		case typeA:
			// A label must not be sent out of the house because a packet says so.
			if a := netip.AddrFrom4(r.addr); (a == from || near(a)) && len(h.addresses) < maxInstances {
				h.addresses[k] = a
			}
		}
	}
	return news
}

func near(a netip.Addr) bool { return a.IsPrivate() || a.IsLinkLocalUnicast() || a.IsLoopback() }

func isService(name []string) bool {
	return len(name) == 3 && slices.Contains(services, strings.ToLower(name[0])) && strings.EqualFold(name[1], "_tcp") && strings.EqualFold(name[2], "local")
}

// missing lists what has to be asked for, a packet's worth.
func (h *heard) missing() []asking {
	var asked []asking
	for k, name := range h.instances {
		server, has := h.servers[k]
		if !has {
			asked = append(asked, asking{name, typeSRV})
		} else if _, has := h.addresses[key(server.target)]; !has && len(server.target) > 0 {
			asked = append(asked, asking{server.target, typeA})
		}
		if _, has := h.texts[k]; !has {
			asked = append(asked, asking{name, typeTXT})
		}
	}
	return asked[:min(len(asked), 12)]
}

// devices are the printers among what was heard: of each only the services by
// which it can be reached, if it has any.
func (h *heard) devices() []Device {
	var all []Device
	for k, name := range h.instances {
		server, has := h.servers[k]
		address := h.addresses[key(server.target)]
		if !has || server.port == 0 || !address.IsValid() {
			continue
		}
		d := announced(h.texts[k].texts)
		service := strings.ToLower(name[1])
		if d.Says == "" {
			d.Says = name[0]
		}
		switch service {
		case "_pdl-datastream":
			d.URL = "tcp://" + net.JoinHostPort(address.String(), strconv.Itoa(int(server.port)))
		case "_ipp":
			d.Note = "it speaks IPP at " + address.String() + ": set up a print queue for it, then print through the queue"
		default:
			d.Note = "it offers LPD at " + address.String() + ", which is not spoken here; most such printers take a raw port too: tcp://" + address.String() + ":9100"
		}
		d.host = address
		all = append(all, d)
	}
	// One printer announces itself under several services.
	reached := map[netip.Addr]bool{}
	for _, d := range all {
		if d.URL != "" {
			reached[d.host] = true
		}
	}
	all = slices.DeleteFunc(all, func(d Device) bool { return d.URL == "" && reached[d.host] })
	slices.SortFunc(all, func(a, b Device) int { return strings.Compare(a.URL+a.Says+a.Note, b.URL+b.Says+b.Note) })
	return slices.CompactFunc(all, func(a, b Device) bool { return a.URL == "" && b.URL == "" && a.host == b.host })
}

// announced reads the keys that printers announce (Bonjour Printing 1.2): ty and
// product for people, usb_MFG, usb_MDL and usb_CMD as in a device ID, pdl the
// formats.
func announced(texts []string) Device {
	keys := map[string]string{}
	for _, t := range texts {
		k, v, _ := strings.Cut(t, "=")
		if k = strings.ToLower(k); keys[k] == "" {
			keys[k] = v
		}
	}
	product := strings.Trim(keys["product"], "()")
	d := Device{Says: keys["ty"], Identity: model.Identity{Maker: keys["usb_mfg"], Model: keys["usb_mdl"]}}
	if d.Says == "" {
		d.Says = product
	}
	if d.Identity.Model == "" {
		d.Identity.Model = product
	}
	for c := range strings.SplitSeq(keys["usb_cmd"], ",") {
		if c = strings.TrimSpace(c); c != "" {
			d.Identity.Commands = append(d.Identity.Commands, c)
		}
	}
	if d.Identity.Maker == "" && d.Identity.Queue == "" {
		d.Identity.Queue = d.Says // ty is maker and model, as a driver names them
	}
	return d
}
