package cainiaosim

import (
	"encoding/json"
	"fmt"
	"strings"
)

// object is a JSON object.
type object = map[string]any

func encode(frame any) []byte {
	if b, ok := frame.([]byte); ok {
		return b
	}
	b, err := json.Marshal(frame)
	if err != nil {
		// Frames are made of maps, lists, texts and numbers, which always encode.
		panic(fmt.Sprintf("cainiaosim: a frame does not encode: %v", err))
	}
	return b
}

// request is a message of the client.
type request struct {
	Command   string   `json:"cmd"`
	Request   string   `json:"requestID"`
	Version   string   `json:"version"`
	Tasks     []string `json:"taskID"`
	Documents []string `json:"documentIDs"`
	Task      struct {
		ID        string          `json:"taskID"`
		Preview   bool            `json:"preview"`
		Printer   string          `json:"printer"`
		Notify    []string        `json:"notifyType"`
		Documents []givenDocument `json:"documents"`
	} `json:"task"`
}

type givenDocument struct {
	ID       string            `json:"documentID"`
	Copies   int               `json:"copy"`
	Contents []json.RawMessage `json:"contents"`
}

// parse reads a message. What of it can be told is returned also if it is no
// request.
func parse(message []byte) (request, bool) {
	var q request
	if err := json.Unmarshal(message, &q); err != nil {
		var head struct {
			Command any `json:"cmd"`
			Request any `json:"requestID"`
		}
		json.Unmarshal(message, &head)
		q = request{}
		q.Command, _ = head.Command.(string)
		q.Request, _ = head.Request.(string)
		return q, false
	}
	return q, q.Command != "" && q.Version == "1.0"
}

// content is one part of a document, sealed or plain.
type content struct {
	Sealed    *string         `json:"encryptedData"`
	Signature string          `json:"signature"`
	Version   string          `json:"ver"`
	Template  string          `json:"templateURL"` // Pinduoduo writes templateUrl, which is read too
	Data      json.RawMessage `json:"data"`
}

// open reads the document's waybill, or says why it cannot, with a code.
func (c *Component) open(d givenDocument) (waybill, why string, code int) {
	for _, raw := range d.Contents {
		var part content
		if json.Unmarshal(raw, &part) != nil {
			return "", "文档内容格式错误", 12
		}
		if !strings.HasPrefix(part.Template, "https://") && !strings.HasPrefix(part.Template, "http://") {
			return "", "模板地址有误", 13
		}
		if part.Sealed == nil {
			continue // the merchant's own area
		}
		number, ok := c.config.Key.open(*part.Sealed, part.Signature)
		if !ok {
			return "", "解密失败", 40
		}
		waybill = number
	}
	if waybill == "" {
		return "", "未找到文档", 11
	}
	return waybill, "", 0
}

// answer answers a question.
func (c *Component) answer(q request) object {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.served[q.Command]++
	a := object{"cmd": q.Command, "requestID": q.Request, "status": "success", "msg": "no error", "errorCode": 0}
	switch q.Command {
	case "getPrinters":
		var list []any
		for _, p := range c.config.Printers {
			status := "enable"
			if p.Disabled {
				status = "disable"
			}
			list = append(list, object{"name": p.Name, "status": status, "type": "RAW"})
		}
		a["printers"] = list
		if len(c.config.Printers) > 0 {
			a["defaultPrinter"] = c.config.Printers[0].Name
		}
	case "getAgentInfo":
		a["version"] = "1.5.3.0"
	case "getTaskStatus":
		known := []any{}
		for _, id := range q.Tasks {
			if t := c.tasks[id]; t != nil {
				known = append(known, object{"taskID": id, "detailStatus": t.states()})
			}
		}
		a["printStatus"] = known
	case "getDocumentStatus": // its shape is guessed
		known := []any{}
		for _, id := range q.Documents {
			for _, t := range c.tasks {
				for _, d := range t.documents {
					if d.id == id {
						known = append(known, d.status())
					}
				}
			}
		}
		a["documentStatus"] = known
	default:
		return refusal(q, "不支持的命令", 2)
	}
	return a
}
