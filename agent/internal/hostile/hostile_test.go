package hostile

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestScalars(t *testing.T) {
	const text = `{"a": "x", "b":[1, null,{"c":true}] ,"d":{},"e":"{\"f\":2}"}`
	var got []string
	for _, p := range scalars(text) {
		got = append(got, text[p[0]:p[1]])
	}
	if want := []string{`"x"`, "1", "null", "true", `"{\"f\":2}"`}; !slices.Equal(got, want) {
		t.Errorf("scalars = %q, want %q", got, want)
	}
}

// Most of what JSON makes must be JSON: what is not is thrown away by any
// reader at its first look.
func TestJSON(t *testing.T) {
	list := JSON(`{"code":"0","data":{"name":"x","n":1}}`)
	whole := 0
	for _, b := range list {
		if json.Valid(b) {
			whole++
		}
	}
	if len(list) < 25 || whole < len(list)-6 {
		t.Errorf("%d of %d are JSON", whole, len(list))
	}
	if all := fmt.Sprintf("%s", list); !strings.Contains(all, Phone) || !strings.Contains(all, Name) {
		t.Error("nobody stands in them")
	}
}

// judged keeps what a test that is judged says.
type judged struct {
	testing.TB
	failed bool
}

func (j *judged) Helper()               {}
func (j *judged) Errorf(string, ...any) { j.failed = true }

func TestTheJudgesSee(t *testing.T) {
	for name, test := range map[string]struct {
		judge func(testing.TB)
		fails bool
	}{
		"a phone":      {func(t testing.TB) { Silent(t, fmt.Errorf("no such number: 13900001111")) }, true},
		"a name":       {func(t testing.TB) { Silent(t, struct{ n string }{Name}) }, true},
		"a secret":     {func(t testing.TB) { Silent(t, fmt.Errorf("token T0K3N"), "T0K3N") }, true},
		"an order":     {func(t testing.TB) { Silent(t, fmt.Errorf("order 249786309732")) }, false},
		"much memory":  {func(t testing.TB) { Bounded(t, 1, func() { sink = make([]byte, 100<<20) }) }, true},
		"little of it": {func(t testing.TB) { Bounded(t, 1, func() { sink = make([]byte, 1<<20) }) }, false},
	} {
		j := &judged{TB: t}
		test.judge(j)
		if j.failed != test.fails {
			t.Errorf("%s: failed %v, want %v", name, j.failed, test.fails)
		}
	}
}

var sink []byte
