package component

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"miandan/printer"
)

// Frames as the reference to JD's component writes them out.
const (
	publishedList   = `{"orderType":"GET_Printers","key":"A1B2C3D4"}`
	publishedFirst  = `{"orderType":"PRINT","key":"A1B2C3D5","parameters":{"printName":"HPRT R42D","tempUrl":"https://template-content.jd.com/template-oss?tempCode=jdkd76x130","customTempUrl":"","customData":[{"k":"v"}],"printData":["<perPrintData>"],"offsetTop":"0mm","offsetLeft":"0mm"}}`
	publishedSecond = `{"key":"A1B2C3D6","orderType":"PRINT","version":"2","parameters":{"printName":"HPRT R42D","contents":[{"documentID":"JDVC00000000001","tempUrl":"https://template-content.jd.com/template-oss?tempCode=jdkd76x130","printData":"<perPrintData>","customTempUrl":"https://template-content.jd.com/template-open?templateCode=customer002","customData":{"shop":"演示旗舰店","goods":"演示商品*1"},"addData":{"sender":{"name":"仓库一","mobile":"13900000000","phone":"","address":"上海市演示路1号"}}}]}}`
	publishedThird  = `{"cmd":"PRINT","requestId":"r-0001","version":"3","task":{"callSystem":"DB","printLocation":"1001","operator":"op1","outputConfig":[{"outputType":0,"printerName":"HPRT R42D"},{"outputType":1,"fileType":"PDF","filePath":"out.pdf","fileRatio":3}],"documents":[{"documentId":"d1","templateCode":"jdkd76x130","templateVersion":"-1","printData":"<blob>","dataType":"encrypt","customizedPrintData":{}}]}}`

	publishedPrinters = `{"key":"A1B2C3D4","code":"6","success":"true","status":"500","message":"获取打印机列表成功","content":"HPRT R42D,Microsoft Print to PDF","detailinfo":{"printers":["HPRT R42D","Microsoft Print to PDF"]}}`
	publishedGood     = `{"key":"A1B2C3D6","code":"2","success":"true","status":"500","message":"打印成功","content":"","detailinfo":{"total":"1-1","detail":[{"seq":"1","msg":"成功"}],"errors":[],"info":""}}`
	publishedBad      = `{"key":"A1B2C3D7","code":"2","success":"false","status":"502","message":"打印数据有误","content":"","detailinfo":{"total":"0-1","detail":[],"errors":[{"seq":"1","msg":"解密失败"}],"info":""}}`
	publishedPreview  = `{"key":"A1B2C3D8","code":"8","success":"true","status":"500","message":"预览成功","content":"iVBORw0KGgo=","detailinfo":{"total":"1-1","imgdata":"iVBORw0KGgo=","imgpath":""}}`
)

const publishedTemplate = "https://template-content.jd.com/template-oss?tempCode=jdkd76x130"

// tree is a frame without the members that are named by their paths.
func tree(t *testing.T, frame any, without ...string) any {
	t.Helper()
	b, ok := frame.(string)
	if !ok {
		m, err := json.Marshal(frame)
		if err != nil {
			t.Fatal(err)
		}
		b = string(m)
	}
	var v any
	if err := json.Unmarshal([]byte(b), &v); err != nil {
		t.Fatal(err)
	}
	for _, path := range without {
		at := v
		names := strings.Split(path, ".")
		for _, n := range names[:len(names)-1] {
			switch in := at.(type) {
			case map[string]any:
				at = in[n]
			case []any:
				at = in[0]
			}
		}
		delete(at.(map[string]any), names[len(names)-1])
	}
	return v
}

func TestPublishedFrames(t *testing.T) {
	frame := func(p protocol, key, name string, d Document) any {
		f, err := p.print(key, "HPRT R42D", name, d)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, test := range []struct {
		name      string
		frame     any
		published string
		without   []string // of the published one: what this program has no use for
	}{
		{"the list", classic{}.list("A1B2C3D4"), publishedList, nil},
		{"version 1", frame(classic{}, "A1B2C3D5", "", Document{TemplateURL: publishedTemplate, Data: "<perPrintData>", Custom: object{"k": "v"}}), publishedFirst, nil},
		{"version 2", frame(classic{second: true}, "A1B2C3D6", "JDVC00000000001", Document{
			TemplateURL: publishedTemplate, Data: "<perPrintData>", CustomURL: "https://template-content.jd.com/template-open?templateCode=customer002",
			Custom: object{"shop": "演示旗舰店", "goods": "演示商品*1"},
		}), publishedSecond, []string{"parameters.contents.0.addData"}}, // the sender is in the sealed data
		{"version 3", frame(third{"DB", "1001", "op1"}, "r-0001", "d1", Document{TemplateCode: "jdkd76x130", Data: "<blob>"}), publishedThird,
			[]string{"task.documents.0.customizedPrintData", "task.outputConfig"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var mine []string
			if test.name == "version 3" {
				mine = []string{"task.outputConfig"}
			}
			got, want := tree(t, test.frame, mine...), tree(t, test.published, test.without...)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("\n got %v\nwant %v", got, want)
			}
		})
	}
	// Of the published outputs only the printer's is asked for.
	first := tree(t, publishedThird).(object)["task"].(object)["outputConfig"].([]any)[0]
	mine := tree(t, frame(third{}, "k", "d", Document{TemplateCode: "c", Data: "<blob>"})).(object)["task"].(object)["outputConfig"].([]any)
	if len(mine) != 1 || !reflect.DeepEqual(mine[0], first) {
		t.Errorf("the output is %v, want %v", mine, first)
	}
}

func TestPublishedReplies(t *testing.T) {
	if got, err := (classic{}).printers([]byte(publishedPrinters)); err != nil || !slices.Equal(got, []string{"HPRT R42D", "Microsoft Print to PDF"}) {
		t.Errorf("printers = %q, %v", got, err)
	}
	for _, c := range []classic{{}, {second: true}} {
		if err := c.verdict([]byte(publishedGood)); err != nil {
			t.Errorf("a good one: %v", err)
		}
		err := c.verdict([]byte(publishedBad))
		var r *RefusedError
		if !errors.As(err, &r) || r.Status != "502" || !r.Unprinted || !errors.Is(err, printer.ErrUnprinted) || !strings.Contains(r.Words, "解密失败") {
			t.Errorf("a bad one: %v", err)
		}
		if n := Notice("bench 1", err); n == nil || n.Code != "component-refused" {
			t.Errorf("a bad one is told as %v", n)
		}
		// A preview is no print, whatever it says of its success.
		if err := c.verdict([]byte(publishedPreview)); err == nil || errors.Is(err, printer.ErrUnprinted) {
			t.Errorf("a preview: %v", err)
		}
	}
}

// The component's status codes, §5.4: what is known of the paper after each.
func TestPublishedCodes(t *testing.T) {
	const (
		printed   = "printed"
		unprinted = "not printed"
		unclear   = "unclear"
	)
	classicly := func(status, success, total, errors string) string {
		return fmt.Sprintf(`{"key":"A","code":"2","success":%q,"status":%q,"message":"m","content":"","detailinfo":{"total":%q,"detail":[],"errors":%s,"info":""}}`, success, status, total, errors)
	}
	thirdly := func(code string) string {
		return `{"requestId":"r-0001","cmd":"print","code":` + code + `,"message":"m","detail":{}}`
	}
	for _, test := range []struct {
		name  string
		speak protocol
		reply string
		want  string
	}{
		{"500", classic{}, classicly("500", "true", "1-1", `[]`), printed},
		{"500, false", classic{}, classicly("500", "false", "1-1", `[]`), unclear},
		{"502", classic{}, classicly("502", "false", "0-1", `[{"seq":"1","msg":"x"}]`), unprinted},
		{"502, no count", classic{}, classicly("502", "false", "", `[{"seq":"1","msg":"x"}]`), unclear},
		{"503", classic{}, classicly("503", "false", "", `[]`), unprinted},
		{"1000", third{}, thirdly("1000"), printed},
		{"1000 as a text", third{}, thirdly(`"1000"`), printed},
		{"1001", third{}, thirdly("1001"), unclear},
		{"2001", third{}, thirdly("2001"), unprinted},
		{"2002", third{}, thirdly("2002"), unprinted},
		{"2010", third{}, thirdly("2010"), unprinted},
		{"4000", third{}, thirdly("4000"), unclear},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := test.speak.verdict([]byte(test.reply))
			got := printed
			switch {
			case errors.Is(err, printer.ErrUnprinted):
				got = unprinted
			case err != nil:
				got = unclear
			}
			if got != test.want {
				t.Errorf("%s: %v, want %s", got, err, test.want)
			}
			if n := Notice("bench 1", err); err != nil && (n == nil || string(n.Code) != map[string]string{unprinted: "component-refused", unclear: "component-unclear"}[got]) {
				t.Errorf("told as %v", n)
			}
		})
	}
}
