package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

// Upkeep is the settings and the doctor.
type Upkeep interface {
	// Settings lists what holds at this station. A secret is never in it.
	Settings(ctx context.Context, l notice.Language) ([]Setting, error)
	// SetSetting changes one setting in the file, all else in it staying as it is
	// to the byte; it holds after a restart. What the file cannot be with it is
	// refused with what to write instead.
	SetSetting(ctx context.Context, name, value, who string) error
	// Examine looks for what keeps the station from printing.
	Examine(ctx context.Context, l notice.Language) ([]Finding, error)
}

// Setting is one setting.
type Setting struct {
	Name    string   `json:"name" doc:"Its full name: print.auto, printer.1.url"`
	Value   string   `json:"value" doc:"As the file would say it"`
	Default string   `json:"default,omitempty"`
	Set     bool     `json:"set" doc:"It stands in the file"`
	Says    string   `json:"says,omitempty" doc:"What it is for"`
	Choices []string `json:"choices,omitempty"`
	Secret  bool     `json:"secret,omitempty" doc:"It is in the key store; the value says only whether"`
	Pinned  bool     `json:"pinned,omitempty" doc:"The policy sets it, and nobody here can change it"`
	Fixed   bool     `json:"fixed,omitempty" doc:"It cannot be changed here, but in the file"`
}

// Finding is one thing that the doctor has looked at.
type Finding struct {
	What    string `json:"what"`
	Verdict string `json:"verdict" enum:"fine,warning,wrong"`
	Says    string `json:"says" doc:"What was found, and what to do"`
}

type settingList struct {
	Settings []Setting `json:"settings" nullable:"false"`
}

type findingList struct {
	Findings []Finding `json:"findings" nullable:"false"`
}

func (s *Server) upkeep(api huma.API) {
	if s.Upkeep == nil {
		return
	}
	register(api, http.MethodGet, "settings", "What holds at this station", func(ctx context.Context, _ *struct{}) (*answer[settingList], error) {
		list, err := s.Upkeep.Settings(ctx, callerOf(ctx).language)
		if err != nil {
			return nil, s.fail(ctx, "settings", err)
		}
		return &answer[settingList]{settingList{append([]Setting{}, list...)}}, nil
	})
	register(api, http.MethodPost, "settings", "Change one setting; it holds after a restart", func(ctx context.Context, in *struct {
		Body struct {
			Name  string `json:"name" minLength:"1" maxLength:"200"`
			Value string `json:"value" maxLength:"1000"`
			Who   string `json:"who,omitempty" maxLength:"64"`
		}
	}) (*struct{}, error) {
		return nil, s.fail(ctx, "settings", s.Upkeep.SetSetting(ctx, in.Body.Name, in.Body.Value, callerOf(ctx).who(in.Body.Who)))
	}, atLeast(Admin))
	register(api, http.MethodGet, "doctor", "What keeps the station from printing", func(ctx context.Context, _ *struct{}) (*answer[findingList], error) {
		list, err := s.Upkeep.Examine(ctx, callerOf(ctx).language)
		if err != nil {
			return nil, s.fail(ctx, "doctor", err)
		}
		return &answer[findingList]{findingList{append([]Finding{}, list...)}}, nil
	})
}
