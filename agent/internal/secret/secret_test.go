package secret

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"strings"
	"testing"
)

const canary = "s3cr3t-canary-0001"

type exported struct{ T Token }
type unexported struct{ t Token }

func TestNothingPrintsAToken(t *testing.T) {
	tok := New(canary)
	shapes := map[string]any{
		"itself":           tok,
		"pointer":          &tok,
		"exported field":   exported{tok},
		"unexported field": unexported{tok},
		"slice":            []Token{tok},
		"map":              map[string]Token{"k": tok},
		"nested":           []unexported{{tok}},
	}
	for name, v := range shapes {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
				fmt.Fprintf(&out, verb+"\n", v)
			}
			if err := json.NewEncoder(&out).Encode(v); err != nil {
				t.Fatal(err)
			}
			slog.New(slog.NewTextHandler(&out, nil)).Info("m", "v", v)
			slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "v", v)
			if err := template.Must(template.New("").Parse("{{.}}")).Execute(&out, v); err != nil {
				t.Fatal(err)
			}
			hex := fmt.Sprintf("%x", canary)
			if s := out.String(); strings.Contains(s, canary) || strings.Contains(s, hex) {
				t.Errorf("the secret came out:\n%s", s)
			}
		})
	}
}

func TestString(t *testing.T) {
	for _, c := range []struct {
		name string
		t    Token
		want string
	}{
		{"a secret", New("x"), Mask},
		{"a long secret", New(strings.Repeat("x", 300)), Mask},
		{"none", Token{}, ""},
		{"only space", New(" \r\n"), ""},
	} {
		if got := c.t.String(); got != c.want {
			t.Errorf("%s: String() = %q, want %q", c.name, got, c.want)
		}
	}
}

func TestReveal(t *testing.T) {
	if got := New(" " + canary + "\n").Reveal(); got != canary {
		t.Errorf("Reveal() = %q, want %q", got, canary)
	}
}

func TestEqual(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b Token
		want bool
	}{
		{"same", New("a"), New("a"), true},
		{"other", New("a"), New("b"), false},
		{"prefix", New("a"), New("ab"), false},
		{"none and one", Token{}, New("a"), false},
		{"none and none", Token{}, Token{}, true},
	} {
		if got := c.a.Equal(c.b); got != c.want {
			t.Errorf("%s: Equal = %v, want %v", c.name, got, c.want)
		}
	}
}

func TestARoundTripThroughJSONIsRefused(t *testing.T) {
	b, err := json.Marshal(exported{New(canary)})
	if err != nil {
		t.Fatal(err)
	}
	var back exported
	if err := json.Unmarshal(b, &back); !errors.Is(err, ErrMasked) {
		t.Errorf("Unmarshal(%s) = %v, want ErrMasked", b, err)
	}
	if err := json.Unmarshal([]byte(`{"T":"plain"}`), &back); err != nil || back.T.Reveal() != "plain" {
		t.Errorf("Unmarshal of a plain secret = %v, %v", back, err)
	}
}
