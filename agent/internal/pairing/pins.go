package pairing

import (
	"errors"
	"fmt"
	"strconv"
)

// Pins are the settings that the policy lays down, by their full names, as a
// settings file would say them. Only single values can be.
func (p Policy) Pins() (map[string]string, error) {
	if len(p.Settings) == 0 {
		return nil, nil
	}
	pins := map[string]string{}
	return pins, pin("", p.Settings, pins)
}

var errNoValue = errors.New("a setting that is laid down is text, number, true or false")

func pin(at string, tree map[string]any, into map[string]string) error {
	for leaf, v := range tree {
		name := leaf
		if at != "" {
			name = at + "." + leaf
		}
		switch v := v.(type) {
		case map[string]any:
			if err := pin(name, v, into); err != nil {
				return err
			}
		case string:
			into[name] = v
		case bool:
			into[name] = strconv.FormatBool(v)
		case int64:
			into[name] = strconv.FormatInt(v, 10)
		case float64:
			into[name] = strconv.FormatFloat(v, 'f', -1, 64)
		default:
			return fmt.Errorf("%s: %w", name, errNoValue)
		}
	}
	return nil
}
