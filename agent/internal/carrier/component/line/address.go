package line

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// DefaultPatience is how long a component may take to say what became of a label.
const DefaultPatience = time.Minute

// Form is how the addresses of one vendor's component are written:
//
//	SCHEME://127.0.0.1:PORT/PRINTER NAME
//	SCHEME:///PRINTER NAME        the same
//
// Behind a question mark may stand
//
//	patience=60s        how long it may take to say what became of a label
//	remote=allowed      the component stands on another computer
//	tls=yes             wss in place of ws
//
// and what the vendor's own protocol needs besides.
type Form struct {
	Scheme     string
	Port       string   // where the component listens
	SecurePort string   // the same for tls=yes; Port if empty
	Path       string   // of the WebSocket, "/ks/printer"; none if empty
	Settings   []string // what else may stand behind the question mark
}

// Address is one printer of a component.
type Address struct {
	Printer  string        // as the component calls it
	Target   string        // ws://host:port/path
	Remote   bool          // the component may stand on another computer
	Patience time.Duration // with its word on a label
}

// Parse reads an address and returns the settings in it too. Nothing of the
// address stands in the error. ErrNotLocal reports one that leads to another
// computer without leave.
func (f Form) Parse(u *url.URL) (Address, url.Values, error) {
	example := f.Scheme + "://127.0.0.1:" + f.Port + "/PRINTER NAME"
	if u.Scheme != f.Scheme || u.Opaque != "" {
		return Address{}, nil, fmt.Errorf("a printer of this component is written %s", example)
	}
	if u.User != nil {
		return Address{}, nil, errors.New("the component's address carries no user and no password")
	}
	if u.Fragment != "" {
		return Address{}, nil, errors.New("write %23 for a # in the name of the component's printer")
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return Address{}, nil, errors.New("the part of the component's address after ? cannot be read; write %3F for a ? in the printer's name")
	}
	for key := range query {
		if !slices.Contains([]string{"patience", "remote", "tls"}, key) && !slices.Contains(f.Settings, key) {
			return Address{}, nil, fmt.Errorf("the component's address knows no ?%.20q", key)
		}
	}
	a := Address{Printer: strings.TrimPrefix(u.Path, "/"), Patience: DefaultPatience}
	if a.Printer == "" {
		return Address{}, nil, fmt.Errorf("the component's address names no printer: %s", example)
	}
	if v := query.Get("patience"); v != "" {
		if a.Patience, err = time.ParseDuration(v); err != nil || a.Patience <= 0 {
			return Address{}, nil, fmt.Errorf("patience is a time such as 60s, not %.20q", v)
		}
	}
	if a.Remote, err = yes(query, "remote", "allowed"); err != nil {
		return Address{}, nil, err
	}
	secure, err := yes(query, "tls", "yes")
	if err != nil {
		return Address{}, nil, err
	}
	a.Target, err = f.target(u, secure, a.Remote)
	return a, query, err
}

// target is where the WebSocket is.
func (f Form) target(u *url.URL, secure, remote bool) (string, error) {
	host, port, scheme := u.Hostname(), u.Port(), "ws"
	if host == "" {
		host = "127.0.0.1"
	}
	if secure {
		scheme = "wss"
	}
	switch {
	case port != "":
	case secure && f.SecurePort != "":
		port = f.SecurePort
	default:
		port = f.Port
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case err == nil && ip.Zone() != "": // this computer has none, and another one's cannot be written in an address of the web
		return "", ErrNotLocal
	case !remote && host != "localhost" && (err != nil || !ip.Unmap().IsLoopback()):
		return "", ErrNotLocal
	}
	to := (&url.URL{Scheme: scheme, Host: net.JoinHostPort(host, port), Path: f.Path}).String()
	if back, err := url.Parse(to); err != nil || back.Hostname() != host {
		return "", errors.New("the component's address names no computer")
	}
	return to, nil
}

// yes reads a setting that is either absent or has its one value.
func yes(query url.Values, name, value string) (bool, error) {
	switch query.Get(name) {
	case "":
		return false, nil
	case value:
		return true, nil
	}
	return false, fmt.Errorf("the component's address knows ?%s=%s and no other value for it", name, value)
}
