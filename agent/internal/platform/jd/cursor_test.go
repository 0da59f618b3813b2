package jd_test

import (
	"strings"
	"testing"
	"time"

	"miandan/agent/internal/jos"
	"miandan/agent/internal/jos/tde"
	"miandan/agent/internal/notice"
	"miandan/agent/internal/platform"
	"miandan/agent/internal/platform/jd"
	"miandan/templates/waybill"
)

// within answers a search with an order if it was modified within the window.
func within(modified, order string) func(map[string]any) string {
	return func(p map[string]any) string {
		from, to := p["start_date"].(string), p["end_date"].(string)
		if from <= modified && modified <= to { // JD's dates sort as texts
			return listed(1, order)
		}
		return listed(0)
	}
}

// keyless is a shop with one order, modified at 17:59 in Beijing, whose key JD
// does not give; give lets it do so.
func keyless(t *testing.T, change fields) (g *gateway, source *jd.Source, clock *time.Time, give func()) {
	const modified = "2026-11-23 17:59:00"
	to := fields{"fullname": sealedName, "mobile": sealedPhone, "telephone": "", "fullAddress": sealedPlace, "oaid": ""}
	for k, v := range change {
		to[k] = v
	}
	g = &gateway{answers: withKeys(map[string]func(map[string]any) string{
		search: within(modified, written(t, fields{"orderId": "1", "modified": modified}, to)),
	})}
	all := g.answers[keys]
	g.answers[keys] = says(`{"x":{"code":"0","response":{"status_code":0,"service_key_list":[]}}}`)
	source = g.source(t)
	at := now
	source.Now, source.Vault.Now = func() time.Time { return at }, func() time.Time { return at }
	return g, source, &at, func() { g.answers[keys] = all }
}

func TestAnOrderWhoseKeyComesLaterIsReadAgain(t *testing.T) {
	for name, change := range map[string]fields{
		"all of it is sealed":      nil,
		"stars, and a seal beside": {"fullname": "张三", "fullAddress": "演示路1号", "mobile": "138*******4", "encrypt_mobile": sealedPhone},
	} {
		t.Run(name, func(t *testing.T) {
			g, source, clock, give := keyless(t, change)
			told := map[notice.Code]bool{}
			source.Trouble = func(err error) { told[notice.CodeOf(err)] = true }
			list, cursor, err := source.Orders(t.Context(), "")
			if err != nil || len(list) != 1 || list[0].NumberAsked() == "" || !told[tde.NoticeNoKey] {
				t.Fatalf("Orders = %v, %v, told %v; want the order for people to see", list, err, told)
			}
			if cursor != "2026-11-23T10:00:00Z 2026-11-23T09:59:00Z" {
				t.Errorf("cursor %q", cursor)
			}
			fetched := g.times(keys)
			*clock = clock.Add(30 * time.Second)
			if _, cursor, err = source.Orders(t.Context(), cursor); err != nil || g.times(keys) != fetched {
				t.Errorf("half a minute later: keys are asked for %d times more, %v", g.times(keys)-fetched, err)
			}
			for *clock = clock.Add(5 * time.Hour); ; *clock = clock.Add(5 * time.Hour) {
				list, cursor, err = source.Orders(t.Context(), cursor)
				if err != nil || len(list) != 1 || list[0].NumberAsked() == "" {
					t.Fatalf("%v later: %v, %v; want it read again", clock.Sub(now), list, err)
				}
				if clock.Sub(now) > 20*time.Hour {
					break
				}
			}
			give()
			*clock = clock.Add(time.Hour)
			list, cursor, err = source.Orders(t.Context(), cursor)
			if err != nil || len(list) != 1 || list[0].PhoneKind != waybill.PhoneReal || list[0].NumberAsked() != "" {
				t.Fatalf("once JD has given the key: %v, %v", list, err)
			}
			if cursor != platform.Cursor(clock.UTC().Format(time.RFC3339)) {
				t.Errorf("cursor %q still waits", cursor)
			}
		})
	}
}

func TestKeysThatNeverComeAreAskedForLessAndLess(t *testing.T) {
	g, source, clock, _ := keyless(t, nil)
	var cursor platform.Cursor
	seen := 0
	for range 24 * 60 { // a day, by the minute
		list, next, err := source.Orders(t.Context(), cursor)
		if err != nil {
			t.Fatal(err)
		}
		cursor, seen = next, seen+len(list)
		*clock = clock.Add(time.Minute)
	}
	if n := g.times(keys); n < 20 || n > 35 {
		t.Errorf("keys were asked for %d times in a day, want about once an hour", n)
	}
	if seen < 20 {
		t.Errorf("the order was given out %d times in a day", seen)
	}
	wide := 0
	for i, method := range g.asked {
		if method == search {
			from, err1 := time.Parse(jos.DateTime, g.params[i]["start_date"].(string))
			to, err2 := time.Parse(jos.DateTime, g.params[i]["end_date"].(string))
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if to.Sub(from) > time.Hour {
				wide++
			}
		}
	}
	if wide < 20 || wide > 35 {
		t.Errorf("%d of a day's readings went back far, want about one an hour", wide)
	}
	// By now it should have shipped: nothing waits for it any more.
	*clock = clock.Add(48 * time.Hour)
	for range 2 {
		var err error
		if _, cursor, err = source.Orders(t.Context(), cursor); err != nil {
			t.Fatal(err)
		}
	}
	if want := platform.Cursor(clock.UTC().Format(time.RFC3339)); cursor != want {
		t.Errorf("cursor %q after three days, want %q", cursor, want)
	}
}

// What waits is in the cursor: another start reads it again at once.
func TestAKeyThatComesWhileTheProgramDoesNotRun(t *testing.T) {
	g, source, clock, give := keyless(t, nil)
	_, cursor, err := source.Orders(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	give()
	*clock = clock.Add(9 * time.Hour)
	again := g.source(t)
	again.Now = source.Now
	list, cursor, err := again.Orders(t.Context(), cursor)
	if err != nil || len(list) != 1 || list[0].PhoneKind != waybill.PhoneReal || strings.Contains(string(cursor), " ") {
		t.Errorf("Orders = %v, %q, %v", list, cursor, err)
	}
}

// Receivers that wait to be opened and keys have rests of their own.
func TestAKeyIsAskedForWhileJDOpensNoReceiver(t *testing.T) {
	g, source, clock, give := keyless(t, nil)
	sealed := g.answers[search]
	g.answers[search] = func(p map[string]any) string {
		if s := sealed(p); s != listed(0) {
			return listed(2, written(t, fields{"orderId": "1", "modified": "2026-11-23 17:59:00"},
				fields{"fullname": sealedName, "mobile": sealedPhone, "telephone": "", "fullAddress": sealedPlace, "oaid": ""}),
				masked(t, "2", fields{"modified": "2026-11-23 17:58:00"}))
		}
		return listed(0)
	}
	g.answers[decrypt] = says(`{"error_response":{"code":"2"}}`)
	list, cursor, err := source.Orders(t.Context(), "")
	if err != nil || len(list) != 1 || list[0].ID != "1" || cursor != "2026-11-23T10:00:00Z 2026-11-23T09:58:00Z" {
		t.Fatalf("Orders = %v, %q, %v", list, cursor, err)
	}
	for range 65 { // JD opens nothing for an hour from the 63rd minute on; keys are asked for 40 minutes after it
		*clock = clock.Add(time.Minute)
		if _, cursor, err = source.Orders(t.Context(), cursor); err != nil {
			t.Fatal(err)
		}
	}
	give()
	opened := 0
	for range 40 {
		*clock = clock.Add(time.Minute)
		if list, cursor, err = source.Orders(t.Context(), cursor); err != nil {
			t.Fatal(err)
		}
		for _, o := range list {
			if o.ID == "1" && o.PhoneKind == waybill.PhoneReal {
				opened++
			}
			if o.ID == "2" {
				t.Fatalf("order 2 is given out: %v", o)
			}
		}
	}
	if opened == 0 {
		t.Error("the key was not asked for again")
	}
	if want := platform.Cursor(clock.UTC().Format(time.RFC3339) + " 2026-11-23T09:58:00Z"); cursor != want {
		t.Errorf("cursor %q, want %q", cursor, want)
	}
	if n := g.times(decrypt); n != 7 {
		t.Errorf("receivers were asked for %d times in 105 minutes, want 7", n)
	}
}
