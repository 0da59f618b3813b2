package cli

import (
	"net/url"
	"os"
	"regexp"
	"strings"

	"miandan/agent/internal/logging"
)

// mask is the last look at a text that leaves the computer: telephone numbers,
// long numbers such as waybills, and the name in the home folder's path.
func mask(s string) string {
	if home, err := os.UserHomeDir(); err == nil && len(home) > 1 {
		s = strings.ReplaceAll(s, home, "~")
	}
	return longNumber.ReplaceAllString(logging.MaskPhones(s), "••••$1")
}

// longNumber is what may be a waybill's or an order's number: SF1234567890123,
// JDVC00040816327-1-1, 312045870013.
var longNumber = regexp.MustCompile(`[A-Z]{0,5}[0-9]{6,}([0-9]{4}(?:-[0-9]{1,3}){0,3})`)

// accounts are settings that say who the shop is at its partners. Support needs
// to tell two of them apart, and no more.
var accounts = map[string]bool{"app_key": true, "vender_id": true, "customer_code": true, "settlement_code": true, "branch_code": true}

// maskTree masks the texts of what was read back from JSON or TOML.
func maskTree(name string, v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key, value := range v {
			v[key] = maskTree(key, value)
		}
	case []any:
		for i, value := range v {
			v[i] = maskTree(name, value)
		}
	case string:
		if (name == "shop" || name == "vendor_name") && v != "" {
			return "••••" // many are called after their owner
		}
		if accounts[name] && len(v) > 4 {
			return "••••" + v[len(v)-4:]
		}
		if u, err := url.Parse(v); err == nil && u.User != nil {
			u.User = url.User("masked")
			u.RawQuery = ""
			return mask(u.String())
		}
		return mask(v)
	}
	return v
}
