package cloudprint

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/jos"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/outbound"
	"miandan/templates/pdfin"
	"miandan/templates/waybill"
)

const renderPath = "/cloud/print/render"

// Format is what a rendered label is wanted as.
type Format string

// PNG is for printers of dots, PDF for those that the system's driver drives.
const (
	PNG Format = "png"
	PDF Format = "pdf"
)

// Output is how the renderer is told of a format. What the three numbers mean
// is not public: a test of somebody else's sends 1, 1 and 1.
type Output struct{ OutputType, DataFormat, FileFormat string }

// Render is how the renderer is used.
type Render struct {
	TemplateCode string // of the merchant's own template; the sealed data's if empty
	Operator     string
	Outputs      map[Format]Output // those of DefaultOutputs need not be named
	// Others says that carriers other than JD's own are rendered too. Whether the
	// renderer serves them is not public.
	Others bool
	// Transport, Product, and Settle are what customerPrintData calls
	// transportType (1 air, 2 land, 4 rail), productCode and settleType. Empty
	// ones are not sent.
	Transport       int
	Product, Settle string
	Files           Files
}

// DefaultOutputs are a guess (see Output).
func DefaultOutputs() map[Format]Output {
	return map[Format]Output{PDF: {"1", "1", "1"}, PNG: {"1", "1", "2"}}
}

// Document is a label that JD has rendered. It prints as what it is and not as
// what is in it.
type Document struct {
	Kind  Format
	Bytes []byte

	reader *pdfin.Reader // for a PDF that is to become dots
}

func (d Document) String() string { return fmt.Sprintf("%s of %d bytes", d.Kind, len(d.Bytes)) }

// Format keeps the label out of every verb.
func (d Document) Format(f fmt.State, _ rune) { io.WriteString(f, d.String()) }

// LogValue keeps the label out of logs.
func (d Document) LogValue() slog.Value { return slog.StringValue(d.String()) }

// rendered is the answer as far as it is known: from the types of JD's own
// console, never seen in a client. Its sister calls name their lists data, and
// may well give the file itself.
type rendered struct {
	Code   jos.Text `json:"code"`
	Words  string   `json:"msg"`
	Result files    `json:"result"`
	Data   files    `json:"data"`
}

// files is a list of files, or anything else, which is none.
type files []struct {
	URL  string `json:"url"`
	Data []byte `json:"data"` // base64 in JSON
}

func (f *files) UnmarshalJSON(b []byte) error {
	type list files
	var l list
	if b[0] == '[' {
		if err := json.Unmarshal(b, &l); err != nil {
			return errors.New("a list of files that cannot be read")
		}
	}
	*f = files(l)
	return nil
}

// Rendered implements Documents. The file may come in another format than the
// one wanted, which the Document says.
func (c *Client) Rendered(ctx context.Context, l waybill.Label, f Format) (Document, error) {
	if err := c.CanRender(l.Carrier); err != nil {
		return Document{}, err
	}
	data, err := printData(l, &c.Render)
	if err != nil {
		return Document{}, err
	}
	template, err := c.renderTemplate(ctx, l.Carrier)
	if err != nil {
		return Document{}, err
	}
	out, ok := c.Render.Outputs[f]
	if !ok {
		out = DefaultOutputs()[f]
	}
	var answer rendered
	err = c.LOP.Call(ctx, renderPath, map[string]any{
		"customerCode": c.CustomerCode, "templateCode": template, "operator": c.Render.Operator, "taskId": newID(),
		"outputConfig": []any{map[string]any{"outputType": out.OutputType, "dataFormat": out.DataFormat, "fileFormat": out.FileFormat}},
		"printData":    []any{data},
	}, &answer)
	if err != nil {
		return Document{}, err
	}
	// The meaning of the code is not public, so a file is what counts; it is
	// read before it is printed.
	all := slices.Concat(answer.Result, answer.Data)
	if len(all) != 1 || all[0].URL == "" && len(all[0].Data) == 0 {
		words := carrier.Words(answer.Words, l.Receiver)
		return Document{}, notice.New("rendered-refused", fmt.Errorf("code %s, %d files", outbound.Words(string(answer.Code)), len(all)), string(l.Number), words)
	}
	b := all[0].Data
	if all[0].URL != "" {
		b, err = c.Render.Files.get(ctx, all[0].URL)
	}
	switch {
	case errors.Is(err, errNotAllowed):
		return Document{}, notice.New("rendered-host", err, string(l.Number))
	case err != nil:
		return Document{}, notice.New("rendered-fetch", err, string(l.Number))
	}
	return Ready(b, c.Reader, l.Number)
}

// Ready returns a label that somebody else has drawn: a PDF or a PNG. The reader
// makes dots of a PDF; if it is nil the PDF prints on the system's printers only.
func Ready(file []byte, reader *pdfin.Reader, n waybill.Number) (Document, error) {
	switch {
	case bytes.HasPrefix(file, []byte("%PDF-")):
		return Document{PDF, file, reader}, nil
	case bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")):
		return Document{Kind: PNG, Bytes: file}, nil
	}
	return Document{}, notice.New("rendered-kind", nil, string(n))
}

// CanRender says what the settings lack for rendered labels of a carrier; nil
// if nothing. JD is not asked.
func (c *Client) CanRender(code waybill.Carrier) error {
	switch {
	case !isJD(code) && !c.Render.Others:
		return notice.New("rendered-carrier", nil, string(code))
	case c.LOP == nil:
		return notice.New("cloudprint-not-set-up", nil)
	case len(c.Render.Files.Hosts) == 0:
		return notice.New("rendered-no-hosts", nil)
	}
	return nil
}

// renderTemplate is the code of the template that the renderer is to use.
func (c *Client) renderTemplate(ctx context.Context, code waybill.Carrier) (string, error) {
	if c.Render.TemplateCode != "" {
		return c.Render.TemplateCode, nil
	}
	t, err := c.choose(ctx, code)
	if err == nil && t.Code == "" {
		err = notice.New("template-missing", nil, string(code))
	}
	return t.Code, err
}

// printData tells the renderer of one parcel.
func printData(l waybill.Label, how *Render) (map[string]any, error) {
	box, err := parcel(l)
	if err != nil {
		return nil, err
	}
	to, err := shown(l)
	if err != nil {
		return nil, err
	}
	kind, index := "waybillCode", box.Index
	switch {
	case box.Number != "": // the first and only package under its own number
		index = 1
	case box.Barcode != string(l.Number):
		kind = "packageCode"
	}
	data := map[string]any{
		"senderName": l.Sender.Name.Reveal(), "senderMobile": l.Sender.Phone.Reveal(), "senderAddress": l.Sender.Address.Reveal(),
		"receiverName": to.name, "receiverMobile": to.phone, "receiverAddress": to.address,
		"businessOrderId": l.Order, "packageName": goods(l.Items), "packageCount": box.Count,
	}
	for key, v := range map[string]string{"remark": l.Remark, "productCode": how.Product, "settleType": how.Settle} {
		if v != "" {
			data[key] = v
		}
	}
	if how.Transport != 0 {
		data["transportType"] = how.Transport
	}
	return map[string]any{
		"orderNumber": l.Order, "carrierCode": string(l.Carrier), "billCodeValue": box.Barcode, "billCodeType": kind,
		"scene": sceneOf(l.Carrier), "packageBeginIndex": index, "packageEndIndex": index, "customerPrintData": data,
	}, nil
}

// sceneOf is 4 for 快递, 5 for 快运, 6 for 大件.
func sceneOf(c waybill.Carrier) int {
	switch c {
	case "JDKY":
		return 5
	case "JDDJ":
		return 6
	}
	return 4
}

// person is a receiver as the paper shows one.
type person struct{ name, phone, address string }

// shown returns what the label may show of the receiver: a virtual number as
// JD writes it, and without what the carrier wants hidden (isHideName,
// isHideContractNumbers). Of a number that the platform has hidden itself no
// renderer can make one that a courier can call.
func shown(l waybill.Label) (person, error) {
	to := l.Receiver
	if !l.HidePhone { // an extension is half of the number
		to = carrier.Bracketed(to, l.PhoneKind)
	}
	p := person{to.Name.Reveal(), to.Phone.Reveal(), to.Address.Reveal()}
	if l.HideName {
		p.name = hidden(l.Receiver.Name.Reveal())
	}
	switch {
	case l.HidePhone:
		p.phone = lastFour(p.phone)
	case to.Phone.Empty() || to.Phone.Hidden() || l.PhoneKind == waybill.PhoneMasked || l.PhoneKind == waybill.PhoneSealed:
		return person{}, notice.New("phone-masked", nil, l.Order)
	}
	if strings.ContainsAny(p.name+p.address, "*＊") || p.name == "" || p.address == "" {
		return person{}, notice.New("receiver-masked", nil, l.Order)
	}
	return p, nil
}

// hidden keeps the first character of a name, as our own labels do.
func hidden(name string) string {
	chars := []rune(name)
	switch len(chars) {
	case 0:
		return ""
	case 1:
		return "•"
	}
	return string(chars[:1]) + strings.Repeat("•", min(len(chars)-1, 3))
}

// lastFour hides at least six digits of a number and keeps four, or as many as
// the platform has left at its end.
func lastFour(phone string) string {
	number, extension, _ := strings.Cut(phone, "-")
	if len(number) < 11 { // that was the area code of a landline
		number += extension
	}
	number = number[strings.LastIndexAny(number, "*＊")+1:]
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number)
	return "•••••••" + digits[max(0, len(digits)-4):]
}
