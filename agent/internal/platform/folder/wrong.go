package folder

import (
	"bytes"
	"encoding/csv"
	"strconv"

	"miandan/agent/internal/notice"
)

// listOf writes the list of a file's wrong rows, one line a row, in a form that
// Excel opens as it is. It lies in the clear beside the file, so no cell of the
// file stands in it but numbers of orders.
func listOf(wrong []wrongRow) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.Write([]string{"工作表 Sheet", "行号 Row", "订单号 Order", "请这样修改", "What to put right"})
	for len(wrong) > 0 {
		r := wrong[0]
		chinese, english := r.why.Text(notice.Chinese), r.why.Text(notice.English)
		for wrong = wrong[1:]; len(wrong) > 0 && wrong[0].place == r.place; wrong = wrong[1:] {
			chinese += wrong[0].why.Text(notice.Chinese)
			english += " " + wrong[0].why.Text(notice.English)
		}
		w.Write([]string{strconv.Itoa(r.sheet), strconv.Itoa(r.row), listable(r.order), chinese, english})
	}
	w.Flush()
	return b.Bytes()
}

// listable returns an order's number, or nothing if it may be a telephone's with
// something before or behind it. Longer ones hold such digits by chance.
func listable(id string) string {
	if len(id) <= 15 && phoneLike.MatchString(id) {
		return ""
	}
	return id
}
