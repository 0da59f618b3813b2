// Package jd speaks the local protocol of JD's print component, 京东云打印组件, in its
// place, in versions 1 and 2: printers, prints and previews.
//
// The protocol has one reply to a print and nothing after it. So the reply waits until
// it is known what became of each label; a label that waits longer, for paper perhaps,
// is told as not printed yet, and a page that sends it again is told of the same label.
//
// Plain data is drawn here by the template that the page names. JD's sealed print data
// goes on to JD's own component, byte for byte. Version 3 is not spoken: of it types
// are known and no conversations.
package jd

import (
	"context"
	"log/slog"
	"time"

	"miandan/agent/internal/compat"
	"miandan/agent/internal/notice"
)

// Server speaks the protocol. It may speak with several pages at once.
type Server struct {
	Station   compat.Station
	Templates *compat.Templates
	Preview   bool // a page may see its own labels drawn
	Patience  time.Duration
	Log       *slog.Logger
}

// DefaultPatience is how long the reply to a print waits for the printer. Pages give up
// at a minute or so.
const DefaultPatience = 20 * time.Second

// Names of JD and its labels, for people and for the station.
const (
	vendor  = "JD 京东"
	carrier = "JD"
	dialect = "jd"
)

// line is one connection.
type line struct {
	*Server
	v compat.Visitor
}

// Speak serves one connection until the page leaves or ctx ends. Requests are done one
// after the other, as the component does.
func (s *Server) Speak(ctx context.Context, v compat.Visitor) {
	l := &line{s, v}
	for {
		select {
		case message, ok := <-v.Messages():
			if !ok || v.Admit(ctx, message) != nil || v.Say(ctx, l.answer(ctx, message)) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// form refuses a request that has not the form of the protocol.
func form(english, chinese string) error {
	return notice.New("compat-form", nil, notice.Phrase{english, chinese})
}
