package dispatch

import (
	"encoding/json"
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/templates"
)

// What does not fit on a label is called by what people call it, also once it was
// written down and read again.
func TestAFieldIsCalledByItsName(t *testing.T) {
	p := problemOf(&templates.ComposeError{Template: "zto-76x130", Field: "receiver.phone", Reason: templates.Missing}, "1")
	b, err := json.Marshal(p.Args)
	if err != nil {
		t.Fatal(err)
	}
	var args []any
	if err := json.Unmarshal(b, &args); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]any{p.Args, args} {
		for l, want := range map[notice.Language]string{notice.Chinese: "需要 收件人电话（receiver.phone）", notice.English: "needs the receiver's phone (receiver.phone)"} {
			if got := notice.Text(l, notice.Code(p.Code), args...); !strings.Contains(got, want) {
				t.Errorf("it is said as %q", got)
			}
		}
	}
}
