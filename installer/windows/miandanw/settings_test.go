package main

import (
	"testing"
)

func TestSetValue(t *testing.T) {
	const file = "# settings\nstation = \"\"\n\n[jd]\n# address = \"x\"\nenabled = false\n\n[listen] # the page\naddress = \"127.0.0.1:0\"\nopen = true\n\n[[folder]]\nname = \"a\"\n"
	for _, c := range []struct{ section, key, value, file, want string }{
		{"", "station", "打包台 3", file, "# settings\nstation = \"打包台 3\"\n\n[jd]\n# address = \"x\"\nenabled = false\n\n[listen] # the page\naddress = \"127.0.0.1:0\"\nopen = true\n\n[[folder]]\nname = \"a\"\n"},
		{"listen", "address", "127.0.0.1:8421", file, "# settings\nstation = \"\"\n\n[jd]\n# address = \"x\"\nenabled = false\n\n[listen] # the page\naddress = \"127.0.0.1:8421\"\nopen = true\n\n[[folder]]\nname = \"a\"\n"},
		{"jd", "address", "y", "[jd]\n# address = \"x\"\n[listen]\naddress = \"z\"\n", "[jd]\naddress = \"y\"\n# address = \"x\"\n[listen]\naddress = \"z\"\n"},
		{"listen", "address", "127.0.0.1:8421", "station = \"a\"\n", "station = \"a\"\n\n[listen]\naddress = \"127.0.0.1:8421\"\n"},
		{"", "station", "a", "[jd]\nstation = \"b\"\n", "station = \"a\"\n[jd]\nstation = \"b\"\n"},
		{"", "station", "a", "\ufeffstation = \"b\"\n", "station = \"a\"\n"},
		{"", "station", "a", "\ufeff# settings\n[jd]\n", "station = \"a\"\n# settings\n[jd]\n"},
	} {
		if got := setValue(c.file, c.section, c.key, c.value); got != c.want {
			t.Errorf("%s.%s = %s:\n%s\nwant:\n%s", c.section, c.key, c.value, got, c.want)
		}
	}
}

func TestAddress(t *testing.T) {
	if got, err := address("8421"); got != "127.0.0.1:8421" || err != nil {
		t.Error(got, err)
	}
	for _, port := range []string{"0", "65536", "x", "0.0.0.0:80", "-1", ""} {
		if got, err := address(port); err == nil {
			t.Errorf("port %q is taken as %s", port, got)
		}
	}
}

func TestCheckStation(t *testing.T) {
	if err := checkStation("打包台 3"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"a\nb", `a"b`, `a\b`} {
		if checkStation(name) == nil {
			t.Errorf("%q is taken", name)
		}
	}
}

// TestServiceSID holds the derivation against the number that Windows' own
// installer service is known by.
func TestServiceSID(t *testing.T) {
	const want = "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
	if got := serviceSID("TrustedInstaller"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
