package carriertest_test

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
)

const (
	defectEnv = "MIANDAN_TEST_DEFECT"
	cannotEnv = "MIANDAN_TEST_CANNOT"
)

// TestDemo runs the suite on the demonstration carrier, in a child of
// TestEveryRowCanFail with a defect.
func TestDemo(t *testing.T) {
	defect := os.Getenv(defectEnv)
	s := carriertest.Simulated{
		New: func(base, prefix string) carrier.Issuer { return newDemo(base, prefix, defect) },
		Sim: func(*testing.T) carriertest.Simulator {
			return &demoSim{defect: defect, given: map[string][]string{}, first: map[string]string{}, lost: map[string]bool{}}
		},
		Private: []string{key},
		Cannot:  map[string]string{},
	}
	if defect == "names no secret" {
		s.Private = nil
	}
	if what, reason, ok := strings.Cut(os.Getenv(cannotEnv), ": "); ok {
		s.Cannot[what] = reason
	}
	carriertest.RunSimulated(t, s)
}

// defects are what the demonstration carrier can do wrong, with the rows that
// must fail then.
var defects = map[string][]string{
	"throws the routing away":                   {"a number with routing"},
	"gives the same number to all":              {"two orders"},
	"gives a second number when asked again":    {"the same order again"},
	"asks again in silence":                     {"a lost request"},
	"gives a second number after a lost answer": {"a lost answer"},
	"busy is an error like any":                 {"busy"},
	"a wrong key is retried":                    {"a wrong signature"},
	"says its secret":                           {"a wrong signature"},
	"a missing right is a refusal":              {"no permission"},
	"trouble took no number":                    {"trouble behind the gateway"},
	"a no may be a yes":                         {"refused"},
	"quotes the carrier":                        {"refused"},
	"an area is a refusal like any":             {"outside the area"},
	"no numbers is a refusal like any":          {"no numbers left"},
	"reads no names":                            {"a hidden receiver"},
	"takes any number back":                     {"a number given back"},
	"believes that all are taken back":          {"a number that is not taken back"},
	"gives a number that it does not tell":      {"several parcels"},
	"finds the first parcel only":               {"several parcels and a lost answer"},
	"forgets the receipt":                       {"a receipt that comes back"},
	"needs routing":                             {"no routing"},
	"draws no PDF":                              {"a label that its carrier draws"},
	"keeps no accounts apart":                   {"accounts apart"},
	"cuts the references":                       {"orders from elsewhere"},
	"adopts with another barcode":               {"a number found by hand"},
	"proves any number":                         {"a number found by hand"},
	"adopts any count":                          {"numbers found by hand"},

	"takes a lost answer for none":    {"a lost request", "a lost answer", "several parcels and a lost answer"},
	"does not say why it cannot find": {"the same order again", "a lost request", "a lost answer", "trouble behind the gateway", "several parcels and a lost answer"},
}

// lies are reasons why something cannot be, of a carrier that can, with the rows
// that must find it out.
var lies = map[string][]string{
	carriertest.Again:      {"the same order again"},
	carriertest.Find:       {"the same order again", "a lost request", "a lost answer", "trouble behind the gateway", "several parcels and a lost answer"},
	carriertest.Cancel:     {"a number given back"},
	carriertest.Parcels:    {"several parcels"},
	carriertest.Receipt:    {"a receipt that comes back"},
	carriertest.Documents:  {"a label that its carrier draws"},
	carriertest.Adopt:      {"a number found by hand", "numbers found by hand"},
	carriertest.Busy:       {"busy"},
	carriertest.Signature:  {"a wrong signature"},
	carriertest.Permission: {"no permission"},
	carriertest.BackEnd:    {"trouble behind the gateway"},
	carriertest.Refuse:     {"refused"},
	carriertest.Outside:    {"outside the area"},
	carriertest.Stock:      {"no numbers left"},
	carriertest.Late:       {"a label that its carrier draws"},
	carriertest.Fast:       {"a number that is not taken back"},
	carriertest.Bare:       {"no routing"},
}

// A suite that cannot fail proves nothing: each defect, and each reason that is
// none, makes its rows fail and no others, and every row has one of its own.
func TestEveryRowCanFail(t *testing.T) {
	whole, ran := child(t, "whole")
	if len(whole) > 0 {
		t.Fatalf("without a defect: %q", whole)
	}
	own := map[string]bool{}
	for name, rows := range defects {
		if len(rows) == 1 {
			own[underscored(rows)[0]] = true
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if failed, _ := child(t, "a defect", defectEnv+"="+name); !slices.Equal(failed, underscored(rows)) {
				t.Errorf("failed: %q, want %q", failed, rows)
			}
		})
	}
	for name, rows := range lies {
		t.Run("it can: "+name, func(t *testing.T) {
			t.Parallel()
			if failed, _ := child(t, "a lie", cannotEnv+"="+name+": it was said so"); !slices.Equal(failed, underscored(rows)) {
				t.Errorf("failed: %q, want %q", failed, rows)
			}
		})
	}
	for _, row := range ran {
		if !own[row] {
			t.Errorf("%s: no defect makes it fail", row)
		}
	}
}

func underscored(rows []string) []string {
	var list []string
	for _, r := range rows {
		list = append(list, strings.ReplaceAll(r, " ", "_"))
	}
	slices.Sort(list)
	return list
}

var verdict = regexp.MustCompile(`(?m)^    --- (PASS|FAIL|SKIP): TestDemo/(\S+)`)

// child runs the suite in a process of its own and returns the rows that failed
// or were skipped, and all that ran, sorted.
func child(t *testing.T, what string, env ...string) (failed, ran []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^TestDemo$", "-test.v")
	cmd.Env = append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	for _, m := range verdict.FindAllStringSubmatch(string(out), -1) {
		ran = append(ran, m[2])
		if m[1] != "PASS" {
			failed = append(failed, m[2])
		}
	}
	if len(ran) < 20 || (err != nil) != (len(failed) > 0) {
		t.Fatalf("%s: %d rows ran, %v:\n%s", what, len(ran), err, out)
	}
	slices.Sort(failed)
	return failed, ran
}

// A reason must be one, and of something that one can do; a secret must be named.
func TestWhatTheSuiteIsTold(t *testing.T) {
	for said, want := range map[string]string{
		cannotEnv + "=flying: it has no wings":     "without a reason",
		cannotEnv + "=" + carriertest.Busy + ":  ": "without a reason",
		defectEnv + "=names no secret":             "names no secret",
	} {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDemo$")
		cmd.Env = append(os.Environ(), said)
		if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%q was taken: %s", said, out)
		}
	}
}
