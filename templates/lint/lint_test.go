package lint_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"miandan/templates"
	"miandan/templates/lint"
)

var update = flag.Bool("update", false, "write the table of rules into the guide anew")

// TestBuiltin holds the layouts in the program to their own rules.
func TestBuiltin(t *testing.T) {
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	names := library.Names()
	if len(names) != 36 {
		t.Errorf("%d layouts, want 36", len(names))
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l, err := library.Get(name)
			if err != nil {
				t.Fatal(err)
			}
			sample, _, err := templates.Sample(name)
			if err != nil {
				t.Fatal(err)
			}
			found, err := lint.Check(l, sample)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				if f.Severity == lint.Error {
					t.Error(f.Report(false))
				} else {
					t.Log(f.Report(false))
				}
			}
		})
	}
}

// TestGuide holds the guide's table of rules to the rules.
func TestGuide(t *testing.T) {
	const guide = "../README.md"
	const begin, end = "<!-- rules -->\n", "<!-- end of rules -->\n"
	b, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(b), begin)
	table, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no %q and %q", guide, begin, end)
	}
	if table == lint.Table() {
		return
	}
	if !*update {
		t.Fatalf("the table of rules is not that of the program: run go test ./templates/lint -run Guide -update")
	}
	if err := os.WriteFile(guide, []byte(head+begin+lint.Table()+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestRulesAreNumbered(t *testing.T) {
	rules := lint.Rules()
	if !slices.IsSortedFunc(rules, func(a, b lint.Rule) int { return a.Number - b.Number }) {
		t.Error("the rules are not in order")
	}
	for i, r := range rules {
		if i > 0 && r.Number == rules[i-1].Number {
			t.Errorf("two rules have the number %d", r.Number)
		}
	}
	for i, line := range strings.Split(strings.TrimSpace(lint.Table()), "\n") {
		if n := strings.Count(line, "|"); n != 7 {
			t.Errorf("line %d of the table has %d bars: %s", i+1, n, line)
		}
		if strings.Contains(line, "|  |") {
			t.Errorf("line %d of the table leaves a cell empty: %s", i+1, line)
		}
	}
}

func check(t *testing.T, src string) []lint.Finding {
	t.Helper()
	l, err := templates.Parse("my-layouts/mine.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	sample, _, err := templates.Sample("wujie")
	if err != nil {
		t.Fatal(err)
	}
	found, err := lint.Check(l, sample)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func numbers(found []lint.Finding) string {
	var all []string
	for _, f := range found {
		all = append(all, fmt.Sprint(f.Rule))
	}
	slices.Sort(all)
	return strings.Join(slices.Compact(all), " ")
}

// TestGuideExample holds the guide's label, step by step, to what the steps
// promise: the check says ok and nothing else, whatever waybill it shows.
func TestGuideExample(t *testing.T) {
	b, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(b), "### A label of your own")
	_, rest, begun := strings.Cut(rest, "```yaml\n")
	src, _, ended := strings.Cut(rest, "```")
	if !ok || !begun || !ended {
		t.Fatal("the guide has no label step by step")
	}
	l, err := templates.Parse("my-layouts/pickup.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range templates.SampleNames() {
		sample, _, err := templates.Sample(name)
		if err != nil {
			t.Fatal(err)
		}
		found, err := lint.Check(l, sample)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			t.Errorf("with %s: %s", name, f.Report(false))
		}
	}
}
