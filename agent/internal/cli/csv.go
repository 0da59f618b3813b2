package cli

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"miandan/agent/internal/api"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
)

// byteOrderMark tells spreadsheets that a file is UTF-8. Without it they read
// Chinese text in the system's code page.
const byteOrderMark = "\ufeff"

// table writes orders as CSV that a spreadsheet opens by a double click.
func table(f privacy.Form, orders []api.Exported, l notice.Language) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString(byteOrderMark)
	w := csv.NewWriter(&b)
	w.UseCRLF = true // RFC 4180
	if err := w.Write(header(f, l)); err != nil {
		return nil, err
	}
	for _, o := range orders {
		record := []string{o.Order, o.Merchant, string(o.State), o.Carrier, o.CarrierName, o.Waybill, count(o.Parcels), moment(o.Deadline)}
		if f != privacy.WithoutReceiver {
			record = append(record, receiver(o.Receiver)...)
		}
		for i := range record {
			record[i] = inert(record[i])
		}
		if err := w.Write(record); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

func header(f privacy.Form, l notice.Language) []string {
	columns := [][2]string{
		{"order", "订单号"}, {"merchant", "商家类型"}, {"state", "状态"}, {"carrier", "快递代码"}, {"carrier name", "快递公司"},
		{"waybill", "运单号"}, {"parcels", "件数"}, {"ship by", "发货时限"},
	}
	if f != privacy.WithoutReceiver {
		columns = append(columns, [][2]string{{"name", "收件人"}, {"phone", "电话"}, {"address", "地址"}, {"number until", "号码有效期至"}, {"note", "说明"}}...)
	}
	var names []string
	for _, c := range columns {
		names = append(names, c[l])
	}
	return names
}

// receiver are the columns about a receiver, empty for one whose data is gone.
func receiver(r *api.Receiver) []string {
	if r == nil {
		return make([]string, 5)
	}
	note := ""
	if r.Refusal != nil {
		note = r.Refusal.Message
	}
	return []string{r.Name, r.Phone, r.Address, moment(r.Until), note}
}

// inert keeps a spreadsheet from taking a cell for a formula: a buyer chooses a
// name, and =HYPERLINK(…) is one. The apostrophe is the sign for text; = + - and
// @ begin a formula, in full width too, and so may what comes after a tab or a
// line's end.
func inert(cell string) string {
	if first, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("=+-@＝＋－＠\t\r\n", first) {
		return "'" + cell
	}
	return cell
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Local().Format("2006-01-02 15:04")
}
