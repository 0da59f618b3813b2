package app_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
)

// TestThePowerSwitchIsNoProofOfAPrinterThatKeepsItsBuffer: a person's word that
// the printer was switched off and on is taken of other printers; of this one
// only its own answer is.
func TestThePowerSwitchIsNoProofOfAPrinterThatKeepsItsBuffer(t *testing.T) {
	for _, keeps := range []bool{false, true} {
		s := open(t, 0, func(c string) string {
			return strings.Replace(c, "media = \"label\"\n", "media = \"label\"\nkeeps_buffer = "+strconv.FormatBool(keeps)+"\nconfirm_timeout = \"300ms\"\n", 1)
		})
		s.world.Printer.DropAfter(20_000)
		s.world.Gateway.AddOrder(jdsim.Demo(1, time.Now())[0])
		lost := s.until(t, "the line drops in the middle of a label", all(ledger.Unknown))[0].LabelID
		s.world.Printer.Mute(true)
		resolve := func() error {
			return s.Operator().Resolve(t.Context(), api.Resolution{
				Label: strconv.FormatInt(lost, 10), Answer: api.NotPrinted, Who: "tester", Cleared: true,
			})
		}
		err := resolve()
		if keeps {
			if notice.CodeOf(err) != "buffer-kept" || s.rows(t)[0].Label != ledger.Unknown {
				t.Errorf("a person's word on a printer that keeps its buffer: %v, want buffer-kept", err)
			}
			s.world.Printer.Mute(false)
			for end := time.Now().Add(time.Minute); ; time.Sleep(100 * time.Millisecond) { // it has 300 ms to answer, on a computer that has much else to do
				if err = resolve(); err == nil || time.Now().After(end) {
					break
				}
			}
		}
		if err != nil {
			t.Errorf("keeps its buffer %v: %v", keeps, err)
		}
		s.stop()
	}
}
