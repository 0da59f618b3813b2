package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/carrier/component/cainiao"
	"miandan/agent/internal/notice"
)

// Documenter takes labels that another platform has sealed.
type Documenter interface {
	// AddDocument puts a sealed label on disk and into the queue: when it returns, the
	// label is not lost. The same one under the same key is the same label.
	AddDocument(ctx context.Context, d Document) (DocumentTaken, error)
}

// Document is a sealed label that was handed in and has the form that its
// platform's component takes. It prints as what it is and not as what is in it.
type Document struct {
	Dialect string // the platform, as package cainiao names it
	Size    string // of the paper in millimetres: "76x130"
	Key     string // whoever hands it in gives it to no other label of the platform
	Order   string
	Carrier string
	Waybill string
	PaidAt  time.Time // zero if nobody has said
	Sealed  []byte
}

func (d Document) String() string {
	return fmt.Sprintf("sealed label of %s, %d bytes", d.Dialect, len(d.Sealed))
}

// Format keeps the data out of every verb.
func (d Document) Format(f fmt.State, _ rune) { io.WriteString(f, d.String()) }

// LogValue keeps the data out of logs.
func (d Document) LogValue() slog.Value { return slog.StringValue(d.String()) }

// DocumentTaken says what became of a sealed label.
type DocumentTaken struct {
	Key     string   `json:"key"`
	Waybill string   `json:"waybill"`
	Label   string   `json:"label,omitempty" doc:"The label's ID"`
	Verdict string   `json:"verdict" enum:"new,same,replaced" doc:"same: it was known; replaced: it took the place of another one that had not begun"`
	State   State    `json:"state" enum:"waiting,printing,unknown,number-unknown,done,refused,cancelled"`
	Refusal *Refusal `json:"refusal,omitempty" doc:"What it waits for, or what a person must decide"`
}

// documentBody is a sealed label as it is handed in.
type documentBody struct {
	Dialect  string                     `json:"dialect" enum:"cainiao,pdd,douyin,kuaishou,xiaohongshu" doc:"The platform that sealed it"`
	Contents []json.RawMessage          `json:"contents" minItems:"1" nullable:"false" doc:"The parts of the label as the platform and the merchant gave them, each an object with its templateURL and one with encryptedData. Not a byte of them is changed"`
	Beside   map[string]json.RawMessage `json:"beside,omitempty" doc:"What stands beside the contents in the component's document, as Kuaishou's waybillCode and ksOrderFlag"`
	ID       string                     `json:"id,omitempty" maxLength:"64" doc:"The document's name, where the platform asks for one. Without it the agent names each attempt, and can ask the component by that name later"`
	Size     string                     `json:"size" doc:"The paper in millimetres: 76x130"`
	Waybill  string                     `json:"waybill" doc:"The number that the platform gave: 6 to 40 letters and digits"`
	Order    string                     `json:"order" doc:"The platform's order number"`
	Carrier  string                     `json:"carrier" doc:"The carrier's code in capitals: ZTO, YTO, SF"`
	Key      string                     `json:"key,omitempty" doc:"What makes it the same label when it is handed in again; without it the order number, so an order with several labels needs one for each"`
	PaidAt   time.Time                  `json:"paid_at,omitzero" doc:"When the order was paid: of the labels that wait the oldest order's comes first; without it now. After an old copy of the database was put back, a label that was paid before is doubted and not printed by itself"`
}

var (
	documentSize    = regexp.MustCompile(`^([1-9][0-9]{1,2}(?:\.[0-9]{1,2})?)x([1-9][0-9]{1,2}(?:\.[0-9]{1,2})?)$`)
	documentKey     = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$`)
	documentNumber  = regexp.MustCompile(`^[0-9A-Z]{6,40}$`)
	documentCarrier = regexp.MustCompile(`^[0-9A-Z_]{2,20}$`)
)

// oldest is how long ago an order may have been paid whose label is handed in.
const oldest = 90 * 24 * time.Hour

// readDocument reads a sealed label as it is handed in. Its error says which part of
// it has not the right form, and nothing of what stands there.
func readDocument(body []byte, now time.Time) (Document, *notice.Error) {
	var in documentBody
	r := json.NewDecoder(bytes.NewReader(body))
	r.DisallowUnknownFields()
	if r.Decode(&in) != nil { // whose error may quote the data
		return Document{}, malformed("it is not the JSON that the API describes", "不是接口说明中规定的 JSON")
	}
	if _, err := r.Token(); err != io.EOF {
		return Document{}, malformed("something stands behind it", "其后有多余内容")
	}
	d := Document{Dialect: in.Dialect, Key: in.Key, Order: in.Order, Carrier: in.Carrier, Waybill: strings.ToUpper(strings.TrimSpace(in.Waybill)), PaidAt: in.PaidAt}
	if d.Key == "" {
		d.Key = d.Order
	}
	if _, ok := cainiao.DialectOf(d.Dialect); !ok || strings.Contains(d.Dialect, "-") {
		return Document{}, malformed("dialect must be cainiao, pdd, douyin, kuaishou or xiaohongshu", "dialect 只能是 cainiao、pdd、douyin、kuaishou 或 xiaohongshu")
	}
	if d.Size = sizeOf(in.Size); d.Size == "" {
		return Document{}, malformed("size must be the paper in millimetres, as 76x130", "size 须为纸张尺寸（毫米），如 76x130")
	}
	switch {
	case !documentNumber.MatchString(d.Waybill):
		return Document{}, malformed("waybill must be a waybill number of 6 to 40 letters and digits", "waybill 须为 6 至 40 位字母和数字的运单号")
	case !documentCarrier.MatchString(d.Carrier):
		return Document{}, malformed("carrier must be the carrier's code in capitals, as ZTO", "carrier 须为大写的快递公司代码，如 ZTO")
	case !documentKey.MatchString(d.Order):
		return Document{}, malformed("order must be the order's number: up to 64 letters, digits, dots, dashes and underscores", "order 须为订单号：最多 64 个字母、数字、点、横线或下划线")
	case !documentKey.MatchString(d.Key):
		return Document{}, malformed("key may have up to 64 letters, digits, dots, dashes and underscores", "key 最多 64 个字母、数字、点、横线或下划线")
	case !d.PaidAt.IsZero() && (d.PaidAt.Before(now.Add(-oldest)) || d.PaidAt.After(now.Add(24*time.Hour))):
		return Document{}, malformed("paid_at must be a time within the last 90 days", "paid_at 须在最近 90 天内")
	}
	var err error
	if d.Sealed, err = (cainiao.Document{Dialect: in.Dialect, Contents: in.Contents, Beside: in.Beside, ID: in.ID}).Encode(); err != nil {
		return Document{}, malformed(
			"contents, beside or id is not what the platform's component takes: each content is one object with its templateURL (https), one has encryptedData, no name stands twice, and beside holds no copies",
			"contents、beside 或 id 不符合平台打印组件的要求：每项 content 为一个对象并带有 templateURL（https），其中一项有 encryptedData，字段名不得重复，beside 中不得有份数")
	}
	return d, nil
}

func malformed(english, chinese string) *notice.Error {
	return notice.New("document-form", nil, notice.Phrase{english, chinese})
}

// sizeOf writes a paper's size as printers name theirs; empty if it is none.
func sizeOf(s string) string {
	m := documentSize.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	width, err1 := strconv.ParseFloat(m[1], 64)
	height, err2 := strconv.ParseFloat(m[2], 64)
	if err1 != nil || err2 != nil {
		return ""
	}
	return fmt.Sprintf("%gx%g", width, height)
}

// documents serves it, on the unix socket alone: what is handed in is taken to
// paper, and stands for a person.
func (s *Server) documents(api huma.API) {
	body := &huma.RequestBody{Required: true, Description: "One sealed label, of at most 64 KiB"}
	huma.Register(api, huma.Operation{
		OperationID: "add-document", Method: http.MethodPost, Path: prefix + "documents",
		Summary: "Hand in a label that another platform has sealed: on the unix socket only",
		Description: "The label is on disk before the answer says that it was taken, and is printed by the platform's component on this computer. " +
			"The same content under the same key is the same label for 90 days, however often it is handed in. Another content takes its place as long as " +
			"nothing of it can have left for the printer; afterwards it is answered with 409 and somebody is told.",
		MaxBodyBytes: maxBody, SkipValidateBody: true, RequestBody: body,
		Responses:   map[string]*huma.Response{"default": failure(api)},
		Middlewares: huma.Middlewares{commandLine("document-refused")},
	}, func(ctx context.Context, in *struct {
		RawBody []byte `contentType:"application/json"`
	}) (*answer[DocumentTaken], error) {
		l := callerOf(ctx).language
		d, refusal := readDocument(in.RawBody, time.Now())
		if refusal != nil {
			p := problem(refusal, l)
			p.Status = http.StatusBadRequest
			return nil, p
		}
		taken, err := s.Station.AddDocument(ctx, d)
		if err != nil {
			return nil, s.fail(ctx, "documents", err)
		}
		taken.Refusal = taken.Refusal.in(l)
		return &answer[DocumentTaken]{taken}, nil
	})
	body.Content["application/json"].Schema = api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[documentBody](), true, "NewDocument")
}

// AddDocument hands in a sealed label, as JSON, byte for byte. It is answered on the
// unix socket only.
func (c *Client) AddDocument(ctx context.Context, document []byte) (v DocumentTaken, err error) {
	return v, c.call(ctx, http.MethodPost, "documents", raw(document), &v)
}
