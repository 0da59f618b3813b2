package web_test

import (
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/api"
	"miandan/agent/internal/api/apitest"
	"miandan/agent/internal/web/webtest"
)

// result is what the band of scans must come to.
func result(b *webtest.Browser, want string) {
	b.T.Helper()
	b.Wait("document.getElementById('scan').dataset.result === '" + want + "'")
}

// said is the text of what a selector finds.
func said(b *webtest.Browser, selector string) string {
	b.T.Helper()
	return b.Eval(`document.querySelector('` + selector + `').innerText.replaceAll(/\s+/g, ' ').trim()`)
}

func steps(t *testing.T, b *webtest.Browser) func(string, func(*testing.T)) {
	return func(name string, f func(t *testing.T)) {
		t.Run(name, func(t *testing.T) {
			defer func(outer *testing.T) { b.T = outer }(b.T)
			b.T = t
			f(t)
		})
	}
}

func TestScans(t *testing.T) {
	t.Parallel()
	station := apitest.New(apitest.Bench(time.Now()))
	station.Goods("1004200024", "6900000000241", "6900000000241", "6900000000242")
	url, _, _ := webtest.Serve(t, api.Server{Station: station})
	b := webtest.OpenBrowser(t)
	zh := webtest.Light(1280, 800, "zh-CN")
	b.Open(url, zh)
	b.Wait("document.querySelectorAll('#queue > li').length === 7")
	step := steps(t, b)
	tones := map[string]string{}
	b.Eval(`window.heard = []; {
		const make = AudioContext.prototype.createOscillator;
		AudioContext.prototype.createOscillator = function () {
			const o = make.call(this);
			setTimeout(() => heard.push(o.frequency.value));
			return o;
		};
	}`)
	// scan scans and wants a word, an act and a tone that no other word has.
	scan := func(t *testing.T, code, want string, acts ...string) {
		t.Helper()
		b.Eval("heard.length = 0; document.getElementById('scan').dataset.result = ''")
		b.Scan(code)
		result(b, want)
		b.Wait("heard.length > 0")
		tones[want] = b.Eval("new Promise((done) => setTimeout(() => done(heard.join()), 20))")
		b.Picture("scan " + want)
		if list, word := said(b, "#scans > li:first-child"), said(b, "#scan .word"); !strings.HasSuffix(list, word) {
			t.Errorf("the list begins with %q, want %s", list, word)
		}
		wantActs(t, station, acts...)
	}

	step("an order or a waybill is printed", func(t *testing.T) {
		scan(t, "YT0000000000023", "printing", "scan-print YT0000000000023 by page")
		b.Wait(`document.querySelector('[data-key="103"]').classList.contains('is-printing')`)
		scan(t, "1004200025", "printing", "scan-print 1004200025 by page")
	})
	step("what was printed is not printed again", func(t *testing.T) {
		scan(t, "JDVA00000000011", "printed", "scan-print JDVA00000000011 by page")
		b.Click("#scan-reprint")
		b.Wait("document.getElementById('reprint').open")
		b.Scan("YT0000000000027")
		result(b, "trouble")
		wantActs(t, station)
		b.Press("Escape")
	})
	step("each ill has its word and its tone", func(t *testing.T) {
		station.Change(func(q *api.Queue) {
			for i := range q.Rows {
				if q.Rows[i].Order == "1004200026" {
					q.Rows[i].State = api.Cancelled
				}
			}
		})
		scan(t, "JDVA00000000026", "cancelled", "scan-print JDVA00000000026 by page")
		scan(t, "JDVA99999999999", "not-found", "scan-print JDVA99999999999 by page")
		scan(t, "JDVA00000000017", "unknown", "scan-print JDVA00000000017 by page")
		scan(t, "1004200031", "refused", "scan-print 1004200031 by page")
		if got := said(b, "#scan .outcome"); !strings.Contains(got, "1004200031") || !strings.Contains(got, "真实号码") {
			t.Errorf("the band says %q", got)
		}
	})
	step("goods are collected until an order has them", func(t *testing.T) {
		scan(t, "6900000000241", "more", "scan-print 6900000000241 by page")
		scan(t, "6900000000241", "more", "scan-print 6900000000241+6900000000241 by page")
		if got := said(b, "#collected"); got != "6900000000241 × 2" {
			t.Errorf("collected: %q", got)
		}
		scan(t, "6900000009999", "not-found", "scan-print 6900000000241+6900000000241+6900000009999 by page", "scan-print 6900000009999 by page")
		if got := said(b, "#collected"); got != "6900000000241 × 2" {
			t.Errorf("after a piece that belongs to no order, collected: %q", got)
		}
		scan(t, "6900000000242", "printing", "scan-print 6900000000241+6900000000241+6900000000242 by page")
		b.Wait("document.getElementById('collecting').hidden")
		station.Change(func(q *api.Queue) {
			for i := range q.Rows {
				if q.Rows[i].Order == "1004200024" {
					q.Rows[i].State = api.Waiting
				}
			}
		})
		scan(t, "6900000000241", "more", "scan-print 6900000000241 by page")
		b.Click("#scan-clear")
		b.Wait("document.getElementById('collecting').hidden && document.getElementById('scan').dataset.result === 'idle'")
	})
	step("a finished parcel is packed", func(t *testing.T) {
		b.Press("F4")
		scan(t, "75300000000012", "confirmed", "scan 75300000000012 by page")
		scan(t, "75300000000012", "again", "scan 75300000000012 by page")
		scan(t, "75300000000099", "not-found", "scan 75300000000099 by page")
	})
	step("the tones are as different as the words", func(t *testing.T) {
		for _, pair := range [][2]string{{"printing", "printed"}, {"printing", "more"}, {"printing", "cancelled"}, {"printed", "not-found"}, {"printed", "cancelled"}, {"not-found", "cancelled"}, {"unknown", "more"}} {
			if a, c := tones[pair[0]], tones[pair[1]]; a == "" || a == c {
				t.Errorf("%s sounds %q, %s sounds %q", pair[0], a, pair[1], c)
			}
		}
	})
	step("ten are kept, and no more", func(t *testing.T) {
		for range 3 {
			b.Scan("75300000000013")
		}
		b.Wait("document.querySelectorAll('#scans > li').length === 10")
		station.Forget()
	})
	step("the mode outlives a reload", func(t *testing.T) {
		b.Open(url, zh)
		b.Wait("document.querySelector('#scan [data-mode=confirm]')?.getAttribute('aria-checked') === 'true' && document.querySelectorAll('#queue > li').length > 0")
		b.Click("#scan [data-mode=print]")
		b.Wait("document.querySelector('#scan [data-mode=print]').getAttribute('aria-checked') === 'true'")
	})
	step("in English too", func(t *testing.T) {
		b.Open(url, webtest.Light(1280, 800, "en"))
		b.Wait("document.querySelectorAll('#queue > li').length > 0")
		for _, code := range []string{"75300000000012", "JDVA99999999999", "JDVA00000000026", "6900000000241", "6900000000241"} {
			b.Eval("document.getElementById('scan').dataset.result = ''")
			b.Scan(code)
			b.Wait("document.getElementById('scan').dataset.result !== ''")
		}
		if got := said(b, "#scan .word"); got != "Scan the next piece" {
			t.Errorf("the band says %q", got)
		}
		b.Picture("page-scan")
	})
	if len(b.Errors) > 0 {
		t.Errorf("the console shows %q", b.Errors)
	}
}

func TestScannerAndKeyboard(t *testing.T) {
	t.Parallel()
	url, station, _ := webtest.Serve(t, api.Server{})
	b := webtest.OpenBrowser(t)
	b.Open(url, webtest.Light(1280, 800, "zh-CN"))
	b.Wait("document.querySelectorAll('#queue > li').length === 7")
	step := steps(t, b)
	again := func() { b.Eval("document.getElementById('scan').dataset.result = ''") }
	const waybill = "JDVA00000000011"
	act := "scan-print " + waybill + " by page"

	step("a scan presses no button", func(t *testing.T) {
		b.Eval(`document.querySelector('#queue [data-act="print"]:not([hidden])').focus()`)
		b.Scan(waybill)
		result(b, "printed")
		wantActs(t, station, act)
	})
	step("it may end with Tab", func(t *testing.T) {
		again()
		b.ScanTab(waybill)
		result(b, "printed")
		wantActs(t, station, act)
	})
	step("a Chinese input method eats none", func(t *testing.T) {
		again()
		b.ScanComposed(waybill)
		result(b, "printed")
		wantActs(t, station, act)
	})
	step("in the field for numbers it is a scan, and the field stays", func(t *testing.T) {
		again()
		b.Eval("document.getElementById('find').focus()")
		b.Type("753", "")
		b.Wait("document.querySelectorAll('#queue > li').length === 2")
		b.Scan(waybill)
		result(b, "printed")
		if got := b.Eval("document.getElementById('find').value"); got != "753" {
			t.Errorf("the field holds %q", got)
		}
		wantActs(t, station, act)
		b.Press("Escape")
		b.Wait("document.querySelectorAll('#queue > li').length === 7")
	})
	step("what a person types is no scan", func(t *testing.T) {
		again()
		b.Eval("document.activeElement.blur()")
		b.Type("75300000000021", "Enter")
		b.Eval("document.getElementById('find').focus()")
		b.Type("99999999", "Enter")
		b.Wait("!document.getElementById('nothing').hidden")
		wantActs(t, station)
		b.Press("Escape")
	})
	step("a number that was typed whole is as good as a scan", func(t *testing.T) {
		again()
		b.Type(waybill, "")
		b.Wait("document.querySelectorAll('#bench .row').length === 1")
		b.Press("Enter")
		result(b, "printed")
		wantActs(t, station, act)
		b.Press("Escape")
		b.Wait("document.querySelectorAll('#queue > li').length === 7")
	})
	step("keys do nothing in fields", func(t *testing.T) {
		b.Eval("document.getElementById('find').focus()")
		b.Type("?/", "")
		if got := b.Eval("document.getElementById('find').value + document.getElementById('keys').open"); got != "?/false" {
			t.Errorf("the field and the dialog: %q", got)
		}
		b.Press("Escape")
		b.Eval("document.activeElement.blur()")
		b.Type("?", "")
		b.Wait("document.getElementById('keys').open")
		b.Picture("keys")
		b.Press("Escape")
		b.Wait("!document.getElementById('keys').open")
		b.Type("/", "")
		b.Wait("document.activeElement.id === 'find' && document.activeElement.value === ''")
	})
	step("keys print the next and stop", func(t *testing.T) {
		b.Press("F8")
		result(b, "printing")
		b.Press("F9")
		b.Wait("document.body.classList.contains('is-paused')")
		b.Press("F9")
		b.Wait("!document.body.classList.contains('is-paused')")
		wantActs(t, station, "print-next by page", "pause by page", "resume by page")
		b.Press("F7")
		b.Wait("document.getElementById('waves').checkVisibility()")
		b.Eval("location.hash = ''")
	})
	step("a window that is not in front says so", func(t *testing.T) {
		b.Eval("Object.defineProperty(document, 'hasFocus', {value: () => false, configurable: true}); dispatchEvent(new Event('blur'))")
		b.Wait("document.getElementById('away').checkVisibility()")
		b.Picture("away")
		b.Eval("delete document.hasFocus; dispatchEvent(new Event('focus'))")
		b.Wait("!document.getElementById('away').checkVisibility()")
	})
	if len(b.Errors) > 0 {
		t.Errorf("the console shows %q", b.Errors)
	}
}
