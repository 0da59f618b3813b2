package pairing

import (
	"errors"
	"io/fs"

	"golang.org/x/sys/windows/registry"
)

// readGroupPolicy reads the registry; no key lays nothing down.
func readGroupPolicy() (groupPolicy, error) {
	var g groupPolicy
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, groupKey, registry.QUERY_VALUE|registry.WOW64_64KEY)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return g, nil
	case err != nil:
		return g, err
	}
	defer key.Close()
	if n, _, err := key.GetIntegerValue("Ask"); err == nil {
		ask := n != 0
		g.ask = &ask
	} else if !errors.Is(err, registry.ErrNotExist) {
		return g, err
	}
	var allowedErr, blockedErr error
	g.allowed, allowedErr = readList(groupKey + `\AllowedOrigins`)
	g.blocked, blockedErr = readList(groupKey + `\BlockedOrigins`)
	return g, errors.Join(allowedErr, blockedErr)
}

// readList reads the values of a key, which Group Policy numbers.
func readList(path string) ([]string, error) {
	key, err := registry.OpenKey(registry.LOCAL_MACHINE, path, registry.QUERY_VALUE|registry.WOW64_64KEY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer key.Close()
	names, err := key.ReadValueNames(-1)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, name := range names {
		value, _, err := key.GetStringValue(name)
		if err != nil {
			return nil, err
		}
		list = append(list, value)
	}
	return list, nil
}
