package model

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the tables of models anew into ../README.md")

// TestReadme keeps the README's tables of what models may say, and of the models
// that there are.
func TestReadme(t *testing.T) {
	const file = "../README.md"
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	_, example, _ := strings.Cut(text, "```yaml\n")
	example, _, _ = strings.Cut(example, "```")
	if models, err := Parse("README.md", []byte(example)); err != nil || len(models) != 1 {
		t.Errorf("the example is no model file: %v", err)
	}
	for _, part := range []struct{ head, end, table string }{
		{"<!-- kinds: generated -->\n", "<!-- end of kinds -->", kindsTable()},
		{"<!-- models: generated -->\n", "<!-- end of models -->", modelsTable()},
	} {
		before, rest, ok := strings.Cut(text, part.head)
		old, after, closed := strings.Cut(rest, part.end)
		if !ok || !closed {
			t.Fatalf("%s has no place between %s and %s", file, part.head, part.end)
		}
		if old != "\n"+part.table+"\n" && !*update {
			t.Errorf("the table after %s is not of these models: run with -update", strings.TrimSpace(part.head))
		}
		text = before + part.head + "\n" + part.table + "\n" + part.end + after
	}
	if *update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func kindsTable() string {
	var b strings.Builder
	b.WriteString("| setting | means | of the hardware | may be |\n|---|---|---|---|\n")
	for _, k := range Kinds {
		_, may := k.takes("none of them")
		hardware := ""
		if k.Hardware {
			hardware = "yes"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", k.Name, k.Means, hardware, strings.ReplaceAll(may, "|", "·"))
	}
	return b.String()
}

func modelsTable() string {
	var b strings.Builder
	b.WriteString("| model | printers | quirks: d documented, p probed, a assumed | file |\n|---|---|---|---|\n")
	for _, m := range Builtin().Models() {
		var quirks []string
		for _, q := range m.Quirks {
			value := q.Value
			if value == "" {
				value = `""`
			}
			quirks = append(quirks, fmt.Sprintf("`%s = %s` %.1s", q.Set, value, q.Confidence))
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | [%[4]s](model/files/%[4]s) |\n", m.Name, m.Says, strings.Join(quirks, ", "), m.File)
	}
	return b.String()
}
