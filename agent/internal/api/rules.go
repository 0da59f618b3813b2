package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// AutoRules are the settings' rules by which orders print by themselves. Which
// there are stands in the settings; whether one works now is a lead's word and
// outlives a restart.
type AutoRules interface {
	Rules(ctx context.Context) ([]Rule, error)
	SwitchRule(ctx context.Context, name string, on bool, who string) error
}

// Rule is one rule.
type Rule struct {
	Name    string `json:"name"`
	On      bool   `json:"on" doc:"Somebody has not switched it off"`
	Works   bool   `json:"works" doc:"It is on and now is within its hours"`
	When    string `json:"when" doc:"What an order must be, in words"`
	Hours   string `json:"hours,omitempty" doc:"09:00–18:00"`
	Printer string `json:"printer,omitempty" doc:"The printer or group that it prints on"`
	Today   int    `json:"today" doc:"Orders that it has had printed today"`
}

type ruleList struct {
	Rules []Rule `json:"rules" nullable:"false"`
}

func (s *Server) rules(api huma.API) {
	if s.Rules == nil {
		return
	}
	register(api, http.MethodGet, "rules", "The rules by which orders print by themselves", func(ctx context.Context, _ *struct{}) (*answer[ruleList], error) {
		list, err := s.Rules.Rules(ctx)
		if err != nil {
			return nil, s.fail(ctx, "rules", err)
		}
		return &answer[ruleList]{ruleList{append([]Rule{}, list...)}}, nil
	})
	register(api, http.MethodPost, "rules/switch", "Switch a rule on or off", func(ctx context.Context, in *struct {
		Body struct {
			Name string `json:"name" minLength:"1" maxLength:"64"`
			On   bool   `json:"on"`
			Who  string `json:"who,omitempty" maxLength:"64"`
		}
	}) (*struct{}, error) {
		return nil, s.fail(ctx, "rules/switch", s.Rules.SwitchRule(ctx, in.Body.Name, in.Body.On, callerOf(ctx).who(in.Body.Who)))
	}, atLeast(Lead))
}

// Rules lists the rules.
func (c *Client) Rules(ctx context.Context) ([]Rule, error) {
	var l ruleList
	err := c.call(ctx, http.MethodGet, "rules", nil, &l)
	return l.Rules, err
}

// SwitchRule switches a rule on or off.
func (c *Client) SwitchRule(ctx context.Context, name string, on bool, who string) error {
	return c.call(ctx, http.MethodPost, "rules/switch", struct {
		Name string `json:"name"`
		On   bool   `json:"on"`
		Who  string `json:"who,omitempty"`
	}{name, on, who}, nil)
}
