package app_test

import (
	"slices"
	"testing"

	"miandan/agent/internal/config"
	"miandan/agent/internal/platform/jd"
)

// TestDefaultsAreThePlatforms holds what a new settings file says of JD's words
// against what the platform goes by when nothing is said.
func TestDefaultsAreThePlatforms(t *testing.T) {
	c := config.Default().JD
	for name, pair := range map[string][2][]string{
		"order_states":       {c.OrderStates, jd.DefaultStates},
		"regular_marks":      {c.RegularMarks, jd.DefaultRegularMarks()},
		"subscription_words": {c.SubscriptionWords, jd.DefaultSubscriptionWords()},
	} {
		if got, want := slices.Sorted(slices.Values(pair[0])), slices.Sorted(slices.Values(pair[1])); !slices.Equal(got, want) {
			t.Errorf("jd.%s is %q, the platform's own %q", name, got, want)
		}
	}
}
