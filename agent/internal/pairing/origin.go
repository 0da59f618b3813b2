package pairing

import (
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// Origin is where a web page comes from, as a browser says it: scheme, host and
// port, the port only where it is not the scheme's own.
type Origin string

// ParseOrigin takes what a browser may send as the Origin of a page, and only the
// one way of writing it. Servers that compared a part of it have fallen to names
// that begin or end like a good one (CVE-2025-3462). "null" is the origin of
// whoever wants to have none.
func ParseOrigin(s string) (Origin, bool) {
	u, err := url.Parse(s)
	if err != nil || len(s) > 255 || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	host := u.Hostname()
	if host == "" || strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-.:_") != "" || strings.HasSuffix(host, ".") || strings.HasPrefix(host, ".") || strings.Contains(host, "..") {
		return "", false
	}
	if strings.Contains(host, ":") {
		ip := net.ParseIP(host)
		if ip == nil || ip.String() != host {
			return "", false
		}
		host = "[" + host + "]"
	}
	built := u.Scheme + "://" + host
	if port := u.Port(); port != "" {
		n, err := strconv.Atoi(port)
		if err != nil || n < 1 || n > 65535 || strconv.Itoa(n) != port || u.Scheme == "http" && n == 80 || u.Scheme == "https" && n == 443 {
			return "", false
		}
		built += ":" + port
	}
	return Origin(built), built == s
}

// ID names an origin where its own name would be too long: a page's jobs are kept
// under it.
func (o Origin) ID() string {
	sum := sha256.Sum256([]byte(o))
	return hex.EncodeToString(sum[:8])
}
