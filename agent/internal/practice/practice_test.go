package practice

import (
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/config"
)

// TestSettings reads the settings as the agent does.
func TestSettings(t *testing.T) {
	for _, way := range Ways() {
		t.Run(string(way), func(t *testing.T) { testSettings(t, way) })
	}
}

func testSettings(t *testing.T, way Way) {
	w, err := Open(t.TempDir(), Config{Orders: Orders, Way: way})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c, err := config.Load(w.Config)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"jd-express", "wujie/SF", "wujie/STO", "wujie/YTO", "wujie/YUNDA", "wujie/ZTO"}
	if got := c.Carriers(); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
		t.Errorf("carriers %v, want %v", got, want)
	}
	for name, got := range c.Ways() {
		if got != string(way) {
			t.Errorf("labels of %s are %s", name, got)
		}
	}
	routed := map[string]bool{}
	for _, r := range c.Routes {
		routed[r.Carrier] = true
	}
	for _, carrier := range want {
		if !routed[carrier] {
			t.Errorf("no route leads to %s", carrier)
		}
	}
}

func TestNobodyMakesLabelsByAnUnknownWay(t *testing.T) {
	w, err := Open(t.TempDir(), Config{Way: "by-hand"})
	if err == nil {
		w.Close()
		t.Fatal("the world opens")
	}
	if !strings.Contains(err.Error(), "by-hand") {
		t.Errorf("Open: %v, want the way named", err)
	}
}
