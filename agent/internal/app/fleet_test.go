package app_test

import (
	"os"
	"testing"

	"miandan/agent/internal/app"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
)

// TestABenchHoldsNoSecretsOfPlatforms is refused at its start.
func TestABenchHoldsNoSecretsOfPlatforms(t *testing.T) {
	t.Setenv("MIANDAN_TEST_FLEET", "")
	s := openWorld(t, practice.Config{}, nil)
	s.stop()
	file, err := os.OpenFile(s.world.Config, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("\n[fleet]\ndsn = \"postgres://127.0.0.1:1/f?sslmode=disable\"\nstation = \"bench-1\"\n"); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = app.Open(t.Context(), app.Options{Data: s.world.Data, Config: s.world.Config, Say: func(*notice.Error) {}})
	if notice.CodeOf(err) != "fleet-secrets" {
		t.Errorf("it starts: %v", err)
	}
}
