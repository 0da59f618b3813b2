package config

import (
	"regexp"
	"strconv"
)

// Compat are other vendors' print components whose pages print here.
type Compat struct {
	Cainiao CompatCainiao `toml:"cainiao"`
	JD      CompatJD      `toml:"jd"`
}

// CompatCainiao is Cainiao's protocol, which most ERPs speak.
type CompatCainiao struct {
	Enabled       bool     `toml:"enabled"`
	Port          int      `toml:"port"`
	Notices       string   `toml:"notices"` // "0.x", "1.5": the generation of the component
	Version       string   `toml:"version"` // that pages are told
	Preview       bool     `toml:"preview"`
	TemplateHosts []string `toml:"template_hosts"` // from which templates of plain documents are fetched
}

// CompatJD is the protocol of JD's component in its versions 1 and 2.
type CompatJD struct {
	Enabled       bool     `toml:"enabled"`
	Port          int      `toml:"port"`
	Preview       bool     `toml:"preview"`
	TemplateHosts []string `toml:"template_hosts"`
}

// templateHost is a host, with a port if it is not 443.
var templateHost = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?$`)

func (k *checker) compat(c *Config) {
	n, j := c.Compat.Cainiao, c.Compat.JD
	k.whole("compat.cainiao.port", n.Port, 0, 65535)
	k.whole("compat.jd.port", j.Port, 0, 65535)
	k.oneOf("compat.cainiao.notices", n.Notices, "0.x", "1.5")
	if n.Enabled && j.Enabled && n.Port == j.Port && n.Port != 0 {
		k.twice("compat.jd.port", strconv.Itoa(j.Port))
	}
	for setting, hosts := range map[string][]string{"compat.cainiao.template_hosts": n.TemplateHosts, "compat.jd.template_hosts": j.TemplateHosts} {
		for _, h := range hosts {
			if !templateHost.MatchString(h) {
				k.wrong(setting, `["templates.example.com"]`)
			}
		}
	}
}
