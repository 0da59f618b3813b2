package cloudprint

import (
	"context"
	"errors"
	"fmt"

	"miandan/agent/internal/notice"
	"miandan/printer/bitmap"
	"miandan/templates/pdfin"
	"miandan/templates/waybill"
)

// page draws a PDF on the printer's own dots. It was asked for one parcel and
// must have one page.
func (d Document) page(ctx context.Context, l waybill.Label, f Frame) (*bitmap.Image, error) {
	number := string(l.Number)
	if d.reader == nil {
		return nil, notice.New("rendered-pdf", nil, number)
	}
	doc, err := d.reader.Open(ctx, d.Bytes)
	if err != nil {
		return nil, drawNotice(err, number)
	}
	defer doc.Close()
	if n := len(doc.Pages()); n != 1 {
		return nil, notice.New("rendered-undrawn", nil, number, notice.Phrase{fmt.Sprintf("it has %d pages", n), fmt.Sprintf("共 %d 页", n)})
	}
	m, err := doc.Dots(ctx, 0, pdfin.Frame(f), pdfin.How{})
	if err != nil {
		return nil, drawNotice(err, number)
	}
	return m, nil
}

// drawNotice says why a PDF gave no dots.
func drawNotice(err error, number string) error {
	var size *pdfin.SizeError
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.As(err, &size):
		return notice.New("rendered-paper", err, number,
			fmt.Sprintf("%.4g×%.4g", size.Width, size.Height), fmt.Sprintf("%.4g×%.4g", size.WantWidth, size.WantHeight))
	case errors.Is(err, pdfin.Unstarted):
		return notice.New("reader-unstarted", err, number)
	}
	for _, r := range reasons {
		if errors.Is(err, r.problem) {
			return notice.New("rendered-undrawn", err, number, r.phrase)
		}
	}
	return notice.New("rendered-undrawn", err, number, notice.Phrase{"it is broken", "文件已损坏"})
}

var reasons = []struct {
	problem pdfin.Problem
	phrase  notice.Phrase
}{
	{pdfin.Encrypted, notice.Phrase{"it is locked with a password", "文件有密码"}},
	{pdfin.TooLarge, notice.Phrase{"it is too large", "文件过大"}},
	{pdfin.TooManyPages, notice.Phrase{"it has too many pages", "页数过多"}},
	{pdfin.TooSlow, notice.Phrase{"drawing it takes too long", "绘制耗时过长"}},
	{pdfin.TooMuchMemory, notice.Phrase{"drawing it takes too much memory", "绘制占用内存过多"}},
}
