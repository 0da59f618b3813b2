package apitest

import (
	"context"
	"fmt"
	"slices"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
)

var _ api.AutoRules = (*Station)(nil)

// SetRules gives the station rules.
func (s *Station) SetRules(list ...api.Rule) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.autos = list
	s.tell()
}

// Rules lists them.
func (s *Station) Rules(context.Context) ([]api.Rule, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.autos), s.fail
}

// SwitchRule switches one.
func (s *Station) SwitchRule(_ context.Context, name string, on bool, who string) error {
	word := map[bool]string{true: "on", false: "off"}[on]
	return s.act(fmt.Sprintf("rule %s %s by %s", name, word, who), func() error {
		i := slices.IndexFunc(s.autos, func(r api.Rule) bool { return r.Name == name })
		if i < 0 {
			return notice.New("order-not-found", api.ErrNotFound, name)
		}
		s.autos[i].On, s.autos[i].Works = on, on
		return nil
	})
}
