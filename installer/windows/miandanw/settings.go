package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

// setValue writes a value into a settings file, in the line where it stands; a
// setting that is not in its section is added at the section's end. The rest of
// the file, comments included, stays as it is.
func setValue(file, section, key, value string) string {
	file = strings.TrimPrefix(file, "\ufeff") // with which Windows' editor begins files; it may not come behind a line
	line := fmt.Sprintf("%s = %s", key, strconv.Quote(value))
	lines := strings.Split(file, "\n")
	here, end := "", -1 // where to add
	if section == "" {
		end = 0
	}
	known := regexp.MustCompile(`^\s*` + regexp.QuoteMeta(key) + `\s*=`)
	for i, l := range lines {
		if header := strings.TrimSpace(l); strings.HasPrefix(header, "[") {
			here, _, _ = strings.Cut(strings.TrimLeft(header, "["), "]")
			if strings.TrimSpace(here) == section {
				end = i + 1
			}
			continue
		}
		if strings.TrimSpace(here) == section && known.MatchString(l) {
			lines[i] = line
			return strings.Join(lines, "\n")
		}
	}
	if end < 0 {
		return strings.TrimRight(file, "\n") + "\n\n[" + section + "]\n" + line + "\n"
	}
	return strings.Join(append(lines[:end:end], append([]string{line}, lines[end:]...)...), "\n")
}

// address is where the page is, by the port alone: never reachable from elsewhere.
func address(port string) (string, error) {
	n, err := strconv.Atoi(port)
	if err != nil || n < 1 || n > 65535 {
		return "", fmt.Errorf("LISTEN_PORT=%q is no port from 1 to 65535", port)
	}
	return net.JoinHostPort("127.0.0.1", port), nil
}

// checkStation keeps a name that a settings file can hold as it is.
func checkStation(name string) error {
	for _, r := range name {
		if r < ' ' || r == '"' || r == '\\' || r == 0xfffd {
			return fmt.Errorf("STATION holds a character that a station's name cannot have")
		}
	}
	return nil
}
