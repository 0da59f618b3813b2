package config

import (
	"errors"
	"maps"
	"os"
	"slices"

	"miandan/agent/internal/notice"
)

// Pins are settings that the computer's administrator lays down, by their full
// names, with what a file would say: print.auto, "true".
type Pins map[string]string

// LoadPinned is Load with the pins in place of what the file says of them.
func LoadPinned(path string, pins Pins) (*Config, error) {
	c, err := Load(path)
	if err != nil || len(pins) == 0 {
		return c, err
	}
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, notice.New("config-unreadable", err, path)
	}
	if file, err = pins.In(path, file); err != nil {
		return nil, err
	}
	return Parse(path, file)
}

// In returns a settings file in which the pins stand. A pin that cannot be is an
// error: the agent would else go on without what was laid down, and nobody would
// know.
func (p Pins) In(path string, file []byte) ([]byte, error) {
	for _, name := range slices.Sorted(maps.Keys(p)) {
		changed, err := SetValue(path, file, name, p[name])
		switch problems := (Problems)(nil); {
		case errors.Is(err, ErrNoSetting):
			return nil, notice.New("policy-setting", err, name, notice.Phrase{"there is no such setting", "没有这个设置"})
		case errors.Is(err, ErrFixed), errors.Is(err, ErrByHand):
			return nil, notice.New("policy-setting", err, name, notice.Phrase{"only single values can be laid down, and none in a list's entry that does not have it", "只能规定单个值，且不能用于列表中没有该设置的条目"})
		case errors.As(err, &problems):
			return nil, notice.New("policy-setting", err, name, notice.Phrase{problems[0].Text(notice.English), problems[0].Text(notice.Chinese)})
		case err != nil:
			return nil, err
		}
		file = changed
	}
	return file, nil
}
