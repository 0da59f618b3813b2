package cainiao

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"

	"miandan/agent/internal/carrier/component"
	"miandan/printer"
)

// sealedPart is a content as a platform gives it: with blanks and escapes of its
// own, which must come through.
const sealedPart = `{"encryptedData":"AES:U0VBTEVE+\/=", "signature":"MD:c2lnbmVk","templateURL":"http:\/\/cloudprint.cainiao.com/template/standard/278250/1?a=1&b=<2>","ver":"waybill_print_secret_version_1" }`

const ownPart = `{"data":{"shop":"演示旗舰店"},"templateURL":"https://cloudprint.cainiao.com/template/customArea/1"}`

func sealedFor(dialect string) Document {
	return Document{Dialect: dialect, Contents: []json.RawMessage{[]byte(sealedPart)}}
}

// script is a component that says the same after each print, with the names of
// the task in place of KEY, and answers questions by their cmd.
type script struct {
	after   []string // to a print; "DROP" hangs up
	answers map[string]string

	mu   sync.Mutex
	seen []string
}

func (s *script) serve(t *testing.T) string {
	t.Helper()
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		defer ws.CloseNow()
		for {
			_, frame, err := ws.Read(context.Background())
			if err != nil {
				return
			}
			var q struct {
				Command string `json:"cmd"`
				Request string `json:"requestID"`
			}
			json.Unmarshal(frame, &q)
			s.mu.Lock()
			s.seen = append(s.seen, string(frame))
			s.mu.Unlock()
			say := s.after
			switch a, ok := s.answers[q.Command]; {
			case ok:
				say = []string{a}
			case q.Command == "getPrinters":
				say = []string{`{"cmd":"getPrinters","requestID":"KEY","status":"success","defaultPrinter":"P","printers":[{"name":"P","status":"enable ","type":"thermal"},{"name":"Q"}],"errorCode":0}`}
			case q.Command != "print":
				say = nil
			}
			for _, text := range say {
				if text == "DROP" {
					return
				}
				ws.Write(context.Background(), websocket.MessageText, []byte(strings.ReplaceAll(text, "KEY", q.Request)))
			}
		}
	}))
	t.Cleanup(h.Close)
	return strings.TrimPrefix(h.URL, "http://")
}

func (s *script) frames(command string) (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.seen {
		if strings.Contains(f, `"cmd":"`+command+`"`) {
			all = append(all, f)
		}
	}
	return all
}

func way(t *testing.T, raw string) *Transport {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	d, ok := DialectOf(u.Scheme)
	if !ok {
		t.Fatalf("no dialect of %q", raw)
	}
	tr, err := d.open(u)
	if err != nil {
		t.Fatalf("open(%q): %v", raw, err)
	}
	return tr
}

// Conversations as the references to the components write them out: what comes
// after a print, and what is known of the paper then.
const (
	ack       = `{"cmd":"print","requestID":"KEY","taskID":"KEY","status":"success","msg":"no error","errorCode":0}`
	ackBare   = `{"cmd":"print","requestID":"KEY","status":"success"}`
	ackFailed = `{"cmd":"print","requestID":"KEY","taskID":"KEY","status":"failed","msg":"参数错误","errorCode":3}`
	ackShown  = `{"cmd":"print","requestID":"KEY","taskID":"KEY","status":"success","previewURL":"http://127.0.0.1:13525/x.pdf"}`

	oldRendered = `{"cmd":"notifyPrintResult","requestID":"KEY","printer":"P","taskID":"KEY","taskStatus":"rendered","printStatus":[{"documentID":"KEY","status":"success","msg":"","detail":""}]}`
	oldSpoilt   = `{"cmd":"notifyPrintResult","requestID":"KEY","printer":"P","taskID":"KEY","taskStatus":"rendered","printStatus":[{"documentID":"KEY","status":"failed","msg":"模板错误","detail":""}]}`
	oldPrinted  = `{"cmd":"notifyPrintResult","printer":"P","taskID":"KEY","taskStatus":"printed","status":0,"totalSpendTime":812,"printStatus":[{"documentID":"KEY","status":"success","msg":"","detail":""}]}`
	oldFailed   = `{"cmd":"notifyPrintResult","taskID":"KEY","taskStatus":"failed","printStatus":[{"documentID":"KEY","status":"failed","msg":"打印机异常"}]}`
	oldSealed   = `{"cmd":"notifyPrintResult","taskID":"KEY","taskStatus":"failed","errorCode":40,"printStatus":[{"documentID":"KEY","status":"failed","msg":"解密失败"}]}`
	oldCanceled = `{"cmd":"notifyPrintResult","taskID":"KEY","taskStatus":"printed","printStatus":[{"documentID":"KEY","status":"canceled","msg":"用户取消"}]}`

	newInitial  = `{"cmd":"notifyTaskResult","requestID":"KEY","status":"initial","printer":"P","taskId":"KEY"}`
	newRendered = `{"cmd":"notifyDocResult","requestID":"KEY","status":"rendered","printer":"P","taskId":"KEY","documentId":"KEY","code":0,"detail":"success"}`
	newPrinted  = `{"cmd":"notifyDocResult","requestID":"KEY","status":"printed","printer":"P","taskId":"KEY","documentId":"KEY","code":0,"detail":"","spendTime":{"total":8}}`
	newSpoilt   = `{"cmd":"notifyDocResult","requestID":"KEY","status":"rendered","taskId":"KEY","documentId":"KEY","code":40,"detail":"未知的加密"}`
	newJammed   = `{"cmd":"notifyDocResult","requestID":"KEY","status":"printed","taskId":"KEY","documentId":"KEY","code":30,"detail":"打印失败"}`
	newDone     = `{"cmd":"notifyTaskResult","requestID":"KEY","status":"completeSuccess","taskId":"KEY","docs":{"KEY":{"status":"printed"}}}`
	newDoneBare = `{"cmd":"notifyTaskResult","requestID":"KEY","status":"completeSuccess","taskId":"KEY"}`
	newDoneOdd  = `{"cmd":"notifyTaskResult","requestID":"KEY","status":"completeSuccess","taskId":"KEY","docs":{"KEY":{"status":"failed"}}}`
	newUndone   = `{"cmd":"notifyTaskResult","requestID":"KEY","status":"completeFailed","taskId":"KEY"}`
	newCanceled = `{"cmd":"notifyTaskResult","requestID":"KEY","status":"canceled","taskId":"KEY"}`

	pddPrinted = `{"cmd":"PrintResultNotify","printer":"P","taskID":"KEY","firstFailedDocSN":-1,"taskStatus":"printed","printStatus":[{"documentID":"KEY","status":"success","msg":"","detail":""}]}`
	pddFailed  = `{"cmd":"PrintResultNotify","printer":"P","taskID":"KEY","firstFailedDocSN":0,"taskStatus":"failed","printStatus":[{"documentID":"KEY","status":"failed","msg":"x","detail":""}]}`

	douyinPrinted = `{"cmd":"notifyPrintResult","printer":"P","taskID":"KEY","taskStatus":"printed","printStatus":[{"documentID":"KEY","successCount":1,"failCount":0,"status":"success","errorcode":"","trackNo":"ZT00000000001"}]}`
	douyinPart    = `{"cmd":"notifyPrintResult","printer":"P","taskID":"KEY","taskStatus":"printed","printStatus":[{"documentID":"KEY","successCount":0,"failCount":1,"status":"success","errorcode":"E1"}]}`

	kuaishouPrinted = `{"cmd":"notifyPrintResult","requestID":"KEY","status":"success","msg":"","taskID":"KEY","taskStatus":"printed","printStatus":[{"documentID":"KEY","waybillCode":"KS1","status":"success","detail":null}]}`
	kuaishouPart    = `{"cmd":"notifyPrintResult","requestID":"KEY","status":"success","taskID":"KEY","taskStatus":"partPrinted","printStatus":[{"documentID":"KEY","status":"success"}]}`
	kuaishouFailed  = `{"cmd":"notifyPrintResult","requestID":"KEY","status":"failed","taskID":"KEY","taskStatus":"failed ","printStatus":[{"documentID":"KEY","status":"failed","detail":null}]}`

	another = `{"cmd":"notifyPrintResult","taskID":"ANOTHER","taskStatus":"printed","printStatus":[{"documentID":"ANOTHER","status":"success"}]}`
	strange = `{"cmd":"notifyPrintResult","taskID":"KEY","taskStatus":"printed","printStatus":[{"documentID":"ANOTHER","status":"success"}]}`

	taskDone    = `{"cmd":"getTaskStatus","requestID":"KEY","printStatus":[{"taskID":"A1","detailStatus":[{"documentID":"A1","status":"success","msg":"","printer":"P"}]}]}`
	taskFailed  = `{"cmd":"getTaskStatus","requestID":"KEY","printStatus":[{"taskID":"A1","detailStatus":[{"documentID":"A1","status":"failed","msg":"x"}]}]}`
	taskUnknown = `{"cmd":"getTaskStatus","requestID":"KEY","status":"failed","errorCode":11,"msg":"unknown","printStatus":[]}`
	taskOther   = `{"cmd":"getTaskStatus","requestID":"KEY","printStatus":[{"taskID":"A2","detailStatus":[{"documentID":"A1","status":"success"}]}]}`
	documentOut = `{"cmd":"getDocumentStatus","requestID":"KEY","status":"success","documentStatus":[{"documentID":"A1","status":"success"}]}`
)

func TestConversations(t *testing.T) {
	asks := func(command, answer string) map[string]string { return map[string]string{command: answer} }
	for _, c := range []struct {
		name    string
		dialect string
		after   []string
		answers map[string]string
		want    printer.Outcome
		is      error
	}{
		{"older", "cainiao", []string{ack, oldRendered, oldPrinted}, nil, printer.Sent, nil},
		{"newer", "cainiao", []string{newInitial, ack, newRendered, newPrinted, newDone}, nil, printer.Sent, nil},
		{"newer, with the task's end alone", "cainiao", []string{newInitial, ack, newDoneBare}, nil, printer.Sent, nil},
		{"newer, the task's end alone and named", "cainiao", []string{newInitial, ack, newDone}, nil, printer.Sent, nil},
		{"the reply behind the notices", "cainiao", []string{oldRendered, oldPrinted, ack}, nil, printer.Sent, nil},
		{"a bare reply", "cainiao", []string{ackBare, oldRendered, oldPrinted}, nil, printer.Sent, nil},
		{"the notice and then the line", "cainiao", []string{ack, oldPrinted, "DROP"}, nil, printer.Sent, nil},
		{"Pinduoduo", "pdd", []string{ack, pddPrinted}, nil, printer.Sent, nil},
		{"Douyin", "douyin", []string{ack, douyinPrinted}, nil, printer.Sent, nil},
		{"Kuaishou", "kuaishou", []string{ack, kuaishouPrinted}, nil, printer.Sent, nil},
		{"Xiaohongshu", "xiaohongshu", []string{ack, oldRendered, oldPrinted}, nil, printer.Sent, nil},
		{"after others' notices", "cainiao", []string{another, "no JSON", `[]`, ack, oldPrinted}, nil, printer.Sent, nil},

		{"refused as a whole", "cainiao", []string{ackFailed}, nil, printer.NotSent, nil},
		{"refused, and printed", "cainiao", []string{ackFailed, oldPrinted}, nil, printer.Uncertain, component.ErrNoReply},
		{"refused, and rendered", "cainiao", []string{ackFailed, oldRendered}, nil, printer.Uncertain, nil},
		{"not rendered", "cainiao", []string{ack, oldSpoilt}, nil, printer.NotSent, nil},
		{"not rendered, and the task's end first", "cainiao", []string{newInitial, ack, newUndone, newSpoilt}, nil, printer.NotSent, nil},
		{"not rendered and yet printed", "cainiao", []string{ack, oldSpoilt, oldPrinted}, nil, printer.Uncertain, component.ErrNoReply},
		{"cannot be opened", "cainiao", []string{ack, oldSealed}, nil, printer.NotSent, nil},
		{"cannot be opened, once rendered", "cainiao", []string{ack, oldRendered, oldSealed}, nil, printer.Uncertain, nil},
		{"newer, cannot be opened", "cainiao", []string{newInitial, ack, newSpoilt, newUndone}, nil, printer.NotSent, nil},

		{"failed at no stage in particular", "cainiao", []string{ack, oldFailed}, nil, printer.Uncertain, nil},
		{"failed at the printer", "cainiao", []string{newInitial, ack, newRendered, newJammed, newUndone}, nil, printer.Uncertain, nil},
		{"canceled by a person", "cainiao", []string{ack, oldRendered, oldCanceled}, nil, printer.Uncertain, nil},
		{"the task canceled", "cainiao", []string{newInitial, ack, newCanceled}, nil, printer.Uncertain, nil},
		{"complete, with a document that failed", "cainiao", []string{newInitial, ack, newDoneOdd}, nil, printer.Uncertain, nil},
		{"Pinduoduo, failed", "pdd", []string{ack, pddFailed}, nil, printer.Uncertain, nil},
		{"Douyin, none counted", "douyin", []string{ack, douyinPart}, nil, printer.Uncertain, nil},
		{"Kuaishou, in part", "kuaishou", []string{ack, kuaishouPart}, nil, printer.Uncertain, nil},
		{"Kuaishou, failed", "kuaishou", []string{ack, kuaishouFailed}, nil, printer.Uncertain, nil},

		{"taken and no more", "cainiao", []string{ack}, nil, printer.Uncertain, component.ErrNoReply},
		{"rendered and no more", "cainiao", []string{ack, oldRendered}, nil, printer.Uncertain, component.ErrNoReply},
		{"a picture on the screen", "cainiao", []string{ack, ackShown}, nil, printer.Uncertain, component.ErrNoReply},
		{"another document of the task", "cainiao", []string{ack, strange}, nil, printer.Uncertain, component.ErrNoReply},
		{"no word", "cainiao", nil, nil, printer.Uncertain, component.ErrNoReply},

		{"no notice, and asked for the task", "cainiao", []string{ack}, asks("getTaskStatus", taskDone), printer.Sent, nil},
		{"the line dropped, and asked", "cainiao", []string{ack, "DROP"}, asks("getTaskStatus", taskDone), printer.Sent, nil},
		{"no word at all, and asked", "pdd", []string{"DROP"}, asks("getTaskStatus", taskDone), printer.Sent, nil},
		{"asked for the document", "cainiao", []string{"DROP"}, asks("getDocumentStatus", documentOut), printer.Sent, nil},
		{"asked, and failed", "cainiao", []string{ack}, asks("getTaskStatus", taskFailed), printer.Uncertain, nil},
		{"asked, and not known", "cainiao", []string{ack}, asks("getTaskStatus", taskUnknown), printer.Uncertain, component.ErrNoReply},
		{"asked, and told of another", "cainiao", []string{ack}, asks("getTaskStatus", taskOther), printer.Uncertain, component.ErrNoReply},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &script{after: c.after, answers: c.answers}
			d, _ := DialectOf(c.dialect)
			patience := "200ms"
			if c.want != printer.Uncertain { // so that it is not for want of time
				patience = "3s"
			}
			p := &printer.Printer{Name: "bench 1", Driver: Driver{d}, Transport: way(t, d.Scheme()+"://"+s.serve(t)+"/P?patience="+patience)}
			sealed, err := sealedFor(c.dialect).Encode()
			if err != nil {
				t.Fatal(err)
			}
			a, _, err := p.Begin(t.Context(), printer.Job{Name: "A1", Sealed: sealed})
			if err != nil {
				t.Fatal(err)
			}
			outcome, evidence, err := a.Send(t.Context())
			if outcome != c.want || (err == nil) != (c.want == printer.Sent) || c.is != nil && !errors.Is(err, c.is) {
				t.Fatalf("Send = %v, %v, want %v", outcome, err, c.want)
			}
			if c.want == printer.NotSent != errors.Is(err, printer.ErrUnprinted) || err != nil && component.Notice("bench 1", err) == nil {
				t.Errorf("the error is %v", err)
			}
			if c.want == printer.Sent && (evidence.Method != "component" || !strings.HasPrefix(evidence.Detail, "task A1") || evidence.At.IsZero()) {
				t.Errorf("evidence %+v", evidence)
			}
			if n := len(s.frames("print")); n != 1 {
				t.Errorf("%d tasks, want 1", n)
			}
		})
	}
}

// TestTasks holds what is sent against what the references write, and the sealed
// part against its bytes.
func TestTasks(t *testing.T) {
	both := sealedFor("cainiao")
	both.Contents = append(both.Contents, []byte(ownPart))
	kuaishou := sealedFor("kuaishou")
	kuaishou.Beside = map[string]json.RawMessage{"waybillCode": []byte(`"KS1"`), "ksOrderFlag": []byte(`true`)}
	named := sealedFor("xiaohongshu")
	named.ID = "XHS0001"
	for _, c := range []struct {
		name, url string
		doc       Document
		want      string
	}{
		{"Cainiao", "cainiao-component:///HPRT R42D", sealedFor("cainiao"), `{"cmd":"print","requestID":"A1","version":"1.0","task":{"taskID":"A1","preview":false,"printer":"HPRT R42D","notifyType":["render","print"],"documents":[{"documentID":"A1","contents":[` + sealedPart + `]}]}}`},
		{"the merchant's own area", "cainiao-component:///P", both, `{"cmd":"print","requestID":"A1","version":"1.0","task":{"taskID":"A1","preview":false,"printer":"P","notifyType":["render","print"],"documents":[{"documentID":"A1","contents":[` + sealedPart + `,` + ownPart + `]}]}}`},
		{"Pinduoduo", "pdd-component:///P?erp=12&isv=%E6%BC%94%E7%A4%BA", sealedFor("pdd"), `{"cmd":"print","requestID":"A1","version":"1.0","ERPId":"12","ISVName":"演示","task":{"taskID":"A1","preview":false,"printer":"P","documents":[{"documentID":"A1","contents":[` + sealedPart + `]}]}}`},
		{"Kuaishou", "kuaishou-component:///P", kuaishou, `{"cmd":"print","requestID":"A1","version":"1.0","task":{"taskID":"A1","preview":false,"printer":"P","documents":[{"documentID":"A1","ksOrderFlag":true,"waybillCode":"KS1","contents":[` + sealedPart + `]}]}}`},
		{"a name of its own", "xiaohongshu-component:///P", named, `{"cmd":"print","requestID":"A1","version":"1.0","task":{"taskID":"A1","preview":false,"printer":"P","documents":[{"documentID":"XHS0001","contents":[` + sealedPart + `]}]}}`},
	} {
		b, err := c.doc.Encode()
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		d, err := decode(b)
		if err != nil || !reflect.DeepEqual(d, c.doc) {
			t.Fatalf("%s: it comes back as another, %v", c.name, err)
		}
		got, err := way(t, c.url).print("A1", d)
		if err != nil || string(got) != c.want || !json.Valid(got) {
			t.Errorf("%s: task\n%s, %v, want\n%s", c.name, got, err, c.want)
		}
	}
	for name, want := range map[string]string{"getPrinters": `{"cmd":"getPrinters","requestID":"K","version":"1.0"}`, "getTaskStatus": `{"cmd":"getTaskStatus","requestID":"K","taskID":["A1"],"version":"1.0"}`} {
		var more map[string]any
		if name == "getTaskStatus" {
			more = map[string]any{"taskID": []string{"A1"}}
		}
		if got, err := way(t, "cainiao-component:///P").request(name, "K", more); err != nil || string(got) != want {
			t.Errorf("question %s, %v, want %s", got, err, want)
		}
	}
}

// TestAnotherAttemptsDocument asks for a document by a name that other attempts
// share: that it is printed says nothing of this one.
func TestAnotherAttemptsDocument(t *testing.T) {
	t.Parallel()
	s := &script{after: []string{ack}, answers: map[string]string{"getDocumentStatus": `{"cmd":"getDocumentStatus","requestID":"KEY","documentStatus":[{"documentID":"ZT1","status":"success"}]}`}}
	d := sealedFor("cainiao")
	d.ID = "ZT1"
	sealed, err := d.Encode()
	if err != nil {
		t.Fatal(err)
	}
	c := dialled(t, way(t, "cainiao-component://"+s.serve(t)+"/P?patience=1s"))
	if _, err := hand(t.Context(), c, printer.Job{Name: "A1", Sealed: sealed}); !errors.Is(err, component.ErrNoReply) {
		t.Errorf("Finish = %v", err)
	}
	if len(s.frames("getTaskStatus")) == 0 || len(s.frames("getDocumentStatus")) != 0 {
		t.Errorf("asked: %q", s.seen)
	}
}
