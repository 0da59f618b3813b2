package componentsim

import (
	"cmp"
	"encoding/json"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
)

// request is a message of any protocol. Fields that are now an object and now
// a text are read later.
type request struct {
	malformed bool

	// Protocols 1 and 2.
	Key        string      `json:"key"`
	OrderType  string      `json:"orderType"`
	Version    flexible    `json:"version"`
	DataType   string      `json:"dataType"`
	Parameters *parameters `json:"parameters"`

	// Protocol 3.
	Cmd       string `json:"cmd"`
	RequestID string `json:"requestId"`
	Task      *task  `json:"task"`
}

// parameters are those of protocols 1 and 2.
type parameters struct {
	PrintName string `json:"printName"`
	DataType  string `json:"dataType"`

	// Protocol 1: parallel lists.
	TempURL       string            `json:"tempUrl"`
	CustomTempURL string            `json:"customTempUrl"`
	CustomData    []json.RawMessage `json:"customData"`
	PrintData     []json.RawMessage `json:"printData"`
	AddData       addData           `json:"addData"`

	// Protocol 2.
	Contents []content `json:"contents"`
}

// content is one label of protocol 2; those of protocol 1 are made into it.
type content struct {
	TempURL       string          `json:"tempUrl"`
	CustomTempURL string          `json:"customTempUrl"`
	PrintData     json.RawMessage `json:"printData"`
	CustomData    json.RawMessage `json:"customData"`
	AddData       addData         `json:"addData"`
	DataType      string          `json:"dataType"`
}

// addData overrides the sender, as a whole (guessed).
type addData struct {
	Sender struct {
		Name    string `json:"name"`
		Mobile  string `json:"mobile"`
		Phone   string `json:"phone"`
		Address string `json:"address"`
	} `json:"sender"`
}

// task is what protocol 3 asks for.
type task struct {
	OutputConfig []output       `json:"outputConfig"`
	Documents    []taskDocument `json:"documents"`
}

// output is a printer (type 0), a file (1) or data in the reply (2).
type output struct {
	OutputType  int     `json:"outputType"`
	PrinterName string  `json:"printerName"`
	FileType    string  `json:"fileType"`
	FilePath    string  `json:"filePath"`
	FileRatio   float64 `json:"fileRatio"`
}

// taskDocument is one label of protocol 3.
type taskDocument struct {
	DocumentID   string          `json:"documentId"`
	TemplateCode string          `json:"templateCode"`
	PrintData    json.RawMessage `json:"printData"`
	DataType     string          `json:"dataType"` // encrypt or plain
	Customized   json.RawMessage `json:"customizedPrintData"`
}

// flexible is a text that some clients send as a number.
type flexible string

func (f *flexible) UnmarshalJSON(b []byte) error {
	*f = flexible(strings.Trim(string(b), `"`))
	return nil
}

// parse reads a message. One that is no JSON object is malformed, and so is
// one whose fields have the wrong types; its key is kept if it can be read.
func parse(message []byte) request {
	var q request
	if err := json.Unmarshal(message, &q); err != nil {
		q = request{malformed: true}
		var k struct {
			Key       string `json:"key"`
			RequestID string `json:"requestId"`
		}
		if json.Unmarshal(message, &k) == nil {
			q.Key, q.RequestID = k.Key, k.RequestID
		}
	}
	return q
}

// kind is what the request wants, in lower case: clients differ.
func (q request) kind() string { return strings.ToLower(q.OrderType + q.Cmd) }

// contents makes one list of the labels of protocols 1 and 2.
func (q request) contents() []content {
	p := q.Parameters
	if p == nil {
		return nil
	}
	list := p.Contents
	if q.Version != "2" {
		list = nil
		for i, d := range p.PrintData {
			c := content{TempURL: p.TempURL, CustomTempURL: p.CustomTempURL, PrintData: d}
			if i < len(p.CustomData) {
				c.CustomData = p.CustomData[i]
				var inner struct {
					AddData addData `json:"addData"`
				}
				if json.Unmarshal(c.CustomData, &inner) == nil {
					c.AddData = inner.AddData
				}
			}
			list = append(list, c)
		}
	}
	for i := range list {
		if list[i].AddData == (addData{}) {
			list[i].AddData = p.AddData
		}
		// It has been seen in all three places.
		list[i].DataType = cmp.Or(list[i].DataType, p.DataType, q.DataType)
	}
	return list
}

// appData is print data that the caller owns, in plain JSON. Its names are
// guessed to be those of the renderer's customerPrintData.
type appData struct {
	CarrierCode     string `json:"carrierCode"`
	WaybillCode     string `json:"waybillCode"`
	OrderNumber     string `json:"orderNumber"`
	SenderName      string `json:"senderName"`
	SenderMobile    string `json:"senderMobile"`
	SenderAddress   string `json:"senderAddress"`
	ReceiverName    string `json:"receiverName"`
	ReceiverMobile  string `json:"receiverMobile"`
	ReceiverAddress string `json:"receiverAddress"`
	Remark          string `json:"remark"`
}

// label is one document to be printed, or why it cannot be.
type label struct {
	Paper
	fault string
}

// open reads print data: sealed with the key, or plain.
func (c *Component) open(data json.RawMessage, plain bool) (sheet.Document, string) {
	var text string
	isText := json.Unmarshal(data, &text) == nil
	if !plain {
		d, err := c.config.Key.Open(text)
		if !isText || err != nil {
			return sheet.Document{}, "解密失败"
		}
		return d, ""
	}
	if !isText {
		text = string(data)
	}
	var a appData
	if json.Unmarshal([]byte(text), &a) != nil || a.WaybillCode == "" {
		return sheet.Document{}, "打印数据格式错误"
	}
	return sheet.Document{
		Carrier: a.CarrierCode, Waybill: a.WaybillCode, Index: 1, Total: 1, Order: a.OrderNumber, Remark: a.Remark,
		Sender:   sheet.Party{Name: a.SenderName, Phone: a.SenderMobile, Address: a.SenderAddress},
		Receiver: sheet.Party{Name: a.ReceiverName, Phone: a.ReceiverMobile, Address: a.ReceiverAddress},
	}, ""
}

// labels opens the labels of protocols 1 and 2.
func (c *Component) labels(contents []content) []label {
	var all []label
	for _, x := range contents {
		l := label{Paper: Paper{Template: x.TempURL, CustomTemplate: x.CustomTempURL, Custom: fields(x.CustomData)}}
		// The real one fetches it from there; a bare code leads nowhere.
		if !strings.HasPrefix(x.TempURL, "https://") && !strings.HasPrefix(x.TempURL, "http://") {
			l.fault = "模板地址有误"
		} else {
			l.Document, l.fault = c.open(x.PrintData, strings.EqualFold(x.DataType, "app"))
		}
		if s := x.AddData.Sender; x.AddData != (addData{}) {
			l.Document.Sender = sheet.Party{Name: s.Name, Phone: cmp.Or(s.Mobile, s.Phone), Address: s.Address}
		}
		all = append(all, l)
	}
	return all
}

// fields reads the client's own fields; none if they are no object.
func fields(b json.RawMessage) map[string]any {
	var m map[string]any
	if json.Unmarshal(b, &m) != nil {
		return nil
	}
	return m
}
