package componentsim

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"miandan/agent/internal/jos/jdsim/sheet"
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
func (c *Component) three(q request) object {
	id := "requestId"
	if c.config.UpperID {
		id = "requestID"
	}
	cmd := strings.ToLower(q.Cmd)
	reply := func(code int, message string, detail object) object {
		if detail == nil {
			detail = object{}
		}
		return object{id: q.RequestID, "cmd": cmd, "code": code, "message": message, "detail": detail}
	}
	switch {
	case q.malformed:
		return reply(threeInvalid, "数据格式错误", nil)
	case q.RequestID == "":
		return reply(threeMissing, "requestId 不能为空", nil)
	}
	switch cmd {
	case "get_printers":
		c.served++
		return reply(threeOK, "成功", object{"printers": c.config.Printers})
	case "get_version":
		c.served++
		return reply(threeOK, "成功", object{"version": version})
	case "print":
		c.served++
		return c.printThree(q.Task, reply)
	}
	return reply(threeInvalid, "不支持的cmd", nil)
}

func (c *Component) printThree(t *task, reply func(int, string, object) object) object {
	switch {
	case t == nil || len(t.OutputConfig) == 0 || len(t.Documents) == 0:
		return reply(threeMissing, "outputConfig、documents 不能为空", nil)
	case len(t.Documents) > mostDocuments:
		return reply(threeTooMany, fmt.Sprintf("documents 不能超过%d个", mostDocuments), nil)
	}
	faults := []any{}
	var labels []label
	for _, d := range t.Documents {
		l := label{template: d.TemplateCode, custom: fields(d.Customized)}
		if d.TemplateCode == "" {
			l.fault = "templateCode 不能为空"
		} else {
			l.document, l.fault = c.open(d.PrintData, strings.EqualFold(d.DataType, "plain"))
		}
		if l.fault != "" {
			faults = append(faults, object{"documentId": d.DocumentID, "message": l.fault})
			continue
		}
		labels = append(labels, l)
	}
	outputs := []any{}
	good := len(faults) == 0
	for _, o := range t.OutputConfig {
		shown, ok := c.output(o, labels)
		good = good && ok
		outputs = append(outputs, shown)
	}
	detail := object{"output": outputs, "errors": faults}
	switch {
	case good:
		return reply(threeOK, "成功", detail)
	case len(labels) == 0:
		return reply(threeInvalid, "打印数据有误", detail)
	}
	return reply(threePartly, "部分失败", detail)
}

// output gives labels out in one way. What a whole output's code is when some
// of its labels fail is guessed.
func (c *Component) output(o output, labels []label) (object, bool) {
	shown := object{"outputType": o.OutputType, "code": 1, "message": ""}
	fail := func(message string) (object, bool) {
		shown["code"], shown["message"] = -1, message
		return shown, false
	}
	switch o.OutputType {
	case 0:
		name, ok := c.printer(o.PrinterName)
		shown["printer"] = name
		if !ok {
			return fail("打印机不存在")
		}
		for _, l := range labels {
			if why := c.print(name, l); why != "" {
				return fail(why)
			}
		}
	case 1, 2:
		content, err := c.draw(o.FileType, labels)
		if err != nil {
			return fail("渲染失败")
		}
		shown["fileType"] = o.FileType
		if o.OutputType == 2 {
			shown["fileData"] = base64.StdEncoding.EncodeToString(content)
			return shown, true
		}
		// Only ever into the one folder: what the client says is but a name.
		name := filepath.Base(filepath.Clean(strings.ReplaceAll(o.FilePath, `\`, "/")))
		if c.config.Folder == "" || !filepath.IsLocal(name) || name == "." {
			return fail("不能写入文件")
		}
		path := filepath.Join(c.config.Folder, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return fail("不能写入文件")
		}
		shown["filePath"] = path
		for _, l := range labels {
			if err := c.journal.append(Entry{At: c.config.Clock(), Waybill: l.document.Waybill, Package: l.document.Package, File: name}); err != nil {
				return fail("组件异常")
			}
		}
	default:
		return fail("不支持的outputType")
	}
	return shown, true
}

// draw renders labels as one PDF or one PNG.
func (c *Component) draw(kind string, labels []label) ([]byte, error) {
	var documents []sheet.Document
	for _, l := range labels {
		documents = append(documents, l.document)
	}
	if len(documents) == 0 {
		return nil, fmt.Errorf("no labels")
	}
	if strings.EqualFold(kind, "PNG") {
		picture, err := c.picture(documents)
		if err != nil {
			return nil, err
		}
		return base64.StdEncoding.DecodeString(picture)
	}
	var b bytes.Buffer
	err := c.config.Style.PDF(&b, documents...)
	return b.Bytes(), err
}
