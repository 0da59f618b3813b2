package api

import (
	"bytes"
	"encoding/json"
	"io"
	"time"

	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// jobBody is a label as a caller hands it in.
type jobBody struct {
	Key    string          `json:"key" doc:"What makes it the same label when it is handed in again: up to 64 letters, digits, dots, dashes and underscores"`
	Kind   JobKind         `json:"kind" enum:"waybill,file,sealed"`
	Label  json.RawMessage `json:"label,omitempty" doc:"Of kind waybill: what a label is drawn from, as miandan render --data takes it, version 1"`
	Layout string          `json:"layout,omitempty" doc:"Of kind waybill: the layout's name, see job-printers"`
	File   []byte          `json:"file,omitempty" doc:"Of kind file: a PDF of one page of the paper's size, or a PNG with exactly the dots of the paper; in base64"`
	Size   string          `json:"size,omitempty" doc:"Of kind file: the paper in millimetres, 76x130"`
	Number string          `json:"waybill,omitempty" doc:"Of kind file: the waybill's number, which must be readable on it as Code 128"`
	Mail   string          `json:"carrier,omitempty" doc:"Of kind file: the carrier's code in capitals, ZTO"`
	Order  string          `json:"order,omitempty" doc:"Of kind file: the order's number; without it the key"`
	Sealed json.RawMessage `json:"sealed,omitempty" doc:"Of kind sealed: as the route documents takes it, without key"`
	PaidAt time.Time       `json:"paid_at,omitzero" doc:"When the order was paid: of the labels that wait the oldest order's comes first; without it now. For a day after an old copy of the station's data was put back a person must say of each new label without it whether it is on paper already"`
}

// readJob reads a label as a caller hands it in.
func readJob(body []byte, now time.Time) (NewJob, *notice.Error) {
	var in jobBody
	r := json.NewDecoder(bytes.NewReader(body))
	r.DisallowUnknownFields()
	if r.Decode(&in) != nil { // whose error may quote the data
		return NewJob{}, wrongJob("it is not the JSON that the API describes", "不是接口说明中规定的 JSON")
	}
	if _, err := r.Token(); err != io.EOF {
		return NewJob{}, wrongJob("something stands behind it", "其后有多余内容")
	}
	switch {
	case !documentKey.MatchString(in.Key):
		return NewJob{}, wrongJob("key must be up to 64 letters, digits, dots, dashes and underscores", "key 须为最多 64 个字母、数字、点、横线或下划线")
	case !in.PaidAt.IsZero() && (in.PaidAt.Before(now.Add(-oldest)) || in.PaidAt.After(now.Add(24*time.Hour))):
		return NewJob{}, wrongJob("paid_at must be a time within the last 90 days", "paid_at 须在最近 90 天内")
	}
	j := NewJob{Key: in.Key, Kind: in.Kind, Layout: in.Layout, PaidAt: in.PaidAt}
	switch in.Kind {
	case WaybillJob:
		return in.waybill(j)
	case FileJob:
		return in.file(j)
	case SealedJob:
		return in.sealed(j, now)
	}
	return NewJob{}, wrongJob("kind must be waybill, file or sealed", "kind 只能是 waybill、file 或 sealed")
}

func (in jobBody) waybill(j NewJob) (NewJob, *notice.Error) {
	if in.Layout == "" {
		return NewJob{}, wrongJob("layout must name a layout, as job-printers lists them", "layout 须为 job-printers 列出的版式名称")
	}
	var kept bytes.Buffer
	if json.Compact(&kept, in.Label) != nil {
		return NewJob{}, wrongJob("label is missing", "缺少 label")
	}
	label, err := waybill.ReadFile(bytes.NewReader(in.Label))
	if err != nil { // which quotes nothing that stands there
		return NewJob{}, wrongJob("label is not what a label is drawn from: "+err.Error(), "label 不符合面单数据格式："+err.Error())
	}
	if len(label.Parcels) != 1 || !documentNumber.MatchString(string(label.Number)) {
		return NewJob{}, wrongJob("label must have one parcel and a waybill number of 6 to 40 capital letters and digits: a job is one label", "label 须只有一个包裹，并带 6 至 40 位大写字母和数字的运单号：一个任务对应一张面单")
	}
	label.Copy, label.PrintedAt = 0, time.Time{} // the station's to say
	j.Label, j.Raw = label, kept.Bytes()
	return j, nil
}

func (in jobBody) file(j NewJob) (NewJob, *notice.Error) {
	number, order := upper(in.Number), in.Order
	if order == "" {
		order = in.Key
	}
	switch j.Size = sizeOf(in.Size); {
	case j.Size == "":
		return NewJob{}, wrongJob("size must be the paper in millimetres, as 76x130", "size 须为纸张尺寸（毫米），如 76x130")
	case len(in.File) == 0:
		return NewJob{}, wrongJob("file is missing: a PDF or a PNG in base64", "缺少 file：base64 编码的 PDF 或 PNG")
	case !documentNumber.MatchString(number):
		return NewJob{}, wrongJob("waybill must be a waybill number of 6 to 40 letters and digits", "waybill 须为 6 至 40 位字母和数字的运单号")
	case !documentCarrier.MatchString(in.Mail):
		return NewJob{}, wrongJob("carrier must be the carrier's code in capitals, as ZTO", "carrier 须为大写的快递公司代码，如 ZTO")
	case !documentKey.MatchString(order):
		return NewJob{}, wrongJob("order must be the order's number: up to 64 letters, digits, dots, dashes and underscores", "order 须为订单号：最多 64 个字母、数字、点、横线或下划线")
	}
	j.Raw = in.File
	j.Label = waybill.Label{Waybill: waybill.Waybill{
		Carrier: waybill.Carrier(in.Mail), CarrierName: in.Mail, Number: waybill.Number(number), Order: order,
		PhoneKind: waybill.PhoneSealed, Parcels: []waybill.Parcel{{Barcode: number, Index: 1, Count: 1}},
	}}
	return j, nil
}

func (in jobBody) sealed(j NewJob, now time.Time) (NewJob, *notice.Error) {
	d, refusal := readDocument(in.Sealed, now)
	if refusal != nil {
		return NewJob{}, refusal
	}
	d.Key = in.Key
	j.Sealed = d
	return j, nil
}
