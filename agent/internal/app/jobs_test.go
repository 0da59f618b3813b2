package app_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/host"
	"miandan/agent/internal/notice"
	"miandan/printer/bitmap"
	"miandan/templates"
	"miandan/templates/pdfin"
	"miandan/templates/raster"
	"miandan/templates/scene"
	"miandan/templates/waybill"
)

const handedLabel = `{"version":1,"waybill":{"carrier":"ZTO","carrier_name":"中通快递","number":%q,"order":"A-1001","phone_kind":"real",
	"sender":{"name":"演示商家","phone":"13800000001","address":{"province":"浙江省","city":"杭州市","district":"西湖区","detail":"演示路9号"}},
	"receiver":{"name":"演示张三","phone":"13800001234","address":{"province":"湖北省","city":"武汉市","district":"洪山区","detail":"演示路1号"}},
	"routing":{"code":"571-01 A","name":"武汉"},"parcels":[{"barcode":%q,"index":1,"count":1}]}}`

// picture draws a ready label, as an ERP hands it in.
func picture(t *testing.T, number string) []byte {
	t.Helper()
	library, err := templates.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	layout, err := library.Get("zto-76x130")
	if err != nil {
		t.Fatal(err)
	}
	label, err := waybill.ReadFile(strings.NewReader(fmt.Sprintf(handedLabel, number, number)))
	if err != nil {
		t.Fatal(err)
	}
	page, err := layout.Compose(label, scene.DPI203)
	if err != nil {
		t.Fatal(err)
	}
	dots, err := raster.Render(page)
	if err != nil {
		t.Fatal(err)
	}
	var png bytes.Buffer
	if err := dots.EncodePNG(&png); err != nil {
		t.Fatal(err)
	}
	return png.Bytes()
}

// TestJobsAreDrawnAndPrinted hands in a waybill and a ready picture: each comes out
// once, however often it is handed in, with the printer's evidence, and nobody's
// whole name comes back.
func TestJobsAreDrawnAndPrinted(t *testing.T) {
	s := open(t, 1, nil)
	socket, err := host.SocketPath(s.world.Data)
	if err != nil {
		t.Fatal(err)
	}
	c := api.Local(socket, notice.English)
	waybillJob := func(key, number string) []byte {
		return fmt.Appendf(nil, `{"key":%q,"kind":"waybill","layout":"zto-76x130","label":%s}`, key, fmt.Sprintf(handedLabel, number, number))
	}
	fileJob := func(key, number string, file []byte) []byte {
		b, _ := json.Marshal(map[string]any{"key": key, "kind": "file", "file": file, "size": "76x130", "waybill": number, "carrier": "ZTO"})
		return b
	}
	png := picture(t, "75300000000602")
	for _, j := range [][]byte{waybillJob("W1", "75300000000601"), fileJob("F1", "75300000000602", png)} {
		for _, want := range []string{"new", "same"} {
			if got, err := c.AddJob(t.Context(), j); err != nil || got.Verdict != want {
				t.Fatalf("handed in: %+v, %v, want %s", got, err, want)
			}
		}
	}
	if p, err := s.Jobs().JobPrinters(t.Context()); err != nil || !slices.Contains(p.Layouts, "zto-76x130") || slices.Contains(p.Layouts, "wave-separator-76x130") {
		t.Errorf("printers and layouts: %+v, %v", p, err)
	}
	for name, wrong := range map[notice.Code][]byte{
		"number-taken": waybillJob("W2", "75300000000601"), "job-file-barcode": fileJob("F2", "75300000000699", png), "job-file-size": fileJob("F3", "75300000000602", tinyPNG(t)),
		"job-file-kind": fileJob("F4", "75300000000602", []byte("GIF89a")), "job-layout": bytes.Replace(waybillJob("W3", "75300000000603"), []byte("zto-76x130"), []byte("nobody"), 1),
		"job-form": bytes.Replace(waybillJob("W4", "75300000000604"), []byte(`"kind":"waybill"`), []byte(`"kind":"raw"`), 1),
	} {
		var p *api.Problem
		if _, err := c.AddJob(t.Context(), wrong); !errors.As(err, &p) || p.Code != name || strings.Contains(p.Message, "演示") {
			t.Errorf("want %s: %v", name, err)
		}
	}
	var jobs []api.Job
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if jobs, err = c.Jobs(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(jobs) == 2 && jobs[0].State == api.Done && jobs[1].State == api.Done {
			break
		}
	}
	if len(jobs) != 2 || jobs[0].Key != "F1" || jobs[0].Kind != api.FileJob || jobs[1].Kind != api.WaybillJob || jobs[0].State != api.Done || jobs[1].Evidence == "" {
		t.Errorf("jobs: %+v", jobs)
	}
	if b, _ := json.Marshal(jobs); strings.Contains(string(b), "张三") || strings.Contains(string(b), "1380000") {
		t.Errorf("a job names somebody: %s", b)
	}
	for _, number := range []string{"75300000000601", "75300000000602"} {
		out := 0
		for _, p := range s.world.Printer.Prints() {
			if pdfin.Check(p.Image, scene.DPI203, pdfin.Expected{Symbology: scene.Code128, Texts: []string{number}}) == nil {
				out++
			}
		}
		if out != 1 {
			t.Errorf("%s came out %d times, want once", number, out)
		}
	}
}

// tinyPNG is a picture that is no label.
func tinyPNG(t *testing.T) []byte {
	t.Helper()
	var png bytes.Buffer
	if err := bitmap.New(16, 16).EncodePNG(&png); err != nil {
		t.Fatal(err)
	}
	return png.Bytes()
}
