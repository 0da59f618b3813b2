package app

import (
	"runtime"
	"strings"
	"testing"

	"miandan/agent/internal/config"
	"miandan/agent/internal/notice"
)

func TestAQueueOfAnotherSystem(t *testing.T) {
	address := "winspool:///Labels"
	if runtime.GOOS == "windows" {
		address = "cups:///labels"
	}
	_, err := OpenPrinter(config.Printer{Name: "bench-1", URL: address, Language: "page", DotsPerMM: 8})
	if notice.CodeOf(err) != "printer-other-system" || strings.Contains(err.Error(), "abels") {
		t.Errorf("OpenPrinter = %v, want the sentence of another system", err)
	}
}
