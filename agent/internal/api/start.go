package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/secret"
)

// Starter takes a station from a bare installation to work.
type Starter interface {
	// Bare reports whether nothing was set up when this run began: no printer, and
	// no PIN that would say who may set up one.
	Bare(ctx context.Context) bool
	// Start says what is there and what is missing.
	Start(ctx context.Context, l notice.Language) (Start, error)
	// SetJD keeps the shop's app: its secret in the key store, the rest in the
	// settings. An empty secret leaves the one that is there.
	SetJD(ctx context.Context, in JDApp, who string) error
	// Authorise makes an authorisation of the code, or of the whole address, that
	// the shop's browser brought back, and has orders fetched from the next start on.
	Authorise(ctx context.Context, code, who string) error
	// Begin keeps a PIN of the administrator, if one is given, and starts the agent
	// anew with what was set up, once the label in hand is out.
	Begin(ctx context.Context, pin, who string) error
}

// Fitter finds printers and tries them before they stand in the settings.
type Fitter interface {
	Look(ctx context.Context, in LookFor) (Looked, error)
	// Try prints a test card as the printer would stand in the settings.
	Try(ctx context.Context, p NewPrinter) (CardPrinted, error)
	// Add puts the printer into the settings; it holds from the next start on.
	Add(ctx context.Context, p NewPrinter, who string) error
}

// Start is how far a station is set up.
type Start struct {
	Bare     bool     `json:"bare" doc:"Nothing was set up when this run began"`
	Keys     string   `json:"keys" doc:"Where secrets are kept, in words"`
	Sealed   bool     `json:"sealed" doc:"It is the system's own key store"`
	Settings string   `json:"settings" doc:"The settings file"`
	JD       JDState  `json:"jd"`
	Printers []string `json:"printers" nullable:"false" doc:"Those that stand in the settings"`
	Running  []string `json:"running" nullable:"false" doc:"Those that this run prints on"`
	Pins     []Role   `json:"pins" nullable:"false"`
	// Run is another one after each start.
	Run string `json:"run"`
}

// JDState is how far JD is set up. A secret is never in it.
type JDState struct {
	AppKey     string `json:"app_key"`
	VenderID   string `json:"vender_id"`
	Shop       string `json:"shop"`
	Redirect   string `json:"redirect"`
	Secret     bool   `json:"secret" doc:"The app's secret is in the key store"`
	Authorised bool   `json:"authorised" doc:"An authorisation is in the key store"`
	Page       string `json:"page,omitempty" doc:"Where the shop authorises the app"`
}

// JDApp is the shop's app at JD.
type JDApp struct {
	AppKey   string       `json:"app_key" minLength:"1" maxLength:"64"`
	Secret   secret.Token `json:"secret,omitempty"`
	VenderID string       `json:"vender_id,omitempty" maxLength:"32"`
	Shop     string       `json:"shop,omitempty" maxLength:"100"`
	Redirect string       `json:"redirect" minLength:"1" maxLength:"500"`
}

// LookFor says where printers are looked for.
type LookFor struct {
	Address string `json:"address,omitempty" maxLength:"300" doc:"Of one printer on the network: HOST or HOST:PORT; none: whatever is plugged in, installed or announced"`
	Ask     bool   `json:"ask" doc:"Ask those that do not say what they understand, which one that understands nothing may print"`
}

// Looked is what was found.
type Looked struct {
	Found    []FoundPrinter `json:"found" nullable:"false"`
	Troubles []string       `json:"troubles" nullable:"false" doc:"Ways of looking that failed, in words"`
}

// FoundPrinter is a device with how it would stand in the settings.
type FoundPrinter struct {
	NewPrinter
	Way   string `json:"way" doc:"usb, serial, cups, winspool, mdns, tcp"`
	Says  string `json:"says" doc:"What it calls itself"`
	Sure  bool   `json:"sure" doc:"It says itself which language it understands"`
	Known bool   `json:"known" doc:"It stands in the settings"`
}

// NewPrinter is a printer that is to be set up.
type NewPrinter struct {
	Name       string `json:"name" minLength:"1" maxLength:"40"`
	URL        string `json:"url" minLength:"1" maxLength:"4096"`
	Model      string `json:"model,omitempty" maxLength:"100"`
	Language   string `json:"language" enum:"escpos,tspl,zpl,cpcl,page"`
	DPI        int    `json:"dpi" enum:"203,300,305,600,609"`
	Media      string `json:"media,omitempty" maxLength:"32"`
	Status     string `json:"status,omitempty" maxLength:"16"`
	Paper      string `json:"paper" maxLength:"20" doc:"Width and height in mm: 76x130"`
	UpsideDown bool   `json:"upside_down,omitempty"`
	Invert     bool   `json:"invert,omitempty" doc:"Of TSPL: black and white are exchanged"`
}

// starting lets pass a lead while the station is bare, since nobody could be an
// administrator yet, and else an administrator.
func (s *Server) starting(ctx huma.Context, next func(huma.Context)) {
	least := Admin
	if s.Starter.Bare(ctx.Context()) {
		least = Lead
	}
	atLeast(least)(ctx, next)
}

func (s *Server) starts(api huma.API) {
	if s.Starter == nil {
		return
	}
	register(api, http.MethodGet, "start", "How far the station is set up", func(ctx context.Context, _ *struct{}) (*answer[Start], error) {
		v, err := s.Starter.Start(ctx, callerOf(ctx).language)
		if err != nil {
			return nil, s.fail(ctx, "start", err)
		}
		return &answer[Start]{v}, nil
	}, people(leadRefused))
	register(api, http.MethodPost, "start/jd", "Keep the shop's app at JD", func(ctx context.Context, in *struct {
		Body struct {
			JDApp
			Asked
		}
	}) (*struct{}, error) {
		return nil, s.fail(ctx, "start/jd", s.Starter.SetJD(ctx, in.Body.JDApp, callerOf(ctx).who(in.Body.Who)))
	}, people(adminRefused), s.starting)
	register(api, http.MethodPost, "start/authorise", "Finish the shop's authorisation of the app", func(ctx context.Context, in *struct {
		Body struct {
			Code string `json:"code" minLength:"1" maxLength:"4000" doc:"The code, or the address that it stands in"`
			Asked
		}
	}) (*struct{}, error) {
		return nil, s.fail(ctx, "start/authorise", s.Starter.Authorise(ctx, in.Body.Code, callerOf(ctx).who(in.Body.Who)))
	}, people(adminRefused), s.starting)
	register(api, http.MethodPost, "start/begin", "Start the agent anew with what was set up", func(ctx context.Context, in *struct {
		Body struct {
			Pin string `json:"pin,omitempty" maxLength:"64" doc:"The administrator's, to be kept"`
			Asked
		}
	}) (*struct{}, error) {
		return nil, s.fail(ctx, "start/begin", s.Starter.Begin(ctx, in.Body.Pin, callerOf(ctx).who(in.Body.Who)))
	}, people(adminRefused), s.starting)
	if s.Fitter != nil {
		s.fits(api)
	}
}

// StartAnew has the agent start anew, with the settings and the program as they are
// now, once the label in hand is out.
func (c *Client) StartAnew(ctx context.Context, who string) error {
	return c.call(ctx, http.MethodPost, "start/begin", Asked{who}, nil)
}

func (s *Server) fits(api huma.API) {
	register(api, http.MethodPost, "start/look", "Look for printers", func(ctx context.Context, in *struct{ Body LookFor }) (*answer[Looked], error) {
		v, err := s.Fitter.Look(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "start/look", err)
		}
		v.Found, v.Troubles = append([]FoundPrinter{}, v.Found...), append([]string{}, v.Troubles...)
		return &answer[Looked]{v}, nil
	}, people(adminRefused), s.starting)
	register(api, http.MethodPost, "start/card", "Print a test card on a printer that is not set up yet", func(ctx context.Context, in *struct{ Body NewPrinter }) (*answer[CardPrinted], error) {
		v, err := s.Fitter.Try(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "start/card", err)
		}
		return &answer[CardPrinted]{v}, nil
	}, people(adminRefused), s.starting)
	register(api, http.MethodPost, "start/printer", "Put a printer into the settings", func(ctx context.Context, in *struct {
		Body struct {
			NewPrinter
			Asked
		}
	}) (*struct{}, error) {
		return nil, s.fail(ctx, "start/printer", s.Fitter.Add(ctx, in.Body.NewPrinter, callerOf(ctx).who(in.Body.Who)))
	}, people(adminRefused), s.starting)
}
