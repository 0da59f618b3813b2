package componentsim

import (
	"fmt"
	"strings"
)

// Codes of protocol 3.
const (
	threeOK      = 1000
	threePartly  = 1001
	threeMissing = 2001
	threeInvalid = 2002
	threeTooMany = 2010
	threeSystem  = 4000
)

// mostDocuments is how many labels one request of protocol 3 may have.
const mostDocuments = 200

// version is what get_version says.
const version = "3.3.2.7"

// three answers a request of protocol 3, which JD's own programs speak.
func (c *Component) three(q request) (object, error) {
	reply := c.replyThree(q)
	switch {
	case q.malformed:
		return reply(threeInvalid, "数据格式错误", nil), nil
	case q.RequestID == "":
		return reply(threeMissing, "requestId 不能为空", nil), nil
	}
	switch q.kind() {
	case "get_printers":
		c.serving()
		return reply(threeOK, "成功", object{"printers": c.config.Printers}), nil
	case "get_version":
		c.serving()
		return reply(threeOK, "成功", object{"version": version}), nil
	case "print":
		c.serving()
		return c.printThree(q)
	}
	return reply(threeInvalid, "不支持的cmd", nil), nil
}

// replyThree makes replies to a request.
func (c *Component) replyThree(q request) func(code int, message string, detail object) object {
	id := "requestId"
	if c.config.UpperID {
		id = "requestID"
	}
	return func(code int, message string, detail object) object {
		if detail == nil {
			detail = object{}
		}
		return object{id: q.RequestID, "cmd": strings.ToLower(q.Cmd), "code": code, "message": message, "detail": detail}
	}
}

// printThree prints. Which code stands for what is known by name alone: that
// 2002 and 4000 are for requests of which nothing came out is guessed.
func (c *Component) printThree(q request) (object, error) {
	reply, t := c.replyThree(q), q.Task
	switch {
	case t == nil || len(t.OutputConfig) == 0 || len(t.Documents) == 0:
		return reply(threeMissing, "outputConfig、documents 不能为空", nil), nil
	case len(t.Documents) > mostDocuments:
		return reply(threeTooMany, fmt.Sprintf("documents 不能超过%d个", mostDocuments), nil), nil
	}
	faults := []any{}
	var labels []label
	for _, d := range t.Documents {
		l := c.document(d)
		if l.fault != "" {
			faults = append(faults, object{"documentId": d.DocumentID, "message": l.fault})
			continue
		}
		labels = append(labels, l)
	}
	if len(labels) == 0 {
		return reply(threeInvalid, "打印数据有误", object{"output": []any{}, "errors": faults}), nil
	}
	outputs := []any{}
	came, failed, broken := 0, len(faults) > 0, false
	for _, o := range t.OutputConfig {
		g, err := c.output(q.RequestID, o, labels)
		if err != nil {
			return nil, err
		}
		came += g.came
		failed, broken = failed || g.why != "", broken || g.broken
		outputs = append(outputs, g.reply(o))
	}
	detail := object{"output": outputs, "errors": faults}
	switch {
	case !failed:
		return reply(threeOK, "成功", detail), nil
	case came > 0:
		return reply(threePartly, "部分失败", detail), nil
	case broken:
		return reply(threeSystem, "系统异常", detail), nil
	}
	return reply(threeInvalid, "输出配置有误", detail), nil
}

// document opens one label of protocol 3.
func (c *Component) document(d taskDocument) label {
	l := label{Paper: Paper{Template: d.TemplateCode, Custom: fields(d.Customized)}}
	plain := strings.EqualFold(d.DataType, "plain")
	switch {
	case d.TemplateCode == "":
		l.fault = "templateCode 不能为空"
	case !plain && d.DataType != "" && !strings.EqualFold(d.DataType, "encrypt"):
		l.fault = "不支持的dataType"
	default:
		l.Document, l.fault = c.open(d.PrintData, plain)
	}
	return l
}
