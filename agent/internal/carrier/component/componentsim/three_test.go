package componentsim

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// printThree is the reference's request of protocol 3.
const printThree = `{"cmd":"PRINT","requestId":"r-0001","version":"3","task":{"callSystem":"DB","printLocation":"1001","operator":"op1","outputConfig":[{"outputType":0,"printerName":"HPRT R42D"},{"outputType":1,"fileType":"PDF","filePath":"out.pdf","fileRatio":3}],"documents":[{"documentId":"d1","templateCode":"jdkd76x130","templateVersion":"-1","printData":"BLOB","dataType":"encrypt","customizedPrintData":{}}]}}`

// task is a request of protocol 3 with these outputs and documents.
func ofThree(outputs, documents string) string {
	return `{"cmd":"print","requestId":"r","version":"3","task":{"outputConfig":[` + outputs + `],"documents":[` + documents + `]}}`
}

func TestReferenceThree(t *testing.T) {
	folder := t.TempDir()
	s := start(t, Config{Folder: folder})
	got := s.dial(t).ask(printThree)
	if got["requestId"] != "r-0001" || got["cmd"] != "print" || got["code"] != 1000.0 {
		t.Errorf("replied %v", got)
	}
	for i, want := range []map[string]any{
		{"outputType": 0.0, "printer": "HPRT R42D", "code": 1.0},
		{"outputType": 1.0, "code": 1.0, "fileType": "PDF", "filePath": filepath.Join(folder, "out.pdf"), "message": ""},
	} {
		for field, value := range want {
			if is := dig(got, "detail", "output", i, field); is != value {
				t.Errorf("output %d: %s is %#v, want %#v", i, field, is, value)
			}
		}
	}
	if b, err := os.ReadFile(filepath.Join(folder, "out.pdf")); err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) {
		t.Errorf("the file begins with %.8q, %v", b, err)
	}
	j := s.Journal()
	if len(s.Papers()) != 1 || len(j) != 2 || j[0].Printer != "HPRT R42D" || j[1].File != "out.pdf" || j[1].Task != "r-0001" {
		t.Errorf("%d labels on paper, the journal is %+v", len(s.Papers()), j)
	}
}

func TestCodesOfThree(t *testing.T) {
	const (
		printer = `{"outputType":0,"printerName":"HPRT R42D"}`
		good    = `{"documentId":"d1","templateCode":"jdkd76x130","printData":"BLOB","dataType":"encrypt"}`
		bad     = `{"documentId":"d2","templateCode":"jdkd76x130","printData":"x","dataType":"encrypt"}`
	)
	for _, row := range []struct {
		name, frame string
		code        float64
		wrong       string // the first error
		labels      int    // in the journal
	}{
		{"printed", ofThree(printer, good), 1000, "", 1},
		{"in capitals, without a version", strings.NewReplacer(`"print"`, `"PRINT"`, `"version":"3",`, "").Replace(ofThree(printer, good)), 1000, "", 1},
		{"plain data", ofThree(printer, `{"templateCode":"x","dataType":"plain","printData":"{\"waybillCode\":\"JDVC2\"}"}`), 1000, "", 1},
		{"a list", `{"cmd":"GET_PRINTERS","requestId":"r","version":"3"}`, 1000, "", 0},
		{"a version", `{"cmd":"get_version","requestId":"r","version":"3"}`, 1000, "", 0},
		{"one of two", ofThree(printer, good+","+bad), 1001, "解密失败", 1},
		{"one printer of two", ofThree(printer+`,{"outputType":0,"printerName":"none"}`, good), 1001, "", 1},
		{"none", ofThree(printer, bad), 2002, "解密失败", 0},
		{"an unknown printer", ofThree(`{"outputType":0,"printerName":"none"}`, good), 2002, "", 0},
		{"an unknown output", ofThree(`{"outputType":9}`, good), 2002, "", 0},
		{"an unknown kind of file", ofThree(`{"outputType":2,"fileType":"GIF"}`, good), 2002, "", 0},
		{"no template", ofThree(printer, `{"printData":"BLOB"}`), 2002, "templateCode 不能为空", 0},
		{"an unknown kind of data", ofThree(printer, `{"templateCode":"x","dataType":"app","printData":"{}"}`), 2002, "不支持的dataType", 0},
		{"an unknown command", `{"cmd":"reboot","requestId":"r","version":"3"}`, 2002, "", 0},
		{"a field of the wrong type", `{"cmd":"print","requestId":"r","version":"3","task":[]}`, 2002, "", 0},
		{"no outputs", ofThree("", good), 2001, "", 0},
		{"no documents", ofThree(printer, ""), 2001, "", 0},
		{"no task", `{"cmd":"print","requestId":"r","version":"3"}`, 2001, "", 0},
		{"as many as may be", ofThree(printer, good+strings.Repeat(","+bad, 199)), 1001, "解密失败", 1},
		{"too many", ofThree(printer, good+strings.Repeat(","+bad, 200)), 2010, "", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := start(t, Config{})
			got := s.dial(t).ask(row.frame)
			if got["code"] != row.code || got["requestId"] != "r" {
				t.Errorf("the code is %v for %v, want %v", got["code"], got["requestId"], row.code)
			}
			if wrong, _ := dig(got, "detail", "errors", 0, "message").(string); wrong != row.wrong {
				t.Errorf("the error is %q, want %q", wrong, row.wrong)
			}
			if n := len(s.Journal()); n != row.labels {
				t.Errorf("%d labels came out, want %d", n, row.labels)
			}
		})
	}
	t.Run("a printer that fails", func(t *testing.T) {
		jam := false
		var tray Tray
		s := start(t, Config{Paper: func(p Paper) error {
			if jam {
				return errors.New("jam")
			}
			jam = true
			return tray.Take(p)
		}})
		c := s.dial(t)
		for _, want := range []float64{1001, 4000} {
			if got := c.ask(ofThree(printer, good+","+good)); got["code"] != want || len(s.Journal()) != 1 {
				t.Errorf("the code is %v with %d labels out, want %v with 1", got["code"], len(s.Journal()), want)
			}
		}
		if got := c.ask(printTwo); got["status"] != "502" || dig(got, "detailinfo", "total") != "0-1" {
			t.Errorf("protocol 2 replied %v", got)
		}
	})
	t.Run("no requestId", func(t *testing.T) {
		if got := start(t, Config{}).dial(t).ask(`{"cmd":"get_printers","version":"3"}`); got["code"] != 2001.0 {
			t.Errorf("replied %v", got)
		}
	})
}

func TestSpellingOfRequestID(t *testing.T) {
	for _, upper := range []bool{false, true} {
		for _, asked := range []string{"requestId", "requestID"} {
			got := start(t, Config{UpperID: upper}).dial(t).ask(fmt.Sprintf(`{"cmd":"get_printers","%s":"r7","version":"3"}`, asked))
			want := map[bool]string{false: "requestId", true: "requestID"}[upper]
			if got[want] != "r7" || len(got) != 5 || dig(got, "detail", "printers", 1) != "Microsoft Print to PDF" {
				t.Errorf("asked with %s: replied %v, want %s", asked, got, want)
			}
		}
	}
	if got := start(t, Config{}).dial(t).ask(`{"cmd":"get_version","requestId":"r","version":3}`); dig(got, "detail", "version") != version {
		t.Errorf("replied %v", got)
	}
}

func TestOutputs(t *testing.T) {
	const good = `{"templateCode":"jdkd76x130","printData":"BLOB"}`
	folder := t.TempDir()
	s := start(t, Config{Folder: folder})
	c := s.dial(t)
	for kind, magic := range map[string]string{"PDF": "%PDF-", "png": "\x89PNG", "JPG": "\xff\xd8\xff"} {
		got := c.ask(ofThree(`{"outputType":2,"fileType":"`+kind+`"}`, good+","+good))
		data, _ := dig(got, "detail", "output", 0, "fileData").(string)
		if b, err := base64.StdEncoding.DecodeString(data); err != nil || !bytes.HasPrefix(b, []byte(magic)) {
			t.Errorf("%s: the data begins with %.8q, %v", kind, b, err)
		}
	}
	if len(s.Journal()) != 0 {
		t.Error("data in a reply counts as printed")
	}
	for path, want := range map[string]string{`C:\\labels\\a.pdf`: "a.pdf", "../../etc/b.pdf": "b.pdf", "": "", "..": "", "/": ""} {
		got := c.ask(ofThree(`{"outputType":1,"fileType":"PDF","filePath":"`+path+`"}`, good))
		if want == "" {
			if got["code"] != 2002.0 {
				t.Errorf("%q: replied %v", path, got)
			}
			continue
		}
		if _, err := os.Stat(filepath.Join(folder, want)); err != nil || got["code"] != 1000.0 {
			t.Errorf("%q: replied %v, %v", path, got, err)
		}
	}
	if files, _ := os.ReadDir(folder); len(files) != 2 || len(s.Papers()) != 0 {
		t.Errorf("%d files and %d labels on paper", len(files), len(s.Papers()))
	}
	if got := start(t, Config{}).dial(t).ask(ofThree(`{"outputType":1,"fileType":"PDF","filePath":"a.pdf"}`, good)); got["code"] != 2002.0 {
		t.Errorf("without a folder: replied %v", got)
	}
}
