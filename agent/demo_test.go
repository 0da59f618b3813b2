package main

import (
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/practice"
)

var demoWays = flag.Bool("demo.ways", false, "run the demo with labels that JD makes, too, which takes half a minute")

// phones are all telephone numbers of the demo's receivers, and what could be
// one.
var phones = regexp.MustCompile(`1[37]\d00000\d{3}( 转 \d+)?|0431-\d+|•+\d{4}`)

var parcelMark = regexp.MustCompile(`\d+/\d+件`)

// TestDemo runs the demo as people do and reads each of its sixteen labels with
// other people's programs: on each stands the one telephone number that the
// simulator gave for it, and what else makes its order another than the rest.
func TestDemo(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"pdftotext", "zbarimg"} {
		need(t, name)
	}
	out := t.TempDir()
	if b, err := exec.Command("miandan", "demo", "--once", "--out", out).CombinedOutput(); err != nil {
		t.Fatalf("demo: %v\n%s", err, b)
	}
	report := readReport(t, out)
	orders := map[string]jdsim.Order{}
	for _, o := range jdsim.Demo(practice.Orders, time.Now()) {
		orders[o.ID] = o
	}
	parcels, numbers, carriers := map[string]int{}, map[string]bool{}, map[string]int{}
	for _, l := range report.Labels {
		parcels[l.Order]++
		numbers[l.Barcode] = true
		carriers[l.Carrier]++
		readLabel(t, out, l, orders[l.Order])
	}
	if len(report.Labels) != 16 || len(numbers) != 16 || len(parcels) != 14 {
		t.Errorf("%d labels with %d barcodes for %d orders, want 16, 16 and 14", len(report.Labels), len(numbers), len(parcels))
	}
	for id, n := range parcels {
		if want := boxes(orders[id]); n != want {
			t.Errorf("order %s has %d labels, want %d", id, n, want)
		}
	}
	want := map[string]int{"JD": 4, "ZTO": 3, "YTO": 4, "STO": 2, "SF": 2, "YUNDA": 1}
	if !maps.Equal(carriers, want) {
		t.Errorf("labels by carrier %v, want %v", carriers, want)
	}
	var codes []string
	for _, r := range report.Refused {
		codes = append(codes, r.Code)
	}
	for _, s := range report.Skipped {
		codes = append(codes, s.Code)
	}
	slices.Sort(codes)
	if !slices.Equal(codes, []string{"order-cancelled", "order-is-parent", "phone-masked"}) {
		t.Errorf("without labels: %v", codes)
	}
}

func boxes(o jdsim.Order) int {
	if o.VenderRemark == jdsim.DemoInTwo {
		return 2
	}
	return 1
}

func readReport(t *testing.T, out string) practice.Report {
	t.Helper()
	var report practice.Report
	b, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &report); err != nil {
		t.Fatal(err)
	}
	return report
}

// readLabel reads one label of the demo.
func readLabel(t *testing.T, out string, l practice.Label, o jdsim.Order) {
	t.Helper()
	name, phone, kind := o.Receiver.Name, o.Receiver.Mobile, "real"
	switch {
	case o.Mode == jdsim.Virtual:
		phone, kind = strings.Replace(o.Virtual, "-", " 转 ", 1), "virtual"
	case o.HideNumber:
		name, phone = string([]rune(name)[:1])+"••", "•••••••"+phone[7:]
	case phone == "":
		phone = o.Receiver.Telephone
	}
	if l.PhoneKind != kind || l.State != "confirmed" || l.Evidence != "process-id" || l.Parcels != boxes(o) {
		t.Errorf("order %s: %+v, want a %s phone, confirmed by process-id, %d parcels", l.Order, l, kind, boxes(o))
	}
	text := tool(t, "pdftotext", filepath.Join(out, l.PDF), "-")
	if found := phones.FindAllString(text, -1); !slices.Equal(found, []string{phone}) {
		t.Errorf("order %s: the label has the phones %q, want %q alone", l.Order, found, phone)
	}
	if !strings.Contains(text, name) || !strings.Contains(text, l.Order) {
		t.Errorf("order %s: the label has not %q and the order's number", l.Order, name)
	}
	// The address may be broken anywhere, and stands in one piece otherwise. In
	// privacy mode it ends before the building.
	address, whole := strings.Join(strings.Fields(o.Receiver.Address), ""), strings.Join(strings.Fields(text), "")
	street, _, _ := strings.Cut(address, "号")
	if !strings.Contains(whole, street) || strings.Contains(whole, address) == o.HideNumber {
		t.Errorf("order %s: the address is %q, hidden %v", l.Order, whole, o.HideNumber)
	}
	var mark []string
	if l.Parcels > 1 {
		mark = []string{fmt.Sprintf("%d/%d件", l.Parcel, l.Parcels)}
	}
	if found := parcelMark.FindAllString(text, -1); !slices.Equal(found, mark) {
		t.Errorf("order %s: parcel %d of %d is marked %q", l.Order, l.Parcel, l.Parcels, found)
	}
	if collect := strings.Contains(text, "代收 ¥"+o.Payment); collect != (o.PayType == jdsim.PayOnDelivery) {
		t.Errorf("order %s by %q: what the courier collects is on the label: %v", l.Order, o.PayType, collect)
	}
	codes := strings.Fields(tool(t, "zbarimg", "-q", "--raw", filepath.Join(out, l.PNG)))
	if !slices.Contains(codes, l.Barcode) || !slices.Contains(codes, l.Waybill) {
		t.Errorf("order %s: zbarimg reads %q, want %s and %s", l.Order, codes, l.Barcode, l.Waybill)
	}
}

// TestDemoOfLabelsThatJDMakes runs the demo with labels that are sealed for the
// print component, and with labels that JD's renderer draws. What is on paper is
// JD's own drawing, so the same orders must come out, each with the number that
// JD knows of its receiver.
func TestDemoOfLabelsThatJDMakes(t *testing.T) {
	if !*demoWays {
		t.Skip("only with -demo.ways")
	}
	need(t, "pdftotext")
	need(t, "zbarimg")
	told := regexp.MustCompile(`TO (\S+)`)
	for _, way := range []struct{ name, template, state, evidence string }{
		{"sealed", "jd/sealed", "presumed", "component"},
		{"rendered", "jd/rendered", "confirmed", "process-id"},
	} {
		t.Run(way.name, func(t *testing.T) {
			out := t.TempDir()
			if b, err := exec.Command("miandan", "demo", "--once", "--way", way.name, "--out", out).CombinedOutput(); err != nil {
				t.Fatalf("demo: %v\n%s", err, b)
			}
			report := readReport(t, out)
			if len(report.Labels) != 16 || len(report.Refused) != 1 || len(report.Skipped) != 2 {
				t.Fatalf("%d labels, %d refused, %d skipped; want 16, 1 and 2", len(report.Labels), len(report.Refused), len(report.Skipped))
			}
			orders := map[string]jdsim.Order{}
			for _, o := range jdsim.Demo(practice.Orders, time.Now()) {
				orders[o.ID] = o
			}
			for _, l := range report.Labels {
				o := orders[l.Order]
				if l.Template != way.template || l.State != way.state || l.Evidence != way.evidence {
					t.Errorf("order %s: %+v, want %+v", l.Order, l, way)
				}
				phone := cmp.Or(o.Virtual, o.Receiver.Mobile, o.Receiver.Telephone)
				if o.HideNumber {
					phone = phone[:3] + "****" + phone[7:]
				}
				text := tool(t, "pdftotext", filepath.Join(out, l.PDF), "-")
				if found := told.FindStringSubmatch(text); found == nil || found[1] != phone {
					t.Errorf("order %s: the label has the phone %q, want %q", l.Order, found, phone)
				}
				codes := strings.Fields(tool(t, "zbarimg", "-q", "--raw", filepath.Join(out, l.PNG)))
				if !slices.Contains(codes, l.Barcode) {
					t.Errorf("order %s: zbarimg reads %q, want %s", l.Order, codes, l.Barcode)
				}
			}
		})
	}
}
