package kuaidi100_test

import (
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"miandan/agent/internal/carrier"
	"miandan/agent/internal/carrier/carriertest"
	"miandan/agent/internal/carrier/kuaidi100/kuaidi100sim"
	"miandan/agent/internal/notice"
	"miandan/templates/waybill"
)

// station is an account at a simulator, whose clock both share.
type station struct {
	sim  *kuaidi100sim.Gateway
	url  string
	now  time.Time
	make func(change map[string]string) carrier.Issuer // each as after a restart
}

func newStation(t *testing.T, company string) *station {
	t.Helper()
	s := &station{now: now}
	clock := func() time.Time { return s.now }
	s.sim = kuaidi100sim.New(kuaidi100sim.Config{Now: clock})
	server := httptest.NewServer(s.sim)
	t.Cleanup(server.Close)
	s.url = server.URL + "/label/order"
	s.make = func(change map[string]string) carrier.Issuer {
		settings, secrets := kuaidi100sim.SettingsOf(company)
		for name, v := range change {
			settings[name] = v
		}
		return account(t, carrier.Account{Gateway: s.url, Values: settings, Secrets: tokens(secrets), Now: clock})
	}
	return s
}

func (s *station) given() (n int) {
	for _, numbers := range s.sim.Given() {
		n += len(numbers)
	}
	return n
}

// Kuaidi100 remembers for 48 hours. Whoever asks after them takes a second
// number, as the last row shows; the others must not.
func TestNobodyAsksAgainTooLate(t *testing.T) {
	day := 24 * time.Hour
	for name, test := range map[string]struct {
		paid    time.Duration // before the first question; 0 is not known
		later   time.Duration // the second question
		restart bool
		setting string
		finds   bool
		numbers int
	}{
		"at once":                              {0, time.Minute, false, "", true, 1},
		"a day later":                          {0, day, false, "", true, 1},
		"48 hours later":                       {0, 2 * day, false, "", false, 1},
		"after a restart, just paid":           {time.Hour, time.Hour, true, "", true, 1},
		"after a restart, paid two days ago":   {day, day, true, "", false, 1},
		"after a restart, paid nobody knows":   {0, time.Minute, true, "", false, 1},
		"after a restart, paid next week":      {-7 * day, day, true, "", false, 1}, // one of the clocks is wrong
		"a week later":                         {time.Hour, 7 * day, true, "", false, 1},
		"a week later, though it is kept":      {time.Hour, 7 * day, true, "true", true, 2},
		"paid long ago, but asked just now":    {30 * day, time.Hour, false, "", true, 1},
		"asked long ago, but the clock is set": {0, -time.Hour, false, "", true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStation(t, "zhongtong")
			settings := map[string]string{"same_number_again": test.setting}
			o := carriertest.Order("249786309732")
			o.PaidAt = time.Time{}
			if test.paid != 0 {
				o.PaidAt = s.now.Add(-test.paid)
			}
			s.sim.Fail("lose-answer")
			i := s.make(settings)
			if _, err := i.Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) {
				t.Fatalf("Issue = %v", err)
			}
			s.now = s.now.Add(test.later)
			if test.restart {
				i = s.make(settings)
			}
			w, err := i.(carrier.Finder).Find(t.Context(), o)
			if test.finds && (err != nil || w.Number == "") || !test.finds && (!errors.Is(err, carrier.ErrUnknown) || w.Number != "") {
				t.Errorf("Find = %q, %v", w.Number, err)
			}
			if n := s.given(); n != test.numbers {
				t.Errorf("%d numbers were given, want %d", n, test.numbers)
			}
		})
	}
}

// What counts is the first question, not the last.
func TestTheFirstQuestionCounts(t *testing.T) {
	s := newStation(t, "zhongtong")
	i, o := s.make(nil), carriertest.Order("249786309732")
	for range 2 {
		s.sim.Fail("lose-answer")
		if _, err := i.Issue(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) {
			t.Fatalf("Issue = %v", err)
		}
		s.now = s.now.Add(30 * time.Hour)
	}
	if w, err := i.(carrier.Finder).Find(t.Context(), o); !errors.Is(err, carrier.ErrUnknown) || s.given() != 1 {
		t.Errorf("Find = %q, %v with %d numbers", w.Number, err, s.given())
	}
}

func TestAnAccountThatForgets(t *testing.T) {
	s := newStation(t, "zhongtong")
	if s.make(map[string]string{"same_number_again": "false"}).(carrier.Finder).CanFind() {
		t.Error("it can find")
	}
	if !s.make(nil).(carrier.Finder).CanFind() {
		t.Error("it cannot find, though it is documented")
	}
}

// SF wants its own order number with a number that is given back.
func TestCancelWithTheCarriersOwnNumber(t *testing.T) {
	s := newStation(t, "shunfeng")
	o := carriertest.Order("249786309732")
	o.PaidAt = s.now.Add(-time.Hour)
	i := s.make(nil)
	w, err := i.Issue(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	later := s.make(nil)
	if err := later.Cancel(t.Context(), w.Number); notice.CodeOf(err) != "cancel-refused" || s.sim.Cancelled(string(w.Number)) {
		t.Fatalf("Cancel after a restart = %v", err)
	}
	if again, err := later.(carrier.Finder).Find(t.Context(), o); err != nil || again.Number != w.Number {
		t.Fatalf("Find = %q, %v", again.Number, err)
	}
	if err := later.Cancel(t.Context(), w.Number); err != nil || !s.sim.Cancelled(string(w.Number)) {
		t.Errorf("Cancel after a Find = %v", err)
	}
	if err := i.Cancel(t.Context(), w.Number); notice.CodeOf(err) != "cancel-refused" {
		t.Errorf("Cancel twice = %v", err)
	}
}

// What is kept is kept for a week.
func TestCancelAfterAWeek(t *testing.T) {
	s := newStation(t, "shunfeng")
	i := s.make(nil)
	var first waybill.Waybill
	for n, id := range []string{"249786309732", "249786309733"} {
		w, err := i.Issue(t.Context(), carriertest.Order(id))
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			first = w
		}
		s.now = s.now.Add(8 * 24 * time.Hour)
	}
	if err := i.Cancel(t.Context(), first.Number); notice.CodeOf(err) != "cancel-refused" {
		t.Errorf("Cancel = %v", err)
	}
}
