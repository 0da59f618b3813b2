package sf_test

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/sf/sfsim"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

func TestDocument(t *testing.T) {
	i, _ := station(t, sfsim.Config{DrawnAfter: 2}, nil)
	o := demoOrder()
	o.Parcels = 2
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := i.Document(t.Context(), w, 0); !errors.Is(err, carrier.ErrLater) {
			t.Fatalf("err = %v", err)
		}
	}
	var drawn [][]byte
	for n := range w.Parcels {
		d, err := i.Document(t.Context(), w, n)
		if err != nil || !bytes.HasPrefix(d.PDF, []byte("%PDF-")) || d.PNG != nil {
			t.Fatalf("%d bytes, %v", len(d.PDF), err)
		}
		drawn = append(drawn, d.PDF)
	}
	t.Run("each says its own number", func(t *testing.T) {
		tool, err := exec.LookPath("pdftotext")
		if err != nil {
			if os.Getenv("MIANDAN_CI") == "1" {
				t.Fatal("pdftotext is missing")
			}
			t.Skip("pdftotext is missing")
		}
		for n, pdf := range drawn {
			name := filepath.Join(t.TempDir(), "label.pdf")
			if err := os.WriteFile(name, pdf, 0o600); err != nil {
				t.Fatal(err)
			}
			text, err := exec.Command(tool, name, "-").Output()
			if err != nil || !strings.Contains(string(text), string(w.Parcels[n].Number)) || !strings.Contains(string(text), w.Routing.Code) || strings.Count(string(text), "\f") != 1 {
				t.Errorf("label %d says %q, %v", n, text, err)
			}
		}
	})
	for _, parcel := range []int{-1, 2} {
		if _, err := i.Document(t.Context(), w, parcel); err == nil {
			t.Errorf("parcel %d has a label", parcel)
		}
	}
	if _, err := i.Document(t.Context(), waybill.Waybill{Number: "SF9999999999999", Parcels: carrier.Numbered([]waybill.Number{"SF9999999999999"})}, 0); !errors.Is(err, carrier.ErrLater) {
		t.Errorf("a number that cloud print does not know: %v", err)
	}
}

func TestATemplateOfTheMerchantsOwn(t *testing.T) {
	i, _ := station(t, sfsim.Config{}, map[string]string{"template": "fm_150_standard_SOMEBODYELSE"})
	w, err := i.Issue(t.Context(), demoOrder())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := i.Document(t.Context(), w, 0); notice.CodeOf(err) != "gateway-error" {
		t.Errorf("err = %v", err)
	}
}

// What cloud print may point to: no address but SF's, no file but a PDF, no
// label but the parcel's.
func TestDocumentsThatAreNone(t *testing.T) {
	elsewhere := httptest.NewServer(sfsim.New(sfsim.Config{}))
	defer elsewhere.Close()
	files := func(list string) string { return within(`{"success":true,"obj":{"files":[` + list + `]}}`) }
	w := waybill.Waybill{Number: "SF7444400000001", Parcels: carrier.Numbered([]waybill.Number{"SF7444400000001"})}
	for name, answer := range map[string]string{
		"nothing":           files(""),
		"no object":         within(`{"success":true,"obj":null}`),
		"no address yet":    files(`{"url":"","token":"T","waybillNo":"SF7444400000001"}`),
		"another host":      files(`{"url":"` + elsewhere.URL + `/print/x.pdf","token":"T","waybillNo":"SF7444400000001"}`),
		"SF's host by http": files(`{"url":"http://eos.sf-express.com/x.pdf","token":"T","waybillNo":"SF7444400000001"}`),
		"nearly SF's host":  files(`{"url":"https://sf-express.com.example/x.pdf","token":"T","waybillNo":"SF7444400000001"}`),
		"no address":        files(`{"url":"::","token":"T","waybillNo":"SF7444400000001"}`),
		"another label":     files(`{"url":"https://eos.sf-express.com/x.pdf","token":"T","waybillNo":"SF7444400000002"}`),
		"another form":      files(`7`),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := issuerOf(t, account(speaks(t, answer), nil)).Document(t.Context(), w, 0)
			later := name == "nothing" || name == "no object" || name == "no address yet"
			if errors.Is(err, carrier.ErrLater) != later || !later && notice.CodeOf(err) != "gateway-answer" {
				t.Errorf("err = %v", err)
			}
			if err != nil && strings.Contains(err.Error(), "http") {
				t.Errorf("an address stands in %v", err)
			}
		})
	}
}

// The object stands within msgData at some accounts.
func TestDocumentWithinMsgData(t *testing.T) {
	w := waybill.Waybill{Number: "SF7444400000001", Parcels: carrier.Numbered([]waybill.Number{"SF7444400000001"})}
	answer := within(`{"success":true,"errorCode":"S0000","msgData":{"obj":{"files":[{"url":"https://evil.example/x.pdf","token":"T"}]}}}`)
	if _, err := issuerOf(t, account(speaks(t, answer), nil)).Document(t.Context(), w, 0); notice.CodeOf(err) != "gateway-answer" {
		t.Errorf("err = %v", err)
	}
}
