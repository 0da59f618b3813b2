package carriertest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"miandan/agent/internal/carrier/carriertest"
)

// key is the secret of the demonstration carrier's one customer.
const key = "demo-key-0123456789"

type request struct {
	Do      string `json:"do"` // take, find, back, route, draw
	Key     string `json:"key"`
	Ref     string `json:"ref,omitempty"`
	Number  string `json:"number,omitempty"`
	Parcels int    `json:"parcels,omitempty"`
	Receipt bool   `json:"receipt,omitempty"`
	Name    string `json:"name,omitempty"`
	Phone   string `json:"phone,omitempty"`
	Address string `json:"address,omitempty"`
}

type reply struct {
	Code    string   `json:"code"`
	Words   string   `json:"words,omitempty"`
	Numbers []string `json:"numbers,omitempty"`
	Sort    string   `json:"sort,omitempty"`
	Label   []byte   `json:"label,omitempty"`
}

// demoSim is the demonstration carrier. A defect is something that it does
// wrong, so that a row of the suite can be seen to fail.
type demoSim struct {
	defect string

	mu    sync.Mutex
	how   string
	given map[string][]string
	first map[string]string // number: reference
	lost  map[string]bool   // the reference: its answer was
	total int
}

func (s *demoSim) Fail(how string) { s.mu.Lock(); defer s.mu.Unlock(); s.how = how }

func (s *demoSim) Given() map[string][]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.given)
}

func (s *demoSim) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var q request
	if json.Unmarshal(body, &q) != nil {
		http.Error(w, "what?", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	how := s.how
	if q.Do == "take" && (how == carriertest.LoseRequest || how == carriertest.LoseAnswer) {
		s.how = ""
	}
	if q.Do == "take" && how == carriertest.LoseRequest {
		panic(http.ErrAbortHandler)
	}
	a := s.answer(q, how)
	if q.Do == "take" && how == carriertest.LoseAnswer {
		s.lost[q.Ref] = true
		panic(http.ErrAbortHandler)
	}
	json.NewEncoder(w).Encode(a)
}

func (s *demoSim) answer(q request, how string) reply {
	switch codes := map[string]string{
		carriertest.Busy: "busy", carriertest.Signature: "key", carriertest.Permission: "right", carriertest.BackEnd: "trouble",
		carriertest.Refuse: "no", carriertest.Outside: "area", carriertest.Stock: "stock",
	}; {
	case q.Key != key:
		return reply{Code: "key"}
	case codes[how] != "":
		return reply{Code: codes[how], Words: "客户 " + q.Name + " " + q.Phone}
	}
	switch q.Do {
	case "take":
		return s.take(q, how)
	case "find":
		if s.defect == "gives a second number after a lost answer" && s.lost[q.Ref] && q.Parcels == 1 {
			s.given[q.Ref] = append(s.given[q.Ref], "DX9999999999999")
			return s.numbered(q.Ref, s.given[q.Ref][1:], how)
		}
		return s.take(q, how)
	}
	ref, ok := s.first[q.Number]
	switch {
	case !ok && q.Do != "back", !ok && s.defect != "takes any number back":
		return reply{Code: "unknown"}
	case q.Do == "back" && how == carriertest.Fast:
		return reply{Code: "fast", Words: "已揽收"}
	case q.Do == "draw" && how == carriertest.Late:
		return reply{Code: "later"}
	case q.Do == "draw" && s.defect == "draws no PDF":
		return reply{Code: "ok", Label: []byte("<html>")}
	case q.Do == "draw":
		return reply{Code: "ok", Label: []byte("%PDF-1.4 demonstration")}
	case q.Do == "route":
		return s.numbered(ref, nil, how)
	}
	return reply{Code: "ok"}
}

func (s *demoSim) take(q request, how string) reply {
	numbers, known := s.given[q.Ref]
	if known && (q.Do == "find" || s.defect != "gives a second number when asked again") {
		return s.numbered(q.Ref, numbers, how)
	}
	if s.defect == "gives the same number to all" && strings.HasSuffix(q.Ref, "733") {
		s.given[q.Ref] = []string{"DX0000000000017"}
		return s.numbered(q.Ref, s.given[q.Ref], how)
	}
	var fresh []string
	for range q.Parcels {
		s.total++
		fresh = append(fresh, fmt.Sprintf("DX%013d", s.total*17))
	}
	all := slices.Concat(numbers, fresh)
	if q.Receipt {
		s.total++
		all = append(all, fmt.Sprintf("DX%013d", s.total*17))
	}
	if s.defect == "gives a number that it does not tell" && q.Parcels > 1 && how != carriertest.LoseAnswer {
		all = append(all, "DX8888888888888")
	}
	s.given[q.Ref] = all
	for _, n := range all {
		s.first[n] = q.Ref
	}
	return s.numbered(q.Ref, fresh, how)
}

func (s *demoSim) numbered(ref string, numbers []string, how string) reply {
	a := reply{Code: "ok", Numbers: numbers}
	if how != carriertest.Bare {
		a.Sort = "300-" + ref[len(ref)-1:]
	}
	return a
}
