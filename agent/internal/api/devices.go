package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
)

// Devices shows the station's printers to whoever looks after them.
type Devices interface {
	Devices(ctx context.Context) ([]Device, error)
	// Hold stops one printer after the label in hand, Release lets it go on.
	Hold(ctx context.Context, printer, who string) error
	Release(ctx context.Context, printer, who string) error
	// Calibrate makes offsets of what was measured on a ruler card and, if c.Write,
	// writes them into the settings; they hold from the next label on.
	Calibrate(ctx context.Context, c Calibrate) (Calibrated, error)
}

// Device is a printer with what the settings say of it.
type Device struct {
	Printer
	// Says is Trouble in the asker's language; the server writes it.
	Says     string  `json:"says,omitempty" doc:"Why it does not print, in words"`
	Way      string  `json:"way" doc:"usb, tcp, serial, cups, winspool, file …"`
	Language string  `json:"language" doc:"escpos, tspl, zpl, cpcl, page, sealed"`
	Model    string  `json:"model,omitempty"`
	Group    string  `json:"group,omitempty"`
	Paper    string  `json:"paper" doc:"76x130"`
	DPI      int     `json:"dpi"`
	Proof    string  `json:"proof" enum:"confirmed,presumed" doc:"What its word that a label is out is worth"`
	Held     bool    `json:"held" doc:"Somebody has stopped it"`
	Roll     int     `json:"roll,omitempty" doc:"Labels on a new roll; 0 is not known"`
	OffsetX  float64 `json:"offset_x_mm"`
	OffsetY  float64 `json:"offset_y_mm"`
	// Bar is how long the bar across of its ruler card should be; 0: it has no
	// ruler card.
	Bar   float64 `json:"ruler_bar_mm,omitempty"`
	Today int     `json:"printed_today"`

	Trouble *notice.Error `json:"-"`
}

// Calibrate is what was measured on a ruler card, in mm.
type Calibrate struct {
	Printer string  `json:"printer" minLength:"1" maxLength:"160"`
	Left    float64 `json:"left_mm" exclusiveMinimum:"0" maximum:"999" doc:"From the paper's left edge to the bar"`
	Top     float64 `json:"top_mm" exclusiveMinimum:"0" maximum:"999" doc:"From the paper's upper edge to the bar"`
	Length  float64 `json:"length_mm,omitempty" minimum:"0" maximum:"999" doc:"How long the bar across is; left out: as it should be"`
	Write   bool    `json:"write" doc:"Write the offsets into the settings"`
	Who     string  `json:"who,omitempty" maxLength:"64"`
}

// Calibrated are the offsets that come of it.
type Calibrated struct {
	OffsetX float64 `json:"offset_x_mm"`
	OffsetY float64 `json:"offset_y_mm"`
	Written bool    `json:"written"`
	// Says is ByHand in the asker's language; the server writes it.
	Says string `json:"says,omitempty" doc:"What to do by hand, where the settings could not be changed"`

	ByHand *notice.Error `json:"-"`
}

type deviceList struct {
	Devices []Device `json:"devices" nullable:"false"`
}

func (s *Server) devices(api huma.API) {
	if s.Devices == nil {
		return
	}
	register(api, http.MethodGet, "devices", "The printers with what the settings say of them", func(ctx context.Context, _ *struct{}) (*answer[deviceList], error) {
		list, err := s.Devices.Devices(ctx)
		if err != nil {
			return nil, s.fail(ctx, "devices", err)
		}
		told := make([]Device, len(list))
		for i, d := range list {
			if d.Trouble != nil {
				d.Says = d.Trouble.Text(callerOf(ctx).language)
			}
			told[i] = d
		}
		return &answer[deviceList]{deviceList{told}}, nil
	})
	type onePrinter struct {
		Body struct {
			Printer string `json:"printer" minLength:"1" maxLength:"160"`
			Who     string `json:"who,omitempty" maxLength:"64"`
		}
	}
	register(api, http.MethodPost, "devices/hold", "Stop one printer after the label in hand", func(ctx context.Context, in *onePrinter) (*struct{}, error) {
		return nil, s.fail(ctx, "devices/hold", s.Devices.Hold(ctx, in.Body.Printer, callerOf(ctx).who(in.Body.Who)))
	})
	register(api, http.MethodPost, "devices/release", "Let a stopped printer go on", func(ctx context.Context, in *onePrinter) (*struct{}, error) {
		return nil, s.fail(ctx, "devices/release", s.Devices.Release(ctx, in.Body.Printer, callerOf(ctx).who(in.Body.Who)))
	})
	register(api, http.MethodPost, "devices/calibrate", "Set a printer's offsets from its ruler card", func(ctx context.Context, in *struct{ Body Calibrate }) (*answer[Calibrated], error) {
		in.Body.Who = callerOf(ctx).who(in.Body.Who)
		c, err := s.Devices.Calibrate(ctx, in.Body)
		if err != nil {
			return nil, s.fail(ctx, "devices/calibrate", err)
		}
		if c.ByHand != nil {
			c.Says = c.ByHand.Text(callerOf(ctx).language)
		}
		return &answer[Calibrated]{c}, nil
	}, atLeast(Lead))
}

// Devices returns the printers with what the settings say of them.
func (c *Client) Devices(ctx context.Context) ([]Device, error) {
	var l deviceList
	err := c.call(ctx, http.MethodGet, "devices", nil, &l)
	return l.Devices, err
}

// Calibrate sets a printer's offsets from its ruler card.
func (c *Client) Calibrate(ctx context.Context, in Calibrate) (v Calibrated, err error) {
	return v, c.call(ctx, http.MethodPost, "devices/calibrate", in, &v)
}

// Hold stops a printer after the label in hand.
func (c *Client) Hold(ctx context.Context, printer, who string) error {
	return c.call(ctx, http.MethodPost, "devices/hold", ofPrinter{printer, who}, nil)
}

// Release lets a stopped printer go on.
func (c *Client) Release(ctx context.Context, printer, who string) error {
	return c.call(ctx, http.MethodPost, "devices/release", ofPrinter{printer, who}, nil)
}

type ofPrinter struct {
	Printer string `json:"printer"`
	Who     string `json:"who,omitempty"`
}
