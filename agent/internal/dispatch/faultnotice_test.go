package dispatch

import (
	"strings"
	"testing"

	"miandan/agent/internal/notice"
	"miandan/printer"
)

// A packer reads a sentence of what to do, and no word of IPP's, whatever a
// printer says of itself that stops it.
func TestFaultNotice(t *testing.T) {
	for _, r := range []struct {
		reasons []printer.Reason
		want    notice.Code
	}{
		{[]printer.Reason{printer.CoverOpen, printer.MediaEmpty}, "cover-open"},
		{[]printer.Reason{printer.MediaEmpty}, "paper-out"},
		{[]printer.Reason{printer.MediaJam}, "paper-jam"},
		{[]printer.Reason{printer.RibbonEmpty}, "ribbon-out"},
		{[]printer.Reason{printer.CutterFail}, "cutter-stuck"},
		{[]printer.Reason{printer.Overheated}, "head-hot"},
		{[]printer.Reason{printer.OutputFull}, "label-waiting"},
		{[]printer.Reason{printer.Paused}, "printer-paused"},
		{[]printer.Reason{printer.OtherFault, printer.Paused}, "printer-paused"},
		{[]printer.Reason{printer.Offline, printer.MediaLow}, "printer-off"},
		{[]printer.Reason{printer.OtherFault}, "printer-fault"},
	} {
		st := printer.StatusOf(r.reasons...)
		got := faultNotice("bench-1", st)
		if got.Code != r.want {
			t.Errorf("%v is told as %q, want %q", st.Reasons, got.Code, r.want)
		}
		for _, l := range []notice.Language{notice.English, notice.Chinese} {
			text := notice.Text(l, got.Code, got.Args...)
			if !strings.Contains(text, "bench-1") || strings.Contains(text, string(st.Reasons[0])+" ") || strings.Contains(text, "other") {
				t.Errorf("%v is told as %q", st.Reasons, text)
			}
		}
	}
}
