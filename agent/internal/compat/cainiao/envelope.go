package cainiao

import (
	"bytes"
	"context"
	"encoding/json"
	"io"

	"miandan/agent/internal/compat"
	"miandan/agent/internal/notice"
)

// object is a JSON object of a reply.
type object = map[string]any

// request is a message of a page. What it does not know of one is left unread: pages
// send fields of every generation.
type request struct {
	Command   string   `json:"cmd"`
	ID        string   `json:"requestID"`
	Version   string   `json:"version"`
	Tasks     []string `json:"taskID"`
	Documents []string `json:"documentIDs"`
	Printer   json.RawMessage
	Task      *given `json:"task"`
	Preview   bool   `json:"preview"` // beside the task some clients write it
}

// given is a task as a page gives it.
type given struct {
	ID          string          `json:"taskID"`
	Preview     bool            `json:"preview"`
	PreviewType string          `json:"previewType"`
	Printer     string          `json:"printer"`
	Notify      []string        `json:"notifyType"`
	Documents   []givenDocument `json:"documents"`
}

type givenDocument struct {
	ID       string            `json:"documentID"`
	Contents []json.RawMessage `json:"contents"`
}

// content is a part of a document: sealed, or plain.
type content struct {
	Sealed   *string         `json:"encryptedData"`
	Template string          `json:"templateURL"`
	Data     json.RawMessage `json:"data"`
}

// mostDocuments is how many documents a task may have. The component's own limit is
// not known.
const mostDocuments = 200

// read reads a message; ok is false if it is none of the protocol. What can be told of
// it is told then too, so that the page hears which of its requests was bad.
func read(message []byte) (q request, ok bool) {
	var raw struct {
		request
		Printer json.RawMessage `json:"printer"`
		Tasks   json.RawMessage `json:"taskID"`
	}
	d := json.NewDecoder(bytes.NewReader(message))
	if err := d.Decode(&raw); err != nil {
		var head struct {
			Command any `json:"cmd"`
			ID      any `json:"requestID"`
		}
		_ = json.Unmarshal(message, &head) // of what is no JSON nothing can be told
		q.Command, _ = head.Command.(string)
		q.ID, _ = head.ID.(string)
		return q.cut(), false
	}
	q = raw.request
	q.Printer = raw.Printer
	q.Tasks = nil
	if len(raw.Tasks) > 0 {
		var one string
		if json.Unmarshal(raw.Tasks, &q.Tasks) != nil && json.Unmarshal(raw.Tasks, &one) == nil {
			q.Tasks = []string{one} // some pages name one without a list
		}
	}
	_, err := d.Token()
	return q.cut(), err == io.EOF && q.Command != ""
}

// cut keeps what is said back short.
func (q request) cut() request {
	if len(q.ID) > 128 {
		q.ID = q.ID[:0]
	}
	if len(q.Command) > 64 {
		q.Command = q.Command[:0]
	}
	return q
}

// Codes of refusals. The component's own are not public but for two, which mean what
// they mean there; ours begin where nobody's do.
const (
	codeUnknownDocument = 11
	codeForm            = 9001
	codeCommand         = 9002
	codePrinter         = 9003
	codeTemplate        = 9004
	codeSealed          = 9005
	codeLimit           = 9006
	codeNotTaken        = 9007
	codeAgain           = 9008
	codeUnknown         = 9010 // nobody knows whether it came out
	codeStopped         = 9011
	codeCanceled        = 9012
)

var codes = map[notice.Code]int{
	"compat-form": codeForm, "compat-command": codeCommand, "compat-printer": codePrinter, "compat-template": codeTemplate,
	"compat-template-host": codeTemplate, "compat-template-fetch": codeTemplate, "compat-no-number": codeTemplate, "compat-sealed": codeSealed,
	"compat-too-fast": codeLimit, "compat-too-many": codeLimit, "compat-again": codeAgain, "compat-unknown": codeUnknown, "compat-stopped": codeStopped, "compat-cancelled": codeCanceled,
}

func codeOf(c notice.Code) int {
	if n, ok := codes[c]; ok {
		return n
	}
	return codeNotTaken
}

func (q request) reply(more object) object {
	r := object{"cmd": q.Command, "requestID": q.ID, "status": "success", "msg": "", "errorCode": 0}
	for field, value := range more {
		r[field] = value
	}
	return r
}

// refuse says why a request is not done.
func (l *line) refuse(q request, err error) object {
	code, why := compat.Why(err, l.v.Language())
	l.Log.Info("request refused", "channel", "cainiao", "command", known(q.Command), "code", code)
	r := object{"cmd": q.Command, "requestID": q.ID, "status": "failed", "msg": why, "errorCode": codeOf(code)}
	if q.Task != nil && compat.Named(q.Task.ID) {
		r["taskID"] = q.Task.ID
	}
	return r
}

// known keeps what a page made up out of the log.
func known(command string) string {
	switch command {
	case "getPrinters", "getPrinterConfig", "setPrinterConfig", "print", "getTaskStatus", "getDocumentStatus", "getAgentInfo", "getGlobalConfig", "setGlobalConfig":
		return command
	}
	return "?"
}

// form refuses a request that has not the form of the protocol.
func form(english, chinese string) error {
	return notice.New("compat-form", nil, notice.Phrase{english, chinese})
}

// answer does what a message asks and says so. Its error is that the page is gone.
func (l *line) answer(ctx context.Context, message []byte) error {
	q, ok := read(message)
	if !ok {
		return l.v.Say(ctx, l.refuse(q, form("it is not the JSON of the protocol", "不是协议规定的 JSON")))
	}
	switch q.Command {
	case "print":
		return l.print(ctx, q)
	case "getPrinters":
		return l.say(ctx, q)(l.printers(ctx, q))
	case "getPrinterConfig":
		return l.say(ctx, q)(l.printerConfig(ctx, q))
	case "setPrinterConfig":
		return l.say(ctx, q)(l.setPrinterConfig(ctx, q))
	case "getTaskStatus":
		return l.say(ctx, q)(l.taskStatus(ctx, q))
	case "getDocumentStatus":
		return l.say(ctx, q)(l.documentStatus(ctx, q))
	case "getAgentInfo":
		return l.v.Say(ctx, q.reply(object{"version": l.Version}))
	case "getGlobalConfig":
		return l.v.Say(ctx, q.reply(globalConfig()))
	case "setGlobalConfig":
		// What it would change is not open to pages here: people at the station are told
		// of every failure, and no character is left out.
		return l.v.Say(ctx, q.reply(nil))
	}
	return l.v.Say(ctx, l.refuse(q, notice.New("compat-command", nil)))
}

func globalConfig() object {
	return object{"notifyOnTaskFailure": true, "ignoreFontCanNotDisplay": false}
}

// say says a reply, or why there is none.
func (l *line) say(ctx context.Context, q request) func(object, error) error {
	return func(reply object, err error) error {
		if err != nil {
			reply = l.refuse(q, err)
		}
		return l.v.Say(ctx, reply)
	}
}
