package pairing

import (
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strconv"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

// programData is the folder for what programs keep for the whole computer. The
// variable of that name is a user's to change, and not every service has it.
func programData(getenv func(string) string) string {
	if dir, err := windows.KnownFolderPath(windows.FOLDERID_ProgramData, 0); err == nil {
		return dir
	}
	return getenv("ProgramData")
}

// readGroupPolicy reads the registry; no key lays nothing down.
func readGroupPolicy() (groupPolicy, error) { return readPolicyAt(registry.LOCAL_MACHINE, groupKey) }

func readPolicyAt(root registry.Key, path string) (groupPolicy, error) {
	var g groupPolicy
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE|registry.WOW64_64KEY)
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
	allowed, allowedErr := readValues(root, path+`\AllowedOrigins`)
	blocked, blockedErr := readValues(root, path+`\BlockedOrigins`)
	settings, settingsErr := readValues(root, path+`\Settings`)
	for _, name := range slices.Sorted(maps.Keys(allowed)) { // which Group Policy numbers
		g.allowed = append(g.allowed, allowed[name])
	}
	for _, name := range slices.Sorted(maps.Keys(blocked)) {
		g.blocked = append(g.blocked, blocked[name])
	}
	g.settings = settings
	return g, errors.Join(allowedErr, blockedErr, settingsErr)
}

// readValues reads the values of a key by their names: texts, and numbers as text.
func readValues(root registry.Key, path string) (map[string]string, error) {
	key, err := registry.OpenKey(root, path, registry.QUERY_VALUE|registry.WOW64_64KEY)
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
	values := map[string]string{}
	for _, name := range names {
		text, kind, err := key.GetStringValue(name)
		if errors.Is(err, registry.ErrUnexpectedType) && (kind == registry.DWORD || kind == registry.QWORD) {
			var n uint64
			n, _, err = key.GetIntegerValue(name)
			text = strconv.FormatUint(n, 10)
		}
		if err != nil {
			return nil, err
		}
		values[name] = text
	}
	return values, nil
}
