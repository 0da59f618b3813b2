package api

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"miandan/agent/internal/notice"
	"miandan/agent/internal/privacy"
	"miandan/agent/internal/spreadsheet"
)

// ExportFile asks for a list of orders as a file that spreadsheets open.
type ExportFile struct {
	Export
	Format string `json:"format" enum:"csv,xlsx"`
}

// countHeader says how many orders a file lists: for whoever keeps the file and
// does not read it.
const countHeader = "Miandan-Orders"

// exportFile serves the same lists as a file. It comes by POST, as all that is a
// record in the audit does; a page takes it as a blob and offers it to be saved.
func (s *Server) exportFile(api huma.API) {
	type file struct {
		Type        string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Orders      string `header:"Miandan-Orders"`
		Body        []byte
	}
	register(api, http.MethodPost, "export/file", "A list of orders as CSV or XLSX, to be saved: for leads, with virtual numbers for administrators; one record in the audit", func(ctx context.Context, in *struct{ Body ExportFile }) (*file, error) {
		list, err := s.export(ctx, in.Body.Export)
		if err != nil {
			return nil, err
		}
		l := callerOf(ctx).language
		rows := exportTable(in.Body.Form, exported(list, l), l)
		f := &file{Type: "text/csv; charset=utf-8", Orders: strconv.Itoa(len(list))}
		write := spreadsheet.CSV
		if in.Body.Format == "xlsx" {
			f.Type, write = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", spreadsheet.XLSX
		}
		f.Disposition = fmt.Sprintf("attachment; filename=\"orders-%s-%s.%s\"", in.Body.Form, time.Now().Format("20060102-1504"), in.Body.Format)
		var b bytes.Buffer
		if err := write(&b, rows); err != nil {
			return nil, s.fail(ctx, "export/file", err)
		}
		f.Body = b.Bytes()
		return f, nil
	}, people(plainRefused), atLeast(Lead))
}

// export has the station list orders, if the caller may have them in that form.
func (s *Server) export(ctx context.Context, e Export) ([]Exported, error) {
	who := callerOf(ctx)
	if e.Form == privacy.WithVirtual && !who.role.may(Admin) {
		return nil, &Problem{Status: http.StatusForbidden, Code: adminRefused, Message: sentence(who.language, adminRefused)}
	}
	e.Who, e.Role = who.who(e.Who), who.role
	list, err := s.Station.Export(ctx, e)
	if err != nil {
		return nil, s.fail(ctx, "export", err)
	}
	return list, nil
}

// exportTable is a list as the rows of a table, the heading first.
func exportTable(f privacy.Form, orders []Exported, l notice.Language) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		if !yield(heading(f, l)) {
			return
		}
		for _, o := range orders {
			row := []string{o.Order, o.Merchant, string(o.State), o.Carrier, o.CarrierName, o.Waybill, count(o.Parcels), moment(o.Deadline)}
			if f != privacy.WithoutReceiver {
				row = append(row, o.Receiver.columns()...)
			}
			if !yield(row) {
				return
			}
		}
	}
}

func heading(f privacy.Form, l notice.Language) []string {
	columns := []notice.Phrase{
		{"order", "订单号"}, {"merchant", "商家类型"}, {"state", "状态"}, {"carrier", "快递代码"}, {"carrier name", "快递公司"},
		{"waybill", "运单号"}, {"parcels", "件数"}, {"ship by", "发货时限"},
	}
	if f != privacy.WithoutReceiver {
		columns = append(columns, []notice.Phrase{{"name", "收件人"}, {"phone", "电话"}, {"address", "地址"}, {"number until", "号码有效期至"}, {"note", "说明"}}...)
	}
	var names []string
	for _, c := range columns {
		names = append(names, c[l])
	}
	return names
}

// columns are those about a receiver, empty for one whose data is gone.
func (r *Receiver) columns() []string {
	if r == nil {
		return make([]string, 5)
	}
	note := ""
	if r.Refusal != nil {
		note = r.Refusal.Message
	}
	return []string{r.Name, r.Phone, r.Address, moment(r.Until), note}
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

// ExportFile returns a list of orders as a file, and how many it lists.
func (c *Client) ExportFile(ctx context.Context, e ExportFile) (file []byte, orders int, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	resp, err := c.do(ctx, http.MethodPost, "export/file", e)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	if file, err = io.ReadAll(resp.Body); err != nil {
		return nil, 0, fmt.Errorf("export/file: %w", dialled(err))
	}
	if orders, err = strconv.Atoi(resp.Header.Get(countHeader)); err != nil {
		return nil, 0, fmt.Errorf("export/file: the agent's answer is not understood")
	}
	return file, orders, nil
}
