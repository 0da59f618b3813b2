package config

import "strings"

// layoutNames are the layouts of carriers that are not called as JD codes them.
// SF's own has places for what only SF itself tells, and Wujie's answer has none
// of it.
var layoutNames = map[string]string{"JTSD": "jt", "DBKD": "deppon", "EMSBZ": "ems", "SF": "wujie"}

// Layouts returns the names of the layouts that a carrier's labels may be drawn
// with, the best first; none for a carrier that is not set up. The last one
// exists for every paper that layouts come in.
func (c *Config) Layouts(carrier string) []string {
	if carrier == JDExpress && c.Express.Enabled {
		return c.named(c.Labels.JDExpress, "jd-express")
	}
	for _, w := range c.Wujie {
		if w.Name() != carrier {
			continue
		}
		if w.Template != "" {
			return []string{w.Template}
		}
		own := layoutNames[w.ProviderCode]
		if own == "" {
			own = strings.ToLower(w.ProviderCode)
		}
		return c.named(c.Labels.Wujie, own, "wujie")
	}
	if a, ok := c.account(carrier); ok {
		return c.named(a.Template, a.layout(), "wujie")
	}
	return nil
}

func (c *Config) named(setting string, names ...string) []string {
	if setting != "" {
		return []string{setting}
	}
	for i, name := range names {
		names[i] = name + "-" + c.Labels.Paper.String()
	}
	return names
}
