package templates

import (
	"cmp"
	"fmt"
	"slices"

	"miandan/templates/pii"
	"miandan/templates/waybill"
)

// On a screen a label stands as everything stands there: name, number and
// address as package pii prints them, whatever the carrier lets the paper show.
// That says less than the marks on paper, where 张•• tells how long a name is.

// onScreen is a person's value for a layout that asks for its mask.
func onScreen[T fmt.Stringer](c *card, v T, onPaper func(T) string) string {
	if c.Screen {
		return v.String()
	}
	return onPaper(v)
}

// forScreen takes out of a label the words that a buyer or a carrier may have put
// somebody into. Goods are called by their code, as in every list on a screen:
// what is engraved on them stands in their names. The numbers in barcodes are the
// label's own.
func forScreen(l waybill.Label) waybill.Label {
	l.Remark = only(l.Remark != "", pii.Bullets)
	l.Items = slices.Clone(l.Items)
	for i := range l.Items {
		l.Items[i].Name = cmp.Or(l.Items[i].SKU, pii.Bullets)
	}
	if l.Routing.QR != "" { // nobody here knows what a carrier writes into it
		l.Routing.QR = string(l.Number)
	}
	return l
}
