// Package logging writes the agent's log: a file that never grows beyond its
// bounds, and the last thousand records in memory for the page and the doctor.
//
// People are kept out of the log by their types, which print masked. That does
// not help where a foreign text carries a telephone number, such as a
// carrier's words in an error; so everything on its way into the log is also
// searched for what looks like a Chinese mobile number. That is the last line
// of defence and no reason to log such texts.
package logging

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
)

// FileName is the name of the file that is written to. Older ones are
// agent.log.1, agent.log.2 and so on.
const FileName = "agent.log"

// Options say where and how much.
type Options struct {
	Dir     string     // the folder of the log files; made if missing
	Level   slog.Level // what is less important is left out
	JSON    bool       // lines of JSON in place of key=value
	MaxSize int64      // bytes of one file; zero is 10 MiB
	Files   int        // how many older files are kept; zero is 5
	Console io.Writer  // gets the same in text; nil for none
}

// Log is an open log.
type Log struct {
	*slog.Logger
	Recorder *Recorder
	level    *slog.LevelVar
	file     *rotating
}

// Open opens the log. Its errors are those of the file system.
func Open(o Options) (*Log, error) {
	if o.MaxSize == 0 {
		o.MaxSize = 10 << 20
	}
	if o.Files == 0 {
		o.Files = 5
	}
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("make log folder: %w", err)
	}
	file, err := openRotating(filepath.Join(o.Dir, FileName), o.MaxSize, o.Files)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	l := &Log{Recorder: NewRecorder(), level: new(slog.LevelVar), file: file}
	l.level.Set(o.Level)
	ho := &slog.HandlerOptions{Level: l.level}
	sinks := []slog.Handler{l.Recorder.Handler(l.level)}
	if o.JSON {
		sinks = append(sinks, slog.NewJSONHandler(file, ho))
	} else {
		sinks = append(sinks, slog.NewTextHandler(file, ho))
	}
	if o.Console != nil {
		sinks = append(sinks, slog.NewTextHandler(o.Console, ho))
	}
	l.Logger = slog.New(Mask(slog.NewMultiHandler(sinks...)))
	return l, nil
}

// SetLevel changes what is left out from here on.
func (l *Log) SetLevel(level slog.Level) { l.level.Set(level) }

// Close ends the file. What is logged after it goes to the recorder alone.
func (l *Log) Close() error { return l.file.Close() }

// ParseLevel reads "debug", "info", "warn" or "error".
func ParseLevel(s string) (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(s)); err != nil {
		return 0, fmt.Errorf("%q is no log level", s)
	}
	return level, nil
}

// Discard is a logger for whoever has none.
func Discard() *slog.Logger { return slog.New(slog.DiscardHandler) }

// Mask returns a handler that hides mobile numbers before next sees them: in
// the message, in texts, in errors and in whatever else is not a number.
func Mask(next slog.Handler) slog.Handler { return masking{next} }

type masking struct{ next slog.Handler }

func (m masking) Enabled(ctx context.Context, l slog.Level) bool { return m.next.Enabled(ctx, l) }
func (m masking) WithGroup(name string) slog.Handler             { return masking{m.next.WithGroup(name)} }

func (m masking) WithAttrs(attrs []slog.Attr) slog.Handler {
	hidden := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		hidden[i] = hide(a)
	}
	return masking{m.next.WithAttrs(hidden)}
}

func (m masking) Handle(ctx context.Context, r slog.Record) error {
	hidden := slog.NewRecord(r.Time, r.Level, MaskPhones(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		hidden.AddAttrs(hide(a))
		return true
	})
	return m.next.Handle(ctx, hidden)
}

func hide(a slog.Attr) slog.Attr {
	a.Key = MaskPhones(a.Key)
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		v = slog.StringValue(MaskPhones(v.String()))
	case slog.KindGroup:
		group := v.Group()
		hidden := make([]slog.Attr, len(group))
		for i, g := range group {
			hidden[i] = hide(g)
		}
		v = slog.GroupValue(hidden...)
	case slog.KindAny:
		// As text: a handler that walked the value itself would find what cannot
		// be searched here.
		v = slog.StringValue(MaskPhones(fmt.Sprintf("%+v", v.Any())))
	}
	a.Value = v
	return a
}
