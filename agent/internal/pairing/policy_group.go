package pairing

import "miandan/agent/internal/notice"

// groupKey is where Group Policy writes what the templates in
// installer/windows/policy ask for, below HKEY_LOCAL_MACHINE.
const groupKey = `Software\Policies\Miandan`

// groupPolicy is what Group Policy lays down.
type groupPolicy struct {
	ask              *bool // nil: not laid down
	allowed, blocked []string
	settings         map[string]string // by full name, as a settings file would say them
}

// with adds Group Policy to what the file says. Where both speak of an origin, of
// asking, or of a setting, Group Policy does.
func (p Policy) with(g groupPolicy) (Policy, error) {
	const from = `HKEY_LOCAL_MACHINE\` + groupKey
	if g.ask == nil && len(g.allowed)+len(g.blocked)+len(g.settings) == 0 {
		return p, nil
	}
	if p.Path == "" {
		p.Path = from
	}
	if g.ask != nil {
		p.Ask = *g.ask
	}
	var rules []Rule
	for i, list := range [][]string{g.blocked, g.allowed} {
		for _, text := range list {
			o, ok := ParseOrigin(text)
			if !ok {
				return Policy{Path: from}, notice.New("policy-origin", nil, from, text)
			}
			rules = append(rules, Rule{Origin: o, Allow: i == 1})
		}
	}
	p.Origins = append(rules, p.Origins...)
	if len(g.settings) == 0 {
		return p, nil
	}
	pins, err := p.Pins()
	if err != nil {
		return Policy{Path: from}, err
	}
	p.Settings = map[string]any{}
	for _, all := range []map[string]string{pins, g.settings} {
		for name, value := range all {
			p.Settings[name] = value
		}
	}
	return p, nil
}
