// Package cainiao speaks the local protocol of Cainiao's print component, 菜鸟打印组件,
// in its place: printers, their settings, tasks, what became of them, and previews.
//
// A task is labels of this station, one for each document, kept under the names that
// the page gave. So a task that comes again is answered with what became of it and
// never prints by itself, also after a restart; and what is told as printed has this
// station's evidence behind it. The component keeps every task in the clear in a file
// beside itself; here nothing of a task is kept but its sealed labels.
//
// Two generations of the component tell of a task differently. Which one is spoken is
// a setting, since pages were written for one of them.
package cainiao

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"miandan/agent/internal/compat"
)

// The generations.
const (
	Older = "0.x" // the reply first, then notifyPrintResult
	Newer = "1.5" // notifyTaskResult and notifyDocResult around the reply
)

// Server speaks the protocol. It may speak with several pages at once.
type Server struct {
	Station   compat.Station
	Templates *compat.Templates
	Notices   string // Older or Newer
	Version   string // of the component that pages are told
	Preview   bool   // a page may see its own documents drawn
	Log       *slog.Logger

	mu      sync.Mutex
	offsets map[[2]string]offset // by caller and printer
}

// offset is by how much a page has its documents moved, in millimetres.
type offset struct{ right, down float64 }

const (
	mostOffset  = 10.0 // in millimetres
	keptOffsets = 1000
	calm        = 100 * time.Millisecond // between two looks at what became of tasks
	look        = 5 * time.Second        // though nothing has changed
)

// line is one connection.
type line struct {
	*Server
	v     compat.Visitor
	tasks []*task // of which the page is still to be told something
}

// Speak serves one connection until the page leaves or ctx ends.
func (s *Server) Speak(ctx context.Context, v compat.Visitor) {
	l := &line{Server: s, v: v}
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		changed := v.Changed()
		if err := l.report(ctx); err != nil {
			return
		}
		if len(l.tasks) == 0 {
			changed = nil
		}
		select {
		case message, ok := <-v.Messages():
			if !ok || v.Admit(ctx, message) != nil {
				return
			}
			if err := l.answer(ctx, message); err != nil {
				return
			}
		case <-changed:
			select {
			case <-time.After(calm):
			case <-ctx.Done():
				return
			}
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
