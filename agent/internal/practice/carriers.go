package practice

import (
	"errors"
	"fmt"
	"net/http"
	"sort"
	"strings"
	"time"

	"miandan/agent/internal/carrier/deppon/depponsim"
	"miandan/agent/internal/carrier/jtexpress/jtsim"
	"miandan/agent/internal/carrier/kuaidi100/kuaidi100sim"
	"miandan/agent/internal/carrier/sf/sfsim"
	"miandan/agent/internal/carrier/sto/stosim"
	"miandan/agent/internal/carrier/yto/ytosim"
	"miandan/agent/internal/carrier/yunda/yundasim"
	"miandan/agent/internal/carrier/zto/ztosim"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/secret"
)

// Platform is the simulated platform of a carrier with whom the merchant has a
// contract of its own.
type Platform struct {
	http.Handler
	Name     string
	settings map[string]string
	secrets  map[string]string

	server *http.Server
	at     string
}

// Given returns the numbers that the carrier gave, by the reference that it was
// asked with.
func (p *Platform) Given() map[string][]string {
	return p.Handler.(interface{ Given() map[string][]string }).Given()
}

// Fail makes something go wrong there until it is told "", as
// carriertest.Simulator says.
func (p *Platform) Fail(how string) { p.Handler.(interface{ Fail(how string) }).Fail(how) }

// Platforms returns one of each carrier.
func Platforms() []*Platform {
	of := func(name string, h http.Handler, settings, secrets map[string]string) *Platform {
		return &Platform{Handler: h, Name: name, settings: settings, secrets: secrets}
	}
	with := func(name string, h http.Handler, values func() (settings, secrets map[string]string)) *Platform {
		settings, secrets := values()
		return of(name, h, settings, secrets)
	}
	return []*Platform{
		with("sf", sfsim.New(sfsim.Config{}), sfsim.Settings),
		with("zto", ztosim.New(ztosim.Config{}), ztosim.Settings),
		with("yto", ytosim.New(ytosim.Config{}), ytosim.Settings),
		with("sto", stosim.New(stosim.Config{}), stosim.Settings),
		with("yunda", yundasim.New(yundasim.Config{}), yundasim.Settings),
		with("jtexpress", jtsim.New(jtsim.Config{}), jtsim.Settings),
		with("deppon", depponsim.New(depponsim.Config{}), depponsim.Settings),
		with("kuaidi100", kuaidi100sim.New(kuaidi100sim.Config{}), kuaidi100sim.Settings),
	}
}

// On puts the platform on the network, at the same address every time. What
// before returns stands before it; nil is nothing.
func (p *Platform) On(before func(http.Handler) http.Handler) error {
	listener, err := listen(p.at)
	if err != nil {
		return err
	}
	p.at = listener.Addr().String()
	door := p.Handler
	if before != nil {
		door = before(door)
	}
	p.server = &http.Server{Handler: door, ReadHeaderTimeout: 5 * time.Second}
	go p.server.Serve(listener)
	return nil
}

// Off takes it off the network.
func (p *Platform) Off() error {
	if p.server == nil {
		return nil
	}
	return p.server.Close()
}

// account is its section in the settings, with the route by which the seller's
// note sends an order there.
func (p *Platform) account() (account, route string) {
	var b strings.Builder
	fmt.Fprintf(&b, "\n[[account]]\ncarrier = %q\ngateway = %q\norder_prefix = \"P\"\n\n[account.settings]\n", p.Name, "http://"+p.at)
	for _, name := range sorted(p.settings) {
		fmt.Fprintf(&b, "%s = %q\n", name, p.settings[name])
	}
	return b.String(), fmt.Sprintf("[[route]]\nwhen = { note_contains = %q }\ncarrier = %q\n\n", p.Note(), p.Name)
}

// Note is the seller's note that sends an order to the carrier.
func (p *Platform) Note() string { return "发:" + p.Name + ";" }

// platformsOn starts the platforms and adds their accounts to the settings.
func (w *World) platformsOn(settings string) (string, error) {
	w.Platforms = Platforms()
	for _, p := range w.Platforms {
		if err := p.On(nil); err != nil {
			return "", err
		}
	}
	return WithAccounts(settings, w.Platforms)
}

// WithAccounts adds an account with each of the platforms to the settings of a
// practice station. They must be on.
func WithAccounts(settings string, platforms []*Platform) (string, error) {
	var accounts, routes strings.Builder
	for _, p := range platforms {
		account, route := p.account()
		accounts.WriteString(account)
		routes.WriteString(route)
	}
	before, after, ok := strings.Cut(settings, "[[route]]")
	if !ok {
		return "", errors.New("practice: settings without a route")
	}
	// How JD numbers J&T is not public; the simulated one takes any number.
	return before + accounts.String() + "\n[jd.carrier_ids]\nJT = \"9000001\"\n\n" + routes.String() + "[[route]]" + after, nil
}

// send has the seller's note send each carrier one of the orders.
func send(orders []jdsim.Order) {
	for i, p := range Platforms() {
		orders[i].VenderRemark = p.Note()
	}
}

// carrierSecrets are what the simulated platforms want, by the name in the key
// store.
func carrierSecrets() map[string]secret.Token {
	all := map[string]secret.Token{}
	for _, p := range Platforms() {
		for field, value := range p.secrets {
			all["account."+p.Name+"."+field] = secret.New(value)
		}
	}
	return all
}

func sorted(m map[string]string) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
