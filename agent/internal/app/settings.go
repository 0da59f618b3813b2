package app

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// recordSettings puts on record which settings have changed since the last run,
// whether the file changed them or the administrator's policy. It reads these and
// not the settings that were made of them: what a person wrote has changed, not
// what the program makes of what is left out.
func (a *App) recordSettings(ctx context.Context) error {
	file, err := os.ReadFile(a.options.Config)
	if err != nil {
		return err
	}
	if file, err = pinned().In(a.options.Config, file); err != nil {
		return err
	}
	var tree map[string]any
	if err := toml.Unmarshal([]byte(strings.TrimPrefix(string(file), "\ufeff")), &tree); err != nil {
		return err
	}
	values := map[string]string{}
	leaves("", tree, values)
	changed, err := a.Ledger.Settings(ctx, values)
	if err == nil && len(changed) > 0 {
		a.log.Info("settings changed", "names", strings.Join(changed, " "))
	}
	return err
}

// leaves gathers what a settings file says by the settings' full names:
// print.auto, printer.1.url.
func leaves(name string, v any, into map[string]string) {
	under := func(leaf string) string { return strings.TrimPrefix(name+"."+leaf, ".") }
	switch v := v.(type) {
	case map[string]any:
		for leaf, value := range v {
			leaves(under(leaf), value, into)
		}
	case []any:
		for i, value := range v {
			leaves(under(fmt.Sprint(i+1)), value, into)
		}
	default:
		into[name] = fmt.Sprintf("%T %v", v, v)
	}
}
