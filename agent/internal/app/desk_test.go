package app_test

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/dispatch"
	"miandan/agent/internal/jos/jdsim"
	"miandan/agent/internal/ledger"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/practice"
	"miandan/printer/bitmap"
	"miandan/templates/pii"
	"miandan/templates/raster"
	"miandan/templates/scene"
)

// byHand is a station at which everything waits for somebody's word.
func byHand(t *testing.T, orders int) *station {
	t.Helper()
	return open(t, orders, func(c string) string { return strings.Replace(c, "auto = true", "auto = false", 1) })
}

// scan scans codes to print.
func scan(t *testing.T, d api.Desk, codes ...string) api.Scanned {
	t.Helper()
	s, err := d.ScanPrint(t.Context(), api.ScanPrint{Codes: codes, Who: "tester"})
	if err != nil {
		t.Fatalf("the scan of %q: %v", codes, err)
	}
	return s
}

// goodsOf lists the SKU of each piece of an order.
func goodsOf(o jdsim.Order) (skus []string) {
	for _, i := range o.Items {
		for range i.Count {
			skus = append(skus, i.OuterSKU)
		}
	}
	return skus
}

func TestScanToPrint(t *testing.T) {
	s := byHand(t, practice.Orders)
	d := s.Desk()
	s.until(t, "all orders are known", func(rows []ledger.Row) bool { return len(rows) >= practice.Orders })
	first := s.until(t, "the first is there", func(rows []ledger.Row) bool { return rows[0].OrderState == ledger.Accepted })[0]
	id := first.Order.ID

	// An order, as a scanner and a Chinese input method write it.
	noisy := strings.Map(func(r rune) rune { return r - '0' + '０' }, id) + "\r\n"
	if got := scan(t, d, noisy); got.Result != api.ScanPrinting || got.Order != id {
		t.Fatalf("the order comes to %+v", got)
	}
	if got := scan(t, d, id); got.Result != api.ScanPrinting && got.Result != api.ScanPrinted {
		t.Errorf("the same again comes to %+v", got)
	}
	row := s.until(t, "its label is out", func(rows []ledger.Row) bool {
		for _, r := range rows {
			if r.Order.ID == id {
				return r.Label == ledger.Confirmed
			}
		}
		return false
	})
	var number string
	for _, r := range row {
		if r.Order.ID == id {
			number = string(r.Number)
		}
	}
	for _, code := range []string{id, number, strings.ToLower(number), number + "-1-1-", "]C1" + number + "-1-1"} {
		if got := scan(t, d, code); got.Result != api.ScanPrinted || got.Order != id || got.Refusal == nil || got.Refusal.Code != "order-printed" || got.Label == "" {
			t.Errorf("after it is on paper the code %s comes to %+v", code, got)
		}
	}
	if latest, err := d.Latest(t.Context()); err != nil || latest.Order != id || latest.State != api.Done {
		t.Errorf("the latest is %+v, %v", latest, err)
	}
	if n := len(s.world.Printer.Prints()); n != 1 {
		t.Errorf("%d labels are on paper, want 1", n)
	}

	// What cannot be printed says why.
	for _, o := range jdsim.Demo(practice.Orders, time.Now()) {
		got := api.Scanned{}
		switch {
		case o.State == jdsim.Cancelled:
			if got = scan(t, d, o.ID); got.Result != api.ScanCancelled || got.Refusal == nil {
				t.Errorf("the cancelled order comes to %+v", got)
			}
		}
	}
	for _, r := range s.rows(t) {
		if r.OrderState == ledger.Refused {
			if got := scan(t, d, r.Order.ID); got.Result != api.ScanRefused || got.Refusal == nil || got.Refusal.Code != "phone-masked" {
				t.Errorf("the refused order comes to %+v", got)
			}
		}
	}
	if got := scan(t, d, "999"); got.Result != api.ScanNotFound || got.Refusal.Code != "order-not-found" {
		t.Errorf("a number that nobody has comes to %+v", got)
	}
}

// TestGoodsAreNotAskedForElsewhere looks at what the gateway is asked: for a number
// that is not known here once, for goods never.
func TestGoodsAreNotAskedForElsewhere(t *testing.T) {
	s := byHand(t, 3)
	d := s.Desk()
	s.until(t, "three orders wait", func(rows []ledger.Row) bool { return len(rows) == 3 })
	asked := func() int { return s.world.Gateway.Calls("jingdong.pop.order.enGet") }
	before := asked()
	for _, o := range jdsim.Demo(3, time.Now()) {
		for _, sku := range goodsOf(o) {
			scan(t, d, sku, "NO-SUCH-SKU")
			scan(t, d, strings.ToLower(sku), sku, sku, sku, sku, sku)
		}
	}
	if n := asked(); n != before {
		t.Errorf("the platform was asked %d times for goods", n-before)
	}
	scan(t, d, "312099999999")
	if n := asked(); n != before+1 {
		t.Errorf("the platform was asked %d times for a number, want once", n-before)
	}
}

func TestScanToConfirm(t *testing.T) {
	s := open(t, 1, nil)
	row := s.until(t, "the label is out", all(ledger.Confirmed))[0]
	number := string(row.Number)
	for _, again := range []bool{false, true} {
		p, err := s.Operator().Scan(t.Context(), api.Scan{Waybill: " " + strings.ToLower(row.Barcode) + "\r", Who: "tester"})
		if err != nil || p.Order != row.Order.ID || p.Waybill != number || p.Left != 0 || p.Already != again || p.Wave != "" {
			t.Errorf("the scan comes to %+v, %v", p, err)
		}
	}
	_, err := s.Operator().Scan(t.Context(), api.Scan{Waybill: "JDVA1"})
	if notice.CodeOf(err) != "waybill-not-found" || !errors.Is(err, api.ErrNotFound) {
		t.Errorf("an unknown number: %v", err)
	}
}

// TestScansPrintOnce has packers scan at random, several at a time, whatever they
// can reach. However often an order is scanned, one label of it comes out; and an
// order that was found by its goods has just those.
func TestScansPrintOnce(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	const orders = practice.Orders + 4
	s := byHand(t, orders)
	d := s.Desk()
	s.until(t, "all orders are known", func(rows []ledger.Row) bool { return len(rows) >= orders })
	known := map[string][]string{}
	var ids []string
	for _, o := range jdsim.Demo(orders, time.Now()) {
		known[o.ID], ids = goodsOf(o), append(ids, o.ID)
	}
	var (
		mu    sync.Mutex
		found = map[string]int{} // by goods, or as the next
		work  sync.WaitGroup
	)
	for packer := range 3 {
		r := rand.New(rand.NewPCG(seed, uint64(packer)))
		work.Go(func() {
			for range 25 {
				id := ids[r.IntN(len(ids))]
				switch r.IntN(5) {
				case 0, 1:
					s := scan(t, d, id)
					if s.Label != "" && s.Waybill != "" && r.IntN(2) == 0 {
						scan(t, d, strings.ToLower(s.Waybill)+"-1-1-")
					}
				case 2, 3:
					skus := append([]string{}, known[id]...)
					r.Shuffle(len(skus), func(i, j int) { skus[i], skus[j] = skus[j], skus[i] })
					for n := range skus {
						s := scan(t, d, skus[:n+1]...)
						if s.Result != api.ScanPrinting {
							continue
						}
						if !sameSKUs(known[s.Order], skus[:n+1]) {
							t.Errorf("the goods %q are said to be those of order %s, which has %q", skus[:n+1], s.Order, known[s.Order])
						}
						mu.Lock()
						found[s.Order]++
						mu.Unlock()
						break
					}
				case 4:
					if r.IntN(6) == 0 {
						if _, err := d.PrintNext(t.Context(), "tester"); err != nil {
							t.Error(err)
						}
					}
				}
			}
		})
	}
	work.Wait()
	asked := 0
	rows := s.until(t, "what was asked for is out", func(rows []ledger.Row) bool {
		asked = 0
		for _, r := range rows {
			switch {
			case r.Label == ledger.Confirmed:
				asked++
			case r.OrderState == ledger.Issuing, r.OrderState == ledger.Issued:
				return false
			}
		}
		_, err := s.Ledger.Next(t.Context())
		return errors.Is(err, ledger.ErrNothing)
	})
	labels := map[string]bool{}
	for _, r := range rows {
		if r.Label == ledger.Confirmed {
			labels[r.LastMark] = true
			if r.Attempts != 1 || r.Copy != 0 {
				t.Errorf("order %s was sent %d times, copy %d", r.Order.ID, r.Attempts, r.Copy)
			}
		}
	}
	prints := s.world.Printer.Prints()
	if len(prints) != asked || len(labels) != asked || asked < 5 {
		t.Errorf("%d labels are on paper of %d that were printed, with %d marks", len(prints), asked, len(labels))
	}
	t.Logf("%d labels, %d orders by their goods", asked, len(found))
}

func sameSKUs(a, b []string) bool {
	count := map[string]int{}
	for _, s := range a {
		count[s]++
	}
	for _, s := range b {
		count[s]--
	}
	for _, n := range count {
		if n != 0 {
			return false
		}
	}
	return true
}

// TestPreviewIsThePaper draws labels for the screen: they have the paper's size and
// barcodes, and no dot of whom it goes to.
func TestPreviewIsThePaper(t *testing.T) {
	s := open(t, 3, nil)
	d := s.Desk()
	for _, r := range s.until(t, "three labels are out", func(rows []ledger.Row) bool { return len(rows) == 3 && all(ledger.Confirmed)(rows) }) {
		began := time.Now()
		png, err := d.Preview(t.Context(), fmt.Sprint(r.LabelID))
		if err != nil {
			t.Fatal(err)
		}
		first := time.Since(began)
		shown, err := bitmap.DecodePNG(bytes.NewReader(png))
		if err != nil {
			t.Fatal(err)
		}
		paper, _, err := s.Station.Picture(t.Context(), r.LabelID, scene.DPI203)
		if err != nil {
			t.Fatal(err)
		}
		if shown.Width != paper.Width || shown.Height != paper.Height {
			t.Errorf("the preview of %s has %d × %d dots, the paper %d × %d", r.Order.ID, shown.Width, shown.Height, paper.Width, paper.Height)
		}
		label, err := s.Ledger.Label(t.Context(), r.LabelID)
		if err != nil {
			t.Fatal(err)
		}
		if other := forScreen(t, s, lookAlike(label)); !shown.Equal(other) {
			t.Errorf("somebody else whom the rules show alike looks different in the preview of %s", r.Order.ID)
		}
		differ := 0
		for y := range paper.Height {
			for x := range paper.Width {
				if paper.Black(x, y) != shown.Black(x, y) {
					differ++
				}
			}
		}
		if differ == 0 || differ > paper.Width*paper.Height/8 {
			t.Errorf("the preview of %s differs from the paper in %d dots of %d", r.Order.ID, differ, paper.Width*paper.Height)
		}
		began = time.Now()
		again, err := d.Preview(t.Context(), fmt.Sprint(r.LabelID))
		if err != nil || !bytes.Equal(again, png) {
			t.Errorf("the same preview again is another one, %v", err)
		}
		t.Logf("%d bytes in %v; again in %v", len(png), first, time.Since(began))
	}
	for _, label := range []string{"999", "x", ""} {
		if _, err := d.Preview(t.Context(), label); !errors.Is(err, api.ErrNotFound) {
			t.Errorf("the preview of label %q: %v", label, err)
		}
	}
	id := s.rows(t)[0]
	if _, err := s.Ledger.Delete(t.Context(), id.Order, ledger.Person{Who: "tester", Why: "asked for"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Preview(t.Context(), fmt.Sprint(id.LabelID)); !errors.Is(err, api.ErrNotFound) || notice.CodeOf(err) != "preview-gone" {
		t.Errorf("the preview of a label whose data is gone: %v", err)
	}
}

// lookAlike puts somebody else on a label whom the rules of the trade show alike.
func lookAlike(l ledger.Label) ledger.Label {
	name, phone := []rune(l.Receiver.Name.Reveal()), l.Receiver.Phone.Reveal()
	l.Receiver.Name = pii.NewName(string(name[:1]) + "演示他人")
	l.Receiver.Phone = pii.NewPhone(phone[:3] + "9876" + phone[7:])
	l.Receiver.Address = pii.NewAddress(l.Receiver.Address.Region(), "另一条演示路的尽头")
	if l.Remark != "" {
		l.Remark = "祝演示他人生日快乐，电话 13800009876"
	}
	return l
}

// forScreen draws a label as a screen may show it.
func forScreen(t *testing.T, s *station, l ledger.Label) *bitmap.Image {
	t.Helper()
	layout, err := s.Station.Templates.Get(l.Template)
	if err != nil {
		t.Fatal(err)
	}
	l.Screen = true
	page, err := layout.Compose(l.Label, scene.DPI203)
	if err != nil {
		t.Fatal(err)
	}
	m, err := raster.Render(page)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestPreviewOfOthersLabels has none of labels that are not drawn here.
func TestPreviewOfOthersLabels(t *testing.T) {
	for way, want := range map[practice.Way]notice.Code{practice.Sealed: "preview-sealed", practice.Rendered: "preview-elsewhere"} {
		s := openWay(t, way, 1, nil)
		var row ledger.Row
		s.until(t, "there is a label", func(rows []ledger.Row) bool {
			for _, r := range rows {
				if r.LabelID != 0 {
					row = r
				}
			}
			return row.LabelID != 0
		})
		if row.Template != dispatch.SealedLabel && row.Template != dispatch.RenderedLabel {
			t.Fatalf("the label is drawn here: %s", row.Template)
		}
		_, err := s.Desk().Preview(t.Context(), fmt.Sprint(row.LabelID))
		if !errors.Is(err, api.ErrNotFound) || notice.CodeOf(err) != want {
			t.Errorf("way %s: %v, want %s", way, err, want)
		}
		s.stop()
	}
}
