// Package drawn draws the labels that simulated carriers hand out as PDF: a Code 128 and
// some lines of text. It is written apart from the program's own labels and barcodes,
// which it helps to test.
package drawn

import (
	"bytes"
	"fmt"
	"strings"
)

// Label draws a label of 76 × 130 mm as a PDF: the number as a Code 128 and some
// lines of text, one type size smaller each.
func Label(number string, lines ...string) []byte {
	const mm = 72 / 25.4
	const module = 0.375 * mm // three dots of a head of 203 dpi
	var page bytes.Buffer
	bars := code128(number)
	x := (76*mm - float64(len(bars))*module) / 2
	for i, bar := range bars {
		if bar == '1' {
			fmt.Fprintf(&page, "%.4f %.4f %.4f %.4f re f\n", x+float64(i)*module, 105*mm, module, 12*mm)
		}
	}
	write := func(size, y float64, text string) {
		text = strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(text)
		fmt.Fprintf(&page, "BT /F1 %.1f Tf %.2f %.2f Td (%s) Tj ET\n", size, 6*mm, y*mm, text)
	}
	write(12, 99, number)
	for i, line := range lines {
		write(20-float64(i)*6, 86-float64(i)*12, line)
	}
	return document(76*mm, 130*mm, page.Bytes())
}

// document makes a PDF of one page.
func document(width, height float64, content []byte) []byte {
	objects := []string{
		"<</Type/Catalog/Pages 2 0 R>>",
		"<</Type/Pages/Kids[3 0 R]/Count 1>>",
		fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>", width, height),
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(content), content),
		"<</Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold>>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var table strings.Builder
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, &table, len(objects)+1, start)
	return b.Bytes()
}

// widths are the bars and gaps of Code 128's symbols by their value, and the
// stop's; the standard's table.
const widths = "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221223211" +
	"221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321112313132113132311" +
	"211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131311123311321331121312113312311" +
	"332111314111221411431111111224111422121124121421141122141221112214112412122114122411142112142211241211221114413111241112" +
	"134111111242121142121241114212124112124211411212421112421211212141214121412121111143111341131141114113114311411113411311" +
	"113141114131311141411131211412211214211232"

const stop = "2331112"

// code128 returns the modules of a text: in code set B, and the digits at its end
// by pairs in code set C.
func code128(text string) string {
	const startB, toC = 104, 99
	end := len(strings.TrimRight(text, "0123456789"))
	end += (len(text) - end) % 2
	values := []int{startB}
	for _, c := range []byte(text[:end]) {
		values = append(values, int(c)-' ')
	}
	if end < len(text) {
		values = append(values, toC)
	}
	for ; end < len(text); end += 2 {
		values = append(values, int(text[end]-'0')*10+int(text[end+1]-'0'))
	}
	sum := startB
	for i, v := range values {
		sum += i * v
	}
	var bars strings.Builder
	symbol := func(w string) {
		for i, n := range []byte(w) {
			bars.WriteString(strings.Repeat(string("10"[i%2]), int(n-'0')))
		}
	}
	for _, v := range append(values, sum%103) {
		symbol(widths[6*v : 6*v+6])
	}
	symbol(stop)
	return bars.String()
}
